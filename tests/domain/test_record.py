"""The record of a meeting follows from its events alone, up to a position, and always the same."""

import random
from datetime import timedelta
from itertools import pairwise

import pytest

from services.directory.messages import PersonCorrected
from services.meeting.messages import (
    AbsenceKind,
    AbsenceRecorded,
    Arrived,
    Mode,
    Quorum,
    RollCallOpened,
    RollExtended,
    SessionClosed,
)
from services.meeting.paper.attendance import attendance_list, summary
from services.meeting.record import NoSuchMeeting, assemble, record_bytes
from services.voting.messages import PollCancelled, PollTallied
from tests.domain.session_log import (
    BEGAN,
    BODY,
    CHAIR,
    CLERK,
    GUEST,
    MEETING,
    Log,
    delegate,
    directory,
    opened,
    prepared,
    voted,
    whole_session,
)
from tests.stamps import ids


@pytest.fixture(scope="module")
def log():
    return whole_session()


@pytest.fixture(scope="module")
def record(log):
    return assemble(MEETING, log.events, log.head)


def attendee(record, person_id):
    return next(each for each in record.attendees if each.person.id == person_id)


def test_the_same_events_give_the_same_bytes_in_whatever_order_they_are_read(log, record):
    shuffled = list(log.events)
    random.Random(7).shuffle(shuffled)
    assert record_bytes(assemble(MEETING, shuffled, log.head)) == record_bytes(record)


def test_what_happens_after_the_position_is_not_in_the_record(log, record):
    later = Log()
    later.events = list(log.events)
    renamed = PersonCorrected(person_id=CHAIR, full_name="Tên Mới")
    later.add(500, f"person-{CHAIR}", renamed)
    assert record_bytes(assemble(MEETING, later.events, log.head)) == record_bytes(record)
    assert assemble(MEETING, later.events, later.head).presiding_officer.full_name == "Tên Mới"


def test_other_meetings_are_not_in_the_record(log, record):
    other = Log()
    other.events = list(log.events)
    other.add(600, f"sitting-{ids('other')}", SessionClosed(meeting_id=ids("other")))
    assert assemble(MEETING, other.events, other.head).closed_at == record.closed_at


def test_a_meeting_that_was_never_planned_has_no_record(log):
    with pytest.raises(NoSuchMeeting):
        assemble(ids("nothing"), log.events, log.head)


def test_every_person_of_the_roll_is_listed_once(record):
    assert len(record.attendees) == 52
    assert sum(each.voting for each in record.attendees) == 51
    assert not attendee(record, GUEST).voting


def test_absence_carries_its_kind_and_the_reason_told_before(record):
    absent = attendee(record, delegate(1))
    assert (absent.stays, absent.absence) == ((), AbsenceKind.absent_excused)
    assert absent.reason == "Đi công tác theo quyết định của Tỉnh ủy"
    assert attendee(record, delegate(2)).substitute_name == "Mai Thị Lựu"


def added_later(*events):
    log = Log()
    directory(log, 9)
    prepared(log, 1)
    opened(log, 9)
    log.add(21, f"sitting-{MEETING}", *events)
    return assemble(MEETING, log.events, log.head)


def test_who_was_added_to_the_roll_is_listed_with_the_moment():
    newcomer = ids("newcomer")
    arrived = Arrived(meeting_id=MEETING, person_id=newcomer, mode=Mode.in_person, by="clerk")
    record = added_later(RollExtended(meeting_id=MEETING, voters=(newcomer,)), arrived)
    found = attendee(record, newcomer)
    assert (found.voting, found.added_at, len(found.stays)) == (True, BEGAN + timedelta(minutes=21), 1)
    assert (record.quorum.seats, record.quorum.steps[-1].present) == (9, 8)


def test_a_guest_who_gets_a_mandate_during_the_sitting_is_listed_once_among_the_voters():
    record = added_later(RollExtended(meeting_id=MEETING, voters=(GUEST,)))
    assert [each.voting for each in record.attendees if each.person.id == GUEST] == [True]
    assert record.quorum.steps[-1].present == 8


def test_of_an_officer_of_the_meeting_nothing_recorded_is_not_an_absence():
    record = added_later(RollExtended(meeting_id=MEETING, others=(CLERK,)))
    assert attendee(record, CLERK).unrecorded and not attendee(record, delegate(2)).unrecorded
    absent = AbsenceRecorded(meeting_id=MEETING, person_id=CLERK, kind=AbsenceKind.absent_unexcused)
    told = added_later(RollExtended(meeting_id=MEETING, others=(CLERK,)), absent)
    assert not attendee(told, CLERK).unrecorded


def test_the_annex_says_of_such_an_officer_that_no_roll_was_taken_of_them():
    newcomer = ids("newcomer")
    printed = str(attendance_list(added_later(RollExtended(meeting_id=MEETING, others=(CLERK, newcomer)))))
    assert "Bổ sung lúc 08:01; không điểm danh" in printed
    assert "Bổ sung lúc 08:01; vắng" in printed


def test_an_officer_of_whom_nothing_is_recorded_is_neither_present_nor_absent_in_the_summary():
    log = Log()
    directory(log, 9)
    prepared(log, 1)
    quorum = Quorum(seats=9, numerator=2, denominator=3)
    voters = tuple(delegate(i) for i in range(9))
    log.add(0, f"sitting-{MEETING}", RollCallOpened(meeting_id=MEETING, code="123456", voters=voters, quorum=quorum))
    printed = str(summary(assemble(MEETING, log.events, log.head)))
    assert "có mặt: 0; vắng: 8; không điểm danh: 1." in printed and "Trương Đình Thụy" not in printed


def test_who_left_and_came_back_has_two_stays(record):
    first, second = attendee(record, delegate(3)).stays
    assert first.left_at is not None and first.left_at < second.arrived_at
    assert second.left_at is None


def test_the_way_of_attending_is_recorded(record):
    assert attendee(record, delegate(22)).stays[0].mode is Mode.online


def test_the_quorum_line_rises_falls_and_says_when_it_was_met(record):
    line = record.quorum
    assert (line.seats, line.needed) == (51, 34)
    assert line.steps[0].present == 0 and not line.steps[0].met
    assert max(step.present for step in line.steps) == 49
    assert all(step.met == (step.present >= 34) for step in line.steps)
    assert all(before.at <= after.at for before, after in pairwise(line.steps))
    assert any(before.met and not after.met for before, after in pairwise(line.steps))


def test_agenda_items_are_numbered_as_a_tree(record):
    assert [item.number for item in record.items] == ["1", "1.1", "2", "3", "4", "5", "6"]


def test_personal_papers_are_nobody_elses_business(record):
    papers = [paper.title for item in record.items for paper in item.proceedings.papers]
    papers += [paper.title for paper in record.unplaced.papers]
    assert "Ghi chú riêng của chủ tọa" not in papers
    assert "Tờ trình số 11/TTr-UBND" in papers


def test_speeches_have_their_duration_and_notes_their_corrected_text(record):
    proceedings = record.items[0].proceedings
    assert [speech.seconds for speech in proceedings.speeches] == [90, 90, 90]
    assert proceedings.notes[0].text.startswith("Thống nhất chủ trương; đề nghị")


def test_a_published_poll_has_its_proof_and_who_voted_how(record):
    poll = record.items[0].proceedings.polls[0]
    assert (poll.proof.base_count, poll.proof.needed, poll.proof.passed) == (51, 26, True)
    assert sum(each.count for each in poll.counts) == poll.proof.cast == 47
    assert poll.proof.agrees
    assert len(poll.votes) == 49
    assert sum(vote.choice == "Tán thành" for vote in poll.votes) == poll.proof.votes_for


def test_a_ballot_after_the_close_is_not_counted(record):
    poll = record.items[0].proceedings.polls[0]
    late = next(vote for vote in poll.votes if vote.person.id == delegate(50))
    assert late.choice is None


def test_an_unpublished_result_shows_neither_counts_nor_votes(record):
    poll = record.items[-1].proceedings.polls[0]
    assert poll.closed_at is not None
    assert (poll.proof, poll.counts, poll.votes) == (None, (), ())


def test_a_cancelled_poll_keeps_its_reason():
    log = Log()
    directory(log, 9)
    prepared(log, 1)
    opened(log, 9)
    poll = voted(log, 0, 30, 9, published=False)
    log.add(40, f"poll-{poll}", PollCancelled(poll_id=poll, reason="Hỏi nhầm nội dung"))
    record = assemble(MEETING, log.events, log.head)
    assert record.polls[0].cancelled == "Hỏi nhầm nội dung"


def test_a_tally_that_differs_from_the_ballots_is_not_hidden():
    log = whole_session(delegates=9, items=2)
    forged = [
        (
            at,
            event.model_copy(update={"counts": {**event.counts, "for": 99}})
            if isinstance(event, PollTallied)
            else event,
        )
        for at, event in log.events
    ]
    record = assemble(MEETING, forged, log.head)
    assert not record.polls[0].proof.agrees


def test_conclusions_carry_their_obligations_with_unit_names(record):
    conclusion = record.items[0].proceedings.conclusion
    assert conclusion.obligations[0].lead_unit.name == "Phòng Kinh tế, Hạ tầng và Đô thị phường Xuân Phú"
    assert [unit.name for unit in record.obliged_units] == [
        "Phòng Kinh tế, Hạ tầng và Đô thị phường Xuân Phú",
        "Văn phòng Hội đồng nhân dân và Ủy ban nhân dân phường Xuân Phú",
    ]


def test_interruptions_have_begin_end_and_reason(record):
    (pause,) = record.interruptions
    assert pause.reason == "giải lao" and pause.ended_at > pause.began_at


def test_the_body_and_the_people_have_the_names_of_their_time(record):
    assert record.body.id == BODY and record.body.name == "Hội đồng nhân dân phường Xuân Phú"
    assert record.presiding_officer.full_name == "Trương Đình Thụy"
    assert record.minute_taker.unit.startswith("Văn phòng")
