"""Preparing a meeting: plan, agenda, dossier, approval, publication, answers."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given as for_all
from hypothesis import strategies as st

from kernel.decider import Refused
from kernel.messages import Command, Event
from services.meeting import agenda
from services.meeting.messages import (
    AddAgendaItem,
    AgendaItemAdded,
    AgendaItemMoved,
    AgendaItemRemoved,
    AgendaItemRevised,
    Answer,
    AnswerInvitation,
    ApproveDossier,
    AttachDocument,
    CancelMeeting,
    DetachDocument,
    DocumentAttached,
    DocumentDetached,
    DocumentKind,
    DossierApproved,
    DossierRecalled,
    DossierReturned,
    DossierSubmitted,
    EndPreparation,
    InvitationAnswered,
    Invitee,
    InvitePeople,
    MeetingCancelled,
    MeetingKind,
    MeetingPlanned,
    MeetingPublished,
    MeetingReplanned,
    MoveAgendaItem,
    PeopleInvited,
    PlanMeeting,
    PreparationEnded,
    PublishMeeting,
    RecallDossier,
    RemoveAgendaItem,
    ReplanMeeting,
    ReturnDossier,
    ReviseAgendaItem,
    SubmitDossier,
)
from services.meeting.preparation import Approved, Draft, Published, Submitted, decider
from tests.given import given
from tests.stamps import STAMP_AT, ids, stamp

MEETING = ids("meeting")
STARTS = datetime.fromisoformat("2026-12-01T08:00:00+07:00")
DUE = datetime.fromisoformat("2026-11-26T08:00:00+07:00")
TIMES: dict[str, Any] = {"starts_at": STARTS, "ends_at": STARTS + timedelta(hours=4)}
PLAN: dict[str, Any] = {
    "meeting_id": MEETING,
    "title": "Kỳ họp thứ Ba",
    "place": "Hội trường phường",
    "presiding_officer_id": ids("chair"),
    "minute_taker_id": ids("clerk"),
    **TIMES,
}
FOUNDING: dict[str, Any] = {"body_id": ids("council"), "kind": MeetingKind.session_regular}

PLANNED = MeetingPlanned(**PLAN, **FOUNDING)
SUBMITTED = DossierSubmitted(meeting_id=MEETING, leader_id=ids("leader"))
APPROVED = DossierApproved(meeting_id=MEETING)
PUBLISHED = MeetingPublished(
    meeting_id=MEETING,
    invitees=(Invitee(person_id=ids("ana"), voting=True), Invitee(person_id=ids("guest"), voting=False)),
    papers_due_at=DUE,
    late=False,
)
ENDED = PreparationEnded(meeting_id=MEETING)
CANCELLED = MeetingCancelled(meeting_id=MEETING, reason="Bão")


def item(name: str, **where: str) -> AgendaItemAdded:
    placed = {f"{key}_id": ids(value) for key, value in where.items()}
    return AgendaItemAdded(meeting_id=MEETING, item_id=ids(name), title=name, minutes=15, **placed)


def paper(name: str, **fields: Any) -> DocumentAttached:
    return DocumentAttached(
        **{"meeting_id": MEETING, "document_id": ids(name), "kind": DocumentKind.main, "title": name, **fields}
    )


def attach(name: str, **fields: Any) -> AttachDocument:
    return stamp(
        AttachDocument,
        **{"meeting_id": MEETING, "document_id": ids(name), "kind": DocumentKind.main, "title": name, **fields},
    )


def add(name: str, **where: str) -> AddAgendaItem:
    placed = {f"{key}_id": ids(value) for key, value in where.items()}
    return stamp(AddAgendaItem, meeting_id=MEETING, item_id=ids(name), title=name, minutes=15, **placed)


def move(name: str, **where: str) -> MoveAgendaItem:
    placed = {f"{key}_id": ids(value) for key, value in where.items()}
    return stamp(MoveAgendaItem, meeting_id=MEETING, item_id=ids(name), **placed)


def answer(who: str, what: Answer, **fields: str) -> AnswerInvitation:
    return stamp(AnswerInvitation, actor=who, meeting_id=MEETING, person_id=ids(who), answer=what, **fields)


def submit(to: str = "leader") -> SubmitDossier:
    return stamp(SubmitDossier, meeting_id=MEETING, leader_id=ids(to))


def publish(at: datetime = STAMP_AT, *people: str) -> PublishMeeting:
    invitees = tuple(Invitee(person_id=ids(each), voting=True) for each in people or ("ana",))
    return stamp(PublishMeeting, at=at, meeting_id=MEETING, invitees=invitees, papers_due_at=DUE)


READY = (PLANNED, item("budget"))
WAITING = (*READY, SUBMITTED)
AGREED = (*WAITING, APPROVED)
CALLED = (*AGREED, PUBLISHED)
BEGUN = (*CALLED, ENDED)


def test_a_meeting_is_planned():
    given(decider).when(stamp(PlanMeeting, **PLAN, **FOUNDING)).then(PLANNED)


def test_a_meeting_cannot_end_before_it_starts():
    late = {**PLAN, "ends_at": STARTS}
    given(decider).when(stamp(PlanMeeting, **late, **FOUNDING)).then_refused("times_not_ordered")
    given(decider, PLANNED).when(stamp(ReplanMeeting, **late)).then_refused("times_not_ordered")


def test_a_meeting_lies_within_ten_years_of_its_planning():
    ends = datetime.max.replace(tzinfo=UTC)
    for starts in (datetime.min.replace(tzinfo=timezone(timedelta(hours=14))), ends - timedelta(hours=1)):
        slip = {**PLAN, "starts_at": starts, "ends_at": ends}
        given(decider).when(stamp(PlanMeeting, **slip, **FOUNDING)).then_refused("meeting_too_far")
        given(decider, PLANNED).when(stamp(ReplanMeeting, **slip)).then_refused("meeting_too_far")


def test_a_meeting_is_planned_once():
    given(decider, PLANNED).when(stamp(PlanMeeting, **PLAN, **FOUNDING)).then_refused("meeting_exists")


def test_time_and_place_can_be_changed():
    elsewhere = {**PLAN, "place": "Trụ sở Ủy ban"}
    given(decider, PLANNED).when(stamp(ReplanMeeting, **elsewhere)).then(MeetingReplanned(**elsewhere))


def test_the_same_plan_again_changes_nothing():
    given(decider, PLANNED).when(stamp(ReplanMeeting, **PLAN)).then_nothing()


def test_a_meeting_is_cancelled_with_its_reason():
    cancel = stamp(CancelMeeting, meeting_id=MEETING, reason="Bão")
    given(decider, *CALLED).when(cancel).then(CANCELLED)
    given(decider, *CALLED, CANCELLED).when(cancel).then_nothing()


def test_a_session_that_has_opened_is_not_cancelled():
    given(decider, *BEGUN).when(stamp(CancelMeeting, meeting_id=MEETING, reason="Bão")).then_refused("session_begun")


EVERY_COMMAND: tuple[Command, ...] = (
    stamp(ReplanMeeting, **PLAN),
    add("budget"),
    stamp(ReviseAgendaItem, meeting_id=MEETING, item_id=ids("budget"), title="Khác", minutes=5),
    move("budget"),
    stamp(RemoveAgendaItem, meeting_id=MEETING, item_id=ids("budget")),
    attach("report"),
    stamp(DetachDocument, meeting_id=MEETING, document_id=ids("report")),
    submit(),
    stamp(RecallDossier, meeting_id=MEETING),
    stamp(ApproveDossier, actor="leader", meeting_id=MEETING),
    stamp(ReturnDossier, actor="leader", meeting_id=MEETING, reason="Thiếu"),
    publish(),
    stamp(InvitePeople, meeting_id=MEETING, invitees=(Invitee(person_id=ids("ben"), voting=True),)),
    answer("ana", Answer.coming),
)


@pytest.mark.parametrize("command", EVERY_COMMAND, ids=lambda each: type(each).__name__)
def test_nothing_can_be_done_to_a_meeting_that_was_never_planned_or_is_cancelled(command: Command):
    given(decider).when(command).then_refused("no_such_meeting")
    given(decider, *CALLED, CANCELLED).when(command).then_refused("meeting_cancelled")


def test_items_are_added_at_the_end_or_before_a_sibling():
    given(decider, PLANNED).when(add("budget")).then(item("budget"))
    given(decider, *READY).when(add("opening", before="budget")).then(item("opening", before="budget"))


def test_an_item_is_added_once():
    given(decider, *READY).when(add("budget")).then_refused("item_exists")


def test_an_agenda_has_at_most_three_levels():
    deep = (*READY, item("roads", parent="budget"), item("bridges", parent="roads"))
    given(decider, *deep).when(add("rails", parent="bridges")).then_refused("agenda_too_deep")
    given(decider, *deep, item("schools")).when(move("roads", parent="schools")).then(
        AgendaItemMoved(meeting_id=MEETING, item_id=ids("roads"), parent_id=ids("schools"))
    )
    given(decider, *deep, item("schools")).when(move("budget", parent="schools")).then_refused("agenda_too_deep")


def test_an_item_needs_a_parent_and_a_place_that_exist():
    given(decider, *READY).when(add("roads", parent="unknown")).then_refused("no_such_item")
    given(decider, *READY, item("roads", parent="budget")).when(add("schools", before="roads")).then_refused(
        "not_a_sibling"
    )


def test_an_item_is_not_placed_inside_itself():
    nested = (*READY, item("roads", parent="budget"))
    given(decider, *nested).when(move("budget", parent="roads")).then_refused("agenda_cycle")
    given(decider, *nested).when(move("budget", parent="budget")).then_refused("agenda_cycle")


def test_moving_an_item_to_where_it_is_changes_nothing():
    given(decider, *READY, item("schools")).when(move("schools")).then_nothing()


def test_an_item_is_revised_and_keeps_its_sub_items():
    revised = AgendaItemRevised(meeting_id=MEETING, item_id=ids("budget"), title="Dự toán 2027", minutes=30)
    command = stamp(ReviseAgendaItem, meeting_id=MEETING, item_id=ids("budget"), title="Dự toán 2027", minutes=30)
    given(decider, *READY, item("roads", parent="budget")).when(command).then(revised)
    given(decider, *READY, revised).when(command).then_nothing()
    state = decider.fold([*READY, item("roads", parent="budget"), revised])
    assert isinstance(state, Draft)
    assert [each.title for each in agenda.walk(state.dossier.agenda)] == ["Dự toán 2027", "roads"]


def test_a_removed_item_takes_its_sub_items_along_and_leaves_its_papers_to_the_meeting():
    history = (*READY, item("roads", parent="budget"), paper("map", item_id=ids("roads")))
    remove = stamp(RemoveAgendaItem, meeting_id=MEETING, item_id=ids("budget"))
    removed = AgendaItemRemoved(meeting_id=MEETING, item_id=ids("budget"))
    given(decider, *history).when(remove).then(removed)
    state = decider.fold([*history, removed])
    assert isinstance(state, Draft)
    assert state.dossier.agenda == ()
    assert state.dossier.papers[ids("map")].item_id is None


@pytest.mark.parametrize(
    "command",
    [
        stamp(ReviseAgendaItem, meeting_id=MEETING, item_id=ids("unknown"), title="Khác", minutes=5),
        stamp(RemoveAgendaItem, meeting_id=MEETING, item_id=ids("unknown")),
        move("unknown"),
        attach("report", item_id=ids("unknown")),
    ],
    ids=lambda each: type(each).__name__,
)
def test_what_is_not_on_the_agenda_cannot_be_changed(command: Command):
    given(decider, *READY).when(command).then_refused("no_such_item")


def test_papers_are_attached_to_an_item_or_to_the_meeting():
    given(decider, *READY).when(attach("report", item_id=ids("budget"))).then(paper("report", item_id=ids("budget")))
    given(decider, *READY).when(attach("invitation")).then(paper("invitation"))


def test_a_document_is_in_a_dossier_once():
    given(decider, *READY, paper("report")).when(attach("report")).then_nothing()
    given(decider, *READY, paper("report")).when(attach("report", item_id=ids("budget"))).then_refused(
        "already_attached"
    )


@pytest.mark.parametrize(
    "url", ["", "javascript:alert(1)", "ftp://example.test/a", "https://", "https://a b", "http://[x"]
)
def test_a_link_needs_a_web_address(url: str):
    given(decider, *READY).when(attach("law", kind=DocumentKind.link, url=url)).then_refused("link_needs_url")


def test_only_a_link_has_an_address():
    link: dict[str, Any] = {"kind": DocumentKind.link, "url": "https://example.test/luat"}
    given(decider, *READY).when(attach("law", **link)).then(paper("law", **link))
    given(decider, *READY).when(attach("law", url="https://example.test/luat")).then_refused("link_needs_url")


def test_personal_papers_name_their_person_and_others_nobody():
    personal: dict[str, Any] = {"kind": DocumentKind.personal, "for_person_id": ids("ana")}
    given(decider, *READY).when(attach("note", **personal)).then(paper("note", **personal))
    given(decider, *READY).when(attach("note", kind=DocumentKind.personal)).then_refused("personal_needs_person")
    given(decider, *READY).when(attach("note", for_person_id=ids("ana"))).then_refused("personal_needs_person")


def test_papers_that_come_after_publication_are_late():
    given(decider, *CALLED).when(attach("report")).then(paper("report", late=True))


def test_papers_are_detached_after_publication_only_with_a_reason():
    history = (*READY, paper("report"), SUBMITTED, APPROVED, PUBLISHED)
    silent = stamp(DetachDocument, meeting_id=MEETING, document_id=ids("report"), reason=" ")
    given(decider, *history).when(silent).then_refused("reason_needed")
    said = stamp(DetachDocument, meeting_id=MEETING, document_id=ids("report"), reason="Nhầm bản")
    given(decider, *history).when(said).then(
        DocumentDetached(meeting_id=MEETING, document_id=ids("report"), reason="Nhầm bản")
    )


def test_papers_that_are_not_in_the_dossier_cannot_be_taken_out():
    command = stamp(DetachDocument, meeting_id=MEETING, document_id=ids("report"))
    given(decider, *READY).when(command).then_refused("not_attached")
    given(decider, *READY, paper("report")).when(command).then(
        DocumentDetached(meeting_id=MEETING, document_id=ids("report"))
    )


def test_a_dossier_is_submitted_to_one_leader():
    given(decider, *READY).when(submit()).then(SUBMITTED)
    given(decider, *WAITING).when(submit()).then_nothing()
    given(decider, *WAITING).when(submit(to="other")).then_refused("dossier_submitted")


def test_an_empty_agenda_is_not_submitted():
    given(decider, PLANNED).when(submit()).then_refused("agenda_empty")


@pytest.mark.parametrize("command", EVERY_COMMAND[:7], ids=lambda each: type(each).__name__)
def test_a_submitted_dossier_is_frozen(command: Command):
    given(decider, *WAITING).when(command).then_refused("dossier_submitted")


def test_the_clerk_may_recall_a_dossier_before_the_decision():
    recall = stamp(RecallDossier, meeting_id=MEETING, reason="Bổ sung tờ trình")
    given(decider, *WAITING).when(recall).then(DossierRecalled(meeting_id=MEETING, reason="Bổ sung tờ trình"))
    given(decider, *READY).when(recall).then_refused("not_submitted")
    given(decider, *AGREED).when(recall).then_refused("not_submitted")


def test_only_the_leader_asked_decides():
    approve = stamp(ApproveDossier, actor="leader", meeting_id=MEETING)
    given(decider, *WAITING).when(approve).then(APPROVED)
    given(decider, *AGREED).when(approve).then_nothing()
    for command in (
        stamp(ApproveDossier, actor="other", meeting_id=MEETING),
        stamp(ReturnDossier, actor="other", meeting_id=MEETING, reason="Thiếu"),
    ):
        given(decider, *WAITING).when(command).then_refused("not_the_approver")


def test_a_returned_dossier_can_be_changed_and_submitted_again():
    returned = DossierReturned(meeting_id=MEETING, reason="Thiếu báo cáo thẩm tra")
    command = stamp(ReturnDossier, actor="leader", meeting_id=MEETING, reason="Thiếu báo cáo thẩm tra")
    given(decider, *WAITING).when(command).then(returned)
    given(decider, *WAITING, returned).when(add("review")).then(item("review"))
    given(decider, *WAITING, returned).when(submit()).then(SUBMITTED)


def test_what_was_not_submitted_is_neither_approved_nor_returned():
    given(decider, *READY).when(stamp(ApproveDossier, actor="leader", meeting_id=MEETING)).then_refused("not_submitted")
    given(decider, *AGREED).when(stamp(ReturnDossier, actor="leader", meeting_id=MEETING, reason="Thiếu")).then_refused(
        "not_submitted"
    )


def test_an_approved_dossier_is_not_submitted_again():
    given(decider, *AGREED).when(submit()).then_refused("already_approved")


@pytest.mark.parametrize(
    "change",
    [
        item("schools"),
        paper("report"),
        MeetingReplanned(**{**PLAN, "place": "Trụ sở Ủy ban"}),
        AgendaItemRemoved(meeting_id=MEETING, item_id=ids("budget")),
    ],
    ids=lambda each: type(each).__name__,
)
def test_an_approval_stands_only_for_what_the_leader_saw(change: Event):
    assert isinstance(decider.fold(AGREED), Approved)
    assert isinstance(decider.fold([*AGREED, change]), Draft)
    given(decider, *AGREED, change).when(publish()).then_refused("not_approved")


def test_an_approved_meeting_is_published():
    given(decider, *AGREED).when(publish()).then(
        MeetingPublished(
            meeting_id=MEETING,
            invitees=(Invitee(person_id=ids("ana"), voting=True),),
            papers_due_at=DUE,
            late=False,
        )
    )


def test_publishing_inside_the_notice_period_is_possible_but_stamped_late():
    for at, late in ((DUE, False), (DUE + timedelta(seconds=1), True)):
        given(decider, *AGREED).when(publish(at)).then(
            MeetingPublished(
                meeting_id=MEETING,
                invitees=(Invitee(person_id=ids("ana"), voting=True),),
                papers_due_at=DUE,
                late=late,
            )
        )


def test_publishing_needs_approval_and_happens_once():
    given(decider, *READY).when(publish()).then_refused("not_approved")
    given(decider, *WAITING).when(publish()).then_refused("not_approved")
    given(decider, *CALLED).when(publish()).then_refused("already_published")
    for command in (submit(), stamp(ApproveDossier, actor="leader", meeting_id=MEETING)):
        given(decider, *CALLED).when(command).then_refused("already_published")


def test_nobody_is_invited_twice():
    given(decider, *AGREED).when(publish(STAMP_AT, "ana", "ana")).then_refused("invited_twice")
    again = tuple(Invitee(person_id=ids("ben"), voting=voting) for voting in (True, False))
    given(decider, *CALLED).when(stamp(InvitePeople, meeting_id=MEETING, invitees=again)).then_refused("invited_twice")


def test_more_people_can_be_invited_later():
    ana, ben = Invitee(person_id=ids("ana"), voting=True), Invitee(person_id=ids("ben"), voting=True)
    given(decider, *CALLED).when(stamp(InvitePeople, meeting_id=MEETING, invitees=(ana, ben))).then(
        PeopleInvited(meeting_id=MEETING, invitees=(ben,))
    )
    given(decider, *CALLED).when(stamp(InvitePeople, meeting_id=MEETING, invitees=(ana,))).then_nothing()
    given(decider, *AGREED).when(stamp(InvitePeople, meeting_id=MEETING, invitees=(ben,))).then_refused("not_published")


def test_the_agenda_can_still_change_after_publication_as_new_events():
    given(decider, *CALLED).when(add("urgent")).then(item("urgent"))
    assert isinstance(decider.fold([*CALLED, item("urgent")]), Published)


def test_the_invited_answer():
    coming = InvitationAnswered(meeting_id=MEETING, person_id=ids("ana"), answer=Answer.coming)
    absent = InvitationAnswered(meeting_id=MEETING, person_id=ids("ana"), answer=Answer.absent, reason="Công tác")
    given(decider, *CALLED).when(answer("ana", Answer.coming)).then(coming)
    given(decider, *CALLED, coming).when(answer("ana", Answer.coming)).then_nothing()
    given(decider, *CALLED, coming).when(answer("ana", Answer.absent, reason="Công tác")).then(absent)


def test_an_absence_needs_a_reason_and_a_substitute_a_name():
    given(decider, *CALLED).when(answer("ana", Answer.absent)).then_refused("reason_needed")
    given(decider, *CALLED).when(answer("ana", Answer.substitute)).then_refused("substitute_name_needed")
    given(decider, *CALLED).when(answer("guest", Answer.substitute, substitute_name="Lê Văn B")).then(
        InvitationAnswered(
            meeting_id=MEETING, person_id=ids("guest"), answer=Answer.substitute, substitute_name="Lê Văn B"
        )
    )


def test_only_the_invited_answer_and_only_after_publication():
    given(decider, *CALLED).when(answer("outsider", Answer.coming)).then_refused("not_invited")
    given(decider, *AGREED).when(answer("ana", Answer.coming)).then_refused("not_published")


def test_the_opening_of_the_session_ends_the_preparation_once():
    end = stamp(EndPreparation, meeting_id=MEETING)
    given(decider, *CALLED).when(end).then(ENDED)
    given(decider, *BEGUN).when(end).then_nothing()
    given(decider, *AGREED).when(end).then_refused("not_published")
    given(decider, *CALLED, CANCELLED).when(end).then_nothing()


@pytest.mark.parametrize(
    "command",
    [
        stamp(ReplanMeeting, **PLAN),
        stamp(RemoveAgendaItem, meeting_id=MEETING, item_id=ids("budget")),
        answer("ana", Answer.coming),
    ],
    ids=lambda each: type(each).__name__,
)
def test_what_the_session_opened_with_stands(command: Command):
    given(decider, *BEGUN).when(command).then_refused("session_begun")


def test_items_and_late_papers_may_still_come_during_the_session():
    given(decider, *BEGUN).when(add("urgent")).then(item("urgent"))
    given(decider, *BEGUN).when(attach("report")).then(paper("report", late=True))


NAMES = [f"item {number}" for number in range(6)]
PLACES = st.tuples(st.sampled_from(NAMES), st.none() | st.sampled_from(NAMES), st.none() | st.sampled_from(NAMES))


def _agenda_command(kind: str, name: str, parent: str | None, before: str | None) -> Command:
    where = {key: value for key, value in (("parent", parent), ("before", before)) if value}
    match kind:
        case "add":
            return add(name, **where)
        case "move":
            return move(name, **where)
        case _:
            return stamp(RemoveAgendaItem, meeting_id=MEETING, item_id=ids(name))


@for_all(st.lists(st.tuples(st.sampled_from(["add", "add", "move", "remove"]), PLACES), max_size=30))
def test_whatever_is_asked_the_agenda_stays_a_tree_of_three_levels(asked: list[tuple[str, Any]]):
    state = decider.fold([PLANNED])
    expected: set[UUID] = set()
    for kind, place in asked:
        try:
            events = decider.decide(_agenda_command(kind, *place), state)
        except Refused:
            continue
        for event in events:
            state = decider.evolve(state, event)
        assert isinstance(state, Draft)
        listed = [each.id for each in agenda.walk(state.dossier.agenda)]
        assert len(listed) == len(set(listed))
        assert agenda.depth(state.dossier.agenda) <= agenda.MAX_LEVELS
        if kind == "add":
            expected = {*expected, ids(place[0])}
        assert set(listed) <= expected


def test_states_carry_only_what_they_need():
    assert isinstance(decider.fold(WAITING), Submitted)
    assert isinstance(decider.fold(CALLED), Published)
