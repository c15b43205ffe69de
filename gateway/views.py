"""What people see: one SQLite file built from the log, which can be deleted and rebuilt at any time."""

import gc
import sqlite3
import threading
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from hashlib import sha256
from itertools import groupby
from pathlib import Path
from types import MappingProxyType
from weakref import WeakSet

import structlog

from kernel.codec import Codec
from kernel.follow import measure_lag
from kernel.messages import Event, Recorded
from kernel.ports import EventStore

Project = Callable[[sqlite3.Connection, Recorded, Event], None]
InBulk = Callable[[sqlite3.Connection, Sequence[tuple[Recorded, Event]]], None]
BATCH = 1000

log = structlog.get_logger()


def only(types: Collection[str], project: Project) -> Project:
    """The projection, asked only about these types of event: most events of a log are ballots, and few show ballots."""

    def asked(connection: sqlite3.Connection, recorded: Recorded, event: Event) -> None:
        if recorded.type in types:
            project(connection, recorded, event)

    return asked


class Connection(sqlite3.Connection):
    """Can be held weakly."""


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
        self._writer, self.position = _opened(path, schemas)
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
            connection = _connect(self.path)
            connection.execute("PRAGMA query_only = ON")
            self._readers.connection = connection
            self._all_readers.add(connection)
        return connection

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
        self.catch_up(progress)

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
        log.warning("views_begun_anew", reason=f"the log ends before position {self.position}")
        self._writer.close()
        remove(self.path)
        self._writer, self.position = _opened(self.path, self._schemas)

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


def _opened(path: Path, schemas: Sequence[str]) -> tuple[sqlite3.Connection, int]:
    """The file and the position it shows; one that another version made, or that is damaged, is begun anew."""
    made_by = sha256("\0".join(schemas).encode()).hexdigest()
    try:
        return _resumed(path, made_by, schemas)
    except (sqlite3.DatabaseError, OtherVersion) as reason:
        log.warning("views_begun_anew", reason=str(reason))
        remove(path)
        return _resumed(path, made_by, schemas)


class OtherVersion(Exception):
    """The tables in the file are those of another version of the program."""


def _resumed(path: Path, made_by: str, schemas: Sequence[str]) -> tuple[sqlite3.Connection, int]:
    connection = _connect(path)
    try:
        connection.execute("CREATE TABLE IF NOT EXISTS progress (position INTEGER NOT NULL, made_by TEXT NOT NULL)")
        row = connection.execute("SELECT * FROM progress").fetchone()
        if row is None:
            for schema in schemas:
                connection.executescript(schema)
            connection.execute("INSERT INTO progress VALUES (0, ?)", (made_by,))
        elif tuple(row)[1:] != (made_by,):
            raise OtherVersion(path.name)
    except BaseException:
        connection.close()
        raise
    return connection, int(row["position"]) if row else 0


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None, factory=Connection)
    connection.row_factory = sqlite3.Row
    connection.execute("PRAGMA journal_mode=WAL")
    # Views can be rebuilt, so a power cut may cost them their last commits but never the log its own.
    connection.execute("PRAGMA synchronous=NORMAL")
    connection.execute("PRAGMA busy_timeout=5000")
    return connection


def contents(path: Path) -> dict[str, list[tuple[object, ...]]]:
    """Every row that a query can see, sorted: two views files give the same answers exactly when these are equal.

    The search index is compared as a table; how it is laid out in its shadow tables depends on the commits it grew by.
    """
    with closing(_connect(path)) as connection:
        listed = connection.execute(
            "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type IN ('table', 'virtual')"
            " AND name NOT LIKE 'sqlite_%' ORDER BY name"
        ).fetchall()
        return {
            table: sorted((tuple(row) for row in connection.execute(f'SELECT * FROM "{table}"')), key=repr)
            for (table,) in listed
        }


def remove(path: Path) -> None:
    """The file with what SQLite keeps beside it."""
    for each in (path, path.with_name(path.name + "-wal"), path.with_name(path.name + "-shm")):
        each.unlink(missing_ok=True)
