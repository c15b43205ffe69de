"""A document's bytes deleted by a lawful order: gone wherever they were, and everybody is told why."""

import hashlib
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote
from uuid import UUID

import pytest

from audit.export import Exporting, tar_stream
from audit.findings import Report
from audit.sources import DataFolder
from audit.verbs import check_documents
from dienhong.audit_replay import Wanted as Shown
from dienhong.audit_replay import replay
from dienhong.auditing import ledger_of, own_policy
from dienhong.console import Fault
from dienhong.erasing_documents import Wanted, erase_documents
from dienhong.folder import open_log
from dienhong.orders import Order
from kernel.adapters.store_sqlite import SqliteStore
from kernel.codec import encode_meta
from kernel.decider import Refused
from kernel.ids import uuid7
from kernel.messages import NewEvent
from kernel.ports import NO_STREAM
from kernel.wiring import open_blobs
from ledger.policy import parse_policy
from tests.audit.logs import audited
from tests.files import pdf, word
from tests.scenario.test_command_line import dienhong, fails
from tests.scenario.test_documents import plan, publish, upload
from tests.scenario.test_erasure import ADMIN, AUDITOR, BASIS
from tests.scenario.test_ledger import signed_up_to_now
from tests.scenario.test_official_writing import DECISION, described, written
from tests.world import PASSWORD, World

pytestmark = pytest.mark.embedded

WORDS = "Danh sách hộ nghèo kèm số định danh cá nhân"
PAPER, REDACTED = pdf(WORDS), pdf("Danh sách đã lược bỏ thông tin cá nhân")
ORDER = Order(BASIS, ADMIN, AUDITOR)


@pytest.fixture
def world(tmp_path: Path, compose: Callable[..., Any]) -> Iterator[World]:
    world = World(tmp_path / "data", compose)
    world.enable("admin", "auditor", "clerk")
    yield world


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def add_version(world: World, document_id: str, content: bytes) -> None:
    headers = {"X-File-Name": quote("ban-moi.pdf"), "Content-Type": "application/octet-stream"}
    path = f"/documents/{document_id}/versions"
    world.client("clerk").ok("POST", path, content=content, headers=headers)


def closed(world: World) -> None:
    world.settle()
    signed_up_to_now(world)
    world.close()


def erase(world: World, *documents: str, version: int | None = None, order: Order = ORDER) -> tuple[str, ...]:
    return erase_documents(world.settings, Wanted(tuple(map(UUID, documents)), version), order)


def stored(folder: Path) -> set[str]:
    return {each.name for each in (folder / "documents").glob("??/*")}


def audits(world: World, tmp_path: Path, capsys: Any) -> list[dict[str, Any]]:
    """What both verifiers say about the documents: ours of the folder, the auditor's own of an export."""
    settings, ours = world.settings, Report("blobs")
    target = tmp_path / f"{len(list(tmp_path.iterdir()))}.tar"
    with open_log(settings) as log, ledger_of(settings) as ledger:
        policy, stored_bytes = own_policy(settings), open_blobs(settings)
        source = DataFolder(log, ledger, stored_bytes, lambda: policy)
        check_documents(ours, source, parse_policy(policy))
        exporting = Exporting(log, ledger, policy, stored_bytes)
        target.write_bytes(b"".join(tar_stream(exporting.members())))
        assert exporting.missing == [each.about for each in ours.findings if each.code == "blob_missing"]
    findings = [{"code": each.code, "about": each.about, "index": each.index} for each in ours.findings]
    return [{"exit": ours.exit, "findings": findings, **ours.facts}, audited(capsys, "blobs", target)]


def test_bytes_text_and_search_are_gone_and_people_are_told_why(world: World, tmp_path: Path, capsys: Any) -> None:
    meeting_id = plan(world)
    document_id = upload(world.client("clerk"), meeting_id, PAPER, "danh_sach.pdf")
    publish(world, meeting_id)
    world.settle()
    assert document_id in world.client("clerk").get("/search", params={"q": "hộ nghèo"}).text
    closed(world)
    folder = world.settings.data_dir
    assert sha256(PAPER) in stored(folder)
    gone = erase(world, document_id)
    assert erase(world, document_id) == gone
    assert sha256(PAPER) in gone and len(gone) == 2
    assert not stored(folder) & set(gone)
    assert [each.name for each in folder.rglob("*") if each.is_file() and WORDS.encode() in each.read_bytes()] == []

    again = World(folder)
    again.settle()
    clerk, delegate = again.client("clerk"), again.client("ana")
    page = delegate.get(f"/documents/{document_id}")
    assert page.status_code == 200 and BASIS in page.text and "đã được xóa" in page.text
    assert "Tải tệp gốc" not in page.text
    for path in ("file", "original", "text"):
        assert clerk.refused("GET", f"/documents/{document_id}/{path}") == (410, "document_erased")
        assert delegate.get(f"/documents/{document_id}/{path}").status_code == 410
    assert document_id not in clerk.get("/search", params={"q": "hộ nghèo"}).text
    version = clerk.ok("GET", f"/documents/{document_id}")["document"]["versions"][0]
    assert version["erased_basis"] == BASIS and version["sha256"] == sha256(PAPER)
    recorded = [each for each in again.embedded.store.read(f"document-{document_id}") if each.type == "DocumentErased"]
    assert len(recorded) == 1 and recorded[0].actor == again.person("admin")
    assert not [e for e in again.embedded.store.read(f"document-{document_id}") if e.type == "DocumentIntegrityFailed"]
    assert clerk.get(f"/api/v1/documents/{document_id}/proof").status_code in (200, 409)
    signed_up_to_now(again)
    again.close()
    for said in audits(again, tmp_path, capsys):
        assert (said["exit"], said["findings"], said["erased_documents"]) == (0, [], sorted(gone))
    report = Report("replay")
    with open_log(world.settings) as log:
        replay(report, world.settings, log, open_blobs(world.settings), Shown(), lambda _position: None)
    assert report.findings == []


def test_erased_bytes_do_not_come_back(world: World) -> None:
    meeting_id = plan(world)
    document_id = upload(world.client("clerk"), meeting_id, PAPER)
    closed(world)
    erase(world, document_id)
    again = World(world.settings.data_dir)
    headers = {"X-File-Name": "lai.pdf", "Content-Type": "application/octet-stream"}
    refused = again.client("clerk").refused("PUT", f"/meetings/{meeting_id}/documents", content=PAPER, headers=headers)
    assert refused == (409, "bytes_erased")
    assert sha256(PAPER) not in stored(again.settings.data_dir)
    upload(again.client("clerk"), meeting_id, REDACTED)
    again.close()


def test_one_version_goes_and_the_others_stay(world: World) -> None:
    document_id = upload(world.client("clerk"), plan(world), PAPER)
    add_version(world, document_id, REDACTED)
    closed(world)
    erase(world, document_id, version=1)
    again = World(world.settings.data_dir)
    again.settle()
    clerk = again.client("clerk")
    assert clerk.get(f"/api/v1/documents/{document_id}/original").content == REDACTED
    assert clerk.refused("GET", f"/documents/{document_id}/original?version=1") == (410, "document_erased")
    assert "Đã xóa theo quyết định" in clerk.get(f"/documents/{document_id}").text
    assert "lược bỏ" in clerk.get("/search", params={"q": "lược bỏ"}).text
    again.close()


def test_equal_bytes_of_two_documents_go_together_or_not_at_all(world: World) -> None:
    meeting_id = plan(world)
    one, two = (upload(world.client("clerk"), meeting_id, PAPER, name) for name in ("a.pdf", "b.pdf"))
    closed(world)
    with pytest.raises(Fault, match=f"document-{two}: the order must name that too"):
        erase(world, one)
    assert sha256(PAPER) in stored(world.settings.data_dir)
    gone = erase(world, one, two)
    again = World(world.settings.data_dir)
    for each in (one, two):
        erased = [e for e in again.embedded.store.read(f"document-{each}") if e.type == "DocumentErased"]
        assert json.loads(erased[0].data)["sha256"] == list(gone)
    again.close()


def test_what_minutes_or_a_signature_name_no_order_erases(world: World) -> None:
    document_id = upload(world.client("clerk"), plan(world), PAPER)
    meta = encode_meta("clerk", world.settings.deployment, uuid7(), uuid7())
    data = json.dumps({"meeting_id": str(uuid7()), "pdf_sha256": sha256(PAPER)}).encode()
    closed(world)
    store = SqliteStore(world.settings.data_dir / "events.db")
    store.append("minutes-1", [NewEvent(uuid7(), "MinutesSubmitted", data, meta)], NO_STREAM)
    store.close()
    with pytest.raises(Fault, match="MinutesSubmitted in minutes-1, which no order can erase"):
        erase(world, document_id)
    assert sha256(PAPER) in stored(world.settings.data_dir)


def test_a_text_that_another_document_has_too_stays_with_that_one(world: World) -> None:
    """The same words as a PDF of other bytes have the same text."""
    meeting_id = plan(world)
    one = upload(world.client("clerk"), meeting_id, PAPER)
    other = upload(world.client("clerk"), meeting_id, PAPER.replace(b"\x80\x80\x80\x80", b"\x81\x80\x80\x80"))
    closed(world)
    assert erase(world, one) == (sha256(PAPER),)
    again = World(world.settings.data_dir)
    again.settle()
    assert "hộ nghèo" in again.client("clerk").get(f"/api/v1/documents/{other}/text").text
    again.close()


def test_the_reading_copy_of_an_office_file_goes_with_it(world: World) -> None:
    document_id = upload(world.client("clerk"), plan(world), word(WORDS), "danh_sach.docx")
    world.settle()
    version = world.client("clerk").ok("GET", f"/documents/{document_id}")["document"]["versions"][0]
    made = {version["sha256"], version["text_sha256"], version["pdf_sha256"]} - {None}
    closed(world)
    assert set(erase(world, document_id)) == made


@pytest.mark.needs("vendor")
def test_the_words_that_a_document_was_written_with_go_with_it(world: World, tmp_path: Path, capsys: Any) -> None:
    official = written(world, text=f"Điều 1. {WORDS}.")
    document_id = described(world, official)["document_id"]
    world.settle()
    version = world.client("clerk").ok("GET", f"/documents/{document_id}")["document"]["versions"][0]
    assert version["words_sha256"] in stored(world.settings.data_dir)
    closed(world)
    gone = erase(world, document_id)
    assert version["words_sha256"] in gone and not stored(world.settings.data_dir) & set(gone)
    again = World(world.settings.data_dir)
    again.settle()
    assert again.client("clerk").refused("GET", f"/officials/{official}/words") == (404, "words_not_kept")
    refused = again.client("clerk").refused("POST", "/officials/written", {**DECISION, "text": f"Điều 1. {WORDS}."})
    assert refused == (409, "bytes_erased")
    signed_up_to_now(again)
    again.close()
    for said in audits(again, tmp_path, capsys):
        assert (said["exit"], said["findings"], said["erased_documents"]) == (0, [], sorted(gone))


def test_an_order_that_is_not_lawful_deletes_nothing(world: World) -> None:
    document_id = upload(world.client("clerk"), plan(world), PAPER)
    closed(world)
    with pytest.raises(Fault, match=f"There is no document {UUID(int=1)}"):
        erase(world, str(UUID(int=1)))
    for changes, reason in UNLAWFUL:
        with pytest.raises((Fault, Refused), match=reason):
            erase(world, document_id, **changes)
    assert sha256(PAPER) in stored(world.settings.data_dir)
    again = World(world.settings.data_dir)
    assert again.client("clerk").get(f"/api/v1/documents/{document_id}/original").content == PAPER
    again.close()


UNLAWFUL: tuple[tuple[dict[str, Any], str], ...] = (
    ({"order": Order(BASIS, ADMIN, ADMIN)}, "second_person_needed"),
    ({"order": Order("luật", ADMIN, AUDITOR)}, "basis"),
    ({"order": Order(BASIS, AUDITOR, ADMIN)}, "auditor must be administrator"),
    ({"version": 7}, "of version 7"),
)


def test_interrupted_before_the_bytes_are_gone_it_is_seen_and_the_same_command_ends_it(
    world: World, tmp_path: Path, capsys: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    document_id = upload(world.client("clerk"), plan(world), PAPER)
    closed(world)
    with monkeypatch.context() as power, pytest.raises(KeyboardInterrupt):
        power.setattr("kernel.adapters.blobs_files.FileBlobs.erase", interrupted)
        erase(world, document_id)
    for said in audits(world, tmp_path, capsys):
        assert said["exit"] == 2 and {each["code"] for each in said["findings"]} == {"blob_not_erased"}
    gone = erase(world, document_id)
    for said in audits(world, tmp_path, capsys):
        assert (said["exit"], said["erased_documents"]) == (0, sorted(gone))


def interrupted(*_: object) -> None:
    raise KeyboardInterrupt


def test_bytes_that_are_gone_without_an_order_are_missing(world: World, tmp_path: Path, capsys: Any) -> None:
    document_id = upload(world.client("clerk"), plan(world), PAPER)
    other = upload(world.client("clerk"), plan(world), REDACTED)
    closed(world)
    erase(world, document_id)
    (world.settings.data_dir / "documents" / sha256(REDACTED)[:2] / sha256(REDACTED)).unlink()
    assert other
    for said in audits(world, tmp_path, capsys):
        assert said["exit"] == 2
        assert [(each["code"], each["about"]) for each in said["findings"]] == [("blob_missing", sha256(REDACTED))]


def test_the_command_asks_two_people(world: World) -> None:
    document_id = upload(world.client("clerk"), plan(world), PAPER)
    closed(world)
    folder, name = world.settings.data_dir, world.settings.deployment
    words = ("erase", "--document", document_id, "--basis", BASIS, "--ordered-by", "admin", "--confirmed-by", "auditor")
    both = f"{PASSWORD}\n{PASSWORD}\n"
    assert "not both" in fails(folder, 2, *words, "7", "--field", "text", stdin=both, DIENHONG_DEPLOYMENT=name)
    done = dienhong(folder, *words, stdin=both, DIENHONG_DEPLOYMENT=name)
    assert (done.returncode, done.stdout) == (0, "") and sha256(PAPER) in done.stderr
