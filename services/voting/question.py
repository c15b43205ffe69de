"""What may be asked: a question that can be decided, by a roll that its rule card knows."""

from collections import Counter

from kernel.decider import Refused
from services.voting import rules
from services.voting.messages import PollOpened
from services.voting.methods import method_of
from services.voting.voting_rights import check_represented, check_weights


def check_question(opened: PollOpened) -> None:
    """What would make the question undecidable, or its result untrue, is refused before anybody votes."""
    card = opened.rule_card
    if len({choice.key for choice in opened.choices}) < len(opened.choices):
        raise Refused("duplicate_choice")
    method_of(opened).check_question(opened)
    check_roll(opened)
    check_who_votes_for_others(opened)
    if card.share > 1 or (card.share == 1 and card.threshold == "more_than"):
        raise Refused("impossible_threshold", str(card.share))
    if card.tie_to_chair and opened.chair_id not in opened.roll:
        raise Refused("chair_not_on_roll", str(opened.chair_id))
    if opened.secret and len(opened.roll) < card.min_anonymity:
        raise Refused("too_few_for_secrecy", f"{len(opened.roll)} voters, {card.min_anonymity} at least")
    if card.tie_to_chair and opened.secret:
        raise Refused("card_not_for_method", "nobody knows the chair's side of a secret ballot")
    if card.needs_quorum and not opened.quorum.met:
        raise Refused("no_quorum", f"{opened.quorum.present} present, {opened.quorum.needed} needed")
    if card.only_depleted and (opened.serving or opened.members) * 3 >= opened.members * 2:
        raise Refused("council_not_depleted", f"{opened.serving} serving of {opened.members}")


def check_roll(opened: PollOpened) -> None:
    """Nobody twice, no weight that the card does not know, and not more votes than the body has."""
    twice = [voter for voter, times in Counter(opened.roll).items() if times > 1]
    if twice:
        raise Refused("duplicate_voter", str(twice[0]))
    card, votes = opened.rule_card, rules.roll_votes(opened)
    if opened.weights and (not card.allows_weights or card.base == "present" or opened.secret):
        raise Refused("weights_not_allowed", f"{card.card_id}, of {card.base}")
    check_weights(opened.roll, opened.weights)
    if not votes <= (opened.serving or opened.members) <= opened.members:
        raise Refused("roll_exceeds_members", f"{votes} votes, {opened.serving} serving of {opened.members} members")


def check_who_votes_for_others(opened: PollOpened) -> None:
    """Whom the card allows neither proxy nor substitute votes only in person."""
    card = opened.rule_card
    check_represented(opened.roll, opened.represented)
    kinds = {each.kind for each in opened.represented}
    if "proxy" in kinds and not card.allows_proxies:
        raise Refused("proxies_not_allowed", card.card_id)
    if "substitute" in kinds and not card.allows_substitutes:
        raise Refused("substitutes_not_allowed", card.card_id)
