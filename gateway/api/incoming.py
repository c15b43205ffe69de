"""Official documents that arrive: received, registered, routed, acknowledged, returned."""

from dataclasses import replace
from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel, Field
from starlette.concurrency import run_in_threadpool

from gateway import official_text, uploads
from gateway.api.commands import Body, command_route
from gateway.api.documents import ANY_FILE
from gateway.api.official import Before, Limit, require_person, today
from gateway.edge import Context, Done, Edge
from gateway.policy.officials import incoming_viewer
from kernel.decider import Refused
from kernel.ids import derived
from services.directory import views as directory
from services.signing import lists, queries, selection
from services.signing.messages.incoming import (
    AcknowledgeIncoming,
    ReceiveIncoming,
    RegisterIncoming,
    ReturnIncoming,
    RouteIncoming,
    Sent,
)
from services.signing.records import Incoming

router = APIRouter(tags=["official"])
ARRIVED = "/incoming/{incoming_id}"

command_route(router, f"{ARRIVED}/acknowledgement", AcknowledgeIncoming, action="receive_incoming")
command_route(router, f"{ARRIVED}/return", ReturnIncoming, action="receive_incoming")


def may_receive(edge: Edge, receiver_id: UUID) -> None:
    edge.require("receive_incoming", receiver_id=receiver_id)


class IncomingList(BaseModel):
    """One page, and how many there are in each stage under the same filters. `next`: `before` of the next page."""

    incoming: list[Incoming]
    counts: dict[str, int]
    next: int | None = None


@router.get("/incoming")
def list_incoming(
    edge: Edge,
    stage: Annotated[str, Query(pattern="^(received|registering|registered|routed|returned)?$")] = "",
    sender: Annotated[str, Query(max_length=300)] = "",
    due_from: date | None = None,
    due_before: date | None = None,
    since: date | None = None,
    until: date | None = None,
    q: Annotated[str, Query(max_length=400)] = "",
    before: Before = None,
    limit: Limit = lists.PAGE,
) -> IncomingList:
    """What the reader may see, the newest first. `q`: words of the summary, the symbol or the number given here."""
    wanted = selection.WantedIncoming(
        stage=stage, sender=sender, due_from=due_from, due_before=due_before, since=since, until=until, words=q
    )
    return incoming_page(edge, wanted, before, limit)


def incoming_page(edge: Context, wanted: selection.WantedIncoming, before: int | None, limit: int) -> IncomingList:
    viewer = incoming_viewer(edge.me)
    found = lists.incoming(edge.views, viewer, wanted, before=before, limit=limit + 1)
    counts = lists.incoming_counts(edge.views, viewer, replace(wanted, stage=""))
    return IncomingList(
        incoming=found[:limit], counts=counts, next=found[limit - 1].position if len(found) > limit else None
    )


@router.get(ARRIVED)
def read_incoming(edge: Edge, incoming_id: UUID) -> Incoming:
    edge.require("see_incoming", incoming_id=incoming_id)
    found = queries.incoming(edge.views, incoming_id)
    if found is None:
        raise Refused("incoming_not_found", str(incoming_id))
    return found


@router.put(
    "/units/{receiver_id}/incoming",
    status_code=201,
    response_model_exclude_none=True,
    openapi_extra=ANY_FILE,
    dependencies=[Depends(may_receive)],
)
async def receive_incoming(edge: Edge, request: Request, receiver_id: UUID, sent: Annotated[Sent, Query()]) -> Done:
    """Stores the raw body as a document that arrived; its signatures are checked at once."""
    stored = await uploads.receive(request, edge.gate, uploads.announced(request))
    return await run_in_threadpool(_receive, edge, receiver_id, sent, stored)


@router.post(f"{ARRIVED}/registration")
def register_incoming(edge: Edge, incoming_id: UUID) -> Done:
    edge.require("receive_incoming", incoming_id=incoming_id)
    return edge.send(RegisterIncoming, incoming_id=incoming_id, entered_on=today(edge))


class Routing(Body):
    unit_id: UUID
    person_id: UUID | None = None
    instruction: str = Field(min_length=1, max_length=2000)
    due_on: date | None = None


@router.post(f"{ARRIVED}/routing")
def route_incoming(edge: Edge, incoming_id: UUID, body: Routing) -> Done:
    edge.require("route_incoming", incoming_id=incoming_id)
    if directory.unit(edge.views, body.unit_id) is None:
        raise Refused("no_such_unit", str(body.unit_id))
    if body.person_id is not None:
        require_person(edge, body.person_id)
    return edge.send(RouteIncoming, incoming_id=incoming_id, **dict(body))


def _receive(edge: Context, receiver_id: UUID, sent: Sent, stored: uploads.Stored) -> Done:
    """Only what was issued here comes as a known document or copy; who brings a file in does not say so."""
    brought = sent.model_copy(update={"official_id": None, "copy_id": None})
    document = official_text.keep(edge, brought.summary, stored, index="add")
    incoming_id = derived(edge.command_id, "incoming_id")
    done = edge.send(
        ReceiveIncoming,
        index="receive",
        incoming_id=incoming_id,
        receiver_id=receiver_id,
        document_id=document.id,
        sha256=stored.sha256,
        sent=brought,
    )
    return done.model_copy(update={"id": incoming_id})
