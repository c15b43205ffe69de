"""RabbitMQ killed, wiped and robbed of its queues under load: it holds nothing that the log does not have."""

import subprocess
import sys
from collections.abc import Callable
from uuid import UUID

import pytest

from dienhong.bus import ask, check, setup
from dienhong.nodes.rabbitmq import RabbitNode
from kernel.adapters.bus_rabbit import connected
from kernel.ids import uuid7
from kernel.relay import BusUnavailable
from kernel.settings import Settings
from services.directory.messages import RegisterPerson
from services.directory.service import DirectoryService
from services.voting.messages import ClosePoll
from services.voting.service import VotingService
from tests.distributed.conftest import stamped
from tests.distributed.deployment import Deployment, asleep
from tests.distributed.load import Load, concludes, holds_polls, registers_people, uploads_documents
from tests.distributed.rounds import ROUNDS
from tests.processes import environment
from tests.scenario.test_voting import Hall

pytestmark = [pytest.mark.needs("postgres", "rabbitmq"), pytest.mark.slow, pytest.mark.timeout(1200)]
Eventually = Callable[[Callable[[], bool]], None]

WORKS = (registers_people, uploads_documents, concludes, holds_polls)
POLL_CLOSED = "evt-voting-PollClosed--voting.on_event"
POLLS = 5


def bus(verb: str, settings: Settings) -> tuple[int, str]:
    """What an operator types; the exit code and what it says."""
    command = [sys.executable, "-m", "dienhong", "bus", verb]
    done = subprocess.run(command, env=environment(settings), capture_output=True, text=True, timeout=180, check=False)
    return done.returncode, done.stderr


def test_a_broker_that_is_killed_and_returns_costs_only_retries(
    deployment: Deployment, rabbit_node: RabbitNode, eventually: Eventually
) -> None:
    with Load(deployment, *WORKS) as load:
        for round_ in range(ROUNDS):
            load.goes_on(1 + round_ % 3)
            rabbit_node.kill()
            rabbit_node.start()
            load.goes_on(1)
    load.check()
    assert load.retried["503"] >= ROUNDS
    eventually(lambda: check(deployment.settings) == [])
    assert bus("check", deployment.settings)[0] == 0


def test_a_broker_that_lost_its_data_and_dies_again_within_a_second_of_being_set_up_is_set_up_once_more(
    deployment: Deployment, rabbit_node: RabbitNode, eventually: Eventually
) -> None:
    """RabbitMQ may forget, or lose the leaders of, queues so young, with messages in them that it had confirmed."""
    with Load(deployment, *WORKS) as load:
        for round_ in range(ROUNDS):
            rabbit_node.kill()
            rabbit_node.wipe()
            rabbit_node.start()
            with pytest.raises(BusUnavailable, match="vhost .* not found: run `dienhong bus setup`"):
                check(deployment.settings)
            setup(deployment.settings)
            load.stopping.wait(round_ * 7 % 20 / 20)  # the age at which it dies: up to a second
            rabbit_node.kill()
            rabbit_node.start()
            setup(deployment.settings)
            load.goes_on(1)
    load.check()
    eventually(lambda: check(deployment.settings) == [])


def test_the_operator_is_told_that_the_broker_lost_its_data_and_how_to_go_on(
    deployment: Deployment, rabbit_node: RabbitNode, eventually: Eventually
) -> None:
    rabbit_node.kill()
    rabbit_node.wipe()
    rabbit_node.start()
    code, said = bus("check", deployment.settings)
    assert (code, "not found: run `dienhong bus setup`" in said) == (1, True), said
    assert bus("setup", deployment.settings)[0] == 0
    eventually(lambda: check(deployment.settings) == [])


def test_queues_that_come_back_without_a_leader_are_named_and_made_anew(
    deployment: Deployment, rabbit_node: RabbitNode, eventually: Eventually
) -> None:
    """What RabbitMQ does to queues that it forgot to write down (rabbitmq-server 15725): there, and dead."""
    with Load(deployment, registers_people, holds_polls) as load:
        load.goes_on(1)
        rabbit_node.kill()
        for names in rabbit_node.folder.glob("data/*/quorum/*/names.dets"):
            names.unlink()
        rabbit_node.start()
        dead = f"{POLL_CLOSED} has lost its leader and takes no messages: run `dienhong bus setup`"
        eventually(lambda: dead in check(deployment.settings))  # its consumer may still be counted
        assert any("made anew" in each for each in setup(deployment.settings))
        load.goes_on(1)
    load.check()
    eventually(lambda: check(deployment.settings) == [])


def test_what_was_in_a_deleted_queue_is_filled_from_the_log(deployment: Deployment, eventually: Eventually) -> None:
    hall, store = Hall(deployment.world).opened(), deployment.world.embedded.store
    elsewhere = VotingService(store, deployment.settings.deployment)
    deleted = 0
    with Load(deployment, registers_people, uploads_documents, concludes) as load:
        for _ in range(ROUNDS):
            polls = [hall.asks() for _ in range(POLLS)]
            with asleep(deployment.children["voting"]):
                for poll in polls:
                    elsewhere.execute(stamped(ClosePoll, poll_id=UUID(poll)))
                deployment.until_published(deployment.head())
                with connected(deployment.settings.bus_url) as connection:
                    deleted += connection.channel().queue_delete(POLL_CLOSED)
            for poll in polls:
                eventually(lambda poll=poll: store.read(f"poll-{poll}")[-1].type == "PollTallied")  # type: ignore[misc]
            load.goes_on(1)
    load.check()
    assert deleted > 0  # beside those that the service had taken


def test_gateways_whose_own_queues_are_deleted_make_new_ones(
    deployment: Deployment, rabbit_node: RabbitNode, eventually: Eventually
) -> None:
    """Those for replies and wake-ups belong to one connection each: only the broker itself can delete them."""
    vhost = deployment.settings.bus_url.rpartition("/")[2]
    delete_all = (
        '[begin (catch rabbit_amqqueue:delete(Q, false, false, <<"test">>)), 1 end'
        f' || Q <- rabbit_amqqueue:list(<<"{vhost}">>), amqqueue:get_exclusive_owner(Q) =/= none].'
    )

    def all_have_theirs() -> bool:
        """Two of each gateway, and the relay's lease."""
        return sum(each.get("exclusive", False) for each in ask(deployment.settings, "GET", f"queues/{vhost}")) >= 2 * 3

    with Load(deployment, *WORKS) as load:
        for _ in range(ROUNDS):
            load.goes_on(1)
            eventually(all_have_theirs)
            rabbit_node.control("eval", delete_all)
            load.goes_on(1)
        eventually(all_have_theirs)
    load.check()


def test_a_broker_that_takes_nothing_for_lack_of_memory_or_disk_is_waited_for(
    deployment: Deployment, rabbit_node: RabbitNode, eventually: Eventually
) -> None:
    """It blocks whoever publishes, and its heartbeats go on."""
    lines = deployment.world.embedded.lines
    elsewhere = DirectoryService(deployment.world.embedded.store, deployment.settings.deployment)
    person = stamped(RegisterPerson, person_id=uuid7(), full_name="Người thử")
    with Load(deployment, uploads_documents, concludes) as load:
        load.goes_on(1)
        rabbit_node.control("set_vm_memory_high_watermark", "absolute", "1")
        try:
            before = len(lines)
            elsewhere.execute(person)
            eventually(lambda: any("relay_waits" in line for line in lines[before:]))
        finally:
            rabbit_node.control("set_vm_memory_high_watermark", "0.4")
        load.goes_on(1)
    load.check()
