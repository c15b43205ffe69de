"""`dienhong audit`: the same verdicts by our own code, on the data folder and on exports."""

import json
import sqlite3
from contextlib import closing
from random import Random

import pytest
from typer.testing import CliRunner

from dienhong.audit_verbs import audit_app
from dienhong.cli import app
from ledger.proof import prove
from tests.audit.logs import Office, audited, export
from tests.audit.tampering import KINDS, copy, words_of
from tests.audit.test_tampering import sound as sound
from tests.distributed.rounds import ROUNDS
from tests.scenario.test_command_line import dienhong
from tests.scenario.test_ledger import signed_up_to_now
from tests.scenario.test_minutes import Session


@pytest.fixture
def audit(monkeypatch):
    """Runs a verb on a data folder; what it says, with its exit code."""

    def run(folder, *words):
        monkeypatch.setenv("DIENHONG_DATA_DIR", str(folder))
        monkeypatch.setenv("DIENHONG_DEPLOYMENT", "ward-1.example")
        done = CliRunner().invoke(app, ["audit", *map(str, words), "--json"])
        said = json.loads(done.stdout)
        assert said["exit"] == done.exit_code, done.output
        return said

    return run


@pytest.fixture
def office(tmp_path):
    with Office(tmp_path / "data", seed=3) as office:
        office.session()
    return office.folder


@pytest.mark.embedded
def test_a_served_council_is_exported_verified_and_replayed(world, tmp_path, capsys):
    signed_up_to_now(world)
    folder = world.settings.data_dir
    deployment = {"DIENHONG_DEPLOYMENT": world.settings.deployment}
    target = tmp_path / "export.tar"
    assert dienhong(folder, "audit", "export", str(target), **deployment).returncode == 0
    done = dienhong(folder, "audit", "replay", "--json", **deployment)
    assert (done.returncode, json.loads(done.stdout)["findings"]) == (0, []), done.stderr
    ours = json.loads(dienhong(folder, "audit", "verify", str(target), "--json", **deployment).stdout)
    theirs = audited(capsys, "verify", target)
    assert (ours["root"], ours["size"], ours["streams"]) == (theirs["root"], theirs["size"], theirs["streams"])


def test_a_sound_folder_and_its_export_verify(office, tmp_path, audit):
    target = export(office, tmp_path / "export")
    for words in (["verify"], ["blobs"], ["poll", "all"]):
        for where in ([], [target]):
            said = audit(office, *words, *where)
            assert (said["exit"], said["findings"]) == (0, []), words
    explained = audit(office, "explain", 0)
    assert explained["data"]["title"] == "Tờ trình" and explained["by"] == "clerk"
    assert explained["says"].startswith("Nhập tài liệu “Tờ trình”, tệp to-trinh.pdf")
    assert audit(office, "explain", 10_000)["exit"] == 2
    assert audit(office, "poll", "none")["exit"] == 2


@pytest.mark.parametrize("tamper", KINDS, ids=lambda each: each.__name__)
def test_our_own_code_finds_whatever_the_auditors_file_finds(sound, tamper, tmp_path, audit):  # noqa: F811
    for seed in range(ROUNDS):
        data = copy(sound / "data", tmp_path / "data")
        verb = tamper(data, Random(seed))
        altered = export(data, tmp_path / f"{seed}.tar")
        words = words_of(verb, altered, sound / "export", sound / "known")
        said = audit(data, *words, "--policy", sound / "believed")
        assert said["exit"] == 1, (seed, said)
        if verb != "consistency":
            on_the_folder = [each for each in words if each != altered]
            assert audit(data, *on_the_folder, "--policy", sound / "believed")["exit"] == 1


def test_a_receipt_is_verified(office, tmp_path, audit):
    receipt = tmp_path / "ballot.tlog-proof"
    with Office(office) as reopened:
        recorded = next(each for each in reopened.store.read_all(0, 1000) if each.type == "BallotCast")
        receipt.write_text(prove(reopened.file, recorded).text)
    said = audit(office, "inclusion", receipt)
    assert said["exit"] == 0 and said["data"] == json.loads(recorded.data)
    receipt.write_text(receipt.read_text().replace("index ", "index 1"))
    assert audit(office, "inclusion", receipt)["exit"] == 1


def test_what_people_see_is_compared_with_the_log(world, tmp_path, monkeypatch, audit):
    folder = world.settings.data_dir
    world.settle()
    monkeypatch.setenv("DIENHONG_DATA_DIR", str(folder))
    sound_views = audit(folder, "replay")
    assert sound_views["exit"] == 0 and sound_views["tables"] > 20
    kept = tmp_path / "then.db"
    then = audit(folder, "replay", "--at", 3, "--into", kept)
    assert (then["exit"], then["position"]) == (0, 3)
    with closing(sqlite3.connect(kept)) as built:
        assert built.execute("SELECT position FROM progress").fetchone() == (3,)
    with closing(sqlite3.connect(folder / "views.db")) as views, views:
        views.execute("UPDATE people SET full_name = 'Người khác' WHERE rowid = 1")
    said = audit(folder, "replay")
    assert (said["exit"], [each["code"] for each in said["findings"]]) == (1, ["view_differs"])


@pytest.mark.parametrize("words", [["unknown"], ["poll"], ["explain", "x"], ["verify", "--unknown"]])
def test_wrong_usage_is_no_verdict(words):
    assert CliRunner().invoke(audit_app, words).exit_code == 3


def test_a_folder_without_a_ledger_is_no_tampering(tmp_path, audit):
    with Office(tmp_path / "data") as office:
        office.document(b"x")
    assert audit(tmp_path / "data", "verify")["exit"] == 2
    assert audit(tmp_path / "data", "verify", tmp_path / "nowhere")["exit"] == 2


@pytest.mark.embedded
@pytest.mark.needs("vendor")
def test_approved_minutes_are_drawn_again_byte_by_byte(world, audit):
    """Other bytes under a properly recorded name are found too."""
    session = Session(world).open().vote().conclude().close().draft()
    approved = session.submit()
    session.approve(approved)
    world.settle()
    folder = world.settings.data_dir
    said = audit(folder, "replay")
    assert (said["findings"], said["minutes"], said["polls"]) == ([], 1, 1)
    with closing(sqlite3.connect(folder / "events.db")) as log, log:
        log.execute("UPDATE events SET data = replace(data, ?, ?)", (approved, "0" * 64))
    said = audit(folder, "replay")
    assert (said["exit"], {each["code"] for each in said["findings"]}) == (1, {"minutes_differ", "view_differs"})
