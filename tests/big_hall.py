"""A session with thousands of voters who are all present and signed in, written straight into the log."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid5

from dienhong.embedded import CODEC
from gateway.identity.sessions import Sessions
from gateway.identity.store import IdentityStore
from kernel.ids import uuid7
from kernel.messages import Command, Event
from kernel.ports import MAX_EVENTS_PER_APPEND, NO_STREAM, Append, Appended, EventStore
from kernel.settings import Settings
from services.directory.messages import AccountOpened, PersonRegistered
from services.meeting.messages import (
    Arrived,
    Invitee,
    MeetingKind,
    MeetingPlanned,
    MeetingPublished,
    Mode,
    Quorum,
    RollCallOpened,
    SessionOpened,
)
from services.voting.messages import Choice, PollClosed, PollOpened, QuorumSnapshot, RuleCard
from tests.stamps import ids

BATCH = 200
CHOICES = (
    Choice(key="for", label="Tán thành", counts_for=True),
    Choice(key="against", label="Không tán thành", counts_against=True),
    Choice(key="not_voting", label="Không biểu quyết"),
)
HALF = RuleCard(
    card_id="council_more_than_half",
    title="Quá một nửa tổng số đại biểu",
    legal_basis="Luật 65/2025/QH15",
    certainty="A",
    base="all_members",
    threshold="more_than",
    numerator=1,
    denominator=2,
)


class BigHall:
    def __init__(self, store: EventStore, voters: int, body_id: UUID, chair_id: UUID) -> None:
        self._store = store
        self.meeting_id = uuid7()
        self.voters = tuple(uuid5(self.meeting_id, f"voter {number}") for number in range(voters))
        self._body_id, self._chair_id = body_id, chair_id
        self._people()
        self._meeting()
        self._arrivals()

    def asks(self) -> UUID:
        """A poll whose roll is everybody."""
        poll_id, size = uuid7(), len(self.voters)
        opened = PollOpened(
            poll_id=poll_id,
            meeting_id=self.meeting_id,
            question="Thông qua?",
            roll=self.voters,
            choices=CHOICES,
            rule_card=HALF,
            members=size,
            quorum=QuorumSnapshot(seats=size, needed=1, present=size, as_of=1),
            chair_id=self._chair_id,
        )
        self._append(f"poll-{poll_id}", [opened])
        return poll_id

    def closes(self, poll_id: UUID) -> int:
        """The position of the close."""
        return self._append(f"poll-{poll_id}", [PollClosed(poll_id=poll_id)], expected=0).first_position

    def _people(self) -> None:
        for start in range(0, len(self.voters), BATCH):
            written = [
                self._events(
                    f"person-{person_id}",
                    [
                        PersonRegistered(person_id=person_id, full_name=f"Đại biểu {number}"),
                        AccountOpened(person_id=person_id, login=f"d{person_id}"),
                    ],
                )
                for number, person_id in enumerate(self.voters[start : start + BATCH], start)
            ]
            assert all(isinstance(each, Appended) for each in self._store.append_each(written))

    def _meeting(self) -> None:
        begins = datetime.now(UTC)
        planned = MeetingPlanned(
            meeting_id=self.meeting_id,
            body_id=self._body_id,
            kind=MeetingKind.session_regular,
            title="Kỳ họp đông người",
            place="Hội trường",
            starts_at=begins,
            ends_at=begins + timedelta(hours=4),
            presiding_officer_id=self._chair_id,
            minute_taker_id=self._chair_id,
        )
        invitees = tuple(Invitee(person_id=each, voting=True) for each in self.voters)
        published = MeetingPublished(meeting_id=self.meeting_id, invitees=invitees, papers_due_at=begins, late=False)
        self._append(f"meeting-{self.meeting_id}", [planned, published])

    def _arrivals(self) -> None:
        meeting_id, size = self.meeting_id, len(self.voters)
        quorum = Quorum(seats=size, numerator=1, denominator=2)
        opened = RollCallOpened(meeting_id=meeting_id, code="123456", voters=self.voters, quorum=quorum)
        arrived = [
            Arrived(meeting_id=meeting_id, person_id=each, mode=Mode.in_person, by="self") for each in self.voters
        ]
        history: list[Event] = [opened, *arrived, SessionOpened(meeting_id=meeting_id, present=size, needed=1)]
        for start in range(0, len(history), MAX_EVENTS_PER_APPEND):
            page = history[start : start + MAX_EVENTS_PER_APPEND]
            self._append(f"sitting-{meeting_id}", page, expected=start - 1)

    def _append(self, stream: str, events: Sequence[Event], expected: int = NO_STREAM) -> Appended:
        made = self._events(stream, events)
        return self._store.append(stream, made.events, expected)

    @staticmethod
    def _events(stream: str, events: Sequence[Event]) -> Append:
        cause = Command(id=uuid7(), actor=str(ids("admin")), at=datetime.now(UTC))
        new = [CODEC.encode(event, cause, index, "test.dienhong") for index, event in enumerate(events)]
        return Append(stream, new, NO_STREAM)


def sign_in(store: IdentityStore, settings: Settings, people: Sequence[UUID]) -> list[str]:
    """A session's token for each; passwords would take minutes to hash."""
    sessions = Sessions(store, settings, lambda: datetime.now(UTC))
    with store.writing() as transaction:
        return [sessions.begin(transaction, str(each), "127.0.0.1", "") for each in people]
