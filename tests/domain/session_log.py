"""The log of a whole council session, as events with positions: for the record and the minutes made of it."""

from datetime import UTC, datetime, timedelta
from uuid import NAMESPACE_OID, UUID, uuid5

from kernel.messages import Event, Recorded
from services.directory.messages import PersonRegistered, Tier, UnitEstablished, UnitKind
from services.meeting.messages import (
    AbsenceKind,
    AbsenceRecorded,
    AgendaItemAdded,
    AgendaItemBegun,
    Answer,
    Arrived,
    ConclusionRecorded,
    Departed,
    DiscussionNoted,
    DocumentAttached,
    DocumentKind,
    FloorGiven,
    FloorRequested,
    InvitationAnswered,
    MeetingKind,
    MeetingPlanned,
    Mode,
    NoteCorrected,
    Obligation,
    Quorum,
    RollCallOpened,
    SessionClosed,
    SessionOpened,
    SessionResumed,
    SessionSuspended,
    SpeechEnded,
)
from services.voting.messages import (
    BallotCast,
    Choice,
    PollClosed,
    PollOpened,
    PollTallied,
    QuorumSnapshot,
    ResultPublished,
    RuleCard,
)
from tests.stamps import ids

BEGAN = datetime(2026, 2, 5, 0, 40, tzinfo=UTC)
"""07:40 in Việt Nam."""

MEETING, BODY, OFFICE, FINANCE = ids("session"), ids("council"), ids("office"), ids("finance")
CHAIR, CLERK, GUEST = ids("delegate 0"), ids("minute taker"), ids("guest")

FAMILIES = ("Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Huỳnh", "Võ", "Đặng", "Bùi", "Đỗ", "Hồ", "Ngô", "Dương", "Lý")
MIDDLES = ("Thị", "Văn", "Hữu", "Ngọc", "Thanh", "Đức", "Minh", "Quốc", "Thị Mỹ", "Công Tằng Tôn Nữ Thị")
GIVEN = ("Ánh", "Bình", "Cường", "Dũng", "Đạt", "Hằng", "Hưởng", "Khuê", "Lượng", "Mẫn", "Nghĩa", "Quỳnh", "Tuyết")
POSITIONS = ("", "Trưởng Ban Kinh tế - Xã hội", "Tổ trưởng Tổ đại biểu số 3", "Phó Chủ tịch Ủy ban MTTQ phường")

CARD = RuleCard(
    card_id="council_resolution",
    title="Nghị quyết của Hội đồng nhân dân: quá nửa tổng số đại biểu",
    legal_basis="Luật Tổ chức chính quyền địa phương",
    certainty="A",
    base="all_members",
    threshold="more_than",
    numerator=1,
    denominator=2,
)
CHOICES = (
    Choice(key="for", label="Tán thành", counts_for=True),
    Choice(key="against", label="Không tán thành", counts_against=True),
    Choice(key="not_voting", label="Không biểu quyết"),
)


def name(index: int) -> str:
    return f"{FAMILIES[index % 14]} {MIDDLES[index % 10]} {GIVEN[index % 13]}"


def delegate(index: int) -> UUID:
    return ids(f"delegate {index}")


def item(index: int | str) -> UUID:
    return ids(f"item {index}")


class Log:
    """Appends one event after the other; each `at` is in minutes after `BEGAN`."""

    def __init__(self) -> None:
        self.events: list[tuple[Recorded, Event]] = []
        self._versions: dict[str, int] = {}

    def add(self, at: float, stream: str, *events: Event) -> None:
        for event in events:
            position = len(self.events) + 1
            version = self._versions.get(stream, -1) + 1
            self._versions[stream] = version
            recorded = Recorded(
                id=uuid5(NAMESPACE_OID, str(position)),
                type=type(event).__name__,
                stream=stream,
                version=version,
                position=position,
                recorded_at=BEGAN + timedelta(minutes=at),
                actor=str(CLERK),
                deployment="test",
                correlation_id=uuid5(NAMESPACE_OID, "correlation"),
                causation_id=uuid5(NAMESPACE_OID, "cause"),
                data=event.model_dump_json().encode(),
                meta=b"{}",
            )
            self.events.append((recorded, event))

    @property
    def head(self) -> int:
        return len(self.events)


def directory(log: Log, delegates: int) -> None:
    def unit(unit_id: UUID, title: str, short: str, kind: UnitKind) -> None:
        day = datetime(2025, 7, 1).date()
        log.add(
            -9000,
            f"unit-{unit_id}",
            UnitEstablished(
                unit_id=unit_id, name=title, short_name=short, kind=kind, tier=Tier.commune_level, valid_from=day
            ),
        )

    unit(BODY, "Hội đồng nhân dân phường Xuân Phú", "HĐND phường", UnitKind.people_council)
    unit(OFFICE, "Văn phòng Hội đồng nhân dân và Ủy ban nhân dân phường Xuân Phú", "VP", UnitKind.office)
    unit(FINANCE, "Phòng Kinh tế, Hạ tầng và Đô thị phường Xuân Phú", "KTHTĐT", UnitKind.department)
    people = [(delegate(i), name(i), POSITIONS[i % 4], BODY) for i in range(delegates)]
    people[0] = (CHAIR, "Trương Đình Thụy", "Chủ tịch Hội đồng nhân dân", BODY)
    people += [(CLERK, "Đoàn Thị Diễm Ngữ", "Chuyên viên", OFFICE), (GUEST, "Vũ Hoài Ưng", "Trưởng phòng", FINANCE)]
    for person_id, full_name, position, unit_id in people:
        registered = PersonRegistered(person_id=person_id, full_name=full_name, position=position, unit_id=unit_id)
        log.add(-8000, f"person-{person_id}", registered)


def prepared(log: Log, items: int) -> None:
    stream = f"meeting-{MEETING}"
    log.add(
        -7000,
        stream,
        MeetingPlanned(
            meeting_id=MEETING,
            body_id=BODY,
            kind=MeetingKind.session_regular,
            title="Kỳ họp thứ ba (thường lệ giữa năm), Hội đồng nhân dân phường Xuân Phú khóa II, nhiệm kỳ 2026 - 2031",
            place="Hội trường Ủy ban nhân dân phường Xuân Phú, số 12 đường Lý Thường Kiệt",
            starts_at=BEGAN + timedelta(minutes=20),
            ends_at=BEGAN + timedelta(minutes=240),
            presiding_officer_id=CHAIR,
            minute_taker_id=CLERK,
        ),
    )
    for index in range(items):
        log.add(
            -6000,
            stream,
            AgendaItemAdded(
                meeting_id=MEETING,
                item_id=item(index),
                title=f"Tờ trình về dự toán thu, chi ngân sách và kế hoạch đầu tư công trung hạn, phần {index + 1}",
                minutes=30,
                presenter_id=GUEST,
                presenter_text="thay mặt Ủy ban nhân dân phường",
            ),
            DocumentAttached(
                meeting_id=MEETING,
                document_id=ids(f"paper {index}"),
                kind=DocumentKind.main,
                item_id=item(index),
                title=f"Tờ trình số {index + 11}/TTr-UBND",
                late=index == 1,
            ),
        )
    sub = AgendaItemAdded(
        meeting_id=MEETING, item_id=item("0.1"), title="Thảo luận tại tổ", minutes=15, parent_id=item(0)
    )
    log.add(-6000, stream, sub)
    personal = DocumentAttached(
        meeting_id=MEETING,
        document_id=ids("private paper"),
        kind=DocumentKind.personal,
        for_person_id=CHAIR,
        title="Ghi chú riêng của chủ tọa",
    )
    log.add(-6000, stream, personal)
    answers = ((1, Answer.absent, "Đi công tác theo quyết định của Tỉnh ủy"), (2, Answer.substitute, ""))
    for index, answer, said in answers:
        log.add(
            -5000,
            stream,
            InvitationAnswered(
                meeting_id=MEETING,
                person_id=delegate(index),
                answer=answer,
                reason=said,
                substitute_name="Mai Thị Lựu" if answer is Answer.substitute else "",
            ),
        )


def opened(log: Log, delegates: int) -> None:
    stream = f"sitting-{MEETING}"
    voters = tuple(delegate(i) for i in range(delegates))
    quorum = Quorum(seats=delegates, numerator=2, denominator=3)
    roll_call = RollCallOpened(meeting_id=MEETING, code="123456", voters=voters, others=(GUEST,), quorum=quorum)
    log.add(0, stream, roll_call)
    for index in (0, *range(3, delegates)):
        mode = Mode.online if index % 9 == 4 else Mode.in_person
        arrived = Arrived(meeting_id=MEETING, person_id=delegate(index), mode=mode, by="self")
        log.add(0.3 * index + 1, stream, arrived)
    log.add(18, stream, Arrived(meeting_id=MEETING, person_id=GUEST, mode=Mode.in_person, by="clerk"))
    absent = AbsenceRecorded(meeting_id=MEETING, person_id=delegate(1), kind=AbsenceKind.absent_excused)
    log.add(19, stream, absent)
    needed = quorum.needed
    log.add(20, stream, SessionOpened(meeting_id=MEETING, present=delegates - 2, needed=needed))


def discussed(log: Log, index: int, at: float, speakers: int) -> None:
    stream = f"sitting-{MEETING}"
    log.add(at, stream, AgendaItemBegun(meeting_id=MEETING, item_id=item(index)))
    for k in range(speakers):
        person = delegate(3 + (7 * index + 5 * k) % 40)
        request = ids(f"request {index} {k}")
        log.add(
            at + 1 + 2 * k,
            stream,
            FloorRequested(
                meeting_id=MEETING,
                request_id=request,
                person_id=person,
                item_id=item(index),
                subject="Đề nghị làm rõ nguồn vốn đối ứng và tiến độ giải phóng mặt bằng" if k % 2 else "",
            ),
            FloorGiven(meeting_id=MEETING, request_id=request, person_id=person, item_id=item(index), seconds=180),
        )
        log.add(at + 2.5 + 2 * k, stream, SpeechEnded(meeting_id=MEETING, request_id=request, person_id=person))
    note = ids(f"note {index}")
    log.add(
        at + 9,
        stream,
        DiscussionNoted(
            meeting_id=MEETING,
            note_id=note,
            person_id=delegate(5),
            item_id=item(index),
            text="Thống nhất chủ trương",
        ),
        NoteCorrected(
            meeting_id=MEETING,
            note_id=note,
            text="Thống nhất chủ trương; đề nghị Ủy ban nhân dân phường bổ sung phương án bố trí tái định cư, "
            "công khai giá đất cụ thể và báo cáo Hội đồng nhân dân trước ngày 30 tháng 6.",
        ),
    )


def voted(log: Log, index: int, at: float, delegates: int, *, published: bool = True) -> UUID:
    """27 and more for; who has a number divisible by 4 is against, by 11 does not vote; one ballot comes too late."""
    poll = ids(f"poll {index}")
    present = tuple(delegate(i) for i in (0, *range(3, delegates)))
    log.add(
        at,
        f"poll-{poll}",
        PollOpened(
            poll_id=poll,
            meeting_id=MEETING,
            item_id=item(index),
            question=f"Thông qua dự thảo Nghị quyết về phân bổ dự toán ngân sách địa phương, phần {index + 1}",
            roll=present,
            choices=CHOICES,
            rule_card=CARD,
            members=delegates,
            quorum=QuorumSnapshot(seats=delegates, needed=-(-delegates * 2 // 3), present=len(present), as_of=log.head),
            chair_id=CHAIR,
        ),
    )
    counts = {"for": 0, "against": 0, "not_voting": 0}
    for k, voter in enumerate(present[:-2]):
        choice = "against" if (k + index) % 4 == 3 else "not_voting" if (k + index) % 11 == 5 else "for"
        counts[choice] += 1
        cast = BallotCast(poll_id=poll, voter_id=voter, choice=choice, remote=k % 9 == 4)
        log.add(at + 0.02 * k, f"ballot-{poll}+{voter}", cast)
    log.add(at + 2, f"poll-{poll}", PollClosed(poll_id=poll))
    log.add(at + 2, f"ballot-{poll}+{present[-1]}", BallotCast(poll_id=poll, voter_id=present[-1], choice="for"))
    needed = delegates // 2 + 1
    log.add(
        at + 2.1,
        f"poll-{poll}",
        PollTallied(
            poll_id=poll,
            counts=counts,
            cast=sum(counts.values()),
            not_cast=2,
            base_count=delegates,
            needed=needed,
            votes_for=counts["for"],
            passed=counts["for"] >= needed,
            card_id=CARD.card_id,
        ),
    )
    if published:
        log.add(at + 3, f"poll-{poll}", ResultPublished(poll_id=poll))
    return poll


def concluded(log: Log, index: int, at: float) -> None:
    obligation = Obligation(
        obligation_id=ids(f"obligation {index}"),
        text="Hoàn thiện hồ sơ, tiếp thu ý kiến của đại biểu và trình ký ban hành Nghị quyết",
        lead_unit_id=FINANCE,
        coordinating_unit_ids=(OFFICE,),
        due_at=datetime(2026, 3, 1, 10, 0, tzinfo=UTC),
    )
    log.add(
        at,
        f"conclusion-{MEETING}+{item(index)}",
        ConclusionRecorded(
            meeting_id=MEETING,
            item_id=item(index),
            text="Hội đồng nhân dân phường thống nhất thông qua.\nGiao Ủy ban nhân dân phường tổ chức thực hiện.",
            obligations=(obligation,),
            new_obligations=(obligation.obligation_id,),
            presiding_officer_id=CHAIR,
            revision=1,
        ),
    )


def whole_session(delegates: int = 51, items: int = 6, speakers: int = 3) -> Log:
    log, stream = Log(), f"sitting-{MEETING}"
    directory(log, delegates)
    prepared(log, items)
    opened(log, delegates)
    for index in range(items):
        at = 22 + 20 * index
        discussed(log, index, at, speakers)
        if index == 1:
            log.add(at + 10, stream, SessionSuspended(meeting_id=MEETING, reason="giải lao"))
            log.add(at + 11, stream, SessionResumed(meeting_id=MEETING))
        if index == 2:
            for k in range(3, min(delegates, 20)):
                log.add(at + 10 + 0.1 * k, stream, Departed(meeting_id=MEETING, person_id=delegate(k)))
            for k in range(3, min(delegates, 20)):
                back = Arrived(meeting_id=MEETING, person_id=delegate(k), mode=Mode.in_person, by="clerk")
                log.add(at + 12 + 0.1 * k, stream, back)
        voted(log, index, at + 15, delegates, published=index != items - 1)
        concluded(log, index, at + 19)
    log.add(22 + 20 * items, stream, SessionClosed(meeting_id=MEETING))
    return log
