"""A file that crashes, stalls or bloats its parser ends a worker process and nothing else."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from kernel.decider import Refused
from kernel.ports import Stopping
from kernel.worker import MEMORY_BYTES, Worker, WorkerFailed


@pytest.fixture
def worker() -> Iterator[Worker]:
    worker = Worker(limit_seconds=3)
    yield worker
    worker.close()


def process_id() -> int:
    return os.getpid()


def crash() -> None:
    os.kill(os.getpid(), signal.SIGSEGV)


def end_politely() -> None:
    os.kill(os.getpid(), signal.SIGTERM)
    os.kill(os.getpid(), signal.SIGINT)


def stall() -> None:
    while True:
        pass


def bloat() -> int:
    return len(bytes(2 * MEMORY_BYTES))


def refuse() -> None:
    raise Refused("type_mismatch", "a detail")


def test_the_work_is_done_in_another_process_that_stays(worker: Worker) -> None:
    first = worker.run(process_id)
    assert first != os.getpid()
    assert worker.run(process_id) == first


@pytest.mark.parametrize("deed", [crash, stall, bloat])
def test_a_deadly_file_ends_only_the_process(worker: Worker, deed: object) -> None:
    before = worker.run(process_id)
    with pytest.raises(WorkerFailed):
        worker.run(deed)  # type: ignore[arg-type]
    assert worker.run(process_id) not in (before, os.getpid())


def test_a_refusal_comes_back_with_its_code_and_keeps_the_process(worker: Worker) -> None:
    before = worker.run(process_id)
    with pytest.raises(Refused) as refusal:
        worker.run(refuse)
    assert (refusal.value.code, refusal.value.detail) == ("type_mismatch", "a detail")
    assert worker.run(process_id) == before


def test_a_closed_worker_does_not_begin_again(worker: Worker) -> None:
    worker.close()
    with pytest.raises(Stopping):
        worker.run(process_id)


def test_a_signal_to_the_whole_group_does_not_cost_the_file_at_hand(worker: Worker) -> None:
    before = worker.run(process_id)
    worker.run(end_politely)
    assert worker.run(process_id) == before


def test_what_a_process_that_ends_cannot_handle_is_left_to_the_next_and_not_parked(tmp_path: Path) -> None:
    program = [sys.executable, "-m", "tests.faults.ending", str(tmp_path)]
    done = subprocess.run(program, capture_output=True, text=True, timeout=180, check=False)
    assert (done.stdout, done.stderr) == ("cannot schedule new futures after interpreter shutdown\nparked: []\n", "")


def test_a_closed_worker_leaves_no_process(worker: Worker) -> None:
    process = worker.run(process_id)
    worker.close()
    with pytest.raises(ProcessLookupError):
        os.kill(process, 0)
