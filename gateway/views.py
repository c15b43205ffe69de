"""What people see: one SQLite file built from the log, which can be deleted and rebuilt at any time."""

import gc
import sqlite3
import threading
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from itertools import groupby
from pathlib import Path
from types import MappingProxyType
from weakref import WeakSet

import structlog

from gateway.views_file import connect, contents, holds_what_was_erased, note_erasures, opened, remove
from kernel.codec import Codec
from kernel.follow import measure_lag
from kernel.messages import Event, Recorded
from kernel.ports import EventStore

Project = Callable[[sqlite3.Connection, Recorded, Event], None]
InBulk = Callable[[sqlite3.Connection, Sequence[tuple[Recorded, Event]]], None]
BATCH = 1000
__all__ = ["InBulk", "Project", "Views", "contents", "only", "remove"]

log = structlog.get_logger()


def only(types: Collection[str], project: Project) -> Project:
    """The projection, asked only about these types of event: most events of a log are ballots, and few show ballots."""

    def asked(connection: sqlite3.Connection, recorded: Recorded, event: Event) -> None:
        if recorded.type in types:
            project(connection, recorded, event)

    return asked


class Views:
    """Applies every event exactly once, in order; checkpoint and effects share one transaction."""

    def __init__(
        self,
        path: Path,
        store: EventStore,
        codec: Codec,
        schemas: Sequence[str],
        projections: Sequence[Project],
        in_bulk: Mapping[str, InBulk] = MappingProxyType({}),
    ) -> None:
        """`in_bulk`: what shows a run of events of one type, in place of all projections."""
        self.path = path
        self.failing: str | None = None
        self._store = store
        self._codec = codec
        self._projections = tuple(projections)
        self._in_bulk = dict(in_bulk)
        self._schemas = tuple(schemas)
        self._writer, self.position = opened(path, schemas, store)
        self._one_writes = threading.Lock()
        self._readers = threading.local()
        self._all_readers: WeakSet[sqlite3.Connection] = WeakSet()
        self._moved = threading.Condition()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="views", daemon=True)
        self._listeners: list[Callable[[Sequence[tuple[Recorded, Event]]], None]] = []

    def on_applied(self, listener: Callable[[Sequence[tuple[Recorded, Event]]], None]) -> None:
        """`listener` is called after each commit with what it made visible."""
        self._listeners.append(listener)

    def begin(self, progress: Callable[[int], None] = lambda _position: None) -> None:
        """Catches up, then follows. An event that cannot be shown stops only what people see, and `failing` says so."""
        try:
            self._begin_anew_where_the_log_is_shorter()
            self.replay(progress)
            if holds_what_was_erased(self._writer):
                self._begin_anew("something that it shows was erased by a lawful order")
                self.replay(progress)
        except Exception:  # the thread tries it again and the health page tells; commands and reactions go on
            self._show_what_stands_before_the_failure()
        self.start()

    def start(self) -> None:
        measure_lag("views", self._store, lambda: self.position)
        self._thread.start()

    def ask_to_stop(self) -> None:
        """Returns at once; `stop` then waits for the thread."""
        self._stopping.set()

    def stop(self) -> None:
        self.ask_to_stop()
        if self._thread.is_alive():
            self._thread.join()
        self._writer.close()
        for reader in list(self._all_readers):
            reader.close()

    def reader(self) -> sqlite3.Connection:
        """This thread's own read-only connection, which closes with the thread: servers' threads come and go."""
        connection: sqlite3.Connection | None = getattr(self._readers, "connection", None)
        if connection is None:
            connection = connect(self.path)
            connection.execute("PRAGMA query_only = ON")
            self._readers.connection = connection
            self._all_readers.add(connection)
        return connection

    def of_another_log(self, path: Path, store: EventStore) -> "Views":
        """The same tables in a file of their own, which show what that log says once they have caught up."""
        return Views(path, store, self._codec, self._schemas, self._projections, self._in_bulk)

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """A transaction, one at a time: all that is written in it is seen, or nothing of it."""
        with self._one_writes:
            self._writer.execute("BEGIN IMMEDIATE")
            try:
                yield self._writer
                self._writer.execute("COMMIT")
            except BaseException:
                with suppress(sqlite3.Error):  # SQLite undoes some failed transactions by itself
                    self._writer.execute("ROLLBACK")
                raise

    def wait_for(self, position: int, timeout: float = 5.0) -> bool:
        """True once the views show the log up to `position`."""
        with self._moved:
            return self._moved.wait_for(lambda: self.position >= position, timeout)

    def replay(self, progress: Callable[[int], None] = lambda _position: None) -> None:
        """Catches up from far behind."""
        gc.freeze()  # or else the collector looks again and again through all that the process holds already
        gc.disable()  # or through the events, which come by the thousand and make no cycles
        try:
            self.catch_up(progress)
        finally:
            gc.enable()
            gc.unfreeze()

    def catch_up(self, progress: Callable[[int], None] = lambda _position: None) -> None:
        while applied := self._step():
            progress(applied)

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                self.catch_up()
                self.failing = None
                self._store.wait(self.position, timeout=0.5)
            except Exception:  # a view that cannot follow must say so and try again, never skip
                self._show_what_stands_before_the_failure()
                self._stopping.wait(2)

    def _begin_anew_where_the_log_is_shorter(self) -> None:
        """It was restored from a back-up then, and what is written next would be taken for what is shown already."""
        if self.position == 0 or self._store.read_all(self.position - 1, 1):
            return
        self._begin_anew(f"the log ends before position {self.position}")

    def _begin_anew(self, reason: str) -> None:
        log.warning("views_begun_anew", reason=reason)
        self._writer.close()
        remove(self.path)
        self._writer, self.position = opened(self.path, self._schemas, self._store)

    def _show_what_stands_before_the_failure(self) -> None:
        try:
            while self._step(1):
                pass
        except Exception as error:  # this one, and not those before it in its batch
            self.failing = f"{type(error).__name__} after position {self.position}"
            log.exception("views_failed", after=self.position)

    def _step(self, limit: int = BATCH) -> int:
        """Apply one batch in one transaction; the position reached, or 0 when there was nothing."""
        batch = [(each, self._codec.decode(each)) for each in self._store.read_all(self.position, limit)]
        if not batch:
            return 0
        reached = batch[-1][0].position
        with self.writing() as connection:
            for kind, run in groupby(batch, key=lambda each: each[0].type):
                self._show(kind, list(run))
            connection.execute("UPDATE progress SET position = ?", (reached,))
            note_erasures(connection, [recorded for recorded, _ in batch])
        with self._moved:
            self.position = reached
            self._moved.notify_all()
        for listener in self._listeners:
            listener(batch)
        return reached

    def _show(self, kind: str, run: Sequence[tuple[Recorded, Event]]) -> None:
        if kind in self._in_bulk:
            self._in_bulk[kind](self._writer, run)
            return
        for recorded, event in run:
            for project in self._projections:
                project(self._writer, recorded, event)
