"""Each copy of the views records what it shows once a day."""

from datetime import date
from typing import Any

from services.directory.messages import RecordState, StateHashed
from services.directory.shown_state import STATE
from tests.given import given
from tests.stamps import stamp

SHOWN: dict[str, Any] = {
    "day": date(2026, 11, 22),
    "replica": "1",
    "position": 812,
    "made_by": "a" * 64,
    "tables": {"people": "b" * 64},
}
HASHED = StateHashed(**SHOWN)


def test_what_is_shown_is_recorded() -> None:
    given(STATE).when(stamp(RecordState, **SHOWN)).then(HASHED)


def test_one_state_of_a_day_is_enough() -> None:
    later = stamp(RecordState, **(SHOWN | {"position": 900}))
    given(STATE, HASHED).when(later).then_nothing()
