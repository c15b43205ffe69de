"""Resolutions and notices that follow from a meeting: nobody signs what was not decided there."""

from typing import Any

from services.signing.messages.official import Announced, SubmitOfficial
from services.signing.official import decider
from tests.given import given
from tests.official_examples import DRAFT, OFFICIAL, ORDER, STEPS, drafted, submitted
from tests.stamps import ids, stamp

POLL = ids("poll")
BUDGET, ROADS = Announced(item_id=ids("budget"), revision=1), Announced(item_id=ids("roads"), revision=1)
REVISED = Announced(item_id=ids("budget"), revision=2)


def submit(**fields: Any) -> SubmitOfficial:
    return stamp(SubmitOfficial, official_id=OFFICIAL, order_id=ORDER, sha256=DRAFT, steps=STEPS, **fields)


def test_a_resolution_that_names_a_vote_is_signed_once_that_vote_passed():
    resolution = drafted(meeting_id=ids("meeting"), item_id=ids("budget"), poll_id=POLL)
    given(decider, resolution).when(submit()).then_refused("poll_not_passed")
    given(decider, resolution).when(submit(passed_poll_id=ids("another poll"))).then_refused("poll_not_passed")
    given(decider, resolution).when(submit(passed_poll_id=POLL)).then(submitted())


def test_a_notice_announces_the_conclusions_in_force():
    notice = drafted(meeting_id=ids("meeting"), conclusions=(BUDGET, ROADS))
    given(decider, notice).when(submit(conclusions=(REVISED, ROADS))).then_refused("conclusions_revised")
    given(decider, notice).when(submit(conclusions=(BUDGET,))).then_refused("conclusions_revised")
    given(decider, notice).when(submit(conclusions=(ROADS, BUDGET))).then(submitted())


def test_what_announces_no_conclusions_goes_on_whatever_was_concluded():
    given(decider, drafted(meeting_id=ids("meeting"))).when(submit(conclusions=(REVISED,))).then(submitted())
