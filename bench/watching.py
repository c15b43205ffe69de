"""Thousands of open live streams in processes of their own, and when the last of them has heard of a change."""

import multiprocessing
import select
import socket
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from multiprocessing.connection import Connection

from bench.load import connected
from bench.shape import Wrong

PROCESSES = 2
PATIENCE_SECONDS = 120
NAME = b"event: ballots"


class Watchers:
    """`heard` is called once for each change."""

    def __init__(self, ends: Sequence[Connection]) -> None:
        self._ends = ends

    def heard(self) -> float:
        """When the last stream got a frame of the next change, by the machine's steady clock."""
        for end in self._ends:
            end.send("next")
        return max(_received(end) for end in self._ends)


@contextmanager
def watching(address: str, requests: Sequence[bytes]) -> Iterator[Watchers]:
    """One stream for each request, all of them begun."""
    context = multiprocessing.get_context("spawn")
    pairs = [context.Pipe() for _ in range(PROCESSES)]
    children = [
        context.Process(target=_watch, args=(address, requests[n::PROCESSES], theirs))
        for n, (_, theirs) in enumerate(pairs)
    ]
    for child in children:
        child.start()
    try:
        for mine, _ in pairs:
            _received(mine)
        yield Watchers([mine for mine, _ in pairs])
    finally:
        for child in children:
            child.kill()
            child.join()


def _received(end: Connection) -> float:
    if not end.poll(PATIENCE_SECONDS):
        raise Wrong("not every stream has heard of it")
    said = end.recv()
    if isinstance(said, str):
        raise Wrong(said)
    return float(said)


def _watch(address: str, requests: Sequence[bytes], parent: Connection) -> None:
    poll, lines = select.epoll(), dict[int, socket.socket]()
    for request in requests:
        line = connected(address)
        lines[line.fileno()] = line
        poll.register(line, select.EPOLLIN)
        line.sendall(request)
    try:
        _all_begun(poll, lines)
        parent.send(time.perf_counter())
        while True:
            parent.recv()
            parent.send(_all_heard(poll, lines))
    except Wrong as wrong:
        parent.send(str(wrong))


def _all_begun(poll: select.epoll, lines: dict[int, socket.socket]) -> None:
    begun: set[int] = set()
    while len(begun) < len(lines):
        for handle, news in _news(poll, lines):
            if handle not in begun and not news.startswith(b"HTTP/1.1 200"):
                raise Wrong(f"a stream was refused: {news[:200]!r}")
            begun.add(handle)


def _all_heard(poll: select.epoll, lines: dict[int, socket.socket]) -> float:
    """A frame is far smaller than a packet, so that its name never comes in two pieces."""
    heard: set[int] = set()
    while len(heard) < len(lines):
        heard.update(handle for handle, news in _news(poll, lines) if NAME in news)
    return time.perf_counter()


def _news(poll: select.epoll, lines: dict[int, socket.socket]) -> Iterator[tuple[int, bytes]]:
    ready = poll.poll(PATIENCE_SECONDS)
    if not ready:
        raise Wrong("streams are silent")
    for handle, _ in ready:
        news = lines[handle].recv(65536)
        if not news:
            raise Wrong("the server ended a stream")
        yield handle, news


def get(path: str, token: str = "") -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/event-stream\r\nCookie: s={token}\r\n\r\n".encode()
