"""One question, one choice: the choice that counts for it must reach the card's threshold."""

from collections.abc import Sequence

from kernel.decider import Refused
from services.voting import rules
from services.voting.messages import PollOpened
from services.voting.methods.result import Result
from services.voting.rules import Count


def check_question(opened: PollOpened) -> None:
    check_choices(opened)
    if opened.lines:
        raise Refused("lines_not_of_method", opened.method.kind)


def check_choices(opened: PollOpened) -> None:
    """Exactly one choice decides, and a tie has two sides."""
    if sum(choice.counts_for for choice in opened.choices) != 1:
        raise Refused("one_choice_for", "exactly one choice counts toward the threshold")
    if any(choice.counts_for and choice.counts_against for choice in opened.choices):
        raise Refused("one_choice_for", "a choice cannot count for and against")
    if opened.rule_card.tie_to_chair and not any(choice.counts_against for choice in opened.choices):
        raise Refused("no_choice_against", "a tie needs a choice against")


def marks_of(opened: PollOpened) -> tuple[str, ...]:
    return tuple(choice.key for choice in opened.choices)


def check_marks(_opened: PollOpened, marks: Sequence[str]) -> None:
    if not marks:
        raise Refused("empty_ballot")
    if len(marks) > 1:
        raise Refused("too_many_marks", f"{len(marks)} of 1")


def is_possible(_opened: PollOpened, count: Count) -> bool:
    return sum(count.votes.values()) == count.valid


def outcome(opened: PollOpened, count: Count) -> Result:
    card, base = opened.rule_card, rules.base_of(opened, count.cast)
    found = rules.decision(
        card, opened.choices, count.votes, base=base, chair_choice=next(iter(count.chair_marks), None)
    )
    return Result(
        base_count=base,
        needed=rules.votes_needed(card, base),
        passed=found.passed,
        votes_for=found.votes_for,
        decided_by_chair=found.decided_by_chair,
    )
