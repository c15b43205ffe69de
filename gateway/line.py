"""A connection of the server: uvicorn's own, with a short way in for plain ballots and out for the frames of streams.

Tasks, scopes and middleware cost three times as much as to read a ballot and to answer it. What is not plainly a ballot
goes on as if nobody had looked at it.
"""

import asyncio
from collections.abc import Awaitable
from functools import lru_cache, partial
from typing import Any, cast

from starlette.types import Scope
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from gateway.ballots import PATH, Ballots, Headers, Said

LARGEST = 16 * 1024
"""Bytes of a body; a plain ballot has fewer."""


class UnderWay:
    """Stands where uvicorn looks for the request that it is answering, so that what comes after waits for its turn."""

    message_event = asyncio.Event()
    """Nobody waits for it."""

    def __init__(self) -> None:
        self.response_complete = False
        self.disconnected = False
        self.keep_alive = True


class Line(HttpToolsProtocol):
    """An application finds its request's line in the scope's state."""

    def __init__(self, ballots: Ballots, **given: Any) -> None:
        super().__init__(**given)
        self._ballots = ballots
        self._poll_id = ""
        self._body = b""

    def push(self, text: bytes) -> Awaitable[None] | None:
        """A further piece of an answer under way that has no length, at once; what to wait for before the next one."""
        if not self.transport.is_closing():
            self.transport.write(chunk(text))
        return self.flow.drain() if self.flow.write_paused else None

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self.scope["state"]["line"] = self

    def on_headers_complete(self) -> None:
        self._poll_id, self._body = self._asked_about(), b""
        if not self._poll_id:
            super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        if not self._poll_id:
            super().on_body(body)
            return
        self._body += body
        if len(self._body) > LARGEST:
            self._hand_over()

    def on_message_complete(self) -> None:
        if self._poll_id and not self._cast():
            self._hand_over()
        if not self._poll_id:
            super().on_message_complete()

    def _asked_about(self) -> str:
        """The poll; empty for what is no ballot, or comes before the answer to what was asked before."""
        poll_id = poll_in(self.url)
        if not poll_id or self.parser.get_method() != b"POST":
            return ""
        busy = self.flow.write_paused or not (self.cycle is None or self.cycle.response_complete)
        usual = self.parser.get_http_version() == "1.1" and self.parser.should_keep_alive()
        if busy or not usual or self.expect_100_continue or self.parser.should_upgrade():
            return ""
        return poll_id

    def _cast(self) -> bool:
        scope = cast(Scope, self.scope)
        scope.update(method="POST", path=self.url.decode(), raw_path=self.url, query_string=b"")
        self.cycle = under_way = UnderWay()  # type: ignore[assignment]
        taken = self._ballots.cast(self._poll_id, scope, self._body, partial(self._answer, under_way))
        under_way.response_complete |= not taken
        return taken

    def _hand_over(self) -> None:
        self._poll_id = ""
        super().on_headers_complete()
        super().on_body(self._body)

    def _answer(self, under_way: UnderWay, said: Said) -> None:
        under_way.response_complete = True
        if self.transport.is_closing():
            return
        own = lines((*self.server_state.default_headers, *said.own))
        ends = b"\r\n" if under_way.keep_alive else b"connection: close\r\n\r\n"
        self.transport.write(b"".join((STATUS_LINE[said.status], usual_lines(said.usual), own, ends, said.body)))
        if not under_way.keep_alive:
            self.transport.close()
        self.on_response_complete()


@lru_cache(100)
def poll_in(url: bytes) -> str:
    path = PATH.fullmatch(url.decode("latin-1"))
    return path[1] if path else ""


@lru_cache(64)
def chunk(text: bytes) -> bytes:
    """Nearly always the same goes to very many."""
    return b"%x\r\n%s\r\n" % (len(text), text)


def lines(headers: Headers) -> bytes:
    return b"".join([b"%s: %s\r\n" % each for each in headers])


usual_lines = lru_cache(100)(lines)
