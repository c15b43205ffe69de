"""Screens on sse-starlette as its documentation shows: a queue for each client, and the response that reads it."""

import asyncio
import socket
from collections.abc import AsyncIterator

import uvicorn
from sse_starlette import EventSourceResponse, ServerSentEvent
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

queues: set[asyncio.Queue[str]] = set()


async def stream(_request: Request) -> Response:
    queue: asyncio.Queue[str] = asyncio.Queue()
    queues.add(queue)

    async def frames() -> AsyncIterator[ServerSentEvent]:
        try:
            yield ServerSentEvent(comment="open")
            while True:
                position = await queue.get()
                yield ServerSentEvent(event="ballots", id=position, data=position)
        finally:
            queues.discard(queue)

    return EventSourceResponse(frames())


async def publish(request: Request) -> Response:
    position = (await request.body()).decode()
    for queue in queues:
        queue.put_nowait(position)
    return JSONResponse({})


def main() -> None:
    listening = socket.create_server(("127.0.0.1", 0), backlog=2048)
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    app = Starlette(routes=[Route("/stream", stream), Route("/publish", publish, methods=["POST"])])
    config = uvicorn.Config(
        app, loop="asyncio", http="httptools", ws="none", log_config=None, access_log=False, timeout_keep_alive=60
    )
    config.timeout_graceful_shutdown = 1
    print(f"Ready: http://127.0.0.1:{listening.getsockname()[1]}", flush=True)
    uvicorn.Server(config).run(sockets=[listening])


if __name__ == "__main__":
    main()
