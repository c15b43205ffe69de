"""From what a clerk wants copied to the file that waits for the body's seal: the original, its pages, its signers."""

import re
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from gateway import official_text
from gateway.edge import Context, Done
from kernel.decider import Refused
from kernel.ids import derived
from services.directory import views as directory
from services.documents import views as documents
from services.documents.messages import AddDocument
from services.signing import copy_views
from services.signing.checking import checking
from services.signing.copying import title_of
from services.signing.messages.copies import CopyForm, DescribedCopy, MakeCopy, Original, Source
from services.signing.messages.incoming import Verdict
from services.signing.numbering import printed
from services.signing.pdf import Scan
from services.signing.records import Incoming, Official

RANGES = re.compile(r"\d{1,4}(-\d{1,4})?(,\d{1,4}(-\d{1,4})?)*")
MOST_PAGES = 2000


@dataclass(frozen=True)
class Scanned:
    """A scan that waits to be copied, as its document and as it was found."""

    document_id: str
    sha256: str
    title: str
    scan: Scan


def of_official(edge: Context, official: Official) -> Original:
    """With whoever signed the issued bytes. Refuses `not_issued`, and `original_invalid` where they do not hold."""
    if official.sha256 is None or official.number is None or official.issued_at is None:
        raise Refused("not_issued", official.id)
    checked = checking(edge.gate.blobs, edge.gate.desk.examine)(official.sha256)
    if checked.verdict is Verdict.invalid:
        raise Refused("original_invalid", checked.finding)
    described = official.described
    return Original(
        source=Source.official,
        source_id=UUID(official.id),
        document_id=described.document_id,
        sha256=official.sha256,
        symbol=printed(official.number, official.symbol or ""),
        issued_on=_day(official.entered_on),
        issuer=_unit_name(edge, str(described.issuer_id)),
        summary=described.summary,
        signers=checked.signers,
    )


def of_arrival(edge: Context, arrived: Incoming, form: CopyForm) -> Original:
    """What this deployment sent as a copy is known as one; of what came from elsewhere the clerk's choice says so."""
    copy = copy_views.copy(edge.views, arrived.document_id)
    return Original(
        source=Source.incoming,
        source_id=UUID(arrived.id),
        document_id=UUID(arrived.document_id),
        sha256=arrived.sha256,
        symbol=arrived.symbol,
        issued_on=_day(arrived.issued_on),
        issuer=arrived.sender or _unit_name(edge, arrived.sender_id),
        summary=arrived.summary,
        signers=arrived.signers,
        form=copy.described.form if copy else as_said(form),
    )


def as_said(form: CopyForm) -> CopyForm | None:
    """What paper, or a file from elsewhere, is a copy as: who makes a duplicate of it says that it is a true copy."""
    return CopyForm.true_copy if form is CopyForm.duplicate else None


def scanned(edge: Context, document_id: UUID | str) -> Scanned:
    """Only whoever uploaded a scan makes copies of it. Refuses `no_such_document`, and what is no scan."""
    document = documents.document(edge.views, document_id)
    if document is None or document.added_by != edge.me.person_id or document.latest.media_type != "application/pdf":
        raise Refused("no_such_document", str(document_id))
    sha256 = document.latest.sha256
    scan = edge.gate.desk.examine_scan(official_text.read(edge, sha256))
    return Scanned(document.id, sha256, document.title, scan)


def make(edge: Context, described: DescribedCopy) -> Done:
    """The pages as a file of their own, kept as the copy's document, wait for the seal. `id` is the copy."""
    content = edge.gate.desk.copied(official_text.read(edge, described.original.sha256), described.pages)
    edge.gate.desk.refuse_unsafe(content)
    sha256, copy_id = official_text.put(edge, content), derived(edge.command_id, "copy_id")
    made = edge.send(
        MakeCopy,
        copy_id=copy_id,
        order_id=derived(edge.command_id, "order_id"),
        described=described,
        sha256=sha256,
        clerk_ids=(UUID(edge.me.person_id),),
    )
    edge.send(
        AddDocument,
        index="document",
        document_id=copy_id,
        title=title_of(described)[:500],
        file_name=f"{described.form.replace('_', '-')}.pdf",
        media_type="application/pdf",
        size=len(content),
        sha256=sha256,
    )
    return made.model_copy(update={"id": copy_id})


def pages_of(text: str) -> tuple[int, ...]:
    """`1, 3-5` as people write it. Refuses `bad_pages`."""
    plain = "".join(text.split())
    if not plain:
        return ()
    if RANGES.fullmatch(plain) is None:
        raise Refused("bad_pages", text)
    pages: set[int] = set()
    for each in plain.split(","):
        first, _, last = each.partition("-")
        pages |= set(range(int(first), int(last or first) + 1))
    if not pages or 0 in pages or len(pages) > MOST_PAGES:
        raise Refused("bad_pages", text)
    return tuple(sorted(pages))


def _unit_name(edge: Context, unit_id: str | None) -> str:
    unit = directory.unit(edge.views, unit_id) if unit_id else None
    return unit.name if unit else ""


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
