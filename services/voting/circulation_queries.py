"""Questions to what `circulation_views` has built."""

import json
import sqlite3
from datetime import datetime
from uuid import UUID

from kernel.search import fold
from services.voting.circulation_policy import Pending
from services.voting.circulation_rows import Answer, CommentRow, FormDocument, OpinionForm, Reminder, State, Voter
from services.voting.messages.circulation import AnswersCounted, Clause, Comment
from services.voting.messages.poll import Choice, RuleCard

Id = UUID | str
FORMS = (
    "SELECT opinion_forms.*,"
    " (SELECT COUNT(*) FROM opinion_voters v WHERE v.form_id = opinion_forms.form_id) AS voters,"
    " (SELECT COUNT(v.answered_at) FROM opinion_voters v WHERE v.form_id = opinion_forms.form_id) AS answered"
    " FROM opinion_forms"
)


def form(connection: sqlite3.Connection, form_id: Id) -> OpinionForm | None:
    row = connection.execute(f"{FORMS} WHERE form_id = ?", (str(form_id),)).fetchone()
    return _form(connection, row) if row else None


def forms(connection: sqlite3.Connection) -> list[OpinionForm]:
    """The newest first."""
    return [_form(connection, row) for row in connection.execute(f"{FORMS} ORDER BY drafted_position DESC")]


def reported_to(connection: sqlite3.Connection, meeting_id: Id) -> list[OpinionForm]:
    rows = connection.execute(f"{FORMS} WHERE reported_to = ? ORDER BY announced_position", (str(meeting_id),))
    return [_form(connection, row) for row in rows]


def waiting_for_answer(connection: sqlite3.Connection, voter_id: Id) -> list[tuple[OpinionForm, datetime | None]]:
    """Forms that this member has not answered yet, the nearest deadline first, with the last reminder if any."""
    rows = connection.execute(
        "SELECT form_id, reminded_at FROM opinion_voters WHERE voter_id = ? AND answered_at IS NULL", (str(voter_id),)
    )
    reminded = {row["form_id"]: _time(row["reminded_at"]) for row in rows}
    return [(each, reminded[each.form_id]) for each in in_state(connection, "circulating") if each.form_id in reminded]


def in_state(connection: sqlite3.Connection, *states: State) -> list[OpinionForm]:
    marks = ", ".join("?" * len(states))
    rows = connection.execute(f"{FORMS} WHERE state IN ({marks}) ORDER BY due_at", states)
    return [_form(connection, row) for row in rows]


def forms_with_document(connection: sqlite3.Connection, document_id: Id) -> list[str]:
    rows = connection.execute("SELECT form_id FROM opinion_documents WHERE document_id = ?", (str(document_id),))
    return [row["form_id"] for row in rows]


def on_roll(connection: sqlite3.Connection, form_id: Id, voter_id: Id) -> bool:
    found = connection.execute(
        "SELECT 1 FROM opinion_voters WHERE form_id = ? AND voter_id = ?", (str(form_id), str(voter_id))
    ).fetchone()
    return found is not None


def voters(connection: sqlite3.Connection, form_id: Id) -> list[Voter]:
    rows = connection.execute(
        "SELECT v.*, COALESCE(people.full_name, v.voter_id) AS full_name FROM opinion_voters v"
        " LEFT JOIN people ON people.id = v.voter_id WHERE form_id = ?",
        (str(form_id),),
    )
    found = [
        Voter(row["voter_id"], row["full_name"], _time(row["answered_at"]), _time(row["reminded_at"])) for row in rows
    ]
    return sorted(found, key=lambda each: (_name_order(each.full_name), each.voter_id))


def answers(connection: sqlite3.Connection, form_id: Id) -> list[Answer]:
    """The submitted answers, by name."""
    found = _answers(connection, "form_id = ? AND submitted = 1", str(form_id))
    return sorted(found, key=lambda each: (_name_order(each.full_name), each.voter_id))


def my_answer(connection: sqlite3.Connection, form_id: Id, voter_id: Id) -> Answer | None:
    """One's own: as submitted, or else as saved."""
    found = _answers(connection, "form_id = ? AND voter_id = ?", str(form_id), str(voter_id))
    return max(found, key=lambda each: each.submitted, default=None)


def comments(connection: sqlite3.Connection, form_id: Id) -> list[CommentRow]:
    """In the order of the clauses, the general ones first; within a clause in the order of the roll."""
    rows = connection.execute(
        "SELECT c.*, COALESCE(people.full_name, c.voter_id) AS full_name FROM opinion_comments c"
        " LEFT JOIN people ON people.id = c.voter_id WHERE form_id = ? ORDER BY place",
        (str(form_id),),
    ).fetchall()
    held = form(connection, form_id)
    order = {clause.key: place for place, clause in enumerate(held.clauses, 1)} if held else {}
    return [_comment(row) for row in sorted(rows, key=lambda row: order.get(row["clause_key"], 0))]


def unresolved(connection: sqlite3.Connection, form_id: Id) -> int:
    """Comments that have not ended yet."""
    row = connection.execute(
        "SELECT COUNT(*) FROM opinion_comments WHERE form_id = ? AND resolution IS NULL", (str(form_id),)
    ).fetchone()
    return int(row[0])


def reminders(connection: sqlite3.Connection, form_id: Id) -> list[Reminder]:
    rows = connection.execute("SELECT * FROM opinion_reminders WHERE form_id = ? ORDER BY position", (str(form_id),))
    return [Reminder(row["occasion"], row["members"], row["actor"], datetime.fromisoformat(row["at"])) for row in rows]


def pending(connection: sqlite3.Connection) -> list[Pending]:
    """What the clock looks at."""
    return [_pending(connection, each) for each in in_state(connection, "circulating")]


def _pending(connection: sqlite3.Connection, form: OpinionForm) -> Pending:
    assert form.circulated_at is not None
    silent = [UUID(each.voter_id) for each in voters(connection, form.form_id) if each.answered_at is None]
    happened = {each.occasion for each in reminders(connection, form.form_id)}
    return Pending(
        form_id=UUID(form.form_id),
        circulated_at=form.circulated_at,
        due_at=form.due_at,
        silent=tuple(silent),
        answered=form.answered,
        occasions=frozenset(happened),
    )


def _answers(connection: sqlite3.Connection, where: str, *values: str) -> list[Answer]:
    rows = connection.execute(
        "SELECT a.*, COALESCE(people.full_name, a.voter_id) AS full_name FROM opinion_answers a"
        f" LEFT JOIN people ON people.id = a.voter_id WHERE {where}",
        values,
    )
    return [
        Answer(
            voter_id=row["voter_id"],
            full_name=row["full_name"],
            choice=row["choice"],
            reason=row["reason"],
            comments=tuple(Comment.model_validate(each) for each in json.loads(row["comments"])),
            submitted=bool(row["submitted"]),
            at=datetime.fromisoformat(row["at"]),
        )
        for row in rows
    ]


def _form(connection: sqlite3.Connection, row: sqlite3.Row) -> OpinionForm:
    documents = connection.execute(
        "SELECT document_id, title, version FROM opinion_documents WHERE form_id = ? ORDER BY place", (row["form_id"],)
    )
    return OpinionForm(
        form_id=row["form_id"],
        body_id=row["body_id"],
        state=row["state"],
        drafted_by=row["drafted_by"],
        chair_id=row["chair_id"],
        title=row["title"],
        question=row["question"],
        choices=tuple(Choice.model_validate(each) for each in json.loads(row["choices"])),
        clauses=tuple(Clause.model_validate(each) for each in json.loads(row["clauses"])),
        documents=tuple(FormDocument(**dict(each)) for each in documents),
        due_at=datetime.fromisoformat(row["due_at"]),
        rule_card=RuleCard.model_validate_json(row["rule_card"]),
        silence_basis=row["silence_basis"],
        return_reason=row["return_reason"],
        withdrawn_reason=row["withdrawn_reason"],
        voters=row["voters"],
        answered=row["answered"],
        members=row["members"],
        submitted_at=_time(row["submitted_at"]),
        circulated_at=_time(row["circulated_at"]),
        closed_at=_time(row["closed_at"]),
        result=AnswersCounted.model_validate_json(row["result"]) if row["result"] else None,
        announced_at=_time(row["announced_at"]),
        synthesis_sha256=row["synthesis_sha256"],
        reported_at=_time(row["reported_at"]),
        reported_to=row["reported_to"],
    )


def _comment(row: sqlite3.Row) -> CommentRow:
    return CommentRow(
        comment_id=row["comment_id"],
        voter_id=row["voter_id"],
        full_name=row["full_name"],
        clause_key=row["clause_key"],
        text=row["text"],
        resolution=row["resolution"],
        explanation=row["explanation"],
        text_before=row["text_before"],
        text_after=row["text_after"],
        resolved_by=row["resolved_by"],
        resolved_at=_time(row["resolved_at"]),
    )


def _name_order(full_name: str) -> tuple[str, str]:
    """By the given name, the last word of a Vietnamese name."""
    folded = fold(full_name)
    return folded.rpartition(" ")[2], folded


def _time(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
