"""What every response tells the browser about trust and caching."""

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' blob: data:",
    "font-src": "'self' data:",
    "connect-src": "'self'",
    "worker-src": "'self'",
    "manifest-src": "'self'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
    "base-uri": "'none'",
}


def content_security_policy(**changes: str) -> str:
    """`script_src="'self' 'wasm-unsafe-eval'"` replaces one directive."""
    directives = POLICY | {name.replace("_", "-"): value for name, value in changes.items()}
    return "; ".join(f"{name} {value}" for name, value in directives.items())


STRICT = content_security_policy()
READER = content_security_policy(script_src="'self' 'wasm-unsafe-eval'")
"""For pages that show PDF files: pdf.js decodes JPEG 2000 and JBIG2 images in WebAssembly."""

ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    # Nothing leaves this site; within it, "back to where you were" works.
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}


class SecurityHeaders:
    """ASGI middleware. A route that sets one of these headers itself keeps its own."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                complete(MutableHeaders(scope=message), scope)
            await send(message)

        return await self.app(scope, receive, send_with_headers)


def complete(headers: MutableHeaders, scope: Scope) -> None:
    """Adds what the response does not say itself."""
    for name, value in ALWAYS.items():
        headers.setdefault(name, value)
    # A worker has the policy of its own script, so pdf.js's must allow its decoders as well.
    reads_pdf = scope["path"].startswith("/static/vendor/pdfjs-dist/")
    headers.setdefault("Content-Security-Policy", READER if reads_pdf else STRICT)
    headers.setdefault("Cache-Control", _caching(scope["path"]))
    if scope["scheme"] == "https":
        headers.setdefault("Strict-Transport-Security", "max-age=31536000; includeSubDomains")


def _caching(path: str) -> str:
    if path.startswith("/static/vendor/"):
        return "public, max-age=31536000, immutable"
    if path.startswith("/static/"):
        return "no-cache"
    return "no-store"
