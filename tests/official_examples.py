"""One council resolution on its way, for the tests of signing."""

from datetime import UTC, date, datetime
from typing import Any

from kernel.messages import Event
from services.signing.messages.incoming import IncomingReceived, Sent
from services.signing.messages.official import (
    Competence,
    Described,
    DraftCommented,
    Kind,
    NumberRequested,
    OfficialDrafted,
    OfficialIssued,
    OfficialNumbered,
    OfficialSealed,
    OfficialSigned,
    OfficialSubmitted,
    Recipient,
    SealAsked,
    Signatory,
)
from services.signing.messages.orders import (
    Act,
    Certificate,
    KeyKind,
    Level,
    Purpose,
    RecordSignature,
    SignatureMade,
    SigningOrderOpened,
    Step,
)
from services.signing.messages.registers import Register
from tests.stamps import STAMP_AT, ids, stamp

OFFICIAL, DOCUMENT, ORDER, SEAL_ORDER, INCOMING = (
    ids("official"),
    ids("text"),
    ids("order"),
    ids("seal"),
    ids("incoming"),
)
COUNCIL, COMMITTEE = ids("council"), ids("committee")
TODAY = date(2026, 11, 22)
DRAFT, INITIALLED, SIGNED, NUMBERED, SEALED = ("a" * 64, "b" * 64, "c" * 64, "d" * 64, "e" * 64)
REGISTER = Register(body_id=COUNCIL, year=2026, series="resolution")

CERTIFICATE = Certificate(
    subject="CN=Chủ tịch", issuer="CN=CA", serial="0a", sha256="f" * 64, valid_until=datetime(2027, 1, 1, tzinfo=UTC)
)


def described(**fields: Any) -> Described:
    facts = {
        "kind": Kind.resolution,
        "issuer_id": COUNCIL,
        "issuer_symbol": "HĐND",
        "drafter_id": ids("office"),
        "summary": "Về dự toán ngân sách năm 2027",
        "document_id": DOCUMENT,
        "signatory": Signatory(
            person_id=ids("chair"), competence=Competence.on_behalf, position="CHỦ TỊCH", head="HỘI ĐỒNG NHÂN DÂN"
        ),
        "recipients": (Recipient(name="Ủy ban nhân dân", unit_id=COMMITTEE), Recipient(name="Báo Nhân Dân")),
    }
    return Described.model_validate({**facts, **fields})


STEPS = (
    Step(act=Act.initial, signer_ids=(ids("deputy"), ids("secretary")), needed=1),
    Step(act=Act.sign, signer_ids=(ids("chair"),)),
)


def drafted(**fields: Any) -> OfficialDrafted:
    return OfficialDrafted(official_id=OFFICIAL, described=described(**fields))


def commented(comment: str = "one") -> DraftCommented:
    return DraftCommented(official_id=OFFICIAL, comment_id=ids(comment), text="Bổ sung căn cứ.")


def submitted() -> OfficialSubmitted:
    return OfficialSubmitted(
        official_id=OFFICIAL,
        order_id=ORDER,
        document_id=DOCUMENT,
        summary=described().summary,
        sha256=DRAFT,
        steps=STEPS,
    )


def signed() -> OfficialSigned:
    return OfficialSigned(official_id=OFFICIAL, order_id=ORDER, sha256=SIGNED)


def number_requested(reserved: int | None = None) -> NumberRequested:
    return NumberRequested(
        official_id=OFFICIAL,
        kind=Kind.resolution,
        issuer_id=COUNCIL,
        symbol="NQ-HĐND",
        summary=described().summary,
        entered_on=TODAY,
        reserved=reserved,
    )


def numbered() -> OfficialNumbered:
    return OfficialNumbered(official_id=OFFICIAL, number=15, symbol="NQ-HĐND", entered_on=TODAY)


def seal_asked() -> SealAsked:
    return SealAsked(
        official_id=OFFICIAL,
        order_id=SEAL_ORDER,
        document_id=DOCUMENT,
        summary=described().summary,
        sha256=NUMBERED,
        clerk_ids=(ids("clerk"),),
    )


def sealed() -> OfficialSealed:
    return OfficialSealed(official_id=OFFICIAL, order_id=SEAL_ORDER, sha256=SEALED)


def issued() -> OfficialIssued:
    return OfficialIssued(
        official_id=OFFICIAL,
        document_id=DOCUMENT,
        issuer_id=COUNCIL,
        kind=Kind.resolution,
        number=15,
        symbol="NQ-HĐND",
        entered_on=TODAY,
        summary=described().summary,
        sha256=SEALED,
        recipients=described().recipients,
    )


IN_SIGNING: tuple[Event, ...] = (drafted(), submitted())
TO_BE_NUMBERED: tuple[Event, ...] = (*IN_SIGNING, signed())
TO_BE_SEALED: tuple[Event, ...] = (*TO_BE_NUMBERED, number_requested(), numbered())
TO_BE_ISSUED: tuple[Event, ...] = (*TO_BE_SEALED, seal_asked(), sealed())
ISSUED: tuple[Event, ...] = (*TO_BE_ISSUED, issued())


def opened(purpose: Purpose = Purpose.issue, steps: tuple[Step, ...] = STEPS) -> SigningOrderOpened:
    return SigningOrderOpened(
        order_id=ORDER,
        document_id=DOCUMENT,
        official_id=OFFICIAL,
        purpose=purpose,
        title=described().summary,
        sha256=DRAFT,
        steps=steps,
    )


def _signature(signer: str, seen: str, made: str) -> dict[str, Any]:
    return {
        "order_id": ORDER,
        "signer_id": ids(signer),
        "seen_sha256": seen,
        "signed_sha256": made,
        "signed_size": 20_000,
        "certificate": CERTIFICATE,
        "key": KeyKind.software,
        "level": Level.b_t,
        "signed_at": STAMP_AT,
    }


def sign(signer: str, seen: str, made: str, **fields: Any) -> RecordSignature:
    return stamp(RecordSignature, **{"actor": signer, **_signature(signer, seen, made), **fields})


def made(signer: str, seen: str, after: str, act: Act, **fields: Any) -> SignatureMade:
    return SignatureMade.model_validate({**_signature(signer, seen, after), "act": act, **fields})


def received() -> IncomingReceived:
    sent = Sent(sender="Bộ Nội vụ", symbol="120/BNV-VP", issued_on=TODAY, summary="Về biên chế năm 2027")
    return IncomingReceived(incoming_id=INCOMING, receiver_id=COMMITTEE, document_id=DOCUMENT, sha256=SEALED, sent=sent)
