"""Real papers go the whole way: upload, dossier, approval, publication, reading and search."""

import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.conftest import SHARED
from tests.scenario.test_documents import plan, publish, upload
from tests.world import World

PAPERS = SHARED / "documents"
NAMES = {
    "precedent": ("an_le_so_432021AL.pdf", "43/2021/AL", "Án lệ số 43/2021/AL"),
    "decree": ("nghi_dinh_99_2022_ND_CP.docx", "99/2022/NĐ-CP", "Nghị định về đăng ký biện pháp bảo đảm"),
    "resolution": ("nghi_quyet_01_2019_NQ_HDTP.docx", "", "Nghị quyết hướng dẫn về lãi, lãi suất, phạt vi phạm"),
    "scan": ("scan_1.jpg", "", "Bản quét hợp đồng"),
}

pytestmark = [pytest.mark.real, pytest.mark.needs("shared-data"), pytest.mark.slow]


@pytest.fixture(scope="module")
def published(
    tmp_path_factory: pytest.TempPathFactory, compose: Callable[..., Any]
) -> Iterator[tuple[World, dict[str, str]]]:
    """A world whose published meeting has all four papers, and the document id of each."""
    world = World(tmp_path_factory.mktemp("data"), compose)
    try:
        clerk, meeting_id = world.client("clerk"), plan(world)
        papers = {
            key: upload(clerk, meeting_id, (PAPERS / name).read_bytes(), name, number=number, title=title)
            for key, (name, number, title) in NAMES.items()
        }
        publish(world, meeting_id)
        world.settle(timeout=120)
        yield world, papers
    finally:
        world.close()


def found(world: World, query: str) -> list[str]:
    hits = world.client("ana").ok("GET", "/search", params={"q": query, "kind": "document"})["hits"]
    return [hit["id"] for hit in hits]


@pytest.mark.parametrize("key", NAMES)
def test_a_delegate_gets_the_very_bytes_that_the_clerk_uploaded(
    published: tuple[World, dict[str, str]], key: str
) -> None:
    world, papers = published
    answer = world.client("ana").get(f"/api/v1/documents/{papers[key]}/original")
    assert answer.content == (PAPERS / NAMES[key][0]).read_bytes()
    assert world.client("ana").get(f"/documents/{papers[key]}").status_code == 200


def test_the_precedent_is_found_by_words_of_its_text_without_accents(published: tuple[World, dict[str, str]]) -> None:
    world, papers = published
    assert found(world, "hop dong the chap nha dat chua thanh toan du tien")[0] == papers["precedent"]


def test_the_decree_is_found_by_its_number(published: tuple[World, dict[str, str]]) -> None:
    world, papers = published
    for query in ("99/2022/NĐ-CP", "99/2022/nd-cp", "nghị định 99/2022/NĐ-CP"):
        assert found(world, query)[0] == papers["decree"]


def test_the_resolution_is_found_by_the_number_in_its_text(published: tuple[World, dict[str, str]]) -> None:
    world, papers = published
    assert found(world, "01/2019/NQ-HĐTP")[0] == papers["resolution"]
    assert papers["resolution"] in found(world, "lãi suất phạt vi phạm")


def test_the_precedent_is_read_by_page_and_the_scan_as_a_picture(published: tuple[World, dict[str, str]]) -> None:
    world, papers = published
    ana = world.client("ana")
    assert ana.ok("GET", f"/documents/{papers['precedent']}")["document"]["versions"][0]["pages"] == 6
    assert ana.get(f"/api/v1/documents/{papers['scan']}/file").headers["content-type"] == "image/jpeg"


def test_word_files_are_read_as_pdf_where_libreoffice_is_installed_and_as_text_elsewhere(
    published: tuple[World, dict[str, str]],
) -> None:
    world, papers = published
    version = world.client("ana").ok("GET", f"/documents/{papers['decree']}")["document"]["versions"][0]
    assert version["text_sha256"]
    assert bool(version["pdf_sha256"]) == bool(shutil.which("soffice"))
    page = world.client("ana").get(f"/documents/{papers['decree']}").text
    assert ('id="reader"' in page) == bool(shutil.which("soffice"))


def test_the_scan_is_found_by_its_words_or_says_why_it_is_not(published: tuple[World, dict[str, str]]) -> None:
    world, papers = published
    version = world.client("ana").ok("GET", f"/documents/{papers['scan']}")["document"]["versions"][0]
    if shutil.which("tesseract"):
        assert papers["scan"] in found(world, "luat thuong mai")
    else:
        assert version["failure"] == "no_ocr"
        assert "nhận dạng chữ" in world.client("ana").get(f"/documents/{papers['scan']}").text
