"""What the log says of a file: whether it was recorded, as what, and what has become of it since."""

import json

import pytest
from typer.testing import CliRunner

from audit import verifier
from audit.papers import ENDS, NAMES, STANDINGS, signatures_in
from dienhong.cli import app
from services.documents.messages import DocumentErased, VersionAdded
from services.meeting.messages import MinutesApproved, MinutesPublished, MinutesReturned, MinutesSubmitted
from tests.audit.logs import POLICY, Office, audited, export

CONTENTS = {name: f"%PDF-1.7 {name}".encode() for name in ("first", "second", "draft", "approved", "gone", "never")}


@pytest.fixture(scope="module")
def council(tmp_path_factory):
    """A document in two versions, minutes that were returned once, then approved and published."""
    folder = tmp_path_factory.mktemp("papers")
    with Office(folder / "data", seed=5) as office:
        office.session()
        put = {name: office.blobs.put([contents]).sha256 for name, contents in CONTENTS.items() if name != "never"}
        office.document(CONTENTS["first"])
        added = office.store.read_all(office.store.wait(0, 0) - 1, 1)[0]
        document = json.loads(added.data)["document_id"]
        office.record(
            added.stream,
            VersionAdded(
                document_id=document,
                version=2,
                file_name="b.pdf",
                media_type="application/pdf",
                size=1,
                sha256=put["second"],
            ),
        )
        office.document(CONTENTS["gone"])
        stream = office.store.read_all(office.store.wait(0, 0) - 1, 1)[0].stream
        order = {"document_id": stream.partition("-")[2], "basis": "Quyết định số 12", "confirmed_by": office.id()}
        office.record(stream, DocumentErased(sha256=(put["gone"],), **order))
        meeting = office.id()
        office.record(
            f"minutes-{meeting}",
            MinutesSubmitted(meeting_id=meeting, pdf_sha256=put["draft"]),
            MinutesReturned(meeting_id=meeting, reason="Thiếu tên"),
            MinutesSubmitted(meeting_id=meeting, pdf_sha256=put["approved"]),
            MinutesApproved(meeting_id=meeting, pdf_sha256=put["approved"]),
            MinutesPublished(meeting_id=meeting, pdf_sha256=put["approved"]),
        )
        office.sign()
    for name, contents in CONTENTS.items():
        (folder / f"{name}.pdf").write_bytes(contents)
    (folder / "believed").write_text(POLICY)
    export(folder / "data", folder / "export.tar")
    return folder


def asked(council, monkeypatch, *words):
    """By our own code."""
    monkeypatch.setenv("DIENHONG_DATA_DIR", str(council / "data"))
    monkeypatch.setenv("DIENHONG_DEPLOYMENT", "ward-1.example")
    done = CliRunner().invoke(app, ["audit", "pdf", *map(str, words), "--processes", "1", "--json"])
    return json.loads(done.stdout), done.exit_code


@pytest.mark.parametrize(
    ("name", "standing"),
    [
        ("first", "replaced"),
        ("second", "current"),
        ("draft", "returned"),
        ("approved", "published"),
        ("gone", "erased"),
    ],
)
def test_what_became_of_a_recorded_file_is_told(council, monkeypatch, capsys, name, standing):
    file, target = council / f"{name}.pdf", council / "export.tar"
    theirs = audited(capsys, "pdf", file, target, "--policy", council / "believed")
    for where in ([], [target]):
        ours, code = asked(council, monkeypatch, file, *where)
        assert (code, ours["findings"]) == (0, [])
        assert [each.partition(":")[0] for each in ours["standing"].values()] == [standing]
        assert ours["standing"].keys() == theirs["standing"].keys()
        assert [each["index"] for each in ours["recorded"]] == [each["index"] for each in theirs["recorded"]]
    assert (theirs["exit"], list(theirs["standing"].values())) == (0, [standing])


def test_a_file_that_was_never_recorded_proves_nothing(council, monkeypatch, capsys):
    ours, code = asked(council, monkeypatch, council / "never.pdf")
    assert (code, [each["code"] for each in ours["findings"]]) == (2, ["not_recorded"])
    theirs = audited(capsys, "pdf", council / "never.pdf", council / "export.tar")
    assert (theirs["exit"], [each["code"] for each in theirs["findings"]]) == (2, ["not_recorded"])
    assert asked(council, monkeypatch, council / "nowhere.pdf", council / "export.tar")[1] == 2


def test_the_proof_that_is_kept_verifies_offline(council, monkeypatch, tmp_path, capsys):
    for where in ([], [council / "export.tar"]):
        proof = tmp_path / f"{len(where)}.tlog-proof"
        asked(council, monkeypatch, council / "approved.pdf", *where, "--proof", proof)
        said = audited(capsys, "inclusion", proof, "--policy", council / "believed")
        assert (said["exit"], said["event"]["type"]) == (0, "MinutesPublished")


def test_what_a_signature_covers_is_told_and_no_more(council, monkeypatch, tmp_path):
    before, signature, after = b"%PDF-1.7\n1 0 obj\n<< /ByteRange [%s] /Contents ", b"<00ff>", b">>\n%%EOF\n"
    numbers = f"0 {len(before) + 24:6} {len(before) + 30:6} {len(after):6}".encode().ljust(26)
    start = before.replace(b"%s", numbers)
    whole = start + signature + after
    numbers = f"0 {len(start)} {len(start) + len(signature)} {len(after)}".encode().ljust(26)
    whole = before.replace(b"%s", numbers) + signature + after
    (found,) = signatures_in(whole)
    assert (found["whole"], found["bytes_after"]) == (True, 0)
    (found,) = signatures_in(whole + b"more")
    assert (found["whole"], found["bytes_after"]) == (False, 4)
    (found,) = signatures_in(whole.replace(b"<00ff>", b"visibl"))
    assert not found["whole"]
    (tmp_path / "signed.pdf").write_bytes(whole)
    said, _ = asked(council, monkeypatch, tmp_path / "signed.pdf")
    assert said["signatures_checked"].startswith("no")


def test_both_verifiers_use_the_same_words():
    assert {*NAMES.values(), *ENDS.values(), "named"} == STANDINGS.keys() == verifier.STANDINGS.keys()
    assert (NAMES, ENDS) == (verifier.PAPER_NAMES, verifier.PAPER_ENDS)
