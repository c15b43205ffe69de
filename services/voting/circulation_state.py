"""What an opinion form is at each step, from its draft to its announced result. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from kernel.messages import Event
from services.voting.messages.circulation import (
    AnswersCounted,
    AttachedToForm,
    CommentResolved,
    DetachedFromForm,
    FormDocument,
    MembersReminded,
    OpinionFormCirculated,
    OpinionFormClosed,
    OpinionFormDrafted,
    OpinionFormReturned,
    OpinionFormRevised,
    OpinionFormSubmitted,
    OpinionFormWithdrawn,
    OpinionResultAnnounced,
)


@dataclass(frozen=True)
class NotDrafted:
    pass


@dataclass(frozen=True)
class Draft:
    """`content`: as it was last revised."""

    content: OpinionFormDrafted
    documents: tuple[FormDocument, ...] = ()


@dataclass(frozen=True)
class Submitted:
    draft: Draft


@dataclass(frozen=True)
class Circulating:
    """`sent` never changes afterwards; `occasions`: reminders that have happened."""

    sent: OpinionFormCirculated
    occasions: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Closed:
    sent: OpinionFormCirculated


@dataclass(frozen=True)
class Counted:
    sent: OpinionFormCirculated
    result: AnswersCounted
    resolved: Mapping[UUID, CommentResolved]


@dataclass(frozen=True)
class Announced:
    sent: OpinionFormCirculated
    result: AnswersCounted


@dataclass(frozen=True)
class Withdrawn:
    pass


Form = NotDrafted | Draft | Submitted | Circulating | Closed | Counted | Announced | Withdrawn


def stream(form_id: UUID) -> str:
    return f"opinionForm-{form_id}"


def revised_to(content: OpinionFormDrafted, event: OpinionFormRevised) -> OpinionFormDrafted:
    return content.model_copy(update=dict(event))


def evolve(form: Form, event: Event) -> Form:
    match (form, event):
        case (NotDrafted(), OpinionFormDrafted()):
            return Draft(event)
        case (Draft(content=content, documents=documents), OpinionFormRevised()):
            return Draft(revised_to(content, event), documents)
        case (Draft(content=content, documents=documents), AttachedToForm(document_id=document_id, title=title)):
            return Draft(content, (*documents, FormDocument(document_id=document_id, title=title)))
        case (Draft(content=content, documents=documents), DetachedFromForm(document_id=document_id)):
            return Draft(content, tuple(each for each in documents if each.document_id != document_id))
        case (Draft(), OpinionFormSubmitted()):
            return Submitted(form)
        case (Submitted(draft=draft), OpinionFormReturned()):
            return draft
        case (Submitted(), OpinionFormCirculated()):
            return Circulating(event)
        case (Draft() | Submitted() | Circulating(), OpinionFormWithdrawn()):
            return Withdrawn()
        case (Circulating(sent=sent, occasions=occasions), MembersReminded(occasion=occasion)):
            return Circulating(sent, occasions | ({occasion} - {"by_hand"}))
        case _:
            return _evolve_result(form, event)


def _evolve_result(form: Form, event: Event) -> Form:
    match (form, event):
        case (Circulating(sent=sent), OpinionFormClosed()):
            return Closed(sent)
        case (Closed(sent=sent), AnswersCounted()):
            return Counted(sent, event, {})
        case (Counted(sent=sent, result=result, resolved=resolved), CommentResolved(comment_id=comment_id)):
            return Counted(sent, result, {**resolved, comment_id: event})
        case (Counted(sent=sent, result=result), OpinionResultAnnounced()):
            return Announced(sent, result)
        case _:
            raise TypeError(f"{type(event).__name__} cannot follow {type(form).__name__}")
