"""Pages of conclusions and tasks: what each person finds on them."""

from datetime import timedelta
from typing import Any

import pytest

from tests.held_session import HeldSession, concluded, obligation
from tests.world import CULTURE, WORKS, World


@pytest.fixture
def session(shared_world: World) -> HeldSession:
    return HeldSession(shared_world).open(shared_world)


def page(world: World, login: str, path: str, **query: str) -> str:
    answer = world.client(login).get(path, params=query, headers={"Accept": "text/html", "Accept-Language": "vi"})
    assert answer.status_code == 200, f"{login} {path}: {answer.status_code}"
    return answer.text


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
