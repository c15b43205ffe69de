"""A FastAPI route that calls nameko's standalone client, one call per ballot: `… naive_gateway BUS_URL`."""

import socket
import sys
import threading
import warnings

warnings.filterwarnings("ignore", message=r"(?s).*Eventlet is deprecated.*")

import uvicorn  # noqa: E402
from fastapi import FastAPI  # noqa: E402
from nameko.standalone.rpc import ClusterRpcClient  # noqa: E402
from pydantic import BaseModel  # noqa: E402
from starlette.requests import Request  # noqa: E402

app = FastAPI()
mine = threading.local()


class Body(BaseModel):
    choice: str


@app.get("/live")
def live() -> dict[str, str]:
    return {}


@app.post("/api/v1/polls/{poll_id}/ballots")
def cast(poll_id: str, body: Body, request: Request) -> dict[str, str]:
    """The token stands for the voter: who it is, the service finds in its table of sessions."""
    if not hasattr(mine, "services"):  # the client is made for one thread
        mine.services = ClusterRpcClient(uri=sys.argv[1]).start()
    mine.services.naive_votes.cast(poll_id, request.cookies["s"], body.choice)
    return {}


def main() -> None:
    listening = socket.create_server(("127.0.0.1", 0), backlog=2048)
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    print(f"Ready: http://127.0.0.1:{listening.getsockname()[1]}", flush=True)
    config = uvicorn.Config(
        app, loop="asyncio", http="httptools", ws="none", log_config=None, access_log=False, timeout_keep_alive=60
    )
    uvicorn.Server(config).run(sockets=[listening])


if __name__ == "__main__":
    main()
