"""What is printed on an official document in fixed words (Decree 30/2020, Annexes I and III)."""

from collections.abc import Mapping, Sequence

from services.signing.messages.official import Competence, Kind, ReceivedFor, Recipient, Signatory, Urgency

TYPES: Mapping[Kind, str] = {
    Kind.resolution: "NGHỊ QUYẾT",
    Kind.decision: "QUYẾT ĐỊNH",
    Kind.directive: "CHỈ THỊ",
    Kind.regulation: "QUY CHẾ",
    Kind.provision: "QUY ĐỊNH",
    Kind.communique: "THÔNG CÁO",
    Kind.notice: "THÔNG BÁO",
    Kind.guidance: "HƯỚNG DẪN",
    Kind.programme: "CHƯƠNG TRÌNH",
    Kind.plan: "KẾ HOẠCH",
    Kind.option: "PHƯƠNG ÁN",
    Kind.scheme: "ĐỀ ÁN",
    Kind.project: "DỰ ÁN",
    Kind.report: "BÁO CÁO",
    Kind.minutes: "BIÊN BẢN",
    Kind.submission: "TỜ TRÌNH",
    Kind.contract: "HỢP ĐỒNG",
    Kind.official_letter: "CÔNG VĂN",
    Kind.telegram: "CÔNG ĐIỆN",
    Kind.memorandum: "BẢN GHI NHỚ",
    Kind.agreement: "BẢN THỎA THUẬN",
    Kind.authorisation: "GIẤY ỦY QUYỀN",
    Kind.invitation: "GIẤY MỜI",
    Kind.introduction: "GIẤY GIỚI THIỆU",
    Kind.leave: "GIẤY NGHỈ PHÉP",
    Kind.dispatch_slip: "PHIẾU GỬI",
    Kind.transfer_slip: "PHIẾU CHUYỂN",
    Kind.notification_slip: "PHIẾU BÁO",
    Kind.public_letter: "THƯ CÔNG",
}
URGENCIES: Mapping[Urgency, str] = {
    Urgency.normal: "",
    Urgency.urgent: "KHẨN",
    Urgency.very_urgent: "THƯỢNG KHẨN",
    Urgency.express: "HỎA TỐC",
}
PURPOSES: Mapping[ReceivedFor, str] = {ReceivedFor.report: " (để b/c)", ReceivedFor.information: " (để biết)"}
ADDRESSED = frozenset(
    {
        *(Kind.official_letter, Kind.submission, Kind.report, Kind.invitation, Kind.telegram, Kind.public_letter),
        *(Kind.introduction, Kind.dispatch_slip, Kind.transfer_slip, Kind.notification_slip),
    }
)
"""Types that say whom they address, or invite; others have recipients alone (Decree 30/2020, Annex I, part II.9)."""

ENACTING = frozenset({Kind.resolution, Kind.decision})
"""Types under whose name stands who resolves or decides."""

WITHOUT_GROUNDS = ADDRESSED - {Kind.submission} | {Kind.leave}
ENDS = ".;:,!?…"
ABOUT = ("Về việc ", "V/v ", "Về ")


def signature_lines(signatory: Signatory, collective: str) -> list[str]:
    """By what right is signed, and the signer's own position last, on a line of its own.

    `collective`: the body in whose name a deputy signs for its head (TM. over KT.).
    """
    position, head = signatory.position.upper(), signatory.head.upper()
    above = [f"TM. {collective.upper()}"] if collective else []
    match signatory.competence:
        case Competence.own:
            return [*above, position]
        case Competence.on_behalf:
            return [f"TM. {head}", position]
        case Competence.acting:
            return [*above, f"Q. {position}"]
        case Competence.deputy:
            return [*above, f"KT. {head}", position]
        case Competence.by_order:
            return [f"TL. {head}", position]
        case Competence.by_authorisation:
            return [f"TUQ. {head}", position]


def authority(signatory: Signatory, collective: str, issuer: str) -> str:
    """Who resolves or decides: the body itself, or its head by title."""
    body = issuer.upper()
    match signatory.competence:
        case Competence.on_behalf:
            return body
        case _ if collective:
            return body
        case Competence.own | Competence.acting:
            return f"{signatory.position.upper()} {body}"
        case _:
            return f"{signatory.head.upper()} {body}"


def recipient_lines(recipients: Sequence[Recipient], addressed: bool, drafter: str) -> list[str]:
    """Each with its purpose; the record office and the drafting unit keep it, and stand last."""
    sent = [each for each in recipients if each.received_for is not ReceivedFor.file]
    files = [each.name for each in recipients if each.received_for is ReceivedFor.file]
    kept = ", ".join(dict.fromkeys(["VT", *files, *([drafter] if drafter else [])]))
    first = ["Như trên"] if addressed else []
    return [*first, *(f"{each.name}{PURPOSES.get(each.received_for, '')}" for each in sent), f"Lưu: {kept}"]


def about(summary: str) -> str:
    """The summary of a letter, whether or not it already begins with these words (cell 5b)."""
    begins = next((each for each in ABOUT if summary.startswith(each)), "")
    return f"V/v {summary.removeprefix(begins)}"


def bases(lines: Sequence[str]) -> list[str]:
    """Each ground on a line that ends in a semicolon, the last in a full stop (Annex I, part II.6)."""
    plain = [each.strip().rstrip(ENDS).rstrip() for each in lines]
    return [each + (";" if place < len(plain) else ".") for place, each in enumerate(plain, 1)]


def ended(text: str) -> str:
    """The last words of a document end in a full stop and a stroke."""
    return text if text.endswith("./.") else f"{text.rstrip().removesuffix('.')}./."
