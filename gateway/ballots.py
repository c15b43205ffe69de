"""POST /api/v1/polls/{poll_id}/ballots, for a whole hall at once.

A request that is plainly the one that our pages send is read here and goes into the queue; what differs from it in any
way (a body in other words, another site, no session, a gateway that is behind) goes the way of all requests, to the
route that `gateway.api.voting` describes, with the same outcome. A framework's endpoint costs several times as much.
"""

import asyncio
import random
import re
from collections.abc import Mapping
from functools import lru_cache
from hashlib import sha256
from typing import NamedTuple
from uuid import UUID

from fastapi import Request
from pydantic import TypeAdapter
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gateway.api import voting
from gateway.ballot_queue import Answer, BallotQueue, Casting
from gateway.edge import Gate
from gateway.errors import answer_to
from gateway.identity.headers import SecurityHeaders, complete
from gateway.language import ReadersLanguage
from gateway.problems import TryLater
from gateway.seen import COOKIE
from kernel import trace
from services.voting.urn import Receipt

PATH = re.compile(r"/api/v1/polls/([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})/ballots")
CHOICE = re.compile(rb'\s*\{\s*"choice"\s*:\s*"([a-z][a-z0-9_]{0,59})"\s*\}\s*')
MARK = rb'"[a-z][a-z0-9_]*(?::[a-z][a-z0-9_]*)?"'
MARKS = re.compile(rb'\s*\{\s*"marks"\s*:\s*\[\s*(%s(?:\s*,\s*%s){0,199})\s*\]\s*\}\s*' % (MARK, MARK))
"""So few bodies fit that these are all there is to decode: the model's whole variety goes to the route."""
KEY = re.compile(rb"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
BACK_AFTER_SECONDS = (1, 4)
"""Between these, by chance: who was turned away together does not come back together."""

HEADERS = (b"cookie", b"content-type", b"idempotency-key", b"traceparent", b"sec-fetch-site", b"origin")
SEEN = COOKIE.encode()
DIGITS = re.compile(rb"[0-9]{1,18}")
SECURE = {True: b"; Secure", False: b""}
RECEIPT = TypeAdapter(voting.Receipt)


class Asked(NamedTuple):
    """What the headers say, as far as a ballot needs it; in the order of `HEADERS`."""

    cookie: bytes
    content: bytes
    key: bytes
    traceparent: bytes
    site: bytes
    origin: bytes

    @property
    def plain(self) -> bool:
        """JSON from our own pages, or from no browser (gateway.identity.csrf). Old browsers go the other way."""
        return self.content == b"application/json" and (self.site == b"same-origin" or not (self.site or self.origin))


class BallotRoute:
    """ASGI middleware, the outermost: it takes ballots and hands on everything else."""

    def __init__(self, app: ASGIApp, gate: Gate, queue: BallotQueue) -> None:
        self.app = app
        self._gate = gate
        self._queue = queue
        self._cookie = gate.identity.cookie_name.encode()
        self._refuse = SecurityHeaders(ReadersLanguage(refuse))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = PATH.fullmatch(scope["path"]) if scope["type"] == "http" and scope["method"] == "POST" else None
        if path is None:
            return await self.app(scope, receive, send)
        first = await receive()
        asked = headers_of(scope)
        cookies = cookies_of(asked.cookie)
        casting = self._read(scope, path[1], first, asked, cookies)
        if casting is None:
            return await self.app(scope, beginning_with(first, receive), send)
        answer: Answer = TryLater("too_many_ballots", random.randint(*BACK_AFTER_SECONDS))
        if self._queue.put(casting):
            answer = await casting.reply
        if isinstance(answer, Receipt):
            shown = max(answer.position, int(cookies.get(SEEN, b"0")))
            return await self._accept(scope, send, said(answer), shown)
        scope.setdefault("state", {})["refused"] = answer
        return await self._refuse(scope, receive, send)

    def _read(
        self, scope: Scope, poll_id: str, first: Message, asked: Asked, cookies: Mapping[bytes, bytes]
    ) -> Casting | None:
        """None for what is not plainly a ballot as our pages send it."""
        body: bytes = first.get("body", b"")
        paper = paper_in(body)
        token = cookies.get(self._cookie)
        if paper is None or token is None or not asked.plain or first.get("more_body") or scope["query_string"]:
            return None
        if (asked.key and not KEY.fullmatch(asked.key)) or self._behind(cookies.get(SEEN)):
            return None
        return Casting(
            token=token.decode("latin-1"),
            poll_id=named(poll_id),
            choice=paper[0],
            marks=paper[1],
            traceparent=trace.span_in(asked.traceparent.decode("latin-1")),
            key=UUID(asked.key.decode()) if asked.key else None,
            asked=f"POST {scope['path']}? {sha256(body).hexdigest()}" if asked.key else "",
            reply=asyncio.get_running_loop().create_future(),
        )

    def _behind(self, seen: bytes | None) -> bool:
        """Whether the browser has been shown more of the log, by another gateway, than this one has taken in."""
        return seen is not None and (not DIGITS.fullmatch(seen) or int(seen) > self._gate.views.position)

    async def _accept(self, scope: Scope, send: Send, body: bytes, shown: int) -> None:
        headers = [
            *always(scope["scheme"], scope["path"]),
            (b"content-length", b"%d" % len(body)),
            (b"set-cookie", b"%s=%d; Path=/; SameSite=strict%s" % (SEEN, shown, SECURE[self._gate.identity.secure])),
        ]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})


def said(receipt: Receipt) -> bytes:
    """As the route of `gateway.api.voting` says it."""
    return RECEIPT.dump_json(
        voting.Receipt(
            poll_id=receipt.poll_id,
            voter_id=receipt.voter_id,
            choice=voting.only(receipt.marks),
            marks=receipt.marks,
            event_id=receipt.event_id,
            position=receipt.position,
            recorded_at=receipt.recorded_at,
        )
    )


async def refuse(scope: Scope, receive: Receive, send: Send) -> None:
    request = Request(scope)
    await answer_to(request, request.state.refused)(scope, receive, send)


def paper_in(body: bytes) -> tuple[str, tuple[str, ...]] | None:
    """The choice and the marks on it; None for what is to be read by the route's own model."""
    if choice := CHOICE.fullmatch(body):
        return choice[1].decode(), ()
    if marks := MARKS.fullmatch(body):
        return "", tuple(each.strip().strip('"') for each in marks[1].decode().split(","))
    return None


def headers_of(scope: Scope) -> Asked:
    headers = dict(scope["headers"])
    return Asked(*(headers.get(name, b"") for name in HEADERS))


def cookies_of(header: bytes) -> dict[bytes, bytes]:
    """Values in quotes or otherwise encoded are not ours; they name no session."""
    cookies = {}
    for each in header.split(b";"):
        name, _, value = each.partition(b"=")
        cookies[name.strip()] = value.strip()
    return cookies


@lru_cache(100)
def named(poll_id: str) -> UUID:
    return UUID(poll_id)


@lru_cache(100)
def always(scheme: str, path: str) -> list[tuple[bytes, bytes]]:
    """The headers that every answer to a ballot has."""
    headers = MutableHeaders(raw=[(b"content-type", b"application/json")])
    complete(headers, {"type": "http", "scheme": scheme, "path": path})
    return headers.raw


def beginning_with(first: Message, receive: Receive) -> Receive:
    """The same messages once more."""
    taken = False

    async def again() -> Message:
        nonlocal taken
        if taken:
            return await receive()
        taken = True
        return first

    return again
