"""One book for every log: SQLite, PostgreSQL, and KurrentDB, whose positions have gaps."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from kernel.adapters.store_kurrent import KurrentStore
from kernel.adapters.store_postgres import PostgresStore
from kernel.adapters.store_sqlite import SqliteStore
from kernel.ports import NO_STREAM, EventStore
from ledger.book import Book
from ledger.note import Algorithm, signer
from ledger.proof import prove, verify_proof
from ledger.store import LedgerFile
from tests.contract.event_store import event
from tests.contract.kurrent_double import KurrentDouble

ORIGIN = "ward-1.example/council-log/1"
LOG = signer(ORIGIN, Algorithm.log_ed25519, bytes(32))


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.needs("postgres")), "kurrent"])
def log(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[EventStore]:
    match request.param:
        case "sqlite":
            with closing(SqliteStore(tmp_path / "events.db")) as store:
                yield store
        case "postgres":
            with closing(PostgresStore(request.getfixturevalue("postgres_url"))) as shared:
                yield shared
        case _:
            double = KurrentDouble(several_streams=True).start()
            with closing(KurrentStore(double.url)) as distant:
                yield distant
            double.stop()


def write(log: EventStore, streams: range) -> None:
    for n in streams:
        log.append(f"thing-{n}", [event(), event()], NO_STREAM)


def test_a_book_follows_any_log_and_goes_on_after_a_restart(log: EventStore, tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    for streams in (range(5), range(5, 40)):
        write(log, streams)
        with closing(LedgerFile(path)) as file:
            book = Book(log, file, ORIGIN, [LOG])
            assert book.catch_up() == 2 * len(streams)
            book.sign()
            recorded = log.read_all(0, 1000)
            assert [each.position for each in file.entries(0, 1000)] == [each.position for each in recorded]
            assert file.signed_position() == recorded[-1].position
            for each in recorded:
                receipt = prove(file, each)
                assert receipt is not None
                proved = verify_proof(receipt.text, [LOG.key])
                assert (proved.leaf.event_id, proved.leaf.version) == (each.id, each.version)
                assert proved.contents is not None and proved.contents.data == each.data
