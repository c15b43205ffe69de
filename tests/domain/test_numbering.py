"""Numbers and symbols of official documents (Decree 30/2020/NĐ-CP, article 15 and Annex III)."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given as for_all
from hypothesis import strategies as st

from kernel.messages import Command, Event
from services.signing.messages.official import WITHOUT_ABBREVIATION, Kind
from services.signing.messages.registers import (
    AllotNumber,
    NumberAllotted,
    NumberReserved,
    NumberVoided,
    ReserveNumber,
    VoidNumber,
)
from services.signing.numbering import ABBREVIATIONS, decider, printed, symbol_of
from tests.given import given
from tests.official_examples import REGISTER, TODAY, described
from tests.stamps import ids, stamp


def allot(subject: str, **fields: Any) -> AllotNumber:
    facts = {"in_register": REGISTER, "subject_id": ids(subject), "symbol": "NQ-HĐND", "entered_on": TODAY}
    return stamp(AllotNumber, **{**facts, "summary": "Về dự toán", **fields})


def allotted(number: int, subject: str) -> NumberAllotted:
    return NumberAllotted(
        in_register=REGISTER,
        number=number,
        subject_id=ids(subject),
        symbol="NQ-HĐND",
        entered_on=TODAY,
        summary="Về dự toán",
    )


RESERVE = stamp(ReserveNumber, in_register=REGISTER, reason="Văn bản giấy ký sau")
RESERVED = NumberReserved(in_register=REGISTER, number=2, reason="Văn bản giấy ký sau")
VOID = stamp(VoidNumber, in_register=REGISTER, number=2, reason="Không ban hành")
VOIDED = NumberVoided(in_register=REGISTER, number=2, reason="Không ban hành")


def test_numbers_follow_one_another_and_a_document_has_one():
    given(decider).when(allot("first")).then(allotted(1, "first"))
    given(decider, allotted(1, "first")).when(allot("second")).then(allotted(2, "second"))
    given(decider, allotted(1, "first")).when(allot("first")).then_nothing()
    given(decider, allotted(1, "first"), allotted(2, "second")).when(allot("first")).then_nothing()


def test_a_number_is_of_the_year_of_its_register():
    given(decider).when(allot("first", entered_on=date(2027, 1, 1))).then_refused("other_year")


def test_a_reserved_number_waits_for_its_document_or_is_voided():
    given(decider, allotted(1, "first")).when(RESERVE).then(RESERVED)
    kept = given(decider, allotted(1, "first"), RESERVED)
    kept.when(allot("next")).then(allotted(3, "next"))
    kept.when(allot("awaited", reserved=2)).then(allotted(2, "awaited"))
    kept.when(VOID).then(VOIDED)
    given(decider, allotted(1, "first"), RESERVED, VOIDED).when(VOID).then_nothing()
    given(decider, allotted(1, "first"), RESERVED, VOIDED).when(allot("late", reserved=2)).then(allotted(3, "late"))
    given(decider, allotted(1, "first"), allotted(2, "second")).when(VOID).then_refused("number_not_reserved")


def test_a_reserved_number_that_a_document_has_got_is_neither_given_again_nor_voided():
    taken = given(decider, allotted(1, "first"), RESERVED, allotted(2, "awaited"))
    taken.when(allot("another", reserved=2)).then(allotted(3, "another"))
    taken.when(VOID).then_refused("number_not_reserved")


def test_each_of_several_reserved_numbers_waits_for_itself():
    later = RESERVED.model_copy(update={"number": 3})
    two = given(decider, allotted(1, "first"), RESERVED, later)
    two.when(allot("awaited", reserved=2)).then(allotted(2, "awaited"))
    two.when(allot("awaited", reserved=3)).then(allotted(3, "awaited"))
    both = (RESERVED, later, VOIDED, VOIDED.model_copy(update={"number": 3}))
    given(decider, allotted(1, "first"), *both).when(VOID).then_nothing()


@pytest.mark.parametrize(
    ("number", "kind", "issuer", "drafter", "bears"),
    [
        (15, Kind.resolution, "HĐND", "", "15/NQ-HĐND"),
        (15, Kind.decision, "UBND", "VP", "15/QĐ-UBND"),
        (15, Kind.official_letter, "UBND", "VP", "15/UBND-VP"),
        (3, Kind.submission, "UBND", "", "03/TTr-UBND"),
        (120, Kind.provision, "UBND", "", "120/QyĐ-UBND"),
    ],
)
def test_symbols_are_written_as_the_decree_has_them(number: int, kind: Kind, issuer: str, drafter: str, bears: str):
    document = described(kind=kind, issuer_symbol=issuer, drafter_symbol=drafter)
    assert printed(number, symbol_of(document)) == bears


def test_each_of_the_29_types_has_its_abbreviation_or_is_a_letter():
    assert len(Kind) == 29
    annex = "NQ QĐ CT QC QyĐ TC TB HD CTr KH PA ĐA DA BC BB TTr HĐ CĐ BGN BTT GUQ GM GGT GNP PG PC PB"
    assert " ".join(ABBREVIATIONS[kind] for kind in Kind if kind not in WITHOUT_ABBREVIATION) == annex
    assert ABBREVIATIONS.keys() | WITHOUT_ABBREVIATION == set(Kind)
    assert len(set(ABBREVIATIONS.values())) == len(ABBREVIATIONS) == 27


@for_all(
    st.lists(st.one_of(st.just("reserve"), st.integers(1, 12).map(str), st.integers(1, 12).map(lambda n: f"void{n}")))
)
def test_whatever_happens_no_number_is_given_twice_and_none_is_left_out(wishes: list[str]):
    history: list[Event] = []
    for wish in wishes:
        state = decider.fold(history)
        command: Command = allot(wish)
        if wish == "reserve":
            command = RESERVE
        elif wish.startswith("void"):
            if (number := int(wish[4:])) not in state.reserved:
                continue
            command = stamp(VoidNumber, in_register=REGISTER, number=number, reason="thử")
        history += decider.decide(command, state)
    taken = [each.number for each in history if isinstance(each, NumberAllotted | NumberReserved)]
    assert taken == list(range(1, len(taken) + 1))
