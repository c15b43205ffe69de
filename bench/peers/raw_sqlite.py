"""Group commits and nothing else: the rows that the product would store, without reading or checking anything."""

import json
import sqlite3
import time
from collections.abc import Sequence
from pathlib import Path

from bench.ballots import Asked
from kernel.adapters.store_sqlite import SCHEMA
from kernel.ids import uuid7

INSERT = "INSERT INTO events (position, id, stream, version, type, recorded_at, data, meta) VALUES "
ROW = "(?,?,?,?,?,?,?,?)"


class RawLog:
    def __init__(self, path: Path) -> None:
        self._connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._connection.execute("PRAGMA journal_mode=WAL")
        self._connection.execute("PRAGMA synchronous=FULL")
        self._connection.executescript(SCHEMA)
        self._head = 0

    def close(self) -> None:
        self._connection.close()

    def save(self, ballots: Sequence[Asked]) -> None:
        values: list[object] = []
        for each in ballots:
            self._head += 1
            values += row(self._head, each)
        self._connection.execute("BEGIN IMMEDIATE")
        self._connection.execute(INSERT + ",".join([ROW] * len(ballots)), values)
        self._connection.execute("COMMIT")


def row(position: int, ballot: Asked) -> tuple[object, ...]:
    """As long as the product's, byte for byte."""
    poll_id, voter_id, cause = str(ballot.poll_id), str(ballot.voter_id), str(uuid7())
    data = (
        f'{{"poll_id":"{poll_id}","voter_id":"{voter_id}","choice":"{ballot.choice}","remote":false,"marks":[],'
        '"holder_id":null,"dictated_by":"","confirmed_by":""}'
    )
    meta = json.dumps(
        {"actor": voter_id, "deployment": "bench.dienhong", "correlation_id": cause, "causation_id": cause},
        separators=(",", ":"),
    )
    stream = f"ballot-{poll_id}+{voter_id}"
    return position, str(uuid7()), stream, 0, "BallotCast", time.time_ns() // 1000, data, meta
