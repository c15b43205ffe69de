"""Every kind of tampering is found and proved, and a sound log raises no alarm."""

import os
from random import Random

import pytest

from tests.audit.logs import POLICY, Office, audited, codes, export
from tests.audit.tampering import KINDS, Tamper, copy, words_of
from tests.distributed.rounds import ROUNDS

CLEAN_LOGS = int(os.environ.get("AUDIT_CLEAN_LOGS", ROUNDS))


@pytest.fixture(scope="module")
def sound(tmp_path_factory):
    """An office, what the auditor has of it, and whom the auditor believes."""
    folder = tmp_path_factory.mktemp("sound")
    with Office(folder / "data", seed=1) as office:
        office.session()
    (folder / "known").write_text(office_checkpoint(folder))
    (folder / "believed").write_text(POLICY)
    export(folder / "data", folder / "export")
    return folder


def office_checkpoint(folder) -> str:
    with Office(folder / "data") as office:
        return office.file.latest()


@pytest.mark.parametrize("tamper", KINDS, ids=lambda each: each.__name__)
def test_whatever_is_done_to_the_folder_is_found(sound, tamper: Tamper, tmp_path, capsys):
    for seed in range(ROUNDS):
        data = copy(sound / "data", tmp_path / "data")
        verb = tamper(data, Random(seed))
        altered = export(data, tmp_path / f"{seed}.tar")
        words = words_of(verb, altered, sound / "export", sound / "known")
        said = audited(capsys, *words, "--policy", sound / "believed")
        assert said["exit"] == 1, (seed, said)


def test_one_changed_byte_of_an_export_is_found(sound, tmp_path, capsys):
    target = export(sound / "data", tmp_path / "export")
    file = target / "events" / "00000000.jsonl"
    whole, random = file.read_bytes(), Random(0)
    for _ in range(10 * ROUNDS):
        changed = bytearray(whole)
        changed[random.randrange(len(whole))] ^= 1 << random.randrange(8)
        file.write_bytes(changed)
        assert audited(capsys, "verify", target, "--policy", sound / "believed")["exit"] == 1


def test_a_line_lost_twice_or_swapped_in_an_export_is_found(sound, tmp_path, capsys):
    target = export(sound / "data", tmp_path / "export")
    file = target / "events" / "00000000.jsonl"
    lines, random = file.read_bytes().splitlines(keepends=True), Random(0)
    for _ in range(ROUNDS):
        at, to = sorted(random.sample(range(len(lines)), 2))
        swapped = list(lines)
        swapped[at], swapped[to] = swapped[to], swapped[at]
        for changed in (lines[:at] + lines[at + 1 :], lines[:at] + lines[at:to] + lines[at:], lines[:at], swapped):
            file.write_bytes(b"".join(changed))
            assert audited(capsys, "verify", target)["exit"] == 1


@pytest.mark.timeout(1200)
def test_sound_logs_raise_no_alarm(tmp_path, capsys):
    for seed in range(CLEAN_LOGS):
        with Office(tmp_path / str(seed), seed=100 + seed) as office:
            office.session()
        target = export(office.folder, tmp_path / f"{seed}.tar")
        for words in (("verify",), ("blobs",), ("poll", "all")):
            said = audited(capsys, *words, target)
            assert (said["exit"], said["findings"]) == (0, []), (seed, words)


def test_what_is_missing_is_not_called_tampering(sound, tmp_path, capsys):
    target = export(sound / "data", tmp_path / "export")
    assert audited(capsys, "verify", tmp_path / "nowhere")["exit"] == 2
    cut = tmp_path / "cut.tar"
    cut.write_bytes(export(sound / "data", tmp_path / "whole.tar").read_bytes()[:40_000])
    assert audited(capsys, "verify", cut)["exit"] == 2
    (target / "events" / "00000000.jsonl").unlink()
    said = audited(capsys, "verify", target)
    assert (said["exit"], codes(said)) == (2, {"file_missing"})


def test_the_checkpoint_before_is_contained_in_the_one_after(sound, tmp_path, capsys):
    with Office(copy(sound / "data", tmp_path / "data"), seed=7) as office:
        office.session()
    newer = export(office.folder, tmp_path / "newer")
    said = audited(capsys, "consistency", sound / "known", newer, "--policy", sound / "believed")
    assert (said["exit"], said["findings"]) == (0, [])
    said = audited(capsys, "consistency", newer, sound / "known", "--policy", sound / "believed")
    assert codes(said) == {"rolled_back"}
    said = audited(capsys, "consistency", sound / "known", newer / "checkpoint", "--policy", sound / "believed")
    assert (said["exit"], codes(said)) == (2, {"needs_export"})


@pytest.mark.parametrize("name", ["checkpoint", "checkpoints.jsonl", "policy", "manifest.json", "damaged.json"])
def test_whatever_is_wrong_with_a_file_is_said_and_nothing_falls_over(sound, tmp_path, capsys, name):
    target = export(sound / "data", tmp_path / "export")
    whole, random = (target / name).read_bytes(), Random(0)
    for _ in range(20 * ROUNDS):
        changed = bytearray(whole)
        changed[random.randrange(len(whole))] = random.randrange(256)
        (target / name).write_bytes(changed[: random.choice((len(changed), random.randrange(len(changed))))])
        for verb in ("verify", "blobs"):
            said = audited(capsys, verb, target)
            assert said["exit"] in (0, 1, 2)
            assert said["exit"] or name != "checkpoint" or changed == whole
