"""Ten thousand voters cast from two devices each while the poll is closed: nobody is counted twice, or told a lie."""

from collections.abc import Iterator

import pytest

from gateway.identity.store_sqlite import SqliteIdentityStore
from tests.big_hall import BigHall
from tests.casting import Race
from tests.distributed.rounds import ROUNDS
from tests.stamps import ids
from tests.world import COUNCIL, World

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800)]

VOTERS = 10_000 if ROUNDS >= 20 else 2_000


@pytest.fixture(scope="module")
def race(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[World, Race]]:
    world = World(tmp_path_factory.mktemp("data"))
    store = world.embedded.store
    identity = SqliteIdentityStore(world.settings.data_dir / "identity.db")
    yield world, Race(store, identity, world.settings, BigHall(store, VOTERS, COUNCIL, ids("chair")))
    identity.close()
    world.close()


@pytest.mark.parametrize("seed", range(ROUNDS))
def test_every_receipt_is_honoured_and_every_refusal_told(race: tuple[World, Race], seed: int) -> None:
    world, hall = race
    hall.run([world.serve()], seed, world.settle)
