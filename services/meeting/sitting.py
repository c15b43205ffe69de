"""What happens in the hall, decided on the stream `sitting-<meeting id>`: roll call, session, agenda, floor, notes."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from kernel.decider import Decider, Refused
from kernel.messages import Command, Event
from services.meeting.attendance import attend
from services.meeting.floor import give_floor, request_floor, speech_ended, withdraw
from services.meeting.messages import (
    AgendaItemBegun,
    BeginAgendaItem,
    CheckIn,
    CloseSession,
    CorrectNote,
    DiscussionNoted,
    EndSpeech,
    ExtendRoll,
    GiveFloor,
    NoteCorrected,
    NoteDiscussion,
    OpenRollCall,
    OpenSession,
    RecordAbsence,
    RecordArrival,
    RecordDeparture,
    RenewCheckInCode,
    RequestFloor,
    ResumeSession,
    RollCallOpened,
    SessionClosed,
    SessionOpened,
    SessionResumed,
    SessionSuspended,
    SuspendSession,
    WithdrawFloorRequest,
)
from services.meeting.sitting_state import (
    Closed,
    Floor,
    Hall,
    NotStarted,
    Open,
    RollCall,
    Sitting,
    Suspended,
    evolve,
    must_be_listed,
)

Commands = (
    OpenRollCall
    | ExtendRoll
    | RenewCheckInCode
    | CheckIn
    | RecordArrival
    | RecordDeparture
    | RecordAbsence
    | OpenSession
    | SuspendSession
    | ResumeSession
    | CloseSession
    | BeginAgendaItem
    | RequestFloor
    | WithdrawFloorRequest
    | GiveFloor
    | EndSpeech
    | NoteDiscussion
    | CorrectNote
)


def decide(command: Command, state: Sitting) -> Sequence[Event]:
    """After the close only notes can still be corrected; attendance is recorded from roll call to close."""
    match command, state:
        case CorrectNote(), Closed(notes):
            return correct(command, notes)
        case CloseSession(), Closed():
            return []
        case _, Closed():
            raise Refused("session_closed")
        case OpenRollCall(), NotStarted():
            return open_roll_call(command)
        case OpenRollCall(), _:
            return []
        case _, NotStarted():
            raise Refused("roll_call_not_open")
        case _, RollCall(hall):
            return at_roll_call(command, hall)
        case _, Open(hall, floor):
            return in_session(command, hall, floor)
        case _, Suspended(hall, floor):
            return while_suspended(command, hall, floor)


def open_roll_call(command: OpenRollCall) -> list[Event]:
    others = tuple(each for each in command.others if each not in command.voters)
    return [
        RollCallOpened(
            meeting_id=command.meeting_id,
            code=command.code,
            voters=command.voters,
            others=others,
            quorum=command.quorum,
        )
    ]


def at_roll_call(command: Command, hall: Hall) -> list[Event]:
    match command:
        case OpenSession(meeting_id=meeting_id):
            present, needed = hall.voters_present, hall.quorum.needed
            if present < needed:
                raise Refused("no_quorum", f"{present} of {needed}")
            return [SessionOpened(meeting_id=meeting_id, present=present, needed=needed)]
    if (events := at_any_time(command, hall, Floor())) is not None:
        return events
    raise Refused("session_not_open")


def in_session(command: Command, hall: Hall, floor: Floor) -> list[Event]:
    match command:
        case OpenSession() | ResumeSession():
            return []
        case SuspendSession(meeting_id=meeting_id, reason=reason):
            return [*speech_ended(meeting_id, floor), SessionSuspended(meeting_id=meeting_id, reason=reason)]
        case CloseSession(meeting_id=meeting_id):
            return [*speech_ended(meeting_id, floor), SessionClosed(meeting_id=meeting_id)]
        case BeginAgendaItem(meeting_id=meeting_id, item_id=item_id):
            if item_id == floor.item_id:
                return []
            return [*speech_ended(meeting_id, floor), AgendaItemBegun(meeting_id=meeting_id, item_id=item_id)]
        case RequestFloor():
            return request_floor(command, hall, floor)
        case WithdrawFloorRequest():
            return withdraw(command, floor)
        case GiveFloor():
            return give_floor(command, floor)
        case EndSpeech(meeting_id=meeting_id):
            return speech_ended(meeting_id, floor)
    if (events := at_any_time(command, hall, floor)) is not None:
        return events
    raise TypeError(type(command).__name__)


def while_suspended(command: Command, hall: Hall, floor: Floor) -> list[Event]:
    match command:
        case SuspendSession():
            return []
        case ResumeSession(meeting_id=meeting_id):
            return [SessionResumed(meeting_id=meeting_id)]
        case CloseSession(meeting_id=meeting_id):
            return [SessionClosed(meeting_id=meeting_id)]
        case WithdrawFloorRequest():
            return withdraw(command, floor)
    if (events := at_any_time(command, hall, floor)) is not None:
        return events
    raise Refused("session_suspended")


def at_any_time(command: Command, hall: Hall, floor: Floor) -> list[Event] | None:
    """What may be recorded from roll call to close; `None`: the command is about something else."""
    match command:
        case NoteDiscussion():
            return note(command, hall, floor)
        case CorrectNote():
            return correct(command, hall.notes)
    return attend(command, hall, floor)


def note(command: NoteDiscussion, hall: Hall, floor: Floor) -> list[Event]:
    """A note without an item belongs to the current one."""
    if command.note_id in hall.notes:
        raise Refused("note_exists", str(command.note_id))
    if command.person_id is not None:
        must_be_listed(hall, command.person_id)
    return [
        DiscussionNoted(
            meeting_id=command.meeting_id,
            note_id=command.note_id,
            text=command.text,
            person_id=command.person_id,
            item_id=command.item_id or floor.item_id,
        )
    ]


def correct(command: CorrectNote, notes: Mapping[UUID, str]) -> list[Event]:
    if command.note_id not in notes:
        raise Refused("no_such_note", str(command.note_id))
    if notes[command.note_id] == command.text:
        return []
    return [NoteCorrected(meeting_id=command.meeting_id, note_id=command.note_id, text=command.text)]


decider: Decider[Sitting] = Decider(NotStarted(), decide, evolve)
