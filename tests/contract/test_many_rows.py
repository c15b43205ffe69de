import sqlite3
from contextlib import closing

import pytest

from kernel.many_rows import ManyRows

ROWS = ManyRows("INSERT INTO things (n, name)", width=2)


@pytest.mark.parametrize("count", [0, 1, 63, 64, 65, 127, 128, 200, 256, 257, 700])
def test_every_row_is_written_once_and_in_order_whatever_their_number(count: int) -> None:
    rows = [(n, f"thing {n}") for n in range(count)]
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute("CREATE TABLE things (n INTEGER, name TEXT)")
        for statement, values in ROWS.statements([value for row in rows for value in row]):
            connection.execute(statement, values)
        assert connection.execute("SELECT * FROM things ORDER BY rowid").fetchall() == rows


def test_as_many_ballots_as_a_hall_sends_at_once_are_one_statement_or_a_few() -> None:
    steps = {count: len(list(ROWS.statements([None] * 2 * count))) for count in (1, 50, 64, 128, 256, 300)}
    assert steps == {1: 1, 50: 1, 64: 1, 128: 1, 256: 1, 300: 2}
