"""Personal data forgotten where the log is PostgreSQL's, and every gateway has its own file of what people see."""

from pathlib import Path

import pytest

from dienhong.console import Fault
from dienhong.embedded import open_views
from dienhong.erasing import ERASED
from dienhong.folder import views_file
from dienhong.moving import move_in
from kernel.adapters.store_postgres import PostgresStore
from kernel.ports import StoreInUse
from kernel.settings import Settings
from ledger.store import LedgerFile
from services.directory.messages import RegisterPerson
from tests.scenario.test_erasure import NAME, files_with, order, registered
from tests.scenario.test_ledger import signed_up_to_now
from tests.stamps import ids
from tests.world import COMMITTEE, World

pytestmark = pytest.mark.needs("postgres")


@pytest.fixture
def moved(tmp_path: Path, postgres_url: str) -> tuple[Settings, int]:
    """A council that has moved in from its folder, and the position of what somebody wants to be forgotten."""
    world = World(tmp_path / "data")
    world.enable("admin", "auditor")
    world.execute(RegisterPerson, person_id=ids("forgotten"), full_name=NAME, position="", unit_id=COMMITTEE)
    signed_up_to_now(world)
    position = registered(world).position
    world.close()
    settings = world.settings.model_copy(update={"store_url": postgres_url})
    move_in(settings)
    return settings, position


def shown(settings: Settings) -> str:
    """The name that a gateway shows once it has started."""
    store = PostgresStore(settings.store_url)
    settings.data_dir.mkdir(exist_ok=True)
    views = open_views(settings, store, views_file(settings).name)
    views.begin()
    found = views.reader().execute("SELECT full_name FROM people WHERE id = ?", (str(ids("forgotten")),)).fetchone()
    views.stop()
    store.close()
    return str(found["full_name"])


def test_the_log_and_every_gateway_forget(moved: tuple[Settings, int], tmp_path: Path) -> None:
    settings, position = moved
    here = settings.model_copy(update={"replica": "here"})
    elsewhere = settings.model_copy(update={"replica": "2", "data_dir": tmp_path / "elsewhere"})
    assert (shown(here), shown(elsewhere)) == (NAME, NAME)
    order(settings, position)
    assert not views_file(here).exists()
    assert (shown(here), shown(elsewhere)) == (ERASED, ERASED)
    assert files_with(elsewhere.data_dir, NAME) == []
    begun = views_file(elsewhere).stat().st_ino
    assert shown(elsewhere) == ERASED and views_file(elsewhere).stat().st_ino == begun
    ledger = LedgerFile(settings.data_dir / "ledger.db")
    entry = ledger.entry_at(position)
    assert entry is not None and entry.salt is None
    ledger.close()


def test_nothing_is_erased_while_a_part_of_the_product_runs(moved: tuple[Settings, int]) -> None:
    settings, position = moved
    running = PostgresStore(settings.store_url)
    assert running.read_all(0, 1)
    with pytest.raises(StoreInUse):
        order(settings, position)
    assert NAME.encode() in running.read_all(position - 1, 1)[0].data
    running.close()


def test_kurrentdb_is_not_asked_what_it_cannot_do(tmp_path: Path) -> None:
    with pytest.raises(Fault, match="never changes an event"):
        order(Settings(data_dir=tmp_path, store_url="kurrentdb://nowhere:2113"), 1)
