"""The object store killed while documents go up: each is there as a whole or not at all, and can be sent again."""

import hashlib
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from dienhong.nodes.minio import MinioNode
from kernel.adapters.blobs_s3 import PART_BYTES, S3Blobs
from kernel.ports import BlobsUnavailable
from tests.distributed.rounds import ROUNDS


@pytest.fixture
def node(tmp_path: Path) -> Iterator[MinioNode]:
    node = MinioNode(tmp_path)
    node.start()
    node.make_bucket("papers")
    yield node
    node.stop()


@pytest.mark.needs("minio")
@pytest.mark.slow
def test_killed_in_the_middle_of_uploads_it_shows_no_half_of_one(node: MinioNode) -> None:
    blobs = S3Blobs(node.url("papers"))
    blobs.probe()
    cut = 0
    for _ in range(ROUNDS):
        data = os.urandom(3 * PART_BYTES)
        key = hashlib.sha256(data).hexdigest()
        with ThreadPoolExecutor(1) as threads:
            upload = threads.submit(blobs.put, [data])
            while not upload.done() and not _under_way(node, key):
                pass
            node.kill()
            failed = isinstance(upload.exception(), BlobsUnavailable)
        node.start()
        cut += failed
        if blobs.has(key):  # the answer may be lost after the last part is in
            assert blobs.read(key) == data
        else:
            assert failed
        blobs.put([data])
        assert blobs.read(key) == data
    assert cut > 0


def _under_way(node: MinioNode, key: str) -> bool:
    found = node.client._list_multipart_uploads("papers", prefix=f"sha256/{key}")
    return bool(found.uploads)
