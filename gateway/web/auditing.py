"""Pages of the auditor: how the log stands, what happened in a meeting, any event, the past compared."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Query
from fastapi.responses import Response

from gateway import minutes_signing
from gateway.api.auditing import Position, event_at
from gateway.audits import history
from gateway.audits.health import health
from gateway.audits.sentences import SENTENCES
from gateway.audits.sight import Shown, Sight
from gateway.audits.tables import FIELDS
from gateway.edge import Context, Edge
from gateway.texts import _
from gateway.tlog import opened
from gateway.web import auditing_past, official_words
from gateway.web.pages import render
from kernel.messages import Recorded
from kernel.ports import StoreUnavailable
from ledger.store import Entry
from services.directory import views as directory
from services.meeting import preparation_views as meetings
from services.signing import queries as signing

router = APIRouter()
router.include_router(auditing_past.router)
Word = Annotated[str, Query(max_length=200)]
After = Annotated[int, Query(ge=0, le=2**62)]
Page = Annotated[int, Query(ge=1, le=10_000)]

ON_A_PAGE = 100
FOUND_ON_A_PAGE = 50
EXPORTS_LISTED = 10
MEETINGS_LISTED = 30
REFRESHES = 40
KINDS: dict[str, tuple[str, tuple[str, ...]]] = {
    "preparation": (_("Chuẩn bị"), ("meeting",)),
    "sitting": (_("Phiên họp"), ("sitting", "conclusion")),
    "voting": (_("Biểu quyết"), ("poll", "votingRights")),
    "ballots": (_("Phiếu biểu quyết"), ("ballot", "dictation")),
    "documents": (_("Tài liệu"), ("document",)),
    "minutes": (_("Biên bản"), ("minutes", "signing")),
    "tasks": (_("Nhiệm vụ"), ("task",)),
}


@dataclass(frozen=True)
class Row:
    """One event as a list shows it. `sentence` is empty for what this person may not read."""

    recorded: Recorded
    sentence: str
    actor: str
    leaf: int | None


class Entries:
    """Leaves of events; none while the process that keeps the ledger does not answer; what happened is told."""

    def __init__(self, edge: Context) -> None:
        self._file = opened(edge.gate).file
        self.signed_size, self._answers = 0, True
        with self._asking():
            self.signed_size = self._file.signed_size()

    def at(self, position: int) -> Entry | None:
        with self._asking():
            return self._file.entry_at(position) if self._answers else None
        return None

    @contextmanager
    def _asking(self) -> Iterator[None]:
        try:
            yield
        except StoreUnavailable:
            self._answers = False


@router.get("/audit")
def audit_page(edge: Edge) -> Response:
    edge.require("read_ledger")
    seen = [each for each in meetings.meetings(edge.views) if edge.allows("see_meeting", meeting_id=each.id)]
    taken = directory.log_exports(edge.views, EXPORTS_LISTED)
    return render(
        edge,
        "audit/page.html",
        health=health(edge.gate, opened(edge.gate)),
        meetings=seen[:MEETINGS_LISTED],
        exports=taken,
        times=REFRESHES,
        names=directory.person_names(edge.views, [each.person_id for each in taken]),
        may_export=edge.allows("export_log"),
    )


@router.get("/audit/_health")
def health_fragment(edge: Edge, times: Annotated[int, Query(ge=0, le=REFRESHES)] = 0) -> Response:
    """`times`: how often it is still to be asked for."""
    edge.require("read_ledger")
    return render(edge, "audit/_health.html", health=health(edge.gate, opened(edge.gate)), times=times)


@router.get("/audit/meetings/{meeting_id}")
def meeting_history(edge: Edge, meeting_id: UUID, kind: Word = "", page: Page = 1) -> Response:
    edge.require("see_meeting", meeting_id=meeting_id)
    edge.require("read_ledger")
    happened = history.of_meeting(edge.gate.store, edge.views, str(meeting_id))
    wanted = KINDS[kind][1] if kind in KINDS else None
    listed = [each for each in happened if wanted is None or each.stream.partition("-")[0] in wanted]
    first = (page - 1) * ON_A_PAGE
    return render(
        edge,
        "audit/meeting.html",
        meeting=meetings.meeting(edge.views, meeting_id),
        rows=_rows(edge, listed[first : first + ON_A_PAGE]),
        first=first,
        total=len(listed),
        kind=kind if wanted else "",
        kinds=KINDS,
        page=page,
        more=first + ON_A_PAGE < len(listed),
        last=happened[-1].position if happened else 0,
        **_signed_minutes(edge, str(meeting_id)),
    )


def _signed_minutes(edge: Context, meeting_id: str) -> dict[str, Any]:
    """The request for signatures and who has signed, for whoever may read the minutes."""
    order = minutes_signing.order_of(edge, meeting_id) if edge.allows("see_minutes", minutes_of=meeting_id) else None
    signatures = signing.signatures(edge.views, order.id) if order else []
    names = directory.person_names(edge.views, [each.signer_id for each in signatures])
    return {"order": order, "signatures": signatures, "signers": names, "words": official_words}


@router.get("/audit/events")
def search_events(
    edge: Edge, stream: Word = "", type: Word = "", actor: Word = "", day: Word = "", after: After = 0
) -> Response:
    edge.require("read_ledger")
    asked = {"stream": stream.strip(), "type": type.strip(), "actor": actor.strip(), "day": day.strip()}
    wanted = history.Wanted(asked["stream"], asked["type"], _actors(edge, asked["actor"]), _day(asked["day"]), after)
    found = history.search(edge.gate.store, wanted, FOUND_ON_A_PAGE)
    rows = _rows(edge, found.events)
    if wanted.actors is not None:  # who did it is not told of what may not be read
        rows = [each for each in rows if each.sentence]
    given = {name: value for name, value in asked.items() if value}
    return render(
        edge,
        "audit/events.html",
        asked=asked,
        after=after,
        bad_day=bool(asked["day"]) and wanted.day is None,
        rows=rows,
        found=found,
        types=sorted(SENTENCES),
        next_query=urlencode({**given, "after": found.reached}),
        first_query=urlencode(given),
    )


def _actors(edge: Context, text: str) -> frozenset[str] | None:
    """By a part of the name, or the person's id; None for anybody."""
    if not text:
        return None
    part = text.casefold()
    named = {each.id for each in directory.people(edge.views) if part in each.full_name.casefold()}
    return frozenset(named | {text})


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None


@router.get("/audit/events/{position}")
def event_page(edge: Edge, position: Position) -> Response:
    edge.require("read_ledger")
    recorded, sight = event_at(edge, position), Sight(edge)
    shown = sight.show(recorded)
    entries = Entries(edge)
    entry = entries.at(position)
    return render(
        edge,
        "audit/event.html",
        recorded=recorded,
        shown=shown,
        sentence=sight.sentence(shown),
        actor=sight.actor(shown),
        fields=list(_fields(sight, shown.data or {})),
        meta=json.loads(recorded.meta) if shown.data is not None else {},
        entry=entry,
        signed=entry is not None and entry.index < entries.signed_size,
        meeting_id=_meeting_of(edge, shown),
    )


def _rows(edge: Context, events: list[Recorded]) -> list[Row]:
    sight, entries = Sight(edge), Entries(edge)
    rows = []
    for each in events:
        shown, entry = sight.show(each), entries.at(each.position)
        rows.append(Row(each, sight.sentence(shown), sight.actor(shown), entry.index if entry else None))
    return rows


def _fields(sight: Sight, data: Any, prefix: str = "") -> Iterator[tuple[str, str, str]]:
    """Word, path and value of each field, those of nested ones too."""
    pairs = data.items() if isinstance(data, dict) else ((str(i + 1), each) for i, each in enumerate(data))
    for name, value in pairs:
        path = f"{prefix}{name}"
        if isinstance(value, dict | list) and value:
            yield from _fields(sight, value, f"{path}.")
        else:
            empty = value is None or value in ("", [], {})
            yield FIELDS.get(name, ""), path, "—" if empty else sight.told(name, value)


def _meeting_of(edge: Context, shown: Shown) -> str | None:
    """The meeting that the event belongs to by its own stream, or says that it does."""
    category, _dash, about = shown.recorded.stream.partition("-")
    if shown.data is None:
        return None
    if category in ("meeting", "sitting", "conclusion", "minutes", "votingRights"):
        return about.partition("+")[0]
    named = shown.data.get("meeting_id")
    return str(named) if named and edge.allows("see_meeting", meeting_id=named) else None
