"""What happened on each agenda item: papers, speakers, notes, votes with their proof, conclusion and obligations."""

from kernel.paper.blocks import Block, bullets, heading, paragraph, table, written
from services.meeting.paper import words
from services.meeting.paper.attendance import over_days
from services.meeting.record_facts import Conclusion, ItemRecord, Note, Paper, Poll, Proceedings, Record, Speech, Vote

VOTES_PER_TABLE = 4


def agenda_blocks(record: Record) -> list[Block]:
    blocks: list[Block] = []
    for item in record.items:
        blocks.append(heading(min(item.level + 1, 4), f"{item.number}. {item.title}"))
        blocks += taken(item, record)
        blocks += happened(item.proceedings, record)
    if not record.unplaced.empty:
        blocks.append(heading(2, "Nội dung khác"))
        blocks += happened(record.unplaced, record)
    return blocks


def taken(item: ItemRecord, record: Record) -> list[Block]:
    parts = [f"Trình bày: {item.presenter}"] if item.presenter else []
    if item.taken_at:
        times = ", ".join(words.short_moment(at, over_days(record)) for at in item.taken_at)
        parts.append(f"bắt đầu lúc {times}")
    elif item.proceedings.empty and not has_subitems(item, record):
        parts.append(f"nội dung này chưa được tiến hành tại {words.GATHERING[record.kind].lower()}")
    text = "; ".join(parts)
    return [paragraph(text[:1].upper() + text[1:] + ".")] if text else []


def has_subitems(item: ItemRecord, record: Record) -> bool:
    return any(each.number.startswith(f"{item.number}.") for each in record.items)


def happened(proceedings: Proceedings, record: Record) -> list[Block]:
    return [
        *papers(proceedings.papers),
        *speeches(proceedings.speeches, record),
        *notes(proceedings.notes),
        *(block for poll in proceedings.polls for block in poll_blocks(poll, record)),
        *(conclusion(proceedings.conclusion, record) if proceedings.conclusion else ()),
    ]


def papers(found: tuple[Paper, ...]) -> list[Block]:
    if not found:
        return []
    remarks = [(each, [words.PAPER_KIND.get(each.kind, ""), "gửi muộn" if each.late else ""]) for each in found]
    lines = [each.title + (f" ({', '.join(filter(None, said))})" if any(said) else "") for each, said in remarks]
    return [paragraph("; ".join(lines) + ".", "Tài liệu:")]


def speeches(found: tuple[Speech, ...], record: Record) -> list[Block]:
    if not found:
        return []
    rows = [
        [
            str(i),
            each.person.full_name,
            words.standing(each.person, record.body),
            words.short_moment(each.began_at, over_days(record)),
            words.duration(each.seconds),
            each.subject,
        ]
        for i, each in enumerate(found, 1)
    ]
    columns = [
        ("STT", 0.6, "center"),
        ("Người phát biểu", 2.4, "left"),
        ("Chức vụ, đơn vị", 2.4, "left"),
        ("Lúc", 1, "center"),
        ("Thời lượng", 2, "center"),
        ("Nội dung đăng ký", 2.6, "left"),
    ]
    return [table(f"Phát biểu: {len(found)} lượt", columns, rows)]


def notes(found: tuple[Note, ...]) -> list[Block]:
    blocks: list[Block] = []
    for each in found:
        first, *rest = written(words.sentence(each.text)) or [paragraph("")]
        if each.person:
            first = paragraph(first["text"], f"{each.person.full_name}:")
        blocks += [first, *rest]
    return blocks


def poll_blocks(poll: Poll, record: Record) -> list[Block]:
    """An unpublished result is not in the minutes: publishing it is the presiding officer's own act."""
    number = record.polls.index(poll) + 1
    asked = paragraph(words.sentence(poll.question), f"Biểu quyết lần {number} (lúc {words.clock(poll.opened_at)}):")
    if poll.cancelled:
        return [asked, paragraph(words.sentence(f"Cuộc biểu quyết bị hủy: {poll.cancelled}"))]
    if poll.proof is None:
        return [asked, paragraph("Kết quả chưa được chủ tọa công bố.")]
    member, proof = words.member(record.body), poll.proof
    quorum = (
        f"Khi mở biểu quyết có {poll.present} {member} có mặt, cần tối thiểu {poll.quorum_needed}: "
        f"{'đủ' if poll.quorum_met else 'không đủ'} điều kiện; {poll.roll} {member} có quyền biểu quyết."
    )
    blocks = [asked, paragraph(quorum), *outcome_blocks(poll, record)]
    if not proof.agrees:
        blocks.append(paragraph("Số phiếu đếm lại từ nhật ký không khớp với số phiếu đã ghi ở trên.", "Lưu ý:"))
    return blocks


def outcome_blocks(poll: Poll, record: Record) -> list[Block]:
    """The result with its arithmetic; of a secret ballot without figures, which stand in the minutes of its count."""
    assert poll.proof is not None
    if poll.lines:
        return [
            paragraph(f"{words.turnout_sentence(poll)}.", "Số phiếu:"),
            paragraph(words.outcome_sentence(poll, record.body), "Kết quả:"),
            lines_table(poll),
        ]
    if poll.secret:
        passed = "thông qua" if poll.proof.passed else "không thông qua"
        return [paragraph(f"{passed}; số liệu ghi tại biên bản kiểm phiếu.", "Kết quả bỏ phiếu kín:")]
    return [
        paragraph(f"{words.counts_sentence(poll)}.", "Số phiếu:"),
        paragraph(words.proof_sentence(poll, record.body), "Kết quả:"),
    ]


def lines_table(poll: Poll) -> Block:
    """One row for each candidate, person or draft. Figures of a secret ballot stand in the minutes of its count."""
    named = {"election": "Người ứng cử", "rating": "Họ và tên"}.get(poll.method, "Dự thảo")
    figures = [] if poll.secret else [each.label for each in poll.lines[0].counts] or ["Số phiếu"]
    rows = []
    for number, line in enumerate(poll.lines, 1):
        votes = [] if poll.secret else [str(each.count) for each in line.counts] or [str(line.votes)]
        rows.append([str(number), line.title, *votes, words.line_outcome(line, poll.method)])
    columns = [
        ("STT", 0.6, "center"),
        (named, 3.2, "left"),
        *((label, 1.2, "center") for label in figures),
        ("Kết quả", 2, "left"),
    ]
    caption = "Kết quả từng dòng; số liệu ghi tại biên bản kiểm phiếu" if poll.secret else "Kết quả từng dòng"
    return table(caption, columns, rows)


def conclusion(found: Conclusion, record: Record) -> list[Block]:
    first, *rest = written(found.text) or [paragraph("")]
    blocks = [paragraph(first["text"], "Kết luận của chủ tọa:"), *rest]
    if found.obligations:
        rows = [
            [
                str(i),
                each.text,
                each.lead_unit.name,
                "; ".join(unit.name for unit in each.coordinating_units),
                f"{words.local(each.due_at):%d/%m/%Y}",
            ]
            for i, each in enumerate(found.obligations, 1)
        ]
        columns = [
            ("STT", 0.6, "center"),
            ("Nhiệm vụ", 3.6, "left"),
            ("Chủ trì", 2, "left"),
            ("Phối hợp", 2, "left"),
            ("Hạn", 1.4, "center"),
        ]
        blocks.append(table("Nhiệm vụ được giao", columns, rows))
    return blocks


def votes_blocks(record: Record) -> list[Block]:
    """Who voted how: a few polls side by side, one row for each voter."""
    numbered = [(i, poll) for i, poll in enumerate(record.polls, 1) if poll.votes]
    blocks: list[Block] = []
    for start in range(0, len(numbered), VOTES_PER_TABLE):
        group = numbered[start : start + VOTES_PER_TABLE]
        blocks.append(bullets([words.sentence(f"Lần {i}: {poll.question}") for i, poll in group]))
        blocks.append(votes_table(group))
    return blocks


def how_voted(vote: Vote) -> str:
    if vote.choice is None:
        return "Không bỏ phiếu"
    notes = [
        *(["từ xa"] if vote.remote else []),
        *([f"{vote.holder.full_name} biểu quyết thay"] if vote.holder else []),
        *(["ghi hộ"] if vote.dictated else []),
        *([f"{vote.weight} phiếu"] if vote.weight > 1 else []),
    ]
    choice = vote.choice or "Không chọn ai"
    return f"{choice} ({', '.join(notes)})" if notes else choice


def votes_table(group: list[tuple[int, Poll]]) -> Block:
    people = {vote.person.id: vote.person for _, poll in group for vote in poll.votes}
    cast = [{vote.person.id: vote for vote in poll.votes} for _, poll in group]
    rows = []
    for number, (person_id, person) in enumerate(people.items(), 1):
        cells = []
        for votes in cast:
            vote = votes.get(person_id)
            cells.append(how_voted(vote) if vote else "Không có quyền")
        rows.append([str(number), person.full_name, *cells])
    columns = [
        ("STT", 0.6, "center"),
        ("Họ và tên", 2.8, "left"),
        *((f"Lần {i}", 1.6, "center") for i, _ in group),
    ]
    return table("", columns, rows)
