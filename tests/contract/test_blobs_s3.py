"""The adapter for S3 against a real server: MinIO, started for these tests."""

import hashlib
import io
import os
import subprocess
import sys
import tracemalloc
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from uuid import uuid4

import pytest
from fastapi import FastAPI
from minio.commonconfig import COMPLIANCE, ENABLED
from minio.objectlockconfig import DAYS, ObjectLockConfig
from minio.versioningconfig import VersioningConfig
from starlette.testclient import TestClient

from dienhong.nodes.minio import MinioNode
from gateway import errors
from kernel.adapters.blobs_s3 import PART_BYTES, S3Blobs
from kernel.adapters.verified_copies import Copies
from kernel.ports import BlobHeld, BlobsUnavailable, NotStored
from kernel.scratch import IN_USE
from tests.contract.blobs import KEY, TEXT, BlobsContract, Damage, ErasableBlobsContract

ROOT = Path(__file__).parents[2]
needs_minio = pytest.mark.needs("minio")


class Bucket(BlobsContract):
    """A bucket of its own for each test."""

    object_lock: bool

    @pytest.fixture
    def bucket(self, minio_node: MinioNode) -> str:
        bucket = uuid4().hex
        minio_node.make_bucket(bucket, self.object_lock)
        return bucket

    @pytest.fixture
    def blobs(self, minio_node: MinioNode, bucket: str) -> S3Blobs:
        return S3Blobs(minio_node.url(bucket))

    @pytest.fixture
    def damage(self, minio_node: MinioNode, bucket: str) -> Damage:
        def overwrite(key: str, wrong: bytes) -> None:
            minio_node.client.put_object(bucket, f"sha256/{key}", io.BytesIO(wrong), len(wrong))

        return overwrite

    def test_keeps_large_files_in_parts_without_holding_them_in_memory(
        self, blobs: S3Blobs, minio_node: MinioNode, bucket: str
    ) -> None:
        size, digest = 5 * PART_BYTES + 17, hashlib.sha256()
        tracemalloc.start()
        blob = blobs.put(_random(size, digest))
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert (blob.size, blob.sha256) == (size, digest.hexdigest())
        assert most < 3.5 * PART_BYTES
        assert minio_node.client.stat_object(bucket, f"sha256/{blob.sha256}").etag.endswith("-6")
        tail = b"".join(blobs.chunks(blob.sha256, start=size - 17))
        assert tail == blobs.read(blob.sha256)[-17:]

    def test_what_has_been_verified_is_read_again_from_the_copy(
        self, blobs: S3Blobs, minio_node: MinioNode, bucket: str
    ) -> None:
        blobs.put([TEXT])
        blobs.read(KEY)
        minio_node.client.remove_object(bucket, f"sha256/{KEY}")
        assert b"".join(blobs.chunks(KEY, start=5)) == TEXT[5:]
        with pytest.raises(NotStored):
            S3Blobs(minio_node.url(bucket)).read(KEY)

    def test_keeps_to_its_folder_in_a_shared_bucket(self, minio_node: MinioNode, bucket: str) -> None:
        S3Blobs(minio_node.url(f"{bucket}/council/a")).put([TEXT])
        assert not S3Blobs(minio_node.url(f"{bucket}/council/b")).has(KEY)
        assert minio_node.client.stat_object(bucket, f"council/a/sha256/{KEY}").size == len(TEXT)


@needs_minio
class TestBucket(Bucket, ErasableBlobsContract):
    object_lock = False

    def test_every_version_is_erased_where_the_bucket_keeps_them(
        self, blobs: S3Blobs, minio_node: MinioNode, bucket: str, damage: Damage
    ) -> None:
        minio_node.client.set_bucket_versioning(bucket, VersioningConfig(ENABLED))
        blobs.put([TEXT])
        damage(KEY, b"something else")
        blobs.put([TEXT])
        minio_node.client.remove_object(bucket, f"sha256/{KEY}")
        everything = partial(minio_node.client.list_objects, bucket, f"sha256/{KEY}", include_version=True)
        assert len(list(everything())) == 4
        blobs.erase(KEY)
        assert list(everything()) == []

    def test_reports_what_the_server_can_do(self, blobs: S3Blobs) -> None:
        report = blobs.probe()
        assert (report.server, report.conditional_writes, report.versions) == ("MinIO", True, False)
        assert "over an unencrypted line" in report.sentence
        assert "the bucket has no object lock" in report.sentence

    def test_says_that_the_bucket_is_missing(self, minio_node: MinioNode) -> None:
        with pytest.raises(BlobsUnavailable, match="there is no bucket nothing-here"):
            S3Blobs(minio_node.url("nothing-here")).put([TEXT])

    def test_says_that_the_password_is_wrong(self, minio_node: MinioNode, bucket: str) -> None:
        address = minio_node.url(bucket).replace("@", "wrong@")
        with pytest.raises(BlobsUnavailable, match="SignatureDoesNotMatch|AccessDenied"):
            S3Blobs(address).read(KEY)


@needs_minio
class TestLockedBucket(Bucket):
    object_lock = True

    def test_each_object_is_under_legal_hold_where_the_bucket_names_no_term(
        self, blobs: S3Blobs, minio_node: MinioNode, bucket: str
    ) -> None:
        large = [bytes(PART_BYTES), b"!"]
        for key in (blobs.put([TEXT]).sha256, blobs.put(large).sha256):
            assert minio_node.client.is_object_legal_hold_enabled(bucket, f"sha256/{key}")
        assert blobs.probe().sentence.endswith("objects are under legal hold.")

    def test_the_term_of_the_bucket_holds_where_it_names_one(self, minio_node: MinioNode, bucket: str) -> None:
        minio_node.client.set_object_lock_config(bucket, ObjectLockConfig(COMPLIANCE, 1, DAYS))
        blobs = S3Blobs(minio_node.url(bucket))
        blobs.put([TEXT])
        retention = minio_node.client.get_object_retention(bucket, f"sha256/{KEY}")
        assert retention is not None
        assert retention.mode == COMPLIANCE
        assert blobs.probe().sentence.endswith("objects are locked for 1 Days (COMPLIANCE).")

    def test_what_is_under_legal_hold_is_erased_once_that_is_lifted(
        self, blobs: S3Blobs, minio_node: MinioNode, bucket: str
    ) -> None:
        blobs.put([TEXT])
        with pytest.raises(BlobHeld, match="legal hold"):
            blobs.erase(KEY)
        assert blobs.read(KEY) == TEXT
        minio_node.client.disable_object_legal_hold(bucket, f"sha256/{KEY}")
        assert blobs.held(KEY) == ""
        blobs.erase(KEY)
        assert not blobs.has(KEY)

    def test_what_is_locked_for_a_term_is_not_erased_and_it_is_said_until_when(
        self, blobs: S3Blobs, minio_node: MinioNode, bucket: str
    ) -> None:
        minio_node.client.set_object_lock_config(bucket, ObjectLockConfig(COMPLIANCE, 1, DAYS))
        blobs.put([TEXT])
        retention = minio_node.client.get_object_retention(bucket, f"sha256/{KEY}")
        assert retention is not None
        with pytest.raises(BlobHeld, match=f"until {retention.retain_until_date:%Y-%m-%d %H:%M} UTC"):
            blobs.erase(KEY)
        assert blobs.read(KEY) == TEXT

    def test_the_same_bytes_again_make_no_second_version(
        self, blobs: S3Blobs, minio_node: MinioNode, bucket: str
    ) -> None:
        with ThreadPoolExecutor(8) as threads:
            list(threads.map(lambda _: blobs.put([TEXT]), range(24)))
        versions = minio_node.client.list_objects(bucket, f"sha256/{KEY}", include_version=True)
        assert len(list(versions)) == 1


@needs_minio
class TestServerThatGoesAway:
    @pytest.fixture
    def node(self, tmp_path: Path) -> Iterator[MinioNode]:
        node = MinioNode(tmp_path)
        node.start()
        node.make_bucket("papers")
        yield node
        node.stop()

    def test_is_unavailable_and_then_as_before(self, node: MinioNode) -> None:
        blobs = S3Blobs(node.url("papers"))
        blobs.put([TEXT])
        node.stop()
        for attempt in (lambda: blobs.put([b"new"]), lambda: blobs.read(KEY), lambda: blobs.has(KEY)):
            with pytest.raises(BlobsUnavailable):
                attempt()
        node.start()
        assert blobs.read(KEY) == TEXT
        assert not blobs.has(hashlib.sha256(b"new").hexdigest())

    def test_can_be_named_before_it_is_up(self, node: MinioNode) -> None:
        node.stop()
        blobs = S3Blobs(node.url("papers"))
        with pytest.raises(BlobsUnavailable):
            blobs.probe()
        node.start()
        assert blobs.put([TEXT]).sha256 == KEY


@needs_minio
def test_works_inside_a_process_that_eventlet_has_patched(minio_node: MinioNode) -> None:
    minio_node.make_bucket("patched")
    program = """
import eventlet
eventlet.monkey_patch()
import sys
from kernel.adapters.blobs_s3 import S3Blobs
blobs = S3Blobs(sys.argv[1])
pool = eventlet.GreenPool(20)
keys = list(pool.imap(lambda n: blobs.put([b"paper", str(n % 10).encode()]).sha256, range(60)))
assert {blobs.read(key) for key in keys} == {b"paper%d" % n for n in range(10)}
print("done")
"""
    command = [sys.executable, "-c", program, minio_node.url("patched")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=180)
    assert done.stdout.endswith("done\n"), done.stderr


def test_the_oldest_copies_make_room_and_their_readers_read_on(tmp_path: Path) -> None:
    copies = Copies(limit=100)
    readers = []
    for n in range(4):
        file = tmp_path / str(n)
        file.write_bytes(bytes([n]) * 40)
        readers.append(copies.keep(str(n), file))
    assert [copies.open(str(n)) is None for n in range(2)] == [True, True]
    assert [reader.read() for reader in readers] == [bytes([n]) * 40 for n in range(4)]
    assert {each.name for each in copies.folder.iterdir()} == {"2", "3", IN_USE}
    for reader in readers:
        reader.close()


@pytest.mark.parametrize("address", ["s3+http://host:9000", "s3+http:///bucket", "s3+http://host/bucket?rgion=x"])
def test_an_address_that_says_too_little_or_too_much_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match="the address of an object store is"):
        S3Blobs(address)


def test_the_gateway_asks_to_try_later() -> None:
    app = FastAPI()
    errors.install(app)

    @app.get("/api/v1/paper")
    def paper() -> None:
        raise BlobsUnavailable("the server has gone away")

    answer = TestClient(app).get("/api/v1/paper")
    assert (answer.status_code, answer.json()["code"]) == (503, "documents_unavailable")
    assert answer.headers["retry-after"] == "5"


def _random(size: int, digest: "hashlib._Hash") -> Iterator[bytes]:
    while size > 0:
        chunk = os.urandom(min(size, 256 * 1024))
        digest.update(chunk)
        size -= len(chunk)
        yield chunk
