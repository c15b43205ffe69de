"""Logs of several files, checked by several processes at once."""

from random import Random

import pytest

from audit.export import SEGMENT
from kernel.codec import encode_meta
from kernel.messages import NewEvent
from tests.audit.logs import Office, audited, codes, export

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
