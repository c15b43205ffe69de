"""Who signs when: sequence, parallel groups, n of m, and nobody anything else than the newest bytes."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given as for_all
from hypothesis import strategies as st
from pydantic import ValidationError

from kernel.decider import Refused
from services.signing import delegation
from services.signing.messages.orders import (
    Act,
    CancelSigningOrder,
    DeclineToSign,
    DelegateSigning,
    DelegationRevoked,
    OpenSigningOrder,
    ProofRenewed,
    Purpose,
    RenewProof,
    RevokeDelegation,
    SigningCancelled,
    SigningCompleted,
    SigningDeclined,
    SigningDelegated,
    Step,
)
from services.signing.order import Waiting, decider
from tests.given import given
from tests.official_examples import (
    CERTIFICATE,
    DOCUMENT,
    DRAFT,
    INITIALLED,
    OFFICIAL,
    ORDER,
    SIGNED,
    STEPS,
    described,
    made,
    opened,
    sign,
)
from tests.stamps import STAMP_AT, ids, stamp

INITIAL = made("deputy", DRAFT, INITIALLED, Act.initial)
SIGNATURE = made("chair", INITIALLED, SIGNED, Act.sign)
COMPLETED = SigningCompleted(
    order_id=ORDER, document_id=DOCUMENT, official_id=OFFICIAL, purpose=Purpose.issue, sha256=SIGNED, size=20_000
)
CANCEL = stamp(CancelSigningOrder, order_id=ORDER, reason="Bổ sung phụ lục.")
CANCELLED = SigningCancelled(order_id=ORDER, official_id=OFFICIAL, reason="Bổ sung phụ lục.")
BOTH = (Step(act=Act.sign, signer_ids=(ids("an"), ids("binh"), ids("chi")), needed=2),)


def decline(signer: str, **fields: Any) -> DeclineToSign:
    return stamp(
        DeclineToSign, **{"actor": signer, "order_id": ORDER, "signer_id": ids(signer), "reason": "Sai.", **fields}
    )


def test_an_order_is_opened_once():
    facts = {"order_id": ORDER, "document_id": DOCUMENT, "official_id": OFFICIAL, "purpose": Purpose.issue}
    command = stamp(OpenSigningOrder, **facts, title=described().summary, sha256=DRAFT, steps=STEPS)
    given(decider).when(command).then(opened())
    given(decider, opened()).when(command).then_nothing()


def test_steps_follow_one_another_and_the_last_one_completes_the_order():
    given(decider, opened()).when(sign("chair", DRAFT, SIGNED)).then_refused("not_your_turn_to_sign")
    given(decider, opened()).when(sign("deputy", DRAFT, INITIALLED)).then(INITIAL)
    given(decider, opened(), INITIAL).when(sign("secretary", INITIALLED, SIGNED)).then_refused("not_your_turn_to_sign")
    given(decider, opened(), INITIAL).when(sign("chair", INITIALLED, SIGNED)).then(SIGNATURE, COMPLETED)
    over = given(decider, opened(), INITIAL, SIGNATURE, COMPLETED)
    over.when(sign("chair", INITIALLED, SIGNED)).then_refused("signing_over")


def test_what_was_changed_after_it_was_read_is_not_signed():
    given(decider, opened()).when(sign("deputy", SIGNED, INITIALLED)).then_refused("stale_document")
    one = made("an", DRAFT, INITIALLED, Act.sign)
    given(decider, opened(steps=BOTH), one).when(sign("binh", DRAFT, SIGNED)).then_refused("stale_document")
    given(decider, opened()).when(sign("deputy", DRAFT, DRAFT)).then_refused("nothing_signed")


def test_everybody_signs_and_declines_for_themselves():
    as_another = sign("deputy", DRAFT, INITIALLED, actor="chair")
    given(decider, opened()).when(as_another).then_refused("not_the_signer")
    given(decider, opened()).when(decline("deputy", actor="chair")).then_refused("not_the_signer")


def test_two_of_three_are_enough_and_nobody_counts_twice():
    one = made("an", DRAFT, INITIALLED, Act.sign)
    given(decider, opened(steps=BOTH)).when(sign("an", DRAFT, INITIALLED)).then(one)
    given(decider, opened(steps=BOTH), one).when(sign("an", INITIALLED, SIGNED)).then_refused("already_signed")
    two = made("chi", INITIALLED, SIGNED, Act.sign)
    given(decider, opened(steps=BOTH), one).when(sign("chi", INITIALLED, SIGNED)).then(two, COMPLETED)


def test_two_signatures_of_a_step_are_those_of_two_people():
    """Also where one of them may stand in for the other, or somebody else for both."""
    instead = {"on_behalf_of": ids("an"), "delegation_id": ids("paper")}
    itself = sign("binh", DRAFT, INITIALLED, **instead)
    given(decider, opened(steps=BOTH)).when(itself).then_refused("one_signature_in_a_step")
    one = made("thay", DRAFT, INITIALLED, Act.sign, **instead)
    given(decider, opened(steps=BOTH)).when(sign("thay", DRAFT, INITIALLED, **instead)).then(one)
    again = sign("thay", INITIALLED, SIGNED, on_behalf_of=ids("chi"), delegation_id=ids("other paper"))
    given(decider, opened(steps=BOTH), one).when(again).then_refused("one_signature_in_a_step")
    given(decider, opened(steps=BOTH), one).when(sign("an", INITIALLED, SIGNED)).then_refused("already_signed")


def test_who_stood_in_once_may_do_so_again_in_the_next_step():
    steps = (Step(act=Act.initial, signer_ids=(ids("an"),)), Step(act=Act.sign, signer_ids=(ids("chi"),)))
    one = made("thay", DRAFT, INITIALLED, Act.initial, on_behalf_of=ids("an"), delegation_id=ids("paper"))
    papers = {"on_behalf_of": ids("chi"), "delegation_id": ids("other paper")}
    two = made("thay", INITIALLED, SIGNED, Act.sign, **papers)
    given(decider, opened(steps=steps), one).when(sign("thay", INITIALLED, SIGNED, **papers)).then(two, COMPLETED)


def test_three_of_three_are_needed_where_all_sign():
    steps = (BOTH[0].model_copy(update={"needed": 3}),)
    one, two = made("an", DRAFT, INITIALLED, Act.sign), made("chi", INITIALLED, SIGNED, Act.sign)
    three = made("binh", SIGNED, "9" * 64, Act.sign)
    whole = COMPLETED.model_copy(update={"sha256": "9" * 64})
    given(decider, opened(steps=steps), one, two).when(sign("an", SIGNED, "9" * 64)).then_refused("already_signed")
    given(decider, opened(steps=steps), one, two).when(sign("binh", SIGNED, "9" * 64)).then(three, whole)


def test_who_stood_in_first_does_not_stand_in_third():
    steps = (BOTH[0].model_copy(update={"needed": 3}),)
    one = made("thay", DRAFT, INITIALLED, Act.sign, on_behalf_of=ids("an"), delegation_id=ids("paper"))
    two = made("binh", INITIALLED, SIGNED, Act.sign)
    again = sign("thay", SIGNED, "9" * 64, on_behalf_of=ids("chi"), delegation_id=ids("other paper"))
    given(decider, opened(steps=steps), one, two).when(again).then_refused("one_signature_in_a_step")


def test_who_has_signed_declines_no_more():
    one = made("an", DRAFT, INITIALLED, Act.sign)
    given(decider, opened(steps=BOTH), one).when(decline("an")).then_refused("not_your_turn_to_sign")


def test_a_clerk_who_will_not_seal_a_copy_declines_that_copy():
    declined = SigningDeclined(
        order_id=ORDER, official_id=OFFICIAL, copy_id=DOCUMENT, signer_id=ids("deputy"), reason="Sai."
    )
    given(decider, opened(Purpose.copy)).when(decline("deputy")).then(declined)


def test_a_certificate_signs_until_the_moment_at_which_it_expires():
    ends_now = CERTIFICATE.model_copy(update={"valid_until": STAMP_AT})
    given(decider, opened()).when(sign("deputy", DRAFT, INITIALLED, certificate=ends_now)).then_refused(
        "certificate_expired"
    )
    ends_next = CERTIFICATE.model_copy(update={"valid_until": STAMP_AT + timedelta(seconds=1)})
    made_in_time = made("deputy", DRAFT, INITIALLED, Act.initial, certificate=ends_next)
    given(decider, opened()).when(sign("deputy", DRAFT, INITIALLED, certificate=ends_next)).then(made_in_time)


def test_an_expired_certificate_signs_nothing():
    expired = CERTIFICATE.model_copy(update={"valid_until": STAMP_AT - timedelta(seconds=1)})
    command = sign("deputy", DRAFT, INITIALLED, certificate=expired)
    given(decider, opened()).when(command).then_refused("certificate_expired")


def test_who_will_not_sign_ends_the_order_with_the_reason():
    declined = SigningDeclined(order_id=ORDER, official_id=OFFICIAL, signer_id=ids("deputy"), reason="Sai.")
    given(decider, opened()).when(decline("deputy")).then(declined)
    given(decider, opened()).when(decline("chair")).then_refused("not_your_turn_to_sign")
    given(decider, opened(), declined).when(sign("secretary", DRAFT, INITIALLED)).then_refused("signing_over")
    given(decider, opened(), declined).when(decline("secretary")).then_refused("signing_over")


def test_a_cancelled_order_asks_nobody():
    given(decider, opened()).when(CANCEL).then(CANCELLED)
    given(decider, opened(), CANCELLED).when(CANCEL).then_nothing()
    given(decider).when(CANCEL).then_refused("signing_order_not_found")


def test_what_all_have_signed_is_cancelled_no_more():
    given(decider, opened(), INITIAL, SIGNATURE, COMPLETED).when(CANCEL).then_refused("signing_over")


def test_only_complete_signatures_get_an_archive_time_stamp():
    until = datetime(2032, 1, 1, tzinfo=UTC)
    facts: dict[str, Any] = {"order_id": ORDER, "stamped_sha256": "9" * 64, "stamped_size": 30_000}
    renew = stamp(RenewProof, **facts, provable_until=until)
    renewed = ProofRenewed(document_id=DOCUMENT, provable_until=until, **facts)
    given(decider, opened()).when(renew).then_refused("signing_not_complete")
    given(decider, opened(), INITIAL, SIGNATURE, COMPLETED).when(renew).then(renewed)
    given(decider, opened(), INITIAL, SIGNATURE, COMPLETED, renewed).when(renew).then_nothing()


def test_a_step_names_each_signer_once_and_needs_no_more_than_it_has():
    with pytest.raises(ValidationError, match="twice"):
        Step(act=Act.sign, signer_ids=(ids("an"), ids("an")))
    with pytest.raises(ValidationError, match="more signatures"):
        Step(act=Act.sign, signer_ids=(ids("an"),), needed=2)


@for_all(st.data())
def test_whoever_tries_in_whatever_order_the_steps_are_done_one_after_the_other(data: st.DataObject):
    people = [f"p{index}" for index in range(6)]
    groups = data.draw(st.lists(st.lists(st.sampled_from(people), min_size=1, unique=True), min_size=1, max_size=4))
    steps = tuple(
        Step(act=Act.sign, signer_ids=tuple(map(ids, group)), needed=data.draw(st.integers(1, len(group))))
        for group in groups
    )
    history, newest, signed = [opened(steps=steps)], DRAFT, []
    for number, person in enumerate(data.draw(st.lists(st.sampled_from(people), max_size=30))):
        state = decider.fold(history)
        try:
            events = decider.decide(sign(person, newest, f"{number:064x}"), state)
        except Refused:
            continue
        assert isinstance(state, Waiting) and state.waits_for(ids(person))
        signed.append((state.at, person))
        newest = f"{number:064x}"
        history += events
    assert signed == sorted(signed, key=lambda each: each[0])
    assert len(set(signed)) == len(signed)
    complete = [sum(at == index for at, _ in signed) == step.needed for index, step in enumerate(steps)]
    assert (not isinstance(decider.fold(history), Waiting)) == all(complete)


DELEGATION = ids("delegation")
DAYS: dict[str, Any] = {"valid_from": date(2026, 11, 1), "valid_until": date(2026, 11, 30)}
DELEGATED = SigningDelegated(
    delegation_id=DELEGATION, from_id=ids("chair"), to_id=ids("deputy"), basis="Giấy ủy quyền số 02", **DAYS
)


def delegate(**fields: Any) -> DelegateSigning:
    facts = {"delegation_id": DELEGATION, "from_id": ids("chair"), "to_id": ids("deputy"), "basis": DELEGATED.basis}
    return stamp(DelegateSigning, **{**facts, **DAYS, **fields})


def test_an_authorisation_is_given_for_some_days_and_revoked():
    given(delegation.decider).when(delegate()).then(DELEGATED)
    given(delegation.decider, DELEGATED).when(delegate()).then_refused("delegation_exists")
    given(delegation.decider).when(delegate(to_id=ids("chair"))).then_refused("delegated_to_oneself")
    backwards = delegate(valid_until=date(2026, 10, 1))
    given(delegation.decider).when(backwards).then_refused("delegation_ends_before_it_begins")
    one_day = {"valid_from": date(2026, 11, 22), "valid_until": date(2026, 11, 22)}
    given(delegation.decider).when(delegate(**one_day)).then(DELEGATED.model_copy(update=one_day))
    revoke = stamp(RevokeDelegation, delegation_id=DELEGATION, reason="Đã trở lại làm việc.")
    revoked = DelegationRevoked(delegation_id=DELEGATION, reason="Đã trở lại làm việc.")
    given(delegation.decider, DELEGATED).when(revoke).then(revoked)
    given(delegation.decider, DELEGATED, revoked).when(revoke).then_nothing()
    given(delegation.decider).when(revoke).then_refused("delegation_not_found")


def test_an_authorisation_is_not_for_days_that_have_passed_in_vietnam():
    november_ends = datetime(2026, 11, 30, 16, 59, tzinfo=UTC)
    given(delegation.decider).when(delegate(at=november_ends)).then(DELEGATED)
    over = delegate(at=november_ends + timedelta(minutes=1))
    given(delegation.decider).when(over).then_refused("delegation_over")


@pytest.mark.parametrize(
    ("day", "covered"),
    [
        (date(2026, 10, 31), False),
        (date(2026, 11, 1), True),
        (date(2026, 11, 30), True),
        (date(2026, 12, 1), False),
    ],
)
def test_an_authorisation_holds_from_its_first_day_to_its_last(day: date, covered: bool):
    in_force = delegation.InForce(DELEGATED)
    assert in_force.covers(ids("chair"), ids("deputy"), day) is covered
    assert not in_force.covers(ids("deputy"), ids("chair"), day)
    assert not in_force.covers(None, ids("deputy"), day)
