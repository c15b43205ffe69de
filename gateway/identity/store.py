"""Where identity keeps its secrets: password hashes, activation codes, sessions, failed attempts, calendar addresses,
and lists awaiting confirmation.

They are neither part of the log (secrets are never events) nor disposable: without them people need new activation
codes. Statements are written once, in the SQL that SQLite and PostgreSQL share, with `?` for values.
"""

import re
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol

from kernel.ports import StoreUnavailable


class IdentityUnavailable(StoreUnavailable):
    """Nobody's session can be looked up or written now, so nobody is let in; it recovers by itself."""


class Row(Protocol):
    def __getitem__(self, column: str, /) -> Any: ...


class Transaction(Protocol):
    def rows(self, query: str, *values: object) -> Sequence[Row]: ...

    def change(self, statement: str, *values: object) -> int:
        """How many rows it changed."""

    def change_each(self, statement: str, each: Sequence[Sequence[object]]) -> None:
        """The statement once for each sequence of values."""


class IdentityStore(Protocol):
    """Any thread may use it. Every method may raise `IdentityUnavailable`."""

    def rows(self, query: str, *values: object) -> Sequence[Row]:
        """What is committed now."""

    def pairs(self, query: str, *values: object) -> Mapping[str, str]:
        """The column `value` of each row by its `name`; for many rows."""

    def change(self, statement: str, *values: object) -> int:
        """One statement, durable when it returns; how many rows it changed."""

    def writing(self) -> AbstractContextManager[Transaction]:
        """One transaction, alone among all writers of the store; durable when the block ends, undone when it raises."""

    def overwrite_accounts(self) -> None:
        """What accounts held before they were changed is gone from the files too."""

    def close(self) -> None: ...


def storable(values: Sequence[object]) -> list[object]:
    """No store keeps half a character, and PostgreSQL no NUL: a login with one is nobody's."""
    return [re.sub("[\0\ud800-\udfff]", "\ufffd", each) if isinstance(each, str) else each for each in values]
