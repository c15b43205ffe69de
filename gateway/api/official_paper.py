"""Official documents written here: people's words become a PDF in the layout of Decree 30/2020, ready to be signed."""

import hashlib
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response

from gateway import downloads, official_paper
from gateway.api.official import OFFICIAL, check_facts, found
from gateway.edge import Context, Done, Edge
from gateway.official_paper import Words, WrittenOfficial
from kernel.decider import Refused
from kernel.ids import derived
from services.signing.messages.official import DraftOfficial, ReviseOfficial
from services.signing.records import Stage

router = APIRouter(tags=["official"])


class RewrittenOfficial(WrittenOfficial):
    """`document_id`: the text that was looked at; refused as `stale_document` where there is another by now."""

    document_id: UUID | None = None


@router.post("/officials/text")
def set_text(edge: Edge, body: WrittenOfficial) -> Done:
    """Sets it with room for number, day, signature and seal, and keeps it as the text of a document to be drafted."""
    _check(edge, body)
    document_id, position = official_paper.kept(edge, body)
    return Done(position=position, id=document_id)


@router.post("/officials/text/preview", response_class=Response, responses={200: {"content": {"application/pdf": {}}}})
def preview_text(edge: Edge, body: WrittenOfficial) -> Response:
    """The PDF as it would be set now; nothing is kept. `X-Unprintable`: characters for which the font has no sign."""
    _check(edge, body)
    content = official_paper.typeset(edge, body)
    shown = downloads.pdf(edge, content, hashlib.sha256(content).hexdigest(), official_paper.file_name(body))
    shown.headers["X-Unprintable"] = quote(" ".join(body.unprintable))
    return shown


@router.post("/officials/written")
def write_official(edge: Edge, body: WrittenOfficial) -> Done:
    """Sets the text, keeps it with its words, and drafts the official document, in one."""
    _check(edge, body)
    document_id, _position = official_paper.kept(edge, body, index="text")
    official_id = derived(edge.command_id, "official_id")
    done = edge.send(DraftOfficial, official_id=official_id, described=body.described(document_id))
    return done.model_copy(update={"id": official_id})


@router.put(f"{OFFICIAL}/written")
def rewrite_official(edge: Edge, official_id: UUID, body: RewrittenOfficial) -> Done:
    """Sets a new text from the changed words; the draft's facts are those given here."""
    edge.require("write_official", official_id=official_id)
    official = found(edge, official_id)
    if official.stage is not Stage.draft:
        raise Refused("not_a_draft", official.stage)
    current = official.described.document_id
    if body.document_id not in (None, current):
        raise Refused("stale_document", str(current))
    _check(edge, body)
    document_id, _position = official_paper.kept(edge, body, current, index="text")
    return edge.send(ReviseOfficial, official_id=official_id, described=body.described(document_id))


@router.get(f"{OFFICIAL}/words")
def read_words(edge: Edge, official_id: UUID) -> Words:
    """What the draft's text was set from."""
    edge.require("write_official", official_id=official_id)
    words = official_paper.words_of(edge, found(edge, official_id).described.document_id)
    if words is None:
        raise Refused("words_not_kept", str(official_id))
    return words


def _check(edge: Context, body: WrittenOfficial) -> None:
    check_facts(edge, body.described(official_paper.NO_TEXT_YET))
