"""The auditor's pages: how the log stands, what happened, what may be read of it, the past, and taking the log away."""

import re
from collections.abc import Iterator
from dataclasses import replace
from html import unescape
from pathlib import Path

import pytest

from dienhong.embedded import Embedded
from gateway.app import create_app
from gateway.audits.history import of_meeting
from gateway.audits.past import at, needed, rows
from gateway.audits.tables import TABLES
from gateway.web.auditing_past import ONE_REBUILDS
from ledger.note import Algorithm, parse_key, signer
from ledger.proof import verify_proof
from ledger.remote import RemoteLedger
from tests.distributed.waiting import eventually
from tests.held_meetings import ABSENCE, EMAIL, NOTED, PERSONAL, PHONE, RETURNED, Meetings
from tests.scenario.test_ledger import signed_up_to_now
from tests.world import PASSWORD, Client, World

pytestmark = pytest.mark.embedded

NAMED = ((1, "city"), (2, "away"), (3, "idle"))


@pytest.fixture(scope="module")
def council(shared_world: World) -> Iterator[Meetings]:
    meetings = Meetings(shared_world)
    signed_up_to_now(shared_world)
    yield meetings


def shown(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, (path, answer.status_code, answer.text[:500])
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text)))


def position_of(world: World, stream: str, kind: str) -> int:
    return next(int(each.position) for each in world.embedded.store.read(stream) if each.type == kind)


def test_the_first_page_says_how_the_log_stands(council: Meetings) -> None:
    world = council.world
    text = shown(world.client("auditor"), "/audit")
    assert "Mọi sự kiện đã được ký" in text and "Chưa khai báo nhân chứng nào" in text
    assert "test.dienhong/council-log/1" in text
    assert all(each in text for each in world.embedded.ledger.log_keys)
    assert "xác nhận các khóa này bằng giấy" in text


def test_a_ledger_that_fails_is_told_in_its_own_words(council: Meetings) -> None:
    book = council.world.embedded.ledger.book
    try:
        book.failing = "the log has another event at position 7"
        text = shown(council.world.client("auditor"), "/audit/_health")
        assert "Sổ chứng minh đang lỗi" in text and "another event at position 7" in text
    finally:
        book.failing = ""


def test_witnesses_are_named_with_what_they_did(tmp_path: Path) -> None:
    """One has cosigned, one is not there when it is asked, one has no address to be asked at."""
    city, away, idle = (signer(f"{each}.example", Algorithm.cosigner_ed25519, bytes([i]) * 32) for i, each in NAMED)
    policy = (
        f"witness city {city.key}\nwitness away {away.key} http://127.0.0.1:1\nwitness idle {idle.key}\nquorum city\n"
    )
    (tmp_path / "policy").write_text(policy)
    world = World(tmp_path / "data", Embedded, ledger_policy=str(tmp_path / "policy"))
    try:
        client, file = world.client("auditor"), world.embedded.ledger.file
        head = signed_up_to_now(world)
        world.embedded.ledger.asker.ask_soon()
        assert "Đã ghi, chờ nhân chứng" in shown(client, "/audit/_health")
        line, at = city.sign(head, 1_790_000_000).line, 1_790_000_000
        file.cosign(head.size, "city", line, at)
        file.keep_cosigned(head.size, str(file.latest()) + line)
        eventually(lambda: "Không ký chéo được" in shown(client, "/audit/_health"))
        text = shown(client, "/audit")
        assert re.search(r"city\.example Đã ký chéo \d+ \d\d/\d\d/2026", text), text
        assert "idle.example Không có địa chỉ để hỏi" in text and "Tải điểm kiểm tra có nhân chứng" in text
        assert client.get("/ledger/checkpoint/cosigned").text.endswith(line)
    finally:
        world.close()


def test_what_happened_is_told_while_the_ledger_is_away(council: Meetings) -> None:
    world = council.world
    gate = replace(world.embedded.gate, ledger=RemoteLedger("http://127.0.0.1:1"))
    world.enable("auditor")
    client = Client(create_app(gate), base_url="http://127.0.0.1", raise_server_exceptions=True)
    client.ok("POST", "/session", {"login": "auditor", "password": PASSWORD})
    assert "Tiến trình giữ sổ chứng minh không trả lời" in shown(client, "/audit")
    assert "Mở biểu quyết" in shown(client, f"/audit/meetings/{council.held['finished'].ids['meeting_id']}")
    assert "Lập đơn vị" in shown(client, "/audit/events/1")
    assert client.refused("POST", "/audit/exports", {"documents": False})[0] == 503
    client.close()


def test_a_page_left_open_asks_for_ten_minutes_and_then_no_more(council: Meetings) -> None:
    client = council.world.client("auditor")
    assert 'hx-get="/audit/_health?times=2"' in client.get("/audit/_health?times=3").text
    assert "hx-get" not in client.get("/audit/_health?times=0").text


def test_the_course_of_a_meeting_is_told_in_log_order(council: Meetings) -> None:
    held = council.held["finished"]
    text = shown(council.world.client("auditor"), f"/audit/meetings/{held.ids['meeting_id']}")
    begun = ["Lập kế hoạch cuộc họp “Cuộc họp finished”", "Công bố cuộc họp", "Bắt đầu điểm danh", "Mở biểu quyết"]
    ended = ["Kết thúc biểu quyết “Thông qua?”", "Phiên họp bế mạc"]
    places = [text.index(each) for each in begun + ended]
    assert places == sorted(places)
    assert "Chủ tọa Kỳ họp" in text and "Văn thư Hội đồng" in text


def test_the_course_can_be_narrowed_to_one_kind(council: Meetings) -> None:
    client, path = council.world.client("auditor"), f"/audit/meetings/{council.held['finished'].ids['meeting_id']}"
    assert "Mở biểu quyết" in shown(client, f"{path}?kind=voting")
    assert "Lập kế hoạch" not in shown(client, f"{path}?kind=voting")
    assert "Không có sự kiện nào thuộc loại này" in shown(client, f"{path}?kind=voting&page=9")


def test_long_courses_go_on_another_page(council: Meetings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gateway.web.auditing.ON_A_PAGE", 10)
    client, path = council.world.client("auditor"), f"/audit/meetings/{council.held['finished'].ids['meeting_id']}"
    first, second = shown(client, path), shown(client, f"{path}?page=2")
    assert "Sự kiện 1–10 trong" in first and "Trang sau" in first and "Trang trước" not in first
    assert "Sự kiện 11–20 trong" in second and "Trang trước" in second


def test_an_event_is_told_whole_and_can_be_proved(council: Meetings) -> None:
    world, held = council.world, council.held["finished"]
    client = world.client("auditor")
    position = position_of(world, f"sitting-{held.ids['meeting_id']}", "SessionOpened")
    text = shown(client, f"/audit/events/{position}")
    assert "Khai mạc phiên họp: có mặt 6" in text and "SessionOpened" in text and "Chủ tọa Kỳ họp" in text
    proof = client.get(f"/api/v1/audit/events/{position}/proof").text
    proved = verify_proof(proof, [parse_key(each) for each in world.embedded.ledger.log_keys])
    assert proved.leaf.type == "SessionOpened" and proved.leaf.stream == f"sitting-{held.ids['meeting_id']}"


def test_of_what_one_may_not_read_only_the_envelope_is_told(council: Meetings) -> None:
    """As everywhere: a closed sitting, an unpublished tally, ballots before the result is out."""
    world, finished = council.world, council.held["finished"].ids
    closed = position_of(world, f"meeting-{council.held['closed'].ids['meeting_id']}", "MeetingPlanned")
    tallied = position_of(world, f"poll-{finished['poll_id']}", "PollTallied")
    cast = position_of(world, f"ballot-{finished['poll_id']}+{world.person('ana')}", "BallotCast")
    for position in (closed, tallied, cast):
        text = shown(world.client("auditor"), f"/audit/events/{position}")
        assert "Bạn không được xem nội dung của sự kiện này." in text and "Cuộc họp closed" not in text
        assert "Người thực hiện —" in text and "Đại biểu Ana" not in text
        assert world.client("auditor").refused("GET", f"/audit/events/{position}/proof") == (403, "not_allowed")


def test_no_page_of_the_auditor_tells_what_is_for_others(council: Meetings) -> None:
    world = council.world
    secrets = {"auditor": (PERSONAL, ABSENCE, RETURNED, PHONE, EMAIL), "admin": (NOTED,)}
    recorded = world.embedded.store.read_all(0, 10_000)
    head = recorded[-1].position
    for login, words in secrets.items():
        client = world.client(login)
        telling = [each for each in recorded if any(word.encode() in each.data for word in words)]
        assert telling
        paths = [f"/audit/events/{each.position}" for each in telling]
        paths += [f"/audit/events?after={after}" for after in range(0, head, 50)]
        for state in ("published", "running", "finished"):
            meeting = f"/audit/meetings/{council.held[state].ids['meeting_id']}"
            paths += [meeting, f"{meeting}/state?from=0&to={head}&person={world.person('ana')}"]
        for path in paths:
            text = client.get(path).text
            assert [word for word in words if word in text] == [], (login, path)


def test_nobody_else_reads_the_log(council: Meetings) -> None:
    for login in ("chair", "clerk", "ana", "outsider"):
        for path in ("/audit", "/audit/events", "/audit/events/1"):
            assert council.world.client(login).get(path).status_code == 403


def test_events_are_found_by_stream_type_person_and_day(council: Meetings) -> None:
    world, client = council.world, council.world.client("auditor")
    meeting = f"meeting-{council.held['running'].ids['meeting_id']}"
    assert "Lập kế hoạch cuộc họp “Cuộc họp running”" in shown(client, f"/audit/events?stream={meeting}")
    assert "Cuộc họp finished" in shown(client, "/audit/events?stream=meeting-&type=MeetingPlanned")
    asked = shown(client, "/audit/events?type=SessionOpened&actor=ch%E1%BB%A7 t%E1%BB%8Da")
    assert asked.count("Khai mạc phiên họp: có mặt") == 2
    assert "Không tìm thấy sự kiện nào" in shown(client, "/audit/events?type=SessionOpened&actor=Ana")
    assert "Không tìm thấy sự kiện nào" in shown(client, "/audit/events?type=BallotCast&actor=Ana"), "not for them yet"
    assert "Khai mạc phiên họp" in shown(client, f"/audit/events?type=SessionOpened&day={world.today.isoformat()}")
    assert "Không tìm thấy sự kiện nào" in shown(client, "/audit/events?type=SessionOpened&day=2020-01-01")
    assert "Ngày không đúng" in shown(client, "/audit/events?day=hôm qua")


def test_a_search_goes_on_from_where_it_stopped(council: Meetings, monkeypatch: pytest.MonkeyPatch) -> None:
    client = council.world.client("auditor")
    monkeypatch.setattr("gateway.web.auditing.FOUND_ON_A_PAGE", 7)
    found, path = list[str](), "/audit/events?stream=person-"
    while path:
        page = client.get(path).text
        found += re.findall(r"/audit/events/(\d+)\"", page)
        following = re.search(r'rel="next" href="([^"]+)"', page)
        path = unescape(following[1]) if following else ""
    store = council.world.embedded.store
    assert found == [str(each.position) for each in store.read_all(0, 10_000) if each.stream.startswith("person-")]


def test_a_search_looks_through_a_long_log_in_steps(council: Meetings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gateway.audits.history.LOOKED_AT_ONCE", 20)
    client = council.world.client("auditor")
    assert "Chưa thấy sự kiện nào đến vị trí 20" in shown(client, "/audit/events?type=MeetingPlanned")
    assert "after=20" in client.get("/audit/events?type=MeetingPlanned").text


def test_two_moments_of_a_meeting_are_compared(council: Meetings) -> None:
    world, held = council.world, council.held["finished"]
    opened = position_of(world, f"sitting-{held.ids['meeting_id']}", "SessionOpened")
    path = f"/audit/meetings/{held.ids['meeting_id']}/state"
    text = shown(world.client("auditor"), f"{path}?from={opened - 1}&to={opened}")
    assert "Thay đổi từ vị trí" in text and "Phiên họp 1" in text and "Đổi" in text and "→" in text
    assert "Biểu quyết 1" not in text
    assert "Chọn hai thời điểm" in shown(world.client("auditor"), path)
    wrong = shown(world.client("auditor"), f"{path}?from=hôm qua&to=22/11/2026 09:12")
    assert "Hãy ghi một số, hoặc ngày giờ dạng" in wrong


def test_what_a_person_could_see_before_and_after_the_publication(council: Meetings) -> None:
    world, held = council.world, council.held["published"]
    published = position_of(world, f"meeting-{held.ids['meeting_id']}", "MeetingPublished")
    path = f"/audit/meetings/{held.ids['meeting_id']}/state?from={published - 1}&to={published}"
    page = world.client("auditor").get(f"{path}&person={world.person('ana')}").text
    row = re.search(r"<tr><th scope=\"row\">Cuộc họp.*?</tr>", page, re.DOTALL)
    assert row and row[0].index("Không xem được") < row[0].index(">Xem được")
    assert "Đại biểu Ana xem được gì" in unescape(page)


def test_the_past_that_is_built_is_what_people_are_shown(council: Meetings) -> None:
    """At the head: every row of this meeting, table by table."""
    embedded, meeting_id = council.world.embedded, council.held["finished"].ids["meeting_id"]
    live, head = embedded.views.reader(), embedded.store.wait(0, 0)
    history = of_meeting(embedded.store, live, meeting_id)
    with at(embedded.views, needed(embedded.store, history), head) as past:
        built, shown_now = rows(past, list(TABLES)), rows(live, list(TABLES))
        for name in TABLES:
            assert set(built[name]) <= set(shown_now[name]), name
        assert sum(map(len, built.values())) > 30
        for name in ("invitations", "sitting_people", "ballots", "polls", "minutes", "dossier_documents"):
            of = {row for row in shown_now[name] if {meeting_id, council.held["finished"].ids["poll_id"]} & set(row)}
            assert set(built[name]) == of, name


def test_one_past_is_built_at_a_time(council: Meetings) -> None:
    path = f"/audit/meetings/{council.held['finished'].ids['meeting_id']}/state?from=1&to=9"
    with ONE_REBUILDS:
        answer = council.world.client("auditor").get(path)
        assert answer.status_code == 503 and answer.headers["retry-after"] == "5"
    assert council.world.client("auditor").get(path).status_code == 200


def test_a_very_large_meeting_is_left_to_the_command_line(council: Meetings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gateway.audits.past.MOST_EVENTS", 10)
    path = f"/audit/meetings/{council.held['finished'].ids['meeting_id']}/state?from=1&to=9"
    assert "dienhong audit replay --at" in shown(council.world.client("auditor"), path)
