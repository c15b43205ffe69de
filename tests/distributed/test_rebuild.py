"""A gateway replica's views are rebuilt from the shared log while the others go on, but never under a running one."""

from pathlib import Path

import pytest

from dienhong.distributed import Gateway
from dienhong.nodes.postgres import PostgresNode
from dienhong.nodes.rabbitmq import RabbitNode
from dienhong.rebuild import Rebuilt, rebuild_views
from gateway.views import contents
from kernel.ports import StoreInUse
from tests.processes import composer
from tests.world import World

pytestmark = pytest.mark.needs("postgres", "rabbitmq")


def nothing(_position: int) -> None:
    pass


def test_a_stopped_replica_is_rebuilt_and_a_running_one_is_left_alone(
    tmp_path: Path, postgres_node: PostgresNode, rabbit_node: RabbitNode
) -> None:
    world = World(tmp_path / "data", composer(postgres_node, rabbit_node))
    try:
        running = world.embedded.settings
        with pytest.raises(StoreInUse):
            rebuild_views(running, nothing)
        other = running.model_copy(update={"replica": "2"})
        with pytest.raises(StoreInUse):
            Gateway(running)
        gateway = Gateway(other)
        gateway.start()
        gateway.stop()
        head = world.embedded.store.wait(0, 0)
        assert rebuild_views(other, nothing) == Rebuilt(head, differing=(), polls=0, polls_differing=())
        (tmp_path / "data" / "views-2.db").unlink()
        assert rebuild_views(other, nothing) == Rebuilt(head, differing=None, polls=0, polls_differing=())
        assert contents(tmp_path / "data" / "views-2.db") == contents(tmp_path / "data" / "views-1.db")
    finally:
        world.close()
