"""Personal data forgotten where the log is PostgreSQL's, and every gateway has its own file of what people see."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from uuid import UUID

import pytest
from psycopg import connect

from dienhong.console import Fault
from dienhong.embedded import open_views
from dienhong.erasing import ERASED
from dienhong.erasing_documents import Wanted, erase_documents
from dienhong.folder import views_file
from dienhong.moving import move_in
from dienhong.nodes.minio import MinioNode
from dienhong.nodes.postgres import PostgresNode
from gateway.views import Views
from kernel.adapters.store_postgres import PostgresStore
from kernel.ids import uuid7
from kernel.ports import StoreInUse
from kernel.settings import Settings
from kernel.wiring import open_blobs
from ledger.store import LedgerFile
from services.directory.messages import RegisterPerson
from services.documents import views as documents
from services.documents.views import Version
from tests.scenario.test_document_erasure import ORDER, PAPER, closed, sha256
from tests.scenario.test_documents import plan, upload
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
    world.embedded.identity.issue_code(str(ids("forgotten")), "forgotten", NAME)
    signed_up_to_now(world)
    position = registered(world).position
    world.close()
    settings = world.settings.model_copy(update={"store_url": postgres_url})
    move_in(settings)
    return settings, position


@contextmanager
def started(settings: Settings) -> Iterator[Views]:
    """What a gateway shows once it has started."""
    settings.data_dir.mkdir(exist_ok=True)
    with closing(PostgresStore(settings.store_url)) as store:
        views = open_views(settings, store, views_file(settings).name)
        views.begin()
        try:
            yield views
        finally:
            views.stop()


def shown(settings: Settings) -> str:
    """The name of who is to be forgotten."""
    person = (str(ids("forgotten")),)
    with started(settings) as views:
        return str(views.reader().execute("SELECT full_name FROM people WHERE id = ?", person).fetchone()["full_name"])


def accounts_file(node: PostgresNode, settings: Settings) -> Path:
    with connect(settings.store_url, autocommit=True) as administrator:
        administrator.execute("CHECKPOINT")
        (path,) = administrator.execute("SELECT pg_relation_filepath('accounts')").fetchall()[0]
    return node.folder / "data" / path


def test_the_log_and_every_gateway_forget(
    moved: tuple[Settings, int], tmp_path: Path, postgres_node: PostgresNode
) -> None:
    settings, position = moved
    assert NAME.encode() in accounts_file(postgres_node, settings).read_bytes()
    here = settings.model_copy(update={"replica": "here"})
    elsewhere = settings.model_copy(update={"replica": "2", "data_dir": tmp_path / "elsewhere"})
    assert (shown(here), shown(elsewhere)) == (NAME, NAME)
    order(settings, position)
    assert not views_file(here).exists()
    assert (shown(here), shown(elsewhere)) == (ERASED, ERASED)
    assert files_with(elsewhere.data_dir, NAME) == []
    begun = views_file(elsewhere).stat().st_ino
    assert shown(elsewhere) == ERASED and views_file(elsewhere).stat().st_ino == begun
    assert NAME.encode() not in accounts_file(postgres_node, settings).read_bytes()
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


@pytest.mark.needs("minio")
def test_a_document_is_gone_from_the_object_store_and_every_gateway_says_why(
    tmp_path: Path, postgres_url: str, minio_node: MinioNode
) -> None:
    minio_node.make_bucket(bucket := uuid7().hex)
    world = World(tmp_path / "data")
    world.enable("admin", "auditor")
    document_id = upload(world.client("clerk"), plan(world), PAPER)
    closed(world)
    addresses = {"store_url": postgres_url, "blobs_url": minio_node.url(bucket)}
    settings = world.settings.model_copy(update=addresses)
    move_in(settings)
    elsewhere = settings.model_copy(update={"replica": "2", "data_dir": tmp_path / "elsewhere"})
    assert version_shown(elsewhere, document_id).erased_at is None
    gone = erase_documents(settings, Wanted((UUID(document_id),)), ORDER)
    blobs = open_blobs(settings)
    assert sha256(PAPER) in gone and not any(blobs.has(each) for each in gone)
    version = version_shown(elsewhere, document_id)
    assert version.erased_at is not None and version.erased_basis == ORDER.basis
    assert erase_documents(settings, Wanted((UUID(document_id),)), ORDER) == gone


def version_shown(settings: Settings, document_id: str) -> Version:
    with started(settings) as views:
        document = documents.document(views.reader(), document_id)
    assert document is not None
    return document.latest
