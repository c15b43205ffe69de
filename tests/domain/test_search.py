"""Finding: with or without Vietnamese marks, by number, exact before folded, and safe for any text typed."""

import sqlite3
import unicodedata
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kernel import search
from kernel.excerpts import EXCERPT_CHARS, Piece, fold_aligned
from kernel.search import fold

ODD_QUERIES = [
    *('"', '""', "a AND (", "NEAR(a b)", "title:x", "*", "^a", "a*b", "-", "12/", "/", "\0", "\ud800", "😀", "", " "),
    *("{title}: x", "a OR b NOT c", "(" * 5000, "a" * 10_240, "đ" * 10_240, " ".join(f"w{n}" for n in range(5000))),
]


@pytest.fixture(scope="module")
def index() -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(":memory:")
    connection.executescript(search.SCHEMA)
    yield connection
    connection.close()


@pytest.fixture
def empty() -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(":memory:")
    connection.executescript(search.SCHEMA)
    yield connection
    connection.close()


def refs(connection: sqlite3.Connection, query: str, **options: object) -> list[str]:
    return [hit.entry.ref for hit in search.find(connection, query, **options).hits]  # type: ignore[arg-type]


def shown(pieces: tuple[Piece, ...]) -> str:
    return "".join(f"[{piece.text}]" if piece.found else piece.text for piece in pieces)


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("dau tu", "Kế hoạch đầu tư công"),
        ("duong sat", "Tuyến ĐƯỜNG SẮT đô thị"),
        ("đầu tư", "ĐẦU TƯ"),
        (unicodedata.normalize("NFD", "đầu tư"), "đầu tư"),
        ("đầu tư", unicodedata.normalize("NFD", "đầu tư")),
        ("dien hong", "hội nghị Diên Hồng"),
        ("đầu-tư", "đầu tư"),
        ("nguyễn", "Nguyễn Thị Ánh"),
    ],
)
def test_words_are_found_however_they_are_typed_and_written(
    empty: sqlite3.Connection, typed: str, written: str
) -> None:
    search.index(empty, "document", "a", "Tài liệu", written)
    assert refs(empty, typed) == ["a"]


def test_words_as_typed_come_before_words_without_marks(empty: sqlite3.Connection) -> None:
    search.index(empty, "document", "plain", "dau tu", "dau tu dau tu")
    search.index(empty, "document", "exact", "Báo cáo", "về đầu tư trong một văn bản dài hơn nhiều so với văn bản kia")
    assert refs(empty, "đầu tư") == ["exact", "plain"]


def test_words_side_by_side_come_before_scattered_ones(empty: sqlite3.Connection) -> None:
    search.index(empty, "document", "scattered", "Báo cáo", "đường làng và cầu sắt, đường ray, sắt thép")
    search.index(empty, "document", "together", "Báo cáo", "tuyến đường sắt đi qua nhiều phường của thành phố này")
    assert refs(empty, "đường sắt") == ["together", "scattered"]
    assert refs(empty, "duong sat") == ["together", "scattered"]


def test_a_title_weighs_more_than_a_text(empty: sqlite3.Connection) -> None:
    for number in range(20):
        search.index(empty, "document", f"other {number}", "Văn bản khác", "nội dung khác")
    search.index(empty, "document", "text", "Báo cáo chung", "một đoạn nói đến ngân sách")
    search.index(empty, "document", "title", "Báo cáo ngân sách", "một đoạn nói đến việc khác")
    assert refs(empty, "ngân sách") == ["title", "text"]


@pytest.mark.parametrize("typed", ["12/NQ-HĐND", "12/nq-hdnd", "12/NQ", "nghị quyết 12/NQ-HĐND", "12 nq hdnd"])
def test_a_document_is_found_by_its_number_before_those_that_cite_it(empty: sqlite3.Connection, typed: str) -> None:
    search.index(empty, "document", "citing", "Báo cáo", "nghị quyết 12/NQ-HĐND, nghị quyết 12/NQ-HĐND" * 5)
    search.index(empty, "document", "own", "Nghị quyết về ngân sách", "", number="12/NQ-HĐND")
    search.index(empty, "document", "other", "Nghị quyết khác", "112/NQ-HĐND", number="112/NQ-HĐND")
    assert refs(empty, typed)[0] == "own"
    assert "other" not in refs(empty, typed)


def test_the_last_word_may_be_the_beginning_of_one_while_it_is_typed(empty: sqlite3.Connection) -> None:
    search.index(empty, "meeting", "a", "Kỳ họp chuyên đề", "")
    assert refs(empty, "ky hop chu") == ["a"]
    assert refs(empty, "chu ky") == []


def test_all_words_are_needed(empty: sqlite3.Connection) -> None:
    search.index(empty, "document", "a", "Đường sắt", "")
    assert refs(empty, "đường sắt ngân") == []


def test_indexing_again_replaces_and_forgetting_removes(empty: sqlite3.Connection) -> None:
    search.index(empty, "document", "a", "Bản cũ", "")
    search.index(empty, "document", "a", "Bản mới", "")
    assert (refs(empty, "cũ"), refs(empty, "mới")) == ([], ["a"])
    search.forget(empty, "document", "a")
    search.forget(empty, "document", "a")
    assert refs(empty, "mới") == []


def test_a_thing_revised_is_found_by_what_is_new_and_what_stayed_in_its_old_place(empty: sqlite3.Connection) -> None:
    search.index(empty, "document", "a", "Tờ trình", "", number="12/TTr-UBND")
    search.index(empty, "document", "b", "Tờ trình", "")
    search.revise(empty, "document", "a", body="Đường sắt theo 99/2022/NĐ-CP")
    assert refs(empty, "đường sắt") == refs(empty, "99/2022/NĐ-CP") == refs(empty, "12/TTr-UBND") == ["a"]
    search.revise(empty, "document", "a", title="Tờ trình mới", number="13/TTr-UBND")
    assert refs(empty, "mới") == refs(empty, "đường sắt") == refs(empty, "13/TTr-UBND") == ["a"]
    assert refs(empty, "12/TTr-UBND") == []
    search.revise(empty, "document", "a", title="Tờ trình", body="", number="")
    assert (refs(empty, "sắt"), refs(empty, "tờ trình")) == ([], ["a", "b"])


def test_the_same_id_of_two_kinds_is_two_things(empty: sqlite3.Connection) -> None:
    search.index(empty, "task", "a", "Báo cáo", "")
    search.index(empty, "meeting", "a", "Báo cáo", "")
    assert len(refs(empty, "báo cáo")) == 2
    assert len(refs(empty, "báo cáo", kinds=["task"])) == 1
    assert refs(empty, "báo cáo", kinds=["person"]) == []


def test_pages_count_only_what_the_reader_may_see(empty: sqlite3.Connection) -> None:
    for number in range(40):
        search.index(empty, "task", str(number), f"Báo cáo {number}", "")

    def even(entry: search.Entry) -> bool:
        return int(entry.ref) % 2 == 0

    first = search.find(empty, "bao cao", limit=15, visible=even)
    second = search.find(empty, "bao cao", limit=15, offset=15, visible=even)
    assert (len(first.hits), first.more) == (15, True)
    assert (len(second.hits), second.more) == (5, False)
    assert {hit.entry.ref for hit in (*first.hits, *second.hits)} == {str(n) for n in range(0, 40, 2)}


def test_the_excerpt_shows_the_words_as_they_are_written(empty: sqlite3.Connection) -> None:
    body = "mở đầu " * 100 + "dự án đường sắt đô thị số 2 " + "kết thúc " * 100
    search.index(empty, "document", "a", "Tờ trình đường sắt", body)
    hit = search.find(empty, "duong sat").hits[0]
    assert shown(hit.title) == "Tờ trình [đường sắt]"
    assert "dự án [đường sắt] đô thị" in shown(hit.snippet)
    assert shown(hit.snippet).startswith("… ")
    assert len(shown(hit.snippet)) < EXCERPT_CHARS + 60


@pytest.mark.parametrize("query", ODD_QUERIES)
def test_no_query_is_an_error(index: sqlite3.Connection, query: str) -> None:
    search.find(index, query)


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=60), st.text(max_size=200))
def test_any_text_can_be_indexed_and_any_text_be_a_query(query: str, text: str) -> None:
    connection = sqlite3.connect(":memory:")
    connection.executescript(search.SCHEMA)
    search.index(connection, "document", "a", text, text, number=text[:20])
    for hit in search.find(connection, query).hits:
        assert shown(hit.title)
    search.find(connection, text)
    connection.close()


@given(st.text(max_size=200))
def test_folding_is_stable_and_keeps_the_length_where_it_must(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    assert fold(unicodedata.normalize("NFD", text)) == fold(unicodedata.normalize("NFC", text))
    assert len(fold_aligned(text)) == len(text)


def test_every_vietnamese_letter_folds_to_one_plain_letter() -> None:
    letters = "aăâeêioôơuưyđ"
    marks = ("", "\u0300", "\u0309", "\u0303", "\u0301", "\u0323")
    for letter in letters:
        for mark in marks:
            written = unicodedata.normalize("NFC", letter + mark)
            assert fold(written) == fold(written.upper()) == fold(letter)
            assert fold(written) in "aeiouyd"
