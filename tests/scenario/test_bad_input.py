"""Malformed requests and files: each is refused by its own code with a clear answer, and nothing of it is recorded."""

import io
import json
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest
from PIL import Image
from pypdf import PdfWriter
from pypdf.generic import DictionaryObject, NameObject, TextStringObject

from kernel.ids import uuid7
from tests.files import changed_pdf, pdf, word
from tests.world import COUNCIL, WORKS, World

JSON = {"Content-Type": "application/json"}


@dataclass(frozen=True)
class Bad:
    """`path` and `body` may name ids of the scene as {meeting}, {item}, {poll}, {task}, {ana}."""

    label: str
    method: str
    path: str
    body: Any
    status: int
    code: str
    login: str = "clerk"
    headers: tuple[tuple[str, str], ...] = ()


def plan(**changed: Any) -> dict[str, Any]:
    body = {
        "body_id": str(COUNCIL),
        "kind": "session_regular",
        "title": "Kỳ họp thử",
        "place": "Hội trường",
        "starts_at": "2030-01-07T01:00:00Z",
        "ends_at": "2030-01-07T04:00:00Z",
        "presiding_officer_id": "{chair}",
        "minute_taker_id": "{clerk}",
    }
    body.update(changed)
    return {name: value for name, value in body.items() if value is not None}


def task(**changed: Any) -> dict[str, Any]:
    body = {"title": "Lắp biển", "lead_unit_id": str(WORKS), "due_at": "2030-01-07T10:00:00Z", **changed}
    return {name: value for name, value in body.items() if value is not None}


M = "/meetings"
AGENDA = "/meetings/{draft}/agenda"

REQUESTS = [
    Bad("not JSON at all", "POST", M, b"hello", 400, "bad_request", headers=(("Content-Type", "application/json"),)),
    Bad("JSON cut off", "POST", M, b'{"title": "x', 400, "bad_request"),
    Bad("not UTF-8", "POST", M, b'{"title": "\xff\xfe"}', 400, "bad_request"),
    Bad("a repeated key", "POST", M, b'{"title": "a", "title": "b"}', 400, "bad_request"),
    Bad("NaN", "POST", AGENDA, b'{"title": "a", "minutes": NaN}', 400, "bad_request"),
    Bad("infinity", "POST", AGENDA, b'{"title": "a", "minutes": -Infinity}', 400, "bad_request"),
    Bad("an integer beyond 2^53", "POST", AGENDA, b'{"title":"a","minutes":9007199254740993}', 400, "bad_request"),
    Bad("an integer of a thousand digits", "POST", AGENDA, b'{"minutes":' + b"9" * 1000 + b"}", 400, "bad_request"),
    Bad("nesting too deep", "POST", AGENDA, b'{"title":' + b"[" * 40 + b"]" * 40 + b"}", 400, "bad_request"),
    Bad("nesting that would exhaust the stack", "POST", AGENDA, b"[" * 100_000, 400, "bad_request"),
    Bad("ten megabytes", "POST", AGENDA, b'{"title":"' + b"x" * 10_000_000 + b'"}', 413, "too_large"),
    Bad("a list instead of an object", "POST", M, [], 422, "invalid"),
    Bad("null instead of an object", "POST", M, None, 422, "invalid"),
    Bad("an empty object", "POST", M, {}, 422, "invalid"),
    Bad("an unknown field", "POST", M, plan(titel="x"), 422, "invalid"),
    Bad("a form instead of JSON", "POST", M, b"title=x", 422, "invalid", headers=(("Content-Type", "text/plain"),)),
    Bad("a stamped field", "POST", M, plan(actor="someone"), 422, "invalid"),
    Bad("title missing", "POST", M, plan(title=None), 422, "invalid"),
    Bad("title too short", "POST", M, plan(title="ab"), 422, "invalid"),
    Bad("title too long", "POST", M, plan(title="x" * 301), 422, "invalid"),
    Bad("title is a number", "POST", M, plan(title=7), 422, "invalid"),
    Bad("a lone surrogate", "POST", M, b'{"title": "\\ud800 abc"}', 422, "invalid"),
    Bad("unknown kind", "POST", M, plan(kind="party"), 422, "invalid"),
    Bad("time without zone", "POST", M, plan(starts_at="2030-01-07T01:00:00"), 422, "invalid"),
    Bad("time that is no time", "POST", M, plan(starts_at="ngày mai"), 422, "invalid"),
    Bad("February 30", "POST", M, plan(starts_at="2030-02-30T01:00:00Z"), 422, "invalid"),
    Bad("an id that is none", "POST", M, plan(presiding_officer_id="chair"), 422, "invalid"),
    Bad("ends before it starts", "POST", M, plan(ends_at="2030-01-07T00:00:00Z"), 422, "times_not_ordered"),
    Bad("nobody of that id presides", "POST", M, plan(presiding_officer_id="{nobody}"), 422, "no_such_person"),
    Bad("a body that does not exist", "POST", M, plan(body_id="{nobody}"), 404, "not_found"),
    Bad("an id in the path that is none", "GET", "/meetings/abc", None, 422, "invalid"),
    Bad("a meeting that does not exist", "GET", "/meetings/{nobody}", None, 404, "not_found"),
    Bad("an address that does not exist", "GET", "/nothing/here", None, 404, "not_found"),
    Bad("a method that is not served", "DELETE", M, None, 405, "method_not_allowed"),
    Bad("an idempotency key that is no UUID", "POST", M, plan(), 422, "invalid", headers=(("Idempotency-Key", "1"),)),
    Bad("from another site", "POST", M, plan(), 403, "cross_site", headers=(("Sec-Fetch-Site", "cross-site"),)),
    Bad("from another origin", "POST", M, plan(), 403, "cross_site", headers=(("Origin", "https://evil.example"),)),
    Bad("negative minutes", "POST", AGENDA, {"title": "x", "minutes": -1}, 422, "invalid"),
    Bad("minutes and a half", "POST", AGENDA, {"title": "x", "minutes": 1.5}, 422, "invalid"),
    Bad("minutes as a word", "POST", AGENDA, {"title": "x", "minutes": "ten"}, 422, "invalid"),
    Bad("a parent that is not there", "POST", AGENDA, {"title": "x", "minutes": 5, "parent_id": "{nobody}"}, 404, "no_such_item"),
    Bad("a link that is a script", "POST", "/meetings/{draft}/links", {"url": "javascript:alert(1)", "title": "x"}, 422, "link_needs_url"),
    Bad("a link without a scheme", "POST", "/meetings/{draft}/links", {"url": "example.org", "title": "x"}, 422, "link_needs_url"),
    Bad("publishing what nobody approved", "POST", "/meetings/{draft}/publication", {}, 409, "not_approved"),
    Bad("returning without a reason", "POST", "/meetings/{draft}/return", {"reason": ""}, 422, "invalid", "leader"),
    Bad("checking in without a roll call", "POST", "/meetings/{published}/check-in", {"mode": "online"}, 409, "roll_call_not_open", "ana"),
    Bad("attending by telepathy", "POST", "/meetings/{held}/check-in", {"mode": "telepathy"}, 422, "invalid", "ana"),
    Bad("a wrong check-in code", "POST", "/meetings/{held}/check-in", {"mode": "in_person", "code": "000000"}, 422, "wrong_code", "eve"),
    Bad("the floor for a day", "POST", "/meetings/{held}/floor-requests/{nobody}/give", {"seconds": 86400}, 422, "invalid", "chair"),
    Bad("the floor for nobody", "POST", "/meetings/{held}/floor-requests/{nobody}/give", {"seconds": 60}, 404, "not_found", "chair"),
    Bad("a choice that is not offered", "POST", "/polls/{poll}/ballots", {"choice": "maybe"}, 422, "unknown_choice", "ana"),
    Bad("a choice that is markup", "POST", "/polls/{poll}/ballots", {"choice": "<b>"}, 422, "invalid", "ana"),
    Bad("two choices", "POST", "/polls/{poll}/ballots", {"choice": ["for", "against"]}, 422, "invalid", "ana"),
    Bad("voting for somebody else", "POST", "/polls/{poll}/ballots", {"choice": "for", "voter_id": "{ben}"}, 403, "not_a_representative", "ana"),
    Bad("voting without being present", "POST", "/polls/{poll}/ballots", {"choice": "for"}, 409, "not_present_to_vote", "eve"),
    Bad("voting in a poll that is none", "POST", "/polls/{nobody}/ballots", {"choice": "for"}, 404, "not_found", "ana"),
    Bad("closing without the right", "POST", "/polls/{poll}/close", {}, 403, "not_allowed", "ana"),
    Bad("publishing an open poll", "POST", "/polls/{poll}/publish", {}, 409, "poll_still_open", "chair"),
    Bad("a rule card that is none", "POST", "/meetings/{held}/polls", {"question": "?", "card_id": "dice"}, 422, "unknown_rule_card", "chair"),
    Bad("a task due in the past", "POST", "/tasks", task(due_at="2020-01-01T00:00:00Z"), 422, "due_in_the_past", "chair"),
    Bad("a task for no unit", "POST", "/tasks", task(lead_unit_id=None), 422, "invalid", "chair"),
    Bad("progress of 101 percent", "POST", "/tasks/{nobody}/progress", {"percent": 101, "note": "x"}, 422, "invalid", "works"),
    Bad("a stream of nothing", "GET", "/../../stream?topics=", None, 422, "bad_topics"),
    Bad("a stream of what is not there", "GET", "/../../stream?topics=meeting-{nobody}", None, 404, "not_found"),
    Bad("not signed in", "GET", M, None, 401, "not_signed_in", ""),
    Bad("somebody else's cookie", "GET", M, None, 401, "not_signed_in", "", (("Cookie", "s=" + "A" * 43),)),
    Bad("a password that is no text", "POST", "/session", {"login": "ana", "password": 5}, 422, "invalid", ""),
    Bad("a login with a line break", "POST", "/session", {"login": "a\nb", "password": "x"}, 401, "sign_in_failed", ""),
    Bad("a search page before the first", "GET", "/search?q=x&page=0", None, 422, "invalid"),
]  # fmt: skip


def zipped(entries: dict[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return made.getvalue()


def docx_with(entries: dict[str, bytes]) -> bytes:
    with zipfile.ZipFile(io.BytesIO(word("x"))) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    return zipped({**parts, **entries})


def encrypted(writer: PdfWriter) -> None:
    writer.encrypt("secret")


def scripted(writer: PdfWriter) -> None:
    script = {NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): TextStringObject("app.alert(1)")}
    writer.root_object[NameObject("/OpenAction")] = DictionaryObject(script)


def picture(width: int, height: int) -> bytes:
    made = io.BytesIO()
    Image.new("1", (width, height)).save(made, "PNG")
    return made.getvalue()


FILES: list[tuple[str, str, bytes, str]] = [
    ("empty", "a.pdf", b"", "empty_file"),
    ("a text that says it is a PDF", "a.pdf", b"hello, this is text", "type_mismatch"),
    ("a PDF that says it is a picture", "a.png", pdf("x"), "type_mismatch"),
    ("a program", "a.exe", b"MZ\x90\x00" + b"\x00" * 200, "unsupported_type"),
    ("a page of script", "a.html", b"<html><script>alert(1)</script></html>", "type_mismatch"),
    ("an SVG with script", "a.svg", b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", "type_mismatch"),
    ("a plain archive", "a.zip", zipped({"a.txt": b"x"}), "unsupported_type"),
    ("bytes before the PDF", "a.pdf", b"GIF89a" + pdf("x"), "pdf_leading_bytes"),
    ("an archive after the PDF", "a.pdf", pdf("x") + zipped({"a": b"x"}), "pdf_trailing_bytes"),
    ("half a PDF", "a.pdf", pdf("x")[:300], "unreadable_file"),
    ("an encrypted PDF", "a.pdf", changed_pdf(encrypted), "pdf_encrypted"),
    ("a PDF with script", "a.pdf", changed_pdf(scripted), "pdf_javascript"),
    ("a PDF with a file inside", "a.pdf", changed_pdf(lambda w: w.add_attachment("a", b"x")), "pdf_embedded_file"),
    ("a Word file with macros", "a.docx", docx_with({"word/vbaProject.bin": b"\xd0\xcf\x11\xe0"}), "office_macros"),
    ("a bomb of zeros", "a.docx", docx_with({"word/media/x.bin": b"\0" * 60_000_000}), "archive_ratio"),
    ("a thousand and one parts", "a.docx", docx_with({f"p/{n}": b"" for n in range(1001)}), "archive_too_many_entries"),
    ("a part outside its folder", "a.docx", docx_with({"../../etc/passwd": b"x"}), "archive_unsafe_name"),
    ("a picture of 60 megapixels", "a.png", picture(10_000, 6_000), "image_too_large"),
    ("half a picture", "a.png", picture(500, 500)[:80], "unreadable_file"),
]


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[World, dict[str, str]]]:
    world = World(tmp_path_factory.mktemp("data"))
    names = {login: world.person(login) for login in ("chair", "clerk", "ana", "ben")}
    names |= {"nobody": str(uuid7()), "draft": meeting(world, 20), "published": published(world, 10)}
    names["held"] = published(world, 0)
    hold(world, names["held"])
    question = {"question": "Thông qua?", "card_id": "council_more_than_half"}
    names["poll"] = world.client("chair").ok("POST", f"/meetings/{names['held']}/polls", question)["id"]
    yield world, names
    world.close()


def meeting(world: World, days: int) -> str:
    starts = world.now + timedelta(days=days, hours=1)
    clerk = world.client("clerk")
    times = {"starts_at": starts.isoformat(), "ends_at": (starts + timedelta(hours=2)).isoformat()}
    people = {"presiding_officer_id": world.person("chair"), "minute_taker_id": world.person("clerk")}
    made = clerk.ok("POST", "/meetings", plan(**times, **people))["id"]
    clerk.ok("POST", f"/meetings/{made}/agenda", {"title": "Ngân sách", "minutes": 30})
    return str(made)


def published(world: World, days: int) -> str:
    made = meeting(world, days)
    world.client("clerk").ok("POST", f"/meetings/{made}/submission", {"leader_id": world.person("leader")})
    world.client("leader").ok("POST", f"/meetings/{made}/approval", {})
    world.client("clerk").ok("POST", f"/meetings/{made}/publication", {})
    return made


def hold(world: World, made: str) -> None:
    clerk = world.client("clerk")
    clerk.ok("POST", f"/meetings/{made}/roll-call")
    for login in ("chair", "leader", "ana", "ben", "cat"):
        clerk.ok("POST", f"/meetings/{made}/arrivals", {"person_id": world.person(login)})
    world.client("chair").ok("POST", f"/meetings/{made}/session/open", {})


def filled(value: Any, names: dict[str, str]) -> Any:
    if isinstance(value, bytes):
        return value
    text = json.dumps(value)
    for name, found in names.items():
        text = text.replace("{" + name + "}", found)
    return text.encode()


@pytest.mark.parametrize("bad", REQUESTS, ids=lambda bad: bad.label)
def test_a_malformed_request_is_refused_by_name(scene: tuple[World, dict[str, str]], bad: Bad) -> None:
    world, names = scene
    client = world.client(bad.login) if bad.login else world.anonymous()
    before = world.embedded.store.wait(0, 0)
    path = filled(f"/api/v1{bad.path}".replace("/api/v1/../..", ""), names).decode().strip('"')
    content = None if bad.body is None and bad.method == "GET" else filled(bad.body, names)
    answer = client.request(bad.method, path, content=content, headers={**JSON, **dict(bad.headers)})
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (bad.status, bad.code), problem
    assert len(problem["detail"]) > 15 and "Traceback" not in answer.text
    assert world.embedded.store.wait(0, 0) == before


@pytest.mark.parametrize(("label", "name", "content", "code"), FILES, ids=[each[0] for each in FILES])
def test_a_bad_file_is_refused_by_name(
    scene: tuple[World, dict[str, str]], label: str, name: str, content: bytes, code: str
) -> None:
    world, names = scene
    before = world.embedded.store.wait(0, 0)
    answer = world.client("clerk").put(
        f"/api/v1/meetings/{names['draft']}/documents?kind=main",
        content=content,
        headers={"Content-Type": "application/octet-stream", "X-File-Name": quote(name)},
    )
    assert (answer.status_code, answer.json()["code"]) == (422, code), answer.text
    assert world.embedded.store.wait(0, 0) == before


def test_the_table_is_long_enough() -> None:
    assert len(REQUESTS) + len(FILES) >= 80
