"""Whoever asks for whatever in whatever order, and however late or often reactions come: documents go out by the law.

The service is the real one, with its log and its views (`signing_registry.py`); the laws are in `signing_laws.py`.
`FAULT_ROUNDS` plays more games.
"""

from datetime import timedelta
from typing import Any
from uuid import UUID

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from kernel.messages import Event, Recorded
from kernel.vietnam import day_of
from services.signing import arrival, official, order
from services.signing.messages.copies import CopyForm, DescribedCopy, IssueCopy, MakeCopy, Original, Source
from services.signing.messages.incoming import (
    AcknowledgeIncoming,
    RegisterIncoming,
    ReturnIncoming,
    RouteIncoming,
)
from services.signing.messages.official import (
    AbandonDraft,
    AnswerComment,
    ArchiveOfficial,
    AskForSeal,
    CommentOnDraft,
    Competence,
    DraftOfficial,
    IssueOfficial,
    RequestNumber,
    ReviseOfficial,
    Signatory,
    SubmitOfficial,
    Urgency,
    Withdrawal,
    WithdrawOfficial,
)
from services.signing.messages.orders import (
    Act,
    CancelSigningOrder,
    DeclineToSign,
    DelegateSigning,
    Purpose,
    RenewProof,
    RevokeDelegation,
    SigningDelegated,
    Step,
)
from services.signing.messages.registers import ReserveNumber, VoidNumber
from services.signing.service import REACTS_TO
from tests.distributed.rounds import ROUNDS
from tests.domain.signing_registry import PEOPLE, SIGNERS, Registry
from tests.official_examples import COUNCIL, REGISTER, described, sign
from tests.stamps import STAMP_AT, ids

DAYS = (STAMP_AT, STAMP_AT + timedelta(days=1), STAMP_AT + timedelta(days=2))
REASON = {"reason": "Theo chỉ đạo."}

person, day, often = st.sampled_from(PEOPLE), st.sampled_from(DAYS), st.sampled_from([True, True, True, False])
groups = st.lists(st.lists(person, min_size=2, max_size=3, unique=True), max_size=2)
data = st.data()


class Officials(Registry):
    """Two bodies, three people and a clerk."""

    @initialize(far=st.integers(0, 12), data=data)
    def begin(self, far: int, data: st.DataObject) -> None:
        """With a document that has come some way already."""
        self.drafts("chi", ["council", "committee"])
        for _ in range(far):
            self.goes_its_way(data)

    @rule(when=day)
    def a_day_passes(self, when: Any) -> None:
        self.now = max(self.now, when)

    @rule(data=data)
    def a_reaction_comes(self, data: st.DataObject) -> None:
        """Those of one stream in their order, and each stream's whenever it pleases."""
        first: dict[str, tuple[Recorded, Event]] = {}
        for recorded, event in self.due:
            first.setdefault(recorded.stream, (recorded, event))
        if first:
            chosen = data.draw(st.sampled_from(list(first.values())))
            self.due.remove(chosen)
            self.react(*chosen)

    @rule()
    def all_reactions_come(self) -> None:
        self.all_due_come()

    @rule(data=data)
    def a_reaction_comes_again(self, data: st.DataObject) -> None:
        waiting = {recorded.position for recorded, _ in self.due}
        had = [each for each in self.log if each[0].type in REACTS_TO and each[0].position not in waiting]
        if had:
            self.comes_again([data.draw(st.sampled_from(had))])

    @rule(signatory=person, units=st.lists(st.sampled_from(["council", "committee"]), max_size=2, unique=True))
    def drafts(self, signatory: str, units: list[str]) -> None:
        position = Signatory(person_id=ids(signatory), competence=Competence.own, position="CHỦ TỊCH")
        to = [{"name": each, "unit_id": ids(each)} for each in units]
        facts = described(signatory=position, recipients=to, document_id=self.new("text"))
        self.does(DraftOfficial, official_id=self.new("official"), described=facts)

    @rule(data=data, urgent=st.booleans())
    def writes(self, data: st.DataObject, urgent: bool) -> None:
        chosen = self.one(data, "official")
        state, comment = self.state(official.decider, official.stream(chosen)), ids(f"comment on {chosen}")
        about = {"official_id": chosen}
        match data.draw(st.sampled_from(["comment", "answer", "revise", "abandon"])):
            case "comment":
                self.does(CommentOnDraft, **about, comment_id=comment, text="Bổ sung căn cứ.")
            case "answer":
                self.does(AnswerComment, **about, comment_id=comment, accepted=urgent)
            case "revise" if isinstance(state, official.Draft):
                other = state.described.model_copy(update={"urgency": Urgency.urgent if urgent else Urgency.normal})
                self.does(ReviseOfficial, **about, described=other)
            case "abandon":
                self.does(AbandonDraft, **about, **REASON)

    @rule(data=data, groups=groups, signatory=st.none() | person)
    def submits(self, data: st.DataObject, groups: list[list[str]], signatory: str | None) -> None:
        chosen = self.one(data, "official")
        state = self.state(official.decider, official.stream(chosen))
        last = state.described.signatory.person_id if isinstance(state, official.Draft) else ids("an")
        steps = [
            Step(act=Act.initial, signer_ids=tuple(map(ids, each)), needed=data.draw(st.integers(1, len(each))))
            for each in groups
        ]
        steps.append(Step(act=Act.sign, signer_ids=(ids(signatory) if signatory else last,)))
        self.does(SubmitOfficial, official_id=chosen, order_id=self.new("order"), sha256=self.bytes_from(), steps=steps)

    @rule(data=data)
    def who_is_asked_signs(self, data: st.DataObject) -> None:
        self.somebody_signs(data, self.one(data, "signing"))

    @rule(data=data, signer=st.sampled_from(SIGNERS), fresh=often)
    def anybody_signs(self, data: st.DataObject, signer: str, fresh: bool) -> None:
        """What they read now, or what they read before."""
        chosen = self.one(data, "signing")
        self.does(sign(signer, *self.read(chosen, fresh), order_id=chosen, at=self.now, signed_at=self.now))

    @precondition(lambda self: self.streams("delegation"))
    @rule(data=data, fitting=often, other=person)
    def somebody_stands_in(self, data: st.DataObject, fitting: bool, other: str) -> None:
        """By a paper, mostly by whom and for whom it was written."""
        paper = self.one(data, "delegation")
        (given, *_) = self.laws.streams[f"delegation-{paper}"]
        assert isinstance(given, SigningDelegated)
        asked = [each for each in self.streams("signing") if self.awaits(each, given.from_id)]
        chosen = data.draw(st.sampled_from(asked)) if asked and fitting else self.one(data, "signing")
        signer = next(each for each in PEOPLE if ids(each) == given.to_id)
        fields = {"on_behalf_of": given.from_id if fitting else ids(other), "delegation_id": paper, "order_id": chosen}
        self.does(sign(signer, *self.read(chosen, True), at=self.now, signed_at=self.now, **fields))

    def awaits(self, order_id: UUID, person_id: UUID) -> bool:
        state = self.state(order.decider, order.stream(order_id))
        return isinstance(state, order.Waiting) and state.waits_for(person_id)

    @rule(data=data, signer=person)
    def declines(self, data: st.DataObject, signer: str) -> None:
        about = {"order_id": self.one(data, "signing"), "signer_id": ids(signer), **REASON}
        self.does(DeclineToSign, actor=signer, **about)

    @rule(data=data)
    def recalls(self, data: st.DataObject) -> None:
        issuing = [each for each in self.streams("signing") if self.purpose(each) is Purpose.issue]
        chosen = data.draw(st.sampled_from(issuing)) if issuing else ids("no order")
        self.does(CancelSigningOrder, order_id=chosen, **REASON)

    def purpose(self, order_id: UUID) -> Purpose | None:
        state = self.state(order.decider, order.stream(order_id))
        return state.opened.purpose if isinstance(state, order.Waiting | order.Completed) else None

    @rule(giver=person, taker=person, now=often, other=day)
    def delegates(self, giver: str, taker: str, now: bool, other: Any) -> None:
        """Mostly from today on."""
        days = {"valid_from": day_of(self.now if now else other), "valid_until": day_of(max(self.now, other))}
        paper = {"delegation_id": self.new("delegation"), "basis": "Giấy ủy quyền số 02", **days}
        self.does(DelegateSigning, actor=giver, from_id=ids(giver), to_id=ids(taker), **paper)

    @precondition(lambda self: self.streams("delegation"))
    @rule(data=data)
    def takes_back(self, data: st.DataObject) -> None:
        self.does(RevokeDelegation, delegation_id=self.one(data, "delegation"), **REASON)

    @rule(data=data)
    def goes_its_way(self, data: st.DataObject) -> None:
        """What comes next if nobody objects."""
        self.all_reactions_come()
        chosen = self.one(data, "official")
        state, about = self.state(official.decider, official.stream(chosen)), {"official_id": chosen}
        match state:
            case official.Draft():
                self.submits(data, data.draw(groups), None)
            case official.InSigning(order_id=UUID() as asked) | official.Numbered(sealing=UUID() as asked):
                self.somebody_signs(data, asked)
            case official.Numbered():
                signed = next(each.sha256 for _, each in reversed(self.log) if is_signed(each, chosen))
                seal = {"sha256": self.bytes_from(signed), "clerk_ids": (ids("clerk"),)}
                self.does(AskForSeal, **about, order_id=self.new("seal"), **seal)
            case official.Sealed():
                self.does(IssueOfficial, **about)
            case _:
                wish = data.draw(st.none() | st.integers(1, 4))
                self.does(RequestNumber, **about, entered_on=day_of(self.now), reserved=wish)

    def somebody_signs(self, data: st.DataObject, order_id: UUID) -> None:
        state = self.state(order.decider, order.stream(order_id))
        waiting = [each for each in SIGNERS if isinstance(state, order.Waiting) and state.waits_for(ids(each))]
        if waiting:
            made = {"order_id": order_id, "at": self.now, "signed_at": self.now}
            signer = data.draw(st.sampled_from(waiting))
            self.does(sign(signer, state.sha256, self.bytes_from(state.sha256), **made))

    @rule(data=data, how=st.sampled_from(Withdrawal))
    def withdraws_or_archives(self, data: st.DataObject, how: Withdrawal) -> None:
        about, other = {"official_id": self.one(data, "official")}, self.one(data, "official")
        if data.draw(st.booleans()):
            self.does(ArchiveOfficial, **about, file_code="01.2026.NQ")
            return
        self.does(
            WithdrawOfficial, **about, how=how, successor_id=None if how is Withdrawal.recalled else other, **REASON
        )

    @rule(number=st.none() | st.integers(1, 4))
    def keeps_the_register(self, number: int | None) -> None:
        if number is None:
            self.does(ReserveNumber, in_register=REGISTER, **REASON)
        else:
            self.does(VoidNumber, in_register=REGISTER, number=number, **REASON)

    @rule(data=data)
    def receives(self, data: st.DataObject) -> None:
        about = {"incoming_id": self.one(data, "incoming")}
        match data.draw(st.sampled_from(["register", "register", "route", "acknowledge", "return"])):
            case "register":
                self.does(RegisterIncoming, **about, entered_on=day_of(self.now))
            case "route":
                self.does(RouteIncoming, **about, unit_id=ids("office"), instruction="Tham mưu.")
            case "acknowledge":
                self.does(AcknowledgeIncoming, **about)
            case _:
                self.does(ReturnIncoming, **about, **REASON)

    @rule(data=data, source=st.sampled_from([Source.official, Source.incoming]), fresh=often)
    def copies(self, data: st.DataObject, source: Source, fresh: bool) -> None:
        of, sha256 = self.one(data, source), self.bytes_from()
        decider, stream = (
            (official, official.stream(of)) if source is Source.official else (arrival, arrival.stream(of))
        )
        match self.state(decider.decider, stream):
            case official.Issued(issued=official.OfficialIssued(sha256=issued)) if fresh:
                sha256 = issued
            case arrival.Arrived(received=received) if fresh:
                sha256 = received.sha256
        about = {"issuer": "Hội đồng nhân dân", "summary": "Về dự toán", "sha256": sha256, "document_id": ids("text")}
        facts = DescribedCopy(
            form=CopyForm.true_copy,
            body_id=COUNCIL,
            body_symbol="HĐND",
            original=Original(source=source, source_id=of, **about),
            recipients=({"name": "Ủy ban", "unit_id": ids("committee")},),
            purpose="Tổ chức thực hiện",
            ordered_by=ids("an"),
        )
        made = {"order_id": self.new("seal"), "sha256": self.bytes_from(sha256), "clerk_ids": (ids("clerk"),)}
        self.does(MakeCopy, copy_id=self.new("copy"), described=facts, **made)

    @precondition(lambda self: self.streams("copy"))
    @rule(data=data)
    def issues_a_copy(self, data: st.DataObject) -> None:
        self.does(IssueCopy, copy_id=self.one(data, "copy"))

    @rule(data=data)
    def renews(self, data: st.DataObject) -> None:
        stamped = {"stamped_sha256": self.bytes_from(), "stamped_size": 1, "provable_until": DAYS[2]}
        self.does(RenewProof, order_id=self.one(data, "signing"), **stamped)


def is_signed(event: Event, official_id: UUID) -> bool:
    return isinstance(event, official.OfficialSigned) and event.official_id == official_id


TestOfficials = Officials.TestCase
TestOfficials.settings = settings(max_examples=10 * ROUNDS, stateful_step_count=60)
