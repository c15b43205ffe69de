"""A process that ends while it reacts to an event, as a service does whose transport has failed: what has it parked?"""

import sys
import threading
from pathlib import Path

from kernel.adapters.progress_sqlite import SqliteProgress
from kernel.adapters.store_sqlite import SqliteStore
from kernel.messages import Event, Recorded
from kernel.parking import Parking
from kernel.ports import NO_STREAM
from kernel.worker import Worker
from tests.contract.event_store import event


def react(folder: Path) -> None:
    worker = Worker(30)
    progress = SqliteProgress(folder / "followers.db")
    store = SqliteStore(folder / "events.db")
    store.append("thing-1", [event()], NO_STREAM)

    def on_event(_recorded: Recorded, _event: Event) -> None:
        threading.main_thread().join()
        worker.run(len, "")

    try:
        Parking("test", progress, on_event)(store.read("thing-1")[0], Event())
    except RuntimeError as error:
        print(error)
    print(f"parked: {progress.parked()}")


if __name__ == "__main__":
    threading.Thread(target=react, args=(Path(sys.argv[1]),)).start()
