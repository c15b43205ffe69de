"""What papers of several lines share: marks are `<line>:<choice>`, and no line bears two of them."""

from collections import Counter
from collections.abc import Sequence

from kernel.decider import Refused
from services.voting.messages import PollOpened
from services.voting.rules import Count


def check_lines(opened: PollOpened) -> None:
    if not opened.lines:
        raise Refused("no_lines", opened.method.kind)
    if len({line.key for line in opened.lines}) < len(opened.lines):
        raise Refused("duplicate_line")


def marks_of(opened: PollOpened) -> tuple[str, ...]:
    return tuple(mark(line.key, choice.key) for line in opened.lines for choice in opened.choices)


def mark(line: str, choice: str) -> str:
    return f"{line}:{choice}"


def check_marks(_opened: PollOpened, marks: Sequence[str]) -> None:
    """A line may be left blank, not all of them."""
    if not marks:
        raise Refused("empty_ballot")
    line, times = Counter(each.partition(":")[0] for each in marks).most_common(1)[0]
    if times > 1:
        raise Refused("line_marked_twice", line)


def counts_on(opened: PollOpened, count: Count, line: str) -> dict[str, int]:
    """Votes on one line by choice."""
    return {choice.key: count.votes.get(mark(line, choice.key), 0) for choice in opened.choices}


def is_possible(opened: PollOpened, count: Count) -> bool:
    return all(sum(counts_on(opened, count, line.key).values()) <= count.valid for line in opened.lines)
