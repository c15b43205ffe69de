"""Who was there: the summary, the quorum table and line, and the annexed list."""

from datetime import datetime, timedelta

from kernel.paper.blocks import Block, chart, paragraph, table
from services.meeting.messages import AbsenceKind, Mode
from services.meeting.paper import words
from services.meeting.record_facts import Attendee, QuorumLine, Record

TICKS = 6
MAX_ABSENT_IN_TEXT = 15


def over_days(record: Record) -> bool:
    """Whether the sitting ran over midnight, so that times need their day."""
    moments = [each for each in (record.opened_at, record.closed_at) if each]
    return len({words.local(moment).date() for moment in moments}) > 1


def summary(record: Record) -> list[Block]:
    voters = [each for each in record.attendees if each.voting]
    guests = [each for each in record.attendees if not each.voting]
    member = words.member(record.body)
    came = [each for each in voters if each.stays]
    online = sum(all(stay.mode is Mode.online for stay in each.stays) for each in came)
    excused = sum(each.absence is AbsenceKind.absent_excused for each in voters)
    unrecorded = sum(each.unrecorded for each in voters)
    absent = [each for each in voters if not each.stays and not each.unrecorded]
    parts = [
        f"Tổng số {member}: {record.quorum.seats if record.quorum else len(voters)}",
        f"có tên trong danh sách điểm danh: {len(voters)}",
        f"có mặt: {len(came)}" + (f" (trong đó {online} dự trực tuyến)" if online else ""),
        f"vắng: {len(absent)}" + (f" (trong đó {excused} vắng có phép)" if excused else ""),
        *([f"không điểm danh: {unrecorded}"] if unrecorded else []),
    ]
    blocks = [paragraph("; ".join(parts) + ".")]
    if absent and len(absent) <= MAX_ABSENT_IN_TEXT:
        blocks.append(paragraph("; ".join(map(absent_line, absent)) + ".", f"{member.capitalize()} vắng mặt:"))
    if here := [each for each in guests if each.stays]:
        blocks.append(paragraph("; ".join(guest_line(each) for each in here) + ".", "Khách mời và người dự họp:"))
    return blocks


def absent_line(attendee: Attendee) -> str:
    return f"{words.titled(attendee.person)} ({words.lowered(words.absence(attendee))})"


def guest_line(attendee: Attendee) -> str:
    person = attendee.person
    return ", ".join(filter(None, (person.full_name, person.position, person.unit)))


def quorum_blocks(record: Record) -> list[Block]:
    line = record.quorum
    if line is None:
        return []
    rows = [
        [
            words.short_moment(at, over_days(record)),
            label,
            f"{present_at(line, at)}/{line.seats}",
            str(line.needed),
            "Đủ" if present_at(line, at) >= line.needed else "Không đủ",
        ]
        for at, label in moments(record, line)
    ]
    columns = [
        ("Thời điểm", 1.3, "center"),
        ("Diễn biến", 4, "left"),
        ("Có mặt", 1.1, "center"),
        ("Cần tối thiểu", 1.1, "center"),
        ("Số lượng họp hợp lệ", 1.4, "center"),
    ]
    return [
        table(f"Số {words.member(record.body)} có mặt tại các thời điểm", columns, rows),
        *quorum_chart(record, line),
    ]


def moments(record: Record, line: QuorumLine) -> list[tuple[datetime, str]]:
    """What the quorum mattered for, in order: opening, votes, interruptions, its loss and return, the close."""
    found: list[tuple[datetime, str]] = []
    if record.opened_at:
        found.append((record.opened_at, "Khai mạc"))
    found += [(poll.opened_at, f"Biểu quyết lần {i}") for i, poll in enumerate(record.polls, 1)]
    for each in record.interruptions:
        found.append((each.began_at, "Tạm dừng" + (f": {each.reason}" if each.reason else "")))
        found += [(each.ended_at, "Họp tiếp")] if each.ended_at else []
    for before, step in zip(line.steps, line.steps[1:], strict=False):
        if record.opened_at and step.at > record.opened_at and before.met != step.met:
            found.append((step.at, "Đủ lại số lượng họp hợp lệ" if step.met else "Không còn đủ số lượng họp hợp lệ"))
    if record.closed_at:
        found.append((record.closed_at, "Bế mạc"))
    return sorted(found, key=lambda each: each[0])


def present_at(line: QuorumLine, at: datetime) -> int:
    return next((step.present for step in reversed(line.steps) if step.at <= at), 0)


def quorum_chart(record: Record, line: QuorumLine) -> list[Block]:
    began = line.steps[0].at
    ended = max(record.closed_at or line.steps[-1].at, line.steps[-1].at)
    length = (ended - began).total_seconds()
    if length <= 0:
        return []
    steps = [((step.at - began).total_seconds(), step.present) for step in line.steps]
    ticks = [
        (length * i / TICKS, words.short_moment(began + timedelta(seconds=length * i / TICKS), over_days(record)))
        for i in range(TICKS + 1)
    ]
    least = min((step.present for step in line.steps if record.opened_at and step.at >= record.opened_at), default=0)
    member = words.member(record.body)
    return [
        chart(
            f"Số {member} có mặt trong suốt {words.GATHERING[record.kind].lower()}; "
            f"đường nét đứt: số tối thiểu cần có ({line.needed})",
            f"Biểu đồ đường số {member} có mặt từ {words.clock(began)} đến {words.clock(ended)}: cao nhất "
            f"{max(step.present for step in line.steps)}, cần tối thiểu {line.needed} trên tổng số {line.seats}"
            + (f", thấp nhất sau khai mạc {least}." if least else "."),
            [*steps, (length, line.steps[-1].present)],
            length=length,
            top=max(line.seats, max(step.present for step in line.steps)),
            threshold=line.needed,
            ticks=ticks,
        )
    ]


def attendance_list(record: Record) -> list[Block]:
    """The annexed list: voting members, then everybody else, each with their times."""
    rows: list[list[str]] = []
    groups = [(words.member(record.body).capitalize(), True), ("Khách mời và người dự họp", False)]
    number = 0
    for title, voting in groups:
        members = [each for each in record.attendees if each.voting is voting]
        if members:
            rows.append([f"{title} ({len(members)} người)"])
        for each in members:
            number += 1
            rows.append(attendance_row(number, each, record))
    columns = [
        ("STT", 0.6, "center"),
        ("Họ và tên", 2.6, "left"),
        ("Chức vụ, đơn vị", 3.2, "left"),
        ("Thời gian có mặt", 2.4, "left"),
        ("Ghi chú", 2.2, "left"),
    ]
    return [table("", columns, rows)]


def attendance_row(number: int, attendee: Attendee, record: Record) -> list[str]:
    person = attendee.person
    present = "; ".join(words.stay(each, record.closed_at, over_days(record)) for each in attendee.stays)
    return [str(number), person.full_name, words.standing(person, record.body), present, remark(attendee, record)]


def remark(attendee: Attendee, record: Record) -> str:
    added = attendee.added_at
    since = f"Bổ sung lúc {words.short_moment(added, over_days(record))}" if added else ""
    missing = "" if attendee.stays else words.absence(attendee)
    return "; ".join(filter(None, (since, words.lowered(missing) if since else missing)))
