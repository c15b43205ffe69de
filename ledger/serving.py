"""Answers the gateways of a distributed deployment: what they read of the ledger, by HTTP, inside the deployment alone.

One address takes every question, `POST /ask` with the question's name and arguments in JSON; bytes are `{"b64": …}`.
Salts go out here: nobody but gateways may reach it.
"""

import base64
import json
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import astuple, is_dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import structlog

from ledger.keeping import Ledger
from ledger.tiles import BadAddress
from ledger.tree import NoSuchLeaf
from ledger.witness import MAX_REQUEST_BYTES

OF_THE_TREE = (
    "latest",
    "cosigned",
    "cosigned_by",
    "checkpoints",
    "signed_size",
    "signed_position",
    "tile_of_width",
    "leaves",
    "entry_at",
    "entries",
    "inclusion",
)
OF_THE_WITNESS = ("add_checkpoint", "cosigned_under")
KNOWN_ERRORS = (BadAddress, NoSuchLeaf)
"""What is wrong with a question; the asker gets the same."""

PATH = "/ask"
MAX_QUESTION_BYTES = 2 * MAX_REQUEST_BYTES
WAITING = 256
"""Connections of gateways that may wait to be taken."""

log = structlog.get_logger()


def packed(value: Any) -> Any:
    """As JSON can hold it."""
    if isinstance(value, bytes):
        return {"b64": base64.b64encode(value).decode()}
    if is_dataclass(value) and not isinstance(value, type):
        return packed(astuple(value))
    if isinstance(value, Mapping):
        return {key: packed(each) for key, each in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [packed(each) for each in value]
    return value


def unpacked(value: Any) -> Any:
    match value:
        case {"b64": str(encoded)}:
            return base64.b64decode(encoded)
        case list():
            return [unpacked(each) for each in value]
        case _:
            return value


class LedgerServer(ThreadingHTTPServer):
    """Port 0 lets the system choose. `stop` lets running questions finish."""

    daemon_threads = False
    request_queue_size = WAITING

    def __init__(self, host: str, port: int, ledger: Ledger) -> None:
        super().__init__((host, port), Answering)
        tree = {name: getattr(ledger.file, name) for name in OF_THE_TREE}
        witness = {name: getattr(ledger.witness, name) for name in OF_THE_WITNESS}
        self.answers: dict[str, Callable[..., Any]] = {**tree, **witness, "about": lambda: about(ledger)}
        self._thread = threading.Thread(target=self.serve_forever, name="ledger.serving", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self.shutdown()
        self._thread.join()
        self.server_close()


def about(ledger: Ledger) -> dict[str, Any]:
    """What seldom changes, and how it stands."""
    return {
        "origin": ledger.origin,
        "log_keys": ledger.log_keys,
        "witness_keys": ledger.witness_keys,
        "asks": ledger.asker is not None,
        "state": ledger.state(),
    }


class Answering(BaseHTTPRequestHandler):
    server: LedgerServer
    timeout = 10

    def do_POST(self) -> None:
        try:
            length = int(self.headers.get("Content-Length", ""))
            question = json.loads(self.rfile.read(min(length, MAX_QUESTION_BYTES)))
            answer = self.server.answers[question["ask"]]
            values = [unpacked(each) for each in question["with"]]
        except (ValueError, KeyError, TypeError):
            self._send(400, {"error": "not a question"})
            return
        try:
            self._send(200, {"answer": packed(answer(*values))})
        except KNOWN_ERRORS as error:
            self._send(404, {"error": type(error).__name__, "about": str(error)})
        except Exception:  # whatever it is, others go on being answered
            log.exception("ledger_question_failed", ask=question["ask"])
            self._send(500, {"error": "failed"})

    def _send(self, status: int, said: dict[str, Any]) -> None:
        body = json.dumps(said, ensure_ascii=False).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Every proof asks a few questions; the log is for what happens."""
