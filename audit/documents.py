"""Which stored bytes events name by their SHA-256."""

import json

from kernel.messages import Recorded

FIELDS = {
    "DocumentAdded": ("sha256",),
    "VersionAdded": ("sha256",),
    "TextExtracted": ("text_sha256", "pdf_sha256"),
    "MinutesSubmitted": ("pdf_sha256",),
    "MinutesApproved": ("pdf_sha256",),
    "MinutesPublished": ("pdf_sha256",),
    "OpinionResultAnnounced": ("synthesis_sha256",),
}
NAMES_WITHOUT_PROMISE = frozenset({"DocumentIntegrityFailed"})
"""They name bytes that were found damaged."""


def named_documents(recorded: Recorded) -> set[str]:
    """Empty for contents that are no JSON object: whether they may be so is for the verification to say."""
    fields = FIELDS.get(recorded.type)
    if fields is None:
        return set()
    try:
        event = json.loads(recorded.data)
        return {str(event[name]) for name in fields if event.get(name)}
    except (ValueError, AttributeError, RecursionError):
        return set()
