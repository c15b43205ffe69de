"""What the course of official documents makes due: exactly which command follows from which fact."""

from typing import Any

from kernel.ids import derived
from kernel.messages import Command, Event, Recorded
from services.signing.messages.incoming import ReceiveIncoming, RecordArrivalNumber, RegistrationRequested, Sent
from services.signing.messages.official import (
    RecordNumber,
    RecordRecall,
    RecordReturn,
    RecordSealed,
    RecordSigned,
    Urgency,
)
from services.signing.messages.orders import (
    Act,
    OpenSigningOrder,
    Purpose,
    SigningCancelled,
    SigningCompleted,
    SigningDeclined,
    Step,
)
from services.signing.messages.registers import AllotNumber, NumberAllotted, Register
from services.signing.policy import react
from tests.official_examples import (
    COMMITTEE,
    COUNCIL,
    DOCUMENT,
    DRAFT,
    INCOMING,
    NUMBERED,
    OFFICIAL,
    ORDER,
    REGISTER,
    SEAL_ORDER,
    SEALED,
    SIGNED,
    STEPS,
    TODAY,
    described,
    issued,
    number_requested,
    numbered,
    seal_asked,
    submitted,
)
from tests.stamps import STAMP_AT, ids

FACT = ids("fact")
SUMMARY = described().summary
STAMPS: dict[str, Any] = {
    "id": derived(FACT, 0),
    "actor": str(ids("an")),
    "at": STAMP_AT,
    "correlation_id": ids("request"),
}


def due(event: Event) -> list[Command]:
    return list(react(recorded(event), event))


def recorded(event: Event) -> Recorded:
    kind, actor = type(event).__name__, str(ids("an"))
    return Recorded(FACT, kind, "x-1", 0, 1, STAMP_AT, actor, "test", ids("request"), ids("cause"), b"{}", b"{}")


def test_who_shall_sign_is_asked_once_a_document_is_submitted():
    asked = {"order_id": ORDER, "document_id": DOCUMENT, "official_id": OFFICIAL, "title": SUMMARY, "sha256": DRAFT}
    assert due(submitted()) == [OpenSigningOrder(**STAMPS, **asked, purpose=Purpose.issue, steps=STEPS)]


def test_any_one_of_the_clerks_is_asked_for_the_seal():
    steps = (Step(act=Act.seal, signer_ids=(ids("clerk"), ids("another clerk")), needed=1),)
    asking = seal_asked().model_copy(update={"clerk_ids": steps[0].signer_ids})
    asked = {"order_id": SEAL_ORDER, "document_id": DOCUMENT, "official_id": OFFICIAL, "title": SUMMARY}
    assert due(asking) == [
        OpenSigningOrder(**STAMPS, **asked, sha256=NUMBERED, purpose=Purpose.seal, steps=steps),
    ]


def test_a_cancelled_order_makes_the_document_a_draft_again():
    cancelled = SigningCancelled(order_id=ORDER, official_id=OFFICIAL, reason="Bổ sung phụ lục.")
    assert due(cancelled) == [RecordRecall(**STAMPS, official_id=OFFICIAL, order_id=ORDER, reason="Bổ sung phụ lục.")]
    assert due(cancelled.model_copy(update={"official_id": None})) == []


def test_the_document_is_told_that_it_is_signed_or_sealed():
    whole = {"order_id": ORDER, "document_id": DOCUMENT, "official_id": OFFICIAL, "sha256": SIGNED, "size": 1}
    told = {**STAMPS, "official_id": OFFICIAL, "order_id": ORDER, "sha256": SIGNED}
    assert due(SigningCompleted(**whole, purpose=Purpose.issue)) == [RecordSigned(**told)]
    assert due(SigningCompleted(**whole, purpose=Purpose.seal)) == [RecordSealed(**told)]
    assert due(SigningCompleted(**{**whole, "official_id": None}, purpose=Purpose.paper)) == []


def test_the_document_is_told_who_would_not_sign_and_why():
    declined = SigningDeclined(order_id=ORDER, official_id=OFFICIAL, signer_id=ids("chair"), reason="Sai.")
    told = {"official_id": OFFICIAL, "order_id": ORDER, "returned_by": ids("chair"), "reason": "Sai."}
    assert due(declined) == [RecordReturn(**STAMPS, **told)]
    assert due(declined.model_copy(update={"official_id": None})) == []


def test_a_number_comes_from_the_register_of_body_year_and_type():
    asked = {"in_register": REGISTER, "subject_id": OFFICIAL, "symbol": "NQ-HĐND", "entered_on": TODAY}
    assert due(number_requested()) == [AllotNumber(**STAMPS, **asked, summary=SUMMARY)]
    assert due(number_requested(reserved=3)) == [AllotNumber(**STAMPS, **asked, summary=SUMMARY, reserved=3)]


def test_what_arrives_has_a_register_of_its_own():
    book = Register(body_id=COMMITTEE, year=2026, series="incoming")
    asking = RegistrationRequested(incoming_id=INCOMING, receiver_id=COMMITTEE, summary=SUMMARY, entered_on=TODAY)
    asked = {"in_register": book, "subject_id": INCOMING, "entered_on": TODAY, "summary": SUMMARY}
    assert due(asking) == [AllotNumber(**STAMPS, **asked)]
    allotted = NumberAllotted(**asked, number=7)
    assert due(allotted) == [RecordArrivalNumber(**STAMPS, incoming_id=INCOMING, number=7, entered_on=TODAY)]


def test_the_document_is_told_its_number():
    entry = {"in_register": REGISTER, "subject_id": OFFICIAL, "symbol": "NQ-HĐND", "summary": SUMMARY}
    told = {"official_id": OFFICIAL, "number": 15, "symbol": "NQ-HĐND", "entered_on": TODAY}
    assert due(NumberAllotted(**entry, number=15, entered_on=TODAY)) == [RecordNumber(**STAMPS, **told)]


def test_each_unit_of_the_deployment_receives_an_issued_document_once():
    """Agencies outside get theirs in other ways; who is named for two reasons gets one."""
    twice = (*issued().recipients, *issued().recipients)
    urgent = issued().model_copy(update={"recipients": twice, "urgency": Urgency.express})
    sent = Sent(
        sender_id=COUNCIL,
        symbol="15/NQ-HĐND",
        issued_on=TODAY,
        summary=SUMMARY,
        urgency=Urgency.express,
        official_id=OFFICIAL,
    )
    arrives = {"receiver_id": COMMITTEE, "document_id": DOCUMENT, "sha256": SEALED, "sent": sent}
    stamps = {**STAMPS, "id": derived(FACT, f"receive {COMMITTEE}")}
    assert due(urgent) == [
        ReceiveIncoming(**stamps, incoming_id=derived(FACT, f"incoming {COMMITTEE}"), **arrives),
    ]


def test_nothing_else_makes_anything_due():
    assert due(numbered()) == []
