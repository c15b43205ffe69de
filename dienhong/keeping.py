"""The process that keeps the ledger of a distributed deployment; gateways ask it."""

import threading
from contextlib import ExitStack

import structlog

from dienhong.console import people
from dienhong.embedded import MOMENTOUS
from dienhong.folder import read_policy, using
from dienhong.stopping import when_asked_to_stop
from kernel.health import Health
from kernel.ports import EventStore, StoreInUse
from kernel.settings import Settings
from kernel.wiring import open_store
from ledger.keeping import Ledger
from ledger.serving import LedgerServer

SECONDS_BETWEEN_TRIES = 0.5

log = structlog.get_logger()


class Waiting(Exception):
    """Another process keeps the ledger of this folder; this one takes over when it ends."""


class Keeper:
    """Of several in one folder, one keeps the ledger. The system frees the folder with the process that held it."""

    def __init__(self, settings: Settings, store: EventStore) -> None:
        self._settings, self._store = settings, store
        self._stopping = threading.Event()
        self._kept = threading.Event()

    def ask_to_stop(self) -> None:
        self._stopping.set()

    def check(self) -> None:
        """Raises what is wrong. A ledger that fails keeps answering for what is signed; its state says that it does."""
        if not self._kept.is_set():
            raise Waiting
        self._store.read_all(0, 1)

    def run(self) -> None:
        """Until it is asked to stop; then running questions are answered and what was taken in is on the disk."""
        ledger = self._opened()
        if ledger is None:
            return
        with ExitStack() as closing:
            closing.callback(ledger.stop)
            with using(f"{self._settings.host}:{self._settings.port}"):
                server = LedgerServer(self._settings.host, self._settings.port, ledger)
            ledger.start()
            server.start()
            closing.callback(server.stop)
            self._kept.set()
            people.print(f"The ledger is kept: http://{self._settings.host}:{server.server_port}")
            self._stopping.wait()
            ledger.ask_to_stop()

    def _opened(self) -> Ledger | None:
        folder, settings = self._settings.data_dir, self._settings
        policy = read_policy(settings.ledger_policy)
        waits = False
        while not self._stopping.is_set():
            try:
                with using(folder / "ledger.db"):
                    return Ledger(
                        self._store, folder, settings.deployment, settings.ledger_post_quantum, policy, MOMENTOUS
                    )
            except StoreInUse:
                if not waits:
                    log.info("ledger_waits", folder=str(folder))
                waits = True
                self._stopping.wait(SECONDS_BETWEEN_TRIES)
        return None


def run_ledger(settings: Settings) -> None:
    """Until SIGTERM."""
    with ExitStack() as closing:
        store = open_store(settings)
        closing.callback(store.close)
        keeper = Keeper(settings, store)
        when_asked_to_stop(keeper.ask_to_stop)
        if settings.health_port:
            health = Health(settings.host, settings.health_port, keeper.check)
            health.start()
            closing.callback(health.stop)
        keeper.run()
