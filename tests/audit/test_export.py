"""An export is complete, always the same, and verifies on its own."""

import json
import subprocess
import sys
import tarfile

import pytest

from audit import verifier
from audit.documents import FIELDS, NAMES_WITHOUT_PROMISE
from audit.records import LedgerReader, NoLedger, line, paired, read_line
from dienhong.embedded import CODEC
from tests.audit.logs import POLICY, Office, audited, codes, export, exporting


@pytest.fixture
def office(tmp_path):
    with Office(tmp_path / "data") as office:
        office.session()
    return office.folder


def test_an_export_verifies_as_a_folder_and_as_a_tar_file(office, tmp_path, capsys):
    policy = tmp_path / "policy"
    policy.write_text(POLICY)
    for target in (tmp_path / "export", tmp_path / "export.tar"):
        export(office, target)
        said = audited(capsys, "verify", target, "--policy", policy)
        assert (said["exit"], said["findings"]) == (0, [])
        assert said["checkpoints"] == 4 and said["size"] > 20
        assert audited(capsys, "blobs", target)["documents"] == 3
        assert audited(capsys, "poll", "all", target)["polls"] == 3


def test_the_same_log_gives_the_same_bytes(office, tmp_path):
    first, second = export(office, tmp_path / "1.tar"), export(office, tmp_path / "2.tar")
    assert first.read_bytes() == second.read_bytes()
    folder = export(office, tmp_path / "folder")
    with tarfile.open(first) as tar:
        names = tar.getnames()
        assert len(set(names)) == len(names)
        for name in names:
            assert tar.extractfile(name).read() == (folder / name).read_bytes()


def test_the_verifier_in_an_export_needs_nothing_of_ours(office, tmp_path):
    target = export(office, tmp_path / "export")
    done = subprocess.run(
        [sys.executable, "-I", "verifier.py", "verify", "--json"], cwd=target, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["findings"] == []


def test_every_event_is_exported_word_for_word(office):
    with exporting(office) as made:
        reader = LedgerReader(office / "ledger.db")
        records = list(paired(made._store, reader, made.head.size))
        reader.close()
    assert [read_line(line(each)) for each in records] == records


def test_an_export_without_documents_says_so(office, tmp_path, capsys):
    target = export(office, tmp_path / "export", with_blobs=False)
    assert audited(capsys, "verify", target)["exit"] == 0
    said = audited(capsys, "blobs", target)
    assert (said["exit"], codes(said)) == (2, {"no_blobs"})


def test_what_was_never_signed_is_not_exported(tmp_path):
    with Office(tmp_path / "data") as office:
        office.document(b"x")
    with pytest.raises(NoLedger), exporting(office.folder):
        pass


def test_every_event_that_names_stored_bytes_is_known_to_both_verifiers():
    assert verifier.STORED_BYTES == FIELDS
    naming = {
        name: tuple(field for field in CODEC.known(name).model_fields if field.endswith("sha256"))
        for name in CODEC.types
        if name not in NAMES_WITHOUT_PROMISE
    }
    assert {name: fields for name, fields in naming.items() if fields} == FIELDS
