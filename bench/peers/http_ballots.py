"""The hall's ballots on bare ASGI handlers: `python -m bench.peers.http_ballots each|batched|raw FOLDER`."""

import asyncio
import json
import socket
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from uuid import UUID

import uvicorn
from pydantic import BaseModel

from bench.ballots import Asked

Save = Callable[[Sequence[Asked]], None]


class Body(BaseModel):
    choice: str


class Handler:
    """Session, roll and a second ballot are looked up in memory; nothing else is checked."""

    def __init__(self, folder: Path, save: Save, batched: bool) -> None:
        voters, tokens = json.loads((folder / "hall.json").read_text())
        self._voters = dict(zip((each.encode() for each in tokens), map(UUID, voters), strict=True))
        self._voted: set[tuple[bytes, UUID]] = set()
        self._save = save
        self._batched = batched
        self._waiting: list[tuple[Asked, asyncio.Future[None]]] = []
        self._under_way = False
        self._thread = ThreadPoolExecutor(1)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return None
        if scope["method"] == "GET":
            return await answer(send, 200)
        body = Body.model_validate_json((await receive())["body"])
        cookie = next(value for name, value in scope["headers"] if name == b"cookie")
        voter_id = self._voters.get(cookie.removeprefix(b"s="))
        poll = scope["path"].split("/")[4].encode()
        status = 403
        if voter_id is not None and (poll, voter_id) not in self._voted:
            self._voted.add((poll, voter_id))
            await self._saved(Asked(UUID(poll.decode()), voter_id, body.choice))
            status = 200
        return await answer(send, status)

    async def _saved(self, ballot: Asked) -> None:
        if not self._batched:
            # In the loop itself: in a thread, the same save is slower by the change of threads.
            self._save([ballot])
            return
        done = asyncio.get_running_loop().create_future()
        self._waiting.append((ballot, done))
        if not self._under_way:
            self._under_way = True
            asyncio.ensure_future(self._work())
        await done

    async def _work(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting[:500], self._waiting[500:]
            await asyncio.get_running_loop().run_in_executor(self._thread, self._save, [each for each, _ in batch])
            for _, done in batch:
                done.set_result(None)
        self._under_way = False


async def answer(send: Any, status: int) -> None:
    headers = [(b"content-type", b"application/json"), (b"content-length", b"2")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b"{}"})


def eventsourcing(folder: Path) -> Save:
    from bench.peers import eventsourcing_store as peer

    ballots = peer.opened(folder / "peer.db")
    return lambda asked: (
        ballots.save(*(peer.Ballot(each.poll_id, each.voter_id, each.choice) for each in asked)) and None
    )


def raw(folder: Path) -> Save:
    """The product's rows in the product's table, by the statement that SQLite runs fastest from Python threads."""
    from bench.peers.raw_sqlite import RawLog

    return RawLog(folder / "raw.db").save


def main(kind: str, folder: Path) -> None:
    save = raw(folder) if kind == "raw" else eventsourcing(folder)
    listening = socket.create_server(("127.0.0.1", 0), backlog=2048)
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    config = uvicorn.Config(
        Handler(folder, save, batched=kind != "each"),
        loop="asyncio",
        http="httptools",
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        timeout_keep_alive=60,
    )
    print(f"Ready: http://127.0.0.1:{listening.getsockname()[1]}", flush=True)
    uvicorn.Server(config).run(sockets=[listening])


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
