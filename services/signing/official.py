"""An official document on its way: draft, signatures, number, seal, issue, archive. Pure.

The order is the one of Decree 30/2020/NĐ-CP, articles 10 to 19: nothing is numbered before the competent person has
signed, and nothing is issued before the agency's own signature is on it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from kernel.decider import Decider, Refused
from kernel.messages import Command, Event
from services.signing.messages.official import (
    AbandonDraft,
    AnswerComment,
    ArchiveOfficial,
    AskForSeal,
    CommentAnswered,
    CommentOnDraft,
    Described,
    DraftAbandoned,
    DraftCommented,
    DraftOfficial,
    IssueOfficial,
    NumberRequested,
    OfficialArchived,
    OfficialDrafted,
    OfficialIssued,
    OfficialNumbered,
    OfficialReturned,
    OfficialRevised,
    OfficialSealed,
    OfficialSigned,
    OfficialSubmitted,
    OfficialWithdrawn,
    RecordNumber,
    RecordRecall,
    RecordReturn,
    RecordSealed,
    RecordSigned,
    RequestNumber,
    ReviseOfficial,
    SealAsked,
    SubmissionRecalled,
    SubmitOfficial,
    WithdrawOfficial,
)
from services.signing.numbering import symbol_of

Commands = (
    DraftOfficial
    | ReviseOfficial
    | CommentOnDraft
    | AnswerComment
    | AbandonDraft
    | SubmitOfficial
    | RecordRecall
    | RecordReturn
    | RecordSigned
    | RequestNumber
    | RecordNumber
    | AskForSeal
    | RecordSealed
    | IssueOfficial
    | WithdrawOfficial
    | ArchiveOfficial
)


@dataclass(frozen=True)
class Unwritten:
    pass


@dataclass(frozen=True)
class Draft:
    described: Described
    open_comments: frozenset[UUID] = frozenset()
    answered: frozenset[UUID] = frozenset()


@dataclass(frozen=True)
class InSigning:
    draft: Draft
    order_id: UUID


@dataclass(frozen=True)
class Signed:
    """`asked`: the number that is under way."""

    described: Described
    sha256: str
    asked: NumberRequested | None = None


@dataclass(frozen=True)
class Numbered:
    """`sealing`: the order for the agency's signature, once it is asked for."""

    described: Described
    numbered: OfficialNumbered
    sealing: UUID | None = None


@dataclass(frozen=True)
class Sealed:
    described: Described
    numbered: OfficialNumbered
    sha256: str


@dataclass(frozen=True)
class Issued:
    issued: OfficialIssued
    archived: OfficialArchived | None = None


@dataclass(frozen=True)
class Withdrawn:
    withdrawn: OfficialWithdrawn
    archived: OfficialArchived | None = None


@dataclass(frozen=True)
class Abandoned:
    pass


State = Unwritten | Draft | InSigning | Signed | Numbered | Sealed | Issued | Withdrawn | Abandoned


def decide(command: Command, state: State) -> Sequence[Event]:
    match command, state:
        case DraftOfficial(), Unwritten():
            return [OfficialDrafted(official_id=command.official_id, described=command.described)]
        case DraftOfficial(), _:
            raise Refused("official_exists", str(command.official_id))
        case _, Unwritten():
            raise Refused("official_not_found")
        case ReviseOfficial() | CommentOnDraft() | AnswerComment() | AbandonDraft() | SubmitOfficial(), _:
            return _drafting(command, state)
        case RecordRecall() | RecordReturn() | RecordSigned(), _:
            return _signing(command, state)
        case RequestNumber() | RecordNumber() | AskForSeal() | RecordSealed(), _:
            return _registering(command, state)
        case IssueOfficial() | WithdrawOfficial() | ArchiveOfficial(), _:
            return _issuing(command, state)
        case _:
            raise TypeError(f"{type(command).__name__} is no command about official documents")


def evolve(state: State, event: Event) -> State:
    match event, state:
        case OfficialDrafted(), _:
            return Draft(event.described)
        case OfficialRevised(), Draft():
            return replace(state, described=event.described)
        case DraftCommented(), Draft():
            return replace(state, open_comments=state.open_comments | {event.comment_id})
        case CommentAnswered(), Draft():
            answered = state.answered | {event.comment_id}
            return replace(state, open_comments=state.open_comments - {event.comment_id}, answered=answered)
        case DraftAbandoned(), _:
            return Abandoned()
        case OfficialSubmitted(), Draft():
            return InSigning(state, event.order_id)
        case SubmissionRecalled() | OfficialReturned(), InSigning():
            return state.draft
        case OfficialReturned(), Numbered():
            return replace(state, sealing=None)
        case OfficialSigned(), InSigning():
            return Signed(state.draft.described, event.sha256)
        case NumberRequested(), Signed():
            return replace(state, asked=event)
        case OfficialNumbered(), Signed():
            return Numbered(state.described, event)
        case SealAsked(), Numbered():
            return replace(state, sealing=event.order_id)
        case OfficialSealed(), Numbered():
            return Sealed(state.described, state.numbered, event.sha256)
        case OfficialIssued(), _:
            return Issued(event)
        case OfficialWithdrawn(), Issued():
            return Withdrawn(event, state.archived)
        case OfficialArchived(), Issued() | Withdrawn():
            return replace(state, archived=event)
        case _:
            return state


def _drafting(command: Command, state: State) -> Sequence[Event]:
    if not isinstance(state, Draft):
        raise Refused("not_a_draft", "it is signed, or on its way to be")
    match command:
        case ReviseOfficial():
            revised = OfficialRevised(official_id=command.official_id, described=command.described)
            return [] if command.described == state.described else [revised]
        case CommentOnDraft():
            if command.comment_id in state.open_comments | state.answered:
                return []
            return [DraftCommented(official_id=command.official_id, comment_id=command.comment_id, text=command.text)]
        case AnswerComment():
            return _answer(command, state)
        case AbandonDraft():
            return [DraftAbandoned(official_id=command.official_id, reason=command.reason)]
        case SubmitOfficial():
            return _submit(command, state)
        case _:
            raise TypeError(type(command).__name__)


def _answer(command: AnswerComment, state: Draft) -> Sequence[Event]:
    if command.comment_id in state.answered:
        raise Refused("comment_answered")
    if command.comment_id not in state.open_comments:
        raise Refused("comment_not_found")
    if not command.accepted and not command.answer.strip():
        raise Refused("explanation_missing", "what is not taken up is explained")
    return [
        CommentAnswered(
            official_id=command.official_id,
            comment_id=command.comment_id,
            accepted=command.accepted,
            answer=command.answer,
        )
    ]


def _submit(command: SubmitOfficial, state: Draft) -> Sequence[Event]:
    if state.open_comments:
        raise Refused("comments_unanswered", f"{len(state.open_comments)}")
    if command.steps[-1].signer_ids != (state.described.signatory.person_id,):
        raise Refused("not_the_signatory", "the last signature is that of the competent person alone")
    _follows_the_meeting(command, state.described)
    return [
        OfficialSubmitted(
            official_id=command.official_id,
            order_id=command.order_id,
            document_id=state.described.document_id,
            summary=state.described.summary,
            sha256=command.sha256,
            steps=command.steps,
        )
    ]


def _follows_the_meeting(command: SubmitOfficial, described: Described) -> None:
    """Nobody is asked to sign what was not decided, or words that the presiding officer has changed since."""
    if described.poll_id not in (None, command.passed_poll_id):
        raise Refused("poll_not_passed", str(described.poll_id))
    if described.conclusions and set(described.conclusions) != set(command.conclusions):
        raise Refused("conclusions_revised", "the notice announces other words than those in force")


def _signing(command: RecordRecall | RecordReturn | RecordSigned, state: State) -> Sequence[Event]:
    """What comes from an order that is no longer this document's changes nothing."""
    if isinstance(command, RecordReturn) and isinstance(state, Numbered) and command.order_id == state.sealing:
        return [OfficialReturned.of(command)]
    if not isinstance(state, InSigning) or command.order_id != state.order_id:
        return []
    match command:
        case RecordRecall():
            return [SubmissionRecalled.of(command)]
        case RecordReturn():
            return [OfficialReturned.of(command)]
        case RecordSigned():
            return [OfficialSigned.of(command)]


def _registering(command: Command, state: State) -> Sequence[Event]:
    match command, state:
        case RequestNumber(), Signed():
            return [] if state.asked else [_number_requested(command, state.described)]
        case RequestNumber(), Numbered() | Sealed() | Issued():
            return []
        case RecordNumber(), Signed(asked=NumberRequested()):
            return [
                OfficialNumbered(
                    official_id=command.official_id,
                    number=command.number,
                    symbol=command.symbol,
                    entered_on=command.entered_on,
                )
            ]
        case AskForSeal(), Numbered():
            return _ask_for_seal(command, state)
        case RecordSealed(), Numbered() if command.order_id == state.sealing:
            return [OfficialSealed(official_id=command.official_id, order_id=command.order_id, sha256=command.sha256)]
        case RecordNumber() | RecordSealed(), _:
            return []
        case RequestNumber(), _:
            raise Refused("not_signed", "a number is given once the competent person has signed")
        case _:
            raise Refused("not_numbered", "the agency's signature comes after the number")


def _number_requested(command: RequestNumber, described: Described) -> NumberRequested:
    return NumberRequested(
        official_id=command.official_id,
        kind=described.kind,
        issuer_id=described.issuer_id,
        symbol=symbol_of(described),
        summary=described.summary,
        entered_on=command.entered_on,
        reserved=command.reserved,
    )


def _ask_for_seal(command: AskForSeal, state: Numbered) -> Sequence[Event]:
    if state.sealing is not None:
        return []
    return [
        SealAsked(
            official_id=command.official_id,
            order_id=command.order_id,
            document_id=state.described.document_id,
            summary=state.described.summary,
            sha256=command.sha256,
            clerk_ids=command.clerk_ids,
        )
    ]


def _issuing(command: Command, state: State) -> Sequence[Event]:
    match command, state:
        case IssueOfficial(), Sealed():
            return [_issued(command, state)]
        case IssueOfficial(), Issued() | Withdrawn():
            return []
        case IssueOfficial(), _:
            raise Refused("not_sealed", "it is issued once it is signed, numbered and sealed")
        case WithdrawOfficial(), Issued():
            return _withdraw(command, state.issued)
        case ArchiveOfficial(), Issued() | Withdrawn():
            archived = OfficialArchived(
                official_id=command.official_id, file_code=command.file_code, retention_years=command.retention_years
            )
            return [] if archived == state.archived else [archived]
        case WithdrawOfficial(), Withdrawn():
            raise Refused("already_withdrawn")
        case _:
            raise Refused("not_issued")


def _issued(command: IssueOfficial, state: Sealed) -> OfficialIssued:
    described, numbered = state.described, state.numbered
    return OfficialIssued(
        official_id=command.official_id,
        document_id=described.document_id,
        issuer_id=described.issuer_id,
        kind=described.kind,
        number=numbered.number,
        symbol=numbered.symbol,
        entered_on=numbered.entered_on,
        summary=described.summary,
        sha256=state.sha256,
        recipients=described.recipients,
        urgency=described.urgency,
    )


def _withdraw(command: WithdrawOfficial, issued: OfficialIssued) -> Sequence[Event]:
    if command.successor_id == command.official_id:
        raise Refused("own_successor", "a document does not stand in its own place")
    return [
        OfficialWithdrawn(
            official_id=command.official_id,
            how=command.how,
            successor_id=command.successor_id,
            reason=command.reason,
            recipients=issued.recipients,
        )
    ]


def stream(official_id: UUID) -> str:
    return f"official-{official_id}"


decider: Decider[State] = Decider(Unwritten(), decide, evolve)
