"""Signing: commands and events, the public contract.

`orders`: who signs which bytes, in which order, and delegations. `official`: what the agency issues, from draft to
archive. `incoming`: official documents that arrive. `copies`: electronic copies. `registers`: the numbers of all.
"""

from services.signing.messages import copies, incoming, official, orders, registers
from services.signing.messages.copies import (
    IssueCopy,
    MakeCopy,
    RecordCopyDeclined,
    RecordCopyNumber,
    RecordCopySealed,
)
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
    RecordNumber,
    RecordRecall,
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

EVENTS = (*orders.EVENTS, *official.EVENTS, *incoming.EVENTS, *copies.EVENTS, *registers.EVENTS)

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
    "IssueCopy",
    "IssueOfficial",
    "MakeCopy",
    "OpenSigningOrder",
    "RecordRecall",
    "ReceiveIncoming",
    "RecordArrivalNumber",
    "RecordCheck",
    "RecordCopyDeclined",
    "RecordCopyNumber",
    "RecordCopySealed",
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
