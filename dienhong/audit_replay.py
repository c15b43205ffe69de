"""What people saw, built again from the log, and compared with what they were shown and given."""

import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from uuid import UUID

from audit.findings import Report
from dienhong.audit_states import States, compare_states, recorded_states
from dienhong.embedded import open_views
from dienhong.folder import views_file
from gateway.minutes_paper import sections_of
from gateway.text_index import TextIndex
from gateway.typefaces import FONTS
from gateway.views import Views, contents
from kernel.messages import Event, NewEvent, Recorded
from kernel.paper.typesetting import FontsMissing
from kernel.ports import (
    NO_STREAM,
    Append,
    Appended,
    AppendError,
    Blobs,
    EventStore,
    StoreUnavailable,
)
from kernel.scratch import Scratch
from kernel.settings import Settings
from services.meeting import minutes_views
from services.meeting.messages import MinutesApproved, MinutesPublished
from services.meeting.paper import minutes as paper
from services.meeting.record_log import read_record
from services.voting.recount import Recount


class UpTo:
    """A log as it was when it ended at a position."""

    def __init__(self, store: EventStore, position: int) -> None:
        self._store, self.position = store, position

    def read(self, stream: str, after: int = NO_STREAM) -> list[Recorded]:
        return [each for each in self._store.read(stream, after) if each.position <= self.position]

    def read_all(self, after: int, limit: int) -> list[Recorded]:
        return [each for each in self._store.read_all(after, limit) if each.position <= self.position]

    def wait(self, after: int, timeout: float) -> int:
        return self.position

    def append(self, stream: str, events: Sequence[NewEvent], expected: int) -> Appended:
        raise StoreUnavailable("nothing is written to the past")

    def append_each(self, appends: Sequence[Append]) -> list[Appended | AppendError]:
        raise StoreUnavailable("nothing is written to the past")


@dataclass(frozen=True)
class Given:
    """Minutes that were given to people: the SHA-256 that the event at this position names."""

    meeting_id: UUID
    pdf_sha256: str
    position: int


@dataclass(frozen=True)
class Wanted:
    """At a position, or where the views stand. `into`: keeps what was built, to be looked at with any SQLite tool."""

    at: int | None = None
    into: Path | None = None


def replay(
    report: Report,
    settings: Settings,
    store: EventStore,
    blobs: Blobs,
    wanted: Wanted,
    progress: Callable[[int], None],
) -> None:
    with Scratch() as folder:
        shown = None if wanted.at is not None else _snapshot(views_file(settings), folder / "shown.db")
        end = wanted.at if wanted.at is not None else _position(shown) if shown else store.wait(0, 0)
        log = UpTo(store, end)
        views = open_views(settings, log, str(folder / "built.db"))
        try:
            _rebuild(report, views, log, recorded_states(store, end), progress)
            TextIndex(views, blobs).catch_up()
        finally:
            views.stop()
        if shown and _texts_indexed(report, open_views(settings, log, str(shown)), blobs, end):
            _compare_views(report, contents(views.path), contents(shown))
        if wanted.into is not None:
            _keep(views.path, wanted.into)


def _rebuild(report: Report, views: Views, log: UpTo, states: States, progress: Callable[[int], None]) -> None:
    given: dict[UUID, Given] = {}
    recount = Recount()
    views.on_applied(recount.take_all)
    views.on_applied(lambda batch: _collect(given, batch))

    def go_to(position: int) -> None:
        log.position = position
        views.catch_up(progress)

    end = log.position
    compare_states(report, states, views, go_to)
    go_to(end)
    report.facts |= {"position": views.position, "polls": recount.polls, "minutes": len(given)}
    for poll_id in recount.differing:
        report.add("tally_differs", str(poll_id))
    for each in given.values():
        code = "minutes_not_comparable" if states.forgotten_at > each.position else "minutes_differ"
        _compare_minutes(report, each, views, log, code)


def _texts_indexed(report: Report, shown: Views, blobs: Blobs, end: int) -> bool:
    """Texts of documents enter the index some time after their events; false for a file of another version."""
    try:
        if shown.position != end:
            report.add("unreadable", "views of another version")
            return False
        TextIndex(shown, blobs).catch_up()
        return True
    finally:
        shown.stop()


def _collect(given: dict[UUID, Given], batch: Sequence[tuple[Recorded, Event]]) -> None:
    for recorded, event in batch:
        if isinstance(event, MinutesApproved | MinutesPublished):
            given[event.meeting_id] = Given(event.meeting_id, event.pdf_sha256, recorded.position)


def _compare_minutes(report: Report, given: Given, views: Views, log: EventStore, code: str) -> None:
    """Byte by byte: equal bytes have the SHA-256 that the event names. `code`: what it means where they are others."""
    minutes = minutes_views.minutes(views.reader(), given.meeting_id)
    if minutes is None:
        report.add(code, str(given.meeting_id))
        return
    polls = minutes_views.polls_of(views.reader(), given.meeting_id)
    record = read_record(log, given.meeting_id, polls, minutes.as_of)
    try:
        drawn = paper.render_minutes(record, sections_of(minutes), FONTS)
    except FontsMissing as error:
        report.add("unreadable", str(error))
        return
    if sha256(drawn).hexdigest() != given.pdf_sha256:
        report.add(code, f"{given.meeting_id} {given.pdf_sha256}")


Rows = dict[str, list[tuple[object, ...]]]


def _compare_views(report: Report, built: Rows, shown: Rows) -> None:
    report.facts["tables"] = len(built)
    for table in sorted(built.keys() | shown.keys()):
        if built.get(table) != shown.get(table):
            report.add("view_differs", table)


def _snapshot(live: Path, copy: Path) -> Path | None:
    """As it stands now, though the product may go on writing it; None where there is nothing to be compared."""
    if not live.exists():
        return None
    with closing(sqlite3.connect(f"{live.absolute().as_uri()}?mode=ro", uri=True)) as source:
        _backup(source, copy)
    return copy


def _backup(source: sqlite3.Connection, target: Path) -> None:
    with closing(sqlite3.connect(target)) as copy:
        source.backup(copy)


def _position(views: Path) -> int:
    with closing(sqlite3.connect(views)) as connection:
        return int(connection.execute("SELECT position FROM progress").fetchone()[0])


def _keep(built: Path, into: Path) -> None:
    with closing(sqlite3.connect(built)) as source:
        _backup(source, into)
