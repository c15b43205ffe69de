"""Asks the witnesses of the policy to cosign what we have signed (C2SP tlog-witness over HTTP)."""

import base64
import threading
import time
from collections.abc import Callable
from http.client import HTTPException
from urllib.error import HTTPError
from urllib.request import HTTPRedirectHandler, Request, build_opener

import structlog

from ledger.note import BadNote, Note, parse, parse_checkpoint, parse_signature, verify
from ledger.policy import Policy, Witness
from ledger.receipt import BadReceipt, number
from ledger.store import LedgerFile
from ledger.witness import MAX_REQUEST_BYTES, TEXT_TYPE

SECONDS_BETWEEN_QUESTIONS = 60.0
SECONDS_TO_ANSWER = 10.0
SECONDS_FRESH = 24 * 3600
"""A cosignature says that the log was as it says at that time: once a day, also where nothing happens."""

log = structlog.get_logger()

Post = Callable[[str, bytes], tuple[int, str]]


class NotCosigned(Exception):
    """The witness did not cosign: why."""


class StayHere(HTTPRedirectHandler):
    """A witness is where the policy says."""

    def redirect_request(self, *_args: object) -> None:
        return None


def post(url: str, body: bytes) -> tuple[int, str]:
    """Status and text of the answer; raises `OSError` or `HTTPException` when there is none."""
    if not url.startswith(("http://", "https://")):
        raise OSError(f"not an address of a witness: {url}")
    asked = Request(url, body, {"Content-Type": TEXT_TYPE}, method="POST")
    try:
        with build_opener(StayHere()).open(asked, timeout=SECONDS_TO_ANSWER) as answer:
            return answer.status, answer.read(MAX_REQUEST_BYTES).decode(errors="replace")
    except HTTPError as error:
        with error:
            return error.code, error.read(MAX_REQUEST_BYTES).decode(errors="replace")


class Asker:
    """`failing`: which witnesses have not cosigned when they were asked last, and why."""

    def __init__(
        self, file: LedgerFile, policy: Policy, post: Post = post, clock: Callable[[], float] = time.time
    ) -> None:
        self._file = file
        self._policy = policy
        self.named = tuple(policy.witnesses)
        self._asked = tuple(each for each in policy.witnesses if each.url)
        self._post = post
        self._clock = clock
        self._stopping = threading.Event()
        self._wanted = threading.Event()
        self._thread = threading.Thread(target=self._run, name="witnesses", daemon=True)
        self.failing: dict[str, str] = {}

    def start(self) -> None:
        if self._asked:
            self._thread.start()

    def ask_soon(self) -> None:
        """Something was signed that should not wait a minute for its witnesses."""
        self._wanted.set()

    def ask_to_stop(self) -> None:
        self._stopping.set()
        self._wanted.set()

    def stop(self) -> None:
        self.ask_to_stop()
        if self._thread.is_alive():
            self._thread.join()

    def ask(self) -> None:
        """Every witness that has not cosigned the newest checkpoint, or not today."""
        signed = self._file.latest()
        if signed is None:
            return
        size = parse_checkpoint(parse(signed).text).size
        asked = [each for each in self._asked if self._is_due(each, size)]
        for each in asked:
            if self._stopping.is_set():
                return
            try:
                self._file.cosign(size, each.name, self._cosigned_by(each, signed, size), int(self._clock()))
                self.failing.pop(each.name, None)
            except (NotCosigned, BadNote, OSError, HTTPException) as error:
                log.warning("not_cosigned", witness=each.name, reason=str(error))
                self.failing[each.name] = str(error)
        if asked:
            self._keep(signed, size)

    def _is_due(self, witness: Witness, size: int) -> bool:
        last, at = self._file.cosigned_by(witness.name)
        return last < size or at <= self._clock() - SECONDS_FRESH

    def _cosigned_by(self, witness: Witness, signed: str, size: int) -> str:
        """Its signature lines. It says from where it wants the proof when it remembers another size than we do."""
        old, _at = self._file.cosigned_by(witness.name)
        status, answer = self._request(witness, signed, old, size)
        if status == 409:
            try:
                old = number(answer.removesuffix("\n"))
            except BadReceipt as error:
                raise NotCosigned("a size that is none") from error
            status, answer = self._request(witness, signed, old, size)
        if status != 200:
            raise NotCosigned(f"{status}: {answer[:200].strip()}")
        note = parse(signed)
        lines = tuple(map(parse_signature, answer.removesuffix("\n").split("\n")))
        if witness.key not in verify(Note(note.text, lines), [witness.key]):
            raise NotCosigned("signed by another key than the policy names")
        return "".join(each.line for each in lines)

    def _request(self, witness: Witness, signed: str, old: int, size: int) -> tuple[int, str]:
        if old > size:
            raise NotCosigned(f"it has cosigned {old} leaves, and we have signed {size}")
        proof = "".join(f"{base64.b64encode(each).decode()}\n" for each in self._file.consistency(old, size))
        return self._post(f"{witness.url.rstrip('/')}/add-checkpoint", f"old {old}\n{proof}\n{signed}".encode())

    def _keep(self, signed: str, size: int) -> None:
        """The checkpoint with every cosignature of its size, once the quorum stands behind it."""
        cosigned = signed + self._file.cosignatures(size)
        if self._policy.satisfied_by(verify(parse(cosigned), self._policy.keys)):
            self._file.keep_cosigned(size, cosigned)

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                self.ask()
            except Exception:  # whatever it is, the witnesses are asked again in a minute
                log.exception("asking_witnesses_failed")
            self._wanted.wait(SECONDS_BETWEEN_QUESTIONS)
            self._wanted.clear()
