"""Cosigns what other deployments' logs sign, after checking that they only grew (C2SP tlog-witness).

Comparing with what was cosigned last and keeping the new state is one transaction, or two requests at once could roll a
log back. What proves that a log has forked is kept as evidence.
"""

import sqlite3
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from ledger.note import BadNote, Checkpoint, Note, Signer, VerifierKey, parse, parse_checkpoint, unbase64, verify
from ledger.receipt import BadReceipt, number
from ledger.tree import EMPTY_ROOT, MAX_PROOF, BadProof, Hash, verify_consistency

MAX_REQUEST_BYTES = 100_000
SIZE_TYPE = "text/x.tlog.size"
TEXT_TYPE = "text/plain; charset=utf-8"

SCHEMA = """
CREATE TABLE IF NOT EXISTS cosigned (
    origin TEXT PRIMARY KEY,
    size INTEGER NOT NULL,
    root BLOB NOT NULL,
    note TEXT NOT NULL,
    at INTEGER NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS evidence (
    id INTEGER PRIMARY KEY,
    origin TEXT NOT NULL,
    at INTEGER NOT NULL,
    held TEXT NOT NULL,
    request TEXT NOT NULL,
    UNIQUE (origin, request)
) STRICT;
"""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the witness says over HTTP."""

    status: int
    body: str = ""
    content_type: str = TEXT_TYPE


@dataclass(frozen=True, slots=True)
class Request:
    old: int
    proof: tuple[Hash, ...]
    note: Note


class BadRequest(ValueError):
    """Not the body of an add-checkpoint request."""


def parse_request(text: str) -> Request:
    head, separator, signed = text.partition("\n\n")
    first, *hashes = head.split("\n")
    if not separator or not first.startswith("old ") or len(hashes) > MAX_PROOF:
        raise BadRequest("not an old size, a proof and a checkpoint")
    try:
        proof = tuple(unbase64(each) for each in hashes)
        request = Request(number(first.removeprefix("old ")), proof, parse(signed))
    except (BadNote, BadReceipt) as error:
        raise BadRequest(str(error)) from error
    if any(len(each) != 32 for each in proof):
        raise BadRequest("a hash that is none")
    return request


class Witness:
    """`logs`: the keys that we believe, by configuration only; a log's origin is its key's name."""

    def __init__(
        self,
        path: Path | str,
        logs: Sequence[VerifierKey],
        signers: Sequence[Signer],
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._connection.execute("PRAGMA busy_timeout=5000")
        self._connection.execute("PRAGMA journal_mode=WAL")
        self._connection.execute("PRAGMA synchronous=FULL")
        self._connection.executescript(SCHEMA)
        self._access = threading.Lock()
        self._logs = tuple(logs)
        self._signers = tuple(signers)
        self._clock = clock

    def close(self) -> None:
        with self._access:
            self._connection.close()

    def add_checkpoint(self, text: str) -> Answer:
        """Unknown log 404; not signed by it 403; old above new 400; not what we cosigned last 409; not grown 422."""
        try:
            request = parse_request(text)
            checkpoint = parse_checkpoint(request.note.text)
        except (BadRequest, BadNote) as error:
            return Answer(400, f"{error}\n")
        keys = [key for key in self._logs if key.name == checkpoint.origin]
        if not keys:
            return Answer(404, "unknown log\n")
        try:
            signers = verify(request.note, keys)
        except BadNote:
            signers = {}
        if not signers:
            return Answer(403, "not signed by the log\n")
        if request.old > checkpoint.size:
            return Answer(400, "the old size is above the new one\n")
        return self._compare_and_keep(request, checkpoint, text)

    def _compare_and_keep(self, request: Request, checkpoint: Checkpoint, text: str) -> Answer:
        with self._access:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                answer = self._judged(request, checkpoint, text)
                self._connection.execute("COMMIT")
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
        return answer

    def _judged(self, request: Request, checkpoint: Checkpoint, text: str) -> Answer:
        row = self._connection.execute(
            "SELECT size, root, note FROM cosigned WHERE origin = ?", (checkpoint.origin,)
        ).fetchone()
        size, held_root, held = row or (0, EMPTY_ROOT, "")
        if request.old != size:
            return Answer(409, f"{size}\n", SIZE_TYPE)
        at = int(self._clock())
        try:
            verify_consistency(size, checkpoint.size, request.proof, held_root, checkpoint.root)
            if checkpoint.size == 0 and checkpoint.root != EMPTY_ROOT:
                raise BadProof("an empty tree has no such root")
        except BadProof as error:
            self._connection.execute(
                "INSERT OR IGNORE INTO evidence (origin, at, held, request) VALUES (?, ?, ?, ?)",
                (checkpoint.origin, at, held, text),
            )
            return Answer(422, f"{error}\n")
        lines = [signer.sign(checkpoint, at) for signer in self._signers]
        note = Note(checkpoint.text, (*request.note.signatures, *lines)).signed
        self._connection.execute(
            "INSERT OR REPLACE INTO cosigned VALUES (?, ?, ?, ?, ?)",
            (checkpoint.origin, checkpoint.size, checkpoint.root, note, at),
        )
        return Answer(200, "".join(each.line for each in lines))

    def cosigned(self, origin: str) -> str | None:
        """The latest checkpoint of a log that we cosigned, with its signatures."""
        with self._access:
            row = self._connection.execute("SELECT note FROM cosigned WHERE origin = ?", (origin,)).fetchone()
        return str(row[0]) if row else None

    def cosigned_under(self, origin_sha256: str) -> str | None:
        """The same, found by the SHA-256 of the origin in hex, as monitors ask for it."""
        for key in self._logs:
            if sha256(key.name.encode()).hexdigest() == origin_sha256:
                return self.cosigned(key.name)
        return None

    def kept_evidence(self) -> int:
        """How many requests prove that a log has forked."""
        with self._access:
            return int(self._connection.execute("SELECT COUNT(*) FROM evidence").fetchone()[0])

    def evidence(self) -> list[tuple[str, str, str]]:
        """(origin, what we had cosigned, the request that contradicts it), the oldest first."""
        with self._access:
            return self._connection.execute("SELECT origin, held, request FROM evidence ORDER BY id").fetchall()
