"""Views anew from the log, compared with the ones that ran live."""

import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from dienhong.embedded import open_views
from dienhong.folder import open_log
from gateway.views import Views, contents, remove
from kernel.adapters.blobs_files import FileBlobs
from kernel.ports import EventStore
from kernel.settings import Settings


@dataclass(frozen=True)
class Rebuilt:
    """`differing` names the tables that were not as before; None when there was nothing before."""

    position: int
    differing: tuple[str, ...] | None


def rebuild_views(settings: Settings, progress: Callable[[int], None]) -> Rebuilt:
    """Builds the views from nothing, compares them with the old ones, and swaps them in."""
    live, fresh = settings.data_dir / "views.db", settings.data_dir / "views.rebuilt.db"
    remove(fresh)
    with open_log(settings, read_only=False) as store:
        blobs = FileBlobs(settings.data_dir / "documents")
        position = _caught_up(open_views(settings, store, blobs, fresh.name), progress)
        differing = _differing(settings, store, blobs, contents(fresh)) if live.exists() else None
    remove(live)
    fresh.replace(live)
    remove(fresh)
    return Rebuilt(position, differing)


def _differing(
    settings: Settings, store: EventStore, blobs: FileBlobs, rebuilt: Mapping[str, object]
) -> tuple[str, ...]:
    """The live views are brought up to the same position first; a damaged file differs in everything."""
    live = settings.data_dir / "views.db"
    before: Mapping[str, object]
    try:
        contents(live)  # opened as views, a damaged file would be begun anew and hide its damage
        _caught_up(open_views(settings, store, blobs))
        before = contents(live)
    except sqlite3.DatabaseError:
        before = {}
    return tuple(sorted(table for table in {*before, *rebuilt} if before.get(table) != rebuilt.get(table)))


def _caught_up(views: Views, progress: Callable[[int], None] = lambda _position: None) -> int:
    views.replay(progress)
    views.stop()
    return views.position
