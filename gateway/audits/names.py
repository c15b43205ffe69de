"""What the ids in events stand for: as the log itself says it, or as the views show it to somebody."""

import json
import sqlite3
from collections.abc import Callable
from contextlib import suppress

from kernel.messages import Recorded

NAMING = {
    "UnitEstablished": ("unit_id", "name"),
    "UnitRenamed": ("unit_id", "name"),
    "PersonRegistered": ("person_id", "full_name"),
    "PersonCorrected": ("person_id", "full_name"),
    "MeetingPlanned": ("meeting_id", "title"),
    "MeetingReplanned": ("meeting_id", "title"),
    "AgendaItemAdded": ("item_id", "title"),
    "AgendaItemRevised": ("item_id", "title"),
    "DocumentAdded": ("document_id", "title"),
    "DocumentDescribed": ("document_id", "title"),
    "PollOpened": ("poll_id", "question"),
    "OpinionFormDrafted": ("form_id", "title"),
    "OpinionFormRevised": ("form_id", "title"),
    "TaskAssigned": ("task_id", "title"),
}
"""Events that name a thing, each with the field of its id and that of its name."""

TABLES = {
    "people": "SELECT full_name FROM people WHERE id = ?",
    "units": "SELECT name FROM units WHERE id = ?",
    "agenda_items": "SELECT title FROM agenda_items WHERE id = ?",
    "meetings": "SELECT title FROM meetings WHERE id = ?",
    "documents": "SELECT title FROM documents WHERE id = ?",
    "polls": "SELECT question FROM polls WHERE poll_id = ?",
    "opinion_forms": "SELECT title FROM opinion_forms WHERE form_id = ?",
    "tasks": "SELECT title FROM tasks WHERE id = ?",
}


class NamesInLog:
    """Shown events one after the other, knows the names that they have given so far."""

    def __init__(self) -> None:
        self._names: dict[str, str] = {}

    def see(self, recorded: Recorded) -> None:
        naming, data = NAMING.get(recorded.type), None
        with suppress(ValueError, RecursionError):  # what is no JSON names nothing
            data = json.loads(recorded.data) if naming else None
        if naming and isinstance(data, dict):
            self._names[str(data.get(naming[0]))] = str(data.get(naming[1]))

    def __call__(self, of: str) -> str:
        return self._names.get(of, of)


def name_in_views(connection: sqlite3.Connection, of: str, known: Callable[[str, str], bool]) -> str:
    """`known` is asked for the table and the id before anything is named; otherwise the id stands for itself."""
    for table, query in TABLES.items():
        row = connection.execute(query, (of,)).fetchone()
        if row is not None:
            return str(row[0]) if row[0] and known(table, of) else of
    return of
