"""One signature: the signer's own password and PIN, the bytes that were read, the key's work, and what is recorded."""

from dataclasses import dataclass
from uuid import UUID

from gateway import official_text, signing_keys
from gateway.edge import Context, Done
from gateway.signing_keys import Held
from kernel.decider import Refused
from services.directory import views as directory
from services.signing import queries
from services.signing.messages.orders import Act, Certificate, Level, Purpose, RecordSignature
from services.signing.pdf import (
    AgencySeal,
    Appearance,
    CertificateFacts,
    Consent,
    Handwriting,
    LaterField,
    Place,
    SigningInstruction,
    seal_place,
)
from services.signing.queries import VIETNAM
from services.signing.records import Official, Order

SIGNATURE, SEAL = "sign-1", "seal-1"
"""The fields of the competent person and of the agency, laid out by whoever signs first."""


@dataclass(frozen=True)
class Standing:
    """For whom the signer signs; `delegation_id` where it is for somebody else."""

    on_behalf_of: UUID | None
    delegation_id: UUID | None


def sign(edge: Context, order: Order, seen_sha256: str, standing: Standing, consent: Consent) -> Done:
    """Nothing is kept unless everything went well: the signed bytes first, then the event that names them."""
    if seen_sha256 != order.sha256:
        raise Refused("stale_document", order.sha256)
    if not order.steps[order.at_step :]:
        raise Refused("signing_over", order.id)
    act, content = Act(order.steps[order.at_step].act), official_text.read(edge, order.sha256)
    held = _key(edge, order, act)
    signed = edge.gate.desk.sign(content, _instruction(edge, order, act, content, held), held.key, consent)
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
        key=held.kind,
        level=signed.level,
        signed_at=signed.signed_at,
        provable_until=signed.provable_until,
    )


def _key(edge: Context, order: Order, act: Act) -> Held:
    """The clerk seals with the agency's key; everybody else signs with their own."""
    if act is Act.seal:
        return signing_keys.of_body(edge.gate.settings, _official(edge, order).described.issuer_id)
    person = directory.person(edge.views, edge.me.person_id)
    if person is None or not person.login:
        raise Refused("no_signing_key", edge.me.person_id)
    return signing_keys.of_person(edge.gate.settings, person.login)


def _official(edge: Context, order: Order) -> Official:
    found = queries.official(edge.views, order.official_id) if order.official_id else None
    if found is None:
        raise Refused("official_not_found", order.id)
    return found


def _instruction(edge: Context, order: Order, act: Act, content: bytes, held: Held) -> SigningInstruction:
    place = _place(edge, order, content)
    first = not queries.signatures(edge.views, order.id) and order.purpose != Purpose.seal
    field = {Act.sign: SIGNATURE, Act.seal: SEAL}.get(act, "") if place else ""
    return SigningInstruction(
        document_sha256=order.sha256,
        act=act,
        level=Level(edge.gate.settings.signing_level),
        at=edge.now.astimezone(VIETNAM),
        last=order.purpose == Purpose.seal or (order.purpose == Purpose.paper and _is_final(edge, order)),
        field=field,
        appearance=_appearance(act, place, held.image),
        later=_later(place, field) if first else (),
    )


def _is_final(edge: Context, order: Order) -> bool:
    here = [each for each in queries.signatures(edge.views, order.id) if each.step == order.at_step]
    return order.at_step == len(order.steps) - 1 and len(here) + 1 == order.steps[-1].needed


def _place(edge: Context, order: Order, content: bytes) -> Place | None:
    """Between the position and the name of the competent person, where the paper has both."""
    if order.official_id is None:
        return None
    signatory = _official(edge, order).described.signatory
    person = directory.person(edge.views, signatory.person_id)
    name = person.full_name if person else ""
    return edge.gate.desk.place_of_signature(content, signatory.position, name)


def _later(place: Place | None, field: str) -> tuple[LaterField, ...]:
    """A seal's own image is not needed to know where it will stand."""
    if place is None:
        return ()
    signature = (LaterField(SIGNATURE, place),) if field != SIGNATURE else ()
    return (*signature, LaterField(SEAL, seal_place(AgencySeal(b"", place)), last=True))


def _appearance(act: Act, place: Place | None, image: bytes | None) -> Appearance | None:
    if place is None or image is None:
        return None
    if act is Act.seal:
        return AgencySeal(image, place)
    return Handwriting(image, place) if act is Act.sign else None


def _certificate(facts: CertificateFacts) -> Certificate:
    return Certificate(
        subject=facts.subject,
        issuer=facts.issuer,
        serial=facts.serial,
        sha256=facts.sha256,
        valid_until=facts.valid_until,
    )
