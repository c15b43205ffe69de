"""A whole embedded deployment in a folder of its own, with a small ward council, for scenarios."""

import threading
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx2
from starlette.testclient import TestClient

from dienhong.embedded import Embedded, Server, listen
from kernel.ids import uuid7
from kernel.messages import Command
from kernel.settings import Settings
from services.directory.messages import (
    AssignRole,
    EstablishUnit,
    GrantMandate,
    MeetingRules,
    OpenAccount,
    RegisterPerson,
    RoleName,
    SetMeetingRules,
    Tier,
    UnitKind,
)
from tests.stamps import ids

PASSWORD = "một mật khẩu dài 2026"
SETTLE_SECONDS = 120.0

COUNCIL = ids("council")
COMMITTEE = ids("committee")
CULTURE = ids("culture")
WORKS = ids("works")

# Login, full name, roles with the unit they hold in, unit of work.
STAFF: tuple[tuple[str, str, tuple[tuple[RoleName, UUID | None], ...], UUID], ...] = (
    ("admin", "Quản trị Hệ thống", ((RoleName.administrator, None),), COMMITTEE),
    ("chair", "Chủ tọa Kỳ họp", ((RoleName.presiding_officer, COUNCIL), (RoleName.delegate, COUNCIL)), COUNCIL),
    ("clerk", "Văn thư Hội đồng", ((RoleName.records_clerk, COUNCIL), (RoleName.minute_taker, COUNCIL)), COUNCIL),
    ("leader", "Lãnh đạo Thường trực", ((RoleName.leader, COUNCIL), (RoleName.delegate, COUNCIL)), COUNCIL),
    ("head", "Trưởng phòng Văn hóa", ((RoleName.leader, CULTURE), (RoleName.officer, CULTURE)), CULTURE),
    ("officer", "Chuyên viên Văn hóa", ((RoleName.officer, CULTURE),), CULTURE),
    ("works", "Trưởng phòng Kinh tế", ((RoleName.leader, WORKS), (RoleName.officer, WORKS)), WORKS),
    ("auditor", "Kiểm toán viên", ((RoleName.auditor, None),), COMMITTEE),
    ("guest", "Khách mời Mặt trận", ((RoleName.guest, COUNCIL),), COMMITTEE),
    ("outsider", "Người ngoài Cuộc", (), COMMITTEE),
)
DELEGATES = ("ana", "ben", "cat", "dan", "eve")
VOTERS = ("chair", "leader", *DELEGATES)


class Client(TestClient):
    """A browser-like client; `ok` insists on success and returns the JSON answer."""

    person_id: str = ""

    def ok(self, method: str, path: str, json: Any = None, **kwargs: Any) -> Any:
        answer = self.request(method, path if path.startswith("/api") else f"/api/v1{path}", json=json, **kwargs)
        assert answer.is_success, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json() if answer.content else None

    def refused(self, method: str, path: str, json: Any = None, **kwargs: Any) -> tuple[int, str]:
        answer = self.request(method, path if path.startswith("/api") else f"/api/v1{path}", json=json, **kwargs)
        assert answer.is_error, f"{method} {path} was accepted: {answer.text}"
        problem = answer.json()
        return answer.status_code, problem["code"]


class World:
    """`clock` can be moved by tests; it never goes by itself."""

    def __init__(self, folder: Path, compose: Callable[..., Any] = Embedded, **settings: Any) -> None:
        self.now = datetime.now(UTC).replace(microsecond=0)
        self.settings = Settings(data_dir=folder, deployment="test.dienhong", port=0, **settings)
        self.embedded = compose(self.settings, lambda: self.now)
        self.embedded.start()
        self.app = self.embedded.app()
        self.url = ""
        self._clients: dict[str, Client] = {}
        self._server: Server | None = None
        self._serving: threading.Thread | None = None
        if self.embedded.store.wait(0, 0) == 0:
            self._found()

    def settle(self, timeout: float = SETTLE_SECONDS) -> None:
        """Returns once all that follows from what was recorded is recorded and shown."""
        self.embedded.settle(timeout)

    @property
    def today(self) -> date:
        return (self.now + timedelta(hours=7)).date()

    def person(self, login: str) -> str:
        return str(ids(login))

    def execute(self, command: type[Command], **fields: Any) -> None:
        stamped = command(id=uuid7(), actor=self.person("admin"), at=self.now, **fields)
        self.embedded.gate.clients.execute(stamped)

    def client(self, login: str) -> Client:
        """Signed in as this person; one client per person."""
        if login not in self._clients:
            self.enable(login)
            client = self.anonymous()
            client.ok("POST", "/session", {"login": login, "password": PASSWORD})
            client.person_id = self.person(login)
            self._clients[login] = client
        return self._clients[login]

    def signed_out(self) -> None:
        """Whoever acts next signs in again: sessions do not last for days."""
        for client in self._clients.values():
            client.close()
        self._clients.clear()

    def enable(self, *logins: str) -> None:
        """Gives these people the password `PASSWORD`; hashing it takes time, so only those who sign in get one."""
        for login in logins:
            if not self.embedded.identity.has_password(self.person(login)):
                self.embedded.identity.set_password(self.person(login), login, PASSWORD)

    def anonymous(self) -> Client:
        return Client(self.app, base_url="http://127.0.0.1", raise_server_exceptions=True)

    def addresses(self) -> list[str]:
        """Where browsers find the product: one server, or both gateways of the distributed composition."""
        return self.embedded.gateways() if hasattr(self.embedded, "gateways") else [self.serve()]

    def serve(self) -> str:
        """The address of a real server on loopback with this world's clock, for browsers and other processes."""
        if self._server is None:
            self._server = Server(self.embedded, self.app)
            self._server.config.install_signal_handlers = False  # type: ignore[attr-defined]
            listening = listen("127.0.0.1", 0)
            self.url = f"http://127.0.0.1:{listening.getsockname()[1]}"
            self._serving = threading.Thread(target=self._server.run, kwargs={"sockets": [listening]}, daemon=True)
            self._serving.start()
            with httpx2.Client(transport=httpx2.HTTPTransport(retries=20), timeout=60) as client:
                assert client.get(f"{self.url}/live").is_success
        return self.url

    def close(self) -> None:
        for client in self._clients.values():
            client.close()
        if self._server is not None and self._serving is not None:
            self.embedded.live.stop()
            self._server.should_exit = True
            self._serving.join()
        self.embedded.stop()

    def _found(self) -> None:
        founded = self.today - timedelta(days=400)
        for unit_id, name, short, kind, parent in (
            (COUNCIL, "Hội đồng nhân dân phường Thử Nghiệm", "HĐND phường", UnitKind.people_council, None),
            (COMMITTEE, "Ủy ban nhân dân phường Thử Nghiệm", "UBND phường", UnitKind.people_committee, None),
            (CULTURE, "Phòng Văn hóa - Xã hội", "Phòng VHXH", UnitKind.department, COMMITTEE),
            (WORKS, "Phòng Kinh tế, Hạ tầng và Đô thị", "Phòng KTHTĐT", UnitKind.department, COMMITTEE),
        ):
            self.execute(
                EstablishUnit,
                unit_id=unit_id,
                name=name,
                short_name=short,
                kind=kind,
                tier=Tier.commune_level,
                parent_id=parent,
                valid_from=founded,
            )
        for body, seats in ((COUNCIL, len(VOTERS)), (COMMITTEE, 3)):
            rules = MeetingRules(
                seats=seats,
                seats_source="Nghị quyết xác nhận kết quả bầu cử",
                notice_days_regular=5,
                notice_days_urgent=1,
                notice_in_working_days=body == COMMITTEE,
            )
            self.execute(SetMeetingRules, unit_id=body, rules=rules)
        for login, name, roles, unit in STAFF:
            self._person(login, name, roles, unit)
        for login in DELEGATES:
            self._person(login, f"Đại biểu {login.title()}", ((RoleName.delegate, COUNCIL),), None)
        for login in VOTERS:
            self.execute(
                GrantMandate,
                person_id=ids(login),
                mandate_id=uuid7(),
                body_id=COUNCIL,
                title="Đại biểu",
                valid_from=founded,
            )
        self.settle()

    def _person(
        self, login: str, name: str, roles: tuple[tuple[RoleName, UUID | None], ...], unit: UUID | None
    ) -> None:
        self.execute(RegisterPerson, person_id=ids(login), full_name=name, position="", unit_id=unit)
        for role, scope in roles:
            self.execute(AssignRole, person_id=ids(login), role=role, unit_id=scope)
        self.execute(OpenAccount, person_id=ids(login), login=login)
