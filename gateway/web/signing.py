"""Pages of who signs: what waits, one order with exactly its bytes, authorisations to sign for somebody."""

from typing import Annotated, Any
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Query
from fastapi.responses import Response

from gateway import signing_agent, vgca
from gateway.api.official import today
from gateway.api.signing import for_whom, forecast, found
from gateway.edge import Context, Edge
from gateway.identity.headers import READER, content_security_policy
from gateway.renewing import NOTICE_DAYS
from gateway.signing_agent import Ways
from gateway.web import official_words as words
from gateway.web.official_form import HEADS
from gateway.web.pages import render
from gateway.web.people_choice import Choices, choices
from services.directory import views as directory
from services.signing import queries
from services.signing.messages.orders import Act, Level
from services.signing.records import Delegation, Order

router = APIRouter()
CALLS_VGCA = content_security_policy(script_src="'self' 'wasm-unsafe-eval'", connect_src=f"'self' {vgca.SOCKET}")
DelegationId = Annotated[UUID | None, Query(alias="delegation")]
PER_PAGE = 50
ShownSha256 = Annotated[str, Query(max_length=64)]


@router.get("/signing-orders")
def inbox_page(edge: Edge) -> Response:
    waiting = queries.waiting_for(edge.views, for_whom(edge))
    people = {wait.person_id for wait, _order in waiting} | {order.opened_by for _wait, order in waiting}
    return render(
        edge,
        "signing/inbox.html",
        waiting=waiting,
        names=directory.person_names(edge.views, sorted(people)),
        words=words,
    )


@router.get("/signing-orders/{order_id}")
def order_page(edge: Edge, order_id: UUID, delegation_id: DelegationId = None) -> Response:
    shown = _shown(edge, order_id, delegation_id)
    ways = _ways(edge, shown)
    page = render(
        edge,
        "signing/order.html",
        ways=ways,
        needs_time=edge.gate.settings.signing_level != Level.b_b,
        vgca_socket=vgca.SOCKET,
        **shown,
    )
    page.headers["Content-Security-Policy"] = CALLS_VGCA if ways and ways.vgca else READER
    return page


@router.get("/signing-orders/{order_id}/_state")
def state_fragment(edge: Edge, order_id: UUID, sha256: ShownSha256 = "") -> Response:
    """Whoever looks at bytes that somebody has signed since is shown the newer ones."""
    shown = _shown(edge, order_id, None)
    fragment = render(edge, "signing/_state.html", **shown)
    if sha256 and (sha256 != shown["order"].sha256 or shown["order"].stage != "waiting"):
        fragment.headers["HX-Refresh"] = "true"
    return fragment


@router.get("/signature-forecast")
def forecast_page(edge: Edge, after: Annotated[str, Query(max_length=100)] = "") -> Response:
    orders = forecast(edge, after=after, limit=PER_PAGE + 1)
    last = orders[PER_PAGE - 1] if len(orders) > PER_PAGE else None
    return render(
        edge,
        "signing/forecast.html",
        orders=orders[:PER_PAGE],
        after=after,
        next=urlencode({"after": f"{last.provable_until},{last.id}"}) if last else "",
        notice_days=NOTICE_DAYS,
    )


@router.get("/signing-delegations")
def delegations_page(edge: Edge) -> Response:
    listed = queries.delegations(edge.views, edge.me.person_id)
    people = {each.from_id for each in listed} | {each.to_id for each in listed}
    return render(
        edge,
        "signing/delegations.html",
        delegations=listed,
        names=directory.person_names(edge.views, sorted(people)),
        people=_deputies(edge),
        today=today(edge).isoformat(),
    )


def _deputies(edge: Context) -> Choices:
    """To whom the reader may give authority: first those who lead with the reader, then the reader's own unit."""
    led = sorted(unit_id for role, unit_id in edge.me.roles if role in HEADS and unit_id)
    return choices(edge, led, near=(edge.me.unit_id,), without=edge.me.person_id)


def _shown(edge: Context, order_id: UUID, delegation_id: UUID | None) -> dict[str, Any]:
    edge.require("see_signing_order", order_id=order_id)
    order = found(edge, order_id)
    waited = queries.waited(edge.views, order_id)
    signatures = queries.signatures(edge.views, order_id)
    standings = _standings(edge, [each.person_id for each in waited])
    own = edge.me.person_id in {each.person_id for each in waited}
    chosen = next((each for each in standings if each.id == str(delegation_id)), None)
    if chosen is None and not own and standings:
        chosen = standings[0]
    people = {person for step in order.steps for person in step.signer_ids} | {order.opened_by}
    people |= {each.signer_id for each in signatures} | {each.from_id for each in standings}
    return {
        "order": order,
        "official": queries.official(edge.views, order.official_id) if order.official_id else None,
        "waited": waited,
        "signatures": signatures,
        "own": own,
        "standings": standings,
        "standing": chosen,
        "signs": (own or chosen is not None) and edge.allows("sign_document", order_id=order_id),
        "act": _act(order),
        "sees_official": order.official_id is not None and edge.allows("see_official", official_id=order.official_id),
        "names": directory.person_names(edge.views, sorted(people)),
        "words": words,
    }


def _ways(edge: Context, shown: dict[str, Any]) -> Ways | None:
    if not shown["signs"] or shown["order"].stage != "waiting":
        return None
    return signing_agent.ways(edge, shown["order"], Act(shown["act"]))


def _standings(edge: Context, awaited: list[str]) -> list[Delegation]:
    """By which authorisations the reader may sign now for somebody whose signature is awaited."""
    in_force = queries.delegations_in_force(edge.views, edge.me.person_id, today(edge))
    return [each for each in in_force if each.from_id in awaited]


def _act(order: Order) -> str:
    return order.steps[order.at_step].act if order.at_step < len(order.steps) else ""
