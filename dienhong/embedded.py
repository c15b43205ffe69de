"""The embedded product: every service, the views and the gateway in one process. Only this file imports everything."""

import asyncio
import gc
import signal
import socket
import sys
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from functools import partial
from types import FrameType
from typing import Protocol, cast

import structlog
import uvicorn
from fastapi import FastAPI

from dienhong.folder import read_policy, using
from dienhong.open_files import WANTED, raise_limit
from gateway.app import create_app
from gateway.clients import Clients
from gateway.edge import Gate, utc_now
from gateway.identity.accounts import Identity
from gateway.identity.store_sqlite import SqliteIdentityStore
from gateway.line import Line
from gateway.live import Live
from gateway.renewing import Renewer
from gateway.state_recorder import StateRecorder
from gateway.text_index import TextIndex
from gateway.ticking import Ticker
from gateway.typefaces import FONTS
from gateway.views import Project, Views, only
from kernel import search
from kernel.adapters.blobs_files import FileBlobs
from kernel.adapters.store_sqlite import SqliteStore
from kernel.follow import Checkpoints, Follower
from kernel.messages import Event, Recorded
from kernel.ports import EventStore
from kernel.settings import Settings
from ledger.keeping import Ledger
from services.directory import service as directory_service
from services.directory import views as directory_views
from services.documents import service as documents_service
from services.documents import views as documents_views
from services.meeting import service as meeting_service
from services.meeting import views as meeting_views
from services.signing import service as signing_service
from services.signing import views as signing_views
from services.signing.checking import checking
from services.signing.desk import desk_of
from services.signing.of_meeting import meeting_of_official
from services.tasks import service as tasks_service
from services.tasks import views as tasks_views
from services.voting import service as voting_service
from services.voting import views as voting_views

CODEC = (
    directory_service.CODEC
    | meeting_service.CODEC
    | documents_service.CODEC
    | voting_service.CODEC
    | tasks_service.CODEC
    | signing_service.CODEC
)


log = structlog.get_logger()

MOMENTOUS = frozenset({"PollClosed", "PollTallied", "OpinionFormClosed", "MinutesApproved", "SigningCompleted"})
"""What witnesses are asked to stand behind at once."""

COLLECTED_AFTER = 50_000, 20, 100
"""Objects, and rounds. What a request makes ends with it, without being looked for among all that came at that time."""

BACKLOG = 4096
"""Connections of a hall that reloads at the same moment, which wait to be taken; the system may allow fewer."""


class Served(Protocol):
    """A composition with a gateway: people meet it by HTTP."""

    settings: Settings
    live: Live

    def app(self) -> FastAPI: ...

    def start(self, progress: Callable[[int], None] = ...) -> None: ...

    def stop(self) -> None: ...


class Embedded:
    """Opened: the log is held. `start` follows it, `stop` lets go of everything in the reverse order."""

    def __init__(self, settings: Settings, clock: Callable[[], datetime] = utc_now) -> None:
        folder = settings.data_dir
        with using(folder):
            folder.mkdir(parents=True, exist_ok=True)
        self.settings = settings
        policy = read_policy(settings.ledger_policy)
        with using(folder / "events.db"):
            self.store = SqliteStore(folder / "events.db", clock=clock)
        with using(folder / "ledger.db"):
            self.ledger = Ledger(
                self.store, folder, settings.deployment, settings.ledger_post_quantum, policy, momentous=MOMENTOUS
            )
        self.blobs = FileBlobs(folder / "documents")
        self.directory = directory_service.DirectoryService(self.store, settings.deployment)
        self.meeting = meeting_service.MeetingService(self.store, settings.deployment)
        self.documents = documents_service.DocumentsService(self.store, settings.deployment, self.blobs)
        self.voting = voting_service.VotingService(self.store, settings.deployment)
        self.tasks = tasks_service.TasksService(self.store, settings.deployment)
        self.desk = desk_of(settings, FONTS)
        self.signing = signing_service.SigningService(
            self.store, settings.deployment, checking(self.blobs, self.desk.examine)
        )
        with using(folder / "views.db"):
            self.views = open_views(settings, self.store)
        self.texts = TextIndex(self.views, self.blobs)
        self.live = Live(self._meeting_of_poll, self._meeting_of_official)
        self.views.on_applied(self.live.applied)
        with using(folder / "followers.db"):
            self.checkpoints = Checkpoints(folder / "followers.db")
        with using(folder / "identity.db"):
            self.identity = Identity(SqliteIdentityStore(folder / "identity.db"), settings, clock)
        self.followers = (
            self._follower("meeting.preparation", meeting_service.REACTS_TO, self.meeting.on_event),
            self._follower("voting.tally", voting_service.REACTS_TO, self.voting.on_event),
            self._follower("tasks.from_conclusions", tasks_service.REACTS_TO, self.tasks.on_event),
            self._follower("signing.course", signing_service.REACTS_TO, self.signing.on_event),
            self._follower("documents.extraction", documents_service.REACTS_TO, self.documents.on_event),
        )
        self.gate = Gate(
            settings=settings,
            store=self.store,
            clients=Clients(
                {
                    "directory": self.directory,
                    "meeting": self.meeting,
                    "documents": self.documents,
                    "voting": self.voting,
                    "tasks": self.tasks,
                    "signing": self.signing,
                }
            ),
            views=self.views,
            blobs=self.blobs,
            identity=self.identity,
            examine=self.documents.examine,
            desk=self.desk,
            live=self.live,
            followers=self.followers,
            ledger=self.ledger,
            clock=clock,
        )
        self.ticker = Ticker(self.views, self.gate.clients.execute, clock)
        self.renewer = Renewer(self.views, self.blobs, self.desk, self.gate.clients.execute, clock)
        self.states = StateRecorder(self.views.path, settings.replica, self.gate.clients.execute, clock)

    def app(self) -> FastAPI:
        return create_app(self.gate)

    def start(self, progress: Callable[[int], None] = lambda _position: None) -> None:
        self.views.begin(progress)
        self.texts.start()
        for follower in self.followers:
            follower.start()
        self.ticker.start()
        self.renewer.start()
        self.states.start()
        self.ledger.start()

    def stop(self) -> None:
        for each in (*self.followers, self.texts, self.views, self.ticker, self.states, self.ledger):
            each.ask_to_stop()
        self.ticker.stop()
        self.renewer.stop()
        self.states.stop()
        for follower in self.followers:
            follower.stop()
        self.texts.stop()
        self.views.stop()
        self.documents.close()
        self.desk.close()
        self.identity.close()
        self.checkpoints.close()
        self.ledger.stop()
        self.store.close()

    def settle(self, timeout: float = 30.0) -> None:
        """Returns once followers, views and index have seen all that was recorded, reactions included."""
        while True:
            head = self.store.wait(0, 0)
            followed = all(each.wait_for(head, timeout) for each in (*self.followers, self.views))
            if not (followed and self.texts.wait_until_done(timeout)):
                raise TimeoutError(f"still behind position {head} after {timeout} s")
            if self.store.wait(0, 0) == head:
                return

    def _follower(self, name: str, types: frozenset[str], on_event: Callable[[Recorded, Event], None]) -> Follower:
        return Follower(name, self.store, CODEC, self.checkpoints, types, on_event)

    def _meeting_of_poll(self, poll_id: str) -> str | None:
        return voting_views.meeting_of(self.views.reader(), poll_id)

    def _meeting_of_official(self, official_id: str) -> str | None:
        return meeting_of_official(self.views.reader(), official_id)


def open_views(settings: Settings, store: EventStore, name: str = "views.db") -> Views:
    polls = voting_service.CODEC.types - {"BallotCast"}
    projections: list[Project] = [
        only(directory_service.CODEC.types, directory_views.project),
        only(meeting_service.CODEC.types | polls, meeting_views.project),
        only(documents_service.CODEC.types, documents_views.project),
        only(voting_service.CODEC.types, voting_views.project),
        only(tasks_service.CODEC.types, tasks_views.project),
        only(signing_service.CODEC.types, signing_views.project),
    ]
    schemas = [
        search.SCHEMA,
        directory_views.SCHEMA,
        meeting_views.SCHEMA,
        documents_views.SCHEMA,
        voting_views.SCHEMA,
        tasks_views.SCHEMA,
        signing_views.SCHEMA,
    ]
    in_bulk = {"BallotCast": voting_views.project_ballots}
    return Views(settings.data_dir / name, store, CODEC, schemas, projections, in_bulk)


class Server(uvicorn.Server):
    """Ends the live streams first, so that a stop does not wait for readers who never leave."""

    def __init__(self, served: Served, app: FastAPI) -> None:
        settings = served.settings
        config = uvicorn.Config(
            app,
            host=settings.host,
            port=settings.port,
            loop="asyncio",
            http=cast(type[asyncio.Protocol], partial(Line, app.state.ballots)),
            ws="none",
            log_config=None,
            access_log=False,
            server_header=False,
            forwarded_allow_ips=settings.trusted_proxies,
            timeout_graceful_shutdown=10,
        )
        super().__init__(config)
        self._live = served.live

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        self._live.stop()
        super().handle_exit(sig, frame)


def listen(host: str, port: int) -> socket.socket:
    """For a server to take connections from; each inherits that small packets are sent at once.

    asyncio sees to that only on sockets whose protocol is named, and without it the body of an answer waits for the
    other side to acknowledge the head: 40 ms.
    """
    listening = socket.create_server((host, port), backlog=BACKLOG)
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listening


def serve(
    settings: Settings,
    ready: Callable[[str], None],
    progress: Callable[[int], None],
    compose: Callable[[Settings], Served] = Embedded,
) -> None:
    """Runs until a signal; `ready` gets the address once people can use it."""
    # uvicorn raises the signal again once it has stopped; a stop that was asked for is a success.
    signal.signal(signal.SIGTERM, lambda _signal, _frame: sys.exit(0))
    if (files := raise_limit()) < WANTED:
        log.warning("few_open_files", limit=files, wanted=WANTED, pages_at_once=files * 3 // 4)
    with using(f"{settings.host}:{settings.port}"):
        listening = listen(settings.host, settings.port)
    served = compose(settings)
    try:
        served.start(progress)
        gc.collect()
        gc.set_threshold(*COLLECTED_AFTER)
        gc.freeze()  # what stands now stands until the end; looking through it again would stop the hall for a moment
        server = Server(served, served.app())
        host, port = listening.getsockname()[:2]
        ready(f"http://{host}:{port}")
        with suppress(KeyboardInterrupt):
            server.run(sockets=[listening])
    finally:
        served.stop()
