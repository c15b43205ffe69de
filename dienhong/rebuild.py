"""Views anew from the log, compared with the ones that ran live."""

import sqlite3
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass

from dienhong.embedded import open_views
from dienhong.folder import open_log, views_file
from gateway.text_index import TextIndex
from gateway.views import Views, contents, remove
from kernel.holding import hold
from kernel.ports import Blobs, EventStore
from kernel.settings import Settings
from kernel.wiring import open_blobs
from services.voting.recount import Recount


@dataclass(frozen=True)
class Rebuilt:
    """`differing` names the tables that were not as before; None when there was nothing before.

    `polls` were counted again from their ballots; those of `polls_differing` came to another tally than the recorded.
    """

    position: int
    differing: tuple[str, ...] | None
    polls: int
    polls_differing: tuple[str, ...]


def rebuild_views(settings: Settings, progress: Callable[[int], None]) -> Rebuilt:
    """Builds the views from nothing, compares them with the old ones, and swaps them in.

    The old ones must not be in use: raises `StoreInUse` while the product, or this gateway replica, runs, and
    `BlobsUnavailable`, with the old ones left as they were, where documents' texts cannot be had for the index.
    """
    live = views_file(settings)
    fresh = live.with_suffix(".rebuilt.db")
    with open_log(settings, read_only=False) as store, closing(hold(live)):
        remove(fresh)
        blobs = open_blobs(settings)
        rebuilt = open_views(settings, store, fresh.name)
        recount = Recount()
        rebuilt.on_applied(recount.take_all)
        rebuilt.replay(progress)
        before = _brought_level(settings, store, blobs, rebuilt) if live.exists() else None
        TextIndex(rebuilt, blobs).catch_up()
        rebuilt.stop()
        after = contents(fresh)
        remove(live)
        fresh.replace(live)
        remove(fresh)
    differing = None
    if before is not None:
        differing = tuple(sorted(table for table in {*before, *after} if before.get(table) != after.get(table)))
    return Rebuilt(rebuilt.position, differing, recount.polls, tuple(map(str, recount.differing)))


def _brought_level(settings: Settings, store: EventStore, blobs: Blobs, rebuilt: Views) -> Mapping[str, object]:
    """The old views at the position of the new ones, though others write; a damaged file differs in everything."""
    live = views_file(settings)
    try:
        contents(live)  # opened as views, a damaged file would be begun anew and hide its damage
        views = open_views(settings, store, live.name)
        while views.position != rebuilt.position:
            views.catch_up()
            rebuilt.catch_up()
        TextIndex(views, blobs).catch_up()
        views.stop()
        return contents(live)
    except sqlite3.DatabaseError:
        return {}
