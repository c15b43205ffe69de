"""The notice of conclusions (thông báo kết luận): what the presiding officer concluded, and who does what by when."""

from collections.abc import Iterator, Sequence
from uuid import UUID

from gateway.edge import Context
from gateway.official_origin import announced
from gateway.official_prefill import Prefill
from gateway.session_officials import wording
from gateway.session_officials.receivers import receivers
from kernel.decider import Refused
from services.directory import views as directory
from services.directory.views import Person, Unit
from services.meeting import conclusions_views as conclusions
from services.meeting import preparation_views as meetings
from services.meeting.conclusions_views import Conclusion, ObligationView
from services.meeting.paper import words
from services.meeting.preparation_views import AgendaItem, Meeting
from services.signing.messages.official import Kind

ROMAN = ((50, "L"), (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"))
ENDS = ".;,: "


def notice_of_conclusions(edge: Context, meeting: Meeting) -> Prefill:
    concluded = in_order(edge, meeting)
    if not concluded:
        raise Refused("nothing_concluded", meeting.id)
    chair, body = presided(edge, meeting)
    signature = wording.signs_conclusions(chair, body)
    return Prefill(
        kind=Kind.notice,
        summary=f"Kết luận của {wording.office_of(chair)} tại {wording.gathering(meeting)}"[:1000],
        issuer_symbol=words.SYMBOLS.get(body.kind, ""),
        signatory_id=signature.person_id,
        competence=signature.competence,
        position=signature.position,
        head=signature.head,
        collective=signature.collective,
        text="\n".join(text(meeting, chair, body, concluded)),
        recipients=receivers(edge, meeting, [each for _item, each in concluded]),
        meeting_id=UUID(meeting.id),
        conclusions=announced([each for _item, each in concluded]),
    )


def in_order(edge: Context, meeting: Meeting) -> list[tuple[AgendaItem, Conclusion]]:
    """The conclusions in force, in the order of the agenda."""
    found = {each.item_id: each for each in conclusions.conclusions(edge.views, meeting.id)}
    return [(item, found[item.id]) for item in meetings.agenda(edge.views, meeting.id) if item.id in found]


def presided(edge: Context, meeting: Meeting) -> tuple[Person, Unit]:
    chair = directory.person(edge.views, meeting.presiding_officer_id)
    body = directory.unit(edge.views, meeting.body_id)
    if chair is None or body is None:
        raise Refused("not_found", meeting.id)
    return chair, body


def text(
    meeting: Meeting, chair: Person, body: Unit, concluded: Sequence[tuple[AgendaItem, Conclusion]]
) -> Iterator[str]:
    """Each line is a paragraph, and one that begins with a Roman number a heading."""
    held, name = meeting.opened_at or meeting.starts_at, wording.gathering(meeting)
    of_body = "" if body.name in name else f" của {body.name}"
    yield (
        f"{words.day(held).capitalize()}, tại {wording.spelled(meeting.place)}, {wording.named(chair)}, "
        f"chủ tọa {name}{of_body}. Sau khi nghe báo cáo và các ý kiến thảo luận, chủ tọa kết luận như sau:"
    )
    for place, (item, conclusion) in enumerate(concluded, 1):
        about = f"Về {wording.lowered(wording.spelled(item.title).rstrip(ENDS)).removeprefix('về ')}"
        yield f"{roman(place)}. {about}" if len(concluded) > 1 else f"{about}:"
        yield from (line.strip() for line in conclusion.text.splitlines() if line.strip())
        duties = [duty(each) for each in conclusion.obligations]
        yield from duties if len(duties) == 1 else (f"{n}. {each}" for n, each in enumerate(duties, 1))
    yield "Trên đây là thông báo kết luận để các cơ quan, đơn vị và cá nhân có liên quan biết, thực hiện."


def duty(each: ObligationView) -> str:
    """One lead unit, those that coordinate, what, and the last day."""
    beside = ", ".join(unit.name for unit in each.coordinating_units)
    who = f"Giao {each.lead_unit.name} chủ trì" + (f", phối hợp với {beside}" if beside else "")
    return f"{who} {wording.lowered(each.text.rstrip(ENDS))}; hoàn thành chậm nhất ngày {wording.day(each.due_at)}."


def roman(number: int) -> str:
    written = ""
    for value, letters in ROMAN:
        while number >= value:
            written, number = written + letters, number - value
    return written
