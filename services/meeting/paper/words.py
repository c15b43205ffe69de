"""Official Vietnamese wording of times, counts and results."""

from datetime import datetime

from kernel.vietnam import VIETNAM
from services.meeting.messages import AbsenceKind, DocumentKind, MeetingKind, Mode
from services.meeting.record_facts import Attendee, Body, LineFact, Person, Poll, Proof, Stay

COUNCIL_KINDS = frozenset({"people_council", "council_standing_board", "council_committee", "delegate_group"})

GATHERING = {
    MeetingKind.session_regular: "Kỳ họp",
    MeetingKind.session_thematic: "Kỳ họp",
    MeetingKind.session_urgent: "Kỳ họp",
    MeetingKind.committee_regular: "Phiên họp",
    MeetingKind.briefing: "Cuộc họp",
}

KIND = {
    MeetingKind.session_regular: "Kỳ họp thường lệ",
    MeetingKind.session_thematic: "Kỳ họp chuyên đề",
    MeetingKind.session_urgent: "Kỳ họp giải quyết công việc phát sinh đột xuất",
    MeetingKind.committee_regular: "Phiên họp thường kỳ",
    MeetingKind.briefing: "Họp giao ban",
}

PAPER_KIND = {DocumentKind.main: "", DocumentKind.reference: "tham khảo", DocumentKind.link: "liên kết"}

ABSENCE = {AbsenceKind.absent_excused: "Vắng có phép", AbsenceKind.absent_unexcused: "Vắng không phép"}

SYMBOLS = {"people_council": "HĐND", "people_committee": "UBND", "council_standing_board": "TTHĐND"}

PLACE_PREFIXES = ("phường ", "xã ", "thị trấn ", "thành phố ", "tỉnh ", "quận ", "huyện ", "thị xã ", "đặc khu ")
BODY_PREFIXES = ("Hội đồng nhân dân ", "Ủy ban nhân dân ")


def local(moment: datetime) -> datetime:
    return moment.astimezone(VIETNAM)


def day(moment: datetime) -> str:
    """Days 1 to 9 and months 1 and 2 have two digits, as the decree asks, so that nothing can be written before."""
    here = local(moment)
    return f"ngày {here.day:02} tháng {f'{here.month:02}' if here.month <= 2 else here.month} năm {here.year}"


def clock(moment: datetime) -> str:
    return f"{local(moment):%H:%M}"


def clock_in_words(moment: datetime) -> str:
    return f"{local(moment):%H} giờ {local(moment):%M} phút"


def moment_in_words(moment: datetime) -> str:
    return f"{clock_in_words(moment)}, {day(moment)}"


def short_moment(moment: datetime, with_day: bool) -> str:
    return f"{local(moment):%d/%m} {clock(moment)}" if with_day else clock(moment)


def duration(seconds: int) -> str:
    minutes, rest = divmod(seconds, 60)
    parts = [f"{minutes} phút"] if minutes else []
    parts += [f"{rest} giây"] if rest or not minutes else []
    return " ".join(parts)


def member(body: Body) -> str:
    """What a voting member of the body is called."""
    return "đại biểu" if body.kind in COUNCIL_KINDS else "thành viên"


def default_symbol(body: Body) -> str:
    return f"BB-{SYMBOLS.get(body.kind) or body.short_name.replace(' ', '') or 'VP'}"


def default_place_name(body: Body) -> str:
    """The seat's own name: `Hội đồng nhân dân phường Xuân Phú` sits in Xuân Phú; `Phường 7` keeps the word."""
    name = next((body.name.removeprefix(each) for each in BODY_PREFIXES if body.name.startswith(each)), "")
    if not name and body.parent:
        name = next((body.parent.removeprefix(each) for each in BODY_PREFIXES if body.parent.startswith(each)), "")
    for prefix in PLACE_PREFIXES:
        rest = name[len(prefix) :]
        if name.lower().startswith(prefix) and rest and not rest[0].isdigit():
            return rest
    return name[:1].upper() + name[1:] if name else body.short_name or body.name


def titled(person: Person) -> str:
    return ", ".join(filter(None, (person.full_name, person.position)))


def standing(person: Person, body: Body) -> str:
    """Position and unit; of the body's own members the unit goes without saying."""
    return ", ".join(filter(None, (person.position, person.unit if person.unit != body.name else "")))


def sentence(text: str) -> str:
    """With a full stop, where it does not end with a mark of its own."""
    text = text.strip()
    return text if text.endswith((".", "!", "?", "…", ":", ";")) else f"{text}."


def lowered(text: str) -> str:
    """For the middle of a sentence; names further on keep their capitals."""
    return text[:1].lower() + text[1:]


def stay(each: Stay, closed_at: datetime | None, with_day: bool) -> str:
    until = each.left_at or closed_at
    span = short_moment(each.arrived_at, with_day) + (f"–{short_moment(until, with_day)}" if until else "")
    return f"{span} (trực tuyến)" if each.mode is Mode.online else span


def absence(attendee: Attendee) -> str:
    if attendee.unrecorded:
        return "Không điểm danh"
    word = ABSENCE[attendee.absence] if attendee.absence else "Vắng"
    word = f"{word}: {attendee.reason}" if attendee.reason else word
    return f"{word}; người dự thay: {attendee.substitute_name}" if attendee.substitute_name else word


def base(proof: Proof, members: str) -> str:
    return {
        "all_members": f"{proof.base_count} {members}",
        "serving": f"{proof.base_count} {members} đương nhiệm",
        "present": f"{proof.base_count} {members} có mặt",
        "cast": f"{proof.base_count} phiếu đã bỏ",
    }[proof.base]


def proof_sentence(poll: Poll, body: Body) -> str:
    """The arithmetic of a result: of how many, how many were needed, how many were for, and by which rule."""
    proof = poll.proof
    assert proof is not None
    word = next((each.label.lower() for each in poll.counts if each.counts_for), "tán thành")
    chair = " theo phía chủ tọa do hai bên ngang phiếu" if proof.decided_by_chair else ""
    return (
        f"{base(proof, member(body))}; cần {proof.needed}; {proof.votes_for} {word}; "
        f"{'thông qua' if proof.passed else 'không thông qua'}{chair}; "
        f"quy tắc: {proof.rule} ({proof.legal_basis})."
    )


def outcome_sentence(poll: Poll, body: Body) -> str:
    """Of an election, a rating or several drafts: what the result by line is measured with."""
    proof = poll.proof
    assert proof is not None
    of = base(proof, member(body))
    rule = f"quy tắc: {proof.rule} ({proof.legal_basis})."
    match poll.method:
        case "election":
            still = f"còn {poll.open_posts} chức danh chưa bầu được" if poll.open_posts else "bầu đủ số lượng"
            return f"{of}; cần {proof.needed} phiếu để trúng cử; {still}; {rule}"
        case "rating":
            return f"{of}; quá nửa là {proof.needed} phiếu ở mức thấp; {rule}"
        case _:
            return f"{of}; mỗi dự thảo cần {proof.needed} phiếu; {rule}"


def line_outcome(line: LineFact, method: str) -> str:
    match method:
        case "election":
            return "Trúng cử" if line.passed else "Không trúng cử"
        case "rating":
            low = {"half_low": "Quá nửa ở mức thấp", "two_thirds_low": "Từ hai phần ba ở mức thấp"}
            return low.get(line.finding, "Không quá nửa ở mức thấp")
        case _:
            chair = " theo phía chủ tọa" if line.decided_by_chair else ""
            return f"{'Thông qua' if line.passed else 'Không thông qua'}{chair}"


def turnout_sentence(poll: Poll) -> str:
    assert poll.proof is not None
    return f"{poll.proof.cast} phiếu đã bỏ; không bỏ phiếu {poll.proof.not_cast}"


def counts_sentence(poll: Poll) -> str:
    assert poll.proof is not None
    counts = [f"{each.label.lower()} {each.count}" for each in poll.counts]
    return "; ".join((*counts, f"không bỏ phiếu {poll.proof.not_cast}"))
