"""Documents as people see them: tables folded from the log, and the text in the search index."""

import sqlite3
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from kernel import search
from kernel.messages import Event, Recorded
from services.documents.messages import (
    DocumentAdded,
    DocumentDescribed,
    DocumentErased,
    DocumentIntegrityFailed,
    TextExtracted,
    VersionAdded,
)
from services.documents.schema import SCHEMA as SCHEMA


@dataclass(frozen=True)
class Version:
    """`extracted`: the worker has looked at it; then either `text_sha256` or `failure` is given.

    `words_sha256`: what it was set from, where it was written here. `erased_at`, `erased_basis`: its bytes are deleted
    by a lawful order.
    """

    document_id: str
    version: int
    file_name: str
    media_type: str
    size: int
    sha256: str
    note: str
    added_at: datetime
    added_by: str
    added_by_name: str
    extracted: bool
    text_sha256: str | None
    pdf_sha256: str | None
    pages: int | None
    failure: str
    damaged: bool
    erased_at: datetime | None = None
    erased_basis: str = ""
    words_sha256: str | None = None

    @property
    def readable_sha256(self) -> str | None:
        """The PDF that people read: the original, or the one made of an Office file."""
        if self.erased_at is not None:
            return None
        return self.sha256 if self.media_type == "application/pdf" else self.pdf_sha256


@dataclass(frozen=True)
class Document:
    """`versions`: the latest first."""

    id: str
    title: str
    number: str
    issued_on: date | None
    added_at: datetime
    added_by: str
    versions: tuple[Version, ...]

    @property
    def latest(self) -> Version:
        return self.versions[0]

    def version(self, number: int | None) -> Version | None:
        """The version of this number, or the latest."""
        if number is None:
            return self.latest
        return next((each for each in self.versions if each.version == number), None)


def project(connection: sqlite3.Connection, recorded: Recorded, event: Event) -> None:
    """The log alone is read here. A text is indexed when it can be had: `texts_waiting`, `index_text`."""
    match event:
        case DocumentAdded():
            _add(connection, recorded, event)
            search.index(connection, "document", event.document_id, event.title, "", number=event.number)
        case VersionAdded():
            _insert_version(connection, recorded, event, event.version)
            connection.execute("UPDATE documents SET latest = ? WHERE id = ?", (event.version, str(event.document_id)))
        case DocumentDescribed():
            connection.execute(
                "UPDATE documents SET title = ?, number = ?, issued_on = ? WHERE id = ?",
                (event.title, event.number, _day(event.issued_on), str(event.document_id)),
            )
            search.revise(connection, "document", event.document_id, title=event.title, number=event.number)
        case TextExtracted():
            _keep_extraction(connection, event)
            _choose_text(connection, event.document_id)
        case DocumentIntegrityFailed():
            connection.execute(
                "UPDATE document_versions SET damaged = 1 WHERE document_id = ? AND ? IN (sha256, pdf_sha256)",
                (str(event.document_id), event.sha256),
            )
        case DocumentErased():
            _erase(connection, recorded, event)


def _add(connection: sqlite3.Connection, recorded: Recorded, event: DocumentAdded) -> None:
    connection.execute(
        "INSERT INTO documents (id, title, number, issued_on, added_at, added_by, latest) VALUES (?, ?, ?, ?, ?, ?, 1)",
        (
            str(event.document_id),
            event.title,
            event.number,
            _day(event.issued_on),
            recorded.recorded_at.isoformat(),
            recorded.actor,
        ),
    )
    _insert_version(connection, recorded, event, 1)


def _insert_version(
    connection: sqlite3.Connection, recorded: Recorded, event: DocumentAdded | VersionAdded, version: int
) -> None:
    connection.execute(
        "INSERT INTO document_versions"
        " (document_id, version, file_name, media_type, size, sha256, words_sha256, note, added_at, added_by)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            str(event.document_id),
            version,
            event.file_name,
            event.media_type,
            event.size,
            event.sha256,
            event.words_sha256 if isinstance(event, DocumentAdded) else None,
            event.note if isinstance(event, VersionAdded) else "",
            recorded.recorded_at.isoformat(),
            recorded.actor,
        ),
    )


def _keep_extraction(connection: sqlite3.Connection, event: TextExtracted) -> None:
    connection.execute(
        "UPDATE document_versions SET extracted = 1, text_sha256 = ?, pdf_sha256 = ?, pages = ?, failure = ?"
        " WHERE document_id = ? AND version = ?",
        (
            event.text_sha256,
            event.pdf_sha256,
            event.pages,
            event.failure,
            str(event.document_id),
            event.version,
        ),
    )


def _erase(connection: sqlite3.Connection, recorded: Recorded, event: DocumentErased) -> None:
    connection.executemany("INSERT OR IGNORE INTO erased_bytes VALUES (?)", [(each,) for each in event.sha256])
    connection.execute(
        "UPDATE document_versions SET erased_at = ?, erased_basis = ?, text_sha256 = NULL, pdf_sha256 = NULL,"
        " words_sha256 = NULL"
        " WHERE document_id = ? AND sha256 IN (SELECT sha256 FROM erased_bytes) AND erased_at IS NULL",
        (recorded.recorded_at.isoformat(), event.basis, str(event.document_id)),
    )
    _choose_text(connection, event.document_id)


def is_erased(connection: sqlite3.Connection, sha256: str) -> bool:
    return connection.execute("SELECT 1 FROM erased_bytes WHERE sha256 = ?", (sha256,)).fetchone() is not None


def anything_erased(connection: sqlite3.Connection) -> bool:
    return connection.execute("SELECT 1 FROM erased_bytes LIMIT 1").fetchone() is not None


def _choose_text(connection: sqlite3.Connection, document_id: UUID) -> None:
    """A document is found by the text of the newest version that the worker has read and nobody has erased."""
    newest = connection.execute(
        "SELECT text_sha256 FROM document_versions WHERE document_id = ? AND extracted AND erased_at IS NULL"
        " ORDER BY version DESC LIMIT 1",
        (str(document_id),),
    ).fetchone()
    text_sha256 = newest["text_sha256"] if newest else None
    if text_sha256:
        connection.execute(
            "INSERT OR REPLACE INTO document_texts_waiting VALUES (?, ?)", (str(document_id), text_sha256)
        )
    else:
        connection.execute("DELETE FROM document_texts_waiting WHERE document_id = ?", (str(document_id),))
        search.revise(connection, "document", document_id, body="")


def texts_waiting(connection: sqlite3.Connection) -> list[tuple[str, str]]:
    """The documents that are not found by their text yet, each with the SHA-256 under which it is stored."""
    return [tuple(row) for row in connection.execute("SELECT document_id, text_sha256 FROM document_texts_waiting")]


def index_text(connection: sqlite3.Connection, document_id: str, text_sha256: str, text: str) -> None:
    """Nothing where another text of the document is waited for by now."""
    awaited = connection.execute(
        "DELETE FROM document_texts_waiting WHERE document_id = ? AND text_sha256 = ?", (document_id, text_sha256)
    )
    if awaited.rowcount:
        search.revise(connection, "document", document_id, body=text)


def document(connection: sqlite3.Connection, document_id: UUID | str) -> Document | None:
    row = connection.execute("SELECT * FROM documents WHERE id = ?", (str(document_id),)).fetchone()
    if row is None:
        return None
    return Document(
        id=row["id"],
        title=row["title"],
        number=row["number"],
        issued_on=date.fromisoformat(row["issued_on"]) if row["issued_on"] else None,
        added_at=datetime.fromisoformat(row["added_at"]),
        added_by=row["added_by"],
        versions=tuple(_versions(connection, row["id"])),
    )


def _versions(connection: sqlite3.Connection, document_id: str) -> list[Version]:
    rows = connection.execute(
        "SELECT document_versions.*, COALESCE(full_name, '') AS added_by_name FROM document_versions"
        " LEFT JOIN people ON people.id = added_by WHERE document_id = ? ORDER BY version DESC",
        (document_id,),
    )
    return [
        Version(
            document_id=row["document_id"],
            version=row["version"],
            file_name=row["file_name"],
            media_type=row["media_type"],
            size=row["size"],
            sha256=row["sha256"],
            note=row["note"],
            added_at=datetime.fromisoformat(row["added_at"]),
            added_by=row["added_by"],
            added_by_name=row["added_by_name"],
            extracted=bool(row["extracted"]),
            text_sha256=row["text_sha256"],
            pdf_sha256=row["pdf_sha256"],
            pages=row["pages"],
            failure=row["failure"],
            damaged=bool(row["damaged"]),
            erased_at=datetime.fromisoformat(row["erased_at"]) if row["erased_at"] else None,
            erased_basis=row["erased_basis"],
            words_sha256=row["words_sha256"],
        )
        for row in rows
    ]


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None
