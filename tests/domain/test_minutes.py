"""The minutes of a meeting: who may change them when, and that exactly what was seen is approved."""

from hypothesis import given as given_any
from hypothesis import strategies as st

from kernel.decider import Refused
from services.meeting.messages import (
    ApproveMinutes,
    DraftMinutes,
    EditMinutes,
    MinutesApproved,
    MinutesDrafted,
    MinutesEdited,
    MinutesNumbered,
    MinutesPublished,
    MinutesReturned,
    MinutesSection,
    MinutesSubmitted,
    NumberMinutes,
    PublishMinutes,
    ReturnMinutes,
    SubmitMinutes,
)
from services.meeting.minutes import NotDrafted, decider
from tests.given import given
from tests.stamps import ids, stamp

MEETING, CHAIR = ids("session"), ids("chair")
SEEN, OTHER = "a" * 64, "b" * 64
BODY = MinutesSection.proceedings

drafted = MinutesDrafted(meeting_id=MEETING, as_of=40, presiding_officer_id=CHAIR)
numbered = MinutesNumbered(meeting_id=MEETING, number="07", symbol="BB-HĐND", place_name="Xuân Phú")
edited = MinutesEdited(meeting_id=MEETING, section=BODY, text="Đại biểu thảo luận.", revision=1)
submitted = MinutesSubmitted(meeting_id=MEETING, pdf_sha256=SEEN)
returned = MinutesReturned(meeting_id=MEETING, reason="Thiếu ý kiến của tổ 2")
approved = MinutesApproved(meeting_id=MEETING, pdf_sha256=SEEN)
published = MinutesPublished(
    meeting_id=MEETING, pdf_sha256=SEEN, recipient_ids=(ids("ana"),), recipient_unit_ids=(ids("office"),)
)


def draft(as_of=40):
    return stamp(DraftMinutes, meeting_id=MEETING, as_of=as_of, presiding_officer_id=CHAIR)


def number(number="07", symbol="BB-HĐND"):
    return stamp(NumberMinutes, meeting_id=MEETING, number=number, symbol=symbol, place_name="Xuân Phú")


def edit(text, revision):
    return stamp(EditMinutes, meeting_id=MEETING, section=BODY, text=text, revision=revision)


def submit(changes, sha256=SEEN):
    return stamp(SubmitMinutes, meeting_id=MEETING, pdf_sha256=sha256, changes=changes)


def give_back(actor="chair"):
    return stamp(ReturnMinutes, actor=actor, meeting_id=MEETING, reason="Thiếu ý kiến của tổ 2")


def approve(sha256=SEEN, actor="chair"):
    return stamp(ApproveMinutes, actor=actor, meeting_id=MEETING, pdf_sha256=sha256)


def publish(people=("ana",), units=("office",)):
    return stamp(
        PublishMinutes,
        meeting_id=MEETING,
        recipient_ids=tuple(map(ids, people)),
        recipient_unit_ids=tuple(map(ids, units)),
    )


def test_the_minute_taker_drafts_from_the_log_so_far():
    given(decider).when(draft()).then(drafted)


def test_drafting_again_takes_in_what_happened_since():
    later = MinutesDrafted(meeting_id=MEETING, as_of=55, presiding_officer_id=CHAIR)
    given(decider, drafted).when(draft(as_of=55)).then(later)


def test_drafting_again_at_the_same_position_changes_nothing():
    given(decider, drafted).when(draft()).then_nothing()


def test_a_draft_never_goes_back_in_time():
    given(decider, drafted).when(draft(as_of=39)).then_refused("older_than_draft")


def test_nothing_can_be_done_before_a_draft():
    for command in (number(), edit("x", 0), submit(1), give_back(), approve(), publish()):
        given(decider).when(command).then_refused("minutes_not_drafted")


def test_the_paper_gets_its_number():
    given(decider, drafted).when(number()).then(numbered)


def test_a_number_below_ten_is_written_with_a_zero():
    given(decider, drafted).when(number("7")).then(numbered)
    given(decider, drafted, numbered).when(number("007")).then_nothing()


def test_the_same_number_again_changes_nothing():
    given(decider, drafted, numbered).when(number()).then_nothing()


def test_a_number_given_by_mistake_is_taken_back():
    given(decider, drafted, numbered).when(number("")).then(numbered.model_copy(update={"number": ""}))


def test_a_section_is_written():
    given(decider, drafted).when(edit("Đại biểu thảo luận.", 0)).then(edited)


def test_the_same_text_again_changes_nothing():
    given(decider, drafted, edited).when(edit("Đại biểu thảo luận.", 0)).then_nothing()


def test_nobody_overwrites_a_text_they_have_not_seen():
    given(decider, drafted, edited).when(edit("Bản khác", 0)).then_refused("stale_text")


def test_minutes_are_submitted_as_one_pdf():
    given(decider, drafted, edited).when(submit(2)).then(submitted)


def test_the_same_pdf_is_submitted_once():
    given(decider, drafted, submitted).when(submit(1)).then_nothing()


def test_a_pdf_made_before_the_last_edit_cannot_be_submitted():
    given(decider, drafted, edited).when(submit(1)).then_refused("stale_document")


def test_a_newly_made_pdf_of_the_same_draft_replaces_the_submitted_one():
    newer = MinutesSubmitted(meeting_id=MEETING, pdf_sha256=OTHER)
    given(decider, drafted, submitted).when(submit(1, OTHER)).then(newer)
    given(decider, drafted, submitted, newer).when(approve()).then_refused("stale_document")


def test_the_presiding_officer_returns_with_a_reason():
    given(decider, drafted, submitted).when(give_back()).then(returned)


def test_only_the_presiding_officer_returns():
    given(decider, drafted, submitted).when(give_back("ana")).then_refused("not_the_presiding_officer")


def test_only_what_was_submitted_can_be_returned():
    given(decider, drafted).when(give_back()).then_refused("minutes_not_submitted")


def test_the_presiding_officer_approves_the_pdf_that_was_submitted():
    given(decider, drafted, submitted).when(approve()).then(approved)


def test_only_the_presiding_officer_approves():
    given(decider, drafted, submitted).when(approve(actor="clerk")).then_refused("not_the_presiding_officer")
    given(decider, drafted).when(approve(actor="clerk")).then_refused("not_the_presiding_officer")


def test_another_pdf_than_the_submitted_one_cannot_be_approved():
    given(decider, drafted, submitted).when(approve(OTHER)).then_refused("stale_document")


def test_a_pdf_whose_text_was_changed_since_cannot_be_approved():
    given(decider, drafted, submitted, edited).when(approve()).then_refused("stale_document")
    given(decider, drafted, submitted, numbered).when(approve()).then_refused("stale_document")


def test_a_pdf_older_than_the_draft_cannot_be_approved():
    later = MinutesDrafted(meeting_id=MEETING, as_of=55, presiding_officer_id=CHAIR)
    given(decider, drafted, submitted, later).when(approve()).then_refused("stale_document")


def test_a_returned_pdf_cannot_be_approved():
    given(decider, drafted, submitted, returned).when(approve()).then_refused("stale_document")


def test_what_was_never_submitted_cannot_be_approved():
    given(decider, drafted).when(approve()).then_refused("minutes_not_submitted")


def test_approving_twice_changes_nothing():
    given(decider, drafted, submitted, approved).when(approve()).then_nothing()


def test_approved_minutes_no_longer_change():
    history = (drafted, submitted, approved)
    for command in (draft(as_of=99), number(), edit("x", 0), submit(1), give_back(), approve(OTHER)):
        given(decider, *history).when(command).then_refused("minutes_approved")
        given(decider, *history, published).when(command).then_refused("minutes_approved")


def test_approved_minutes_are_published_to_people_and_units():
    given(decider, drafted, submitted, approved).when(publish()).then(published)


def test_minutes_are_not_published_before_approval():
    given(decider, drafted).when(publish()).then_refused("minutes_not_approved")
    given(decider, drafted, submitted).when(publish()).then_refused("minutes_not_approved")


def test_minutes_are_published_to_somebody():
    given(decider, drafted, submitted, approved).when(publish((), ())).then_refused("no_recipients")


def test_publishing_again_to_the_same_people_changes_nothing():
    given(decider, drafted, submitted, approved, published).when(publish()).then_nothing()


def test_who_was_forgotten_still_receives_the_published_minutes():
    given(decider, drafted, submitted, approved, published).when(publish(("ana", "ben"), ())).then(
        MinutesPublished(meeting_id=MEETING, pdf_sha256=SEEN, recipient_ids=(ids("ben"),))
    )


COMMANDS = st.one_of(
    st.builds(draft, st.integers(40, 43)),
    st.builds(edit, st.sampled_from(["a", "b", "c"]), st.integers(0, 3)),
    st.builds(submit, st.integers(1, 5), st.sampled_from([SEEN, OTHER])),
    st.builds(give_back),
    st.builds(approve, st.sampled_from([SEEN, OTHER])),
    st.builds(publish),
)


@given_any(st.lists(COMMANDS, max_size=30))
def test_what_is_published_is_what_was_submitted_last_and_approved(commands):
    """Under any order of commands nothing is published but the PDF of the last submission, unchanged since."""
    state, history = NotDrafted(), []
    for command in commands:
        try:
            events = decider.decide(command, state)
        except Refused:
            continue
        for event in events:
            state = decider.evolve(state, event)
            history.append(event)
    for index, event in enumerate(history):
        if isinstance(event, MinutesApproved):
            assert history[index - 1] == MinutesSubmitted(meeting_id=MEETING, pdf_sha256=event.pdf_sha256)
            assert all(isinstance(each, MinutesPublished) for each in history[index + 1 :])
