"""The minutes of a tellers' board (biên bản kiểm phiếu), in the layout of Decree 30/2020."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from kernel.paper.blocks import Block, Column, bullets, heading, paragraph, table
from kernel.paper.typesetting import typeset
from services.meeting.paper import words
from services.meeting.paper.minutes import TEMPLATE, issuer
from services.meeting.record_facts import Body, Person

Paper = dict[str, Any]


@dataclass(frozen=True)
class Papers:
    """Numbers of ballot papers, as the board counted them."""

    issued: int
    returned: int
    unused: int
    spoiled: int
    valid: int
    invalid: int


@dataclass(frozen=True)
class ResultRow:
    """One candidate, person, draft or choice: its `figures`, one for each column, and what follows, if anything."""

    title: str
    figures: tuple[int, ...]
    finding: str = ""


@dataclass(frozen=True)
class CountMinutes:
    """`base_count` is what shares are taken of; `conclusion` says the outcome by the rule in one sentence."""

    body: Body
    meeting_title: str
    question: str
    members: int
    present: int
    papers: Papers
    columns: tuple[str, ...]
    rows: tuple[ResultRow, ...]
    base_count: int
    conclusion: str
    rule: str
    legal_basis: str
    head: Person
    tellers: tuple[Person, ...]
    keyed_by: tuple[Person, Person]
    confirmed_at: datetime


def render_count_minutes(count: CountMinutes, fonts: Path) -> bytes:
    """The PDF/A; the same count and font files give the same bytes. `fonts`: folder of the Tinos TTFs."""
    return typeset(TEMPLATE, count_paper(count), fonts)


def count_paper(count: CountMinutes) -> Paper:
    """Everything that is printed, in order, as plain data."""
    here = words.local(count.confirmed_at)
    return {
        "title": f"Biên bản kiểm phiếu: {count.question}",
        "dated": [here.year, here.month, here.day],
        "issuer": {"above": [line.upper() for line in issuer(count.body)["name"]], "name": ["BAN KIỂM PHIẾU"]},
        "number": "",
        "symbol": "BB-BKP",
        "place_date": f"{words.default_place_name(count.body)}, {words.day(count.confirmed_at)}",
        "type": "BIÊN BẢN KIỂM PHIẾU",
        "summary": count.question,
        "blocks": [*board(count), *papers(count), *result(count)],
        "ending": ending(count),
        "signers": signers(count),
        "recipients": [f"Chủ tọa {count.meeting_title}", "Lưu: VT, hồ sơ cuộc họp"],
        "annexes": [],
    }


def signers(count: CountMinutes) -> list[Paper]:
    """Room for each member's own signature, as far as a line has room."""
    members = [{"role": "THÀNH VIÊN", "name": person.full_name} for person in count.tellers]
    if len(members) > 3:
        members = [{"role": "CÁC THÀNH VIÊN", "name": " · ".join(person.full_name for person in count.tellers)}]
    return [*members, {"role": "TRƯỞNG BAN", "name": count.head.full_name}]


def board(count: CountMinutes) -> list[Block]:
    members = [f"{words.titled(count.head)}: Trưởng ban;"]
    members += [f"{words.titled(person)}: thành viên;" for person in count.tellers]
    members[-1] = members[-1].rstrip(";") + "."
    return [
        paragraph(f"{words.moment_in_words(count.confirmed_at)}, tại {count.meeting_title}.", "Thời gian:"),
        heading(1, "I. BAN KIỂM PHIẾU"),
        bullets(members),
    ]


def papers(count: CountMinutes) -> list[Block]:
    member = words.member(count.body)
    figures = count.papers
    rows = [
        (f"Tổng số {member}", count.members),
        (f"Số {member} có mặt khi mở bỏ phiếu", count.present),
        ("Số phiếu phát ra", figures.issued),
        ("Số phiếu thu về", figures.returned),
        ("Số phiếu không sử dụng, nộp lại", figures.unused),
        ("Số phiếu hỏng, đã đổi", figures.spoiled),
        ("Số phiếu hợp lệ", figures.valid),
        ("Số phiếu không hợp lệ", figures.invalid),
    ]
    columns: list[Column] = [("Nội dung", 5, "left"), ("Số lượng", 1.5, "right")]
    reconciled = (
        f"Đối chiếu: {figures.issued} phiếu phát ra = {figures.returned} thu về + {figures.unused} không sử dụng "
        f"+ {figures.spoiled} hỏng; {figures.returned} phiếu thu về = {figures.valid} hợp lệ "
        f"+ {figures.invalid} không hợp lệ."
    )
    keyed = " và ".join(person.full_name for person in count.keyed_by)
    return [
        heading(1, "II. SỐ PHIẾU"),
        table("", columns, [(label, str(number)) for label, number in rows]),
        paragraph(reconciled),
        paragraph(f"Số liệu do {keyed} nhập độc lập và trùng khớp."),
    ]


def result(count: CountMinutes) -> list[Block]:
    finding = any(row.finding for row in count.rows)
    columns: list[Column] = [("STT", 0.7, "center"), ("Nội dung", 4, "left")]
    columns += [(title, 1.8, "right") for title in count.columns]
    columns += [("Kết luận", 2, "left")] if finding else []
    return [
        heading(1, "III. KẾT QUẢ"),
        table("", columns, [cells(i, row, count.base_count, finding) for i, row in enumerate(count.rows, start=1)]),
        paragraph(f"Tỷ lệ tính trên {count.base_count}.") if count.base_count else paragraph(""),
        paragraph(f"{count.rule} ({count.legal_basis}).", "Quy tắc:"),
        paragraph(words.sentence(count.conclusion), "Kết luận:"),
    ]


def cells(number: int, row: ResultRow, base: int, finding: bool) -> Sequence[str]:
    figures = [f"{each} ({share(each, base)})" if base else str(each) for each in row.figures]
    return [str(number), row.title, *figures, *([row.finding] if finding else [])]


def share(votes: int, base: int) -> str:
    """In tenths of a per cent, rounded half up, with the Vietnamese decimal comma."""
    tenths = (2000 * votes + base) // (2 * base)
    return f"{tenths // 10},{tenths % 10}%" if tenths % 10 else f"{tenths // 10}%"


def ending(count: CountMinutes) -> list[Block]:
    return [
        paragraph(
            f"Biên bản kiểm phiếu được lập vào {words.moment_in_words(count.confirmed_at)} và đã được Ban kiểm phiếu "
            "thông qua; phiếu được niêm phong giao Chủ tọa./."
        )
    ]
