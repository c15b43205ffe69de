"""How a comment ends: accepted with the text that changes, or answered with an explanation. Pure."""

from kernel.decider import Refused
from services.voting.messages.circulation import AnswersCounted, CommentResolved, OpinionFormCirculated, ResolveComment


def resolve(command: ResolveComment, sent: OpinionFormCirculated, result: AnswersCounted) -> CommentResolved:
    made = next((each for each in result.comments if each.comment_id == command.comment_id), None)
    if made is None:
        raise Refused("no_such_comment", str(command.comment_id))
    if command.resolution != "accepted":
        return _explained(command)
    clause = next((each.text for each in sent.clauses if each.key == made.clause_key), "")
    before = command.text_before or clause
    if not command.text_after or command.text_after == before:
        raise Refused("text_change_needed", str(command.comment_id))
    return CommentResolved(
        form_id=command.form_id,
        comment_id=command.comment_id,
        resolution=command.resolution,
        explanation=command.explanation,
        text_before=before,
        text_after=command.text_after,
    )


def _explained(command: ResolveComment) -> CommentResolved:
    if not command.explanation:
        raise Refused("explanation_needed", str(command.comment_id))
    return CommentResolved(
        form_id=command.form_id,
        comment_id=command.comment_id,
        resolution=command.resolution,
        explanation=command.explanation,
    )
