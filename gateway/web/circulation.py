"""Pages of opinion forms: the list, drafting, one form as each person sees it, what a session is told of."""

from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query
from fastapi.responses import Response

from gateway.api.circulation import cards_for_forms, chairs, known, seen
from gateway.asking import today
from gateway.edge import Context, Edge
from gateway.texts import _
from gateway.web.pages import render
from gateway.web.poll_shown import members_word
from kernel.decider import Refused
from services.directory import views as directory
from services.directory.messages import UnitKind
from services.directory.views import Unit
from services.meeting import preparation_views as meetings
from services.tasks import deadlines
from services.voting import circulation_queries as opinions
from services.voting.cards import catalogue
from services.voting.circulation_rows import OpinionForm
from services.voting.circulation_synthesis import synthesis, unresolved
from services.voting.rules import votes_needed

router = APIRouter()
LATEST_MEETINGS = 5
ShownState = Annotated[str, Query(max_length=20)]
BodyId = Annotated[UUID | None, Query(alias="body")]


@dataclass(frozen=True)
class May:
    """What this person may do with the form now."""

    prepare: bool
    withdraw: bool
    decide: bool
    answer: bool
    resolve: bool
    see_answers: bool


@router.get("/opinion-forms")
def list_page(edge: Edge) -> Response:
    forms = seen(edge)
    return render(
        edge,
        "circulation/list.html",
        under_way=[each for each in forms if each.state not in ("announced", "withdrawn")],
        past=[each for each in forms if each.state in ("announced", "withdrawn")],
        body_names={each.id: each.name for each in directory.units(edge.views)},
        may_draft=bool(_bodies(edge)),
    )


@router.get("/opinion-forms/new")
def new_page(edge: Edge, body_id: BodyId = None) -> Response:
    """Of the one body that this person prepares, or of the one chosen."""
    bodies = _bodies(edge)
    if not bodies:
        raise Refused("not_allowed", "draft_opinion_form")
    chosen = next((each for each in bodies if body_id is not None and each.id == str(body_id)), None)
    if chosen is None and len(bodies) == 1:
        chosen = bodies[0]
    if chosen is None:
        return render(edge, "circulation/choose_body.html", bodies=bodies)
    return render(edge, "circulation/edit.html", form=None, **_choices(edge, chosen))


@router.get("/opinion-forms/{form_id}")
def show_page(edge: Edge, form_id: UUID) -> Response:
    return render(edge, "circulation/show.html", **_shown(edge, form_id))


@router.get("/opinion-forms/{form_id}/_progress")
def progress_fragment(edge: Edge, form_id: UUID, state: ShownState = "") -> Response:
    """How many have answered, and who; never what. A page that shows an earlier state is asked for again."""
    shown = _shown(edge, form_id)
    fragment = render(edge, "circulation/_progress.html", **shown)
    if state and state != shown["form"].state:
        fragment.headers["HX-Refresh"] = "true"
    return fragment


@router.get("/opinion-forms/{form_id}/edit")
def edit_page(edge: Edge, form_id: UUID) -> Response:
    edge.require("prepare_opinion_form", form_id=form_id)
    form = known(edge, form_id)
    if form.state != "draft":
        raise Refused("form_not_in_draft", str(form_id))
    return render(edge, "circulation/edit.html", form=form, **_choices(edge, _body(edge, form.body_id)))


@router.get("/meetings/{meeting_id}/_opinions")
def reported_fragment(edge: Edge, meeting_id: UUID) -> Response:
    """Results of opinion forms that this session was told of when it opened."""
    edge.require("see_meeting", meeting_id=meeting_id)
    reported = opinions.reported_to(edge.views, meeting_id)
    linked = {each.form_id for each in reported if edge.allows("see_opinion_form", form_id=each.form_id)}
    return render(edge, "circulation/_reported.html", reported=reported, linked=linked)


def _bodies(edge: Context) -> list[Unit]:
    bodies = directory.bodies(edge.views, on=today(edge))
    return [each for each in bodies if edge.allows("draft_opinion_form", body_id=each.id)]


def _body(edge: Context, body_id: str) -> Unit:
    found = directory.unit(edge.views, body_id)
    if found is None:
        raise Refused("not_found", body_id)
    return found


def _choices(edge: Context, body: Unit) -> dict[str, Any]:
    """What a clerk chooses from."""
    rules = directory.rules_of(edge.views, body.id)
    return {
        "body": body,
        "seats": rules.seats if rules else 0,
        "members_word": members_word(edge, body.id),
        "cards": cards_for_forms(edge, body.id),
        "templates": [each for each in catalogue().choices if "single_choice" in each.methods],
        "chairs": chairs(edge, body.id),
        "shortcuts": deadlines.shortcuts(edge.now),
    }


def _shown(edge: Context, form_id: UUID) -> dict[str, Any]:
    edge.require("see_opinion_form", form_id=form_id)
    form = known(edge, form_id)
    may = _may(edge, form)
    comments = opinions.comments(edge.views, form_id) if may.see_answers else []
    rules = directory.rules_of(edge.views, form.body_id)
    seats = form.members or (rules.seats if rules else 0)
    voters = opinions.voters(edge.views, form_id)
    people = {form.chair_id, form.drafted_by, *(each.resolved_by for each in comments if each.resolved_by)}
    return {
        "form": form,
        "may": may,
        "body": _body(edge, form.body_id),
        "members_word": members_word(edge, form.body_id),
        "is_committee": _body(edge, form.body_id).kind == UnitKind.people_committee,
        "seats": seats,
        "names": directory.person_names(edge.views, people),
        "voters": voters,
        "reminders": opinions.reminders(edge.views, form_id),
        "mine": opinions.my_answer(edge.views, form_id, edge.me.person_id),
        "my_reminder": next((each.reminded_at for each in voters if each.voter_id == edge.me.person_id), None),
        "late": edge.now >= form.due_at,
        "days_left": deadlines.working_days_left(edge.now, form.due_at),
        "groups": synthesis(form, comments),
        "unresolved": unresolved(comments),
        "answers": {each.voter_id: each for each in opinions.answers(edge.views, form_id)} if may.see_answers else {},
        "papers": _papers(edge, form) if form.state == "draft" and may.prepare else [],
        "needed": votes_needed(form.rule_card, seats),
        "occasions": OCCASIONS,
        "labels": {choice.key: choice.label for choice in form.choices},
    }


def _papers(edge: Context, form: OpinionForm) -> list[tuple[str, str]]:
    """Documents of the body's latest meetings that may go with the form, too."""
    attached = {each.document_id for each in form.documents}
    found: dict[str, str] = {}
    for meeting in meetings.meetings(edge.views, body_id=form.body_id)[:LATEST_MEETINGS]:
        for paper in meetings.documents_of(edge.views, meeting.id, for_person=edge.me.person_id):
            if not paper.url and paper.for_person_id is None and paper.document_id not in attached:
                found.setdefault(paper.document_id, f"{paper.title} – {meeting.title}")
    return list(found.items())


def _may(edge: Context, form: OpinionForm) -> May:
    """`decide`: only the chair named in the form; others who lead the body are refused by its stream."""
    named = edge.me.person_id == form.chair_id
    allows = edge.allows
    return May(
        prepare=allows("prepare_opinion_form", form_id=form.form_id),
        withdraw=allows("withdraw_opinion_form", form_id=form.form_id)
        and (form.state in ("draft", "submitted") or (form.state == "circulating" and named)),
        decide=named and allows("decide_opinion_form", form_id=form.form_id),
        answer=form.sent and allows("answer_opinion_form", form_id=form.form_id),
        resolve=form.state == "counted" and allows("resolve_comments", form_id=form.form_id),
        see_answers=form.result is not None and allows("see_opinion_answers", form_id=form.form_id),
    )


OCCASIONS = {
    "day_before": _("Tự động, trước hạn một ngày làm việc"),
    "due_day": _("Tự động, trong ngày hết hạn"),
    "by_hand": _("Văn thư nhắc"),
}
"""The words of reminders, named here so that the catalogues know them."""
