"""Files that one process at a time may work with."""

import fcntl
from pathlib import Path
from typing import TextIO

from kernel.ports import StoreInUse


def hold(path: Path) -> TextIO:
    """Until it is closed, or this process ends, no other process holds the path; raises `StoreInUse` where one does.

    The system lets go of it with its process, so nothing is left behind by one that was killed.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    lock = path.with_name(path.name + ".lock").open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        lock.close()
        raise StoreInUse(str(path)) from error
    return lock
