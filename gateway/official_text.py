"""The bytes of official documents: kept when uploaded, made ready for signatures, numbered."""

import hashlib
from datetime import date
from uuid import UUID

from gateway.edge import Context, Done
from gateway.uploads import Stored
from kernel.decider import Refused
from kernel.ids import derived
from kernel.ports import Corrupt, NotStored
from services.documents import views as documents
from services.documents.messages import AddDocument
from services.signing import queries
from services.signing.numbering import symbol_of
from services.signing.records import Official

TITLE = 500
"""Characters of a document's title; a summary may have more."""


def keep(edge: Context, title: str, stored: Stored, index: str = "", words_sha256: str | None = None) -> Done:
    """As a document that is the text of an official one from the moment it is drafted; its title, a summary, is cut."""
    if words_sha256 is None:
        edge.received(stored.sha256)
    document_id = derived(edge.command_id, "document_id")
    done = edge.send(
        AddDocument,
        index=index,
        document_id=document_id,
        title=title.strip()[:TITLE] or stored.examined.file_name,
        file_name=stored.examined.file_name,
        media_type=stored.examined.media_type,
        size=stored.size,
        sha256=stored.sha256,
        words_sha256=words_sha256,
    )
    return done.model_copy(update={"id": document_id})


def check_own(edge: Context, document_id: UUID, official_id: UUID | None = None) -> None:
    """A draft's text is what its drafter uploaded, and the text of no other document; nor what arrived, a copy or
    minutes, whose newest file the signatures on the draft would become.
    """
    document = documents.document(edge.views, document_id)
    of = queries.official_of_document(edge.views, document_id)
    if document is None or (of is None and document.added_by != edge.me.person_id):
        raise Refused("no_such_document", str(document_id))
    if of is not None and of.id != str(official_id):
        raise Refused("text_of_another_document", of.id)
    if of is None and (queries.incoming_with(edge.views, document_id) or _is_signed(edge, document_id)):
        raise Refused("text_of_another_document", str(document_id))


def _is_signed(edge: Context, document_id: UUID) -> bool:
    return bool(queries.orders_of_document(edge.views, document_id))


def ready_to_sign(edge: Context, official: Official, sha256: str) -> str:
    """The SHA-256 of the bytes that people sign: those looked at, with room for number and day laid out.

    Refuses `stale_document`, and what must not be in a file before it is signed.
    """
    document = documents.document(edge.views, official.described.document_id)
    readable = document.latest.readable_sha256 if document else None
    if readable is None:
        raise Refused("not_a_pdf", official.id)
    if readable != sha256:
        raise Refused("stale_document", readable)
    content = read(edge, sha256)
    edge.gate.desk.refuse_unsafe(content)
    return put(edge, edge.gate.desk.lay_out_number(content, symbol_of(official.described)))


def with_number(edge: Context, official: Official) -> str:
    """The signed bytes with number, day and month filled in. Refuses `not_numbered`.

    Days below 10 and months below 3 have two digits (Decree 30/2020, Annex I, part II.4).
    """
    if official.number is None or official.entered_on is None or official.sha256 is None:
        raise Refused("not_numbered", official.id)
    entered = date.fromisoformat(official.entered_on)
    values = {
        "number": f"{official.number:02}",
        "day": f"{entered.day:02}",
        "month": f"{entered.month:02}" if entered.month < 3 else str(entered.month),
    }
    return put(edge, edge.gate.desk.fill_number(read(edge, official.sha256), values))


def read(edge: Context, sha256: str) -> bytes:
    try:
        return edge.gate.blobs.read(sha256)
    except (Corrupt, NotStored) as error:
        raise Refused("integrity_error", sha256) from error


def put(edge: Context, content: bytes) -> str:
    sha256 = hashlib.sha256(content).hexdigest()
    edge.gate.blobs.put([content], size=len(content), sha256=sha256)
    return sha256
