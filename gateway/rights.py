"""Who votes for whom and with how many votes in a poll: what was recorded for its meeting, as its card allows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from gateway.edge import Context
from services.voting import views as voting
from services.voting.cards import Card
from services.voting.messages import Representation


@dataclass(frozen=True)
class Allowed:
    """What the cards of a body allow, with the titles of those that allow anything."""

    proxies: bool
    substitutes: bool
    weights: bool
    cards: tuple[str, ...]


def allowed_by(cards: Sequence[Card]) -> Allowed:
    allowing = [card for card in cards if card.allows_proxies or card.allows_substitutes or weighs(card)]
    return Allowed(
        proxies=any(card.allows_proxies for card in allowing),
        substitutes=any(card.allows_substitutes for card in allowing),
        weights=any(weighs(card) for card in allowing),
        cards=tuple(card.title for card in allowing),
    )


def weighs(card: Card) -> bool:
    return card.allows_weights and card.base != "present"


def applying(rights: voting.VotingRights, card: Card) -> voting.VotingRights:
    """What of the rights the card allows."""
    kinds = {"proxy": card.allows_proxies, "substitute": card.allows_substitutes}
    return replace(
        rights,
        weights=rights.weights if weighs(card) else (),
        represented=tuple(each for each in rights.represented if kinds[each.kind]),
    )


def rights_in(
    edge: Context,
    meeting_id: UUID,
    card: Card,
    weights: Mapping[UUID, int] | None,
    represented: Sequence[Representation] | None,
    papers: bool,
) -> tuple[dict[UUID, int], tuple[Representation, ...]]:
    """`weights` and `represented` where they were given, else as recorded. Papers in a box have no weight."""
    applied = applying(voting.voting_rights(edge.views, meeting_id), card)
    if weights is None:
        weights = {} if papers else {UUID(each.voter_id): each.weight for each in applied.weights}
    if represented is None:
        represented = [representation(each) for each in applied.represented]
    return {voter: weight for voter, weight in weights.items() if weight != 1}, tuple(represented)


def representation(of: voting.Represented) -> Representation:
    return Representation(voter_id=UUID(of.voter_id), holder_id=UUID(of.holder_id), kind=of.kind, basis=of.basis)
