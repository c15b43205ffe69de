"""Pages of the registers: which there are, and one as the table that is printed and kept."""

from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response

from gateway.api.official import today
from gateway.api.registers import Series, Year, list_registers, read_register
from gateway.edge import Edge
from gateway.web import official_words as words
from gateway.web.official import options, unit, unit_names
from gateway.web.pages import render
from services.directory import views as directory
from services.signing.messages.registers import INCOMING
from services.signing.numbering import printed

router = APIRouter()
BOOK = "/registers/{issuer_id}/{year}/{series}"


@router.get("/registers")
def list_page(edge: Edge) -> Response:
    valid = directory.units(edge.views, on=today(edge))
    return render(
        edge,
        "registers/list.html",
        books=list_registers(edge),
        kept=[(each.id, each.name) for each in valid if edge.allows("keep_register", issuer_id=each.id)],
        kinds=options(edge, words.KINDS),
        year=today(edge).year,
        unit_names=unit_names(edge),
        words=words,
    )


@router.get(BOOK)
def book_page(edge: Edge, issuer_id: UUID, year: Year, series: Series) -> Response:
    entries = read_register(edge, issuer_id, year, series)
    people = directory.person_names(edge.views, sorted({each.actor for each in entries}))
    return render(
        edge,
        "registers/book.html",
        entries=entries,
        names=people,
        body=unit(edge, issuer_id),
        year=year,
        series=series,
        incoming=series == INCOMING,
        keeps=edge.allows("keep_register", issuer_id=issuer_id) and series != INCOMING,
        printed=printed,
        words=words,
    )
