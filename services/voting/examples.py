"""Worked examples of rule cards, run: a card whose arithmetic comes out otherwise than its examples say is no card."""

from collections.abc import Iterable
from uuid import UUID

from kernel.decider import Refused
from services.voting.decider import tallied
from services.voting.messages import Choice, Line, PollOpened, PollTallied, QuorumSnapshot, RuleCard
from services.voting.messages.cards import Example
from services.voting.question import check_question

NOBODY = UUID(int=0)
VOTE = (
    Choice(key="for", label="Tán thành", counts_for=True),
    Choice(key="against", label="Không tán thành", counts_against=True),
    Choice(key="not_voting", label="Không biểu quyết"),
)
LOW_GRADES = ("low", "no_confidence")
"""The grades that count against in examples of ratings."""


def check_examples(rule: RuleCard, examples: Iterable[Example]) -> None:
    """Raises `Refused`: what the card itself forbids, or `example_differs` with the first that comes out otherwise."""
    for example in examples:
        tally = tally_of(rule, example)
        if found(tally) != expected(example):
            raise Refused("example_differs", f"{example.says}: {found(tally)}")


def tally_of(rule: RuleCard, example: Example) -> PollTallied:
    """As a poll of such a body would be tallied by the card."""
    opened = question(rule, example)
    check_question(opened)
    return tallied(opened, example.counts, cast=example.cast, chair_marks=example.chair_marks)


def question(rule: RuleCard, example: Example) -> PollOpened:
    serving = example.serving or example.members
    roll = tuple(UUID(int=number) for number in range(1, serving + 1))
    present = serving if example.present is None else example.present
    marked = [mark.rpartition(":") for mark in example.counts]
    lines = tuple(Line(key=key, title=key) for key in dict.fromkeys(line for line, _, _ in marked) if key)
    return PollOpened(
        poll_id=NOBODY,
        meeting_id=NOBODY,
        question=example.says,
        roll=roll,
        choices=choices_of(example, list(dict.fromkeys(choice for _, _, choice in marked))),
        rule_card=rule,
        members=example.members,
        quorum=QuorumSnapshot(seats=example.members, needed=0, present=present, as_of=0),
        chair_id=roll[0],
        method=example.method,
        lines=lines,
        serving=serving,
    )


def choices_of(example: Example, marked: list[str]) -> tuple[Choice, ...]:
    match example.method.kind:
        case "election":
            return tuple(Choice(key=key, label=key) for key in marked)
        case "rating":
            return tuple(Choice(key=key, label=key, counts_against=key in LOW_GRADES) for key in marked)
        case _:
            return VOTE


def expected(example: Example) -> tuple[object, ...]:
    return (
        example.needed,
        example.passed,
        example.decided_by_chair,
        set(example.carried),
        example.open_posts,
        {key: finding for key, finding in example.findings.items() if finding},
    )


def found(tally: PollTallied) -> tuple[object, ...]:
    return (
        tally.needed,
        tally.passed,
        tally.decided_by_chair,
        {line.key for line in tally.lines if line.passed},
        tally.open_posts,
        {line.key: line.finding for line in tally.lines if line.finding},
    )
