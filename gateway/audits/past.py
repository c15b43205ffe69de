"""A meeting as it stood at a position of the log: the views built again from its events alone, in a file of its own.

Built from: the meeting's events, and those of the people and units that they name. What the views show of this meeting
depends on nothing else; a test compares it with what people are shown.
"""

import re
import sqlite3
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from gateway import policy, resources
from gateway.edge import subject_from_views
from gateway.policy.subject import Subject
from gateway.views import Views
from kernel.decider import Refused
from kernel.messages import NewEvent, Recorded
from kernel.ports import NO_STREAM, Append, Appended, AppendError, EventStore, StoreUnavailable
from kernel.scratch import Scratch
from services.meeting import preparation_views as meetings
from services.voting import views as voting

ID = re.compile(rb"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
MOST_EVENTS = 50_000
"""Some seconds of one request; of a larger meeting `dienhong audit replay --at` tells the same."""

Rows = dict[str, list[tuple[object, ...]]]


class SomeEvents:
    """A log that holds only these events, at the positions that they have in the whole one."""

    def __init__(self, events: Sequence[Recorded], head: int) -> None:
        self._events = sorted(events, key=lambda each: each.position)
        self._positions = [each.position for each in self._events]
        self._head = head

    def read(self, stream: str, after: int = NO_STREAM) -> list[Recorded]:
        return [each for each in self._events if each.stream == stream and each.version > after]

    def read_all(self, after: int, limit: int) -> list[Recorded]:
        first = bisect_right(self._positions, after)
        return self._events[first : first + limit]

    def wait(self, after: int, timeout: float) -> int:
        return self._head

    def append(self, stream: str, events: Sequence[NewEvent], expected: int) -> Appended:
        raise StoreUnavailable("nothing is written to the past")

    def append_each(self, appends: Sequence[Append]) -> list[Appended | AppendError]:
        raise StoreUnavailable("nothing is written to the past")


def needed(store: EventStore, history: Sequence[Recorded], also: Sequence[str] = ()) -> list[Recorded]:
    """The history, and the streams of the people and units named in it or in `also`, and of those named in these."""
    found, seen = list(history), set[bytes]()
    wanted = {each.encode() for each in also} | _ids(history)
    while wanted:
        seen |= wanted
        names = [each.decode() for each in sorted(wanted)]
        fresh = [each for name in names for kind in ("person", "unit") for each in store.read(f"{kind}-{name}")]
        found += fresh
        wanted = _ids(fresh) - seen
    return found


def _ids(events: Sequence[Recorded]) -> set[bytes]:
    return {each for recorded in events for each in ID.findall(recorded.data)}


@contextmanager
def at(views: Views, events: Sequence[Recorded], position: int) -> Iterator[sqlite3.Connection]:
    """What the views showed of these events when the log ended there."""
    log = SomeEvents([each for each in events if each.position <= position], position)
    with Scratch() as folder:
        built = views.of_another_log(folder / "views.db", log)
        try:
            built.catch_up()
            yield built.reader()
        finally:
            built.stop()


def rows(connection: sqlite3.Connection, tables: Sequence[str]) -> Rows:
    return {each: [tuple(row) for row in connection.execute(f'SELECT * FROM "{each}"')] for each in tables}


@dataclass(frozen=True)
class Table:
    columns: tuple[str, ...]
    key: tuple[str, ...]


def table(connection: sqlite3.Connection, name: str) -> Table:
    """`key`: its primary key; all columns where it has none."""
    described = connection.execute(f'PRAGMA table_info("{name}")').fetchall()
    columns = tuple(each["name"] for each in described)
    return Table(columns, tuple(each["name"] for each in described if each["pk"]) or columns)


@dataclass(frozen=True)
class Change:
    """Of one row: `before` None where it is new, `after` None where it is gone."""

    before: dict[str, object] | None
    after: dict[str, object] | None

    @property
    def row(self) -> dict[str, object]:
        row = self.after or self.before
        assert row is not None
        return row

    @property
    def fields(self) -> list[str]:
        """Those that differ; all of a row that is new or gone."""
        if self.before is None or self.after is None:
            return list(self.row)
        return [name for name, value in self.after.items() if self.before[name] != value]


def changes(of: Table, before: list[tuple[object, ...]], after: list[tuple[object, ...]]) -> list[Change]:
    def keyed(rows: list[tuple[object, ...]]) -> dict[tuple[object, ...], dict[str, object]]:
        named = [dict(zip(of.columns, row, strict=True)) for row in rows]
        return {tuple(each[name] for name in of.key): each for each in named}

    was, now = keyed(before), keyed(after)
    gone = [Change(row, None) for key, row in was.items() if key not in now]
    other = [Change(was.get(key), row) for key, row in now.items() if was.get(key) != row]
    return [*gone, *other]


@dataclass(frozen=True)
class Thing:
    """Something of the meeting that a person could see, or not: `kind` and the name that it had."""

    kind: str
    id: str
    name: str
    seen: bool


def seen_by(past: sqlite3.Connection, person_id: str, meeting_id: str, now: datetime) -> list[Thing]:
    """By the policy that is in force today, asked about the state of then."""
    meeting = meetings.meeting(past, meeting_id)
    if meeting is None:
        return []
    try:
        subject = subject_from_views(past, person_id)
    except Refused:  # no account then: nothing could be seen
        subject = Subject(person_id, "")

    def seen(action: str, **ids: str) -> bool:
        resource = resources.load(past, ids, now)
        return resource is not None and policy.allowed(action, subject, resource)

    things = [
        Thing("meeting", meeting_id, meeting.title, seen("see_meeting", meeting_id=meeting_id)),
        Thing("notes", meeting_id, "", seen("see_notes", meeting_id=meeting_id)),
        Thing("minutes", meeting_id, "", seen("see_minutes", minutes_of=meeting_id)),
    ]
    for each in meetings.documents_of(past, meeting_id):
        things.append(
            Thing("document", each.document_id, each.title, seen("see_document", document_id=each.document_id))
        )
    for poll in voting.polls(past, meeting_id):
        things.append(Thing("poll", poll.poll_id, poll.question, seen("see_polls", poll_id=poll.poll_id)))
        tally = voting.result(past, poll.poll_id) is not None and seen("see_tally", poll_id=poll.poll_id)
        things.append(Thing("tally", poll.poll_id, poll.question, tally))
    for row in past.execute("SELECT id, title FROM tasks WHERE meeting_id = ?", (meeting_id,)):
        things.append(Thing("task", row["id"], row["title"], seen("see_task", task_id=row["id"])))
    return things
