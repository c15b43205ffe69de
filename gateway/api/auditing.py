"""For auditors: the proof of any event that they may read, and the export of the whole log."""

from collections.abc import Iterator
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path, Request
from fastapi.responses import Response, StreamingResponse

from audit.seekable import Changed, SeekableExport
from gateway import downloads
from gateway.api.commands import Body
from gateway.api.proofs import PROOF, proof
from gateway.audits.exports import Exports
from gateway.audits.sight import Sight
from gateway.edge import Context, Done, Edge
from gateway.problems import TryLater
from gateway.tlog import SECONDS_UNTIL_SIGNED, opened
from kernel.decider import Refused
from kernel.ids import derived
from kernel.messages import Recorded
from kernel.ports import Corrupt, NotStored
from ledger.note import parse, parse_checkpoint
from services.directory import views as directory
from services.directory.messages import TakeExport
from services.directory.views import LogExport

router = APIRouter(prefix="/audit", tags=["audit"])
Position = Annotated[int, Path(ge=1, le=2**62)]
TAR: dict[int | str, dict[str, Any]] = {
    200: {"description": "A tar file, as docs/audit.md describes it", "content": {"application/x-tar": {}}},
    206: {"description": "Its bytes from one of them on"},
}


class ExportWanted(Body):
    """`documents`: with the bytes of all documents."""

    documents: bool = False


@router.get("/events/{position}/proof", response_class=Response, responses=PROOF)
def prove_event(edge: Edge, position: Position) -> Response:
    """That the event at this position of the log was recorded; only for who may read all that is in it."""
    edge.require("read_ledger")
    recorded = event_at(edge, position)
    if not Sight(edge).show(recorded).whole:
        raise Refused("not_allowed", str(position))
    return proof(edge, recorded, f"event-{position}")


def event_at(edge: Context, position: int) -> Recorded:
    found = edge.gate.store.read_all(position - 1, 1)
    if not found or found[0].position != position:
        raise Refused("not_found", str(position))
    return found[0]


@router.post("/exports", status_code=201, response_model_exclude_none=True)
def take_export(edge: Edge, body: ExportWanted) -> Done:
    """Records that the caller takes the whole log away, as it is signed now; the answer's `id` names the file."""
    edge.require("export_log")
    signed = opened(edge.gate).file.latest()
    if signed is None:
        raise TryLater("not_signed_yet", SECONDS_UNTIL_SIGNED)
    head = parse_checkpoint(parse(signed).text)
    if not head.size:
        raise TryLater("not_signed_yet", SECONDS_UNTIL_SIGNED)
    export_id = derived(edge.command_id, "export_id")
    taken = edge.send(TakeExport, export_id=export_id, size=head.size, root=head.root.hex(), documents=body.documents)
    return taken.model_copy(update={"id": export_id})


@router.get("/exports/{export_id}/file", response_class=StreamingResponse, responses=TAR)
def export_file(request: Request, edge: Edge, export_id: UUID) -> Response:
    """The tar file of an export that the caller has asked for, whole or one range of it."""
    edge.require("export_log")
    export = directory.log_export(edge.views, export_id)
    if export is None or export.person_id != edge.me.person_id:
        raise Refused("not_found", str(export_id))
    exports: Exports = request.app.state.exports
    made = exports.of(edge.gate, export)
    headers = {
        "Cache-Control": "private, no-cache",
        "Content-Disposition": downloads.disposition("attachment", f"dienhong-{export.size}.tar"),
        "ETag": f'"{export.size}-{export.root[:16]}-{made.digest[:16]}"',
    }
    return downloads.ranged(
        request, headers, made.size, "application/x-tar", lambda first: _read(exports, export, made, first)
    )


def _read(exports: Exports, export: LogExport, made: SeekableExport, first: int) -> Iterator[bytes]:
    """Breaks off, rather than give other bytes than were announced; whoever asks again begins anew."""
    try:
        yield from made.read(first)
    except (Changed, Corrupt, NotStored):
        exports.forget(export)
        raise
