"""Official documents that follow from a meeting: those of one meeting, and that a notice fits its conclusions."""

from uuid import UUID

from fastapi import APIRouter
from pydantic import Field

from gateway import official_origin as origin
from gateway.api.commands import Body
from gateway.edge import Done, Edge
from kernel.decider import Refused
from services.signing import queries
from services.signing.messages.official import Announced, ReviseOfficial
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
