"""The script of the demo: what its people did in the last weeks, do today and plan for tomorrow."""

from datetime import datetime, timedelta

from dienhong.demo import sessions as play
from dienhong.demo import ward
from dienhong.demo.officials import follow_up
from dienhong.demo.opinions import circulate
from dienhong.demo.people import demo_id
from dienhong.demo.stage import Stage
from gateway import minutes_paper
from kernel.ids import uuid7
from kernel.vietnam import VIETNAM
from services.meeting import minutes_views
from services.meeting.messages import (
    AddAgendaItem,
    ApproveMinutes,
    CloseSession,
    DraftMinutes,
    EditMinutes,
    MeetingKind,
    MinutesSection,
    Mode,
    NumberMinutes,
    Obligation,
    PlanMeeting,
    PublishMinutes,
    RecordArrival,
    RecordDeparture,
    SubmitMinutes,
)
from services.tasks import views as tasks
from services.tasks.messages import (
    AcceptCompletion,
    AcceptTask,
    AssignTask,
    DeliverCompletion,
    ReportProgress,
)

MINUTES_TEXTS = {
    MinutesSection.opening: "Bà Phan Thị Thu Hà, Chủ tịch Hội đồng nhân dân phường, khai mạc kỳ họp, nêu mục đích, yêu cầu và chương trình làm việc.",
    MinutesSection.proceedings: "Kỳ họp diễn ra nghiêm túc, đúng chương trình. Các đại biểu nghiên cứu tài liệu trên hệ thống.",
    MinutesSection.closing: "Chủ tọa cảm ơn các đại biểu và đề nghị các cơ quan khẩn trương thực hiện các kết luận của kỳ họp.",
}


def at(day: datetime, hour: int, minute: int = 0) -> datetime:
    return day.astimezone(VIETNAM).replace(hour=hour, minute=minute, second=0, microsecond=0)


def perform(stage: Stage, today: datetime) -> None:
    """From three weeks ago until now."""
    ward.found(stage)
    ward.open_accounts(stage)
    stage.comes_to(at(today - timedelta(days=18), 8))
    finished = play.prepare(
        stage,
        "session-finished",
        "Kỳ họp thứ ba (thường lệ), Hội đồng nhân dân phường Bến Trăng khóa I",
        MeetingKind.session_regular,
        at(today - timedelta(days=10), 8),
        play.REGULAR_ITEMS,
    )
    play.approve_and_publish(stage, finished)
    play.answer(stage, finished, absent=(7, 19, 33))
    stage.comes_to(at(today - timedelta(days=10), 7, 30))
    hold_regular_session(stage, finished, today)
    stage.comes_to(at(today - timedelta(days=9), 9))
    write_minutes(stage, finished)
    carry_out_tasks(stage, today)
    stage.comes_to(at(today - timedelta(days=6), 9))
    running = play.prepare(
        stage,
        "session-running",
        "Kỳ họp thứ tư (chuyên đề), Hội đồng nhân dân phường Bến Trăng khóa I",
        MeetingKind.session_thematic,
        today - timedelta(minutes=45),
        play.THEMATIC_ITEMS,
    )
    play.approve_and_publish(stage, running)
    play.answer(stage, running, absent=(11, 40))
    stage.comes_to(at(today - timedelta(days=5), 9))
    tomorrow = play.prepare(
        stage,
        "session-tomorrow",
        "Kỳ họp thứ năm (giải quyết công việc phát sinh đột xuất), khóa I",
        MeetingKind.session_urgent,
        at(today + timedelta(days=1), 8),
        play.REGULAR_ITEMS[2:],
    )
    play.approve_and_publish(stage, tomorrow)
    draft_next_session(stage, today)
    circulate(stage, running, today)
    stage.comes_to(max(stage.now, today - timedelta(hours=1)))
    begin_running_session(stage, running)
    follow_up(stage, finished)
    stage.comes_to(max(stage.now, today))


def hold_regular_session(stage: Stage, meeting: play.Meeting, today: datetime) -> None:
    play.call_the_roll(stage, meeting, "482915", absent=(7, 19, 33), online=(4, 28))
    play.begin(stage, meeting, 0)
    play.speak(
        stage, meeting, 0, 9, 4.5, "Đề nghị làm rõ nguyên nhân giải ngân vốn đầu tư công mới đạt 63,8% kế hoạch."
    )
    play.speak(stage, meeting, 0, 21, 3.2, "Kiến nghị sớm sửa chữa phòng chức năng của hai trường tiểu học.")
    play.begin(stage, meeting, 1)
    play.speak(stage, meeting, 1, 30, 2.8, "Cử tri khu phố 4 đề nghị thu gom rác trước 21 giờ.")
    stage.does("vanthu", RecordDeparture, meeting_id=meeting.id, person_id=demo_id("daibieu12"))
    play.begin(stage, meeting, 2)
    play.speak(
        stage, meeting, 2, 15, 5.6, "Thống nhất chủ trương; đề nghị phân luồng giao thông trong thời gian thi công."
    )
    stage.does("vanthu", RecordArrival, meeting_id=meeting.id, person_id=demo_id("daibieu12"), mode=Mode.in_person)
    everyone = [number for number in range(play.SEATS) if number not in (7, 19, 33)]
    road = play.open_poll(
        stage, meeting, 2, "Thông qua chủ trương đầu tư dự án Chỉnh trang đường Bến Trăng", len(everyone)
    )
    play.vote(stage, road, {"for": everyone[:41], "against": everyone[41:45], "not_voting": everyone[45:47]}, (4, 28))
    play.close_poll(stage, road)
    play.conclude(
        stage,
        meeting,
        2,
        "Hội đồng nhân dân phường thông qua chủ trương đầu tư dự án Chỉnh trang đường Bến Trăng. Giao các cơ quan thực hiện.",
        (
            _obligation(
                "Hoàn thiện phương án phân luồng giao thông đường Bến Trăng", "works", today - timedelta(days=3)
            ),
            _obligation(
                "Tổ chức họp dân 6 khu phố về phương án tạm trú khi thi công", "culture", today + timedelta(days=2)
            ),
        ),
    )
    play.begin(stage, meeting, 3)
    budget = play.open_poll(stage, meeting, 3, "Thông qua Nghị quyết phân bổ vốn đầu tư công năm 2027", len(everyone))
    play.vote(stage, budget, {"for": everyone[:25], "against": everyone[25:38], "not_voting": everyone[38:46]}, (4, 28))
    play.close_poll(stage, budget)
    play.conclude(
        stage,
        meeting,
        3,
        "Nghị quyết chưa được thông qua. Giao Ủy ban nhân dân phường rà soát danh mục dự án và trình lại tại kỳ họp sau.",
        (
            _obligation(
                "Rà soát danh mục 9 dự án đầu tư công, trình lại Hội đồng nhân dân", "works", today + timedelta(days=20)
            ),
            _obligation("Báo cáo nhu cầu vốn của các trường tiểu học", "culture", today - timedelta(days=4)),
        ),
    )
    stage.goes_on(minutes=5)
    stage.does("chutoa", CloseSession, meeting_id=meeting.id)


def write_minutes(stage: Stage, meeting: play.Meeting) -> None:
    """Drafted from the log, approved by the chair, distributed to everybody who took part."""
    head, chair = stage.embedded.store.wait(0, 0), demo_id("chutoa")
    stage.does("vanthu", DraftMinutes, meeting_id=meeting.id, as_of=head, presiding_officer_id=chair)
    stage.does("vanthu", NumberMinutes, meeting_id=meeting.id, number="07", symbol="BB-HĐND", place_name="Bến Trăng")
    for section, text in MINUTES_TEXTS.items():
        stage.goes_on(minutes=12)
        stage.does("vanthu", EditMinutes, meeting_id=meeting.id, section=section, text=text, revision=0)
    stage.embedded.settle()
    drafted = minutes_views.minutes(stage.embedded.views.reader(), meeting.id)
    assert drafted is not None
    pdf = stage.embedded.blobs.put([minutes_paper.render(stage.embedded.gate, drafted)]).sha256
    stage.does("vanthu", SubmitMinutes, meeting_id=meeting.id, pdf_sha256=pdf, changes=drafted.changes)
    stage.goes_on(minutes=50)
    stage.does("chutoa", ApproveMinutes, meeting_id=meeting.id, pdf_sha256=pdf)
    stage.goes_on(minutes=10)
    stage.does(
        "vanthu",
        PublishMinutes,
        meeting_id=meeting.id,
        recipient_ids=(*play.MEMBERS, *play.GUESTS),
        recipient_unit_ids=(demo_id("works"), demo_id("culture")),
    )


def carry_out_tasks(stage: Stage, today: datetime) -> None:
    by_title = {each.title.split(" ")[0]: each.id for each in tasks.tasks(stage.embedded.views.reader(), stage.now)}
    traffic, survey, schools = by_title["Hoàn"], by_title["Rà"], by_title["Báo"]
    stage.does("truongphong", AcceptTask, task_id=traffic, responsible_id=demo_id("chuyenvien"))
    stage.does("truongphong", AcceptTask, task_id=survey, responsible_id=demo_id("truongphong"))
    stage.does("vanhoa", AcceptTask, task_id=schools, responsible_id=demo_id("vanhoa"))
    stage.comes_to(at(today - timedelta(days=8), 15))
    stage.does(
        "chuyenvien", ReportProgress, task_id=traffic, percent=40, note="Đã khảo sát 5 nút giao, đang lập phương án."
    )
    stage.does("truongphong", ReportProgress, task_id=survey, percent=20, note="Đã làm việc với chủ đầu tư 4 dự án.")
    stage.does(
        "vanhoa", DeliverCompletion, task_id=schools, report="Tổng nhu cầu 4 trường: 6,2 tỷ đồng, chi tiết kèm theo."
    )
    stage.comes_to(at(today - timedelta(days=7), 10))
    stage.does("chutoa", AcceptCompletion, task_id=schools)
    stage.does(
        "chutoa",
        AssignTask,
        task_id=uuid7(),
        title="Lắp biển hướng dẫn tại Trung tâm phục vụ hành chính công",
        lead_unit_id=demo_id("office"),
        coordinating_unit_ids=(demo_id("works"),),
        due_at=at(today + timedelta(days=12), 17),
        assigner_id=demo_id("chutoa"),
    )


def draft_next_session(stage: Stage, today: datetime) -> None:
    """A meeting that the clerk is still preparing."""
    meeting_id, starts_at = demo_id("session-draft"), at(today + timedelta(days=24), 8)
    stage.does(
        "vanthu",
        PlanMeeting,
        meeting_id=meeting_id,
        body_id=demo_id("council"),
        kind=MeetingKind.session_regular,
        title="Kỳ họp thứ sáu (thường lệ cuối năm 2026), khóa I",
        place="Hội trường A, trụ sở UBND phường Bến Trăng",
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=8),
        presiding_officer_id=demo_id("chutoa"),
        minute_taker_id=demo_id("vanthu"),
    )
    for title in ("Báo cáo kinh tế - xã hội năm 2026", "Dự toán ngân sách năm 2027", "Chương trình giám sát năm 2027"):
        stage.does("vanthu", AddAgendaItem, meeting_id=meeting_id, item_id=uuid7(), title=title, minutes=40)


def begin_running_session(stage: Stage, meeting: play.Meeting) -> None:
    """The first item is being discussed; two people wait for the floor."""
    play.call_the_roll(stage, meeting, "735028", absent=(11, 40), online=(6, 22, 45))
    play.begin(stage, meeting, 0)
    play.speak(stage, meeting, 0, 13, 3.0, "Đề nghị tăng mức hỗ trợ cho học sinh thuộc hộ cận nghèo.")
    play.ask_for_the_floor(stage, meeting, 17, "Nguồn kinh phí hỗ trợ bán trú")
    play.ask_for_the_floor(stage, meeting, 26, "Thời điểm bắt đầu chi trả")


def _obligation(text: str, unit: str, due: datetime) -> Obligation:
    return Obligation(obligation_id=uuid7(), text=text, lead_unit_id=demo_id(unit), due_at=at(due, 17))
