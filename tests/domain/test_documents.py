"""A document is registered once, gets versions, and keeps what was found in each."""

from datetime import date
from typing import Any

import pytest

from kernel.messages import Event
from services.documents.decider import decider
from services.documents.messages import (
    AddDocument,
    AddVersion,
    DescribeDocument,
    DocumentAdded,
    DocumentDescribed,
    DocumentErased,
    DocumentIntegrityFailed,
    EraseDocument,
    RecordExtraction,
    ReportDamage,
    TextExtracted,
    VersionAdded,
)
from tests.given import given
from tests.stamps import ids, stamp

DOCUMENT = ids("resolution")
FIRST, SECOND, TEXT, OTHER = "1" * 64, "2" * 64, "a" * 64, "f" * 64
FILE: dict[str, Any] = {"file_name": "nghi-quyet.pdf", "media_type": "application/pdf", "size": 1000}
ADDED = DocumentAdded(document_id=DOCUMENT, title="Nghị quyết", number="12/NQ-HĐND", sha256=FIRST, **FILE)
REVISED = VersionAdded(document_id=DOCUMENT, version=2, sha256=SECOND, note="Tiếp thu", **FILE)
WORDS = "b" * 64
WRITTEN = ADDED.model_copy(update={"words_sha256": WORDS})
EXTRACTED = TextExtracted(document_id=DOCUMENT, version=1, text_sha256=TEXT, pages=3)


def add(**fields: Any) -> AddDocument:
    values = {"document_id": DOCUMENT, "title": "Nghị quyết", "number": "12/NQ-HĐND", "sha256": FIRST, **FILE}
    return stamp(AddDocument, **{**values, **fields})


def revise(sha256: str = SECOND) -> AddVersion:
    return stamp(AddVersion, document_id=DOCUMENT, sha256=sha256, note="Tiếp thu", **FILE)


def test_a_document_is_registered_with_its_bytes() -> None:
    given(decider).when(add()).then(ADDED)


def test_a_document_that_was_written_here_names_its_words() -> None:
    given(decider).when(add(words_sha256=WORDS)).then(WRITTEN)


def test_registering_the_same_again_changes_nothing() -> None:
    given(decider, ADDED).when(add()).then_nothing()


def test_one_id_is_never_two_documents() -> None:
    given(decider, ADDED).when(add(sha256=OTHER)).then_refused("document_exists")


def test_versions_are_counted_from_one() -> None:
    given(decider, ADDED).when(revise()).then(REVISED)
    third = REVISED.model_copy(update={"version": 3, "sha256": OTHER})
    given(decider, ADDED, REVISED).when(revise(OTHER)).then(third)


def test_the_bytes_of_the_current_version_are_no_new_version() -> None:
    given(decider, ADDED).when(revise(FIRST)).then_refused("same_bytes")


def test_an_earlier_version_may_come_back() -> None:
    back = REVISED.model_copy(update={"version": 3, "sha256": FIRST})
    given(decider, ADDED, REVISED).when(revise(FIRST)).then(back)


def test_a_title_and_a_number_are_described_anew() -> None:
    command = stamp(DescribeDocument, document_id=DOCUMENT, title="Nghị quyết về đầu tư", issued_on=date(2026, 11, 22))
    event = DocumentDescribed(document_id=DOCUMENT, title="Nghị quyết về đầu tư", issued_on=date(2026, 11, 22))
    given(decider, ADDED).when(command).then(event)
    given(decider, ADDED, event).when(command).then_nothing()


def test_describing_a_document_as_it_is_changes_nothing() -> None:
    command = stamp(DescribeDocument, document_id=DOCUMENT, title="Nghị quyết", number="12/NQ-HĐND")
    given(decider, ADDED).when(command).then_nothing()


def test_what_was_found_in_a_version_is_recorded_once() -> None:
    command = stamp(RecordExtraction, document_id=DOCUMENT, version=1, text_sha256=TEXT, pages=3)
    given(decider, ADDED).when(command).then(EXTRACTED)
    given(decider, ADDED, EXTRACTED).when(command).then_nothing()


def test_a_scan_may_be_read_again_when_reading_has_become_possible() -> None:
    unread = TextExtracted(document_id=DOCUMENT, version=1, failure="no_ocr")
    command = stamp(RecordExtraction, document_id=DOCUMENT, version=1, text_sha256=TEXT, pages=3)
    given(decider, ADDED, unread).when(command).then(EXTRACTED)


def test_nothing_is_found_in_a_version_that_does_not_exist() -> None:
    command = stamp(RecordExtraction, document_id=DOCUMENT, version=2, failure="no_text")
    given(decider, ADDED).when(command).then_refused("version_not_found")


@pytest.mark.parametrize("sha256", [FIRST, SECOND, TEXT])
def test_damage_to_any_of_its_bytes_is_reported_once(sha256: str) -> None:
    command = stamp(ReportDamage, document_id=DOCUMENT, sha256=sha256)
    failed = DocumentIntegrityFailed(document_id=DOCUMENT, sha256=sha256)
    given(decider, ADDED, REVISED, EXTRACTED).when(command).then(failed)
    given(decider, ADDED, REVISED, EXTRACTED, failed).when(command).then_nothing()


def test_damage_to_its_words_is_reported() -> None:
    command = stamp(ReportDamage, document_id=DOCUMENT, sha256=WORDS)
    given(decider, WRITTEN).when(command).then(DocumentIntegrityFailed(document_id=DOCUMENT, sha256=WORDS))


def test_damage_to_other_bytes_is_none_of_this_document() -> None:
    command = stamp(ReportDamage, document_id=DOCUMENT, sha256=OTHER)
    given(decider, ADDED).when(command).then_refused("bytes_not_in_document")


@pytest.mark.parametrize(
    "command",
    [
        revise(),
        stamp(DescribeDocument, document_id=DOCUMENT, title="Nghị quyết"),
        stamp(RecordExtraction, document_id=DOCUMENT, version=1),
        stamp(ReportDamage, document_id=DOCUMENT, sha256=FIRST),
    ],
)
def test_nothing_happens_to_a_document_that_was_never_registered(command: Any) -> None:
    given(decider).when(command).then_refused("document_not_found")


def test_an_unknown_event_does_not_change_a_document() -> None:
    class Unrelated(Event):
        pass

    assert decider.fold([ADDED, Unrelated()]) == decider.fold([ADDED])


BASIS = "Quyết định số 15/QĐ-UBND, Điều 14 Luật Bảo vệ dữ liệu cá nhân"
GONE = DocumentErased(document_id=DOCUMENT, sha256=(FIRST, TEXT), basis=BASIS, confirmed_by=ids("auditor"))


def erase(*sha256: str, **changes: Any) -> EraseDocument:
    fields = {"document_id": DOCUMENT, "sha256": sha256, "basis": BASIS, "confirmed_by": ids("auditor"), **changes}
    return stamp(EraseDocument, **fields)


def test_two_people_have_a_version_and_its_text_deleted() -> None:
    given(decider, ADDED, EXTRACTED, REVISED).when(erase(FIRST, TEXT)).then(GONE)


def test_the_words_that_it_was_set_from_are_deleted_with_it() -> None:
    gone = GONE.model_copy(update={"sha256": (FIRST, WORDS)})
    given(decider, WRITTEN).when(erase(FIRST, WORDS)).then(gone)
    given(decider, ADDED).when(erase(FIRST, WORDS)).then_refused("bytes_not_in_document")


def test_what_is_deleted_is_deleted_once_and_the_rest_later() -> None:
    given(decider, ADDED, EXTRACTED, REVISED, GONE).when(erase(FIRST, TEXT)).then_nothing()
    rest = GONE.model_copy(update={"sha256": (SECOND,)})
    given(decider, ADDED, EXTRACTED, REVISED, GONE).when(erase(FIRST, SECOND)).then(rest)


def test_nobody_confirms_their_own_order() -> None:
    command = erase(FIRST)
    alone = command.model_copy(update={"actor": str(command.confirmed_by)})
    given(decider, ADDED).when(alone).then_refused("second_person_needed")


def test_an_order_reaches_no_bytes_of_another_document() -> None:
    given(decider, ADDED).when(erase(FIRST, OTHER)).then_refused("bytes_not_in_document")


def test_an_order_names_its_basis() -> None:
    with pytest.raises(ValueError, match="basis"):
        erase(FIRST, basis="luật")


def test_erased_bytes_do_not_come_back_as_a_version() -> None:
    given(decider, ADDED, EXTRACTED, REVISED, GONE).when(revise(FIRST)).then_refused("bytes_erased")


def test_erased_bytes_are_neither_read_nor_missed() -> None:
    reading = stamp(RecordExtraction, document_id=DOCUMENT, version=1, failure="damaged")
    given(decider, ADDED, EXTRACTED, GONE).when(reading).then_nothing()
    missing = stamp(ReportDamage, document_id=DOCUMENT, sha256=FIRST)
    given(decider, ADDED, EXTRACTED, GONE).when(missing).then_nothing()
