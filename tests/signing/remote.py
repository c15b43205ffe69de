"""A signing service on loopback that speaks the Cloud Signature Consortium API, with a PIN for every act."""

import asyncio
import threading
import warnings
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from aiohttp import web
from csc_dummy.csc_dummy_server import CSCWithCertomancer

from tests.signing.authority import Authority

PIN = "246810"

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass
class SigningService:
    """`down`: it answers 503 to everything."""

    address: str
    down: bool = False


@contextmanager
def serving(authority: Authority) -> Iterator[SigningService]:
    service = SigningService("")
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    runner = asyncio.run_coroutine_threadsafe(started(authority, service), loop).result()
    try:
        yield service
    finally:
        asyncio.run_coroutine_threadsafe(runner.cleanup(), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def started(authority: Authority, service: SigningService) -> web.AppRunner:
    runner = web.AppRunner(application(authority, service), access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    service.address = f"http://127.0.0.1:{runner.addresses[0][1]}"
    return runner


def application(authority: Authority, service: SigningService) -> web.Application:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", web.NotAppKeyWarning)  # the dummy keeps its parts under plain strings
        dummy = CSCWithCertomancer(authority.config)
    dummy.register_routes()

    @web.middleware
    async def guarded(request: web.Request, handler: Handler) -> web.StreamResponse:
        if service.down:
            raise web.HTTPServiceUnavailable
        if request.path.endswith("/credentials/authorize") and (await request.json()).get("PIN") != PIN:
            raise web.HTTPForbidden
        return await handler(request)

    dummy.app.middlewares.append(guarded)
    return dummy.app
