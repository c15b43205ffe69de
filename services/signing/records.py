"""What the queries on official documents answer with."""

from dataclasses import dataclass
from enum import StrEnum

from services.signing.messages.official import Described


class Stage(StrEnum):
    """Where an official document is on its way out."""

    draft = "draft"
    in_signing = "in_signing"
    signed = "signed"
    numbering = "numbering"
    numbered = "numbered"
    sealing = "sealing"
    sealed = "sealed"
    issued = "issued"
    withdrawn = "withdrawn"
    abandoned = "abandoned"


@dataclass(frozen=True)
class Official:
    """`number` and `symbol` once it has them; `order_id` while somebody is asked to sign or seal; times are ISO UTC.

    `position`: of what happened to it last, in the log. `reason`: why it came back, was abandoned or withdrawn.
    """

    id: str
    position: int
    stage: Stage
    described: Described
    drafted_by: str
    changed_at: str
    order_id: str | None
    sha256: str | None
    number: int | None
    symbol: str | None
    entered_on: str | None
    issued_at: str | None
    withdrawal: str | None
    successor_id: str | None
    reason: str
    file_code: str | None
    retention_years: int | None


@dataclass(frozen=True)
class Comment:
    """`accepted`: None until it is answered."""

    id: str
    author: str
    at: str
    text: str
    accepted: bool | None
    answer: str


@dataclass(frozen=True)
class CourseEntry:
    position: int
    type: str
    actor: str
    at: str
    reason: str


@dataclass(frozen=True)
class Waited:
    """One person who is asked to sign now."""

    order_id: str
    person_id: str
    act: str
    since: str


@dataclass(frozen=True)
class SigningStep:
    act: str
    signer_ids: tuple[str, ...]
    needed: int


@dataclass(frozen=True)
class Order:
    """`at_step` counts from 0; it is past the last step once the order is complete."""

    id: str
    stage: str
    document_id: str
    official_id: str | None
    purpose: str
    title: str
    sha256: str
    steps: tuple[SigningStep, ...]
    at_step: int
    opened_by: str
    opened_at: str
    ended_at: str | None
    ended_by: str | None
    reason: str
    provable_until: str | None


@dataclass(frozen=True)
class Signature:
    order_id: str
    step: int
    act: str
    signer_id: str
    on_behalf_of: str | None
    delegation_id: str | None
    seen_sha256: str
    signed_sha256: str
    subject: str
    issuer: str
    serial: str
    key: str
    level: str
    signed_at: str


@dataclass(frozen=True)
class Delegation:
    id: str
    from_id: str
    to_id: str
    valid_from: str
    valid_until: str
    basis: str
    revoked_at: str | None
    reason: str


@dataclass(frozen=True)
class RegisterEntry:
    """`state`: allotted, reserved or voided."""

    number: int
    state: str
    subject_id: str | None
    symbol: str
    entered_on: str | None
    summary: str
    reason: str
    at: str
    actor: str


@dataclass(frozen=True)
class RegisterBook:
    """A register that has entries: which body's, of which year, in which series, and its greatest number."""

    body_id: str
    year: int
    series: str
    last: int


@dataclass(frozen=True)
class Incoming:
    """`position`: of its arrival in the log. `verdict`, `finding` and `signers` once its signatures were checked."""

    id: str
    position: int
    stage: str
    receiver_id: str
    document_id: str
    sha256: str
    sender: str
    sender_id: str | None
    symbol: str
    issued_on: str | None
    summary: str
    urgency: str
    official_id: str | None
    received_at: str
    verdict: str | None
    finding: str
    signers: tuple[str, ...]
    number: int | None
    entered_on: str | None
    unit_id: str | None
    person_id: str | None
    instruction: str
    due_on: str | None
    acknowledged_at: str | None
    reason: str
