"""Files for a completion report: uploaded first, named by the report when it is delivered."""

from uuid import UUID

from fastapi import APIRouter, Depends, Request
from starlette.concurrency import run_in_threadpool

from gateway import uploads
from gateway.edge import Context, Done, Edge
from kernel.decider import Refused
from kernel.ids import derived
from services.documents import views as documents
from services.documents.messages import AddDocument

router = APIRouter(tags=["tasks"])
ANY_FILE = {
    "requestBody": {
        "required": True,
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}


def may_upload(edge: Edge, task_id: UUID) -> None:
    """Asked before a byte is read, so that refused uploads leave nothing behind."""
    edge.require("work_on_task", task_id=task_id)


@router.put(
    "/tasks/{task_id}/documents",
    status_code=201,
    response_model_exclude_none=True,
    openapi_extra=ANY_FILE,
    dependencies=[Depends(may_upload)],
)
async def upload_task_document(edge: Edge, request: Request, task_id: UUID) -> Done:
    """Stores the raw body; only its sender can name it, in a completion report. `X-File-Name`, `X-Sha256` as ever."""
    stored = await uploads.receive(request, edge.gate, uploads.announced(request))
    return await run_in_threadpool(_add, edge, stored)


def _add(edge: Context, stored: uploads.Stored) -> Done:
    edge.received(stored.sha256)
    document_id = derived(edge.command_id, "document_id")
    name = stored.examined.file_name
    done = edge.send(
        AddDocument,
        document_id=document_id,
        title=name.rpartition(".")[0].replace("_", " ").strip() or name,
        file_name=name,
        media_type=stored.examined.media_type,
        size=stored.size,
        sha256=stored.sha256,
    )
    return done.model_copy(update={"id": document_id})


def check_attachable(edge: Context, document_id: UUID) -> None:
    """A report may name what its sender uploaded for it or may read anyway."""
    if edge.allows("see_document", document_id=document_id):
        return
    found = documents.document(edge.views, document_id)
    if found is None or found.added_by != edge.me.person_id:
        raise Refused("no_such_document", str(document_id))
