"""Opinion forms of the ward council in worlds of the scenarios."""

from datetime import datetime, timedelta
from typing import Any

from kernel.vietnam import VIETNAM
from tests.files import pdf
from tests.world import COUNCIL, Client, World

TITLE = "Dự thảo Quy chế hoạt động của Hội đồng nhân dân phường"
CLAUSES = (
    {"key": "d3k2", "title": "Điều 3 khoản 2", "text": "Tài liệu gửi trước 5 ngày."},
    {"key": "d7", "title": "Điều 7", "text": "Họp thường lệ mỗi năm hai kỳ."},
)
GENERAL, TO_CLAUSE = "Bố cục dự thảo hợp lý.", "Nên gửi trước 7 ngày."


def next_monday(moment: datetime, hour: int = 9) -> datetime:
    local = moment.astimezone(VIETNAM)
    day = local + timedelta(days=7 - local.weekday())
    return day.replace(hour=hour, minute=0, second=0, microsecond=0)


class OpinionForm:
    """Drafted by the clerk on a Monday at nine, due on the Thursday at five; two clauses and one paper."""

    def __init__(self, world: World, since_monday: bool = True, **changes: Any) -> None:
        self.world = world
        if since_monday:
            world.now = next_monday(world.now).astimezone(world.now.tzinfo)
        self.due_at = world.now + timedelta(days=3, hours=8)
        self.content = {
            "chair_id": self.chair.person_id,
            "title": TITLE,
            "question": "Đồng chí có tán thành dự thảo Quy chế không?",
            "card_id": "council_more_than_half",
            "clauses": list(CLAUSES),
            "due_at": self.due_at.isoformat(),
            **changes,
        }
        self.id = self.clerk.ok("POST", "/opinion-forms", {**self.content, "body_id": str(COUNCIL)})["id"]
        self.document_id = self.clerk.ok(
            "PUT",
            self.at("documents"),
            content=pdf("Dự thảo Quy chế"),
            headers={"X-File-Name": "Quy_che.pdf"},
        )["id"]

    @property
    def clerk(self) -> Client:
        return self.world.client("clerk")

    @property
    def chair(self) -> Client:
        return self.world.client("chair")

    def at(self, path: str = "") -> str:
        return f"/opinion-forms/{self.id}" + (f"/{path}" if path else "")

    def circulated(self) -> "OpinionForm":
        self.clerk.ok("POST", self.at("submission"))
        self.chair.ok("POST", self.at("circulation"))
        return self

    def answers(self, login: str, choice: str = "for", *comments: tuple[str, str], **changes: Any) -> Any:
        body = {
            "choice": choice,
            "reason": f"Ý kiến của {login}",
            "comments": [{"clause_key": clause, "text": text} for clause, text in comments],
            "submitted": True,
            **changes,
        }
        return self.world.client(login).ok("PUT", self.at("answers/mine"), body)

    def comes_to(self, **later: float) -> "OpinionForm":
        """The clock moves and ticks; over night everybody is signed out."""
        self.world.now += timedelta(**later)
        self.world.signed_out()
        self.world.embedded.ticker.tick()
        self.world.settle()
        return self

    def passed_its_deadline(self) -> "OpinionForm":
        return self.comes_to(seconds=(self.due_at - self.world.now).total_seconds())

    def read(self, login: str = "clerk") -> Any:
        return self.world.client(login).ok("GET", self.at())

    def comments(self, login: str = "clerk") -> list[Any]:
        return list(self.world.client(login).ok("GET", self.at("comments")))

    def resolves(self, comment: Any, **how: str) -> Any:
        return self.clerk.ok("POST", self.at(f"comments/{comment['comment_id']}/resolution"), how)

    def counted(self) -> "OpinionForm":
        """Five of seven answered, four for; one comment on a clause and one on the whole."""
        self.circulated()
        self.answers("chair")
        self.answers("leader")
        self.answers("ana", "for", ("d3k2", TO_CLAUSE))
        self.answers("ben", "for", ("", GENERAL))
        self.answers("cat", "against")
        return self.passed_its_deadline()

    def resolved(self) -> "OpinionForm":
        general, tied = self.comments()
        self.resolves(general, resolution="explained", explanation="Xin tiếp nhận, không phải sửa.")
        self.resolves(tied, resolution="accepted", text_after="Tài liệu gửi trước 7 ngày.")
        return self

    def announced(self) -> "OpinionForm":
        self.counted().resolved()
        self.chair.ok("POST", self.at("announcement"))
        self.world.settle()
        return self
