"""An S3 server as the adapter meets it: the way there, what it says when it cannot, and what it can do."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

import urllib3
from minio import Minio
from minio.datatypes import Object
from minio.error import MinioException, S3Error

from kernel.ports import BlobsUnavailable

NOT_OFFERED = {"NotImplemented", "MethodNotAllowed"}
NO_LOCK = {"ObjectLockConfigurationNotFoundError", "NoSuchObjectLockConfiguration", "InvalidRequest", *NOT_OFFERED}


@dataclass(frozen=True, slots=True)
class Report:
    """What the server can do for us, as it showed when it was asked."""

    server: str
    bucket: str
    encrypted_line: bool
    conditional_writes: bool
    versions: bool
    object_lock: bool
    retention: str

    @property
    def sentence(self) -> str:
        locked = f"objects are locked for {self.retention}" if self.retention else "objects are under legal hold"
        return (
            f"Documents are kept in bucket {self.bucket} of {self.server or 'an S3 server'}"
            f" {'over TLS' if self.encrypted_line else 'over an unencrypted line'};"
            f" {'the server refuses to overwrite' if self.conditional_writes else 'it is looked before it is written'};"
            f" {'versions are kept' if self.versions else 'no versions are kept'};"
            f" {locked if self.object_lock else 'the bucket has no object lock'}."
        )


def keeps_versions(client: Minio, bucket: str) -> bool:
    try:
        return client.get_bucket_versioning(bucket).status == "Enabled"
    except S3Error as error:
        if error.code not in NOT_OFFERED:
            raise
        return False


def lock_of(client: Minio, bucket: str) -> tuple[bool, str]:
    """Whether the bucket locks objects, and for which term if it has one."""
    try:
        config = client.get_object_lock_config(bucket)
    except S3Error as error:
        if error.code not in NO_LOCK:
            raise
        return False, ""
    return True, f"{config.duration} {config.duration_unit} ({config.mode})" if config.mode else ""


def held_until(client: Minio, version: Object) -> str:
    """In words, how long a lock of its own keeps this version of an object; empty where none does."""
    if version.is_delete_marker or version.object_name is None:
        return ""
    where = version.bucket_name, version.object_name, version.version_id
    try:
        retention = client.get_object_retention(*where)
        if retention is not None and retention.retain_until_date > datetime.now(UTC):
            return f"it is locked ({retention.mode}) until {retention.retain_until_date:%Y-%m-%d %H:%M} UTC"
        if client.is_object_legal_hold_enabled(*where):
            return "it is under legal hold, which who runs the object store must lift first"
    except S3Error as error:
        if error.code not in NO_LOCK:
            raise
    return ""


@contextmanager
def reaching() -> Iterator[None]:
    try:
        yield
    except S3Error as error:
        raise BlobsUnavailable(f"{error.code}: {error.message}") from error
    except (MinioException, urllib3.exceptions.HTTPError, OSError) as error:
        raise BlobsUnavailable(f"{type(error).__name__}: {error}") from error


def connections(authority: str) -> urllib3.PoolManager:
    return urllib3.PoolManager(
        maxsize=32,
        timeout=urllib3.Timeout(connect=3, read=30),
        retries=urllib3.Retry(total=2, backoff_factor=0.1, status_forcelist=(500, 502, 503, 504)),
        cert_reqs="CERT_REQUIRED",
        ca_certs=authority,
    )
