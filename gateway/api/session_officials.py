"""Official documents that follow from a meeting: what they begin with, where they stand, whether their words fit."""

from uuid import UUID

from fastapi import APIRouter
from pydantic import Field

from gateway import official_origin as origin
from gateway.api.commands import Body
from gateway.edge import Done, Edge
from gateway.official_prefill import Prefill
from gateway.session_officials import prefill
from kernel.decider import Refused
from services.signing import queries
from services.signing.messages.official import Announced, Kind, ReviseOfficial
from services.signing.records import Official

router = APIRouter(tags=["official"])


class Read(Body):
    """The conclusions that the words were read beside."""

    conclusions: tuple[Announced, ...] = Field(min_length=1, max_length=500)


@router.get("/meetings/{meeting_id}/officials")
def list_officials_of_meeting(edge: Edge, meeting_id: UUID) -> list[Official]:
    """What the reader may see of what follows from the meeting; what changed last comes first."""
    edge.require("see_meeting", meeting_id=meeting_id)
    return origin.of_meeting(edge, meeting_id)


@router.get("/meetings/{meeting_id}/official-words")
def compose_words(edge: Edge, meeting_id: UUID, kind: Kind = Kind.notice, item_id: UUID | None = None) -> Prefill:
    """The words and facts that a notice of the conclusions, or the resolution on an item, begins with."""
    meeting = edge.require("see_meeting", meeting_id=meeting_id)
    edge.require("draft_official", issuer_id=meeting.body_id)
    return prefill(edge, kind, meeting_id, item_id)


@router.post("/officials/{official_id}/conclusions")
def confirm_conclusions(edge: Edge, official_id: UUID, body: Read) -> Done:
    """A notice's words, mended by hand or untouched, fit the conclusions in force: somebody has looked.

    409 `conclusions_revised` where others are in force than those that were looked at.
    """
    edge.require("write_official", official_id=official_id)
    official = queries.official(edge.views, official_id)
    assert official is not None
    described = official.described
    if described.meeting_id is None:
        raise Refused("not_found", "follows from no meeting")
    edge.require("see_meeting", meeting_id=described.meeting_id)
    if set(body.conclusions) != set(origin.in_force(edge.views, described.meeting_id)):
        raise Refused("conclusions_revised")
    fitting = described.model_copy(update={"conclusions": body.conclusions})
    return edge.send(ReviseOfficial, official_id=official_id, described=fitting)
