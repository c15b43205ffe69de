"""Documents: upload into a dossier, new versions, and the bytes of each."""

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BaseModel, Field
from starlette.concurrency import run_in_threadpool

from gateway import downloads, uploads
from gateway.api.commands import Body, command_route
from gateway.edge import Context, Done, Edge
from gateway.policy.documents import placements
from kernel.decider import Refused
from kernel.ids import derived
from services.directory import views as directory
from services.documents.messages import AddDocument, AddVersion, DescribeDocument
from services.documents.views import Document
from services.meeting import preparation_views as meetings
from services.meeting.messages import AttachDocument, DocumentKind
from services.meeting.preparation_views import DossierDocument, Phase

router = APIRouter(tags=["document"])
ANY_FILE: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}
BYTES: dict[int | str, dict[str, Any]] = {
    200: {"content": {"application/octet-stream": {}}},
    206: {"description": "One range of the bytes"},
}


class DocumentDetail(BaseModel):
    """`dossiers`: where the reader may see it attached."""

    document: Document
    dossiers: list[DossierDocument]


class Attachment(Body):
    """Where an uploaded file goes. `title` is made of the file's name when it is not given."""

    kind: DocumentKind = DocumentKind.main
    item_id: UUID | None = None
    for_person_id: UUID | None = None
    title: str = Field("", max_length=500)
    number: str = Field("", max_length=60)
    issued_on: date | None = None


class Note(Body):
    """Why there is a new version."""

    note: str = Field("", max_length=500)


def may_attach(edge: Edge, meeting_id: UUID, attachment: Annotated[Attachment, Query()]) -> Attachment:
    """Asked before a byte is read, so that refused uploads leave nothing behind."""
    edge.require("prepare_meeting", meeting_id=meeting_id)
    if attachment.kind is DocumentKind.link:
        raise Refused("link_needs_url", "a link is no file")
    if (attachment.kind is DocumentKind.personal) != (attachment.for_person_id is not None):
        raise Refused("personal_needs_person")
    if attachment.for_person_id is not None and not directory.person(edge.views, attachment.for_person_id):
        raise Refused("no_such_person", str(attachment.for_person_id))
    if attachment.item_id is not None and meetings.item(edge.views, meeting_id, attachment.item_id) is None:
        raise Refused("no_such_item", str(attachment.item_id))
    return attachment


def may_revise(edge: Edge, document_id: UUID) -> None:
    """An approval stands for the bytes that the leader saw."""
    resource = edge.require("revise_document", document_id=document_id)
    downloads.require_document(edge, document_id)
    for placement, _facts in placements(resource):
        meeting = meetings.meeting(edge.views, placement.meeting_id)
        if meeting is not None and meeting.phase in (Phase.submitted, Phase.approved):
            raise Refused("dossier_under_approval", meeting.id)


@router.put(
    "/meetings/{meeting_id}/documents",
    status_code=201,
    response_model_exclude_none=True,
    openapi_extra=ANY_FILE,
)
async def upload_document(
    edge: Edge, request: Request, meeting_id: UUID, attachment: Annotated[Attachment, Depends(may_attach)]
) -> Done:
    """Stores the raw body as a document of the dossier. `X-File-Name` (percent-encoded), `X-Sha256` (verified)."""
    stored = await uploads.receive(request, edge.gate, uploads.announced(request))
    return await run_in_threadpool(_attach, edge, meeting_id, attachment, stored)


@router.post(
    "/documents/{document_id}/versions",
    status_code=201,
    response_model_exclude_none=True,
    openapi_extra=ANY_FILE,
    dependencies=[Depends(may_revise)],
)
async def upload_version(edge: Edge, request: Request, document_id: UUID, note: Annotated[Note, Query()]) -> Done:
    """Stores the raw body as the document's newest version; earlier ones stay readable."""
    stored = await uploads.receive(request, edge.gate, uploads.announced(request))
    return await run_in_threadpool(_add_version, edge, document_id, note.note, stored)


command_route(router, "/documents/{document_id}", DescribeDocument, action="revise_document", method="PUT")


@router.get("/documents/{document_id}")
def read_document(edge: Edge, document_id: UUID) -> DocumentDetail:
    document = downloads.require_document(edge, document_id)
    return DocumentDetail(document=document, dossiers=dossiers(edge, document_id))


@router.get("/documents/{document_id}/file", response_class=Response, responses=BYTES)
def read_file(edge: Edge, document_id: UUID, version: Annotated[int | None, Query(ge=1)] = None) -> Response:
    """The PDF or image that people read, whole or by range."""
    return downloads.readable(edge, downloads.require_version(edge, document_id, version))


@router.get("/documents/{document_id}/original", response_class=Response, responses=BYTES)
def read_original(edge: Edge, document_id: UUID, version: Annotated[int | None, Query(ge=1)] = None) -> Response:
    """The file exactly as it was uploaded."""
    return downloads.original(edge, downloads.require_version(edge, document_id, version))


@router.get("/documents/{document_id}/text", response_class=Response, responses={200: {"content": {"text/plain": {}}}})
def read_text(edge: Edge, document_id: UUID, version: Annotated[int | None, Query(ge=1)] = None) -> Response:
    """The text found in the file; a form feed stands between pages."""
    found = downloads.text(edge, downloads.require_version(edge, document_id, version))
    return Response(found, media_type="text/plain; charset=utf-8")


def dossiers(edge: Context, document_id: UUID) -> list[DossierDocument]:
    """Where the reader may see it; that it is somebody's personal paper is for them and for who prepares."""

    def shown(placed: DossierDocument) -> bool:
        personal = placed.for_person_id not in (None, edge.me.person_id)
        return edge.allows("prepare_meeting" if personal else "see_meeting", meeting_id=placed.meeting_id)

    return [each for each in meetings.meetings_of_document(edge.views, document_id) if shown(each)]


def _attach(edge: Context, meeting_id: UUID, attachment: Attachment, stored: uploads.Stored) -> Done:
    edge.received(stored.sha256)
    document_id = derived(edge.command_id, "document_id")
    title = attachment.title.strip() or _title(stored.examined.file_name)
    edge.send(
        AddDocument,
        index="add",
        document_id=document_id,
        title=title,
        file_name=stored.examined.file_name,
        media_type=stored.examined.media_type,
        size=stored.size,
        sha256=stored.sha256,
        number=attachment.number,
        issued_on=attachment.issued_on,
    )
    done = edge.send(
        AttachDocument,
        index="attach",
        meeting_id=meeting_id,
        document_id=document_id,
        kind=attachment.kind,
        item_id=attachment.item_id,
        for_person_id=attachment.for_person_id,
        title=title,
    )
    return done.model_copy(update={"id": document_id})


def _add_version(edge: Context, document_id: UUID, note: str, stored: uploads.Stored) -> Done:
    edge.received(stored.sha256)
    return edge.send(
        AddVersion,
        document_id=document_id,
        file_name=stored.examined.file_name,
        media_type=stored.examined.media_type,
        size=stored.size,
        sha256=stored.sha256,
        note=note,
    ).model_copy(update={"id": document_id})


def _title(file_name: str) -> str:
    return file_name.rpartition(".")[0].replace("_", " ").strip() or file_name
