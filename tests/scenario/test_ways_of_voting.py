"""Elections, ratings, drafts, changed minds, proxies, dictated votes and a body's own cards, through the API."""

from datetime import timedelta
from typing import Any

import pytest

from tests.scenario.test_voting import Hall
from tests.world import COUNCIL, VOTERS, World

ELECTION = {"question": "Bầu Phó Trưởng ban", "card_id": "council_election", "method": "election"}
DRAFTS = {
    "question": "Thông qua các nghị quyết",
    "card_id": "council_more_than_half",
    "method": "several_drafts",
    "lines": [{"title": "Nghị quyết về ngân sách"}, {"title": "Nghị quyết về đất đai"}],
}
OWN_CARD: dict[str, Any] = {
    "title": "Quá nửa, được đổi phiếu và ủy quyền",
    "legal_basis": "Điều 12 Nội quy kỳ họp",
    "certainty": "C",
    "note": "Nội quy của cơ quan",
    "methods": ["single_choice"],
    "base": "all_members",
    "threshold": "more_than",
    "numerator": 1,
    "denominator": 2,
    "allows_change": True,
    "allows_proxies": True,
    "allows_substitutes": True,
    "allows_weights": True,
    "valid_from": "2020-01-01",
    "examples": [{"says": "Cần 4 trên 7", "members": 7, "counts": {"for": 4}, "needed": 4, "passed": True}],
}


@pytest.fixture
def hall(world: World) -> Hall:
    return Hall(world).opened()


def candidates(*names: str) -> dict[str, Any]:
    return {"candidates": [{"name": each} for each in names]}


def marks(hall: Hall, poll: str, login: str, *chosen: str) -> Any:
    return hall.world.client(login).ok("POST", f"/polls/{poll}/ballots", {"marks": list(chosen)})


def own_card(world: World, **changes: Any) -> str:
    """Proposed by the clerk, approved by the leader; the id by which a poll names it."""
    clerk, leader = world.client("clerk"), world.client("leader")
    card = clerk.ok("POST", f"/bodies/{COUNCIL}/rule-cards", {"card": OWN_CARD | changes})["id"]
    leader.ok("POST", f"/rule-cards/{card}/approve")
    return str(clerk.ok("GET", f"/rule-cards/{card}")["card"]["card_id"])


def test_an_election_in_two_rounds(hall: Hall) -> None:
    poll = hall.asks(**ELECTION, **candidates("An", "Bình", "Cường"), posts=2)
    for login in VOTERS[:4]:
        receipt = marks(hall, poll, login, "c1", "c2")
        assert (receipt["choice"], receipt["marks"]) == ("", ["c1", "c2"])
    marks(hall, poll, "cat", "c1", "c3")
    marks(hall, poll, "dan", "c3")
    eve = hall.world.client("eve")
    for chosen, code in ((["c1", "c2", "c3"], "too_many_marks"), ([], "empty_ballot"), (["c9"], "unknown_choice")):
        assert eve.refused("POST", f"/polls/{poll}/ballots", {"marks": chosen}) == (422, code)
    assert eve.refused("POST", f"/polls/{poll}/ballots", {"marks": ["c1", "c1"]}) == (422, "duplicate_mark")
    hall.closes(poll)
    tally = hall.chair.ok("GET", f"/polls/{poll}/result")
    assert (tally["needed"], tally["passed"], tally["open_posts"], tally["cast"]) == (4, True, 0, 6)
    lines = hall.chair.ok("GET", f"/polls/{poll}/lines")
    assert [(each["title"], each["result"]["votes"], each["result"]["passed"]) for each in lines] == [
        ("An", 5, True),
        ("Bình", 4, True),
        ("Cường", 2, False),
    ]
    nothing_open = {**ELECTION, "follows": poll}
    assert hall.chair.refused("POST", f"/meetings/{hall.id}/polls", nothing_open) == (409, "no_open_posts")


def test_a_further_round_is_for_the_open_post_and_without_who_was_elected(hall: Hall) -> None:
    first = hall.asks(**ELECTION, **candidates("An", "Bình", "Cường"), posts=2)
    for login, chosen in zip(VOTERS, (["c1", "c2"],) * 3 + (["c1", "c3"],) * 3, strict=False):
        marks(hall, first, login, *chosen)
    hall.closes(first)
    tally = hall.chair.ok("GET", f"/polls/{first}/result")
    assert (tally["counts"], tally["open_posts"]) == ({"c1": 6, "c2": 3, "c3": 3}, 1)
    path = f"/meetings/{hall.id}/polls"
    again = {**ELECTION, "question": "Bầu vòng hai", "follows": first}
    assert hall.chair.refused("POST", path, again | candidates("An", "Dũng")) == (422, "already_elected")
    second = hall.asks(**again)
    seen = hall.chair.ok("GET", f"/polls/{second}")
    assert [each["label"] for each in seen["choices"]] == ["Bình", "Cường"]
    assert (seen["method"]["round"], seen["method"]["posts"], seen["method"]["follows"]) == (2, 1, first)
    assert hall.chair.refused("POST", path, again) == (409, "round_already_opened")
    for login in VOTERS[:4]:
        marks(hall, second, login, "c3")
    hall.closes(second)
    hall.chair.ok("POST", f"/polls/{second}/publish")
    lines = hall.world.client("ana").ok("GET", f"/polls/{second}/lines")
    assert [each["result"]["passed"] for each in lines] == [False, True]
    record = hall.world.client("ana").ok("GET", f"/polls/{second}/ballots")
    assert sorted(len(each["marks"]) for each in record) == [0, 0, 0, 1, 1, 1, 1]


def test_a_confidence_rating_names_who_is_low_with_half_and_with_two_thirds(hall: Hall) -> None:
    lines = [{"title": "Ông Một"}, {"title": "Bà Hai"}, {"person_id": hall.world.person("ana")}]
    poll = hall.asks(question="Lấy phiếu tín nhiệm", card_id="council_confidence_rating", method="rating", lines=lines)
    for login in VOTERS[:4]:
        marks(hall, poll, login, "l1:low", "l2:low", "l3:high")
    marks(hall, poll, "cat", "l1:low", "l2:confident", "l3:low")
    marks(hall, poll, "dan", "l1:confident", "l2:high")
    eve = hall.world.client("eve")
    assert eve.refused("POST", f"/polls/{poll}/ballots", {"marks": ["l1:low", "l1:high"]})[1] == "line_marked_twice"
    hall.closes(poll)
    found = hall.chair.ok("GET", f"/polls/{poll}/lines")
    assert [(each["title"], each["result"]["votes"], each["result"]["finding"]) for each in found] == [
        ("Ông Một", 5, "two_thirds_low"),
        ("Bà Hai", 4, "two_thirds_low"),
        ("Đại biểu Ana", 1, ""),
    ]
    assert found[2]["counts"] == {"high": 4, "confident": 0, "low": 1}
    assert hall.chair.ok("GET", f"/polls/{poll}/result")["base_count"] == 6


def test_several_drafts_on_one_paper_are_decided_line_by_line(hall: Hall) -> None:
    poll = hall.asks(**DRAFTS)
    for login in VOTERS[:4]:
        marks(hall, poll, login, "l1:for", "l2:against")
    marks(hall, poll, "cat", "l2:for")
    hall.closes(poll)
    tally = hall.chair.ok("GET", f"/polls/{poll}/result")
    assert (tally["passed"], [line["passed"] for line in tally["lines"]]) == (False, [True, False])
    assert tally["counts"]["l2:for"] == 1


def test_the_arithmetic_is_shown_before_a_poll_is_opened(hall: Hall) -> None:
    path = f"/meetings/{hall.id}/polls/preview"
    seen = hall.chair.ok("POST", path, {"question": "?", "card_id": "council_more_than_half"})
    assert (seen["members"], seen["base_count"], seen["needed"], seen["refused"]) == (7, 7, 4, None)
    assert "Điều 91" in seen["card"]["legal_basis"] and seen["quorum_met"]
    depleted = hall.chair.ok("POST", path, {"question": "?", "card_id": "council_depleted"})
    assert depleted["refused"] == "council_not_depleted"
    rated = {"question": "?", "card_id": "council_confidence_vote", "method": "rating", "lines": [{"title": "A"}]}
    assert hall.chair.ok("POST", path, rated)["needed"] is None
    wrong = {"question": "?", "card_id": "council_election"}
    assert hall.chair.refused("POST", path, wrong) == (422, "card_not_for_method")
    assert hall.world.client("ana").refused("POST", path, wrong) == (403, "not_allowed")
    assert hall.chair.ok("GET", f"/meetings/{hall.id}/polls") == []


def test_a_voter_changes_the_ballot_until_the_close_where_the_card_allows_it(hall: Hall) -> None:
    poll = hall.asks(card_id=own_card(hall.world))
    first = hall.votes(poll, "ana", "for")
    second = hall.votes(poll, "ana", "against")
    assert second["position"] > first["position"] and second["choice"] == "against"
    assert hall.votes(poll, "ana", "against") == second
    assert hall.chair.ok("GET", f"/polls/{poll}/turnout")["voted"] == 1
    assert hall.world.client("ana").ok("GET", f"/polls/{poll}/ballots/mine") == second
    hall.closes(poll)
    assert hall.chair.ok("GET", f"/polls/{poll}/result")["counts"] == {"for": 0, "against": 1, "not_voting": 0}
    late = hall.world.client("ana").refused("POST", f"/polls/{poll}/ballots", {"choice": "for"})
    assert late == (409, "poll_closed")


def test_a_proxy_and_a_substitute_vote_in_anothers_place(world: World) -> None:
    hall = Hall(world, present=(*VOTERS[:-2], "guest")).opened()
    basis = "Giấy ủy quyền số 3"
    dan = {"voter_id": world.person("dan"), "holder_id": world.person("ana"), "kind": "proxy", "basis": basis}
    eve = {"voter_id": world.person("eve"), "holder_id": world.person("guest"), "kind": "substitute", "basis": basis}
    path, asked = f"/meetings/{hall.id}/polls", {"question": "?", "represented": [dan]}
    refused = hall.chair.refused("POST", path, asked | {"card_id": "council_more_than_half"})
    assert refused == (422, "proxies_not_allowed")
    poll = hall.asks(card_id=own_card(world), represented=[dan, eve])
    ana, guest = world.client("ana"), world.client("guest")
    assert [each["voter"] for each in ana.ok("GET", f"/polls/{poll}/represented")] == ["Đại biểu Dan"]
    hall.votes(poll, "ana", "for")
    for client, voter in ((ana, dan), (guest, eve)):
        client.ok("POST", f"/polls/{poll}/ballots", {"choice": "against", "voter_id": voter["voter_id"]})
    for client, voter in ((ana, "eve"), (world.client("ben"), "dan")):
        body = {"choice": "for", "voter_id": world.person(voter)}
        assert client.refused("POST", f"/polls/{poll}/ballots", body) == (403, "not_a_representative")
    hall.closes(poll)
    record = {each["full_name"]: each for each in hall.chair.ok("GET", f"/polls/{poll}/ballots")}
    assert (record["Đại biểu Dan"]["holder"], record["Đại biểu Dan"]["represented_by"]) == ("Đại biểu Ana", "proxy")
    assert record["Đại biểu Eve"]["represented_by"] == "substitute"
    assert hall.chair.ok("GET", f"/polls/{poll}/result")["counts"] == {"for": 1, "against": 2, "not_voting": 0}


def test_votes_have_weight_where_the_card_allows_it(hall: Hall) -> None:
    weights = {hall.world.person("ana"): 3}
    poll = hall.asks(card_id=own_card(hall.world), weights=weights)
    seen = hall.chair.ok("GET", f"/polls/{poll}")
    assert (seen["members"], seen["roll_votes"], seen["roll_size"]) == (9, 9, 7)
    hall.votes(poll, "ana", "for")
    hall.votes(poll, "ben", "for")
    hall.closes(poll)
    tally = hall.chair.ok("GET", f"/polls/{poll}/result")
    assert (tally["counts"]["for"], tally["needed"], tally["cast"], tally["not_cast"]) == (4, 5, 4, 5)


def test_a_clerk_writes_down_a_vote_that_a_second_person_confirms(hall: Hall) -> None:
    poll = hall.asks()
    clerk, ana = hall.world.client("clerk"), hall.world.person("ana")
    path = f"/polls/{poll}/dictations"
    clerk.ok("POST", path, {"voter_id": ana, "marks": ["for"]})
    assert [(each["full_name"], each["marks"]) for each in clerk.ok("GET", path)] == [("Đại biểu Ana", ["for"])]
    assert hall.world.client("ben").refused("GET", path) == (403, "not_allowed")
    assert hall.chair.ok("GET", f"/polls/{poll}/turnout")["voted"] == 0
    assert clerk.refused("POST", f"{path}/{ana}/confirm", {"marks": ["for"]}) == (403, "second_person_needed")
    assert hall.chair.refused("POST", f"{path}/{ana}/confirm", {"marks": ["against"]}) == (409, "dictation_differs")
    receipt = hall.chair.ok("POST", f"{path}/{ana}/confirm", {"marks": ["for"]})
    assert (receipt["voter_id"], receipt["choice"]) == (ana, "for")
    assert hall.votes(poll, "ana", "for") == receipt
    assert clerk.ok("GET", path) == []
    clerk.ok("POST", path, {"voter_id": hall.world.person("ben"), "marks": ["for"]})
    clerk.ok("POST", f"{path}/{hall.world.person('ben')}/withdraw")
    hall.closes(poll)
    record = {each["voter_id"]: each for each in hall.chair.ok("GET", f"/polls/{poll}/ballots")}
    assert (record[ana]["dictated_by"], record[ana]["confirmed_by"]) == ("Văn thư Hội đồng", "Chủ tọa Kỳ họp")
    assert record[hall.world.person("ben")]["choice"] is None


def test_a_secret_poll_takes_no_electronic_ballot_and_is_not_counted_by_the_service(hall: Hall) -> None:
    poll = hall.asks(secret=True)
    ana = hall.world.client("ana")
    assert ana.refused("POST", f"/polls/{poll}/ballots", {"choice": "for"}) == (409, "secret_on_paper")
    body = {"voter_id": ana.person_id, "marks": ["for"]}
    assert hall.world.client("clerk").refused("POST", f"/polls/{poll}/dictations", body) == (409, "secret_on_paper")
    hall.closes(poll)
    assert hall.chair.ok("GET", f"/polls/{poll}")["state"] == "closed"


def test_a_card_is_proposed_on_the_day_that_it_is_here(world: World) -> None:
    world.now = (world.now + timedelta(days=1)).replace(hour=17, minute=30)
    clerk, path = world.client("clerk"), f"/bodies/{COUNCIL}/rule-cards"
    clerk.ok("POST", path, {"card": OWN_CARD})
    assert f"đề xuất ngày {world.today:%d/%m/%Y}" in clerk.get(path).text


def test_a_body_adds_its_own_card_with_two_people(hall: Hall) -> None:
    world = hall.world
    clerk, leader, ana = world.client("clerk"), world.client("leader"), world.client("ana")
    path = f"/bodies/{COUNCIL}/rule-cards"
    assert ana.refused("POST", path, {"card": OWN_CARD}) == (403, "not_allowed")
    wrong = OWN_CARD["examples"][0] | {"needed": 3}
    assert clerk.refused("POST", path, {"card": OWN_CARD | {"examples": [wrong]}}) == (422, "example_differs")
    card = clerk.ok("POST", path, {"card": OWN_CARD})["id"]
    assert len(hall.chair.ok("GET", f"/meetings/{hall.id}/rule-cards")["cards"]) == 6
    assert clerk.refused("POST", f"/rule-cards/{card}/approve") == (403, "not_allowed")
    leader.ok("POST", f"/rule-cards/{card}/approve")
    offered = hall.chair.ok("GET", f"/meetings/{hall.id}/rule-cards")["cards"]
    assert offered[-1]["title"] == OWN_CARD["title"]
    poll = hall.asks(card_id=offered[-1]["card_id"])
    frozen = hall.chair.ok("GET", f"/polls/{poll}")["rule_card"]
    yesterday = (world.now - timedelta(days=1)).date().isoformat()
    leader.ok("POST", f"/rule-cards/{card}/retire", {"valid_to": yesterday})
    assert len(hall.chair.ok("GET", f"/meetings/{hall.id}/rule-cards")["cards"]) == 6
    assert hall.chair.ok("GET", f"/polls/{poll}")["rule_card"] == frozen
    for login in VOTERS[:4]:
        hall.votes(poll, login, "for")
    hall.closes(poll)
    assert hall.chair.ok("GET", f"/polls/{poll}/result")["passed"] is True
    seen = ana.ok("GET", path)
    assert [(each["state"], each["proposed_by"], each["decided_by"]) for each in seen] == [
        ("approved", "Văn thư Hội đồng", "Lãnh đạo Thường trực")
    ]
