"""A load generator that is not the bottleneck: plain sockets and epoll, in processes of its own.

`bench.load_ceiling` says what it reaches against a server that does nothing.
"""

import multiprocessing
import select
import socket
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import chain
from urllib.parse import urlsplit

from bench.shape import Wrong

PROCESSES = 2
SILENCE_SECONDS = 60
IDLE = -1
OPENING = b"GET /live HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"


@dataclass(frozen=True)
class Answer:
    """To the request of this number: `began` and `ended` by the machine's one steady clock, in seconds."""

    number: int
    status: int
    body: bytes
    began: float
    ended: float


def drive(addresses: Sequence[str], requests: Sequence[bytes], connections: int) -> list[Answer]:
    """Each request sent once, over so many connections, all of which have been answered once before the first is sent.

    A connection sends its next request when it has the answer to the one before.
    """
    shares = [list(range(n, len(requests), PROCESSES)) for n in range(PROCESSES)]
    context = multiprocessing.get_context("spawn")
    with context.Manager() as manager, ProcessPoolExecutor(PROCESSES, mp_context=context) as pool:
        start = manager.Barrier(PROCESSES)
        work = [
            pool.submit(
                _work, addresses, [(number, requests[number]) for number in share], connections // PROCESSES, start
            )
            for share in shares
        ]
        return list(chain.from_iterable(each.result() for each in work))


def _work(
    addresses: Sequence[str], requests: list[tuple[int, bytes]], connections: int, start: "multiprocessing.Barrier"
) -> list[Answer]:
    start.wait()  # a server ends connections that are idle for some seconds, and processes start slowly
    driver = Driver(addresses, requests, connections)
    start.wait()
    return driver.run()


@dataclass(slots=True)
class Line:
    """One connection and the request under way on it."""

    socket: socket.socket
    number: int = IDLE
    began: float = 0.0
    received: bytes = b""


class Driver:
    def __init__(self, addresses: Sequence[str], requests: list[tuple[int, bytes]], connections: int) -> None:
        self._waiting = list(reversed(requests))
        self._expected = len(requests)
        self._answers: list[Answer] = []
        self._poll = select.epoll()
        self._lines: dict[int, Line] = {}
        for each in range(connections):
            line = Line(connected(addresses[each % len(addresses)]))
            self._lines[line.socket.fileno()] = line
            self._poll.register(line.socket, select.EPOLLIN)
        for line in self._lines.values():
            line.socket.sendall(OPENING)
        for line in self._lines.values():
            while parsed(line.received) is None:
                line.received += line.socket.recv(65536)
            line.received = b""

    def run(self) -> list[Answer]:
        for line in list(self._lines.values()):
            self._send(line)
        while len(self._answers) < self._expected:
            ready = self._poll.poll(SILENCE_SECONDS)
            if not ready:
                raise Wrong(f"{self._expected - len(self._answers)} requests were not answered")
            for handle, _ in ready:
                self._receive(self._lines[handle])
        for line in self._lines.values():
            line.socket.close()
        return self._answers

    def _send(self, line: Line) -> None:
        if self._waiting:
            line.number, request = self._waiting.pop()
            line.began = time.perf_counter()
            line.socket.sendall(request)  # some hundred bytes always fit

    def _receive(self, line: Line) -> None:
        news = line.socket.recv(65536)
        if not news:
            self._closed(line)
            return
        line.received += news
        answer = parsed(line.received)
        if answer is not None:
            status, body = answer
            self._answers.append(Answer(line.number, status, body, line.began, time.perf_counter()))
            line.received, line.number = b"", IDLE
            self._send(line)

    def _closed(self, line: Line) -> None:
        """A server may end what has been idle for a while, once there is nothing left to send."""
        if line.number != IDLE:
            raise Wrong("the server closed a connection before it answered")
        self._poll.unregister(line.socket)


def connected(address: str) -> socket.socket:
    place = urlsplit(address)
    line = socket.create_connection((place.hostname or "", place.port or 0))
    line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return line


def parsed(received: bytes) -> tuple[int, bytes] | None:
    """Status and body, once all of it is there. Every server here says how long its answers are."""
    head, separator, body = received.partition(b"\r\n\r\n")
    if not separator:
        return None
    at = head.lower().index(b"content-length:") + 15
    length = int(head[at:].partition(b"\r\n")[0])
    return (int(head[9:12]), body) if len(body) >= length else None


def post(path: str, body: bytes, token: str) -> bytes:
    """As our pages send it."""
    return (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nCookie: s={token}\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    ).encode() + body


def quantile(seconds: Sequence[float], share: float) -> float:
    ordered = sorted(seconds)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]
