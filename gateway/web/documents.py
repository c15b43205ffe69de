"""Reading a document: PDF or picture, its versions, its text, and the bytes behind them."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query
from fastapi.responses import Response

from gateway import downloads
from gateway.api.documents import dossiers
from gateway.edge import Context, Edge
from gateway.identity.headers import READER
from gateway.texts import _
from gateway.web.pages import render
from services.documents.views import Document, Version
from services.meeting import preparation_views as meetings

router = APIRouter()
VersionNumber = Annotated[int | None, Query(ge=1, le=100_000)]

TYPES = {
    "application/pdf": "PDF",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "Word",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "Excel",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": "PowerPoint",
    "application/x-ole-storage": "Office 97",
    "image/png": "PNG",
    "image/jpeg": "JPEG",
    "image/tiff": "TIFF",
    "image/webp": "WebP",
    "text/plain": "TXT",
}
FAILURES = {
    "no_ocr": _("Đây là bản quét; máy chủ chưa cài phần nhận dạng chữ tiếng Việt nên chưa tìm được theo nội dung."),
    "ocr_failed": _("Chưa nhận dạng được chữ trong bản quét này nên không tìm được theo nội dung."),
    "no_text": _("Tệp không có chữ để tìm kiếm."),
    "legacy_office": _("Tệp Office đời cũ chỉ tải về được. Hãy lưu lại ở dạng .docx, .xlsx, .pptx rồi thêm phiên bản."),
    "unreadable_file": _("Không đọc được chữ trong tệp này. Tệp gốc vẫn tải về được."),
    "damaged": _("Tệp lưu trữ đã bị hỏng. Hãy báo người quản trị."),
}


@router.get("/documents/{document_id}")
def reader_page(edge: Edge, document_id: UUID, version: VersionNumber = None) -> Response:
    shown = downloads.require_version(edge, document_id, version)
    document = downloads.require_document(edge, document_id)
    text = downloads.text(edge, shown) if _view(shown) == "text" else ""
    page = render(edge, "documents/show.html", shown=shown, text=text, view=_view(shown), **_facts(edge, document))
    page.headers["Content-Security-Policy"] = READER
    return page


@router.get("/documents/{document_id}/_state")
def state_fragment(edge: Edge, document_id: UUID, version: VersionNumber = None) -> Response:
    """What is known of the version's text, while the page is open."""
    shown = downloads.require_version(edge, document_id, version)
    fragment = render(edge, "documents/_state.html", shown=shown, view=_view(shown), failures=FAILURES)
    if shown.extracted and shown.media_type != "application/pdf":
        fragment.headers["HX-Refresh"] = "true"  # there may be a PDF to read now
    return fragment


@router.get("/documents/{document_id}/text")
def text_page(edge: Edge, document_id: UUID, version: VersionNumber = None) -> Response:
    """The text alone, for small screens and screen readers."""
    shown = downloads.require_version(edge, document_id, version)
    document = downloads.require_document(edge, document_id)
    pages = downloads.text(edge, shown).split("\f")
    return render(edge, "documents/text.html", shown=shown, pages=pages, **_facts(edge, document))


@router.get("/documents/{document_id}/file")
def readable_file(edge: Edge, document_id: UUID, version: VersionNumber = None) -> Response:
    return downloads.readable(edge, downloads.require_version(edge, document_id, version))


@router.get("/documents/{document_id}/original")
def original_file(edge: Edge, document_id: UUID, version: VersionNumber = None) -> Response:
    return downloads.original(edge, downloads.require_version(edge, document_id, version))


def _view(version: Version) -> str:
    """How the page shows it: `pdf`, `image`, `text` or, where there is nothing to show, `none`."""
    if version.erased_at is not None:
        return "none"
    if version.readable_sha256 is not None:
        return "pdf"
    if version.media_type in ("image/png", "image/jpeg", "image/webp"):
        return "image"
    return "text" if version.text_sha256 is not None else "none"


def _facts(edge: Context, document: Document) -> dict[str, Any]:
    placed = dossiers(edge, UUID(document.id))
    found = [(each, meetings.meeting(edge.views, each.meeting_id)) for each in placed]
    published = [meeting.published_at for _each, meeting in found if meeting and meeting.published_at]
    return {
        "document": document,
        "dossiers": found,
        "types": TYPES,
        "failures": FAILURES,
        "late": any(each.late for each in placed),
        "published_at": min(published, default=None),
        "may_revise": edge.allows("revise_document", document_id=document.id),
    }
