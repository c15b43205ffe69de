"""Servers that must prove who they are: by an authority named in the address, and by the very name in it."""

import shutil
import ssl
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest
import urllib3
from minio import Minio
from psycopg import connect

from dienhong.bus import setup
from dienhong.nodes.minio import USER, MinioNode
from dienhong.nodes.postgres import PostgresNode
from dienhong.nodes.processes import Child
from dienhong.nodes.rabbitmq import RabbitNode, free_port
from gateway.identity.store import IdentityUnavailable
from gateway.identity.store_postgres import PostgresIdentityStore
from gateway.problems import TryLater
from gateway.rpc import RpcClients
from kernel.adapters.blobs_s3 import S3Blobs
from kernel.adapters.bus_rabbit import RabbitPublisher
from kernel.adapters.store_postgres import PostgresStore
from kernel.ids import uuid7
from kernel.ports import NO_STREAM, BlobsUnavailable, StoreUnavailable
from kernel.relay import BusUnavailable, Fact
from kernel.settings import Settings
from services.directory.messages import RegisterPerson
from tests.certificates import Certificates, certificates
from tests.contract.event_store import event
from tests.distributed.conftest import stamped
from tests.nodes import open_folder, running_postgres
from tests.processes import environment


@pytest.fixture(scope="module")
def proven(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return certificates(tmp_path_factory.mktemp("certificates"))


@pytest.fixture(scope="module")
def postgres(proven: Certificates) -> Iterator[PostgresNode]:
    with open_folder() as folder, running_postgres(folder) as node:
        data = node.folder / "data"
        for name, path in (("server.crt", proven.server), ("server.key", proven.key)):
            shutil.copy(path, data / name)
            shutil.chown(data / name, data.owner(), data.group())
            (data / name).chmod(0o600)
        with connect(node.url, autocommit=True) as administrator:
            administrator.execute("ALTER SYSTEM SET ssl = on")
        node.stop()
        node.start()
        yield node


@pytest.mark.needs("postgres")
def test_log_and_identity_in_postgresql_whose_name_is_verified(postgres: PostgresNode, proven: Certificates) -> None:
    url = f"{postgres.url}?sslmode=verify-full&sslrootcert={proven.authority}"
    with closing(PostgresStore(url)) as store, closing(PostgresIdentityStore(url)) as identity:
        store.append("thing-1", [event()], NO_STREAM)
        assert len(store.read("thing-1")) == 1
        assert not identity.rows("SELECT * FROM accounts")
        assert store.wait(0, 5) == 1
        (secure,) = identity.rows(
            "SELECT bool_and(ssl) AS each FROM pg_stat_ssl JOIN pg_stat_activity USING (pid)"
            " WHERE backend_type = 'client backend'"
        )
        assert secure["each"] is True


@pytest.mark.needs("postgres")
@pytest.mark.parametrize("wrong", ["authority", "name"])
def test_another_postgresql_is_not_spoken_to(postgres: PostgresNode, proven: Certificates, wrong: str) -> None:
    root = proven.stranger if wrong == "authority" else proven.authority
    address = postgres.url if wrong == "authority" else postgres.url.replace("127.0.0.1", "localhost")
    url = f"{address}?sslmode=verify-full&sslrootcert={root}"
    with closing(PostgresIdentityStore(url)) as identity, pytest.raises(IdentityUnavailable, match=r"certificate"):
        identity.rows("SELECT * FROM accounts")
    with pytest.raises(StoreUnavailable, match="certificate"), closing(PostgresStore(url)) as store:
        store.read("thing-1")


class SecureMinio(MinioNode):
    def __init__(self, folder: Path, proven: Certificates) -> None:
        super().__init__(folder)
        self.authority = proven.authority
        (folder / "certs").mkdir(parents=True)
        shutil.copy(proven.server, folder / "certs" / "public.crt")
        shutil.copy(proven.key, folder / "certs" / "private.key")

    def address(self, host: str, authority: Path) -> str:
        secure = self.url("documents").replace("s3+http://", "s3+https://").replace("127.0.0.1", host)
        return f"{secure}?ca={authority}"

    @property
    def client(self) -> Minio:
        starting = urllib3.Retry(total=8, backoff_factor=0.2, status_forcelist=[503])
        pool = urllib3.PoolManager(cert_reqs="CERT_REQUIRED", ca_certs=str(self.authority), retries=starting)
        return Minio(f"127.0.0.1:{self.port}", USER, self._password, region="us-east-1", http_client=pool)

    def _ready(self) -> bool:
        context = ssl.create_default_context(cafile=self.authority)
        try:
            with urlopen(f"https://127.0.0.1:{self.port}/minio/health/ready", timeout=2, context=context):
                return True
        except (OSError, URLError):
            return False


@pytest.fixture
def object_store(tmp_path: Path, proven: Certificates) -> Iterator[SecureMinio]:
    node = SecureMinio(tmp_path / "minio", proven)
    try:
        node.start()
        node.make_bucket("documents")
        yield node
    finally:
        node.stop()


@pytest.mark.needs("minio")
def test_documents_in_an_object_store_whose_name_is_verified(object_store: SecureMinio, proven: Certificates) -> None:
    blobs = S3Blobs(object_store.address("127.0.0.1", proven.authority))
    kept = blobs.put([b"van ban"])
    assert blobs.read(kept.sha256) == b"van ban"
    for host, authority in (("127.0.0.1", proven.stranger), ("localhost", proven.authority)):
        with pytest.raises(BlobsUnavailable):
            S3Blobs(object_store.address(host, authority)).read(kept.sha256)


class SecureRabbit(RabbitNode):
    def __init__(self, folder: Path, proven: Certificates) -> None:
        super().__init__(folder)
        self.proven = proven
        self.tls_port = free_port()

    def address(self, vhost: str, host: str, authority: Path) -> str:
        plain = self.url(vhost).replace(f"127.0.0.1:{self.port}", f"{host}:{self.tls_port}")
        return f"{plain.replace('amqp:', 'amqps:')}?cacertfile={authority}"

    def _prepare(self) -> None:
        super()._prepare()
        with (self.folder / "rabbitmq.conf").open("a") as configuration:
            configuration.write(
                f"listeners.ssl.1 = 127.0.0.1:{self.tls_port}\n"
                f"ssl_options.cacertfile = {self.proven.authority}\n"
                f"ssl_options.certfile = {self.proven.server}\n"
                f"ssl_options.keyfile = {self.proven.key}\n"
                "ssl_options.verify = verify_none\n"
                "ssl_options.fail_if_no_peer_cert = false\n"
            )


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory, proven: Certificates) -> Iterator[SecureRabbit]:
    node = SecureRabbit(tmp_path_factory.mktemp("rabbitmq"), proven)
    node.start()
    yield node
    node.stop()


def on_bus(broker: SecureRabbit, folder: Path, vhost: str, host: str, authority: Path) -> Settings:
    address = broker.address(vhost, host, authority)
    return Settings(data_dir=folder, bus_url=address, bus_admin_url=broker.admin_url, rpc_timeout_seconds=30)


@pytest.mark.needs("rabbitmq")
def test_commands_and_facts_cross_a_broker_whose_name_is_verified(
    broker: SecureRabbit, proven: Certificates, tmp_path: Path
) -> None:
    settings = on_bus(broker, tmp_path, f"test-{uuid7().hex}", "127.0.0.1", proven.authority)
    setup(settings)
    service = Child("directory", ["dienhong.hosting", "directory"], environment(settings), lambda _line: None)
    clients, publisher = RpcClients(settings.bus_url, 30), RabbitPublisher(settings.bus_url)
    service.start()
    clients.start()
    try:
        command = stamped(RegisterPerson, person_id=uuid7(), full_name="Đại biểu Ana")
        assert clients.execute(command).position == 1
        assert publisher.lead()
        publisher.publish([Fact("directory.events", "PersonRegistered", str(uuid7()), b"{}", heard=False)])
    finally:
        publisher.close()
        clients.stop()
        assert service.stop() == 0


@pytest.mark.needs("rabbitmq")
@pytest.mark.parametrize("wrong", ["authority", "name"])
def test_another_broker_is_not_spoken_to(
    broker: SecureRabbit,
    proven: Certificates,
    tmp_path: Path,
    eventually: Callable[[Callable[[], bool]], None],
    wrong: str,
) -> None:
    host, authority = ("127.0.0.1", proven.stranger) if wrong == "authority" else ("localhost", proven.authority)
    settings = on_bus(broker, tmp_path, "/", host, authority)
    with pytest.raises(BusUnavailable, match="certificate verify failed"):
        RabbitPublisher(settings.bus_url).lead()
    clients = RpcClients(settings.bus_url, 1)
    clients.start()
    with pytest.raises(TryLater):
        clients.execute(stamped(RegisterPerson, person_id=uuid7(), full_name="Đại biểu Ana"))
    clients.stop()
    lines: list[str] = []
    service = Child("directory", ["dienhong.hosting", "directory"], environment(settings), lines.append)
    service.start()
    try:
        eventually(lambda: any("certificate verify failed" in line for line in lines))
    finally:
        service.kill()
        service.stop()
    assert not any("service_ready" in line for line in lines)
