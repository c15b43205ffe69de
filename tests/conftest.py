"""Worlds for the scenarios, and visible skips for parts that are not on this machine."""

import logging
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog
from hypothesis import HealthCheck, settings

from dienhong.embedded import Embedded
from dienhong.nodes import minio, postgres, rabbitmq
from tests.nodes import can_make_small_disks
from tests.nodes import minio_node as minio_node
from tests.nodes import postgres_node as postgres_node
from tests.nodes import postgres_url as postgres_url
from tests.nodes import rabbit_node as rabbit_node
from tests.world import World

# gRPC's handlers around a fork now and then end a child of the tests before it has become the server it should be.
os.environ.setdefault("GRPC_ENABLE_FORK_SUPPORT", "0")

# How long an example takes says more about the machine than about the code.
settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")

structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))

JAVA_VALIDATORS = Path(__file__).parent / "signing/java/target/validators.jar"
SHARED = Path(__file__).parents[2] / "shared" / "data"


def pty_there() -> bool:
    try:
        for handle in os.openpty():
            os.close(handle)
    except OSError:
        return False
    return True


PARTS = {
    "chromium": lambda: shutil.which("chromium"),
    "kurrentdb": lambda: os.environ.get("DIENHONG_TEST_KURRENTDB_URL"),
    "libreoffice": lambda: shutil.which("soffice"),
    "minio": lambda: minio.program(),
    "postgres": lambda: postgres.programs(),
    "openssl": lambda: shutil.which("openssl"),
    "dss and verapdf (mvn, java, make signing-real)": lambda: shutil.which("java") and JAVA_VALIDATORS.is_file(),
    "small disks (mount as root)": can_make_small_disks,
    "pdftoppm": lambda: shutil.which("pdftoppm"),
    "rabbitmq": lambda: rabbitmq.program(),
    "pty": pty_there,
    "pdfsig": lambda: shutil.which("pdfsig"),
    "softhsm2": lambda: shutil.which("softhsm2-util"),
    "shared-data": lambda: SHARED.is_dir(),
    "vendor": lambda: (Path(__file__).parents[1] / "gateway/web/static/vendor/htmx.org").is_dir(),
}


def distributed() -> bool:
    return os.environ.get("TEST_COMPOSITION") == "distributed"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if distributed() and item.get_closest_marker("embedded"):
            item.add_marker(pytest.mark.skip(reason="it takes the one process apart, and here are many"))
        for marker in item.iter_markers("needs"):
            for part in marker.args:
                if not PARTS[part]():
                    item.add_marker(pytest.mark.skip(reason=f"{part} is not on this machine"))


@pytest.fixture(scope="session")
def compose(request: pytest.FixtureRequest) -> Callable[..., Any]:
    """How worlds are put together: in one process, or as many over real servers (`make scenario-distributed`)."""
    if not distributed():
        return Embedded
    from tests.processes import composer

    return composer(request.getfixturevalue("postgres_node"), request.getfixturevalue("rabbit_node"))


@pytest.fixture
def world(tmp_path: Path, compose: Callable[..., Any]) -> Iterator[World]:
    world = World(tmp_path / "data", compose)
    yield world
    world.close()


@pytest.fixture(scope="module")
def shared_world(tmp_path_factory: pytest.TempPathFactory, compose: Callable[..., Any]) -> Iterator[World]:
    """One world for a module whose tests do not disturb each other."""
    world = World(tmp_path_factory.mktemp("data"), compose)
    yield world
    world.close()
