"""A thousand documents registered at once by two processes: no number twice, none left out."""

import sys
from concurrent.futures import ThreadPoolExecutor
from subprocess import PIPE, Popen

import pytest

from dienhong.nodes.postgres import PostgresNode
from kernel.adapters.store_postgres import PostgresStore
from kernel.messages import Command
from services.signing import numbering
from services.signing.checking import Checked
from services.signing.messages.registers import AllotNumber, NumberAllotted
from services.signing.service import CODEC, SigningService
from tests.nodes import empty_log
from tests.official_examples import REGISTER, TODAY
from tests.stamps import ids, stamp

PROCESSES, EACH, THREADS = 2, 500, 16


def registrations(process: int) -> list[Command]:
    facts = {"in_register": REGISTER, "symbol": "NQ-HĐND", "entered_on": TODAY, "summary": "Về dự toán"}
    return [stamp(AllotNumber, subject_id=ids(f"{process}-{each}"), **facts) for each in range(EACH)]


def nothing_arrives(sha256: str) -> Checked:
    raise AssertionError(sha256)


def register(log_url: str, process: int) -> None:
    """Waits for a line, so that all processes begin together."""
    store = PostgresStore(log_url)
    service = SigningService(store, "test.dienhong", nothing_arrives)
    print("ready", flush=True)
    sys.stdin.readline()
    with ThreadPoolExecutor(THREADS) as clerks:
        list(clerks.map(service.execute, registrations(process)))
    store.close()


@pytest.mark.needs("postgres")
def test_a_thousand_documents_have_a_thousand_numbers(postgres_node: PostgresNode) -> None:
    log_url = empty_log(postgres_node)
    program = [sys.executable, "-m", "tests.signing.test_registrations", log_url]
    running = [Popen([*program, str(each)], stdin=PIPE, stdout=PIPE, text=True) for each in range(PROCESSES)]
    for each in running:
        assert each.stdout is not None and each.stdout.readline() == "ready\n"
    for each in running:
        assert each.stdin is not None
        each.stdin.write("go\n")
        each.stdin.flush()
    for each in running:
        each.communicate()
    assert [each.returncode for each in running] == [0] * PROCESSES
    store = PostgresStore(log_url)
    events = [CODEC.decode(each) for each in store.read(numbering.stream(REGISTER))]
    store.close()
    allotted = [each for each in events if isinstance(each, NumberAllotted)]
    assert [each.number for each in allotted] == list(range(1, PROCESSES * EACH + 1))
    assert len({each.subject_id for each in allotted}) == PROCESSES * EACH


if __name__ == "__main__":
    register(sys.argv[1], int(sys.argv[2]))
