"""Six years of a real city council's votes: exported, and verified by the auditor's file on a bare Python."""

import json
import subprocess
import sys
import time
from importlib.metadata import version
from pathlib import Path
from random import Random

import pytest

from tests.audit.logs import POLICY, Office, export
from tests.roll_calls import BALLOTS, POLLS, record, roll_calls

pytestmark = [pytest.mark.slow, pytest.mark.real, pytest.mark.needs("shared-data"), pytest.mark.timeout(900)]


@pytest.fixture(scope="module")
def bare_python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An interpreter that has the standard library and `cryptography`, and nothing of ours."""
    folder = tmp_path_factory.mktemp("bare")
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    python = folder / "bin" / "python"
    install = [python, "-m", "pip", "install", "-q", "--disable-pip-version-check"]
    done = subprocess.run([*install, f"cryptography=={version('cryptography')}"], capture_output=True, text=True)
    if done.returncode:
        pytest.skip(f"cryptography cannot be installed: {done.stderr.strip().splitlines()[-1:]}")
    return python


def test_the_log_of_every_real_roll_call_is_proved_on_a_bare_python(tmp_path, bare_python, capsys):
    def tell(words: str) -> None:
        with capsys.disabled():
            print(f"  {words}", file=sys.stderr)

    def auditor(*words: str, jobs: int = 4) -> dict:
        began = time.perf_counter()
        command = [bare_python, "-I", target / "verifier.py", *words, "--policy", tmp_path / "believed", "--json"]
        done = subprocess.run([*command, "--quiet", "--jobs", str(jobs)], capture_output=True, text=True, cwd=target)
        seconds = time.perf_counter() - began
        said = json.loads(done.stdout)
        assert said["exit"] == done.returncode
        tell(f"{' '.join(words)} with {jobs} processes: exit {done.returncode} in {seconds:.1f} s")
        return said

    calls = roll_calls()
    (tmp_path / "believed").write_text(POLICY)
    began = time.perf_counter()
    with Office(tmp_path / "data") as office:
        record(office.store, "ward-1.example", calls)
        tell(f"{POLLS} roll calls recorded in {time.perf_counter() - began:.1f} s")
        office.sign()
    began = time.perf_counter()
    target = export(tmp_path / "data", tmp_path / "export")
    tell(f"exported in {time.perf_counter() - began:.1f} s")

    for jobs in (1, 4):
        verified = auditor("verify", jobs=jobs)
        assert (verified["exit"], verified["findings"]) == (0, [])
        tell(f"{verified['size']} events, {verified['events_per_second']} events/s")
    assert verified["size"] == BALLOTS + 4 * POLLS
    recount = auditor("poll", "all")
    assert (recount["exit"], recount["polls"], recount["ballots"]) == (0, POLLS, BALLOTS)

    segments = sorted((target / "events").iterdir())
    random = Random(0)
    for _ in range(3):
        file = random.choice(segments)
        whole = file.read_bytes()
        changed = bytearray(whole)
        changed[random.randrange(len(whole))] ^= 1 << random.randrange(8)
        file.write_bytes(changed)
        assert auditor("verify")["exit"] == 1
        file.write_bytes(whole)
