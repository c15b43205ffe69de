"""A body's own rule cards through the JSON API: proposed by one person, approved by another."""

from uuid import UUID

from fastapi import APIRouter

from gateway.api.commands import command_route
from gateway.edge import Edge
from kernel.decider import Refused
from services.voting import views as voting
from services.voting.messages import (
    ApproveRuleCard,
    ProposeRuleCard,
    RejectRuleCard,
    RetireRuleCard,
    WithdrawRuleCard,
)

router = APIRouter(tags=["voting"])
CARD = "/rule-cards/{rule_card_id}"

command_route(
    router, "/bodies/{body_id}/rule-cards", ProposeRuleCard, action="propose_rule_card", creates="rule_card_id"
)
command_route(router, f"{CARD}/approve", ApproveRuleCard, action="approve_rule_card")
command_route(router, f"{CARD}/reject", RejectRuleCard, action="approve_rule_card")
command_route(router, f"{CARD}/withdraw", WithdrawRuleCard, action="propose_rule_card")
command_route(router, f"{CARD}/retire", RetireRuleCard, action="approve_rule_card")


@router.get("/bodies/{body_id}/rule-cards")
def body_cards(edge: Edge, body_id: UUID) -> list[voting.BodyCard]:
    """The body's own cards, the newest first: proposed, approved, rejected and withdrawn."""
    edge.require("see_directory", body_id=body_id)
    return voting.body_cards(edge.views, body_id)


@router.get("/rule-cards/{rule_card_id}")
def body_card(edge: Edge, rule_card_id: UUID) -> voting.BodyCard:
    edge.require("see_directory", rule_card_id=rule_card_id)
    found = voting.body_card(edge.views, rule_card_id)
    if found is None:
        raise Refused("not_found", str(rule_card_id))
    return found
