"""A poll from its opening to the published result, through the JSON API and the pages, as each person sees it."""

from datetime import timedelta
from typing import Any

import pytest

from gateway.web.poll_words import TEXTS_OF_CARDS
from services.voting.cards import catalogue
from tests.world import COUNCIL, DELEGATES, VOTERS, Client, World

QUESTION = "Thông qua dự toán ngân sách năm 2027?"
HALF = {"question": QUESTION, "card_id": "council_more_than_half"}


class Hall:
    """A council session with everybody present; the chair conducts its polls."""

    def __init__(self, world: World, present: tuple[str, ...] = VOTERS) -> None:
        self.world = world
        clerk, leader, chair = world.client("clerk"), world.client("leader"), world.client("chair")
        plan = {
            "body_id": str(COUNCIL),
            "kind": "session_regular",
            "title": "Kỳ họp thứ tư",
            "place": "Hội trường",
            "starts_at": (world.now + timedelta(days=9)).isoformat(),
            "ends_at": (world.now + timedelta(days=9, hours=4)).isoformat(),
            "presiding_officer_id": chair.person_id,
            "minute_taker_id": clerk.person_id,
        }
        self.id = clerk.ok("POST", "/meetings", plan)["id"]
        self.item = clerk.ok("POST", f"/meetings/{self.id}/agenda", {"title": "Dự toán", "minutes": 60})["id"]
        clerk.ok("POST", f"/meetings/{self.id}/submission", {"leader_id": leader.person_id})
        leader.ok("POST", f"/meetings/{self.id}/approval", {})
        clerk.ok("POST", f"/meetings/{self.id}/publication", {"guest_ids": [world.person("guest")]})
        clerk.ok("POST", f"/meetings/{self.id}/roll-call")
        for login in present:
            clerk.ok("POST", f"/meetings/{self.id}/arrivals", {"person_id": world.person(login)})
        self.chair = chair

    def opened(self) -> "Hall":
        self.chair.ok("POST", f"/meetings/{self.id}/session/open")
        return self

    def asks(self, **changes: Any) -> str:
        return str(self.chair.ok("POST", f"/meetings/{self.id}/polls", {**HALF, **changes})["id"])

    def votes(self, poll: str, login: str, choice: str) -> Any:
        return self.world.client(login).ok("POST", f"/polls/{poll}/ballots", {"choice": choice})

    def closes(self, poll: str) -> None:
        self.chair.ok("POST", f"/polls/{poll}/close")
        self.world.settle()


@pytest.fixture
def hall(world: World) -> Hall:
    return Hall(world).opened()


def page(client: Client, path: str) -> str:
    answer = client.get(path, headers={"accept": "text/html"})
    assert answer.status_code == 200, answer.text
    return answer.text


def test_a_poll_is_opened_voted_closed_counted_and_published(hall: Hall) -> None:
    poll = hall.asks(item_id=hall.item)
    seen = hall.world.client("ana").ok("GET", f"/polls/{poll}")
    assert (seen["state"], seen["roll_size"], seen["members"], seen["turnout"]) == ("open", 7, 7, 0)
    assert seen["quorum"] | {"as_of": 0} == {"seats": 7, "needed": 5, "present": 7, "as_of": 0}

    for login in ("chair", "ana", "ben", "cat"):
        hall.votes(poll, login, "for")
    hall.votes(poll, "dan", "against")
    hall.votes(poll, "eve", "not_voting")
    assert hall.chair.ok("GET", f"/polls/{poll}/turnout") == {
        "poll_id": poll,
        "meeting_id": hall.id,
        "voted": 6,
        "roll_size": 7,
        "open": True,
    }
    hall.closes(poll)
    tally = hall.chair.ok("GET", f"/polls/{poll}/result")
    assert tally["counts"] == {"for": 4, "against": 1, "not_voting": 1}
    assert (tally["base_count"], tally["needed"], tally["votes_for"], tally["passed"]) == (7, 4, 4, True)

    assert hall.world.client("ana").refused("GET", f"/polls/{poll}/result") == (409, "result_not_published")
    assert hall.world.client("ana").refused("GET", f"/polls/{poll}/ballots") == (409, "result_not_published")
    assert hall.world.client("clerk").ok("GET", f"/polls/{poll}/result") == tally
    hall.chair.ok("POST", f"/polls/{poll}/publish")
    assert hall.world.client("ana").ok("GET", f"/polls/{poll}/result") == tally
    record = hall.world.client("guest").ok("GET", f"/polls/{poll}/ballots?order=choice")
    assert [row["choice"] for row in record] == ["for"] * 4 + ["against", "not_voting", None]
    by_name = [row["full_name"] for row in hall.chair.ok("GET", f"/polls/{poll}/ballots")]
    assert by_name[:2] == ["Đại biểu Ana", "Đại biểu Ben"]


def test_no_interim_result_leaks_anywhere_before_the_close(hall: Hall) -> None:
    poll = hall.asks()
    hall.votes(poll, "ana", "against")
    paths = (f"/polls/{poll}", f"/meetings/{hall.id}/polls", f"/polls/{poll}/turnout")
    for login in ("chair", "clerk", "ben"):
        client = hall.world.client(login)
        for path in paths:
            answer = client.ok("GET", path)
            assert "'counts':" not in str(answer) and "against': 1" not in str(answer)
        assert client.refused("GET", f"/polls/{poll}/result") == (409, "result_not_published")
        assert client.refused("GET", f"/polls/{poll}/ballots") == (409, "result_not_published")
        for path in (f"/polls/{poll}", f"/meetings/{hall.id}/_polls", f"/meetings/{hall.id}/_hall_poll"):
            shown = page(client, path)
            assert 'class="result"' not in shown and 'class="vote-mark"' not in shown
    assert 'class="vote-mark" data-choice="against"' in page(hall.world.client("ana"), f"/meetings/{hall.id}/_polls")


def test_the_hall_screen_waits_for_publication_even_when_the_chair_is_signed_in_there(hall: Hall) -> None:
    poll = hall.asks()
    hall.votes(poll, "ana", "for")
    assert "trên 7 người đã biểu quyết" in page(hall.chair, f"/meetings/{hall.id}/_hall_poll")
    hall.closes(poll)
    assert 'class="result"' not in page(hall.chair, f"/meetings/{hall.id}/_hall_poll")
    hall.chair.ok("POST", f"/polls/{poll}/publish")
    shown = page(hall.chair, f"/meetings/{hall.id}/_hall_poll")
    assert "Không được thông qua" in shown and "cần 4 phiếu tán thành" in shown
    hall.chair.ok("POST", f"/meetings/{hall.id}/session/item", {"item_id": hall.item})
    assert "Không được thông qua" not in page(hall.chair, f"/meetings/{hall.id}/_hall_poll")


def test_a_double_tap_gives_the_same_receipt_and_a_changed_mind_is_refused(hall: Hall) -> None:
    poll = hall.asks()
    receipt = hall.votes(poll, "ana", "for")
    assert hall.votes(poll, "ana", "for") == receipt
    ana = hall.world.client("ana")
    assert ana.ok("GET", f"/polls/{poll}/ballots/mine") == receipt
    assert ana.refused("POST", f"/polls/{poll}/ballots", {"choice": "against"}) == (409, "already_voted")
    hall.closes(poll)
    assert hall.votes(poll, "ana", "for") == receipt
    assert hall.chair.ok("GET", f"/polls/{poll}/result")["counts"]["for"] == 1


def test_after_the_close_nobody_votes(hall: Hall) -> None:
    poll = hall.asks()
    hall.closes(poll)
    ana = hall.world.client("ana")
    assert ana.refused("POST", f"/polls/{poll}/ballots", {"choice": "for"}) == (409, "poll_closed")
    assert ana.refused("GET", f"/polls/{poll}/ballots/mine") == (404, "no_ballot")
    assert "Không có phiếu nào của bạn được ghi nhận" in page(ana, f"/meetings/{hall.id}/_polls")


def test_only_who_is_present_and_on_the_roll_votes(world: World) -> None:
    hall = Hall(world, present=VOTERS[:-1]).opened()
    poll = hall.asks()
    eve = world.client("eve")
    assert eve.refused("POST", f"/polls/{poll}/ballots", {"choice": "for"}) == (409, "not_present_to_vote")
    world.client("clerk").ok("POST", f"/meetings/{hall.id}/arrivals", {"person_id": eve.person_id, "mode": "online"})
    hall.votes(poll, "eve", "for")
    guest = world.client("guest")
    assert guest.refused("POST", f"/polls/{poll}/ballots", {"choice": "for"}) == (403, "not_on_roll")
    outsider = world.client("outsider")
    assert outsider.refused("POST", f"/polls/{poll}/ballots", {"choice": "for"}) == (404, "not_found")
    assert outsider.refused("GET", f"/polls/{poll}") == (404, "not_found")
    assert eve.refused("POST", f"/polls/{poll}/ballots", {"choice": "maybe"}) == (422, "unknown_choice")
    hall.closes(poll)
    remote = {row["voter_id"]: row["remote"] for row in hall.chair.ok("GET", f"/polls/{poll}/ballots")}
    assert remote[eve.person_id] is True


def test_only_the_presiding_officer_conducts_polls(hall: Hall) -> None:
    poll = hall.asks()
    for login in ("ana", "clerk"):
        client = hall.world.client(login)
        for act, body in (("close", None), ("publish", None), ("cancel", {"reason": "Nhầm"})):
            assert client.refused("POST", f"/polls/{poll}/{act}", body) == (403, "not_allowed")
        assert client.refused("POST", f"/meetings/{hall.id}/polls", HALF) == (403, "not_allowed")


def test_a_poll_needs_an_open_session_and_a_quorum(world: World) -> None:
    hall = Hall(world)
    assert hall.chair.refused("POST", f"/meetings/{hall.id}/polls", HALF) == (409, "session_not_open")
    hall.opened()
    for login in DELEGATES[:3]:
        world.client("clerk").ok("POST", f"/meetings/{hall.id}/departures", {"person_id": world.person(login)})
    assert hall.chair.refused("POST", f"/meetings/{hall.id}/polls", HALF) == (409, "no_quorum")


def test_a_poll_offers_only_the_bodys_cards_and_the_templates(hall: Hall) -> None:
    offered = hall.chair.ok("GET", f"/meetings/{hall.id}/rule-cards")
    names = ("more_than_half", "two_thirds_removal", "depleted", "election", "confidence_rating", "confidence_vote")
    assert [card["card_id"] for card in offered["cards"]] == [f"council_{each}" for each in names]
    assert len(offered["templates"]) == 5
    path = f"/meetings/{hall.id}/polls"
    card = HALF | {"card_id": "committee_more_than_half"}
    template = HALF | {"template_id": "perhaps"}
    item = HALF | {"item_id": hall.id}
    assert hall.chair.refused("POST", path, card) == (422, "unknown_rule_card")
    assert hall.chair.refused("POST", path, template) == (422, "unknown_choice_template")
    assert hall.chair.refused("POST", path, item) == (404, "no_such_item")
    form = page(hall.chair, f"/meetings/{hall.id}/_new_poll")
    assert "7 đại biểu; cần 4 phiếu tán thành (quá một nửa tổng số đại biểu)." in form
    assert "7 đại biểu; cần 5 phiếu tán thành (ít nhất hai phần ba tổng số đại biểu)." in form


def test_an_election_names_who_has_a_mandate_from_today_while_it_is_yesterday_in_utc(world: World) -> None:
    world.now = (world.now + timedelta(days=1)).replace(hour=17, minute=30)
    admin, mandate = world.client("admin"), {"body_id": str(COUNCIL), "title": "Đại biểu"}
    for name, since in (("Hoa", world.today), ("Mai", world.today + timedelta(days=1))):
        person = admin.ok("POST", "/people", {"full_name": name, "unit_id": str(COUNCIL)})["id"]
        admin.ok("POST", f"/people/{person}/mandates", {**mandate, "valid_from": str(since)})
    hall = Hall(world).opened()
    form = page(hall.chair, f"/meetings/{hall.id}/_new_poll?method=election")
    assert "Hoa" in form and "Mai" not in form


def test_a_cancelled_poll_has_no_result(hall: Hall) -> None:
    poll = hall.asks()
    hall.votes(poll, "ana", "for")
    hall.chair.ok("POST", f"/polls/{poll}/cancel", {"reason": "Câu hỏi chưa rõ"})
    assert hall.chair.refused("POST", f"/polls/{poll}/close") == (409, "poll_cancelled")
    assert hall.world.client("ben").refused("POST", f"/polls/{poll}/ballots", {"choice": "for"})[1] == "poll_cancelled"
    assert hall.chair.refused("GET", f"/polls/{poll}/result") == (409, "result_not_published")
    assert "Câu hỏi chưa rõ" in page(hall.world.client("ana"), f"/polls/{poll}")


def test_the_same_request_to_open_a_poll_opens_one(hall: Hall) -> None:
    key = {"Idempotency-Key": "0190a000-0000-7000-8000-000000000001"}
    path = f"/meetings/{hall.id}/polls"
    first = hall.chair.ok("POST", path, HALF, headers=key)
    assert hall.chair.ok("POST", path, HALF, headers=key)["id"] == first["id"]
    assert len(hall.chair.ok("GET", path)) == 1


def test_a_published_result_prints_its_proof_and_who_voted_how(hall: Hall) -> None:
    poll = hall.asks(item_id=hall.item)
    for login in VOTERS[:5]:
        hall.votes(poll, login, "for")
    hall.closes(poll)
    hall.chair.ok("POST", f"/polls/{poll}/publish")
    shown = page(hall.world.client("ana"), f"/polls/{poll}")
    proof = "Tính trên 7 đại biểu; cần 4 phiếu tán thành (quá một nửa tổng số đại biểu); có 5 phiếu tán thành;"
    assert proof in shown and "được thông qua" in shown and "Đại biểu Eve" in shown
    assert page(hall.world.client("ana"), f"/polls/{poll}?order=choice").count('class="vote-mark"') == 6
    english = hall.world.client("ana").get(f"/polls/{poll}", headers={"accept-language": "en"}).text
    assert "Counted over 7 delegates; 4 votes for are needed (more than half of all delegates); 5 votes for;" in english


def test_every_text_of_the_rule_cards_is_known_to_the_catalogues() -> None:
    offered = catalogue()
    texts = {text for card in offered.card for text in (card.title, card.legal_basis)}
    texts |= {text for each in offered.choices for text in (each.title, *(choice.label for choice in each.choice))}
    assert texts == TEXTS_OF_CARDS
