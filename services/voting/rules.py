"""The arithmetic of a decision by its rule card: whole numbers only, never a float."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from services.voting.messages import Choice, RuleCard


@dataclass(frozen=True)
class Outcome:
    """What the printed proof says: of `base_count`, `needed` were necessary, `votes_for` were cast for."""

    base_count: int
    needed: int
    cast: int
    not_cast: int
    votes_for: int
    passed: bool
    decided_by_chair: bool


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


def votes_needed(card: RuleCard, base: int) -> int:
    """More than a share: floor(share of base) + 1. At least a share: its ceiling. Nothing passes without a vote."""
    product = base * card.numerator
    if card.threshold == "more_than":
        return product // card.denominator + 1
    return max(1, -(-product // card.denominator))


def outcome(
    card: RuleCard,
    choices: Sequence[Choice],
    counts: Mapping[str, int],
    *,
    members: int,
    serving: int,
    present: int,
    roll: int,
    chair_choice: str | None = None,
) -> Outcome:
    """`counts` by choice key; `chair_choice`: what the presiding officer voted, if at all."""
    cast = sum(counts.values())
    base = base_count(card, members=members, serving=serving, present=present, cast=cast)
    needed = votes_needed(card, base)
    for_keys = {choice.key for choice in choices if choice.counts_for}
    votes_for = sum(count for key, count in counts.items() if key in for_keys)
    votes_against = sum(counts.get(choice.key, 0) for choice in choices if choice.counts_against)
    tied = card.tie_to_chair and base > 0 and 2 * votes_for == base and 2 * votes_against == base
    return Outcome(
        base_count=base,
        needed=needed,
        cast=cast,
        not_cast=roll - cast,
        votes_for=votes_for,
        passed=chair_choice in for_keys if tied else votes_for >= needed,
        decided_by_chair=tied,
    )
