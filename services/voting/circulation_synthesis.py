"""The synthesis table (bảng tổng hợp ý kiến): every comment under the clause that it is tied to. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.voting.circulation_rows import CommentRow, OpinionForm


@dataclass(frozen=True)
class ClauseComments:
    """`title` empty: comments on the draft as a whole."""

    title: str
    text: str
    comments: tuple[CommentRow, ...]


def synthesis(form: OpinionForm, comments: Sequence[CommentRow]) -> list[ClauseComments]:
    """In the order of the draft, what concerns it as a whole first; clauses that nobody commented on are left out."""
    clauses = [("", "", ""), *((each.key, each.title, each.text) for each in form.clauses)]
    tied = [
        ClauseComments(title, text, tuple(each for each in comments if each.clause_key == key))
        for key, title, text in clauses
    ]
    return [each for each in tied if each.comments]


def unresolved(comments: Sequence[CommentRow]) -> int:
    return sum(each.resolution is None for each in comments)
