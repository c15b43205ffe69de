"""What every store of bytes must do; an adapter's own test only builds it and knows how to damage it."""

import hashlib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from kernel.ports import Blob, Blobs, Corrupt, ErasableBlobs, LengthMismatch, NotStored

TEXT = "Hồ sơ kỳ họp thứ 12".encode()
KEY = hashlib.sha256(TEXT).hexdigest()
Damage = Callable[[str, bytes], None]


class BlobsContract:
    def test_gives_back_what_was_put_under_the_hash_of_its_bytes(self, blobs: Blobs) -> None:
        assert blobs.put([TEXT[:5], TEXT[5:]]) == Blob(KEY, len(TEXT))
        assert blobs.read(KEY) == TEXT
        assert blobs.has(KEY)

    def test_puts_the_same_bytes_twice_as_one(self, blobs: Blobs) -> None:
        assert blobs.put([TEXT]) == blobs.put([TEXT[:1], TEXT[1:]])
        assert blobs.read(KEY) == TEXT

    def test_holds_no_bytes_at_all_as_a_blob_too(self, blobs: Blobs) -> None:
        blob = blobs.put([])
        assert blob.size == 0
        assert blobs.read(blob.sha256) == b""

    def test_accepts_the_announced_length_and_hash(self, blobs: Blobs) -> None:
        assert blobs.put([TEXT], size=len(TEXT), sha256=KEY).sha256 == KEY

    @pytest.mark.parametrize("announced", [{"size": len(TEXT) - 1}, {"sha256": "0" * 64}])
    def test_stores_nothing_that_differs_from_its_announcement(
        self, blobs: Blobs, announced: dict[str, object]
    ) -> None:
        with pytest.raises(LengthMismatch):
            blobs.put([TEXT], **announced)  # type: ignore[arg-type]
        assert not blobs.has(KEY)

    def test_stores_nothing_of_an_upload_that_breaks_off(self, blobs: Blobs) -> None:
        def broken() -> Iterator[bytes]:
            yield TEXT
            raise ConnectionError("the sender is gone")

        with pytest.raises(Exception, match="the sender is gone"):
            blobs.put(broken())
        assert not blobs.has(KEY)

    @pytest.mark.parametrize("key", ["f" * 64, "", "../../etc/passwd", KEY.upper()])
    def test_says_that_there_is_nothing_under_another_key(self, blobs: Blobs, key: str) -> None:
        blobs.put([TEXT])
        assert not blobs.has(key)
        with pytest.raises(NotStored):
            blobs.read(key)
        with pytest.raises(NotStored):
            list(blobs.chunks(key))

    def test_streams_from_any_place(self, blobs: Blobs) -> None:
        large = bytes(range(256)) * 10_000
        key = blobs.put([large]).sha256
        assert b"".join(blobs.chunks(key)) == large
        assert b"".join(blobs.chunks(key, start=2_000_001)) == large[2_000_001:]
        assert b"".join(blobs.chunks(key, start=len(large))) == b""

    @pytest.mark.parametrize("wrong", [TEXT[:-1] + b"?", TEXT[:-1], TEXT + b"?", b""])
    def test_never_serves_damaged_bytes(self, blobs: Blobs, damage: Damage, wrong: bytes) -> None:
        blobs.put([TEXT])
        damage(KEY, wrong)
        with pytest.raises(Corrupt):
            blobs.read(KEY)
        with pytest.raises(Corrupt):
            blobs.chunks(KEY)

    def test_putting_the_true_bytes_again_repairs_damage(self, blobs: Blobs, damage: Damage) -> None:
        blobs.put([TEXT])
        damage(KEY, b"something else")
        blobs.put([TEXT])
        assert blobs.read(KEY) == TEXT

    def test_many_put_the_same_bytes_at_once(self, blobs: Blobs) -> None:
        with ThreadPoolExecutor(16) as threads:
            stored = set(threads.map(lambda _: blobs.put([TEXT]), range(64)))
        assert stored == {Blob(KEY, len(TEXT))}
        assert blobs.read(KEY) == TEXT


class ErasableBlobsContract(BlobsContract):
    """For stores that no lock keeps from deleting."""

    def test_what_is_erased_is_not_there_any_more_and_all_else_is(self, blobs: ErasableBlobs) -> None:
        other = blobs.put([b"another paper"]).sha256
        blobs.put([TEXT])
        assert blobs.read(KEY) == TEXT
        assert blobs.held(KEY) == ""
        blobs.erase(KEY)
        assert not blobs.has(KEY)
        with pytest.raises(NotStored):
            blobs.read(KEY)
        with pytest.raises(NotStored):
            blobs.chunks(KEY)
        assert blobs.read(other) == b"another paper"

    @pytest.mark.parametrize("key", [KEY, "", "../../etc/passwd"])
    def test_erasing_what_is_not_there_does_nothing(self, blobs: ErasableBlobs, key: str) -> None:
        assert blobs.held(key) == ""
        blobs.erase(key)
        blobs.erase(key)

    def test_damaged_bytes_are_erased_too(self, blobs: ErasableBlobs, damage: Damage) -> None:
        blobs.put([TEXT])
        damage(KEY, b"something else")
        blobs.erase(KEY)
        assert not blobs.has(KEY)
