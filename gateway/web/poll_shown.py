"""A poll as one person sees it: their ballot, whom they may vote for, and the result as far as it is for them."""

from dataclasses import dataclass
from uuid import UUID

from gateway.edge import Context
from gateway.texts import _
from gateway.web.poll_words import mark_words
from kernel.decider import Refused
from services.directory import views as directory
from services.directory.messages import UnitKind
from services.meeting import preparation_views as meetings
from services.meeting import sitting_views as sittings
from services.voting import disclosure
from services.voting import views as voting
from services.voting.messages import PollTallied


@dataclass(frozen=True)
class Shown:
    """`tally` is None for whom the result is not for, or not yet.

    `represented`: whom this person may vote for, of all `stand_ins`. `weights`: of who does not weigh 1.
    `withheld`: why only the outcome of a secret ballot is published; `figures` False: this person sees no more.
    """

    poll: voting.Poll
    members_word: str
    item_title: str
    on_roll: bool
    here: bool
    mine: voting.CastAs | None
    represented: list[voting.Represented]
    stand_ins: list[voting.Represented]
    weights: list[voting.Weighted]
    tally: PollTallied | None
    outcomes: list[voting.LineOutcome]
    withheld: disclosure.Reason | None
    figures: bool
    conducts: bool
    dictates: bool

    @property
    def changeable(self) -> bool:
        return self.poll.state == "open" and self.poll.rule_card.allows_change

    @property
    def my_words(self) -> list[tuple[str, str]]:
        """(mark, what it says) of this person's ballot."""
        words = mark_words(self.poll)
        return [(mark, words.get(mark, mark)) for mark in self.mine.marks] if self.mine else []


def shown(edge: Context, poll: voting.Poll, hall: bool = False) -> Shown:
    """`hall`: what stands on the wall is for everyone, whoever is signed in at the projector."""
    attendance = sittings.attendance_of(edge.views, poll.meeting_id, edge.me.person_id)
    sees = poll.state == "published" or (not hall and edge.allows("see_tally", poll_id=poll.poll_id))
    tally = voting.result(edge.views, poll.poll_id) if sees else None
    withheld = disclosure.withheld(poll, tally) if tally else None
    stand_ins = voting.represented(edge.views, poll.poll_id)
    item = meetings.item(edge.views, poll.meeting_id, poll.item_id) if poll.item_id else None
    return Shown(
        poll=poll,
        members_word=members_word(edge, the_meeting(edge, poll.meeting_id).body_id),
        item_title=item.title if item else "",
        on_roll=voting.on_roll(edge.views, poll.poll_id, edge.me.person_id),
        here=attendance is not None and attendance.here,
        mine=voting.my_ballot(edge.views, poll.poll_id, edge.me.person_id),
        represented=[each for each in stand_ins if each.holder_id == edge.me.person_id],
        stand_ins=stand_ins,
        weights=voting.weights(edge.views, poll.poll_id) if poll.weighted else [],
        tally=tally,
        outcomes=voting.lines(poll, tally) if tally else [],
        withheld=withheld,
        figures=withheld is None or (not hall and edge.allows("follow_count", poll_id=poll.poll_id)),
        conducts=edge.allows("conduct_polls", poll_id=poll.poll_id),
        dictates=edge.allows("record_dictation", poll_id=poll.poll_id),
    )


def members_word(edge: Context, body_id: UUID | str) -> str:
    body = directory.unit(edge.views, body_id)
    return _("đại biểu") if body and body.kind == UnitKind.people_council else _("thành viên")


def the_meeting(edge: Context, meeting_id: UUID | str) -> meetings.Meeting:
    meeting = meetings.meeting(edge.views, meeting_id)
    if meeting is None:
        raise Refused("not_found", str(meeting_id))
    return meeting
