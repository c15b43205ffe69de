"""Signing: commands and events, the public contract.

`orders`: who signs which bytes, in which order, and delegations. `official`: what the agency issues, from draft to
archive. `incoming`: official documents that arrive. `registers`: the numbers of both.
"""

from services.signing.messages import incoming, official, orders, registers
from services.signing.messages.incoming import (
    AcknowledgeIncoming,
    ReceiveIncoming,
    RecordArrivalNumber,
    RecordCheck,
    RegisterIncoming,
    ReturnIncoming,
    RouteIncoming,
)
from services.signing.messages.official import (
    AbandonDraft,
    AnswerComment,
    ArchiveOfficial,
    AskForSeal,
    CommentOnDraft,
    DraftOfficial,
    IssueOfficial,
    RecallSubmission,
    RecordNumber,
    RecordReturn,
    RecordSealed,
    RecordSigned,
    RequestNumber,
    ReviseOfficial,
    SubmitOfficial,
    WithdrawOfficial,
)
from services.signing.messages.orders import (
    Act,
    CancelSigningOrder,
    Certificate,
    DeclineToSign,
    DelegateSigning,
    KeyKind,
    Level,
    OpenSigningOrder,
    Purpose,
    RecordSignature,
    RenewProof,
    RevokeDelegation,
    Step,
)
from services.signing.messages.registers import (
    AllotNumber,
    ReserveNumber,
    VoidNumber,
)

EVENTS = (*orders.EVENTS, *official.EVENTS, *incoming.EVENTS, *registers.EVENTS)

__all__ = [
    "EVENTS",
    "Step",
    "Purpose",
    "Certificate",
    "KeyKind",
    "Level",
    "Act",
    "AbandonDraft",
    "AcknowledgeIncoming",
    "AllotNumber",
    "AnswerComment",
    "ArchiveOfficial",
    "AskForSeal",
    "CancelSigningOrder",
    "CommentOnDraft",
    "DeclineToSign",
    "DelegateSigning",
    "DraftOfficial",
    "IssueOfficial",
    "OpenSigningOrder",
    "RecallSubmission",
    "ReceiveIncoming",
    "RecordArrivalNumber",
    "RecordCheck",
    "RecordNumber",
    "RecordReturn",
    "RecordSealed",
    "RecordSignature",
    "RecordSigned",
    "RegisterIncoming",
    "RenewProof",
    "RequestNumber",
    "ReserveNumber",
    "ReturnIncoming",
    "ReviseOfficial",
    "RevokeDelegation",
    "RouteIncoming",
    "SubmitOfficial",
    "VoidNumber",
    "WithdrawOfficial",
]
