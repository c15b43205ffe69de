"""One member's answer to one opinion form, in a stream of its own. Pure."""

from dataclasses import dataclass
from functools import partial
from uuid import UUID

from kernel.decider import Decider, Refused
from kernel.messages import Command, Event
from services.voting.messages.circulation import (
    AnswerSaved,
    AnswerSubmitted,
    OpinionFormCirculated,
    SaveAnswer,
    SubmitAnswer,
)

Commands = SaveAnswer | SubmitAnswer


@dataclass(frozen=True)
class NotAnswered:
    pass


@dataclass(frozen=True)
class Saved:
    answer: AnswerSaved


@dataclass(frozen=True)
class Submitted:
    answer: AnswerSubmitted


Answer = NotAnswered | Saved | Submitted


def stream(form_id: UUID, voter_id: UUID) -> str:
    return f"answer-{form_id}+{voter_id}"


def check(command: Commands, sent: OpinionFormCirculated) -> None:
    """Against what was frozen at the sending, whatever mandates have changed since.

    After the deadline nothing is taken, also while the form has not been closed yet.
    """
    if command.voter_id not in sent.roll:
        raise Refused("not_on_roll", str(command.voter_id))
    if command.at >= sent.due_at:
        raise Refused("form_closed", str(command.form_id))
    if command.choice and command.choice not in {choice.key for choice in sent.choices}:
        raise Refused("unknown_choice", command.choice)
    unknown = {each.clause_key for each in command.comments} - {"", *(clause.key for clause in sent.clauses)}
    if unknown:
        raise Refused("unknown_clause", str(sorted(unknown)))


def decide(command: Command, answer: Answer, *, changeable: bool) -> list[Event]:
    match (command, answer):
        case (SaveAnswer(), NotAnswered() | Saved()):
            saved = AnswerSaved.of(command)
            return [] if answer == Saved(saved) else [saved]
        case (SaveAnswer(), Submitted()):
            raise Refused("already_answered", str(command.voter_id))
        case (SubmitAnswer(), _):
            submitted = AnswerSubmitted.of(command)
            if answer == Submitted(submitted):
                return []
            if isinstance(answer, Submitted) and not changeable:
                raise Refused("already_answered", str(command.voter_id))
            return [submitted]
        case _:
            raise TypeError(f"not a command of an answer: {type(command).__name__}")


def evolve(answer: Answer, event: Event) -> Answer:
    match (answer, event):
        case (NotAnswered() | Saved(), AnswerSaved()):
            return Saved(event)
        case (_, AnswerSubmitted()):
            return Submitted(event)
        case _:
            raise TypeError(f"{type(event).__name__} cannot follow {type(answer).__name__}")


FINAL: Decider[Answer] = Decider(NotAnswered(), partial(decide, changeable=False), evolve)
CHANGEABLE: Decider[Answer] = Decider(NotAnswered(), partial(decide, changeable=True), evolve)
"""Where the rule card allows that a submitted answer is changed until the close."""
