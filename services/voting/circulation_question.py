"""What is asked by an opinion form: what makes it undecidable, and how its answers are counted. Pure."""

from collections import Counter
from datetime import timedelta

from kernel.decider import Refused
from services.voting import rules
from services.voting.messages.circulation import (
    AnswersCounted,
    CountAnswers,
    DraftOpinionForm,
    OpinionFormCirculated,
    ReviseOpinionForm,
)

FORESEEABLE = timedelta(days=3660)
"""A deadline lies within ten years; what lies beyond is a slip, and calendars end."""


def check_draft(command: DraftOpinionForm | ReviseOpinionForm) -> None:
    """What could never be decided is refused while its clerk can still change it."""
    card, choices = command.rule_card, command.choices
    if command.due_at <= command.at:
        raise Refused("deadline_passed", str(command.due_at))
    if command.due_at - command.at > FORESEEABLE:
        raise Refused("due_too_far", str(command.due_at))
    if len({choice.key for choice in choices}) < len(choices):
        raise Refused("duplicate_choice")
    counts_once = sum(choice.counts_for for choice in choices) == 1
    if not counts_once or any(choice.counts_for and choice.counts_against for choice in choices):
        raise Refused("one_choice_for", "exactly one choice counts toward the threshold, and not against it too")
    if card.share > 1 or (card.share == 1 and card.threshold == "more_than"):
        raise Refused("impossible_threshold", str(card.share))
    if card.tie_to_chair and not any(choice.counts_against for choice in choices):
        raise Refused("no_choice_against", "a tie needs a choice against")
    if card.base == "present":
        raise Refused("nobody_present", "outside a session nobody is present")
    if card.silence == "agreement" and not command.silence_basis:
        raise Refused("silence_basis_needed")
    if len({clause.key for clause in command.clauses}) < len(command.clauses):
        raise Refused("duplicate_clause")


def check_roll(sent: OpinionFormCirculated) -> None:
    twice = [voter for voter, times in Counter(sent.roll).items() if times > 1]
    if twice:
        raise Refused("duplicate_voter", str(twice[0]))
    if len(sent.roll) > sent.members:
        raise Refused("roll_exceeds_members", f"{len(sent.roll)} voters of {sent.members} members")
    if sent.rule_card.tie_to_chair and sent.chair_id not in sent.roll:
        raise Refused("chair_not_on_roll", str(sent.chair_id))


def counted(command: CountAnswers, sent: OpinionFormCirculated) -> AnswersCounted:
    """Where silence is agreement, each member without an answer counts as one vote for, the chair like any other."""
    keys = {choice.key for choice in sent.choices}
    unknown = (set(command.counts) | {command.chair_choice} - {None}) - keys
    if unknown:
        raise Refused("unknown_choice", str(sorted(map(str, unknown))))
    answered = sum(command.counts.values())
    if min(command.counts.values(), default=0) < 0 or answered > len(sent.roll):
        raise Refused("impossible_count", f"{command.counts} of {len(sent.roll)} voters")
    counts = {choice.key: command.counts.get(choice.key, 0) for choice in sent.choices}
    choice_for = next(choice.key for choice in sent.choices if choice.counts_for)
    silent = len(sent.roll) - answered
    agreed = silent if sent.rule_card.silence == "agreement" else 0
    weighed = {**counts, choice_for: counts[choice_for] + agreed}
    base = rules.base_count(
        sent.rule_card, members=sent.members, serving=sent.serving, present=0, cast=answered + agreed
    )
    chair_agrees = bool(agreed) and command.chair_choice is None
    found = rules.decision(
        sent.rule_card,
        sent.choices,
        weighed,
        base=base,
        chair_choice=choice_for if chair_agrees else command.chair_choice,
    )
    return AnswersCounted(
        form_id=sent.form_id,
        counts=counts,
        answered=answered,
        silent=silent,
        silent_agreed=agreed,
        base_count=base,
        needed=rules.votes_needed(sent.rule_card, base),
        votes_for=found.votes_for,
        passed=found.passed,
        decided_by_chair=found.decided_by_chair,
        card_id=sent.rule_card.card_id,
        comments=command.comments,
    )
