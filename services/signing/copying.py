"""An electronic copy: made, sealed, numbered, issued. Pure.

The number comes after the seal (an electronic copy bears form, agency and time alone: Decree 30/2020, Annex I), so a
copy that is never sealed takes none from the register.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from kernel.decider import Decider, Refused
from kernel.messages import Command, Event
from services.signing.messages.copies import (
    CopyDeclined,
    CopyForm,
    CopyIssued,
    CopyMade,
    CopyNumbered,
    CopySealed,
    DescribedCopy,
    IssueCopy,
    MakeCopy,
    RecordCopyDeclined,
    RecordCopyNumber,
    RecordCopySealed,
)

Commands = MakeCopy | RecordCopySealed | RecordCopyDeclined | RecordCopyNumber | IssueCopy

ABBREVIATIONS: Mapping[CopyForm, str] = {CopyForm.true_copy: "SY", CopyForm.duplicate: "SL", CopyForm.extract: "TrS"}
"""Decree 30/2020, Annex III."""

MARKS: Mapping[CopyForm, str] = {
    CopyForm.true_copy: "SAO Y",
    CopyForm.duplicate: "SAO LỤC",
    CopyForm.extract: "TRÍCH SAO",
}
"""As the copy bears it."""

TITLES: Mapping[CopyForm, str] = {
    CopyForm.true_copy: "Bản sao y",
    CopyForm.duplicate: "Bản sao lục",
    CopyForm.extract: "Bản trích sao",
}


@dataclass(frozen=True)
class Unmade:
    pass


@dataclass(frozen=True)
class ToBeSealed:
    described: DescribedCopy
    order_id: UUID


@dataclass(frozen=True)
class Sealed:
    described: DescribedCopy
    sealed: CopySealed


@dataclass(frozen=True)
class Numbered:
    described: DescribedCopy
    sealed: CopySealed
    numbered: CopyNumbered


@dataclass(frozen=True)
class Issued:
    pass


@dataclass(frozen=True)
class Declined:
    pass


State = Unmade | ToBeSealed | Sealed | Numbered | Issued | Declined


def decide(command: Command, state: State) -> Sequence[Event]:
    match command, state:
        case MakeCopy(), Unmade():
            return _make(command)
        case MakeCopy(), _:
            return []
        case _, Unmade():
            raise Refused("copy_not_found")
        case RecordCopySealed(), ToBeSealed() if command.order_id == state.order_id:
            return [_sealed(command, state.described)]
        case RecordCopyDeclined(), ToBeSealed() if command.order_id == state.order_id:
            return [CopyDeclined.of(command)]
        case RecordCopyNumber(), Sealed():
            return [CopyNumbered.of(command)]
        case IssueCopy(), Numbered():
            return [_issued(state)]
        case IssueCopy(), ToBeSealed() | Sealed() | Declined():
            raise Refused("copy_not_sealed", "a copy goes out once it is sealed and has its number")
        case RecordCopySealed() | RecordCopyDeclined() | RecordCopyNumber() | IssueCopy(), _:
            return []
        case _:
            raise TypeError(f"{type(command).__name__} is no command about copies")


def evolve(state: State, event: Event) -> State:
    match event, state:
        case CopyMade(), _:
            return ToBeSealed(event.described, event.order_id)
        case CopySealed(), ToBeSealed():
            return Sealed(state.described, event)
        case CopyDeclined(), _:
            return Declined()
        case CopyNumbered(), Sealed():
            return Numbered(state.described, state.sealed, event)
        case CopyIssued(), _:
            return Issued()
        case _:
            return state


def _make(command: MakeCopy) -> Sequence[Event]:
    """Only a true copy is copied on, and only as a duplicate (Decree 30/2020, article 25)."""
    described = command.described
    if described.form is CopyForm.duplicate and described.original.form is not CopyForm.true_copy:
        raise Refused("form_wants_true_copy", "a duplicate is made from a true copy")
    if described.form is not CopyForm.duplicate and described.original.form is not None:
        raise Refused("form_wants_original", "true copies and extracts are made from originals")
    return [CopyMade.of(command)]


def _sealed(command: RecordCopySealed, described: DescribedCopy) -> CopySealed:
    return CopySealed(
        copy_id=command.copy_id,
        order_id=command.order_id,
        sha256=command.sha256,
        body_id=described.body_id,
        symbol=symbol_of(described),
        summary=described.original.summary,
        entered_on=command.entered_on,
    )


def _issued(state: Numbered) -> CopyIssued:
    described, numbered = state.described, state.numbered
    return CopyIssued(
        copy_id=numbered.copy_id,
        document_id=numbered.copy_id,
        body_id=described.body_id,
        form=described.form,
        number=numbered.number,
        symbol=numbered.symbol,
        entered_on=numbered.entered_on,
        summary=described.original.summary,
        sha256=state.sealed.sha256,
        recipients=described.recipients,
    )


def symbol_of(described: DescribedCopy) -> str:
    """What follows the number and a stroke: SY-UBND (Decree 30/2020, Annex I and III)."""
    return f"{ABBREVIATIONS[described.form]}-{described.body_symbol}"


def title_of(described: DescribedCopy) -> str:
    """What it is a copy of, in the words of official papers."""
    original = described.original
    return ": ".join((" ".join(filter(None, (TITLES[described.form], original.symbol))), original.summary))[:1000]


def stream(copy_id: UUID) -> str:
    return f"copy-{copy_id}"


decider: Decider[State] = Decider(Unmade(), decide, evolve)
