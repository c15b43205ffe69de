"""What the signing page offers to whom, what the VGCA plug-in is answered, and how long each way may take."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from services.signing.messages import Act, Level
from tests.scenario.test_official import authority, drafted, equipped, latest, sign, submitted
from tests.scenario.test_signing_agent import Agent, asked, signatures
from tests.signing.authority import Authority
from tests.world import COUNCIL, World

__all__ = ["authority"]

SOCKET = "wss://127.0.0.1:8987"
BY_KEY, BY_OWN = "Ký bằng khóa của bạn trên hệ thống", "Ký bằng phần mềm trên máy này"
BY_PLUG_IN = "Ký bằng phần mềm VGCA"


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory, authority: Authority) -> Iterator[World]:
    """The leader signs at home alone, the chair both ways; the agency's seal may be in a token, too."""
    folder = tmp_path_factory.mktemp("office")
    world = equipped(folder, authority, signing_agent="vgca")
    keys = folder / "signing-keys"
    for name, label in (("leader", "deputy"), ("chair", "chair"), (f"agency-{COUNCIL}", "agency")):
        (keys / f"{name}.cer").write_bytes(authority.certificate(label))
    (keys / "leader.p12").unlink()
    yield world
    world.close()


def addresses(office: World, login: str, order: str, way: str) -> dict[str, Any]:
    path = f"/signing-orders/{order}/agent-addresses"
    given: dict[str, Any] = office.client(login).ok("POST", path, {**asked(office, login, order), "way": way})
    office.settle()
    return given


def page(office: World, login: str, order: str) -> tuple[str, str]:
    """Its text and its content security policy."""
    answer = office.client(login).get(f"/signing-orders/{order}")
    assert answer.is_success, answer.text
    return answer.text, answer.headers["content-security-policy"]


def sent(agent: Agent, given: dict[str, Any], content: bytes) -> dict[str, Any]:
    """As the plug-in sends it."""
    file = ("signed.pdf", content, "application/pdf")
    answer: dict[str, Any] = agent.web.ok("POST", urlsplit(given["upload_url"]).path, files={"uploadfile": file})
    return answer


def certificate_of(office: World, name: str) -> Path:
    return office.settings.data_dir / f"signing-keys/{name}.cer"


def test_each_signer_is_offered_the_ways_that_work_for_them(office: World) -> None:
    order = submitted(office, drafted(office))
    text, policy = page(office, "leader", order)
    assert BY_OWN in text and BY_PLUG_IN in text and BY_KEY not in text
    assert f"connect-src 'self' {SOCKET};" in policy
    for login in ("clerk", "chair"):
        text, policy = page(office, login, order)
        assert (BY_OWN in text, SOCKET in text + policy) == (False, False), "it is not their turn"
    assert SOCKET not in office.client("leader").get("/signing-orders").headers["content-security-policy"]
    content = certificate_of(office, "leader").read_bytes()
    certificate_of(office, "leader").unlink()
    text, policy = page(office, "leader", order)
    assert "Hãy đề nghị người vận hành đăng ký một trong hai." in text
    assert BY_OWN not in text and SOCKET not in policy
    certificate_of(office, "leader").write_bytes(content)


def test_who_has_a_key_here_sees_it_first_and_is_told_how_to_get_the_other_way(
    office: World, authority: Authority
) -> None:
    order = submitted(office, drafted(office))
    agent, given = Agent(office, authority, "deputy"), addresses(office, "leader", order, "agent")
    agent.sent(given, agent.signed(agent.fetched(given), given["field"], Act.initial))
    office.settle()
    text, _policy = page(office, "chair", order)
    assert 0 < text.index(BY_KEY) < text.index(BY_OWN)
    content = certificate_of(office, "chair").read_bytes()
    certificate_of(office, "chair").unlink()
    text, _policy = page(office, "chair", order)
    assert BY_KEY in text and BY_OWN not in text
    assert "đề nghị người vận hành đăng ký chứng thư số" in text
    certificate_of(office, "chair").write_bytes(content)


def test_a_person_has_half_an_hour_and_a_program_five_minutes(office: World, authority: Authority) -> None:
    order, agent, began = submitted(office, drafted(office)), Agent(office, authority, "deputy"), office.now
    for way, minutes in (("agent", 5), ("vgca", 5), ("hand", 30)):
        given = addresses(office, "leader", order, way)
        assert (given["way"], given["life_seconds"]) == (way, 60 * minutes)
        assert given["certificate_subject"] and int(given["certificate_serial"], 16)
        path = urlsplit(given["download_url"]).path
        office.now += timedelta(minutes=minutes)
        assert agent.web.refused("GET", path) == (404, "signing_address_over")
        office.now = began
    given = addresses(office, "leader", order, "hand")
    signed = agent.signed(agent.fetched(given), given["field"], Act.initial)
    office.now += timedelta(minutes=29)
    agent.sent(given, signed)
    office.now = began
    office.settle()
    assert len(signatures(office, order)) == 1


def test_the_plug_in_is_answered_in_its_own_words(office: World, authority: Authority) -> None:
    order, agent = submitted(office, drafted(office)), Agent(office, authority, "deputy")
    refusals = [
        (lambda _document: b"", "không phải văn bản đã gửi đi ký"),
        (lambda document: agent.signed(document, "sign-1", Act.initial), "không nằm ở ô ký"),
        (lambda document: agent.signed(document, "initial-1", Act.initial, Level.b_b), "chưa có dấu thời gian"),
    ]
    for made, words in refusals:
        given = addresses(office, "leader", order, "vgca")
        answer = sent(agent, given, made(agent.fetched(given)))
        assert (answer["Status"], words in answer["Message"], answer["FileServer"]) == (False, True, "")
    given = addresses(office, "leader", order, "vgca")
    signed = agent.signed(agent.fetched(given), "initial-1", Act.initial)
    nothing = agent.web.ok("POST", urlsplit(given["upload_url"]).path, data={"x": "y"})
    assert nothing["Status"] is False
    taken = sent(agent, given, signed)
    assert (taken["Status"], taken["Message"]) == (True, "") and taken["FileName"] and taken["FileServer"]
    office.settle()
    assert [each["key"] for each in signatures(office, order)] == ["agent"]
    again = sent(agent, given, signed)
    assert (again["Status"], "đã dùng hoặc đã hết hạn" in again["Message"]) == (False, True)


def test_the_plug_in_signs_for_people_alone_and_the_seal_is_set_by_hand(office: World, authority: Authority) -> None:
    official = drafted(office)
    order, clerk = submitted(office, official), office.client("clerk")
    agent, given = Agent(office, authority, "deputy"), addresses(office, "leader", order, "agent")
    agent.sent(given, agent.signed(agent.fetched(given), given["field"], Act.initial))
    office.settle()
    sign(office, "chair", order)
    clerk.ok("POST", f"/officials/{official}/number", {})
    office.settle()
    seal = clerk.ok("POST", f"/officials/{official}/seal")["id"]
    office.settle()
    text, policy = page(office, "clerk", seal)
    assert BY_OWN in text and BY_PLUG_IN not in text and SOCKET not in policy
    wanted = {**asked(office, "clerk", seal), "way": "vgca"}
    refused = clerk.refused("POST", f"/signing-orders/{seal}/agent-addresses", wanted)
    assert refused == (409, "no_signing_plug_in")
    given, holder = addresses(office, "clerk", seal, "hand"), Agent(office, authority, "agency")
    assert (given["field"], given["visible"], given["last"]) == ("seal-1", True, True)
    holder.sent(given, holder.signed(holder.fetched(given), "seal-1", Act.seal, last=True))
    office.settle()
    assert clerk.ok("GET", f"/officials/{official}")["official"]["stage"] == "sealed"


def test_addresses_are_not_given_for_an_authority_that_is_not_in_force(office: World) -> None:
    order = submitted(office, drafted(office))
    body = {**asked(office, "leader", order), "on_behalf_of": office.person("chair"), "way": "hand"}
    refused = office.client("leader").refused("POST", f"/signing-orders/{order}/agent-addresses", body)
    assert refused == (409, "not_your_turn_to_sign")


def test_who_initials_second_makes_a_new_signature_that_shows_nowhere(office: World, authority: Authority) -> None:
    """Fields are laid out before the first signature alone; the clerk's certificate stands for anybody's."""
    certificate_of(office, "clerk").write_bytes(authority.certificate("chair"))
    official, clerk = drafted(office), office.client("clerk")
    steps = [
        {"act": "initial", "signer_ids": [office.person("leader"), office.person("clerk")], "needed": 2},
        {"act": "sign", "signer_ids": [office.person("chair")], "needed": 1},
    ]
    wish = {"sha256": latest(office, official), "steps": steps}
    order = clerk.ok("POST", f"/officials/{official}/submission", wish)["id"]
    office.settle()
    for login, label, field in (("leader", "deputy", "initial-1"), ("clerk", "chair", "")):
        agent, given = Agent(office, authority, label), addresses(office, login, order, "hand")
        assert (given["field"], given["visible"], given["last"]) == (field, False, False)
        agent.sent(given, agent.signed(agent.fetched(given), field, Act.initial))
        office.settle()
    sign(office, "chair", order)
    assert [each["act"] for each in signatures(office, order)] == ["initial", "initial", "sign"]
    certificate_of(office, "clerk").unlink()
