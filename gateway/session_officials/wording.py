"""Words that notices and resolutions of a meeting share: its name, its day, and who signs for the body."""

import re
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.directory.messages import UnitKind
from services.directory.views import Person, Unit
from services.meeting.paper import words
from services.meeting.preparation_views import Meeting
from services.signing.messages.official import Competence

COLLECTIVES = {
    UnitKind.people_council: "HỘI ĐỒNG NHÂN DÂN",
    UnitKind.people_committee: "ỦY BAN NHÂN DÂN",
    UnitKind.council_standing_board: "THƯỜNG TRỰC HỘI ĐỒNG NHÂN DÂN",
}
GATHERINGS = ("kỳ họp", "phiên họp", "cuộc họp", "hội nghị", "hội thảo")
SESSION = re.compile(r"kỳ họp thứ [^,;(]*[^,;(\s]", re.IGNORECASE)
TERM = re.compile(r"khóa\s+([IVXLC]+|\d+)\b", re.IGNORECASE)
SHORT_FORMS = {
    "UBMTTQ": "Ủy ban Mặt trận Tổ quốc",
    "HĐND": "Hội đồng nhân dân",
    "UBND": "Ủy ban nhân dân",
}


@dataclass(frozen=True)
class Signature:
    """By what right the presiding officer signs, and the words above the name; `collective`: TM. over KT."""

    person_id: UUID
    competence: Competence
    position: str
    head: str = ""
    collective: str = ""


def spelled(text: str) -> str:
    """Official documents do not abbreviate the names of agencies (Decree 30/2020, Annex II)."""
    for short, long in SHORT_FORMS.items():
        text = re.sub(rf"\b{short}\b", long, text)
    return text


def office_of(chair: Person) -> str:
    """Position in full, or that they presided; a name after it would be read as the place's."""
    return spelled(chair.position) or "Chủ tọa"


def named(chair: Person) -> str:
    return ", ".join(filter(None, (f"đồng chí {chair.full_name}", spelled(chair.position))))


def gathering(meeting: Meeting) -> str:
    """As a sentence names it: its title, after what it is where the title does not say so."""
    if meeting.title.lower().startswith(GATHERINGS):
        return spelled(meeting.title)
    return f"{words.GATHERING[meeting.kind].lower()} {lowered(spelled(meeting.title))}"


def session(meeting: Meeting) -> str:
    """Kỳ họp thứ ba: without what the title says beside it."""
    found = SESSION.search(meeting.title)
    return found[0] if found else gathering(meeting)


def term(meeting: Meeting) -> str:
    """Khóa I; empty where the title does not say."""
    found = TERM.search(meeting.title)
    return f"khóa {found[1].upper()}" if found else ""


def with_term(body: Unit, meeting: Meeting) -> str:
    return " ".join(filter(None, (body.name, term(meeting))))


def day(moment: datetime) -> str:
    """Day, month and year in digits, each in full."""
    return f"{words.local(moment):%d/%m/%Y}"


def lowered(text: str) -> str:
    """For the middle of a sentence; what begins like a name or an abbreviation keeps its capitals."""
    first, _, rest = text.partition(" ")
    is_name = first[1:] != first[1:].lower() or rest[:1] != rest[:1].lower()
    return text if is_name else words.lowered(text)


def signs_conclusions(chair: Person, body: Unit) -> Signature:
    """For the body, and a deputy for its head."""
    collective, person_id = COLLECTIVES.get(body.kind, ""), UUID(chair.id)
    if not collective:
        return Signature(person_id, Competence.own, (spelled(chair.position) or "Chủ tọa").upper())
    if is_deputy(chair):
        return Signature(person_id, Competence.deputy, "PHÓ CHỦ TỊCH", "CHỦ TỊCH", collective)
    return Signature(person_id, Competence.on_behalf, presiding(chair), collective)


def signs_resolution(chair: Person, body: Unit) -> Signature:
    """The head of the body certifies its resolutions; in their absence whoever presided, as such."""
    collective = COLLECTIVES.get(body.kind)
    if collective is None:
        return signs_conclusions(chair, body)
    return Signature(UUID(chair.id), Competence.on_behalf, presiding(chair), collective)


def presiding(chair: Person) -> str:
    return "CHỦ TỊCH" if chair.position.lower().startswith("chủ tịch") else "CHỦ TỌA"


def is_deputy(chair: Person) -> bool:
    return chair.position.lower().startswith("phó chủ tịch")
