"""Official documents that arrive: received, registered, routed, acknowledged, returned."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from pydantic import Field
from starlette.concurrency import run_in_threadpool

from gateway import official_text, uploads
from gateway.api.commands import Body, command_route
from gateway.api.documents import ANY_FILE
from gateway.api.official import require_person, today
from gateway.edge import Context, Done, Edge
from kernel.decider import Refused
from kernel.ids import derived
from services.directory import views as directory
from services.signing import queries
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


@router.get("/incoming")
def list_incoming(edge: Edge) -> list[Incoming]:
    """What arrived for the reader's units or was routed to them, the newest first."""
    units = {unit for _role, unit in edge.me.roles if unit} | ({edge.me.unit_id} if edge.me.unit_id else set())
    arrived = queries.incoming_of(edge.views, sorted(units))
    return [each for each in arrived if edge.allows("see_incoming", incoming_id=each.id)]


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
    document = official_text.keep(edge, sent.summary, stored, index="add")
    incoming_id = derived(edge.command_id, "incoming_id")
    done = edge.send(
        ReceiveIncoming,
        index="receive",
        incoming_id=incoming_id,
        receiver_id=receiver_id,
        document_id=document.id,
        sha256=stored.sha256,
        sent=sent,
    )
    return done.model_copy(update={"id": incoming_id})
