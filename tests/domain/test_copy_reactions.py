"""What the course of a copy makes due: exactly which command follows from which fact."""

from dataclasses import replace
from datetime import UTC, date, datetime

from kernel.ids import derived
from services.signing.messages.copies import RecordCopyDeclined, RecordCopyNumber, RecordCopySealed
from services.signing.messages.incoming import ReceiveIncoming, Sent
from services.signing.messages.orders import (
    Act,
    OpenSigningOrder,
    Purpose,
    SigningCompleted,
    SigningDeclined,
    Step,
)
from services.signing.messages.registers import AllotNumber, NumberAllotted, Register
from services.signing.policy import react
from tests.copy_examples import COPY, COPY_ORDER, MARKED, PAGES, issued_copy, made, original, sealed_copy
from tests.domain.test_signing_reactions import FACT, STAMPS, due, recorded
from tests.official_examples import COMMITTEE, COUNCIL, TODAY
from tests.stamps import ids

BOOK = Register(body_id=COUNCIL, year=2026, series="copies")
SUMMARY = original().summary


def test_any_one_of_the_clerks_is_asked_to_seal_a_copy():
    clerks = (ids("clerk"), ids("another clerk"))
    asked = {"order_id": COPY_ORDER, "document_id": COPY, "purpose": Purpose.copy, "sha256": PAGES}
    steps, title = (Step(act=Act.seal, signer_ids=clerks, needed=1),), f"Bản sao y 01/NQ-HĐND: {SUMMARY}"
    assert due(made().model_copy(update={"clerk_ids": clerks})) == [
        OpenSigningOrder(**STAMPS, **asked, title=title, steps=steps)
    ]


def test_a_copy_bears_the_day_of_its_seal_as_it_is_in_vietnam():
    sealed = SigningCompleted(
        order_id=COPY_ORDER, document_id=COPY, official_id=None, sha256=MARKED, size=1, purpose=Purpose.copy
    )
    late = replace(recorded(sealed), recorded_at=datetime(2026, 12, 31, 17, tzinfo=UTC))
    stamps = {**STAMPS, "at": late.recorded_at}
    told = {"copy_id": COPY, "order_id": COPY_ORDER, "sha256": MARKED, "entered_on": date(2027, 1, 1)}
    assert react(late, sealed) == [RecordCopySealed(**stamps, **told)]


def test_a_copy_is_told_who_would_not_seal_it_and_why():
    said = {"order_id": COPY_ORDER, "copy_id": COPY, "reason": "Thiếu trang."}
    declined = SigningDeclined(**said, official_id=None, signer_id=ids("clerk"))
    assert due(declined) == [RecordCopyDeclined(**STAMPS, **said, declined_by=ids("clerk"))]


def test_a_copy_gets_its_number_from_the_register_of_copies_and_is_told():
    entry = {"in_register": BOOK, "subject_id": COPY, "symbol": "SY-HĐND", "entered_on": TODAY, "summary": SUMMARY}
    assert due(sealed_copy()) == [AllotNumber(**STAMPS, **entry)]
    told = {"copy_id": COPY, "number": 15, "symbol": "SY-HĐND", "entered_on": TODAY}
    assert due(NumberAllotted(**entry, number=15)) == [RecordCopyNumber(**STAMPS, **told)]


def test_each_unit_of_the_deployment_receives_an_issued_copy_as_what_it_is():
    sent = Sent(sender_id=COUNCIL, symbol="01/SY-HĐND", issued_on=TODAY, summary=SUMMARY, copy_id=COPY)
    arrives = {"receiver_id": COMMITTEE, "document_id": COPY, "sha256": MARKED, "sent": sent}
    stamps = {**STAMPS, "id": derived(FACT, f"receive {COMMITTEE}")}
    assert due(issued_copy()) == [
        ReceiveIncoming(**stamps, incoming_id=derived(FACT, f"incoming {COMMITTEE}"), **arrives)
    ]
