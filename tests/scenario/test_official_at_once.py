"""Two people, or one person twice, act on an official document in the same moment: nothing double, nothing lost."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from services.directory.messages import AssignRole, RoleName
from services.signing.pdf.examining import examine
from tests.files import pdf
from tests.scenario.test_at_once import at_once, happened, post
from tests.scenario.test_official import act, authority, drafted, equipped, latest, sign, submitted
from tests.signing.authority import Authority
from tests.signing.conftest import trusting
from tests.stamps import ids
from tests.world import COMMITTEE, COUNCIL, World

__all__ = ["authority"]


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory, authority: Authority) -> Iterator[World]:
    """With a second clerk of the council, and a key for Ana."""
    folder = tmp_path_factory.mktemp("office")
    world = equipped(folder, authority)
    (folder / "signing-keys/ana.p12").write_bytes(authority.pkcs12("agency").read_bytes())
    world.execute(AssignRole, person_id=ids("ben"), role=RoleName.records_clerk, unit_id=COUNCIL)
    world.settle()
    yield world
    world.close()


def new(office: World, known: Counter[str]) -> Counter[str]:
    return happened(office) - known


def asked(office: World, needed: int) -> str:
    """An order whose first group are the leader and Ana; the chair signs after them."""
    official, clerk = drafted(office), office.client("clerk")
    first = {"act": "initial", "signer_ids": [str(ids("leader")), str(ids("ana"))], "needed": needed}
    last = {"act": "sign", "signer_ids": [str(ids("chair"))], "needed": 1}
    body = {"sha256": latest(office, official), "steps": [first, last]}
    order = clerk.ok("POST", f"/officials/{official}/submission", body)["id"]
    office.settle()
    return str(order)


def signed(office: World) -> str:
    """A document that waits for its number."""
    official = drafted(office)
    order = submitted(office, official)
    sign(office, "leader", order)
    sign(office, "chair", order)
    return official


def stage(office: World, official: str) -> str:
    return str(office.client("clerk").ok("GET", f"/officials/{official}")["official"]["stage"])


def test_two_clerks_who_number_one_document_use_one_number(office: World) -> None:
    official = signed(office)
    known = happened(office)
    number = f"/officials/{official}/number"
    abandon = post(office, "clerk", f"/officials/{official}/abandonment", {"reason": "Thôi."})
    statuses = at_once(post(office, "clerk", number, {}), post(office, "ben", number, {}), abandon)
    assert set(statuses) == {200, 409} and statuses.count(409) >= 2
    found = new(office, known)
    assert (found["NumberRequested"], found["NumberAllotted"], found["OfficialNumbered"]) == (1, 1, 1)
    assert (found["DraftAbandoned"], stage(office, official)) == (0, "numbered")


def test_two_clerks_who_give_away_one_reserved_number_give_it_once(office: World) -> None:
    officials = [signed(office) for _ in range(2)]
    clerk, book = office.client("clerk"), f"/registers/{COUNCIL}/{office.today.year}/resolution"
    clerk.ok("POST", f"{book}/reservations", {"reason": "Ký giấy trước"})
    kept = clerk.ok("GET", book)[0]["number"]
    wish = {"reserved": kept}
    numbers = [f"/officials/{each}/number" for each in officials]
    first, second = post(office, "clerk", numbers[0], wish), post(office, "ben", numbers[1], wish)
    void = post(office, "clerk", f"{book}/{kept}/void", {"reason": "Không dùng"})
    at_once(first, second, void)
    office.settle()
    entry = next(each for each in clerk.ok("GET", book) if each["number"] == kept)
    shown = [clerk.ok("GET", f"/officials/{each}")["official"] for each in officials]
    bearers = [each["id"] for each in shown if each["number"] == kept]
    assert bearers == ([entry["subject_id"]] if entry["state"] == "allotted" else [])
    whole = [each["number"] for each in clerk.ok("GET", book)]
    assert whole == list(range(len(whole), 0, -1))


def test_what_arrives_at_once_is_registered_without_gap_or_double(office: World) -> None:
    receiver, path = office.client("guest"), f"/units/{COMMITTEE}/incoming"
    arrived = []
    for n in range(8):
        sent = {"sender": "Bộ Nội vụ", "summary": f"Công văn {n}"}
        headers = {"X-File-Name": "den.pdf"}
        arrived.append(receiver.ok("PUT", path, content=pdf(f"Công văn {n}"), params=sent, headers=headers)["id"])
    office.settle()
    statuses = at_once(*(post(office, "guest", f"/incoming/{each}/registration", {}) for each in arrived))
    office.settle()
    assert set(statuses) == {200}
    found = {each: receiver.ok("GET", f"/incoming/{each}") for each in arrived}
    assert sorted(each["number"] for each in found.values()) == list(range(1, 9))
    first = arrived[0]
    routed = {"unit_id": str(COMMITTEE), "instruction": "Tham mưu."}
    known = happened(office)
    at_once(
        post(office, "guest", f"/incoming/{first}/acknowledgement", {}),
        post(office, "guest", f"/incoming/{first}/routing", routed),
        post(office, "guest", f"/incoming/{first}/return", {"reason": "Nhầm nơi nhận."}),
    )
    after = new(office, known)
    assert (after["IncomingAcknowledged"], after["IncomingReturned"]) == (1, 0)


def test_an_arrival_registered_and_returned_at_once_is_only_one_of_them(office: World) -> None:
    sent, headers = {"sender": "Bộ Nội vụ", "summary": "Công văn nhầm"}, {"X-File-Name": "den.pdf"}
    path = f"/units/{COMMITTEE}/incoming"
    arrived = office.client("guest").ok("PUT", path, content=pdf("Công văn nhầm"), params=sent, headers=headers)["id"]
    office.settle()
    known = happened(office)
    at_once(
        post(office, "guest", f"/incoming/{arrived}/registration", {}),
        post(office, "guest", f"/incoming/{arrived}/return", {"reason": "Nhầm nơi nhận."}),
    )
    found = new(office, known)
    assert found["IncomingRegistered"] + found["IncomingReturned"] == 1
    assert found["NumberAllotted"] == found["IncomingRegistered"]


def test_two_who_sign_the_same_bytes_at_once_sign_one_after_the_other(office: World, authority: Authority) -> None:
    """Who comes second has read bytes that are no longer the newest: they are told, read again, and sign."""
    order = asked(office, needed=2)
    known = happened(office)
    path = f"/signing-orders/{order}/signatures"
    statuses = at_once(*(post(office, login, path, act(office, login, order)) for login in ("leader", "ana")))
    assert statuses.count(200) == 1 and set(statuses) <= {200, 403, 409}
    assert new(office, known)["SignatureMade"] == 1
    shown = office.client("clerk").ok("GET", f"/signing-orders/{order}")
    (waits,) = shown["waited"]
    sign(office, "leader" if waits["person_id"] == str(ids("leader")) else "ana", order)
    sign(office, "chair", order)
    assert new(office, known)["SigningCompleted"] == 1
    content = office.client("clerk").request("GET", f"/api/v1/signing-orders/{order}/file").content
    examination = examine(trusting(authority), content)
    assert examination.valid and len(examination.signatures) == 3


def test_of_two_of_whom_one_must_sign_one_signs(office: World) -> None:
    order = asked(office, needed=1)
    known = happened(office)
    path = f"/signing-orders/{order}/signatures"
    statuses = at_once(*(post(office, login, path, act(office, login, order)) for login in ("leader", "ana")))
    assert statuses.count(200) == 1 and set(statuses) <= {200, 403, 409}
    assert new(office, known)["SignatureMade"] == 1
    (waits,) = office.client("clerk").ok("GET", f"/signing-orders/{order}")["waited"]
    assert waits["person_id"] == str(ids("chair"))


def test_who_signs_and_declines_at_once_does_one_of_them(office: World) -> None:
    official = drafted(office)
    order = submitted(office, official)
    known = happened(office)
    decline = post(office, "leader", f"/signing-orders/{order}/refusal", {"reason": "Thiếu căn cứ."})
    sign_it = post(office, "leader", f"/signing-orders/{order}/signatures", act(office, "leader", order))
    statuses = at_once(sign_it, decline)
    assert set(statuses) <= {200, 403, 404, 409}
    found = new(office, known)
    assert found["SignatureMade"] + found["SigningDeclined"] == 1
    assert stage(office, official) == ("draft" if found["SigningDeclined"] else "in_signing")


def test_a_submission_recalled_while_the_last_one_signs_ends_in_one_way(office: World) -> None:
    official = drafted(office)
    order = submitted(office, official)
    sign(office, "leader", order)
    known = happened(office)
    recall = post(office, "clerk", f"/officials/{official}/recall", {"reason": "Sửa Điều 2."})
    sign_it = post(office, "chair", f"/signing-orders/{order}/signatures", act(office, "chair", order))
    at_once(sign_it, recall)
    found, reached = new(office, known), stage(office, official)
    assert found["SignatureMade"] == found["SigningCompleted"] == found["VersionAdded"]
    assert found["SignatureMade"] + found["SubmissionRecalled"] == 1
    assert reached == ("draft" if found["SubmissionRecalled"] else "signed")
    again = office.client("chair").refused("POST", f"/signing-orders/{order}/signatures", act(office, "chair", order))
    assert again[0] in (403, 404, 409)


def test_a_draft_submitted_and_abandoned_at_once_is_only_one_of_them(office: World) -> None:
    official = drafted(office)
    steps = [{"act": "sign", "signer_ids": [str(ids("chair"))], "needed": 1}]
    body: dict[str, Any] = {"sha256": latest(office, official), "steps": steps}
    known = happened(office)
    at_once(
        post(office, "clerk", f"/officials/{official}/submission", body),
        post(office, "ben", f"/officials/{official}/abandonment", {"reason": "Thôi."}),
    )
    found = new(office, known)
    assert found["OfficialSubmitted"] + found["DraftAbandoned"] == 1
    assert found["SigningOrderOpened"] == found["OfficialSubmitted"]


def test_sealed_issued_and_withdrawn_at_once_it_goes_out_once(office: World) -> None:
    official, clerk = signed(office), office.client("clerk")
    clerk.ok("POST", f"/officials/{official}/number", {})
    office.settle()
    known = happened(office)
    at = f"/officials/{official}"
    withdraw = {"how": "recalled", "reason": "Sai số liệu."}
    early = post(office, "ben", f"{at}/withdrawal", withdraw)
    at_once(post(office, "clerk", f"{at}/seal", {}), post(office, "ben", f"{at}/seal", {}), early)
    assert new(office, known)["SealAsked"] == 1 and new(office, known)["OfficialWithdrawn"] == 0
    order = clerk.ok("GET", at)["official"]["order_id"]
    waits = clerk.ok("GET", f"/signing-orders/{order}")["waited"][0]["person_id"]
    sealer = "clerk" if waits == str(ids("clerk")) else "ben"
    at_once(post(office, sealer, f"/signing-orders/{order}/signatures", act(office, sealer, order)), early)
    assert new(office, known)["OfficialSealed"] == 1 and new(office, known)["OfficialWithdrawn"] == 0
    at_once(post(office, "clerk", f"{at}/issue", {}), post(office, "ben", f"{at}/issue", {}), early)
    found = new(office, known)
    assert (found["OfficialIssued"], found["IncomingReceived"]) == (1, 1)
    assert found["OfficialWithdrawn"] <= 1
    assert stage(office, official) == ("withdrawn" if found["OfficialWithdrawn"] else "issued")


def test_an_authorisation_revoked_while_it_is_used_is_used_at_most_before(office: World) -> None:
    leader, order = office.client("leader"), submitted(office, drafted(office))
    days = {"valid_from": str(office.today), "valid_until": str(office.today)}
    given = {"to_id": str(ids("ana")), "basis": "Giấy ủy quyền số 03", **days}
    delegation = leader.ok("POST", "/signing-delegations", given)["id"]
    standing = {"on_behalf_of": str(ids("leader")), "delegation_id": delegation}
    known = happened(office)
    at_once(
        post(office, "ana", f"/signing-orders/{order}/signatures", act(office, "ana", order, **standing)),
        post(office, "leader", f"/signing-delegations/{delegation}/revocation", {"reason": "Đã về."}),
    )
    found = new(office, known)
    assert found["DelegationRevoked"] == 1 and found["SignatureMade"] <= 1
    late = office.client("ana").refused(
        "POST",
        f"/signing-orders/{order}/signatures",
        {
            "seen_sha256": "0" * 64,
            "password": "x",
            "pin": "x",
            **standing,
        },
    )
    assert late[0] in (403, 404, 409)
