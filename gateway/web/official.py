"""Pages of documents that go out: the list, and one document on its way to issue and archive."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query
from fastapi.responses import Response

from gateway.api.official import found, officials_page, today
from gateway.edge import Context, Edge
from gateway.policy.officials import official_viewer
from gateway.texts import translate
from gateway.web import filters, session_officials
from gateway.web import official_words as words
from gateway.web.pages import render
from gateway.web.people_choice import Choices, choices
from kernel.decider import Refused
from services.directory import views as directory
from services.directory.views import Unit
from services.documents import views as documents
from services.signing import lists, queries
from services.signing.numbering import printed, symbol_of
from services.signing.records import Official, Stage
from services.signing.selection import WantedOfficials

router = APIRouter()
Show = Annotated[str, Query(max_length=20)]
ShownStage = Annotated[str, Query(max_length=20)]
Text = Annotated[str, Query(max_length=400)]

PER_PAGE = 50
SUCCESSORS = 100


@router.get("/officials")
def list_page(
    edge: Edge,
    show: Show = "",
    q: Text = "",
    kind: Show = "",
    issuer: Text = "",
    year: Show = "",
    since: Show = "",
    until: Show = "",
    before: Show = "",
) -> Response:
    asked = {"q": q.strip(), "kind": kind, "issuer": issuer, "year": year, "since": since, "until": until}
    wanted = WantedOfficials(
        stages=words.FILTERS[show][1] if show in words.FILTERS else (),
        kind=kind if kind in words.KINDS else "",
        issuer_id=issuer,
        year=filters.year(year),
        since=filters.day(since),
        until=filters.day(until),
        words=q,
    )
    page = officials_page(edge, wanted, filters.place(before), PER_PAGE)
    units = directory.units(edge.views)
    return render(
        edge,
        "official/list.html",
        page=page,
        counts={
            key: sum(page.counts.get(Stage(each), 0) for each in stages)
            for key, (_word, stages) in words.FILTERS.items()
        },
        printed=printed,
        at=filters.Asked("/officials", asked, show if wanted.stages else "", before),
        units=[(each.id, each.name) for each in units],
        unit_names={each.id: each.name for each in units},
        kinds=options(edge, words.KINDS),
        may_draft=bool(issuers(edge)),
        words=words,
    )


@router.get("/officials/{official_id}")
def show_page(edge: Edge, official_id: UUID) -> Response:
    shown = _shown(edge, official_id)
    return render(edge, "official/show.html", people=_initialling(edge, shown), **shown)


@router.get("/officials/{official_id}/_way")
def way_fragment(edge: Edge, official_id: UUID, stage: ShownStage = "") -> Response:
    """A page that shows an earlier stage is asked for again; reading a PDF changes none, so what is typed stays."""
    shown = _shown(edge, official_id)
    fragment = render(edge, "official/_way.html", **shown)
    if stage and stage != shown["stage_key"]:
        fragment.headers["HX-Refresh"] = "true"
    return fragment


def unit(edge: Context, unit_id: UUID | str) -> Unit:
    known = directory.unit(edge.views, unit_id)
    if known is None:
        raise Refused("not_found", str(unit_id))
    return known


def unit_names(edge: Context) -> dict[str, str]:
    return {each.id: each.name for each in directory.units(edge.views)}


def own_units(edge: Context) -> list[str]:
    """The unit of work first, then those in which the reader holds a role."""
    held = sorted({unit_id for _role, unit_id in edge.me.roles if unit_id})
    return list(dict.fromkeys([*([edge.me.unit_id] if edge.me.unit_id else []), *held]))


def issuers(edge: Context) -> list[Unit]:
    """Bodies, and the reader's own units, for which the reader may draft."""
    own = own_units(edge)
    valid = directory.units(edge.views, on=today(edge))
    return [each for each in valid if (each.is_body or each.id in own) and drafters_for(edge, each.id)]


def drafters_for(edge: Context, issuer_id: str) -> list[tuple[str, str]]:
    """Units in whose name the reader may draft what that body issues; the reader's own first."""
    own = own_units(edge)
    valid = directory.units(edge.views, on=today(edge))
    allowed = [
        (each.id, each.name)
        for each in valid
        if edge.allows("draft_official", issuer_id=issuer_id, drafter_id=each.id) and each.id in (*own, issuer_id)
    ]
    return sorted(allowed, key=lambda option: own.index(option[0]) if option[0] in own else len(own))


def options(edge: Context, terms: dict[str, str]) -> list[tuple[str, str]]:
    return [(key, translate(term, edge.locale)) for key, term in terms.items()]


def _shown(edge: Context, official_id: UUID) -> dict[str, Any]:
    edge.require("see_official", official_id=official_id)
    official = found(edge, official_id)
    works = edge.allows("comment_official", official_id=official_id)
    orders = queries.orders_of_official(edge.views, official_id) if works else []
    comments = queries.comments(edge.views, official_id) if works else []
    course = queries.course(edge.views, official_id) if works else []
    current = next((each for each in orders if each.id == official.order_id), None)
    described, chosen_from = official.described, _choices(edge, official)
    writes = edge.allows("write_official", official_id=official_id)
    text = chosen_from["text"] if official.stage is Stage.draft and writes else None
    converted = text is not None and (text.extracted or text.readable_sha256 is not None)
    asked = {person for each in orders for step in each.steps for person in step.signer_ids}
    people = {*asked, official.drafted_by, str(described.signatory.person_id)}
    people |= {each.author for each in comments} | {each.actor for each in course}
    return {
        "official": official,
        "described": described,
        "stage_key": f"{official.stage}{'-order' if current else ''}{'-read' if converted else ''}",
        "number": printed(official.number, official.symbol) if official.number and official.symbol else "",
        "symbol": symbol_of(described),
        "works": works,
        "writes": writes,
        "registers": edge.allows("register_official", official_id=official_id),
        "orders": orders,
        "order": current,
        "waited": queries.waited(edge.views, current.id) if current else [],
        "signatures": {each.id: queries.signatures(edge.views, each.id) for each in orders},
        "comments": comments,
        "course": course,
        "arrivals": queries.incoming_of_official(edge.views, official_id) if works else [],
        "names": directory.person_names(edge.views, sorted(people)),
        "unit_names": unit_names(edge),
        "words": words,
        **session_officials.shown_origin(edge, official),
        **chosen_from,
    }


def _initialling(edge: Context, shown: dict[str, Any]) -> Choices:
    """Who may be asked for initials; a page that asks for a part of itself again asks for nobody."""
    described = shown["described"]
    if shown["official"].stage is not Stage.draft or not shown["writes"] or "hx-request" in edge.request.headers:
        return Choices()
    return choices(edge, led=(described.issuer_id,), near=(described.drafter_id, edge.me.unit_id))


def _choices(edge: Context, official: Official) -> dict[str, Any]:
    """What the next step is chosen from."""
    described = official.described
    document = documents.document(edge.views, described.document_id)
    book = (described.issuer_id, today(edge).year, described.kind)
    reserved = lists.register_entries(edge.views, *book, state="reserved", limit=SUCCESSORS)
    issued = WantedOfficials(stages=(Stage.issued,), issuer_id=str(described.issuer_id))
    withdrawable = official.stage is Stage.issued
    viewer = official_viewer(edge.me)
    return {
        "text": document.latest if document else None,
        "reserved": reserved[::-1],
        "year": today(edge).year,
        "successors": [
            (each.id, f"{printed(each.number or 0, each.symbol or '')} – {each.described.summary}")
            for each in (lists.officials(edge.views, viewer, issued, limit=SUCCESSORS) if withdrawable else ())
            if each.id != official.id
        ],
        "successor": queries.official(edge.views, official.successor_id) if official.successor_id else None,
        "printed": printed,
    }
