"""A true copy of an issued resolution, for the tests of copies."""

from typing import Any

from kernel.messages import Event
from services.signing.messages.copies import (
    CopyForm,
    CopyIssued,
    CopyMade,
    CopyNumbered,
    CopySealed,
    DescribedCopy,
    MakeCopy,
    Original,
    Source,
)
from services.signing.messages.official import Recipient
from tests.official_examples import COMMITTEE, COUNCIL, DOCUMENT, OFFICIAL, SEALED, TODAY
from tests.stamps import ids, stamp

COPY, COPY_ORDER = ids("copy"), ids("copy order")
PAGES, MARKED = "1" * 64, "2" * 64
RECIPIENTS = (Recipient(name="Ủy ban nhân dân", unit_id=COMMITTEE), Recipient(name="Báo Nhân Dân"))


def original(**fields: Any) -> Original:
    facts = {
        "source": Source.official,
        "source_id": OFFICIAL,
        "document_id": DOCUMENT,
        "sha256": SEALED,
        "symbol": "01/NQ-HĐND",
        "issued_on": TODAY,
        "issuer": "Hội đồng nhân dân",
        "summary": "Về dự toán ngân sách năm 2027",
        "signers": ("Chủ tịch",),
    }
    return Original.model_validate({**facts, **fields})


def described_copy(**fields: Any) -> DescribedCopy:
    facts = {
        "form": CopyForm.true_copy,
        "body_id": COUNCIL,
        "body_symbol": "HĐND",
        "original": original(),
        "recipients": RECIPIENTS,
        "purpose": "Để thực hiện",
        "ordered_by": ids("chair"),
    }
    return DescribedCopy.model_validate({**facts, **fields})


def make(described: DescribedCopy | None = None) -> MakeCopy:
    facts = {"copy_id": COPY, "order_id": COPY_ORDER, "sha256": PAGES, "clerk_ids": (ids("clerk"),)}
    return stamp(MakeCopy, **facts, described=described or described_copy())


def made() -> CopyMade:
    return CopyMade(
        copy_id=COPY, order_id=COPY_ORDER, described=described_copy(), sha256=PAGES, clerk_ids=(ids("clerk"),)
    )


def sealed_copy() -> CopySealed:
    return CopySealed(
        copy_id=COPY,
        order_id=COPY_ORDER,
        sha256=MARKED,
        body_id=COUNCIL,
        symbol="SY-HĐND",
        summary=original().summary,
        entered_on=TODAY,
    )


def numbered_copy() -> CopyNumbered:
    return CopyNumbered(copy_id=COPY, number=1, symbol="SY-HĐND", entered_on=TODAY)


def issued_copy() -> CopyIssued:
    return CopyIssued(
        copy_id=COPY,
        document_id=COPY,
        body_id=COUNCIL,
        form=CopyForm.true_copy,
        number=1,
        symbol="SY-HĐND",
        entered_on=TODAY,
        summary=original().summary,
        sha256=MARKED,
        recipients=RECIPIENTS,
    )


NUMBERED_COPY: tuple[Event, ...] = (made(), sealed_copy(), numbered_copy())
