"""Signed bytes become the newest version of the document that people read. Pure."""

from collections.abc import Sequence

from kernel.ids import derived
from kernel.messages import Event, Recorded
from services.documents.messages import AddVersion
from services.signing.messages.orders import ProofRenewed, SigningCompleted

SIGNED = "Văn bản đã ký.pdf"


def react(recorded: Recorded, event: Event) -> Sequence[AddVersion]:
    match event:
        case SigningCompleted():
            sha256, size, note = event.sha256, event.size, "Đã ký số"
        case ProofRenewed():
            sha256, size, note = event.stamped_sha256, event.stamped_size, "Gia hạn dấu thời gian lưu trữ"
        case _:
            return []
    return [
        AddVersion(
            id=derived(recorded.id, "signed version"),
            actor=recorded.actor,
            at=recorded.recorded_at,
            correlation_id=recorded.correlation_id,
            document_id=event.document_id,
            file_name=SIGNED,
            media_type="application/pdf",
            size=size,
            sha256=sha256,
            note=note,
        )
    ]
