#!/usr/bin/env python3
"""Proves that an exported log was not altered: one file, the Python standard library and `cryptography`.

It shares no code with the program that wrote the log. It follows public standards: the Merkle tree of RFC 9162, section
2.1; signed notes, checkpoints, cosignatures, policies and proofs of C2SP (signed-note, tlog-checkpoint,
tlog-cosignature, tlog-policy, tlog-proof). docs/audit.md of the project says what an export holds and what is proved.

Exit codes: 0 nothing wrong, 1 tampering proven, 2 incomplete or unavailable, 3 wrong usage.
"""

import argparse
import base64
import hashlib
import json
import os
import re
import struct
import sys
import tarfile
import time
import uuid
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

try:
    from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PublicKey
except ImportError:  # an older `cryptography`: such cosignatures are passed over, as if the key were unknown
    MLDSA44PublicKey = None  # type: ignore[assignment,misc]

OK, TAMPERED, INCOMPLETE, USAGE = 0, 1, 2, 3
FORMAT = "dienhong-export/1"
SEGMENT_LEVEL = 14
SEGMENT = 1 << SEGMENT_LEVEL
"""Events in one file: the leaves of one aligned subtree."""

LOG_KEY, COSIGNER, POST_QUANTUM_COSIGNER = 1, 4, 6
KEY_BYTES = {LOG_KEY: 32, COSIGNER: 32, POST_QUANTUM_COSIGNER: 1312}
MAX_PROOF = 63
ERASURE_ORDER = "EventErased"
ROTATION = "LogKeyRotated"
ROTATION_HEADER = "dienhong-log-key/1"
ERASABLE = {
    "PersonRegistered",
    "PersonCorrected",
    "MandateEnded",
    "AccountClosed",
    "InvitationAnswered",
    "AbsenceRecorded",
    "DiscussionNoted",
    "NoteCorrected",
}
"""Free text about people. No order can erase a vote, a tally or a decision."""

FIELDS = ("index", "id", "stream", "version", "type", "recorded_at", "leaf", "salt", "data", "meta")

STORED_BYTES = {
    "DocumentAdded": ("sha256", "words_sha256"),
    "VersionAdded": ("sha256",),
    "TextExtracted": ("text_sha256", "pdf_sha256"),
    "MinutesSubmitted": ("pdf_sha256",),
    "MinutesApproved": ("pdf_sha256",),
    "MinutesPublished": ("pdf_sha256",),
    "OpinionResultAnnounced": ("synthesis_sha256",),
    "IncomingReceived": ("sha256",),
    "SignaturesChecked": ("sha256",),
    "SigningOrderOpened": ("sha256",),
    "SignatureMade": ("seen_sha256", "signed_sha256"),
    "SigningCompleted": ("sha256",),
    "ProofRenewed": ("stamped_sha256",),
    "OfficialSubmitted": ("sha256",),
    "OfficialSigned": ("sha256",),
    "SealAsked": ("sha256",),
    "OfficialSealed": ("sha256",),
    "OfficialIssued": ("sha256",),
    "CopyMade": ("sha256",),
    "CopySealed": ("sha256",),
    "CopyIssued": ("sha256",),
}
"""Which fields of which events name documents by their SHA-256."""

DOCUMENT_ERASURE_ORDER = "DocumentErased"
ERASABLE_DOCUMENTS = {"DocumentAdded", "VersionAdded", "TextExtracted"}
"""Bytes that only these name can be erased by an order; approved minutes and results cannot."""

PAPER_NAMES = {
    ("DocumentAdded", "sha256"): "current",
    ("DocumentAdded", "words_sha256"): "words",
    ("VersionAdded", "sha256"): "current",
    ("TextExtracted", "pdf_sha256"): "reading_copy",
    ("TextExtracted", "text_sha256"): "text",
    ("DocumentIntegrityFailed", "sha256"): "damaged",
    ("DocumentErased", "sha256"): "erased",
    ("MinutesSubmitted", "pdf_sha256"): "submitted",
    ("MinutesApproved", "pdf_sha256"): "approved",
    ("MinutesPublished", "pdf_sha256"): "published",
    ("OpinionResultAnnounced", "synthesis_sha256"): "announced",
    ("IncomingReceived", "sha256"): "received",
    ("SigningOrderOpened", "sha256"): "submitted",
    ("SignatureMade", "signed_sha256"): "signed",
    ("SigningCompleted", "sha256"): "signed",
    ("ProofRenewed", "stamped_sha256"): "signed",
    ("OfficialSubmitted", "sha256"): "submitted",
    ("OfficialSigned", "sha256"): "signed",
    ("SealAsked", "sha256"): "signed",
    ("OfficialSealed", "sha256"): "sealed",
    ("OfficialIssued", "sha256"): "issued",
    ("CopyMade", "sha256"): "submitted",
    ("CopySealed", "sha256"): "sealed",
    ("CopyIssued", "sha256"): "issued",
}
"""What an event says of the bytes that this field of it names; of any other the log says only that they are `named`."""

PAPER_ENDS = {
    ("VersionAdded", "current"): "replaced",
    ("MinutesReturned", "submitted"): "returned",
    ("MinutesSubmitted", "submitted"): "replaced",
    ("MinutesSubmitted", "approved"): "replaced",
    ("MinutesApproved", "submitted"): "replaced",
    ("MinutesApproved", "approved"): "replaced",
    ("MinutesApproved", "published"): "replaced",
    ("SignatureMade", "submitted"): "replaced",
    ("SignatureMade", "signed"): "replaced",
    ("SubmissionRecalled", "submitted"): "returned",
    ("OfficialReturned", "submitted"): "returned",
    ("OfficialSigned", "submitted"): "replaced",
    ("SealAsked", "signed"): "replaced",
    ("OfficialSealed", "signed"): "replaced",
    ("OfficialWithdrawn", "issued"): "withdrawn",
    ("CopyDeclined", "submitted"): "returned",
    ("CopySealed", "submitted"): "replaced",
    ("ProofRenewed", "signed"): "replaced",
}
"""What becomes of bytes by a later event of the same stream that does not name them."""

STANDINGS = {
    "current": (
        "bản hiện hành",
        "the current version",
    ),
    "replaced": (
        "đã có bản khác thay thế",
        "replaced by other bytes since",
    ),
    "reading_copy": (
        "bản PDF để đọc thay cho tệp văn phòng",
        "the PDF that people read in the place of an Office file",
    ),
    "text": (
        "văn bản trích từ tài liệu",
        "the text that was found in a document",
    ),
    "words": (
        "nội dung do người soạn nhập, từ đó lập ra tài liệu",
        "the words that a document was set from",
    ),
    "damaged": (
        "đã ghi nhận; về sau bản lưu bị phát hiện hỏng",
        "recorded; the stored bytes were found damaged later",
    ),
    "erased": (
        "đã ghi nhận; bản lưu đã bị xóa theo lệnh hợp pháp",
        "recorded; the stored bytes were erased by a lawful order",
    ),
    "received": (
        "đã nhận làm văn bản đến",
        "received as an incoming document",
    ),
    "submitted": (
        "đã trình, chưa duyệt hoặc chưa ký",
        "submitted, not approved or signed yet",
    ),
    "returned": (
        "đã trình và bị trả lại, không được duyệt",
        "submitted, and returned without approval",
    ),
    "approved": (
        "đã được duyệt",
        "approved",
    ),
    "published": (
        "đã được duyệt và phát hành",
        "approved and published",
    ),
    "announced": (
        "đã công bố cùng kết quả",
        "announced with the result",
    ),
    "signed": (
        "đã ghi nhận là bản đã ký",
        "recorded as signed",
    ),
    "sealed": (
        "đã ghi nhận là bản đã ký và đóng dấu",
        "recorded as signed and sealed",
    ),
    "issued": (
        "đã ban hành",
        "issued",
    ),
    "withdrawn": (
        "đã ban hành, sau đó bị thu hồi hoặc thay thế",
        "issued, and withdrawn or replaced since",
    ),
    "named": (
        "được nhật ký nêu tên",
        "named by the log",
    ),
}

WORDS = {
    "not_a_record": ("không phải bản ghi đúng định dạng", "not a well-formed record"),
    "wrong_index": ("số thứ tự không liên tục: có sự kiện bị xóa, chèn hoặc đảo", "the numbering is broken"),
    "event_missing": ("sự kiện đã bị xóa mà không có lệnh hợp pháp", "the event was deleted without a lawful order"),
    "event_unlogged": ("sự kiện bị chèn vào, không có trong cây", "an event that the tree does not hold"),
    "altered": ("nội dung đã bị sửa so với cam kết", "it is not what was committed to"),
    "erased_without_order": ("nội dung bị hủy mà không có lệnh hợp pháp", "erased without a recorded lawful order"),
    "unlawful_erasure": (
        "phiếu, kết quả hay quyết định không được phép hủy",
        "no order can erase an event of this type",
    ),
    "erased_but_shown": ("đã hủy nhưng vẫn kèm nội dung không kiểm được", "erased, yet contents are shown"),
    "duplicate_id": ("mã sự kiện bị trùng", "the event's id occurs twice"),
    "stream_gap": ("số phiên bản trong luồng không liên tục", "the versions of its stream have a gap"),
    "root_differs": ("gốc cây khác với gốc đã ký", "the root is not the one that was signed"),
    "size_differs": ("số sự kiện khác với số đã ký", "there are more or fewer events than were signed"),
    "checkpoint_contradicts": ("mâu thuẫn với điểm kiểm tra đã ký trước", "contradicts a checkpoint signed before"),
    "rolled_back": ("nhật ký ngắn hơn bản đã ký trước đó", "the log is shorter than one signed before"),
    "fork": ("hai gốc khác nhau cho cùng số sự kiện", "two different roots for one size"),
    "bad_checkpoint": (
        "điểm kiểm tra không đúng định dạng hoặc chữ ký sai",
        "the checkpoint is none, or a signature is wrong",
    ),
    "not_signed": ("không có chữ ký của nhật ký đã biết", "no known log has signed this"),
    "wrong_key": ("chữ ký của khóa không đến lượt ký", "signed by a key whose turn it was not"),
    "bad_rotation": (
        "việc đổi khóa không có đủ chữ ký của khóa cũ và khóa mới",
        "the log did not pass to this key by what both keys have signed",
    ),
    "bad_manifest": ("manifest.json không đúng", "manifest.json is wrong"),
    "bad_receipt": ("giấy xác nhận không chứng minh được sự kiện", "the receipt does not prove the event"),
    "tally_differs": ("kết quả kiểm phiếu khác với kết quả đã công bố", "the recount is not the recorded tally"),
    "tally_missing": ("đã đóng biểu quyết nhưng không có kết quả", "closed, but no tally is recorded"),
    "stray_ballot": ("phiếu không thuộc danh sách biểu quyết", "a ballot of somebody who is not on the roll"),
    "blob_differs": ("tài liệu đã bị thay", "a document's bytes are others"),
    "blob_missing": ("thiếu tài liệu", "a document is missing"),
    "blob_not_erased": ("đã có quyết định xóa nhưng tài liệu vẫn còn", "an order erased it, and it is still there"),
    "no_blobs": ("bản xuất không kèm tài liệu", "the export holds no documents"),
    "file_missing": ("thiếu tệp", "a file is missing"),
    "unreadable": ("không đọc được", "it cannot be read"),
    "few_witnesses": ("chưa đủ nhân chứng ký", "too few witnesses have cosigned this"),
    "needs_export": ("cần một bản xuất để so sánh", "an export is needed to compare"),
    "not_recorded": (
        "không sự kiện nào nêu tên tệp này: bản đã bị sửa, hoặc chưa từng được ghi nhận",
        "no event of the log names these bytes: an altered copy, or never recorded",
    ),
    "no_such_poll": ("không có cuộc biểu quyết này", "there is no such poll"),
    "no_such_event": ("không có sự kiện này", "there is no such event"),
    "not_recountable": ("phiếu đã hủy hợp pháp, không kiểm lại được", "ballots were lawfully erased: no recount"),
}
ONLY_INCOMPLETE = {
    "blob_missing",
    "blob_not_erased",
    "no_blobs",
    "file_missing",
    "unreadable",
    "few_witnesses",
    "needs_export",
    "not_recorded",
    "no_such_poll",
    "no_such_event",
    "not_recountable",
}


class Bad(ValueError):
    """Not in its one spelling, or it does not verify."""


class Stop(Exception):
    """Nothing further can be checked: a code of `WORDS` and what it is about."""

    def __init__(self, code: str, about: str = "") -> None:
        super().__init__(code, about)
        self.code, self.about = code, about


@dataclass
class Report:
    """What a verb found; `facts` are what it proved."""

    verb: str
    facts: dict[str, Any] = field(default_factory=dict)
    findings: list[dict[str, Any]] = field(default_factory=list)

    def add(self, code: str, about: str = "", index: int | None = None) -> None:
        self.findings.append({"code": code, "index": index, "about": about})

    @property
    def exit(self) -> int:
        if any(each["code"] not in ONLY_INCOMPLETE for each in self.findings):
            return TAMPERED
        return INCOMPLETE if self.findings else OK


# RFC 9162, section 2.1


def leaf_hash(leaf: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + leaf).digest()


def node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def split(size: int) -> int:
    half = 1
    while half * 2 < size:
        half *= 2
    return half


def grow(peaks: list[bytes], size: int, subtree: bytes) -> None:
    """Adds a subtree to a row of `size` equal ones; `peaks` are the roots of its complete trees, the largest first."""
    while size & 1:
        subtree = node(peaks.pop(), subtree)
        size >>= 1
    peaks.append(subtree)


def root_of(peaks: list[bytes]) -> bytes:
    if not peaks:
        return hashlib.sha256(b"").digest()
    found = peaks[-1]
    for each in reversed(peaks[:-1]):
        found = node(each, found)
    return found


def root_by_inclusion(leaf: bytes, index: int, size: int, proof: list[bytes]) -> bytes:
    """From the top of the tree downward; raises `Bad` when the proof has another length than it must."""
    if not 0 <= index < size:
        raise Bad("no such leaf")
    if size == 1:
        if proof:
            raise Bad("the proof is too long")
        return leaf
    if not proof:
        raise Bad("the proof is too short")
    half, beside = split(size), proof[-1]
    if index < half:
        return node(root_by_inclusion(leaf, index, half, proof[:-1]), beside)
    return node(beside, root_by_inclusion(leaf, index - half, size - half, proof[:-1]))


def check_inclusion(leaf: bytes, index: int, size: int, proof: list[bytes], root: bytes) -> None:
    if root_by_inclusion(leaf, index, size, proof) != root:
        raise Bad("the leaf is not in this tree")


def check_consistency(old: int, new: int, proof: list[bytes], old_root: bytes, new_root: bytes) -> None:
    if not 0 <= old <= new:
        raise Bad("sizes")
    if old == 0 or old == new:
        same = old_root == new_root if old == new else True
        if proof or not same or (old == 0 and old_root != root_of([])):
            raise Bad("roots of these sizes")
        return
    left = list(proof)
    found = _both_roots(old, new, left, old_root, True)
    if left or found != (old_root, new_root):
        raise Bad("the newer tree does not contain the older one")


def _both_roots(old: int, new: int, proof: list[bytes], known: bytes, whole: bool) -> tuple[bytes, bytes]:
    """SUBPROOF of the RFC, read from its end; `whole`: the older tree's root need not be given."""
    if old == new:
        if whole:
            return known, known
        if not proof:
            raise Bad("the proof is too short")
        found = proof.pop()
        return found, found
    if not proof:
        raise Bad("the proof is too short")
    half, beside = split(new), proof.pop()
    if old <= half:
        was, now = _both_roots(old, half, proof, known, whole)
        return was, node(now, beside)
    was, now = _both_roots(old - half, new - half, proof, known, False)
    return node(beside, was), node(beside, now)


# Signed notes, keys and policies

BASE64 = re.compile(r"(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?")


def unbase64(text: str) -> bytes:
    if not BASE64.fullmatch(text):
        raise Bad("not base64")
    decoded = base64.b64decode(text)
    if base64.b64encode(decoded).decode() != text:
        raise Bad("base64 of another spelling")
    return decoded


def number(text: str) -> int:
    if not re.fullmatch(r"0|[1-9][0-9]{0,18}", text) or int(text) >= 1 << 63:
        raise Bad("not a number")
    return int(text)


def key_name(text: str) -> str:
    if not text or "+" in text or text.split() != [text]:
        raise Bad("not a name")
    return text


@dataclass(frozen=True)
class Key:
    name: str
    kind: int
    public: bytes

    @property
    def id(self) -> bytes:
        return hashlib.sha256(self.name.encode() + b"\n" + bytes([self.kind]) + self.public).digest()[:4]


def read_key(text: str) -> Key:
    parts = text.split("+", 2)
    if len(parts) != 3:
        raise Bad("not a key")
    decoded = unbase64(parts[2])
    key = Key(key_name(parts[0]), decoded[0] if decoded else 0, decoded[1:])
    if KEY_BYTES.get(key.kind) != len(key.public) or parts[1] != key.id.hex():
        raise Bad("not a key")
    return key


@dataclass(frozen=True)
class Note:
    text: str
    signatures: list[tuple[str, bytes, bytes]]


def read_note(signed: str) -> Note:
    if len(signed) > 1_000_000 or any(ord(each) < 32 and each != "\n" for each in signed):
        raise Bad("too long, or control characters")
    end = signed.rfind("\n\n")
    if end < 0 or not signed.endswith("\n") or end + 2 >= len(signed):
        raise Bad("no signatures")
    lines = signed[end + 2 : -1].split("\n")
    if len(lines) > 100:
        raise Bad("too many signatures")
    return Note(signed[: end + 1], [_read_signature(line) for line in lines])


def _read_signature(line: str) -> tuple[str, bytes, bytes]:
    words = line.split(" ", 2)
    if len(words) != 3 or words[0] != "\u2014":
        raise Bad("not a signature line")
    decoded = unbase64(words[2])
    if len(decoded) < 5:
        raise Bad("not a signature line")
    return key_name(words[1]), decoded[:4], decoded[4:]


@dataclass(frozen=True)
class Checkpoint:
    origin: str
    size: int
    root: bytes


def read_checkpoint(text: str) -> Checkpoint:
    lines = text.split("\n")
    if len(lines) != 4 or lines[3] or not lines[0]:
        raise Bad("not a checkpoint")
    root = unbase64(lines[2])
    if len(root) != 32:
        raise Bad("not a root")
    return Checkpoint(lines[0], number(lines[1]), root)


def signed_by(note: Note, keys: Iterable[Key]) -> dict[Key, int | None]:
    """Which of the keys have signed it, with the time that a cosignature states; raises `Bad` where one is wrong."""
    known = {(key.name, key.id): key for key in keys}
    found: dict[Key, int | None] = {}
    for name, key_id, signature in note.signatures:
        key = known.get((name, key_id))
        if key is None:
            continue
        if key in found:
            raise Bad("signed twice")
        if key.kind == POST_QUANTUM_COSIGNER and MLDSA44PublicKey is None:
            continue
        try:
            found[key] = _check_signature(key, note.text, signature)
        except (InvalidSignature, ValueError) as error:
            raise Bad(f"the signature of {key.name} is wrong") from error
    return found


def _check_signature(key: Key, text: str, signature: bytes) -> int | None:
    if key.kind == LOG_KEY:
        Ed25519PublicKey.from_public_bytes(key.public).verify(signature, text.encode())
        return None
    if len(signature) < 8 or signature[0] & 0x80:
        raise Bad("no time")
    at = int.from_bytes(signature[:8], "big")
    if key.kind == COSIGNER:
        message = b"cosignature/v1\ntime %d\n" % at + text.encode()
        Ed25519PublicKey.from_public_bytes(key.public).verify(signature[8:], message)
        return at
    head = read_checkpoint(text)
    message = b"subtree/v1\n\0" + _short(key.name) + signature[:8] + _short(head.origin)
    message += bytes(8) + head.size.to_bytes(8, "big") + head.root
    MLDSA44PublicKey.from_public_bytes(key.public).verify(signature[8:], message)
    return at


def _short(text: str) -> bytes:
    encoded = text.encode()
    if len(encoded) > 255:
        raise Bad("a name longer than 255 bytes")
    return bytes([len(encoded)]) + encoded


@dataclass
class Policy:
    """Whom to believe; `quorum` names a witness, a group, or `none`."""

    logs: list[Key] = field(default_factory=list)
    witnesses: dict[str, Key] = field(default_factory=dict)
    groups: dict[str, tuple[int, list[str]]] = field(default_factory=dict)
    quorum: str = ""

    @property
    def keys(self) -> list[Key]:
        return [*self.logs, *self.witnesses.values()]

    def met_by(self, signers: Iterable[Key]) -> bool:
        there = set(signers)
        met = {name for name, key in self.witnesses.items() if key in there}
        for name, (threshold, members) in self.groups.items():
            if sum(member in met for member in members) >= threshold:
                met.add(name)
        return self.quorum == "none" or self.quorum in met


def read_policy(text: str) -> Policy:
    policy, grouped = Policy(), set[str]()
    for line in text.split("\n"):
        words = [word for word in line.replace("\t", " ").split(" ") if word]
        if not words or words[0].startswith("#"):
            continue
        known = policy.witnesses.keys() | policy.groups.keys() | {"none"}
        if words[0] == "log" and len(words) in (2, 3):
            policy.logs.append(_key_of(words[1], (LOG_KEY,), policy.logs))
        elif words[0] == "witness" and len(words) in (3, 4) and words[1] not in known:
            kinds = (COSIGNER, POST_QUANTUM_COSIGNER)
            policy.witnesses[words[1]] = _key_of(words[2], kinds, policy.witnesses.values())
        elif words[0] == "group" and len(words) > 3 and words[1] not in known:
            members = words[3:]
            if len({*members}) < len(members) or not {*members} <= known - grouped - {"none"}:
                raise Bad(f"the members of {words[1]}")
            threshold = {"any": 1, "all": len(members)}.get(words[2]) or _threshold(words[2])
            if not 1 <= threshold <= len(members):
                raise Bad(f"the threshold of {words[1]}")
            policy.groups[words[1]] = (threshold, members)
            grouped.update(members)
        elif words[0] == "quorum" and len(words) == 2 and words[1] in known and not policy.quorum:
            policy.quorum = words[1]
        else:
            raise Bad(f"not a line of a policy: {line}")
    if not policy.quorum:
        raise Bad("no quorum")
    return policy


def _threshold(text: str) -> int:
    return int(text) if re.fullmatch("[0-9]{1,5}", text) else 0


def _key_of(text: str, kinds: tuple[int, ...], others: Iterable[Key]) -> Key:
    key = read_key(text)
    if key.kind not in kinds or key.public in {each.public for each in others}:
        raise Bad("a key of another kind, or twice the same")
    return key


@dataclass(frozen=True)
class Receipt:
    index: int
    proof: list[bytes]
    signed: str
    extra: bytes


def read_receipt(text: str) -> Receipt:
    head, separator, signed = text.partition("\n\n")
    lines = head.split("\n")
    if not separator or lines[0] != "c2sp.org/tlog-proof@v1":
        raise Bad("not a proof of version 1")
    extra, at = b"", 1
    if lines[1:] and lines[1].startswith("extra "):
        extra, at = unbase64(lines[1][6:]), 2
        if not extra or len(extra) > 2_000_000:
            raise Bad("the extra line")
    if not lines[at:] or not lines[at].startswith("index "):
        raise Bad("no index")
    proof = [unbase64(line) for line in lines[at + 1 :]]
    if len(proof) > MAX_PROOF or any(len(each) != 32 for each in proof):
        raise Bad("hashes that are none")
    return Receipt(number(lines[at][6:]), proof, signed, extra)


def check_receipt(receipt: Receipt, leaf: bytes, keys: Iterable[Key]) -> tuple[Checkpoint, dict[Key, int | None]]:
    note = read_note(receipt.signed)
    head = read_checkpoint(note.text)
    signers = signed_by(note, keys)
    check_inclusion(leaf, receipt.index, head.size, receipt.proof, head.root)
    return head, signers


# Records and leaves


def commit(salt: bytes, stored: bytes) -> bytes:
    return hashlib.sha256(b"\x02" + salt + stored).digest()


def stored_bytes(text: str) -> bytes:
    """Bytes that are no UTF-8 stand in an export as lone surrogates."""
    return text.encode("utf-8", "surrogateescape")


def leaf_start(record: dict[str, Any]) -> bytes:
    """The leaf without its two commitments, made of the envelope as the log gave it."""
    event_id = bytes.fromhex(record["id"].replace("-", ""))
    stream, kind = record["stream"].encode(), record["type"].encode()
    if len(event_id) != 16:
        raise Bad("not an id")
    return b"".join(
        (
            struct.pack(">BQ", 1, record["recorded_at"]),
            event_id,
            struct.pack(">B", len(stream)),
            stream,
            struct.pack(">QB", record["version"], len(kind)),
            kind,
        )
    )


def leaf_of(record: dict[str, Any]) -> bytes:
    """Of a record with its salt and contents."""
    salt, data, meta = bytes.fromhex(record["salt"]), stored_bytes(record["data"]), stored_bytes(record["meta"])
    if len(salt) != 32:
        raise Bad("not a salt")
    return leaf_start(record) + commit(salt, data) + commit(salt, meta)


@dataclass(frozen=True)
class Envelope:
    recorded_at: int
    id: bytes
    stream: str
    version: int
    type: str


def read_leaf(leaf: bytes) -> Envelope:
    try:
        kind, recorded_at = struct.unpack_from(">BQ", leaf)
        stream_end = 26 + leaf[25]
        (version,) = struct.unpack_from(">Q", leaf, stream_end)
        type_end = stream_end + 9 + leaf[stream_end + 8]
        envelope = Envelope(
            recorded_at, leaf[9:25], leaf[26:stream_end].decode(), version, leaf[stream_end + 9 : type_end].decode()
        )
    except (struct.error, IndexError, ValueError) as error:
        raise Bad("not a leaf") from error
    if kind != 1 or len(leaf) != type_end + 64:
        raise Bad("not a leaf")
    return envelope


def difference(record: dict[str, Any], leaf: bytes) -> str:
    """Which fields are not those that the leaf commits to."""
    was = read_leaf(leaf)
    now = {
        "id": uuid.UUID(record["id"]).bytes,
        **{key: record[key] for key in ("recorded_at", "stream", "version", "type")},
    }
    changed = [key for key in ("id", "stream", "version", "type", "recorded_at") if getattr(was, key) != now[key]]
    if record["salt"] is not None:
        salt = bytes.fromhex(record["salt"])
        changed += ["data"] if commit(salt, stored_bytes(record["data"])) != leaf[-64:-32] else []
        changed += ["meta"] if commit(salt, stored_bytes(record["meta"])) != leaf[-32:] else []
    return ", ".join(changed)


@dataclass
class Checked:
    """Of one segment. `peaks` at each size that was asked for and at its end, counted from the segment's beginning."""

    count: int = 0
    peaks: dict[int, list[bytes]] = field(default_factory=dict)
    ids: list[bytes] = field(default_factory=list)
    streams: dict[str, tuple[int, int]] = field(default_factory=dict)
    erased: dict[bytes, int] = field(default_factory=dict)
    orders: dict[bytes, int] = field(default_factory=dict)
    rotations: list[tuple[int, str]] = field(default_factory=list)
    findings: list[tuple[str, str, int | None]] = field(default_factory=list)


@dataclass(frozen=True)
class Place:
    """Where a file of the export begins in a file of this machine, and its length."""

    path: str
    offset: int
    length: int

    def lines(self) -> Iterator[bytes]:
        left = self.length
        with open(self.path, "rb") as file:
            file.seek(self.offset)
            while left > 0 and (line := file.readline(left)):
                left -= len(line)
                yield line

    def chunks(self) -> Iterator[bytes]:
        left = self.length
        with open(self.path, "rb") as file:
            file.seek(self.offset)
            while left > 0 and (chunk := file.read(min(left, 1 << 20))):
                left -= len(chunk)
                yield chunk

    def bytes(self) -> bytes:
        return b"".join(self.chunks())


ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
ASCII = json.JSONEncoder(separators=(",", ":"))
UNICODE = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False)


def read_record(line: bytes) -> dict[str, Any]:
    """In its one spelling, so that no byte can be changed unseen."""
    record = json.loads(line)
    if not isinstance(record, dict) or tuple(record) != FIELDS:
        raise Bad("other fields")
    if line != _line(record, False) and line != _line(record, True):
        raise Bad("another spelling")
    for name in ("leaf", "salt"):
        if record[name] is not None and bytes.fromhex(record[name]).hex() != record[name]:
            raise Bad("another spelling")
    if record["id"] is not None and not ID.fullmatch(record["id"]):
        raise Bad("another spelling")
    return record


def _line(record: dict[str, Any], ascii_only: bool) -> bytes:
    text = (ASCII if ascii_only else UNICODE).encode(record)
    return text.encode("utf-8", "replace") + b"\n"


MALFORMED = (Bad, ValueError, TypeError, KeyError, AttributeError, struct.error, RecursionError)


def check_segment(place: Place, first: int, cuts: list[int]) -> Checked:
    """One aligned subtree, on its own: that every event is what its leaf commits to, and the subtree's hash."""
    found, peaks = Checked(), list[bytes]()
    for line in place.lines():
        index = first + found.count
        try:
            leaf = _check_record(found, read_record(line), index)
        except MALFORMED as error:
            found.findings.append(("not_a_record", str(error)[:80], index))
            leaf = b""
        if leaf is None:
            continue
        grow(peaks, found.count, leaf_hash(leaf))
        found.count += 1
        if first + found.count in cuts:
            found.peaks[found.count] = list(peaks)
    found.peaks[found.count] = peaks
    return found


def _check_record(found: Checked, record: dict[str, Any], index: int) -> bytes | None:
    """The leaf; None where the tree has none."""
    if record["leaf"] is None:
        found.findings.append(("event_unlogged", f"{record['stream']} {record['version']}", index))
        return None
    if record["index"] != index:
        found.findings.append(("wrong_index", f"{record['index']}", index))
    leaf = bytes.fromhex(record["leaf"])
    if record["salt"] is None:
        _check_erased(found, record, leaf, index)
    elif record["id"] is None:
        found.findings.append(("event_missing", str(read_leaf(leaf)), index))
    else:
        if leaf_of(record) != leaf:
            found.findings.append(("altered", difference(record, leaf), index))
        if record["type"] == ERASURE_ORDER:
            found.orders[uuid.UUID(json.loads(record["data"])["event_id"]).bytes] = index
        elif record["type"] == ROTATION:
            found.rotations.append((index, statement_in(record["data"])))
    _take(found, read_leaf(leaf) if record["id"] is None else None, record, index)
    return leaf


def _check_erased(found: Checked, record: dict[str, Any], leaf: bytes, index: int) -> None:
    if record["data"] is not None or record["meta"] is not None:
        found.findings.append(("erased_but_shown", "", index))
    if record["id"] is not None and leaf_start(record) != leaf[:-64]:
        found.findings.append(("altered", difference(record, leaf), index))
    envelope = read_leaf(leaf)
    if envelope.type not in ERASABLE:
        found.findings.append(("unlawful_erasure", envelope.type, index))
    found.erased[envelope.id] = index


def _take(found: Checked, envelope: Envelope | None, record: dict[str, Any], index: int) -> None:
    if envelope is not None:
        event_id, stream, version = envelope.id, envelope.stream, envelope.version
    else:
        event_id, stream, version = bytes.fromhex(record["id"].replace("-", "")), record["stream"], record["version"]
    found.ids.append(event_id)
    begun = found.streams.get(stream)
    if begun is not None and version != begun[1] + 1:
        found.findings.append(("stream_gap", f"{stream}: {begun[1]}, {version}", index))
    found.streams[stream] = (begun[0] if begun else version, version)


# The export


class Export:
    """A folder or an uncompressed tar file; nothing is unpacked."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._members: dict[str, Place] | None = None
        if not path.exists():
            raise Stop("file_missing", str(path))
        if not path.is_dir():
            self._members = self._of_tar()
        try:
            manifest = json.loads(self.text("manifest.json"))
            self.size, self.origin, self.blobs = int(manifest["size"]), str(manifest["origin"]), bool(manifest["blobs"])
            good = manifest["format"] == FORMAT and self.size >= 0
        except MALFORMED as error:
            raise Stop("bad_manifest", str(error)) from error
        if not good:
            raise Stop("bad_manifest", str(manifest.get("format")))

    def _of_tar(self) -> dict[str, Place]:
        members: dict[str, Place] = {}
        whole = self.path.stat().st_size
        try:
            with tarfile.open(self.path, "r:") as tar:
                for each in tar:
                    if each.name in members:
                        raise Stop("bad_manifest", f"{each.name}, twice")
                    if each.isreg() and each.offset_data + each.size <= whole:
                        members[each.name] = Place(str(self.path), each.offset_data, each.size)
        except (tarfile.TarError, OSError) as error:
            raise Stop("unreadable", f"{self.path}: {error}") from error
        return members

    def place(self, name: str) -> Place | None:
        if self._members is not None:
            return self._members.get(name)
        path = self.path / name
        return Place(str(path), 0, path.stat().st_size) if path.is_file() else None

    def text(self, name: str) -> str:
        place = self.place(name)
        if place is None:
            raise Stop("file_missing", name)
        return place.bytes().decode(errors="replace")  # whatever is no UTF-8 is found by its signature or its form

    def segments(self) -> Iterator[tuple[int, Place]]:
        for first in range(0, self.size, SEGMENT):
            name = segment_name(first)
            place = self.place(name)
            if place is None:
                raise Stop("file_missing", name)
            yield first, place

    def records(self) -> Iterator[dict[str, Any]]:
        for _, place in self.segments():
            for line in place.lines():
                record = json.loads(line)
                if record["leaf"] is not None:
                    yield record

    def checkpoints(self) -> list[str]:
        """Signed before the last one, each word for word."""
        place = self.place("checkpoints.jsonl")
        return [str(json.loads(line)) for line in place.lines()] if place else []


def segment_name(first: int) -> str:
    return f"events/{first >> SEGMENT_LEVEL:08}.jsonl"


class Progress:
    def __init__(self, wanted: bool) -> None:
        self.wanted, self._told = wanted, 0.0

    def say(self, done: int, of: int, what: str) -> None:
        if self.wanted and (time.monotonic() - self._told > 0.5 or done == of):
            self._told = time.monotonic()
            end = "\n" if done == of else ""
            print(f"\r{what}: {done} / {of}", end=end, file=sys.stderr, flush=True)


@dataclass
class Believed:
    """A checkpoint that a known log has signed."""

    head: Checkpoint
    signers: dict[Key, int | None]


def believed(report: Report, signed: str, policy: Policy, quorum: bool = True) -> Believed | None:
    """Reports what is wrong with the signatures."""
    try:
        note = read_note(signed)
        head = read_checkpoint(note.text)
        signers = signed_by(note, policy.keys)
    except Bad as error:
        report.add("bad_checkpoint", str(error))
        return None
    if not any(key in signers and key.name == head.origin for key in policy.logs):
        report.add("not_signed", head.origin)
        return None
    if quorum and not policy.met_by(signers):
        report.add("few_witnesses", f"{head.origin} {head.size}")
    return Believed(head, signers)


# The log's key passes on by events of the log, which bear a statement that the old key and the new one have signed.


@dataclass(frozen=True)
class Term:
    """Checkpoints of `first` to `last` leaves, both included, were for this key to sign; None: it still signs."""

    key: Key
    first: int
    last: int | None


def statement_in(data: str) -> str:
    """Empty where there is none."""
    try:
        return str(json.loads(data)["statement"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return ""


def read_rotation(statement: str) -> tuple[str, int, Key, Key]:
    """The log's name, the leaves that the old key had signed by then, the old key and the new one."""
    note = read_note(statement)
    lines = note.text.split("\n")
    if len(lines) < 6 or lines[0] != ROTATION_HEADER or lines[-1]:
        raise Bad("not a rotation")
    old, new, *_others = [read_key(line) for line in lines[3:-1]]
    if old == new or {(key.name, key.kind) for key in (old, new)} != {(lines[1], LOG_KEY)}:
        raise Bad("not two keys of the log")
    if signed_by(note, [old, new]).keys() != {old, new}:
        raise Bad("not signed by both")
    return lines[1], number(lines[2]), old, new


@dataclass(frozen=True)
class Turns:
    """`terms` is empty where the key was never rotated. `bad`: leaves of rotations that do not hold."""

    terms: list[Term]
    bad: list[int]


def read_turns(policy: Policy, origin: str, rotations: list[tuple[int, str]]) -> Turns:
    """The old key signs the tree that ends with the event, and no larger one.

    Anybody can sign a rotation between keys of their own: what counts must lead to or from a key of the policy.
    """
    lines: list[list[tuple[int, Key, Key]]] = []
    bad = []
    for index, statement in rotations:
        try:
            name, size, old, new = read_rotation(statement)
        except Bad:
            bad.append(index)
            continue
        if name != origin:
            continue
        line = next((each for each in lines if each[-1][2] == old), None)
        if size > index or any(new in step for step in line or ()):
            bad.append(index)
        elif line:
            line.append((index, old, new))
        else:
            lines.append([(index, old, new)])
    ours = next((line for line in lines if any(key in policy.logs for step in line for key in step[1:])), [])
    bad += [step[0] for line in lines if line is not ours for step in line]
    terms: list[Term] = []
    for index, old, new in ours:
        first = terms.pop().first if terms else 0
        terms += [Term(old, first, index + 1), Term(new, index + 1, None)]
    return Turns(terms, sorted(bad))


def with_successors(policy: Policy, terms: list[Term]) -> Policy:
    """Who believes one of the keys can believe those before and after it."""
    keys = [each.key for each in terms]
    if not any(key in policy.logs for key in keys):
        return policy
    more = [key for key in keys if key not in policy.logs]
    return Policy([*policy.logs, *more], policy.witnesses, policy.groups, policy.quorum)


def check_turns(report: Report, policy: Policy, turns: Turns, signed: list[Believed]) -> None:
    """Without a rotation one key has signed everything. `signed`: the newest checkpoint stands last."""
    origin, common, terms = signed[-1].head.origin, set(policy.logs), turns.terms
    for index in turns.bad:
        report.add("bad_rotation", origin, index)
    for each in signed:
        head, keys = each.head, {key for key in each.signers if key in policy.logs}
        if head.origin != origin:
            continue
        common &= keys
        in_turn = [t for t in terms if t.key in keys and t.first <= head.size and head.size <= (t.last or head.size)]
        if terms and not in_turn:
            report.add("wrong_key", f"{head.size}")
    if not terms and not common:
        report.add("wrong_key", origin)


def sizes(signed: Iterable[str]) -> set[int]:
    found = set()
    for each in signed:
        try:
            found.add(read_checkpoint(read_note(each).text).size)
        except Bad:
            continue
    return found


@dataclass
class Verified:
    """What stands after the whole export was read. `roots` of every size that was asked for."""

    head: Checkpoint | None
    roots: dict[int, bytes]
    erased: dict[bytes, int]


def verify_export(
    report: Report, export: Export, policy: Policy, known: list[str], options: argparse.Namespace
) -> Verified:
    """Leaves, root, signatures, streams, ids, erasures; and every checkpoint that was signed or kept before."""
    newest = export.text("checkpoint")
    try:
        older = [*export.checkpoints(), *known]
    except MALFORMED as error:
        report.add("bad_checkpoint", f"checkpoints.jsonl: {error}"[:120])
        older = known
    read = read_all(report, export, sizes((newest, *older)), options)
    turns = read_turns(policy, export.origin, read.rotations)
    policy = with_successors(policy, turns.terms)
    latest = believed(report, newest, policy)
    before = [each for text in older if (each := believed(report, text, policy, quorum=False))]
    heads = [each.head for each in before]
    if latest and latest.head.origin != export.origin:
        report.add("bad_manifest", export.origin)
    if latest and latest.head.size != export.size:
        report.add("size_differs", f"{export.size}, {latest.head.size}")
    if latest:
        _compare(report, latest.head, heads, read)
        check_turns(report, policy, turns, [*before, latest])
    report.facts |= {
        "origin": export.origin,
        "size": export.size,
        "root": read.roots.get(export.size, b"").hex(),
        "checkpoints": len(heads) + (latest is not None),
        "signers": [{"name": key.name, "at": at} for key, at in (latest.signers if latest else {}).items()],
        "erased": sorted(read.erased.values()),
    }
    return Verified(latest.head if latest else None, read.roots, read.erased)


def _compare(report: Report, latest: Checkpoint, heads: list[Checkpoint], read: "Read") -> None:
    if read.count != latest.size:
        report.add("size_differs", f"{read.count}, {latest.size}")
    if latest.size in read.roots and read.roots[latest.size] != latest.root:
        report.add("root_differs", f"{latest.size}")
    for head in sorted(heads, key=lambda each: each.size):
        if head.origin != latest.origin:
            report.add("checkpoint_contradicts", f"{head.origin} {head.size}")
        elif head.size > latest.size:
            report.add("rolled_back", f"{head.size}, {latest.size}")
        elif head.size in read.roots and read.roots[head.size] != head.root:
            report.add("checkpoint_contradicts", f"{head.size}")
            break  # every later one contradicts too: between this and the one before, something was altered


@dataclass
class Read:
    count: int = 0
    roots: dict[int, bytes] = field(default_factory=dict)
    erased: dict[bytes, int] = field(default_factory=dict)
    rotations: list[tuple[int, str]] = field(default_factory=list)


def read_all(report: Report, export: Export, wanted: set[int], options: argparse.Namespace) -> Read:
    read, peaks, ids, streams, orders = Read(), list[bytes](), set[bytes](), dict[str, int](), dict[bytes, int]()
    read.roots[0] = root_of([])
    began = time.monotonic()
    for first, each in _checked_segments(export, wanted | {export.size}, options):
        for code, about, index in each.findings:
            report.add(code, about, index)
        for count, partial in each.peaks.items():
            read.roots[first + count] = root_of(peaks + partial)
        read.count = first + each.count
        if each.count == SEGMENT:
            grow(peaks, first >> SEGMENT_LEVEL, each.peaks[SEGMENT][0])
        _join(report, each, ids, streams, first)
        read.erased |= each.erased
        orders |= each.orders
        read.rotations += each.rotations
    for event_id, index in read.erased.items():
        if event_id not in orders:
            report.add("erased_without_order", str(uuid.UUID(bytes=event_id)), index)
    seconds = time.monotonic() - began
    report.facts |= {
        "streams": len(streams),
        "seconds": round(seconds, 3),
        "events_per_second": round(read.count / max(seconds, 1e-9)),
    }
    return read


def _join(report: Report, each: Checked, ids: set[bytes], streams: dict[str, int], first: int) -> None:
    before = len(ids)
    ids.update(each.ids)
    if len(ids) != before + len(each.ids):
        report.add("duplicate_id", f"{before + len(each.ids) - len(ids)}", first)
    for stream, (begun, ended) in each.streams.items():
        if begun != streams.get(stream, -1) + 1:
            report.add("stream_gap", f"{stream}: {streams.get(stream)}, {begun}", first)
        streams[stream] = ended


def _checked_segments(export: Export, wanted: set[int], options: argparse.Namespace) -> Iterator[tuple[int, Checked]]:
    """In order; several processes at once where there are several segments."""
    places = list(export.segments())
    progress = Progress(not options.quiet)
    cuts = [[size for size in sorted(wanted) if first < size <= first + SEGMENT] for first, _ in places]
    jobs = min(options.jobs, len(places))
    if jobs <= 1:
        for (first, place), cut in zip(places, cuts, strict=True):
            yield first, check_segment(place, first, cut)
            progress.say(min(first + SEGMENT, export.size), export.size, "verify")
        return
    with ProcessPoolExecutor(jobs) as pool:
        firsts = [first for first, _ in places]
        for first, checked in zip(firsts, pool.map(check_segment, [p for _, p in places], firsts, cuts), strict=True):
            yield first, checked
            progress.say(min(first + SEGMENT, export.size), export.size, "verify")


# Polls


def retally(opened: dict[str, Any], ballots: dict[str, list[str]]) -> dict[str, Any]:
    """What `PollTallied` must say by the card frozen at the opening; `ballots`: each voter's last before the close."""
    weights = opened.get("weights") or {}
    counts = dict.fromkeys(marks_of(opened), 0)
    for voter, marks in ballots.items():
        for mark in marks:
            counts[mark] = counts.get(mark, 0) + weights.get(voter, 1)
    cast = sum(weights.get(voter, 1) for voter in ballots)
    chair = ballots.get(opened.get("chair_id") or "", [])
    return {"counts": counts, "cast": cast, "invalid": 0, **outcome(opened, counts, cast, chair)}


def marks_of(opened: dict[str, Any]) -> list[str]:
    choices = [choice["key"] for choice in opened["choices"]]
    if method_of(opened) in ("rating", "several_drafts"):
        return [f"{line['key']}:{choice}" for line in opened["lines"] for choice in choices]
    return choices


def method_of(opened: dict[str, Any]) -> str:
    return str((opened.get("method") or {}).get("kind", "single_choice"))


def outcome(opened: dict[str, Any], counts: dict[str, int], cast: int, chair: list[str]) -> dict[str, Any]:
    card, members = opened["rule_card"], opened["members"]
    serving, present = opened.get("serving") or members, opened["quorum"]["present"]
    base = {"all_members": members, "serving": serving, "present": max(present, cast), "cast": cast}[card["base"]]
    votes = sum((opened.get("weights") or {}).values()) - len(opened.get("weights") or {}) + len(opened["roll"])
    share = base * card["numerator"]
    if card["threshold"] == "more_than":
        needed = share // card["denominator"] + 1
    else:
        needed = max(1, (share + card["denominator"] - 1) // card["denominator"])
    found: dict[str, Any] = {
        "not_cast": votes - cast,
        "base_count": base,
        "needed": needed,
        "card_id": card["card_id"],
        "votes_for": 0,
        "decided_by_chair": False,
        "lines": [],
        "open_posts": 0,
    }
    return found | METHODS[method_of(opened)](opened, counts, base, needed, chair)


def _decide(opened: dict[str, Any], counts: dict[str, int], base: int, needed: int, side: str | None) -> dict[str, Any]:
    pro = [choice["key"] for choice in opened["choices"] if choice.get("counts_for")]
    contra = [choice["key"] for choice in opened["choices"] if choice.get("counts_against")]
    votes_for, against = sum(counts[key] for key in pro), sum(counts[key] for key in contra)
    tied = bool(opened["rule_card"].get("tie_to_chair")) and base > 0 and 2 * votes_for == 2 * against == base
    return {"votes_for": votes_for, "passed": side in pro if tied else votes_for >= needed, "decided_by_chair": tied}


def _single(opened: dict[str, Any], counts: dict[str, int], base: int, needed: int, chair: list[str]) -> dict[str, Any]:
    return _decide(opened, counts, base, needed, chair[0] if chair else None)


def _election(opened: dict[str, Any], counts: dict[str, int], _b: int, needed: int, _c: list[str]) -> dict[str, Any]:
    posts = opened["method"]["posts"]
    enough = {key: votes for key, votes in counts.items() if votes >= needed}
    elected = {key for key, votes in enough.items() if sum(other >= votes for other in enough.values()) <= posts}
    lines = [_result(key, votes, needed, key in elected) for key, votes in counts.items()]
    return {"passed": len(elected) == posts, "lines": lines, "open_posts": posts - len(elected)}


def _rating(opened: dict[str, Any], counts: dict[str, int], base: int, needed: int, _c: list[str]) -> dict[str, Any]:
    low_grade = next(choice["key"] for choice in opened["choices"] if choice.get("counts_against"))
    lines = []
    for each in opened["lines"]:
        low = counts[f"{each['key']}:{low_grade}"]
        grade = "two_thirds_low" if low and 3 * low >= 2 * base else "half_low" if 2 * low > base else ""
        lines.append(_result(each["key"], low, needed, low < needed) | {"finding": grade})
    return {"passed": all(line["passed"] for line in lines), "lines": lines}


def _drafts(opened: dict[str, Any], counts: dict[str, int], base: int, needed: int, chair: list[str]) -> dict[str, Any]:
    lines = []
    for each in opened["lines"]:
        own = {choice["key"]: counts[f"{each['key']}:{choice['key']}"] for choice in opened["choices"]}
        sides = [mark.partition(":")[2] for mark in chair if mark.partition(":")[0] == each["key"]]
        decided = _decide(opened, own, base, needed, sides[0] if sides else None)
        line = _result(each["key"], decided["votes_for"], needed, decided["passed"])
        lines.append(line | {"decided_by_chair": decided["decided_by_chair"]})
    return {
        "passed": all(line["passed"] for line in lines),
        "decided_by_chair": any(line["decided_by_chair"] for line in lines),
        "lines": lines,
    }


def _result(key: str, votes: int, needed: int, passed: bool) -> dict[str, Any]:
    return {"key": key, "votes": votes, "needed": needed, "passed": passed, "decided_by_chair": False, "finding": ""}


METHODS = {"single_choice": _single, "election": _election, "rating": _rating, "several_drafts": _drafts}


@dataclass
class Poll:
    opened: dict[str, Any]
    ballots: dict[str, list[str]] = field(default_factory=dict)
    erased: bool = False
    closed: bool = False
    tally: dict[str, Any] | None = None


class Recount:
    """Takes the records in log order. `only`: one poll, or every one."""

    def __init__(self, report: Report, only: str) -> None:
        self.report, self.only = report, only
        self.polls: dict[str, Poll] = {}

    def take(self, record: dict[str, Any]) -> None:
        if record["type"] == "BallotCast":
            self._ballot(record)
        elif record["type"] in ("PollOpened", "PollClosed", "PollTallied") and record["data"] is not None:
            event = json.loads(record["data"])
            poll_id = event["poll_id"]
            if self.only not in ("all", poll_id):
                return
            if record["type"] == "PollOpened":
                self.polls.setdefault(poll_id, Poll(event))
            elif poll_id in self.polls:
                self._end(self.polls[poll_id], record["type"], event)

    def _end(self, poll: Poll, kind: str, event: dict[str, Any]) -> None:
        if kind == "PollClosed":
            poll.closed = True
        elif poll.tally is None:
            poll.tally = event

    def _ballot(self, record: dict[str, Any]) -> None:
        poll_id, _, voter = record["stream"].removeprefix("ballot-").partition("+")
        poll = self.polls.get(poll_id)
        if poll is None or poll.closed:
            return
        if record["data"] is None:
            poll.erased = True
            return
        event = json.loads(record["data"])
        if event["voter_id"] != voter or event["poll_id"] != poll_id or voter not in poll.opened["roll"]:
            self.report.add("stray_ballot", record["stream"], record["index"])
        else:
            poll.ballots[voter] = event.get("marks") or [event["choice"]]

    def judge(self) -> None:
        counted = ballots = 0
        for poll_id, poll in self.polls.items():
            if not poll.closed:
                continue
            counted += 1
            ballots += len(poll.ballots)
            self._judge(poll_id, poll)
        self.report.facts |= {"polls": counted, "ballots": ballots}
        if self.only != "all" and not self.polls:
            self.report.add("no_such_poll", self.only)

    def _judge(self, poll_id: str, poll: Poll) -> None:
        if poll.tally is None:
            self.report.add("tally_missing", poll_id)
            return
        if poll.erased:
            self.report.add("not_recountable", poll_id)
            return
        try:
            must = expected_tally(poll)
        except MALFORMED as error:
            self.report.add("tally_differs", f"{poll_id}: {error}")
            return
        wrong = [key for key, value in must.items() if poll.tally.get(key, _absent(value)) != value]
        if wrong:
            about = ", ".join(f"{key} {poll.tally.get(key)} ≠ {must[key]}" for key in wrong)
            self.report.add("tally_differs", f"{poll_id}: {about}")
        if self.only != "all":
            self.report.facts |= {"question": poll.opened.get("question"), "tally": must}


def _absent(value: Any) -> Any:
    """Events written before a field existed are without it: it has its empty value."""
    return type(value)()


def expected_tally(poll: Poll) -> dict[str, Any]:
    """Papers of a secret ballot were counted by tellers: of their numbers the arithmetic of the card is checked."""
    if not poll.opened.get("secret"):
        return retally(poll.opened, poll.ballots)
    assert poll.tally is not None
    return outcome(poll.opened, poll.tally["counts"], poll.tally["cast"], [])


# Verbs


def verify(options: argparse.Namespace, report: Report) -> None:
    export = Export(options.export)
    known = [_file(path) for path in options.known]
    verify_export(report, export, _policy(options, export), known, options)


def consistency(options: argparse.Namespace, report: Report) -> None:
    """OLD and NEW: a checkpoint or an export each; the leaves of NEW must begin with those of OLD."""
    old_export, new_export = _export_or_none(options.old), _export_or_none(options.new)
    policy = _policy(options, new_export or old_export)
    if new_export:
        rotations = [
            (record["index"], statement_in(record["data"]))
            for record in _sound(new_export)
            if record["type"] == ROTATION and record["data"] is not None
        ]
        policy = with_successors(policy, read_turns(policy, new_export.origin, rotations).terms)
    texts = [
        export.text("checkpoint") if export else _file(path)
        for export, path in ((old_export, options.old), (new_export, options.new))
    ]
    both = [believed(report, text, policy, quorum=False) for text in texts]
    if both[0] is None or both[1] is None:
        return
    old, new = both[0].head, both[1].head
    report.facts |= {"old": old.size, "new": new.size}
    if old.origin != new.origin:
        report.add("checkpoint_contradicts", f"{old.origin}, {new.origin}")
    elif old.size > new.size:
        report.add("rolled_back", f"{old.size}, {new.size}")
    elif old.size == new.size:
        if old.root != new.root:
            report.add("fork", str(old.size))
    elif new_export is None:
        report.add("needs_export", str(options.new))
    else:
        read = read_all(report, new_export, {old.size, new.size}, options)
        if read.roots.get(new.size) != new.root:
            report.add("root_differs", str(new.size))
        if read.roots.get(old.size) != old.root:
            report.add("checkpoint_contradicts", str(old.size))


def inclusion(options: argparse.Namespace, report: Report) -> None:
    """The event comes from the receipt itself, from a file, or from an export."""
    export = Export(options.export) if options.export else None
    policy = _policy(options, export)
    try:
        receipt = read_receipt(_file(options.receipt))
        leaf, shown = _event_of(options, receipt, export)
        head, signers = check_receipt(receipt, leaf_hash(leaf), policy.keys)
    except MALFORMED as error:
        report.add("bad_receipt", str(error))
        return
    if not any(key in signers and key.name == head.origin for key in policy.logs):
        report.add("not_signed", head.origin)
    elif not policy.met_by(signers):
        report.add("few_witnesses", f"{head.origin} {head.size}")
    report.facts |= {
        "origin": head.origin,
        "size": head.size,
        "index": receipt.index,
        "signers": [{"name": key.name, "at": at} for key, at in signers.items()],
        "event": shown,
    }


def _event_of(options: argparse.Namespace, receipt: Receipt, export: Export | None) -> tuple[bytes, dict[str, Any]]:
    """The leaf, and what the event says; whatever is shown is what the leaf commits to, or `Bad` is raised."""
    if options.event:
        record = json.loads(_file(options.event))
    elif receipt.extra:
        return read_extra(receipt.extra)
    elif export:
        record = next((each for each in export.records() if each["index"] == receipt.index), None)
    else:
        raise Stop("needs_export", "--event, --export")
    if not isinstance(record, dict):
        raise Bad("no event")
    return leaf_of(record), explained(record)


def read_extra(extra: bytes) -> tuple[bytes, dict[str, Any]]:
    """What a receipt of ours carries beside its proof: the leaf, and, unless erased, what it commits to."""
    held = json.loads(extra)
    if held["format"] != "dienhong-event/1" or not all(isinstance(each, str) for each in held.values()):
        raise Bad("not the proof of an event")
    leaf = unbase64(held["leaf"])
    envelope = read_leaf(leaf)
    shown = {
        "id": str(uuid.UUID(bytes=envelope.id)),
        "stream": envelope.stream,
        "version": envelope.version,
        "type": envelope.type,
        "recorded_at": _moment(envelope.recorded_at),
    }
    if held.keys() == {"format", "leaf"}:
        return leaf, shown | {"erased": True}
    if held.keys() != {"format", "leaf", "salt", "data", "meta"}:
        raise Bad("other fields")
    salt, data, meta = unbase64(held["salt"]), held["data"].encode(), held["meta"].encode()
    if len(salt) != 32 or leaf[-64:] != commit(salt, data) + commit(salt, meta):
        raise Bad("the contents are not what was recorded")
    return leaf, shown | {"actor": json.loads(meta).get("actor"), "data": json.loads(data)}


def blobs(options: argparse.Namespace, report: Report) -> None:
    """Every document that an event names, by its SHA-256."""
    export = Export(options.export)
    verify_export(report, export, _policy(options, export), [], options)
    named, ordered, kept = _named_bytes(export)
    report.facts |= {"documents": len(named), "erased_documents": sorted(ordered)}
    for sha256 in sorted(ordered.keys() & kept):
        report.add("unlawful_erasure", sha256, ordered[sha256])
    if named and not export.blobs:
        report.add("no_blobs")
        return
    progress, damaged = Progress(not options.quiet), _damaged(export)
    for done, (sha256, index) in enumerate(named.items(), start=1):
        place = export.place(f"blobs/{sha256[:2]}/{sha256}") if re.fullmatch("[0-9a-f]{64}", sha256) else None
        if place is None:
            if sha256 not in ordered:
                report.add("blob_differs" if sha256 in damaged else "blob_missing", sha256, index)
            continue
        digest = hashlib.sha256()
        for chunk in place.chunks():
            digest.update(chunk)
        if (digest.hexdigest() == sha256) == (sha256 in ordered):
            report.add("blob_not_erased" if sha256 in ordered else "blob_differs", sha256, index)
        progress.say(done, len(named), "blobs")


def _named_bytes(export: Export) -> tuple[dict[str, int], dict[str, int], set[str]]:
    """By SHA-256: where it is named first, where it was ordered to be erased; and what no order can erase."""
    named: dict[str, int] = {}
    ordered: dict[str, int] = {}
    kept: set[str] = set()
    for record in _sound(export):
        if record["data"] is None:
            continue
        if record["type"] == DOCUMENT_ERASURE_ORDER:
            ordered.update({str(each): record["index"] for each in json.loads(record["data"])["sha256"]})
        for name in STORED_BYTES.get(record["type"], ()):
            sha256 = json.loads(record["data"]).get(name)
            if sha256:
                named.setdefault(str(sha256), record["index"])
                kept |= set() if record["type"] in ERASABLE_DOCUMENTS else {str(sha256)}
    return named, ordered, kept


def _damaged(export: Export) -> set[str]:
    """Whose bytes were others already when the export was made."""
    place = export.place("damaged.json")
    return set(json.loads(place.bytes())) if place else set()


def poll(options: argparse.Namespace, report: Report) -> None:
    export = Export(options.export)
    verify_export(report, export, _policy(options, export), [], options)
    recount = Recount(report, options.id)
    try:
        for record in _sound(export):
            recount.take(record)
    except MALFORMED as error:
        report.add("not_a_record", str(error))
    recount.judge()


def _sound(export: Export) -> Iterator[dict[str, Any]]:
    """Those records that can be read; what is wrong with the others has been reported by then."""
    for _, place in export.segments():
        for line in place.lines():
            try:
                record = json.loads(line)
                if record["leaf"] is not None and record["id"] is not None:
                    yield record
            except MALFORMED:
                continue


def pdf(options: argparse.Namespace, report: Report) -> None:
    """Which events name the SHA-256 of a file, and what has become of it since."""
    contents = options.file.read_bytes()
    export, name = Export(options.export), hashlib.sha256(contents).hexdigest()
    verify_export(report, export, _policy(options, export), [], options)
    recorded: list[dict[str, Any]] = []
    standing: dict[str, str] = {}
    for record in _sound(export):
        stream, kind, data = record["stream"], record["type"], record["data"] or ""
        fields = _naming(data, name) if name in data else []
        if fields:
            recorded.append(explained(record) | {"fields": fields})
            standing[stream] = next(
                (PAPER_NAMES[kind, each] for each in fields if (kind, each) in PAPER_NAMES), "named"
            )
        elif stream in standing:
            standing[stream] = PAPER_ENDS.get((kind, standing[stream]), standing[stream])
    if not recorded:
        report.add("not_recorded", name)
    report.facts |= {"sha256": name, "bytes": len(contents), "recorded": recorded, "standing": standing}
    report.facts["says"] = [STANDINGS[code][options.en] for code in standing.values()]
    if b"/ByteRange" in contents:
        words = ("chữ ký số trong tệp không được kiểm ở đây", "digital signatures within the file are not checked here")
        report.facts["signatures"] = words[options.en]


def _naming(data: str, name: str) -> list[str]:
    """Fields of an event whose value is this, or a list that holds it."""
    event = json.loads(data)
    held = event.items() if isinstance(event, dict) else ()
    return [field for field, value in held if value == name or (isinstance(value, list) and name in value)]


def explain(options: argparse.Namespace, report: Report) -> None:
    export = Export(options.export)
    record = next((each for each in _sound(export) if each["index"] == options.index), None)
    if record is None:
        report.add("no_such_event", str(options.index))
        return
    report.facts |= explained(record)


def explained(record: dict[str, Any]) -> dict[str, Any]:
    shown: dict[str, Any] = {key: record[key] for key in ("index", "id", "stream", "version", "type")}
    shown["recorded_at"] = _moment(record["recorded_at"])
    if record["data"] is None:
        return shown | {"erased": True}
    return shown | {"actor": json.loads(record["meta"]).get("actor"), "data": json.loads(record["data"])}


def _moment(at: int) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(at // 1_000_000)) + f".{at % 1_000_000:06}Z"


def _policy(options: argparse.Namespace, export: Export | None) -> Policy:
    """Whoever wants to be sure brings the keys; those in the export are only as true as whoever sent it."""
    try:
        if options.policy:
            return read_policy(_file(options.policy))
        if export is None:
            raise Stop("file_missing", "--policy")
        if not options.quiet:
            print("--policy: ?  Khóa lấy từ chính bản xuất. / Keys are those of the export itself.", file=sys.stderr)
        return read_policy(export.text("policy"))
    except Bad as error:
        raise Stop("unreadable", f"policy: {error}") from error


def _export_or_none(path: Path) -> Export | None:
    if path.is_file() and not tarfile.is_tarfile(path):
        return None
    return Export(path)


def _file(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise Stop("unreadable", str(path)) from error


class Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        self.print_usage(sys.stderr)
        self.exit(USAGE, f"{self.prog}: {message}\n")


def parser() -> Parser:
    beside = Path(__file__).resolve().parent
    here = beside if (beside / "manifest.json").is_file() else None
    shared = Parser(add_help=False)
    shared.add_argument(
        "--policy", type=Path, help="whom to believe (C2SP tlog-policy); without it, as the export says"
    )
    shared.add_argument("--json", action="store_true", help="the report for programs")
    shared.add_argument("--en", action="store_true", help="words in English")
    shared.add_argument("--quiet", action="store_true", help="no progress on stderr")
    shared.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="processes at once")
    whole = Parser(prog="verifier.py", description=__doc__.partition("\n")[0] if __doc__ else None)
    verbs = whole.add_subparsers(dest="verb", required=True)
    for verb, help_words in VERBS.items():
        each = verbs.add_parser(verb, parents=[shared], help=help_words[1])
        _arguments(each, verb, here)
    return whole


def _arguments(each: argparse.ArgumentParser, verb: str, here: Path | None) -> None:
    if verb == "consistency":
        each.add_argument("old", type=Path)
        each.add_argument("new", type=Path)
        return
    if verb == "inclusion":
        each.add_argument("receipt", type=Path)
        each.add_argument("--event", type=Path, help="the event's record: one line of an export")
        each.add_argument("--export", type=Path, default=here)
        return
    if verb == "poll":
        each.add_argument("id", help="a poll's id, or all")
    if verb == "pdf":
        each.add_argument("file", type=Path, help="minutes, a document: whatever may have been recorded")
    if verb == "explain":
        each.add_argument("index", type=int)
    each.add_argument("export", type=Path, nargs="?" if here else None, default=here, help="a folder or a tar file")
    if verb == "verify":
        each.add_argument("--known", type=Path, action="append", default=[], help="a checkpoint kept from before")


VERBS = {
    "verify": (verify, "recompute every leaf and the root; signatures, streams, erasures"),
    "consistency": (consistency, "that the newer log only adds to the older one"),
    "inclusion": (inclusion, "that a receipt's event is in the signed log"),
    "blobs": (blobs, "that every document has the bytes that the log names"),
    "pdf": (pdf, "whether a file has the bytes that were recorded, and what has become of it since"),
    "poll": (poll, "count the ballots of a poll again"),
    "explain": (explain, "what one event says"),
}


def show(report: Report, options: argparse.Namespace) -> None:
    if options.json:
        said = {"verb": report.verb, "exit": report.exit, **report.facts, "findings": report.findings}
        print(json.dumps(said, ensure_ascii=False))
        return
    for key, value in report.facts.items():
        print(f"{key}: {value if isinstance(value, str | int | float) else json.dumps(value, ensure_ascii=False)}")
    for each in report.findings[:100]:
        where = "" if each["index"] is None else f" #{each['index']}"
        print(f"✗{where} {each['code']}: {WORDS[each['code']][options.en]} ({each['about']})")
    if len(report.findings) > 100:
        print(f"… {len(report.findings)}")
    ends = {
        OK: ("ĐÚNG: không có gì bị thay đổi.", "OK: nothing was altered."),
        TAMPERED: ("BỊ THAY ĐỔI: đã chứng minh.", "TAMPERED: proven."),
        INCOMPLETE: ("CHƯA ĐỦ để kết luận.", "INCOMPLETE: nothing can be concluded."),
    }
    print(ends[report.exit][options.en])


def main(words: list[str] | None = None) -> int:
    options = parser().parse_args(words)
    report = Report(options.verb)
    try:
        VERBS[options.verb][0](options, report)
    except Stop as stop:
        report.add(stop.code, stop.about)
    except OSError as error:
        report.add("unreadable", str(error))
    except MALFORMED as error:
        report.add("not_a_record", f"{type(error).__name__}: {error}"[:200])
    show(report, options)
    return report.exit


if __name__ == "__main__":
    sys.exit(main())
