"""Opinion forms: what a clerk, the chair and the clock may do with one, and when."""

from datetime import timedelta
from typing import Any

import pytest

from kernel.messages import Event
from services.voting import circulation_answers as answers
from services.voting import circulation_reports as reports
from services.voting.circulation import decider
from services.voting.messages import (
    AnnounceOpinionResult,
    AttachToForm,
    AwaitReport,
    Choice,
    CirculateOpinionForm,
    CloseOpinionForm,
    CountAnswers,
    DetachFromForm,
    DraftOpinionForm,
    RemindMembers,
    ReportResults,
    ResolveComment,
    ReturnOpinionForm,
    ReviseOpinionForm,
    SaveAnswer,
    SubmitAnswer,
    SubmitOpinionForm,
    WithdrawOpinionForm,
)
from services.voting.messages.circulation import (
    AnswerSaved,
    AnswersCounted,
    AnswerSubmitted,
    AttachedToForm,
    Clause,
    Comment,
    CommentMade,
    CommentResolved,
    DetachedFromForm,
    FormDocument,
    MembersReminded,
    OpinionFormCirculated,
    OpinionFormClosed,
    OpinionFormDrafted,
    OpinionFormReturned,
    OpinionFormRevised,
    OpinionFormSubmitted,
    OpinionFormWithdrawn,
    OpinionResultAnnounced,
    OpinionResultReported,
    ReportAwaited,
)
from services.voting.messages.poll import RuleCard
from tests.given import given
from tests.stamps import STAMP_AT, ids, stamp

FORM, BODY, CHAIR, PAPER = ids("form"), ids("body"), ids("chair"), ids("paper")
ROLL = (CHAIR, ids("ana"), ids("ben"))
DUE = STAMP_AT + timedelta(days=3)
CARD = RuleCard(
    card_id="committee_more_than_half",
    title="Quá nửa tổng số thành viên",
    legal_basis="Điều 118",
    certainty="B",
    base="all_members",
    threshold="more_than",
    numerator=1,
    denominator=2,
    tie_to_chair=True,
    needs_quorum=False,
)
CHOICES = (
    Choice(key="for", label="Tán thành", counts_for=True),
    Choice(key="against", label="Không tán thành", counts_against=True),
    Choice(key="other_opinion", label="Ý kiến khác"),
)
CONTENT: dict[str, Any] = {
    "chair_id": CHAIR,
    "title": "Dự thảo Quy chế",
    "question": "Đồng chí có tán thành không?",
    "choices": CHOICES,
    "clauses": (Clause(key="d3k2", title="Điều 3 khoản 2", text="Gửi trước 5 ngày."),),
    "due_at": DUE,
    "rule_card": CARD,
}
DRAFTED = OpinionFormDrafted(form_id=FORM, body_id=BODY, **CONTENT)
SUBMITTED = OpinionFormSubmitted(form_id=FORM, chair_id=CHAIR)
CLOSED = OpinionFormClosed(form_id=FORM)
MADE = CommentMade(comment_id=ids("comment"), voter_id=ids("ana"), number=1, clause_key="d3k2")
COUNTED = AnswersCounted(
    form_id=FORM,
    counts={"for": 2, "against": 0, "other_opinion": 0},
    answered=2,
    silent=1,
    silent_agreed=0,
    base_count=3,
    needed=2,
    votes_for=2,
    passed=True,
    card_id=CARD.card_id,
    comments=(MADE,),
)
SHA = "a" * 64
ANNOUNCED = OpinionResultAnnounced(form_id=FORM, body_id=BODY, synthesis_sha256=SHA)
WITHDRAWN = OpinionFormWithdrawn(form_id=FORM, reason="Đưa ra họp")


def circulated(**changes: Any) -> OpinionFormCirculated:
    sent = {**CONTENT, "form_id": FORM, "body_id": BODY, "roll": ROLL, "members": 3, "serving": 3}
    return OpinionFormCirculated(**{**sent, **changes})


SENT = (DRAFTED, SUBMITTED, circulated())
COUNTED_FORM = (*SENT, CLOSED, COUNTED)


def drafting(**changes: Any) -> DraftOpinionForm:
    return stamp(DraftOpinionForm, form_id=FORM, body_id=BODY, **{**CONTENT, **changes})


def sending(**changes: Any) -> CirculateOpinionForm:
    fields: dict[str, Any] = {"actor": "chair", "form_id": FORM, "roll": ROLL, "members": 3, "serving": 3}
    return stamp(CirculateOpinionForm, **{**fields, **changes})


def resolving(resolution: str, **fields: Any) -> ResolveComment:
    return stamp(ResolveComment, form_id=FORM, comment_id=MADE.comment_id, resolution=resolution, **fields)


def test_a_clerk_drafts_a_form() -> None:
    given(decider).when(drafting()).then(DRAFTED)
    given(decider, DRAFTED).when(drafting()).then_refused("form_exists")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"due_at": STAMP_AT}, "deadline_passed"),
        ({"due_at": STAMP_AT + timedelta(days=3661)}, "due_too_far"),
        ({"choices": (CHOICES[0], CHOICES[0])}, "duplicate_choice"),
        ({"choices": CHOICES[1:]}, "one_choice_for"),
        ({"choices": (CHOICES[0], CHOICES[2])}, "no_choice_against"),
        ({"choices": (Choice(key="for", label="x", counts_for=True, counts_against=True),)}, "one_choice_for"),
        ({"rule_card": CARD.model_copy(update={"numerator": 2})}, "impossible_threshold"),
        ({"rule_card": CARD.model_copy(update={"base": "present"})}, "nobody_present"),
        ({"rule_card": CARD.model_copy(update={"silence": "agreement"})}, "silence_basis_needed"),
        ({"clauses": CONTENT["clauses"] * 2}, "duplicate_clause"),
    ],
)
def test_a_form_that_could_never_be_decided_is_refused_while_it_can_be_changed(
    changes: dict[str, Any], code: str
) -> None:
    given(decider).when(drafting(**changes)).then_refused(code)
    given(decider, DRAFTED).when(stamp(ReviseOpinionForm, form_id=FORM, **{**CONTENT, **changes})).then_refused(code)


def test_a_draft_is_revised_until_it_is_submitted() -> None:
    revising = stamp(ReviseOpinionForm, form_id=FORM, **{**CONTENT, "title": "Dự thảo hai"})
    revised = OpinionFormRevised(form_id=FORM, **{**CONTENT, "title": "Dự thảo hai"})
    given(decider, DRAFTED).when(revising).then(revised)
    given(decider, DRAFTED, revised).when(revising).then_nothing()
    given(decider, DRAFTED, SUBMITTED).when(revising).then_refused("form_not_in_draft")
    given(decider).when(revising).then_refused("no_such_form")


def test_documents_go_with_the_draft() -> None:
    attaching = stamp(AttachToForm, form_id=FORM, document_id=PAPER, title="Tờ trình")
    attached = AttachedToForm(form_id=FORM, document_id=PAPER, title="Tờ trình")
    detaching = stamp(DetachFromForm, form_id=FORM, document_id=PAPER)
    given(decider, DRAFTED).when(attaching).then(attached)
    given(decider, DRAFTED, attached).when(attaching).then_nothing()
    given(decider, DRAFTED, attached).when(detaching).then(DetachedFromForm(form_id=FORM, document_id=PAPER))
    given(decider, DRAFTED).when(detaching).then_nothing()
    given(decider, *SENT).when(attaching).then_refused("form_not_in_draft")
    many = [AttachedToForm(form_id=FORM, document_id=ids(f"paper {n}"), title="Tài liệu") for n in range(50)]
    given(decider, DRAFTED, *many).when(attaching).then_refused("too_many_documents")


def test_the_clerk_puts_it_before_its_chair() -> None:
    submitting = stamp(SubmitOpinionForm, form_id=FORM)
    given(decider, DRAFTED).when(submitting).then(SUBMITTED)
    given(decider, DRAFTED, SUBMITTED).when(submitting).then_nothing()
    given(decider, *SENT).when(submitting).then_refused("form_not_in_draft")


def test_the_chair_returns_it_with_a_reason() -> None:
    returning = stamp(ReturnOpinionForm, actor="chair", form_id=FORM, reason="Thiếu phụ lục")
    returned = OpinionFormReturned(form_id=FORM, reason="Thiếu phụ lục")
    given(decider, DRAFTED, SUBMITTED).when(returning).then(returned)
    given(decider, DRAFTED, SUBMITTED, returned).when(stamp(SubmitOpinionForm, form_id=FORM)).then(SUBMITTED)
    given(decider, DRAFTED).when(returning).then_refused("form_not_submitted")
    other = stamp(ReturnOpinionForm, actor="ben", form_id=FORM, reason="Thiếu phụ lục")
    given(decider, DRAFTED, SUBMITTED).when(other).then_refused("not_the_chair")


def test_the_chairs_decision_sends_it_and_freezes_roll_members_card_choices_and_versions() -> None:
    attached = AttachedToForm(form_id=FORM, document_id=PAPER, title="Tờ trình")
    documents = (FormDocument(document_id=PAPER, title="Tờ trình", version=3),)
    given(decider, DRAFTED, attached, SUBMITTED).when(sending(versions={PAPER: 3})).then(
        circulated(documents=documents)
    )


def test_only_the_chair_sends_it_and_only_once_submitted_and_in_time() -> None:
    given(decider, DRAFTED, SUBMITTED).when(sending(actor="clerk")).then_refused("not_the_chair")
    given(decider, DRAFTED).when(sending()).then_refused("form_not_submitted")
    given(decider, *SENT).when(sending()).then_refused("form_not_submitted")
    given(decider).when(sending()).then_refused("no_such_form")
    given(decider, DRAFTED, SUBMITTED).when(sending(at=DUE)).then_refused("deadline_passed")


def test_a_roll_that_makes_the_count_untrue_is_refused() -> None:
    given(decider, DRAFTED, SUBMITTED).when(sending(roll=(CHAIR, CHAIR))).then_refused("duplicate_voter")
    given(decider, DRAFTED, SUBMITTED).when(sending(members=2)).then_refused("roll_exceeds_members")
    given(decider, DRAFTED, SUBMITTED).when(sending(roll=ROLL[1:])).then_refused("chair_not_on_roll")


def test_a_form_is_withdrawn_with_a_reason_once_sent_by_its_chair_alone() -> None:
    withdrawing = stamp(WithdrawOpinionForm, form_id=FORM, reason="Đưa ra họp")
    given(decider, DRAFTED).when(withdrawing).then(WITHDRAWN)
    given(decider, DRAFTED, WITHDRAWN).when(withdrawing).then_nothing()
    given(decider, *SENT).when(withdrawing).then_refused("not_the_chair")
    by_chair = stamp(WithdrawOpinionForm, actor="chair", form_id=FORM, reason="Đưa ra họp")
    given(decider, *SENT).when(by_chair).then(WITHDRAWN)
    given(decider, *SENT, CLOSED).when(by_chair).then_refused("form_closed")
    given(decider).when(withdrawing).then_refused("no_such_form")


def reminding(occasion: str, *names: str) -> RemindMembers:
    return stamp(RemindMembers, form_id=FORM, voter_ids=tuple(map(ids, names)), occasion=occasion)


def test_members_are_reminded_once_by_each_occasion_of_the_clock_and_by_hand_at_will() -> None:
    before = MembersReminded(form_id=FORM, voter_ids=(ids("ana"),), occasion="day_before")
    by_hand = MembersReminded(form_id=FORM, voter_ids=(ids("ana"),), occasion="by_hand")
    given(decider, *SENT).when(reminding("day_before", "ana", "ana")).then(before)
    given(decider, *SENT, before).when(reminding("day_before", "ana")).then_nothing()
    given(decider, *SENT, before).when(reminding("due_day", "ana")).then(
        MembersReminded(form_id=FORM, voter_ids=(ids("ana"),), occasion="due_day")
    )
    given(decider, *SENT, by_hand).when(reminding("by_hand", "ana")).then(by_hand)
    given(decider, *SENT).when(reminding("by_hand")).then_nothing()


def test_strangers_are_not_reminded_and_nobody_of_a_form_that_is_not_under_way() -> None:
    given(decider, *SENT).when(reminding("by_hand", "eve")).then_refused("not_on_roll")
    given(decider, DRAFTED).when(reminding("by_hand", "ana")).then_refused("form_not_circulating")
    given(decider, *SENT, CLOSED).when(reminding("by_hand", "ana")).then_refused("form_closed")
    given(decider).when(reminding("by_hand", "ana")).then_refused("no_such_form")


def test_it_closes_at_the_deadline_or_before_once_all_have_answered() -> None:
    given(decider, *SENT).when(stamp(CloseOpinionForm, at=DUE, form_id=FORM, answered=0)).then(CLOSED)
    given(decider, *SENT).when(stamp(CloseOpinionForm, form_id=FORM, answered=3)).then(CLOSED)
    given(decider, *SENT).when(stamp(CloseOpinionForm, form_id=FORM, answered=2)).then_refused("answers_missing")
    given(decider, *SENT, CLOSED).when(stamp(CloseOpinionForm, form_id=FORM, answered=0)).then_nothing()
    given(decider, *SENT[:2]).when(stamp(CloseOpinionForm, form_id=FORM, answered=0)).then_refused(
        "form_not_circulating"
    )


def counting(counts: dict[str, int], chair_choice: str | None = None) -> CountAnswers:
    return stamp(CountAnswers, form_id=FORM, counts=counts, chair_choice=chair_choice, comments=(MADE,))


def test_answers_are_counted_by_the_card_once_closed() -> None:
    given(decider, *SENT, CLOSED).when(counting({"for": 2})).then(COUNTED)
    given(decider, *COUNTED_FORM).when(counting({"for": 2})).then_nothing()
    given(decider, *COUNTED_FORM).when(counting({"for": 1})).then_refused("tally_differs")
    given(decider, *SENT).when(counting({"for": 2})).then_refused("form_still_open")
    given(decider).when(counting({})).then_refused("no_such_form")
    given(decider, *SENT, CLOSED).when(counting({"maybe": 1})).then_refused("unknown_choice")
    given(decider, *SENT, CLOSED).when(counting({"for": 4})).then_refused("impossible_count")


def counted(history: tuple[Event, ...], command: CountAnswers) -> AnswersCounted:
    [event] = decider.decide(command, decider.fold(history))
    assert isinstance(event, AnswersCounted)
    return event


def test_the_silent_count_as_agreeing_only_where_the_card_says_so() -> None:
    agreeing = CARD.model_copy(update={"silence": "agreement"})
    silent = (DRAFTED, SUBMITTED, circulated(rule_card=agreeing, silence_basis="Điều 12"), CLOSED)
    found = counted(silent, counting({"against": 1}, "against"))
    assert (found.answered, found.silent, found.silent_agreed) == (1, 2, 2)
    assert (found.counts["for"], found.votes_for, found.passed) == (0, 2, True)
    found = counted((*SENT, CLOSED), counting({"against": 1}, "against"))
    assert (found.silent, found.silent_agreed, found.votes_for, found.passed) == (2, 0, 0, False)


def test_a_tie_goes_to_the_side_of_the_chair_whose_silence_counts_like_any_others() -> None:
    agreeing = CARD.model_copy(update={"silence": "agreement"})
    four = (*ROLL, ids("cat"))
    even: dict[str, Any] = {"roll": four, "members": 4, "serving": 4}
    silent = (DRAFTED, SUBMITTED, circulated(rule_card=agreeing, silence_basis="Điều 12", **even), CLOSED)
    found = counted(silent, counting({"against": 2}))
    assert (found.votes_for, found.decided_by_chair, found.passed) == (2, True, True)
    spoken = (DRAFTED, SUBMITTED, circulated(**even), CLOSED)
    found = counted(spoken, counting({"for": 2, "against": 2}, "against"))
    assert (found.votes_for, found.decided_by_chair, found.passed) == (2, True, False)


def test_an_accepted_comment_changes_the_text_of_its_clause() -> None:
    accepted = CommentResolved(
        form_id=FORM,
        comment_id=MADE.comment_id,
        resolution="accepted",
        text_before="Gửi trước 5 ngày.",
        text_after="Gửi trước 7 ngày.",
    )
    given(decider, *COUNTED_FORM).when(resolving("accepted", text_after="Gửi trước 7 ngày.")).then(accepted)
    given(decider, *COUNTED_FORM, accepted).when(resolving("accepted", text_after="Gửi trước 7 ngày.")).then_nothing()
    given(decider, *COUNTED_FORM).when(resolving("accepted")).then_refused("text_change_needed")
    given(decider, *COUNTED_FORM).when(resolving("accepted", text_after="Gửi trước 5 ngày.")).then_refused(
        "text_change_needed"
    )


@pytest.mark.parametrize("resolution", ["explained", "rejected"])
def test_what_is_not_accepted_is_explained(resolution: str) -> None:
    ended = CommentResolved(
        form_id=FORM, comment_id=MADE.comment_id, resolution=resolution, explanation="Luật đã quy định."
    )
    given(decider, *COUNTED_FORM).when(resolving(resolution, explanation="Luật đã quy định.")).then(ended)
    given(decider, *COUNTED_FORM).when(resolving(resolution)).then_refused("explanation_needed")


def test_comments_are_resolved_between_the_count_and_the_announcement() -> None:
    ended = CommentResolved(form_id=FORM, comment_id=MADE.comment_id, resolution="rejected", explanation="Không")
    again = resolving("explained", explanation="Đã rõ")
    given(decider, *COUNTED_FORM, ended).when(again).then(
        ended.model_copy(update={"resolution": "explained", "explanation": "Đã rõ"})
    )
    given(decider, *COUNTED_FORM, ended, ANNOUNCED).when(again).then_refused("result_announced")
    given(decider, *SENT, CLOSED).when(again).then_refused("answers_not_counted")
    stranger = stamp(ResolveComment, form_id=FORM, comment_id=ids("none"), resolution="rejected", explanation="Không")
    given(decider, *COUNTED_FORM).when(stranger).then_refused("no_such_comment")


def test_the_chair_announces_once_every_comment_has_ended() -> None:
    announcing = stamp(AnnounceOpinionResult, actor="chair", form_id=FORM, synthesis_sha256=SHA)
    ended = CommentResolved(form_id=FORM, comment_id=MADE.comment_id, resolution="rejected", explanation="Không")
    given(decider, *COUNTED_FORM).when(announcing).then_refused("comments_unresolved")
    given(decider, *COUNTED_FORM, ended).when(announcing).then(ANNOUNCED)
    given(decider, *COUNTED_FORM, ended, ANNOUNCED).when(announcing).then_nothing()
    given(decider, *SENT).when(announcing).then_refused("answers_not_counted")
    given(decider).when(announcing).then_refused("no_such_form")
    other = stamp(AnnounceOpinionResult, actor="ben", form_id=FORM, synthesis_sha256=SHA)
    given(decider, *COUNTED_FORM, ended).when(other).then_refused("not_the_chair")


ANSWER: dict[str, Any] = {
    "form_id": FORM,
    "voter_id": ids("ana"),
    "choice": "for",
    "reason": "Hợp lý",
    "comments": (Comment(clause_key="d3k2", text="Nên 7 ngày"),),
}


def test_an_answer_is_saved_as_often_as_wanted_and_then_submitted() -> None:
    saved, submitted = AnswerSaved(**ANSWER), AnswerSubmitted(**ANSWER)
    given(answers.FINAL).when(stamp(SaveAnswer, **ANSWER)).then(saved)
    given(answers.FINAL, saved).when(stamp(SaveAnswer, **ANSWER)).then_nothing()
    given(answers.FINAL, saved).when(stamp(SubmitAnswer, **ANSWER)).then(submitted)
    given(answers.FINAL).when(stamp(SubmitAnswer, **ANSWER)).then(submitted)
    given(answers.FINAL, submitted).when(stamp(SubmitAnswer, **ANSWER)).then_nothing()


def test_a_submitted_answer_changes_only_where_the_card_allows_it() -> None:
    submitted = AnswerSubmitted(**ANSWER)
    other = {**ANSWER, "choice": "against"}
    given(answers.FINAL, submitted).when(stamp(SubmitAnswer, **other)).then_refused("already_answered")
    given(answers.FINAL, submitted).when(stamp(SaveAnswer, **other)).then_refused("already_answered")
    given(answers.CHANGEABLE, submitted).when(stamp(SubmitAnswer, **other)).then(AnswerSubmitted(**other))
    given(answers.CHANGEABLE, submitted).when(stamp(SaveAnswer, **other)).then_refused("already_answered")


def test_a_result_is_reported_at_the_next_session_and_only_there() -> None:
    awaited = ReportAwaited(body_id=BODY, form_id=FORM)
    reported = OpinionResultReported(body_id=BODY, form_id=FORM, meeting_id=ids("session"))
    awaiting = stamp(AwaitReport, body_id=BODY, form_id=FORM)
    opened = stamp(ReportResults, body_id=BODY, meeting_id=ids("session"))
    given(reports.decider).when(awaiting).then(awaited)
    given(reports.decider, awaited).when(awaiting).then_nothing()
    given(reports.decider, awaited).when(opened).then(reported)
    given(reports.decider, awaited, reported).when(opened).then_nothing()
    given(reports.decider, awaited, reported).when(awaiting).then_nothing()
    given(reports.decider).when(opened).then_nothing()
