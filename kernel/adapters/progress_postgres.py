"""Progress beside the log, shared by all replicas of a service."""

import threading
from typing import Any

from kernel.adapters.postgres_sessions import CLOSED, LOST, Session, open_session
from kernel.offload import blocking
from kernel.ports import StoreUnavailable
from kernel.progress import Parked

SCHEMA = """
BEGIN;
SELECT pg_advisory_xact_lock(hashtext('dienhong.progress'));
CREATE TABLE IF NOT EXISTS checkpoints (follower TEXT PRIMARY KEY, position BIGINT NOT NULL);
CREATE TABLE IF NOT EXISTS parked (
    follower TEXT NOT NULL,
    position BIGINT NOT NULL,
    stream TEXT NOT NULL,
    type TEXT NOT NULL,
    error TEXT NOT NULL,
    parked_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (follower, position)
);
COMMIT
"""


class PostgresProgress:
    """Connects when first used, and again when the server has come back."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._session: Session | None = None
        self._closed = False
        self._access = threading.Lock()

    def get(self, follower: str) -> int:
        rows = self._fetch("SELECT position FROM checkpoints WHERE follower = %s", follower)
        return int(rows[0][0]) if rows else 0

    def put(self, follower: str, position: int) -> None:
        self._fetch(
            "INSERT INTO checkpoints VALUES (%s, %s) ON CONFLICT (follower) DO UPDATE"
            " SET position = GREATEST(checkpoints.position, excluded.position) RETURNING position",
            follower,
            position,
        )

    def park(self, parked: Parked) -> None:
        self._fetch(
            "INSERT INTO parked VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT (follower, position) DO UPDATE"
            " SET error = excluded.error, parked_at = excluded.parked_at RETURNING position",
            parked.follower,
            parked.position,
            parked.stream,
            parked.type,
            parked.error,
            parked.parked_at,
        )

    def parked(self, follower: str = "") -> list[Parked]:
        rows = self._fetch(
            "SELECT follower, position, stream, type, error, parked_at FROM parked"
            " WHERE %s IN ('', follower) ORDER BY position, follower",
            follower,
        )
        return [Parked(*row) for row in rows]

    def unpark(self, follower: str, position: int) -> None:
        self._fetch("DELETE FROM parked WHERE follower = %s AND position = %s RETURNING position", follower, position)

    def close(self) -> None:
        with self._access:
            self._closed = True
            self._drop()

    def _fetch(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """Every statement here may be repeated, so one that was cut off is asked again."""
        with self._access:
            try:
                return blocking(self._once, query, values)
            except LOST:
                self._drop()
            try:
                return blocking(self._once, query, values)
            except LOST as error:
                self._drop()
                raise StoreUnavailable(str(error)) from error

    def _once(self, query: str, values: tuple[object, ...]) -> list[tuple[Any, ...]]:
        if self._closed:
            raise StoreUnavailable(CLOSED)
        if self._session is None:
            self._session = open_session(self._url, "parked", SCHEMA)  # the last table that SCHEMA makes
        return self._session.execute(query, values).fetchall()

    def _drop(self) -> None:
        session, self._session = self._session, None
        if session is not None:
            session.close()
