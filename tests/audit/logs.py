"""Logs to be audited: small councils' events, their ledger, and exports of them."""

import json
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID

from audit import verifier
from audit.export import Exporting, tar_stream, to_folder
from audit.records import LedgerReader
from kernel.adapters.blobs_files import FileBlobs
from kernel.adapters.store_sqlite import SqliteStore
from kernel.codec import encode_meta
from kernel.messages import Event, NewEvent
from ledger.book import Book
from ledger.note import Algorithm, signer
from ledger.store import LedgerFile
from services.documents.messages import DocumentAdded
from services.meeting.messages import MinutesPublished
from services.voting.cards import catalogue
from services.voting.decider import tallied
from services.voting.messages import BallotCast, PollClosed, PollOpened, QuorumSnapshot
from services.voting.policy import react

ORIGIN = "ward-1.example/council-log/1"
SEED = bytes(range(32))
LOG = signer(ORIGIN, Algorithm.log_ed25519, SEED)
POLICY = f"log {LOG.key}\nquorum none\n"
CARD = next(card for card in catalogue().card if card.card_id == "committee_more_than_half").rule
CHOICES = catalogue().choices[0].choice


class Office:
    """A data folder: events.db, ledger.db, documents. Everything random comes from the seed."""

    def __init__(self, folder: Path, seed: int = 0) -> None:
        self.folder = folder
        self.random = Random(seed)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "policy").write_text(POLICY)
        key = folder / "keys" / "log-ed25519.seed"
        if not key.exists():
            key.parent.mkdir(mode=0o700)
            key.write_bytes(SEED)
            key.chmod(0o400)

    def __enter__(self) -> "Office":
        self.store = SqliteStore(self.folder / "events.db")
        self.file = LedgerFile(self.folder / "ledger.db")
        self.blobs = FileBlobs(self.folder / "documents")
        self.book = Book(self.store, self.file, ORIGIN, [LOG])
        return self

    def __exit__(self, *_: object) -> None:
        self.store.close()
        self.file.close()

    def id(self) -> UUID:
        return UUID(int=self.random.getrandbits(128), version=4)

    def record(self, stream: str, *happened: Event) -> None:
        new = []
        for event in happened:
            meta = encode_meta("clerk", "ward-1.example", self.id(), self.id())
            new.append(NewEvent(self.id(), type(event).__name__, event.model_dump_json().encode(), meta))
        self.store.append(stream, new, len(self.store.read(stream)) - 1)

    def document(self, contents: bytes) -> str:
        stored = self.blobs.put([contents])
        document = self.id()
        added = DocumentAdded(
            document_id=document,
            title="Tờ trình",
            file_name="to-trinh.pdf",
            media_type="application/pdf",
            size=stored.size,
            sha256=stored.sha256,
        )
        self.record(f"document-{document}", added)
        return stored.sha256

    def minutes(self, contents: bytes) -> str:
        meeting, stored = self.id(), self.blobs.put([contents])
        self.record(f"minutes-{meeting}", MinutesPublished(meeting_id=meeting, pdf_sha256=stored.sha256))
        return stored.sha256

    def poll(self, voters: int) -> UUID:
        roll = tuple(self.id() for _ in range(voters))
        opened = PollOpened(
            poll_id=self.id(),
            meeting_id=self.id(),
            question="Thông qua dự toán",
            roll=roll,
            choices=CHOICES,
            rule_card=CARD,
            members=voters,
            chair_id=roll[0],
            quorum=QuorumSnapshot(seats=voters, needed=1, present=voters, as_of=1),
        )
        stream = f"poll-{opened.poll_id}"
        self.record(stream, opened)
        for voter in self.random.sample(roll, self.random.randint(0, voters)):
            for _ in range(self.random.choice((1, 1, 2))):
                choice = self.random.choice(CHOICES).key
                ballot = BallotCast(poll_id=opened.poll_id, voter_id=voter, choice=choice)
                self.record(f"ballot-{opened.poll_id}+{voter}", ballot)
        closed = PollClosed(poll_id=opened.poll_id)
        self.record(stream, closed)
        ballots = [
            (each.position, BallotCast.model_validate_json(each.data))
            for each in self.store.read_all(0, 100_000)
            if each.type == "BallotCast" and each.stream.startswith(f"ballot-{opened.poll_id}")
        ]
        (count,) = react(self.store.read(stream)[-1], closed, opened, ballots)
        self.record(stream, tallied(opened, count.counts, cast=count.cast, chair_marks=count.chair_marks))
        return opened.poll_id

    def session(self) -> None:
        """A bit of everything, signed in between."""
        self.document(self.random.randbytes(200))
        for voters in (4, 6, 5):
            self.poll(voters)
            self.sign()
        self.minutes(self.random.randbytes(300))
        self.document(self.random.randbytes(100))
        self.sign()

    def sign(self) -> str:
        self.book.catch_up()
        return self.book.sign()


@contextmanager
def exporting(folder: Path, with_blobs: bool = True) -> Iterator[Exporting]:
    with closing(SqliteStore(folder / "events.db", read_only=True)) as store:
        ledger = LedgerReader(folder / "ledger.db")
        blobs = FileBlobs(folder / "documents") if with_blobs else None
        yield Exporting(store, ledger, (folder / "policy").read_text(), blobs)
        ledger.close()


def export(folder: Path, target: Path, with_blobs: bool = True) -> Path:
    with exporting(folder, with_blobs) as made:
        if target.suffix == ".tar":
            target.write_bytes(b"".join(tar_stream(made.members())))
        else:
            to_folder(made.members(), target)
    return target


def audited(capsys: Any, *words: object) -> dict[str, Any]:
    """What the standalone file says, and its exit code."""
    code = verifier.main([*map(str, words), "--json", "--quiet"])
    said: dict[str, Any] = json.loads(capsys.readouterr().out)
    assert said["exit"] == code
    return said


def codes(said: dict[str, Any]) -> set[str]:
    return {each["code"] for each in said["findings"]}
