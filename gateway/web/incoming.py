"""Pages of documents that arrive: the list, taking one in, and one with its check, its number and where it goes."""

from datetime import timedelta
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query
from fastapi.responses import Response

from gateway.api.incoming import incoming_page, read_incoming
from gateway.api.official import today
from gateway.edge import Context, Edge
from gateway.texts import _, translate
from gateway.web import copy_words, filters
from gateway.web import official_words as words
from gateway.web.official import options, unit_names
from gateway.web.pages import render
from gateway.web.people_choice import Choices, choices
from kernel.decider import Refused
from services.directory import views as directory
from services.directory.views import Unit
from services.signing import copy_views, lists, queries
from services.signing.numbering import printed
from services.signing.selection import WantedIncoming

router = APIRouter()
Show = Annotated[str, Query(max_length=20)]
ReceiverId = Annotated[UUID | None, Query(alias="receiver")]
ShownState = Annotated[str, Query(max_length=40)]
Text = Annotated[str, Query(max_length=400)]

PER_PAGE = 50
SOON = timedelta(days=8)
"""Today and seven days more."""

DUE = {"overdue": _("Đã quá hạn xử lý"), "soon": _("Đến hạn trong 7 ngày tới")}


@router.get("/incoming")
def list_page(
    edge: Edge,
    show: Show = "",
    q: Text = "",
    sender: Text = "",
    due: Show = "",
    since: Show = "",
    until: Show = "",
    before: Show = "",
) -> Response:
    show, due = show if show in words.ARRIVAL_STAGES else "", due if due in DUE else ""
    asked = {"q": q.strip(), "sender": sender.strip(), "due": due, "since": since, "until": until}
    now = today(edge)
    wanted = WantedIncoming(
        stage=show,
        sender=sender,
        due_from=now if due == "soon" else None,
        due_before={"overdue": now, "soon": now + SOON}.get(due),
        since=filters.day(since),
        until=filters.day(until),
        words=q,
    )
    page = incoming_page(edge, wanted, filters.place(before), PER_PAGE)
    return render(
        edge,
        "incoming/list.html",
        page=page,
        withdrawn=lists.withdrawn(edge.views, [each.official_id for each in page.incoming if each.official_id]),
        at=filters.Asked("/incoming", asked, show, before),
        due=[("", translate(_("Mọi thời hạn"), edge.locale)), *options(edge, DUE)],
        today=now.isoformat(),
        unit_names=unit_names(edge),
        receives=bool(_receivers(edge)),
        words=words,
    )


@router.get("/incoming/new")
def new_page(edge: Edge, receiver_id: ReceiverId = None) -> Response:
    receivers = _receivers(edge)
    if not receivers:
        raise Refused("not_allowed", "receive_incoming")
    receiver = next((each for each in receivers if each.id == str(receiver_id)), receivers[0])
    urgencies = options(edge, words.URGENCIES)
    return render(edge, "incoming/new.html", receivers=receivers, receiver=receiver, urgencies=urgencies)


@router.get("/incoming/{incoming_id}")
def show_page(edge: Edge, incoming_id: UUID) -> Response:
    shown = _shown(edge, incoming_id)
    units = [(each.id, each.name) for each in directory.units(edge.views, on=today(edge))]
    arrived = shown["arrived"]
    near = (arrived.unit_id, edge.me.unit_id)
    people = choices(edge, (arrived.receiver_id,), near, chosen=arrived.person_id) if shown["routes"] else Choices()
    return render(edge, "incoming/show.html", **shown, units=units, people=people)


@router.get("/incoming/{incoming_id}/_check")
def check_fragment(edge: Edge, incoming_id: UUID, state: ShownState = "") -> Response:
    """What the check of the signatures said, once it has; a page that shows an earlier stage is asked for again."""
    shown = _shown(edge, incoming_id)
    fragment = render(edge, "incoming/_check.html", **shown)
    if state and state != shown["state"]:
        fragment.headers["HX-Refresh"] = "true"
    return fragment


def _receivers(edge: Context) -> list[Unit]:
    """Units whose clerk the reader is."""
    return [
        each
        for each in directory.units(edge.views, on=today(edge))
        if edge.allows("receive_incoming", receiver_id=each.id)
    ]


def _shown(edge: Edge, incoming_id: UUID) -> dict[str, Any]:
    arrived = read_incoming(edge, incoming_id)
    person = arrived.person_id
    sent = queries.official(edge.views, arrived.official_id) if arrived.official_id else None
    later = sent.successor_id if sent and edge.allows("see_official", official_id=sent.successor_id) else None
    return {
        "arrived": arrived,
        "state": f"{arrived.stage}-{arrived.verdict or ''}",
        "receives": edge.allows("receive_incoming", incoming_id=incoming_id),
        "routes": edge.allows("route_incoming", incoming_id=incoming_id),
        "sees_official": arrived.official_id is not None
        and edge.allows("see_official", official_id=arrived.official_id),
        "withdrawn": sent if sent and sent.withdrawal else None,
        "successor": queries.official(edge.views, later) if later else None,
        "printed": printed,
        "copy": copy_views.copy(edge.views, arrived.document_id),
        "copy_words": copy_words,
        "names": directory.person_names(edge.views, [person]) if person else {},
        "unit_names": unit_names(edge),
        "words": words,
    }
