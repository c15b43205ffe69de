"""Several draft resolutions on one paper: a decision per line, each by the same card."""

from services.voting import rules
from services.voting.messages import LineResult, PollOpened
from services.voting.methods import lines, single_choice
from services.voting.methods.lines import check_marks, is_possible, marks_of
from services.voting.methods.result import Result
from services.voting.rules import Count

__all__ = ["check_marks", "check_question", "is_possible", "marks_of", "outcome"]


def check_question(opened: PollOpened) -> None:
    single_choice.check_choices(opened)
    lines.check_lines(opened)


def outcome(opened: PollOpened, count: Count) -> Result:
    """All lines have one base: who left a line blank still cast the paper. A tie is the chair's on each line alone."""
    base = rules.base_of(opened, count.cast)
    needed = rules.votes_needed(opened.rule_card, base)
    results = tuple(_of_line(opened, count, line.key, base, needed) for line in opened.lines)
    return Result(
        base_count=base,
        needed=needed,
        passed=all(line.passed for line in results),
        decided_by_chair=any(line.decided_by_chair for line in results),
        lines=results,
    )


def _of_line(opened: PollOpened, count: Count, line: str, base: int, needed: int) -> LineResult:
    chair = next((each.partition(":")[2] for each in count.chair_marks if each.partition(":")[0] == line), None)
    found = rules.decision(
        opened.rule_card, opened.choices, lines.counts_on(opened, count, line), base=base, chair_choice=chair
    )
    return LineResult(
        key=line,
        votes=found.votes_for,
        needed=needed,
        passed=found.passed,
        decided_by_chair=found.decided_by_chair,
    )
