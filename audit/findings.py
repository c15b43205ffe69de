"""What an audit says: facts that it proved, and findings that speak against the log or leave it open."""

from dataclasses import dataclass, field
from typing import Any

OK, TAMPERED, INCOMPLETE, USAGE = 0, 1, 2, 3
"""Exit codes."""

TAMPERING = {
    "not_a_record": "not a well-formed record",
    "wrong_index": "the numbering is broken",
    "event_missing": "the event was deleted without a lawful order",
    "event_unlogged": "an event that the tree does not hold",
    "altered": "it is not what was committed to",
    "erased_without_order": "erased without a recorded lawful order",
    "unlawful_erasure": "no order can erase an event of this type",
    "duplicate_id": "the event's id occurs twice",
    "stream_gap": "the versions of its stream have a gap",
    "root_differs": "the root is not the one that was signed",
    "size_differs": "there are more or fewer events than were signed",
    "checkpoint_contradicts": "contradicts a checkpoint signed before",
    "rolled_back": "the log is shorter than one signed before",
    "fork": "two different roots for one size",
    "bad_checkpoint": "the checkpoint is none, or a signature is wrong",
    "not_signed": "no known log has signed this",
    "wrong_key": "signed by a key whose turn it was not",
    "bad_rotation": "the log did not pass to this key by what both keys have signed",
    "bad_manifest": "manifest.json is wrong",
    "bad_receipt": "the receipt does not prove the event",
    "tally_differs": "the recount is not the recorded tally",
    "stray_ballot": "a ballot of somebody who is not on the roll",
    "blob_differs": "a document's bytes are others",
    "view_differs": "what people see is not what the log says",
    "state_differs": "what was shown that day is not what the log says",
    "minutes_differ": "the published minutes are not those that the log gives",
}
OPEN = {
    "blob_missing": "a document is missing",
    "minutes_not_comparable": "words were lawfully erased since: they cannot be drawn again as they were",
    "state_not_comparable": "words were lawfully erased since, or another version of the program recorded it",
    "blob_not_erased": "an order to erase it is recorded, and it is still there",
    "no_blobs": "the export holds no documents",
    "file_missing": "a file is missing",
    "unreadable": "it cannot be read",
    "few_witnesses": "too few witnesses have cosigned this",
    "needs_export": "an export is needed to compare",
    "not_recorded": "no event of the log names these bytes: an altered copy, or never recorded",
    "no_such_poll": "there is no such poll",
    "no_such_event": "there is no such event",
    "not_recountable": "ballots were lawfully erased: no recount",
}
WORDS = TAMPERING | OPEN


@dataclass(frozen=True)
class Finding:
    """`index` of the leaf, where it is about one."""

    code: str
    about: str
    index: int | None = None

    @property
    def sentence(self) -> str:
        where = "" if self.index is None else f" #{self.index}"
        return f"{self.code}{where}: {WORDS[self.code]} ({self.about})"


@dataclass
class Report:
    verb: str
    facts: dict[str, Any] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    def add(self, code: str, about: str = "", index: int | None = None) -> None:
        self.findings.append(Finding(code, about, index))

    @property
    def exit(self) -> int:
        if any(each.code in TAMPERING for each in self.findings):
            return TAMPERED
        return INCOMPLETE if self.findings else OK
