"""Signature fields: which one is signed, what it locks, and those laid out for signers who come later."""

from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import (
    FieldMDPAction,
    FieldMDPSpec,
    MDPPerm,
    SigFieldSpec,
    SigSeedSubFilter,
    append_signature_field,
    enumerate_sig_fields,
)
from pyhanko.sign.signers.pdf_signer import DSSContentSettings, PdfSignatureMetadata
from pyhanko.stamp import BaseStampStyle
from pyhanko_certvalidator import ValidationContext

from kernel.decider import Refused
from services.signing.pdf.appearance import box_of, look_of
from services.signing.pdf.instructions import LaterField, SigningInstruction
from services.signing.pdf.revision import next_revision
from services.signing.pdf.trust import Trust


@dataclass(frozen=True)
class Plan:
    """The field, and how it is signed. `first`: it certifies the document; the standard lets no other do so."""

    name: str
    instruction: SigningInstruction
    digest: str
    first: bool
    new_field: SigFieldSpec | None
    style: BaseStampStyle | None

    def metadata(self, context: ValidationContext | None, *, lta: bool) -> PdfSignatureMetadata:
        return PdfSignatureMetadata(
            field_name=self.name,
            md_algorithm=self.digest,
            subfilter=SigSeedSubFilter.PADES,
            certify=self.first,
            docmdp_permissions=MDPPerm.NO_CHANGES if self.instruction.last else MDPPerm.FILL_FORMS,
            validation_context=context,
            embed_validation_info=context is not None,
            use_pades_lta=lta,
            dss_settings=DSSContentSettings(include_vri=False),
        )


def planned(writer: IncrementalPdfFileWriter, instruction: SigningInstruction, fonts: Path | None, digest: str) -> Plan:
    fields = {name: (value is not None, field) for name, value, field in enumerate_sig_fields(writer)}
    first = not any(signed for signed, _ in fields.values())
    _refuse_locked(writer)
    name = instruction.field or _next_name(instruction, set(fields))
    look = look_of(instruction.appearance, instruction.at, writer, fonts) if instruction.appearance else None
    _lay_out(writer, instruction.later)
    new_field = None
    if name in fields:
        _take(writer, fields[name], tuple(fields) if instruction.last else ())
    else:
        if look is not None and not first:
            raise Refused("signature_field_taken", "a visible field must be laid out before the first signature")
        box = (look.page, look.box) if look else None
        new_field = _new_field(name, box, (*fields, name) if instruction.last and not first else ())
    return Plan(name, instruction, digest, first, new_field, look.style if look else None)


def lay_out_fields(trust: Trust, document: bytes, fields: tuple[LaterField, ...]) -> bytes:
    """As one more revision, for a first signature that is made elsewhere: its field and those of who comes later."""
    writer = next_revision(document)
    _lay_out(writer, fields)
    written = BytesIO()
    writer.write(written)
    return written.getvalue()


def _lay_out(writer: IncrementalPdfFileWriter, fields: tuple[LaterField, ...]) -> None:
    names = (*(name for name, *_ in enumerate_sig_fields(writer)), *(each.name for each in fields))
    for each in fields:
        box = box_of(each.place, writer) if each.place else None
        append_signature_field(writer, _new_field(each.name, box, names if each.last else ()))


def _refuse_locked(writer: IncrementalPdfFileWriter) -> None:
    for signature in writer.prev.embedded_regular_signatures:
        if signature.docmdp_level is MDPPerm.NO_CHANGES:
            raise Refused("document_locked", signature.field_name)


def _next_name(instruction: SigningInstruction, taken: set[str]) -> str:
    numbers = range(1, len(taken) + 2)
    return next(name for each in numbers if (name := f"{instruction.act}-{each}") not in taken)


def _take(
    writer: IncrementalPdfFileWriter, found: tuple[bool, generic.IndirectObject], locked: tuple[str, ...]
) -> None:
    signed, reference = found
    field = reference.get_object()
    if signed or not isinstance(field, generic.DictionaryObject):
        raise Refused("signature_field_taken")
    if locked and "/Lock" not in field:
        lock = _lock(locked).as_sig_field_lock()
        lock["/P"] = generic.NumberObject(MDPPerm.NO_CHANGES.value)
        field[pdf_name("/Lock")] = lock
        writer.update_container(field)


def _new_field(
    name: str, box: tuple[int, tuple[float, float, float, float]] | None, locked: tuple[str, ...]
) -> SigFieldSpec:
    page, corners = box or (0, None)
    return SigFieldSpec(
        sig_field_name=name,
        on_page=page,
        box=tuple(round(each) for each in corners) if corners else None,  # type: ignore[arg-type]
        field_mdp_spec=_lock(locked) if locked else None,
        doc_mdp_update_value=MDPPerm.NO_CHANGES if locked else None,
    )


def _lock(fields: tuple[str, ...]) -> FieldMDPSpec:
    """Of the last signature, beside its own rule that nothing may change (DocMDP P=1), which covers number and day too.

    It names the signature fields alone. pyHanko takes a text field that has an appearance for changed by every later
    update, also where nothing changed, and DSS takes the field of an archive time stamp for a change of all others.
    """
    return FieldMDPSpec(FieldMDPAction.INCLUDE, fields=list(fields))
