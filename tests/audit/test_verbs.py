"""What the auditor's file says besides right and wrong."""

import json
import sqlite3
from contextlib import closing

import pytest

from audit import verifier
from kernel.codec import encode_meta
from kernel.messages import NewEvent
from ledger.note import Algorithm, signer
from ledger.proof import prove
from services.directory.erasure import PERSONAL
from tests.audit.logs import LOG, POLICY, Office, audited, codes, export

WITNESS = signer("city.example/witness", Algorithm.cosigner_ed25519, bytes(32)).key
WITNESSED = f"log {LOG.key}\nwitness city {WITNESS}\nquorum city\n"


@pytest.fixture
def office(tmp_path):
    with Office(tmp_path / "data", seed=3) as office:
        office.session()
    return office


def note(office: Office) -> int:
    """Something that may be erased; its position."""
    meta = encode_meta("clerk", "ward-1.example", office.id(), office.id())
    new = NewEvent(office.id(), "DiscussionNoted", b'{"text":"x"}', meta)
    return office.store.append("meeting-1", [new], -1).last_position


def order_erasure(office: Office, position: int) -> None:
    event_id = office.store.read_all(position - 1, 1)[0].id
    data = json.dumps({"event_id": str(event_id), "basis": "QĐ 12"}).encode()
    meta = encode_meta("clerk", "ward-1.example", office.id(), office.id())
    office.store.append("erasure-1", [NewEvent(office.id(), "EventErased", data, meta)], -1)
    office.file.erase(position)


def test_what_was_erased_by_a_recorded_order_is_called_erased(tmp_path, capsys):
    with Office(tmp_path / "data", seed=3) as office:
        office.session()
        position = note(office)
        office.sign()
        order_erasure(office, position)
        office.sign()
        office.store.erase(position, b"{}")
    target = export(office.folder, tmp_path / "export")
    said = audited(capsys, "verify", target)
    assert (said["exit"], said["findings"], said["erased"]) == (0, [], [position - 1])
    assert audited(capsys, "explain", position - 1, target)["erased"] is True


def test_no_order_erases_a_ballot_or_a_tally(tmp_path, capsys):
    for kind in ("BallotCast", "PollTallied", "MinutesPublished", "DocumentAdded"):
        with Office(tmp_path / kind, seed=3) as office:
            office.session()
            order_erasure(office, next(each.position for each in office.store.read_all(0, 100) if each.type == kind))
            office.sign()
        said = audited(capsys, "verify", export(office.folder, tmp_path / f"{kind}.tar"))
        assert codes(said) == {"unlawful_erasure"}
    assert PERSONAL.keys() == verifier.ERASABLE


def test_contents_shown_for_an_erased_event_are_not_believed(tmp_path, capsys):
    with Office(tmp_path / "data", seed=3) as office:
        office.session()
        position = note(office)
        office.sign()
        order_erasure(office, position)
        office.sign()
    target = export(office.folder, tmp_path / "export")
    file = target / "events" / "00000000.jsonl"
    lines = file.read_bytes().splitlines(keepends=True)
    forged = json.loads(lines[position - 1]) | {"data": "{}", "meta": "{}"}
    lines[position - 1] = json.dumps(forged, separators=(",", ":")).encode() + b"\n"
    file.write_bytes(b"".join(lines))
    assert codes(audited(capsys, "verify", target)) == {"erased_but_shown"}


def test_one_poll_is_shown_with_its_arithmetic(office, tmp_path, capsys):
    target = export(office.folder, tmp_path / "export")
    with closing(sqlite3.connect(office.folder / "events.db")) as log:
        row = log.execute("SELECT data ->> '$.poll_id', data FROM events WHERE type = 'PollTallied'").fetchone()
    said = audited(capsys, "poll", row[0], target)
    assert said["exit"] == 0 and said["question"] == "Thông qua dự toán"
    recorded = json.loads(row[1])
    assert said["tally"] == {key: recorded[key] for key in said["tally"]}
    assert codes(audited(capsys, "poll", "none", target)) == {"no_such_poll"}


def test_a_receipt_proves_its_event(office, tmp_path, capsys):
    policy, receipt = tmp_path / "policy", tmp_path / "ballot.tlog-proof"
    policy.write_text(POLICY)
    with Office(office.folder) as reopened:
        recorded = next(each for each in reopened.store.read_all(0, 1000) if each.type == "BallotCast")
        receipt.write_text(prove(reopened.file, recorded).text)
    said = audited(capsys, "inclusion", receipt, "--policy", policy)
    assert said["exit"] == 0 and said["event"]["data"] == json.loads(recorded.data)
    target = export(office.folder, tmp_path / "export")
    line = (target / "events" / "00000000.jsonl").read_bytes().splitlines()[said["index"]]
    (tmp_path / "event").write_bytes(line)
    assert audited(capsys, "inclusion", receipt, "--policy", policy, "--event", tmp_path / "event")["exit"] == 0
    other = line.replace(b'"for"', b'"against"') if b'"for"' in line else line.replace(b'"against"', b'"for"')
    (tmp_path / "event").write_bytes(other.replace(b"not_voting", b"for") if other == line else other)
    said = audited(capsys, "inclusion", receipt, "--policy", policy, "--event", tmp_path / "event")
    assert (said["exit"], codes(said)) == (1, {"bad_receipt"})


def test_too_few_witnesses_leave_it_open(office, tmp_path, capsys):
    policy = tmp_path / "policy"
    policy.write_text(WITNESSED)
    said = audited(capsys, "verify", export(office.folder, tmp_path / "export"), "--policy", policy)
    assert (said["exit"], codes(said)) == (2, {"few_witnesses"})


def test_an_event_is_explained(office, tmp_path, capsys):
    target = export(office.folder, tmp_path / "export")
    said = audited(capsys, "explain", 0, target)
    assert (said["type"], said["actor"], said["data"]["title"]) == ("DocumentAdded", "clerk", "Tờ trình")
    assert audited(capsys, "explain", 100_000, target)["exit"] == 2


def test_people_read_vietnamese_first(office, tmp_path, capsys):
    target = export(office.folder, tmp_path / "export")
    assert verifier.main(["verify", str(target), "--quiet"]) == 0
    assert "ĐÚNG: không có gì bị thay đổi." in capsys.readouterr().out
    (target / "policy").write_text(WITNESSED)
    assert verifier.main(["verify", str(target), "--quiet", "--en"]) == 2
    assert "too few witnesses have cosigned this" in capsys.readouterr().out


@pytest.mark.parametrize("words", [[], ["unknown"], ["poll"], ["explain", "x", "y"]])
def test_wrong_usage_is_no_verdict(words, capsys):
    with pytest.raises(SystemExit) as ended:
        verifier.main(words)
    assert ended.value.code == 3


def test_every_finding_has_its_words():
    assert verifier.WORDS.keys() >= verifier.ONLY_INCOMPLETE
