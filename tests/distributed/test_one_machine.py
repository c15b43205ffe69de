"""All processes on one machine: one run at a time, nothing left behind, one log for people and one for programs."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from dienhong.nodes.holding import MARK, Held, end, end_leftovers, held
from dienhong.nodes.log_lines import OneLog, readable

COMMAND = {
    "process": "voting",
    "command": "OpenPoll",
    "stream": "poll-1",
    "outcome": "accepted",
    "ms": 6.1,
    "event": "command",
    "span": "6e5503dae330d382",
    "trace": "dbfd6ba0205615398410f2ce3f75a6f3",
    "level": "info",
    "timestamp": "2026-11-22T09:32:58.918462Z",
}


def test_a_second_run_in_the_same_folder_is_told_which_process_has_it(tmp_path: Path) -> None:
    with held(tmp_path):
        with pytest.raises(Held) as refused, held(tmp_path):
            pass
        assert refused.value.args == (os.getpid(),)
    with held(tmp_path):
        pass


def test_where_nothing_runs_there_is_nothing_to_end(tmp_path: Path) -> None:
    assert end(tmp_path) is False
    assert end_leftovers(tmp_path) == []


def test_what_a_killed_run_left_behind_is_ended_and_nothing_else(tmp_path: Path) -> None:
    sleeping = [sys.executable, "-c", "import signal; signal.pause()"]
    ours = subprocess.Popen(sleeping, env={**os.environ, MARK: str(tmp_path)})
    another = subprocess.Popen(sleeping, env={**os.environ, MARK: str(tmp_path / "other")})
    try:
        # Its environment is readable once the new program stands in the place of ours.
        while f"{MARK}={tmp_path}".encode() not in Path(f"/proc/{ours.pid}/environ").read_bytes().split(b"\0"):
            pass
        assert end_leftovers(tmp_path) == [ours.pid]
        assert ours.wait() != 0
        assert another.poll() is None
    finally:
        another.kill()
        another.wait()


def test_people_read_a_line_and_programs_read_json(tmp_path: Path) -> None:
    with OneLog(tmp_path) as log:
        log.say(f"{'voting':<12} {json.dumps(COMMAND)}")
        log.say("gateway-1    Ready: http://127.0.0.1:8001")
    line, words = (tmp_path / "log").read_text().splitlines()
    assert line.endswith("voting       command command=OpenPoll stream=poll-1 outcome=accepted ms=6.1 trace=dbfd6ba0")
    assert words.endswith("gateway-1    Ready: http://127.0.0.1:8001")
    first, second = (json.loads(each) for each in (tmp_path / "log.jsonl").read_text().splitlines())
    assert first == COMMAND
    assert second["event"] == "gateway-1    Ready: http://127.0.0.1:8001"


def test_a_fault_is_read_with_its_traceback() -> None:
    shown = readable("tasks", {**COMMAND, "level": "error", "event": "parked", "exception": "Traceback\nValueError"})
    assert " ERROR parked " in shown and shown.endswith("\nTraceback\nValueError")
