"""The arithmetic of a decision by its rule card: whole numbers only, never a float."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from services.voting.messages import Choice, PollOpened, RuleCard


@dataclass(frozen=True)
class Count:
    """Votes by mark, each ballot weighing what its voter does; of `cast` votes `invalid` bear no mark that counts.

    `chair_marks`: what the presiding officer marked, if anything.
    """

    votes: Mapping[str, int]
    cast: int
    invalid: int = 0
    chair_marks: tuple[str, ...] = ()

    @property
    def valid(self) -> int:
        return self.cast - self.invalid


@dataclass(frozen=True)
class Decision:
    """On one question: `votes_for` were cast for, and whether that is enough."""

    votes_for: int
    passed: bool
    decided_by_chair: bool


def roll_votes(opened: PollOpened) -> int:
    """The votes of the whole roll; who has no weight of their own weighs 1."""
    return len(opened.roll) + sum(weight - 1 for weight in opened.weights.values())


def base_count(card: RuleCard, *, members: int, serving: int, present: int, cast: int) -> int:
    """Who arrives after the poll has opened and votes is present: the base never falls below the ballots cast."""
    match card.base:
        case "all_members":
            return members
        case "serving":
            return serving
        case "present":
            return max(present, cast)
        case "cast":
            return cast


def base_of(opened: PollOpened, cast: int) -> int:
    return base_count(
        opened.rule_card,
        members=opened.members,
        serving=opened.serving or opened.members,
        present=opened.quorum.present,
        cast=cast,
    )


def votes_needed(card: RuleCard, base: int) -> int:
    """More than a share: floor(share of base) + 1. At least a share: its ceiling. Nothing passes without a vote."""
    product = base * card.numerator
    if card.threshold == "more_than":
        return product // card.denominator + 1
    return max(1, -(-product // card.denominator))


def decision(
    card: RuleCard, choices: Sequence[Choice], counts: Mapping[str, int], *, base: int, chair_choice: str | None = None
) -> Decision:
    """`counts` by choice key; `chair_choice`: what the presiding officer voted, if at all."""
    for_keys = {choice.key for choice in choices if choice.counts_for}
    votes_for = sum(counts.get(key, 0) for key in for_keys)
    votes_against = sum(counts.get(choice.key, 0) for choice in choices if choice.counts_against)
    tied = card.tie_to_chair and base > 0 and 2 * votes_for == base and 2 * votes_against == base
    return Decision(
        votes_for=votes_for,
        passed=chair_choice in for_keys if tied else votes_for >= votes_needed(card, base),
        decided_by_chair=tied,
    )
