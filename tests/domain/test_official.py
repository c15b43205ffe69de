"""An official document from draft to archive: every command, every refusal (Decree 30/2020/NĐ-CP)."""

from typing import Any

import pytest
from pydantic import ValidationError

from services.signing.messages.official import (
    AbandonDraft,
    AnswerComment,
    ArchiveOfficial,
    AskForSeal,
    CommentAnswered,
    CommentOnDraft,
    Competence,
    DraftAbandoned,
    DraftOfficial,
    IssueOfficial,
    Kind,
    OfficialArchived,
    OfficialReturned,
    OfficialRevised,
    OfficialWithdrawn,
    RecordNumber,
    RecordRecall,
    RecordReturn,
    RecordSealed,
    RecordSigned,
    RequestNumber,
    ReviseOfficial,
    Signatory,
    SubmissionRecalled,
    SubmitOfficial,
    Urgency,
    Withdrawal,
    WithdrawOfficial,
)
from services.signing.messages.orders import Act, Step
from services.signing.official import decider
from tests.given import given
from tests.official_examples import (
    DRAFT,
    IN_SIGNING,
    ISSUED,
    NUMBERED,
    OFFICIAL,
    ORDER,
    SEAL_ORDER,
    SEALED,
    SIGNED,
    STEPS,
    TO_BE_ISSUED,
    TO_BE_NUMBERED,
    TO_BE_SEALED,
    TODAY,
    commented,
    described,
    drafted,
    issued,
    number_requested,
    numbered,
    seal_asked,
    sealed,
    signed,
    submitted,
)
from tests.stamps import ids, stamp

ABOUT: dict[str, Any] = {"official_id": OFFICIAL}
ANSWERED = CommentAnswered(official_id=OFFICIAL, comment_id=ids("one"), accepted=True)
RETURNED = OfficialReturned(official_id=OFFICIAL, order_id=ORDER, returned_by=ids("chair"), reason="Thiếu căn cứ.")


def submit(**fields: Any) -> SubmitOfficial:
    return stamp(SubmitOfficial, **{**ABOUT, "order_id": ORDER, "sha256": DRAFT, "steps": STEPS, **fields})


def answer(comment: str = "one", accepted: bool = True, text: str = "") -> AnswerComment:
    return stamp(AnswerComment, **ABOUT, comment_id=ids(comment), accepted=accepted, answer=text)


def withdraw(how: Withdrawal = Withdrawal.replaced, successor: object = ids("successor")) -> WithdrawOfficial:
    return stamp(WithdrawOfficial, **ABOUT, how=how, successor_id=successor, reason="Sai số liệu.")


RECALLED = OfficialWithdrawn(official_id=OFFICIAL, how=Withdrawal.recalled, reason="Sai số liệu.")
ARCHIVE = stamp(ArchiveOfficial, **ABOUT, file_code="01.2026.NQ", retention_years=None)
ARCHIVED = OfficialArchived(official_id=OFFICIAL, file_code="01.2026.NQ")


def test_a_draft_is_written_revised_and_abandoned():
    given(decider).when(stamp(DraftOfficial, **ABOUT, described=described())).then(drafted())
    given(decider, drafted()).when(stamp(DraftOfficial, **ABOUT, described=described())).then_refused("official_exists")
    other = described(summary="Về dự toán bổ sung")
    revise = stamp(ReviseOfficial, **ABOUT, described=other)
    given(decider, drafted()).when(revise).then(OfficialRevised(official_id=OFFICIAL, described=other))
    given(decider, drafted()).when(stamp(ReviseOfficial, **ABOUT, described=described())).then_nothing()
    abandon = stamp(AbandonDraft, **ABOUT, reason="Không còn cần.")
    given(decider, drafted()).when(abandon).then(DraftAbandoned(official_id=OFFICIAL, reason="Không còn cần."))
    given(decider, *IN_SIGNING).when(abandon).then_refused("not_a_draft")
    abandoned = DraftAbandoned(official_id=OFFICIAL, reason="Không còn cần.")
    given(decider, drafted(), abandoned).when(revise).then_refused("not_a_draft")
    revised = given(decider, drafted(), OfficialRevised(official_id=OFFICIAL, described=other))
    revised.when(revise).then_nothing()
    revised.when(submit()).then(submitted().model_copy(update={"summary": other.summary}))
    given(decider).when(abandon).then_refused("official_not_found")


def test_a_letter_names_the_unit_that_drafted_it():
    with pytest.raises(ValidationError, match="drafting unit"):
        described(kind=Kind.official_letter)


def test_who_signs_for_others_says_for_whom():
    with pytest.raises(ValidationError, match="for whom"):
        Signatory(person_id=ids("deputy"), competence=Competence.deputy, position="PHÓ CHỦ TỊCH")


def test_every_comment_is_answered_before_the_draft_goes_on():
    comment = stamp(CommentOnDraft, **ABOUT, comment_id=ids("one"), text="Bổ sung căn cứ.")
    given(decider, drafted()).when(comment).then(commented())
    given(decider, drafted(), commented()).when(comment).then_nothing()
    given(decider, drafted(), commented()).when(submit()).then_refused("comments_unanswered")
    given(decider, drafted(), commented()).when(answer()).then(ANSWERED)
    given(decider, drafted(), commented()).when(answer(accepted=False)).then_refused("explanation_missing")
    given(decider, drafted(), commented()).when(answer(accepted=False, text=" ")).then_refused("explanation_missing")
    declined = CommentAnswered(official_id=OFFICIAL, comment_id=ids("one"), accepted=False, answer="Đã có căn cứ.")
    given(decider, drafted(), commented()).when(answer(accepted=False, text="Đã có căn cứ.")).then(declined)
    given(decider, drafted(), commented()).when(answer("two")).then_refused("comment_not_found")
    given(decider, drafted(), commented(), ANSWERED).when(answer()).then_refused("comment_answered")
    given(decider, drafted(), commented(), ANSWERED).when(submit()).then(submitted())


def test_each_of_several_comments_is_answered_for_itself():
    two = given(decider, drafted(), commented(), commented("two"))
    two.when(answer()).then(ANSWERED)
    two.when(answer("two")).then(ANSWERED.model_copy(update={"comment_id": ids("two")}))
    one_left = given(decider, drafted(), commented(), commented("two"), ANSWERED)
    one_left.when(submit()).then_refused("comments_unanswered")


def test_an_answered_comment_stays_answered():
    also = ANSWERED.model_copy(update={"comment_id": ids("two")})
    answered = given(decider, drafted(), commented(), commented("two"), ANSWERED, also)
    for comment in ("one", "two"):
        answered.when(answer(comment)).then_refused("comment_answered")
        answered.when(stamp(CommentOnDraft, **ABOUT, comment_id=ids(comment), text="Bổ sung căn cứ.")).then_nothing()


def test_the_last_signature_is_that_of_the_competent_person():
    given(decider, drafted()).when(submit()).then(submitted())
    other = (Step(act=Act.sign, signer_ids=(ids("deputy"),)),)
    given(decider, drafted()).when(submit(steps=other)).then_refused("not_the_signatory")


def test_what_names_no_vote_waits_for_none():
    given(decider, drafted()).when(submit(passed_poll_id=ids("a vote on something else"))).then(submitted())


def test_initials_come_before_the_signature():
    with pytest.raises(ValidationError, match="initials"):
        submit(steps=(STEPS[1], STEPS[1]))
    with pytest.raises(ValidationError, match="competent person"):
        submit(steps=(STEPS[0],))


def test_what_is_under_signature_can_be_recalled_or_comes_back():
    recall = stamp(RecordRecall, **ABOUT, order_id=ORDER, reason="Bổ sung phụ lục.")
    recalled = SubmissionRecalled(official_id=OFFICIAL, order_id=ORDER, reason="Bổ sung phụ lục.")
    given(decider, *IN_SIGNING).when(recall).then(recalled)
    given(decider, drafted()).when(recall).then_nothing()
    given(decider, *IN_SIGNING, recalled).when(submit()).then(submitted())
    back = stamp(RecordReturn, **ABOUT, order_id=ORDER, returned_by=ids("chair"), reason="Thiếu căn cứ.")
    given(decider, *IN_SIGNING).when(back).then(RETURNED)
    given(decider, *IN_SIGNING, RETURNED).when(submit()).then(submitted())
    given(decider, *IN_SIGNING, RETURNED).when(back).then_nothing()
    given(decider, *TO_BE_SEALED, seal_asked()).when(recall).then_nothing()


def test_a_signature_from_another_order_changes_nothing():
    record = stamp(RecordSigned, **ABOUT, order_id=ORDER, sha256=SIGNED)
    given(decider, *IN_SIGNING).when(record).then(signed())
    given(decider, *TO_BE_NUMBERED).when(record).then_nothing()
    other = stamp(RecordSigned, **ABOUT, order_id=ids("an earlier order"), sha256=SIGNED)
    given(decider, *IN_SIGNING).when(other).then_nothing()
    earlier = {**ABOUT, "order_id": ids("an earlier order")}
    given(decider, *IN_SIGNING).when(stamp(RecordRecall, **earlier, reason="Sai.")).then_nothing()
    declined = stamp(RecordReturn, **earlier, returned_by=ids("chair"), reason="Thiếu căn cứ.")
    given(decider, *IN_SIGNING).when(declined).then_nothing()
    given(decider, *TO_BE_SEALED, seal_asked()).when(declined).then_nothing()
    given(decider, *TO_BE_SEALED).when(declined).then_nothing()
    given(decider, *TO_BE_SEALED, seal_asked()).when(stamp(RecordSealed, **earlier, sha256=SEALED)).then_nothing()


def test_an_order_to_seal_is_neither_signed_nor_recalled():
    sealing = given(decider, *TO_BE_SEALED, seal_asked())
    of_the_seal = {**ABOUT, "order_id": SEAL_ORDER}
    sealing.when(stamp(RecordSigned, **of_the_seal, sha256=SEALED)).then_nothing()
    sealing.when(stamp(RecordRecall, **of_the_seal, reason="Sai.")).then_nothing()


def test_a_number_is_given_once_the_competent_person_has_signed():
    request = stamp(RequestNumber, **ABOUT, entered_on=TODAY)
    given(decider, *IN_SIGNING).when(request).then_refused("not_signed")
    given(decider, *TO_BE_NUMBERED).when(request).then(number_requested())
    kept = stamp(RequestNumber, **ABOUT, entered_on=TODAY, reserved=3)
    given(decider, *TO_BE_NUMBERED).when(kept).then(number_requested(reserved=3))
    given(decider, *TO_BE_NUMBERED, number_requested()).when(request).then_nothing()
    for reached in (TO_BE_SEALED, TO_BE_ISSUED, ISSUED):
        given(decider, *reached).when(request).then_nothing()
    record = stamp(RecordNumber, **ABOUT, number=15, symbol="NQ-HĐND", entered_on=TODAY)
    given(decider, *TO_BE_NUMBERED, number_requested()).when(record).then(numbered())
    given(decider, *TO_BE_SEALED).when(record).then_nothing()
    given(decider, *TO_BE_NUMBERED).when(record).then_nothing()


def test_the_agency_seals_after_the_number_and_can_be_asked_again():
    ask = stamp(AskForSeal, **ABOUT, order_id=SEAL_ORDER, sha256=NUMBERED, clerk_ids=(ids("clerk"),))
    given(decider, *TO_BE_NUMBERED).when(ask).then_refused("not_numbered")
    given(decider, *TO_BE_NUMBERED, number_requested()).when(ask).then_refused("not_numbered")
    given(decider, *TO_BE_SEALED).when(ask).then(seal_asked())
    given(decider, *TO_BE_SEALED, seal_asked()).when(ask).then_nothing()
    record = stamp(RecordSealed, **ABOUT, order_id=SEAL_ORDER, sha256=SEALED)
    given(decider, *TO_BE_SEALED, seal_asked()).when(record).then(sealed())
    given(decider, *TO_BE_ISSUED).when(record).then_nothing()
    back = stamp(RecordReturn, **ABOUT, order_id=SEAL_ORDER, returned_by=ids("clerk"), reason="Sai số.")
    declined = OfficialReturned(official_id=OFFICIAL, order_id=SEAL_ORDER, returned_by=ids("clerk"), reason="Sai số.")
    given(decider, *TO_BE_SEALED, seal_asked()).when(back).then(declined)
    given(decider, *TO_BE_SEALED, seal_asked(), declined).when(ask).then(seal_asked())


def test_nothing_is_issued_before_it_is_sealed():
    issue = stamp(IssueOfficial, **ABOUT)
    given(decider, *TO_BE_SEALED).when(issue).then_refused("not_sealed")
    given(decider, *TO_BE_ISSUED).when(issue).then(issued())
    given(decider, *ISSUED).when(issue).then_nothing()
    given(decider, *ISSUED, RECALLED).when(issue).then_nothing()


def test_what_is_urgent_is_issued_as_urgent():
    urgent = drafted(urgency=Urgency.very_urgent)
    at_once = issued().model_copy(update={"urgency": Urgency.very_urgent})
    given(decider, urgent, *TO_BE_ISSUED[1:]).when(stamp(IssueOfficial, **ABOUT)).then(at_once)


def test_an_issued_document_is_recalled_updated_or_replaced_with_the_reason():
    withdrawn = OfficialWithdrawn(
        official_id=OFFICIAL,
        how=Withdrawal.replaced,
        successor_id=ids("successor"),
        reason="Sai số liệu.",
        recipients=described().recipients,
    )
    given(decider, *ISSUED).when(withdraw()).then(withdrawn)
    given(decider, *TO_BE_ISSUED).when(withdraw()).then_refused("not_issued")
    given(decider, *ISSUED, withdrawn).when(withdraw()).then_refused("already_withdrawn")
    given(decider, *ISSUED).when(withdraw(successor=OFFICIAL)).then_refused("own_successor")
    with pytest.raises(ValidationError, match="in its place"):
        withdraw(Withdrawal.recalled)
    with pytest.raises(ValidationError, match="in its place"):
        withdraw(Withdrawal.updated, None)


def test_what_is_issued_is_archived_withdrawn_or_not():
    given(decider, *TO_BE_ISSUED).when(ARCHIVE).then_refused("not_issued")
    given(decider, *ISSUED).when(ARCHIVE).then(ARCHIVED)
    given(decider, *ISSUED, ARCHIVED).when(ARCHIVE).then_nothing()
    given(decider, *ISSUED, RECALLED).when(ARCHIVE).then(ARCHIVED)
    given(decider, *ISSUED, RECALLED, ARCHIVED).when(ARCHIVE).then_nothing()
    for_some_time = stamp(ArchiveOfficial, **ABOUT, file_code="01.2026.NQ", retention_years=20)
    given(decider, *ISSUED, ARCHIVED).when(for_some_time).then(ARCHIVED.model_copy(update={"retention_years": 20}))
