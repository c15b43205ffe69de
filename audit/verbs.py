"""What can be asked of a log besides its verification: its documents, its polls, one receipt, two checkpoints."""

import json
from collections.abc import Iterator
from contextlib import suppress
from typing import Any
from uuid import UUID

from pydantic import ValidationError

from audit.check import ALONE, How, believed, verify_log
from audit.documents import ERASABLE, erased_documents, named_documents
from audit.findings import Report
from audit.records import BadRecord, Record
from audit.sources import Source, Unavailable
from audit.turns import turns
from kernel.codec import UnknownEvent
from kernel.decider import Refused
from kernel.messages import Recorded
from ledger import rotation
from ledger.policy import Policy
from ledger.proof import verify_proof
from ledger.receipt import BadReceipt
from services.voting.ballot import stream_of
from services.voting.messages import BallotCast, PollOpened, PollTallied
from services.voting.recount import Recount
from services.voting.service import CODEC

COUNTED = frozenset({"PollOpened", "BallotCast", "PollClosed", "PollTallied", "PollCancelled"})


def check_documents(report: Report, source: Source, policy: Policy, how: How = ALONE) -> None:
    """Every document that an event names has the bytes of that name."""
    verify_log(report, source, policy, how=how)
    named, ordered, kept = dict[str, int](), dict[str, int](), set[str]()
    for record in readable(source):
        if record.recorded is not None and record.entry is not None and not record.erased:
            names, index = named_documents(record.recorded), record.entry.index
            named.update({each: index for each in names if each not in named})
            ordered |= dict.fromkeys(erased_documents(record.recorded), index)
            kept |= set() if record.recorded.type in ERASABLE else names
    report.facts |= {"documents": len(named), "erased_documents": sorted(ordered)}
    for sha256 in sorted(ordered.keys() & kept):
        report.add("unlawful_erasure", sha256, ordered[sha256])
    if named and not source.has_blobs:
        report.add("no_blobs")
        return
    for sha256, index in named.items():
        _check_document(report, source, sha256, index, sha256 in ordered)


def _check_document(report: Report, source: Source, sha256: str, index: int, ordered: bool) -> None:
    """`ordered`: a lawful order has its bytes erased."""
    try:
        sound = source.is_sound(sha256)
    except Unavailable as error:
        if not ordered:
            report.add(error.args[0], error.args[1], index)
        return
    if ordered and sound:
        report.add("blob_not_erased", sha256, index)
    elif not ordered and not sound:
        report.add("blob_differs", sha256, index)


class Counting:
    """Counts polls from the records of a log. `only`: one poll, or `all`."""

    def __init__(self, report: Report, only: str) -> None:
        self._report, self._only = report, only
        self._recount = Recount()
        self._rolls: dict[UUID, frozenset[UUID]] = {}
        self.opened: PollOpened | None = None
        self.tally: PollTallied | None = None
        self.erased: set[str] = set()

    def see(self, record: Record) -> None:
        recorded = record.recorded
        if recorded is None or recorded.type not in COUNTED:
            return
        if record.erased:
            self.erased.add(poll_of(recorded))
        elif self._only in ("all", poll_of(recorded)):
            self._count(recorded)

    def _count(self, recorded: Recorded) -> None:
        try:
            event = CODEC.decode(recorded)
            self._recount.take(recorded, event)
            match event:
                case PollOpened():
                    self._rolls[event.poll_id] = frozenset(event.roll)
                    self.opened = event
                case BallotCast() if not self._is_entitled(recorded, event):
                    self._report.add("stray_ballot", recorded.stream)
                case PollTallied():
                    self.tally = event
        except (Refused, ValidationError, UnknownEvent, KeyError) as error:
            self._report.add("tally_differs", f"{recorded.stream}: {type(error).__name__}")

    def _is_entitled(self, recorded: Recorded, cast: BallotCast) -> bool:
        """Of a voter on the roll, in the voter's own stream."""
        on_roll = cast.voter_id in self._rolls.get(cast.poll_id, ())
        return on_roll and recorded.stream == stream_of(cast.poll_id, cast.voter_id)

    def finish(self) -> None:
        for poll_id in self._recount.differing:
            code = "not_recountable" if str(poll_id) in self.erased else "tally_differs"
            self._report.add(code, str(poll_id))
        self._report.facts |= {"polls": self._recount.polls, "ballots": self._recount.ballots}
        if self._only != "all":
            if self.tally is None:
                self._report.add("no_such_poll", self._only)
            elif self.opened is not None:
                labels = {each.key: each.label for each in self.opened.choices}
                self._report.facts |= {"question": self.opened.question, "choices": labels}
                self._report.facts["tally"] = self.tally.model_dump(mode="json")


def poll_of(recorded: Recorded) -> str:
    return recorded.stream.partition("-")[2].partition("+")[0]


def check_poll(report: Report, source: Source, policy: Policy, poll_id: str, how: How = ALONE) -> None:
    """Ballots before the close, each voter's last, by the card that was frozen at the opening."""
    verify_log(report, source, policy, how=how)
    counting = Counting(report, poll_id)
    for record in readable(source):
        counting.see(record)
    counting.finish()


def readable(source: Source) -> Iterator[Record]:
    """Up to the first record that is none, which the verification has reported."""
    with suppress(BadRecord):
        yield from source.records()


def check_receipt(report: Report, text: str, policy: Policy) -> None:
    """A receipt carries its event with it."""
    try:
        proved = verify_proof(text, policy.keys)
    except BadReceipt as error:
        report.add("bad_receipt", str(error))
        return
    if not any(log.key in proved.signers and log.key.name == proved.checkpoint.origin for log in policy.logs):
        report.add("not_signed", proved.checkpoint.origin)
    elif not policy.satisfied_by(proved.signers):
        report.add("few_witnesses", proved.checkpoint.origin)
    leaf, contents = proved.leaf, proved.contents
    report.facts |= {
        "origin": proved.checkpoint.origin,
        "size": proved.checkpoint.size,
        "index": proved.index,
        "id": str(leaf.event_id),
        "stream": leaf.stream,
        "version": leaf.version,
        "type": leaf.type,
        "data": json.loads(contents.data) if contents else None,
    }


def check_consistency(
    report: Report, old: str, new: str, grown: Source | None, policy: Policy, how: How = ALONE
) -> None:
    """`grown`: the log of the newer checkpoint, by whose leaves it is shown to contain the older tree."""
    if grown is not None:
        policy = turns(Report(report.verb), new, _handed_on(grown), policy).believed_by(policy)
    both = [believed(report, each, policy, quorum=False) for each in (old, new)]
    if both[0] is None or both[1] is None:
        return
    was, now = both[0].head, both[1].head
    report.facts |= {"old": was.size, "new": now.size}
    if was.origin != now.origin:
        report.add("checkpoint_contradicts", f"{was.origin}, {now.origin}")
    elif was.size > now.size:
        report.add("rolled_back", f"{was.size}, {now.size}")
    elif was.size == now.size:
        if was.root != now.root:
            report.add("fork", str(was.size))
    elif grown is None:
        report.add("needs_export", "")
    else:
        verify_log(report, grown, policy, [old], how)


def _handed_on(source: Source) -> list[tuple[int, str]]:
    return [
        (each.entry.index, rotation.statement_in(each.recorded.data))
        for each in readable(source)
        if each.entry is not None and each.recorded is not None and each.recorded.type == rotation.EVENT
    ]


def explain(report: Report, source: Source, index: int) -> None:
    for record in readable(source):
        if record.entry is not None and record.entry.index == index and record.recorded is not None:
            report.facts |= explained(record.recorded, record.erased)
            return
    report.add("no_such_event", str(index))


def explained(recorded: Recorded, erased: bool) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "recorded_at": recorded.recorded_at.isoformat(),
        "type": recorded.type,
        "stream": recorded.stream,
        "version": recorded.version,
        "id": str(recorded.id),
    }
    if erased:
        return shown | {"erased": True}
    return shown | {"actor": recorded.actor, "data": json.loads(recorded.data)}
