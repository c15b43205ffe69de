"""No change is lost between the stream and the screen. Answers are held back, so that their order is a fact."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.people import Office, browser
from tests.held_session import HeldSession
from tests.scenario.test_preparation import approved
from tests.scenario.test_voting import Hall
from tests.world import CULTURE, World

pytestmark = [pytest.mark.browser, pytest.mark.needs("chromium", "vendor"), pytest.mark.timeout(300)]

LISTENING = """name => {
  const told = new Promise((done) => document.body.addEventListener(`live:${name}`, done, { once: true }));
  window.told = told.then(() => true);
}"""

LATE = "<p>Đến sau</p>"
WAITING_FOR_LATE = """late => {
  window.came = new Promise((done) =>
    document.addEventListener("htmx:after:swap", ({ detail }) => detail.ctx.text.includes(late) && done(true)),
  );
}"""

TELL_AGENDA = "document.body.dispatchEvent(new CustomEvent('live:agenda'))"
COUNTING = """id => {
  window.asked = 0;
  const ours = ({ detail }) => detail.ctx.sourceElement.id === id;
  document.addEventListener("htmx:before:request", (event) => (window.asked += ours(event)));
  const swapped = (done) => document.addEventListener("htmx:after:swap", (event) => ours(event) && done(true));
  window.shown = new Promise(swapped);
}"""


@pytest.fixture(scope="module")
def seats(shared_world: World) -> Iterator[Office]:
    with browser() as chromium:
        yield Office(chromium, shared_world)


def hears(page: Page, name: str, change: Callable[[], object]) -> None:
    """Makes the change and returns once the page was told of it."""
    page.evaluate(LISTENING, name)
    change()
    assert page.evaluate("window.told")


def meanwhile(page: Page, path: str, happens: Callable[[], object], ends: str = "") -> list[str]:
    """The next answer from there is written before this happens and arrives after it. Lists what is asked there."""

    def late(route: Route) -> None:
        written = route.fetch()
        happens()
        route.fulfill(response=written, body=written.text() + ends)

    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if path in request.url else None)
    page.route(re.compile(path), late, times=1)
    return asked


def assign(world: World, title: str) -> None:
    due_at = (world.now + timedelta(days=9)).isoformat()
    world.client("chair").ok("POST", "/tasks", {"title": title, "lead_unit_id": str(CULTURE), "due_at": due_at})


def test_what_comes_while_a_throttled_part_is_asked_for_is_shown(shared_world: World, seats: Office) -> None:
    meeting, office = approved(shared_world), shared_world.client("clerk")
    clerk = seats.seat("clerk")
    clerk.goto(f"/meetings/{meeting}")

    def is_cancelled() -> None:
        hears(clerk, "agenda", lambda: office.ok("POST", f"/meetings/{meeting}/cancellation", {"reason": "Bão"}))

    meanwhile(clerk, "/_top", is_cancelled)
    office.ok("POST", f"/meetings/{meeting}/publication", {})
    expect(clerk.locator("#meeting-top")).to_contain_text("Đã hủy")


def test_what_comes_while_a_part_is_asked_for_is_shown(shared_world: World, seats: Office) -> None:
    chair = seats.seat("chair")
    chair.goto("/tasks?scope=all")
    asked = meanwhile(chair, "/tasks/_list", lambda: hears(chair, "task", lambda: assign(shared_world, "Việc thứ hai")))
    assign(shared_world, "Việc thứ nhất")
    expect(chair.get_by_role("link", name="Việc thứ hai")).to_be_visible()
    assert len(asked) == 2


def test_an_older_answer_for_all_polls_hides_no_receipt_and_no_turnout(shared_world: World, seats: Office) -> None:
    hall = Hall(shared_world).opened()
    poll = hall.asks(item_id=hall.item)
    ana = seats.seat("ana")
    ana.goto(f"/meetings/{hall.id}/session")
    receipt, turnout = ana.get_by_text("Đã ghi nhận phiếu của bạn"), ana.locator(f"#turnout-{poll} .figure")
    expect(turnout).to_have_text("0 / 7")

    def votes_elsewhere() -> None:
        hall.votes(poll, "ana", "for")
        expect(receipt).to_be_visible()
        expect(turnout).to_have_text("1 / 7")

    meanwhile(ana, "/_polls", votes_elsewhere, ends=LATE)
    ana.evaluate(WAITING_FOR_LATE, LATE)
    departure = {"person_id": shared_world.person("eve")}
    shared_world.client("clerk").ok("POST", f"/meetings/{hall.id}/departures", departure)
    assert ana.evaluate("window.came")
    expect(turnout).to_have_text("1 / 7")
    expect(receipt).to_be_visible()


def test_what_could_not_be_answered_is_asked_for_again(shared_world: World, seats: Office) -> None:
    chair = seats.seat("chair")
    chair.clock.install()
    chair.goto("/tasks?scope=all")
    chair.route(re.compile("/tasks/_list"), lambda route: route.abort(), times=1)
    with chair.expect_event("requestfailed"):
        assign(shared_world, "Rà soát danh mục")
    chair.clock.run_for(20_000)
    expect(chair.get_by_role("link", name="Rà soát danh mục")).to_be_visible()


def test_a_page_that_is_gone_back_to_has_missed_nothing(shared_world: World, seats: Office) -> None:
    chair = seats.seat("chair")
    chair.goto("/tasks?scope=all")
    chair.evaluate("dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true }))")
    assign(shared_world, "Giao khi vắng")
    chair.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))")
    expect(chair.get_by_role("link", name="Giao khi vắng")).to_be_visible()


def test_however_often_it_is_told_a_throttled_part_is_asked_for_once_a_second(
    shared_world: World, seats: Office
) -> None:
    ana = seats.seat("ana")
    ana.clock.install(time=shared_world.now)
    ana.goto(f"/meetings/{HeldSession(shared_world).id}")
    ana.clock.pause_at(shared_world.now + timedelta(hours=1))
    ana.evaluate(COUNTING, "invitations")
    ana.evaluate(TELL_AGENDA)
    assert ana.evaluate("window.shown")
    ana.evaluate(TELL_AGENDA)
    ana.evaluate(TELL_AGENDA)
    assert ana.evaluate("window.asked") == 1
    ana.clock.run_for(1000)
    assert ana.evaluate("window.asked") == 2
