"""Scenarios of the vote, every service a process, over the protocol double of KurrentDB as a process of its own.

That shows that services, relay and gateway work over the adapter by its connection, with checkpoints in files. It shows
nothing of KurrentDB itself: how it stores, elects leaders, or bears load (see `tests/contract/kurrent_double.py`).
"""

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from dienhong.nodes.processes import Child
from dienhong.nodes.rabbitmq import RabbitNode
from kernel.adapters.progress_sqlite import SqliteProgress
from kernel.ids import uuid7
from kernel.settings import Settings
from tests.processes import Distributed, environment, unhandled
from tests.scenario import test_voting as voting
from tests.scenario.test_voting import Hall
from tests.scenario.test_voting import hall as hall

pytestmark = pytest.mark.needs("rabbitmq")


class OnDouble(Distributed):
    """Passwords, checkpoints and documents stand in the data folder, as on one machine with KurrentDB."""

    def __init__(self, settings: Settings, clock: Callable[[], datetime], rabbit: RabbitNode) -> None:
        self._double = subprocess.Popen(
            [sys.executable, "-m", "tests.contract.kurrent_double"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._double.stdout is not None
        addresses = {
            "store_url": self._double.stdout.readline().strip(),
            "bus_url": rabbit.url(f"test-{uuid7().hex}"),
            "bus_admin_url": rabbit.admin_url,
            "rpc_timeout_seconds": 30,
        }
        super().__init__(settings.model_copy(update=addresses), clock)

    def stop(self) -> None:
        try:
            super().stop()
        finally:
            self._double.communicate()


@pytest.fixture(scope="module")
def compose(rabbit_node: RabbitNode) -> Iterator[Callable[..., Any]]:
    """In place of every scenario's own composition."""
    yield lambda settings, clock: OnDouble(settings, clock, rabbit_node)


test_a_vote_from_its_opening_to_the_published_result = voting.test_a_poll_is_opened_voted_closed_counted_and_published
test_a_ballot_is_given_once = voting.test_a_double_tap_gives_the_same_receipt_and_a_changed_mind_is_refused
test_nobody_votes_late = voting.test_after_the_close_nobody_votes


def test_a_new_replica_with_a_folder_of_its_own_repeats_every_reaction_without_effect(
    hall: Hall, tmp_path: Path, eventually: Callable[[Callable[[], bool]], None]
) -> None:
    hall.closes(hall.asks())
    store, settings = hall.world.embedded.store, hall.world.embedded.settings
    before = store.read_all(0, 100_000)
    folder = tmp_path / "replica"
    folder.mkdir()
    variables = environment(settings.model_copy(update={"data_dir": folder}))
    replicas = [Child(each, ["dienhong.hosting", each], variables, lambda _: None) for each in ("voting", "meeting")]
    with ExitStack() as ending:
        progress = SqliteProgress(folder / "followers.db")
        ending.callback(progress.close)
        for each in replicas:
            ending.callback(each.stop)
            each.start()
        theirs = {"voting.tally", "meeting.preparation"}
        eventually(lambda: theirs.isdisjoint(name for name, _position in unhandled(store, progress)))
        assert progress.get("voting.tally") > 0
    assert [each.id for each in store.read_all(0, 100_000)] == [each.id for each in before]
