"""Pages of a body's rule cards: those of the product, its own, and the form that proposes one."""

from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response

from gateway.api.directory import known_unit, today
from gateway.asking import cards_of
from gateway.edge import Context, Edge
from gateway.texts import _, translate
from gateway.web.pages import render
from gateway.web.poll_shown import members_word
from gateway.web.poll_words import METHODS
from kernel.decider import Refused
from services.directory import views as directory
from services.directory.unit_queries import Unit
from services.voting import views as voting

router = APIRouter()

BASES = {
    "all_members": _("Tổng số thành viên theo luật định"),
    "serving": _("Số thành viên đương nhiệm"),
    "present": _("Số có mặt"),
    "cast": _("Số phiếu đã bỏ"),
}
THRESHOLDS = {"more_than": _("Quá (nhiều hơn) tỷ lệ"), "at_least": _("Ít nhất bằng tỷ lệ")}
CERTAINTIES = {
    "A": _("A – đã đọc trong văn bản chính thức"),
    "B": _("B – được biết rộng rãi, chưa đối chiếu từng điều"),
    "C": _("C – còn ý kiến khác nhau"),
}
SILENCES = {
    "not_counted": _("Không trả lời thì không được tính"),
    "agreement": _("Không trả lời đúng hạn được tính là tán thành"),
}


@router.get("/bodies/{body_id}/rule-cards")
def rule_cards_page(edge: Edge, body_id: UUID) -> Response:
    edge.require("see_directory", body_id=body_id)
    unit = body(edge, body_id)
    own = voting.body_cards(edge.views, body_id)
    return render(
        edge,
        "rule_cards/cards.html",
        unit=unit,
        members_word=members_word(edge, body_id),
        rules=directory.rules_of(edge.views, str(body_id)),
        in_force=cards_of(edge, body_id),
        own=own,
        methods=METHODS,
        proposes=edge.allows("propose_rule_card", body_id=body_id),
        approves=edge.allows("approve_rule_card", body_id=body_id),
        today=today(edge),
    )


@router.get("/bodies/{body_id}/rule-cards/new")
def new_rule_card(edge: Edge, body_id: UUID) -> Response:
    edge.require("propose_rule_card", body_id=body_id)
    return render(
        edge,
        "rule_cards/new.html",
        unit=body(edge, body_id),
        today=today(edge),
        bases=options(edge, BASES),
        thresholds=options(edge, THRESHOLDS),
        certainties=options(edge, CERTAINTIES),
        silences=options(edge, SILENCES),
    )


def options(edge: Context, words: dict[str, str]) -> list[tuple[str, str]]:
    return [(value, translate(text, edge.locale)) for value, text in words.items()]


def body(edge: Context, body_id: UUID) -> Unit:
    unit = known_unit(edge, body_id)
    if not unit.is_body:
        raise Refused("not_found", str(body_id))
    return unit
