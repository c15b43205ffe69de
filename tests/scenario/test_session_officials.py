"""What follows from a session: the notice of its conclusions and a resolution that it passed, through the JSON API."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from kernel.vietnam import VIETNAM
from tests.held_session import BUDGET, HeldSession, concluded, obligation
from tests.scenario.test_official import authority, equipped, latest, sign
from tests.signing.authority import Authority
from tests.stamps import ids
from tests.world import COMMITTEE, COUNCIL, CULTURE, VOTERS, WORKS, World

__all__ = ["authority"]


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory, authority: Authority) -> Iterator[World]:
    world = equipped(tmp_path_factory.mktemp("office"), authority)
    yield world
    world.close()


@pytest.fixture
def session(office: World) -> HeldSession:
    """Open, with a conclusion that obliges two units."""
    held = HeldSession(office).open(office)
    duty = obligation(office.now + timedelta(days=30), CULTURE, WORKS)
    concluded(office, held, duty, text="Thống nhất phương án.\nĐề nghị thực hiện sớm.")
    return held


def voted(world: World, session: HeldSession, choice: str = "for", publish: bool = True) -> str:
    """The council has voted on the item; answers the poll."""
    chair = world.client("chair")
    cards = chair.ok("GET", f"/meetings/{session.id}/rule-cards")["cards"]
    card = next(each["card_id"] for each in cards if each["card_id"] == "council_more_than_half")
    asked = {"question": f"Thông qua {BUDGET}", "card_id": card, "item_id": session.item_id}
    poll = str(chair.ok("POST", f"/meetings/{session.id}/polls", asked)["id"])
    for login in VOTERS[:5]:
        world.client(login).ok("POST", f"/polls/{poll}/ballots", {"choice": choice})
    chair.ok("POST", f"/polls/{poll}/close")
    world.settle()
    if publish:
        chair.ok("POST", f"/polls/{poll}/publish")
    return poll


def begun(world: World, session: HeldSession, kind: str) -> dict[str, Any]:
    item = f"&item_id={session.item_id}" if kind == "resolution" else ""
    found: dict[str, Any] = world.client("clerk").ok("GET", f"/meetings/{session.id}/official-words?kind={kind}{item}")
    return found


def written(begun: dict[str, Any]) -> dict[str, Any]:
    """What the form sends when nobody changes a word."""
    signatory = {name: begun[name] for name in ("competence", "position", "head")}
    as_they_are = ("kind", "issuer_symbol", "summary", "recipients", "collective", "authority", "bases", "text")
    follows = ("meeting_id", "item_id", "poll_id", "conclusions")
    return {
        **{name: begun[name] for name in (*as_they_are, *follows)},
        "issuer_id": str(COUNCIL),
        "drafter_id": str(COUNCIL),
        "signatory": {"person_id": begun["signatory_id"], **signatory},
    }


def drafted(world: World, session: HeldSession, kind: str) -> str:
    clerk = world.client("clerk")
    return str(clerk.ok("POST", "/officials/written", written(begun(world, session, kind)))["id"])


def submission(world: World, official: str) -> dict[str, Any]:
    steps = [{"act": "sign", "signer_ids": [str(ids("chair"))], "needed": 1}]
    return {"sha256": latest(world, official), "steps": steps}


def issued(world: World, official: str) -> None:
    clerk, at = world.client("clerk"), f"/officials/{official}"
    order = clerk.ok("POST", f"{at}/submission", submission(world, official))["id"]
    world.settle()
    sign(world, "chair", order)
    clerk.ok("POST", f"{at}/number", {})
    world.settle()
    seal = clerk.ok("POST", f"{at}/seal")["id"]
    world.settle()
    sign(world, "clerk", seal)
    clerk.ok("POST", f"{at}/issue")
    world.settle()


def of_meeting(world: World, login: str, session: HeldSession) -> list[tuple[str, str]]:
    found = world.client(login).ok("GET", f"/meetings/{session.id}/officials")
    return [(each["described"]["kind"], each["stage"]) for each in found]


def test_the_notice_says_what_was_concluded_and_who_does_what_by_when(office: World, session: HeldSession) -> None:
    notice = begun(office, session, "notice")
    (obliged,) = office.client("clerk").ok("GET", session.conclusion)[0]["obligations"]
    due = datetime.fromisoformat(obliged["due_at"]).astimezone(VIETNAM)
    assert notice["summary"] == "Kết luận của Chủ tọa tại Kỳ họp thứ tư"
    assert notice["text"].splitlines()[1:] == [
        f"Về {BUDGET[0].lower()}{BUDGET[1:]}:",
        "Thống nhất phương án.",
        "Đề nghị thực hiện sớm.",
        "Giao Phòng Văn hóa - Xã hội chủ trì, phối hợp với Phòng Kinh tế, Hạ tầng và Đô thị trình phương án; "
        f"hoàn thành chậm nhất ngày {due:%d/%m/%Y}.",
        "Trên đây là thông báo kết luận để các cơ quan, đơn vị và cá nhân có liên quan biết, thực hiện.",
    ]
    assert [each["unit_id"] for each in notice["recipients"]] == [str(CULTURE), str(WORKS)]
    assert (notice["competence"], notice["position"], notice["head"]) == ("on_behalf", "CHỦ TỌA", "HỘI ĐỒNG NHÂN DÂN")


def test_a_session_without_conclusions_has_nothing_to_announce(office: World) -> None:
    held = HeldSession(office).open(office)
    path = f"/meetings/{held.id}/official-words?kind=notice"
    assert office.client("clerk").refused("GET", path) == (409, "nothing_concluded")
    assert office.client("ana").refused("GET", path) == (403, "not_allowed")
    assert office.client("outsider").refused("GET", path) == (404, "not_found")


def test_a_resolution_names_the_law_the_vote_and_its_adoption(office: World, session: HeldSession) -> None:
    poll = voted(office, session)
    resolution = begun(office, session, "resolution")
    today = office.today
    said = f"ngày {today.day:02} tháng {f'{today.month:02}' if today.month < 3 else today.month} năm {today.year}"
    assert resolution["summary"] == "Về phương án phân bổ vốn đầu tư công năm 2027"
    law, vote, considered = resolution["bases"].splitlines()
    assert law == "Căn cứ Luật Tổ chức chính quyền địa phương ngày 16 tháng 6 năm 2025"
    assert considered == "Xét ý kiến thảo luận của đại biểu tại kỳ họp"
    assert vote == f"Căn cứ kết quả biểu quyết {said} tại Kỳ họp thứ tư: 5/7 đại biểu tán thành"
    assert resolution["authority"].splitlines() == ["HỘI ĐỒNG NHÂN DÂN PHƯỜNG THỬ NGHIỆM", "KỲ HỌP THỨ TƯ"]
    assert resolution["text"].splitlines()[-1] == (
        f"Nghị quyết này được Hội đồng nhân dân phường Thử Nghiệm, Kỳ họp thứ tư thông qua {said} "
        "và có hiệu lực kể từ ngày thông qua."
    )
    assert (resolution["poll_id"], resolution["recipients"][0]["unit_id"]) == (poll, str(COMMITTEE))


def test_a_resolution_is_not_signed_before_its_first_article_is_written(office: World, session: HeldSession) -> None:
    voted(office, session)
    official, clerk = drafted(office, session, "resolution"), office.client("clerk")
    path = f"/officials/{official}/submission"
    assert clerk.refused("POST", path, submission(office, official)) == (409, "words_to_fill")
    words = written(begun(office, session, "resolution"))
    filled = {**words, "text": words["text"].replace("[Ghi nội dung quyết nghị]", "1. Vốn: 62,4 tỷ đồng.")}
    clerk.ok("PUT", f"/officials/{official}/written", filled)
    office.settle()
    clerk.ok("POST", path, submission(office, official))


def test_a_resolution_waits_for_its_vote_to_be_passed_and_published(office: World, session: HeldSession) -> None:
    clerk, path = office.client("clerk"), f"/meetings/{session.id}/official-words?kind=resolution"
    assert clerk.refused("GET", f"{path}&item_id={session.item_id}") == (409, "poll_not_passed")
    voted(office, session, "against")
    assert clerk.refused("GET", f"{path}&item_id={session.item_id}") == (409, "poll_not_passed")
    unpublished = voted(office, session, publish=False)
    notice = written(begun(office, session, "notice"))
    words = {**notice, "kind": "resolution", "item_id": session.item_id, "poll_id": unpublished, "conclusions": []}
    official = clerk.ok("POST", "/officials/written", words)["id"]
    asked = submission(office, official)
    assert clerk.refused("POST", f"/officials/{official}/submission", asked) == (409, "poll_not_passed")
    shown = clerk.ok("GET", f"/officials/{official}")["origin"]["vote"]
    assert (shown["passed"], shown["counts"]) == (None, [])
    office.client("chair").ok("POST", f"/polls/{unpublished}/publish")
    clerk.ok("POST", f"/officials/{official}/submission", asked)
    shown = clerk.ok("GET", f"/officials/{official}")["origin"]["vote"]
    assert (shown["passed"], shown["votes_for"], shown["base"], shown["not_cast"]) == (True, 5, 7, 2)


def test_a_draft_follows_only_from_what_is_there(office: World, session: HeldSession) -> None:
    clerk, other = office.client("clerk"), HeldSession(office).open(office)
    facts = written(begun(office, session, "notice"))
    wrong = {**facts, "item_id": other.item_id}
    assert clerk.refused("POST", "/officials/written", wrong) == (404, "no_such_item")
    wrong = {**facts, "poll_id": voted(office, session)}
    assert clerk.refused("POST", "/officials/written", wrong) == (404, "no_such_poll")
    head = {**facts, "drafter_id": str(CULTURE), "issuer_id": str(CULTURE)}
    assert office.client("head").refused("POST", "/officials/written", head) == (404, "not_found")


def test_words_out_of_date_are_not_signed_until_they_are_written_anew_or_confirmed(
    office: World, session: HeldSession
) -> None:
    """A conclusion is the presiding officer's; nobody signs a notice that gives it in other words."""
    clerk = office.client("clerk")
    official = drafted(office, session, "notice")
    assert clerk.ok("GET", f"/officials/{official}")["origin"]["revised"] == []
    concluded(office, session, revision=1, text="Chưa thống nhất; trình lại.")
    origin = clerk.ok("GET", f"/officials/{official}")["origin"]
    assert origin["revised"] == [f"1. {BUDGET}"]
    path = f"/officials/{official}/submission"
    assert clerk.refused("POST", path, submission(office, official)) == (409, "conclusions_revised")
    stale = {"conclusions": [{"item_id": session.item_id, "revision": 1}]}
    assert clerk.refused("POST", f"/officials/{official}/conclusions", stale) == (409, "conclusions_revised")
    anew = written(begun(office, session, "notice"))
    clerk.ok("PUT", f"/officials/{official}/written", anew)
    assert "Chưa thống nhất; trình lại." in anew["text"]
    concluded(office, session, revision=2, text="Chưa thống nhất; trình lại kỳ sau.")
    confirmed = {"conclusions": clerk.ok("GET", f"/officials/{official}")["origin"]["conclusions"]}
    clerk.ok("POST", f"/officials/{official}/conclusions", confirmed)
    assert clerk.ok("GET", f"/officials/{official}")["origin"]["revised"] == []
    clerk.ok("POST", path, submission(office, official))


def test_an_issued_notice_reaches_the_units_at_once_and_the_delegates_on_the_meeting_page(
    office: World, session: HeldSession
) -> None:
    official = drafted(office, session, "notice")
    assert of_meeting(office, "clerk", session) == [("notice", "draft")]
    assert of_meeting(office, "ana", session) == []
    issued(office, official)
    assert of_meeting(office, "ana", session) == [("notice", "issued")]
    ana = office.client("ana")
    found = ana.ok("GET", f"/officials/{official}")
    assert (found["origin"]["meeting_id"], found["orders"]) == (session.id, [])
    assert ana.get(f"/api/v1/documents/{found['official']['described']['document_id']}").is_success
    assert f"/officials/{official}" in ana.get(f"/meetings/{session.id}/_officials").text
    assert [each["id"] for each in ana.ok("GET", "/officials")["officials"]] == [official]
    assert [each["official_id"] for each in office.client("head").ok("GET", "/incoming")["incoming"]] == [official]
    assert office.client("outsider").refused("GET", f"/officials/{official}") == (404, "not_found")
