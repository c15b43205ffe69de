"""Electronic copies: what may be copied as what, and the way from the seal to the recipients."""

from typing import Any

import pytest
from pydantic import ValidationError

from kernel.decider import Refused
from kernel.messages import Event
from services.signing import originals
from services.signing.arrival import stream as arrival_stream
from services.signing.copying import ABBREVIATIONS, decider, stream, symbol_of, title_of
from services.signing.messages.copies import (
    CopyDeclined,
    CopyForm,
    IssueCopy,
    Original,
    RecordCopyDeclined,
    RecordCopyNumber,
    RecordCopySealed,
    Source,
)
from services.signing.messages.incoming import (
    IncomingReceived,
    IncomingRegistered,
    RegistrationRequested,
    Sent,
    SignaturesChecked,
    Verdict,
)
from services.signing.messages.official import IssueOfficial, OfficialWithdrawn, Withdrawal
from services.signing.official import stream as official_stream
from tests.copy_examples import (
    COPY,
    COPY_ORDER,
    MARKED,
    NUMBERED_COPY,
    described_copy,
    issued_copy,
    made,
    make,
    numbered_copy,
    original,
    sealed_copy,
)
from tests.given import given
from tests.official_examples import COMMITTEE, DOCUMENT, INCOMING, ISSUED, OFFICIAL, SEALED, TO_BE_ISSUED, TODAY
from tests.stamps import ids, stamp

SEAL = stamp(RecordCopySealed, copy_id=COPY, order_id=COPY_ORDER, sha256=MARKED, entered_on=TODAY)
NUMBER = stamp(RecordCopyNumber, copy_id=COPY, number=1, symbol="SY-HĐND", entered_on=TODAY)
ISSUE = stamp(IssueCopy, copy_id=COPY)
EXTRACT: dict[str, Any] = {"form": CopyForm.extract, "pages": (1, 3), "part": "Điều 3"}


def test_a_copy_is_made_once():
    given(decider).when(make()).then(made())
    given(decider, made()).when(make()).then_nothing()


def test_a_copy_is_sealed_numbered_and_issued():
    given(decider, made()).when(SEAL).then(sealed_copy())
    given(decider, made(), sealed_copy()).when(NUMBER).then(numbered_copy())
    given(decider, *NUMBERED_COPY).when(ISSUE).then(issued_copy())
    given(decider, *NUMBERED_COPY, issued_copy()).when(ISSUE).then_nothing()


def test_what_comes_twice_or_from_another_order_changes_nothing():
    given(decider, made()).when(SEAL.model_copy(update={"order_id": ids("another")})).then_nothing()
    given(decider, made(), sealed_copy()).when(SEAL).then_nothing()
    given(decider, *NUMBERED_COPY).when(NUMBER).then_nothing()


def test_nothing_is_issued_before_it_is_sealed_and_numbered():
    given(decider).when(ISSUE).then_refused("copy_not_found")
    given(decider, made()).when(ISSUE).then_refused("copy_not_sealed")
    given(decider, made(), sealed_copy()).when(ISSUE).then_refused("copy_not_sealed")


def test_what_the_clerk_will_not_seal_is_no_copy():
    said = {"copy_id": COPY, "order_id": COPY_ORDER, "declined_by": ids("clerk"), "reason": "Thiếu trang."}
    declined = CopyDeclined(**said)
    given(decider, made()).when(stamp(RecordCopyDeclined, **said)).then(declined)
    given(decider, made(), declined).when(ISSUE).then_refused("copy_not_sealed")
    given(decider, made(), declined).when(SEAL).then_nothing()
    of_another_order = stamp(RecordCopyDeclined, **{**said, "order_id": ids("another order")})
    given(decider, made()).when(of_another_order).then_nothing()
    given(decider, made(), declined).when(stamp(RecordCopyDeclined, **said)).then_nothing()


@pytest.mark.parametrize("of", [None, CopyForm.duplicate, CopyForm.extract])
def test_a_duplicate_is_made_from_a_true_copy_alone(of: CopyForm | None):
    described = described_copy(form=CopyForm.duplicate, original=original(form=of))
    given(decider).when(make(described)).then_refused("form_wants_true_copy")
    fits = described_copy(form=CopyForm.duplicate, original=original(form=CopyForm.true_copy))
    given(decider).when(make(fits)).then(made().model_copy(update={"described": fits}))


@pytest.mark.parametrize("of", list(CopyForm))
@pytest.mark.parametrize("form", [{"form": CopyForm.true_copy}, EXTRACT])
def test_true_copies_and_extracts_are_made_from_originals(form: dict[str, Any], of: CopyForm):
    described = described_copy(**form, original=original(form=of))
    given(decider).when(make(described)).then_refused("form_wants_original")


@pytest.mark.parametrize(
    "fields",
    [
        {**EXTRACT, "pages": ()},
        {**EXTRACT, "part": " "},
        {**EXTRACT, "pages": (3, 1)},
        {**EXTRACT, "pages": (0, 1)},
        {"pages": (1,)},
        {"part": "Điều 3"},
    ],
)
def test_an_extract_and_nothing_else_names_what_it_takes(fields: dict[str, Any]):
    with pytest.raises(ValidationError):
        described_copy(**fields)


def test_only_a_scan_comes_from_nowhere():
    with pytest.raises(ValidationError):
        original(source=Source.scan)
    assert original(source=Source.scan, source_id=None).source_id is None


@pytest.mark.parametrize(
    ("form", "symbol"),
    [("true_copy", "SY-UBND"), ("extract", "TrS-UBND"), ("duplicate", "SL-UBND")],
)
def test_a_symbol_says_the_form_and_the_body(form: str, symbol: str):
    extract = EXTRACT if form == "extract" else {"form": form}
    assert symbol_of(described_copy(body_symbol="UBND", **extract)) == symbol
    assert len(ABBREVIATIONS) == len(CopyForm)


def test_a_copy_is_named_after_its_original():
    assert title_of(described_copy()) == "Bản sao y 01/NQ-HĐND: Về dự toán ngân sách năm 2027"
    assert title_of(described_copy(original=original(symbol=""))) == "Bản sao y: Về dự toán ngân sách năm 2027"
    assert len(title_of(described_copy(original=original(summary="a" * 1000)))) == 1000, "so long is a title"


def test_a_copy_has_a_stream_of_its_own_and_takes_no_other_commands():
    assert stream(COPY) == f"copy-{COPY}"
    with pytest.raises(TypeError, match="IssueOfficial is no command about copies"):
        decider.decide(stamp(IssueOfficial, official_id=OFFICIAL), decider.fold((made(),)))


WITHDRAWN = OfficialWithdrawn(official_id=OFFICIAL, how=Withdrawal.recalled, reason="Sai thẩm quyền.")
ARRIVED = IncomingReceived(
    incoming_id=INCOMING,
    receiver_id=COMMITTEE,
    document_id=DOCUMENT,
    sha256=SEALED,
    sent=Sent(sender="Hội đồng nhân dân", summary="Về dự toán", official_id=OFFICIAL),
)
CHECKED = SignaturesChecked(incoming_id=INCOMING, sha256=SEALED, verdict=Verdict.valid)
ASKED = RegistrationRequested(incoming_id=INCOMING, receiver_id=COMMITTEE, summary="Về dự toán", entered_on=TODAY)
REGISTERED: tuple[Event, ...] = (
    ARRIVED,
    CHECKED,
    ASKED,
    IncomingRegistered(incoming_id=INCOMING, number=7, entered_on=TODAY),
)
FOUND_BROKEN = CHECKED.model_copy(update={"verdict": Verdict.invalid, "finding": "revoked"})
OF_OFFICIAL = original()
OF_ARRIVAL = original(source=Source.incoming, source_id=INCOMING)


def checked(of: Original, official: tuple[Event, ...] = ISSUED, arrival: tuple[Event, ...] = REGISTERED) -> None:
    streams = {official_stream(OFFICIAL): list(official), arrival_stream(INCOMING): list(arrival)}
    originals.check(of, lambda stream: streams.get(stream, []))


def test_what_stands_may_be_copied():
    checked(OF_OFFICIAL)
    checked(OF_ARRIVAL)
    checked(original(source=Source.scan, source_id=None))


@pytest.mark.parametrize(
    ("of", "official", "arrival", "code"),
    [
        (OF_OFFICIAL, TO_BE_ISSUED, (), "not_issued"),
        (OF_OFFICIAL, (), (), "not_issued"),
        (OF_OFFICIAL, (*ISSUED, WITHDRAWN), (), "original_withdrawn"),
        (original(sha256="9" * 64), ISSUED, (), "stale_document"),
        (OF_ARRIVAL, ISSUED, (), "original_not_registered"),
        (OF_ARRIVAL, ISSUED, (ARRIVED, CHECKED), "original_not_registered"),
        (OF_ARRIVAL, ISSUED, (*REGISTERED, FOUND_BROKEN), "original_invalid"),
        (OF_ARRIVAL, (*ISSUED, WITHDRAWN), REGISTERED, "original_withdrawn"),
        (OF_ARRIVAL.model_copy(update={"sha256": "9" * 64}), ISSUED, REGISTERED, "stale_document"),
    ],
)
def test_what_does_not_stand_is_not_copied(
    of: Original, official: tuple[Event, ...], arrival: tuple[Event, ...], code: str
):
    with pytest.raises(Refused) as refusal:
        checked(of, official, arrival)
    assert refusal.value.code == code
