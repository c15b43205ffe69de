"""A fake of the VGCA plug-in: hears and answers as public programs say that it does, and signs in earnest.

It is no proof of what the real one does: nobody here has met it (docs/signing.md).
"""

import asyncio
import base64
import hashlib
import json
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2
from aiohttp import web
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.certificates import Certificates, certificates

PORT = 8987
"""Where the real one listens; browsers of tests are told to find it elsewhere."""

CANCELLED = {"Status": 11, "Message": "Người dùng đã huỷ.", "FileServer": ""}


class FakeVgcaAgent:
    """`signs`: what its user does with the file; None when they give up. `away`: it answers nobody.

    `asked`, `origins`: what pages have told it, and which pages.
    """

    def __init__(self, shown: Certificates) -> None:
        self.signs: Callable[[bytes], bytes] | None = None
        self.away = False
        self.asked: list[dict[str, Any]] = []
        self.origins: list[str | None] = []
        self.port = 0
        self._shown = shown

    def browser_arguments(self) -> tuple[str, str]:
        """A browser then finds it at the real one's address, and believes its certificate alone."""
        certificate = x509.load_pem_x509_certificate(self._shown.server.read_bytes())
        key = certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        pin = base64.b64encode(hashlib.sha256(key).digest()).decode()
        return (
            f"--host-resolver-rules=MAP 127.0.0.1:{PORT} 127.0.0.1:{self.port}",
            f"--ignore-certificate-errors-spki-list={pin}",
        )

    async def approve(self, request: web.Request) -> web.WebSocketResponse:
        """One message in, one answer out, and it closes."""
        if self.away:
            raise web.HTTPNotFound
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        asked = json.loads(await socket.receive_str())
        self.asked.append(asked)
        self.origins.append(request.headers.get("origin"))
        await socket.send_str(json.dumps(await asyncio.to_thread(self._answer, asked)))
        await socket.close()
        return socket

    def _answer(self, asked: dict[str, Any]) -> dict[str, Any]:
        with httpx2.Client(timeout=60) as web_client:
            document = web_client.get(asked["FileName"])
            if not document.is_success:
                return {"Status": 1, "Message": f"Không tải được tệp: {document.status_code}", "FileServer": ""}
            if self.signs is None:
                return CANCELLED
            file = ("signed.pdf", self.signs(document.content), "application/pdf")
            said = web_client.post(asked["FileUploadHandler"], files={"uploadfile": file}).json()
        if said["Status"] is not True:
            return {"Status": 1, "Message": said["Message"], "FileServer": ""}
        return {"Status": 0, "Message": "", "FileName": said["FileName"], "FileServer": said["FileServer"]}


@contextmanager
def serving(folder: Path) -> Iterator[FakeVgcaAgent]:
    shown = certificates(folder)
    agent, loop = FakeVgcaAgent(shown), asyncio.new_event_loop()
    runner = loop.run_until_complete(_begun(agent, shown))
    agent.port = runner.addresses[0][1]
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        yield agent
    finally:
        asyncio.run_coroutine_threadsafe(runner.cleanup(), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def _begun(agent: FakeVgcaAgent, shown: Certificates) -> web.AppRunner:
    application = web.Application()
    application.router.add_get("/SignApproved", agent.approve)
    runner = web.AppRunner(application)
    await runner.setup()
    secured = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    secured.load_cert_chain(shown.server, shown.key)
    await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=secured).start()
    return runner
