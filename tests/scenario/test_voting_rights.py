"""A clerk records proxies, substitutes and weights for a meeting; the polls whose card allows them follow it."""

import pytest

from tests.scenario.test_voting import Hall, page
from tests.scenario.test_ways_of_voting import own_card
from tests.world import COUNCIL, VOTERS, World

BASIS = "Giấy ủy quyền số 3/GUQ"


@pytest.fixture
def hall(world: World) -> Hall:
    return Hall(world, present=(*VOTERS[:-2], "guest")).opened()


def holds(hall: Hall, voter: str, holder: str, kind: str = "proxy") -> dict[str, str]:
    person = hall.world.person
    return {"voter_id": person(voter), "holder_id": person(holder), "kind": kind, "basis": BASIS}


def test_what_the_clerk_recorded_holds_in_polls_whose_card_allows_it(hall: Hall) -> None:
    clerk, ana, guest = (hall.world.client(each) for each in ("clerk", "ana", "guest"))
    path = f"/meetings/{hall.id}/voting-rights"
    dan, eve = holds(hall, "dan", "ana"), holds(hall, "eve", "guest", "substitute")
    clerk.ok("PUT", path, {"represented": [dan, eve], "weights": {hall.world.person("ben"): 3, ana.person_id: 1}})
    seen = ana.ok("GET", path)
    assert [(each["voter"], each["holder"], each["kind"]) for each in seen["represented"]] == [
        ("Đại biểu Dan", "Đại biểu Ana", "proxy"),
        ("Đại biểu Eve", "Khách mời Mặt trận", "substitute"),
    ]
    assert [(each["voter"], each["weight"]) for each in seen["weights"]] == [("Đại biểu Ben", 3)]
    assert seen["recorded_by"] == "Văn thư Hội đồng"

    plain = hall.asks()
    assert ana.ok("GET", f"/polls/{plain}/represented") == []
    assert hall.chair.ok("GET", f"/polls/{plain}")["members"] == 7
    hall.closes(plain)
    own = own_card(hall.world)
    asked = {"question": "?", "card_id": own}
    preview = hall.chair.ok("POST", f"/meetings/{hall.id}/polls/preview", asked)
    assert (preview["members"], preview["roll_votes"], preview["needed"], preview["refused"]) == (9, 9, 5, None)
    poll = hall.asks(card_id=own)
    for client, voter in ((ana, dan), (guest, eve)):
        client.ok("POST", f"/polls/{poll}/ballots", {"choice": "for", "voter_id": voter["voter_id"]})
    hall.votes(poll, "ben", "for")
    hall.closes(poll)
    hall.chair.ok("POST", f"/polls/{poll}/publish")
    tally = ana.ok("GET", f"/polls/{poll}/result")
    assert (tally["counts"]["for"], tally["base_count"], tally["needed"], tally["passed"]) == (5, 9, 5, True)
    shown = page(ana, f"/polls/{poll}")
    for words in ("Dự thay", BASIS, "(trọng số 3)", "Đại biểu Ana biểu quyết theo ủy quyền", "9 phiếu theo trọng số"):
        assert words in shown
    assert "Khách mời Mặt trận biểu quyết thay" in shown


def test_an_open_poll_keeps_what_was_recorded_when_it_opened(hall: Hall) -> None:
    clerk, path = hall.world.client("clerk"), f"/meetings/{hall.id}/voting-rights"
    clerk.ok("PUT", path, {"represented": [holds(hall, "dan", "ana")], "weights": {hall.world.person("ben"): 2}})
    poll = hall.asks(card_id=own_card(hall.world))
    clerk.ok("PUT", path, {})
    assert clerk.ok("GET", path)["represented"] == clerk.ok("GET", path)["weights"] == []
    assert [each["voter"] for each in hall.world.client("ana").ok("GET", f"/polls/{poll}/represented")] == [
        "Đại biểu Dan"
    ]
    assert hall.chair.ok("GET", f"/polls/{poll}")["roll_votes"] == 8


def test_a_poll_on_paper_has_no_weights_and_what_is_said_at_the_opening_comes_first(hall: Hall) -> None:
    clerk, own = hall.world.client("clerk"), own_card(hall.world)
    clerk.ok("PUT", f"/meetings/{hall.id}/voting-rights", {"weights": {hall.world.person("ben"): 2}})
    paper = hall.asks(card_id=own, secret=True)
    assert hall.chair.ok("GET", f"/polls/{paper}")["roll_votes"] == 7
    hall.chair.ok("POST", f"/polls/{paper}/cancel", {"reason": "Thử"})
    poll = hall.asks(card_id=own, weights={})
    assert hall.chair.ok("GET", f"/polls/{poll}")["roll_votes"] == 7


def test_what_cannot_be_recorded_is_said(hall: Hall) -> None:
    clerk, path = hall.world.client("clerk"), f"/meetings/{hall.id}/voting-rights"
    twice = [holds(hall, "dan", "ana"), holds(hall, "dan", "ben")]
    for body, code in (
        ({"represented": twice}, "represented_twice"),
        ({"represented": [holds(hall, "dan", "dan")]}, "proxy_not_a_voter"),
        ({"represented": [holds(hall, "dan", "guest")]}, "proxy_not_a_voter"),
        ({"represented": [holds(hall, "eve", "ana", "substitute")]}, "substitute_is_a_voter"),
        ({"represented": [holds(hall, "guest", "ana")]}, "represented_off_roll"),
        ({"weights": {hall.world.person("ana"): 0}}, "impossible_weight"),
        ({"weights": {hall.world.person("guest"): 2}}, "impossible_weight"),
        ({"weights": {hall.world.person("ana"): 10**9}}, "invalid"),
        ({"represented": [holds(hall, "dan", "ana") | {"basis": ""}]}, "invalid"),
    ):
        assert clerk.refused("PUT", path, body) == (422, code)
    huge = {"question": "?", "card_id": own_card(hall.world), "weights": {hall.world.person("ana"): 10**9}}
    assert hall.chair.refused("POST", f"/meetings/{hall.id}/polls", huge) == (422, "invalid")
    assert hall.world.client("ana").refused("PUT", path, {}) == (403, "not_allowed")
    hall.chair.ok("POST", f"/meetings/{hall.id}/session/close")
    assert clerk.refused("PUT", path, {}) == (409, "session_closed")


def test_the_page_offers_what_the_cards_in_force_allow(hall: Hall) -> None:
    clerk, path = hall.world.client("clerk"), f"/meetings/{hall.id}/voting-rights"
    assert "Chưa có quy tắc nào cho phép" in page(clerk, path)
    own_card(hall.world, allows_weights=False)
    shown = page(clerk, path)
    assert f'href="{path}"' in page(clerk, f"/meetings/{hall.id}")
    assert f'href="{path}"' not in page(hall.world.client("ana"), f"/meetings/{hall.id}")
    assert "Thêm ủy quyền" in shown and "Thêm người dự thay" in shown and 'name="weights.' not in shown
    assert "Chưa ghi ai ủy quyền, dự thay" in page(hall.world.client("ana"), path)
    clerk.ok("PUT", path, {"represented": [holds(hall, "dan", "ana")]})
    assert BASIS in page(hall.world.client("ana"), path)
    assert "1 ủy quyền, 0 dự thay" in page(hall.chair, f"/meetings/{hall.id}/_new_poll")
    assert "Cho phép: ủy quyền, dự thay." in page(clerk, f"/bodies/{COUNCIL}/rule-cards")
