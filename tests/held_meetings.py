"""One council's meetings in every state, with something of every kind in them, for asking who may see and do what."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from kernel.ids import uuid7
from services.directory.messages import GrantMandate, RoleName
from tests.files import pdf
from tests.held_session import obligation
from tests.stamps import ids
from tests.world import COMMITTEE, COUNCIL, VOTERS, World

PERSONAL = "thưkínriêngcủaana"
ABSENCE = "lýdovắngcủaben"
RETURNED = "ýkiếntrảlạihồsơ"
NOTED = "ghichépphátbiểu"
PHONE = "0900 111 222"
EMAIL = "ana.rieng@example.vn"


@dataclass
class Held:
    """A meeting and the ids of what is in it."""

    state: str
    ids: dict[str, str]
    extra: dict[str, str] = field(default_factory=dict)


class Meetings:
    """`held` by state: draft, published, closed, running, finished."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.clerk, self.chair, self.leader = (world.client(each) for each in ("clerk", "chair", "leader"))
        self._newcomers()
        self.held = {
            "draft": self._draft(),
            "published": self._published(),
            "closed": self._published(closed=True),
            "running": self._running(),
            "finished": self._finished(),
        }
        world.settle()

    def _newcomers(self) -> None:
        """Another body's clerk and delegate, who have no part in the council."""
        world = self.world
        world._person("other_clerk", "Văn thư Ủy ban", ((RoleName.records_clerk, COMMITTEE),), COMMITTEE)
        world._person("other_delegate", "Thành viên Ủy ban", ((RoleName.delegate, COMMITTEE),), COMMITTEE)
        world.execute(
            GrantMandate,
            person_id=ids("other_delegate"),
            mandate_id=uuid7(),
            body_id=COMMITTEE,
            valid_from=world.today - timedelta(days=9),
        )
        correction = {"full_name": "Đại biểu Ana", "phone": PHONE, "email": EMAIL}
        world.client("admin").ok("POST", f"/people/{world.person('ana')}/correction", correction)
        world.settle()

    def _draft(self, state: str = "draft", closed: bool = False) -> Held:
        world, clerk = self.world, self.clerk
        starts = world.now + timedelta(days=9)
        plan = {
            "body_id": str(COUNCIL),
            "kind": "session_regular",
            "title": f"Cuộc họp {state}",
            "place": "Hội trường",
            "starts_at": starts.isoformat(),
            "ends_at": (starts + timedelta(hours=4)).isoformat(),
            "presiding_officer_id": world.person("chair"),
            "minute_taker_id": world.person("clerk"),
            "closed_sitting": closed,
        }
        meeting = clerk.ok("POST", "/meetings", plan)["id"]
        item = clerk.ok("POST", f"/meetings/{meeting}/agenda", {"title": "Nội dung", "minutes": 60})["id"]
        path = f"/meetings/{meeting}/documents"
        paper = clerk.ok("PUT", path, content=pdf("Tờ trình"), headers={"X-File-Name": "to-trinh.pdf"})["id"]
        query = f"kind=personal&for_person_id={world.person('ana')}&title={PERSONAL}"
        private = clerk.ok("PUT", f"{path}?{query}", content=pdf(PERSONAL), headers={"X-File-Name": "rieng.pdf"})["id"]
        clerk.ok("POST", f"/meetings/{meeting}/submission", {"leader_id": world.person("leader")})
        self.leader.ok("POST", f"/meetings/{meeting}/return", {"reason": RETURNED})
        found = {"meeting_id": meeting, "item_id": item, "document_id": paper, "person_id": world.person("ben")}
        return Held(state, found, {"personal": private})

    def _published(self, state: str = "published", closed: bool = False) -> Held:
        held = self._draft("closed" if closed else state, closed)
        at = f"/meetings/{held.ids['meeting_id']}"
        self.clerk.ok("POST", f"{at}/submission", {"leader_id": self.world.person("leader")})
        self.leader.ok("POST", f"{at}/approval", {})
        guests = [] if closed else [self.world.person("guest")]
        self.clerk.ok("POST", f"{at}/publication", {"guest_ids": guests})
        answer = {"answer": "absent", "reason": ABSENCE}
        self.world.client("ben").ok("POST", f"{at}/answer", answer)
        return held

    def _running(self, state: str = "running") -> Held:
        """Open, with a ballot cast in an open poll, somebody who asks to speak, a note and a conclusion."""
        held = self._published(state)
        at, clerk, chair = f"/meetings/{held.ids['meeting_id']}", self.clerk, self.chair
        clerk.ok("POST", f"{at}/roll-call")
        for login in VOTERS:
            if login != "ben":
                clerk.ok("POST", f"{at}/arrivals", {"person_id": self.world.person(login)})
        clerk.ok(
            "POST",
            f"{at}/absences",
            {"person_id": self.world.person("ben"), "kind": "absent_excused", "reason": ABSENCE},
        )
        chair.ok("POST", f"{at}/session/open")
        chair.ok("POST", f"{at}/session/item", {"item_id": held.ids["item_id"]})
        ana = self.world.client("ana")
        held.ids["request_id"] = ana.ok("POST", f"{at}/floor-requests", {})["id"]
        note = {"text": NOTED, "person_id": self.world.person("ana")}
        held.ids["note_id"] = clerk.ok("POST", f"{at}/notes", note)["id"]
        duty = obligation(self.world.now + timedelta(days=30))
        conclusion = {"text": "Thống nhất.", "obligations": [duty], "revision": 0}
        clerk.ok("POST", f"{at}/agenda/{held.ids['item_id']}/conclusion", conclusion)
        self.world.settle()
        held.ids["task_id"] = clerk.ok("GET", f"{at}/conclusions")[0]["obligations"][0]["task_id"]
        card = chair.ok("GET", f"{at}/rule-cards")["cards"][0]["card_id"]
        held.ids["poll_id"] = chair.ok("POST", f"{at}/polls", {"question": "Thông qua?", "card_id": card})["id"]
        ana.ok("POST", f"/polls/{held.ids['poll_id']}/ballots", {"choice": "for"})
        return held

    def _finished(self) -> Held:
        """Closed, its poll counted but not published, its minutes drafted but not published."""
        held = self._running("finished")
        at = f"/meetings/{held.ids['meeting_id']}"
        self.chair.ok("POST", f"/polls/{held.ids['poll_id']}/close")
        self.world.settle()
        self.chair.ok("POST", f"{at}/session/close")
        self.world.settle()
        self.clerk.ok("POST", f"{at}/minutes")
        return held


def answer_of(client: Any, method: str, path: str, body: Any) -> Any:
    kwargs = {"content": body} if isinstance(body, bytes) else {"json": body} if body is not None else {}
    return client.request(method, path, follow_redirects=False, **kwargs)
