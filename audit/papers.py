"""Whether a file is what was recorded: the events that name its SHA-256, and what has become of it since."""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from audit.findings import Report
from audit.records import Record

NAMES = {
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

ENDS = {
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
    "current": "the current version",
    "replaced": "replaced by other bytes since",
    "reading_copy": "the PDF that people read in the place of an Office file",
    "text": "the text that was found in a document",
    "words": "the words that a document was set from",
    "damaged": "recorded; the stored bytes were found damaged later",
    "erased": "recorded; the stored bytes were erased by a lawful order",
    "received": "received as an incoming document",
    "submitted": "submitted, not approved or signed yet",
    "returned": "submitted, and returned without approval",
    "approved": "approved",
    "published": "approved and published",
    "announced": "announced with the result",
    "signed": "recorded as signed",
    "sealed": "recorded as signed and sealed",
    "issued": "issued",
    "withdrawn": "issued, and withdrawn or replaced since",
    "named": "named by the log",
}

BYTE_RANGE = re.compile(rb"/ByteRange\s*\[\s*(\d{1,12})\s+(\d{1,12})\s+(\d{1,12})\s+(\d{1,12})\s*\]")


@dataclass(frozen=True)
class Naming:
    """An event that names the bytes, by which of its fields."""

    record: Record
    fields: tuple[str, ...]

    @property
    def shown(self) -> dict[str, Any]:
        recorded, entry = self.record.recorded, self.record.entry
        assert recorded is not None and entry is not None
        return {
            "index": entry.index,
            "recorded_at": recorded.recorded_at.isoformat(),
            "type": recorded.type,
            "stream": recorded.stream,
            "fields": list(self.fields),
            "actor": recorded.actor,
            "id": str(recorded.id),
        }


@dataclass
class Paper:
    """What the log says of bytes, event by event. `standing`: by stream, a code of `STANDINGS`."""

    sha256: str
    namings: list[Naming] = field(default_factory=list)
    standing: dict[str, str] = field(default_factory=dict)

    def take(self, record: Record) -> None:
        recorded = record.recorded
        if recorded is None or record.entry is None or record.erased:
            return
        if self.sha256.encode() in recorded.data:
            fields = tuple(naming_fields(recorded.data, self.sha256))
            if fields:
                self.namings.append(Naming(record, fields))
                self.standing[recorded.stream] = self._said(recorded.type, fields)
                return
        known = self.standing.get(recorded.stream)
        if known is not None:
            self.standing[recorded.stream] = ENDS.get((recorded.type, known), known)

    def _said(self, kind: str, fields: Sequence[str]) -> str:
        return next((NAMES[kind, each] for each in fields if (kind, each) in NAMES), "named")


def naming_fields(data: bytes, sha256: str) -> Iterator[str]:
    """Fields of an event whose value is this, or a list that holds it."""
    try:
        event = json.loads(data)
    except (ValueError, RecursionError):
        return
    if isinstance(event, dict):
        for name, value in event.items():
            if value == sha256 or (isinstance(value, list) and sha256 in value):
                yield name


def signatures_in(pdf: bytes) -> list[dict[str, Any]]:
    """Which bytes each digital signature says that it covers; not whether it is valid, nor whose it is.

    `whole`: everything but the signature itself, up to the last byte of the file.
    """
    found = []
    for match in BYTE_RANGE.finditer(pdf):
        start, length, after, rest = (int(each) for each in match.groups())
        end = after + rest
        gap = pdf[start + length : after].strip()
        is_gap = gap.startswith(b"<") and gap.endswith(b">") and start + length < after
        found.append(
            {
                "byte_range": [start, length, after, rest],
                "covered_up_to": end,
                "whole": is_gap and start == 0 and end == len(pdf),
                "bytes_after": max(len(pdf) - end, 0),
            }
        )
    return found


def report_paper(report: Report, paper: Paper, pdf: bytes) -> None:
    report.facts |= {
        "sha256": paper.sha256,
        "bytes": len(pdf),
        "recorded": [each.shown for each in paper.namings],
        "standing": {stream: f"{code}: {STANDINGS[code]}" for stream, code in paper.standing.items()},
    }
    if not paper.namings:
        report.add("not_recorded", paper.sha256)
    signatures = signatures_in(pdf)
    report.facts["signatures"] = signatures
    if signatures:
        report.facts["signatures_checked"] = "no: what they cover is listed; whose they are is not examined here"
