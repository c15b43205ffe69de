import os
import time
from pathlib import Path

import pytest

from kernel.adapters.blobs_files import CHUNK_BYTES, FileBlobs
from kernel.ports import StoreUnavailable
from tests.contract.blobs import KEY, TEXT, Damage, ErasableBlobsContract


class TestFolder(ErasableBlobsContract):
    @pytest.fixture
    def blobs(self, tmp_path: Path) -> FileBlobs:
        return FileBlobs(tmp_path / "documents")

    @pytest.fixture
    def damage(self, tmp_path: Path) -> Damage:
        def overwrite(key: str, wrong: bytes) -> None:
            path = tmp_path / "documents" / key[:2] / key
            path.chmod(0o640)
            path.write_bytes(wrong)

        return overwrite

    def test_survives_a_restart(self, tmp_path: Path, blobs: FileBlobs) -> None:
        blobs.put([TEXT])
        assert FileBlobs(tmp_path / "documents").read(KEY) == TEXT

    def test_sweeps_uploads_that_never_finished_and_keeps_those_under_way(
        self, tmp_path: Path, blobs: FileBlobs
    ) -> None:
        incoming = tmp_path / "documents" / "incoming"
        (incoming / "gone meanwhile").symlink_to("nowhere")
        (incoming / "old").write_bytes(TEXT)
        (incoming / "new").write_bytes(TEXT)
        yesterday = time.time() - 25 * 3600
        os.utime(incoming / "old", (yesterday, yesterday))
        FileBlobs(tmp_path / "documents")
        assert {each.name for each in incoming.iterdir()} == {"new", "gone meanwhile"}

    @pytest.mark.parametrize("size", [0, 1, 2 * CHUNK_BYTES + 7])
    def test_the_bytes_are_overwritten_before_their_name_is_gone(
        self, tmp_path: Path, blobs: FileBlobs, size: int
    ) -> None:
        key = blobs.put([b"x" * size]).sha256
        (tmp_path / "kept").hardlink_to(tmp_path / "documents" / key[:2] / key)
        blobs.erase(key)
        assert (tmp_path / "kept").read_bytes() == bytes(size)

    def test_says_when_the_folder_cannot_be_written(self, tmp_path: Path, blobs: FileBlobs) -> None:
        (tmp_path / "documents" / KEY[:2]).write_bytes(b"a file where a folder belongs")
        with pytest.raises(StoreUnavailable):
            blobs.put([TEXT])
