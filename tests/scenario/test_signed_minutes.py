"""Approved minutes are signed by the minute taker and the presiding officer, each with their own key."""

from collections.abc import Iterator
from hashlib import sha256
from io import BytesIO

import pypdfium2
import pypdfium2.raw as pdfium
import pytest
from pypdf import PdfReader

from services.signing.pdf.appearance import POINTS
from services.signing.pdf.examining import examine
from services.signing.pdf.placing import place_of_signature
from tests.scenario.test_minutes import Session
from tests.scenario.test_official import equipped, sign
from tests.signing.authority import Authority, serving
from tests.signing.conftest import trusting
from tests.world import STAFF, World

pytestmark = pytest.mark.needs("vendor")


NAMES = {login: name for login, name, *_ in STAFF}


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


def drawn(content: bytes, page: int) -> tuple[str, int]:
    """The words of a page with its signatures, and how many pictures these show."""
    with pypdfium2.PdfDocument(content) as pdf:
        shown = pdf[page - 1]
        pdfium.FPDFPage_Flatten(shown, pdfium.FLAT_NORMALDISPLAY)
        shown.close()
        shown = pdf[page - 1]
        text = shown.get_textpage()
        words = text.get_text_range()
        pictures = len(list(shown.get_objects(filter=[pdfium.FPDF_PAGEOBJ_IMAGE], max_depth=4)))
        text.close()
        shown.close()
    return words, pictures


def corners(content: bytes, page: int) -> dict[str, tuple[float, float]]:
    """Left and upper edge of each visible signature field, in millimetres."""
    found = PdfReader(BytesIO(content)).pages[page - 1]
    height = float(found.mediabox.height)
    fields = [each.get_object() for each in found["/Annots"]]
    return {
        each["/T"]: (float(each["/Rect"][0]) / POINTS, (height - float(each["/Rect"][3])) / POINTS)
        for each in fields
        if each["/Rect"][0] != each["/Rect"][2]
    }


def test_the_approved_pdf_is_signed_by_minute_taker_and_presiding_officer(office: World, authority: Authority) -> None:
    session = Session(office).open().close().draft()
    submitted = session.submit()
    path, clerk = session.path("/signatures"), session.clerk
    assert clerk.refused("POST", path) == (409, "minutes_not_approved")
    session.approve(submitted)
    assert clerk.ok("GET", path) == {"order_id": None, "stage": None, "signatures": [], "sha256": None}
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
    trust = trusting(authority)
    examined = examine(trust, signed)
    assert examined.valid and [each.locks for each in examined.signatures] == [False, True]
    taker, presiding = (
        place_of_signature(trust, approved, position, NAMES[login])
        for position, login in (("THƯ KÝ", "clerk"), ("CHỦ TỌA", "chair"))
    )
    assert taker is not None and presiding is not None
    places = {"sign-1": taker, "sign-2": presiding}
    assert len(corners(signed, taker.page)) == 2
    for name, corner in corners(signed, taker.page).items():
        assert corner == pytest.approx((places[name].left, places[name].top), abs=0.3)
    words, pictures = drawn(signed, taker.page)
    assert f"Ký bởi: {NAMES['clerk']}" in words and f"Ký bởi: {NAMES['chair']}" not in words
    assert pictures == 1
    session.publish("ana")
    reader = office.client("ana")
    assert "/signed" in reader.get(f"/minutes/{session.id}").text
    assert reader.get(f"/api/v1{session.path('/signed')}").content == signed
    assert office.client("ben").refused("GET", session.path("/signed")) == (404, "not_found")


def test_auditors_find_the_signed_file_who_signed_it_and_whether_it_holds(office: World) -> None:
    session = Session(office).open().close().draft()
    session.approve(session.submit())
    order = session.clerk.ok("POST", session.path("/signatures"))["id"]
    sign(office, "clerk", order)
    sign(office, "chair", order)
    auditor, course = office.client("auditor"), f"/audit/meetings/{session.id}"
    assert auditor.refused("GET", session.path("/signed/check")) == (404, "not_found")
    assert "Chữ ký số trên biên bản" not in auditor.get(course).text
    session.publish("ana")
    signed = sha256(auditor.get(f"/api/v1{session.path('/signed')}").content).hexdigest()
    assert auditor.ok("GET", session.path("/signatures"))["sha256"] == signed
    shown = " ".join(auditor.get(course, headers={"Accept-Language": "vi"}).text.split())
    assert f"Mã SHA-256 của tệp mang các chữ ký: <code>{signed}</code>" in shown
    for name in (NAMES["clerk"], NAMES["chair"]):
        assert f"{name} ký lúc" in shown
    assert "Phó Chủ tịch Mẫu" in shown and "Chứng thực cấp phát thử nghiệm" in shown
    told = " ".join(auditor.get(f"{course}?kind=minutes", headers={"Accept-Language": "vi"}).text.split())
    assert f"ký số, mã SHA-256 {signed[:12]}…" in told and "Đủ chữ ký theo yêu cầu" in told
    checked = auditor.ok("GET", session.path("/signed/check"))
    assert (checked["code"], checked["sha256"], len(checked["signatures"])) == ("valid", signed, 2)
    page = auditor.get(f"/minutes/{session.id}/signatures", headers={"Accept-Language": "vi"}).text
    assert signed in page
    assert office.client("ben").refused("GET", session.path("/signed/check")) == (404, "not_found")
