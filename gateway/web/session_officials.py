"""What follows from a meeting as official documents: the lists on its pages, and where the next one is begun."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response

from gateway import official_origin as origin
from gateway import published_votes as votes
from gateway.edge import Context, Edge
from gateway.web import official_words as words
from gateway.web.pages import render
from services.meeting import conclusions_views as conclusions
from services.meeting import preparation_views as meetings
from services.meeting.preparation_views import AgendaItem, Phase
from services.signing import queries
from services.signing.messages.official import Kind
from services.signing.numbering import printed
from services.signing.records import Official, Stage
from services.voting.views import Poll

router = APIRouter()
GIVEN_UP = (Stage.abandoned, Stage.withdrawn)


@router.get("/meetings/{meeting_id}/_officials")
def officials_fragment(edge: Edge, meeting_id: UUID) -> Response:
    edge.require("see_meeting", meeting_id=meeting_id)
    return render(edge, "meeting/_officials.html", **shown(edge, meeting_id))


@router.get("/officials/{official_id}/_origin")
def origin_fragment(edge: Edge, official_id: UUID) -> Response:
    edge.require("see_official", official_id=official_id)
    official = queries.official(edge.views, official_id)
    assert official is not None
    return render(edge, "official/_origin.html", **shown_origin(edge, official))


def shown_origin(edge: Context, official: Official) -> dict[str, Any]:
    return {
        "official": official,
        "described": official.described,
        "origin": origin.origin(edge, official),
        "writes": edge.allows("write_official", official_id=official.id),
        "rewrite": f"/officials/{official.id}/edit?anew=true",
    }


def shown(edge: Context, meeting_id: UUID | str) -> dict[str, Any]:
    """`held`: it has begun. `to_resolve`: items whose resolution the reader may write, and nobody has."""
    meeting = meetings.meeting(edge.views, meeting_id)
    assert meeting is not None
    seen = origin.of_meeting(edge, meeting_id)
    held = meeting.phase in (Phase.running, Phase.finished)
    drafts = held and edge.allows("draft_official", issuer_id=meeting.body_id)
    return {
        "meeting": meeting,
        "held": held,
        "officials": seen,
        "officials_of": by_item(seen),
        "may_announce": drafts and bool(conclusions.conclusions(edge.views, meeting_id)),
        "announced": any(each.described.conclusions and each.stage not in GIVEN_UP for each in seen),
        "to_resolve": to_resolve(edge, meeting_id, seen) if drafts else [],
        "printed": printed,
        "words": words,
    }


def of_vote(edge: Context, poll: Poll) -> dict[str, Any]:
    """Those that say what this vote decided; of an item that was voted on again, the later one is resolved."""
    found = shown(edge, poll.meeting_id)
    here = (item for item in found["to_resolve"] if item.id == poll.item_id)
    latest = [each for each in here if (last := votes.passed(edge.views, poll.meeting_id, each.id)) and last == poll]
    naming = [each for each in found["officials"] if str(each.described.poll_id) == poll.poll_id]
    return {**found, "officials": naming, "to_resolve": latest}


def by_item(seen: list[Official]) -> dict[str, list[Official]]:
    found: dict[str, list[Official]] = {}
    for each in seen:
        if each.described.item_id:
            found.setdefault(str(each.described.item_id), []).append(each)
    return found


def to_resolve(edge: Context, meeting_id: UUID | str, seen: list[Official]) -> list[AgendaItem]:
    resolved = {
        str(each.described.item_id)
        for each in seen
        if each.described.kind is Kind.resolution and each.stage not in GIVEN_UP
    }
    agenda = meetings.agenda(edge.views, meeting_id)
    return [each for each in agenda if each.id not in resolved and votes.passed(edge.views, meeting_id, each.id)]
