"""Signing: who signs which bytes, in which order; commands and events.

Streams: `signing-<order>`, `delegation-<id>`. Only SHA-256 and certificates are here; bytes are in the object store,
and keys, PINs and passwords are nowhere.
"""

from datetime import date
from enum import StrEnum
from uuid import UUID

from pydantic import AwareDatetime, Field, model_validator
from pydantic_core import PydanticCustomError

from kernel.messages import Command, Event, Message

SHA256 = r"^[0-9a-f]{64}$"


class Act(StrEnum):
    """`initial`: ký nháy, before the competent person; `sign`: ký ban hành; `seal`: the agency's own signature."""

    initial = "initial"
    sign = "sign"
    seal = "seal"


class Purpose(StrEnum):
    """`issue`: an official document is to go out; `seal`: it is numbered; `paper`: minutes and the like.

    `copy`: an electronic copy is to bear the body's mark and key; its document has the copy's id.
    """

    issue = "issue"
    seal = "seal"
    paper = "paper"
    copy = "copy"


class Level(StrEnum):
    """PAdES baseline levels (ETSI EN 319 142-1): bare, with time, with validation data, with archive time."""

    b_b = "b_b"
    b_t = "b_t"
    b_lt = "b_lt"
    b_lta = "b_lta"


class KeyKind(StrEnum):
    software = "software"
    token = "token"
    remote = "remote"
    agent = "agent"


class Step(Message):
    """A group whose members sign in any order; it is done when `needed` of them have."""

    act: Act
    signer_ids: tuple[UUID, ...] = Field(min_length=1, max_length=50)
    needed: int = Field(1, ge=1, le=50)

    @model_validator(mode="after")
    def can_be_done(self) -> "Step":
        if len(set(self.signer_ids)) != len(self.signer_ids):
            raise ValueError("nobody is twice in a step")
        if self.needed > len(self.signer_ids):
            raise PydanticCustomError(
                "more_signatures_than_signers", "a step needs no more signatures than it has signers"
            )
        return self


class OpenSigningOrder(Command):
    """`document_id` names the document whose bytes are `sha256`; `official_id` the official document, if it is one."""

    order_id: UUID
    document_id: UUID
    official_id: UUID | None = None
    purpose: Purpose
    title: str = Field(min_length=1, max_length=1000)
    sha256: str = Field(pattern=SHA256)
    steps: tuple[Step, ...] = Field(min_length=1, max_length=20)


class SigningOrderOpened(Event):
    order_id: UUID
    document_id: UUID
    official_id: UUID | None = None
    purpose: Purpose
    title: str
    sha256: str
    steps: tuple[Step, ...]


class Certificate(Message):
    """`sha256` is of its DER bytes; `serial` in hexadecimal."""

    subject: str = Field(min_length=1, max_length=1000)
    issuer: str = Field(min_length=1, max_length=1000)
    serial: str = Field(pattern=r"^[0-9a-f]{1,64}$")
    sha256: str = Field(pattern=SHA256)
    valid_until: AwareDatetime


class RecordSignature(Command):
    """`seen_sha256` are the bytes that the signer read, `signed_sha256` the same bytes with the signature added.

    Who signs for somebody else names the delegation. `provable_until`: when this can no longer be checked unless it
    is stamped again.
    """

    order_id: UUID
    signer_id: UUID
    on_behalf_of: UUID | None = None
    delegation_id: UUID | None = None
    seen_sha256: str = Field(pattern=SHA256)
    signed_sha256: str = Field(pattern=SHA256)
    signed_size: int = Field(ge=1)
    certificate: Certificate
    key: KeyKind
    level: Level
    signed_at: AwareDatetime
    provable_until: AwareDatetime | None = None


class SignatureMade(Event):
    order_id: UUID
    signer_id: UUID
    on_behalf_of: UUID | None = None
    delegation_id: UUID | None = None
    act: Act
    seen_sha256: str
    signed_sha256: str
    signed_size: int
    certificate: Certificate
    key: KeyKind
    level: Level
    signed_at: AwareDatetime
    provable_until: AwareDatetime | None = None


class SigningCompleted(Event):
    """Every step is done; `sha256` are the bytes with all signatures."""

    order_id: UUID
    document_id: UUID
    official_id: UUID | None = None
    purpose: Purpose
    sha256: str
    size: int


class DeclineToSign(Command):
    order_id: UUID
    signer_id: UUID
    reason: str = Field(min_length=1, max_length=2000)


class SigningDeclined(Event):
    """Ends the order; whoever asked for the signatures asks anew once the reason is dealt with."""

    order_id: UUID
    official_id: UUID | None = None
    copy_id: UUID | None = None
    signer_id: UUID
    reason: str


class CancelSigningOrder(Command):
    """Here, where signatures are counted, "called back" and "all have signed" exclude each other."""

    order_id: UUID
    reason: str = Field(min_length=1, max_length=2000)


class SigningCancelled(Event):
    order_id: UUID
    official_id: UUID | None = None
    reason: str


class RenewProof(Command):
    """The same signatures under a new archive time stamp, as other bytes."""

    order_id: UUID
    stamped_sha256: str = Field(pattern=SHA256)
    stamped_size: int = Field(ge=1)
    provable_until: AwareDatetime


class ProofRenewed(Event):
    order_id: UUID
    document_id: UUID
    stamped_sha256: str
    stamped_size: int
    provable_until: AwareDatetime


class DelegateSigning(Command):
    """`to_id` may sign in the place of `from_id` on the days from `valid_from` to `valid_until`, both included."""

    delegation_id: UUID
    from_id: UUID
    to_id: UUID
    valid_from: date
    valid_until: date
    basis: str = Field(min_length=1, max_length=500)


class SigningDelegated(Event):
    delegation_id: UUID
    from_id: UUID
    to_id: UUID
    valid_from: date
    valid_until: date
    basis: str


class RevokeDelegation(Command):
    delegation_id: UUID
    reason: str = Field(min_length=1, max_length=500)


class DelegationRevoked(Event):
    delegation_id: UUID
    reason: str


EVENTS = (
    SigningOrderOpened,
    SignatureMade,
    SigningCompleted,
    SigningDeclined,
    SigningCancelled,
    ProofRenewed,
    SigningDelegated,
    DelegationRevoked,
)
