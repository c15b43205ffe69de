"""An official document is written here: set, drafted, and changed by its words, which are kept beside the PDF."""

import re
from io import BytesIO
from typing import Any
from urllib.parse import unquote

import pytest
from pypdf import PdfReader

from kernel.ids import uuid7
from tests.signing.test_blanks import draft
from tests.stamps import ids
from tests.world import COMMITTEE, COUNCIL, World

pytestmark = pytest.mark.needs("vendor")

WORDS = {
    "text": "Điều 1. Thành lập Tổ rà soát.\nĐiều 2. Quyết định này có hiệu lực từ ngày ký.",
    "bases": "Căn cứ Luật Tổ chức chính quyền địa phương",
}
DECISION: dict[str, Any] = {
    "kind": "decision",
    "issuer_id": str(COUNCIL),
    "issuer_symbol": "HĐND",
    "drafter_id": str(COUNCIL),
    "summary": "Về thành lập Tổ rà soát thủ tục",
    "signatory": {"person_id": str(ids("chair")), "position": "Chủ tịch"},
    "recipients": [{"name": "Ủy ban nhân dân", "unit_id": str(COMMITTEE), "received_for": "report"}],
    **WORDS,
}


def written(world: World, **fields: Any) -> str:
    return str(world.client("clerk").ok("POST", "/officials/written", {**DECISION, **fields})["id"])


def described(world: World, official: str) -> dict[str, Any]:
    shown: dict[str, Any] = world.client("clerk").ok("GET", f"/officials/{official}")["official"]["described"]
    return shown


def printed(world: World, official: str) -> str:
    text = described(world, official)["document_id"]
    content = world.client("clerk").request("GET", f"/api/v1/documents/{text}/original").content
    return words_in(content)


def words_in(content: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages).split())


def head(world: World) -> int:
    world.settle()
    return world.embedded.store.wait(0, 0)


def test_a_decision_is_written_and_drafted_in_one_request(shared_world: World) -> None:
    clerk, key = shared_world.client("clerk"), {"Idempotency-Key": str(uuid7())}
    official = clerk.ok("POST", "/officials/written", DECISION, headers=key)["id"]
    before = head(shared_world)
    assert clerk.ok("POST", "/officials/written", DECISION, headers=key)["id"] == official
    other = {**DECISION, "text": "Điều 1. Giải thể Tổ rà soát."}
    assert clerk.refused("POST", "/officials/written", other, headers=key) == (409, "id_conflict")
    assert head(shared_world) == before
    assert described(shared_world, official)["recipients"][0]["received_for"] == "report"
    for each in ("QUYẾT ĐỊNH:", "Điều 1.", "Ủy ban nhân dân (để b/c);", "Lưu: VT"):
        assert each in printed(shared_world, official)
    kept = clerk.ok("GET", f"/officials/{official}/words")
    assert {name: kept[name] for name in WORDS} == WORDS


def test_a_preview_is_the_paper_and_keeps_nothing(shared_world: World) -> None:
    clerk, stored = shared_world.client("clerk"), shared_world.settings.data_dir / "documents"
    before, files = head(shared_world), sorted(stored.rglob("*"))
    answer = clerk.post("/api/v1/officials/text/preview", json={**DECISION, "summary": "Về bản đồ 🗺"})
    assert answer.headers["content-type"] == "application/pdf"
    assert "Về bản đồ" in words_in(answer.content)
    assert unquote(answer.headers["x-unprintable"]) == "🗺"
    assert (head(shared_world), sorted(stored.rglob("*"))) == (before, files)


def test_the_words_are_changed_after_a_comment(shared_world: World) -> None:
    clerk, official = shared_world.client("clerk"), written(shared_world)
    clerk.ok("POST", f"/officials/{official}/comments", {"text": "Nêu thời hạn."})
    first = described(shared_world, official)["document_id"]
    changed = {**DECISION, "text": "Điều 1. Thành lập Tổ rà soát trước ngày 31 tháng 12.", "document_id": first}
    clerk.ok("PUT", f"/officials/{official}/written", changed)
    second = described(shared_world, official)["document_id"]
    assert second != first and "31 tháng 12" in printed(shared_world, official)
    assert clerk.ok("GET", f"/officials/{official}/words")["text"] == changed["text"]
    assert clerk.refused("PUT", f"/officials/{official}/written", changed) == (409, "stale_document")


def test_nobody_loses_what_they_type_when_the_paper_has_been_read(shared_world: World) -> None:
    official = written(shared_world)
    for login in ("clerk", "leader"):
        shown = shared_world.client(login).get(f"/officials/{official}").text
        key = re.findall(r"/_way\?stage=([\w-]+)", shown)[0]
        shared_world.settle()
        answer = shared_world.client(login).get(f"/officials/{official}/_way", params={"stage": key})
        assert "hx-refresh" not in answer.headers


def test_the_same_words_again_are_no_new_text(shared_world: World) -> None:
    clerk, official = shared_world.client("clerk"), written(shared_world)
    before, text = head(shared_world), described(shared_world, official)["document_id"]
    clerk.ok("PUT", f"/officials/{official}/written", DECISION)
    assert (head(shared_world), described(shared_world, official)["document_id"]) == (before, text)
    clerk.ok("PUT", f"/officials/{official}/written", {**DECISION, "urgency": "urgent"})
    assert described(shared_world, official)["document_id"] != text


def test_a_text_that_came_as_a_file_has_no_words(shared_world: World) -> None:
    clerk, official = shared_world.client("clerk"), written(shared_world)
    headers = {"X-File-Name": "van-ban.pdf"}
    file = clerk.ok("PUT", f"/bodies/{COUNCIL}/official-texts", content=draft(), headers=headers)["id"]
    clerk.ok("PUT", f"/officials/{official}", {**described(shared_world, official), "document_id": file})
    assert clerk.refused("GET", f"/officials/{official}/words") == (404, "words_not_kept")


def test_what_is_on_its_way_to_be_signed_is_not_written_any_more(shared_world: World) -> None:
    clerk, official = shared_world.client("clerk"), written(shared_world)
    clerk.ok("POST", f"/officials/{official}/abandonment", {"reason": "Không cần nữa."})
    before = head(shared_world)
    assert clerk.refused("PUT", f"/officials/{official}/written", DECISION) == (409, "not_a_draft")
    assert head(shared_world) == before


def test_who_may_not_draft_writes_nothing(shared_world: World) -> None:
    before = head(shared_world)
    for path in ("written", "text/preview"):
        assert shared_world.client("ana").refused("POST", f"/officials/{path}", DECISION)[0] == 403
        unknown = {**DECISION, "recipients": [{"name": "Không có", "unit_id": str(ids("nobody"))}]}
        assert shared_world.client("clerk").refused("POST", f"/officials/{path}", unknown) == (422, "no_such_unit")
    assert head(shared_world) == before
