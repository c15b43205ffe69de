"""Signed notes and checkpoints (C2SP signed-note, tlog-checkpoint, tlog-cosignature): text, an empty line, signatures.

A signature line is `— <name> <base64(key id[4] || signature)>`. Signature types: 0x01 Ed25519 over the text (the log's
own), 0x04 a timestamped Ed25519 cosignature, 0x06 a timestamped ML-DSA-44 cosignature of the subtree from 0 to size.
"""

import base64
import binascii
import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey, MLDSA44PublicKey

from ledger.tree import Hash

DASH = "\u2014"
MAX_SIGNATURES = 100
MAX_NOTE_BYTES = 1_000_000


class BadNote(ValueError):
    """Not a signed note, not a checkpoint, or not signed by whom it should be."""


class Algorithm(IntEnum):
    """The type byte of a key."""

    log_ed25519 = 1
    cosigner_ed25519 = 4
    cosigner_mldsa44 = 6


PUBLIC_KEY_BYTES = {
    Algorithm.log_ed25519: 32,
    Algorithm.cosigner_ed25519: 32,
    Algorithm.cosigner_mldsa44: 1312,
}


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A tree head. `origin` names the log: `<deployment domain>/council-log/<n>`."""

    origin: str
    size: int
    root: Hash

    @property
    def text(self) -> str:
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"


@dataclass(frozen=True, slots=True)
class Signature:
    name: str
    key_id: bytes
    signature: bytes

    @property
    def line(self) -> str:
        return f"{DASH} {self.name} {base64.b64encode(self.key_id + self.signature).decode()}\n"


@dataclass(frozen=True, slots=True)
class Note:
    text: str
    signatures: tuple[Signature, ...]

    @property
    def signed(self) -> str:
        return f"{self.text}\n{''.join(each.line for each in self.signatures)}"


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """Whose signature is meant: `<name>+<hex key id>+<base64(type || public key)>` when written."""

    name: str
    algorithm: Algorithm
    public_key: bytes

    @property
    def key_id(self) -> bytes:
        return sha256(self.name.encode() + b"\n" + bytes([self.algorithm]) + self.public_key).digest()[:4]

    def __str__(self) -> str:
        encoded = base64.b64encode(bytes([self.algorithm]) + self.public_key).decode()
        return f"{self.name}+{self.key_id.hex()}+{encoded}"


def check_name(name: str) -> str:
    """A key's name is one word without a plus sign."""
    if not name or "+" in name or any(each.isspace() for each in name):
        raise BadNote(f"not a key name: {name!r}")
    return name


def parse_key(text: str) -> VerifierKey:
    name, _, rest = text.partition("+")
    key_id, _, encoded = rest.partition("+")
    decoded = unbase64(encoded)
    if not decoded or decoded[0] not in PUBLIC_KEY_BYTES:
        raise BadNote("a key of an unknown type")
    key = VerifierKey(check_name(name), Algorithm(decoded[0]), decoded[1:])
    if len(key.public_key) != PUBLIC_KEY_BYTES[key.algorithm] or key_id != key.key_id.hex():
        raise BadNote("the key and its id do not belong together")
    return key


def unbase64(text: str) -> bytes:
    """Standard base64 in its one canonical spelling."""
    try:
        decoded = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise BadNote("not base64") from error
    if base64.b64encode(decoded).decode() != text:
        raise BadNote("base64 that is not canonical")
    return decoded


def parse(signed: str) -> Note:
    """Raises `BadNote` for anything but a note in its one spelling with at least one signature line."""
    if len(signed) > MAX_NOTE_BYTES or any(ord(each) < 0x20 and each != "\n" for each in signed):
        raise BadNote("too long, or control characters")
    text, separator, lines = signed.rpartition("\n\n")
    if not separator or not lines.endswith("\n"):
        raise BadNote("no signatures")
    signatures = lines[:-1].split("\n")
    if len(signatures) > MAX_SIGNATURES:
        raise BadNote("too many signatures")
    return Note(f"{text}\n", tuple(map(parse_signature, signatures)))


def parse_signature(line: str) -> Signature:
    dash, _, rest = line.partition(" ")
    name, _, encoded = rest.partition(" ")
    decoded = unbase64(encoded)
    if dash != DASH or len(decoded) < 5:
        raise BadNote("not a signature line")
    return Signature(check_name(name), decoded[:4], decoded[4:])


def parse_checkpoint(text: str) -> Checkpoint:
    """Raises `BadNote` for anything but our three lines; we neither write nor accept extension lines."""
    lines = text.split("\n")
    if len(lines) != 4 or lines[3] or not lines[0]:
        raise BadNote("not a checkpoint")
    origin, size, encoded = lines[:3]
    if not (size.isascii() and size.isdigit()) or str(int(size[:20])) != size or int(size) >= 1 << 63:
        raise BadNote("not a size")
    found = unbase64(encoded)
    if len(found) != 32:
        raise BadNote("not a root")
    return Checkpoint(origin, int(size), found)


def verify(note: Note, keys: Iterable[VerifierKey]) -> dict[VerifierKey, int | None]:
    """Whose signatures stand on the note, with the time that a cosignature states (seconds since 1970).

    Keys that we do not know are ignored; a known key whose signature fails makes the whole note worthless.
    """
    known = {(key.name, key.key_id): key for key in keys}
    found: dict[VerifierKey, int | None] = {}
    for each in note.signatures:
        key = known.get((each.name, each.key_id))
        if key is not None:
            if key in found:
                raise BadNote(f"signed twice by {key.name}")
            found[key] = verify_signature(key, note.text, each.signature)
    return found


def verify_signature(key: VerifierKey, text: str, signature: bytes) -> int | None:
    try:
        match key.algorithm:
            case Algorithm.log_ed25519:
                Ed25519PublicKey.from_public_bytes(key.public_key).verify(signature, text.encode())
                return None
            case Algorithm.cosigner_ed25519:
                at = stated_time(signature)
                message = cosigned_message(text, at)
                Ed25519PublicKey.from_public_bytes(key.public_key).verify(signature[8:], message)
            case Algorithm.cosigner_mldsa44:
                at = stated_time(signature)
                message = subtree_message(key.name, parse_checkpoint(text), at)
                MLDSA44PublicKey.from_public_bytes(key.public_key).verify(signature[8:], message)
        return at
    except (InvalidSignature, ValueError) as error:
        raise BadNote(f"the signature of {key.name} does not verify") from error


def stated_time(signature: bytes) -> int:
    if len(signature) < 8:
        raise BadNote("a cosignature without a time")
    (at,) = struct.unpack_from(">Q", signature)
    if at >= 1 << 63:
        raise BadNote("a cosignature's time")
    return int(at)


def cosigned_message(text: str, at: int) -> bytes:
    return f"cosignature/v1\ntime {at}\n{text}".encode()


def subtree_message(name: str, checkpoint: Checkpoint, at: int) -> bytes:
    origin, cosigner = checkpoint.origin.encode(), name.encode()
    if len(origin) > 255 or len(cosigner) > 255:
        raise BadNote("a name longer than 255 bytes")
    return b"".join(
        (
            b"subtree/v1\n\x00",
            struct.pack(">B", len(cosigner)) + cosigner,
            struct.pack(">Q", at),
            struct.pack(">B", len(origin)) + origin,
            struct.pack(">QQ", 0, checkpoint.size),
            checkpoint.root,
        )
    )


@dataclass(frozen=True)
class Signer:
    """A private key with its name and use."""

    key: VerifierKey
    private: Ed25519PrivateKey | MLDSA44PrivateKey

    def sign(self, checkpoint: Checkpoint, at: int) -> Signature:
        """`at`: seconds since 1970, stated by cosignatures only."""
        match self.key.algorithm:
            case Algorithm.log_ed25519:
                signature = self.private.sign(checkpoint.text.encode())
            case Algorithm.cosigner_ed25519:
                signature = struct.pack(">Q", at) + self.private.sign(cosigned_message(checkpoint.text, at))
            case Algorithm.cosigner_mldsa44:
                message = subtree_message(self.key.name, checkpoint, at)
                signature = struct.pack(">Q", at) + self.private.sign(message)
        return Signature(self.key.name, self.key.key_id, signature)


def signer(name: str, algorithm: Algorithm, seed: bytes) -> Signer:
    """From a secret seed of 32 bytes."""
    private: Ed25519PrivateKey | MLDSA44PrivateKey
    if algorithm is Algorithm.cosigner_mldsa44:
        private = MLDSA44PrivateKey.from_seed_bytes(seed)
    else:
        private = Ed25519PrivateKey.from_private_bytes(seed)
    public = private.public_key().public_bytes_raw()
    return Signer(VerifierKey(check_name(name), algorithm, public), private)


def signed_note(checkpoint: Checkpoint, signatures: Sequence[Signature]) -> str:
    return Note(checkpoint.text, tuple(signatures)).signed
