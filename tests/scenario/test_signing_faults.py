"""What happens to signatures, and to documents on their way, when a part is away, late, damaged or wrong.

Each time through the API: the refusal by name, nothing kept of the attempt, and the same act goes on once it is mended.
"""

import logging
from collections.abc import Callable, Iterator, MutableMapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from json import dumps
from pathlib import Path
from typing import Any

import pytest
import structlog

from tests.domain.test_intake import in_root, script
from tests.files import changed_pdf, pdf, word
from tests.scenario.test_official import act, described, drafted, equipped, latest, resolution, submitted
from tests.signing import remote, token
from tests.signing.authority import Authority, serving
from tests.stamps import ids
from tests.world import COMMITTEE, COUNCIL, World


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Authority]:
    with serving(tmp_path_factory.mktemp("authority")) as authority:
        yield authority


@pytest.fixture(scope="module")
def tokens(tmp_path_factory: pytest.TempPathFactory, authority: Authority) -> Iterator[Path]:
    """What an HSM holds, where one is installed."""
    folder = tmp_path_factory.mktemp("hsm")
    with pytest.MonkeyPatch.context() as patched:
        if token.module():
            patched.setenv("SOFTHSM2_CONF", str(token.filled(authority, folder, ("deputy",))))
        yield folder / "tokens"


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory, authority: Authority, tokens: Path) -> Iterator[World]:
    world = equipped(tmp_path_factory.mktemp("office"), authority)
    yield world
    world.close()


@dataclass(frozen=True)
class Waiting:
    """An order that waits for somebody who has read its bytes."""

    office: World
    order: str
    login: str
    body: dict[str, Any]

    @property
    def path(self) -> str:
        return f"/signing-orders/{self.order}/signatures"

    def refused(self, **other: Any) -> tuple[int, str]:
        """The refusal; nothing of the attempt is left: no event, no file, the order as it was."""
        before = kept(self.office), self._order()
        refusal = self.office.client(self.login).refused("POST", self.path, {**self.body, **other})
        assert (kept(self.office), self._order()) == before
        return refusal

    def signed(self, **other: Any) -> dict[str, Any]:
        self.office.client(self.login).ok("POST", self.path, {**self.body, **other})
        self.office.settle()
        return dict(self._order()["signatures"][-1])

    def _order(self) -> dict[str, Any]:
        return dict(self.office.client(self.login).ok("GET", f"/signing-orders/{self.order}"))


def kept(office: World) -> tuple[int, frozenset[Path]]:
    """How long the log is, and which files there are."""
    office.settle()
    files = frozenset(each for each in (office.settings.data_dir / "documents").rglob("*") if each.is_file())
    return office.embedded.store.wait(0, 0), files


@pytest.fixture
def waiting(office: World) -> Waiting:
    """For the leader, who signs first."""
    order = submitted(office, drafted(office))
    return Waiting(office, order, "leader", act(office, "leader", order))


@contextmanager
def key_of(office: World, login: str, suffix: str, content: bytes) -> Iterator[None]:
    """Another key for a while."""
    keys = office.settings.data_dir / "signing-keys"
    own, other = keys / f"{login}.p12", keys / f"{login}{suffix}"
    before = own.read_bytes()
    own.unlink()
    other.write_bytes(content)
    try:
        yield
    finally:
        other.unlink()
        own.write_bytes(before)


@contextmanager
def down(authority: Authority, *parts: str) -> Iterator[None]:
    authority.down |= set(parts)
    try:
        yield
    finally:
        authority.down.clear()


@contextmanager
def clock(office: World, apart: timedelta) -> Iterator[None]:
    office.now = office.now + apart
    try:
        yield
    finally:
        office.now = office.now - apart


def chair_after_leader(office: World, waiting: Waiting) -> Waiting:
    waiting.signed()
    return Waiting(office, waiting.order, "chair", act(office, "chair", waiting.order))


def test_a_time_authority_that_goes_away_between_two_signers_leaves_the_first_signature(
    office: World, authority: Authority, waiting: Waiting
) -> None:
    chair = chair_after_leader(office, waiting)
    with down(authority, "tsa"):
        assert chair.refused() == (503, "tsa_unavailable")
    assert chair.signed()["act"] == "sign"


def test_a_key_file_that_is_gone_or_is_no_key_signs_nothing(office: World, waiting: Waiting) -> None:
    for content in (b"", b"no key"):
        with key_of(office, "leader", ".p12", content):
            status, code = waiting.refused()
            assert (status, code) in {(503, "key_unavailable"), (422, "wrong_key_pin")}
    with key_of(office, "leader", ".old", b"away"):
        assert waiting.refused() == (409, "no_signing_key")
    assert waiting.signed()["act"] == "initial"


@pytest.fixture
def lines() -> Iterator[list[MutableMapping[str, Any]]]:
    before = structlog.get_config()["wrapper_class"]
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    with structlog.testing.capture_logs() as captured:
        yield captured
    structlog.configure(wrapper_class=before)


def test_what_is_in_the_way_of_a_key_is_told_in_the_log(office: World, waiting: Waiting, lines: Any) -> None:
    there = {"token": token.TOKEN, "label": "deputy"}
    with key_of(office, "leader", ".json", dumps(there).encode()):
        assert waiting.refused() == (503, "key_unavailable")
    told = {"order": waiting.order, "code": "key_unavailable", "reason": "leader.json: 'module'"}
    assert [{name: line.get(name) for name in told} for line in lines if line["event"] == "not_signed"] == [told]


def test_a_remote_service_that_is_away_signs_nothing_and_signs_once_it_is_back(
    office: World, authority: Authority, waiting: Waiting
) -> None:
    with remote.serving(authority) as service:
        there = {"service_url": service.address, "credential": "council/deputy"}
        with key_of(office, "leader", ".json", dumps(there).encode()):
            service.down = True
            assert waiting.refused(pin=remote.PIN) == (503, "key_unavailable")
            service.down = False
            assert waiting.refused(pin="000000") == (422, "wrong_key_pin")
            assert waiting.signed(pin=remote.PIN)["key"] == "remote"


@pytest.mark.needs("softhsm2")
def test_an_hsm_that_is_gone_signs_nothing_and_signs_once_it_is_back(
    office: World, tokens: Path, waiting: Waiting
) -> None:
    there = {"module": str(token.module()), "token": token.TOKEN, "label": "deputy"}
    with key_of(office, "leader", ".json", dumps(there).encode()):
        away = tokens.rename(tokens.with_name("away"))
        assert waiting.refused(pin=token.PIN) == (503, "key_unavailable")
        away.rename(tokens)
        assert waiting.refused(pin="000000") == (422, "wrong_key_pin")
        assert waiting.signed(pin=token.PIN)["key"] == "token"


def test_a_certificate_that_is_no_longer_good_signs_nothing(
    office: World, authority: Authority, waiting: Waiting
) -> None:
    for label, code in (("expired", "certificate_expired"), ("revoked", "certificate_revoked")):
        with key_of(office, "leader", ".p12", authority.pkcs12(label).read_bytes()):
            assert waiting.refused() == (409, code)
    with key_of(office, "leader", ".p12", authority.pkcs12("chair", "lookalike").read_bytes()):
        assert waiting.refused() == (409, "certificate_untrusted")
    assert waiting.signed()["act"] == "initial"


def test_a_certificate_that_ends_between_two_signers_is_exchanged_and_the_first_signature_stays(
    office: World, authority: Authority, waiting: Waiting
) -> None:
    chair = chair_after_leader(office, waiting)
    with key_of(office, "chair", ".p12", authority.pkcs12("expired").read_bytes()):
        assert chair.refused() == (409, "certificate_expired")
    assert chair.signed()["act"] == "sign"
    signatures = office.client("chair").ok("GET", f"/signing-orders/{waiting.order}")["signatures"]
    assert [each["act"] for each in signatures] == ["initial", "sign"]


def test_a_clock_that_is_more_than_a_minute_wrong_signs_nothing(office: World, waiting: Waiting) -> None:
    for apart in (timedelta(seconds=-90), timedelta(seconds=90)):
        with clock(office, apart):
            assert waiting.refused() == (503, "clock_wrong")
    with clock(office, timedelta(seconds=20)):
        assert waiting.signed()["act"] == "initial"


def test_bytes_that_are_damaged_or_gone_are_neither_shown_nor_signed(office: World, waiting: Waiting) -> None:
    stored = path_of(office, waiting.body["seen_sha256"])
    content = stored.read_bytes()
    leader = office.client("leader")
    for harmed in (content[:-1] + b"?", content[:-1], None):
        stored.chmod(0o600)
        stored.unlink()
        if harmed is not None:
            stored.write_bytes(harmed)
        assert leader.refused("GET", f"/signing-orders/{waiting.order}/file") == (502, "integrity_error")
        refusal = leader.refused("POST", waiting.path, waiting.body)
        assert refusal == (502, "integrity_error")
        stored.write_bytes(content)
    assert waiting.signed()["act"] == "initial"


def path_of(office: World, sha256: str) -> Path:
    (found,) = (office.settings.data_dir / "documents").rglob(sha256)
    return found


def test_a_seal_waits_for_its_key_and_its_time(office: World, authority: Authority, waiting: Waiting) -> None:
    """The number stays the document's own, and the signatures stay."""
    chair_after_leader(office, waiting).signed()
    clerk = office.client("clerk")
    official = clerk.ok("GET", f"/signing-orders/{waiting.order}")["order"]["official_id"]
    clerk.ok("POST", f"/officials/{official}/number", {})
    office.settle()
    order = clerk.ok("POST", f"/officials/{official}/seal")["id"]
    office.settle()
    seal = Waiting(office, order, "clerk", act(office, "clerk", order))
    with down(authority, "tsa"):
        assert seal.refused() == (503, "tsa_unavailable")
    with key_of(office, f"agency-{COUNCIL}", ".p12", authority.pkcs12("revoked").read_bytes()):
        assert seal.refused() == (409, "certificate_revoked")
    assert clerk.ok("GET", f"/officials/{official}")["official"]["stage"] == "sealing"
    assert seal.signed()["act"] == "seal"
    assert clerk.ok("GET", f"/officials/{official}")["official"]["stage"] == "sealed"


UNSAFE: tuple[tuple[str, Callable[[], bytes]], ...] = (
    ("pdf_trailing_bytes", lambda: resolution() + b"PK\x03\x04 more"),
    ("pdf_leading_bytes", lambda: b"GIF89a;" + resolution()),
    ("pdf_javascript", lambda: in_root("/OpenAction", script())),
    ("pdf_embedded_file", lambda: changed_pdf(lambda writer: writer.add_attachment("a.txt", b"x"))),
    ("type_mismatch", lambda: word("Nghị quyết")),
)


@pytest.mark.parametrize(("code", "content"), UNSAFE, ids=[code for code, _content in UNSAFE])
def test_what_shows_others_something_else_becomes_no_text_and_no_arrival(
    office: World, code: str, content: Callable[[], bytes]
) -> None:
    headers, sent = {"X-File-Name": "van-ban.pdf"}, {"sender": "Bộ Nội vụ", "summary": "Về biên chế"}
    before = kept(office)
    texts = f"/bodies/{COUNCIL}/official-texts?drafter_id={COUNCIL}"
    own = office.client("clerk").refused("PUT", texts, content=content(), headers=headers)
    path = f"/units/{COMMITTEE}/incoming"
    arrived = office.client("guest").refused("PUT", path, content=content(), headers=headers, params=sent)
    assert own == arrived == (422, code)
    assert kept(office) == before


def test_a_paper_without_room_for_its_number_stays_a_draft(office: World) -> None:
    clerk, path = office.client("clerk"), f"/bodies/{COUNCIL}/official-texts?drafter_id={COUNCIL}"
    text = clerk.ok("PUT", path, content=pdf("Một trang"), headers={"X-File-Name": "trang.pdf"})["id"]
    official = clerk.ok("POST", "/officials", described(text))["id"]
    office.settle()
    before = kept(office)
    steps = [{"act": "sign", "signer_ids": [str(ids("chair"))], "needed": 1}]
    asked = {"sha256": latest(office, official), "steps": steps}
    assert clerk.refused("POST", f"/officials/{official}/submission", asked) == (422, "no_place_for_number")
    assert clerk.ok("GET", f"/officials/{official}")["official"]["stage"] == "draft"
    assert kept(office) == before


def test_what_takes_the_place_of_another_is_named_and_only_then(office: World) -> None:
    clerk, official = office.client("clerk"), drafted(office)
    path, other = f"/officials/{official}/withdrawal", {"reason": "Sai.", "successor_id": official}
    for how in ("replaced", "updated"):
        assert clerk.refused("POST", path, {"how": how, "reason": "Sai."}) == (422, "successor_unfit")
    assert clerk.refused("POST", path, {"how": "recalled", **other}) == (422, "successor_unfit")
    assert clerk.refused("POST", path, {"how": "recalled", "reason": "Sai."}) == (409, "not_issued")
