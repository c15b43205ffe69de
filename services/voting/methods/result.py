"""What every method's outcome says; the printed proof is made of it."""

from dataclasses import dataclass

from services.voting.messages import LineResult


@dataclass(frozen=True)
class Result:
    """Of `base_count`, `needed` were necessary; `lines` where the method has lines or candidates."""

    base_count: int
    needed: int
    passed: bool
    votes_for: int = 0
    decided_by_chair: bool = False
    lines: tuple[LineResult, ...] = ()
    open_posts: int = 0
