"""The minutes of a council session through the JSON API: drafted, written, approved as one PDF, published, received."""

from datetime import timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

import pytest

from gateway import minutes_paper
from kernel.ids import uuid7
from services.meeting import minutes_views
from services.meeting.paper.minutes import render_minutes
from services.meeting.record import assemble, record_bytes
from services.meeting.record_log import CODEC
from tests.stamps import ids
from tests.world import CULTURE, DELEGATES, VOTERS, WORKS, Client, World

pytestmark = pytest.mark.needs("vendor")


class Session:
    """A session of the ward's council from plan to close, with one vote and one conclusion."""

    def __init__(self, world: World, title: str = "Kỳ họp thứ năm") -> None:
        self.world = world
        self.clerk, self.chair = world.client("clerk"), world.client("chair")
        self.id = self.clerk.ok("POST", "/meetings", self._plan(title))["id"]
        item = {"title": "Dự toán thu, chi ngân sách năm 2027", "minutes": 60}
        self.item_id = self.clerk.ok("POST", f"/meetings/{self.id}/agenda", item)["id"]
        self.clerk.ok("POST", f"/meetings/{self.id}/submission", {"leader_id": world.person("leader")})
        world.client("leader").ok("POST", f"/meetings/{self.id}/approval", {})
        self.clerk.ok("POST", f"/meetings/{self.id}/publication", {})

    def _plan(self, title: str) -> dict[str, Any]:
        return {
            "body_id": str(ids("council")),
            "kind": "session_regular",
            "title": title,
            "place": "Hội trường",
            "starts_at": self.world.now.isoformat(),
            "ends_at": (self.world.now + timedelta(days=365)).isoformat(),
            "presiding_officer_id": self.chair.person_id,
            "minute_taker_id": self.clerk.person_id,
        }

    def path(self, rest: str = "") -> str:
        return f"/meetings/{self.id}/minutes{rest}"

    def open(self) -> "Session":
        self.clerk.ok("POST", f"/meetings/{self.id}/roll-call")
        for login in VOTERS:
            self.clerk.ok("POST", f"/meetings/{self.id}/arrivals", {"person_id": self.world.person(login)})
        self.chair.ok("POST", f"/meetings/{self.id}/session/open")
        self.chair.ok("POST", f"/meetings/{self.id}/session/item", {"item_id": self.item_id})
        note = {"text": "Đề nghị làm rõ nguồn thu", "person_id": self.world.person("ana")}
        self.note_id = self.clerk.ok("POST", f"/meetings/{self.id}/notes", note)["id"]
        return self

    def vote(self) -> "Session":
        opened = {
            "question": "Thông qua Nghị quyết về dự toán",
            "item_id": self.item_id,
            "card_id": "council_more_than_half",
        }
        poll_id = self.chair.ok("POST", f"/meetings/{self.id}/polls", opened)["id"]
        for login, choice in zip(DELEGATES, ("for", "for", "for", "for", "against"), strict=True):
            self.world.client(login).ok("POST", f"/polls/{poll_id}/ballots", {"choice": choice})
        self.chair.ok("POST", f"/polls/{poll_id}/close")
        self.world.settle()
        self.chair.ok("POST", f"/polls/{poll_id}/publish")
        return self

    def conclude(self) -> "Session":
        obligation = {
            "obligation_id": str(uuid7()),
            "text": "Công khai dự toán",
            "lead_unit_id": str(CULTURE),
            "coordinating_unit_ids": [str(WORKS)],
            "due_at": (self.world.now + timedelta(days=365)).isoformat(),
        }
        body = {"text": "Thống nhất thông qua.", "obligations": [obligation]}
        self.chair.ok("POST", f"/meetings/{self.id}/agenda/{self.item_id}/conclusion", body)
        return self

    def close(self) -> "Session":
        self.chair.ok("POST", f"/meetings/{self.id}/session/close")
        return self

    def draft(self) -> "Session":
        self.clerk.ok("POST", self.path())
        return self

    def write(self, text: str, section: str = "opening", revision: int = 0) -> int:
        body = {"section": section, "text": text, "revision": revision}
        return int(self.clerk.ok("POST", self.path("/text"), body)["revision"])

    def submit(self) -> str:
        return str(self.clerk.ok("POST", self.path("/submission"))["pdf_sha256"])

    def approve(self, pdf_sha256: str) -> None:
        self.chair.ok("POST", self.path("/approval"), {"pdf_sha256": pdf_sha256})

    def publish(self, *logins: str, units: tuple[UUID, ...] = ()) -> None:
        body = {
            "recipient_ids": [self.world.person(each) for each in logins],
            "recipient_unit_ids": [str(each) for each in units],
        }
        self.clerk.ok("POST", self.path("/publication"), body)


def waiting(client: Client, kind: str, session: Session) -> bool:
    return session.id in {each["meeting_id"] for each in client.ok("GET", "/minutes")[kind]}


@pytest.fixture
def closed(shared_world: World) -> Session:
    return Session(shared_world).open().vote().conclude().close()


def test_minutes_are_drafted_only_after_the_close(shared_world: World) -> None:
    session = Session(shared_world).open()
    assert session.clerk.refused("POST", session.path()) == (409, "session_not_closed")


def test_exactly_the_pdf_that_was_submitted_is_approved_published_and_received(closed: Session) -> None:
    assert waiting(closed.clerk, "to_write", closed)
    closed.draft().write("Chủ tọa khai mạc kỳ họp.")
    closed.clerk.ok("POST", closed.path("/number"), {"number": "9", "symbol": "BB-HĐND", "place_name": "Thử Nghiệm"})
    submitted = closed.submit()
    assert waiting(closed.chair, "to_approve", closed) and not waiting(closed.clerk, "to_write", closed)
    seen = closed.chair.get(f"/api/v1{closed.path('/pdf')}")
    assert seen.headers["content-type"] == "application/pdf"
    assert sha256(seen.content).hexdigest() == submitted
    closed.approve(submitted)
    assert waiting(closed.clerk, "to_write", closed) and not waiting(closed.chair, "to_approve", closed)
    closed.publish("ana", units=(CULTURE,))
    assert not waiting(closed.clerk, "to_write", closed)

    for login in ("ana", "officer"):
        reader = closed.world.client(login)
        assert waiting(reader, "received", closed)
        assert sha256(reader.get(f"/api/v1{closed.path('/pdf')}").content).hexdigest() == submitted
        assert reader.get(f"/minutes/{closed.id}").status_code == 200


def test_the_approved_pdf_is_made_again_from_the_replayed_log(closed: Session) -> None:
    closed.draft().write("Chủ tọa khai mạc kỳ họp.")
    submitted = closed.submit()
    closed.approve(submitted)
    closed.publish("ana")
    gate = closed.world.embedded.gate
    minutes = minutes_views.minutes(gate.views.reader(), closed.id)
    assert minutes is not None and minutes.pdf_sha256 == submitted

    whole_log = [(each, CODEC.decode(each)) for each in gate.store.read_all(0, 100_000) if each.type in CODEC.types]
    replayed = assemble(UUID(closed.id), whole_log, minutes.as_of)
    by_streams = minutes_paper.record_at(gate, UUID(closed.id), minutes.as_of)
    assert record_bytes(replayed) == record_bytes(by_streams)
    again = render_minutes(replayed, minutes_paper.sections_of(minutes), minutes_paper.FONTS)
    assert sha256(again).hexdigest() == submitted


def test_the_record_names_who_voted_how_and_the_proof(closed: Session) -> None:
    closed.draft()
    record = closed.clerk.ok("GET", closed.path("/record"))
    poll = record["items"][0]["proceedings"]["polls"][0]
    assert (poll["proof"]["needed"], poll["proof"]["votes_for"], poll["proof"]["passed"]) == (4, 4, True)
    assert poll["proof"]["agrees"]
    votes = {each["person"]["id"]: each["choice"] for each in poll["votes"]}
    assert votes[closed.world.person("eve")] == "Không tán thành"
    assert votes[closed.world.person("leader")] is None


def test_nobody_overwrites_a_text_they_have_not_seen(closed: Session) -> None:
    closed.draft()
    assert closed.write("Bản một") == 1
    stale = {"section": "opening", "text": "Bản hai", "revision": 0}
    assert closed.clerk.refused("POST", closed.path("/text"), stale) == (409, "stale_text")
    assert closed.write("Bản hai", revision=1) == 2


def test_a_changed_text_makes_the_submitted_pdf_stale(closed: Session) -> None:
    closed.draft().write("Bản một")
    submitted = closed.submit()
    closed.write("Bản hai", revision=1)
    assert closed.chair.refused("POST", closed.path("/approval"), {"pdf_sha256": submitted}) == (409, "stale_document")
    again = closed.submit()
    assert again != submitted
    assert closed.chair.refused("POST", closed.path("/approval"), {"pdf_sha256": submitted}) == (409, "stale_document")
    closed.approve(again)


def test_a_corrected_note_is_taken_in_by_drafting_again(closed: Session) -> None:
    closed.draft()
    assert not closed.clerk.ok("GET", closed.path())["newer_facts"]
    correction = {"text": "Đề nghị làm rõ nguồn thu tiền sử dụng đất"}
    closed.clerk.ok("PUT", f"/meetings/{closed.id}/notes/{closed.note_id}", correction)
    assert closed.clerk.ok("GET", closed.path())["newer_facts"]
    closed.draft()
    record = closed.clerk.ok("GET", closed.path("/record"))
    assert record["items"][0]["proceedings"]["notes"][0]["text"] == correction["text"]


def test_the_presiding_officer_returns_with_a_reason_and_the_writer_sees_it(closed: Session) -> None:
    closed.draft()
    closed.submit()
    closed.chair.ok("POST", closed.path("/return"), {"reason": "Thiếu lời bế mạc"})
    shown = closed.clerk.ok("GET", closed.path())
    assert (shown["state"], shown["return_reason"]) == ("returned", "Thiếu lời bế mạc")
    assert "Thiếu lời bế mạc" in closed.clerk.get(f"/minutes/{closed.id}/edit").text


def test_only_the_presiding_officer_of_the_meeting_approves(closed: Session) -> None:
    closed.draft()
    submitted = closed.submit()
    body = {"pdf_sha256": submitted}
    assert closed.clerk.refused("POST", closed.path("/approval"), body) == (403, "not_allowed")
    assert closed.world.client("outsider").refused("POST", closed.path("/approval"), body) == (404, "not_found")


def test_drafts_are_seen_only_by_who_works_on_them(closed: Session) -> None:
    closed.draft()
    for login in ("ana", "outsider", "officer", "auditor"):
        reader = closed.world.client(login)
        for rest in ("", "/record", "/pdf"):
            assert reader.refused("GET", closed.path(rest)) == (404, "not_found")
        assert reader.get(f"/minutes/{closed.id}").status_code == 404
        assert reader.refused("GET", closed.path("/preview"))[0] in (403, 404)


def test_published_minutes_reach_only_their_recipients_and_auditors(closed: Session) -> None:
    closed.draft()
    closed.approve(closed.submit())
    closed.publish("ana")
    assert closed.world.client("ana").ok("GET", closed.path())["state"] == "published"
    assert closed.world.client("auditor").ok("GET", closed.path())["state"] == "published"
    assert closed.world.client("ben").refused("GET", closed.path()) == (404, "not_found")
    assert closed.world.client("outsider").refused("GET", closed.path()) == (404, "not_found")


def test_unknown_recipients_are_refused(closed: Session) -> None:
    closed.draft()
    closed.approve(closed.submit())
    path = closed.path("/publication")
    assert closed.clerk.refused("POST", path, {}) == (422, "no_recipients")
    assert closed.clerk.refused("POST", path, {"recipient_ids": [str(uuid7())]}) == (422, "no_such_person")
    assert closed.clerk.refused("POST", path, {"recipient_unit_ids": [str(uuid7())]}) == (422, "no_such_unit")


def test_participants_and_obliged_units_are_suggested_as_recipients(closed: Session) -> None:
    closed.draft()
    suggested = closed.clerk.ok("GET", closed.path("/recipients"))
    assert {each["id"] for each in suggested["units"]} == {str(CULTURE), str(WORKS)}
    assert closed.world.person("eve") in {each["id"] for each in suggested["people"]}


def test_published_minutes_are_found_without_accents(closed: Session) -> None:
    closed.draft().write("Đồng chí chủ tọa khai mạc kỳ họp")
    closed.approve(closed.submit())
    closed.publish("ana")
    found = closed.world.client("ana").ok("GET", "/search?q=bien+ban+ky+hop+thu+nam")
    assert "minutes" in {each["kind"] for each in found["hits"]}
    hidden = closed.world.client("outsider").ok("GET", "/search?q=bien+ban+ky+hop+thu+nam")
    assert "minutes" not in {each["kind"] for each in hidden["hits"]}


def test_every_page_opens_for_who_needs_it(closed: Session) -> None:
    clerk, chair = closed.clerk, closed.chair
    assert clerk.get(f"/minutes/{closed.id}/edit").status_code == 200
    closed.draft().write("*Không* #phải mã <b>")
    for path in ("/minutes", f"/minutes/{closed.id}", f"/minutes/{closed.id}/edit", f"/minutes/{closed.id}/_preview"):
        assert clerk.get(path).status_code == 200, path
    image = clerk.get(f"/minutes/{closed.id}/page-1.png")
    assert image.content.startswith(b"\x89PNG")
    assert clerk.get(f"/minutes/{closed.id}/page-99.png").status_code == 404
    submitted = closed.submit()
    shown = chair.get(f"/minutes/{closed.id}/approval").text
    assert submitted in shown and "page-1.png" in shown
    closed.approve(submitted)
    assert clerk.get(f"/minutes/{closed.id}/distribution").status_code == 200
    assert clerk.get(f"/meetings/{closed.id}/_minutes").status_code == 200
    assert "&lt;b&gt;" in clerk.get(f"/minutes/{closed.id}").text


def test_minutes_go_to_a_unit_that_is_there_from_today_while_it_is_yesterday_in_utc(world: World) -> None:
    world.now = (world.now + timedelta(days=1)).replace(hour=17, minute=30)
    ward = {"kind": "office", "tier": "commune_level", "parent_id": str(ids("council"))}
    for name, since in (("Đội Một", world.today), ("Đội Hai", world.today + timedelta(days=1))):
        unit = {**ward, "name": name, "short_name": name, "valid_from": str(since)}
        world.client("admin").ok("POST", "/units", unit)
    closed = Session(world).open().close().draft()
    closed.write("Nhất trí.")
    closed.approve(closed.submit())
    shown = closed.clerk.get(f"/minutes/{closed.id}/distribution").text
    assert "Đội Một" in shown and "Đội Hai" not in shown


def test_the_minute_taker_who_never_checked_in_is_not_printed_as_absent(world: World) -> None:
    session = Session(world).open()
    session.clerk.ok("POST", f"/meetings/{session.id}/roll-call/people", {"person_ids": [world.person("works")]})
    session.close().draft()
    shown = session.clerk.get(f"/minutes/{session.id}", headers={"Accept": "text/html"}).text

    def row(name: str) -> str:
        return next(each for each in shown.split("</tr>") if f">{name}</td>" in each)

    assert "Không điểm danh" in row("Văn thư Hội đồng") and "Vắng" not in row("Văn thư Hội đồng")
    assert "Bổ sung lúc" in row("Trưởng phòng Kinh tế") and "; vắng" in row("Trưởng phòng Kinh tế")
