"""Stream `meeting-<id>`: from the plan through agenda, dossier and approval to publication and answers.

An approval stands for exactly what the leader saw: whatever is changed between approval and publication makes the
dossier a draft again. After publication changes are possible, as events that the people invited are told about.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import assert_never
from uuid import UUID

from kernel.decider import Decider, Refused
from kernel.messages import Command, Event
from services.meeting import dossier as dossiers
from services.meeting.dossier import Change, Changed, Dossier
from services.meeting.messages import (
    Answer,
    AnswerInvitation,
    ApproveDossier,
    CancelMeeting,
    DossierApproved,
    DossierRecalled,
    DossierReturned,
    DossierSubmitted,
    EndPreparation,
    InvitationAnswered,
    Invitee,
    InvitePeople,
    MeetingCancelled,
    MeetingPlanned,
    MeetingPublished,
    PeopleInvited,
    PlanMeeting,
    PreparationEnded,
    PublishMeeting,
    RecallDossier,
    RemoveAgendaItem,
    ReplanMeeting,
    ReturnDossier,
    SubmitDossier,
)

Approval = SubmitDossier | RecallDossier | ApproveDossier | ReturnDossier
Invitation = PublishMeeting | InvitePeople | AnswerInvitation
Commands = PlanMeeting | CancelMeeting | EndPreparation | Change | Approval | Invitation


@dataclass(frozen=True)
class NotPlanned:
    pass


@dataclass(frozen=True)
class Draft:
    dossier: Dossier


@dataclass(frozen=True)
class Submitted:
    dossier: Dossier
    leader_id: UUID


@dataclass(frozen=True)
class Approved:
    dossier: Dossier


@dataclass(frozen=True)
class Published:
    """`voting`: whom is invited, and whether with a vote. `begun`: the session has opened."""

    dossier: Dossier
    papers_due_at: datetime
    voting: dict[UUID, bool] = field(default_factory=dict)
    answers: dict[UUID, InvitationAnswered] = field(default_factory=dict)
    begun: bool = False


@dataclass(frozen=True)
class Cancelled:
    meeting_id: UUID


Standing = Draft | Submitted | Approved | Published
State = NotPlanned | Standing | Cancelled


def decide(command: Command, state: State) -> list[Event]:
    match command, state:
        case PlanMeeting(), NotPlanned():
            dossiers.check_times(command)
            return [MeetingPlanned.of(command)]
        case PlanMeeting(), _:
            raise Refused("meeting_exists", str(command.meeting_id))
        case _, NotPlanned():
            raise Refused("no_such_meeting")
        case ((CancelMeeting() | EndPreparation()), Cancelled()):
            return []
        case _, Cancelled():
            raise Refused("meeting_cancelled")
        case _, (Draft() | Submitted() | Approved() | Published()):
            return _decide_standing(command, state)
        case _:
            raise TypeError(type(command).__name__)


def _decide_standing(command: Command, state: Standing) -> list[Event]:
    if isinstance(command, Change):
        _check_open_to(command, state)
        return list(dossiers.change(command, state.dossier, published=isinstance(state, Published)))
    if isinstance(command, Approval):
        return _decide_approval(command, state)
    match command, state:
        case CancelMeeting(), Published(begun=True):
            raise Refused("session_begun", "a session that has opened is closed, not cancelled")
        case CancelMeeting(), _:
            return [MeetingCancelled(meeting_id=command.meeting_id, reason=command.reason)]
        case PublishMeeting(), _:
            return _publish(command, state)
        case ((InvitePeople() | AnswerInvitation() | EndPreparation()), Published()):
            return _decide_published(command, state)
        case ((InvitePeople() | AnswerInvitation() | EndPreparation()), _):
            raise Refused("not_published")
        case _:
            raise TypeError(type(command).__name__)


def _check_open_to(command: Change, state: Standing) -> None:
    match command, state:
        case _, Submitted():
            raise Refused("dossier_submitted", "recall it, or wait for the leader's decision")
        case ((ReplanMeeting() | RemoveAgendaItem()), Published(begun=True)):
            raise Refused("session_begun", "the session has opened with this plan and agenda")
        case _:
            pass


def _decide_approval(command: Approval, state: Standing) -> list[Event]:
    match command, state:
        case _, Published():
            raise Refused("already_published")
        case SubmitDossier(leader_id=leader_id), Submitted(leader_id=asked) if leader_id == asked:
            return []
        case SubmitDossier(), Submitted():
            raise Refused("dossier_submitted")
        case SubmitDossier(), Approved():
            raise Refused("already_approved")
        case SubmitDossier(), Draft():
            if not state.dossier.agenda:
                raise Refused("agenda_empty")
            return [DossierSubmitted.of(command)]
        case RecallDossier(), Submitted():
            return [DossierRecalled.of(command)]
        case ((ApproveDossier() | ReturnDossier()), Submitted()):
            if command.actor != str(state.leader_id):
                raise Refused("not_the_approver", command.actor)
            if isinstance(command, ApproveDossier):
                return [DossierApproved.of(command)]
            return [DossierReturned.of(command)]
        case ApproveDossier(), Approved():
            return []
        case _:
            raise Refused("not_submitted")


def _publish(command: PublishMeeting, state: Standing) -> list[Event]:
    match state:
        case Approved():
            _check_named_once(command.invitees)
            late = command.at > command.papers_due_at
            return [MeetingPublished.of(command, late=late)]
        case Published():
            raise Refused("already_published")
        case Draft() | Submitted():
            raise Refused("not_approved")
        case _:
            assert_never(state)


def _decide_published(command: InvitePeople | AnswerInvitation | EndPreparation, state: Published) -> list[Event]:
    match command:
        case InvitePeople():
            _check_named_once(command.invitees)
            new = tuple(each for each in command.invitees if state.voting.get(each.person_id) is not each.voting)
            return [PeopleInvited(meeting_id=command.meeting_id, invitees=new)] if new else []
        case AnswerInvitation():
            return _answer(command, state)
        case EndPreparation():
            return [] if state.begun else [PreparationEnded(meeting_id=command.meeting_id)]
        case _:
            assert_never(command)


def _answer(command: AnswerInvitation, state: Published) -> list[Event]:
    if command.person_id not in state.voting:
        raise Refused("not_invited", str(command.person_id))
    if state.begun:
        raise Refused("session_begun", "attendance is now taken by roll call")
    if command.answer is Answer.absent and not command.reason.strip():
        raise Refused("reason_needed", "an absence has a reason")
    if command.answer is Answer.substitute and not command.substitute_name.strip():
        raise Refused("substitute_name_needed")
    answered = InvitationAnswered(
        meeting_id=command.meeting_id,
        person_id=command.person_id,
        answer=command.answer,
        reason=command.reason,
        substitute_name=command.substitute_name if command.answer is Answer.substitute else "",
    )
    return [] if state.answers.get(command.person_id) == answered else [answered]


def _check_named_once(invitees: tuple[Invitee, ...]) -> None:
    if len({each.person_id for each in invitees}) != len(invitees):
        raise Refused("invited_twice", "a person is named twice")


def evolve(state: State, event: Event) -> State:
    match event, state:
        case MeetingPlanned(), NotPlanned():
            return Draft(Dossier(event.meeting_id, dossiers.plan_of(event)))
        case MeetingCancelled(), _:
            return Cancelled(event.meeting_id)
        case _, (Draft() | Submitted() | Approved() | Published()):
            return _evolve_standing(state, event)
        case _:
            return state


def _evolve_standing(state: Standing, event: Event) -> Standing:
    if isinstance(event, Changed):
        changed = dossiers.evolve(state.dossier, event)
        return Draft(changed) if isinstance(state, Approved) else replace(state, dossier=changed)
    match event, state:
        case DossierSubmitted(leader_id=leader_id), _:
            return Submitted(state.dossier, leader_id)
        case DossierApproved(), _:
            return Approved(state.dossier)
        case ((DossierReturned() | DossierRecalled()), _):
            return Draft(state.dossier)
        case MeetingPublished(), _:
            voting = {each.person_id: each.voting for each in event.invitees}
            return Published(state.dossier, event.papers_due_at, voting)
        case PeopleInvited(), Published():
            return replace(state, voting={**state.voting, **{each.person_id: each.voting for each in event.invitees}})
        case InvitationAnswered(), Published():
            return replace(state, answers={**state.answers, event.person_id: event})
        case PreparationEnded(), Published():
            return replace(state, begun=True)
        case _:
            return state


initial: State = NotPlanned()
decider: Decider[State] = Decider(initial, decide, evolve)
