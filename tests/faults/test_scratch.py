"""What a process was working on is gone when it ends, and when it was killed, as soon as the next one begins."""

import subprocess
import sys
from pathlib import Path

import pytest

from kernel.scratch import Scratch
from tests.distributed.waiting import eventually

ROOT = Path(__file__).parents[2]
WORKS = """
import sys
from kernel.scratch import Scratch
with Scratch() as folder:
    (folder / "paper").write_bytes(b"secret")
    print(folder, flush=True)
    sys.stdin.read()
"""


def test_nothing_stays_where_work_ended_or_failed() -> None:
    with Scratch() as folder:
        (folder / "paper").write_bytes(b"secret")
    assert not folder.exists()
    with pytest.raises(ValueError, match="unreadable"), Scratch() as folder:
        raise ValueError("unreadable")
    assert not folder.exists()


def test_what_a_killed_process_left_goes_with_the_next_one_and_nobody_elses() -> None:
    with (
        Scratch() as ours,
        subprocess.Popen(
            [sys.executable, "-c", WORKS], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        ) as process,
    ):
        assert process.stdout is not None
        theirs = Path(process.stdout.readline().strip())
        Scratch().close()
        assert (theirs / "paper").read_bytes() == b"secret"
        process.kill()
        process.wait()
        Scratch().close()
        eventually(lambda: not theirs.exists())  # another test's process may be at it just now
        assert ours.exists()
