"""Private server nodes for the tests: one of each for the whole run of a worker, gone afterwards."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from psycopg import connect

from dienhong.nodes.minio import MinioNode
from dienhong.nodes.postgres import PostgresNode
from kernel.ids import uuid7


@contextmanager
def running_postgres() -> Iterator[PostgresNode]:
    """With fsync, as in earnest. Its folder lies where the server's own user may go, which pytest's folders forbid."""
    folder = Path(tempfile.mkdtemp(prefix="dienhong-postgres-"))
    folder.chmod(0o755)
    node = PostgresNode(folder / "node")
    try:
        node.start()
        yield node
    finally:
        node.stop()
        shutil.rmtree(folder)


@pytest.fixture(scope="session")
def postgres_node() -> Iterator[PostgresNode]:
    with running_postgres() as node:
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
