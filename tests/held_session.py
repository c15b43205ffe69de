"""A session of the ward's council with one agenda item, prepared, published and opened through the JSON API."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from kernel.ids import uuid7
from tests.stamps import ids
from tests.world import CULTURE, VOTERS, World

BUDGET = "Phương án phân bổ vốn đầu tư công năm 2027"


class HeldSession:
    """A session of the ward's council that has been opened, with one agenda item."""

    def __init__(self, world: World) -> None:
        clerk, leader, chair = world.client("clerk"), world.client("leader"), world.client("chair")
        plan = {
            "body_id": str(ids("council")),
            "kind": "session_regular",
            "title": "Kỳ họp thứ tư",
            "place": "Hội trường",
            "starts_at": (world.now + timedelta(days=9)).isoformat(),
            "ends_at": (world.now + timedelta(days=9, hours=4)).isoformat(),
            "presiding_officer_id": chair.person_id,
            "minute_taker_id": clerk.person_id,
        }
        self.id = clerk.ok("POST", "/meetings", plan)["id"]
        self.item_id = clerk.ok("POST", f"/meetings/{self.id}/agenda", {"title": BUDGET, "minutes": 60})["id"]
        clerk.ok("POST", f"/meetings/{self.id}/submission", {"leader_id": leader.person_id})
        leader.ok("POST", f"/meetings/{self.id}/approval", {})
        clerk.ok("POST", f"/meetings/{self.id}/publication", {})

    @property
    def conclusion(self) -> str:
        return f"/meetings/{self.id}/agenda/{self.item_id}/conclusion"

    def open(self, world: World) -> "HeldSession":
        clerk = world.client("clerk")
        clerk.ok("POST", f"/meetings/{self.id}/roll-call")
        for login in VOTERS:
            clerk.ok("POST", f"/meetings/{self.id}/arrivals", {"person_id": str(ids(login))})
        world.client("chair").ok("POST", f"/meetings/{self.id}/session/open")
        return self


def obligation(due_at: datetime, lead: UUID = CULTURE, *coordinating: UUID, text: str = "Trình phương án") -> Any:
    return {
        "obligation_id": str(uuid7()),
        "text": text,
        "lead_unit_id": str(lead),
        "coordinating_unit_ids": [str(each) for each in coordinating],
        "due_at": due_at.isoformat(),
    }


def concluded(
    world: World, session: HeldSession, *obligations: Any, revision: int = 0, text: str = "Thống nhất."
) -> Any:
    answer = world.client("clerk").ok(
        "POST", session.conclusion, {"text": text, "obligations": list(obligations), "revision": revision}
    )
    world.settle()
    return answer
