"""A council resolution from draft to issue, through the JSON API: signed, numbered, sealed, received elsewhere."""

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from services.directory.messages import AssignRole, RoleName
from services.signing.pdf.blanks import fill
from services.signing.pdf.examining import examine
from tests.signing.authority import PASSWORD as KEY_PASSWORD
from tests.signing.authority import Authority, serving
from tests.signing.conftest import trusting
from tests.signing.papers import picture
from tests.signing.test_blanks import draft
from tests.stamps import ids
from tests.world import COMMITTEE, COUNCIL, PASSWORD, World

NAME = "Chủ tọa Kỳ họp"
KEYS = {"chair": "chair", "leader": "deputy", f"agency-{COUNCIL}": "agency"}


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Authority]:
    with serving(tmp_path_factory.mktemp("authority")) as authority:
        yield authority


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory, authority: Authority) -> Iterator[World]:
    world = equipped(tmp_path_factory.mktemp("office"), authority)
    yield world
    world.close()


class Office(World):
    """Its clock goes: nothing is signed when it is a minute away from that of the time authority."""

    ahead = timedelta()

    @property
    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    @now.setter
    def now(self, moment: datetime) -> None:
        self.ahead = moment - datetime.now(UTC)


def equipped(folder: Path, authority: Authority, **settings: Any) -> World:
    """The small council with keys for its chair, its leader and itself; and a clerk of the committee."""
    keys, trusted = folder / "signing-keys", folder / "trusted"
    keys.mkdir()
    trusted.mkdir()
    for name, label in KEYS.items():
        (keys / f"{name}.p12").write_bytes(authority.pkcs12(label).read_bytes())
    (keys / "chair.png").write_bytes(picture())
    (keys / f"agency-{COUNCIL}.png").write_bytes(picture("red"))
    for label in ("root", "issuing"):
        (trusted / f"{label}.der").write_bytes(authority.certificate(label))
    world = Office(
        folder,
        signing_trust_dir=trusted,
        signing_tsa_url=authority.tsa(),
        signing_hosts=authority.host,
        signing_level="b_t",
        **settings,
    )
    role = {"role": RoleName.records_clerk, "unit_id": COMMITTEE}
    world.execute(AssignRole, person_id=ids("guest"), **role)
    return world


def resolution() -> bytes:
    return draft(NAME)


def described(document_id: str, **fields: Any) -> dict[str, Any]:
    facts: dict[str, Any] = {
        "kind": "resolution",
        "issuer_id": str(COUNCIL),
        "issuer_symbol": "HĐND",
        "drafter_id": str(COUNCIL),
        "summary": "Về dự toán ngân sách năm 2027",
        "document_id": document_id,
        "signatory": {
            "person_id": str(ids("chair")),
            "competence": "on_behalf",
            "position": "CHỦ TỊCH",
            "head": "HỘI ĐỒNG NHÂN DÂN",
        },
        "recipients": [{"name": "Ủy ban nhân dân", "unit_id": str(COMMITTEE)}],
    }
    return {**facts, **fields}


def drafted(office: World) -> str:
    clerk = office.client("clerk")
    path = f"/bodies/{COUNCIL}/official-texts?drafter_id={COUNCIL}&title=Nghị quyết"
    text = clerk.ok("PUT", path, content=resolution(), headers={"X-File-Name": "nghi-quyet.pdf"})["id"]
    return str(clerk.ok("POST", "/officials", described(text))["id"])


def submitted(office: World, official: str) -> str:
    clerk = office.client("clerk")
    sha256 = latest(office, official)
    steps = [
        {"act": "initial", "signer_ids": [str(ids("leader"))], "needed": 1},
        {"act": "sign", "signer_ids": [str(ids("chair"))], "needed": 1},
    ]
    order = clerk.ok("POST", f"/officials/{official}/submission", {"sha256": sha256, "steps": steps})["id"]
    office.settle()
    return str(order)


def latest(office: World, official: str) -> str:
    clerk = office.client("clerk")
    document = clerk.ok("GET", f"/officials/{official}")["official"]["described"]["document_id"]
    return str(clerk.ok("GET", f"/documents/{document}")["document"]["versions"][0]["sha256"])


def act(office: World, login: str, order: str, **fields: Any) -> dict[str, Any]:
    seen = office.client(login).ok("GET", f"/signing-orders/{order}")["order"]["sha256"]
    return {"seen_sha256": seen, "password": PASSWORD, "pin": KEY_PASSWORD, **fields}


def sign(office: World, login: str, order: str, **fields: Any) -> None:
    office.client(login).ok("POST", f"/signing-orders/{order}/signatures", act(office, login, order, **fields))
    office.settle()


def test_a_resolution_is_signed_numbered_sealed_issued_and_received(office: World) -> None:
    clerk, receiver = office.client("clerk"), office.client("guest")
    official = drafted(office)
    order = submitted(office, official)
    assert [each["order"]["id"] for each in office.client("leader").ok("GET", "/signing-orders")] == [order]
    sign(office, "leader", order)
    sign(office, "chair", order)
    clerk.ok("POST", f"/officials/{official}/number", {})
    office.settle()
    shown = clerk.ok("GET", f"/officials/{official}")["official"]
    assert (shown["stage"], shown["symbol"]) == ("numbered", "NQ-HĐND")
    seal = clerk.ok("POST", f"/officials/{official}/seal")["id"]
    office.settle()
    sign(office, "clerk", seal)
    clerk.ok("POST", f"/officials/{official}/issue")
    office.settle()
    (arrived,) = [each for each in receiver.ok("GET", "/incoming")["incoming"] if each["official_id"] == official]
    assert (arrived["verdict"], len(arrived["signers"])) == ("valid", 3)
    receiver.ok("POST", f"/incoming/{arrived['id']}/registration")
    office.settle()
    assert receiver.ok("GET", f"/incoming/{arrived['id']}")["stage"] == "registered"
    routing = {"unit_id": str(COMMITTEE), "instruction": "Tham mưu tổ chức thực hiện."}
    receiver.ok("POST", f"/incoming/{arrived['id']}/routing", routing)
    receiver.ok("POST", f"/incoming/{arrived['id']}/acknowledgement")
    content = receiver.request("GET", f"/api/v1/documents/{arrived['document_id']}/original").content
    fields = PdfReader(BytesIO(content)).get_fields() or {}
    assert fields["number"]["/V"] == f"{shown['number']:02}"
    assert office.client("officer").refused("GET", f"/officials/{official}") == (404, "not_found")


def test_what_could_soon_not_be_proved_is_stamped_again(office: World, authority: Authority) -> None:
    """Reads what the test before it issued."""
    receiver, renewer = office.client("guest"), office.embedded.renewer
    issued = next(each for each in receiver.ok("GET", "/officials")["officials"] if each["stage"] == "issued")
    document = f"/documents/{issued['described']['document_id']}"
    versions = len(receiver.ok("GET", document)["document"]["versions"])
    clerk = office.client("clerk")
    assert issued["id"] in [each["official_id"] for each in clerk.ok("GET", "/signature-forecast?days=7300")]
    assert "Không có chữ ký nào hết hạn" in clerk.get("/signature-forecast").text
    assert renewer.renew() == 0
    now, office.now = office.now, office.now + timedelta(days=365 * 40)
    try:
        assert renewer.renew() == 1
        office.settle()
        assert renewer.renew() == 0  # the same authority's stamp would prove it no longer
    finally:
        office.now = now
    after = receiver.ok("GET", document)["document"]["versions"]
    assert len(after) == versions + 1
    content = receiver.request("GET", f"/api/v1{document}/original").content
    examination = examine(trusting(authority), content)
    assert examination.valid and len(examination.time_stamps) == 1


def test_only_the_bytes_that_were_read_are_signed_with_the_signers_own_words(office: World) -> None:
    order = submitted(office, drafted(office))
    leader, path = office.client("leader"), f"/signing-orders/{order}/signatures"
    fresh = act(office, "leader", order)
    assert leader.refused("POST", path, {**fresh, "password": "không phải mật khẩu"}) == (403, "wrong_password")
    assert leader.refused("POST", path, {**fresh, "pin": "sai"}) == (422, "wrong_key_pin")
    assert leader.refused("POST", path, {**fresh, "seen_sha256": "0" * 64}) == (409, "stale_document")
    assert office.client("chair").refused("POST", path, fresh) == (403, "not_allowed")
    assert office.client("outsider").refused("POST", path, fresh) == (404, "not_found")
    file = leader.request("GET", f"/api/v1/signing-orders/{order}/file")
    assert hashlib.sha256(file.content).hexdigest() == fresh["seen_sha256"]
    assert leader.ok("GET", f"/signing-orders/{order}")["signatures"] == []


def test_without_the_time_authority_nothing_is_signed(office: World, authority: Authority) -> None:
    order = submitted(office, drafted(office))
    path, fresh = f"/signing-orders/{order}/signatures", act(office, "leader", order)
    authority.down.add("tsa")
    try:
        assert office.client("leader").refused("POST", path, fresh) == (503, "tsa_unavailable")
    finally:
        authority.down.clear()
    detail = office.client("leader").ok("GET", f"/signing-orders/{order}")
    assert (detail["signatures"], detail["order"]["sha256"]) == ([], fresh["seen_sha256"])


def test_who_has_no_key_is_told(office: World) -> None:
    head = office.client("ana")
    given = {"to_id": str(ids("ana")), "valid_from": str(office.today), "valid_until": str(office.today)}
    chosen = office.client("leader").ok("POST", "/signing-delegations", {**given, "basis": "Giấy ủy quyền số 02"})["id"]
    yesterday = str(office.today - timedelta(days=1))
    over = {**given, "valid_from": yesterday, "valid_until": yesterday, "basis": "Giấy ủy quyền số 01"}
    assert office.client("leader").refused("POST", "/signing-delegations", over) == (422, "delegation_over")
    order = submitted(office, drafted(office))
    standing = {"on_behalf_of": str(ids("leader")), "delegation_id": chosen}
    asked = act(office, "ana", order, **standing)
    path = f"/signing-orders/{order}/signatures"
    assert head.refused("POST", path, asked) == (409, "no_signing_key")
    assert head.refused("POST", path, act(office, "ana", order)) == (409, "not_your_turn_to_sign")
    unnamed = act(office, "ana", order, on_behalf_of=str(ids("leader")))
    assert head.refused("POST", path, unnamed) == (422, "delegation_not_named")
    other = act(office, "ana", order, on_behalf_of=str(ids("leader")), delegation_id=str(ids("another")))
    assert head.refused("POST", path, other) == (409, "delegation_not_in_force")
    office.client("leader").ok("POST", f"/signing-delegations/{chosen}/revocation", {"reason": "Đã về."})
    assert head.refused("POST", f"/signing-orders/{order}/signatures", asked) == (404, "not_found")


def test_a_step_that_can_never_be_done_is_refused_with_what_to_change(office: World) -> None:
    official, clerk = drafted(office), office.client("clerk")
    steps = [
        {"act": act, "signer_ids": [str(ids("chair"))], "needed": 1 + at} for at, act in enumerate(("initial", "sign"))
    ]
    submission = {"sha256": latest(office, official), "steps": steps}
    answer = clerk.request("POST", f"/api/v1/officials/{official}/submission", json=submission)
    (error,) = answer.json()["errors"]
    assert (answer.status_code, error["pointer"]) == (422, "/steps/1")
    assert error["detail"] == "Số chữ ký cần có không được nhiều hơn số người đã chọn ở bước đó."


def test_who_will_not_sign_gives_it_back_and_it_is_submitted_again(office: World) -> None:
    official = drafted(office)
    order = submitted(office, official)
    office.client("leader").ok("POST", f"/signing-orders/{order}/refusal", {"reason": "Thiếu căn cứ."})
    office.settle()
    shown = office.client("clerk").ok("GET", f"/officials/{official}")["official"]
    assert (shown["stage"], shown["reason"]) == ("draft", "Thiếu căn cứ.")
    assert submitted(office, official) != order


def test_what_is_called_back_waits_for_nobody_and_is_submitted_again(office: World) -> None:
    official, clerk, reason = drafted(office), office.client("clerk"), {"reason": "Sửa Điều 2."}
    assert clerk.refused("POST", f"/officials/{official}/recall", reason) == (409, "not_in_signing")
    order = submitted(office, official)
    for _ in range(2):
        clerk.ok("POST", f"/officials/{official}/recall", reason)
        office.settle()
        shown = clerk.ok("GET", f"/officials/{official}")["official"]
        assert (shown["stage"], shown["reason"]) == ("draft", reason["reason"])
    assert clerk.ok("GET", f"/signing-orders/{order}")["waited"] == []
    order = submitted(office, official)
    sign(office, "leader", order)
    sign(office, "chair", order)
    office.settle()
    assert clerk.refused("POST", f"/officials/{official}/recall", reason) == (409, "not_in_signing")


def test_a_number_is_kept_free_used_or_given_up(office: World) -> None:
    clerk, book = office.client("clerk"), f"/registers/{COUNCIL}/{office.today.year}/decision"
    kept = [clerk.ok("POST", f"{book}/reservations", {"reason": "Ký giấy trước"}) for _ in range(2)]
    assert [each["number"] for each in kept] == [1, 2]
    assert all(f"/registers/{each['issuer_id']}/{each['year']}/{each['series']}" == book for each in kept)
    clerk.ok("POST", f"{book}/1/void", {"reason": "Không ban hành"})
    assert [each["state"] for each in clerk.ok("GET", book)] == ["reserved", "voided"]
    assert clerk.refused("POST", f"{book}/9/void", {"reason": "Không có"}) == (409, "number_not_reserved")
    told = {number: f"Đã giữ số {number} " in clerk.get(f"{book}?kept={number}").text for number in (1, 2, 3)}
    assert told == {1: False, 2: True, 3: False}
    assert office.client("outsider").refused("GET", book) == (403, "not_allowed")


def test_no_number_is_kept_free_in_another_year_or_in_a_book_that_there_is_not(office: World) -> None:
    clerk, year, reason = office.client("clerk"), office.today.year, {"reason": "Ký giấy trước"}
    for other in (year - 1, year + 1):
        path = f"/registers/{COUNCIL}/{other}/decision/reservations"
        assert clerk.refused("POST", path, reason) == (422, "other_year")
    for series in ("nonsense", "incoming"):
        path = f"/registers/{COUNCIL}/{year}/{series}/reservations"
        assert clerk.refused("POST", path, reason) == (404, "not_found")
    earlier, now = (clerk.get(f"/registers/{COUNCIL}/{each}/decision").text for each in (year - 1, year))
    assert "Giữ chỗ số tiếp theo" in now and "Giữ chỗ số tiếp theo" not in earlier


def test_what_is_not_signed_or_altered_does_not_come_into_the_register(office: World, authority: Authority) -> None:
    receiver = office.client("guest")
    unsigned = arrives(office, resolution())
    assert receiver.ok("GET", f"/incoming/{unsigned}")["verdict"] == "unsigned"
    receiver.ok("POST", f"/incoming/{unsigned}/return", {"reason": "Chưa ký số."})
    assert receiver.ok("GET", f"/incoming/{unsigned}")["stage"] == "returned"
    issued = next(each for each in receiver.ok("GET", "/officials")["officials"] if each["stage"] == "issued")
    document = issued["described"]["document_id"]
    content = receiver.request("GET", f"/api/v1/documents/{document}/original").content
    altered = arrives(office, fill(trusting(authority), content, {"number": "99"}))
    assert receiver.ok("GET", f"/incoming/{altered}")["verdict"] == "invalid"
    assert receiver.refused("POST", f"/incoming/{altered}/registration") == (409, "signatures_invalid")


def test_a_summary_as_long_as_it_may_be_is_taken_in_whole(office: World) -> None:
    summary = ("Về biên chế " * 80).strip()
    arrived = arrives(office, resolution(), summary=summary)
    assert office.client("guest").ok("GET", f"/incoming/{arrived}")["summary"] == summary


def test_of_what_nobody_can_read_it_is_not_said_that_it_shows_others_something_else(office: World) -> None:
    told = office.client("ana").ok("POST", "/signature-checks", content=b"not a PDF")
    assert (told["code"], told["signatures"]) == ("refused", [])
    assert told["sentence"].startswith("Không đọc được tệp PDF này")


def arrives(office: World, content: bytes, **fields: str) -> str:
    sent = {"sender": "Bộ Nội vụ", "summary": "Về biên chế năm 2027", "symbol": "120/BNV-VP", **fields}
    path, headers = f"/units/{COMMITTEE}/incoming", {"X-File-Name": "den.pdf"}
    arrived = office.client("guest").ok("PUT", path, content=content, params=sent, headers=headers)["id"]
    office.settle()
    return str(arrived)


def written(**fields: Any) -> dict[str, Any]:
    facts = {key: each for key, each in described("").items() if key != "document_id"}
    return {
        **facts,
        "text": "Điều 1. Quyết định dự toán.\nĐiều 2. Tổ chức thực hiện.",
        "bases": "Căn cứ Luật",
        **fields,
    }


def test_a_resolution_is_written_here_and_signed(office: World) -> None:
    clerk = office.client("clerk")
    text = clerk.ok("POST", "/officials/text", written())["id"]
    official = str(clerk.ok("POST", "/officials", described(text))["id"])
    content = clerk.request("GET", f"/api/v1/documents/{text}/original").content
    shown = " ".join(PdfReader(BytesIO(content)).pages[0].extract_text().split())
    assert [each for each in ("QUYẾT NGHỊ:", "TM. HỘI ĐỒNG NHÂN DÂN", NAME) if each not in shown] == []
    order = submitted(office, official)
    sign(office, "leader", order)
    sign(office, "chair", order)
    clerk.ok("POST", f"/officials/{official}/number", {})
    office.settle()
    clerk.ok("POST", f"/officials/{official}/seal")
    office.settle()
    assert clerk.ok("GET", f"/officials/{official}")["official"]["stage"] == "sealing"


def test_a_text_that_is_not_whole_is_refused(office: World) -> None:
    clerk, path = office.client("clerk"), "/officials/text"
    for lacking in ({"kind": "invitation"}, {"kind": "minutes"}, {"kind": "official_letter"}, {"text": " \n"}):
        assert clerk.refused("POST", path, written(**lacking))[0] == 422
    assert office.client("officer").refused("POST", path, written()) == (403, "not_allowed")
    unknown = {**described("")["signatory"], "person_id": str(COUNCIL)}
    assert clerk.refused("POST", path, written(signatory=unknown)) == (422, "no_such_person")
