"""An election of persons: who reaches the card's threshold is elected, the most votes first, up to the open posts."""

from collections.abc import Mapping, Sequence

from kernel.decider import Refused
from services.voting import rules
from services.voting.messages import Election, LineResult, PollOpened
from services.voting.methods.result import Result
from services.voting.rules import Count


def check_question(opened: PollOpened) -> None:
    method = _method(opened)
    if opened.lines:
        raise Refused("lines_not_of_method", method.kind)
    if not method.minimum <= method.maximum <= min(len(opened.choices), method.posts):
        raise Refused(
            "election_range",
            f"{method.minimum} to {method.maximum} of {len(opened.choices)} for {method.posts} posts",
        )
    persons = [choice.person_id for choice in opened.choices if choice.person_id is not None]
    if len(set(persons)) < len(persons):
        raise Refused("duplicate_candidate")
    if (method.round > 1) != (method.follows is not None):
        raise Refused("election_round", "a further round names the poll that it follows")
    if opened.rule_card.tie_to_chair:
        raise Refused("card_not_for_method", method.kind)


def marks_of(opened: PollOpened) -> tuple[str, ...]:
    return tuple(candidate.key for candidate in opened.choices)


def check_marks(opened: PollOpened, marks: Sequence[str]) -> None:
    method = _method(opened)
    if len(set(marks)) < len(marks):
        raise Refused("duplicate_mark")
    if len(marks) > method.maximum:
        raise Refused("too_many_marks", f"{len(marks)} of {method.maximum}")
    if len(marks) < method.minimum:
        raise Refused("too_few_marks" if marks else "empty_ballot", f"{len(marks)} of {method.minimum}")


def is_possible(opened: PollOpened, count: Count) -> bool:
    method, marked = _method(opened), sum(count.votes.values())
    in_range = method.minimum * count.valid <= marked <= method.maximum * count.valid
    return in_range and all(votes <= count.valid for votes in count.votes.values())


def outcome(opened: PollOpened, count: Count) -> Result:
    method, base = _method(opened), rules.base_of(opened, count.cast)
    needed = rules.votes_needed(opened.rule_card, base)
    votes = {candidate.key: count.votes.get(candidate.key, 0) for candidate in opened.choices}
    elected = elected_of(votes, needed, method.posts)
    open_posts = method.posts - len(elected)
    return Result(
        base_count=base,
        needed=needed,
        passed=open_posts == 0,
        lines=tuple(
            LineResult(key=key, votes=number, needed=needed, passed=key in elected) for key, number in votes.items()
        ),
        open_posts=open_posts,
    )


def elected_of(votes: Mapping[str, int], needed: int, posts: int) -> frozenset[str]:
    """Equal votes that would fill more than the posts left elect nobody of the equals, nor anybody with fewer."""
    enough = {key: number for key, number in votes.items() if number >= needed}
    return frozenset(
        key for key, number in enough.items() if sum(other >= number for other in enough.values()) <= posts
    )


def _method(opened: PollOpened) -> Election:
    assert isinstance(opened.method, Election)
    return opened.method
