"""Registers of official documents: what they hold, numbers that are kept free, numbers that are given up."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path
from pydantic import Field

from gateway.api.commands import Body
from gateway.edge import Done, Edge
from services.signing import queries
from services.signing.messages.registers import SERIES, Register, ReserveNumber, VoidNumber
from services.signing.records import RegisterBook, RegisterEntry

router = APIRouter(tags=["official"])
BOOK = "/registers/{issuer_id}/{year}/{series}"
Year = Annotated[int, Path(ge=1945, le=2200)]
Series = Annotated[str, Path(pattern=SERIES)]


class Reason(Body):
    reason: str = Field(min_length=1, max_length=500)


@router.get("/registers")
def list_registers(edge: Edge) -> list[RegisterBook]:
    return [each for each in queries.register_books(edge.views) if edge.allows("see_register", issuer_id=each.body_id)]


@router.get(BOOK)
def read_register(edge: Edge, issuer_id: UUID, year: Year, series: Series) -> list[RegisterEntry]:
    edge.require("see_register", issuer_id=issuer_id)
    return queries.register_entries(edge.views, issuer_id, year, series)


@router.post(f"{BOOK}/reservations")
def reserve_number(edge: Edge, issuer_id: UUID, year: Year, series: Series, body: Reason) -> Done:
    edge.require("keep_register", issuer_id=issuer_id)
    return edge.send(
        ReserveNumber, in_register=Register(body_id=issuer_id, year=year, series=series), reason=body.reason
    )


@router.post(f"{BOOK}/{{number}}/void")
def void_number(
    edge: Edge, issuer_id: UUID, year: Year, series: Series, number: Annotated[int, Path(ge=1)], body: Reason
) -> Done:
    edge.require("keep_register", issuer_id=issuer_id)
    register = Register(body_id=issuer_id, year=year, series=series)
    return edge.send(VoidNumber, in_register=register, number=number, reason=body.reason)
