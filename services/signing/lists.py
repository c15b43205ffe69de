"""The lists that people look through: a page at a time, only what the reader may see, counted by stage.

Pages go by a place in the log or a number, not by how many were shown before, so that nothing is shown twice or left
out when something new comes in between.
"""

import sqlite3
from collections.abc import Collection
from datetime import date
from uuid import UUID

from services.signing.copy_views import Copy, as_copy
from services.signing.queries import as_incoming, as_official, as_order, as_record
from services.signing.records import Incoming, Official, Order, RegisterBook, RegisterEntry, Stage
from services.signing.searched import searchable
from services.signing.selection import (
    IncomingViewer,
    OfficialViewer,
    Reach,
    Values,
    WantedCopies,
    WantedIncoming,
    WantedOfficials,
    sees_arrivals,
    sees_copies,
    sees_officials,
    sees_orders,
    wanted_arrivals,
    wanted_copies,
    wanted_officials,
    within,
)

PAGE = 50
ALL_OFFICIALS, ALL_INCOMING, ALL_COPIES = WantedOfficials(), WantedIncoming(), WantedCopies()
SIGNED_LAST = """orders.stage = 'completed' AND NOT EXISTS (
    SELECT 1 FROM signing_orders AS later
    WHERE later.document_id = orders.document_id AND later.stage = 'completed' AND later.rowid > orders.rowid)"""
"""Of several orders for one document, such as those for signature and seal, the last one has the bytes that stay."""

SOONEST = "ORDER BY orders.provable_until, orders.id"


def officials(
    connection: sqlite3.Connection,
    viewer: OfficialViewer,
    wanted: WantedOfficials = ALL_OFFICIALS,
    *,
    before: int | None = None,
    limit: int = PAGE,
) -> list[Official]:
    """What changed last comes first; `before`: the `position` of the last one of the page before."""
    stated, values = _officials(viewer, wanted)
    return [
        as_official(row) for row in connection.execute(*_page("officials", stated, values, before=before, limit=limit))
    ]


def official_counts(
    connection: sqlite3.Connection, viewer: OfficialViewer, wanted: WantedOfficials = ALL_OFFICIALS
) -> dict[Stage, int]:
    return {Stage(stage): n for stage, n in _counts(connection, "officials", *_officials(viewer, wanted)).items()}


def seen_officials(connection: sqlite3.Connection, viewer: OfficialViewer, ids: Collection[str]) -> set[str]:
    """Those of these that the viewer may see."""
    seen, values = sees_officials(viewer)
    return _among(connection, "officials", seen, values, ids)


def withdrawn(connection: sqlite3.Connection, ids: Collection[str]) -> set[str]:
    """Those of these that were recalled, updated or replaced after they had gone out."""
    return _among(connection, "officials", "withdrawal IS NOT NULL", {}, ids)


def returned_to(connection: sqlite3.Connection, person_id: str, limit: int = PAGE) -> list[Official]:
    """Drafts of this person that came back, for a reason."""
    rows = connection.execute(
        """SELECT * FROM officials WHERE drafted_by = ? AND stage = 'draft' AND reason <> ''
        ORDER BY position DESC LIMIT ?""",
        (person_id, limit),
    )
    return [as_official(row) for row in rows]


def issued_by(connection: sqlite3.Connection, reach: Reach, stages: Collection[str], limit: int) -> list[Official]:
    """What bodies in reach have in these stages; what changed last comes first."""
    chosen, values = within("officials.issuer_id", reach)
    stated, wanted = wanted_officials(WantedOfficials(stages=tuple(stages)))
    page = _page("officials", f"{chosen} AND {stated}", {**values, **wanted}, before=None, limit=limit)
    return [as_official(row) for row in connection.execute(*page)]


def incoming(
    connection: sqlite3.Connection,
    viewer: IncomingViewer,
    wanted: WantedIncoming = ALL_INCOMING,
    *,
    before: int | None = None,
    limit: int = PAGE,
) -> list[Incoming]:
    """The newest comes first; `before`: the `position` of the last one of the page before."""
    stated, values = _incoming(connection, viewer, wanted)
    return [
        as_incoming(row) for row in connection.execute(*_page("incoming", stated, values, before=before, limit=limit))
    ]


def incoming_counts(
    connection: sqlite3.Connection, viewer: IncomingViewer, wanted: WantedIncoming = ALL_INCOMING
) -> dict[str, int]:
    return _counts(connection, "incoming", *_incoming(connection, viewer, wanted))


def seen_incoming(connection: sqlite3.Connection, viewer: IncomingViewer, ids: Collection[str]) -> set[str]:
    seen, values = sees_arrivals(viewer)
    return _among(connection, "incoming", seen, values, ids)


def arrivals_to_keep(
    connection: sqlite3.Connection, reach: Reach, stages: Collection[str], limit: int
) -> list[Incoming]:
    """What units in reach received that is in these stages; the newest first."""
    chosen, values = within("incoming.receiver_id", reach)
    marks: Values = {f"stage{n}": each for n, each in enumerate(stages)}
    stated = f"{chosen} AND incoming.stage IN ({', '.join(f':{name}' for name in marks)})"
    rows = connection.execute(*_page("incoming", stated, {**values, **marks}, before=None, limit=limit))
    return [as_incoming(row) for row in rows]


def arrivals_to_acknowledge(connection: sqlite3.Connection, reach: Reach, limit: int) -> list[Incoming]:
    """What units in reach passed on and whose sender does not know yet that it arrived; the newest first."""
    chosen, values = within("incoming.receiver_id", reach)
    stated = f"{chosen} AND incoming.stage = 'routed' AND incoming.acknowledged_at IS NULL"
    rows = connection.execute(*_page("incoming", stated, values, before=None, limit=limit))
    return [as_incoming(row) for row in rows]


def arrivals_handled_by(connection: sqlite3.Connection, person_id: str, limit: int) -> list[Incoming]:
    stated = "incoming.person_id = :person AND incoming.stage = 'routed'"
    rows = connection.execute(*_page("incoming", stated, {"person": person_id}, before=None, limit=limit))
    return [as_incoming(row) for row in rows]


def copies(
    connection: sqlite3.Connection,
    viewer: OfficialViewer,
    wanted: WantedCopies = ALL_COPIES,
    *,
    before: int | None = None,
    limit: int = PAGE,
) -> list[Copy]:
    """The last one made comes first; `before`: the `position` of the last one of the page before."""
    page = _page("copies", *_copies(viewer, wanted), before=before, limit=limit)
    return [as_copy(row) for row in connection.execute(*page)]


def copy_counts(
    connection: sqlite3.Connection, viewer: OfficialViewer, wanted: WantedCopies = ALL_COPIES
) -> dict[str, int]:
    return _counts(connection, "copies", *_copies(viewer, wanted))


def seen_copies(connection: sqlite3.Connection, viewer: OfficialViewer, ids: Collection[str]) -> set[str]:
    return _among(connection, "copies", *sees_copies(viewer), ids)


def orders_to_renew(connection: sqlite3.Connection, before: date) -> list[Order]:
    """Complete signatures that can no longer be proved after that day unless they are stamped again; soonest first."""
    rows = connection.execute(
        f"SELECT orders.* FROM signing_orders AS orders WHERE orders.provable_until < ? AND {SIGNED_LAST} {SOONEST}",
        (before.isoformat(),),
    )
    return [as_order(row) for row in rows]


def orders_ending(
    connection: sqlite3.Connection,
    viewer: OfficialViewer,
    signers: Collection[str],
    before: date,
    *,
    after: tuple[str, str] = ("", ""),
    limit: int = PAGE,
) -> list[Order]:
    """As `orders_to_renew`, those that the viewer may see; `signers`: the viewer, and in whose place they may sign.

    `after`: until when the last one of the page before can be proved, and its id.
    """
    seen, values = sees_orders(viewer, signers)
    rows = connection.execute(
        f"""SELECT orders.* FROM signing_orders AS orders LEFT JOIN officials ON officials.id = orders.official_id
        WHERE orders.provable_until < :before AND (orders.provable_until, orders.id) > (:after, :after_id)
        AND {seen} AND {SIGNED_LAST} {SOONEST} LIMIT :limit""",
        {**values, "before": before.isoformat(), "after": after[0], "after_id": after[1], "limit": limit},
    )
    return [as_order(row) for row in rows]


def register_books(
    connection: sqlite3.Connection,
    reach: Reach,
    *,
    year: int | None = None,
    body_id: str = "",
    series: str = "",
    limit: int = PAGE,
    offset: int = 0,
) -> list[RegisterBook]:
    """Those of bodies in reach; the latest year comes first."""
    kept, values = within("body_id", reach)
    stated = [kept]
    for column, chosen in (("year", year), ("body_id", body_id), ("series", series)):
        if chosen:
            stated.append(f"{column} = :chosen_{column}")
            values[f"chosen_{column}"] = chosen
    rows = connection.execute(
        f"""SELECT body_id, year, series, last FROM register_books WHERE {" AND ".join(stated)}
        ORDER BY year DESC, body_id, series LIMIT :limit OFFSET :offset""",
        {**values, "limit": limit, "offset": offset},
    )
    return [as_record(RegisterBook, row) for row in rows]


def register_entries(
    connection: sqlite3.Connection,
    body_id: UUID | str,
    year: int,
    series: str,
    *,
    before: int | None = None,
    state: str = "",
    limit: int = PAGE,
) -> list[RegisterEntry]:
    """The last number comes first; `before`: the last number of the page before."""
    rows = connection.execute(
        f"""SELECT * FROM register_entries WHERE body_id = ? AND year = ? AND series = ? AND number < ?
        {"AND state = ?" if state else ""} ORDER BY number DESC LIMIT ?""",
        (str(body_id), year, series, before or 2**62, *([state] if state else []), limit),
    )
    return [as_record(RegisterEntry, row) for row in rows]


def whole_register(connection: sqlite3.Connection, body_id: UUID | str, year: int, series: str) -> list[RegisterEntry]:
    """As the book is printed: from the first number to the last."""
    return register_entries(connection, body_id, year, series, limit=-1)[::-1]


def _officials(viewer: OfficialViewer, wanted: WantedOfficials) -> tuple[str, Values]:
    seen, known = sees_officials(viewer)
    stated, values = wanted_officials(wanted)
    return f"{seen} AND {stated}", {**known, **values}


def _incoming(connection: sqlite3.Connection, viewer: IncomingViewer, wanted: WantedIncoming) -> tuple[str, Values]:
    seen, known = sees_arrivals(viewer)
    senders = _units_named(connection, wanted.sender) if wanted.sender.strip() else ()
    stated, values = wanted_arrivals(wanted, senders)
    return f"{seen} AND {stated}", {**known, **values}


def _copies(viewer: OfficialViewer, wanted: WantedCopies) -> tuple[str, Values]:
    seen, known = sees_copies(viewer)
    stated, values = wanted_copies(wanted)
    return f"{seen} AND {stated}", {**known, **values}


def _units_named(connection: sqlite3.Connection, words: str) -> tuple[str, ...]:
    """Units write to each other under their names, which are those of the directory."""
    sought = searchable(words).split()
    known = connection.execute("SELECT id, name FROM units ORDER BY id").fetchall()
    return tuple(row["id"] for row in known if all(f" {each}" in searchable(row["name"]) for each in sought))


def _page(table: str, stated: str, values: Values, *, before: int | None, limit: int) -> tuple[str, Values]:
    """Rows are found by their places first, since what they hold is long."""
    return (
        f"""SELECT * FROM {table} WHERE position IN (
            SELECT position FROM {table} WHERE position < :before AND {stated} ORDER BY position DESC LIMIT :limit
        ) ORDER BY position DESC""",
        {**values, "before": before or 2**62, "limit": limit},
    )


def _counts(connection: sqlite3.Connection, table: str, stated: str, values: Values) -> dict[str, int]:
    rows = connection.execute(f"SELECT stage, count(*) FROM {table} WHERE {stated} GROUP BY stage", values)
    return {stage: number for stage, number in rows}


def _among(connection: sqlite3.Connection, table: str, seen: str, values: Values, ids: Collection[str]) -> set[str]:
    marks = {f"id{n}": each for n, each in enumerate(ids)}
    chosen = f"{table}.id IN ({', '.join(f':{name}' for name in marks)})"
    rows = connection.execute(f"SELECT id FROM {table} WHERE {chosen} AND {seen}", {**values, **marks})
    return {row["id"] for row in rows}
