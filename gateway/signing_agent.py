"""Signing with a key that never leaves the signer's own computer, where an agent of theirs does the work.

The signer confirms with the own password, and gets an address to download from and one to send back to, for the agent.
What comes back must be our bytes and one update with one signature over all of it, by the certificate registered for
the signer. Before a first signature all its fields are laid out here, so an agent never chooses a place on a page.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from fastapi import Request
from pydantic import BaseModel

from gateway import official_text, signing_acts, signing_keys
from gateway.edge import Context, Done, Gate, subject_from_views
from gateway.identity.signing_addresses import LIFE, Direction, Offer
from gateway.signing_acts import Standing
from gateway.signing_keys import Registered
from kernel.decider import Refused
from kernel.settings import Settings
from services.signing import queries
from services.signing.messages.orders import Act, KeyKind, Level, Purpose
from services.signing.pdf import SigningInstruction, Slot
from services.signing.records import Order

ADDRESSES = "/signing-agent"


class Way(StrEnum):
    """`agent`: a program by itself; `hand`: a person with any signing program; `vgca`: this page, by that plug-in."""

    agent = "agent"
    hand = "hand"
    vgca = "vgca"


LIVES = {Way.agent: LIFE, Way.hand: timedelta(minutes=30), Way.vgca: LIFE}
"""A person saves, signs and brings back by hand; half an hour is also how long an unused session lives."""

UPLOADS = {Way.agent: "uploads", Way.hand: "uploads", Way.vgca: "vgca-uploads"}
ROOM_BYTES = 2 * 1024 * 1024
"""For what a signature adds: certificates, a time stamp, a picture."""


class AgentAddresses(BaseModel):
    """`sha256`: of the bytes at `download_url`. `field`: the empty field to sign; "" for a new invisible one.

    `visible`: whether that field has a place on a page.
    `level`: the signature bears a time stamp, unless this is `b_b`. `last`: whether it may lock the document.
    `life_seconds`: how long the addresses live, for a computer whose clock is wrong.
    """

    way: Way
    download_url: str
    upload_url: str
    ends_at: datetime
    life_seconds: int
    sha256: str
    field: str
    visible: bool
    level: Level
    last: bool
    certificate_sha256: str
    certificate_subject: str
    certificate_serial: str


@dataclass(frozen=True)
class Ways:
    """How somebody may sign: with a key that this system holds or reaches, with their own program, by the plug-in."""

    key: bool
    own: bool
    vgca: bool


def ways(edge: Context, order: Order, act: Act) -> Ways:
    settings = edge.gate.settings
    name = _name(edge, order, act)
    own = signing_keys.has_certificate(settings, name) and order.purpose != Purpose.copy
    return Ways(signing_keys.has_key(settings, name), own, own and _plug_in_signs(settings, act))


def _plug_in_signs(settings: Settings, act: Act) -> bool:
    """What the plug-in does for a records clerk writes number and day into the page, where ours stand already."""
    return settings.signing_agent == Way.vgca and act is not Act.seal


def offer(edge: Context, order: Order, seen_sha256: str, standing: Standing, way: Way) -> AgentAddresses:
    act = signing_acts.act_on(order, seen_sha256)
    signing_acts.check_standing(edge, order, standing)
    if order.purpose == Purpose.copy:
        raise Refused("mark_made_here", "form, agency and time of a copy are written with its seal")
    if way is Way.vgca and not _plug_in_signs(edge.gate.settings, act):
        raise Refused("no_signing_plug_in", act)
    certificate = _certificate(edge, order, act)
    content = official_text.read(edge, order.sha256)
    made = signing_acts.instruction(edge, order, act, content, None)
    fields = signing_acts.fields_to_lay_out(edge, order, content, made)
    ready = edge.gate.desk.lay_out_fields(content, fields) if fields else content
    offered = Offer(
        person_id=edge.me.person_id,
        order_id=order.id,
        order_sha256=order.sha256,
        sha256=official_text.put(edge, ready),
        size=len(ready),
        field=fields[0].name if fields else made.field,
        last=made.last,
        position=edge.position,
        on_behalf_of=str(standing.on_behalf_of) if standing.on_behalf_of else None,
        delegation_id=str(standing.delegation_id) if standing.delegation_id else None,
    )
    return _addresses(edge, way, offered, made, certificate)


def _addresses(
    edge: Context, way: Way, offered: Offer, made: SigningInstruction, certificate: Registered
) -> AgentAddresses:
    tokens = edge.gate.identity.signing_addresses.make(offered, LIVES[way])
    root = f"{edge.gate.settings.public_url}/api/v1{ADDRESSES}"
    return AgentAddresses(
        way=way,
        download_url=f"{root}/downloads/{tokens.download}",
        upload_url=f"{root}/{UPLOADS[way]}/{tokens.upload}",
        ends_at=tokens.ends_at,
        life_seconds=int(LIVES[way].total_seconds()),
        sha256=offered.sha256,
        field=offered.field,
        visible=bool(made.field),
        level=made.level,
        last=offered.last,
        certificate_sha256=certificate.sha256,
        certificate_subject=certificate.subject,
        certificate_serial=certificate.serial,
    )


def download(request: Request, gate: Gate, token: str) -> tuple[bytes, str]:
    """The bytes to sign and their SHA-256; the address is used with that."""
    offered = gate.identity.signing_addresses.take(Direction.download, token)
    edge = _edge(request, gate, offered)
    _awaited(edge, offered)
    return official_text.read(edge, offered.sha256), offered.sha256


def most_bytes(gate: Gate, token: str) -> int:
    """The longest answer that can be one; nothing is used by asking."""
    return gate.identity.signing_addresses.read(Direction.upload, token).size + ROOM_BYTES


def accept(request: Request, gate: Gate, token: str, returned: bytes) -> Done:
    """Whatever comes uses the address; what is refused is not kept, and the signer begins anew."""
    offered = gate.identity.signing_addresses.take(Direction.upload, token)
    edge = _edge(request, gate, offered)
    order, act = _awaited(edge, offered)
    certificate = _certificate(edge, order, act)
    ours, slot = official_text.read(edge, offered.sha256), Slot(offered.field, offered.last)
    signed = gate.desk.accept_returned(ours, returned, certificate.sha256, slot)
    if signed.level is Level.b_b and Level(gate.settings.signing_level) is not Level.b_b:
        raise Refused("signature_without_time", order.id)
    standing = Standing(
        UUID(offered.on_behalf_of) if offered.on_behalf_of else None,
        UUID(offered.delegation_id) if offered.delegation_id else None,
    )
    return signing_acts.record(edge, order, standing, signed, KeyKind.agent)


def _edge(request: Request, gate: Gate, offered: Offer) -> Context:
    """The signer's own, with what they may do now."""
    gate.views.wait_for(offered.position)
    return Context(request, gate, subject_from_views(gate.views.reader(), offered.person_id), None)


def _awaited(edge: Context, offered: Offer) -> tuple[Order, Act]:
    edge.require("sign_document", order_id=offered.order_id)
    order = queries.order(edge.views, offered.order_id)
    if order is None:
        raise Refused("signing_order_not_found", offered.order_id)
    signing_acts.check_keeper(edge, order)
    return order, signing_acts.act_on(order, offered.order_sha256)


def _certificate(edge: Context, order: Order, act: Act) -> Registered:
    return signing_keys.certificate(edge.gate.settings, _name(edge, order, act))


def _name(edge: Context, order: Order, act: Act) -> str:
    """Under which key and certificate are registered: the clerk seals with the agency's, others sign with their own."""
    if act is Act.seal:
        return signing_keys.name_of_body(signing_acts.body_of(edge, order))
    return signing_acts.own_login(edge)
