"""Logs of several files, checked by several processes at once."""

import os
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from random import Random

import pytest

from audit.check import How, verify_log
from audit.findings import INCOMPLETE, Report
from audit.pieces import SEGMENT
from audit.records import LedgerReader
from audit.sources import DataFolder, Exported, Source
from dienhong.audit_asking import pieces_at_most
from dienhong.auditing import reporting, working
from kernel.adapters.blobs_files import FileBlobs
from kernel.adapters.store_sqlite import SqliteStore
from kernel.codec import encode_meta
from kernel.messages import NewEvent
from ledger.note import Checkpoint, signed_note
from ledger.policy import parse_policy
from tests.audit.logs import LOG, ORIGIN, POLICY, Office, audited, codes, export

EVENTS = 2 * SEGMENT + 1234
BATCH = 500

pytestmark = [pytest.mark.slow]


@pytest.fixture(scope="module")
def large(tmp_path_factory):
    """Signed at sizes on, beside and far from the borders of files."""
    folder = tmp_path_factory.mktemp("large")
    with Office(folder / "data") as office:
        meta = encode_meta("clerk", "ward-1.example", office.id(), office.id())
        for size in (1, SEGMENT - 1, SEGMENT, SEGMENT + 1, SEGMENT + 700, 2 * SEGMENT, EVENTS):
            while (there := office.store.wait(0, 0)) < size:
                count = min(BATCH, size - there)
                new = [NewEvent(office.id(), "NoteTaken", b'{"n":1}', meta) for _ in range(count)]
                office.store.append("meeting-1", new, there - 1)
            office.sign()
    return folder


def test_every_earlier_checkpoint_is_contained(large, tmp_path, capsys):
    target = export(large / "data", tmp_path / "export.tar", with_blobs=False)
    for jobs in (1, 3):
        said = audited(capsys, "verify", target, "--jobs", jobs)
        assert (said["exit"], said["findings"], said["checkpoints"]) == (0, [], 7)
        assert said["size"] == EVENTS


def test_an_event_moved_between_files_is_found(large, tmp_path, capsys):
    target = export(large / "data", tmp_path / "export", with_blobs=False)
    files = sorted((target / "events").iterdir())
    random = Random(0)
    first, second = (file.read_bytes().splitlines(keepends=True) for file in files[:2])
    at, to = random.randrange(SEGMENT), random.randrange(SEGMENT)
    first[at], second[to] = second[to], first[at]
    files[0].write_bytes(b"".join(first))
    files[1].write_bytes(b"".join(second))
    said = audited(capsys, "verify", target, "--jobs", 2)
    assert said["exit"] == 1 and {"wrong_index", "root_differs"} <= codes(said)


def test_whole_files_swapped_are_found(large, tmp_path, capsys):
    target = export(large / "data", tmp_path / "export", with_blobs=False)
    first, second, _ = sorted((target / "events").iterdir())
    contents = first.read_bytes()
    first.write_bytes(second.read_bytes())
    second.write_bytes(contents)
    assert audited(capsys, "verify", target, "--jobs", 2)["exit"] == 1


@contextmanager
def sources(folder, target) -> Iterator[list[Source]]:
    """The same log from its files, from a store that only answers questions, and from an export."""
    with (
        closing(SqliteStore(folder / "events.db", read_only=True)) as store,
        closing(LedgerReader(folder / "ledger.db")) as ledger,
        closing(Exported(target)) as exported,
    ):
        blobs = FileBlobs(folder / "documents")
        by_file = DataFolder(store, ledger, blobs, lambda: POLICY, folder / "events.db")
        yield [by_file, DataFolder(store, ledger, blobs, lambda: POLICY), exported]


def judged(source: Source, how: How, known: Sequence[str] = ()) -> Report:
    report = Report("verify")
    verify_log(report, source, parse_policy(POLICY), known, how)
    return report


def test_our_own_code_says_the_same_of_every_source_by_any_number_of_processes(large, tmp_path, capsys):
    target = export(large / "data", tmp_path / "export.tar", with_blobs=False)
    with working(2) as workers, sources(large / "data", target) as each:
        reports = [judged(source, how) for source in each for how in (How(), How(workers=workers))]
        trees = [judged(source, How(workers=workers, tree_only=True)) for source in each]
    assert all(each.facts == reports[0].facts and not each.findings for each in reports)
    assert all(each.facts["root"] == reports[0].facts["root"] and not each.findings for each in trees)
    assert reports[0].facts["checkpoints"] == 7
    assert audited(capsys, "verify", target)["root"] == reports[0].facts["root"]


def test_an_old_checkpoint_of_another_tree_is_found_within_any_piece(large, tmp_path):
    target = export(large / "data", tmp_path / "export.tar", with_blobs=False)
    for size in (1, SEGMENT - 1, SEGMENT, SEGMENT + 1, 2 * SEGMENT, EVENTS):
        other = Checkpoint(ORIGIN, size, bytes(32))
        known = signed_note(other, [LOG.sign(other, 0)])
        with sources(large / "data", target) as each:
            for tree_only in (False, True):
                report = judged(each[0], How(tree_only=tree_only), [known])
                assert [found.code for found in report.findings] == ["checkpoint_contradicts"]


def test_no_more_processes_are_started_than_there_are_pieces(large, tmp_path, monkeypatch):
    monkeypatch.setenv("DIENHONG_DATA_DIR", str(large / "data"))
    tar, folder = (export(large / "data", tmp_path / name, with_blobs=False) for name in ("export.tar", "export"))
    assert [3 <= pieces_at_most(each) <= 12 for each in (None, tar, folder)] == [True] * 3
    with Office(tmp_path / "small") as office:
        office.session()
    assert pieces_at_most(export(office.folder, tmp_path / "small.tar")) == 1
    assert pieces_at_most(tmp_path / "nowhere") == 1


class Dying:
    """A piece on which the process ends that checks it."""

    first = 0

    def pairs(self):
        os._exit(1)


def test_a_process_that_dies_and_a_file_that_cannot_be_read_are_no_verdict(large, tmp_path):
    target = export(large / "data", tmp_path / "export", with_blobs=False)
    with (
        pytest.raises(SystemExit) as ended,
        working(2) as workers,
        reporting("verify", True) as report,
        closing(Exported(target)) as source,
    ):
        source.pieces = lambda: iter([Dying()])
        verify_log(report, source, parse_policy(POLICY), how=How(workers=workers))
    assert ended.value.code == INCOMPLETE
    file = target / "events" / "00000001.jsonl"
    file.unlink()
    file.mkdir()
    with pytest.raises(SystemExit) as ended, reporting("verify", True) as report, closing(Exported(target)) as source:
        verify_log(report, source, parse_policy(POLICY))
    assert ended.value.code == INCOMPLETE
