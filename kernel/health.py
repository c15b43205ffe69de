"""`/live`, `/ready` and `/metrics` of a process that serves no pages, answered by a thread of its own."""

import json
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest


class Health(ThreadingHTTPServer):
    """`check` raises what is wrong, and `/ready` is then 503 with its kind; port 0 lets the system choose."""

    daemon_threads = True

    def __init__(self, host: str, port: int, check: Callable[[], object]) -> None:
        super().__init__((host, port), Answer)
        self.check = check
        self._thread = threading.Thread(target=self.serve_forever, name="health", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self.shutdown()
        self._thread.join()
        self.server_close()


class Answer(BaseHTTPRequestHandler):
    server: Health
    timeout = 10

    def do_GET(self) -> None:
        match self.path:
            case "/live":
                self._json(200, {"status": "live"})
            case "/ready":
                self._ready()
            case "/metrics":
                self._send(200, CONTENT_TYPE_LATEST, generate_latest())
            case _:
                self._json(404, {"status": "no such page"})

    def _ready(self) -> None:
        try:
            self.server.check()
        except (
            Exception
        ) as error:  # whatever is wrong is the answer; drivers' words may hold an address with a password
            self._json(503, {"status": "degraded", "because": type(error).__name__})
        else:
            self._json(200, {"status": "ready"})

    def _json(self, status: int, state: dict[str, str]) -> None:
        self._send(status, "application/json", json.dumps(state, ensure_ascii=False).encode())

    def _send(self, status: int, media_type: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Probes come every few seconds; the log is for what happens."""
