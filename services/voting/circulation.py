"""The opinion form: drafted by a clerk, sent by its chair's decision, closed, counted, resolved, announced.

Pure. Answers stand in streams of their own: `circulation_answers`.
"""

from uuid import UUID

from kernel.decider import Decider, Refused
from kernel.messages import Command, Event
from services.voting.circulation_question import check_draft, check_roll, counted
from services.voting.circulation_resolutions import resolve
from services.voting.circulation_state import (
    Announced,
    Circulating,
    Closed,
    Counted,
    Draft,
    Form,
    NotDrafted,
    Submitted,
    Withdrawn,
    evolve,
    revised_to,
)
from services.voting.messages.circulation import (
    AnnounceOpinionResult,
    AttachedToForm,
    AttachToForm,
    CirculateOpinionForm,
    CloseOpinionForm,
    CountAnswers,
    DetachedFromForm,
    DetachFromForm,
    DraftOpinionForm,
    MembersReminded,
    OpinionFormCirculated,
    OpinionFormClosed,
    OpinionFormDrafted,
    OpinionFormReturned,
    OpinionFormRevised,
    OpinionFormSubmitted,
    OpinionFormWithdrawn,
    OpinionResultAnnounced,
    RemindMembers,
    ResolveComment,
    ReturnOpinionForm,
    ReviseOpinionForm,
    SubmitOpinionForm,
    WithdrawOpinionForm,
)

Commands = (
    DraftOpinionForm
    | ReviseOpinionForm
    | AttachToForm
    | DetachFromForm
    | SubmitOpinionForm
    | ReturnOpinionForm
    | CirculateOpinionForm
    | WithdrawOpinionForm
    | RemindMembers
    | CloseOpinionForm
    | CountAnswers
    | ResolveComment
    | AnnounceOpinionResult
)
MOST_DOCUMENTS = 50


def decide(command: Command, form: Form) -> list[Event]:
    match command:
        case DraftOpinionForm() | ReviseOpinionForm() | AttachToForm() | DetachFromForm():
            return _prepare(command, form)
        case SubmitOpinionForm() | ReturnOpinionForm() | CirculateOpinionForm():
            return _approve(command, form)
        case WithdrawOpinionForm():
            return _withdraw(command, form)
        case RemindMembers():
            return _remind(command, form)
        case CloseOpinionForm():
            return _close(command, form)
        case CountAnswers():
            return _count(command, form)
        case ResolveComment() | AnnounceOpinionResult():
            return _finish(command, form)
        case _:
            raise TypeError(f"not a command of an opinion form: {type(command).__name__}")


def _prepare(command: DraftOpinionForm | ReviseOpinionForm | AttachToForm | DetachFromForm, form: Form) -> list[Event]:
    match (command, form):
        case (DraftOpinionForm(), NotDrafted()):
            check_draft(command)
            return [OpinionFormDrafted.of(command)]
        case (ReviseOpinionForm(), Draft(content=content)):
            check_draft(command)
            revised = OpinionFormRevised.of(command)
            return [] if revised_to(content, revised) == content else [revised]
        case (AttachToForm(document_id=document_id, title=title), Draft(documents=documents)):
            if document_id in {each.document_id for each in documents}:
                return []
            if len(documents) >= MOST_DOCUMENTS:
                raise Refused("too_many_documents", str(len(documents)))
            return [AttachedToForm(form_id=command.form_id, document_id=document_id, title=title)]
        case (DetachFromForm(document_id=document_id), Draft(documents=documents)):
            known = document_id in {each.document_id for each in documents}
            return [DetachedFromForm(form_id=command.form_id, document_id=document_id)] if known else []
        case (DraftOpinionForm(), _):
            raise Refused("form_exists", str(command.form_id))
        case (_, NotDrafted()):
            raise Refused("no_such_form", str(command.form_id))
        case _:
            raise Refused("form_not_in_draft", str(command.form_id))


def _approve(command: SubmitOpinionForm | ReturnOpinionForm | CirculateOpinionForm, form: Form) -> list[Event]:
    match (command, form):
        case (SubmitOpinionForm(), Draft(content=content)):
            return [OpinionFormSubmitted(form_id=command.form_id, chair_id=content.chair_id)]
        case (SubmitOpinionForm(), Submitted()):
            return []
        case (ReturnOpinionForm(reason=reason), Submitted(draft=draft)):
            _check_chair(command, draft.content.chair_id)
            return [OpinionFormReturned(form_id=command.form_id, reason=reason)]
        case (CirculateOpinionForm(), Submitted(draft=draft)):
            _check_chair(command, draft.content.chair_id)
            return [circulated(command, draft)]
        case (_, NotDrafted()):
            raise Refused("no_such_form", str(command.form_id))
        case (SubmitOpinionForm(), _):
            raise Refused("form_not_in_draft", str(command.form_id))
        case _:
            raise Refused("form_not_submitted", str(command.form_id))


def circulated(command: CirculateOpinionForm, draft: Draft) -> OpinionFormCirculated:
    content = draft.content
    if content.due_at <= command.at:
        raise Refused("deadline_passed", str(content.due_at))
    sent = OpinionFormCirculated(
        **dict(content),
        documents=tuple(
            each.model_copy(update={"version": command.versions.get(each.document_id, 1)}) for each in draft.documents
        ),
        roll=command.roll,
        members=command.members,
        serving=command.serving,
    )
    check_roll(sent)
    return sent


def _withdraw(command: WithdrawOpinionForm, form: Form) -> list[Event]:
    match form:
        case NotDrafted():
            raise Refused("no_such_form", str(command.form_id))
        case Withdrawn():
            return []
        case Circulating(sent=sent):
            _check_chair(command, sent.chair_id)
        case Draft() | Submitted():
            pass
        case _:
            raise Refused("form_closed", str(command.form_id))
    return [OpinionFormWithdrawn(form_id=command.form_id, reason=command.reason)]


def _remind(command: RemindMembers, form: Form) -> list[Event]:
    sent = _circulating(command.form_id, form).sent
    strangers = set(command.voter_ids) - set(sent.roll)
    if strangers:
        raise Refused("not_on_roll", str(strangers.pop()))
    if command.occasion in _circulating(command.form_id, form).occasions or not command.voter_ids:
        return []
    reminded = tuple(dict.fromkeys(command.voter_ids))
    return [MembersReminded(form_id=command.form_id, voter_ids=reminded, occasion=command.occasion)]


def _close(command: CloseOpinionForm, form: Form) -> list[Event]:
    if isinstance(form, Closed | Counted | Announced):
        return []
    sent = _circulating(command.form_id, form).sent
    if command.at < sent.due_at and command.answered < len(sent.roll):
        raise Refused("answers_missing", f"{command.answered} of {len(sent.roll)}")
    return [OpinionFormClosed(form_id=command.form_id)]


def _count(command: CountAnswers, form: Form) -> list[Event]:
    match form:
        case Closed(sent=sent):
            return [counted(command, sent)]
        case Counted(result=result) | Announced(result=result):
            if {key: count for key, count in result.counts.items() if count} != command.counts:
                raise Refused("tally_differs", str(command.form_id))
            return []
        case NotDrafted():
            raise Refused("no_such_form", str(command.form_id))
        case _:
            raise Refused("form_still_open", str(command.form_id))


def _finish(command: ResolveComment | AnnounceOpinionResult, form: Form) -> list[Event]:
    match (command, form):
        case (ResolveComment(), Counted(sent=sent, result=result, resolved=resolved)):
            found = resolve(command, sent, result)
            return [] if resolved.get(command.comment_id) == found else [found]
        case (AnnounceOpinionResult(), Counted(sent=sent, result=result, resolved=resolved)):
            _check_chair(command, sent.chair_id)
            open_comments = {each.comment_id for each in result.comments} - set(resolved)
            if open_comments:
                raise Refused("comments_unresolved", str(len(open_comments)))
            return [
                OpinionResultAnnounced(
                    form_id=command.form_id, body_id=sent.body_id, synthesis_sha256=command.synthesis_sha256
                )
            ]
        case (AnnounceOpinionResult(), Announced()):
            return []
        case (ResolveComment(), Announced()):
            raise Refused("result_announced", str(command.form_id))
        case (_, NotDrafted()):
            raise Refused("no_such_form", str(command.form_id))
        case _:
            raise Refused("answers_not_counted", str(command.form_id))


def _check_chair(command: Command, chair_id: UUID) -> None:
    if command.actor != str(chair_id):
        raise Refused("not_the_chair", command.actor)


def _circulating(form_id: UUID, form: Form) -> Circulating:
    match form:
        case Circulating():
            return form
        case NotDrafted():
            raise Refused("no_such_form", str(form_id))
        case Closed() | Counted() | Announced():
            raise Refused("form_closed", str(form_id))
        case _:
            raise Refused("form_not_circulating", str(form_id))


decider: Decider[Form] = Decider(initial=NotDrafted(), decide=decide, evolve=evolve)
