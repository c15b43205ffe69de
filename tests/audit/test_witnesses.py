"""Witnesses are asked over HTTP what they were shown; a log with two histories is found out."""

import json
import tarfile
import threading
from contextlib import contextmanager
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, HTTPServer
from random import Random

import pytest
from typer.testing import CliRunner

from audit import verifier
from dienhong.cli import app
from kernel.ids import uuid7
from ledger.note import Algorithm, Checkpoint, parse, parse_checkpoint, signed_note, signer
from ledger.witness import Witness
from services.directory.messages import RegisterPerson
from tests.audit.logs import LOG, ORIGIN, Office, export
from tests.audit.tampering import copy, edit, sign_anew
from tests.scenario.test_ledger import signed_up_to_now

SEEDS = {"city": bytes([1]) * 32, "audit": bytes([2]) * 32}


class Asked:
    """One witness as others meet it over HTTP."""

    def __init__(self, name: str) -> None:
        self.signer = signer(f"{name}.example/witness", Algorithm.cosigner_ed25519, SEEDS[name])
        self.witness = Witness(":memory:", [LOG.key], [self.signer])

    def show(self, note: str) -> None:
        assert self.witness.add_checkpoint(f"old 0\n\n{note}").status == 200

    @contextmanager
    def serving(self):
        witness = self.witness

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                known = self.path == f"/{sha256(ORIGIN.encode()).hexdigest()}/checkpoint"
                note = witness.cosigned(ORIGIN) if known else None
                self.send_response(200 if note else 404)
                self.end_headers()
                self.wfile.write((note or "").encode())

            def log_message(self, *_):
                pass

        server = HTTPServer(("127.0.0.1", 0), Handler)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()
            server.server_close()
            witness.close()


@pytest.fixture
def two(tmp_path):
    """Two witnesses, and a policy that names them."""
    city, audit = Asked("city"), Asked("audit")
    with city.serving() as first, audit.serving() as second:
        (tmp_path / "policy").write_text(
            f"log {LOG.key}\nwitness city {city.signer.key} {first}\nwitness audit {audit.signer.key} {second}\n"
            "quorum none\n"
        )
        yield city, audit


def compared(tmp_path, target):
    words = ["compare-witnesses", target, "--policy", tmp_path / "policy", "--evidence", tmp_path / "evidence.tar"]
    done = CliRunner().invoke(app, ["audit", *map(str, words), "--json"])
    said = json.loads(done.stdout)
    assert said["exit"] == done.exit_code
    return said


def test_witnesses_that_saw_parts_of_one_log_agree(two, tmp_path):
    city, audit = two
    with Office(tmp_path / "data") as office:
        office.document(b"1")
        city.show(office.sign())
        office.document(b"2")
        audit.show(office.sign())
        office.document(b"3")
        office.sign()
    said = compared(tmp_path, export(office.folder, tmp_path / "export"))
    assert (said["exit"], said["findings"], said["witnesses"]) == (0, [], {"city": 1, "audit": 2})
    assert not (tmp_path / "evidence.tar").exists()


def test_two_histories_shown_to_two_witnesses_are_kept_as_evidence(two, tmp_path, capsys):
    city, audit = two
    with Office(tmp_path / "data") as office:
        office.document(b"1")
        office.document(b"2")
        city.show(office.sign())
    other = copy(office.folder, tmp_path / "other")
    edit(other, Random(0))
    sign_anew(other, LOG)
    with Office(other) as forged:
        audit.show(forged.file.latest())
    said = compared(tmp_path, export(office.folder, tmp_path / "export"))
    assert said["exit"] == 1
    assert {each["code"] for each in said["findings"]} == {"fork", "checkpoint_contradicts"}
    with tarfile.open(tmp_path / "evidence.tar") as tar:
        tar.extractall(tmp_path / "evidence", filter="data")
    notes = [(tmp_path / "evidence" / f"{name}.checkpoint") for name in ("city", "audit")]
    roots = {parse_checkpoint(parse(each.read_text()).text).root for each in notes}
    assert len(roots) == 2
    assert verifier.main(["consistency", *map(str, notes), "--policy", str(tmp_path / "policy"), "--quiet"]) == 1
    assert "fork" in capsys.readouterr().out


def test_a_witness_that_cannot_be_asked_leaves_it_open(tmp_path):
    with Office(tmp_path / "data") as office:
        office.document(b"1")
        office.sign()
    key = signer("city.example/witness", Algorithm.cosigner_ed25519, SEEDS["city"]).key
    (tmp_path / "policy").write_text(f"log {LOG.key}\nwitness city {key} http://127.0.0.1:9\nquorum none\n")
    said = compared(tmp_path, export(office.folder, tmp_path / "export"))
    assert (said["exit"], [each["code"] for each in said["findings"]]) == (2, ["unreadable"])


def watched(tmp_path, world):
    words = ["watch", f"{world.url}/ledger", "--policy", tmp_path / "policy", "--kept", tmp_path / "kept", "--once"]
    done = CliRunner().invoke(app, ["audit", *map(str, words), "--json"])
    said = json.loads(done.stdout)
    assert said["exit"] == done.exit_code
    return said


@pytest.mark.embedded
def test_a_served_log_is_watched_from_outside(world, tmp_path):
    world.serve()
    ledger = world.embedded.ledger

    (tmp_path / "policy").write_text(f"log {ledger.log_keys[0]}\nquorum none\n")
    signed_up_to_now(world)
    first = watched(tmp_path, world)
    world.client("clerk")
    world.execute(RegisterPerson, person_id=uuid7(), full_name="Nguyễn Thị Mới")
    signed_up_to_now(world)
    second = watched(tmp_path, world)
    assert (first["exit"], second["exit"], second["before"]) == (0, 0, first["size"])
    assert second["size"] > first["size"]
    head = Checkpoint(ledger.origin, first["size"], bytes(32))
    forged = signed_note(head, [each.sign(head, 0) for each in ledger.book._signers])
    (tmp_path / "kept").write_text(forged)
    said = watched(tmp_path, world)
    assert (said["exit"], [each["code"] for each in said["findings"]]) == (1, ["checkpoint_contradicts"])
    assert (tmp_path / "kept").read_text() == forged
