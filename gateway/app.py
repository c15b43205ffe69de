"""The web application: middleware, routers, health and metrics."""

import asyncio
import importlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from gateway import errors, stream, tlog
from gateway.audits.exports import Exports
from gateway.ballot_checks import Desk
from gateway.ballot_queue import BallotQueue
from gateway.ballots import BallotRoute, Ballots
from gateway.edge import AnyGate, Gate
from gateway.identity.csrf import SameOrigin
from gateway.identity.headers import SecurityHeaders
from gateway.language import ReadersLanguage
from gateway.problems import Problem
from gateway.static_files import CompressedFiles
from gateway.strict_json import StrictJson
from gateway.texts import LOCALES
from gateway.tracing import Traced
from kernel.follow import lag_seconds
from services.voting import views as voting

STATIC = Path(__file__).parent / "web" / "static"
SHOWN_AREAS = (
    *("directory", "meeting", "sitting", "voting", "counting", "circulation", "documents", "tasks"),
    *("minutes", "search", "auditing"),
)
OFFICIAL_AREAS = ("official", "session_officials", "signing", "registers", "incoming", "copies", "signature_checks")
API_AREAS = ("session", *SHOWN_AREAS, *OFFICIAL_AREAS, "official_paper", "proofs")
WEB_AREAS = ("identity", "home", "rule_cards", "dictations", "official_writing", *SHOWN_AREAS, *OFFICIAL_AREAS)
PROBLEM_RESPONSES = {
    status: {"model": Problem, "content": {"application/problem+json": {}}}
    for status in (400, 401, 403, 404, 409, 413, 422, 429, 503)
}

BEHIND_SECONDS = 10
"""Views that have not shown an event for so long are no longer to be looked at."""

router = APIRouter(tags=["operation"])


def create_app(gate: Gate) -> FastAPI:
    app = FastAPI(
        title="Diên Hồng",
        version="1",
        description="Meetings, documents, votes and tasks of councils and committees. Errors are RFC 9457 problems.",
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/v1/openapi.json",
        lifespan=_lifespan,
        responses=PROBLEM_RESPONSES,  # type: ignore[arg-type]
    )
    app.state.gate = gate
    app.state.exports = Exports()
    errors.install(app)
    _include(app)
    app.mount("/static", CompressedFiles(directory=STATIC), name="static")
    app.add_middleware(StrictJson)
    app.add_middleware(SameOrigin, public_url=gate.settings.public_url)
    app.add_middleware(SecurityHeaders)
    app.add_middleware(ReadersLanguage)
    app.add_middleware(Traced)
    desk = Desk(gate)
    app.state.ballots = Ballots(gate, BallotQueue(desk.serve, desk.note_use, gate.clients.batches))
    app.add_middleware(BallotRoute, ballots=app.state.ballots)
    return app


def _include(app: FastAPI) -> None:
    app.include_router(router)
    app.include_router(stream.router)
    app.include_router(tlog.router)
    for area in API_AREAS:
        app.include_router(importlib.import_module(f"gateway.api.{area}").router, prefix="/api/v1")
    for area in WEB_AREAS:
        app.include_router(importlib.import_module(f"gateway.web.{area}").router, include_in_schema=False)


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    _put_together(app)
    gate = app.state.gate
    gate.live.bind(
        asyncio.get_running_loop(),
        lambda: int(gate.views.position),
        lambda poll_id: turnout_figures(gate, poll_id),
        partial(stream.entitled, gate),
    )
    yield
    app.state.ballots.queue.close()


def _put_together(app: FastAPI) -> None:
    """FastAPI makes an included router's routes at its first request; nobody's request is to wait for that."""
    nowhere = {"type": "http", "method": "GET", "path": "", "headers": []}
    for route in app.routes:
        route.matches(nowhere)


def turnout_figures(gate: Gate, poll_id: str) -> tuple[int, int]:
    found = voting.turnout(gate.views.reader(), poll_id)
    return (found.voted, found.roll_size) if found else (0, 0)


@router.get("/language/{locale}", include_in_schema=False)
def choose_language(locale: str, request: Request) -> Response:
    target = request.headers.get("referer", "/")
    back = target if target.startswith(str(request.base_url)) else "/"
    response = RedirectResponse(back, 303)
    if locale in LOCALES:
        response.set_cookie("lang", locale, max_age=31_536_000, samesite="lax", httponly=True)
    return response


@router.get("/live", include_in_schema=False)
def live() -> Response:
    return JSONResponse({"status": "live"})


@router.get("/ready", include_in_schema=False)
def ready(gate: AnyGate) -> Response:
    """503 until the views have caught up, and while anything that follows the log is failing.

    A council sits and votes without its documents, which every replica would miss at once, and without new proofs:
    that they are away is told, and takes no gateway out of service.
    """
    head = gate.store.wait(0, 0)
    state = {
        "log_position": head,
        "views_position": gate.views.position,
        "views_failing": gate.views.failing,
        "store_writable": getattr(gate.store, "recovers", lambda: True)(),
        "followers_failing": {each.name: each.failing for each in gate.followers if each.failing},
        "documents_failing": gate.documents_failing(),
        "ledger": tlog.state(gate),
    }
    behind = lag_seconds(gate.store, gate.views.position) > BEHIND_SECONDS
    healthy = state["store_writable"] and not (behind or state["views_failing"] or state["followers_failing"])
    whole = healthy and not (state["documents_failing"] or (gate.ledger and gate.ledger.failing))
    return JSONResponse({"status": "ready" if whole else "degraded", **state}, 200 if healthy else 503)


@router.get("/metrics", include_in_schema=False)
def metrics() -> Response:
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)
