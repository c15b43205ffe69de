"""The states of what people were shown, as they were recorded, against what the log gives at the same positions."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from audit.findings import Report
from dienhong.embedded import CODEC
from gateway.shown_state import hashed, made_by
from gateway.views import Views
from kernel.messages import Recorded
from kernel.ports import EventStore
from services.directory.messages import EventErased, StateHashed

BATCH = 1000


@dataclass(frozen=True)
class States:
    """`latest` of each copy of the views that this version of the program has made, in log order.

    `others`: some were recorded by other versions. `forgotten_at`: of the last order that words be erased, 0 for none.
    """

    latest: tuple[StateHashed, ...]
    others: bool
    forgotten_at: int


def recorded_states(log: EventStore, end: int) -> States:
    """Those up to a position; orders of erasure wherever they stand, as they reach back."""
    latest, others, forgotten_at = dict[str, StateHashed](), False, 0
    for recorded in _all(log):
        if recorded.type == EventErased.__name__:
            forgotten_at = recorded.position
        elif recorded.type == StateHashed.__name__ and recorded.position <= end:
            state = CODEC.decode(recorded)
            assert isinstance(state, StateHashed)
            others = others or state.made_by != made_by()
            if state.made_by == made_by():
                latest[state.replica] = state
    return States(tuple(sorted(latest.values(), key=lambda each: each.position)), others, forgotten_at)


def compare_states(report: Report, states: States, views: Views, go_to: Callable[[int], None]) -> None:
    """`go_to` brings the views to a position of the log, each later than the one before."""
    for state in states.latest:
        go_to(state.position)
        built = hashed(views.path).tables
        differing = sorted(
            each for each in built.keys() | state.tables.keys() if built.get(each) != state.tables.get(each)
        )
        forgotten = states.forgotten_at > state.position
        for table in differing:
            code = "state_not_comparable" if forgotten else "state_differs"
            report.add(code, f"{table} at position {state.position}, replica {state.replica}")
    if states.others and not states.latest:
        report.add("state_not_comparable", "recorded by another version of the program")
    report.facts["states"] = [each.position for each in states.latest]


def _all(log: EventStore) -> Iterator[Recorded]:
    after = 0
    while batch := log.read_all(after, BATCH):
        yield from batch
        after = batch[-1].position
