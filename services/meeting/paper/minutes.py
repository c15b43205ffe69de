"""The minutes of a meeting in the layout of form 1.9 of Decree 30/2020: from the record and the written sections."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kernel.paper.blocks import Block, heading, paragraph, written
from kernel.paper.typesetting import typeset, typeset_pages
from services.meeting.messages import MinutesSection
from services.meeting.paper import words
from services.meeting.paper.attendance import attendance_list, quorum_blocks, summary
from services.meeting.paper.opinions import opinions_blocks
from services.meeting.paper.proceedings import agenda_blocks, papers, votes_blocks
from services.meeting.record_facts import Body, Record

Paper = dict[str, Any]
TEMPLATE = Path(__file__).parent / "templates" / "minutes.typ"
PARENT_IS_PRINTED = frozenset({"department", "office", "council_committee", "council_standing_board", "delegate_group"})


@dataclass(frozen=True)
class Sections:
    """What people add to the record. Empty symbol or place name: those that follow from the body's name."""

    texts: Mapping[MinutesSection, str]
    number: str = ""
    symbol: str = ""
    place_name: str = ""

    def text(self, section: MinutesSection) -> str:
        return self.texts.get(section, "")


def render_minutes(record: Record, sections: Sections, fonts: Path) -> bytes:
    """The PDF/A; the same record, sections and font files give the same bytes. `fonts`: folder of the Tinos TTFs."""
    return typeset(TEMPLATE, minutes_paper(record, sections), fonts)


def minutes_pages(record: Record, sections: Sections, fonts: Path) -> Sequence[bytes]:
    """The same pages as PNG, for looking at."""
    return typeset_pages(TEMPLATE, minutes_paper(record, sections), fonts)


def minutes_paper(record: Record, sections: Sections) -> Paper:
    """Everything that is printed, in order, as plain data."""
    dated = record.closed_at or record.starts_at
    symbol = sections.symbol or words.default_symbol(record.body)
    place_name = sections.place_name or words.default_place_name(record.body)
    here = words.local(dated)
    return {
        "title": f"Biên bản {record.title}",
        "dated": [here.year, here.month, here.day],
        "issuer": issuer(record.body),
        "number": sections.number,
        "symbol": symbol,
        "place_date": f"{place_name}, {words.day(dated)}",
        "type": "BIÊN BẢN",
        "summary": record.title,
        "blocks": [*front(record), *body(record, sections)],
        "ending": closing(record),
        "signers": [
            {"role": "THƯ KÝ", "name": record.minute_taker.full_name},
            {"role": "CHỦ TỌA", "name": record.presiding_officer.full_name},
        ],
        "recipients": recipients(record),
        "annexes": annexes(record, f"{sections.number or '……'}/{symbol}", words.day(dated)),
    }


def issuer(body: Body) -> dict[str, list[str]]:
    """`above`: the superior body, in plain capitals; `name`: the issuer, in bold, broken where it is spoken."""
    above = [body.parent.upper()] if body.parent and body.kind in PARENT_IS_PRINTED else []
    for prefix in words.BODY_PREFIXES:
        if body.name.startswith(prefix):
            return {"above": above, "name": [prefix.strip().upper(), body.name.removeprefix(prefix).upper()]}
    return {"above": above, "name": [body.name.upper()]}


def front(record: Record) -> list[Block]:
    began = words.moment_in_words(record.opened_at or record.starts_at)
    kind = words.KIND[record.kind] + (", họp kín" if record.closed_sitting else ", họp công khai")
    return [
        paragraph(f"{began}.", "Thời gian bắt đầu:"),
        paragraph(f"{record.place}.", "Địa điểm:"),
        paragraph(f"{kind}.", "Hình thức:"),
        paragraph(f"{words.titled(record.presiding_officer)}.", "Chủ tọa:"),
        paragraph(f"{words.titled(record.minute_taker)}.", "Thư ký:"),
    ]


def body(record: Record, sections: Sections) -> list[Block]:
    return [
        heading(1, "I. THÀNH PHẦN THAM DỰ"),
        *summary(record),
        *quorum_blocks(record),
        heading(1, "II. KHAI MẠC"),
        *opening(record),
        *opinions_blocks(record),
        *written(sections.text(MinutesSection.opening)),
        heading(1, "III. NỘI DUNG VÀ DIỄN BIẾN"),
        *papers(record.unplaced.papers),
        *written(sections.text(MinutesSection.proceedings)),
        *agenda_blocks(record),
        heading(1, "IV. BẾ MẠC"),
        *written(sections.text(MinutesSection.closing)),
    ]


def opening(record: Record) -> list[Block]:
    if record.opened_at is None:
        return [paragraph(f"{words.GATHERING[record.kind]} chưa khai mạc.")]
    line = record.quorum
    present = next((step.present for step in reversed(line.steps) if step.at <= record.opened_at), 0) if line else 0
    share = f"{present}/{line.seats} {words.member(record.body)} có mặt, cần tối thiểu {line.needed}" if line else ""
    return [
        paragraph(
            f"{words.GATHERING[record.kind]} khai mạc lúc {words.clock_in_words(record.opened_at)}; {share}: "
            f"đủ số lượng họp hợp lệ."
        )
    ]


def closing(record: Record) -> list[Block]:
    gathering = words.GATHERING[record.kind]
    if record.closed_at is None:
        return [paragraph(f"{gathering} chưa kết thúc./.")]
    return [paragraph(f"{gathering} kết thúc vào {words.moment_in_words(record.closed_at)}./.")]


def recipients(record: Record) -> list[str]:
    people = f"{words.member(record.body).capitalize()}, khách mời dự {words.GATHERING[record.kind].lower()}"
    kept = f"Lưu: VT, hồ sơ {words.GATHERING[record.kind].lower()}"
    return [people, *(unit.name for unit in record.obliged_units), kept]


def annexes(record: Record, number: str, day: str) -> list[Paper]:
    found = [("DANH SÁCH ĐIỂM DANH", attendance_list(record)), ("CHI TIẾT BIỂU QUYẾT", votes_blocks(record))]
    present = [(title, blocks) for title, blocks in found if blocks]
    roman = ["I", "II"] if len(present) > 1 else [""]
    source = f"(Kèm theo Biên bản số {number} {day} của {record.body.name})"
    return [
        {"label": f"Phụ lục {i}".strip(), "title": title, "source": source, "blocks": blocks}
        for i, (title, blocks) in zip(roman, present, strict=True)
    ]
