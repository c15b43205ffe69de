"""A ledger asked from another process gives what it gives at home, and says so when it is away."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from hashlib import sha256
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from kernel.adapters.store_sqlite import SqliteStore
from kernel.ports import NO_STREAM, StoreInUse
from ledger.keeping import Ledger
from ledger.note import Algorithm, Checkpoint, parse, parse_checkpoint, parse_key, signed_note, signer
from ledger.policy import parse_policy
from ledger.proof import prove, verify_proof
from ledger.remote import LedgerAway, RemoteLedger
from ledger.serving import LedgerServer
from ledger.tiles import BadAddress
from ledger.tree import EMPTY_ROOT, NoSuchLeaf
from tests.contract.event_store import event

OTHER = signer("ward-2.example/council-log/1", Algorithm.log_ed25519, bytes(32))
POLICY = parse_policy(f"log {OTHER.key}\nquorum none\n")


@pytest.fixture
def log(tmp_path: Path) -> Iterator[SqliteStore]:
    with closing(SqliteStore(tmp_path / "events.db")) as store:
        for n in range(150):
            store.append(f"thing-{n}", [event(), event()], NO_STREAM)
        yield store


@pytest.fixture
def ledger(log: SqliteStore, tmp_path: Path) -> Iterator[Ledger]:
    ledger = Ledger(log, tmp_path, "ward-1.example", policy=POLICY)
    ledger.book.catch_up()
    ledger.book.sign()
    yield ledger
    ledger.stop()


@pytest.fixture
def server(ledger: Ledger) -> Iterator[LedgerServer]:
    server = LedgerServer("127.0.0.1", 0, ledger)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def remote(server: LedgerServer) -> RemoteLedger:
    return RemoteLedger(f"http://127.0.0.1:{server.server_port}/", POLICY)


def test_it_gives_what_the_ledger_itself_gives(ledger: Ledger, remote: RemoteLedger) -> None:
    here, there = ledger.file, remote.file
    assert there.latest() == here.latest() is not None
    assert there.checkpoints() == here.checkpoints()
    assert (there.size, there.signed_size(), there.signed_position()) == (300, 300, 300)
    assert (there.cosigned(), there.cosigned_by("nobody")) == (None, (0, 0))
    assert there.tile_of_width(0, 0) == here.tile_of_width(0, 0)
    assert there.tile_of_width(0, 1, 44) == here.tile_of_width(0, 1, 44)
    assert there.leaves(1, 44) == here.leaves(1, 44)
    assert there.entries(290, 100) == here.entries(290, 100)
    assert (there.entry_at(7), there.entry_at(1000)) == (here.entry_at(7), None)
    assert there.inclusion(7, 300) == here.inclusion(7, 300)
    assert (remote.origin, remote.log_keys, remote.witness_keys) == (
        ledger.origin,
        ledger.log_keys,
        ledger.witness_keys,
    )
    remote.look()
    assert remote.state() == ledger.state()
    assert remote.asker is not None and (remote.asker.named, dict(remote.asker.failing)) == ((), {})


def test_a_receipt_from_afar_proves_the_event(log: SqliteStore, remote: RemoteLedger) -> None:
    def receipt(position: int) -> bool:
        recorded = log.read_all(position - 1, 1)[0]
        proof = prove(remote.file, recorded)
        assert proof is not None
        return verify_proof(proof.text, [parse_key(remote.log_keys[0])]).leaf.event_id == recorded.id

    with ThreadPoolExecutor(8) as many:
        assert all(many.map(receipt, range(1, 60)))


def test_what_is_wrong_with_a_question_is_told(remote: RemoteLedger) -> None:
    with pytest.raises(BadAddress):
        remote.file.tile_of_width(0, 2)
    with pytest.raises(NoSuchLeaf):
        remote.file.inclusion(300, 300)
    with pytest.raises(LedgerAway):
        remote.file.inclusion("7", 300)  # type: ignore[arg-type]
    assert remote.file.signed_size() == 300


@pytest.mark.parametrize("body", [b"", b"{}", b"[]", b'{"ask": "erase", "with": [1]}', b'{"ask": "close", "with": []}'])
def test_nothing_else_can_be_asked(server: LedgerServer, ledger: Ledger, body: bytes) -> None:
    with pytest.raises(HTTPError, match="400") as answer:
        urlopen(Request(f"http://127.0.0.1:{server.server_port}/ask", body, method="POST"), timeout=10)
    answer.value.close()
    entry = ledger.file.entry_at(1)
    assert entry is not None and entry.salt is not None


def test_another_deployments_checkpoint_is_cosigned_from_afar(remote: RemoteLedger) -> None:
    head = Checkpoint(OTHER.key.name, 0, EMPTY_ROOT)
    answer = remote.witness.add_checkpoint(f"old 0\n\n{signed_note(head, [OTHER.sign(head, 0)])}")
    assert answer.status == 200
    held = remote.witness.cosigned_under(sha256(OTHER.key.name.encode()).hexdigest())
    assert held is not None and parse_checkpoint(parse(held).text) == head


def test_a_ledger_that_is_away_is_told_and_comes_back(ledger: Ledger) -> None:
    server = LedgerServer("127.0.0.1", 0, ledger)
    server.start()
    remote = RemoteLedger(f"http://127.0.0.1:{server.server_port}")
    remote.look()
    server.stop()
    remote.look()
    assert remote.failing == "LedgerAway" and remote.state()["signed"] == 300
    with pytest.raises(LedgerAway):
        remote.file.latest()
    again = LedgerServer("127.0.0.1", server.server_port, ledger)
    again.start()
    remote.look()
    assert remote.failing == "" and remote.file.latest() == ledger.file.latest()
    again.stop()


def test_one_process_at_a_time_keeps_the_ledger_of_a_folder(ledger: Ledger, log: SqliteStore, tmp_path: Path) -> None:
    with pytest.raises(StoreInUse):
        Ledger(log, tmp_path, "ward-1.example")
