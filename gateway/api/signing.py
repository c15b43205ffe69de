"""What waits for one's signature, signing and declining, authorisations, and the check of any PDF's signatures."""

from datetime import date, timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, Field, SecretStr
from starlette.concurrency import run_in_threadpool

from gateway import downloads, official_text, signing_acts, signing_agent, uploads, vgca
from gateway.api.commands import Body, command_route
from gateway.api.documents import ANY_FILE
from gateway.api.official import require_person
from gateway.api.session import address_of
from gateway.edge import AnyGate, Context, Done, Edge
from gateway.policy.officials import official_viewer
from kernel.decider import Refused
from kernel.ids import derived
from kernel.vietnam import day_of
from services.signing import lists, queries
from services.signing.messages.orders import DeclineToSign, DelegateSigning, RevokeDelegation
from services.signing.pdf import Consent, Secret
from services.signing.records import Delegation, Order, Signature, Waited

router = APIRouter(tags=["signing"])
ORDER = "/signing-orders/{order_id}"
Words = Annotated[SecretStr, Field(min_length=1, max_length=1000)]

command_route(router, f"{ORDER}/refusal", DeclineToSign, action="sign_document", mine="signer_id")
command_route(router, "/signing-delegations/{delegation_id}/revocation", RevokeDelegation, action="delegate_signing")


class WaitingOrder(BaseModel):
    wait: Waited
    order: Order


class OrderDetail(BaseModel):
    order: Order
    waited: list[Waited]
    signatures: list[Signature]


class AgentAct(Body):
    """`password` is the signer's own for this system; it is used once and kept nowhere."""

    seen_sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    password: Words
    on_behalf_of: UUID | None = None
    delegation_id: UUID | None = None

    @property
    def standing(self) -> signing_acts.Standing:
        return signing_acts.Standing(self.on_behalf_of, self.delegation_id)


class AgentAddressed(AgentAct):
    way: signing_agent.Way = signing_agent.Way.agent


class SigningAct(AgentAct):
    """`pin` opens the key; it, too, is used once and kept nowhere."""

    pin: Words
    one_time_code: SecretStr | None = None


class Authorisation(Body):
    to_id: UUID
    valid_from: date
    valid_until: date
    basis: str = Field(min_length=1, max_length=500)


@router.get("/signing-orders")
def waiting_orders(edge: Edge) -> list[WaitingOrder]:
    """What waits for the reader, or for somebody in whose place they may sign."""
    return [WaitingOrder(wait=wait, order=order) for wait, order in queries.waiting_for(edge.views, for_whom(edge))]


@router.get(ORDER)
def read_order(edge: Edge, order_id: UUID) -> OrderDetail:
    edge.require("see_signing_order", order_id=order_id)
    return OrderDetail(
        order=found(edge, order_id),
        waited=queries.waited(edge.views, order_id),
        signatures=queries.signatures(edge.views, order_id),
    )


@router.get(f"{ORDER}/file", response_class=Response, responses={200: {"content": {"application/pdf": {}}}})
def read_order_file(edge: Edge, order_id: UUID) -> Response:
    """Exactly the bytes that the next signature is over; their SHA-256 is the ETag."""
    edge.require("see_signing_order", order_id=order_id)
    order = found(edge, order_id)
    return downloads.pdf(edge, official_text.read(edge, order.sha256), order.sha256, f"{order.title[:80]}.pdf")


@router.post(f"{ORDER}/signatures")
def sign(edge: Edge, request: Request, order_id: UUID, body: SigningAct) -> Done:
    edge.require("sign_document", order_id=order_id)
    _confirm(edge, request, body)
    code = Secret(body.one_time_code.get_secret_value()) if body.one_time_code else None
    consent = Consent(Secret(body.pin.get_secret_value()), one_time_code=code)
    with edge.gate.identity.slowing_guesses_at_pin(edge.me.person_id):
        return signing_acts.sign(edge, found(edge, order_id), body.seen_sha256, body.standing, consent)


@router.post(f"{ORDER}/agent-addresses")
def give_addresses(edge: Edge, request: Request, order_id: UUID, body: AgentAddressed) -> signing_agent.AgentAddresses:
    """For the signer's own computer; each address works once, for some minutes, without a session.

    Five minutes for an `agent` and the plug-in (`vgca`), half an hour for a person with any signing program (`hand`).
    """
    edge.require("sign_document", order_id=order_id)
    _confirm(edge, request, body)
    return signing_agent.offer(edge, found(edge, order_id), body.seen_sha256, body.standing, body.way)


@router.get(
    f"{signing_agent.ADDRESSES}/downloads/{{token}}",
    response_class=Response,
    responses={200: {"content": {"application/pdf": {}}}},
)
def give_to_agent(gate: AnyGate, request: Request, token: str) -> Response:
    """The bytes to sign, once; their SHA-256 is the ETag."""
    content, sha256 = signing_agent.download(request, gate, token)
    return Response(content, media_type="application/pdf", headers={"ETag": f'"{sha256}"'})


@router.post(f"{signing_agent.ADDRESSES}/uploads/{{token}}", openapi_extra=ANY_FILE)
async def take_from_agent(gate: AnyGate, request: Request, token: str) -> Done:
    """The signed bytes as the raw body, once."""
    most = await run_in_threadpool(signing_agent.most_bytes, gate, token)
    returned = await uploads.in_memory(request, most)
    return await run_in_threadpool(signing_agent.accept, request, gate, token, returned)


@router.post(f"{signing_agent.ADDRESSES}/vgca-uploads/{{token}}", openapi_extra=vgca.FORM)
async def take_from_plug_in(gate: AnyGate, request: Request, token: str) -> vgca.Answer:
    """The signed file in a form, once, as the VGCA plug-in sends it, and the answer that it expects."""
    try:
        most = await run_in_threadpool(signing_agent.most_bytes, gate, token)
        returned = await vgca.signed_file(request, most)
        await run_in_threadpool(signing_agent.accept, request, gate, token, returned)
    except Refused as refusal:
        return vgca.refused(request, refusal)
    return vgca.taken()


@router.get("/signature-forecast")
def forecast(
    edge: Edge,
    days: Annotated[int, Query(ge=1, le=7300)] = 365,
    after: Annotated[str, Query(max_length=100)] = "",
    limit: Annotated[int, Query(ge=1, le=200)] = lists.PAGE,
) -> list[Order]:
    """Whose signatures can no longer be proved in so many days unless they are stamped again; the soonest first.

    `after`: `provable_until` and `id` of the last one of the page before, with a comma between them.
    """
    before = day_of(edge.now) + timedelta(days=days)
    until, _comma, order_id = after.partition(",")
    viewer, signers = official_viewer(edge.me), for_whom(edge)
    return lists.orders_ending(edge.views, viewer, signers, before, after=(until, order_id), limit=limit)


@router.get("/signing-delegations")
def delegations(edge: Edge) -> list[Delegation]:
    """Given by the reader or to them."""
    return queries.delegations(edge.views, edge.me.person_id)


@router.post("/signing-delegations")
def delegate(edge: Edge, body: Authorisation) -> Done:
    edge.require("delegate_signing")
    require_person(edge, body.to_id)
    delegation_id = derived(edge.command_id, "delegation_id")
    fields = {"delegation_id": delegation_id, "from_id": UUID(edge.me.person_id), **dict(body)}
    return edge.send(DelegateSigning, **fields).model_copy(update={"id": delegation_id})


def _confirm(edge: Context, request: Request, body: AgentAct) -> None:
    edge.gate.identity.confirm(edge.me.person_id, body.password.get_secret_value(), address=address_of(request))


def found(edge: Context, order_id: UUID) -> Order:
    order = queries.order(edge.views, order_id)
    if order is None:
        raise Refused("signing_order_not_found", str(order_id))
    return order


def for_whom(edge: Context) -> list[str]:
    """The reader, and those in whose place they may sign today."""
    day = day_of(edge.now)
    given = queries.delegations_in_force(edge.views, edge.me.person_id, day)
    return [edge.me.person_id, *(each.from_id for each in given)]
