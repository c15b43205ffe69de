"""Registers of official documents (sổ đăng ký văn bản đi, đến): who has which number. Commands and events.

Stream: `register-<body>-<year>-<series>`. Numbers begin at 1 each year (Decree 30/2020, articles 15 and 22); one is
never given twice and none is left out: what is not used stands there as reserved or voided, with the reason.
"""

from datetime import date
from uuid import UUID

from pydantic import Field

from kernel.messages import Command, Event, Message

SERIES = r"^[a-z_]{1,40}$"
INCOMING = "incoming"
"""The series of documents that arrive; outgoing ones have a series for each kind."""

COPIES = "copies"
"""The series of copies: one for all their forms (Decree 30/2020, Annex I)."""


class Register(Message):
    """One body's numbers of one year in one series."""

    body_id: UUID
    year: int = Field(ge=1945, le=2200)
    series: str = Field(pattern=SERIES)


class AllotNumber(Command):
    """The next number for a document, or `reserved` if that one still waits; the same document gets no second number.

    `symbol` is what follows the number and a stroke, such as NQ-HĐND; empty where documents are only counted.
    """

    in_register: Register
    subject_id: UUID
    symbol: str = Field("", max_length=60)
    entered_on: date
    summary: str = Field(min_length=1, max_length=1000)
    reserved: int | None = Field(None, ge=1)


class NumberAllotted(Event):
    in_register: Register
    number: int
    subject_id: UUID
    symbol: str = ""
    entered_on: date
    summary: str


class ReserveNumber(Command):
    """Keeps the next number for a document that is to come, such as one on paper."""

    in_register: Register
    reason: str = Field(min_length=1, max_length=500)


class NumberReserved(Event):
    in_register: Register
    number: int
    reason: str


class VoidNumber(Command):
    in_register: Register
    number: int = Field(ge=1)
    reason: str = Field(min_length=1, max_length=500)


class NumberVoided(Event):
    """The number stays in the register and is used by nothing else, for ever."""

    in_register: Register
    number: int
    reason: str


EVENTS = (NumberAllotted, NumberReserved, NumberVoided)
