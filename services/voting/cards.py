"""The rule cards and choice templates of `cards.toml`."""

import tomllib
from datetime import date
from functools import cache
from pathlib import Path

from kernel.messages import Message
from services.voting import rules
from services.voting.messages import Choice, RuleCard
from services.voting.messages.cards import Example, MethodKind


class Card(RuleCard):
    """A rule card on offer. `note`: what its certainty rests on. `methods`: what it may decide.

    `bodies`: the kinds of unit that a card of `cards.toml` is meant for; a body's own card is for that body alone.
    """

    note: str
    bodies: tuple[str, ...] = ()
    methods: tuple[MethodKind, ...]
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

    def in_force(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)

    def holds(self, body_kind: str, day: date) -> bool:
        return self.in_force(day) and body_kind in self.bodies


class ChoiceTemplate(Message):
    """`methods`: what the choices suit; candidates of an election are nobody's template."""

    template_id: str
    title: str
    methods: tuple[MethodKind, ...]
    choice: tuple[Choice, ...]


class Catalogue(Message):
    card: tuple[Card, ...]
    choices: tuple[ChoiceTemplate, ...]

    def cards_for(self, body_kind: str, day: date) -> tuple[Card, ...]:
        """The cards meant for such a body on that day; all of that day where none is meant for it especially."""
        own = tuple(card for card in self.card if card.holds(body_kind, day))
        return own or tuple(card for card in self.card if card.in_force(day))


@cache
def catalogue() -> Catalogue:
    return Catalogue.model_validate(tomllib.loads(Path(__file__).with_name("cards.toml").read_text("utf-8")))
