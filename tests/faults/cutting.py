"""A TCP relay in front of PostgreSQL that cuts a connection exactly when a commit is under way."""

import socket
import threading
from contextlib import suppress
from typing import Literal

from kernel.adapters.store_postgres import COMMIT

COMMITTING = COMMIT.encode()

Cut = Literal["request", "answer"]


class Cutting:
    """`cut_next("request")`: the next commit never reaches the server; `"answer"`: it is stored, and nobody is told.

    While `refusing`, no new connection is taken.
    """

    def __init__(self, port: int) -> None:
        self.refusing = False
        self._next: tuple[Cut, bool] | None = None
        self._upstream_port = port
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._server.getsockname()[1]
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()

    def cut_next(self, what: Cut, then_refuse: bool = False) -> None:
        self._next = what, then_refuse

    def close(self) -> None:
        self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()
        for each in self._threads:
            each.join()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._server.accept()
                if self.refusing:
                    client.close()
                    continue
                server = socket.create_connection(("127.0.0.1", self._upstream_port))
                muted = threading.Event()
                for pump in (self._to_server, self._to_client):
                    thread = threading.Thread(target=pump, args=(client, server, muted))
                    self._threads.append(thread)
                    thread.start()

    def _to_server(self, client: socket.socket, server: socket.socket, muted: threading.Event) -> None:
        with suppress(OSError):
            while data := client.recv(1 << 20):
                if self._next is not None and COMMITTING in data:
                    (what, self.refusing), self._next = self._next, None
                    if what == "request":
                        break
                    muted.set()
                server.sendall(data)
        if not muted.is_set():
            _end(client, server)

    def _to_client(self, client: socket.socket, server: socket.socket, muted: threading.Event) -> None:
        with suppress(OSError):
            while (data := server.recv(1 << 20)) and not muted.is_set():
                client.sendall(data)
        _end(client, server)


def _end(*sockets: socket.socket) -> None:
    for each in sockets:
        with suppress(OSError):
            each.shutdown(socket.SHUT_RDWR)
        each.close()
