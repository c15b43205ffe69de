"""Signing with a key on the signer's own computer: two addresses for its agent, once each, for one signature."""

import ssl
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from services.signing.messages import Act, Level
from services.signing.pdf import Handwriting, SoftwareKey
from services.signing.pdf.making import sign as made
from tests.scenario.test_official import drafted, equipped, resolution, sign, submitted
from tests.signing.authority import PASSWORD as KEY_PASSWORD
from tests.signing.authority import Authority, serving
from tests.signing.conftest import trusting
from tests.signing.papers import PERSON, consent, instruction, picture
from tests.world import PASSWORD, Client, World


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Authority]:
    with serving(tmp_path_factory.mktemp("authority")) as authority:
        yield authority


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory, authority: Authority) -> Iterator[World]:
    """Leader and chair have their keys on their own computers; only their certificates are registered."""
    folder = tmp_path_factory.mktemp("office")
    world = equipped(folder, authority)
    keys = folder / "signing-keys"
    for login, label in (("leader", "deputy"), ("chair", "chair")):
        (keys / f"{login}.p12").unlink()
        (keys / f"{login}.cer").write_bytes(authority.certificate(label))
    written_as_text(keys / "chair.cer", keys / "chair.crt")
    yield world
    world.close()


def written_as_text(der: Path, pem: Path) -> None:
    pem.write_text("subject=CN = Chủ tọa\n" + ssl.DER_cert_to_PEM_cert(der.read_bytes()), encoding="utf-8")
    der.unlink()


class Agent:
    """On the signer's computer: has the key, and of the system nothing but the two addresses."""

    def __init__(self, office: World, authority: Authority, label: str) -> None:
        self.web: Client = office.anonymous()
        self._trust, self._key = trusting(authority), SoftwareKey(authority.pkcs12(label))

    def fetched(self, given: dict[str, Any]) -> bytes:
        answer = self.web.get(urlsplit(given["download_url"]).path)
        assert answer.is_success and answer.headers["etag"] == f'"{given["sha256"]}"', answer.text
        return bytes(answer.content)

    def signed(self, document: bytes, field: str, act: Act, level: Level = Level.b_t, last: bool = False) -> bytes:
        look = Handwriting(picture(), PERSON) if field == "sign-1" else None
        asked = instruction(document, level, field=field, act=act, appearance=look, last=last)
        return made(self._trust, document, asked, self._key, consent(KEY_PASSWORD)).content

    def sent(self, given: dict[str, Any], content: bytes) -> Any:
        return self.web.ok("POST", urlsplit(given["upload_url"]).path, content=content)

    def refused(self, given: dict[str, Any], content: bytes) -> tuple[int, str]:
        return self.web.refused("POST", urlsplit(given["upload_url"]).path, content=content)


def asked(office: World, login: str, order: str) -> dict[str, Any]:
    seen = office.client(login).ok("GET", f"/signing-orders/{order}")["order"]["sha256"]
    return {"seen_sha256": seen, "password": PASSWORD}


def addresses(office: World, login: str, order: str) -> dict[str, Any]:
    path = f"/signing-orders/{order}/agent-addresses"
    given: dict[str, Any] = office.client(login).ok("POST", path, asked(office, login, order))
    return given


def signatures(office: World, order: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = office.client("clerk").ok("GET", f"/signing-orders/{order}")["signatures"]
    return found


def test_a_resolution_is_signed_on_the_signers_own_computers_and_sealed_here(
    office: World, authority: Authority
) -> None:
    clerk, official = office.client("clerk"), drafted(office)
    order = submitted(office, official)
    for login, label, act, field in (
        ("leader", "deputy", Act.initial, "initial-1"),
        ("chair", "chair", Act.sign, "sign-1"),
    ):
        agent, given = Agent(office, authority, label), addresses(office, login, order)
        assert (given["field"], given["level"], given["last"]) == (field, "b_t", False)
        agent.sent(given, agent.signed(agent.fetched(given), field, act))
        office.settle()
    assert [(each["key"], each["level"]) for each in signatures(office, order)] == [("agent", "b_t")] * 2
    clerk.ok("POST", f"/officials/{official}/number", {})
    office.settle()
    seal = clerk.ok("POST", f"/officials/{official}/seal")["id"]
    office.settle()
    sign(office, "clerk", seal)
    clerk.ok("POST", f"/officials/{official}/issue")
    office.settle()
    arrivals = office.client("guest").ok("GET", "/incoming")["incoming"]
    (arrived,) = [each for each in arrivals if each["official_id"] == official]
    assert (arrived["verdict"], len(arrived["signers"])) == ("valid", 3)


def test_each_address_works_once_and_for_five_minutes(office: World, authority: Authority) -> None:
    order = submitted(office, drafted(office))
    agent, given = Agent(office, authority, "deputy"), addresses(office, "leader", order)
    over = (404, "signing_address_over")
    document = agent.fetched(given)
    assert agent.web.refused("GET", urlsplit(given["download_url"]).path) == over
    assert agent.web.refused("GET", urlsplit(given["upload_url"]).path.replace("uploads", "downloads")) == over
    signed = agent.signed(document, given["field"], Act.initial)
    again = addresses(office, "leader", order)
    assert agent.refused(given, signed) == over, "newer addresses end the older ones"
    office.now += timedelta(minutes=5)
    assert agent.refused(again, signed) == over
    assert agent.web.refused("GET", urlsplit(again["download_url"]).path) == over
    last = addresses(office, "leader", order)
    signed = agent.signed(agent.fetched(last), last["field"], Act.initial)
    agent.sent(last, signed)
    assert agent.refused(last, signed) == over
    assert len(signatures(office, order)) == 1


def test_nothing_but_our_bytes_and_the_signers_own_signature_is_taken(office: World, authority: Authority) -> None:
    order, other = submitted(office, drafted(office)), submitted(office, drafted(office))
    agent, stranger = Agent(office, authority, "deputy"), Agent(office, authority, "chair")
    mine, act = "initial-1", Act.initial

    cases: list[tuple[tuple[int, str], Callable[[bytes], bytes]]] = [
        ((422, "not_our_document"), lambda document: document),
        ((422, "not_our_document"), lambda _document: b""),
        ((422, "not_our_document"), lambda _document: agent.signed(resolution(), "", act)),
        ((422, "not_one_signature"), lambda document: agent.signed(agent.signed(document, mine, act), "", act)),
        ((422, "wrong_signer"), lambda document: stranger.signed(document, mine, act)),
        ((422, "wrong_signature_field"), lambda document: agent.signed(document, "sign-1", act)),
        ((422, "wrong_signature_field"), lambda document: agent.signed(document, "own-1", act)),
        ((409, "document_locked"), lambda document: agent.signed(document, mine, act, last=True)),
        ((422, "signature_without_time"), lambda document: agent.signed(document, mine, act, Level.b_b)),
        ((422, "pdf_trailing_bytes"), lambda document: agent.signed(document, mine, act) + b"PK"),
        ((413, "file_too_large"), lambda document: document + bytes(8 * 1024 * 1024)),
    ]
    for refusal, content in cases:
        given = addresses(office, "leader", order)
        assert agent.refused(given, content(agent.fetched(given))) == refusal
    signed = agent.signed(agent.fetched(addresses(office, "leader", order)), mine, act)
    elsewhere = addresses(office, "leader", other)
    assert agent.refused(elsewhere, signed)[1] == "not_our_document"
    assert (signatures(office, order), signatures(office, other)) == ([], [])


def test_addresses_are_given_to_the_signer_alone_by_their_own_password(office: World, authority: Authority) -> None:
    order = submitted(office, drafted(office))
    leader, path, fresh = (
        office.client("leader"),
        f"/signing-orders/{order}/agent-addresses",
        asked(office, "leader", order),
    )
    assert leader.refused("POST", path, {**fresh, "password": "không phải mật khẩu"}) == (403, "wrong_password")
    assert leader.refused("POST", path, {**fresh, "seen_sha256": "0" * 64}) == (409, "stale_document")
    assert office.client("chair").refused("POST", path, fresh) == (403, "not_allowed")
    certificate = office.settings.data_dir / "signing-keys/leader.cer"
    content = certificate.read_bytes()
    certificate.unlink()
    assert leader.refused("POST", path, fresh) == (409, "no_signing_certificate")
    certificate.write_bytes(content)


def test_who_declined_meanwhile_has_nothing_to_sign(office: World, authority: Authority) -> None:
    order = submitted(office, drafted(office))
    agent, given = Agent(office, authority, "deputy"), addresses(office, "leader", order)
    signed = agent.signed(agent.fetched(given), given["field"], Act.initial)
    office.client("leader").ok("POST", f"/signing-orders/{order}/refusal", {"reason": "Thiếu căn cứ."})
    office.settle()
    assert agent.refused(given, signed)[0] in (403, 404)
    assert signatures(office, order) == []
