"""Which logs and witnesses make a checkpoint believable (C2SP tlog-policy)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from ledger.note import Algorithm, BadNote, Checkpoint, VerifierKey, parse, parse_checkpoint, parse_key, verify

COSIGNERS = (Algorithm.cosigner_ed25519, Algorithm.cosigner_mldsa44)


class BadPolicy(ValueError):
    """A policy file that does not say clearly whom to believe; the message names the line."""


@dataclass(frozen=True, slots=True)
class Log:
    key: VerifierKey
    url: str = ""


@dataclass(frozen=True, slots=True)
class Witness:
    name: str
    key: VerifierKey
    url: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """Has witnessed what at least `threshold` of its members, witnesses or groups, have."""

    name: str
    threshold: int
    members: tuple[str, ...]


@dataclass(frozen=True)
class Policy:
    """`quorum` names a witness, a group, or `none`."""

    logs: tuple[Log, ...]
    witnesses: tuple[Witness, ...]
    groups: tuple[Group, ...]
    quorum: str

    @property
    def keys(self) -> tuple[VerifierKey, ...]:
        return (*(log.key for log in self.logs), *(witness.key for witness in self.witnesses))

    def satisfied_by(self, cosigners: Collection[VerifierKey]) -> bool:
        met = {witness.name for witness in self.witnesses if witness.key in cosigners}
        for group in self.groups:  # a group names only what stands before it
            if len(met.intersection(group.members)) >= group.threshold:
                met.add(group.name)
        return self.quorum == "none" or self.quorum in met

    def check(self, signed: str) -> tuple[Checkpoint, dict[VerifierKey, int | None]]:
        """The checkpoint and who signed it; raises `BadNote` unless a known log and the quorum stand behind it."""
        note = parse(signed)
        checkpoint = parse_checkpoint(note.text)
        signers = verify(note, self.keys)
        if not any(log.key in signers and log.key.name == checkpoint.origin for log in self.logs):
            raise BadNote("no known log has signed this")
        if not self.satisfied_by(signers):
            raise BadNote("too few witnesses have cosigned this")
        return checkpoint, signers


def parse_policy(text: str) -> Policy:
    """Raises `BadPolicy`. Names stand before they are used, so that groups cannot go round in circles."""
    reading = Reading()
    for number, line in enumerate(text.split("\n"), start=1):
        words = line.replace("\t", " ").split(" ")
        words = [each for each in words if each]
        if not words or words[0].startswith("#"):
            continue
        try:
            reading.take(words)
        except (BadPolicy, BadNote) as error:
            raise BadPolicy(f"line {number}: {error}") from error
    if reading.quorum is None:
        raise BadPolicy("no quorum line")
    return Policy(tuple(reading.logs), tuple(reading.witnesses), tuple(reading.groups), reading.quorum)


class Reading:
    """What the lines so far have named."""

    def __init__(self) -> None:
        self.logs: list[Log] = []
        self.witnesses: list[Witness] = []
        self.groups: list[Group] = []
        self.quorum: str | None = None
        self._free: set[str] = set()
        """Names that no group has yet as a member: each counts in one way only."""

    def take(self, words: Sequence[str]) -> None:
        match words:
            case ["log", key, *url] if len(url) <= 1:
                self._log(parse_key(key), "".join(url))
            case ["witness", name, key, *url] if len(url) <= 1:
                self._witness(name, parse_key(key), "".join(url))
            case ["group", name, threshold, *members] if members:
                self._group(name, threshold, members)
            case ["quorum", name]:
                if self.quorum is not None:
                    raise BadPolicy("a second quorum")
                if name != "none" and name not in self._names:
                    raise BadPolicy(f"{name} is not known")
                self.quorum = name
            case _:
                raise BadPolicy(f"not a line of a policy: {' '.join(words)}")

    @property
    def _names(self) -> set[str]:
        return {each.name for each in self.witnesses} | {each.name for each in self.groups}

    def _log(self, key: VerifierKey, url: str) -> None:
        if key.algorithm is not Algorithm.log_ed25519:
            raise BadPolicy("not the key of a log")
        if key.public_key in {log.key.public_key for log in self.logs}:
            raise BadPolicy("the same log twice")
        self.logs.append(Log(key, url))

    def _witness(self, name: str, key: VerifierKey, url: str) -> None:
        if key.algorithm not in COSIGNERS:
            raise BadPolicy("not the key of a witness")
        if key.public_key in {witness.key.public_key for witness in self.witnesses}:
            raise BadPolicy("the same witness twice")
        self._name(name)
        self.witnesses.append(Witness(name, key, url))

    def _group(self, name: str, threshold: str, members: Sequence[str]) -> None:
        missing = [each for each in members if each not in self._free]
        if missing or len(set(members)) < len(members):
            raise BadPolicy(f"{', '.join(missing) or name}: a member must be known, and be a member once")
        k = {"any": 1, "all": len(members)}.get(threshold)
        if k is None:
            k = int(threshold) if threshold.isascii() and threshold.isdigit() and len(threshold) < 6 else 0
        if not 1 <= k <= len(members):
            raise BadPolicy(f"{threshold} of {len(members)} members")
        self._name(name)
        self._free.difference_update(members)
        self.groups.append(Group(name, k, tuple(members)))

    def _name(self, name: str) -> None:
        if name == "none" or name in self._names:
            raise BadPolicy(f"{name} is taken")
        self._free.add(name)
