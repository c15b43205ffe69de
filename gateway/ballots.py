"""POST /api/v1/polls/{poll_id}/ballots, for a whole hall at once.

A request that is plainly the one that our pages send is read here and goes into the queue; what differs from it in any
way (a body in other words, another site, no session, a gateway that is behind) goes the way of all requests, to the
route that `gateway.api.voting` describes, with the same outcome. A framework's endpoint costs several times as much.
"""

import asyncio
import random
import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache, partial
from hashlib import sha256
from typing import NamedTuple
from uuid import UUID

from fastapi import Request
from pydantic_core import to_json
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gateway import language
from gateway.api import voting
from gateway.ballot_queue import Answer, BallotQueue, Casting
from gateway.edge import Gate
from gateway.errors import answer_to
from gateway.identity.headers import complete
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

SEEN = COOKIE.encode()
DIGITS = re.compile(rb"[0-9]{1,18}")
SECURE = {True: b"; Secure", False: b""}

Headers = Sequence[tuple[bytes, bytes]]


class Said(NamedTuple):
    """A whole answer. `usual`: the headers that are the same for every voter."""

    status: int
    usual: Headers
    own: Headers
    body: bytes


class Ballots:
    """Reads the ballots that are plain, and words what they are answered with."""

    def __init__(self, gate: Gate, queue: BallotQueue) -> None:
        self.queue = queue
        self._gate = gate
        self._cookie = gate.identity.cookie_name.encode()

    def cast(self, poll_id: str, scope: Scope, body: bytes, tell: Callable[[Said], None]) -> bool:
        """False for what is not plainly a ballot as our pages send it. Else `tell` is called, once, in this loop."""
        asked = dict[bytes, bytes](scope["headers"])
        cookies = cookies_of(asked.get(b"cookie", b""))
        token, paper, key = cookies.get(self._cookie), paper_in(body), asked.get(b"idempotency-key")
        if token is None or paper is None or scope["query_string"] or not from_our_pages(asked):
            return False
        if (key and not KEY.fullmatch(key)) or self._behind(cookies.get(SEEN)):
            return False
        casting = Casting(
            token=token.decode("latin-1"),
            poll_id=named(poll_id),
            choice=paper[0],
            marks=paper[1],
            traceparent=trace.span_in(asked.get(b"traceparent", b"").decode("latin-1")),
            key=UUID(key.decode()) if key else None,
            asked=f"POST {scope['path']}? {sha256(body).hexdigest()}" if key else "",
            loop=asyncio.get_running_loop(),
            reply=partial(self._answer, scope, int(cookies.get(SEEN, b"0")), tell),
        )
        if not self.queue.put(casting):
            casting.reply(TryLater("too_many_ballots", random.randint(*BACK_AFTER_SECONDS)))
        return True

    def _behind(self, seen: bytes | None) -> bool:
        """Whether the browser has been shown more of the log, by another gateway, than this one has taken in."""
        return seen is not None and (not DIGITS.fullmatch(seen) or int(seen) > self._gate.views.position)

    def _answer(self, scope: Scope, seen: int, tell: Callable[[Said], None], answer: Answer) -> None:
        if isinstance(answer, Receipt):
            tell(accepted(answer, scope["path"], max(answer.position, seen), self._gate.identity.secure))
        else:
            tell(refused(answer, scope))


class BallotRoute:
    """ASGI middleware, the outermost: it takes ballots and hands on everything else.

    `gateway.line` does the same before there is a request at all, where the server is ours.
    """

    def __init__(self, app: ASGIApp, ballots: Ballots) -> None:
        self.app = app
        self._ballots = ballots

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = PATH.fullmatch(scope["path"]) if scope["type"] == "http" and scope["method"] == "POST" else None
        if path is None:
            return await self.app(scope, receive, send)
        first, said = await receive(), asyncio.get_running_loop().create_future()
        whole = not first.get("more_body")
        if not (whole and self._ballots.cast(path[1], scope, first.get("body", b""), partial(tell_who_waits, said))):
            return await self.app(scope, beginning_with(first, receive), send)
        answer = await said
        await send({"type": "http.response.start", "status": answer.status, "headers": [*answer.usual, *answer.own]})
        return await send({"type": "http.response.body", "body": answer.body})


def tell_who_waits(waiting: "asyncio.Future[Said]", said: Said) -> None:
    """Whoever left has a ballot all the same; asked again, it answers with the receipt."""
    if not waiting.done():
        waiting.set_result(said)


def accepted(receipt: Receipt, path: str, shown: int, secure: bool) -> Said:
    """As the route of `gateway.api.voting` says it; a model of it would take twice as long."""
    body = to_json(
        {
            "poll_id": receipt.poll_id,
            "voter_id": receipt.voter_id,
            "choice": voting.only(receipt.marks),
            "marks": receipt.marks,
            "event_id": receipt.event_id,
            "position": receipt.position,
            "recorded_at": receipt.recorded_at,
        }
    )
    own = (
        (b"content-length", b"%d" % len(body)),
        (b"set-cookie", b"%s=%d; Path=/; SameSite=strict%s" % (SEEN, shown, SECURE[secure])),
    )
    return Said(200, usual("https" if secure else "http", path), own, body)


def refused(answer: Exception, scope: Scope) -> Said:
    """As the application would, from the innermost layer to the outermost."""
    request = Request(scope)
    language.learn(request)
    response = answer_to(request, answer)
    complete(response.headers, scope)
    return Said(response.status_code, (), response.raw_headers, bytes(response.body))


def from_our_pages(asked: Mapping[bytes, bytes]) -> bool:
    """JSON from our own pages, or from no browser (gateway.identity.csrf). Old browsers go the other way."""
    site = asked.get(b"sec-fetch-site")
    ours = site == b"same-origin" or not (site or asked.get(b"origin"))
    return ours and asked.get(b"content-type") == b"application/json"


@lru_cache(100)  # a hall says the same few things
def paper_in(body: bytes) -> tuple[str, tuple[str, ...]] | None:
    """The choice and the marks on it; None for what is to be read by the route's own model."""
    if choice := CHOICE.fullmatch(body):
        return choice[1].decode(), ()
    if marks := MARKS.fullmatch(body):
        return "", tuple(each.strip().strip('"') for each in marks[1].decode().split(","))
    return None


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
def usual(scheme: str, path: str) -> Headers:
    """The headers that every answer to a ballot has."""
    headers = MutableHeaders(raw=[(b"content-type", b"application/json")])
    complete(headers, {"type": "http", "scheme": scheme, "path": path})
    return tuple(headers.raw)


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
