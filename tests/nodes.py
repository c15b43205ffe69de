"""Private server nodes for the tests: one of each for the whole run of a worker, gone afterwards."""

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import pytest
from psycopg import connect

from dienhong.nodes.minio import MinioNode
from dienhong.nodes.postgres import PostgresNode
from dienhong.nodes.rabbitmq import RabbitNode
from kernel.ids import uuid7


@contextmanager
def open_folder() -> Iterator[Path]:
    """A folder where a server's own user may go, which pytest's folders forbid."""
    folder = Path(tempfile.mkdtemp(prefix="dienhong-node-"))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


@contextmanager
def small_disk(mebibytes: int) -> Iterator[Path]:
    """A folder of its own size in memory; only root can make one."""
    with open_folder() as folder:
        subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={mebibytes}m,mode=755", "tmpfs", folder],
            check=True,
            capture_output=True,
        )
        try:
            yield folder
        finally:
            subprocess.run(["umount", folder], check=True)


@cache
def can_make_small_disks() -> bool:
    try:
        with small_disk(1):
            return True
    except (subprocess.CalledProcessError, OSError):
        return False


@contextmanager
def running_postgres(folder: Path) -> Iterator[PostgresNode]:
    """With fsync, as in earnest."""
    node = PostgresNode(folder / "node")
    try:
        node.start()
        yield node
    finally:
        node.stop()


@pytest.fixture(scope="session")
def postgres_node() -> Iterator[PostgresNode]:
    with open_folder() as folder, running_postgres(folder) as node:
        yield node


@pytest.fixture
def postgres_url(postgres_node: PostgresNode) -> str:
    """An empty log of its own: a schema in the node's database."""
    return empty_log(postgres_node)


def empty_log(node: PostgresNode) -> str:
    schema = f"log_{uuid7().hex}"
    with connect(node.url, autocommit=True) as administrator:
        administrator.execute(f"CREATE SCHEMA {schema}")
    return f"{node.url}?options=-csearch_path%3D{schema}"


@pytest.fixture(scope="session")
def minio_node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MinioNode]:
    node = MinioNode(tmp_path_factory.mktemp("minio"))
    node.start()
    yield node
    node.stop()


@pytest.fixture(scope="session")
def rabbit_node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RabbitNode]:
    node = RabbitNode(tmp_path_factory.mktemp("rabbitmq"))
    node.start()
    yield node
    node.stop()
