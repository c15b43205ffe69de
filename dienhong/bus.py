"""What stands on the broker: exchanges, queues and policies, all derived from the services' own declarations."""

import base64
import json
from collections.abc import Collection, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import quote, unquote, urlsplit
from urllib.request import Request, urlopen

from kernel.adapters.bus_rabbit import leaderless, topology
from kernel.relay import BusUnavailable
from kernel.settings import Settings
from services.directory import service as directory
from services.documents import service as documents
from services.meeting import service as meeting
from services.signing import service as signing
from services.tasks import service as tasks
from services.voting import service as voting

SERVICES = ("directory", "documents", "meeting", "signing", "tasks", "voting")
CODECS = {
    "directory": directory.CODEC,
    "documents": documents.CODEC,
    "meeting": meeting.CODEC,
    "signing": signing.CODEC,
    "tasks": tasks.CODEC,
    "voting": voting.CODEC,
}
REACTS_TO = {
    "documents": documents.REACTS_TO,
    "meeting": meeting.REACTS_TO,
    "signing": signing.REACTS_TO,
    "tasks": tasks.REACTS_TO,
    "voting": voting.REACTS_TO,
}
EXCHANGES = {kind: f"{service}.events" for service, codec in CODECS.items() for kind in codec.types}
"""Where the relay publishes each type of event."""

HEARD = frozenset().union(*REACTS_TO.values())
RPC_EXCHANGE = "nameko-rpc"
DEAD_EXCHANGE = "dead"
PATIENCE_SECONDS = 60  # a busy broker takes its time to make or delete a virtual host full of queues
DELIVERIES = 20
POLICIES: dict[str, dict[str, Any]] = {
    "reactions": {
        "pattern": "^evt-",
        "apply-to": "queues",
        "definition": {"delivery-limit": DELIVERIES, "dead-letter-exchange": DEAD_EXCHANGE},
    },
    "dead": {"pattern": r"\.dead$", "apply-to": "queues", "definition": {"max-length": 10_000}, "priority": 1},
}


@dataclass(frozen=True, order=True)
class Queue:
    name: str
    exchange: str
    key: str


def queues() -> list[Queue]:
    """Names are nameko's; renaming one would leave the old queue behind with its backlog."""
    return sorted([*_commands(), *_reactions(), *_dead()])


def _commands() -> Iterator[Queue]:
    for service in SERVICES:
        yield Queue(f"rpc-{service}", RPC_EXCHANGE, f"{service}.*")


def _reactions() -> Iterator[Queue]:
    for service, kinds in REACTS_TO.items():
        for kind in kinds:
            source = EXCHANGES[kind].removesuffix(".events")
            yield Queue(f"evt-{source}-{kind}--{service}.on_event", EXCHANGES[kind], kind)


def _dead() -> Iterator[Queue]:
    """Messages given up by the broker. Their events are in the log; what could not be handled is parked there."""
    for queue in _reactions():
        yield Queue(f"{queue.name}.dead", DEAD_EXCHANGE, queue.key)


def setup(settings: Settings) -> list[str]:
    """Makes what is missing, and anew what no longer works; changes nothing else. What it did, in words."""
    done = []
    if settings.bus_admin_url:
        vhost = _vhost(settings)
        quorum = {"default_queue_type": "quorum", "defaultqueuetype": "quorum"}  # RabbitMQ 3.10 has the second name
        ask(settings, "PUT", f"vhosts/{vhost}", quorum)
        user = unquote(urlsplit(settings.bus_url).username or "guest")
        everything = {"configure": ".*", "write": ".*", "read": ".*"}
        ask(settings, "PUT", f"permissions/{vhost}/{quote(user, safe='')}", everything)
        for name, policy in POLICIES.items():
            ask(settings, "PUT", f"policies/{vhost}/{name}", policy)
        done.append(f"virtual host {unquote(vhost)}: queues are quorum queues; policies {', '.join(POLICIES)}")
    exchanges = {RPC_EXCHANGE, DEAD_EXCHANGE, *EXCHANGES.values()}
    with topology(settings.bus_url) as broker:
        for exchange in sorted(exchanges):
            broker.exchange(exchange)
        for queue in queues():
            broker.queue(queue.name, queue.exchange, queue.key)
        idle = [each.name for each in queues() if broker.consumers(each.name) == 0]
    done.append(f"{len(exchanges)} exchanges, {len(queues())} queues")
    if lost := leaderless(settings.bus_url, idle):
        _renew(settings, lost)
        done.append(f"made anew, for they had lost their leader: {', '.join(lost)}; their facts are in the log")
    return done


def check(settings: Settings) -> list[str]:
    """What is wrong, a sentence each; without the management API only whether every queue is there, used and works."""
    with topology(settings.bus_url) as broker:
        consumers = {each.name: broker.consumers(each.name) for each in queues()}
    lost = leaderless(settings.bus_url, [name for name, count in consumers.items() if count == 0])
    return [
        *_check_queues(consumers, lost),
        *(_check_by_management(settings, consumers.keys()) if settings.bus_admin_url else ()),
    ]


def _check_queues(consumers: Mapping[str, int | None], lost: Collection[str]) -> Iterator[str]:
    for name, count in consumers.items():
        if count is None:
            yield f"{name} is missing: run `dienhong bus setup`"
        elif name in lost:
            yield f"{name} has lost its leader and takes no messages: run `dienhong bus setup`"
        elif count == 0 and not name.endswith(".dead"):
            yield f"{name} has no consumer: is its service running?"


def _renew(settings: Settings, names: Collection[str]) -> None:
    """What a queue held is repeated by its sender or found in the log; so deleting one costs a delay and no fact."""

    def renew(queue: Queue) -> None:
        with topology(settings.bus_url) as broker:
            broker.remove(queue.name)  # takes seconds, in which the broker looks for the leader
            broker.queue(queue.name, queue.exchange, queue.key)

    with ThreadPoolExecutor(len(names)) as pool:
        list(pool.map(renew, [each for each in queues() if each.name in names]))


def _check_by_management(settings: Settings, known: Collection[str]) -> Iterator[str]:
    vhost = _vhost(settings)
    for found in ask(settings, "GET", f"queues/{vhost}"):
        name = found["name"]
        if found.get("type") != "quorum" and name in known:
            yield f"{name} is no quorum queue: the virtual host was not made by `dienhong bus setup`"
        if name not in known and found.get("durable") and not found.get("consumers"):
            yield f"{name} belongs to no service: an orphan of a renamed handler?"
        if name.endswith(".dead") and found.get("messages"):
            yield f"{name} holds {found['messages']} messages: see `dienhong parked list` and the service's log"
    present = {each["name"] for each in ask(settings, "GET", f"policies/{vhost}")}
    for name in POLICIES.keys() - present:
        yield f"policy {name} is missing: run `dienhong bus setup`"


def _vhost(settings: Settings) -> str:
    return quote(unquote(urlsplit(settings.bus_url).path.removeprefix("/")) or "/", safe="")


def ask(settings: Settings, method: str, path: str, body: object = None) -> Any:
    address = urlsplit(settings.bus_admin_url)
    login = f"{unquote(address.username or 'guest')}:{unquote(address.password or 'guest')}"
    request = Request(
        f"{address.scheme}://{address.hostname}:{address.port or 15672}/api/{path}",
        method=method,
        data=None if body is None else json.dumps(body).encode(),
        headers={
            "Content-Type": "application/json",
            "Authorization": "Basic " + base64.b64encode(login.encode()).decode(),
        },
    )
    try:
        with urlopen(request, timeout=PATIENCE_SECONDS) as answer:
            return json.loads(answer.read() or b"null")
    except HTTPError as error:
        raise BusUnavailable(f"{method} {path}: {error.code} {error.read().decode(errors='replace')[:300]}") from error
    except (URLError, OSError) as error:
        raise BusUnavailable(
            f"the management API at {address.hostname}:{address.port} does not answer: {error}"
        ) from error
