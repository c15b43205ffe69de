"""Opinion forms through the JSON API: drafted, sent by the chair's decision, answered, resolved, announced."""

from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Response

from gateway import circulation_paper
from gateway.api import circulation_documents
from gateway.api.circulation_bodies import AnswerBody, FormBody, NewFormBody, completed
from gateway.api.commands import command_route
from gateway.asking import cards_of, template_named, today
from gateway.edge import Context, Done, Edge
from kernel.decider import Refused
from kernel.ids import derived
from services.directory import views as directory
from services.documents import views as documents
from services.voting import circulation_queries as opinions
from services.voting.cards import Card
from services.voting.circulation_rows import Answer, CommentRow, OpinionForm, Reminder, Voter
from services.voting.messages import (
    AnnounceOpinionResult,
    CirculateOpinionForm,
    CloseOpinionForm,
    DraftOpinionForm,
    RemindMembers,
    ResolveComment,
    ReturnOpinionForm,
    ReviseOpinionForm,
    SaveAnswer,
    SubmitAnswer,
    SubmitOpinionForm,
    WithdrawOpinionForm,
)
from services.voting.messages.circulation import Clause

router = APIRouter(tags=["opinion forms"])
router.include_router(circulation_documents.router)
FORM = "/opinion-forms/{form_id}"


@dataclass(frozen=True)
class FormDetail:
    """`mine`: the reader's own answer, submitted or saved."""

    form: OpinionForm
    voters: list[Voter]
    mine: Answer | None


@router.post("/opinion-forms", status_code=201)
def draft_form(edge: Edge, body: NewFormBody) -> Done:
    """Begins a form for the members of a body. The chair decides later that it is sent."""
    edge.require("draft_opinion_form", body_id=body.body_id)
    form_id = derived(edge.command_id, "form_id")
    done = edge.send(DraftOpinionForm, form_id=form_id, body_id=body.body_id, **_content(edge, body, body.body_id))
    return done.model_copy(update={"id": form_id})


@router.put(FORM)
def revise_form(edge: Edge, form_id: UUID, body: FormBody) -> Done:
    edge.require("prepare_opinion_form", form_id=form_id)
    return edge.send(ReviseOpinionForm, form_id=form_id, **_content(edge, body, known(edge, form_id).body_id))


command_route(router, f"{FORM}/submission", SubmitOpinionForm, action="prepare_opinion_form")
command_route(router, f"{FORM}/return", ReturnOpinionForm, action="decide_opinion_form")
command_route(router, f"{FORM}/withdrawal", WithdrawOpinionForm, action="withdraw_opinion_form")
command_route(router, f"{FORM}/comments/{{comment_id}}/resolution", ResolveComment, action="resolve_comments")


@router.post(f"{FORM}/circulation")
def circulate_form(edge: Edge, form_id: UUID) -> Done:
    """The chair sends it. The roll is every member with a mandate today; all that decides is frozen now."""
    edge.require("decide_opinion_form", form_id=form_id)
    form = known(edge, form_id)
    rules = directory.rules_of(edge.views, form.body_id)
    if rules is None:
        raise Refused("rules_missing", form.body_id)
    roll = [each.person_id for each in directory.members_of(edge.views, form.body_id, on=today(edge))]
    if not roll:
        raise Refused("no_members_today", form.body_id)
    found = [documents.document(edge.views, each.document_id) for each in form.documents]
    return edge.send(
        CirculateOpinionForm,
        form_id=form_id,
        roll=roll,
        members=rules.seats,
        serving=len(roll),
        versions={each.id: each.latest.version for each in found if each},
    )


@router.post(f"{FORM}/reminders")
def remind_members(edge: Edge, form_id: UUID) -> Done:
    """Reminds, by hand, everybody who has not answered yet."""
    edge.require("prepare_opinion_form", form_id=form_id)
    silent = [each.voter_id for each in opinions.voters(edge.views, form_id) if each.answered_at is None]
    return edge.send(RemindMembers, form_id=form_id, voter_ids=silent, occasion="by_hand")


@router.post(f"{FORM}/closing")
def close_form(edge: Edge, form_id: UUID) -> Done:
    """Ends it before the deadline, once all have answered; at the deadline it ends by itself."""
    edge.require("prepare_opinion_form", form_id=form_id)
    return edge.send(CloseOpinionForm, form_id=form_id, answered=known(edge, form_id).answered)


@router.put(f"{FORM}/answers/mine")
def answer_form(edge: Edge, form_id: UUID, body: AnswerBody) -> Done:
    """The caller's answer: saved for its voter alone, or submitted.

    A submitted answer counts when it is acknowledged: then it stands in the log before the close.
    """
    edge.require("see_opinion_form", form_id=form_id)
    if not edge.allows("answer_opinion_form", form_id=form_id):
        raise Refused("not_on_roll", edge.me.person_id)
    return edge.send(
        SubmitAnswer if body.submitted else SaveAnswer,
        form_id=form_id,
        voter_id=edge.me.person_id,
        choice=body.choice,
        reason=body.reason,
        comments=body.made,
    )


@router.post(f"{FORM}/announcement")
def announce_result(edge: Edge, form_id: UUID) -> Done:
    """The chair confirms result and synthesis table, whose PDF is kept as it is now."""
    edge.require("decide_opinion_form", form_id=form_id)
    form = known(edge, form_id)
    if form.synthesis_sha256 is not None:
        return edge.send(AnnounceOpinionResult, form_id=form_id, synthesis_sha256=form.synthesis_sha256)
    if form.state != "counted":
        raise Refused("answers_not_counted", str(form_id))
    stored = edge.gate.blobs.put([circulation_paper.render(edge, form)])
    return edge.send(AnnounceOpinionResult, form_id=form_id, synthesis_sha256=stored.sha256)


@router.get("/opinion-forms")
def forms(edge: Edge) -> list[OpinionForm]:
    """Those that the reader may see, the newest first."""
    return seen(edge)


@router.get(FORM)
def form(edge: Edge, form_id: UUID) -> FormDetail:
    edge.require("see_opinion_form", form_id=form_id)
    mine = opinions.my_answer(edge.views, form_id, edge.me.person_id)
    return FormDetail(shown(edge, known(edge, form_id)), opinions.voters(edge.views, form_id), mine)


@router.get(f"{FORM}/answers")
def answers(edge: Edge, form_id: UUID) -> list[Answer]:
    """Who answered what: for those who resolve the comments once closed, for all who see the form once announced."""
    require_answers(edge, form_id)
    return opinions.answers(edge.views, form_id)


@router.get(f"{FORM}/comments")
def comments(edge: Edge, form_id: UUID) -> list[CommentRow]:
    """The comments of the counted answers by clause, each with how it ended."""
    require_answers(edge, form_id)
    return opinions.comments(edge.views, form_id)


@router.get(f"{FORM}/reminders")
def reminders(edge: Edge, form_id: UUID) -> list[Reminder]:
    """Who was reminded is in `voters` of the form; here is when, and how many."""
    edge.require("see_opinion_form", form_id=form_id)
    return opinions.reminders(edge.views, form_id)


@router.get(f"{FORM}/synthesis.pdf", response_class=Response, responses={200: {"content": {"application/pdf": {}}}})
def synthesis(edge: Edge, form_id: UUID) -> Response:
    """The synthesis table: as announced, or as it would be now."""
    require_answers(edge, form_id)
    return circulation_paper.pdf(edge, known(edge, form_id))


def known(edge: Context, form_id: UUID | str) -> OpinionForm:
    found = opinions.form(edge.views, form_id)
    if found is None:
        raise Refused("not_found", str(form_id))
    return found


def seen(edge: Context) -> list[OpinionForm]:
    found = (each for each in opinions.forms(edge.views) if edge.allows("see_opinion_form", form_id=each.form_id))
    return [shown(edge, each) for each in found]


def shown(edge: Context, form: OpinionForm) -> OpinionForm:
    """Without its result for whom that is not for, or not yet."""
    if form.result is None or edge.allows("see_opinion_answers", form_id=form.form_id):
        return form
    return replace(form, result=None)


def require_answers(edge: Context, form_id: UUID) -> None:
    edge.require("see_opinion_form", form_id=form_id)
    form = known(edge, form_id)
    if form.result is None or not edge.allows("see_opinion_answers", form_id=form_id):
        raise Refused("answers_not_open", str(form_id))


def _content(edge: Context, body: FormBody, body_id: UUID | str) -> dict[str, Any]:
    card = _card(edge, body.card_id, body_id).rule
    return {
        "chair_id": _chair(edge, body.chair_id, body_id),
        "title": body.title,
        "question": body.question,
        "choices": template_named(body.template_id).choice,
        "clauses": [
            Clause(key=each.key or f"c{place}", title=each.title, text=each.text)
            for place, each in enumerate(body.clauses, 1)
        ],
        "due_at": body.due_at,
        "rule_card": completed(card, body),
        "silence_basis": body.silence_basis or (card.legal_basis if card.silence == "agreement" else ""),
    }


def cards_for_forms(edge: Context, body_id: UUID | str) -> list[Card]:
    """Cards for one question to all members; a depleted council's card is for what it decides in session."""
    return [
        card
        for card in cards_of(edge, body_id)
        if "single_choice" in card.methods and card.base != "present" and not card.only_depleted
    ]


def _card(edge: Context, card_id: str, body_id: UUID | str) -> Card:
    found = next((each for each in cards_for_forms(edge, body_id) if each.card_id == card_id), None)
    if found is None:
        raise Refused("unknown_rule_card", card_id)
    return found


def _chair(edge: Context, chair_id: UUID, body_id: UUID | str) -> UUID:
    if str(chair_id) not in {person_id for person_id, _name in chairs(edge, body_id)}:
        raise Refused("not_a_chair", str(chair_id))
    return chair_id


def chairs(edge: Context, body_id: UUID | str) -> list[tuple[str, str]]:
    """Who may decide for the body: those who preside over it or lead it."""
    found: dict[str, str] = {}
    for role in ("presiding_officer", "leader"):
        for person in directory.people_with_role(edge.views, role, body_id):
            found.setdefault(person.id, person.full_name)
    return list(found.items())
