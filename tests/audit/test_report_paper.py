"""The report on paper says what was found, by which keys, and what it does not prove; the auditor can sign it."""

import io
from contextlib import closing
from hashlib import sha256
from random import Random

import pytest
from pypdf import PdfReader
from typer.testing import CliRunner

from audit import findings
from audit.paper_words import CHECKS, FINDINGS, STANDINGS, VERBS
from audit.papers import STANDINGS as OF_PAPERS
from dienhong.cli import app
from kernel.adapters.store_sqlite import SqliteStore
from ledger.note import Algorithm, parse, signer, verify
from tests.audit.logs import POLICY, Office, export
from tests.audit.tampering import copy, edit
from tests.audit.test_verbs import WITNESSED

pytestmark = pytest.mark.needs("vendor")


@pytest.fixture(scope="module")
def offices(tmp_path_factory):
    folder = tmp_path_factory.mktemp("report")
    with Office(folder / "data", seed=3) as office:
        office.session()
        (folder / "kept").write_text(office.file.latest() or "")
    edit(copy(folder / "data", folder / "edited"), Random(1))
    export(folder / "data", folder / "export.tar")
    (folder / "believed").write_text(POLICY)
    (folder / "witnessed").write_text(WITNESSED)
    return folder


@pytest.fixture
def reported(monkeypatch, tmp_path):
    """The exit code of a verb and what its report says."""

    def run(folder, *words):
        monkeypatch.setenv("DIENHONG_DATA_DIR", str(folder))
        monkeypatch.setenv("DIENHONG_DEPLOYMENT", "ward-1.example")
        path = tmp_path / "bao-cao.pdf"
        path.unlink(missing_ok=True)
        done = CliRunner().invoke(app, ["audit", *map(str, words), "--report", str(path)])
        reader = PdfReader(io.BytesIO(path.read_bytes()))
        text = "".join(page.extract_text().replace("\u200b", "") for page in reader.pages)
        return done.exit_code, " ".join(text.split())

    return run


def test_a_sound_log_is_reported_with_its_keys_and_what_is_not_proved(offices, reported):
    data = offices / "data"
    code, text = reported(data, "verify", "--policy", offices / "believed", "--known", offices / "kept")
    assert code == 0
    assert "KHÔNG PHÁT HIỆN THAY ĐỔI" in text and "ward-1.example/council-log/1" in text
    assert "do người kiểm toán mang theo" in text and "GIỚI HẠN" in text
    assert "lập lại cả cây" not in text
    code, text = reported(data, "verify")
    assert code == 0 and "lấy từ chính nguồn" in text and "lập lại cả cây" in text


def test_tampering_and_missing_witnesses_are_told_apart(offices, reported):
    code, text = reported(offices / "edited", "verify")
    assert code == 1 and "ĐÃ CHỨNG MINH CÓ THAY ĐỔI" in text and "(altered)" in text
    code, text = reported(offices / "data", "verify", offices / "export.tar", "--policy", offices / "witnessed")
    assert code == 2 and "CHƯA ĐỦ CĂN CỨ" in text and "chữ ký của nhân chứng city" in text
    code, text = reported(offices / "data", "verify", offices / "nowhere")
    assert code == 2 and "(file_missing)" in text


def test_polls_and_files_are_reported_too(offices, reported, tmp_path):
    code, text = reported(offices / "data", "poll", "all")
    assert code == 0 and "Số cuộc biểu quyết đã kiểm lại 3" in text
    with closing(SqliteStore(offices / "data" / "events.db", read_only=True)) as store:
        one = next(each.stream for each in store.read_all(0, 100) if each.type == "PollTallied")
    code, text = reported(offices / "data", "poll", one.removeprefix("poll-"))
    assert code == 0 and "Tán thành" in text and "Thông qua dự toán" in text
    stored = next(each for each in (offices / "data" / "documents").rglob("*") if each.is_file())
    code, text = reported(offices / "data", "pdf", stored)
    assert code == 0 and "ĐÚNG LÀ TỆP ĐÃ GHI" in text and "Tình trạng hiện nay: " in text
    (tmp_path / "other").write_bytes(b"other")
    code, text = reported(offices / "data", "pdf", tmp_path / "other")
    assert code == 2 and "(not_recorded)" in text


def test_the_auditors_signature_stands_beside_the_report(offices, reported, tmp_path):
    seed = tmp_path / "kiem-toan.seed"
    code, text = reported(offices / "data", "verify", "--sign-key", seed, "--auditor", "Thanh tra tỉnh")
    key = signer("kiem-toan", Algorithm.log_ed25519, seed.read_bytes()).key
    note = parse((tmp_path / "bao-cao.pdf.note").read_text())
    assert verify(note, [key]) == {key: None}
    digest = sha256((tmp_path / "bao-cao.pdf").read_bytes()).hexdigest()
    assert note.text == f"dienhong-audit-report/1\n{digest}\nverify 0\n"
    assert code == 0 and "THANH TRA TỈNH" in text and key.key_id.hex() in text


def test_nothing_is_written_over_and_no_key_signs_nothing(offices, tmp_path, monkeypatch):
    monkeypatch.setenv("DIENHONG_DATA_DIR", str(offices / "data"))
    there = tmp_path / "there.pdf"
    there.write_bytes(b"kept")
    for words in (["--report", str(there)], ["--sign-key", str(tmp_path / "a.seed")]):
        assert CliRunner().invoke(app, ["audit", "verify", *words]).exit_code != 0
    assert there.read_bytes() == b"kept"


def test_everything_that_can_be_found_has_official_words():
    assert findings.WORDS.keys() <= FINDINGS.keys()
    assert VERBS.keys() == CHECKS.keys()
    assert STANDINGS.keys() == OF_PAPERS.keys()
