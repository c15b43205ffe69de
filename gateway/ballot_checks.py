"""Who of a batch of voters may cast: every check of a single request, asked once for the whole batch.

Session and standing are read when the batch is served, as committed at that moment, and kept by nobody: who has signed
out, whose session was ended, who has left the hall or lost the right to see the meeting casts no ballot after that.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from sqlite3 import Connection
from uuid import UUID

import structlog

from gateway import policy, resources
from gateway.ballot_queue import Answer, Casting
from gateway.edge import Gate, subject_from_views
from gateway.policy.subject import Subject
from gateway.resources import Resource
from kernel.decider import Refused
from kernel.ids import derived, uuid7
from services.voting import views as voting
from services.voting.messages import CastBallot
from services.voting.standing import Standing, meetings_of, standing

log = structlog.get_logger()


class Desk:
    """Where voters show who they are, and their ballots go into the box."""

    def __init__(self, gate: Gate) -> None:
        self._gate = gate
        self._used: set[str] = set()

    def serve(self, batch: Sequence[Casting]) -> list[Answer]:
        """One answer for each, in order."""
        checked = self._checked(batch)
        commands = [each for each in checked if isinstance(each, CastBallot)]
        under = [c.traceparent for c, each in zip(batch, checked, strict=True) if isinstance(each, CastBallot)]
        answers = iter(self._gate.clients.cast(commands, under) if commands else [])
        return [next(answers) if isinstance(each, CastBallot) else each for each in checked]

    def note_use(self) -> None:
        """Of the sessions; it costs a sync to disk, hence after the answers."""
        used, self._used = self._used, set()
        if used:
            self._gate.identity.used(used)

    def _checked(self, batch: Sequence[Casting]) -> list[CastBallot | Refused]:
        now, connection = self._gate.clock(), self._gate.views.reader()
        people = self._gate.identity.subjects_of({each.token for each in batch})
        self._used |= people.keys()
        asked: dict[UUID, list[str]] = {}
        for each in batch:
            if each.token in people:
                asked.setdefault(each.poll_id, []).append(people[each.token])
        held = meetings_of(connection, [str(each) for each in asked])
        halls = {
            poll_id: Hall(
                connection,
                str(poll_id),
                resources.load(connection, {"meeting_id": held[str(poll_id)]}, now),
                standing(connection, str(poll_id), held[str(poll_id)], voters),
            )
            for poll_id, voters in asked.items()
            if str(poll_id) in held
        }
        return [checked(each, people.get(each.token), halls.get(each.poll_id), now) for each in batch]


class Hall:
    """What is known of one poll's meeting and of those who ask to vote."""

    def __init__(
        self, connection: Connection, poll_id: str, meeting: Resource | None, voters: Mapping[str, Standing]
    ) -> None:
        self._connection = connection
        self._poll_id = poll_id
        self.voters = voters
        self._meeting = meeting and meeting.with_facts(is_invited=lambda person_id: voters[person_id].invited)

    def require(self, action: str, voter: Standing) -> None:
        """Nearly all may as who they are. Roles only add rights, so they are looked up for whoever else asks."""
        try:
            policy.require(action, Subject(voter.person_id, "", unit_id=voter.unit_id), self._meeting)
        except Refused:
            policy.require(action, subject_from_views(self._connection, voter.person_id), self._meeting)

    def has_voted(self, voter_id: str) -> bool:
        return voting.my_ballot(self._connection, self._poll_id, voter_id) is not None


def checked(casting: Casting, person_id: str | None, hall: Hall | None, now: datetime) -> CastBallot | Refused:
    try:
        return entitled(casting, person_id, hall, now)
    except Refused as refused:
        return refused


def entitled(casting: Casting, person_id: str | None, hall: Hall | None, now: datetime) -> CastBallot:
    if person_id is None:
        raise Refused("not_signed_in")
    if hall is None:
        raise Refused("not_found", "cast_ballot")
    voter = hall.voters.get(person_id)
    if voter is None:
        raise Refused("not_signed_in")
    hall.require("cast_ballot", voter)
    if not voter.on_roll:
        log.warning("vote_outside_the_roll", poll=str(casting.poll_id), person=person_id)
        raise Refused("not_on_roll", person_id)
    if not (voter.here or hall.has_voted(voter.person_id)):
        raise Refused("not_present_to_vote", person_id)
    return command(casting, voter, now)


@lru_cache(20_000)
def named(person_id: str) -> UUID:
    return UUID(person_id)


def command(casting: Casting, voter: Standing, now: datetime) -> CastBallot:
    key = casting.key and derived(casting.key, voter.person_id)
    return CastBallot(
        id=key or uuid7(),
        actor=voter.person_id,
        at=now,
        correlation_id=key and derived(key, casting.asked),
        poll_id=casting.poll_id,
        voter_id=named(voter.person_id),
        choice=casting.choice,
        marks=casting.marks,
        remote=voter.attendance == "online",
    )
