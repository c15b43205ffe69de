"""What may happen in the hall, and what may not."""

import sqlite3
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given as for_all
from hypothesis import strategies as st

from kernel.codec import Codec
from kernel.decider import Refused
from kernel.messages import Event, Recorded
from services.directory import views as directory
from services.meeting import sitting_views
from services.meeting.messages import (
    EVENTS,
    AbsenceKind,
    AbsenceRecorded,
    AgendaItemBegun,
    Arrived,
    BeginAgendaItem,
    CheckIn,
    CheckInCodeRenewed,
    CloseSession,
    CorrectNote,
    Departed,
    DiscussionNoted,
    EndSpeech,
    ExtendRoll,
    FloorGiven,
    FloorRequested,
    FloorRequestWithdrawn,
    GiveFloor,
    Mode,
    NoteCorrected,
    NoteDiscussion,
    OpenRollCall,
    OpenSession,
    Quorum,
    RecordAbsence,
    RecordArrival,
    RecordDeparture,
    RenewCheckInCode,
    RequestFloor,
    ResumeSession,
    RollCallOpened,
    RollExtended,
    SessionClosed,
    SessionOpened,
    SessionResumed,
    SessionSuspended,
    SpeechEnded,
    SuspendSession,
    WithdrawFloorRequest,
)
from services.meeting.record_sitting import Sitting as RecordedSitting
from services.meeting.record_sitting import quorum_line
from services.meeting.sitting import decider
from services.meeting.sitting_state import Closed, NotStarted, Open
from tests.given import given
from tests.stamps import STAMP_AT, ids, stamp

MEETING = ids("meeting")
AN, BINH, CHI, GUEST = ids("an"), ids("binh"), ids("chi"), ids("guest")
ITEM, NEXT_ITEM = ids("item"), ids("next item")
QUORUM = Quorum(seats=3, numerator=2, denominator=3)


def do(command: Any, **fields: Any) -> Any:
    return stamp(command, meeting_id=MEETING, **fields)


def fact(event: Any, **fields: Any) -> Any:
    return event(meeting_id=MEETING, **fields)


def came(person: Any, mode: Mode = Mode.in_person, by: str = "self") -> Event:
    return fact(Arrived, person_id=person, mode=mode, by=by)


ROLL_CALL = fact(RollCallOpened, code="123456", voters=(AN, BINH, CHI), others=(GUEST,), quorum=QUORUM)
OPENED = fact(SessionOpened, present=2, needed=2)
OPEN = (ROLL_CALL, came(AN), came(BINH), OPENED, fact(AgendaItemBegun, item_id=ITEM))
SUSPENDED = (*OPEN, fact(SessionSuspended))
CLOSED = (*OPEN, fact(SessionClosed))


def asked(person: Any, name: str, item: Any = ITEM) -> Event:
    return fact(FloorRequested, request_id=ids(name), person_id=person, item_id=item)


def given_floor(person: Any, name: str, seconds: int = 300) -> Event:
    return fact(FloorGiven, request_id=ids(name), person_id=person, item_id=ITEM, seconds=seconds)


def ended(person: Any, name: str) -> Event:
    return fact(SpeechEnded, request_id=ids(name), person_id=person)


def test_the_roll_call_opens_with_the_roll_and_the_quorum():
    given(decider).when(do(OpenRollCall, code="123456", voters=(AN, BINH, CHI), others=(GUEST,), quorum=QUORUM)).then(
        ROLL_CALL
    )


def test_a_voting_member_is_not_listed_a_second_time_as_a_guest():
    given(decider).when(
        do(OpenRollCall, code="123456", voters=(AN, BINH, CHI), others=(AN, GUEST), quorum=QUORUM)
    ).then(ROLL_CALL)


def test_an_open_roll_call_stays_as_it_is():
    given(decider, ROLL_CALL).when(do(OpenRollCall, code="999999", voters=(AN,), quorum=QUORUM)).then_nothing()


DUNG, LATE_GUEST = ids("dung"), ids("late guest")
EXTENDED = fact(RollExtended, voters=(DUNG,), others=(LATE_GUEST,))


@pytest.mark.parametrize("history", [(ROLL_CALL,), OPEN, SUSPENDED], ids=["roll call", "open", "suspended"])
def test_who_was_invited_or_elected_later_is_added_to_the_roll(history):
    given(decider, *history).when(do(ExtendRoll, voters=(DUNG, DUNG), others=(LATE_GUEST,))).then(EXTENDED)


def test_who_was_added_can_check_in_and_speak():
    came_late = fact(Arrived, person_id=DUNG, mode=Mode.online, by="self")
    given(decider, *OPEN, EXTENDED).when(do(CheckIn, person_id=DUNG, mode=Mode.online)).then(came_late)
    given(decider, *OPEN, EXTENDED, came_late).when(do(RequestFloor, request_id=ids("r"), person_id=DUNG)).then(
        asked(DUNG, "r")
    )
    given(decider, *OPEN, EXTENDED).when(do(RecordArrival, person_id=LATE_GUEST)).then(came(LATE_GUEST, by="clerk"))


def test_who_stands_on_the_roll_is_not_added_again():
    given(decider, ROLL_CALL).when(do(ExtendRoll, voters=(AN,), others=(BINH, GUEST))).then_nothing()
    given(decider, ROLL_CALL, EXTENDED).when(do(ExtendRoll, voters=(DUNG,), others=(LATE_GUEST,))).then_nothing()
    given(decider, ROLL_CALL).when(do(ExtendRoll)).then_nothing()


def test_a_guest_who_gets_a_mandate_counts_for_the_quorum_from_then_on():
    promoted = fact(RollExtended, voters=(GUEST,))
    history = (ROLL_CALL, came(AN), came(GUEST))
    given(decider, *history).when(do(ExtendRoll, voters=(GUEST,))).then(promoted)
    given(decider, *history).when(do(OpenSession)).then_refused("no_quorum")
    given(decider, *history, promoted).when(do(OpenSession)).then(OPENED)


def test_the_roll_is_not_extended_before_the_roll_call_or_after_the_close():
    given(decider).when(do(ExtendRoll, voters=(DUNG,))).then_refused("roll_call_not_open")
    given(decider, *CLOSED).when(do(ExtendRoll, voters=(DUNG,))).then_refused("session_closed")


def test_nobody_checks_in_before_the_roll_call():
    given(decider).when(do(CheckIn, person_id=AN, mode=Mode.online)).then_refused("roll_call_not_open")


def test_a_member_checks_in_with_the_code_of_the_hall():
    given(decider, ROLL_CALL).when(do(CheckIn, person_id=AN, mode=Mode.in_person, code="123456")).then(came(AN))


def test_a_wrong_code_is_refused():
    given(decider, ROLL_CALL).when(do(CheckIn, person_id=AN, mode=Mode.in_person, code="000000")).then_refused(
        "wrong_code"
    )


def test_an_old_code_is_refused_once_it_is_renewed():
    given(decider, ROLL_CALL, fact(CheckInCodeRenewed, code="654321")).when(
        do(CheckIn, person_id=AN, mode=Mode.in_person, code="123456")
    ).then_refused("wrong_code")


def test_a_code_is_renewed():
    given(decider, ROLL_CALL).when(do(RenewCheckInCode, code="654321")).then(fact(CheckInCodeRenewed, code="654321"))


def test_renewing_to_the_same_code_changes_nothing():
    given(decider, ROLL_CALL).when(do(RenewCheckInCode, code="123456")).then_nothing()


def test_a_member_checks_in_online_without_a_code():
    given(decider, ROLL_CALL).when(do(CheckIn, person_id=AN, mode=Mode.online)).then(came(AN, Mode.online))


def test_who_is_already_present_stays_so():
    given(decider, ROLL_CALL, came(AN)).when(
        do(CheckIn, person_id=AN, mode=Mode.in_person, code="123456")
    ).then_nothing()


def test_who_moves_from_online_to_the_hall_arrives_there():
    given(decider, ROLL_CALL, came(AN, Mode.online)).when(
        do(CheckIn, person_id=AN, mode=Mode.in_person, code="123456")
    ).then(came(AN))


def test_a_stranger_cannot_check_in():
    given(decider, ROLL_CALL).when(do(CheckIn, person_id=ids("stranger"), mode=Mode.online)).then_refused(
        "not_on_roll_call"
    )


def test_the_clerk_records_an_arrival_and_a_return():
    arrival = came(AN, by="clerk")
    given(decider, ROLL_CALL).when(do(RecordArrival, person_id=AN)).then(arrival)
    given(decider, ROLL_CALL, arrival, fact(Departed, person_id=AN)).when(do(RecordArrival, person_id=AN)).then(arrival)


def test_an_arrival_recorded_twice_happened_once():
    given(decider, ROLL_CALL, came(AN)).when(do(RecordArrival, person_id=AN)).then_nothing()


def test_an_arrival_of_a_stranger_is_refused():
    given(decider, ROLL_CALL).when(do(RecordArrival, person_id=ids("stranger"))).then_refused("not_on_roll_call")


def test_a_departure_is_recorded():
    given(decider, ROLL_CALL, came(AN)).when(do(RecordDeparture, person_id=AN)).then(fact(Departed, person_id=AN))


def test_who_is_not_present_cannot_leave():
    given(decider, ROLL_CALL).when(do(RecordDeparture, person_id=AN)).then_refused("not_present")
    given(decider, ROLL_CALL, came(AN), fact(Departed, person_id=AN)).when(
        do(RecordDeparture, person_id=AN)
    ).then_refused("not_present")


def test_an_absence_is_recorded_with_its_reason():
    given(decider, ROLL_CALL).when(do(RecordAbsence, person_id=CHI, kind=AbsenceKind.absent_excused, reason="ốm")).then(
        fact(AbsenceRecorded, person_id=CHI, kind=AbsenceKind.absent_excused, reason="ốm")
    )


def test_the_same_absence_recorded_again_changes_nothing():
    absent = fact(AbsenceRecorded, person_id=CHI, kind=AbsenceKind.absent_excused, reason="ốm")
    given(decider, ROLL_CALL, absent).when(
        do(RecordAbsence, person_id=CHI, kind=AbsenceKind.absent_excused, reason="ốm")
    ).then_nothing()


def test_who_is_present_is_not_absent():
    given(decider, ROLL_CALL, came(CHI)).when(
        do(RecordAbsence, person_id=CHI, kind=AbsenceKind.absent_excused)
    ).then_refused("still_present")


def test_who_was_recorded_absent_can_still_come():
    absent = fact(AbsenceRecorded, person_id=CHI, kind=AbsenceKind.absent_unexcused)
    given(decider, ROLL_CALL, absent).when(do(CheckIn, person_id=CHI, mode=Mode.online)).then(came(CHI, Mode.online))


def test_the_session_opens_with_two_thirds_of_all_seats_present():
    given(decider, ROLL_CALL, came(AN), came(BINH, Mode.online)).when(do(OpenSession)).then(OPENED)


def test_the_session_does_not_open_without_quorum():
    given(decider, ROLL_CALL, came(AN)).when(do(OpenSession)).then_refused("no_quorum")


def test_guests_do_not_make_a_quorum():
    given(decider, ROLL_CALL, came(AN), came(GUEST)).when(do(OpenSession)).then_refused("no_quorum")


def test_who_has_left_does_not_make_a_quorum():
    given(decider, ROLL_CALL, came(AN), came(BINH), fact(Departed, person_id=BINH)).when(do(OpenSession)).then_refused(
        "no_quorum"
    )


def test_an_open_session_stays_open():
    given(decider, *OPEN).when(do(OpenSession)).then_nothing()


def test_a_session_that_lost_its_quorum_goes_on():
    lost = (*OPEN, fact(Departed, person_id=AN))
    given(decider, *lost).when(do(BeginAgendaItem, item_id=NEXT_ITEM)).then(fact(AgendaItemBegun, item_id=NEXT_ITEM))


@pytest.mark.parametrize(
    "command",
    [
        do(BeginAgendaItem, item_id=ITEM),
        do(SuspendSession),
        do(ResumeSession),
        do(CloseSession),
        do(RequestFloor, request_id=ids("r"), person_id=AN),
        do(WithdrawFloorRequest, request_id=ids("r")),
        do(GiveFloor, request_id=ids("r"), seconds=60),
        do(EndSpeech),
    ],
    ids=lambda command: type(command).__name__,
)
def test_before_the_opening_there_is_only_the_roll_call(command):
    given(decider, ROLL_CALL, came(AN)).when(command).then_refused("session_not_open")


def test_a_session_is_suspended_and_the_speaker_stops():
    given(decider, *OPEN, asked(AN, "r"), given_floor(AN, "r")).when(do(SuspendSession, reason="giải lao")).then(
        ended(AN, "r"), fact(SessionSuspended, reason="giải lao")
    )


def test_a_suspended_session_is_resumed():
    given(decider, *SUSPENDED).when(do(ResumeSession)).then(fact(SessionResumed))


def test_suspending_and_resuming_twice_changes_nothing():
    given(decider, *SUSPENDED).when(do(SuspendSession)).then_nothing()
    given(decider, *OPEN).when(do(ResumeSession)).then_nothing()


@pytest.mark.parametrize(
    "command",
    [
        do(OpenSession),
        do(BeginAgendaItem, item_id=NEXT_ITEM),
        do(RequestFloor, request_id=ids("r"), person_id=AN),
        do(GiveFloor, request_id=ids("r"), seconds=60),
        do(EndSpeech),
    ],
    ids=lambda command: type(command).__name__,
)
def test_a_suspended_session_does_not_go_on(command):
    given(decider, *SUSPENDED).when(command).then_refused("session_suspended")


def test_people_come_and_go_while_the_session_is_suspended():
    given(decider, *SUSPENDED).when(do(RecordDeparture, person_id=AN)).then(fact(Departed, person_id=AN))
    given(decider, *SUSPENDED).when(do(RecordArrival, person_id=CHI)).then(came(CHI, by="clerk"))


def test_a_request_can_be_withdrawn_while_the_session_is_suspended():
    given(decider, *OPEN, asked(AN, "r"), fact(SessionSuspended)).when(
        do(WithdrawFloorRequest, request_id=ids("r"))
    ).then(fact(FloorRequestWithdrawn, request_id=ids("r")))


def test_the_close_ends_the_speech():
    given(decider, *OPEN, asked(AN, "r"), given_floor(AN, "r")).when(do(CloseSession)).then(
        ended(AN, "r"), fact(SessionClosed)
    )


def test_a_suspended_session_is_closed():
    given(decider, *SUSPENDED).when(do(CloseSession)).then(fact(SessionClosed))


def test_a_closed_session_stays_closed():
    given(decider, *CLOSED).when(do(CloseSession)).then_nothing()


@pytest.mark.parametrize(
    "command",
    [
        do(OpenRollCall, code="123456", voters=(AN,), quorum=QUORUM),
        do(RenewCheckInCode, code="654321"),
        do(CheckIn, person_id=CHI, mode=Mode.online),
        do(RecordArrival, person_id=CHI),
        do(RecordDeparture, person_id=AN),
        do(RecordAbsence, person_id=CHI, kind=AbsenceKind.absent_excused),
        do(OpenSession),
        do(SuspendSession),
        do(ResumeSession),
        do(BeginAgendaItem, item_id=NEXT_ITEM),
        do(RequestFloor, request_id=ids("r"), person_id=AN),
        do(WithdrawFloorRequest, request_id=ids("r")),
        do(GiveFloor, request_id=ids("r"), seconds=60),
        do(EndSpeech),
        do(NoteDiscussion, note_id=ids("n"), text="muộn"),
    ],
    ids=lambda command: type(command).__name__,
)
def test_nothing_more_happens_after_the_close(command):
    given(decider, *CLOSED).when(command).then_refused("session_closed")


def test_the_meeting_moves_to_the_next_item_and_the_speaker_stops():
    given(decider, *OPEN, asked(AN, "r"), given_floor(AN, "r")).when(do(BeginAgendaItem, item_id=NEXT_ITEM)).then(
        ended(AN, "r"), fact(AgendaItemBegun, item_id=NEXT_ITEM)
    )


def test_beginning_the_current_item_again_changes_nothing():
    given(decider, *OPEN).when(do(BeginAgendaItem, item_id=ITEM)).then_nothing()


def test_a_member_requests_the_floor_on_the_current_item():
    given(decider, *OPEN).when(do(RequestFloor, request_id=ids("r"), person_id=AN, subject="Điều 3")).then(
        fact(FloorRequested, request_id=ids("r"), person_id=AN, item_id=ITEM, subject="Điều 3")
    )


def test_a_member_waits_only_once_for_an_item():
    given(decider, *OPEN, asked(AN, "r")).when(do(RequestFloor, request_id=ids("again"), person_id=AN)).then_refused(
        "already_in_queue"
    )


def test_a_member_may_wait_for_two_items():
    given(decider, *OPEN, asked(AN, "r"), fact(AgendaItemBegun, item_id=NEXT_ITEM)).when(
        do(RequestFloor, request_id=ids("again"), person_id=AN)
    ).then(asked(AN, "again", NEXT_ITEM))


def test_a_member_who_spoke_may_ask_again():
    given(decider, *OPEN, asked(AN, "r"), given_floor(AN, "r"), ended(AN, "r")).when(
        do(RequestFloor, request_id=ids("again"), person_id=AN)
    ).then(asked(AN, "again"))


def test_a_request_id_is_used_once():
    given(decider, *OPEN, asked(AN, "r")).when(do(RequestFloor, request_id=ids("r"), person_id=BINH)).then_refused(
        "request_exists"
    )


def test_only_who_is_present_may_ask_for_the_floor():
    given(decider, *OPEN).when(do(RequestFloor, request_id=ids("r"), person_id=CHI)).then_refused("not_present")


def test_a_stranger_may_not_ask_for_the_floor():
    given(decider, *OPEN).when(do(RequestFloor, request_id=ids("r"), person_id=ids("stranger"))).then_refused(
        "not_on_roll_call"
    )


def test_a_waiting_request_is_withdrawn():
    given(decider, *OPEN, asked(AN, "r")).when(do(WithdrawFloorRequest, request_id=ids("r"))).then(
        fact(FloorRequestWithdrawn, request_id=ids("r"))
    )


def test_a_request_that_nobody_made_cannot_be_withdrawn_or_granted():
    given(decider, *OPEN).when(do(WithdrawFloorRequest, request_id=ids("r"))).then_refused("no_such_request")
    given(decider, *OPEN).when(do(GiveFloor, request_id=ids("r"), seconds=60)).then_refused("no_such_request")


def test_a_request_that_no_longer_waits_cannot_be_withdrawn_or_granted():
    gone = (*OPEN, asked(AN, "r"), fact(FloorRequestWithdrawn, request_id=ids("r")))
    given(decider, *gone).when(do(WithdrawFloorRequest, request_id=ids("r"))).then_refused("request_not_waiting")
    given(decider, *gone).when(do(GiveFloor, request_id=ids("r"), seconds=60)).then_refused("request_not_waiting")


def test_the_floor_is_given_for_a_time():
    given(decider, *OPEN, asked(AN, "r")).when(do(GiveFloor, request_id=ids("r"), seconds=300)).then(
        given_floor(AN, "r")
    )


def test_giving_the_floor_ends_the_speech_before():
    given(decider, *OPEN, asked(AN, "r"), asked(BINH, "s"), given_floor(AN, "r")).when(
        do(GiveFloor, request_id=ids("s"), seconds=60)
    ).then(ended(AN, "r"), given_floor(BINH, "s", 60))


def test_giving_the_floor_to_the_speaker_changes_nothing():
    given(decider, *OPEN, asked(AN, "r"), given_floor(AN, "r")).when(
        do(GiveFloor, request_id=ids("r"), seconds=60)
    ).then_nothing()


def test_a_speech_is_ended_once():
    speaking = (*OPEN, asked(AN, "r"), given_floor(AN, "r"))
    given(decider, *speaking).when(do(EndSpeech)).then(ended(AN, "r"))
    given(decider, *speaking, ended(AN, "r")).when(do(EndSpeech)).then_nothing()


def test_who_leaves_also_leaves_the_floor_and_the_queue():
    given(decider, *OPEN, asked(AN, "r"), given_floor(AN, "r"), asked(AN, "s")).when(
        do(RecordDeparture, person_id=AN)
    ).then(ended(AN, "r"), fact(FloorRequestWithdrawn, request_id=ids("s")), fact(Departed, person_id=AN))


def test_a_note_belongs_to_the_current_item():
    given(decider, *OPEN).when(do(NoteDiscussion, note_id=ids("n"), text="Đề nghị làm rõ", person_id=AN)).then(
        fact(DiscussionNoted, note_id=ids("n"), text="Đề nghị làm rõ", person_id=AN, item_id=ITEM)
    )


def test_a_note_about_a_stranger_is_refused():
    given(decider, *OPEN).when(do(NoteDiscussion, note_id=ids("n"), text="?", person_id=ids("stranger"))).then_refused(
        "not_on_roll_call"
    )


NOTED = fact(DiscussionNoted, note_id=ids("n"), text="Đề nghi", item_id=ITEM)


def test_a_note_id_is_used_once():
    given(decider, *OPEN, NOTED).when(do(NoteDiscussion, note_id=ids("n"), text="khác")).then_refused("note_exists")


def test_a_note_is_corrected_also_after_the_close():
    corrected = fact(NoteCorrected, note_id=ids("n"), text="Đề nghị")
    command = do(CorrectNote, note_id=ids("n"), text="Đề nghị")
    given(decider, *OPEN, NOTED).when(command).then(corrected)
    given(decider, *OPEN, NOTED, fact(SessionClosed)).when(command).then(corrected)
    given(decider, *OPEN, NOTED, fact(SessionClosed), corrected).when(command).then_nothing()


def test_a_note_that_nobody_wrote_cannot_be_corrected():
    command = do(CorrectNote, note_id=ids("n"), text="Đề nghị")
    given(decider, *OPEN).when(command).then_refused("no_such_note")
    given(decider, *CLOSED).when(command).then_refused("no_such_note")


COMMANDS = st.one_of(
    st.builds(
        lambda p, m: do(CheckIn, person_id=p, mode=m, code="123456"),
        st.sampled_from((AN, BINH, CHI, GUEST)),
        st.sampled_from(Mode),
    ),
    st.builds(lambda p: do(RecordDeparture, person_id=p), st.sampled_from((AN, BINH, CHI, GUEST))),
    st.builds(
        lambda p, r: do(RequestFloor, request_id=ids(r), person_id=p),
        st.sampled_from((AN, BINH, GUEST)),
        st.sampled_from("pqrst"),
    ),
    st.builds(lambda r: do(GiveFloor, request_id=ids(r), seconds=60), st.sampled_from("pqrst")),
    st.builds(lambda r: do(WithdrawFloorRequest, request_id=ids(r)), st.sampled_from("pqrst")),
    st.builds(lambda i: do(BeginAgendaItem, item_id=i), st.sampled_from((ITEM, NEXT_ITEM))),
    st.sampled_from([do(ExtendRoll, voters=(GUEST,)), do(ExtendRoll, voters=(DUNG,), others=(LATE_GUEST,))]),
    st.builds(lambda p: do(RecordArrival, person_id=p), st.sampled_from((DUNG, LATE_GUEST))),
    st.sampled_from([do(OpenSession), do(SuspendSession), do(ResumeSession), do(EndSpeech), do(CloseSession)]),
)


def history_of(commands: list[Any]) -> list[Event]:
    history: list[Event] = [ROLL_CALL]
    state = decider.fold(history)
    for command in commands:
        try:
            events = decider.decide(command, state)
        except Refused:
            continue
        history += events
        for event in events:
            state = decider.evolve(state, event)
    return history


@for_all(st.lists(COMMANDS, max_size=60))
def test_whoever_waits_or_speaks_is_present_and_waits_once_per_item(commands):
    state = decider.fold(history_of(commands))
    if isinstance(state, Open):
        waiting = [(each.person_id, each.item_id) for each in state.floor.waiting]
        assert len(waiting) == len(set(waiting))
        speaking = [state.floor.speaker.person_id] if state.floor.speaker else []
        assert {person for person, _ in waiting} | set(speaking) <= state.hall.present.keys()


@for_all(st.lists(COMMANDS, max_size=60))
def test_every_speech_that_began_ends_at_most_once_and_before_the_next(commands):
    speaker = None
    for event in history_of(commands):
        match event:
            case FloorGiven():
                assert speaker is None
                speaker = event.request_id
            case SpeechEnded():
                assert speaker == event.request_id
                speaker = None
            case SessionClosed():
                assert speaker is None


@for_all(st.lists(COMMANDS, max_size=40))
def test_history_read_back_from_bytes_folds_to_the_same_state(commands):
    history = history_of(commands)
    types = {each.__name__: each for each in EVENTS}
    again = [types[type(each).__name__].model_validate_json(each.model_dump_json()) for each in history]
    assert decider.fold(again) == decider.fold(history)
    assert {type(each).__name__ for each in history} <= Codec(EVENTS).types


def projected(history: list[Event]) -> sqlite3.Connection:
    """One second passes between one event and the next."""
    connection = sqlite3.connect(":memory:")
    connection.row_factory = sqlite3.Row
    for schema in (directory.SCHEMA, sitting_views.SCHEMA):
        connection.executescript(schema)
    for position, event in enumerate(history, start=1):
        sitting_views.project(connection, recorded(event, position), event)
    return connection


def recorded(event: Event, position: int) -> Recorded:
    return Recorded(
        id=ids(str(position)),
        type=type(event).__name__,
        stream=f"sitting-{MEETING}",
        version=position - 1,
        position=position,
        recorded_at=STAMP_AT + timedelta(seconds=position),
        actor="clerk",
        deployment="test",
        correlation_id=ids("correlation"),
        causation_id=ids("causation"),
        data=b"{}",
        meta=b"{}",
    )


@for_all(st.lists(COMMANDS, max_size=60))
def test_the_record_and_the_pages_draw_the_same_quorum_line_as_the_stream_decides_by(commands):
    history = history_of(commands)
    connection = projected(history)
    held = RecordedSitting()
    for position, event in enumerate(history, start=1):
        held.take(recorded(event, position), event)
    line, steps = quorum_line(held), sitting_views.quorum_timeline(connection, MEETING)
    now = sitting_views.quorum_now(connection, MEETING)
    assert line is not None and now is not None
    assert [(each.at, each.present) for each in line.steps] == [(each.at, each.present) for each in steps]
    assert steps[-1].present == now.present
    state = decider.fold(history)
    if not isinstance(state, NotStarted | Closed):
        assert state.hall.voters_present == now.present


def test_the_roll_lists_voters_first_however_late_they_came():
    promoted = fact(RollExtended, voters=(GUEST,))
    connection = projected([ROLL_CALL, EXTENDED, came(GUEST), promoted])
    listed = [(each.person_id, each.voting) for each in sitting_views.attendance(connection, MEETING)]
    roll = [(AN, True), (BINH, True), (CHI, True), (GUEST, True), (DUNG, True), (LATE_GUEST, False)]
    assert listed == [(str(person), voting) for person, voting in roll]
    assert [each.present for each in sitting_views.quorum_timeline(connection, MEETING)] == [0, 1]
