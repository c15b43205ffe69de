"""Facts delivered twice, in any order, before their time and to several at once: the same as once and in order."""

import json
import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack

import amqp
import pytest

from dienhong.bus import EXCHANGES, HEARD, queues
from dienhong.nodes.processes import Child
from gateway.views import contents
from kernel.adapters.bus_rabbit import connected
from kernel.messages import Recorded
from kernel.relay import envelope
from tests.distributed.deployment import Deployment, asleep
from tests.distributed.load import Load, concludes, holds_polls, registers_people, uploads_documents
from tests.distributed.rounds import ROUNDS
from tests.processes import FOLLOWERS, environment

pytestmark = [pytest.mark.needs("postgres", "rabbitmq"), pytest.mark.slow, pytest.mark.timeout(900)]
Eventually = Callable[[Callable[[], bool]], None]

WORKS = (registers_people, uploads_documents, concludes, holds_polls)
REACTIONS = [each.name for each in queues() if each.name.startswith("evt-") and not each.name.endswith(".dead")]


def deliver(deployment: Deployment, facts: Sequence[Recorded]) -> None:
    """As the relay does it, in the order given; returns once the broker has them all."""
    unsettled = set(range(1, len(facts) + 1))

    def settled(number: int, multiple: bool) -> None:
        unsettled.difference_update(range(1, number + 1) if multiple else [number])

    with connected(deployment.settings.bus_url) as connection:
        channel = connection.channel()
        channel.confirm_select()
        channel.events["basic_ack"].add(settled)
        for fact in facts:
            exchange = EXCHANGES[fact.type]
            body = json.dumps(envelope(fact, exchange.removesuffix(".events"))).encode()
            message = amqp.Message(body, content_type="application/json", content_encoding="utf-8", delivery_mode=2)
            channel.basic_publish(message, exchange, fact.type)
        while unsettled:
            connection.drain_events(timeout=30)


def shuffled_twice(facts: Sequence[Recorded], seed: int) -> list[Recorded]:
    deliveries = [*facts, *facts]
    random.Random(seed).shuffle(deliveries)
    return deliveries


def until_taken(deployment: Deployment, eventually: Eventually) -> None:
    with connected(deployment.settings.bus_url) as connection:
        channel = connection.channel()
        for queue in REACTIONS:
            eventually(lambda queue=queue: channel.queue_declare(queue, passive=True).message_count == 0)  # type: ignore[misc]


def test_facts_delivered_again_in_any_order_change_nothing(deployment: Deployment, eventually: Eventually) -> None:
    with Load(deployment, *WORKS) as load:
        load.goes_on()
    load.check()
    facts, progress = deployment.recorded(), deployment.world.embedded.progress
    views = deployment.settings.data_dir / "views-1.db"
    before = [progress.get(each) for each in FOLLOWERS], contents(views)
    for seed in range(ROUNDS):
        deliver(deployment, shuffled_twice(facts, seed))
        until_taken(deployment, eventually)
        deployment.settle()
        assert len(deployment.recorded()) == len(facts)
    reached = [progress.get(each) for each in FOLLOWERS]
    assert all(now >= then for now, then in zip(reached, before[0], strict=True))
    assert contents(views) == before[1]
    deployment.check()


def test_facts_first_heard_of_twice_and_out_of_order_are_handled_once_and_in_order(deployment: Deployment) -> None:
    for seed in range(ROUNDS):
        with ExitStack() as silence:
            with Load(deployment, *WORKS) as load:
                silence.enter_context(asleep(deployment.children["relay"]))
                began = deployment.head()
                load.goes_on(2)
            deliver(deployment, shuffled_twice(deployment.recorded(began), seed))
            deployment.world.settle()
        load.check()


@pytest.fixture
def lines_of_second_documents_service(deployment: Deployment, eventually: Eventually) -> Iterator[list[str]]:
    lines: list[str] = []
    arguments = ["dienhong.hosting", "documents"]
    second = Child("documents-2", arguments, environment(deployment.settings), lines.append)
    second.start()
    eventually(lambda: any("service_ready" in line for line in lines))
    yield lines
    assert (second.stop(), second.starts) == (0, 1), lines[-20:]


def test_a_document_that_two_services_read_at_once_is_read_once(
    deployment: Deployment, lines_of_second_documents_service: list[str], eventually: Eventually
) -> None:
    with Load(deployment, uploads_documents, uploads_documents) as load:
        for seed in range(ROUNDS):
            began = deployment.head()
            load.goes_on(4)
            facts = [each for each in deployment.recorded(began) if each.type in HEARD]
            deliver(deployment, shuffled_twice(facts, seed))
    load.check()
    first = [line for line in deployment.world.embedded.lines if line.startswith("documents ")]
    read = [line for line in (*first, *lines_of_second_documents_service) if '"RecordExtraction"' in line]
    stored = [each for each in deployment.recorded() if each.type == "TextExtracted"]
    assert len(read) > len(stored)
