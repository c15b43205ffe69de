"""The deployment's own keys: secret seeds in files that nobody but their owner may even read (mode 0400).

A seed is made at the first start, is never written anywhere else, and is never logged. Who loses it cannot go on with
the log that it signed; who copies it can sign in the deployment's name. The log's next seed stands beside the present
one from when it is made until it takes its place.
"""

import os
import secrets
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from ledger.note import Algorithm, Signer, signer

SEED_BYTES = 32
FOR_OWNER_ONLY = 0o400
FOLDER_FOR_OWNER_ONLY = 0o700

FILES = {
    Algorithm.log_ed25519: "log-ed25519.seed",
    Algorithm.cosigner_ed25519: "witness-ed25519.seed",
    Algorithm.cosigner_mldsa44: "witness-mldsa44.seed",
}
LOG_POST_QUANTUM = "log-mldsa44.seed"
NEXT = "next-"


class UnsafeKey(PermissionError):
    """A key file that others may read or write, or that is no seed: it must not be used."""


@dataclass(frozen=True)
class Keys:
    """`log` signs this deployment's own checkpoints, `witness` cosigns those of others."""

    log: tuple[Signer, ...]
    witness: tuple[Signer, ...]


def origin_of(deployment: str) -> str:
    return f"{deployment}/council-log/1"


def witness_of(deployment: str) -> str:
    return f"{deployment}/witness"


def open_keys(folder: Path, deployment: str, post_quantum: bool = False) -> Keys:
    """Makes what is missing. `post_quantum`: each signature gets an ML-DSA-44 one beside it. Raises `UnsafeKey`."""
    origin, witness = origin_of(deployment), witness_of(deployment)
    log = [_signer(folder, origin, Algorithm.log_ed25519)]
    cosigners = [_signer(folder, witness, Algorithm.cosigner_ed25519)]
    if post_quantum:
        log.append(_signer(folder, origin, Algorithm.cosigner_mldsa44, LOG_POST_QUANTUM))
        cosigners.append(_signer(folder, witness, Algorithm.cosigner_mldsa44))
    return Keys(tuple(log), tuple(cosigners))


def next_log_keys(folder: Path, deployment: str) -> tuple[Signer, ...]:
    """What will sign the log's checkpoints, in the place of each seed that does; made where it is missing."""
    origin = origin_of(deployment)
    signers = [_signer(folder, origin, Algorithm.log_ed25519, NEXT + FILES[Algorithm.log_ed25519])]
    if (folder / LOG_POST_QUANTUM).exists():
        signers.append(_signer(folder, origin, Algorithm.cosigner_mldsa44, NEXT + LOG_POST_QUANTUM))
    return tuple(signers)


def is_half_promoted(folder: Path) -> bool:
    """The next Ed25519 seed has taken its place, and the other one has not yet."""
    return (folder / (NEXT + LOG_POST_QUANTUM)).exists() and not _next_log_seed(folder).exists()


def promote_log_keys(folder: Path) -> None:
    """The next seeds take the place of the present ones, which are gone; repeated, it ends what it began."""
    for name in (FILES[Algorithm.log_ed25519], LOG_POST_QUANTUM):
        with suppress(FileNotFoundError):
            os.replace(folder / (NEXT + name), folder / name)
    _sync(folder)


def public_keys(signers: Sequence[Signer]) -> list[str]:
    """What others need to believe our signatures; it must reach them on a way of its own, as on paper."""
    return [str(each.key) for each in signers]


def seed(path: Path) -> bytes:
    """The secret bytes of a file; made, and on the disk, before they are used for the first time."""
    if not path.exists():
        _make(path)
    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
    try:
        status, found = os.fstat(handle), os.read(handle, SEED_BYTES + 1)
    finally:
        os.close(handle)
    if status.st_mode & 0o777 != FOR_OWNER_ONLY:
        raise UnsafeKey(f"{path} must have mode 0400")
    if len(found) != SEED_BYTES:
        raise UnsafeKey(f"{path} is no seed of {SEED_BYTES} bytes")
    return found


def _signer(folder: Path, name: str, algorithm: Algorithm, file: str = "") -> Signer:
    return signer(name, algorithm, seed(folder / (file or FILES[algorithm])))


def _make(path: Path) -> None:
    """Linked into its place only when it is whole: a power cut leaves a seed or none."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=FOLDER_FOR_OWNER_ONLY)
    unfinished = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    handle = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, FOR_OWNER_ONLY)
    try:
        os.write(handle, secrets.token_bytes(SEED_BYTES))
        os.fsync(handle)
        with suppress(FileExistsError):  # another process was first
            os.link(unfinished, path)
    finally:
        os.close(handle)
        unfinished.unlink()
    _sync(path.parent)


def _next_log_seed(folder: Path) -> Path:
    return folder / (NEXT + FILES[Algorithm.log_ed25519])


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
