"""Who votes for whom, and with how many votes, in a meeting's polls."""

import pytest

from services.voting.messages import RecordVotingRights, Representation, VotingRightsRecorded
from services.voting.voting_rights import decider
from tests.given import given
from tests.stamps import ids, stamp

MEETING = ids("meeting")
ROLL = tuple(ids(each) for each in ("ana", "ben", "cat"))


def holds(voter: str, holder: str, kind: str = "proxy") -> Representation:
    return Representation.model_validate(
        {"voter_id": ids(voter), "holder_id": ids(holder), "kind": kind, "basis": "Giấy ủy quyền số 3"}
    )


def record(*represented: Representation, **weights: int) -> RecordVotingRights:
    named = {ids(each): weight for each, weight in weights.items()}
    return stamp(RecordVotingRights, meeting_id=MEETING, roll=ROLL, weights=named, represented=represented)


def recorded(*represented: Representation, **weights: int) -> VotingRightsRecorded:
    named = {ids(each): weight for each, weight in weights.items()}
    return VotingRightsRecorded(meeting_id=MEETING, weights=named, represented=represented)


def test_the_whole_list_takes_the_place_of_the_one_before():
    proxy, substitute = holds("ana", "ben"), holds("cat", "guest", "substitute")
    given(decider).when(record(proxy, substitute, ben=2)).then(recorded(proxy, substitute, ben=2))
    given(decider, recorded(proxy, ben=2)).when(record(substitute)).then(recorded(substitute))
    given(decider, recorded(proxy)).when(record()).then(recorded())


def test_nothing_happens_when_the_list_is_the_same():
    given(decider).when(record()).then_nothing()
    given(decider, recorded(holds("ana", "ben"), cat=3)).when(record(holds("ana", "ben"), cat=3)).then_nothing()


def test_one_vote_is_no_weight_of_its_own():
    given(decider).when(record(ana=1, ben=2)).then(recorded(ben=2))


@pytest.mark.parametrize("weights", [{"ana": 0}, {"ana": -1}, {"guest": 2}, {"guest": 1}])
def test_a_weight_is_at_least_one_vote_of_somebody_on_the_roll(weights):
    given(decider).when(record(**weights)).then_refused("impossible_weight")


@pytest.mark.parametrize(
    ("represented", "code"),
    [
        ((holds("ana", "ben"), holds("ana", "cat")), "represented_twice"),
        ((holds("guest", "ben"),), "represented_off_roll"),
        ((holds("ana", "guest"),), "proxy_not_a_voter"),
        ((holds("ana", "ana"),), "proxy_not_a_voter"),
        ((holds("ana", "ben", "substitute"),), "substitute_is_a_voter"),
    ],
)
def test_nobody_is_represented_by_who_may_not(represented, code):
    given(decider).when(record(*represented)).then_refused(code)
