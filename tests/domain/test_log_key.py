"""Who may have the log signed by another key, and by which."""

from services.directory.log_keys import LOG_KEY
from services.directory.messages import LogKeyRotated, RotateLogKey
from tests.given import given
from tests.stamps import ids, stamp

ROTATED = {
    "origin": "ward-1.example/council-log/1",
    "old_key": "ward-1.example/council-log/1+01+A",
    "new_key": "ward-1.example/council-log/1+02+B",
    "size": 7,
    "statement": "dienhong-log-key/1\n",
    "confirmed_by": ids("auditor"),
}


def test_two_people_have_the_log_signed_by_another_key() -> None:
    given(LOG_KEY).when(stamp(RotateLogKey, **ROTATED)).then(LogKeyRotated(**ROTATED))


def test_a_rotation_that_is_recorded_is_not_recorded_again() -> None:
    given(LOG_KEY, LogKeyRotated(**ROTATED)).when(stamp(RotateLogKey, **ROTATED)).then_nothing()


def test_the_newest_key_is_rotated_next() -> None:
    again = ROTATED | {"old_key": ROTATED["new_key"], "new_key": "ward-1.example/council-log/1+03+C"}
    given(LOG_KEY, LogKeyRotated(**ROTATED)).when(stamp(RotateLogKey, **again)).then(LogKeyRotated(**again))


def test_a_key_that_handed_the_log_on_cannot_do_so_again() -> None:
    again = ROTATED | {"new_key": "ward-1.example/council-log/1+03+C"}
    given(LOG_KEY, LogKeyRotated(**ROTATED)).when(stamp(RotateLogKey, **again)).then_refused("not_the_log_key")


def test_a_tree_under_another_name_has_keys_of_its_own() -> None:
    other = ROTATED | {"origin": "ward-2.example/council-log/1"}
    given(LOG_KEY, LogKeyRotated(**ROTATED)).when(stamp(RotateLogKey, **other)).then(LogKeyRotated(**other))


def test_nobody_confirms_their_own_rotation() -> None:
    alone = stamp(RotateLogKey, **ROTATED).model_copy(update={"actor": str(ids("auditor"))})
    given(LOG_KEY).when(alone).then_refused("second_person_needed")
