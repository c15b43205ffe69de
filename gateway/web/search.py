"""The search page; its hits are a fragment that follows what is being typed."""

from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Query
from fastapi.responses import Response

from gateway import finding
from gateway.edge import Context, Edge
from gateway.web.pages import render
from kernel.search import Found

router = APIRouter()
Text = Annotated[str, Query(max_length=20_000)]
Kind = Annotated[str, Query(max_length=20)]
Page = Annotated[int, Query(ge=1, le=500)]


@router.get("/search")
def search_page(edge: Edge, q: Text = "", kind: Kind = "", page: Page = 1) -> Response:
    return render(edge, "search/page.html", **_results(edge, q, kind, page))


@router.get("/search/_hits")
def hits_fragment(edge: Edge, q: Text = "", kind: Kind = "", page: Page = 1) -> Response:
    """The address bar follows, so that going back or sharing shows the same hits."""
    fragment = render(edge, "search/_hits.html", **_results(edge, q, kind, page))
    fragment.headers["HX-Replace-Url"] = f"/search{_query(q, kind, page)}"
    return fragment


def _results(edge: Context, q: str, kind: str, page: int) -> dict[str, Any]:
    kinds = [kind] if kind in finding.KINDS else None
    found = finding.find(edge, q, kinds, page) if q.strip() else Found()
    return {
        "q": q,
        "kind": kind if kinds else "",
        "page": page,
        "more": found.more,
        "first": (page - 1) * finding.PAGE + 1,
        "kinds": finding.KINDS,
        "hits": [(hit, finding.address(hit), finding.context_line(edge, hit.entry)) for hit in found.hits],
        "query_of": lambda other_kind, other_page=1: _query(q, other_kind, other_page),
    }


def _query(q: str, kind: str, page: int) -> str:
    given = {"q": q[:400], "kind": kind, "page": page if page > 1 else ""}
    return "?" + urlencode({name: value for name, value in given.items() if value})
