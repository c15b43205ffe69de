"""Pages on which signatures are checked: of any PDF, and of a stored document."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from fastapi.responses import Response

from gateway import downloads
from gateway.api.signature_checks import check_document
from gateway.edge import Edge
from gateway.web.pages import render

router = APIRouter()
Version = Annotated[int | None, Query(ge=1, le=100_000)]


@router.get("/signature-checks")
def check_page(edge: Edge) -> Response:
    edge.require("check_signatures")
    limit = edge.gate.settings.upload_limit_mib
    return render(edge, "signing/check.html", checked=None, document=None, limit=limit)


@router.get("/documents/{document_id}/signatures")
def document_page(edge: Edge, document_id: UUID, version: Version = None) -> Response:
    checked = check_document(edge, document_id, version)
    document = downloads.require_document(edge, document_id)
    return render(edge, "signing/check.html", checked=checked, document=document, limit=0)
