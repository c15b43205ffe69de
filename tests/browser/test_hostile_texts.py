"""Every field that people fill holds words that would like to be code, or never end. Pages show them and stand."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from kernel.ids import uuid7
from tests.browser.pages import signed_in, walk
from tests.browser.people import PHONE, browser
from tests.files import pdf
from tests.held_session import obligation
from tests.stamps import ids
from tests.world import CULTURE, PASSWORD, VOTERS, WORKS, World

pytestmark = [pytest.mark.needs("chromium"), pytest.mark.slow]

CODE = "<script>hacked=1</script>'\"><img src=x onerror=hacked=1>{{7*191}}${7*191}\u202e😀=1+1"
LONG = "W" * 10_000


def nasty(most: int, least: str = "") -> str:
    """Code first, then one word without a place to break, up to the field's limit."""
    return (least + CODE + LONG)[:most]


class Hostile:
    """A council session where everybody writes like that."""

    def __init__(self, world: World) -> None:
        self.world = world
        clerk, chair, leader = (world.client(each) for each in ("clerk", "chair", "leader"))
        admin, head, ana = (world.client(each) for each in ("admin", "head", "ana"))
        name = nasty(120)
        admin.ok("POST", f"/people/{ana.person_id}/correction", {"full_name": name, "position": nasty(200)})
        unit = {"name": nasty(300), "short_name": nasty(60), "kind": "department", "tier": "commune_level"}
        unit_id = admin.ok("POST", "/units", {**unit, "valid_from": "2020-01-01"})["id"]
        admin.ok("POST", f"/units/{CULTURE}/name", {"name": nasty(300), "short_name": nasty(60)})
        starts = world.now + timedelta(days=9)
        plan = {
            "body_id": world.person("council"),
            "kind": "session_regular",
            "title": nasty(300),
            "place": nasty(300),
            "starts_at": starts.isoformat(),
            "ends_at": (starts + timedelta(hours=4)).isoformat(),
            "presiding_officer_id": chair.person_id,
            "minute_taker_id": clerk.person_id,
        }
        self.id = clerk.ok("POST", "/meetings", plan)["id"]
        at = f"/meetings/{self.id}"
        item = {"title": nasty(500), "minutes": 60, "presenter_text": nasty(200)}
        self.item_id = clerk.ok("POST", f"{at}/agenda", item)["id"]
        clerk.ok("POST", f"{at}/agenda", {"title": LONG[:500], "minutes": 5, "parent_id": self.item_id})
        clerk.ok("POST", f"{at}/links", {"url": "https://a.vn/" + LONG[:1500], "title": nasty(500)})
        query = {"title": nasty(500), "number": nasty(60)}
        headers = {"X-File-Name": "%22%0D%0ASet-Cookie%3A%20a%3Db%3C.pdf"}
        self.document_id = clerk.ok("PUT", f"{at}/documents", content=pdf("x"), params=query, headers=headers)["id"]
        clerk.ok("POST", f"{at}/submission", {"leader_id": leader.person_id, "note": nasty(2000)})
        leader.ok("POST", f"{at}/return", {"reason": nasty(2000)})
        self.draft = clerk.ok("POST", "/meetings", plan)["id"]
        clerk.ok("POST", f"/meetings/{self.draft}/agenda", item)
        clerk.ok("POST", f"/meetings/{self.draft}/cancellation", {"reason": nasty(1000)})
        clerk.ok("POST", f"{at}/submission", {"leader_id": leader.person_id})
        leader.ok("POST", f"{at}/approval", {})
        clerk.ok("POST", f"{at}/publication", {"guest_ids": [world.person("guest")]})
        substitute = {"answer": "substitute", "reason": nasty(1000), "substitute_name": nasty(120)}
        world.client("ben").ok("POST", f"{at}/answer", substitute)
        clerk.ok("POST", f"{at}/roll-call")
        for login in VOTERS[:-1]:
            clerk.ok("POST", f"{at}/arrivals", {"person_id": str(ids(login))})
        absent = {"person_id": str(ids(VOTERS[-1])), "kind": "absent_excused", "reason": nasty(500)}
        clerk.ok("POST", f"{at}/absences", absent)
        chair.ok("POST", f"{at}/session/open")
        chair.ok("POST", f"{at}/session/suspend", {"reason": nasty(200)})
        chair.ok("POST", f"{at}/session/resume")
        chair.ok("POST", f"{at}/session/item", {"item_id": self.item_id})
        self.clerk, self.chair, self.head, self.at = clerk, chair, head, at
        ana.ok("POST", f"{at}/floor-requests", {})
        clerk.ok("POST", f"{at}/notes", {"text": nasty(4000), "person_id": ana.person_id})
        self._vote()
        self._conclude(unit_id)
        self.minutes()

    def _vote(self) -> None:
        card = self.chair.ok("GET", f"{self.at}/rule-cards")["cards"][0]["card_id"]
        question = {"question": nasty(1000), "card_id": card, "item_id": self.item_id}
        for state in ("publish", "cancel", "open"):
            poll = self.chair.ok("POST", f"{self.at}/polls", question)["id"]
            self.world.client("ana").ok("POST", f"/polls/{poll}/ballots", {"choice": "for"})
            if state == "publish":
                self.chair.ok("POST", f"/polls/{poll}/close")
                self.world.settle()
                self.chair.ok("POST", f"/polls/{poll}/publish")
            elif state == "cancel":
                self.chair.ok("POST", f"/polls/{poll}/cancel", {"reason": nasty(500)})
        self.poll = poll

    def _conclude(self, unit_id: str) -> None:
        duty = obligation(self.world.now + timedelta(days=30), CULTURE, WORKS, text=nasty(2000))
        duty["coordinating_unit_ids"].append(unit_id)
        body = {"text": nasty(10_000), "obligations": [duty], "revision": 0}
        self.clerk.ok("POST", f"{self.at}/agenda/{self.item_id}/conclusion", body)
        self.world.settle()
        found = self.clerk.ok("GET", f"{self.at}/conclusions")
        self.task = found[0]["obligations"][0]["task_id"]
        task = f"/tasks/{self.task}"
        self.head.ok("POST", f"{task}/acceptance", {"responsible_id": self.world.person("officer")})
        self.head.ok("POST", f"{task}/progress", {"percent": 5, "note": nasty(4000)})
        note = {"unit_id": str(WORKS), "note": nasty(4000)}
        self.world.client("works").ok("POST", f"{task}/contributions", note)
        self.head.ok("POST", f"{task}/completion", {"report": nasty(10_000)})
        self.chair.ok("POST", f"{task}/completion/return", {"reason": nasty(1000)})
        later = (self.world.now + timedelta(days=60)).isoformat()
        self.chair.ok("POST", f"{task}/extension", {"due_at": later, "reason": nasty(1000)})

    def minutes(self) -> None:
        """A session of its own that has ended."""
        self.chair.ok("POST", f"/polls/{self.poll}/cancel", {"reason": "Dừng"})
        self.chair.ok("POST", f"{self.at}/session/close")
        self.world.settle()
        self.clerk.ok("POST", f"{self.at}/minutes")
        for section in ("opening", "proceedings", "closing"):
            text = nasty(20_000)
            self.clerk.ok("POST", f"{self.at}/minutes/text", {"section": section, "text": text, "revision": 0})
        self.world.settle()


@pytest.fixture(scope="module")
def hostile(shared_world: World) -> Hostile:
    shared_world.serve()
    return Hostile(shared_world)


@pytest.mark.timeout(900)
@pytest.mark.parametrize("login", ["clerk", "chair", "ana", "head", "admin"])
def test_hostile_words_stay_words_on_every_page_of_a_phone(hostile: Hostile, login: str) -> None:
    address, world, wrong = hostile.world.serve(), hostile.world, []
    world.enable(login)
    start = ["/", "/tasks", "/minutes", "/people", "/organisation", f"/meetings/{hostile.id}", f"/minutes/{hostile.id}"]
    start += [f"/meetings/{hostile.draft}", f"/meetings/{hostile.id}/session", f"/meetings/{hostile.id}/checkin"]
    start += [
        f"/tasks/{hostile.task}",
        f"/polls/{hostile.poll}",
        f"/documents/{hostile.document_id}",
        "/search?q=script",
    ]
    with browser() as chromium, signed_in(chromium, address, login, PASSWORD, viewport=PHONE) as context:
        page = context.new_page()
        for path in walk(page, address, start, per_shape=2):
            page.wait_for_load_state("networkidle" if "stream" in path else "load")
            ran: Any = page.evaluate("typeof hacked")
            wide: Any = page.evaluate("document.documentElement.scrollWidth - innerWidth")
            text = page.evaluate("document.body.innerText")
            injected = page.locator("img[src=x]").count()
            if ran != "undefined" or wide > 0 or "1337" in text or injected:
                wrong.append((path, ran, wide, "1337" in text, injected))
    assert wrong == [], "\n".join(map(str, wrong))


def test_hostile_words_stay_words_in_files_and_headers(hostile: Hostile, tmp_path: Path) -> None:
    world, clerk = hostile.world, hostile.clerk
    feed = clerk.ok("POST", "/calendar-feed")["url"].partition("/calendar/")[2]
    calendar = world.anonymous().get(f"/calendar/{feed}").text
    assert calendar.count("BEGIN:VEVENT") == calendar.count("\r\nEND:VEVENT")
    assert all(len(line.encode()) <= 75 for line in calendar.split("\r\n"))
    table = clerk.get("/tasks/statistics.csv").text
    assert not [line for line in table.splitlines() if line.lstrip('\ufeff"').startswith(("=", "+", "-", "@"))]
    answer = clerk.get(f"/api/v1/documents/{hostile.document_id}/original")
    assert "set-cookie" not in answer.headers
    assert "\r" not in answer.headers["content-disposition"]
    assert clerk.get(f"/api/v1/meetings/{hostile.id}/minutes/preview").content.startswith(b"%PDF-")
    assert json.loads(clerk.get(f"/api/v1/meetings/{hostile.id}/minutes/record").content)


@pytest.mark.parametrize("text", ["a\u0000b", "a\r\nATTENDEE:x", "\u0007bell", "\ud83dx", "\u202e\u200b"])
def test_no_character_stops_what_everybody_sees(hostile: Hostile, text: str) -> None:
    world, clerk = hostile.world, hostile.clerk
    body = json.dumps({"text": text, "person_id": None})
    headers = {"content-type": "application/json", "Idempotency-Key": str(uuid7())}
    session = hostile.at
    clerk.post(f"/api/v1{session}/notes", content=body, headers=headers)
    clerk.post(
        f"/api/v1{session}/minutes/number", content=json.dumps({"symbol": text, "place_name": text}), headers=headers
    )
    section = {"section": "opening", "text": text, "revision": 1}
    clerk.post(
        f"/api/v1{session}/minutes/text", content=json.dumps(section), headers={"content-type": "application/json"}
    )
    world.settle()
    assert world.anonymous().get("/ready").is_success
    assert clerk.get(f"/minutes/{hostile.id}").status_code == 200
    assert clerk.get(f"/api/v1{session}/minutes/preview").status_code in (200, 422)
