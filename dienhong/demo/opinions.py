"""The demo's circulated opinion: sent some days ago, due in three working days, answered by some of the 51."""

from datetime import datetime, timedelta

from dienhong.demo.people import COUNCIL_MEMBERS, demo_id
from dienhong.demo.sessions import MEMBERS, SEATS, Meeting
from dienhong.demo.stage import Stage
from kernel.vietnam import VIETNAM, day_of
from services.meeting import preparation_views as meetings
from services.tasks.deadlines import END_OF_WORK, add_working_days
from services.voting.cards import catalogue
from services.voting.messages import (
    AttachToForm,
    CirculateOpinionForm,
    DraftOpinionForm,
    RemindMembers,
    SubmitAnswer,
    SubmitOpinionForm,
)
from services.voting.messages.circulation import Clause, Comment

FORM = demo_id("opinion-form")
CLAUSES = (
    Clause(
        key="c1",
        title="Điều 1 khoản 2",
        text="Ưu tiên bố trí vốn cho các dự án trường học và chống ngập đã có quyết định đầu tư.",
    ),
    Clause(
        key="c2",
        title="Điều 2",
        text="Ủy ban nhân dân phường báo cáo tiến độ giải ngân với Thường trực Hội đồng nhân dân hằng quý.",
    ),
)
ANSWERED = 17
"""Delegates 2 to 18; the first one still finds the form on the home page."""

COMMENTS = {
    3: (Comment(clause_key="c1", text="Đề nghị bổ sung các tuyến hẻm thường xuyên ngập trên 20 cm."),),
    8: (Comment(clause_key="c2", text="Nên báo cáo hằng tháng trong sáu tháng cuối năm."),),
    13: (
        Comment(clause_key="c1", text="Nêu rõ danh mục trường học được ưu tiên."),
        Comment(text="Thống nhất với bố cục và sự cần thiết ban hành."),
    ),
}


def circulate(stage: Stage, meeting: Meeting, today: datetime) -> None:
    """About the draft resolution on the agenda of `meeting`, whose paper goes with it."""
    stage.comes_to(max(stage.now, today - timedelta(days=4)))
    due_at = datetime.combine(add_working_days(day_of(today), 3), END_OF_WORK, VIETNAM)
    card = next(each for each in catalogue().card if each.card_id == "council_more_than_half")
    template = next(each for each in catalogue().choices if each.template_id == "for_against_other")
    stage.does(
        "vanthu",
        DraftOpinionForm,
        form_id=FORM,
        body_id=demo_id("council"),
        chair_id=demo_id("chutoa"),
        title="Dự thảo Nghị quyết phân bổ vốn đầu tư công năm 2027 (điều chỉnh)",
        question="Đại biểu có tán thành nội dung điều chỉnh của dự thảo Nghị quyết không?",
        choices=template.choice,
        clauses=CLAUSES,
        due_at=due_at,
        rule_card=card.rule.model_copy(update={"needs_quorum": False, "allows_change": True}),
    )
    stage.embedded.settle()
    papers = meetings.documents_of(stage.embedded.views.reader(), str(meeting.id), for_person=str(demo_id("vanthu")))
    for paper in papers[1:2]:
        stage.does("vanthu", AttachToForm, form_id=FORM, document_id=paper.document_id, title=paper.title)
    stage.goes_on(minutes=20)
    stage.does("vanthu", SubmitOpinionForm, form_id=FORM)
    stage.goes_on(minutes=90)
    stage.does("chutoa", CirculateOpinionForm, form_id=FORM, roll=MEMBERS, members=SEATS, serving=SEATS)
    for number in range(2, 2 + ANSWERED):
        stage.goes_on(minutes=45)
        _answer(stage, number)
    silent = [demo_id(each.login) for each in COUNCIL_MEMBERS if each.login not in _logins()]
    stage.does("vanthu", RemindMembers, form_id=FORM, voter_ids=silent, occasion="by_hand")


def _logins() -> set[str]:
    return {f"daibieu{number:02}" for number in range(2, 2 + ANSWERED)}


def _answer(stage: Stage, number: int) -> None:
    login = f"daibieu{number:02}"
    stage.does(
        login,
        SubmitAnswer,
        form_id=FORM,
        voter_id=demo_id(login),
        choice="against" if number == 6 else "other_opinion" if number == 11 else "for",
        reason="Cần làm rõ nguồn vốn đối ứng." if number == 6 else "",
        comments=COMMENTS.get(number, ()),
    )
