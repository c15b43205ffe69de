"""Each reader's language."""

from fastapi import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from gateway.texts import LOCALES, preferred


class ReadersLanguage:
    """ASGI middleware: the language of this request."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            learn(Request(scope))
        await self.app(scope, receive, send)


def learn(request: Request) -> None:
    """From the person's choice or the browser's."""
    chosen = request.cookies.get("lang", "")
    fallback = preferred(request.headers.get("accept-language", ""))
    request.state.locale = chosen if chosen in LOCALES else fallback
