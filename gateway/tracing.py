"""The edge of a trace: a request continues the one named in its `traceparent` header, or begins one."""

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from kernel import trace


class Traced:
    """ASGI middleware. Threads that serve the request inherit the trace, as they do every context variable."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        with trace.continued(Headers(scope=scope).get("traceparent", "")):
            await self.app(scope, receive, send)
