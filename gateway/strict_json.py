"""JSON that means one thing only: no repeated keys, no NaN, no number a browser would change, no deep nesting."""

import json
from hashlib import sha256
from typing import Any

from fastapi import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gateway.errors import problem

LIMIT_BYTES = 2 * 1024 * 1024
LIMIT_DEPTH = 32
LARGEST_INTEGER = 2**53


class Ambiguous(ValueError):
    """The text is JSON, but two readers could understand it differently."""


class StrictJson:
    """ASGI middleware: refuses JSON bodies that are too large (413) or ambiguous (400) before any route sees them."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not _is_json(scope):
            return await self.app(scope, receive, send)
        body = await _body(receive)
        if body is None:
            return await problem(Request(scope), "too_large")(scope, receive, send)
        scope.setdefault("state", {})["body_sha256"] = sha256(body).hexdigest()
        try:
            check(body)
        except (ValueError, RecursionError):
            return await problem(Request(scope), "bad_request")(scope, receive, send)
        return await self.app(scope, _replay(body, receive), send)


def check(body: bytes) -> None:
    """Raises ValueError for what is not strict JSON; an empty body is fine."""
    if not body:
        return
    text = body.decode("utf-8")
    value = json.loads(text, object_pairs_hook=_unique, parse_constant=_constant, parse_int=_integer)
    _check_depth(value, LIMIT_DEPTH)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise Ambiguous("repeated key")
    return fields


def _constant(name: str) -> Any:
    raise Ambiguous(name)


def _integer(digits: str) -> int:
    if len(digits) > 17 or abs(int(digits)) > LARGEST_INTEGER:
        raise Ambiguous("integer beyond 2^53")
    return int(digits)


def _check_depth(value: Any, left: int) -> None:
    if left == 0:
        raise Ambiguous("too deep")
    children = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for child in children:
        _check_depth(child, left - 1)


def _is_json(scope: Scope) -> bool:
    return any(name == b"content-type" and b"json" in value.lower() for name, value in scope["headers"])


async def _body(receive: Receive) -> bytes | None:
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return b"".join(parts)
        part = message.get("body", b"")
        size += len(part)
        if size > LIMIT_BYTES:
            return None
        parts.append(part)
        if not message.get("more_body", False):
            return b"".join(parts)


def _replay(body: bytes, receive: Receive) -> Receive:
    sent = False

    async def again() -> Message:
        nonlocal sent
        if sent:
            return await receive()
        sent = True
        return {"type": "http.request", "body": body, "more_body": False}

    return again
