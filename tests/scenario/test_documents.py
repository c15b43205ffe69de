"""From a file on the clerk's disk to what delegates read: upload, access, ranges, versions, damage, search."""

import hashlib
import io
import unicodedata
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest
from PIL import Image

from tests.files import pdf, word
from tests.world import COUNCIL, Client, World

HOSTILE_NAMES = ("../../tờ trình.pdf", 'a"; x=\r\nSet-Cookie: a.pdf', "x\u202efdp.pdf", "A" * 10_000 + ".pdf")
RESOLUTION = ["Nghị quyết về đầu tư công năm 2027", "Xây dựng tuyến đường sắt đô thị số 2"]


@pytest.fixture
def meeting_id(world: World) -> str:
    return plan(world)


def planned(world: World, title: str = "Kỳ họp thứ mười hai") -> dict[str, str]:
    return {
        "body_id": str(COUNCIL),
        "kind": "session_regular",
        "title": title,
        "place": "Hội trường UBND phường",
        "starts_at": (world.now + timedelta(days=20)).isoformat(),
        "ends_at": (world.now + timedelta(days=20, hours=4)).isoformat(),
        "presiding_officer_id": world.person("chair"),
        "minute_taker_id": world.person("clerk"),
    }


def plan(world: World, title: str = "Kỳ họp thứ mười hai") -> str:
    found: str = world.client("clerk").ok("POST", "/meetings", planned(world, title))["id"]
    world.client("clerk").ok("POST", f"/meetings/{found}/agenda", {"title": "Nội dung trình kỳ họp", "minutes": 60})
    return found


def upload(client: Client, meeting_id: str, content: bytes, name: str = "to_trinh.pdf", **query: Any) -> str:
    found: str = client.ok(
        "PUT",
        f"/meetings/{meeting_id}/documents",
        content=content,
        params=query,
        headers={"X-File-Name": quote(name), "Content-Type": "application/octet-stream"},
    )["id"]
    return found


def publish(world: World, meeting_id: str) -> None:
    clerk = world.client("clerk")
    clerk.ok("POST", f"/meetings/{meeting_id}/submission", {"leader_id": world.person("leader")})
    world.client("leader").ok("POST", f"/meetings/{meeting_id}/approval", {})
    clerk.ok("POST", f"/meetings/{meeting_id}/publication", {})


def test_an_uploaded_file_is_in_the_dossier_with_its_true_type_and_hash(world: World, meeting_id: str) -> None:
    clerk, content = world.client("clerk"), pdf(*RESOLUTION)
    document_id = upload(clerk, meeting_id, content, "Tờ trình 01.pdf", number="01/TTr-UBND")
    world.settle()
    found = clerk.ok("GET", f"/documents/{document_id}")
    version = found["document"]["versions"][0]
    assert found["document"]["title"] == "Tờ trình 01"
    assert version["media_type"] == "application/pdf"
    assert version["sha256"] == hashlib.sha256(content).hexdigest()
    assert version["pages"] == 2
    assert found["dossiers"][0]["meeting_id"] == meeting_id
    assert clerk.get(f"/api/v1/documents/{document_id}/original").content == content
    assert "đường sắt đô thị" in clerk.get(f"/api/v1/documents/{document_id}/text").text


def test_announced_length_and_hash_are_verified(world: World, meeting_id: str) -> None:
    clerk, content = world.client("clerk"), pdf("Báo cáo")
    path = f"/meetings/{meeting_id}/documents"
    sent = {"X-File-Name": "a.pdf", "X-Sha256": "0" * 64}
    assert clerk.refused("PUT", path, content=content, headers=sent) == (422, "length_mismatch")
    clerk.ok("PUT", path, content=content, headers={**sent, "X-Sha256": hashlib.sha256(content).hexdigest()})


def test_a_file_above_the_limit_is_refused_and_nothing_of_it_is_kept(world: World, meeting_id: str) -> None:
    clerk = world.client("clerk")
    world.embedded.gate.settings.__dict__["upload_limit_mib"] = 1
    path = f"/meetings/{meeting_id}/documents"

    def without_length() -> Any:
        yield from (b"%PDF-" + bytes(300_000) for _ in range(10))

    for content in (bytes(2_000_000), without_length()):
        assert clerk.refused("PUT", path, content=content) == (413, "file_too_large")
    assert clerk.ok("GET", f"/meetings/{meeting_id}")["documents"] == []
    assert list((world.settings.data_dir / "incoming").glob("*")) == []


def test_a_repeated_upload_with_the_same_key_adds_one_document(world: World, meeting_id: str) -> None:
    clerk = world.client("clerk")
    headers = {"X-File-Name": "a.pdf", "Idempotency-Key": "018f0000-0000-7000-8000-000000000001"}
    path, file = f"/meetings/{meeting_id}/documents", pdf("Báo cáo")
    first, second = (clerk.ok("PUT", path, content=file, headers=headers) for _ in range(2))
    assert first["id"] == second["id"]
    assert len(clerk.ok("GET", f"/meetings/{meeting_id}")["documents"]) == 1


def test_refused_files_leave_nothing_in_the_dossier(world: World, meeting_id: str) -> None:
    clerk = world.client("clerk")
    path = f"/meetings/{meeting_id}/documents"
    for name, content, code in (
        ("a.pdf", b"", "empty_file"),
        ("a.pdf", word("Báo cáo"), "type_mismatch"),
        ("a.pdf", pdf("Báo cáo") + b"PK\x03\x04", "pdf_trailing_bytes"),
        ("a.exe", b"MZ\x90\x00\x03", "unsupported_type"),
    ):
        assert clerk.refused("PUT", path, content=content, headers={"X-File-Name": name}) == (422, code)
    assert clerk.ok("GET", f"/meetings/{meeting_id}")["documents"] == []


def test_only_those_who_prepare_upload(world: World, meeting_id: str) -> None:
    path = f"/meetings/{meeting_id}/documents"
    assert world.client("outsider").refused("PUT", path, content=pdf("x")) == (404, "not_found")
    assert world.client("leader").refused("PUT", path, content=pdf("x")) == (403, "not_allowed")
    assert world.client("clerk").refused("PUT", path, content=pdf("x"), params={"kind": "link"})[1] == "link_needs_url"
    personal = {"kind": "personal"}
    assert world.client("clerk").refused("PUT", path, content=pdf("x"), params=personal)[1] == "personal_needs_person"


def test_delegates_read_a_document_once_it_is_published_and_outsiders_never(world: World, meeting_id: str) -> None:
    document_id = upload(world.client("clerk"), meeting_id, pdf("Báo cáo"))
    path = f"/documents/{document_id}"
    assert world.client("ana").refused("GET", path) == (404, "not_found")
    publish(world, meeting_id)
    assert world.client("ana").ok("GET", path)["document"]["id"] == document_id
    for part in ("", "/file", "/original", "/text"):
        assert world.client("outsider").refused("GET", f"{path}{part}") == (404, "not_found")


def test_personal_papers_are_for_their_person_and_those_who_prepare(world: World, meeting_id: str) -> None:
    document_id = upload(
        world.client("clerk"), meeting_id, pdf("Thư riêng bí mật"), kind="personal", for_person_id=world.person("ana")
    )
    publish(world, meeting_id)
    world.settle()
    assert world.client("ana").ok("GET", f"/documents/{document_id}")
    assert world.client("ben").refused("GET", f"/documents/{document_id}/file") == (404, "not_found")
    assert world.client("ana").ok("GET", "/search", params={"q": "thu rieng"})["hits"]
    assert world.client("ben").ok("GET", "/search", params={"q": "thu rieng"})["hits"] == []


def test_the_reader_gets_ranges_of_verified_bytes(world: World, meeting_id: str) -> None:
    clerk, content = world.client("clerk"), pdf(*RESOLUTION)
    path = f"/api/v1/documents/{upload(clerk, meeting_id, content)}/file"
    whole = clerk.get(path)
    assert (whole.status_code, whole.headers["accept-ranges"], whole.content) == (200, "bytes", content)
    assert whole.headers["content-type"] == "application/pdf"
    assert "sandbox" in whole.headers["content-security-policy"]
    part = clerk.get(path, headers={"Range": "bytes=5-14"})
    assert (part.status_code, part.content) == (206, content[5:15])
    assert part.headers["content-range"] == f"bytes 5-14/{len(content)}"
    assert clerk.get(path, headers={"Range": "bytes=-4"}).content == content[-4:]
    assert clerk.get(path, headers={"Range": "bytes=10-"}).content == content[10:]
    assert clerk.get(path, headers={"Range": "bytes=0-3", "If-Range": '"old"'}).status_code == 200
    beyond = clerk.get(path, headers={"Range": f"bytes={len(content)}-"})
    assert (beyond.status_code, beyond.headers["content-range"]) == (416, f"bytes */{len(content)}")
    for odd in ("bytes=1-2,4-5", "bytes=-", "lines=1-2", "bytes=x-y", f"bytes={'9' * 5000}-"):
        assert clerk.get(path, headers={"Range": odd}).content == content


@pytest.mark.parametrize(
    "name", ["../../tờ trình.pdf", 'a"; x=\r\nSet-Cookie: a.pdf', "x\u202efdp.pdf", "A" * 10_000 + ".pdf"]
)
def test_a_hostile_file_name_is_only_a_name(world: World, meeting_id: str, name: str) -> None:
    clerk = world.client("clerk")
    answer = clerk.get(f"/api/v1/documents/{upload(clerk, meeting_id, pdf('x'), name)}/original")
    header = answer.headers["content-disposition"]
    assert header.startswith("attachment; filename=")
    assert not set("\r\n/\\\u202e") & set(header)
    assert len(header) < 1000
    assert "set-cookie" not in answer.headers


def test_a_new_version_keeps_the_old_one_and_the_same_bytes_are_none(world: World, meeting_id: str) -> None:
    clerk = world.client("clerk")
    old, new = pdf("Dự thảo lần một"), pdf("Dự thảo lần hai")
    document_id = upload(clerk, meeting_id, old)
    path = f"/documents/{document_id}/versions"
    headers = {"X-File-Name": "b.pdf"}
    assert clerk.refused("POST", path, content=old, headers=headers) == (409, "same_bytes")
    clerk.ok("POST", path, content=new, headers=headers, params={"note": "Tiếp thu thẩm tra"})
    world.settle()
    versions = clerk.ok("GET", f"/documents/{document_id}")["document"]["versions"]
    assert [(each["version"], each["note"]) for each in versions] == [(2, "Tiếp thu thẩm tra"), (1, "")]
    assert clerk.get(f"/api/v1/documents/{document_id}/file").content == new
    assert clerk.get(f"/api/v1/documents/{document_id}/file?version=1").content == old
    assert clerk.refused("GET", f"/documents/{document_id}/file?version=3") == (404, "version_not_found")
    assert clerk.ok("GET", "/search", params={"q": "dự thảo lần hai"})["hits"]


def test_what_a_leader_approved_is_not_exchanged(world: World, meeting_id: str) -> None:
    clerk = world.client("clerk")
    document_id = upload(clerk, meeting_id, pdf("Bản trình"))
    clerk.ok("POST", f"/meetings/{meeting_id}/submission", {"leader_id": world.person("leader")})
    path, headers = f"/documents/{document_id}/versions", {"X-File-Name": "b.pdf"}
    refused = clerk.refused("POST", path, content=pdf("Bản khác"), headers=headers)
    assert refused == (409, "dossier_under_approval")


def test_damaged_bytes_are_never_served_and_the_log_says_so_once(world: World, meeting_id: str) -> None:
    clerk, content = world.client("clerk"), pdf("Báo cáo")
    document_id = upload(clerk, meeting_id, content)
    world.settle()
    key = hashlib.sha256(content).hexdigest()
    stored = world.settings.data_dir / "documents" / key[:2] / key
    stored.chmod(0o640)
    stored.write_bytes(content[:-10] + b"0123456789")
    for _ in range(2):
        assert clerk.refused("GET", f"/documents/{document_id}/file") == (502, "integrity_error")
    world.settle()
    assert clerk.ok("GET", f"/documents/{document_id}")["document"]["versions"][0]["damaged"]
    events = world.embedded.store.read(f"document-{document_id}")
    assert [each.type for each in events].count("DocumentIntegrityFailed") == 1


def test_a_file_that_ends_its_reader_only_ends_its_reader(world: World, meeting_id: str) -> None:
    clerk = world.client("clerk")
    nested = pdf("x").replace(b"/Contents", b"/X " + b"[" * 200_000 + b"]" * 200_000 + b" /Contents", 1)
    path = f"/meetings/{meeting_id}/documents"
    status, code = clerk.refused("PUT", path, content=nested, headers={"X-File-Name": "a.pdf"})
    assert (status, code) == (422, "unreadable_file")
    upload(clerk, meeting_id, pdf("Tệp lành"))


def test_search_finds_words_without_accents_numbers_and_decomposed_input(world: World, meeting_id: str) -> None:
    clerk = world.client("clerk")
    upload(clerk, meeting_id, pdf(*RESOLUTION), number="12/NQ-HĐND", title="Nghị quyết kỳ họp")
    world.settle()
    for query in ("dau tu", "đầu tư", unicodedata.normalize("NFD", "đầu tư"), "duong sat", "12/NQ-HĐND", "12/nq-hdnd"):
        hits = clerk.ok("GET", "/search", params={"q": query, "kind": "document"})["hits"]
        assert [hit["number"] for hit in hits] == ["12/NQ-HĐND"], query
    marked = [piece["text"] for piece in hits[0]["snippet"] if piece.get("found")]
    assert marked == [] or all(marked)


@pytest.mark.parametrize("query", ['"', "'", "a AND (", "NEAR(", "x" * 10_000, "", "*", "\x00", "title:x", "-", "😀"])
def test_no_query_breaks_the_search(world: World, query: str) -> None:
    assert world.client("ana").get("/api/v1/search", params={"q": query}).status_code == 200


def test_pages_of_hits_hold_only_what_the_reader_may_see(world: World) -> None:
    hidden, shown = plan(world, "Phiên kín về nhân sự"), plan(world, "Phiên mở về nhân sự")
    clerk = world.client("clerk")
    for number in range(3):
        upload(clerk, hidden, pdf(f"nhân sự kín {number}"), title=f"Nhân sự kín {number}")
        upload(clerk, shown, pdf(f"nhân sự mở {number}"), title=f"Nhân sự mở {number}")
    publish(world, shown)
    world.settle()
    found = world.client("ana").ok("GET", "/search", params={"q": "nhan su", "kind": "document"})
    titles = {"".join(piece["text"] for piece in hit["title"]) for hit in found["hits"]}
    assert titles == {f"Nhân sự mở {number}" for number in range(3)}
    assert not found["more"]


def test_a_picture_is_shown_as_it_is(world: World, meeting_id: str) -> None:
    clerk = world.client("clerk")
    picture = io.BytesIO()
    Image.new("RGB", (40, 20), "white").save(picture, "PNG")
    answer = clerk.get(f"/api/v1/documents/{upload(clerk, meeting_id, picture.getvalue(), 'scan.png')}/file")
    assert answer.headers["content-type"] == "image/png"
    assert answer.headers["content-disposition"].startswith("inline")


def test_pages_show_the_reader_the_versions_and_the_hits(world: World, meeting_id: str) -> None:
    clerk = world.client("clerk")
    document_id = upload(clerk, meeting_id, pdf(*RESOLUTION), title="Nghị quyết <b>đậm</b>")
    world.settle()
    page = clerk.get(f"/documents/{document_id}")
    assert page.status_code == 200
    assert 'id="reader"' in page.text
    assert f"/documents/{document_id}/file" in page.text
    assert "<b>đậm</b>" not in page.text
    hits = clerk.get("/search", params={"q": "duong sat"})
    assert "<mark>đường sắt</mark>" in hits.text
    nothing = clerk.get("/search", params={"q": "khongcogiherehet"})
    assert nothing.status_code == 200
    assert "<mark>" not in nothing.text


def test_a_version_that_came_after_the_invitation_says_so(world: World, meeting_id: str) -> None:
    clerk = world.client("clerk")
    document_id = upload(clerk, meeting_id, pdf("Bản gửi kèm giấy mời"))
    publish(world, meeting_id)
    assert "Sau giấy mời" not in clerk.get(f"/documents/{document_id}").text
    world.now += timedelta(minutes=5)
    headers = {"X-File-Name": "b.pdf"}
    clerk.ok("POST", f"/documents/{document_id}/versions", content=pdf("Bản thay"), headers=headers)
    page = world.client("ana").get(f"/documents/{document_id}").text
    assert "Sau giấy mời" in page
    assert "Phiên bản thêm sau khi gửi giấy mời" in page
    late_id = upload(clerk, meeting_id, pdf("Tài liệu bổ sung"))
    assert "Gửi muộn" in world.client("ana").get(f"/documents/{late_id}").text
