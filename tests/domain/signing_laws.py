"""What must hold of every event of the signing service, whoever asked for what and in whatever order."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from itertools import accumulate
from typing import TypeVar
from uuid import UUID

from kernel.messages import Event, Recorded
from services.signing.messages.copies import CopyDeclined, CopyIssued, CopyMade, CopySealed, Source
from services.signing.messages.incoming import IncomingReceived, IncomingRegistered, RegistrationRequested
from services.signing.messages.official import (
    OfficialDrafted,
    OfficialIssued,
    OfficialNumbered,
    OfficialReturned,
    OfficialRevised,
    OfficialSealed,
    OfficialSigned,
    OfficialSubmitted,
    OfficialWithdrawn,
    SealAsked,
    SubmissionRecalled,
)
from services.signing.messages.orders import (
    Act,
    DelegationRevoked,
    ProofRenewed,
    SignatureMade,
    SigningCancelled,
    SigningCompleted,
    SigningDeclined,
    SigningDelegated,
    SigningOrderOpened,
)
from services.signing.messages.registers import (
    COPIES,
    INCOMING,
    NumberAllotted,
    NumberReserved,
    NumberVoided,
    Register,
)

Kind = TypeVar("Kind", bound=Event)


class Laws:
    """Holds each event against all that came before it. `made_from`: the bytes from which other bytes were made."""

    def __init__(self, made_from: Mapping[str, str]) -> None:
        self.made_from = made_from
        self.streams: dict[str, list[Event]] = defaultdict(list)
        self.books: dict[Register, dict[int, str]] = defaultdict(dict)
        self.allotted: dict[tuple[UUID, str], NumberAllotted] = {}

    def hold(self, recorded: Recorded, event: Event, today: date) -> None:
        before = self.streams[recorded.stream]
        match event:
            case NumberAllotted() | NumberReserved() | NumberVoided():
                self._registers(event)
            case SignatureMade():
                assert recorded.actor == str(event.signer_id)
                self._signs(before, event, today)
            case SigningCompleted() | SigningDeclined() | SigningCancelled():
                self._ends(before, event)
            case ProofRenewed():
                assert last(before, SigningCompleted)
            case OfficialSigned() | OfficialSealed() | OfficialReturned() | SubmissionRecalled():
                self._follows_the_order(before, event)
            case OfficialNumbered():
                assert not last(before, OfficialNumbered)
                assert event.number == self._number(event.official_id, last(before, OfficialDrafted))
            case OfficialIssued():
                self._goes_out(before, event)
            case CopyMade():
                self._is_copied(event)
            case CopySealed() | CopyDeclined():
                made = last(before, CopyMade)
                assert len(before) == 1 and made and event.order_id == made.order_id
                if isinstance(event, CopySealed):
                    assert event.sha256 == self._completed(event.order_id) and self._comes_from(event, made.sha256)
            case CopyIssued():
                sealed = last(before, CopySealed)
                assert sealed and event.sha256 == sealed.sha256 and not last(before, CopyIssued)
                assert event.number == self.allotted[event.copy_id, COPIES].number
            case IncomingReceived():
                assert not before
            case IncomingRegistered():
                assert last(before, RegistrationRequested) and not last(before, IncomingRegistered)
                assert event.number == self.allotted[event.incoming_id, INCOMING].number
        before.append(event)

    def _registers(self, event: NumberAllotted | NumberReserved | NumberVoided) -> None:
        """1 to n; each is reserved, allotted to one document or voided; and a document has one number."""
        book, register = self.books[event.in_register], event.in_register
        if isinstance(event, NumberVoided):
            assert book[event.number] == "reserved"
            book[event.number] = "voided"
            return
        reserved = book.get(event.number) == "reserved" and isinstance(event, NumberAllotted)
        assert reserved or event.number == len(book) + 1
        book[event.number] = "reserved" if isinstance(event, NumberReserved) else "allotted"
        if isinstance(event, NumberAllotted):
            assert (event.subject_id, register.series) not in self.allotted
            assert event.entered_on.year == register.year
            self.allotted[event.subject_id, register.series] = event

    def _signs(self, before: list[Event], event: SignatureMade, today: date) -> None:
        """In their turn, once, on the newest bytes; for somebody else within the days of a paper that says so."""
        opened = before[0]
        assert isinstance(opened, SigningOrderOpened)
        made = [each for each in before if isinstance(each, SignatureMade)]
        assert len(before) == len(made) + 1, "it had ended"
        until = list(accumulate(each.needed for each in opened.steps))
        at = next(index for index, count in enumerate(until) if len(made) < count)
        here = made[until[at - 1] if at else 0 :]
        step, whose = opened.steps[at], event.on_behalf_of or event.signer_id
        assert event.act is step.act and whose in step.signer_ids
        assert whose not in {each.on_behalf_of or each.signer_id for each in here}
        assert event.signer_id not in {each.signer_id for each in here}
        assert event.seen_sha256 == (made[-1].signed_sha256 if made else opened.sha256)
        if event.on_behalf_of or event.delegation_id:
            paper = self.streams[f"delegation-{event.delegation_id}"]
            given = last(paper, SigningDelegated)
            assert given and not last(paper, DelegationRevoked)
            assert (given.from_id, given.to_id) == (event.on_behalf_of, event.signer_id)
            assert given.valid_from <= today <= given.valid_until

    def _ends(self, before: list[Event], event: SigningCompleted | SigningDeclined | SigningCancelled) -> None:
        opened = before[0]
        assert isinstance(opened, SigningOrderOpened)
        made = [each for each in before if isinstance(each, SignatureMade)]
        assert len(before) == len(made) + 1, "it had ended"
        needed = sum(each.needed for each in opened.steps)
        assert (len(made) == needed) == isinstance(event, SigningCompleted)
        if isinstance(event, SigningCompleted):
            assert event.sha256 == made[-1].signed_sha256

    def _follows_the_order(
        self, before: list[Event], event: OfficialSigned | OfficialSealed | OfficialReturned | SubmissionRecalled
    ) -> None:
        """Only what was asked for last has an effect, and only until it has had one."""
        asking = [each for each in before if isinstance(each, OfficialSubmitted | SealAsked)]
        assert event.order_id == asking[-1].order_id
        ended = OfficialSigned | OfficialSealed | OfficialReturned | SubmissionRecalled
        assert event.order_id not in {each.order_id for each in before if isinstance(each, ended)}
        if isinstance(event, OfficialSigned | OfficialSealed):
            assert event.sha256 == self._completed(event.order_id) and self._comes_from(event, asking[-1].sha256)

    def _goes_out(self, before: list[Event], event: OfficialIssued) -> None:
        """Signed by the competent person, numbered once, sealed, and nothing else than what was submitted."""
        submitted, signed, sealed = (
            last(before, OfficialSubmitted),
            last(before, OfficialSigned),
            last(before, OfficialSealed),
        )
        assert submitted and signed and sealed and not last(before, OfficialIssued)
        assert before.index(submitted) < before.index(signed) < before.index(sealed)
        written = last(before, OfficialRevised) or last(before, OfficialDrafted)
        assert written
        mark = last(self.streams[f"signing-{signed.order_id}"], SignatureMade)
        assert mark and mark.act is Act.sign
        assert (mark.on_behalf_of or mark.signer_id) == written.described.signatory.person_id
        assert event.sha256 == sealed.sha256 and self._comes_from(event, signed.sha256)
        assert self._comes_from(signed, submitted.sha256)
        assert event.number == self._number(event.official_id, written)

    def _is_copied(self, event: CopyMade) -> None:
        """A copy is of what stands, and of its very bytes."""
        original = event.described.original
        official_id, sha256 = original.source_id, original.sha256
        if original.source is Source.incoming:
            there = self.streams[f"incoming-{original.source_id}"]
            arrived = last(there, IncomingReceived)
            assert arrived and last(there, IncomingRegistered) and arrived.sha256 == sha256
            official_id = arrived.sent.official_id
        if official_id is not None:
            course = self.streams[f"official-{official_id}"]
            issued = last(course, OfficialIssued)
            assert issued and issued.sha256 == sha256 and not last(course, OfficialWithdrawn)

    def _number(self, official_id: UUID, written: OfficialDrafted | OfficialRevised | None) -> int:
        assert written
        return self.allotted[official_id, written.described.kind].number

    def _completed(self, order_id: UUID) -> str | None:
        completed = last(self.streams[f"signing-{order_id}"], SigningCompleted)
        return completed and completed.sha256

    def _comes_from(self, event: OfficialSigned | OfficialSealed | OfficialIssued | CopySealed, sha256: str) -> bool:
        now: str | None = event.sha256
        while now is not None and now != sha256:
            now = self.made_from.get(now)
        return now == sha256


def last(events: list[Event], kind: type[Kind]) -> Kind | None:
    return next((each for each in reversed(events) if isinstance(each, kind)), None)
