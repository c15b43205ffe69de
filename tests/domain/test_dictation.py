"""The open vote of a member without a device: one person writes it down, another confirms it."""

import pytest

from kernel.adapters.store_sqlite import SqliteStore
from kernel.decider import Refused
from services.voting import dictation
from services.voting.dictation import Dictated, NotDictated, check_dictated, confirmed
from services.voting.messages import (
    BallotDictated,
    CastBallot,
    ClosePoll,
    ConfirmDictation,
    DictateBallot,
    DictationConfirmed,
    DictationWithdrawn,
    OpenPoll,
    WithdrawDictation,
)
from services.voting.service import CODEC, VotingService
from tests.domain.test_voting import BUDGET, question
from tests.given import given
from tests.stamps import ids, stamp

CONFIRMED = DictationConfirmed(poll_id=BUDGET, voter_id=ids("ana"), confirmed_by=str(ids("chair")))
WITHDRAWN = DictationWithdrawn(poll_id=BUDGET, voter_id=ids("ana"))


def dictate(*marks: str, actor: str = "clerk", voter: str = "ana") -> DictateBallot:
    return stamp(DictateBallot, actor=actor, poll_id=BUDGET, voter_id=ids(voter), marks=marks or ("for",))


def dictated(*marks: str) -> BallotDictated:
    return BallotDictated(poll_id=BUDGET, voter_id=ids("ana"), marks=marks or ("for",), dictated_by=str(ids("clerk")))


def withdraw() -> WithdrawDictation:
    return stamp(WithdrawDictation, poll_id=BUDGET, voter_id=ids("ana"))


def confirm(*marks: str, actor: str = "chair") -> ConfirmDictation:
    return stamp(ConfirmDictation, actor=actor, poll_id=BUDGET, voter_id=ids("ana"), marks=marks or ("for",))


def test_a_vote_is_written_down_once_until_it_is_withdrawn():
    given(dictation.decider).when(dictate()).then(dictated())
    given(dictation.decider, dictated()).when(dictate()).then_nothing()
    given(dictation.decider, dictated()).when(dictate("against")).then_refused("already_dictated")
    given(dictation.decider, dictated()).when(dictate(actor="chair")).then_refused("already_dictated")
    given(dictation.decider, dictated(), WITHDRAWN).when(dictate("against")).then(dictated("against"))


def test_what_was_written_down_can_be_withdrawn():
    given(dictation.decider, dictated()).when(withdraw()).then(WITHDRAWN)
    given(dictation.decider).when(withdraw()).then_refused("no_dictation")


def test_a_confirmation_is_recorded_once_and_makes_room_for_what_the_voter_says_next():
    given(dictation.decider, dictated()).when(confirm()).then(CONFIRMED)
    given(dictation.decider, dictated(), CONFIRMED).when(confirm()).then_nothing()
    given(dictation.decider, dictated(), CONFIRMED).when(withdraw()).then_refused("no_dictation")
    given(dictation.decider, dictated(), CONFIRMED).when(dictate("against")).then(dictated("against"))
    given(dictation.decider, dictated()).when(confirm(actor="clerk")).then_refused("second_person_needed")


def test_another_person_who_heard_the_same_confirms():
    cast = confirmed(confirm(), Dictated(dictated()))
    assert (cast.marks, cast.voter_id) == (("for",), ids("ana"))
    assert (cast.dictated_by, cast.confirmed_by) == (str(ids("clerk")), str(ids("chair")))


@pytest.mark.parametrize(
    ("command", "state", "code"),
    [
        (confirm(), NotDictated(), "no_dictation"),
        (confirm(actor="clerk"), Dictated(dictated()), "second_person_needed"),
        (confirm("against"), Dictated(dictated()), "dictation_differs"),
    ],
)
def test_nobody_confirms_alone_or_what_they_did_not_hear(command, state, code):
    with pytest.raises(Refused) as refusal:
        confirmed(command, state)
    assert refusal.value.code == code


@pytest.fixture
def service() -> VotingService:
    service = VotingService(SqliteStore(":memory:"), "test.dienhong")
    service.execute(stamp(OpenPoll, **question()))
    return service


def test_confirming_casts_the_ballot_and_answers_with_its_receipt(service):
    service.execute(dictate())
    asked = confirm()
    done = service.execute(asked)
    assert service.execute(asked) == service.execute(confirm()) == done
    again = service.cast([stamp(CastBallot, poll_id=BUDGET, voter_id=ids("ana"), choice="for")])[0]
    assert (again.position, again.event_id) == (done.position, done.event_ids[0])
    [cast] = [CODEC.decode(each) for each in service._store.read(f"ballot-{BUDGET}+{ids('ana')}")]
    assert (cast.dictated_by, cast.confirmed_by) == (str(ids("clerk")), str(ids("chair")))


def test_a_confirmation_behind_the_close_is_told_so(service):
    service.execute(dictate())
    service.execute(stamp(ClosePoll, poll_id=BUDGET))
    for command in (confirm(), dictate(voter="ben")):
        with pytest.raises(Refused) as refusal:
            service.execute(command)
        assert refusal.value.code == "poll_closed"


def test_who_has_voted_in_person_is_not_outvoted_by_a_dictation(service):
    service.cast([stamp(CastBallot, poll_id=BUDGET, voter_id=ids("ana"), choice="against")])
    service.execute(dictate())
    with pytest.raises(Refused) as refusal:
        service.execute(confirm())
    assert refusal.value.code == "already_voted"


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (dictate("maybe"), "unknown_choice"),
        (dictate("for", "against"), "too_many_marks"),
        (dictate(voter="guest"), "not_on_roll"),
    ],
)
def test_what_could_not_be_cast_is_not_written_down(service, command, code):
    with pytest.raises(Refused) as refusal:
        service.execute(command)
    assert refusal.value.code == code


def test_nothing_is_written_down_for_a_poll_that_was_never_opened():
    with pytest.raises(Refused) as refusal:
        check_dictated(dictate(), None)
    assert refusal.value.code == "no_such_poll"
