"""One search over everything that the reader may see."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel

from gateway import finding
from gateway.edge import Edge
from kernel.excerpts import Piece
from kernel.search import Hit

router = APIRouter(tags=["search"])
Kind = Literal["meeting", "agenda_item", "document", "conclusion", "task", "minutes", "person", "official", "incoming"]


class HitBody(BaseModel):
    """`title` and `snippet` in pieces; `found` pieces answer the query. `url`: the page that shows the thing."""

    kind: str
    id: str
    url: str
    number: str
    title: list[Piece]
    snippet: list[Piece]


class FoundBody(BaseModel):
    """`more`: there is a page after this one."""

    hits: list[HitBody]
    more: bool


@router.get("/search")
def read_search(
    edge: Edge,
    q: Annotated[str, Query(max_length=20_000)] = "",
    kind: Annotated[list[Kind] | None, Query(max_length=9)] = None,
    page: Annotated[int, Query(ge=1, le=500)] = 1,
) -> FoundBody:
    """Meetings, items, documents' text, conclusions, tasks, minutes, people, official documents; accents or not."""
    found = finding.find(edge, q, kind, page)
    return FoundBody(hits=[_body(hit) for hit in found.hits], more=found.more)


def _body(hit: Hit) -> HitBody:
    return HitBody(
        kind=hit.entry.kind,
        id=hit.entry.ref,
        url=finding.address(hit),
        number=hit.entry.number,
        title=list(hit.title),
        snippet=list(hit.snippet),
    )
