"""Writes are accepted only from our own pages, beside the cookie's SameSite=Strict."""

from urllib.parse import urlsplit

from fastapi import Request
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from gateway.errors import problem

READING = frozenset({"GET", "HEAD", "OPTIONS"})


class SameOrigin:
    """ASGI middleware: `cross_site` (403) for a write that a browser says comes from another site.

    A client that sends neither `Sec-Fetch-Site` nor `Origin` is no browser and holds no cookie of a victim.
    """

    def __init__(self, app: ASGIApp, public_url: str) -> None:
        self.app = app
        self._origin = _origin(public_url)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] not in READING and not self._from_here(Headers(scope=scope)):
            return await problem(Request(scope), "cross_site")(scope, receive, send)
        return await self.app(scope, receive, send)

    def _from_here(self, headers: Headers) -> bool:
        site, origin = headers.get("sec-fetch-site"), headers.get("origin")
        if site is None and origin is None:
            return True
        if site in ("same-origin", "none"):
            return True
        return origin is not None and self._is_ours(origin, headers.get("host", ""))

    def _is_ours(self, origin: str, host: str) -> bool:
        return _origin(origin) == self._origin or (bool(host) and urlsplit(origin).netloc == host)


def _origin(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.scheme, parts.netloc
