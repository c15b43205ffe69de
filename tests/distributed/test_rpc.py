"""The gateway's RPC client against the services' own processes: answers and errors cross intact, silence is honest."""

import os
import signal
from concurrent.futures import ThreadPoolExecutor

import pytest

from gateway.errors import TryLater
from gateway.rpc import RpcClients, ServiceFailed
from kernel.decider import Refused
from kernel.ids import uuid7
from kernel.ports import IdConflict
from services.directory.messages import CorrectPerson, OpenAccount, RegisterPerson
from tests.distributed.conftest import Processes, stamped

pytestmark = pytest.mark.needs("postgres", "rabbitmq")


def register() -> RegisterPerson:
    return stamped(RegisterPerson, person_id=uuid7(), full_name="Đại biểu Ana")


def test_an_accepted_command_answers_with_its_position_and_events(processes: Processes) -> None:
    command = register()
    accepted = processes.clients.execute(command)
    recorded = processes.store.read(f"person-{command.person_id}")
    assert [(each.id, each.position) for each in recorded] == [(accepted.event_ids[0], accepted.position)]
    assert "Đại biểu Ana".encode() in recorded[0].data


def test_the_same_command_again_acts_once(processes: Processes) -> None:
    command = register()
    first = processes.clients.execute(command)
    with ThreadPoolExecutor(8) as pool:
        again = list(pool.map(processes.clients.execute, [command] * 24))
    assert set(again) == {first}
    assert len(processes.store.read(f"person-{command.person_id}")) == 1


def test_a_refusal_crosses_with_code_and_detail(processes: Processes) -> None:
    with pytest.raises(Refused) as refused:
        processes.clients.execute(stamped(OpenAccount, person_id=uuid7(), login="nobody"))
    assert (refused.value.code, type(refused.value.detail)) == ("unknown_person", str)


def test_an_id_conflict_crosses_as_such(processes: Processes) -> None:
    command = register().model_copy(update={"correlation_id": uuid7()})
    processes.clients.execute(command)
    with pytest.raises(IdConflict):
        processes.clients.execute(command.model_copy(update={"correlation_id": uuid7()}))


def test_what_a_service_does_not_know_is_its_failure_and_it_goes_on(processes: Processes) -> None:
    class Forget(RegisterPerson):
        """No service has ever heard of it."""

    Forget.__module__ = RegisterPerson.__module__
    with pytest.raises(ServiceFailed, match="Forget is no command"):
        processes.clients.execute(stamped(Forget, person_id=uuid7(), full_name="Ai"))
    processes.clients.execute(register())


def test_many_threads_share_one_connection(processes: Processes) -> None:
    commands = [register() for _ in range(200)]
    with ThreadPoolExecutor(16) as pool:
        accepted = list(pool.map(processes.clients.execute, commands))
    for command, answer in zip(commands, accepted, strict=True):
        assert processes.store.read(f"person-{command.person_id}")[0].position == answer.position


def test_a_silent_service_means_try_again_and_the_retry_acts_once(processes: Processes) -> None:
    """Frozen before it can take the command, or in the middle of it: either way the id decides."""
    command = register()
    correction = stamped(CorrectPerson, person_id=command.person_id, full_name="Đại biểu Ben")
    processes.clients.execute(command)
    impatient = processes.impatient(0.5)
    pid = processes.running.children["directory"].pid
    os.kill(pid, signal.SIGSTOP)
    try:
        with pytest.raises(TryLater) as later:
            impatient.execute(correction)
        assert (later.value.code, later.value.seconds) == ("unavailable", 2)
    finally:
        os.kill(pid, signal.SIGCONT)
    accepted = processes.clients.execute(correction)
    assert processes.clients.execute(correction) == accepted
    assert [each.type for each in processes.store.read(f"person-{command.person_id}")] == [
        "PersonRegistered",
        "PersonCorrected",
    ]
    impatient.stop()


def test_without_a_connection_the_answer_is_to_try_again() -> None:
    clients = RpcClients("amqp://nobody:nothing@127.0.0.1:1/none", 0.2)
    with pytest.raises(TryLater):
        clients.execute(register())
