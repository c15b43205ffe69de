"""Which stored bytes events name by their SHA-256."""

import json

from kernel.messages import Recorded

FIELDS = {
    "DocumentAdded": ("sha256", "words_sha256"),
    "VersionAdded": ("sha256",),
    "TextExtracted": ("text_sha256", "pdf_sha256"),
    "MinutesSubmitted": ("pdf_sha256",),
    "MinutesApproved": ("pdf_sha256",),
    "MinutesPublished": ("pdf_sha256",),
    "OpinionResultAnnounced": ("synthesis_sha256",),
    "IncomingReceived": ("sha256",),
    "SignaturesChecked": ("sha256",),
    "SigningOrderOpened": ("sha256",),
    "SignatureMade": ("seen_sha256", "signed_sha256"),
    "SigningCompleted": ("sha256",),
    "ProofRenewed": ("stamped_sha256",),
    "OfficialSubmitted": ("sha256",),
    "OfficialSigned": ("sha256",),
    "SealAsked": ("sha256",),
    "OfficialSealed": ("sha256",),
    "OfficialIssued": ("sha256",),
    "CopyMade": ("sha256",),
    "CopySealed": ("sha256",),
    "CopyIssued": ("sha256",),
}
ERASURE_ORDER = "DocumentErased"
NAMES_WITHOUT_PROMISE = frozenset({"DocumentIntegrityFailed", ERASURE_ORDER})
"""They name bytes that were found damaged, or that nobody is to have any more."""
ERASABLE = frozenset({"DocumentAdded", "VersionAdded", "TextExtracted"})
"""What these name can be erased by a recorded lawful order; approved minutes and results cannot."""


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


def erased_documents(recorded: Recorded) -> set[str]:
    """What the event orders to be erased; empty where it is no such order."""
    if recorded.type != ERASURE_ORDER:
        return set()
    try:
        return {str(each) for each in json.loads(recorded.data)["sha256"]}
    except (ValueError, TypeError, KeyError, RecursionError):
        return set()
