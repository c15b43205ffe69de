"""A sitting through the gateway: roll call, session, floor, notes, and what each person may see and do."""

from datetime import timedelta
from typing import Any

import pytest

from services.directory.messages import GrantMandate, MeetingRules, SetMeetingRules
from tests.stamps import ids
from tests.world import COUNCIL, DELEGATES, VOTERS, Client, World


class Sitting:
    """A published council meeting with two agenda items; seven seats, five make the quorum."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.clerk, self.chair, leader = world.client("clerk"), world.client("chair"), world.client("leader")
        plan = {
            "body_id": str(COUNCIL),
            "kind": "session_regular",
            "title": "Kỳ họp thứ tư",
            "place": "Hội trường",
            "starts_at": (world.now + timedelta(days=9)).isoformat(),
            "ends_at": (world.now + timedelta(days=9, hours=4)).isoformat(),
            "presiding_officer_id": self.chair.person_id,
            "minute_taker_id": self.clerk.person_id,
        }
        self.id = self.clerk.ok("POST", "/meetings", plan)["id"]
        self.items = [
            self.clerk.ok("POST", f"/meetings/{self.id}/agenda", {"title": title, "minutes": 60})["id"]
            for title in ("Báo cáo kinh tế - xã hội", "Dự toán ngân sách")
        ]
        self.clerk.ok("POST", f"/meetings/{self.id}/submission", {"leader_id": leader.person_id})
        leader.ok("POST", f"/meetings/{self.id}/approval", {})
        self.clerk.ok("POST", f"/meetings/{self.id}/publication", {"guest_ids": [world.person("guest")]})

    def at(self, path: str) -> str:
        return f"/meetings/{self.id}/{path}"

    def code(self) -> str:
        return str(self.clerk.ok("GET", self.at("sitting"))["code"])

    def roll_call(self) -> "Sitting":
        self.clerk.ok("POST", self.at("roll-call"))
        return self

    def arrive(self, *logins: str) -> "Sitting":
        for login in logins:
            self.clerk.ok("POST", self.at("arrivals"), {"person_id": self.world.person(login)})
        return self

    def opened(self) -> "Sitting":
        self.roll_call().arrive(*VOTERS)
        self.chair.ok("POST", self.at("session/open"))
        self.chair.ok("POST", self.at("session/item"), {"item_id": self.items[0]})
        return self

    def asks(self, login: str, subject: str = "") -> str:
        body = {"subject": subject} if subject else {}
        return str(self.world.client(login).ok("POST", self.at("floor-requests"), body)["id"])


@pytest.fixture
def sitting(world: World) -> Sitting:
    return Sitting(world)


def page(client: Client, path: str) -> str:
    answer = client.get(path, headers={"accept": "text/html"})
    assert answer.status_code == 200, answer.text
    return answer.text


def test_before_the_roll_call_everybody_waits(sitting: Sitting) -> None:
    ana = sitting.world.client("ana")
    assert ana.refused("GET", sitting.at("sitting")) == (409, "roll_call_not_open")
    assert ana.refused("POST", sitting.at("check-in"), {"mode": "online"}) == (409, "roll_call_not_open")
    assert "Thư ký chưa mở điểm danh" in page(ana, sitting.at("session"))
    assert "Mở điểm danh" not in page(ana, sitting.at("session"))
    assert "Mở điểm danh" in page(sitting.clerk, sitting.at("session"))


def test_the_roll_is_the_members_of_the_day_and_the_others_invited(sitting: Sitting) -> None:
    sitting.roll_call()
    people = sitting.clerk.ok("GET", sitting.at("attendance"))
    voting = {each["person_id"] for each in people if each["voting"]}
    assert voting == {sitting.world.person(login) for login in VOTERS}
    others = {each["person_id"] for each in people if not each["voting"]}
    assert others == {sitting.world.person(login) for login in ("guest", "clerk")}
    assert {each["state"] for each in people} == {"expected"}


def test_a_meeting_that_is_not_published_has_no_roll_call(world: World) -> None:
    clerk = world.client("clerk")
    plan = {
        "body_id": str(COUNCIL),
        "kind": "session_regular",
        "title": "Kỳ họp chưa công bố",
        "place": "Hội trường",
        "starts_at": (world.now + timedelta(days=9)).isoformat(),
        "ends_at": (world.now + timedelta(days=9, hours=4)).isoformat(),
        "presiding_officer_id": world.person("chair"),
        "minute_taker_id": clerk.person_id,
    }
    meeting = clerk.ok("POST", "/meetings", plan)["id"]
    assert clerk.refused("POST", f"/meetings/{meeting}/roll-call") == (409, "not_published")


def test_a_delegate_checks_in_with_the_code_of_the_hall_and_never_learns_it_elsewhere(sitting: Sitting) -> None:
    sitting.roll_call()
    ana, code = sitting.world.client("ana"), sitting.code()
    assert ana.ok("GET", sitting.at("sitting"))["code"] == ""
    for path in ("session", "_standing", "_proceedings", "checkin"):
        assert code not in page(ana, sitting.at(path))
    assert ana.get(sitting.at("hall")).status_code == 403
    wrong = f"{(int(code) + 1) % 1_000_000:06d}"
    assert ana.refused("POST", sitting.at("check-in"), {"mode": "in_person", "code": wrong}) == (422, "wrong_code")
    ana.ok("POST", sitting.at("check-in"), {"mode": "in_person", "code": code})
    mine = next(p for p in ana.ok("GET", sitting.at("attendance")) if p["person_id"] == ana.person_id)
    assert (mine["state"], mine["recorded_by"]) == ("present", "self")
    assert "Bạn đã được ghi nhận có mặt" in page(ana, sitting.at("checkin"))


def test_the_link_of_the_qr_code_fills_in_the_code_and_checks_nobody_in(sitting: Sitting) -> None:
    sitting.roll_call()
    ana, code = sitting.world.client("ana"), sitting.code()
    assert f'value="{code}"' in page(ana, sitting.at(f"checkin?code={code}"))
    assert sitting.clerk.ok("GET", sitting.at("quorum"))["present"] == 0
    assert sitting.world.anonymous().get(sitting.at(f"checkin?code={code}"), follow_redirects=False).is_success is False


def test_a_renewed_code_replaces_the_old_one(sitting: Sitting) -> None:
    sitting.roll_call()
    old = sitting.code()
    while sitting.code() == old:
        sitting.clerk.ok("POST", sitting.at("roll-call/code"))
    ana = sitting.world.client("ana")
    assert ana.refused("POST", sitting.at("check-in"), {"mode": "in_person", "code": old}) == (422, "wrong_code")
    ana.ok("POST", sitting.at("check-in"), {"mode": "in_person", "code": sitting.code()})


def test_who_has_no_part_in_the_meeting_does_not_see_it(sitting: Sitting) -> None:
    sitting.opened()
    outsider = sitting.world.client("outsider")
    assert outsider.refused("GET", sitting.at("sitting")) == (404, "not_found")
    assert outsider.refused("POST", sitting.at("check-in"), {"mode": "online"}) == (404, "not_found")
    assert outsider.get(sitting.at("session")).status_code == 404


def test_only_the_clerk_and_the_chair_take_the_roll(sitting: Sitting) -> None:
    ana = sitting.world.client("ana")
    assert ana.refused("POST", sitting.at("roll-call")) == (403, "not_allowed")
    sitting.roll_call()
    someone = {"person_id": sitting.world.person("ben")}
    for path in ("arrivals", "departures"):
        assert ana.refused("POST", sitting.at(path), someone) == (403, "not_allowed")
    assert ana.refused("POST", sitting.at("absences"), someone | {"kind": "absent_excused"}) == (403, "not_allowed")
    assert ana.refused("POST", sitting.at("roll-call/code")) == (403, "not_allowed")


def test_the_session_opens_with_a_quorum_and_only_by_who_presides(sitting: Sitting) -> None:
    sitting.roll_call().arrive("chair", "leader", "ana", "ben", "guest")
    assert sitting.chair.refused("POST", sitting.at("session/open")) == (409, "no_quorum")
    sitting.world.client("cat").ok("POST", sitting.at("check-in"), {"mode": "online"})
    now = sitting.chair.ok("GET", sitting.at("quorum"))
    assert (now["present"], now["online"], now["needed"], now["seats"], now["met"]) == (5, 1, 5, 7, True)
    assert sitting.clerk.refused("POST", sitting.at("session/open")) == (403, "not_allowed")
    sitting.chair.ok("POST", sitting.at("session/open"))
    assert sitting.chair.ok("GET", sitting.at("sitting"))["state"] == "open"


def test_the_quorum_timeline_shows_when_it_was_lost(sitting: Sitting) -> None:
    sitting.roll_call().arrive("chair", "leader", "ana", "ben", "cat")
    sitting.chair.ok("POST", sitting.at("session/open"))
    sitting.clerk.ok("POST", sitting.at("departures"), {"person_id": sitting.world.person("cat")})
    steps = sitting.clerk.ok("GET", sitting.at("quorum/timeline"))
    assert [(step["present"], step["met"]) for step in steps][-3:] == [(4, False), (5, True), (4, False)]
    assert "Không đủ số đại biểu" in page(sitting.clerk, sitting.at("_standing"))
    assert "Thời gian không đủ số đại biểu" in page(sitting.clerk, sitting.at("_proceedings"))
    assert sitting.chair.ok("POST", sitting.at("session/item"), {"item_id": sitting.items[0]})["position"]


def test_an_item_of_another_meeting_is_not_begun(sitting: Sitting) -> None:
    sitting.opened()
    stranger = {"item_id": sitting.world.person("ana")}
    assert sitting.chair.refused("POST", sitting.at("session/item"), stranger) == (404, "no_such_item")


def test_the_floor_is_requested_given_and_timed(sitting: Sitting) -> None:
    sitting.opened()
    first, second = sitting.asks("ana", "Điều 3"), sitting.asks("ben")
    assert sitting.world.client("ana").refused("POST", sitting.at("floor-requests"), {}) == (409, "already_in_queue")
    queue = sitting.chair.ok("GET", sitting.at("floor-requests"))
    assert [each["request_id"] for each in queue] == [first, second]
    assert "vị trí thứ 2" in page(sitting.world.client("ben"), sitting.at("_proceedings"))

    sitting.chair.ok("POST", sitting.at(f"floor-requests/{first}/give"), {"seconds": 300})
    speaker = sitting.chair.ok("GET", sitting.at("sitting"))["speaker"]
    assert (speaker["full_name"], speaker["seconds"], speaker["subject"]) == ("Đại biểu Ana", 300, "Điều 3")
    shown = page(sitting.clerk, sitting.at("_hall"))
    assert f'data-since="{speaker["given_at"]}"' in shown and 'data-seconds="300"' in shown

    sitting.chair.ok("POST", sitting.at(f"floor-requests/{second}/give"), {"seconds": 0})
    sitting.chair.ok("POST", sitting.at("floor/end"))
    speeches = sitting.chair.ok("GET", sitting.at("speeches"))
    assert [(each["full_name"], each["allowed"], each["lasted"] is None) for each in speeches] == [
        ("Đại biểu Ana", 300, False),
        ("Đại biểu Ben", 0, False),
    ]


def test_a_request_is_withdrawn_by_its_owner_or_the_clerk_and_nobody_else(sitting: Sitting) -> None:
    sitting.opened()
    first, second = sitting.asks("ana"), sitting.asks("ben")
    withdraw = sitting.at(f"floor-requests/{first}/withdraw")
    assert sitting.world.client("cat").refused("POST", withdraw) == (403, "not_allowed")
    sitting.world.client("ana").ok("POST", withdraw)
    assert sitting.world.client("ana").refused("POST", withdraw) == (409, "request_not_waiting")
    sitting.clerk.ok("POST", sitting.at(f"floor-requests/{second}/withdraw"))
    assert sitting.chair.ok("GET", sitting.at("floor-requests")) == []
    unknown = sitting.at(f"floor-requests/{sitting.id}/withdraw")
    assert sitting.clerk.refused("POST", unknown) == (404, "not_found")


def test_notes_have_an_author_and_are_for_the_record_only(sitting: Sitting) -> None:
    sitting.opened()
    ana = sitting.world.client("ana")
    note = {"text": "Đề nghị làm rõ số thu", "person_id": ana.person_id}
    assert ana.refused("POST", sitting.at("notes"), note) == (403, "not_allowed")
    note_id = sitting.clerk.ok("POST", sitting.at("notes"), note)["id"]
    (seen,) = sitting.chair.ok("GET", sitting.at("notes"))
    assert (seen["full_name"], seen["author_id"], seen["item_id"]) == (
        "Đại biểu Ana",
        sitting.clerk.person_id,
        sitting.items[0],
    )
    assert ana.refused("GET", sitting.at("notes")) == (403, "not_allowed")
    assert "Đề nghị làm rõ" not in page(ana, sitting.at("session"))
    sitting.chair.ok("POST", sitting.at("session/close"))
    sitting.clerk.ok("PUT", sitting.at(f"notes/{note_id}"), {"text": "Đề nghị làm rõ số thu, chi"})
    assert sitting.clerk.ok("GET", sitting.at("notes"))[0]["text"] == "Đề nghị làm rõ số thu, chi"


def test_a_suspended_session_waits_and_a_closed_one_is_over(sitting: Sitting) -> None:
    sitting.opened()
    sitting.chair.ok("POST", sitting.at("session/suspend"), {"reason": "Giải lao"})
    ana = sitting.world.client("ana")
    assert ana.refused("POST", sitting.at("floor-requests"), {}) == (409, "session_suspended")
    assert "Giải lao" in page(ana, sitting.at("_proceedings"))
    sitting.chair.ok("POST", sitting.at("session/resume"))
    waiting = sitting.asks("ana")
    sitting.chair.ok("POST", sitting.at("session/close"))
    give = sitting.at(f"floor-requests/{waiting}/give")
    assert sitting.chair.refused("POST", give, {"seconds": 60}) == (409, "session_closed")
    assert sitting.chair.ok("GET", sitting.at("floor-requests")) == []
    assert "Đã bế mạc" in page(ana, sitting.at("session"))
    assert "Phiên họp đã bế mạc" in page(sitting.clerk, sitting.at("hall"))


def test_the_times_of_the_items_follow_the_chair(sitting: Sitting) -> None:
    sitting.opened()
    sitting.chair.ok("POST", sitting.at("session/item"), {"item_id": sitting.items[1]})
    times = sitting.clerk.ok("GET", sitting.at("item-times"))
    assert [each["item_id"] for each in times] == sitting.items
    assert times[0]["ended_at"] == times[1]["begun_at"]
    assert times[1]["ended_at"] is None


def test_a_repeated_request_records_nothing_twice(sitting: Sitting) -> None:
    sitting.opened()
    key = {"Idempotency-Key": sitting.world.person("a key")}
    ana = sitting.world.client("ana")
    answers = [ana.ok("POST", sitting.at("floor-requests"), {}, headers=key) for _ in range(2)]
    assert answers[0] == answers[1]
    assert len(sitting.chair.ok("GET", sitting.at("floor-requests"))) == 1


def test_every_panel_is_rendered_in_every_state_in_both_languages(sitting: Sitting) -> None:
    panels = ("session", "checkin", "_standing", "_proceedings", "_checkin")
    keepers = ("hall", "_hall", "_attendance", "_notes", "_roll-candidates")
    steps: list[tuple[str, dict[str, Any]]] = [
        ("roll-call", {}),
        ("session/open", {}),
        ("session/suspend", {}),
        ("session/resume", {}),
        ("session/close", {}),
    ]
    for path, body in steps:
        sitting.chair.ok("POST", sitting.at(path), body)
        if path == "roll-call":
            sitting.arrive("chair", *DELEGATES)
        for language in ("vi", "en"):
            for login, more in (("ana", ()), ("chair", keepers), ("guest", ())):
                client = sitting.world.client(login)
                client.cookies.set("lang", language)
                for panel in (*panels, *more):
                    page(client, sitting.at(panel))


def add_to_roll(client: Client, sitting: Sitting, *logins: str) -> Any:
    return client.ok(
        "POST", sitting.at("roll-call/people"), {"person_ids": [sitting.world.person(each) for each in logins]}
    )


def attending(sitting: Sitting, login: str) -> Any:
    listed = sitting.clerk.ok("GET", sitting.at("attendance"))
    return next((each for each in listed if each["person_id"] == sitting.world.person(login)), None)


def test_who_got_a_mandate_after_the_roll_call_opened_is_added_checks_in_and_votes(world: World) -> None:
    rules = MeetingRules(
        seats=8, seats_source="Nghị quyết", notice_days_regular=5, notice_days_urgent=1, notice_in_working_days=False
    )
    world.execute(SetMeetingRules, unit_id=COUNCIL, rules=rules)
    sitting = Sitting(world).opened()
    world.execute(
        GrantMandate,
        person_id=ids("outsider"),
        mandate_id=ids("by-election"),
        body_id=COUNCIL,
        title="Đại biểu",
        valid_from=world.today,
    )
    world.settle()
    newcomer = world.client("outsider")
    assert newcomer.refused("POST", sitting.at("check-in"), {"mode": "online"}) == (404, "not_found")

    needed = sitting.clerk.ok("GET", sitting.at("quorum"))["needed"]
    add_to_roll(sitting.clerk, sitting, "outsider")
    assert attending(sitting, "outsider")["voting"] is True
    newcomer.ok("POST", sitting.at("check-in"), {"mode": "online"})
    quorum = sitting.clerk.ok("GET", sitting.at("quorum"))
    assert (quorum["present"], quorum["seats"], quorum["needed"]) == (8, 8, needed)
    assert sitting.clerk.ok("GET", sitting.at("quorum/timeline"))[-1]["present"] == 8

    question = {"question": "Thông qua dự toán?", "card_id": "council_more_than_half"}
    poll = sitting.chair.ok("POST", sitting.at("polls"), question)["id"]
    assert newcomer.ok("GET", f"/polls/{poll}")["roll_size"] == 8
    assert newcomer.ok("POST", f"/polls/{poll}/ballots", {"choice": "for"})["voter_id"] == newcomer.person_id


def test_a_guest_who_comes_unannounced_is_added_and_invited_without_a_vote(sitting: Sitting) -> None:
    sitting.roll_call()
    add_to_roll(sitting.chair, sitting, "works", "ana")
    assert attending(sitting, "works")["voting"] is False and attending(sitting, "ana")["voting"] is True
    invited = sitting.clerk.ok("GET", f"/meetings/{sitting.id}")["invitations"]
    works = sitting.world.person("works")
    assert [each["voting"] for each in invited if each["person_id"] == works] == [False]
    sitting.world.client("works").ok("POST", sitting.at("check-in"), {"mode": "online"})
    before = sitting.clerk.ok("GET", sitting.at("attendance"))
    add_to_roll(sitting.chair, sitting, "works")
    assert sitting.clerk.ok("GET", sitting.at("attendance")) == before


def test_only_those_who_keep_the_roll_add_to_it_and_only_while_it_is_open(sitting: Sitting) -> None:
    body = {"person_ids": [sitting.world.person("works")]}
    path = sitting.at("roll-call/people")
    assert sitting.clerk.refused("POST", path, body) == (409, "roll_call_not_open")
    sitting.opened()
    assert sitting.world.client("ana").refused("POST", path, body) == (403, "not_allowed")
    assert sitting.clerk.refused("POST", path, {"person_ids": [str(ids("nobody"))]}) == (422, "no_such_person")
    assert sitting.clerk.refused("POST", path, {"person_ids": []}) == (422, "invalid")
    sitting.chair.ok("POST", sitting.at("session/close"))
    assert sitting.clerk.refused("POST", path, body) == (409, "session_closed")
    invited = sitting.clerk.ok("GET", f"/meetings/{sitting.id}")["invitations"]
    assert sitting.world.person("works") not in {each["person_id"] for each in invited}


def test_the_clerk_finds_whom_to_add_with_or_without_accents(sitting: Sitting) -> None:
    sitting.roll_call()
    found = page(sitting.clerk, sitting.at("_roll-candidates?q=phong+kinh"))
    assert "Trưởng phòng Kinh tế" in found and "Trưởng phòng Văn hóa" not in found
    assert "Đại biểu Ana" not in page(sitting.clerk, sitting.at("_roll-candidates"))
    add_to_roll(sitting.clerk, sitting, "works")
    assert "Trưởng phòng Kinh tế" not in page(sitting.clerk, sitting.at("_roll-candidates?q=phong+kinh"))
    assert sitting.world.client("ana").get(sitting.at("_roll-candidates")).status_code == 403
