"""Children that end with their parent, even one that is killed: Linux then sends them a signal (prctl(2))."""

import shutil
from collections.abc import Sequence
from pathlib import Path


def leashed(command: Sequence[str | Path], last_signal: str = "TERM") -> list[str | Path]:
    """To be started by a thread that lives as long as the child, because the kernel takes that thread for the parent.

    Where Debian's `setpriv` is missing the command stays as it is.
    """
    setpriv = shutil.which("setpriv")
    return [setpriv, "--pdeathsig", last_signal, *command] if setpriv else list(command)
