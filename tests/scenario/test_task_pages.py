"""Pages of conclusions and tasks: what each person finds on them."""

from datetime import datetime, time, timedelta
from typing import Any

import pytest

from kernel.vietnam import VIETNAM, day_of
from services.tasks.deadlines import is_working_day
from tests.held_session import HeldSession, concluded, obligation
from tests.world import CULTURE, PASSWORD, WORKS, World


@pytest.fixture
def session(shared_world: World) -> HeldSession:
    return HeldSession(shared_world).open(shared_world)


def page(world: World, login: str, path: str, **query: str) -> str:
    answer = world.client(login).get(path, params=query, headers={"Accept": "text/html", "Accept-Language": "vi"})
    assert answer.status_code == 200, f"{login} {path}: {answer.status_code}"
    return answer.text


def move_clock(world: World, now: datetime, *logins: str) -> None:
    """Days later everybody's session has ended, so these people sign in again."""
    world.now = now
    for login in logins:
        world.client(login).ok("POST", "/session", {"login": login, "password": PASSWORD})


def latest_task(world: World, session: HeldSession) -> Any:
    return world.client("chair").ok("GET", "/tasks", params={"meeting_id": session.id})["tasks"][0]


def test_a_task_page_offers_each_person_their_own_acts(shared_world: World, session: HeldSession):
    world = shared_world
    concluded(world, session, obligation(world.now + timedelta(days=9), CULTURE, WORKS))
    path = f"/tasks/{latest_task(world, session)['id']}"
    head, works, chair = (page(world, login, path) for login in ("head", "works", "chair"))
    assert 'data-dialog="accept-dialog"' in head and 'data-dialog="extend-dialog"' not in head
    assert 'id="contribute-dialog"' in works and 'id="deliver-dialog"' not in works
    assert 'data-dialog="withdraw-dialog"' in chair and 'id="accept-dialog"' not in chair
    assert f"/meetings/{session.id}/conclusions" in chair and session.id not in head


def test_the_meeting_lists_its_conclusions_and_their_revisions(shared_world: World, session: HeldSession):
    world = shared_world
    concluded(world, session, obligation(world.now + timedelta(days=9), text="Hoàn chỉnh đề án"), text="Nhất trí.")
    concluded(world, session, text="Nhất trí, bỏ đề án.", revision=1)
    listed = page(world, "ana", f"/meetings/{session.id}/conclusions")
    assert "Nhất trí, bỏ đề án." in listed and "Sửa kết luận" not in listed
    history = page(world, "ana", f"/meetings/{session.id}/agenda/{session.item_id}/conclusion/history")
    assert history.index("Bản thứ 2") < history.index("Bản thứ 1") < history.index("Hoàn chỉnh đề án")
    dropped = page(world, "chair", f"/tasks/{latest_task(world, session)['id']}")
    assert "Việc này không còn trong kết luận hiện hành." in dropped


def test_only_those_who_may_conclude_get_the_editor(shared_world: World, session: HeldSession):
    path = f"/meetings/{session.id}/agenda/{session.item_id}/conclusion"
    assert "Xem trước và ghi" in page(shared_world, "clerk", path)
    assert shared_world.client("ana").get(path).status_code == 403


def test_the_statistics_open_in_excel(shared_world: World, session: HeldSession):
    world = shared_world
    concluded(world, session, obligation(world.now + timedelta(days=9)))
    assert "Phòng Văn hóa - Xã hội" in page(world, "chair", "/tasks/statistics", **{"from": "", "to": ""})
    table = world.client("chair").get("/tasks/statistics.csv?from=&to=").content
    assert table.startswith(b"\xef\xbb\xbf") and "Phòng Văn hóa - Xã hội" in table.decode("utf-8-sig")
    assert page(world, "chair", "/tasks/statistics", **{"from": "2099-01-01"}).count("Chưa có số liệu") == 1


@pytest.mark.parametrize(
    ("typed", "means"),
    [
        ("", "Nhập ngày và giờ"),
        ("ngày mai", "Nhập ngày và giờ"),
        ("9999-12-31T23:59", "Nhập ngày và giờ"),
        ("0001-01-01T00:00", "Nhập ngày và giờ"),
        ("2026-01-05T17:00", "Thứ Hai, 05/01/2026 17:00: đã qua"),
    ],
)
def test_a_typed_due_date_is_explained(shared_world: World, typed: str, means: str):
    assert means in page(shared_world, "chair", "/tasks/_due", at=typed)


@pytest.mark.parametrize("scope", ["all", "mine", "assigned", "led", "coordinated"])
def test_lists_have_a_word_for_emptiness(shared_world: World, scope: str):
    assert "empty-title" in page(shared_world, "outsider", "/tasks", scope=scope, state="overdue")


@pytest.mark.parametrize("query", ["state=bogus", "page=0", "unit=zz", "scope=others"])
def test_what_is_no_filter_is_refused(shared_world: World, query: str):
    assert shared_world.client("chair").get(f"/tasks?{query}").status_code == 422


def test_search_names_the_meeting_of_a_task_only_to_those_who_may_see_it(shared_world: World, session: HeldSession):
    concluded(shared_world, session, obligation(shared_world.now + timedelta(days=9), text="Kiểm đếm tài sản công"))
    shown = {who: page(shared_world, who, "/search", q="kiem dem tai san") for who in ("chair", "head")}
    assert "Kỳ họp thứ tư" in shown["chair"]
    assert "tài sản" in shown["head"] and "Kỳ họp thứ tư" not in shown["head"]
    assert "Phòng Văn hóa - Xã hội" in shown["head"]


def test_a_task_page_offers_to_change_its_people_to_those_who_may(shared_world: World, session: HeldSession):
    world = shared_world
    concluded(world, session, obligation(world.now + timedelta(days=9)))
    path = f"/tasks/{latest_task(world, session)['id']}"
    assert 'data-dialog="responsible-dialog"' not in page(world, "head", path)
    world.client("head").ok("POST", f"{path}/acceptance", {"responsible_id": world.person("officer")})
    head, chair, admin, clerk = (page(world, login, path) for login in ("head", "chair", "admin", "clerk"))
    assert 'data-dialog="responsible-dialog"' in head and 'id="hand-over-dialog"' not in head
    assert 'data-dialog="hand-over-dialog"' in chair and 'data-dialog="hand-over-dialog"' in admin
    assert 'data-dialog="responsible-dialog"' not in admin and 'id="hand-over-dialog"' not in clerk
    head_of_unit = f'value="{world.person("head")}"'
    assert head_of_unit in admin.partition('id="hand-over-dialog"')[2]


def reminded(world: World, login: str, title: str) -> str:
    """What the home page says of this task: the row from its title on."""
    home = page(world, login, "/")
    return home.partition(f"</span> {title}</a>")[2].partition("</li>")[0]


def test_a_task_nobody_accepted_reminds_the_leaders_of_its_unit_and_then_the_responsible_person(world: World):
    session = HeldSession(world).open(world)
    due = world.now + timedelta(days=30)
    concluded(world, session, obligation(due, text="Báo cáo thu phí"))
    path = f"/tasks/{latest_task(world, session)['id']}"
    assert reminded(world, "head", "Báo cáo thu phí") and not reminded(world, "works", "Báo cáo thu phí")

    move_clock(world, due - timedelta(hours=5), "head", "officer", "chair")
    assert "Sắp đến hạn" in reminded(world, "head", "Báo cáo thu phí")
    move_clock(world, due + timedelta(hours=1), "head", "officer")
    assert "Quá hạn" in reminded(world, "head", "Báo cáo thu phí")

    world.client("head").ok("POST", f"{path}/acceptance", {"responsible_id": world.person("officer")})
    assert "Quá hạn" in reminded(world, "officer", "Báo cáo thu phí")
    assert not reminded(world, "head", "Báo cáo thu phí")
    world.client("head").ok("POST", f"{path}/responsible", {"responsible_id": world.person("head")})
    assert "Quá hạn" in reminded(world, "head", "Báo cáo thu phí")
    assert not reminded(world, "officer", "Báo cáo thu phí")


def test_a_task_due_soon_reminds_the_responsible_person(world: World):
    session = HeldSession(world).open(world)
    concluded(world, session, obligation(world.now + timedelta(hours=5), text="Báo cáo thu phí"))
    path = f"/tasks/{latest_task(world, session)['id']}"
    world.client("head").ok("POST", f"{path}/acceptance", {"responsible_id": world.person("officer")})
    assert "Sắp đến hạn" in reminded(world, "officer", "Báo cáo thu phí")


@pytest.mark.parametrize("path", ["/tasks?state=bogus", "/tasks/statistics?from=9999-01-01", "/meetings/abc"])
def test_a_mistyped_address_is_told_from_a_form_with_mistakes(shared_world: World, path: str):
    answer = shared_world.client("chair").get(path, headers={"Accept": "text/html", "Accept-Language": "vi"})
    assert answer.status_code == 422
    assert "wrong_address" in answer.text and "Hãy mở lại từ trang chủ." in answer.text


def test_what_is_due_on_a_day_off_is_not_called_due_today(world: World):
    session = HeldSession(world).open(world)
    soon = [day_of(world.now) + timedelta(days=days) for days in range(7, 21)]
    sunday = next(day for day in soon if not is_working_day(day) and not is_working_day(day - timedelta(days=1)))
    due_at = datetime.combine(sunday, time(10), VIETNAM)
    concluded(world, session, obligation(due_at, text="Báo cáo trước Chủ Nhật"))
    task = f"/tasks/{latest_task(world, session)['id']}"
    move_clock(world, due_at - timedelta(days=1), "chair")
    shown = page(world, "chair", task)
    assert "hạn vào ngày nghỉ" in shown and "đến hạn hôm nay" not in shown
