"""The events of one meeting in the order of the log, and the search through the whole of it."""

import json
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from sqlite3 import Connection

from gateway import minutes_signing
from kernel.messages import Recorded
from kernel.ports import EventStore
from kernel.vietnam import VIETNAM
from services.signing import queries as signing
from services.voting import views as voting

BATCH = 2000
LOOKED_AT_ONCE = 100_000
"""Events that one request looks through; who searches on goes on from there."""

EVENTS_PER_VOTER = 4
"""Where the log grew by less for each voter of a roll, reading all of it is quicker than a stream for each."""


def of_meeting(store: EventStore, views: Connection, meeting_id: str) -> list[Recorded]:
    """Its own streams, its polls with their ballots, its documents, its minutes' signatures and the tasks from it."""
    prepared = store.read(f"meeting-{meeting_id}")
    found = list(prepared)
    for category in ("sitting", "minutes", "votingRights"):
        found += store.read(f"{category}-{meeting_id}")
    for item_id in _named(prepared, "AgendaItemAdded", "item_id"):
        found += store.read(f"conclusion-{meeting_id}+{item_id}")
    for document_id in _named(prepared, "DocumentAttached", "document_id"):
        found += store.read(f"document-{document_id}")
    signed_minutes = minutes_signing.document_id(meeting_id)
    found += store.read(f"document-{signed_minutes}")
    for order in signing.orders_of_document(views, signed_minutes):
        found += store.read(f"signing-{order.id}")
    for poll in voting.polls(views, meeting_id):
        found += _of_poll(store, poll.poll_id)
    tasks = views.execute("SELECT id FROM tasks WHERE meeting_id = ?", (meeting_id,)).fetchall()
    for row in tasks:
        found += store.read(f"task-{row['id']}")
    return sorted(found, key=lambda each: each.position)


def _named(events: list[Recorded], kind: str, field: str) -> list[str]:
    return list(dict.fromkeys(json.loads(each.data)[field] for each in events if each.type == kind))


def _of_poll(store: EventStore, poll_id: str) -> list[Recorded]:
    history = store.read(f"poll-{poll_id}")
    if not history:
        return []
    roll = json.loads(history[0].data)["roll"]
    ended = next((each for each in history if each.type in ("PollClosed", "PollCancelled")), None)
    until = ended.position if ended else store.wait(0, 0)
    if until - history[0].position >= EVENTS_PER_VOTER * len(roll):
        streams = (f"{category}-{poll_id}+{voter}" for voter in roll for category in ("ballot", "dictation"))
        return [*history, *(each for stream in streams for each in store.read(stream))]
    prefixes = (f"ballot-{poll_id}+", f"dictation-{poll_id}+")
    between = _after(store, history[0].position)
    cast = []
    for each in between:
        if each.position > until:
            break
        if each.stream.startswith(prefixes):
            cast.append(each)
    return [*history, *cast]


def _after(store: EventStore, position: int) -> Iterator[Recorded]:
    while batch := store.read_all(position, BATCH):
        yield from batch
        position = batch[-1].position


@dataclass(frozen=True)
class Wanted:
    """`stream`: its name or how it begins. `actors`: None for anybody. `after`: the log position to go on from."""

    stream: str = ""
    kind: str = ""
    actors: Collection[str] | None = None
    day: date | None = None
    after: int = 0

    def fits(self, recorded: Recorded) -> bool:
        return (
            recorded.stream.startswith(self.stream)
            and self.kind in ("", recorded.type)
            and (self.actors is None or recorded.actor in self.actors)
        )


@dataclass(frozen=True)
class Found:
    """`reached`: the position that was looked at last. `more`: there may be others behind it."""

    events: list[Recorded]
    reached: int
    more: bool


def search(store: EventStore, wanted: Wanted, limit: int) -> Found:
    """At most `limit` events in log order, and no further than one request may look."""
    whole = store.read(wanted.stream) if wanted.stream else []
    begin, end = _bounds(wanted.day)
    if whole:
        return _in_stream(whole, wanted, limit, begin, end)
    after = max(wanted.after, _before(store, begin) if begin else 0)
    found: list[Recorded] = []
    for looked, recorded in enumerate(_after(store, after)):
        if end and recorded.recorded_at >= end:
            return Found(found, after, False)
        if len(found) == limit or looked == LOOKED_AT_ONCE:
            return Found(found, after, True)
        after = recorded.position
        if wanted.fits(recorded):
            found.append(recorded)
    return Found(found, after, False)


def _in_stream(
    stream: list[Recorded], wanted: Wanted, limit: int, begin: datetime | None, end: datetime | None
) -> Found:
    fitting = [
        each
        for each in stream
        if each.position > wanted.after
        and wanted.fits(each)
        and (begin is None or end is None or begin <= each.recorded_at < end)
    ]
    listed = fitting[:limit]
    return Found(listed, listed[-1].position if listed else wanted.after, len(fitting) > limit)


def _bounds(day: date | None) -> tuple[datetime | None, datetime | None]:
    if day is None:
        return None, None
    begin = datetime.combine(day, time(), VIETNAM)
    return begin, begin + timedelta(days=1)


def position_at(store: EventStore, moment: datetime) -> int:
    """The last log position that was recorded before this moment; 0 for none."""
    return _before(store, moment)


def _before(store: EventStore, moment: datetime) -> int:
    return _last(store, lambda recorded: recorded.recorded_at < moment)


def _last(store: EventStore, fits: Callable[[Recorded], bool]) -> int:
    """The position of the last event that fits, where all that fit stand before all that do not."""
    low, high = 0, store.wait(0, 0)
    while low < high:
        middle = (low + high) // 2
        found = store.read_all(middle, 1)
        if found and fits(found[0]):
            low = found[0].position
        else:
            high = middle
    return low
