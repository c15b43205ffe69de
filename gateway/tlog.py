"""The provable log for machines, in the bytes of C2SP tlog-tiles and tlog-witness: `/ledger/…`.

Hashes hide what was recorded. Entries name streams, hence logins and who has voted: they are for auditors, unless the
setting says otherwise. A witness answers anybody; it believes signatures only.
"""

import re
import struct
from typing import Literal

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool

from gateway import policy, resources
from gateway.edge import AnyGate, Gate, subject
from gateway.problems import TryLater
from kernel.decider import Refused
from ledger.reading import ReadableLedger
from ledger.tiles import HEIGHT, WIDTH, BadAddress, tile_number
from ledger.witness import MAX_REQUEST_BYTES, TEXT_TYPE

router = APIRouter(prefix="/ledger", tags=["operation"], include_in_schema=False)

IMMUTABLE = "max-age=31536000, immutable"
SECONDS_UNTIL_SIGNED = 1
TILE = re.compile(r"(?P<n>(?:x\d{3}/)*\d{3})(?:\.p/(?P<width>[1-9]\d{0,2}))?", re.ASCII)
LEVEL = re.compile(r"[0-7]", re.ASCII)

Part = Literal["hashes", "entries"]


@router.get("/checkpoint")
def checkpoint(request: Request, gate: AnyGate) -> Response:
    """The newest signed size and root."""
    signed = readable(request, gate, "hashes").file.latest()
    if signed is None:
        raise TryLater("not_signed_yet", SECONDS_UNTIL_SIGNED)
    return Response(signed, media_type=TEXT_TYPE, headers={"Cache-Control": "no-cache"})


@router.get("/checkpoint/cosigned")
def cosigned_checkpoint(request: Request, gate: AnyGate) -> Response:
    """The newest that the quorum of the policy's witnesses stands behind; some minutes older than the newest signed."""
    note = readable(request, gate, "hashes").file.cosigned()
    if note is None:
        raise Refused("not_found", "no quorum yet")
    return Response(note, media_type=TEXT_TYPE, headers={"Cache-Control": "no-cache"})


@router.get("/keys")
def keys(request: Request, gate: AnyGate) -> Response:
    """The verifier keys of log and witness; who checks must have them confirmed on another way."""
    ledger = readable(request, gate, "hashes")
    text = "".join(f"{each}\n" for each in (*ledger.log_keys, *ledger.witness_keys))
    return Response(text, media_type=TEXT_TYPE, headers={"Cache-Control": "no-cache"})


@router.get("/tile/entries/{address:path}")
def entries(request: Request, gate: AnyGate, address: str) -> Response:
    """The leaves under a tile, each after its length in two bytes."""
    ledger = readable(request, gate, "entries")
    n, width = addressed(ledger, 0, address)
    leaves = ledger.file.leaves(n, width)
    return unchanging(gate, "entries", b"".join(struct.pack(">H", len(each)) + each for each in leaves))


@router.get("/tile/{level}/{address:path}")
def tile(request: Request, gate: AnyGate, level: str, address: str) -> Response:
    ledger = readable(request, gate, "hashes")
    if not LEVEL.fullmatch(level):
        raise Refused("not_found", level)
    n, width = addressed(ledger, int(level), address)
    return unchanging(gate, "hashes", ledger.file.tile_of_width(int(level), n, width))


@router.post("/witness/add-checkpoint")
async def add_checkpoint(request: Request, gate: AnyGate) -> Response:
    """Cosigns what another deployment's log has signed, if it only grew."""
    text = await body(request)
    answer = await run_in_threadpool(opened(gate).witness.add_checkpoint, text)
    return Response(answer.body, answer.status, media_type=answer.content_type)


@router.get("/witness/{origin}/checkpoint")
def cosigned(gate: AnyGate, origin: str) -> Response:
    """What was cosigned last for a log; `origin`: the SHA-256 of its name, in hex."""
    note = opened(gate).witness.cosigned_under(origin)
    if note is None:
        raise Refused("not_found", origin)
    return Response(note, media_type=TEXT_TYPE, headers={"Cache-Control": "no-cache"})


def state(gate: Gate) -> dict[str, object] | None:
    """For the health page."""
    return gate.ledger.state() if gate.ledger else None


def opened(gate: Gate) -> ReadableLedger:
    if gate.ledger is None:
        raise Refused("no_ledger")
    return gate.ledger


def readable(request: Request, gate: Gate, part: Part) -> ReadableLedger:
    """Raises `not_signed_in` or `not_allowed` where the setting leaves this part to auditors."""
    if not is_public(gate, part):
        policy.require("read_ledger", subject(request, gate), resources.Resource())
    return opened(gate)


def is_public(gate: Gate, part: Part) -> bool:
    return gate.settings.ledger_public in ("entries", part)


def addressed(ledger: ReadableLedger, level: int, address: str) -> tuple[int, int]:
    """Number and width of a tile that the newest signed tree has; raises `not_found` for any other."""
    found = TILE.fullmatch(address)
    try:
        n = tile_number(found["n"] if found else address)
    except BadAddress as error:
        raise Refused("not_found", address) from error
    width = int(found["width"] or WIDTH) if found else 0
    complete = ledger.file.signed_size() >> HEIGHT * level
    if found is None or (found["width"] and width >= WIDTH) or n * WIDTH + width > complete:
        raise Refused("not_found", address)
    return n, width


def unchanging(gate: Gate, part: Part, data: bytes) -> Response:
    """Tiles never change: whoever passes them on may keep them, if everybody may read them."""
    shared = "public" if is_public(gate, part) else "private"
    headers = {"Cache-Control": f"{shared}, {IMMUTABLE}"}
    return Response(data, media_type="application/octet-stream", headers=headers)


async def body(request: Request) -> str:
    received = b""
    async for part in request.stream():
        received += part
        if len(received) > MAX_REQUEST_BYTES:
            raise Refused("too_large", str(len(received)))
    try:
        return received.decode()
    except UnicodeDecodeError as error:
        raise Refused("bad_request") from error
