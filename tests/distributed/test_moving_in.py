"""An office that began with one process goes on with many: log, documents and accounts move, and nothing is lost."""

import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from dienhong.folder import open_log
from dienhong.moving import Differs, compare, move_in
from dienhong.nodes.minio import MinioNode
from gateway.edge import utc_now
from gateway.identity.accounts import Identity
from gateway.identity.opening import open_identity_store
from kernel.messages import NewEvent
from kernel.ports import NO_STREAM
from kernel.settings import Settings
from kernel.wiring import open_blobs, open_store
from tests.files import pdf
from tests.scenario.test_command_line import dienhong, fails, served
from tests.scenario.test_documents import plan, upload
from tests.world import PASSWORD, World

pytestmark = pytest.mark.needs("postgres")


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Path]:
    """A data folder with a council, a meeting and a paper."""
    folder = tmp_path / "var"
    world = World(folder)
    upload(world.client("clerk"), plan(world), pdf("Tờ trình"), "Tờ trình.pdf")
    world.settle()
    world.close()
    yield folder


def test_the_whole_log_and_the_accounts_are_in_the_new_stores(office: Path, postgres_url: str) -> None:
    before = dienhong(office, "events", "export").stdout
    done = dienhong(office, "move-in", DIENHONG_STORE_URL=postgres_url)
    events = [json.loads(line) for line in before.splitlines()]
    assert done.returncode == 0 and f"Moved and compared: {events[-1]['position']} events, 1 accounts" in done.stderr
    assert dienhong(office, "events", "export", DIENHONG_STORE_URL=postgres_url).stdout == before
    settings = Settings(data_dir=office, store_url=postgres_url)
    with closing(Identity(open_identity_store(settings), settings, utc_now)) as identity:
        assert identity.sign_in("clerk", PASSWORD, "127.0.0.1", "")


@pytest.mark.needs("minio")
def test_every_document_is_in_the_object_store(office: Path, postgres_url: str, minio_node: MinioNode) -> None:
    minio_node.make_bucket("moved")
    settings = Settings(data_dir=office, store_url=postgres_url, blobs_url=minio_node.url("moved"))
    told: list[str] = []
    moved = move_in(settings, told.append)
    papers = list((office / "documents").glob("[0-9a-f][0-9a-f]/*"))
    assert moved.documents == len(papers) > 0
    assert [open_blobs(settings).read(each.name) for each in papers] == [each.read_bytes() for each in papers]
    assert told[0] == f"documents: 1 of {len(papers)}" and told[-1] == f"compared: position {moved.position}"


def test_two_histories_do_not_become_one(office: Path, postgres_url: str) -> None:
    assert dienhong(office, "move-in", DIENHONG_STORE_URL=postgres_url).returncode == 0
    sentence = fails(office, 1, "move-in", DIENHONG_STORE_URL=postgres_url)
    assert sentence.endswith("already; two cannot become one.")
    assert postgres_url.split("@")[0].rpartition(":")[2] not in sentence


def test_a_running_product_is_not_moved(office: Path, postgres_url: str) -> None:
    with served(office):
        assert "Another process already uses" in fails(office, 3, "move-in", DIENHONG_STORE_URL=postgres_url)
    with closing(open_store(Settings(store_url=postgres_url))) as store:
        assert store.read_all(0, 1) == []


def test_it_says_where_there_is_nothing_to_move_and_nowhere_to_move_to(tmp_path: Path, postgres_url: str) -> None:
    assert "There is no log" in fails(tmp_path, 2, "move-in", DIENHONG_STORE_URL=postgres_url)
    assert "DIENHONG_STORE_URL must name" in fails(tmp_path, 2, "move-in")


def test_a_difference_is_found(office: Path, postgres_url: str) -> None:
    with (
        open_log(Settings(data_dir=office), read_only=True) as log,
        closing(open_store(Settings(store_url=postgres_url))) as target,
    ):
        first = log.read_all(0, 1)[0]
        target.append(first.stream, [NewEvent(first.id, first.type, b"{}", first.meta)], NO_STREAM)
        with pytest.raises(Differs) as found:
            compare(log, target, lambda _words: None)
    assert found.value.args == (1,)
