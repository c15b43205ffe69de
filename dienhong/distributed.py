"""The product as processes of their own: a gateway, the relay, and what was parked; services start in `hosting`."""

from collections.abc import Callable
from contextlib import ExitStack
from datetime import datetime

from fastapi import FastAPI

from dienhong.bus import EXCHANGES, HEARD
from dienhong.embedded import CODEC, open_views
from dienhong.folder import read_policy, views_file
from dienhong.stopping import when_asked_to_stop
from gateway.app import create_app
from gateway.edge import Gate, utc_now
from gateway.identity.accounts import Identity
from gateway.identity.opening import open_identity_store
from gateway.live import Live
from gateway.reachable import Reachable
from gateway.renewing import Renewer
from gateway.rpc import RpcClients
from gateway.state_recorder import StateRecorder
from gateway.text_index import TextIndex
from gateway.ticking import Ticker
from gateway.typefaces import FONTS
from kernel import parking
from kernel.adapters.bus_rabbit import RabbitPublisher
from kernel.doorbell import Doorbell
from kernel.health import Health
from kernel.holding import hold
from kernel.messages import Event, Recorded
from kernel.progress import Parked
from kernel.relay import Relay
from kernel.settings import Settings
from kernel.wiring import open_blobs, open_progress, open_store
from ledger.remote import RemoteLedger
from services.documents.service import DocumentsService
from services.meeting.service import MeetingService
from services.signing.checking import checking
from services.signing.desk import desk_of
from services.signing.of_meeting import meeting_of_official
from services.signing.service import SigningService
from services.tasks.service import TasksService
from services.voting import views as voting_views
from services.voting.service import VotingService


class Gateway:
    """One replica: commands go out by RPC, what people see follows the log in a views file of its own."""

    def __init__(self, settings: Settings, clock: Callable[[], datetime] = utc_now) -> None:
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        self.settings = settings
        self._held = hold(views_file(settings))
        self.store = open_store(settings)
        self.blobs = open_blobs(settings)
        self.bell = Doorbell(self.store)
        self.views = open_views(settings, self.bell, views_file(settings).name)
        self.texts = TextIndex(self.views, self.blobs)
        self.live = Live(
            lambda poll_id: voting_views.meeting_of(self.views.reader(), poll_id),
            lambda official_id: meeting_of_official(self.views.reader(), official_id),
        )
        self.views.on_applied(self.live.applied)
        self.identity = Identity(open_identity_store(settings), settings, clock)
        self.intake = DocumentsService(self.store, settings.deployment, self.blobs)
        self.desk = desk_of(settings, FONTS)
        exchanges = sorted(set(EXCHANGES.values()))
        self.clients = RpcClients(settings.bus_url, settings.rpc_timeout_seconds, exchanges, self.bell.ring)
        self.reachable = Reachable(self.blobs)
        self.ledger = (
            RemoteLedger(settings.ledger_url, read_policy(settings.ledger_policy)) if settings.ledger_url else None
        )
        self.gate = Gate(
            settings=settings,
            store=self.store,
            clients=self.clients,
            views=self.views,
            blobs=self.blobs,
            identity=self.identity,
            examine=self.intake.examine,
            desk=self.desk,
            live=self.live,
            documents_failing=lambda: self.reachable.failing,
            ledger=self.ledger,
            clock=clock,
        )
        self.ticker = Ticker(self.views, self.clients.execute, clock)
        self.renewer = Renewer(self.views, self.blobs, self.desk, self.clients.execute, clock)
        self.states = StateRecorder(self.views.path, settings.replica, self.clients.execute, clock)

    def app(self) -> FastAPI:
        return create_app(self.gate)

    def start(self, progress: Callable[[int], None] = lambda _position: None) -> None:
        self.reachable.start()
        if self.ledger:
            self.ledger.start()
        self.clients.start()
        self.views.begin(progress)
        self.texts.start()
        self.ticker.start()
        self.renewer.start()
        self.states.start()

    def stop(self) -> None:
        self.views.ask_to_stop()
        self.texts.ask_to_stop()
        self.states.ask_to_stop()
        self.ticker.stop()
        self.renewer.stop()
        self.states.stop()
        self.reachable.stop()
        if self.ledger:
            self.ledger.stop()
        self.clients.stop()
        self.texts.stop()
        self.views.stop()
        self._held.close()
        self.intake.close()
        self.desk.close()
        self.identity.close()
        self.store.close()


def run_relay(settings: Settings) -> None:
    """Until SIGTERM."""
    with ExitStack() as closing:
        store = open_store(settings)
        closing.callback(store.close)
        progress = open_progress(settings)
        closing.callback(progress.close)
        relay = Relay(
            store=store,
            progress=progress,
            publisher=RabbitPublisher(settings.bus_url),
            exchanges=EXCHANGES,
            heard=HEARD,
        )
        when_asked_to_stop(relay.ask_to_stop)
        if settings.health_port:
            health = Health(settings.host, settings.health_port, lambda: store.read_all(0, 1))
            health.start()
            closing.callback(health.stop)
        relay.run()


def list_parked(settings: Settings) -> list[Parked]:
    progress = open_progress(settings)
    try:
        return progress.parked()
    finally:
        progress.close()


def show_parked(settings: Settings, position: int) -> Recorded | None:
    store = open_store(settings)
    try:
        return next((each for each in store.read_all(position - 1, 1) if each.position == position), None)
    finally:
        store.close()


def replay_parked(settings: Settings, stream: str = "") -> tuple[int, list[tuple[Parked, Exception]]]:
    """Handles what is parked again, in order; a stream stops at its first failure. How many went, and what did not."""
    done, failed, stuck = 0, list[tuple[Parked, Exception]](), set[tuple[str, str]]()
    with ExitStack() as closing:
        store = open_store(settings)
        closing.callback(store.close)
        progress = open_progress(settings)
        closing.callback(progress.close)
        blobs, desk = open_blobs(settings), desk_of(settings)
        documents = DocumentsService(store, settings.deployment, blobs)
        closing.callback(documents.close)
        closing.callback(desk.close)
        signing = SigningService(store, settings.deployment, checking(blobs, desk.examine))
        reactions: dict[str, Callable[[Recorded, Event], None]] = {
            "documents.extraction": documents.on_event,
            "meeting.preparation": MeetingService(store, settings.deployment).on_event,
            "signing.course": signing.on_event,
            "tasks.from_conclusions": TasksService(store, settings.deployment).on_event,
            "voting.tally": VotingService(store, settings.deployment).on_event,
        }
        for each in progress.parked():
            place = each.follower, each.stream
            if place in stuck or (stream and each.stream != stream):
                continue
            try:
                again = reactions[each.follower]
                parking.replay(each, store=store, codec=CODEC, progress=progress, on_event=again)
                done += 1
            except Exception as error:  # whatever the reaction raises: the others are still to be tried
                stuck.add(place)
                failed.append((each, error))
    return done, failed
