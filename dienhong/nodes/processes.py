"""Children of one parent: started, watched, started again when they die, and their lines brought together."""

import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence

from dienhong.nodes.leash import leashed

STOP_SECONDS = 22
RESTART_SECONDS = 0.2


class Child:
    """One process, which ends with ours. `say` gets its lines, each beginning with `name`.

    `ends`: the exit codes so far.
    """

    def __init__(
        self, name: str, arguments: Sequence[str], environment: Mapping[str, str], say: Callable[[str], None]
    ) -> None:
        self.name = name
        self.starts = 0
        self.ends: list[int] = []
        self._arguments = arguments
        self._environment = environment
        self._say = say
        self._stopping = threading.Event()
        self._process: subprocess.Popen[str] | None = None
        self._running = threading.Event()
        self._thread = threading.Thread(target=self._keep_running, name=name, daemon=True)

    def start(self) -> None:
        self._thread.start()

    @property
    def pid(self) -> int:
        """Of the process that runs now; waits for a restart."""
        self._running.wait()
        assert self._process is not None
        return self._process.pid

    def kill(self) -> None:
        """As a crash does it; it is started again."""
        self._running.wait()
        assert self._process is not None
        self._running.clear()
        self._process.kill()

    def terminate(self) -> None:
        """As a rolling restart does it: it may finish, and is started again."""
        self._running.wait()
        assert self._process is not None
        self._process.terminate()

    def ask_to_stop(self) -> None:
        """Once: a second signal could meet a process that is past answering it."""
        asked = self._stopping.is_set()
        self._stopping.set()
        if self._process is not None and not asked:
            self._process.terminate()

    def stop(self) -> int:
        """Its exit code, -9 when it did not stop in time."""
        self.ask_to_stop()
        if self._process is None:
            return 0
        try:
            code = self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            code = self._process.wait()
        self._thread.join()
        return code

    def _keep_running(self) -> None:
        while not self._stopping.is_set():
            self.starts += 1
            process = self._process = subprocess.Popen(
                leashed([sys.executable, "-m", *self._arguments]),
                env=dict(self._environment),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                errors="replace",
                start_new_session=True,
            )
            if self._stopping.is_set():  # asked for while it was being started
                process.terminate()
            self._running.set()
            assert process.stdout is not None
            with process.stdout:
                for line in process.stdout:
                    self._say(f"{self.name:<12} {line.rstrip()}")
            code = process.wait()
            self._running.clear()
            self.ends.append(code)
            if not self._stopping.is_set():
                self._say(f"{self.name:<12} ended with {code} and is started again")
                self._stopping.wait(RESTART_SECONDS)
