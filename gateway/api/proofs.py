"""Proofs to take home: one's own ballot, a document, approved minutes. Each file verifies offline (docs/ledger.md)."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query
from fastapi.responses import Response

from gateway import downloads, minutes_paper
from gateway.edge import Context, Edge
from gateway.problems import TryLater
from gateway.tlog import SECONDS_UNTIL_SIGNED, opened
from kernel.decider import Refused
from kernel.messages import Recorded
from ledger.proof import prove
from ledger.witness import TEXT_TYPE
from services.voting import views as voting

router = APIRouter(tags=["proof"])
PROOF: dict[int | str, dict[str, Any]] = {
    200: {"description": "A C2SP tlog-proof", "content": {"text/plain": {}}},
}
STATES_BYTES = ("DocumentAdded", "VersionAdded")


@router.get("/polls/{poll_id}/ballots/mine/proof", response_class=Response, responses=PROOF)
def prove_my_ballot(edge: Edge, poll_id: UUID) -> Response:
    """That the caller's own ballot stands in the log; nobody gets another person's."""
    edge.require("see_polls", poll_id=poll_id)
    cast = voting.my_ballot(edge.views, poll_id, edge.me.person_id)
    if cast is None:
        raise Refused("no_ballot", str(poll_id))
    return proof(edge, at(edge, cast.position, UUID(cast.event_id)), f"ballot-{poll_id}")


@router.get("/documents/{document_id}/proof", response_class=Response, responses=PROOF)
def prove_document(
    edge: Edge, document_id: UUID, version: Annotated[int | None, Query(ge=1, le=100_000)] = None
) -> Response:
    """That the log names the SHA-256 of these bytes since then; without `version` the newest."""
    shown = downloads.require_version(edge, document_id, version)
    stored = [each for each in edge.gate.store.read(f"document-{document_id}") if each.type in STATES_BYTES]
    return proof(edge, stored[shown.version - 1], f"document-{document_id}-{shown.version}")


@router.get("/meetings/{meeting_id}/minutes/proof", response_class=Response, responses=PROOF)
def prove_minutes(edge: Edge, meeting_id: UUID) -> Response:
    """That the presiding officer approved these minutes; the event names the SHA-256 of their PDF."""
    edge.require("see_minutes", minutes_of=meeting_id)
    minutes_paper.found(edge, meeting_id)
    approved = [each for each in edge.gate.store.read(f"minutes-{meeting_id}") if each.type == "MinutesApproved"]
    if not approved:
        raise Refused("minutes_not_approved", str(meeting_id))
    return proof(edge, approved[-1], f"minutes-{meeting_id}")


def at(edge: Context, position: int, event_id: UUID) -> Recorded:
    found = edge.gate.store.read_all(position - 1, 1)
    if not found or found[0].id != event_id:
        raise Refused("integrity_error", str(position))
    return found[0]


def proof(edge: Context, recorded: Recorded, name: str) -> Response:
    receipt = prove(opened(edge.gate).file, recorded)
    if receipt is None:
        raise TryLater("not_signed_yet", SECONDS_UNTIL_SIGNED)
    headers = {
        "Content-Disposition": downloads.disposition("attachment", f"{name}.tlog-proof"),
        "Cache-Control": "private, no-store",
    }
    return Response(receipt.text, media_type=TEXT_TYPE, headers=headers)
