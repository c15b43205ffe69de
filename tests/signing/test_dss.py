"""The European Commission's DSS, offline and by its own policy, says of our files what we say of them.

It is told of the test authority as of a trusted list. At B-B and B-T it is given revocation lists, as nothing in the
file tells; at B-LT and B-LTA it is given none, also two years later, when every answer in the file is old.
"""

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from services.signing.messages import Act, Level
from services.signing.pdf import AgencySeal, CopyMark, Handwriting, LaterField, Trust, blanks, seal_place
from services.signing.pdf.archiving import archive
from services.signing.pdf.examining import examine
from services.signing.pdf.making import sign
from services.signing.pdf.placing import place_of_signature
from tests.signing.attacks import AFTER_SIGNING, Files, updated
from tests.signing.authority import Authority
from tests.signing.conftest import Keys
from tests.signing.java_validators import NEEDED, Dss, DssSignature, JavaValidators, Trusted
from tests.signing.papers import NAME, PERSON, POSITION, instruction, picture, resolution
from tests.signing.past import BEFORE_IT_WAS_REVOKED, THEN, signed_then
from tests.signing.shadows import BEFORE_SIGNING
from tests.signing.test_attacks import by_hand
from tests.signing.test_blanks import SYMBOL, VALUES, draft

pytestmark = [pytest.mark.needs(NEEDED), pytest.mark.slow]

FORMATS = {
    Level.b_b: "PAdES-BASELINE-B",
    Level.b_t: "PAdES-BASELINE-T",
    Level.b_lt: "PAdES-BASELINE-LT",
    Level.b_lta: "PAdES-BASELINE-LTA",
}
LASTING = (Level.b_lt, Level.b_lta)
LATER = timedelta(days=730)

Agree = Callable[[bytes], Dss]


@pytest.fixture
def agree(java: JavaValidators, trusted: Trusted, trust: Trust) -> Agree:
    """Both call it valid, name the same signers and levels; where it should prove itself, it does, also later."""

    def judged(content: bytes) -> Dss:
        found = examine(trust, content)
        assert found.valid, found.verdict
        alone = all(each.level in LASTING or each.archived for each in found.signatures)
        said = java.dss(content, trusted, alone=alone)
        assert said.passed, said
        assert [(each.signer, each.level) for each in said.signatures] == [
            (each.certificate.common_name, FORMATS[each.level]) for each in found.signatures
        ]
        assert all(each.indication == "PASSED" for each in said.stamps)
        assert len(said.stamps) == len(found.time_stamps) + sum(bool(each.stamped_at) for each in found.signatures)
        assert not warnings(said.signatures[-1:])
        if alone:
            assert java.dss(content, trusted, alone=True, at=found.examined_at + LATER).passed
        return said

    return judged


HARMLESS = ("The authority info access is not present!", "Elements overlap on page(s) [1]")
"""Certificates of the test authority do not say where its own is; the seal covers a third of the signature."""


@pytest.mark.parametrize("label", ["chair", "deputy"])
@pytest.mark.parametrize("kind", ["software", pytest.param("token", marks=pytest.mark.needs("softhsm2")), "remote"])
@pytest.mark.parametrize("level", list(Level))
def test_every_level_with_every_kind_of_key(
    level: Level, kind: str, label: str, keys: Keys, trust: Trust, agree: Agree
) -> None:
    document = resolution(amount=len(kind))
    given = instruction(document, level, appearance=Handwriting(picture(), PERSON))
    agree(sign(trust, document, given, *keys(kind, label)).content)


@pytest.mark.needs("vendor")
@pytest.mark.parametrize("level", list(Level))
def test_initials_signature_number_seal_and_archive(level: Level, keys: Keys, trust: Trust, agree: Agree) -> None:
    content = blanks.lay_out(trust, draft(), SYMBOL)
    place = place_of_signature(trust, content, POSITION, NAME)
    assert place is not None
    seal = AgencySeal(picture("red"), place)
    later = (LaterField("sign-1", place), LaterField("seal-1", seal_place(seal), last=True))
    given = instruction(content, level, act=Act.initial, last=False, later=later)
    content = sign(trust, content, given, *keys("software", "deputy")).content
    agree(content)
    given = instruction(content, level, field="sign-1", last=False, appearance=Handwriting(picture(), place))
    content = blanks.fill(trust, sign(trust, content, given, *keys("software", "chair")).content, VALUES)
    given = instruction(content, level, field="seal-1", act=Act.seal, appearance=seal)
    content = sign(trust, content, given, *keys("software", "agency")).content
    agree(content)
    agree(archive(trust, archive(trust, content)))


@pytest.mark.needs("vendor")
def test_copies_files_of_agents_and_of_earlier_years(
    keys: Keys, authority: Authority, trust: Trust, agree: Agree
) -> None:
    document = resolution()
    copied = instruction(document, Level.b_t, act=Act.seal, appearance=CopyMark("SAO Y", "HĐND"))
    agree(sign(trust, document, copied, *keys("software", "agency")).content)
    agree(by_hand(document, authority, "chair", "council"))
    agree(signed_then(document, Level.b_lta, authority))
    agree(signed_then(document, Level.b_lta, authority, "revoked", BEFORE_IT_WAS_REVOKED))


def test_a_certificate_withdrawn_after_the_stamped_time(
    authority: Authority, trust: Trust, java: JavaValidators, trusted: Trusted
) -> None:
    for at, level, holds in (
        (BEFORE_IT_WAS_REVOKED, Level.b_b, False),
        (BEFORE_IT_WAS_REVOKED, Level.b_t, True),
        (BEFORE_IT_WAS_REVOKED, Level.b_lt, True),
        (datetime(2025, 6, 1, tzinfo=UTC), Level.b_t, False),
    ):
        content = signed_then(resolution(), level, authority, "revoked", at)
        assert examine(trust, content).valid == java.dss(content, trusted).passed == holds


def test_what_is_missing_in_a_file_is_missing_to_both(
    keys: Keys, java: JavaValidators, trusted: Trusted, trust: Trust
) -> None:
    """Nothing below B-LT proves anything by itself, so that passing alone means something."""
    document = resolution()
    for level in (Level.b_b, Level.b_t):
        content = sign(trust, document, instruction(document, level), *keys("software", "chair")).content
        (said,) = java.dss(content, trusted, alone=True).signatures
        assert (said.indication, said.why) == ("INDETERMINATE", "CERTIFICATE_CHAIN_GENERAL_FAILURE")


@pytest.fixture(scope="session")
def files(authority: Authority, trust: Trust) -> dict[bool, Files]:
    """That allow further signatures, or not."""
    from services.signing.pdf import SoftwareKey
    from tests.signing.authority import PASSWORD
    from tests.signing.papers import consent

    def signed(amount: int, last: bool) -> bytes:
        document, key = resolution(amount=amount), SoftwareKey(authority.pkcs12("chair"))
        return sign(trust, document, instruction(document, Level.b_t, last=last), key, consent(PASSWORD)).content

    return {last: Files(signed(1, last), resolution(amount=1), signed(2, last)) for last in (True, False)}


SEEN_BY_BOTH = {
    *("byte_edit", "signature_edit", "zeroed_signature", "field_dropped", "signature_object_replaced"),
    *("range_game", "range_gap", "leading_bytes", "truncated", "signature_of_another"),
}
WARNED_OF = {"page_replaced", "page_turned", "overlay", "script", "launch", "font_swapped", "replayed_time_stamp"}
"""DSS reports them beside `TOTAL_PASSED`."""

PASSED_BY_DSS = {"attachment", "trailing_zip", "trailing_copy_of_the_end"}
"""Without a word; of an attachment it warns where the signature locks the document."""


@pytest.mark.parametrize("last", [True, False])
@pytest.mark.parametrize("name", list(AFTER_SIGNING))
def test_what_is_done_after_signing_is_told_as_documented(
    name: str, last: bool, files: dict[bool, Files], java: JavaValidators, trusted: Trusted, trust: Trust
) -> None:
    attacked = AFTER_SIGNING[name](files[last], random.Random(name))
    assert not examine(trust, attacked).valid
    said = java.dss(attacked, trusted)
    assert said.passed == (name not in SEEN_BY_BOTH), said
    if said.passed and name != "attachment":
        assert bool(warnings(said.signatures)) == (name in WARNED_OF), said
    assert {*SEEN_BY_BOTH, *WARNED_OF, *PASSED_BY_DSS} == set(AFTER_SIGNING)


def warnings(signatures: tuple[DssSignature, ...]) -> list[str]:
    return [each for one in signatures for each in one.warnings if each not in HARMLESS]


@pytest.mark.parametrize("name", list(BEFORE_SIGNING))
def test_what_is_prepared_before_signing_is_no_question_of_signatures(
    name: str, keys: Keys, java: JavaValidators, trusted: Trusted, trust: Trust
) -> None:
    document = BEFORE_SIGNING[name](resolution(), random.Random(name))
    content = sign(trust, document, instruction(document), *keys("software", "chair")).content
    assert not examine(trust, content).valid
    assert java.dss(content, trusted).passed


@pytest.mark.parametrize(
    ("label", "architecture", "why"),
    [
        ("chair", "lookalike", "NO_CERTIFICATE_CHAIN_FOUND"),
        ("expired", "council", "CERTIFICATE_CHAIN_GENERAL_FAILURE"),
        ("revoked", "council", "REVOKED_NO_POE"),
    ],
)
def test_a_certificate_that_was_not_good_is_good_to_nobody(
    label: str, architecture: str, why: str, authority: Authority, trust: Trust, java: JavaValidators, trusted: Trusted
) -> None:
    content = by_hand(resolution(), authority, label, architecture)
    assert not examine(trust, content).valid
    (said,) = java.dss(content, trusted).signatures
    assert (said.indication, said.why) == ("INDETERMINATE", why)


def test_a_stranger_beside_us_and_an_authority_that_nobody_named(
    files: dict[bool, Files], authority: Authority, trust: Trust, java: JavaValidators, trusted: Trusted
) -> None:
    strange = by_hand(files[False].signed, authority, "chair", "lookalike", box=(40, 300, 550, 600))
    assert not examine(trust, strange).valid
    assert [each.passed for each in java.dss(strange, trusted).signatures] == [True, False]
    lost = replace(trusted, anchors=(), intermediates=())
    assert not java.dss(files[True].signed, lost).passed


def test_an_update_without_any_change_is_nothing_to_both(files: dict[bool, Files], agree: Agree) -> None:
    agree(updated(files[False].signed, lambda writer: writer.update_root()))


def test_where_ours_is_the_stricter_one(
    authority: Authority, trust: Trust, java: JavaValidators, trusted: Trusted
) -> None:
    """B-LT by a certificate that has expired since: we ask for an archive stamp, DSS for revocation data alone."""
    content = signed_then(resolution(), Level.b_lt, authority)
    assert THEN.year < examine(trust, content).signatures[0].certificate.valid_until.year
    assert not examine(trust, content).valid
    assert java.dss(content, trusted, alone=True).passed
