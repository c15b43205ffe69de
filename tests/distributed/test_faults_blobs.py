"""The object store killed while documents go up and are read: what was acknowledged stays, no event lacks its bytes."""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from urllib.parse import quote

import httpx2
import pytest

from dienhong.embedded import CODEC
from dienhong.nodes.minio import MinioNode
from dienhong.nodes.postgres import PostgresNode
from dienhong.nodes.rabbitmq import RabbitNode
from kernel.adapters.blobs_s3 import S3Blobs
from kernel.ids import uuid7
from services.documents.messages import DocumentAdded, TextExtracted, VersionAdded
from tests.distributed.deployment import Deployment, asleep
from tests.distributed.load import Load, holds_polls, plans_agenda, registers_people, uploads_documents
from tests.distributed.rounds import ROUNDS
from tests.files import pdf
from tests.scenario.test_documents import plan

pytestmark = [pytest.mark.needs("postgres", "rabbitmq", "minio"), pytest.mark.slow, pytest.mark.timeout(900)]
Eventually = Callable[[Callable[[], bool]], None]


@pytest.fixture(scope="module")
def papers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MinioNode]:
    node = MinioNode(tmp_path_factory.mktemp("minio"))
    node.start()
    node.make_bucket("papers")
    yield node
    node.stop()


@pytest.fixture(scope="module")
def deployment(
    tmp_path_factory: pytest.TempPathFactory, postgres_node: PostgresNode, rabbit_node: RabbitNode, papers: MinioNode
) -> Iterator[Deployment]:
    folder = tmp_path_factory.mktemp("deployment")
    deployment = Deployment(folder, postgres_node, rabbit_node, blobs_url=papers.url("papers"))
    yield deployment
    deployment.stop()


class Clerk:
    """Uploads a document and reads it at one gateway, once each time, and keeps what was answered."""

    def __init__(self, deployment: Deployment) -> None:
        world, cookie = deployment.world, deployment.world.embedded.identity.cookie_name
        self.meeting = plan(world)
        self._client = httpx2.Client(
            base_url=f"{deployment.addresses['gateway-1']}/api/v1",
            cookies={cookie: str(world.client("clerk").cookies[cookie])},
            timeout=60,
        )

    def uploads(self, paper: bytes, key: str) -> httpx2.Response:
        headers = {
            "Idempotency-Key": key,
            "X-File-Name": quote("tờ trình.pdf"),
            "Content-Type": "application/octet-stream",
        }
        return self._client.put(f"/meetings/{self.meeting}/documents", headers=headers, content=paper)

    def reads(self, document: str) -> httpx2.Response:
        return self._client.get(f"/documents/{document}/file")

    def close(self) -> None:
        self._client.close()


@pytest.fixture
def clerk(deployment: Deployment) -> Iterator[Clerk]:
    clerk = Clerk(deployment)
    yield clerk
    clerk.close()


@contextmanager
def away(papers: MinioNode) -> Iterator[None]:
    papers.kill()
    try:
        yield
    finally:
        papers.start()


def assert_away(answer: httpx2.Response) -> None:
    told = answer.status_code, answer.json()["code"], answer.headers.get("Retry-After")
    assert told == (503, "documents_unavailable", "5"), answer.text


def test_a_killed_object_store_costs_retries_and_no_document(
    deployment: Deployment, papers: MinioNode, clerk: Clerk, eventually: Eventually
) -> None:
    written = [pdf(f"Tờ trình số {uuid7()}") for _ in range(ROUNDS)]
    unread = [clerk.uploads(paper, str(uuid7())).json()["id"] for paper in written]
    with Load(deployment, registers_people, uploads_documents, uploads_documents) as load:
        for paper, document in zip(written, unread, strict=True):
            load.goes_on(1)
            new, key = pdf(f"Báo cáo số {uuid7()}"), str(uuid7())
            with away(papers):
                assert_away(clerk.uploads(new, key))
                assert_away(clerk.reads(document))
            assert clerk.reads(document).content == paper
            done = clerk.uploads(new, key).json()
            load.told.append(("DocumentAttached", f"meeting-{clerk.meeting}", done["position"]))
            assert clerk.uploads(new, key).json() == done
            load.goes_on(1)
            eventually(lambda id=done["id"], new=new: clerk.reads(id).content == new)  # type: ignore[misc]
    load.check()
    assert load.retried["503"] > 0
    assert_all_named_bytes_are_there(deployment, papers)


def assert_all_named_bytes_are_there(deployment: Deployment, papers: MinioNode) -> None:
    blobs, named = S3Blobs(papers.url("papers")), 0  # with no copies of its own yet
    for recorded in deployment.recorded():
        match CODEC.decode(recorded):
            case DocumentAdded(sha256=sha256) | VersionAdded(sha256=sha256):
                kept: list[str | None] = [sha256]
            case TextExtracted() as extracted:
                kept = [extracted.text_sha256, extracted.pdf_sha256]
            case _:
                kept = []
        for sha256 in filter(None, kept):
            assert hashlib.sha256(blobs.read(sha256)).hexdigest() == sha256
            named += 1
    assert named > ROUNDS


def ready(deployment: Deployment, gateway: str) -> tuple[int, Any]:
    answer = httpx2.get(f"{deployment.addresses[gateway]}/ready", timeout=60)
    return answer.status_code, answer.json()


def test_a_gateway_starts_and_votes_without_the_object_store_and_says_that_it_is_away(
    deployment: Deployment, papers: MinioNode, eventually: Eventually
) -> None:
    deployment.settle()
    with away(papers):
        deployment.children["gateway-2"].kill()
        deployment.until_ready("gateway-2")
        eventually(lambda: ready(deployment, "gateway-2")[1]["documents_failing"] == "BlobsUnavailable")
        status, state = ready(deployment, "gateway-2")
        assert (status, state["status"]) == (200, "degraded")
        with Load(deployment, registers_people, holds_polls) as load:
            load.goes_on()
    load.check()
    eventually(lambda: ready(deployment, "gateway-2")[1]["status"] == "ready")


def hits(deployment: Deployment, gateway: str, words: str) -> list[str]:
    """Document ids, as one asks this gateway who saw the last event elsewhere."""
    world, cookie = deployment.world, deployment.world.embedded.identity.cookie_name
    cookies = {cookie: str(world.client("clerk").cookies[cookie]), "seen": str(deployment.head())}
    question = {"q": words, "kind": "document"}
    address = f"{deployment.addresses[gateway]}/api/v1/search"
    answer = httpx2.get(address, params=question, cookies=cookies, timeout=60).raise_for_status()
    return [each["id"] for each in answer.json()["hits"]]


def shows_all(deployment: Deployment, gateway: str) -> bool:
    status, state = ready(deployment, gateway)
    return status == 200 and state["views_failing"] is None and state["views_position"] == state["log_position"]


def test_votes_and_agenda_are_shown_while_a_text_cannot_be_had_and_the_text_is_found_afterwards(
    deployment: Deployment, papers: MinioNode, clerk: Clerk, eventually: Eventually
) -> None:
    word = f"giao{uuid7().hex}"
    deployment.settle()
    with ExitStack() as outage:
        with asleep(deployment.children["gateway-2"]):
            document = clerk.uploads(pdf(f"Đường sắt {word}"), str(uuid7())).json()["id"]
            deployment.world.settle()
            eventually(lambda: hits(deployment, "gateway-1", word) == [document])
            outage.enter_context(away(papers))
        with Load(deployment, plans_agenda, holds_polls) as load:
            load.goes_on()
        assert hits(deployment, "gateway-1", word) == [document]
        assert hits(deployment, "gateway-2", word) == []
        eventually(lambda: shows_all(deployment, "gateway-2"))
    eventually(lambda: hits(deployment, "gateway-2", word) == [document])
    load.check()
