"""A meeting as it stood at two positions of the log: what changed, and what somebody could see."""

import re
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from sqlite3 import Connection
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query
from fastapi.responses import Response

from gateway.audits import history, past
from gateway.audits.sight import Sight
from gateway.audits.tables import FIELDS, TABLES, TECHNICAL, visible
from gateway.edge import Context, Edge
from gateway.problems import TryLater
from gateway.texts import _
from gateway.web.pages import render
from kernel.messages import Recorded
from kernel.vietnam import VIETNAM
from services.meeting import preparation_views as meetings

router = APIRouter()
Place = Annotated[str, Query(max_length=40)]
MOMENT = "%d/%m/%Y %H:%M"
ROWS_SHOWN = 200
LETTERS_SHOWN = 400
SECONDS_TO_WAIT = 5

THINGS = {
    "meeting": _("Cuộc họp"),
    "notes": _("Ghi chép thảo luận"),
    "minutes": _("Biên bản"),
    "document": _("Tài liệu"),
    "poll": _("Biểu quyết"),
    "tally": _("Kết quả kiểm phiếu"),
    "task": _("Nhiệm vụ"),
}

ONE_REBUILDS = threading.Lock()


@dataclass(frozen=True)
class Line:
    """One field of a row: word and name, before and after."""

    words: str
    name: str
    before: str
    after: str


@dataclass(frozen=True)
class ChangedRow:
    """`kind`: new, gone or changed."""

    kind: str
    lines: list[Line]
    hidden: int


@dataclass(frozen=True)
class ChangedTable:
    words: str
    rows: list[ChangedRow]
    count: int


@router.get("/audit/meetings/{meeting_id}/state")
def compare(
    edge: Edge, meeting_id: UUID, begin: Annotated[Place, Query(alias="from")] = "", to: Place = "", person: Place = ""
) -> Response:
    edge.require("see_meeting", meeting_id=meeting_id)
    edge.require("read_ledger")
    happened = history.of_meeting(edge.gate.store, edge.views, str(meeting_id))
    first, last = _position(edge, begin), _position(edge, to)
    people = meetings.invitees(edge.views, meeting_id)
    asked = first is not None and last is not None and len(happened) <= past.MOST_EVENTS
    chosen = next((each for each in people if each.person_id == person), None)
    found = (
        _compared(edge, str(meeting_id), happened, (first or 0, last or 0), chosen.person_id if chosen else None)
        if asked
        else {}
    )
    return render(
        edge,
        "audit/state.html",
        meeting=meetings.meeting(edge.views, meeting_id),
        begin=begin,
        to=to,
        bad=[name for name, text, at in (("from", begin, first), ("to", to, last)) if text and at is None],
        too_large=len(happened) > past.MOST_EVENTS,
        events=len(happened),
        most=past.MOST_EVENTS,
        span=(happened[0].position, happened[-1].position) if happened else (0, 0),
        people=people,
        person=chosen,
        asked=asked,
        positions=(first, last),
        things=THINGS,
        **{"tables": [], "seen": [], **found},
    )


def _position(edge: Context, text: str) -> int | None:
    """A log position, or the last one before the end of that minute; no more than there is."""
    text = text.strip()
    if re.fullmatch(r"\d{1,18}", text):
        return min(int(text), edge.gate.store.wait(0, 0))
    try:
        moment = datetime.strptime(text, MOMENT).replace(tzinfo=VIETNAM)
    except ValueError:
        return None
    return history.position_at(edge.gate.store, moment + timedelta(minutes=1))


def _compared(
    edge: Context, meeting_id: str, happened: list[Recorded], ends: tuple[int, int], person: str | None
) -> dict[str, Any]:
    """One at a time, since each takes a processor for as long as it lasts."""
    if not ONE_REBUILDS.acquire(blocking=False):
        raise TryLater("past_being_rebuilt", SECONDS_TO_WAIT)
    try:
        with ExitStack() as open_ones:
            needed = past.needed(edge.gate.store, happened, [person] if person else [])
            was, now = (open_ones.enter_context(past.at(edge.gate.views, needed, each)) for each in ends)
            sight = Sight(edge)
            seen = [_seen(each, person, meeting_id, edge.now) for each in (was, now)] if person else []
            return {"tables": list(_tables(sight, was, now)), "seen": _side_by_side(sight, *seen) if seen else []}
    finally:
        ONE_REBUILDS.release()


def _tables(sight: Sight, was: Connection, now: Connection) -> Iterator[ChangedTable]:
    before, after = past.rows(was, list(TABLES)), past.rows(now, list(TABLES))
    for name, shown in TABLES.items():
        found = past.changes(past.table(now, name), before[name], after[name])
        told = [visible(name, each, sight.allows) for each in found]
        rows = [row for each in told if each is not None for row in [_row(sight, *each)] if row.lines or row.hidden]
        if rows:
            yield ChangedTable(shown.words, rows[:ROWS_SHOWN], len(rows))


def _row(sight: Sight, change: past.Change, hidden: frozenset[str]) -> ChangedRow:
    kind = "new" if change.before is None else "gone" if change.after is None else "changed"
    names = [each for each in change.fields if each not in hidden | TECHNICAL]
    if kind != "changed":
        names = [each for each in names if change.row[each] not in (None, "")]
    elif names:
        names = [*_title(change, names), *names]
    told = [(name, _told(sight, change.before, name), _told(sight, change.after, name)) for name in names]
    lines = [Line(FIELDS.get(name, ""), name, before, after) for name, before, after in told]
    return ChangedRow(kind, lines, len(hidden & set(change.fields)))


def _title(change: past.Change, names: list[str]) -> list[str]:
    """What the row is about, where none of the changed fields says it."""
    naming = ("title", "question", "full_name", "person_id", "voter_id", "item_id", "document_id")
    return [each for each in naming if each in change.row and each not in names][:1]


def _told(sight: Sight, row: dict[str, object] | None, name: str) -> str:
    if row is None:
        return ""
    text = sight.told(name, row[name])
    return text if len(text) <= LETTERS_SHOWN else f"{text[:LETTERS_SHOWN]}…"


def _seen(views: Connection, person: str, meeting_id: str, now: datetime) -> list[past.Thing]:
    return past.seen_by(views, person, meeting_id, now)


def _side_by_side(sight: Sight, was: list[past.Thing], now: list[past.Thing]) -> list[tuple[past.Thing, bool, bool]]:
    """Each thing with whether it could be seen then and then; not what the reader may not know of."""
    before = {(each.kind, each.id): each for each in was}
    after = {(each.kind, each.id): each for each in now}
    listed = {**before, **after}
    known = [(key, each) for key, each in listed.items() if _known(sight, each)]
    return [(each, key in before and before[key].seen, key in after and after[key].seen) for key, each in known]


def _known(sight: Sight, thing: past.Thing) -> bool:
    asked = {"document": ("see_document", "document_id"), "task": ("see_task", "task_id")}.get(thing.kind)
    return asked is None or sight.allows(*asked, thing.id)
