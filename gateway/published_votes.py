"""The vote that a resolution names, as far as it is published."""

from dataclasses import dataclass
from sqlite3 import Connection
from uuid import UUID

from services.voting import disclosure
from services.voting import views as voting
from services.voting.views import Poll


@dataclass(frozen=True)
class Vote:
    """`counts`: votes by the words on the paper. `passed` is None until it is published.

    `votes_for` of `base` decided; none of lines, and none of a secret ballot whose figures would tell who voted how.
    """

    poll_id: str
    question: str
    passed: bool | None
    votes_for: int | None = None
    base: int | None = None
    counts: tuple[tuple[str, int], ...] = ()
    not_cast: int | None = None


def passed(connection: Connection, meeting_id: UUID | str, item_id: UUID | str) -> Poll | None:
    """The item's latest poll whose published result is that it passed."""
    held = (each for each in voting.polls(connection, meeting_id) if each.item_id == str(item_id))
    return next((each for each in held if has_passed(connection, each)), None)


def has_passed(connection: Connection, poll: Poll | None) -> bool:
    if poll is None or poll.state != "published":
        return False
    tally = voting.result(connection, poll.poll_id)
    return tally is not None and tally.passed


def vote(connection: Connection, poll: Poll) -> Vote:
    tally = voting.result(connection, poll.poll_id) if poll.state == "published" else None
    if tally is None:
        return Vote(poll.poll_id, poll.question, None)
    if poll.method.kind != "single_choice" or disclosure.withheld(poll, tally):
        return Vote(poll.poll_id, poll.question, tally.passed)
    return Vote(
        poll.poll_id,
        poll.question,
        tally.passed,
        tally.votes_for,
        tally.base_count,
        tuple((choice.label, tally.counts.get(choice.key, 0)) for choice in poll.choices),
        tally.not_cast,
    )
