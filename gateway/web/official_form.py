"""What the form of an official document shows before its drafter changes it."""

import re
from dataclasses import replace
from uuid import UUID

from gateway.edge import Context
from gateway.official_paper import Words, issuer_of
from gateway.official_prefill import Prefill
from services.directory import views as directory
from services.directory.messages import RoleName, UnitKind
from services.directory.views import Person, Unit
from services.meeting.paper.words import SYMBOLS
from services.signing.messages.official import Competence, Described, Kind, Urgency

OF_THE_BODY = re.compile(r",? (của )?(Hội đồng nhân dân|Ủy ban nhân dân|HĐND|UBND|Thường trực|Ban|Tổ)\b.*")
HEADS = (RoleName.presiding_officer, RoleName.leader)


def of_draft(described: Described, words: Words | None) -> Prefill:
    """A draft as it is now; `words` where they are kept."""
    facts = described.model_dump(exclude={"document_id", "issuer_id", "signatory", "recipients", "conclusions"})
    signatory = described.signatory
    return Prefill(
        **facts,
        signatory_id=signatory.person_id,
        competence=signatory.competence,
        position=signatory.position,
        head=signatory.head,
        recipients=described.recipients,
        conclusions=described.conclusions,
        **(words.model_dump() if words else {}),
    )


def completed(edge: Context, issuer: Unit, drafter: Unit, given: Prefill) -> Prefill:
    """What nobody has said follows from the body that issues, who heads it, and the unit that drafts."""
    signatory = _signatory(edge, issuer, given)
    collective = issuer.is_body and given.competence is None
    competence = Competence.on_behalf if collective else given.competence or Competence.own
    return replace(
        given,
        kind=given.kind or _kind(issuer),
        issuer_symbol=given.issuer_symbol or SYMBOLS.get(issuer.kind) or _symbol(issuer.short_name),
        drafter_id=given.drafter_id or UUID(drafter.id),
        drafter_symbol=given.drafter_symbol or ("" if drafter.id == issuer.id else _symbol(drafter.short_name)),
        urgency=given.urgency or Urgency.normal,
        signatory_id=UUID(signatory.id) if signatory else None,
        competence=competence,
        position=given.position or (printed_position(signatory) if signatory else ""),
        head=given.head or (issuer_of(edge, issuer.id).name[0] if competence is Competence.on_behalf else ""),
        minute_taker=given.minute_taker or edge.me.full_name,
    )


def printed_position(person: Person) -> str:
    """As it stands under the name of the body: a chair of a council signs as CHỦ TỊCH."""
    return OF_THE_BODY.sub("", person.position).upper()


def _signatory(edge: Context, issuer: Unit, given: Prefill) -> Person | None:
    if given.signatory_id is not None:
        return directory.person(edge.views, given.signatory_id)
    held = directory.role_holders(edge.views, issuer.id)
    heads = [each.person_id for role in HEADS for each in held if each.role is role]
    return directory.person(edge.views, heads[0]) if heads else None


def _kind(issuer: Unit) -> Kind:
    if issuer.kind == UnitKind.people_council:
        return Kind.resolution
    return Kind.decision if issuer.is_body else Kind.official_letter


def _symbol(short_name: str) -> str:
    """VHXH for Phòng VHXH, VP for Văn phòng: what is in capitals, or the first letters."""
    words = re.split(r"[\s/]+", short_name)
    capitals = "".join(each for each in words if each.isupper())
    return (capitals or "".join(each[:1] for each in words).upper())[:30]
