"""People of the house who try what the way of an official document does not give them."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from services.directory.messages import AssignRole, RoleName, WithdrawRole
from tests.scenario.test_copies import WISH, issue
from tests.scenario.test_official import act, authority, described, drafted, equipped, resolution, sign, submitted
from tests.scenario.test_preparation import plan
from tests.signing.authority import Authority
from tests.stamps import ids
from tests.world import COMMITTEE, COUNCIL, World

__all__ = ["authority"]
FILE = {"X-File-Name": "van-ban.pdf"}


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory, authority: Authority) -> Iterator[World]:
    world = equipped(tmp_path_factory.mktemp("office"), authority)
    yield world
    world.close()


@pytest.fixture(scope="module")
def issued(office: World) -> str:
    """A resolution of the council that the committee has received."""
    return issue(office)


def document_of(office: World, official: str) -> str:
    return str(office.client("clerk").ok("GET", f"/officials/{official}")["official"]["described"]["document_id"])


def test_what_was_issued_is_not_replaced_by_way_of_somebody_elses_dossier(office: World, issued: str) -> None:
    """Its recipients may read it and put it before their own meeting; its file and title stay what was issued."""
    receiver, document = office.client("guest"), document_of(office, issued)
    before = office.client("clerk").ok("GET", f"/documents/{document}")["document"]["versions"]
    meeting = receiver.ok("POST", "/meetings", plan(office, body_id=str(COMMITTEE)))["id"]
    receiver.ok("POST", f"/meetings/{meeting}/documents/{document}", {"kind": "reference", "title": "Nghị quyết"})
    versions = f"/documents/{document}/versions"
    assert receiver.refused("POST", versions, content=resolution(), headers=FILE) == (403, "not_allowed")
    assert receiver.refused("PUT", f"/documents/{document}", {"title": "Tên khác"}) == (403, "not_allowed")
    assert office.client("clerk").ok("GET", f"/documents/{document}")["document"]["versions"] == before


def test_a_file_that_is_brought_in_is_not_passed_off_as_what_was_issued_here(office: World, issued: str) -> None:
    """Its return or receipt would stand in the course of a document that it is not."""
    receiver = office.client("guest")
    sent = {"sender": "Bộ Nội vụ", "summary": "Về biên chế", "official_id": issued, "copy_id": issued}
    path = f"/units/{COMMITTEE}/incoming"
    arrived = receiver.ok("PUT", path, content=resolution(), params=sent, headers=FILE)["id"]
    office.settle()
    assert receiver.ok("GET", f"/incoming/{arrived}")["official_id"] is None
    receiver.ok("POST", f"/incoming/{arrived}/return", {"reason": "Gửi nhầm"})
    office.settle()
    arrivals = office.client("clerk").ok("GET", f"/officials/{issued}")["arrivals"]
    assert [(each["id"] == arrived, each["stage"]) for each in arrivals] == [(False, "received")]


def test_the_text_of_a_draft_is_no_paper_that_stands_elsewhere(office: World, issued: str) -> None:
    """Signatures on the draft would become the newest file of what arrived, or of a copy."""
    clerk = office.client("clerk")
    copy = clerk.ok("POST", f"/officials/{issued}/copies", WISH)["id"]
    office.settle()
    assert clerk.refused("POST", "/officials", described(copy)) == (409, "text_of_another_document")
    receiver, path = office.client("guest"), f"/units/{COMMITTEE}/incoming"
    sent = {"sender": "Bộ Nội vụ", "summary": "Về biên chế"}
    arrived = receiver.ok("PUT", path, content=resolution(), params=sent, headers=FILE)["id"]
    text = receiver.ok("GET", f"/incoming/{arrived}")["document_id"]
    own = {"issuer_id": str(COMMITTEE), "drafter_id": str(COMMITTEE)}
    assert receiver.refused("POST", "/officials", described(text, **own)) == (409, "text_of_another_document")


def test_who_is_no_clerk_any_more_sets_no_seal(office: World) -> None:
    """Whatever they were asked before, and whoever gave them authority."""
    clerk, official = office.client("clerk"), drafted(office)
    order = submitted(office, official)
    for login in ("leader", "chair"):
        sign(office, login, order)
    clerk.ok("POST", f"/officials/{official}/number", {})
    office.settle()
    seal = clerk.ok("POST", f"/officials/{official}/seal")["id"]
    office.settle()
    asked, role = act(office, "clerk", seal), {"role": RoleName.records_clerk, "unit_id": COUNCIL}
    days = {"valid_from": str(office.today), "valid_until": str(office.today)}
    given = {"to_id": str(ids("ana")), "basis": "Giấy ủy quyền số 03", **days}
    delegation = clerk.ok("POST", "/signing-delegations", given)["id"]
    standing = {"on_behalf_of": str(ids("clerk")), "delegation_id": delegation}
    path = f"/signing-orders/{seal}/signatures"
    assert office.client("ana").refused("POST", path, {**asked, **standing}) == (403, "not_allowed")
    office.execute(WithdrawRole, person_id=ids("clerk"), **role)
    office.settle()
    assert clerk.refused("POST", path, asked) == (403, "not_allowed")
    office.execute(AssignRole, person_id=ids("clerk"), **role)
    office.settle()
    clerk.ok("POST", path, asked)


def test_guesses_at_a_pin_are_slowed_down_until_the_right_one(office: World) -> None:
    first, second = (submitted(office, drafted(office)) for _turn in range(2))
    assert guessed(office, first, 4) == [(422, "wrong_key_pin")] * 4
    sign(office, "leader", first)
    answers = guessed(office, second, 8)
    assert answers[:5] == [(422, "wrong_key_pin")] * 5
    assert (429, "too_many_sign_ins") in answers
    office.now += timedelta(minutes=16)
    asked = {**act(office, "leader", second), "seen_sha256": "0" * 64}
    for _turn in range(6):  # what is refused for another reason is no guess
        refused = office.client("leader").refused("POST", f"/signing-orders/{second}/signatures", asked)
        assert refused == (409, "stale_document")


def guessed(office: World, order: str, times: int) -> list[tuple[int, str]]:
    leader, asked = office.client("leader"), act(office, "leader", order)
    path = f"/signing-orders/{order}/signatures"
    return [leader.refused("POST", path, {**asked, "pin": f"{guess:06}"}) for guess in range(times)]
