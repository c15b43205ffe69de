"""The views file is disposable: whatever happens to it, people see the same again."""

import sqlite3
from pathlib import Path

import pytest

from gateway.views import contents
from tests.world import World


def overwrite(path: Path) -> None:
    path.write_bytes(b"this is no database" * 1000)


def of_another_version(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE progress SET made_by = 'an older program'")
        connection.execute("DROP TABLE people")
    connection.close()


def from_before_versions(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("ALTER TABLE progress DROP COLUMN made_by")
    connection.close()


def begun_but_empty(path: Path) -> None:
    path.write_bytes(b"")


@pytest.mark.parametrize("happens", [Path.unlink, overwrite, of_another_version, from_before_versions, begun_but_empty])
def test_views_are_built_anew_from_the_log(tmp_path: Path, happens) -> None:  # type: ignore[no-untyped-def]
    world = World(tmp_path)
    world.close()
    views = tmp_path / "views.db"
    before = contents(views)
    happens(views)
    World(tmp_path).close()
    assert contents(views) == before


def test_views_ahead_of_a_log_that_was_restored_are_begun_anew(tmp_path: Path) -> None:
    world = World(tmp_path)
    with sqlite3.connect(tmp_path / "events.db") as log, sqlite3.connect(tmp_path / "copy.db") as copy:
        log.backup(copy)
    world.client("admin").ok("POST", "/people", {"full_name": "Người thứ nhất", "position": "", "unit_id": None})
    world.close()
    for each in (log, copy):
        each.close()
    (tmp_path / "copy.db").replace(tmp_path / "events.db")
    restored = World(tmp_path)
    try:
        admin = restored.client("admin")
        people = [each["full_name"] for each in admin.ok("GET", "/people")]
        assert "Người thứ nhất" not in people and "Đại biểu Ana" in people
        admin.ok("POST", "/people", {"full_name": "Người thứ hai", "position": "", "unit_id": None})
        assert "Người thứ hai" in [each["full_name"] for each in admin.ok("GET", "/people")]
    finally:
        restored.close()
