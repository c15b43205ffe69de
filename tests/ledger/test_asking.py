"""Witnesses asked over HTTP: what they cosign is kept, what they may not be believed is not."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from ledger.asking import SECONDS_FRESH, Asker
from ledger.note import Algorithm, Checkpoint, parse, parse_checkpoint, signed_note, signer, verify
from ledger.policy import Policy, parse_policy
from ledger.store import LedgerFile
from ledger.witness import Witness

ORIGIN = "ward-1.example/council-log/1"
LOG = signer(ORIGIN, Algorithm.log_ed25519, bytes(32))
CITY = signer("city.example/witness", Algorithm.cosigner_ed25519, bytes([1]) * 32)
AUDIT = signer("audit.example/witness", Algorithm.cosigner_ed25519, bytes([2]) * 32)
NOW = 1767225660


@pytest.fixture
def file(tmp_path):
    file = LedgerFile(tmp_path / "ledger.db")
    yield file
    file.close()


def grow(file: LedgerFile, count: int) -> None:
    """Leaves, and a signed checkpoint over all of them."""
    position = file.position
    file.add([(position + i, b"%d" % (position + i), bytes(32)) for i in range(1, count + 1)])
    checkpoint = Checkpoint(ORIGIN, file.size, file.root(file.size))
    file.promise(checkpoint)
    file.signed(checkpoint, signed_note(checkpoint, [LOG.sign(checkpoint, 0)]))


@contextmanager
def listening(witness: Witness) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            answer = witness.add_checkpoint(body.decode())
            self.send_response(answer.status if self.path == "/w/add-checkpoint" else 404)
            self.end_headers()
            self.wfile.write(answer.body.encode())

        def log_message(self, *_args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/w"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def policy(city: str, audit: str = "http://127.0.0.1:1/", quorum: str = "city") -> Policy:
    text = f"log {LOG.key}\nwitness city {CITY.key} {city}\nwitness audit {AUDIT.key} {audit}\n"
    return parse_policy(f"{text}group both all city audit\nquorum {quorum}\n")


def asker(file: LedgerFile, policy: Policy, at: float = NOW) -> Asker:
    return Asker(file, policy, clock=lambda: at)


def witness(signer_, clock=lambda: float(NOW)) -> Witness:
    return Witness(":memory:", [LOG.key], [signer_], clock)


def test_what_a_witness_cosigns_is_kept_though_another_is_away(file):
    grow(file, 300)
    with listening(witness(CITY)) as city:
        asking = asker(file, policy(city))
        asking.ask()
        assert list(asking.failing) == ["audit"]
        grow(file, 5)
        asking.ask()
    note = parse(file.cosigned() or "")
    assert verify(note, [LOG.key, CITY.key]) == {LOG.key: None, CITY.key: NOW}
    assert parse_checkpoint(note.text).size == 305


def test_without_its_quorum_a_checkpoint_is_not_called_cosigned(file):
    grow(file, 3)
    with listening(witness(CITY)) as city, listening(witness(AUDIT)) as audit:
        asker(file, policy(city, quorum="both")).ask()
        assert file.cosigned() is None
        asking = asker(file, policy(city, audit, quorum="both"))
        asking.ask()
        assert asking.failing == {}
    assert set(verify(parse(file.cosigned() or ""), [CITY.key, AUDIT.key])) == {CITY.key, AUDIT.key}


def test_a_witness_that_remembers_another_size_gets_the_proof_from_there(file):
    grow(file, 3)
    known = witness(CITY)
    with listening(known) as city:
        asker(file, policy(city)).ask()
        file.cosign(1, "city", "", NOW)
        grow(file, 4)
        asking = asker(file, policy(city))
        asking.ask()
        assert "city" not in asking.failing and file.cosigned_by("city") == (7, NOW)


def test_a_witness_that_has_seen_more_than_we_have_is_told(file, tmp_path):
    other = LedgerFile(tmp_path / "other.db")
    grow(other, 9)
    grow(file, 3)
    with listening(witness(CITY)) as city:
        asker(other, policy(city)).ask()
        asking = asker(file, policy(city))
        asking.ask()
        assert "9 leaves" in asking.failing["city"]
    other.close()


def test_another_key_than_the_policys_is_not_believed(file):
    grow(file, 3)
    with listening(witness(AUDIT)) as city:
        asking = asker(file, policy(city))
        asking.ask()
    assert file.cosigned() is None and "another key" in asking.failing["city"]


def test_a_witness_is_asked_again_when_the_log_grew_or_a_day_has_passed(file):
    grow(file, 3)
    asked: list[str] = []

    def silent(url: str, _body: bytes) -> tuple[int, str]:
        asked.append(url)
        return 503, ""

    known = witness(CITY)
    with listening(known) as city:
        asker(file, policy(city)).ask()
    only_city = policy("http://city.example")
    for later, questions in ((0, 0), (SECONDS_FRESH - 1, 0), (SECONDS_FRESH, 1)):
        asked.clear()
        Asker(file, only_city, silent, lambda later=later: NOW + later).ask()
        assert sum("city.example" in each for each in asked) == questions
    grow(file, 1)
    asked.clear()
    Asker(file, only_city, silent, lambda: float(NOW)).ask()
    assert "http://city.example/add-checkpoint" in asked


@pytest.mark.parametrize("answer", [(409, "x\n"), (409, "-1\n"), (200, ""), (200, "no line\n"), (301, ""), (200, "\n")])
def test_whatever_a_witness_answers_the_others_are_asked(file, answer):
    grow(file, 3)
    asking = Asker(file, policy("http://city.example"), lambda _url, _body: answer, lambda: float(NOW))
    asking.ask()
    assert set(asking.failing) == {"city", "audit"} and file.cosigned() is None


def test_an_asker_in_its_thread_stops_when_it_is_told(file):
    grow(file, 3)
    asked = threading.Event()

    def silent(_url: str, _body: bytes) -> tuple[int, str]:
        asked.set()
        return 503, ""

    asking = Asker(file, policy("http://city.example"), silent)
    asking.start()
    assert asked.wait(45)
    asked.clear()
    asking.ask_soon()
    assert asked.wait(45)
    asking.stop()
