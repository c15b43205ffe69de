"""The rule cards and choice templates of `cards.toml`."""

import tomllib
from datetime import date
from functools import cache
from pathlib import Path

from kernel.messages import Message
from services.voting import rules
from services.voting.messages import Choice, RuleCard


class Example(Message):
    """A worked example of a card: with these counts, so many were needed, and this was the result."""

    says: str
    members: int
    counts: dict[str, int]
    chair_choice: str | None = None
    needed: int
    passed: bool
    decided_by_chair: bool = False


class Card(RuleCard):
    """A rule card on offer. `bodies`: the kinds of unit it is meant for; `note`: what its certainty rests on."""

    note: str
    bodies: tuple[str, ...]
    valid_from: date
    valid_to: date | None = None
    example: tuple[Example, ...]

    @property
    def rule(self) -> RuleCard:
        """What a poll freezes of it."""
        return RuleCard(**{name: getattr(self, name) for name in RuleCard.model_fields})

    def needed(self, members: int) -> int:
        """Votes needed when the base is all members."""
        return rules.votes_needed(self, members)

    def holds(self, body_kind: str, day: date) -> bool:
        in_time = self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)
        return in_time and body_kind in self.bodies


class ChoiceTemplate(Message):
    template_id: str
    title: str
    choice: tuple[Choice, ...]


class Catalogue(Message):
    card: tuple[Card, ...]
    choices: tuple[ChoiceTemplate, ...]

    def cards_for(self, body_kind: str, day: date) -> tuple[Card, ...]:
        """The cards meant for such a body on that day; all of that day where none is meant for it especially."""
        own = tuple(card for card in self.card if card.holds(body_kind, day))
        return own or tuple(card for card in self.card if any(card.holds(kind, day) for kind in card.bodies))


@cache
def catalogue() -> Catalogue:
    return Catalogue.model_validate(tomllib.loads(Path(__file__).with_name("cards.toml").read_text("utf-8")))
