"""The ledger of a distributed deployment as its gateways see it: kept by a process of its own, asked by HTTP."""

import json
import threading
from collections.abc import Mapping
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError
from urllib.request import ProxyHandler, Request, build_opener

import structlog

from kernel.ports import StoreUnavailable
from ledger.policy import Policy, Witness
from ledger.serving import KNOWN_ERRORS, PATH, packed, unpacked
from ledger.store import Entry
from ledger.tiles import WIDTH
from ledger.tree import Hash
from ledger.witness import Answer

SECONDS_TO_ANSWER = 5.0
SECONDS_BETWEEN_LOOKS = 2.0

log = structlog.get_logger()


class LedgerAway(StoreUnavailable):
    """The ledger's process did not answer; new proofs wait, and everything else goes on."""


class Questions:
    def __init__(self, url: str) -> None:
        self._address = url.rstrip("/") + PATH
        self._opener = build_opener(ProxyHandler({}))

    def ask(self, name: str, *values: object) -> Any:
        """Raises `LedgerAway`, or what is wrong with the question."""
        body = json.dumps({"ask": name, "with": [packed(each) for each in values]}, ensure_ascii=False).encode()
        asked = Request(self._address, body, {"Content-Type": "application/json"}, method="POST")
        try:
            with self._opener.open(asked, timeout=SECONDS_TO_ANSWER) as answer:
                return unpacked(json.loads(answer.read())["answer"])
        except HTTPError as error:
            with error:
                raise _wrong(error) from error
        except (OSError, HTTPException, ValueError, KeyError) as error:
            raise LedgerAway(f"{type(error).__name__}: {error}") from error


def _wrong(error: HTTPError) -> Exception:
    try:
        said = json.loads(error.read())
        known = {each.__name__: each for each in KNOWN_ERRORS}
        return known[said["error"]](said["about"])
    except (OSError, ValueError, KeyError, TypeError):
        return LedgerAway(f"it answered {error.code}")


class RemoteTree:
    """`SignedTree`, each method one question."""

    def __init__(self, questions: Questions) -> None:
        self._ask = questions.ask

    @property
    def size(self) -> int:
        return int(self._ask("about")["state"]["size"])

    def latest(self) -> str | None:
        found: str | None = self._ask("latest")
        return found

    def cosigned(self) -> str | None:
        found: str | None = self._ask("cosigned")
        return found

    def cosigned_by(self, witness: str) -> tuple[int, int]:
        size, at = self._ask("cosigned_by", witness)
        return size, at

    def checkpoints(self) -> list[str]:
        found: list[str] = self._ask("checkpoints")
        return found

    def signed_size(self) -> int:
        return int(self._ask("signed_size"))

    def signed_position(self) -> int:
        return int(self._ask("signed_position"))

    def tile_of_width(self, level: int, n: int, width: int = WIDTH) -> bytes:
        found: bytes = self._ask("tile_of_width", level, n, width)
        return found

    def leaves(self, n: int, width: int = WIDTH) -> list[bytes]:
        found: list[bytes] = self._ask("leaves", n, width)
        return found

    def entry_at(self, position: int) -> Entry | None:
        found = self._ask("entry_at", position)
        return Entry(*found) if found else None

    def entries(self, after: int, limit: int) -> list[Entry]:
        return [Entry(*each) for each in self._ask("entries", after, limit)]

    def inclusion(self, index: int, size: int) -> list[Hash]:
        found: list[Hash] = self._ask("inclusion", index, size)
        return found


class RemoteWitness:
    def __init__(self, questions: Questions) -> None:
        self._ask = questions.ask

    def add_checkpoint(self, text: str) -> Answer:
        return Answer(*self._ask("add_checkpoint", text))

    def cosigned_under(self, origin_sha256: str) -> str | None:
        found: str | None = self._ask("cosigned_under", origin_sha256)
        return found


class RemoteAsked:
    """`named` by the gateway's own policy file, which should be the ledger's."""

    def __init__(self, policy: Policy, ledger: "RemoteLedger") -> None:
        self.named: tuple[Witness, ...] = policy.witnesses
        self._ledger = ledger

    @property
    def failing(self) -> Mapping[str, str]:
        failing: Mapping[str, str] = self._ledger.state().get("witnesses_failing", {})
        return failing


class RemoteLedger:
    """How it stands is looked at by a thread of its own: a health page must not wait for a process that is away."""

    def __init__(self, url: str, policy: Policy | None = None) -> None:
        self._questions = Questions(url)
        self.file = RemoteTree(self._questions)
        self.witness = RemoteWitness(self._questions)
        self.asker = RemoteAsked(policy, self) if policy else None
        self.failing = ""
        self._state: dict[str, Any] = {}
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="ledger", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join()

    @property
    def origin(self) -> str:
        return str(self._questions.ask("about")["origin"])

    @property
    def log_keys(self) -> list[str]:
        keys: list[str] = self._questions.ask("about")["log_keys"]
        return keys

    @property
    def witness_keys(self) -> list[str]:
        keys: list[str] = self._questions.ask("about")["witness_keys"]
        return keys

    def state(self) -> dict[str, Any]:
        """As it was when it was last looked at."""
        return {**self._state, "failing": self.failing}

    def look(self) -> None:
        before = self.failing
        try:
            self._state = self._questions.ask("about")["state"]
            self.failing = str(self._state["failing"])
        except StoreUnavailable as error:
            self.failing = type(error).__name__  # its words may name an address; the log may
            if not before:
                log.warning("ledger_away", because=str(error))

    def _run(self) -> None:
        while True:
            self.look()
            if self._stopping.wait(SECONDS_BETWEEN_LOOKS):
                return
