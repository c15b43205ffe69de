"""A demo of one's own in a temporary folder, for the browser tests and the pictures of the documentation."""

import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[2]
ADDRESS = re.compile(r"http://127\.0\.0\.1:\d+")


@contextmanager
def running_demo() -> Iterator[str]:
    """The address of a demo that answers; it and its folder are gone afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "DIENHONG_DATA_DIR": f"{folder}/data", "DIENHONG_PORT": "0", "NO_COLOR": "1"}
        process = subprocess.Popen(
            [sys.executable, "-m", "dienhong", "demo"],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert process.stderr is not None
        # A full pipe would stop the demo at its next log line.
        draining = threading.Thread(target=process.stderr.read, daemon=True)
        try:
            address = _address(process)
            draining.start()
            yield address
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=30)
            if draining.is_alive():
                draining.join()
            process.stderr.close()


def _address(process: "subprocess.Popen[str]") -> str:
    assert process.stderr is not None
    said = []
    for line in process.stderr:
        said.append(line)
        if found := ADDRESS.search(line):
            return found[0]
    raise RuntimeError("the demo did not start:\n" + "".join(said[-20:]))
