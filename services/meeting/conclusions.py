"""What the presiding officer concluded on an agenda item and whom it obliges. Stream `conclusion-<meeting>+<item>`."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import assert_never
from uuid import UUID

from kernel.decider import Decider, Refused
from kernel.messages import Command, Event
from services.meeting.messages import ConclusionRecorded, Obligation, RecordConclusion

FORESEEABLE = timedelta(days=3660)
"""Due dates lie within ten years of their recording, either way; anything else is a slip of the keyboard."""


@dataclass(frozen=True)
class NotConcluded:
    revision: int = 0


@dataclass(frozen=True)
class Concluded:
    """`ever`: the obligations of all revisions; each of them has become a task and never becomes a second one."""

    text: str
    obligations: tuple[Obligation, ...]
    revision: int
    ever: frozenset[UUID]


State = NotConcluded | Concluded
Commands = RecordConclusion


def stream(meeting_id: UUID, item_id: UUID) -> str:
    return f"conclusion-{meeting_id}+{item_id}"


def decide(command: Command, state: State) -> Sequence[Event]:
    if not isinstance(command, RecordConclusion):
        raise TypeError(f"not a command of conclusions: {type(command).__name__}")
    match state:
        case NotConcluded():
            known: frozenset[UUID] = frozenset()
        case Concluded(text, obligations, _, known):
            if (command.text, command.obligations) == (text, obligations):
                return []
        case _:
            assert_never(state)
    if command.revision != state.revision:
        raise Refused("stale_revision", f"{command.revision}, now {state.revision}")
    new = tuple(each for each in command.obligations if each.obligation_id not in known)
    _check(command.obligations, new, command.at)
    return [
        ConclusionRecorded(
            meeting_id=command.meeting_id,
            item_id=command.item_id,
            text=command.text,
            obligations=command.obligations,
            new_obligations=tuple(each.obligation_id for each in new),
            presiding_officer_id=command.presiding_officer_id,
            revision=state.revision + 1,
        )
    ]


def _check(obligations: Sequence[Obligation], new: Sequence[Obligation], at: datetime) -> None:
    """Whatever passes here, the tasks service can assign. An obligation kept from before may be overdue by now."""
    if len({each.obligation_id for each in obligations}) < len(obligations):
        raise Refused("obligation_twice")
    for each in obligations:
        if each.lead_unit_id in each.coordinating_unit_ids:
            raise Refused("lead_unit_also_coordinates", str(each.obligation_id))
        if len(set(each.coordinating_unit_ids)) < len(each.coordinating_unit_ids):
            raise Refused("unit_named_twice", str(each.obligation_id))
        if abs(each.due_at - at) > FORESEEABLE:
            raise Refused("due_too_far", str(each.obligation_id))
    for each in new:
        if each.due_at <= at:
            raise Refused("due_in_the_past", str(each.obligation_id))


def evolve(state: State, event: Event) -> State:
    if not isinstance(event, ConclusionRecorded):
        return state
    now = frozenset(each.obligation_id for each in event.obligations)
    recorded = Concluded(event.text, event.obligations, event.revision, now)
    match state:
        case NotConcluded():
            return recorded
        case Concluded(ever=before):
            return replace(recorded, ever=before | now)
        case _:
            assert_never(state)


decider: Decider[State] = Decider(NotConcluded(), decide, evolve)
