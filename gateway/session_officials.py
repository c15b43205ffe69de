"""Official documents that follow from a meeting: what their form begins with."""

from uuid import UUID

from gateway.edge import Context
from gateway.official_prefill import Prefill
from services.signing.messages.official import Kind


def prefill(edge: Context, kind: Kind | None, meeting_id: UUID | None, item_id: UUID | None) -> Prefill:
    return Prefill(kind=kind, meeting_id=meeting_id, item_id=item_id)
