"""A log whose key was rotated: believed by whoever holds one of its keys, and no key signs out of its turn."""

import base64
import json
from random import Random

import pytest
from typer.testing import CliRunner

from audit import verifier
from audit.check import verify_log
from audit.findings import Report
from audit.sources import Exported
from audit.verbs import check_consistency
from dienhong.cli import app
from ledger.book import Book
from ledger.note import Algorithm, BadNote, Checkpoint, Signer, parse_key, signed_note, signer
from ledger.policy import parse_policy
from ledger.proof import prove
from ledger.rotation import EVENT, STREAM, Handover, read_statement, stated, terms
from services.directory.messages import LogKeyRotated
from tests.audit.logs import LOG, ORIGIN, Office, audited, codes, export
from tests.audit.mutations import changed_text


def key(n: int) -> Signer:
    return signer(ORIGIN, Algorithm.log_ed25519, bytes([n] * 32))


NEW, NEXT, THIEF = key(101), key(102), key(103)


def book(office: Office, *signers: Signer) -> Book:
    return Book(office.store, office.file, ORIGIN, signers)


def sign(office: Office, *signers: Signer) -> str:
    keeping = book(office, *signers)
    keeping.catch_up()
    return keeping.sign()


def rotated(office: Office, old: Signer, new: Signer, statement: str = "") -> None:
    """As the ledger does it; `statement`: another than both keys would sign."""
    size = office.file.signed_size()
    said = statement or stated(Handover(ORIGIN, size, old.key, new.key), old, new)
    event = LogKeyRotated(
        origin=ORIGIN,
        old_key=str(old.key),
        new_key=str(new.key),
        size=size,
        statement=said,
        confirmed_by=office.id(),
    )
    office.record(STREAM, event)
    sign(office, old, new)


@pytest.fixture
def office(tmp_path):
    """Its key was rotated twice, and something was signed by each."""
    with Office(tmp_path / "data", seed=3) as office:
        office.session()
        rotated(office, LOG, NEW)
        office.document(b"by the new key")
        sign(office, NEW)
        rotated(office, NEW, NEXT)
        office.document(b"by the next key")
        sign(office, NEXT)
        yield office


def both(capsys, tmp_path, target, *keys: Signer, known: str = "") -> set[str]:
    """What the two verifiers find, which is the same, when these keys are believed."""
    policy, kept = tmp_path / "whom", tmp_path / "kept"
    policy.write_text("".join(f"log {each.key}\n" for each in keys) + "quorum none\n")
    kept.write_text(known)
    theirs = audited(capsys, "verify", target, "--policy", policy, *(["--known", kept] if known else []))
    report = Report("verify")
    verify_log(report, Exported(target), parse_policy(policy.read_text()), [known] if known else [])
    assert {each.code for each in report.findings} == codes(theirs) and report.exit == theirs["exit"]
    return codes(theirs)


@pytest.mark.parametrize("believed", [LOG, NEW, NEXT])
def test_whoever_believes_one_of_the_keys_believes_the_whole_log(office, tmp_path, capsys, believed):
    target = export(office.folder, tmp_path / "export")
    assert both(capsys, tmp_path, target, believed) == set()


def test_an_unrelated_key_is_not_believed(office, tmp_path, capsys):
    target = export(office.folder, tmp_path / "export")
    assert both(capsys, tmp_path, target, THIEF) == {"not_signed"}


def test_a_key_that_has_had_its_turn_signs_nothing_more(office, tmp_path, capsys):
    target = export(office.folder, tmp_path / "export")
    head = Checkpoint(ORIGIN, office.file.size, office.file.root(office.file.size))
    for gone in (LOG, NEW):
        late = signed_note(head, [gone.sign(head, 0)])
        assert both(capsys, tmp_path, target, NEXT, known=late) == {"wrong_key"}


def test_a_key_does_not_sign_before_its_turn(office, tmp_path, capsys):
    target = export(office.folder, tmp_path / "export")
    early = Checkpoint(ORIGIN, 3, office.file.root(3))
    assert both(capsys, tmp_path, target, LOG, known=signed_note(early, [NEXT.sign(early, 0)])) == {"wrong_key"}


def test_another_key_without_a_rotation_in_the_log_is_found(tmp_path, capsys):
    with Office(tmp_path / "data", seed=3) as office:
        office.session()
        head = Checkpoint(ORIGIN, office.file.size, office.file.root(office.file.size))
        office.file.signed(head, signed_note(head, [THIEF.sign(head, 0)]))
        target = export(office.folder, tmp_path / "export")
    assert both(capsys, tmp_path, target, LOG) == {"not_signed"}
    assert both(capsys, tmp_path, target, LOG, THIEF) == {"wrong_key"}


ALONE = stated(Handover(ORIGIN, 0, LOG.key, THIEF.key), THIEF, THIEF)
FOREIGN = stated(Handover(ORIGIN, 0, NEXT.key, THIEF.key), NEXT, THIEF)


@pytest.mark.parametrize("statement", [ALONE, FOREIGN, "", "no statement"])
def test_a_rotation_that_the_old_key_did_not_sign_is_found(tmp_path, capsys, statement):
    with Office(tmp_path / "data", seed=3) as office:
        office.session()
        rotated(office, LOG, NEW)
        said = statement or stated(Handover(ORIGIN, 10_000, NEW.key, THIEF.key), NEW, THIEF)
        event = {"origin": ORIGIN, "old_key": "", "new_key": "", "size": 0, "statement": said}
        office.record(STREAM, LogKeyRotated(**event, confirmed_by=office.id()))
        sign(office, NEW)
        target = export(office.folder, tmp_path / "export")
    assert both(capsys, tmp_path, target, LOG) == {"bad_rotation"}


def test_a_rotation_between_strangers_is_found_and_changes_no_turn(tmp_path, capsys):
    with Office(tmp_path / "data", seed=3) as office:
        office.session()
        said = stated(Handover(ORIGIN, 0, key(8).key, THIEF.key), key(8), THIEF)
        event = {"origin": ORIGIN, "old_key": "", "new_key": "", "size": 0, "statement": said}
        office.record(STREAM, LogKeyRotated(**event, confirmed_by=office.id()))
        sign(office, LOG)
        rotated(office, LOG, NEW)
        sign(office, NEW)
        target = export(office.folder, tmp_path / "export")
    for believed in (LOG, NEW):
        assert both(capsys, tmp_path, target, believed) == {"bad_rotation"}
    assert both(capsys, tmp_path, target, THIEF) == {"not_signed"}


def test_old_receipts_and_checkpoints_stand(tmp_path, capsys):
    with Office(tmp_path / "data", seed=3) as office:
        office.session()
        receipt, old = prove(office.file, office.store.read_all(0, 1)[0]), office.file.latest()
        rotated(office, LOG, NEW)
        office.document(b"later")
        sign(office, NEW)
        target = export(office.folder, tmp_path / "export")
    assert receipt is not None and old is not None
    (tmp_path / "mine.tlog-proof").write_text(receipt.text)
    (tmp_path / "whom").write_text(f"log {NEW.key}\nlog {LOG.key}\nquorum none\n")
    (tmp_path / "old").write_text(old)
    assert audited(capsys, "inclusion", tmp_path / "mine.tlog-proof", "--policy", tmp_path / "whom")["exit"] == 0
    for believed in (LOG, NEW):
        (tmp_path / "whom").write_text(f"log {believed.key}\nquorum none\n")
        said = audited(capsys, "consistency", tmp_path / "old", target, "--policy", tmp_path / "whom")
        assert (said["exit"], said["findings"]) == (0, [])
        ours, source = Report("consistency"), Exported(target)
        policy = parse_policy((tmp_path / "whom").read_text())
        check_consistency(ours, old, source.checkpoints[-1], source, policy)
        assert ours.findings == []


def test_the_deployment_itself_names_every_key_it_had(tmp_path, monkeypatch):
    with Office(tmp_path / "data", seed=3) as office:
        office.session()
        rotated(office, LOG, NEW)
    seed = office.folder / "keys" / "log-ed25519.seed"
    seed.unlink()
    seed.write_bytes(bytes([101] * 32))
    seed.chmod(0o400)
    monkeypatch.setenv("DIENHONG_DATA_DIR", str(office.folder))
    monkeypatch.setenv("DIENHONG_DEPLOYMENT", "ward-1.example")
    done = CliRunner().invoke(app, ["audit", "verify", "--json"])
    said = json.loads(done.stdout)
    assert (done.exit_code, said["findings"]) == (0, [])
    assert [(each["key"], each["last"] is None) for each in said["keys"]] == [
        (str(LOG.key), False),
        (str(NEW.key), True),
    ]
    done = CliRunner().invoke(app, ["audit", "export", str(tmp_path / "export")])
    assert done.exit_code == 0, done.output
    lines = (tmp_path / "export" / "policy").read_text().splitlines()
    assert [parse_key(line.split()[1]) for line in lines if line.startswith("log ")] == [NEW.key, LOG.key]


def test_both_verifiers_read_a_statement_alike_and_believe_no_forgery():
    handover, random = Handover(ORIGIN, 5, LOG.key, NEW.key), Random(1)
    statement = stated(handover, LOG, NEW)
    assert EVENT == verifier.ROTATION
    for _ in range(3000):
        mutated = changed_text(statement, random)
        assert ours(mutated) == theirs(mutated), mutated
        assert ours(mutated) in (None, (handover.origin, handover.size, str(handover.old), str(handover.new)))


def ours(statement: str):
    try:
        read = read_statement(statement)
    except BadNote:
        return None
    return read.origin, read.size, str(read.old), str(read.new)


def theirs(statement: str):
    try:
        origin, size, old, new = verifier.read_rotation(statement)
    except verifier.Bad:
        return None
    return origin, size, written(old), written(new)


def written(key: verifier.Key) -> str:
    return f"{key.name}+{key.id.hex()}+{base64.b64encode(bytes([key.kind]) + key.public).decode()}"


def test_both_verifiers_give_each_key_the_same_turn_in_any_tangle():
    random, keys = Random(2), [key(n) for n in range(1, 6)]
    theirs_of = {str(each.key): verifier.read_key(str(each.key)) for each in keys}
    for _ in range(300):
        rotations = []
        for index in range(random.randint(1, 6)):
            old, new = random.sample(keys, 2)
            rotations.append((index, stated(Handover(ORIGIN, random.randint(0, 2), old.key, new.key), old, new)))
        believed = random.choice(keys).key
        found, bad = terms(ORIGIN, rotations, [believed])
        turns = verifier.read_turns(verifier.Policy(logs=[theirs_of[str(believed)]]), ORIGIN, rotations)
        assert [(str(each.key), each.first, each.last) for each in found] == [
            (written(each.key), each.first, each.last) for each in turns.terms
        ]
        assert bad == turns.bad
