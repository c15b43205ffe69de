"""What is issued reaches units of this deployment at once; agencies outside get theirs in other ways. Pure."""

from collections.abc import Sequence

from kernel.ids import derived
from kernel.messages import Recorded
from services.signing.messages.copies import CopyIssued
from services.signing.messages.incoming import ReceiveIncoming, Sent
from services.signing.messages.official import OfficialIssued

Stamps = dict[str, object]
"""Who asks, when and in what connection, for a command that follows from an event."""


def to_units(
    recorded: Recorded, stamps: Stamps, issued: OfficialIssued | CopyIssued, sent: Sent
) -> Sequence[ReceiveIncoming]:
    """One arrival for each unit among the recipients, however often it is named."""
    return [
        ReceiveIncoming.model_validate(
            {
                **stamps,
                "id": derived(recorded.id, f"receive {unit_id}"),
                "incoming_id": derived(recorded.id, f"incoming {unit_id}"),
                "receiver_id": unit_id,
                "document_id": issued.document_id,
                "sha256": issued.sha256,
                "sent": sent,
            }
        )
        for unit_id in dict.fromkeys(each.unit_id for each in issued.recipients if each.unit_id)
    ]
