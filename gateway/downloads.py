"""Giving out stored bytes: only to who may see the document, only verified, whole or one range (RFC 9110, 14)."""

import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from urllib.parse import quote
from uuid import UUID

from fastapi import Request, Response
from fastapi.responses import StreamingResponse

from gateway.edge import Context
from gateway.identity.headers import content_security_policy
from kernel.decider import Refused
from kernel.ports import Corrupt, NotStored
from services.documents import views as documents
from services.documents.messages import ReportDamage
from services.documents.views import Document, Version

RANGE = re.compile(r"bytes=([0-9]{0,18})-([0-9]{0,18})")
SANDBOX = content_security_policy(script_src="'none'", connect_src="'none'", worker_src="'none'") + "; sandbox"
"""A document opened by itself can run nothing and reach nothing."""


def require_document(edge: Context, document_id: UUID) -> Document:
    edge.require("see_document", document_id=document_id)
    document = documents.document(edge.views, document_id)
    if document is None:
        raise Refused("not_found", "a link has no file")
    return document


def require_version(edge: Context, document_id: UUID, number: int | None) -> Version:
    version = require_document(edge, document_id).version(number)
    if version is None:
        raise Refused("version_not_found", str(number))
    return version


def original(edge: Context, version: Version) -> Response:
    """The file as it was uploaded, for download."""
    return _bytes(edge, version, version.sha256, version.media_type, version.file_name, "attachment")


def readable(edge: Context, version: Version) -> Response:
    """What the reader shows: a PDF or an image; other files are given as they are."""
    if version.readable_sha256 is not None:
        name = f"{version.file_name.rpartition('.')[0]}.pdf"
        return _bytes(edge, version, version.readable_sha256, "application/pdf", name, "inline")
    shown = version.media_type.startswith("image/") or version.media_type == "text/plain"
    kind = "inline" if shown else "attachment"
    return _bytes(edge, version, version.sha256, version.media_type, version.file_name, kind)


def pdf(edge: Context, content: bytes, sha256: str, file_name: str) -> Response:
    """Bytes that are no document's version, such as those that wait for a signature."""
    headers = {
        "Content-Disposition": disposition("inline", file_name),
        "Content-Security-Policy": SANDBOX,
        "ETag": f'"{sha256}"',
    }
    return ranged(edge.request, headers, len(content), "application/pdf", lambda first: iter([content[first:]]))


def text(edge: Context, version: Version) -> str:
    """The extracted text; empty where there is none."""
    if version.text_sha256 is None and version.erased_at is None:
        return ""
    return b"".join(_verified(edge, version, version.text_sha256 or "", 0)).decode()


def disposition(kind: str, file_name: str) -> str:
    """RFC 6266: an ASCII name for old programs, the true one in `filename*`."""
    plain = re.sub(r"[^A-Za-z0-9._ -]", "_", file_name)
    return f"{kind}; filename=\"{plain}\"; filename*=UTF-8''{quote(file_name, safe='')}"


def _bytes(edge: Context, version: Version, sha256: str, media_type: str, file_name: str, kind: str) -> Response:
    headers = {
        "Content-Disposition": disposition(kind, file_name),
        "Content-Security-Policy": SANDBOX,
        "ETag": f'"{sha256}"',
    }
    if media_type == "text/plain":
        media_type = "text/plain; charset=utf-8"
    size = version.size if sha256 == version.sha256 else sum(map(len, _verified(edge, version, sha256, 0)))
    return ranged(edge.request, headers, size, media_type, lambda first: _verified(edge, version, sha256, first))


def ranged(
    request: Request, headers: dict[str, str], size: int, media_type: str, read: Callable[[int], Iterator[bytes]]
) -> Response:
    """Whole, or the one range that was asked for. `headers` bear the ETag, `read` gives the bytes from one on."""
    headers = {"Accept-Ranges": "bytes", **headers}
    wanted = request.headers.get("range", "")
    if request.headers.get("if-range", headers["ETag"]) != headers["ETag"]:
        wanted = ""
    first, last = _range(wanted, size)
    if first > last:
        return Response(status_code=416, headers={**headers, "Content-Range": f"bytes */{size}"})
    if (first, last) != (0, size - 1):
        headers["Content-Range"] = f"bytes {first}-{last}/{size}"
    headers["Content-Length"] = str(last - first + 1)
    status = 206 if "Content-Range" in headers else 200
    return StreamingResponse(_exactly(read(first), last - first + 1), status, headers, media_type)


def _range(wanted: str, size: int) -> tuple[int, int]:
    """First and last byte; the whole for what is no single range; first after last if it cannot be satisfied."""
    match = RANGE.fullmatch(wanted.strip())
    if match is None or match[0] == "bytes=-":
        return 0, size - 1
    if not match[1]:
        return (max(0, size - int(match[2])), size - 1) if int(match[2]) else (size, size - 1)
    first = int(match[1])
    last = min(int(match[2]), size - 1) if match[2] else size - 1
    return (first, last) if first < size and first <= last else (size, size - 1)


def _verified(edge: Context, version: Version, sha256: str, start: int) -> Iterator[bytes]:
    """Damage is reported to the log once, and the bytes are never served."""
    if version.erased_at is not None:
        raise Refused("document_erased", version.erased_basis)
    try:
        return edge.gate.blobs.chunks(sha256, start)
    except (Corrupt, NotStored) as error:
        with suppress(Refused):
            edge.send(ReportDamage, index=sha256, document_id=UUID(version.document_id), sha256=sha256)
        raise Refused("integrity_error", sha256) from error


def _exactly(chunks: Iterator[bytes], size: int) -> Iterator[bytes]:
    for chunk in chunks:
        if size <= 0:
            return
        yield chunk[:size]
        size -= len(chunk)
