"""An official document that arrives: received, checked, registered, routed, acknowledged."""

from datetime import date
from typing import Any

import pytest
from pydantic import ValidationError

from services.signing.arrival import decider
from services.signing.messages.incoming import (
    AcknowledgeIncoming,
    IncomingAcknowledged,
    IncomingRegistered,
    IncomingReturned,
    IncomingRouted,
    ReceiveIncoming,
    RecordArrivalNumber,
    RecordCheck,
    RegisterIncoming,
    RegistrationRequested,
    ReturnIncoming,
    RouteIncoming,
    Sent,
    SignaturesChecked,
    Verdict,
)
from tests.given import given
from tests.official_examples import COMMITTEE, INCOMING, OFFICIAL, SEALED, TODAY, received
from tests.stamps import ids, stamp

ABOUT: dict[str, Any] = {"incoming_id": INCOMING}
CHECK: dict[str, Any] = {**ABOUT, "sha256": SEALED, "finding": "all_valid", "signers": ("CN=Bộ Nội vụ",)}
CHECKED = SignaturesChecked(**CHECK, verdict=Verdict.valid)
REQUESTED = RegistrationRequested(
    incoming_id=INCOMING, receiver_id=COMMITTEE, summary=received().sent.summary, entered_on=TODAY
)
REGISTERED = IncomingRegistered(incoming_id=INCOMING, number=7, entered_on=TODAY)
REGISTER = stamp(RegisterIncoming, **ABOUT, entered_on=TODAY)
RETURN = stamp(ReturnIncoming, **ABOUT, reason="Gửi nhầm nơi nhận.")
RETURNED = IncomingReturned(incoming_id=INCOMING, reason="Gửi nhầm nơi nhận.")


def route(due_on: date | None = None) -> RouteIncoming:
    return stamp(RouteIncoming, **ABOUT, unit_id=ids("office"), instruction="Tham mưu trả lời.", due_on=due_on)


def test_it_is_received_once():
    facts = {"receiver_id": COMMITTEE, "document_id": received().document_id, "sha256": SEALED, "sent": received().sent}
    command = stamp(ReceiveIncoming, **ABOUT, **facts)
    given(decider).when(command).then(received())
    given(decider, received()).when(command).then_nothing()
    given(decider).when(REGISTER).then_refused("incoming_not_found")


def test_somebody_sent_it():
    with pytest.raises(ValidationError, match="somebody sent it"):
        Sent(summary="Về biên chế")


def test_its_signatures_are_checked_before_it_is_registered():
    check = stamp(RecordCheck, **CHECK, verdict=Verdict.valid)
    given(decider, received()).when(check).then(CHECKED)
    given(decider, received(), CHECKED).when(check).then_nothing()
    given(decider, received()).when(REGISTER).then_refused("not_checked_yet")
    given(decider, received(), CHECKED).when(REGISTER).then(REQUESTED)
    given(decider, received(), CHECKED, REQUESTED).when(REGISTER).then_nothing()
    forged = SignaturesChecked(incoming_id=INCOMING, sha256=SEALED, verdict=Verdict.invalid, finding="altered")
    given(decider, received(), forged).when(REGISTER).then_refused("signatures_invalid")


def test_it_gets_its_number_and_goes_to_who_shall_act():
    record = stamp(RecordArrivalNumber, **ABOUT, number=7, entered_on=TODAY)
    given(decider, received(), CHECKED, REQUESTED).when(record).then(REGISTERED)
    there = given(decider, received(), CHECKED, REQUESTED, REGISTERED)
    there.when(record).then_nothing()
    routed = IncomingRouted(incoming_id=INCOMING, unit_id=ids("office"), instruction="Tham mưu trả lời.")
    there.when(route()).then(routed)
    given(decider, received(), CHECKED, REQUESTED, REGISTERED, routed).when(route()).then_nothing()
    there.when(route(date(2026, 11, 1))).then_refused("due_before_registered")
    there.when(route(TODAY)).then(routed.model_copy(update={"due_on": TODAY}))
    given(decider, received(), CHECKED).when(route()).then_refused("not_registered")


def test_a_number_that_nobody_asked_for_registers_nothing():
    record = stamp(RecordArrivalNumber, **ABOUT, number=7, entered_on=TODAY)
    given(decider, received(), CHECKED).when(record).then_nothing()
    given(decider, received(), RETURNED).when(record).then_nothing()


def test_a_sender_in_this_deployment_is_told_which_document_was_taken_in_or_sent_back():
    sent = received().sent.model_copy(update={"official_id": OFFICIAL})
    there = given(decider, received().model_copy(update={"sent": sent}))
    acknowledged = IncomingAcknowledged(incoming_id=INCOMING, official_id=OFFICIAL)
    there.when(stamp(AcknowledgeIncoming, **ABOUT)).then(acknowledged)
    there.when(RETURN).then(RETURNED.model_copy(update={"official_id": OFFICIAL}))


def test_the_sender_is_told_once_that_it_is_here():
    acknowledge = stamp(AcknowledgeIncoming, **ABOUT)
    acknowledged = IncomingAcknowledged(incoming_id=INCOMING)
    given(decider, received()).when(acknowledge).then(acknowledged)
    given(decider, received(), acknowledged).when(acknowledge).then_nothing()


def test_what_is_not_for_us_goes_back_before_it_is_registered():
    given(decider, received()).when(RETURN).then(RETURNED)
    given(decider, received(), CHECKED, REQUESTED).when(RETURN).then_refused("already_registered")
    given(decider, received(), RETURNED).when(REGISTER).then_refused("incoming_returned")
    given(decider, received(), RETURNED).when(stamp(RecordCheck, **CHECK, verdict=Verdict.valid)).then_nothing()
