"""Many rows in one statement: SQLite lets Python's other threads in once for each, and each time is a wait."""

from collections.abc import Iterator, Sequence

Value = str | int | None

SIZES = (256, 128, *range(64, 0, -1))
"""In rows. A connection keeps about as many statements prepared."""


class ManyRows:
    """`before` is the statement up to its VALUES, of which each row has `width`."""

    def __init__(self, before: str, width: int) -> None:
        row = f"({', '.join('?' * width)})"
        self._width = width
        self._statements = {size: f"{before} VALUES {', '.join([row] * size)}" for size in SIZES}

    def statements(self, values: Sequence[Value]) -> Iterator[tuple[str, Sequence[Value]]]:
        """What to execute, in order, for these values of all rows, one row behind the other."""
        done = 0
        while left := (len(values) - done) // self._width:
            size = next(each for each in SIZES if each <= left)
            behind = done + size * self._width
            yield self._statements[size], values[done:behind]
            done = behind
