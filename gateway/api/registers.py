"""Registers of official documents: what they hold, numbers that are kept free, numbers that are given up."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query
from pydantic import Field

from gateway.api.commands import Body
from gateway.api.official import Limit, today
from gateway.edge import Done, Edge
from gateway.policy.officials import REGISTER, reach
from kernel.decider import Refused
from services.signing import lists
from services.signing.messages.official import Kind
from services.signing.messages.registers import COPIES, SERIES, NumberReserved, Register, ReserveNumber, VoidNumber
from services.signing.records import RegisterBook, RegisterEntry

router = APIRouter(tags=["official"])
BOOK = "/registers/{issuer_id}/{year}/{series}"
Year = Annotated[int, Path(ge=1945, le=2200)]
Series = Annotated[str, Path(pattern=SERIES)]


class Reason(Body):
    reason: str = Field(min_length=1, max_length=500)


class NumberKept(Done):
    """Which number of which register is kept free."""

    issuer_id: UUID
    year: int
    series: str
    number: int


@router.get("/registers")
def list_registers(
    edge: Edge,
    year: Annotated[int | None, Query(ge=1945, le=2200)] = None,
    body_id: UUID | None = None,
    series: Annotated[str, Query(pattern=rf"^$|{SERIES}")] = "",
    limit: Limit = lists.PAGE,
    offset: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
) -> list[RegisterBook]:
    """Those that the reader may see, the latest year first."""
    return lists.register_books(
        edge.views,
        reach(edge.me, REGISTER),
        year=year,
        body_id=str(body_id or ""),
        series=series,
        limit=limit,
        offset=offset,
    )


@router.get(BOOK)
def read_register(
    edge: Edge,
    issuer_id: UUID,
    year: Year,
    series: Series,
    before: Annotated[int | None, Query(ge=1, le=2**62)] = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> list[RegisterEntry]:
    """The last number first; `before`: the last number of the page before."""
    edge.require("see_register", issuer_id=issuer_id)
    return lists.register_entries(edge.views, issuer_id, year, series, before=before, limit=limit)


@router.post(f"{BOOK}/reservations", response_model_exclude_none=True)
def reserve_number(edge: Edge, issuer_id: UUID, year: Year, series: Series, body: Reason) -> NumberKept:
    """In a register of this year: a number of another one would be dated back or ahead."""
    edge.require("keep_register", issuer_id=issuer_id)
    if series not in {*Kind, COPIES}:
        raise Refused("not_found", series)
    if year != today(edge).year:
        raise Refused("other_year", str(year))
    register = Register(body_id=issuer_id, year=year, series=series)
    position = edge.send(ReserveNumber, in_register=register, reason=body.reason).position
    (recorded,) = edge.gate.store.read_all(position - 1, 1)
    number = NumberReserved.model_validate_json(recorded.data).number
    return NumberKept(position=position, issuer_id=issuer_id, year=year, series=series, number=number)


@router.post(f"{BOOK}/{{number}}/void")
def void_number(
    edge: Edge, issuer_id: UUID, year: Year, series: Series, number: Annotated[int, Path(ge=1)], body: Reason
) -> Done:
    edge.require("keep_register", issuer_id=issuer_id)
    register = Register(body_id=issuer_id, year=year, series=series)
    return edge.send(VoidNumber, in_register=register, number=number, reason=body.reason)
