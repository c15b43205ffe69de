"""One signature: the signer's own password and PIN, the bytes that were read, the key's work, and what is recorded."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import UUID

import structlog

from gateway import official_text, signing_keys
from gateway.edge import Context, Done
from gateway.signing_keys import Held
from kernel.decider import Refused
from kernel.vietnam import VIETNAM, day_of
from services.directory import views as directory
from services.signing import copy_views, queries
from services.signing.copy_views import Copy
from services.signing.copying import MARKS
from services.signing.messages.orders import Act, Certificate, KeyKind, Level, Purpose, RecordSignature
from services.signing.pdf import (
    AgencySeal,
    Appearance,
    CertificateFacts,
    Consent,
    CopyMark,
    Handwriting,
    LaterField,
    NameAndTime,
    Place,
    Signed,
    SigningInstruction,
    seal_place,
)
from services.signing.records import Official, Order

log = structlog.get_logger()

SIGNATURE, SEAL = "sign-1", "seal-1"
"""The fields of the competent person and of the agency, laid out by whoever signs first."""

TAKER, PRESIDING = "THƯ KÝ", "CHỦ TỌA"
"""What stands above the names of those who sign minutes, in this order."""

MENDED_BY_THE_OPERATOR = ("key_unavailable", "tsa_unavailable", "clock_wrong")
"""Who signs is told that it cannot be done now; what is in the way is for the log. It names nobody."""

SEALING = (Purpose.seal, Purpose.copy)
"""The body's key comes last, and locks the file."""


@dataclass(frozen=True)
class Standing:
    """For whom the signer signs; `delegation_id` where it is for somebody else."""

    on_behalf_of: UUID | None
    delegation_id: UUID | None


def sign(edge: Context, order: Order, seen_sha256: str, standing: Standing, consent: Consent) -> Done:
    """Nothing is kept unless everything went well: the signed bytes first, then the event that names them."""
    act = act_on(order, seen_sha256)
    check_standing(edge, order, standing)
    content = official_text.read(edge, order.sha256)
    with logged(order):
        held = _key(edge, order, act)
        signed = edge.gate.desk.sign(content, instruction(edge, order, act, content, held.image), held.key, consent)
    return record(edge, order, standing, signed, held.kind)


@contextmanager
def logged(order: Order) -> Iterator[None]:
    try:
        yield
    except Refused as refusal:
        if refusal.code in MENDED_BY_THE_OPERATOR:
            log.warning("not_signed", order=order.id, code=refusal.code, reason=refusal.detail)
        raise


def act_on(order: Order, seen_sha256: str) -> Act:
    """What is asked of the next signer, who has seen these bytes. Refuses `stale_document` and `signing_over`."""
    if seen_sha256 != order.sha256:
        raise Refused("stale_document", order.sha256)
    if not order.steps[order.at_step :]:
        raise Refused("signing_over", order.id)
    return Act(order.steps[order.at_step].act)


def check_standing(edge: Context, order: Order, standing: Standing) -> None:
    """Before a key is used or an address given at all; the service judges again what it records."""
    check_keeper(edge, order)
    signs_for = str(standing.on_behalf_of or edge.me.person_id)
    if signs_for not in {each.person_id for each in queries.waited(edge.views, order.id)}:
        raise Refused("not_your_turn_to_sign", signs_for)
    others = set(order.steps[order.at_step].signer_ids if standing.on_behalf_of else ())
    hands = {each.signer_id for each in queries.signatures(edge.views, order.id) if each.step == order.at_step}
    if edge.me.person_id in others | hands:
        raise Refused("one_signature_in_a_step", order.id)
    if (standing.on_behalf_of is None) != (standing.delegation_id is None):
        raise Refused("delegation_not_named", order.id)
    day = day_of(edge.now)
    in_force = {(each.id, each.from_id) for each in queries.delegations_in_force(edge.views, edge.me.person_id, day)}
    if standing.on_behalf_of is not None and (str(standing.delegation_id), signs_for) not in in_force:
        raise Refused("delegation_not_in_force", str(standing.delegation_id))


def check_keeper(edge: Context, order: Order) -> None:
    """The body's key is its clerk's to use, on the day itself; whoever stands in for the clerk is given that role, too
    (Decree 30/2020, article 32). Refuses `not_allowed`.
    """
    if order.purpose in SEALING:
        edge.require("keep_register", issuer_id=body_of(edge, order))


def record(edge: Context, order: Order, standing: Standing, signed: Signed, kind: KeyKind) -> Done:
    return edge.send(
        RecordSignature,
        order_id=UUID(order.id),
        signer_id=UUID(edge.me.person_id),
        on_behalf_of=standing.on_behalf_of,
        delegation_id=standing.delegation_id,
        seen_sha256=order.sha256,
        signed_sha256=official_text.put(edge, signed.content),
        signed_size=len(signed.content),
        certificate=_certificate(signed.certificate),
        key=kind,
        level=signed.level,
        signed_at=signed.signed_at,
        provable_until=signed.provable_until,
    )


def _key(edge: Context, order: Order, act: Act) -> Held:
    """The clerk seals with the agency's key; everybody else signs with their own."""
    if act is Act.seal:
        return signing_keys.of_body(edge.gate.settings, body_of(edge, order))
    return signing_keys.of_person(edge.gate.settings, own_login(edge))


def own_login(edge: Context) -> str:
    person = directory.person(edge.views, edge.me.person_id)
    if person is None or not person.login:
        raise Refused("no_signing_key", edge.me.person_id)
    return person.login


def body_of(edge: Context, order: Order) -> UUID:
    """Whose key seals: that of the body that issues the document, or makes the copy."""
    if order.purpose == Purpose.copy:
        return copy_of(edge, order).described.body_id
    return official_of(edge, order).described.issuer_id


def copy_of(edge: Context, order: Order) -> Copy:
    found = copy_views.copy(edge.views, order.document_id)
    if found is None:
        raise Refused("copy_not_found", order.id)
    return found


def official_of(edge: Context, order: Order) -> Official:
    found = queries.official(edge.views, order.official_id) if order.official_id else None
    if found is None:
        raise Refused("official_not_found", order.id)
    return found


def instruction(edge: Context, order: Order, act: Act, content: bytes, image: bytes | None) -> SigningInstruction:
    fields = _fields(edge, order, content)
    own = next((each for each in fields if each.name == _field_name(order, act)), None)
    return SigningInstruction(
        document_sha256=order.sha256,
        act=act,
        level=Level(edge.gate.settings.signing_level),
        at=edge.now.astimezone(VIETNAM),
        last=order.purpose in SEALING or (order.purpose == Purpose.paper and _is_final(edge, order)),
        field=own.name if own else "",
        appearance=_appearance(edge, order, fields, own, image),
        later=tuple(each for each in fields if each is not own) if is_first(edge, order) else (),
    )


def fields_to_lay_out(edge: Context, order: Order, content: bytes, made: SigningInstruction) -> tuple[LaterField, ...]:
    """For whoever signs elsewhere: the own field, and those that a first signature made here would lay out."""
    if not is_first(edge, order):
        return ()
    place = next((each.place for each in _fields(edge, order, content) if each.name == made.field), None)
    return (LaterField(made.field or f"{made.act}-1", place, last=made.last), *made.later)


def is_first(edge: Context, order: Order) -> bool:
    """A seal comes after the signatures of an order of its own."""
    return not queries.signatures(edge.views, order.id) and order.purpose != Purpose.seal


def _is_final(edge: Context, order: Order) -> bool:
    here = [each for each in queries.signatures(edge.views, order.id) if each.step == order.at_step]
    return order.at_step == len(order.steps) - 1 and len(here) + 1 == order.steps[-1].needed


def _fields(edge: Context, order: Order, content: bytes) -> tuple[LaterField, ...]:
    """The visible ones, as far as the paper has room for them. A seal's own image is not needed to know its place."""
    if order.purpose == Purpose.paper:
        return _fields_of_minutes(edge, order, content)
    if order.official_id is None:
        return ()
    signatory = official_of(edge, order).described.signatory
    place = _place(edge, content, signatory.position, str(signatory.person_id))
    if place is None:
        return ()
    return LaterField(SIGNATURE, place), LaterField(SEAL, seal_place(AgencySeal(b"", place)), last=True)


def _fields_of_minutes(edge: Context, order: Order, content: bytes) -> tuple[LaterField, ...]:
    """Who takes the minutes signs on the left, who presides on the right; one person who does both, on the right."""
    positions = (TAKER, PRESIDING)[-len(order.steps) :]
    fields = []
    for number, (position, step) in enumerate(zip(positions, order.steps, strict=False), start=1):
        place = _place(edge, content, position, str(step.signer_ids[0]))
        if place is not None:
            fields.append(LaterField(f"sign-{number}", place, last=number == len(order.steps)))
    return tuple(fields)


def _field_name(order: Order, act: Act) -> str:
    if order.purpose == Purpose.paper:
        return f"sign-{order.at_step + 1}"
    return {Act.sign: SIGNATURE, Act.seal: SEAL}.get(act, "")


def _place(edge: Context, content: bytes, position: str, person_id: str) -> Place | None:
    """Between the position and the name of the person, where the paper has both; it prints capitals."""
    person = directory.person(edge.views, person_id)
    name = person.full_name if person else ""
    written = dict.fromkeys((position.upper(), position))
    places = (edge.gate.desk.place_of_signature(content, each, name) for each in written)
    return next((each for each in places if each is not None), None)


def _appearance(
    edge: Context, order: Order, fields: tuple[LaterField, ...], own: LaterField | None, image: bytes | None
) -> Appearance | None:
    """Minutes say who signed and when where there is no picture of the handwriting."""
    if order.purpose == Purpose.copy:
        return _copy_mark(edge, order)
    if own is None or own.place is None:
        return None
    if own.name == SEAL:
        return AgencySeal(image, fields[0].place or own.place) if image else None
    if image is not None:
        return Handwriting(image, own.place)
    return NameAndTime(edge.me.full_name, own.place) if order.purpose == Purpose.paper else None


def _copy_mark(edge: Context, order: Order) -> CopyMark:
    described = copy_of(edge, order).described
    body = directory.unit(edge.views, described.body_id)
    return CopyMark(MARKS[described.form], body.name if body else "")


def _certificate(facts: CertificateFacts) -> Certificate:
    return Certificate(
        subject=facts.subject,
        issuer=facts.issuer,
        serial=facts.serial,
        sha256=facts.sha256,
        valid_until=facts.valid_until,
    )
