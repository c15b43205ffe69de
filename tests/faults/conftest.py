"""A PostgreSQL node that may be killed and stopped: each module has its own, so that no other sees it die."""

from collections.abc import Iterator

import pytest

from dienhong.nodes.postgres import PostgresNode
from kernel.adapters.store_postgres import PostgresStore
from tests.nodes import empty_log, open_folder, running_postgres


@pytest.fixture(scope="module")
def mortal_node() -> Iterator[PostgresNode]:
    with open_folder() as folder, running_postgres(folder) as node:
        yield node


@pytest.fixture
def log_url(mortal_node: PostgresNode) -> str:
    """Of an empty log."""
    return empty_log(mortal_node)


@pytest.fixture
def store(log_url: str) -> Iterator[PostgresStore]:
    store = PostgresStore(log_url)
    yield store
    store.close()
