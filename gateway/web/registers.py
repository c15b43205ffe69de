"""Pages of the registers: which there are, and one as the table that is printed and kept."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from fastapi.responses import Response

from gateway.api.official import today
from gateway.api.registers import Series, Year
from gateway.edge import Context, Edge
from gateway.policy.officials import REGISTER, incoming_viewer, official_viewer, reach
from gateway.web import filters
from gateway.web import official_words as words
from gateway.web.official import options, unit, unit_names
from gateway.web.pages import render
from kernel.decider import Refused
from services.directory import views as directory
from services.signing import lists
from services.signing.messages.registers import COPIES, INCOMING
from services.signing.numbering import printed
from services.signing.records import RegisterEntry

router = APIRouter()
BOOK = "/registers/{issuer_id}/{year}/{series}"
Text = Annotated[str, Query(max_length=100)]
Show = Annotated[str, Query(max_length=20)]
Page = Annotated[int, Query(ge=1, le=10_000)]

PER_PAGE = 50
ON_A_PAGE = 100


@router.get("/registers")
def list_page(edge: Edge, body: Text = "", year: Show = "", series: Show = "", page: Page = 1) -> Response:
    asked = {"body": body, "year": year, "series": series}
    found = lists.register_books(
        edge.views,
        reach(edge.me, REGISTER),
        year=filters.year(year),
        body_id=body,
        series=series if series in words.SERIES else "",
        limit=PER_PAGE + 1,
        offset=(page - 1) * PER_PAGE,
    )
    valid = directory.units(edge.views, on=today(edge))
    return render(
        edge,
        "registers/list.html",
        books=found[:PER_PAGE],
        more=len(found) > PER_PAGE,
        page=page,
        at=filters.Asked("/registers", asked, "", ""),
        kept=[(each.id, each.name) for each in valid if edge.allows("keep_register", issuer_id=each.id)],
        bodies=[(each.id, each.name) for each in valid if edge.allows("see_register", issuer_id=each.id)],
        kinds=options(edge, {key: each for key, each in words.SERIES.items() if key != INCOMING}),
        series=options(edge, words.SERIES),
        year=today(edge).year,
        unit_names=unit_names(edge),
        words=words,
    )


@router.get(BOOK)
def book_page(
    edge: Edge, issuer_id: UUID, year: Year, series: Series, before: Show = "", whole: bool = False, kept: Show = ""
) -> Response:
    """A page of it, the last number first; `whole`: all of it from the first number on, to be printed.

    `kept`: the number that was just kept free; it is told as long as it waits.
    """
    edge.require("see_register", issuer_id=issuer_id)
    if series not in words.SERIES:
        raise Refused("not_found", series)
    book, incoming = (issuer_id, year, series), series == INCOMING
    last = lists.register_entries(edge.views, *book, before=filters.place(before), limit=ON_A_PAGE + 1)
    entries = lists.whole_register(edge.views, *book) if whole else last[:ON_A_PAGE]
    people = directory.person_names(edge.views, sorted({each.actor for each in entries}))
    return render(
        edge,
        "registers/book.html",
        entries=entries,
        before=before,
        kept=next((each.number for each in last if each.state == "reserved" and str(each.number) == kept), None),
        next=last[ON_A_PAGE - 1].number if len(last) > ON_A_PAGE else None,
        whole=whole,
        opened=set() if whole else _seen(edge, entries, series),
        names=people,
        body=unit(edge, issuer_id),
        year=year,
        series=series,
        incoming=incoming,
        copies=series == COPIES,
        keeps=edge.allows("keep_register", issuer_id=issuer_id) and not incoming,
        printed=printed,
        words=words,
    )


def _seen(edge: Context, entries: list[RegisterEntry], series: str) -> set[str]:
    """The documents in it that the reader may open."""
    subjects = [each.subject_id for each in entries if each.subject_id]
    if series == COPIES:
        return lists.seen_copies(edge.views, official_viewer(edge.me), subjects)
    if series == INCOMING:
        return lists.seen_incoming(edge.views, incoming_viewer(edge.me), subjects)
    return lists.seen_officials(edge.views, official_viewer(edge.me), subjects)
