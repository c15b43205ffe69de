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
    return encode(
        Leaf(
            recorded_at=(recorded.recorded_at - EPOCH) // MICROSECOND,
            event_id=recorded.id,
            stream=recorded.stream,
            version=recorded.version,
            type=recorded.type,
            data_commit=commit(salt, recorded.data),
            meta_commit=commit(salt, recorded.meta),
        )
    )


def encode(leaf: Leaf) -> bytes:
    """Raises `BadLeaf` for a stream or type longer than 255 bytes of UTF-8."""
    stream, kind = leaf.stream.encode(), leaf.type.encode()
    if len(stream) > 255 or len(kind) > 255:
        raise BadLeaf("a stream or type is longer than 255 bytes")
    return b"".join(
        (
            struct.pack(">BQ", VERSION, leaf.recorded_at),
            leaf.event_id.bytes,
            struct.pack(">B", len(stream)) + stream,
            struct.pack(">Q", leaf.version),
            struct.pack(">B", len(kind)) + kind,
            leaf.data_commit,
            leaf.meta_commit,
        )
    )


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
