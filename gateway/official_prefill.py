"""What the form of an official document begins with, before its drafter changes it."""

from dataclasses import dataclass
from uuid import UUID

from services.signing.messages.official import Announced, Competence, Kind, Recipient, Urgency


@dataclass(frozen=True)
class Prefill:
    """Values of the form; what is empty or None is left to the form's own defaults.

    `text`, `bases`, `addressees` and `authority` are lines, as people type them. `meeting_id`, `item_id`, `poll_id`,
    `conclusions`: what the document comes from, kept with its draft.
    """

    kind: Kind | None = None
    summary: str = ""
    issuer_symbol: str = ""
    drafter_id: UUID | None = None
    drafter_symbol: str = ""
    urgency: Urgency | None = None
    signatory_id: UUID | None = None
    competence: Competence | None = None
    position: str = ""
    head: str = ""
    collective: str = ""
    authority: str = ""
    bases: str = ""
    addressees: str = ""
    minute_taker: str = ""
    text: str = ""
    recipients: tuple[Recipient, ...] = ()
    parent_name: str = ""
    place_name: str = ""
    meeting_id: UUID | None = None
    item_id: UUID | None = None
    poll_id: UUID | None = None
    conclusions: tuple[Announced, ...] = ()
