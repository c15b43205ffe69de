"""The report of an audit on paper: PDF/A in the layout of the product's other papers, in official Vietnamese."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from audit import findings
from audit.findings import Finding, Report
from audit.paper_words import (
    CHECKS,
    FACTS,
    FINDINGS,
    LIMITS,
    NOTHING_KEPT,
    OWN_KEYS,
    SIGNATURES_NOT_CHECKED,
    STANDINGS,
    TREE_CHECKS,
    VERBS,
    VERDICTS,
    VERDICTS_OF,
)
from kernel.paper.blocks import Block, Column, bullets, heading, paragraph, table
from kernel.paper.typesetting import typeset
from ledger.note import Algorithm, VerifierKey
from ledger.policy import Group, Policy
from services.meeting.paper import words
from services.meeting.paper.minutes import TEMPLATE

FINDINGS_PRINTED = 200
ALGORITHMS = {
    Algorithm.log_ed25519: "Ed25519",
    Algorithm.cosigner_ed25519: "Ed25519",
    Algorithm.cosigner_mldsa44: "ML-DSA-44",
}


@dataclass(frozen=True)
class Audit:
    """What a paper tells besides what was found.

    `policy`: whom the auditor believes, None where no signature was asked for; `own_keys`: as the source itself says.
    `signed_by`: the auditor's own key, by which the paper's SHA-256 is signed in the file `note`.
    """

    source: str
    began: datetime
    ended: datetime
    policy: Policy | None = None
    own_keys: bool = False
    kept: int = 0
    tree_only: bool = False
    auditor: str = ""
    signed_by: str = ""
    note: str = ""


def render_audit(report: Report, audit: Audit, fonts: Path) -> bytes:
    """The PDF/A; the same findings and font files give the same bytes. `fonts`: folder of the Tinos TTFs."""
    return typeset(TEMPLATE, audit_paper(report, audit), fonts)


def audit_paper(report: Report, audit: Audit) -> dict[str, Any]:
    """Everything that is printed, in order, as plain data."""
    here = words.local(audit.ended)
    return {
        "title": f"Báo cáo kiểm toán nhật ký: {VERBS[report.verb]}",
        "dated": [here.year, here.month, here.day],
        "issuer": {"above": [], "name": [audit.auditor.upper() or "NGƯỜI KIỂM TOÁN"]},
        "number": "",
        "symbol": "BC-KTNK",
        "place_date": f"……………, {words.day(audit.ended)}",
        "type": "BÁO CÁO KIỂM TOÁN NHẬT KÝ",
        "summary": VERBS[report.verb],
        "blocks": [
            *_verdict(report),
            *_subject(report, audit),
            *_keys(report, audit),
            *_checks(report, audit),
            *_findings(report),
            *_limits(report, audit),
            heading(1, "VII. CHỮ KÝ SỐ CỦA BÁO CÁO"),
        ],
        "ending": _ending(audit),
        "signers": [{"role": "NGƯỜI KIỂM TOÁN", "name": audit.auditor}],
        "recipients": ["Đơn vị được kiểm toán", "Lưu: Hồ sơ kiểm toán"],
        "annexes": [],
    }


def _verdict(report: Report) -> list[Block]:
    title, meaning = VERDICTS_OF.get((report.verb, report.exit)) or VERDICTS[report.exit]
    return [
        heading(1, "I. KẾT LUẬN"),
        paragraph(meaning, f"{title}."),
        paragraph(
            f"{report.exit} (0: không phát hiện thay đổi; 1: đã chứng minh có thay đổi; 2: chưa đủ căn cứ để "
            "kết luận).",
            "Mã kết thúc:",
        ),
    ]


def _subject(report: Report, audit: Audit) -> list[Block]:
    rows = [("Việc đã làm", VERBS[report.verb]), ("Nguồn được kiểm", audit.source)]
    rows += [("Tên nhật ký", name) for name in _origins(audit)]
    rows += [(label, _shown(report.facts[name])) for name, label in FACTS.items() if name in report.facts]
    rows += [("Điểm kiểm tra giữ từ trước", str(audit.kept))] if audit.kept else []
    erased = report.facts.get("erased") or []
    rows += [("Sự kiện đã hủy nội dung theo lệnh", f"{len(erased)}: số {_numbers(erased)}")] if erased else []
    rows += [("Bắt đầu", words.moment_in_words(audit.began)), ("Kết thúc", words.moment_in_words(audit.ended))]
    return [heading(1, "II. ĐỐI TƯỢNG KIỂM TOÁN"), _pairs(rows), *_of_poll(report), *_of_file(report)]


def _origins(audit: Audit) -> list[str]:
    return list(dict.fromkeys(log.key.name for log in audit.policy.logs)) if audit.policy else []


def _pairs(rows: list[tuple[str, str]]) -> Block:
    columns: list[Column] = [("Nội dung", 2, "left"), ("Giá trị", 4, "left")]
    return table("", columns, rows)


def _shown(value: object) -> str:
    if isinstance(value, list):
        value = len(value)
    return f"{value:,}".replace(",", ".") if isinstance(value, int) else str(value)


def _numbers(indexes: list[int]) -> str:
    more = f" và {len(indexes) - 20} sự kiện khác" if len(indexes) > 20 else ""
    return ", ".join(str(each) for each in indexes[:20]) + more


def _of_poll(report: Report) -> Iterator[Block]:
    tally = report.facts.get("tally")
    if not tally:
        return
    columns: list[Column] = [("Lựa chọn", 3, "left"), ("Số phiếu", 1, "right")]
    labels = report.facts.get("choices", {})
    rows = [(labels.get(key, key), str(votes)) for key, votes in tally["counts"].items()]
    yield table("Kết quả đếm lại", columns, rows)
    outcome = "thông qua" if tally["passed"] else "không thông qua"
    yield paragraph(
        f"{outcome}; {tally['votes_for']} phiếu tán thành, cần ít nhất {tally['needed']}; tính trên "
        f"{tally['base_count']}; thẻ quy tắc {tally['card_id']}.",
        "Kết quả tính lại:",
    )


def _of_file(report: Report) -> Iterator[Block]:
    recorded = report.facts.get("recorded")
    if recorded:
        columns: list[Column] = [("Số lá", 0.8, "right"), ("Thời điểm", 1.8, "left"), ("Sự kiện", 2, "left")]
        columns += [("Luồng", 3, "left")]
        rows = [(str(each["index"]), _moment(each["recorded_at"]), each["type"], each["stream"]) for each in recorded]
        yield table("Các sự kiện nêu SHA-256 của tệp", columns, rows)
        for stream, standing in report.facts["standing"].items():
            yield paragraph(f"{STANDINGS[standing.partition(':')[0]]} ({stream}).", "Tình trạng hiện nay:")
    signatures = report.facts.get("signatures") or []
    for number, each in enumerate(signatures, start=1):
        rest = "toàn bộ tệp" if each["whole"] else f"đến byte {each['covered_up_to']}, sau đó còn {each['bytes_after']}"
        yield paragraph(f"bao trùm {rest}.", f"Chữ ký số {number}:")


def _moment(iso: str) -> str:
    return f"{words.local(datetime.fromisoformat(iso)):%d/%m/%Y %H:%M:%S}"


def _keys(report: Report, audit: Audit) -> list[Block]:
    if audit.policy is None:
        return [heading(1, "III. KHÓA VÀ NHÂN CHỨNG"), paragraph("Việc này không dựa vào chữ ký nào.")]
    at = {each["name"]: each["at"] for each in report.facts.get("signers", [])}
    columns: list[Column] = [("Vai trò", 1.2, "left"), ("Khóa", 4, "left"), ("Chữ ký", 1.4, "left")]
    rows = [("Nhật ký", _key(each.key), _signed(each.key, at)) for each in audit.policy.logs]
    rows += [(f"Nhân chứng {each.name}", _key(each.key), _signed(each.key, at)) for each in audit.policy.witnesses]
    whose = "lấy từ chính nguồn được kiểm" if audit.own_keys else "do người kiểm toán mang theo"
    return [
        heading(1, "III. KHÓA VÀ NHÂN CHỨNG"),
        paragraph(f"Khóa {whose}. {_quorum(audit.policy)}"),
        table("Chữ ký trên điểm kiểm tra mới nhất", columns, rows),
    ]


def _key(key: VerifierKey) -> str:
    return f"{key} ({ALGORITHMS[key.algorithm]})"


def _signed(key: VerifierKey, at: dict[str, int | None]) -> str:
    if key.name not in at:
        return "Không có"
    moment = at[key.name]
    return "Đúng" if moment is None else f"Đúng, {words.local(datetime.fromtimestamp(moment, UTC)):%d/%m/%Y %H:%M}"


def _quorum(policy: Policy) -> str:
    if policy.quorum == "none":
        return "Chính sách không đòi nhân chứng."
    groups = {group.name: group for group in policy.groups}
    return f"Chính sách đòi chữ ký của {_needed(policy.quorum, groups)}."


def _needed(name: str, groups: dict[str, Group]) -> str:
    group = groups.get(name)
    if group is None:
        return f"nhân chứng {name}"
    members = "; ".join(_needed(each, groups) for each in group.members)
    return f"ít nhất {group.threshold} trong {len(group.members)} ({members})"


def _checks(report: Report, audit: Audit) -> list[Block]:
    checks = TREE_CHECKS if audit.tree_only else CHECKS[report.verb]
    return [heading(1, "IV. NHỮNG VIỆC ĐÃ KIỂM"), bullets(checks)]


def _findings(report: Report) -> list[Block]:
    title = heading(1, "V. PHÁT HIỆN")
    if not report.findings:
        return [title, paragraph("Không có phát hiện nào.")]
    columns: list[Column] = [("STT", 0.7, "center"), ("Số lá", 1, "right"), ("Phát hiện", 4, "left")]
    columns += [("Chi tiết", 4, "left")]
    rows = [
        (str(number), "" if each.index is None else str(each.index), _said(each), each.about)
        for number, each in enumerate(report.findings[:FINDINGS_PRINTED], start=1)
    ]
    left = len(report.findings) - FINDINGS_PRINTED
    more = [paragraph(f"Còn {left} phát hiện khác, có trong bản dành cho máy đọc (--json).")] if left > 0 else []
    return [title, table("", columns, rows), *more]


def _said(finding: Finding) -> str:
    said = FINDINGS.get(finding.code) or findings.WORDS[finding.code]
    return f"{said[0].upper()}{said[1:]} ({finding.code})"


def _limits(report: Report, audit: Audit) -> list[Block]:
    said = list(LIMITS)
    said += [OWN_KEYS] if audit.own_keys else []
    said += [NOTHING_KEPT] if audit.policy and not audit.kept else []
    said += [SIGNATURES_NOT_CHECKED] if report.facts.get("signatures") else []
    return [heading(1, "VI. GIỚI HẠN"), bullets(said)]


def _ending(audit: Audit) -> list[Block]:
    if audit.signed_by:
        said = (
            f"SHA-256 của tệp báo cáo này được ký số trong tệp {audit.note} kèm theo (C2SP signed-note) bằng khóa "
            f"{audit.signed_by}. Khóa này cần được xác nhận bằng giấy hoặc qua điện thoại./."
        )
    else:
        said = "Báo cáo do phần mềm lập từ kết quả kiểm; tệp này không kèm chữ ký số./."
    return [paragraph(said)]
