"""Approved minutes are signed by the minute taker and the presiding officer, each with their own key."""

from collections.abc import Iterator
from hashlib import sha256

import pytest

from services.signing.pdf.examining import examine
from tests.scenario.test_minutes import Session
from tests.scenario.test_official import equipped, sign
from tests.signing.authority import Authority, serving
from tests.signing.conftest import trusting
from tests.world import World

pytestmark = pytest.mark.needs("vendor")


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Authority]:
    with serving(tmp_path_factory.mktemp("authority")) as authority:
        yield authority


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory, authority: Authority) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("office")
    world = equipped(folder, authority)
    (folder / "signing-keys" / "clerk.p12").write_bytes(authority.pkcs12("deputy").read_bytes())
    yield world
    world.close()


def test_the_approved_pdf_is_signed_by_minute_taker_and_presiding_officer(office: World, authority: Authority) -> None:
    session = Session(office).open().close().draft()
    submitted = session.submit()
    path, clerk = session.path("/signatures"), session.clerk
    assert clerk.refused("POST", path) == (409, "minutes_not_approved")
    session.approve(submitted)
    assert clerk.ok("GET", path) == {"order_id": None, "stage": None, "signatures": []}
    assert session.chair.refused("POST", path) == (403, "not_allowed")
    assert clerk.refused("GET", session.path("/signed")) == (409, "minutes_not_signed")

    declined = clerk.ok("POST", path)["id"]
    assert clerk.refused("POST", path) == (409, "signatures_asked")
    clerk.ok("POST", f"/signing-orders/{declined}/refusal", {"reason": "Chờ chủ tọa về."})
    assert "Chờ chủ tọa về." in clerk.get(f"/minutes/{session.id}").text

    order = clerk.ok("POST", path)["id"]
    assert f"/signing-orders/{order}" in clerk.get(f"/minutes/{session.id}").text
    sign(office, "clerk", order)
    sign(office, "chair", order)
    shown = clerk.ok("GET", path)
    assert (shown["order_id"], shown["stage"], len(shown["signatures"])) == (order, "completed", 2)
    assert clerk.refused("POST", path) == (409, "signatures_asked")

    approved = clerk.get(f"/api/v1{session.path('/pdf')}").content
    signed = clerk.get(f"/api/v1{session.path('/signed')}").content
    assert sha256(approved).hexdigest() == submitted and signed.startswith(approved)
    found = examine(trusting(authority), signed)
    assert found.valid and [each.locks for each in found.signatures] == [False, True]
    session.publish("ana")
    reader = office.client("ana")
    assert "/signed" in reader.get(f"/minutes/{session.id}").text
    assert reader.get(f"/api/v1{session.path('/signed')}").content == signed
    assert office.client("ben").refused("GET", session.path("/signed")) == (404, "not_found")
