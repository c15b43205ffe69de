"""Documents that go with an opinion form: uploaded for it, or already in the house."""

from uuid import UUID

from fastapi import APIRouter, Depends, Request
from starlette.concurrency import run_in_threadpool

from gateway import uploads
from gateway.api.commands import Body, command_route
from gateway.api.documents import ANY_FILE
from gateway.api.task_documents import check_attachable
from gateway.edge import Context, Done, Edge
from kernel.decider import Refused
from kernel.ids import derived
from services.documents import views as documents
from services.documents.messages import AddDocument
from services.voting import circulation_queries as opinions
from services.voting.messages import AttachToForm, DetachFromForm

router = APIRouter()
PATH = "/opinion-forms/{form_id}/documents"


def may_upload(edge: Edge, form_id: UUID) -> None:
    """Asked before a byte is read, so that refused uploads leave nothing behind."""
    edge.require("prepare_opinion_form", form_id=form_id)
    form = opinions.form(edge.views, form_id)
    if form is None or form.state != "draft":
        raise Refused("form_not_in_draft", str(form_id))


@router.put(
    PATH,
    status_code=201,
    response_model_exclude_none=True,
    openapi_extra=ANY_FILE,
    dependencies=[Depends(may_upload)],
)
async def upload_form_document(edge: Edge, request: Request, form_id: UUID) -> Done:
    """Stores the raw body as a document of the form. `X-File-Name`, `X-Sha256` as ever."""
    stored = await uploads.receive(request, edge.gate, uploads.announced(request))
    return await run_in_threadpool(_add, edge, form_id, stored)


def _add(edge: Context, form_id: UUID, stored: uploads.Stored) -> Done:
    edge.received(stored.sha256)
    document_id = derived(edge.command_id, "document_id")
    name = stored.examined.file_name
    title = name.rpartition(".")[0].replace("_", " ").strip() or name
    edge.send(
        AddDocument,
        index="add",
        document_id=document_id,
        title=title,
        file_name=name,
        media_type=stored.examined.media_type,
        size=stored.size,
        sha256=stored.sha256,
    )
    done = edge.send(AttachToForm, index="attach", form_id=form_id, document_id=document_id, title=title)
    return done.model_copy(update={"id": document_id})


class Existing(Body):
    """A document of a dossier that its sender prepares, or one that was uploaded for the form before."""

    document_id: UUID


def check_circulable(edge: Context, document_id: UUID) -> None:
    """To read it is not enough: with the form it goes to every member of the body."""
    if edge.allows("circulate_document", document_id=document_id):
        return
    if edge.allows("see_document", document_id=document_id):
        raise Refused("not_to_be_circulated", str(document_id))
    check_attachable(edge, document_id)


@router.post(PATH)
def attach_document(edge: Edge, form_id: UUID, body: Existing) -> Done:
    edge.require("prepare_opinion_form", form_id=form_id)
    check_circulable(edge, body.document_id)
    found = documents.document(edge.views, body.document_id)
    if found is None:
        raise Refused("no_such_document", str(body.document_id))
    return edge.send(AttachToForm, form_id=form_id, document_id=body.document_id, title=found.title)


command_route(router, PATH + "/{document_id}/detachment", DetachFromForm, action="prepare_opinion_form")
