"""Finds the events that one meeting's record is made of, stream by stream."""

import re
from collections.abc import Iterable
from uuid import UUID

from kernel.codec import Codec
from kernel.messages import Event, Recorded
from kernel.ports import EventStore
from services.directory import messages as directory
from services.meeting import messages as meeting
from services.meeting.record import assemble
from services.meeting.record_facts import Record
from services.voting import messages as voting

CODEC = Codec((*directory.EVENTS, *meeting.EVENTS, *voting.EVENTS))
UUID_TEXT = re.compile(rb"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")

Decoded = list[tuple[Recorded, Event]]


def read_record(store: EventStore, meeting_id: UUID, poll_ids: Iterable[str], as_of: int) -> Record:
    """The record from the log itself; `poll_ids` are the polls of the meeting, as its views know them."""
    happened = [*_read(store, _sitting_streams(meeting_id)), *_polls(store, poll_ids)]
    agenda_items = {each.item_id for _, each in happened if isinstance(each, meeting.AgendaItemAdded)}
    happened += _read(store, (f"conclusion-{meeting_id}+{item_id}" for item_id in sorted(agenda_items)))
    told = _opinions(store, meeting_id, happened)
    return assemble(meeting_id, [*happened, *told, *_named_in(store, happened)], as_of)


def _sitting_streams(meeting_id: UUID) -> list[str]:
    return [f"meeting-{meeting_id}", f"sitting-{meeting_id}"]


def _polls(store: EventStore, poll_ids: Iterable[str]) -> Decoded:
    found: Decoded = []
    for poll_id in poll_ids:
        history = _read(store, [f"poll-{poll_id}"])
        rolls = (event.roll for _, event in history if isinstance(event, voting.PollOpened))
        found += history
        found += _read(store, (f"ballot-{poll_id}+{voter_id}" for roll in rolls for voter_id in roll))
    return found


def _opinions(store: EventStore, meeting_id: UUID, happened: Decoded) -> Decoded:
    """The opinion forms whose results the body's session was told of."""
    bodies = [each.body_id for _, each in happened if isinstance(each, meeting.MeetingPlanned)]
    reports = _read(store, (f"opinionReport-{body_id}" for body_id in bodies))
    told = [
        each.form_id
        for _, each in reports
        if isinstance(each, voting.OpinionResultReported) and each.meeting_id == meeting_id
    ]
    return [*reports, *_read(store, (f"opinionForm-{form_id}" for form_id in told))]


def _named_in(store: EventStore, events: Decoded) -> Decoded:
    """The people and units whose ids occur in the events, and the units that those belong to."""
    found: Decoded = []
    seen: set[bytes] = set()
    wanted = _ids(events)
    while wanted:
        seen |= wanted
        names = [each.decode() for each in sorted(wanted)]
        fresh = _read(store, (f"{category}-{each}" for each in names for category in ("person", "unit")))
        found += fresh
        wanted = _ids(fresh) - seen
    return found


def _ids(events: Decoded) -> set[bytes]:
    return {each for recorded, _ in events for each in UUID_TEXT.findall(recorded.data)}


def _read(store: EventStore, streams: Iterable[str]) -> Decoded:
    return [(recorded, CODEC.decode(recorded)) for stream in streams for recorded in store.read(stream)]
