"""From an embedded data folder into the stores of the distributed product."""

from contextlib import closing

from kernel.adapters.blobs_files import FileBlobs
from kernel.adapters.postgres_import import import_log
from kernel.adapters.store_sqlite import SqliteStore
from kernel.settings import Settings
from kernel.wiring import open_blobs


def move_in(settings: Settings) -> int:
    """The log of the data folder into PostgreSQL's empty one, positions and times unchanged; the last position.

    The files of the data folder stay as they are, except that the views are to be built by each gateway.
    """
    if settings.blobs_url:
        files, blobs = FileBlobs(settings.data_dir / "documents"), open_blobs(settings)
        for path in sorted((settings.data_dir / "documents").glob("[0-9a-f][0-9a-f]/*")):
            blobs.put(files.chunks(path.name), sha256=path.name)
    with closing(SqliteStore(settings.data_dir / "events.db", read_only=True)) as log:
        return import_log(settings.store_url, log)
