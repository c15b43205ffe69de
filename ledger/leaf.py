"""What the tree says of one event: bytes that commit to its contents without showing them (format version 1).

u8 version=1 | u64be recorded_at in µs | id[16] | u8 length + stream | u64be stream version | u8 length + type
| data commitment[32] | meta commitment[32]. A commitment is SHA-256(0x02 || salt[32] || stored bytes): with salt and
bytes lawfully erased, the leaf and every proof over it stay valid.
"""

import struct
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from uuid import UUID

from kernel.messages import Recorded

VERSION = 1
SALT_BYTES = 32
MAX_LEAF_BYTES = 65_535
"""What a C2SP entry tile has room for."""

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


_BEGINNING = struct.Struct(">BQ16sB").pack
_MIDDLE = struct.Struct(">QB").pack


class BadLeaf(ValueError):
    """These bytes are not a leaf of version 1."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """`recorded_at` in microseconds since 1970 (UTC); `version` in the stream, from 0."""

    recorded_at: int
    event_id: UUID
    stream: str
    version: int
    type: str
    data_commit: bytes
    meta_commit: bytes


def commit(salt: bytes, stored: bytes) -> bytes:
    return sha256(b"\x02" + salt + stored).digest()


def leaf_of(recorded: Recorded, salt: bytes) -> bytes:
    """Raises `BadLeaf` as `encode` does."""
    return _joined(
        recorded.recorded_us,
        recorded.id_bytes,
        recorded.stream,
        recorded.version,
        recorded.type,
        sha256(b"\x02" + salt + recorded.data).digest() + sha256(b"\x02" + salt + recorded.meta).digest(),
    )


def encode(leaf: Leaf) -> bytes:
    """Raises `BadLeaf` for a stream or type longer than 255 bytes of UTF-8."""
    commits = leaf.data_commit + leaf.meta_commit
    return _joined(leaf.recorded_at, leaf.event_id.bytes, leaf.stream, leaf.version, leaf.type, commits)


def _joined(at: int, event_id: bytes, stream: str, version: int, kind: str, commits: bytes) -> bytes:
    """Written for speed: this is done for every event that is recorded."""
    first, second = stream.encode(), kind.encode()
    if len(first) > 255 or len(second) > 255:
        raise BadLeaf("a stream or type is longer than 255 bytes")
    beginning = _BEGINNING(VERSION, at, event_id, len(first))
    return b"".join((beginning, first, _MIDDLE(version, len(second)), second, commits))


def decode(data: bytes) -> Leaf:
    """Raises `BadLeaf` for anything that `encode` does not write."""
    try:
        version, recorded_at = struct.unpack_from(">BQ", data)
        stream, after = _text(data, 25)
        (stream_version,) = struct.unpack_from(">Q", data, after)
        kind, after = _text(data, after + 8)
        event_id = UUID(bytes=data[9:25])
    except (struct.error, ValueError, IndexError) as error:
        raise BadLeaf(str(error)) from error
    if version != VERSION or len(data) != after + 64:
        raise BadLeaf("another version or length")
    return Leaf(recorded_at, event_id, stream, stream_version, kind, data[after : after + 32], data[after + 32 :])


def _text(data: bytes, at: int) -> tuple[str, int]:
    end = at + 1 + data[at]
    if end > len(data):
        raise BadLeaf("cut short")
    return data[at + 1 : end].decode(), end
