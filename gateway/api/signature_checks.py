"""The check of any PDF's signatures: of one that is uploaded for that alone, or of a stored one."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from starlette.concurrency import run_in_threadpool

from gateway import downloads, official_text, uploads
from gateway.api.documents import ANY_FILE
from gateway.edge import Edge
from gateway.signature_report import SignatureReport, report
from kernel.decider import Refused

router = APIRouter(tags=["signing"])
Version = Annotated[int | None, Query(ge=1, le=100_000)]


def may_check(edge: Edge) -> None:
    edge.require("check_signatures")


@router.post("/signature-checks", openapi_extra=ANY_FILE, dependencies=[Depends(may_check)])
async def check_signatures(edge: Edge, request: Request) -> SignatureReport:
    """Examines the raw body, and keeps nothing of it."""
    content = await uploads.in_memory(request, edge.gate.settings.upload_limit_mib * 1024 * 1024)
    examination = await run_in_threadpool(edge.gate.desk.examine, content)
    return report(edge, examination)


@router.get("/documents/{document_id}/signatures")
def check_document(edge: Edge, document_id: UUID, version: Version = None) -> SignatureReport:
    """Of a document's PDF as it is stored: the latest version, or the one named."""
    shown = downloads.require_version(edge, document_id, version)
    if shown.readable_sha256 is None:
        raise Refused("not_a_pdf", str(document_id))
    return report(edge, edge.gate.desk.examine(official_text.read(edge, shown.readable_sha256)))
