"""The load itself: a test that fails under it ends at once, though its people would ask for ever."""

from collections.abc import Callable
from contextlib import ExitStack

import pytest

from tests.distributed.deployment import Deployment, asleep
from tests.distributed.load import Load, registers_people

pytestmark = [pytest.mark.needs("postgres", "rabbitmq"), pytest.mark.slow, pytest.mark.timeout(600)]


class NodeFailed(Exception):
    pass


def test_a_failure_while_nobody_is_answered_ends_the_load(
    deployment: Deployment, eventually: Callable[[Callable[[], bool]], None]
) -> None:
    with ExitStack() as silence, pytest.raises(NodeFailed), Load(deployment, registers_people) as load:
        silence.enter_context(asleep(deployment.children["directory"]))
        eventually(lambda: load.retried["503"] > 1)
        raise NodeFailed
    assert not any(isinstance(each.exception(), TimeoutError) for each in load._running)
    deployment.check()
