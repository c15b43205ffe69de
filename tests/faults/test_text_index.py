"""Where documents' texts cannot be had, their documents are found by title and number, and by every word later."""

import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from dienhong.embedded import open_views
from dienhong.rebuild import rebuild_views
from gateway.text_index import TextIndex
from gateway.views import contents
from kernel import search
from kernel.adapters.blobs_files import FileBlobs
from kernel.adapters.store_sqlite import SqliteStore
from kernel.messages import Event
from kernel.ports import BlobsUnavailable
from kernel.settings import Settings
from services.documents.messages import DocumentAdded, DocumentDescribed, TextExtracted, VersionAdded
from tests.contract.event_store import event
from tests.distributed.waiting import eventually
from tests.stamps import ids

PATIENCE = 15.0
FILE = {"file_name": "a.pdf", "media_type": "application/pdf", "size": 1, "sha256": "0" * 64}


class Shelf(FileBlobs):
    """Can be out of reach."""

    away = False

    def read(self, sha256: str) -> bytes:
        if self.away:
            raise BlobsUnavailable("the line is cut")
        return super().read(sha256)


class Office:
    """One document in a log, and the views of it."""

    def __init__(self, folder: Path) -> None:
        self.store = SqliteStore(folder / "events.db")
        self.blobs = Shelf(folder / "documents")
        self.settings = Settings(data_dir=folder)
        self.views = open_views(self.settings, self.store)
        self.texts = TextIndex(self.views, self.blobs)
        self.views.begin()
        self.texts.start()
        self.records(DocumentAdded(document_id=ids("plan"), title="Tờ trình", **FILE))

    def stop(self) -> None:
        self.texts.stop()
        self.views.stop()
        self.store.close()

    def records(self, told: Event) -> None:
        new = event(kind=type(told).__name__, data=told.model_dump_json().encode())
        version = len(self.store.read("document-plan")) - 1
        assert self.views.wait_for(self.store.append("document-plan", [new], version).last_position, PATIENCE)

    def reads(self, text: str, version: int = 1) -> None:
        kept = self.blobs.put([text.encode()])
        self.records(TextExtracted(document_id=ids("plan"), version=version, text_sha256=kept.sha256))

    def finds(self, words: str) -> bool:
        return bool(search.find(self.views.reader(), words).hits)

    def check(self) -> None:
        """What was indexed as it came is what a replay indexes."""
        assert self.texts.wait_until_done(PATIENCE)
        fresh = open_views(self.settings, self.store, "fresh.db")
        fresh.catch_up()
        TextIndex(fresh, self.blobs).catch_up()
        fresh.stop()
        assert contents(fresh.path) == contents(self.views.path)


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    office = Office(tmp_path)
    yield office
    office.stop()


def test_the_views_go_on_without_the_text_and_it_is_found_when_the_store_is_back(office: Office) -> None:
    office.blobs.away = True
    office.reads("Đường sắt đô thị")
    office.records(DocumentDescribed(document_id=ids("plan"), title="Tờ trình về giao thông", number="12/TTr-UBND"))
    eventually(lambda: office.texts.failing == "BlobsUnavailable")
    assert office.views.failing is None
    assert office.finds("giao thông") and office.finds("12/TTr-UBND") and not office.finds("đường sắt")
    office.blobs.away = False
    assert office.texts.wait_until_done(PATIENCE)
    assert office.finds("đường sắt") and office.finds("giao thông")
    office.check()


@pytest.mark.parametrize("last", ["read", "described", "unreadable"])
def test_whatever_comes_after_a_text_the_index_is_that_of_a_replay(office: Office, last: str) -> None:
    later: dict[str, Callable[[], None]] = {
        "read": lambda: office.reads("Cầu vượt sông", version=2),
        "described": lambda: office.records(DocumentDescribed(document_id=ids("plan"), title="Báo cáo")),
        "unreadable": lambda: office.records(TextExtracted(document_id=ids("plan"), version=2, failure="damaged")),
    }
    office.reads("Đường sắt đô thị")
    office.records(VersionAdded(document_id=ids("plan"), version=2, **FILE))
    assert office.texts.wait_until_done(PATIENCE)
    assert office.finds("đường sắt")
    later[last]()
    office.check()
    assert (office.finds("đường sắt"), office.finds("sông")) == (last == "described", last == "read")


def test_of_two_texts_that_came_while_the_store_was_away_the_newest_is_found(office: Office) -> None:
    office.blobs.away = True
    office.reads("Đường sắt đô thị")
    office.records(VersionAdded(document_id=ids("plan"), version=2, **FILE))
    office.reads("Cầu vượt sông", version=2)
    office.blobs.away = False
    office.check()
    assert (office.finds("đường sắt"), office.finds("sông")) == (False, True)


def test_a_text_that_is_lost_costs_nothing_but_its_words(office: Office) -> None:
    office.records(TextExtracted(document_id=ids("plan"), version=1, text_sha256="1" * 64))
    office.check()
    assert office.finds("tờ trình") and office.views.failing is None


def test_texts_that_waited_at_the_end_are_indexed_after_the_next_start(tmp_path: Path) -> None:
    office = Office(tmp_path)
    office.blobs.away = True
    office.reads("Đường sắt đô thị")
    office.stop()
    store = SqliteStore(tmp_path / "events.db")
    views = open_views(office.settings, store)
    assert not search.find(views.reader(), "đường sắt").hits
    TextIndex(views, FileBlobs(tmp_path / "documents")).catch_up()
    assert search.find(views.reader(), "đường sắt").hits
    views.stop()
    store.close()


def test_a_rebuild_that_cannot_have_the_texts_leaves_the_views_as_they_are(tmp_path: Path) -> None:
    office = Office(tmp_path)
    office.reads("Đường sắt đô thị")
    office.check()
    office.stop()
    before = contents(office.views.path)
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        gone = f"s3+http://key:secret@127.0.0.1:{nobody.getsockname()[1]}/papers"
        with pytest.raises(BlobsUnavailable):
            rebuild_views(office.settings.model_copy(update={"blobs_url": gone}), lambda _position: None)
    assert contents(office.views.path) == before
    assert rebuild_views(office.settings, lambda _position: None).differing == ()
