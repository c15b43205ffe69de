"""Conclusions and the tasks they become, through the JSON API as the people concerned use it."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from kernel.ids import uuid7
from services.directory.messages import AssignRole, RoleName
from services.tasks import views as tasks
from tests.held_session import HeldSession, concluded, obligation
from tests.stamps import ids
from tests.world import COMMITTEE, CULTURE, PASSWORD, WORKS, World


@pytest.fixture
def session(world: World) -> HeldSession:
    return HeldSession(world).open(world)


def only_task(world: World, login: str) -> Any:
    (task,) = world.client(login).ok("GET", "/tasks")["tasks"]
    return task


def move_clock(world: World, now: datetime, *logins: str) -> None:
    """Days later everybody's session has ended, so these people sign in again."""
    world.now = now
    for login in logins:
        world.client(login).ok("POST", "/session", {"login": login, "password": PASSWORD})


def test_a_conclusion_becomes_a_task_that_is_returned_and_delivered_again_late(world: World, session: HeldSession):
    head, officer, works, chair = map(world.client, ("head", "officer", "works", "chair"))
    due = world.now + timedelta(days=20)
    concluded(world, session, obligation(due, CULTURE, WORKS))

    task = only_task(world, "head")
    path = f"/tasks/{task['id']}"
    assert (task["title"], task["state"], task["stage"]) == ("Trình phương án", "in_time", "assigned")
    assert datetime.fromisoformat(task["due_at"]) == due
    assert (task["assigner"], task["lead_unit"]["id"]) == ("Chủ tọa Kỳ họp", str(CULTURE))
    (shown,) = works.ok("GET", f"/tasks?coordinating_unit_id={WORKS}")["tasks"]
    assert shown["id"] == task["id"]

    assert officer.refused("POST", f"{path}/progress", {"percent": 10, "note": "x"}) == (409, "not_accepted_yet")
    head.ok("POST", f"{path}/acceptance", {"responsible_id": officer.person_id})
    officer.ok("POST", f"{path}/progress", {"percent": 60, "note": "Đã có dự thảo."})
    works.ok("POST", f"{path}/contributions", {"unit_id": str(WORKS), "note": "Đã gửi danh mục công trình."})

    move_clock(world, due - timedelta(days=1), "head", "officer", "chair")
    assert only_task(world, "head")["state"] == "due_soon"
    officer.ok("POST", f"{path}/completion", {"report": "Đã trình phương án."})
    assert chair.ok("GET", path)["task"]["stage"] == "delivered"
    chair.ok("POST", f"{path}/completion/return", {"reason": "Thiếu nguồn vốn đối ứng."})

    move_clock(world, due + timedelta(hours=2), "officer")
    assert only_task(world, "officer")["state"] == "overdue"
    officer.ok("POST", f"{path}/completion", {"report": "Đã bổ sung nguồn vốn đối ứng."})
    move_clock(world, world.now + timedelta(days=3), "head", "chair")
    chair.ok("POST", f"{path}/completion/acceptance")

    detail = head.ok("GET", path)
    assert (detail["task"]["state"], detail["task"]["stage"]) == ("done_late", "completed")
    assert [each["type"] for each in detail["history"]] == [
        "TaskAssigned",
        "TaskAccepted",
        "ProgressReported",
        "ContributionReported",
        "CompletionDelivered",
        "CompletionReturned",
        "CompletionDelivered",
        "CompletionAccepted",
    ]
    (unit,) = chair.ok("GET", "/tasks/statistics")
    assert unit["counts"]["done_late"] == 1 and unit["unit"]["name"] == "Phòng Văn hóa - Xã hội"


def test_conclusions_and_tasks_are_found_without_accents_by_those_who_may_see_them(world: World, session: HeldSession):
    concluded(world, session, obligation(world.now + timedelta(days=5), text="Rà soát danh mục công trình"))
    chair, head, outsider = map(world.client, ("chair", "head", "outsider"))

    def found(client: Any, words: str) -> set[str]:
        return {each["kind"] for each in client.ok("GET", "/search", params={"q": words})["hits"]}

    assert {"conclusion", "task"} <= found(chair, "danh muc cong trinh")
    assert found(head, "danh muc cong trinh") == {"task"}
    assert found(outsider, "danh muc cong trinh") == set()


def test_what_waits_for_whom(world: World, session: HeldSession):
    concluded(world, session, obligation(world.now + timedelta(days=5)))
    connection = world.embedded.views.reader()
    path = f"/tasks/{only_task(world, 'head')['id']}"

    def waiting() -> dict[str, list[str]]:
        listed = {who: tasks.tasks_waiting(connection, ids(who), world.now) for who in ("head", "officer", "chair")}
        return {who: [each.what for each in found] for who, found in listed.items() if found}

    assert waiting() == {"head": ["accept"], "officer": ["accept"]}
    head, officer = world.client("head"), world.client("officer")
    head.ok("POST", f"{path}/acceptance", {"responsible_id": officer.person_id})
    assert waiting() == {"officer": ["deliver"]}
    officer.ok("POST", f"{path}/completion", {"report": "Đã trình."})
    assert waiting() == {"chair": ["judge"]}


def test_a_conclusion_is_revised_only_by_those_who_have_seen_the_last_revision(world: World, session: HeldSession):
    clerk, chair = world.client("clerk"), world.client("chair")
    kept = obligation(world.now + timedelta(days=5))
    concluded(world, session, kept)
    changed = {"text": "Thống nhất, có điều chỉnh.", "obligations": [kept], "revision": 1}
    chair.ok("POST", session.conclusion, changed)
    assert clerk.refused("POST", session.conclusion, {**changed, "text": "Khác"}) == (409, "stale_revision")
    assert [each["revision"] for each in clerk.ok("GET", session.conclusion)] == [2, 1]
    world.settle()
    assert len(clerk.ok("GET", "/tasks")["tasks"]) == 1


def test_an_obligation_dropped_from_the_conclusion_leaves_its_task_and_says_so(world: World, session: HeldSession):
    concluded(world, session, obligation(world.now + timedelta(days=5)))
    concluded(world, session, text="Thống nhất, bỏ nghĩa vụ.", revision=1)
    chair, task = world.client("chair"), only_task(world, "chair")
    path = f"/tasks/{task['id']}"
    assert task["stage"] == "assigned" and chair.ok("GET", path)["obligation"]["dropped"] is True
    chair.ok("POST", f"{path}/withdrawal", {"reason": "Nghĩa vụ đã bỏ khỏi kết luận."})
    assert only_task(world, "chair")["state"] == "withdrawn"


def test_nothing_is_concluded_before_the_session_opens(world: World):
    session = HeldSession(world)
    answer = world.client("clerk").refused("POST", session.conclusion, {"text": "Thống nhất."})
    assert answer == (409, "conclusion_before_session")


def test_only_the_chair_and_those_who_write_for_the_chair_conclude(world: World, session: HeldSession):
    body = {"text": "Thống nhất."}
    assert world.client("ana").refused("POST", session.conclusion, body) == (403, "not_allowed")
    assert world.client("head").refused("POST", session.conclusion, body) == (404, "not_found")
    unknown = f"/meetings/{session.id}/agenda/{uuid7()}/conclusion"
    assert world.client("clerk").refused("POST", unknown, body) == (404, "not_found")


def test_an_obligation_goes_to_a_unit_that_exists(world: World, session: HeldSession):
    body = {"text": "Thống nhất.", "obligations": [obligation(world.now + timedelta(days=5), uuid7())]}
    assert world.client("clerk").refused("POST", session.conclusion, body) == (422, "no_such_unit")
    again = [obligation(world.now, CULTURE)]
    late = {"text": "Thống nhất.", "obligations": again}
    assert world.client("clerk").refused("POST", session.conclusion, late) == (422, "due_in_the_past")


@pytest.fixture
def assigned(world: World, session: HeldSession) -> str:
    concluded(world, session, obligation(world.now + timedelta(days=20), CULTURE, WORKS))
    return f"/tasks/{only_task(world, 'head')['id']}"


def test_a_coordinating_unit_contributes_but_neither_accepts_nor_delivers(world: World, assigned: str):
    head, works = world.client("head"), world.client("works")
    assert works.refused("POST", f"{assigned}/acceptance", {"responsible_id": works.person_id}) == (403, "not_allowed")
    head.ok("POST", f"{assigned}/acceptance", {"responsible_id": head.person_id})
    assert works.refused("POST", f"{assigned}/completion", {"report": "Xong"}) == (403, "not_allowed")
    assert works.refused("POST", f"{assigned}/progress", {"percent": 5, "note": "x"}) == (403, "not_allowed")
    foreign = {"unit_id": str(CULTURE), "note": "x"}
    assert works.refused("POST", f"{assigned}/contributions", foreign) == (403, "not_allowed")


def test_the_responsible_person_belongs_to_the_lead_unit(world: World, assigned: str):
    answer = world.client("head").refused("POST", f"{assigned}/acceptance", {"responsible_id": str(ids("works"))})
    assert answer == (422, "not_of_the_lead_unit")


def test_only_the_assigner_extends_and_only_to_a_later_date(world: World, assigned: str):
    chair = world.client("chair")
    longer = {"due_at": (world.now + timedelta(days=40)).isoformat(), "reason": "Chờ ý kiến cấp trên."}
    assert world.client("head").refused("POST", f"{assigned}/extension", longer) == (403, "not_allowed")
    assert world.client("clerk").refused("POST", f"{assigned}/extension", longer) == (403, "not_allowed")
    shorter = {**longer, "due_at": (world.now + timedelta(days=2)).isoformat()}
    assert chair.refused("POST", f"{assigned}/extension", shorter) == (422, "not_later")
    chair.ok("POST", f"{assigned}/extension", longer)
    assert chair.ok("GET", assigned)["task"]["due_at"] != chair.ok("GET", assigned)["task"]["first_due_at"]


def test_the_lead_unit_names_another_responsible_person(world: World, assigned: str):
    head, officer, works = map(world.client, ("head", "officer", "works"))
    other = {"responsible_id": officer.person_id, "reason": "Chuyển công tác."}
    assert head.refused("POST", f"{assigned}/responsible", other) == (409, "not_accepted_yet")
    head.ok("POST", f"{assigned}/acceptance", {"responsible_id": head.person_id})
    assert works.refused("POST", f"{assigned}/responsible", other) == (403, "not_allowed")
    stranger = {"responsible_id": works.person_id}
    assert head.refused("POST", f"{assigned}/responsible", stranger) == (422, "not_of_the_lead_unit")
    head.ok("POST", f"{assigned}/responsible", other)
    detail = head.ok("GET", assigned)
    assert detail["task"]["responsible"] == "Chuyên viên Văn hóa"
    last = detail["history"][-1]
    assert (last["person_before"], last["person"]) == ("Trưởng phòng Văn hóa", "Chuyên viên Văn hóa")
    assert [each["id"] for each in officer.ok("GET", f"/tasks?person_id={officer.person_id}")["tasks"]]


def test_when_the_assigner_leaves_office_somebody_who_may_assign_takes_over(world: World, assigned: str):
    chair, leader, admin, head = map(world.client, ("chair", "leader", "admin", "head"))
    handed = {"assigner_id": leader.person_id, "reason": "Chủ tọa thôi giữ chức vụ."}
    for login in ("head", "clerk", "leader"):
        assert world.client(login).refused("POST", f"{assigned}/hand-over", handed) == (403, "not_allowed")
    assert admin.refused("POST", f"{assigned}/hand-over", handed) == (422, "may_not_assign")
    world.execute(AssignRole, person_id=ids("leader"), role=RoleName.presiding_officer, unit_id=ids("council"))
    world.settle()
    assert admin.refused("POST", f"{assigned}/hand-over", {**handed, "reason": " "}) == (422, "invalid")
    admin.ok("POST", f"{assigned}/hand-over", handed)
    longer = {"due_at": (world.now + timedelta(days=40)).isoformat(), "reason": "Chờ ý kiến."}
    assert chair.refused("POST", f"{assigned}/extension", longer) == (403, "not_allowed")
    leader.ok("POST", f"{assigned}/extension", longer)
    detail = head.ok("GET", assigned)
    assert detail["task"]["assigner"] == "Lãnh đạo Thường trực"
    assert [each["type"] for each in detail["history"]][-2:] == ["TaskHandedOver", "TaskExtended"]
    leader.ok("POST", f"{assigned}/hand-over", {"assigner_id": chair.person_id, "reason": "Bàn giao lại."})
    assert chair.ok("GET", assigned)["task"]["assigner_id"] == chair.person_id


def test_a_completion_report_names_documents_that_exist(world: World, assigned: str):
    head = world.client("head")
    head.ok("POST", f"{assigned}/acceptance", {"responsible_id": head.person_id})
    body = {"report": "Đã trình.", "document_ids": [str(uuid7())]}
    assert head.refused("POST", f"{assigned}/completion", body) == (422, "no_such_document")


def test_people_who_have_nothing_to_do_with_a_task_do_not_know_of_it(world: World, assigned: str):
    outsider = world.client("outsider")
    assert outsider.refused("GET", assigned) == (404, "not_found")
    assert outsider.ok("GET", "/tasks")["tasks"] == []
    assert world.client("auditor").ok("GET", assigned)["task"]["stage"] == "assigned"
    assert world.client("ana").ok("GET", assigned)["task"]["stage"] == "assigned"


def test_a_leader_assigns_to_the_own_unit_and_those_below(world: World):
    head, chair = world.client("head"), world.client("chair")
    body = {"title": "Báo cáo quý IV", "due_at": (world.now + timedelta(days=3)).isoformat()}
    own = head.ok("POST", "/tasks", {**body, "lead_unit_id": str(CULTURE)})
    assert head.ok("GET", f"/tasks/{own['id']}")["task"]["assigner"] == "Trưởng phòng Văn hóa"
    assert head.refused("POST", "/tasks", {**body, "lead_unit_id": str(WORKS)}) == (403, "not_allowed")
    chair.ok("POST", "/tasks", {**body, "lead_unit_id": str(COMMITTEE)})
    officer = world.client("officer")
    assert officer.refused("POST", "/tasks", {**body, "lead_unit_id": str(CULTURE)}) == (403, "not_allowed")
    both = {**body, "lead_unit_id": str(CULTURE), "coordinating_unit_ids": [str(CULTURE)]}
    assert head.refused("POST", "/tasks", both) == (422, "lead_unit_also_coordinates")


@pytest.mark.parametrize("title", ["", "   ", "\n\t"])
def test_a_task_without_words_is_no_task(shared_world: World, title: str):
    due_at = (shared_world.now + timedelta(days=3)).isoformat()
    body = {"title": title, "lead_unit_id": str(CULTURE), "due_at": due_at}
    assert shared_world.client("chair").refused("POST", "/tasks", body) == (422, "invalid")


def test_a_repeated_request_assigns_once(world: World):
    chair, key = world.client("chair"), {"Idempotency-Key": str(uuid7())}
    body = {
        "title": "Báo cáo quý IV",
        "lead_unit_id": str(CULTURE),
        "due_at": (world.now + timedelta(days=3)).isoformat(),
    }
    first = chair.ok("POST", "/tasks", body, headers=key)
    assert chair.ok("POST", "/tasks", body, headers=key) == first
    assert len(chair.ok("GET", "/tasks")["tasks"]) == 1


def test_papers_of_a_report_are_read_by_those_who_see_the_task_once_it_is_delivered(world: World, assigned: str):
    head, chair = world.client("head"), world.client("chair")
    head.ok("POST", f"{assigned}/acceptance", {"responsible_id": head.person_id})
    upload = {"content": "Báo cáo thực hiện.".encode(), "headers": {"X-File-Name": "bao_cao.txt"}}
    paper = head.ok("PUT", f"{assigned}/documents", **upload)["id"]
    assert world.client("works").refused("PUT", f"{assigned}/documents", **upload) == (403, "not_allowed")
    assert chair.refused("GET", f"/documents/{paper}") == (404, "not_found")

    head.ok("POST", f"{assigned}/completion", {"report": "Đã trình.", "document_ids": [paper]})
    assert chair.ok("GET", f"/documents/{paper}")["document"]["title"] == "bao cao"
    assert world.client("outsider").refused("GET", f"/documents/{paper}") == (404, "not_found")
    version = {"content": b"x", "headers": {"X-File-Name": "b.txt"}}
    assert head.refused("POST", f"/documents/{paper}/versions", **version) == (403, "not_allowed")
    assert chair.ok("GET", assigned)["history"][-1]["document_ids"] == [paper]
