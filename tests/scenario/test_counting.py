"""A secret ballot on paper, from the board of tellers to the minutes of the count, as each person meets it."""

from io import BytesIO

import pytest
from pypdf import PdfReader

from tests.scenario.test_voting import Hall, page
from tests.world import World

QUESTION = "Bầu Phó Chủ tịch Ủy ban nhân dân"
COUNT = {
    "issued": 7,
    "returned": 6,
    "unused": 0,
    "spoiled": 1,
    "valid": 6,
    "invalid": 0,
    "counts": {"c1": 4, "c2": 2},
}


class Urn:
    """The session elects by paper; chair conducts, dan heads the board, eve and fay are its members."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.hall = Hall(world).opened()
        self.poll = self.hall.asks(
            question=QUESTION,
            method="election",
            card_id="council_election",
            candidates=[
                {"name": "Ứng viên thứ nhất", "person_id": world.person("ana")},
                {"name": "Ứng viên thứ hai"},
            ],
            secret=True,
        )

    def appoints(self, head: str = "dan", members: tuple[str, ...] = ("eve", "clerk")) -> None:
        people = {"head_id": self.world.person(head), "member_ids": [self.world.person(each) for each in members]}
        self.hall.chair.ok("POST", f"/polls/{self.poll}/tellers", people)

    def enters(self, login: str, **figures: object) -> None:
        count = {**COUNT, **figures}
        self.world.client(login).ok("POST", f"/polls/{self.poll}/counts", {"count": count})

    def state(self) -> dict[str, object]:
        found = self.hall.chair.ok("GET", f"/polls/{self.poll}/counts")
        assert isinstance(found, dict)
        return found


@pytest.fixture
def urn(world: World) -> Urn:
    return Urn(world)


def test_papers_are_counted_twice_confirmed_published_and_minuted(urn: Urn) -> None:
    urn.appoints()
    urn.hall.closes(urn.poll)
    assert urn.hall.chair.refused("GET", f"/polls/{urn.poll}/result") == (409, "result_not_published")
    keying = f'href="/polls/{urn.poll}/count"'
    assert keying in page(urn.world.client("eve"), "/_home") and keying not in page(urn.world.client("ana"), "/_home")
    urn.enters("eve")
    assert (urn.state()["state"], urn.state()["count"]) == ("entered_once", None)
    assert keying not in page(urn.world.client("eve"), "/_home") and keying in page(urn.world.client("clerk"), "/_home")
    urn.enters("clerk")
    assert urn.state()["state"] == "agreed"
    head = urn.world.client("dan")
    assert "Xác nhận kết quả kiểm phiếu" in page(urn.world.client("dan"), "/_home")
    assert urn.world.client("eve").refused("POST", f"/polls/{urn.poll}/counts/confirm") == (403, "not_head_of_tellers")
    head.ok("POST", f"/polls/{urn.poll}/counts/confirm")
    tally = urn.hall.chair.ok("GET", f"/polls/{urn.poll}/result")
    assert tally["counts"] == {"c1": 4, "c2": 2} and tally["passed"] and tally["open_posts"] == 0
    urn.hall.chair.ok("POST", f"/polls/{urn.poll}/publish")
    answer = head.get(f"/api/v1/polls/{urn.poll}/count-minutes.pdf")
    assert answer.headers["content-type"] == "application/pdf"
    text = "\n".join(each.extract_text() for each in PdfReader(BytesIO(answer.content)).pages)
    for words in ("BIÊN BẢN KIỂM PHIẾU", "7 phiếu phát ra = 6 thu về + 0 không sử dụng + 1 hỏng", "Trúng cử: Ứng viên"):
        assert words in " ".join(text.split())
    assert answer.content == head.get(f"/api/v1/polls/{urn.poll}/count-minutes.pdf").content


def test_a_reconciliation_error_is_caught_before_anything_is_recorded(urn: Urn) -> None:
    urn.appoints()
    urn.hall.closes(urn.poll)
    teller = urn.world.client("eve")
    wrong = {"count": {**COUNT, "unused": 1}}
    assert teller.refused("POST", f"/polls/{urn.poll}/counts", wrong) == (422, "papers_do_not_reconcile")
    assert urn.state()["state"] == "waiting"


def test_two_entries_that_differ_void_each_other_and_say_where(urn: Urn) -> None:
    urn.appoints()
    urn.hall.closes(urn.poll)
    urn.enters("eve")
    urn.enters("clerk", counts={"c1": 3, "c2": 3})
    assert (urn.state()["state"], urn.state()["differing"]) == ("waiting", ["c1", "c2"])
    assert "Ứng viên thứ nhất" in page(urn.world.client("eve"), f"/polls/{urn.poll}/count")
    urn.enters("dan")
    urn.enters("eve")
    assert urn.state()["state"] == "agreed"


def test_the_first_figures_are_seen_by_nobody(urn: Urn) -> None:
    urn.appoints()
    urn.hall.closes(urn.poll)
    urn.enters("eve", issued=4321, unused=4314)
    for login in ("chair", "clerk", "dan", "eve", "ana"):
        for path in (f"/polls/{urn.poll}", f"/polls/{urn.poll}/_count"):
            assert "4321" not in page(urn.world.client(login), path).replace(urn.poll, "")


def test_the_board_may_count_again_until_it_is_confirmed(urn: Urn) -> None:
    urn.appoints()
    urn.hall.closes(urn.poll)
    urn.enters("eve")
    urn.enters("clerk")
    urn.world.client("dan").ok("POST", f"/polls/{urn.poll}/counts/restart", {"reason": "Đếm lại"})
    assert (urn.state()["state"], urn.state()["count"]) == ("waiting", None)
    assert "Đếm lại" in page(urn.hall.chair, f"/polls/{urn.poll}/_count")


def test_no_electronic_ballot_is_taken(urn: Urn) -> None:
    voter = urn.world.client("ana")
    assert voter.refused("POST", f"/polls/{urn.poll}/ballots", {"marks": ["c1"]}) == (409, "secret_on_paper")


def test_only_the_chair_appoints_and_only_tellers_count(urn: Urn) -> None:
    board = {"head_id": urn.world.person("dan"), "member_ids": [urn.world.person("eve"), urn.world.person("ben")]}
    assert urn.world.client("ana").refused("POST", f"/polls/{urn.poll}/tellers", board)[0] == 403
    stranger = {**board, "head_id": urn.world.person("admin")}
    assert urn.hall.chair.refused("POST", f"/polls/{urn.poll}/tellers", stranger) == (422, "unknown_teller")
    candidate = {**board, "head_id": urn.world.person("ana")}
    assert urn.hall.chair.refused("POST", f"/polls/{urn.poll}/tellers", candidate) == (422, "teller_is_candidate")
    assert urn.hall.chair.refused("GET", f"/polls/{urn.poll}/counts") == (409, "no_tellers")
    urn.appoints()
    urn.hall.closes(urn.poll)
    assert urn.world.client("ben").refused("POST", f"/polls/{urn.poll}/counts", {"count": COUNT})[0] == 403
    assert urn.world.client("ben").refused("GET", f"/polls/{urn.poll}/counts")[0] == 403
    assert urn.world.client("dan").refused("GET", f"/polls/{urn.poll}/count-minutes.pdf") == (409, "no_paper_count")


def test_a_unanimous_breakdown_is_published_to_nobody_but_those_who_count(urn: Urn) -> None:
    urn.appoints()
    urn.hall.closes(urn.poll)
    for teller in ("eve", "clerk"):
        urn.enters(teller, counts={"c1": 6, "c2": 0})
    urn.world.client("dan").ok("POST", f"/polls/{urn.poll}/counts/confirm")
    urn.hall.chair.ok("POST", f"/polls/{urn.poll}/publish")
    delegate = urn.world.client("ana")
    for path in ("result", "lines", "ballots"):
        assert delegate.refused("GET", f"/polls/{urn.poll}/{path}") == (409, "breakdown_withheld")
    outcome = delegate.ok("GET", f"/polls/{urn.poll}/outcome")
    assert (outcome["withheld"], outcome["passed"], outcome["carried"]) == ("unanimous", True, ["c1"])
    shown = page(delegate, f"/polls/{urn.poll}")
    assert "các phiếu giống nhau" in shown and "Trúng cử" in shown and ">6<" not in shown
    assert urn.world.client("dan").ok("GET", f"/polls/{urn.poll}/result")["counts"] == {"c1": 6, "c2": 0}


def test_the_tellers_pages_offer_each_the_next_step(urn: Urn) -> None:
    assert "Chưa có ban kiểm phiếu" in page(urn.hall.chair, f"/polls/{urn.poll}/_count")
    board = page(urn.hall.chair, f"/polls/{urn.poll}/tellers")
    assert "Đại biểu Dan" in board and "Đại biểu Ana" not in board
    urn.appoints()
    assert "sau khi chủ tọa đóng hòm phiếu" in page(urn.world.client("eve"), f"/polls/{urn.poll}/count")
    urn.hall.closes(urn.poll)
    assert "Gửi số liệu kiểm phiếu" in page(urn.world.client("eve"), f"/polls/{urn.poll}/count")
    urn.enters("eve")
    assert "Gửi số liệu kiểm phiếu" not in page(urn.world.client("eve"), f"/polls/{urn.poll}/count")
    urn.enters("clerk")
    assert "Xác nhận kết quả kiểm phiếu" in page(urn.world.client("dan"), f"/polls/{urn.poll}/count")
    assert "Chờ trưởng ban xác nhận" in page(urn.world.client("eve"), f"/polls/{urn.poll}/count")
