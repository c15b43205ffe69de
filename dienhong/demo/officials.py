"""What follows from the demo's finished session: a resolution that waits for its signatures, a notice to be submitted."""

from uuid import UUID

from starlette.requests import Request

from dienhong.demo.people import demo_id
from dienhong.demo.sessions import Meeting
from dienhong.demo.stage import Stage
from gateway import official_origin, official_paper, official_text
from gateway.edge import Context, subject_from_views
from gateway.official_origin import TO_FILL
from gateway.official_paper import WrittenOfficial
from gateway.official_prefill import Prefill
from gateway.session_officials import prefill
from kernel.ids import uuid7
from services.documents import views as documents
from services.signing import queries
from services.signing.messages.official import DraftOfficial, Kind, Signatory, SubmitOfficial
from services.signing.messages.orders import Act, Step

ROAD = 2
DECIDED = """1. Quy mô: chiều dài 1.240 m, mặt cắt ngang 14 m, gồm vỉa hè, thoát nước, chiếu sáng và cây xanh.
2. Tổng mức đầu tư dự kiến: 38,6 tỷ đồng từ ngân sách phường và nguồn hỗ trợ của thành phố.
3. Thời gian thực hiện: 02 năm, từ năm 2027 đến năm 2028."""


def follow_up(stage: Stage, meeting: Meeting) -> None:
    """By the clerk: the notice stays a draft, the resolution goes to the leader and the chair."""
    _draft(stage, Kind.notice, meeting.id, None)
    _submit(stage, _draft(stage, Kind.resolution, meeting.id, meeting.items[ROAD]))


def _draft(stage: Stage, kind: Kind, meeting_id: UUID, item_id: UUID | None) -> UUID:
    edge, official_id = _at_desk(stage), uuid7()
    written = _written(prefill(edge, kind, meeting_id, item_id))
    document_id, _position = official_paper.kept(edge, written, index="text")
    edge.send(DraftOfficial, index="draft", official_id=official_id, described=written.described(document_id))
    stage.embedded.settle()
    return official_id


def _submit(stage: Stage, official_id: UUID) -> None:
    edge = _at_desk(stage)
    official = queries.official(edge.views, official_id)
    assert official is not None
    document = documents.document(edge.views, official.described.document_id)
    assert document is not None
    edge.send(
        SubmitOfficial,
        official_id=official_id,
        order_id=uuid7(),
        sha256=official_text.ready_to_sign(edge, official, document.latest.sha256),
        steps=(
            Step(act=Act.initial, signer_ids=(demo_id("lanhdao"),)),
            Step(act=Act.sign, signer_ids=(demo_id("chutoa"),)),
        ),
        **official_origin.standing(edge.views, official.described),
    )


def _at_desk(stage: Stage) -> Context:
    gate = stage.embedded.gate
    return Context(
        Request({"type": "http"}), gate, subject_from_views(gate.views.reader(), str(demo_id("vanthu"))), None
    )


def _written(begun: Prefill) -> WrittenOfficial:
    assert begun.kind and begun.signatory_id and begun.competence
    signatory = Signatory(
        person_id=begun.signatory_id, competence=begun.competence, position=begun.position, head=begun.head
    )
    return WrittenOfficial(
        kind=begun.kind,
        issuer_id=demo_id("council"),
        issuer_symbol=begun.issuer_symbol,
        drafter_id=demo_id("office"),
        summary=begun.summary,
        signatory=signatory,
        recipients=begun.recipients,
        collective=begun.collective,
        authority=begun.authority,
        bases=begun.bases,
        text=begun.text.replace(TO_FILL, DECIDED),
        meeting_id=begun.meeting_id,
        item_id=begun.item_id,
        poll_id=begun.poll_id,
        conclusions=begun.conclusions,
    )
