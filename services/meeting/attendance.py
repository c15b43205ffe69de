"""Who is there: check-in, arrivals, departures and absences, decided within a sitting."""

from kernel.decider import Refused
from kernel.messages import Command, Event
from services.meeting.floor import speech_ended
from services.meeting.messages import (
    AbsenceRecorded,
    Arrived,
    CheckIn,
    CheckInCodeRenewed,
    Departed,
    ExtendRoll,
    FloorRequestWithdrawn,
    Mode,
    RecordAbsence,
    RecordArrival,
    RecordDeparture,
    RenewCheckInCode,
    RollExtended,
)
from services.meeting.sitting_state import Absence, Floor, Hall, must_be_listed


def attend(command: Command, hall: Hall, floor: Floor) -> list[Event] | None:
    """`None`: the command is not about attendance."""
    match command:
        case RenewCheckInCode(meeting_id=meeting_id, code=code):
            return [] if code == hall.code else [CheckInCodeRenewed(meeting_id=meeting_id, code=code)]
        case ExtendRoll():
            return extend_roll(command, hall)
        case CheckIn():
            return check_in(command, hall)
        case RecordArrival(meeting_id=meeting_id, person_id=person_id, mode=mode):
            must_be_listed(hall, person_id)
            if hall.present.get(person_id) == mode:
                return []
            return [Arrived(meeting_id=meeting_id, person_id=person_id, mode=mode, by="clerk")]
        case RecordDeparture():
            return depart(command, hall, floor)
        case RecordAbsence():
            return record_absence(command, hall)
    return None


def extend_roll(command: ExtendRoll, hall: Hall) -> list[Event]:
    """Who is listed stays listed: nobody loses a vote here, and who is named for one need not be named again."""
    voters = tuple(each for each in dict.fromkeys(command.voters) if each not in hall.voters)
    others = tuple(each for each in dict.fromkeys(command.others) if not hall.lists(each) and each not in voters)
    return [RollExtended(meeting_id=command.meeting_id, voters=voters, others=others)] if voters or others else []


def check_in(command: CheckIn, hall: Hall) -> list[Event]:
    """Who moves from online to the hall, or back, arrives again in the other mode."""
    must_be_listed(hall, command.person_id)
    if command.mode is Mode.in_person and command.code != hall.code:
        raise Refused("wrong_code")
    if hall.present.get(command.person_id) == command.mode:
        return []
    return [Arrived(meeting_id=command.meeting_id, person_id=command.person_id, mode=command.mode, by="self")]


def depart(command: RecordDeparture, hall: Hall, floor: Floor) -> list[Event]:
    """Who leaves also leaves the queue and the floor."""
    meeting_id, person_id = command.meeting_id, command.person_id
    must_be_listed(hall, person_id)
    if person_id not in hall.present:
        raise Refused("not_present")
    speaks = floor.speaker is not None and floor.speaker.person_id == person_id
    return [
        *(speech_ended(meeting_id, floor) if speaks else []),
        *(
            FloorRequestWithdrawn(meeting_id=meeting_id, request_id=each.request_id)
            for each in floor.waiting
            if each.person_id == person_id
        ),
        Departed(meeting_id=meeting_id, person_id=person_id),
    ]


def record_absence(command: RecordAbsence, hall: Hall) -> list[Event]:
    must_be_listed(hall, command.person_id)
    if command.person_id in hall.present:
        raise Refused("still_present")
    if hall.absent.get(command.person_id) == Absence(command.kind, command.reason):
        return []
    return [
        AbsenceRecorded(
            meeting_id=command.meeting_id, person_id=command.person_id, kind=command.kind, reason=command.reason
        )
    ]
