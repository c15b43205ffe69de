"""Lists of documents and registers, page by page, on screen and through the API; what is asked is in the address."""

import re
from html import unescape

import pytest

from gateway.web import copies, incoming, official, registers
from tests.files import pdf
from tests.official_routes import SCAN_WISH
from tests.scenario.test_official import described
from tests.signing.papers import scan
from tests.stamps import ids
from tests.world import COMMITTEE, COUNCIL, Client, World

SUMMARIES = ("Về dự toán ngân sách", "Về quy hoạch sử dụng đất", "Về dự toán bổ sung", "Về dự toán điều chỉnh")


@pytest.fixture(scope="module")
def world(shared_world: World) -> World:
    """Four drafts, four arrivals, four copies of a paper and a register of four numbers."""
    clerk, book = shared_world.client("clerk"), f"/registers/{COUNCIL}/{shared_world.today.year}/decision"
    headers = {"X-File-Name": "a.pdf"}
    paper = clerk.ok("PUT", f"/bodies/{COUNCIL}/scans", content=scan(), headers=headers)["id"]
    for summary in SUMMARIES:
        path = f"/bodies/{COUNCIL}/official-texts?drafter_id={COUNCIL}"
        text = clerk.ok("PUT", path, content=pdf(summary), headers=headers)["id"]
        clerk.ok("POST", "/officials", described(text, summary=summary))
        sent = {"sender": "Sở Tài chính", "summary": summary, "symbol": "7/STC"}
        clerk.ok("PUT", f"/units/{COUNCIL}/incoming", content=pdf(f"Đến: {summary}"), headers=headers, params=sent)
        clerk.ok("POST", f"/bodies/{COUNCIL}/copies", {**SCAN_WISH, "scan_id": paper, "summary": summary})
        clerk.ok("POST", f"{book}/reservations", {"reason": summary})
    shared_world.settle()
    return shared_world


@pytest.fixture(autouse=True)
def few_on_a_page(monkeypatch: pytest.MonkeyPatch) -> None:
    for page in (official, incoming, copies, registers):
        monkeypatch.setattr(page, "PER_PAGE", 2)
    monkeypatch.setattr(registers, "ON_A_PAGE", 3)


def titles(html: str) -> list[str]:
    return [each for each in re.findall(r"Về (?:dự toán|quy hoạch)[^<]*", html) if "…" not in each]


def walked(client: Client, address: str) -> list[list[str]]:
    """What stands on each page, by the links to the next one."""
    pages, seen = [], set[str]()
    while address and address not in seen:
        seen.add(address)
        html = client.get(address).text
        pages.append(titles(html[html.index("<main") :]))
        following = re.search(r'rel="next" href="([^"]+)"', html)
        address = unescape(following[1]) if following else ""
    return pages


def test_pages_of_documents_arrivals_and_copies_lead_from_one_to_the_next(world: World) -> None:
    clerk, latest_first = world.client("clerk"), list(SUMMARIES[::-1])
    for area in ("/officials", "/incoming", "/copies"):
        assert walked(clerk, area) == [latest_first[:2], latest_first[2:]]
        found = [each for each in latest_first if "dự toán" in each]
        assert walked(clerk, f"{area}?q=du+toan") == [found[:2], found[2:]]
        assert walked(clerk, f"{area}?q=kh%C3%B4ng+c%C3%B3") == [[]]
        assert "Bỏ lọc" in clerk.get(f"{area}?q=kh%C3%B4ng+c%C3%B3").text


def test_the_register_is_shown_from_its_end_and_printed_whole(world: World) -> None:
    clerk, address = world.client("clerk"), f"/registers/{COUNCIL}/{world.today.year}/decision"
    assert walked(clerk, address) == [list(SUMMARIES[:0:-1]), [SUMMARIES[0]]]
    whole = clerk.get(f"{address}?whole=true").text
    assert titles(whole) == list(SUMMARIES) and "data-print" in whole
    assert "data-print" not in clerk.get(address).text
    assert f"{address}?whole=true" in clerk.get(address).text


def test_the_api_says_where_the_next_page_begins_and_how_many_there_are(world: World) -> None:
    clerk = world.client("clerk")
    for area, kind in (("officials", "draft"), ("incoming", "received"), ("copies", "sealing")):
        first = clerk.ok("GET", f"/{area}?limit=3&q=ve")
        assert (len(first[area]), first["counts"]) == (3, {kind: 4})
        second = clerk.ok("GET", f"/{area}?limit=3&q=ve&before={first['next']}")
        assert (len(second[area]), second["next"]) == (1, None)
        assert clerk.ok("GET", f"/{area}?until=1999-01-01")["counts"] == {}
    year = world.today.year
    assert clerk.ok("GET", f"/officials?year={year}&kind=resolution&issuer_id={COUNCIL}&stage=draft")["counts"]
    assert clerk.ok("GET", f"/incoming?sender=tai+chinh&due_before={world.today}")["counts"] == {}
    assert len(clerk.ok("GET", f"/copies?form=true_copy&stage=sealing&since={world.today}")["copies"]) == 4
    assert clerk.ok("GET", "/copies?stage=issued") == {"copies": [], "counts": {"sealing": 4}, "next": None}
    for other in ("form=extract", f"of={ids('another')}"):
        assert clerk.ok("GET", f"/copies?{other}")["counts"] == {}
    assert [each["last"] for each in clerk.ok("GET", f"/registers?year={year}&series=decision")] == [4]
    entries = clerk.ok("GET", f"/registers/{COUNCIL}/{year}/decision?limit=2&before=4")
    assert [each["number"] for each in entries] == [3, 2]


def test_others_see_in_lists_what_they_see_one_by_one(world: World) -> None:
    for login, documents in (("leader", 4), ("officer", 0), ("outsider", 0), ("auditor", 0)):
        found = world.client(login).ok("GET", "/officials")
        assert (len(found["officials"]), sum(found["counts"].values())) == (documents, documents), login
    for login, copied in (("leader", 4), ("auditor", 4), ("officer", 0), ("guest", 0), ("outsider", 0)):
        found = world.client(login).ok("GET", "/copies")
        assert (len(found["copies"]), sum(found["counts"].values())) == (copied, copied), login
    for login, arrivals in (("leader", 4), ("auditor", 4), ("officer", 0), ("guest", 0)):
        assert len(world.client(login).ok("GET", "/incoming")["incoming"]) == arrivals, login
    assert world.client("officer").ok("GET", "/registers") == []
    assert [each["last"] for each in world.client("auditor").ok("GET", "/registers")] == [4]


@pytest.mark.parametrize(
    "nonsense",
    ("year=abc", "year=99999", "since=hôm qua", "until=2026-13-45", "before=-1", "before=99999999999999999999"),
)
def test_an_address_that_says_nonsense_is_read_as_if_it_said_nothing(world: World, nonsense: str) -> None:
    clerk = world.client("clerk")
    for area in ("/officials", "/incoming", "/copies", "/registers"):
        answer = clerk.get(f"{area}?{nonsense}&kind=x&issuer=x&due=x&show=x&series=x&form=x&of=x")
        assert answer.status_code == 200, answer.text
    assert clerk.get("/officials?before=99999999999999999999").status_code == 200
    assert titles(clerk.get("/officials?kind=zzz&issuer=%27%22%3E").text) == []


def test_a_list_of_copies_without_any_says_why(world: World) -> None:
    clerk = world.client("clerk")
    for asked, said in (
        ("q=kh%C3%B4ng", "Không có bản sao nào theo điều kiện này"),
        ("show=issued", "Không có bản sao nào ở bước này"),
        (f"of={ids('another')}", "Văn bản này chưa có bản sao nào"),
        ("before=1", "Không còn bản sao nào nữa"),
    ):
        assert said in clerk.get(f"/copies?{asked}").text, asked
    assert f'name="of" value="{ids("another")}"' in clerk.get(f"/copies?of={ids('another')}").text, "it is searched on"
    assert "Chưa có bản sao nào" in world.client("officer").get("/copies").text
    shown = clerk.get("/copies?form=true_copy&show=sealing").text
    assert 'value="true_copy" selected' in shown and "Chờ đóng dấu <span" in shown


def test_who_writes_or_keeps_documents_finds_what_waits_on_the_first_page(world: World) -> None:
    clerk = world.client("clerk")
    shown = clerk.get("/_home").text
    assert shown.count("Vào sổ văn bản đến") == 4
    assert "Vào sổ văn bản đến" not in world.client("leader").get("/_home").text
    assert str(COMMITTEE) not in shown and str(ids("guest")) not in shown
