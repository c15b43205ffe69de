"""Who speaks: the queue for the floor and the speech under way, decided within a sitting."""

from uuid import UUID

from kernel.decider import Refused
from kernel.messages import Event
from services.meeting.messages import (
    FloorGiven,
    FloorRequested,
    FloorRequestWithdrawn,
    GiveFloor,
    RequestFloor,
    SpeechEnded,
    WithdrawFloorRequest,
)
from services.meeting.sitting_state import Floor, FloorRequest, Hall, must_be_listed


def request_floor(command: RequestFloor, hall: Hall, floor: Floor) -> list[Event]:
    """Each person waits at most once for each agenda item."""
    must_be_listed(hall, command.person_id)
    if command.person_id not in hall.present:
        raise Refused("not_present")
    if command.request_id in floor.used:
        raise Refused("request_exists", str(command.request_id))
    if any(each.person_id == command.person_id and each.item_id == floor.item_id for each in floor.waiting):
        raise Refused("already_in_queue")
    return [
        FloorRequested(
            meeting_id=command.meeting_id,
            request_id=command.request_id,
            person_id=command.person_id,
            item_id=floor.item_id,
            subject=command.subject,
        )
    ]


def withdraw(command: WithdrawFloorRequest, floor: Floor) -> list[Event]:
    waiting_request(floor, command.request_id)
    return [FloorRequestWithdrawn(meeting_id=command.meeting_id, request_id=command.request_id)]


def give_floor(command: GiveFloor, floor: Floor) -> list[Event]:
    if floor.speaker is not None and floor.speaker.request_id == command.request_id:
        return []
    request = waiting_request(floor, command.request_id)
    return [
        *speech_ended(command.meeting_id, floor),
        FloorGiven(
            meeting_id=command.meeting_id,
            request_id=request.request_id,
            person_id=request.person_id,
            item_id=floor.item_id,
            seconds=command.seconds,
        ),
    ]


def waiting_request(floor: Floor, request_id: UUID) -> FloorRequest:
    request = floor.request(request_id)
    if request is None:
        raise Refused("request_not_waiting" if request_id in floor.used else "no_such_request", str(request_id))
    return request


def speech_ended(meeting_id: UUID, floor: Floor) -> list[Event]:
    if floor.speaker is None:
        return []
    speaker = floor.speaker
    return [SpeechEnded(meeting_id=meeting_id, request_id=speaker.request_id, person_id=speaker.person_id)]
