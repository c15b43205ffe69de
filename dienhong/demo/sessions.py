"""What happens in the demo: a finished session, one that is running, one tomorrow."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from dienhong.demo.papers import PAPERS
from dienhong.demo.people import COUNCIL_MEMBERS, demo_id
from dienhong.demo.stage import Stage
from gateway.preparing import invitees_on_publication, notice_of
from kernel.ids import uuid7
from services.meeting import preparation_views as meetings
from services.meeting.messages import (
    AbsenceKind,
    AddAgendaItem,
    Answer,
    AnswerInvitation,
    ApproveDossier,
    BeginAgendaItem,
    CheckIn,
    DocumentKind,
    EndSpeech,
    GiveFloor,
    MeetingKind,
    Mode,
    NoteDiscussion,
    Obligation,
    OpenRollCall,
    OpenSession,
    PlanMeeting,
    PublishMeeting,
    Quorum,
    RecordAbsence,
    RecordConclusion,
    RequestFloor,
    SubmitDossier,
)
from services.voting.cards import catalogue
from services.voting.messages import CastBallot, ClosePoll, OpenPoll, PublishResult, QuorumSnapshot

MEMBERS = tuple(demo_id(each.login) for each in COUNCIL_MEMBERS)
SEATS = len(MEMBERS)
QUORUM = Quorum(seats=SEATS, numerator=2, denominator=3)
PAPER = {paper.key: paper for paper in PAPERS}
GUESTS = (demo_id("mattran"), demo_id("truongphong"), demo_id("vanhoa"))


@dataclass(frozen=True)
class Item:
    title: str
    minutes: int
    presenter: str
    papers: tuple[str, ...] = ()


REGULAR_ITEMS = (
    Item(
        "Báo cáo tình hình kinh tế - xã hội 9 tháng và nhiệm vụ 3 tháng cuối năm 2026", 30, "truongphong", ("economy",)
    ),
    Item("Báo cáo kết quả giải quyết kiến nghị của cử tri", 20, "mattran", ("petitions",)),
    Item("Tờ trình chủ trương đầu tư dự án Chỉnh trang đường Bến Trăng", 45, "truongphong", ("road", "road-review")),
    Item("Dự thảo nghị quyết phân bổ vốn đầu tư công năm 2027", 40, "lanhdao", ("budget",)),
)
THEMATIC_ITEMS = (
    Item("Tờ trình mức hỗ trợ học sinh bán trú các trường tiểu học", 40, "vanhoa", ("school",)),
    Item("Dự thảo nghị quyết phân bổ vốn đầu tư công năm 2027 (điều chỉnh)", 30, "truongphong", ("budget",)),
    Item("Chất vấn và trả lời chất vấn", 60, "chutoa", ("petitions",)),
)


@dataclass(frozen=True)
class Meeting:
    id: UUID
    items: tuple[UUID, ...]


def prepare(
    stage: Stage, name: str, title: str, kind: MeetingKind, starts_at: datetime, items: tuple[Item, ...]
) -> Meeting:
    """Planned, filled, submitted and approved; not yet published."""
    meeting = Meeting(demo_id(name), tuple(demo_id(f"{name}-{number}") for number in range(len(items))))
    stage.does(
        "vanthu",
        PlanMeeting,
        meeting_id=meeting.id,
        body_id=demo_id("council"),
        kind=kind,
        title=title,
        place="Hội trường A, trụ sở UBND phường Bến Trăng",
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=3),
        presiding_officer_id=demo_id("chutoa"),
        minute_taker_id=demo_id("vanthu"),
    )
    for item_id, item in zip(meeting.items, items, strict=True):
        stage.does(
            "vanthu",
            AddAgendaItem,
            meeting_id=meeting.id,
            item_id=item_id,
            title=item.title,
            minutes=item.minutes,
            presenter_id=demo_id(item.presenter),
        )
        for number, key in enumerate(item.papers):
            attached = DocumentKind.reference if number else DocumentKind.main
            stage.attaches(meeting.id, item_id, PAPER[key], attached)
    stage.goes_on(minutes=40)
    stage.does(
        "vanthu", SubmitDossier, meeting_id=meeting.id, leader_id=demo_id("lanhdao"), note="Kính trình phê duyệt."
    )
    return meeting


def approve_and_publish(stage: Stage, meeting: Meeting) -> None:
    stage.goes_on(minutes=90)
    stage.does("lanhdao", ApproveDossier, meeting_id=meeting.id, note="Đồng ý.")
    stage.goes_on(minutes=15)
    stage.embedded.settle()
    connection = stage.embedded.views.reader()
    planned = meetings.meeting(connection, meeting.id)
    assert planned is not None
    stage.does(
        "vanthu",
        PublishMeeting,
        meeting_id=meeting.id,
        invitees=invitees_on_publication(connection, planned, GUESTS),
        papers_due_at=notice_of(connection, planned, stage.now).papers_due_at,
    )


def answer(stage: Stage, meeting: Meeting, absent: tuple[int, ...]) -> None:
    for number, member in enumerate(COUNCIL_MEMBERS):
        stage.goes_on(seconds=37)
        away = number in absent
        stage.does(
            member.login,
            AnswerInvitation,
            meeting_id=meeting.id,
            person_id=demo_id(member.login),
            answer=Answer.absent if away else Answer.coming,
            reason="Đi công tác theo quyết định của cơ quan" if away else "",
        )


def call_the_roll(stage: Stage, meeting: Meeting, code: str, absent: tuple[int, ...], online: tuple[int, ...]) -> None:
    stage.does(
        "vanthu",
        OpenRollCall,
        meeting_id=meeting.id,
        code=code,
        voters=MEMBERS,
        others=(*GUESTS, demo_id("vanthu")),
        quorum=QUORUM,
    )
    for number, member in enumerate(COUNCIL_MEMBERS):
        stage.goes_on(seconds=11)
        person_id = demo_id(member.login)
        if number in absent:
            reason = "Đi công tác"
            stage.does(
                "vanthu",
                RecordAbsence,
                meeting_id=meeting.id,
                person_id=person_id,
                kind=AbsenceKind.absent_excused,
                reason=reason,
            )
        elif number in online:
            stage.does(member.login, CheckIn, meeting_id=meeting.id, person_id=person_id, mode=Mode.online)
        else:
            stage.does(
                member.login, CheckIn, meeting_id=meeting.id, person_id=person_id, mode=Mode.in_person, code=code
            )
    stage.goes_on(minutes=2)
    stage.does("chutoa", OpenSession, meeting_id=meeting.id)


def begin(stage: Stage, meeting: Meeting, number: int) -> None:
    stage.goes_on(minutes=3)
    stage.does("chutoa", BeginAgendaItem, meeting_id=meeting.id, item_id=meeting.items[number])


def ask_for_the_floor(stage: Stage, meeting: Meeting, number: int, subject: str) -> UUID:
    request_id = uuid7()
    member = COUNCIL_MEMBERS[number]
    stage.goes_on(seconds=40)
    stage.does(
        member.login,
        RequestFloor,
        meeting_id=meeting.id,
        request_id=request_id,
        person_id=demo_id(member.login),
        subject=subject,
    )
    return request_id


def speak(stage: Stage, meeting: Meeting, item: int, number: int, minutes: float, said: str) -> None:
    request_id = ask_for_the_floor(stage, meeting, number, "")
    stage.does("chutoa", GiveFloor, meeting_id=meeting.id, request_id=request_id, seconds=300)
    stage.goes_on(minutes=minutes)
    stage.does(
        "vanthu",
        NoteDiscussion,
        meeting_id=meeting.id,
        note_id=uuid7(),
        text=said,
        person_id=demo_id(COUNCIL_MEMBERS[number].login),
        item_id=meeting.items[item],
    )
    stage.does("chutoa", EndSpeech, meeting_id=meeting.id)


def open_poll(stage: Stage, meeting: Meeting, item: int, question: str, present: int) -> UUID:
    card = next(each for each in catalogue().card if each.card_id == "council_more_than_half")
    template = next(each for each in catalogue().choices if each.template_id == "for_against_not_voting")
    poll_id = uuid7()
    stage.does(
        "chutoa",
        OpenPoll,
        poll_id=poll_id,
        meeting_id=meeting.id,
        item_id=meeting.items[item],
        question=question,
        roll=MEMBERS,
        choices=template.choice,
        rule_card=card.rule,
        members=SEATS,
        quorum=QuorumSnapshot(
            seats=SEATS, needed=QUORUM.needed, present=present, as_of=stage.embedded.store.wait(0, 0)
        ),
        chair_id=demo_id("chutoa"),
    )
    return poll_id


def vote(stage: Stage, poll_id: UUID, choices: dict[str, list[int]], remote: tuple[int, ...] = ()) -> None:
    for choice, members in choices.items():
        for number in members:
            stage.goes_on(seconds=0.7)
            member = COUNCIL_MEMBERS[number]
            stage.does(
                member.login,
                CastBallot,
                poll_id=poll_id,
                voter_id=demo_id(member.login),
                choice=choice,
                remote=number in remote,
            )


def close_poll(stage: Stage, poll_id: UUID) -> None:
    stage.goes_on(seconds=20)
    stage.does("chutoa", ClosePoll, poll_id=poll_id)
    stage.embedded.settle()
    stage.goes_on(seconds=30)
    stage.does("chutoa", PublishResult, poll_id=poll_id)


def conclude(stage: Stage, meeting: Meeting, item: int, text: str, obligations: tuple[Obligation, ...] = ()) -> None:
    stage.goes_on(minutes=2)
    stage.does(
        "vanthu",
        RecordConclusion,
        meeting_id=meeting.id,
        item_id=meeting.items[item],
        text=text,
        obligations=obligations,
        presiding_officer_id=demo_id("chutoa"),
    )
