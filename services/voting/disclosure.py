"""What of a secret ballot's breakdown may be published: nothing that tells how a known person voted."""

from collections.abc import Iterable
from typing import Literal, Protocol

from services.voting.messages.poll import Choice, Line, Method, PollTallied, RuleCard

Reason = Literal["few_papers", "unanimous"]


class Question(Protocol):
    """What was asked, as the poll's opening or its view has it."""

    @property
    def secret(self) -> bool: ...
    @property
    def rule_card(self) -> RuleCard: ...
    @property
    def method(self) -> Method: ...
    @property
    def choices(self) -> tuple[Choice, ...]: ...
    @property
    def lines(self) -> tuple[Line, ...]: ...


def withheld(opened: Question, tally: PollTallied) -> Reason | None:
    """Why only the outcome is published and no figure by choice; None when the figures are harmless.

    Of few papers, and of papers that are all alike, everybody could tell who voted how, since who voted is known. A
    card with `min_anonymity` 1 publishes every figure, where the body's rules demand it.
    """
    if not opened.secret or opened.rule_card.min_anonymity == 1:
        return None
    valid = tally.cast - tally.invalid
    if valid < opened.rule_card.min_anonymity:
        return "few_papers"
    return "unanimous" if any(all_alike(group, valid) for group in groups(opened, tally)) else None


def groups(opened: Question, tally: PollTallied) -> Iterable[list[int]]:
    """Figures that together tell one choice of each voter: the choices of a line, or one candidate marked or not."""
    keys = [choice.key for choice in opened.choices]
    if opened.lines:
        return ([tally.counts.get(f"{line.key}:{key}", 0) for key in keys] for line in opened.lines)
    if opened.method.kind == "election":
        valid = tally.cast - tally.invalid
        return ([tally.counts.get(key, 0), valid - tally.counts.get(key, 0)] for key in keys)
    return [[tally.counts.get(key, 0) for key in keys]]


def all_alike(group: list[int], valid: int) -> bool:
    return max(group) == valid
