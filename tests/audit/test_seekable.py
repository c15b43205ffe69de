"""A download of an export goes on where it was broken off, with the bytes that the command line writes."""

import pytest

from audit.export import Exporting, tar_stream
from audit.seekable import SeekableExport
from tests.audit.logs import Office, exporting


@pytest.fixture
def office(tmp_path):
    with Office(tmp_path / "data") as office:
        office.session()
    return office.folder


def test_from_every_byte_on_it_is_the_export_of_the_command_line(office, monkeypatch):
    monkeypatch.setattr("audit.export.SEGMENT", 16)
    monkeypatch.setattr("audit.seekable.LEAVES", 16)
    with exporting(office) as made:
        seekable = SeekableExport(made)
        whole = b"".join(seekable.read())
        assert seekable.size == len(whole)
        for start in [*range(0, len(whole), 997), *range(len(whole) - 1600, len(whole), 51)]:
            assert b"".join(seekable.read(start)) == whole[start:]
    with exporting(office) as made:
        assert b"".join(tar_stream(made.members())) == whole


def test_an_export_of_an_earlier_tree_does_not_change_as_the_log_grows(office):
    with exporting(office) as made:
        size, before = made.head.size, b"".join(tar_stream(made.members()))
        digest = SeekableExport(made).digest
    with Office(office, seed=7) as grown:
        grown.poll(5)
        grown.sign()
    with exporting(office) as made:
        again = Exporting(made._store, made._ledger, made._policy, made._blobs, size)
        seekable = SeekableExport(again)
        assert made.head.size > size and seekable.digest == digest
        assert b"".join(seekable.read()) == before
