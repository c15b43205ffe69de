"""The meeting that an official document follows from: what it names of it, and whether that still stands."""

from collections.abc import Sequence
from dataclasses import dataclass
from sqlite3 import Connection
from typing import Any
from uuid import UUID

from gateway import official_text
from gateway import published_votes as votes
from gateway.edge import Context
from gateway.published_votes import Vote
from kernel.decider import Refused
from services.documents import views as documents
from services.meeting import conclusions_views as conclusions
from services.meeting import preparation_views as meetings
from services.meeting.conclusions_views import Conclusion
from services.signing.messages.official import Announced, Described
from services.signing.of_meeting import officials_of_meeting
from services.signing.records import Official, Stage
from services.voting import views as voting

TO_FILL = "[Ghi nội dung quyết nghị]"
"""Stands in a resolution that begins with its vote, until somebody writes what was resolved."""

UNSIGNED = (Stage.draft, Stage.in_signing)


@dataclass(frozen=True)
class Origin:
    """`revised`: items whose conclusion is not, or no longer, the one that the document announces, by number and title;
    only until it is signed. `conclusions`: those in force, for who confirms that the words fit them.
    """

    meeting_id: str
    meeting_title: str
    item_id: str | None
    item: str
    vote: Vote | None
    revised: tuple[str, ...]
    conclusions: tuple[Announced, ...]


def origin(edge: Context, official: Official) -> Origin | None:
    """None of a meeting that the reader may not see."""
    described = official.described
    if described.meeting_id is None or not edge.allows("see_meeting", meeting_id=described.meeting_id):
        return None
    meeting = meetings.meeting(edge.views, described.meeting_id)
    assert meeting is not None
    item = meetings.item(edge.views, meeting.id, described.item_id) if described.item_id else None
    poll = voting.poll(edge.views, described.poll_id) if described.poll_id else None
    return Origin(
        meeting_id=meeting.id,
        meeting_title=meeting.title,
        item_id=item.id if item else None,
        item=f"{item.number}. {item.title}" if item else "",
        vote=votes.vote(edge.views, poll) if poll else None,
        revised=revised(edge.views, described) if official.stage in UNSIGNED else (),
        conclusions=in_force(edge.views, meeting.id),
    )


def of_meeting(edge: Context, meeting_id: UUID | str) -> list[Official]:
    """What the reader may see of what follows from the meeting; what was given up is left out."""
    return [
        each
        for each in officials_of_meeting(edge.views, meeting_id)
        if each.stage is not Stage.abandoned and edge.allows("see_official", official_id=each.id)
    ]


def in_force(connection: Connection, meeting_id: UUID | str) -> tuple[Announced, ...]:
    return announced(conclusions.conclusions(connection, meeting_id))


def announced(found: Sequence[Conclusion]) -> tuple[Announced, ...]:
    return tuple(Announced(item_id=UUID(each.item_id), revision=each.revision) for each in found)


def revised(connection: Connection, described: Described) -> tuple[str, ...]:
    if not described.conclusions or described.meeting_id is None:
        return ()
    differing = {
        str(each.item_id) for each in set(described.conclusions) ^ set(in_force(connection, described.meeting_id))
    }
    agenda = meetings.agenda(connection, described.meeting_id)
    return tuple(f"{each.number}. {each.title}" for each in agenda if each.id in differing)


def check(edge: Context, described: Described) -> None:
    """What it says that it follows from is there, and the drafter may see it."""
    if described.meeting_id is None:
        return
    edge.require("see_meeting", meeting_id=described.meeting_id)
    if described.item_id and meetings.item(edge.views, described.meeting_id, described.item_id) is None:
        raise Refused("no_such_item", str(described.item_id))
    if described.poll_id:
        poll = voting.poll(edge.views, described.poll_id)
        item_id = str(described.item_id) if described.item_id else None
        if poll is None or (poll.meeting_id, poll.item_id) != (str(described.meeting_id), item_id):
            raise Refused("no_such_poll", str(described.poll_id))


def refuse_unfilled(edge: Context, official: Official) -> None:
    """Nobody is asked to sign a document that was written here and never finished. Refuses `words_to_fill`."""
    document = documents.document(edge.views, official.described.document_id)
    written = document.version(1) if document else None
    if written and written.words_sha256 and TO_FILL.encode() in official_text.read(edge, written.words_sha256):
        raise Refused("words_to_fill", official.id)


def standing(connection: Connection, described: Described) -> dict[str, Any]:
    """What a submission for signature states of the meeting: the poll if it passed, the conclusions in force."""
    stated: dict[str, Any] = {}
    if described.poll_id and votes.has_passed(connection, voting.poll(connection, described.poll_id)):
        stated["passed_poll_id"] = described.poll_id
    if described.conclusions and described.meeting_id:
        stated["conclusions"] = in_force(connection, described.meeting_id)
    return stated
