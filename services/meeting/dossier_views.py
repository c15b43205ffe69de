"""The agenda and the papers of each meeting, folded from the log."""

import sqlite3

from kernel import search
from kernel.messages import Recorded
from services.meeting.messages import (
    AgendaItemAdded,
    AgendaItemMoved,
    AgendaItemRemoved,
    AgendaItemRevised,
    DocumentAttached,
    DocumentDetached,
)
from services.meeting.preparation_schema import text, utc


def project_agenda(
    connection: sqlite3.Connection, event: AgendaItemAdded | AgendaItemRevised | AgendaItemMoved | AgendaItemRemoved
) -> None:
    item_id = str(event.item_id)
    match event:
        case AgendaItemAdded():
            connection.execute(
                "INSERT INTO agenda_items VALUES (?, ?, NULL, -1, ?, ?, ?, ?)",
                (
                    item_id,
                    str(event.meeting_id),
                    event.title,
                    event.minutes,
                    text(event.presenter_id),
                    event.presenter_text,
                ),
            )
            _place(connection, event)
            _index_item(connection, event)
        case AgendaItemRevised():
            connection.execute(
                "UPDATE agenda_items SET title = ?, minutes = ?, presenter_id = ?, presenter_text = ? WHERE id = ?",
                (event.title, event.minutes, text(event.presenter_id), event.presenter_text, item_id),
            )
            _index_item(connection, event)
        case AgendaItemMoved():
            _place(connection, event)
        case AgendaItemRemoved():
            _remove(connection, item_id)


def _place(connection: sqlite3.Connection, event: AgendaItemAdded | AgendaItemMoved) -> None:
    rows = connection.execute(
        "SELECT id FROM agenda_items WHERE meeting_id = ? AND parent_id IS ? AND id <> ? ORDER BY place",
        (str(event.meeting_id), text(event.parent_id), str(event.item_id)),
    )
    order = [row["id"] for row in rows]
    order.insert(order.index(str(event.before_id)) if event.before_id else len(order), str(event.item_id))
    connection.execute(
        "UPDATE agenda_items SET parent_id = ? WHERE id = ?", (text(event.parent_id), str(event.item_id))
    )
    connection.executemany("UPDATE agenda_items SET place = ? WHERE id = ?", list(enumerate(order)))


def _remove(connection: sqlite3.Connection, item_id: str) -> None:
    rows = connection.execute(
        "WITH RECURSIVE gone (id) AS (VALUES (?) UNION ALL SELECT agenda_items.id FROM agenda_items JOIN gone"
        " ON agenda_items.parent_id = gone.id) SELECT id FROM gone",
        (item_id,),
    ).fetchall()
    for (gone,) in rows:
        connection.execute("UPDATE dossier_documents SET item_id = NULL WHERE item_id = ?", (gone,))
        connection.execute("DELETE FROM agenda_items WHERE id = ?", (gone,))
        search.forget(connection, "agenda_item", gone)


def project_papers(
    connection: sqlite3.Connection, recorded: Recorded, event: DocumentAttached | DocumentDetached
) -> None:
    match event:
        case DocumentAttached():
            connection.execute(
                "INSERT INTO dossier_documents VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    str(event.meeting_id),
                    str(event.document_id),
                    event.kind,
                    text(event.item_id),
                    text(event.for_person_id),
                    event.url,
                    event.title,
                    int(event.late),
                    utc(recorded.recorded_at),
                    recorded.position,
                ),
            )
        case DocumentDetached():
            connection.execute(
                "DELETE FROM dossier_documents WHERE meeting_id = ? AND document_id = ?",
                (str(event.meeting_id), str(event.document_id)),
            )


def _index_item(connection: sqlite3.Connection, event: AgendaItemAdded | AgendaItemRevised) -> None:
    search.index(
        connection, "agenda_item", event.item_id, event.title, event.presenter_text, meeting_id=event.meeting_id
    )
