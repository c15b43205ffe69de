"""A clerk prepares a session, a leader approves, delegates are invited and answer; who sees what."""

import io
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from icalendar import Calendar
from PIL import Image

from kernel.vietnam import VIETNAM
from services.meeting.messages import OpenSession, RecordArrival
from tests.stamps import ids
from tests.world import COMMITTEE, COUNCIL, VOTERS, World


def plan(world: World, days: int = 10, **fields: Any) -> dict[str, Any]:
    starts = (world.now.astimezone(VIETNAM) + timedelta(days=days)).replace(hour=8, minute=0, second=0)
    return {
        "body_id": str(COUNCIL),
        "kind": "session_regular",
        "title": "Kỳ họp thứ Ba",
        "place": "Hội trường phường",
        "starts_at": starts.isoformat(),
        "ends_at": (starts + timedelta(hours=4)).isoformat(),
        "presiding_officer_id": world.person("chair"),
        "minute_taker_id": world.person("clerk"),
        **fields,
    }


def planned(world: World, **fields: Any) -> str:
    return str(world.client("clerk").ok("POST", "/meetings", plan(world, **fields))["id"])


def with_item(world: World, meeting: str, title: str = "Dự toán ngân sách", **fields: Any) -> str:
    body = {"title": title, "minutes": 30, **fields}
    return str(world.client("clerk").ok("POST", f"/meetings/{meeting}/agenda", body)["id"])


def approved(world: World, **fields: Any) -> str:
    meeting = planned(world, **fields)
    with_item(world, meeting)
    world.client("clerk").ok("POST", f"/meetings/{meeting}/submission", {"leader_id": world.person("leader")})
    world.client("leader").ok("POST", f"/meetings/{meeting}/approval", {})
    return meeting


def published(world: World, guests: tuple[str, ...] = (), **fields: Any) -> str:
    meeting = approved(world, **fields)
    body = {"guest_ids": [world.person(each) for each in guests]}
    world.client("clerk").ok("POST", f"/meetings/{meeting}/publication", body)
    return meeting


def test_from_the_plan_to_the_answers(world: World):
    clerk, leader, ana = world.client("clerk"), world.client("leader"), world.client("ana")
    meeting = planned(world)
    budget = with_item(world, meeting)
    with_item(world, meeting, "Đầu tư công", parent_id=budget)
    opening = with_item(world, meeting, "Khai mạc", before_id=budget)
    link = {"url": "https://example.test/nghi-dinh", "title": "Nghị định", "item_id": budget}
    clerk.ok("POST", f"/meetings/{meeting}/links", link)
    assert ana.refused("GET", f"/meetings/{meeting}") == (404, "not_found")

    clerk.ok("POST", f"/meetings/{meeting}/submission", {"leader_id": leader.person_id, "note": "Kính trình"})
    assert clerk.refused("DELETE", f"/meetings/{meeting}/agenda/{opening}") == (409, "dossier_submitted")
    leader.ok("POST", f"/meetings/{meeting}/return", {"reason": "Thiếu báo cáo thẩm tra"})
    clerk.ok("POST", f"/meetings/{meeting}/submission", {"leader_id": leader.person_id})
    leader.ok("POST", f"/meetings/{meeting}/approval", {})
    clerk.ok("POST", f"/meetings/{meeting}/publication", {"guest_ids": [world.person("guest")]})

    seen = ana.ok("GET", f"/meetings/{meeting}")
    assert [(each["number"], each["title"]) for each in seen["agenda"]] == [
        ("1", "Khai mạc"),
        ("2", "Dự toán ngân sách"),
        ("2.1", "Đầu tư công"),
    ]
    assert not seen["meeting"]["late"]
    voting = {each["person_id"] for each in seen["invitations"] if each["voting"]}
    assert voting == {str(ids(each)) for each in VOTERS}
    assert {each["person_id"] for each in seen["invitations"]} == voting | {world.person("guest"), clerk.person_id}

    ana.ok("POST", f"/meetings/{meeting}/answer", {"answer": "coming"})
    ana.ok("POST", f"/meetings/{meeting}/answer", {"answer": "absent", "reason": "Đi công tác"})
    clerk.ok("POST", f"/meetings/{meeting}/answers/{world.person('ben')}", {"answer": "coming"})
    answers = {each["person_id"]: each["answer"] for each in clerk.ok("GET", f"/meetings/{meeting}")["invitations"]}
    assert (answers[ana.person_id], answers[world.person("ben")]) == ("absent", "coming")


def test_only_those_concerned_know_of_a_draft(world: World):
    meeting = planned(world)
    for login in ("clerk", "leader", "chair", "admin"):
        world.client(login).ok("GET", f"/meetings/{meeting}")
    for login in ("ana", "guest", "outsider", "auditor", "officer"):
        assert world.client(login).refused("GET", f"/meetings/{meeting}") == (404, "not_found")
        assert world.client(login).ok("GET", "/meetings") == []


def test_a_published_meeting_is_for_the_invited_and_the_bodys_offices(world: World):
    meeting = published(world)
    for login in ("ana", "clerk", "leader", "admin", "auditor"):
        world.client(login).ok("GET", f"/meetings/{meeting}")
    for login in ("guest", "outsider", "head"):
        assert world.client(login).refused("GET", f"/meetings/{meeting}") == (404, "not_found")


def test_a_closed_sitting_is_for_the_invited_alone(world: World):
    meeting = published(world, closed_sitting=True)
    for login in ("ana", "leader", "clerk"):
        world.client(login).ok("GET", f"/meetings/{meeting}")
    for login in ("admin", "auditor", "guest"):
        assert world.client(login).refused("GET", f"/meetings/{meeting}") == (404, "not_found")


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/agenda", {"title": "Nội dung lạ", "minutes": 5}),
        ("POST", "/cancellation", {"reason": "Phá"}),
        ("POST", "/links", {"url": "https://example.test", "title": "Lạ"}),
        ("POST", "/submission", {"leader_id": str(ids("leader"))}),
        ("POST", "/submission/recall", {}),
        ("POST", "/approval", {}),
        ("POST", "/publication", {}),
        ("POST", "/invitees", {"person_ids": [str(ids("outsider"))]}),
        ("POST", f"/answers/{ids('ben')}", {"answer": "coming"}),
    ],
)
def test_a_delegate_reads_and_changes_nothing(shared_world: World, method: str, path: str, body: dict[str, Any]):
    meeting = published(shared_world)
    assert shared_world.client("ana").refused(method, f"/meetings/{meeting}{path}", body) == (403, "not_allowed")
    assert shared_world.client("outsider").refused(method, f"/meetings/{meeting}{path}", body) == (404, "not_found")


def test_nobody_plans_meetings_of_a_body_that_is_not_theirs(world: World):
    elsewhere = plan(world, body_id=str(COMMITTEE))
    assert world.client("clerk").refused("POST", "/meetings", elsewhere)[0] in (403, 404)
    assert world.client("ana").refused("POST", "/meetings", plan(world))[0] in (403, 404)


def test_people_who_do_not_exist_cannot_be_named(world: World):
    clerk = world.client("clerk")
    nobody = str(ids("nobody"))
    unknown = plan(world, presiding_officer_id=nobody)
    assert clerk.refused("POST", "/meetings", unknown) == (422, "no_such_person")
    meeting = approved(world)
    assert clerk.refused("POST", f"/meetings/{meeting}/publication", {"guest_ids": [nobody]}) == (
        422,
        "no_such_person",
    )


def test_a_dossier_is_approved_by_a_leader_of_the_body(world: World):
    meeting = planned(world)
    with_item(world, meeting)
    clerk = world.client("clerk")
    for login in ("ana", "head"):
        body = {"leader_id": world.person(login)}
        assert clerk.refused("POST", f"/meetings/{meeting}/submission", body) == (422, "not_a_leader")


def test_publishing_inside_the_notice_period_stamps_everything_late(world: World):
    meeting = approved(world, days=2)
    clerk = world.client("clerk")
    page = clerk.get(f"/meetings/{meeting}", headers={"accept": "text/html"}).text
    assert "Tài liệu sẽ đến muộn hơn thời hạn quy định" in page
    clerk.ok("POST", f"/meetings/{meeting}/links", {"url": "https://example.test", "title": "Luật"})
    clerk.ok("POST", f"/meetings/{meeting}/submission", {"leader_id": world.person("leader")})
    world.client("leader").ok("POST", f"/meetings/{meeting}/approval", {})
    clerk.ok("POST", f"/meetings/{meeting}/publication", {})
    seen = world.client("ana").ok("GET", f"/meetings/{meeting}")
    assert seen["meeting"]["late"]
    assert [each["late"] for each in seen["documents"]] == [True]


def test_papers_after_publication_are_late_and_in_the_meetings_history(world: World):
    meeting = published(world)
    clerk, ana = world.client("clerk"), world.client("ana")
    clerk.ok("POST", f"/meetings/{meeting}/links", {"url": "https://example.test", "title": "Báo cáo bổ sung"})
    assert [each["late"] for each in ana.ok("GET", f"/meetings/{meeting}")["documents"]] == [True]
    assert "Thêm tài liệu: Báo cáo bổ sung" in ana.get(f"/meetings/{meeting}", headers={"accept": "text/html"}).text


def test_personal_papers_are_for_their_person_and_the_clerk(world: World):
    meeting = published(world)
    ana = world.person("ana")
    picture = io.BytesIO()
    Image.new("RGB", (40, 40), "white").save(picture, "PNG")
    query = f"kind=personal&for_person_id={ana}&title=Thư riêng"
    answer = world.client("clerk").put(
        f"/api/v1/meetings/{meeting}/documents?{query}",
        content=picture.getvalue(),
        headers={"content-type": "image/png", "x-file-name": "thu.png"},
    )
    assert answer.is_success, answer.text
    titles = {
        login: [each["title"] for each in world.client(login).ok("GET", f"/meetings/{meeting}")["documents"]]
        for login in ("ana", "clerk", "ben", "leader")
    }
    assert titles == {"ana": ["Thư riêng"], "clerk": ["Thư riêng"], "ben": [], "leader": []}
    for login, seen in (("ana", True), ("ben", False)):
        page = world.client(login).get(f"/meetings/{meeting}", headers={"accept": "text/html"}).text
        assert ("Thư riêng" in page) is seen


def test_the_reason_of_an_absence_is_for_the_clerk_and_the_chair(world: World):
    meeting = published(world)
    world.client("ana").ok("POST", f"/meetings/{meeting}/answer", {"answer": "absent", "reason": "Chữa bệnh"})
    for login, seen in (("clerk", True), ("chair", True), ("ana", True), ("ben", False)):
        assert ("Chữa bệnh" in str(world.client(login).ok("GET", f"/meetings/{meeting}"))) is seen


def test_what_the_leader_objected_to_is_not_for_the_invited(world: World):
    meeting = planned(world)
    with_item(world, meeting)
    clerk, leader = world.client("clerk"), world.client("leader")
    for decision, body in (("return", {"reason": "Thiếu thẩm tra"}), ("approval", {})):
        clerk.ok("POST", f"/meetings/{meeting}/submission", {"leader_id": leader.person_id})
        leader.ok("POST", f"/meetings/{meeting}/{decision}", body)
    clerk.ok("POST", f"/meetings/{meeting}/publication", {})
    for login, seen in (("clerk", True), ("ana", False)):
        page = world.client(login).get(f"/meetings/{meeting}", headers={"accept": "text/html"}).text
        assert ("Thiếu thẩm tra" in page) is seen


def test_a_repeated_request_creates_one_item(world: World):
    meeting, clerk = planned(world), world.client("clerk")
    key = {"idempotency-key": str(ids("once"))}
    body = {"title": "Khai mạc", "minutes": 5}
    first, second = (clerk.ok("POST", f"/meetings/{meeting}/agenda", body, headers=key) for _ in range(2))
    assert first == second
    assert len(clerk.ok("GET", f"/meetings/{meeting}")["agenda"]) == 1
    assert clerk.refused("POST", f"/meetings/{meeting}/agenda", {**body, "presenter_id": str(ids("nobody"))}) == (
        422,
        "no_such_person",
    )


def test_the_opened_session_ends_the_preparation(world: World):
    meeting = published(world)
    clerk = world.client("clerk")
    clerk.ok("POST", f"/meetings/{meeting}/roll-call")
    for login in VOTERS:
        world.execute(RecordArrival, meeting_id=UUID(meeting), person_id=ids(login))
    world.execute(OpenSession, meeting_id=UUID(meeting))
    world.settle()
    assert clerk.ok("GET", f"/meetings/{meeting}")["meeting"]["phase"] == "running"
    answer = {"answer": "coming"}
    assert world.client("ana").refused("POST", f"/meetings/{meeting}/answer", answer) == (409, "session_begun")
    assert clerk.refused("POST", f"/meetings/{meeting}/cancellation", {"reason": "Bão"}) == (409, "session_begun")
    with_item(world, meeting, "Nội dung phát sinh")


def test_a_calendar_program_reads_the_feed_without_a_session(world: World):
    meeting = published(world)
    ana, stranger = world.client("ana"), world.anonymous()
    assert ana.ok("GET", "/calendar-feed") is None
    url = ana.ok("POST", "/calendar-feed")["url"]
    path = url[url.index("/calendar/") :]
    answer = stranger.get(path)
    assert answer.headers["content-type"].startswith("text/calendar")
    (event,) = Calendar.from_ical(answer.content).walk("VEVENT")
    assert (str(event["summary"]), int(event["sequence"])) == ("Kỳ họp thứ Ba", 0)
    assert event["dtstart"].dt.isoformat() == plan(world)["starts_at"]
    assert Calendar.from_ical(answer.content).walk("VTIMEZONE")

    moved = {key: value for key, value in plan(world, place="Trụ sở mới").items() if key not in ("body_id", "kind")}
    world.client("clerk").ok("PUT", f"/meetings/{meeting}", moved)
    (again,) = Calendar.from_ical(stranger.get(path).content).walk("VEVENT")
    assert (again["uid"], int(again["sequence"]), str(again["location"])) == (event["uid"], 1, "Trụ sở mới")
    world.client("clerk").ok("POST", f"/meetings/{meeting}/cancellation", {"reason": "Bão"})
    (gone,) = Calendar.from_ical(stranger.get(path).content).walk("VEVENT")
    assert str(gone["status"]) == "CANCELLED"

    ana.ok("POST", "/calendar-feed")
    assert stranger.get(path).status_code == 404


@pytest.mark.parametrize("login", ["clerk", "leader", "ana", "chair"])
@pytest.mark.parametrize("language", ["vi", "en"])
def test_pages_open_for_everyone_concerned(shared_world: World, login: str, language: str):
    meeting = published(shared_world, guests=("guest",))
    client = shared_world.client(login)
    headers = {"accept": "text/html", "accept-language": language}
    for path in ("/meetings", "/meetings?show=finished", "/meetings?show=drafts", "/calendar-feed"):
        assert client.get(path, headers=headers).status_code == 200
    for part in ("", "/_top", "/_agenda", "/_documents", "/_invitations"):
        assert client.get(f"/meetings/{meeting}{part}", headers=headers).status_code == 200
    assert client.get("/meetings/new", headers=headers).status_code == (200 if login == "clerk" else 403)


def test_the_agenda_can_be_found_by_words_without_marks(world: World):
    meeting = published(world)
    found = world.client("ana").ok("GET", "/search?q=du toan ngan sach")
    assert meeting in str(found)


def test_what_comes_back_from_the_leader_waits_on_the_clerks_first_page(world: World):
    clerk, leader = world.client("clerk"), world.client("leader")
    meeting = planned(world, title="Kỳ họp chờ gửi giấy mời")
    with_item(world, meeting)
    submission = {"leader_id": world.person("leader")}

    def waits(login: str, act: str) -> bool:
        page = world.client(login).get("/_home", headers={"Accept-Language": "vi"}).text
        return f'href="/meetings/{meeting}"><span class="row-act">{act}</span>' in page

    clerk.ok("POST", f"/meetings/{meeting}/submission", submission)
    leader.ok("POST", f"/meetings/{meeting}/return", {"reason": "Bổ sung báo cáo thẩm tra"})
    assert waits("clerk", "Sửa hồ sơ bị trả lại") and not waits("ana", "Sửa hồ sơ bị trả lại")
    clerk.ok("POST", f"/meetings/{meeting}/submission", submission)
    assert not waits("clerk", "Sửa hồ sơ bị trả lại")
    leader.ok("POST", f"/meetings/{meeting}/approval", {})
    assert waits("clerk", "Công bố và gửi giấy mời") and not waits("leader", "Công bố và gửi giấy mời")
    clerk.ok("POST", f"/meetings/{meeting}/publication", {"guest_ids": []})
    assert not waits("clerk", "Công bố và gửi giấy mời")
