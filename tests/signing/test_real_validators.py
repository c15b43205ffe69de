"""Validators by others agree with ours. `make signing-real` runs all of it, with every attack twenty times."""

import random
from pathlib import Path

import pytest
from asn1crypto import cms, pem

from services.signing.messages import Act, Level
from services.signing.pdf import (
    AgencySeal,
    CopyMark,
    Coverage,
    Handwriting,
    LaterField,
    Trust,
    seal_place,
)
from services.signing.pdf.archiving import archive
from services.signing.pdf.examining import examine
from services.signing.pdf.making import sign
from tests.signing.attacks import AFTER_SIGNING, Files
from tests.signing.authority import Authority
from tests.signing.conftest import Keys
from tests.signing.papers import PERSON, instruction, picture, resolution
from tests.signing.past import THEN, signed_then
from tests.signing.test_attacks import by_hand
from tests.signing.validators import Openssl, containers, pdfsig

pytestmark = [pytest.mark.needs("pdfsig", "openssl"), pytest.mark.slow]


@pytest.fixture
def openssl(authority: Authority, tmp_path: Path) -> Openssl:
    for name in ("root", "issuing"):
        (tmp_path / f"{name}.pem").write_bytes(pem.armor("CERTIFICATE", authority.certificate(name)))
    return Openssl(tmp_path, tmp_path / "root.pem", tmp_path / "issuing.pem")


def agree(trust: Trust, content: bytes, openssl: Openssl, at: float | None = None) -> None:
    """All three call it valid, name the same signers, and see the same stamps."""
    found = examine(trust, content)
    assert found.valid, found.verdict
    said, parts = pdfsig(content, openssl.folder), containers(content)
    assert len(said) == len(parts) == len(found.signatures) + len(found.time_stamps)
    signed = {each.signer: (each, part) for each, part in zip(said, parts, strict=True) if part.kind == "/Sig"}
    assert set(signed) == {each.certificate.common_name for each in found.signatures}
    for ours in found.signatures:
        theirs, part = signed[ours.certificate.common_name]
        assert theirs.valid
        assert theirs.whole == (ours.coverage is Coverage.whole_file)
        assert openssl.signature_holds(part, at)
        assert ours.stamped_at is None or openssl.stamp_in_signature_holds(part)
    stamps = [part for part in parts if part.kind == "/DocTimeStamp"]
    assert all(openssl.stamp_of_document_holds(part) for part in stamps)


@pytest.mark.parametrize("label", ["chair", "deputy"])
@pytest.mark.parametrize("kind", ["software", pytest.param("token", marks=pytest.mark.needs("softhsm2")), "remote"])
@pytest.mark.parametrize("level", list(Level))
def test_every_level_with_every_kind_of_key(
    level: Level, kind: str, label: str, keys: Keys, trust: Trust, openssl: Openssl
) -> None:
    document = resolution(amount=len(kind))
    given = instruction(document, level, appearance=Handwriting(picture(), PERSON))
    agree(trust, sign(trust, document, given, *keys(kind, label)).content, openssl)


@pytest.mark.parametrize("level", list(Level))
def test_one_after_the_other_then_archived(level: Level, keys: Keys, trust: Trust, openssl: Openssl) -> None:
    seal = AgencySeal(picture("red"), PERSON)
    later = (LaterField("sign-1", PERSON), LaterField("seal-1", seal_place(seal), last=True))
    content = resolution(pages=2)
    steps = [
        ("deputy", instruction(content, level, act=Act.initial, last=False, later=later)),
        ("chair", {"field": "sign-1", "last": False, "appearance": Handwriting(picture(), PERSON)}),
        ("agency", {"field": "seal-1", "act": Act.seal, "appearance": seal}),
    ]
    for label, given in steps:
        made = given if not isinstance(given, dict) else instruction(content, level, **given)
        content = sign(trust, content, made, *keys("software", label)).content
        agree(trust, content, openssl)
    agree(trust, archive(trust, content), openssl)


@pytest.mark.needs("vendor")
def test_copies_files_of_agents_and_of_earlier_years(
    keys: Keys, authority: Authority, trust: Trust, openssl: Openssl
) -> None:
    document = resolution()
    copied = instruction(document, Level.b_t, act=Act.seal, appearance=CopyMark("SAO Y", "HĐND"))
    agree(trust, sign(trust, document, copied, *keys("software", "agency")).content, openssl)
    agree(trust, by_hand(document, authority, "chair", "council"), openssl)
    agree(trust, signed_then(document, Level.b_lta, authority), openssl, at=THEN.timestamp())


@pytest.mark.parametrize("name", ["byte_edit", "signature_edit", "signature_of_another", "zeroed_signature"])
def test_what_was_tampered_with_is_valid_to_nobody(name: str, keys: Keys, trust: Trust, openssl: Openssl) -> None:
    document, other = resolution(amount=1), resolution(amount=2)
    signed, another = (
        sign(trust, each, instruction(each, Level.b_t), *keys("software", "chair")).content
        for each in (document, other)
    )
    attacked = AFTER_SIGNING[name](Files(signed, document, another), random.Random(name))
    assert not examine(trust, attacked).valid
    assert not any(each.valid for each in pdfsig(attacked, openssl.folder))
    if name != "zeroed_signature":
        assert not openssl.signature_holds(containers(attacked)[0])


def test_a_stamp_of_another_signature_is_valid_to_nobody(keys: Keys, trust: Trust, openssl: Openssl) -> None:
    document, other = resolution(amount=1), resolution(amount=2)
    signed, another = (
        sign(trust, each, instruction(each, Level.b_t), *keys("software", "chair")).content
        for each in (document, other)
    )
    attacked = AFTER_SIGNING["replayed_time_stamp"](Files(signed, document, another), random.Random(1))
    assert not examine(trust, attacked).valid
    assert not openssl.stamp_in_signature_holds(containers(attacked)[0])


def test_the_lookalike_authority_is_nobody_s(authority: Authority, trust: Trust, openssl: Openssl) -> None:
    forged = by_hand(resolution(), authority, "chair", "lookalike")
    assert pdfsig(forged, openssl.folder)[0].valid  # its mathematics are right
    assert not openssl.signature_holds(containers(forged)[0])
    assert not examine(trust, forged).valid
    assert cms.ContentInfo.load(containers(forged)[0].signature)["content_type"].native == "signed_data"
