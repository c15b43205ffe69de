"""What two people may have forgotten, and what nobody may."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from dienhong.embedded import CODEC
from dienhong.erasing import ERASED, without
from services.directory.erasure import ERASURE, PERSONAL
from services.directory.messages import EraseEvent, EventErased
from tests.given import given
from tests.ledger.known import known_event
from tests.stamps import ids, stamp

SAMPLES = Path(__file__).parents[1] / "contract" / "samples"
EVENT: dict[str, Any] = {
    "event_id": ids("event"),
    "event_type": "PersonRegistered",
    "stream": f"person-{ids('ana')}",
    "position": 7,
    "fields": ("full_name",),
    "basis": "Quyết định số 12/QĐ-HĐND",
    "confirmed_by": ids("auditor"),
}
FORGOTTEN = EventErased(**EVENT)


def erase(**changes: Any) -> EraseEvent:
    command = stamp(EraseEvent, **(EVENT | changes))
    assert isinstance(command, EraseEvent)
    return command


def test_two_people_have_personal_data_forgotten() -> None:
    given(ERASURE).when(erase()).then(FORGOTTEN)


def test_what_is_forgotten_is_forgotten_once() -> None:
    given(ERASURE, FORGOTTEN).when(erase()).then_nothing()


def test_more_of_the_same_event_can_be_forgotten_later() -> None:
    more = FORGOTTEN.model_copy(update={"fields": ("full_name", "phone")})
    given(ERASURE, FORGOTTEN).when(erase(fields=("full_name", "phone"))).then(more)


def test_nobody_confirms_their_own_order() -> None:
    command = erase()
    alone = command.model_copy(update={"actor": str(EVENT["confirmed_by"])})
    given(ERASURE).when(alone).then_refused("second_person_needed")


@pytest.mark.parametrize(
    ("kind", "field"),
    [("BallotCast", "choice"), ("PollTallied", "arithmetic"), ("DocumentAdded", "sha256"), ("PersonRegistered", "id")],
)
def test_votes_tallies_and_hashes_are_never_forgotten(kind: str, field: str) -> None:
    given(ERASURE).when(erase(event_type=kind, fields=(field,))).then_refused("not_erasable")


def test_an_order_names_its_basis() -> None:
    with pytest.raises(ValueError):
        erase(basis="luật")


@pytest.mark.parametrize("kind", sorted(PERSONAL))
def test_an_event_whose_words_are_gone_is_still_read(kind: str) -> None:
    sample = known_event(0)[0]
    held = replace(sample, type=kind, data=(SAMPLES / f"{kind}.json").read_bytes())
    fields = tuple(sorted(PERSONAL[kind]))
    left = replace(held, data=without(held, fields))
    event, was = CODEC.decode(left), CODEC.decode(held)
    assert {getattr(event, each) for each in fields} == {ERASED}
    assert event.model_dump(exclude=set(fields)) == was.model_dump(exclude=set(fields))
