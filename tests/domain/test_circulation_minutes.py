"""What minutes say of circulated opinions: the arithmetic, and always what silence meant."""

from dataclasses import replace

from services.meeting.paper.opinions import outcome
from services.meeting.record_facts import ReportedOpinion

OPINION = ReportedOpinion(
    title="Dự thảo Quy chế",
    asked=12,
    answered=8,
    silent=4,
    silence_agrees=False,
    silence_basis="",
    base_count=12,
    needed=7,
    votes_for=6,
    passed=False,
    decided_by_chair=False,
    rule="Quá nửa tổng số thành viên",
    legal_basis="Điều 117",
)


def test_silence_that_does_not_count_is_said() -> None:
    assert outcome(OPINION, "thành viên") == (
        "8/12 thành viên trả lời; 4 thành viên không trả lời, không được tính là tán thành; tính trên 12, cần 7, "
        "6 tán thành; không thông qua; quy tắc: Quá nửa tổng số thành viên (Điều 117)."
    )


def test_silence_that_counts_as_agreement_is_said_with_its_basis() -> None:
    agreed = replace(OPINION, silence_agrees=True, silence_basis="Điều 12 Quy chế làm việc", votes_for=10, passed=True)
    said = outcome(agreed, "thành viên")
    assert "4 thành viên không trả lời, được tính là tán thành theo Điều 12 Quy chế làm việc" in said
    assert "10 tán thành; thông qua" in said


def test_a_tie_that_the_chair_decided_is_said() -> None:
    assert "thông qua theo phía chủ tọa" in outcome(replace(OPINION, passed=True, decided_by_chair=True), "thành viên")
