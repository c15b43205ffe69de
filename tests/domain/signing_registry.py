"""The signing service in memory, with its log, its views and its reactions, held against the laws at every event."""

import sqlite3
from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine

from kernel import search
from kernel.adapters.store_sqlite import SqliteStore
from kernel.decider import Refused
from kernel.messages import Command, Event, Recorded
from kernel.vietnam import day_of
from services.signing import copying, official, order, views
from services.signing.checking import Checked
from services.signing.messages.incoming import Verdict
from services.signing.service import CODEC, REACTS_TO, SigningService
from tests.domain.signing_laws import Laws
from tests.stamps import STAMP_AT, ids, stamp

PEOPLE = ("an", "binh", "chi")
SIGNERS = (*PEOPLE, "clerk")
VALID = Checked(Verdict.valid, "valid", ("Chủ tịch",))


STAGES = {
    official.Draft: ("draft",),
    official.InSigning: ("in_signing",),
    official.Signed: ("signed", "numbering"),
    official.Numbered: ("numbered", "sealing"),
    official.Sealed: ("sealed",),
    official.Issued: ("issued",),
    official.Withdrawn: ("withdrawn",),
    official.Abandoned: ("abandoned",),
}

COPY_STAGES = {
    copying.ToBeSealed: "sealing",
    copying.Sealed: "numbering",
    copying.Numbered: "numbered",
    copying.Issued: "issued",
    copying.Declined: "declined",
}


def empty_views() -> sqlite3.Connection:
    shown = sqlite3.connect(":memory:")
    shown.row_factory = sqlite3.Row
    shown.executescript(search.SCHEMA + views.SCHEMA)
    return shown


class Registry(RuleBasedStateMachine):
    """Each command is sent twice, as when the answer to the first was lost."""

    def __init__(self) -> None:
        super().__init__()
        self.store = SqliteStore(":memory:")
        self.service = SigningService(self.store, "test.dienhong", lambda _sha256: VALID)
        self.views = empty_views()
        self.made_from: dict[str, str] = {}
        self.laws = Laws(self.made_from)
        self.log: list[tuple[Recorded, Event]] = []
        self.due: list[tuple[Recorded, Event]] = []
        self.now, self.made = STAMP_AT, 0

    def new(self, what: str) -> UUID:
        self.made += 1
        return ids(f"{what} {self.made}")

    def bytes_from(self, sha256: str | None = None) -> str:
        self.made += 1
        fresh = f"{self.made:064x}"
        if sha256:
            self.made_from[fresh] = sha256
        return fresh

    def does(self, kind: Callable[..., Command] | Command, **fields: Any) -> None:
        """What is refused leaves no trace; what was accepted is answered in the same way when it comes again."""
        command = kind if isinstance(kind, Command) else stamp(kind, at=self.now, **fields)  # type: ignore[type-var]
        head = len(self.log)
        try:
            first = self.service.execute(command)
        except Refused:
            self.take_in()
            assert len(self.log) == head
            return
        self.take_in()
        head = len(self.log)
        assert self.service.execute(command) == first
        self.take_in()
        assert len(self.log) == head

    def take_in(self) -> None:
        for recorded in self.store.read_all(self.log[-1][0].position if self.log else 0, 1000):
            event = CODEC.decode(recorded)
            self.laws.hold(recorded, event, day_of(self.now))
            views.project(self.views, recorded, event)
            self.log.append((recorded, event))
            if recorded.type in REACTS_TO:
                self.due.append((recorded, event))

    def state(self, decider: Any, stream: str) -> Any:
        return decider.fold(CODEC.decode(each) for each in self.store.read(stream))

    def streams(self, category: str) -> list[UUID]:
        known = [each for each in self.laws.streams if each.startswith(f"{category}-")]
        return [UUID(each.removeprefix(f"{category}-")) for each in known]

    def one(self, data: st.DataObject, category: str) -> UUID:
        return data.draw(st.sampled_from(self.streams(category) or [ids("nothing")]))

    def all_due_come(self) -> None:
        while self.due:
            self.react(*self.due.pop(0))

    def comes_again(self, reactions: Sequence[tuple[Recorded, Event]]) -> None:
        head = len(self.log)
        for each in reactions:
            self.react(*each)
        assert len(self.log) == head

    def react(self, recorded: Recorded, event: Event) -> None:
        self.service.on_event(recorded, event)
        self.take_in()

    def read(self, order_id: UUID, fresh: bool) -> tuple[str, str]:
        """What somebody read, and the same bytes with their signature."""
        state = self.state(order.decider, order.stream(order_id))
        seen = state.sha256 if fresh and isinstance(state, order.Waiting) else self.bytes_from()
        return seen, self.bytes_from(seen)

    def teardown(self) -> None:
        self.all_due_come()
        self.comes_again([each for each in reversed(self.log) if each[0].type in REACTS_TO])
        again = empty_views()
        for recorded, event in self.log:
            views.project(again, recorded, event)
        assert list(again.iterdump()) == list(self.views.iterdump())
        self.views_say_what_is_so()
        again.close()
        self.views.close()
        self.store.close()

    def views_say_what_is_so(self) -> None:
        waits: set[tuple[str, str]] = set()
        for each in self.streams("signing"):
            state = self.state(order.decider, order.stream(each))
            if isinstance(state, order.Waiting):
                waits |= {(str(each), str(ids(name))) for name in SIGNERS if state.waits_for(ids(name))}
        assert {tuple(each) for each in self.views.execute("SELECT order_id, person_id FROM signing_waits")} == waits
        stages = dict(self.views.execute("SELECT id, stage FROM officials").fetchall())
        for each in self.streams("official"):
            assert stages[str(each)] in STAGES[type(self.state(official.decider, official.stream(each)))]
        stages = dict(self.views.execute("SELECT id, stage FROM copies").fetchall())
        for each in self.streams("copy"):
            assert stages[str(each)] == COPY_STAGES[type(self.state(copying.decider, copying.stream(each)))]
        entries = self.views.execute("SELECT body_id, year, series, number, state FROM register_entries")
        kept = [
            (str(r.body_id), r.year, r.series, *entry) for r, book in self.laws.books.items() for entry in book.items()
        ]
        assert sorted(tuple(each) for each in entries) == sorted(kept)
