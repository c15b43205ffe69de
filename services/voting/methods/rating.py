"""Confidence in persons: lấy phiếu tín nhiệm in three grades, bỏ phiếu tín nhiệm in two (Resolution 96/2023/QH15)."""

from typing import Literal

from kernel.decider import Refused
from services.voting import rules
from services.voting.messages import LineResult, PollOpened
from services.voting.methods import lines
from services.voting.methods.lines import check_marks, is_possible, marks_of
from services.voting.methods.result import Result
from services.voting.rules import Count

__all__ = ["check_marks", "check_question", "is_possible", "marks_of", "outcome"]


def check_question(opened: PollOpened) -> None:
    lines.check_lines(opened)
    if len(opened.choices) not in (2, 3) or sum(grade.counts_against for grade in opened.choices) != 1:
        raise Refused("rating_grades", "two or three grades, one of them low")
    if opened.rule_card.tie_to_chair:
        raise Refused("card_not_for_method", opened.method.kind)


def outcome(opened: PollOpened, count: Count) -> Result:
    """The low grade alone is measured: `needed` low votes end the confidence in a person."""
    base = rules.base_of(opened, count.cast)
    needed = rules.votes_needed(opened.rule_card, base)
    low_grade = next(grade.key for grade in opened.choices if grade.counts_against)
    results = []
    for line in opened.lines:
        low = lines.counts_on(opened, count, line.key)[low_grade]
        found = LineResult(key=line.key, votes=low, needed=needed, passed=low < needed, finding=finding(low, base))
        results.append(found)
    return Result(base_count=base, needed=needed, passed=all(line.passed for line in results), lines=tuple(results))


def finding(low: int, base: int) -> Literal["", "half_low", "two_thirds_low"]:
    if low and 3 * low >= 2 * base:
        return "two_thirds_low"
    return "half_low" if 2 * low > base else ""
