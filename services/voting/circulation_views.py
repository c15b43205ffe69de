"""What people see of opinion forms. Before the count there is no count by choice, and no answer but one's own."""

import json
import sqlite3
from collections.abc import Sequence
from datetime import UTC

from kernel.messages import Event, Message, Recorded
from services.voting.circulation_schema import SCHEMA as SCHEMA
from services.voting.messages.circulation import (
    AnswerSaved,
    AnswersCounted,
    AnswerSubmitted,
    AttachedToForm,
    CommentResolved,
    DetachedFromForm,
    MembersReminded,
    OpinionFormCirculated,
    OpinionFormClosed,
    OpinionFormDrafted,
    OpinionFormReturned,
    OpinionFormRevised,
    OpinionFormSubmitted,
    OpinionFormWithdrawn,
    OpinionResultAnnounced,
    OpinionResultReported,
)

Content = OpinionFormDrafted | OpinionFormRevised


def project(connection: sqlite3.Connection, recorded: Recorded, event: Event) -> None:
    match event:
        case OpinionFormDrafted():
            connection.execute(
                "INSERT INTO opinion_forms (form_id, body_id, state, drafted_by, drafted_position, chair_id, title,"
                " question, choices, clauses, due_at, rule_card, silence_basis)"
                " VALUES (?, ?, 'draft', ?, ?, '', '', '', '', '', '', '', '')",
                (str(event.form_id), str(event.body_id), recorded.actor, recorded.position),
            )
            _write(connection, event)
        case OpinionFormRevised():
            _write(connection, event)
        case AttachedToForm():
            connection.execute(
                "INSERT INTO opinion_documents VALUES (?, ?, ?, NULL, ?)",
                (str(event.form_id), str(event.document_id), event.title, recorded.position),
            )
        case DetachedFromForm():
            connection.execute(
                "DELETE FROM opinion_documents WHERE form_id = ? AND document_id = ?",
                (str(event.form_id), str(event.document_id)),
            )
        case AnswerSaved() | AnswerSubmitted():
            _answered(connection, recorded, event)
        case MembersReminded():
            _reminded(connection, recorded, event)
        case CommentResolved():
            _resolved(connection, recorded, event)
        case _:
            _project_course(connection, recorded, event)


def _project_course(connection: sqlite3.Connection, recorded: Recorded, event: Event) -> None:
    """What moves the form from one state to the next."""
    at = recorded.recorded_at.isoformat()
    match event:
        case OpinionFormSubmitted():
            _set(connection, event.form_id, state="submitted", submitted_at=at, return_reason="")
        case OpinionFormReturned():
            _set(connection, event.form_id, state="draft", return_reason=event.reason)
        case OpinionFormCirculated():
            _circulated(connection, recorded, event)
        case OpinionFormWithdrawn():
            _set(connection, event.form_id, state="withdrawn", withdrawn_reason=event.reason, closed_at=at)
        case OpinionFormClosed():
            _set(connection, event.form_id, state="closed", closed_at=at)
        case AnswersCounted():
            _counted(connection, event)
        case OpinionResultAnnounced():
            _set(
                connection,
                event.form_id,
                state="announced",
                announced_at=at,
                announced_position=recorded.position,
                synthesis_sha256=event.synthesis_sha256,
            )
        case OpinionResultReported():
            _set(connection, event.form_id, reported_at=at, reported_to=str(event.meeting_id))


def _set(connection: sqlite3.Connection, form_id: object, **columns: str | int) -> None:
    assignments = ", ".join(f"{name} = ?" for name in columns)
    connection.execute(f"UPDATE opinion_forms SET {assignments} WHERE form_id = ?", (*columns.values(), str(form_id)))


def _write(connection: sqlite3.Connection, event: Content) -> None:
    _set(
        connection,
        event.form_id,
        chair_id=str(event.chair_id),
        title=event.title,
        question=event.question,
        choices=_json(event.choices),
        clauses=_json(event.clauses),
        due_at=event.due_at.astimezone(UTC).isoformat(),
        rule_card=event.rule_card.model_dump_json(),
        silence_basis=event.silence_basis,
    )


def _circulated(connection: sqlite3.Connection, recorded: Recorded, event: OpinionFormCirculated) -> None:
    _set(
        connection,
        event.form_id,
        state="circulating",
        circulated_at=recorded.recorded_at.isoformat(),
        circulated_position=recorded.position,
        members=event.members,
        serving=event.serving,
    )
    connection.executemany(
        "UPDATE opinion_documents SET version = ? WHERE form_id = ? AND document_id = ?",
        [(each.version, str(event.form_id), str(each.document_id)) for each in event.documents],
    )
    connection.executemany(
        "INSERT INTO opinion_voters (form_id, voter_id) VALUES (?, ?)",
        [(str(event.form_id), str(voter_id)) for voter_id in event.roll],
    )


def _answered(connection: sqlite3.Connection, recorded: Recorded, event: AnswerSaved | AnswerSubmitted) -> None:
    """An answer that stands behind the form's end was never acknowledged: it is in the log and nowhere else."""
    submitted, at = isinstance(event, AnswerSubmitted), recorded.recorded_at.isoformat()
    form_id, voter_id = str(event.form_id), str(event.voter_id)
    values = (voter_id, submitted, event.choice, event.reason, _json(event.comments), at, recorded.position)
    connection.execute(
        "INSERT OR REPLACE INTO opinion_answers SELECT form_id, ?, ?, ?, ?, ?, ?, ? FROM opinion_forms"
        " WHERE form_id = ? AND state = 'circulating'",
        (*values, form_id),
    )
    if submitted:
        connection.execute(
            "UPDATE opinion_voters SET answered_at = ? WHERE form_id = ? AND voter_id = ? AND EXISTS"
            " (SELECT 1 FROM opinion_forms WHERE form_id = ? AND state = 'circulating')",
            (at, form_id, voter_id, form_id),
        )


def _reminded(connection: sqlite3.Connection, recorded: Recorded, event: MembersReminded) -> None:
    form_id, at = str(event.form_id), recorded.recorded_at.isoformat()
    connection.execute(
        "INSERT INTO opinion_reminders VALUES (?, ?, ?, ?, ?, ?)",
        (form_id, recorded.position, event.occasion, len(event.voter_ids), recorded.actor, at),
    )
    connection.executemany(
        "UPDATE opinion_voters SET reminded_at = ? WHERE form_id = ? AND voter_id = ?",
        [(at, form_id, str(voter_id)) for voter_id in event.voter_ids],
    )


def _counted(connection: sqlite3.Connection, event: AnswersCounted) -> None:
    form_id = str(event.form_id)
    _set(connection, form_id, state="counted", result=event.model_dump_json())
    for place, made in enumerate(event.comments):
        row = connection.execute(
            "SELECT comments FROM opinion_answers WHERE form_id = ? AND voter_id = ? AND submitted = 1",
            (form_id, str(made.voter_id)),
        ).fetchone()
        text = json.loads(row["comments"])[made.number - 1]["text"]
        connection.execute(
            "INSERT INTO opinion_comments (form_id, comment_id, place, voter_id, clause_key, text)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            (form_id, str(made.comment_id), place, str(made.voter_id), made.clause_key, text),
        )


def _resolved(connection: sqlite3.Connection, recorded: Recorded, event: CommentResolved) -> None:
    connection.execute(
        "UPDATE opinion_comments SET resolution = ?, explanation = ?, text_before = ?, text_after = ?,"
        " resolved_by = ?, resolved_at = ? WHERE form_id = ? AND comment_id = ?",
        (
            event.resolution,
            event.explanation,
            event.text_before,
            event.text_after,
            recorded.actor,
            recorded.recorded_at.isoformat(),
            str(event.form_id),
            str(event.comment_id),
        ),
    )


def _json(messages: Sequence[Message]) -> str:
    return json.dumps([each.model_dump(mode="json") for each in messages], ensure_ascii=False)
