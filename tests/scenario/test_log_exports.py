"""Taking the log away through the gateway: recorded, resumable, the command line's file, verifiable without us."""

import json
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import httpx2
import pytest
from typer.testing import CliRunner

from audit import verifier
from dienhong.cli import app
from gateway.audits.exports import Exports
from kernel.ports import NotStored
from tests.files import pdf
from tests.scenario.test_auditing import shown
from tests.scenario.test_documents import plan, upload
from tests.scenario.test_ledger import signed_up_to_now
from tests.world import Client, World

pytestmark = pytest.mark.embedded


@pytest.fixture(scope="module")
def office(shared_world: World) -> Iterator[World]:
    """With a document to be taken along."""
    upload(shared_world.client("clerk"), plan(shared_world), pdf("Tờ trình"))
    yield shared_world


@dataclass
class Taken:
    world: World
    client: Client
    url: str
    size: int


@pytest.fixture
def taken(office: World) -> Taken:
    client = office.client("auditor")
    size = signed_up_to_now(office).size
    export = client.ok("POST", "/audit/exports", {"documents": True})["id"]
    return Taken(office, client, f"/api/v1/audit/exports/{export}/file", size)


def test_who_takes_the_log_away_is_recorded_and_told(taken: Taken) -> None:
    text = shown(taken.client, "/audit")
    assert "Các lần lập bản xuất gần đây" in text and "Kiểm toán viên" in text and "Kèm tài liệu" in text
    head = taken.world.embedded.store.wait(0, 0)
    assert f"Tải bản xuất nhật ký gồm {taken.size} sự kiện" in shown(taken.client, f"/audit/events/{head}")


def test_an_export_that_broke_off_goes_on_and_verifies_on_a_bare_python(taken: Taken, tmp_path: Path) -> None:
    cookie = "; ".join(f"{name}={value}" for name, value in taken.client.cookies.items())
    with httpx2.Client(base_url=taken.world.serve(), headers={"Cookie": cookie}, timeout=60) as away:
        with away.stream("GET", taken.url) as broken:
            size, etag = int(broken.headers["content-length"]), broken.headers["etag"]
            got = next(broken.iter_bytes(size // 3))
        rest = away.get(taken.url, headers={"Range": f"bytes={len(got)}-", "If-Range": etag})
    assert rest.status_code == 206 and 0 < len(got) < size
    assert rest.headers["content-range"] == f"bytes {len(got)}-{size - 1}/{size}"
    target = tmp_path / "export.tar"
    target.write_bytes(got + rest.content)
    with tarfile.open(target) as tar:
        checker = tar.extractfile("verifier.py")
        assert checker is not None
        (tmp_path / "verifier.py").write_bytes(checker.read())
    assert (tmp_path / "verifier.py").read_bytes() == Path(verifier.__file__).read_bytes()
    for verb in ("verify", "blobs"):
        command = [sys.executable, "-I", str(tmp_path / "verifier.py"), verb, str(target), "--json"]
        ran = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, check=False)
        assert ran.returncode == 0, ran.stdout + ran.stderr
        assert json.loads(ran.stdout)["size"] == taken.size


def test_the_file_is_the_one_that_the_command_line_writes(
    office: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world, client = office, office.client("auditor")
    monkeypatch.setenv("DIENHONG_DATA_DIR", str(world.settings.data_dir))
    monkeypatch.setenv("DIENHONG_DEPLOYMENT", world.settings.deployment)
    size = signed_up_to_now(world).size
    for documents in (True, False):
        target = tmp_path / f"{documents}.tar"
        words = ["audit", "export", str(target), "--documents" if documents else "--no-documents"]
        done = CliRunner().invoke(app, words)
        assert done.exit_code == 0, done.output
        taken = client.ok("POST", "/audit/exports", {"documents": documents})["id"]
        given = client.get(f"/api/v1/audit/exports/{taken}/file").content
        assert given == target.read_bytes()
        assert size < (size := signed_up_to_now(world).size), "taking it away is recorded"


def test_an_export_stays_the_same_file_while_the_log_grows(taken: Taken) -> None:
    first = taken.client.get(taken.url)
    signed_up_to_now(taken.world)
    newer = taken.client.ok("POST", "/audit/exports", {"documents": True})["id"]
    other = taken.client.get(f"/api/v1/audit/exports/{newer}/file")
    assert other.headers["etag"] != first.headers["etag"]
    taken.world.app.state.exports = Exports()
    again = taken.client.get(taken.url)
    assert (again.content, again.headers["etag"]) == (first.content, first.headers["etag"])
    mixed = taken.client.get(taken.url, headers={"Range": "bytes=100-", "If-Range": other.headers["etag"]})
    assert mixed.status_code == 200 and mixed.content == first.content
    beyond = taken.client.get(taken.url, headers={"Range": f"bytes={len(first.content)}-"})
    assert beyond.status_code == 416


def test_only_who_made_an_export_gets_its_file(taken: Taken) -> None:
    assert taken.world.client("admin").refused("GET", taken.url) == (404, "not_found")
    assert taken.world.client("chair").refused("GET", taken.url)[0] == 403
    assert taken.world.client("chair").refused("POST", "/audit/exports", {"documents": False})[0] == 403


def test_what_was_lost_meanwhile_breaks_the_download_off_and_the_next_one_is_told_anew(taken: Taken) -> None:
    """Never other bytes than were announced: the file is measured again, without what is no longer there."""
    first = taken.client.get(taken.url)
    with tarfile.open(fileobj=BytesIO(first.content)) as tar:
        lost = next(each for each in tar.getnames() if each.startswith("blobs/")).rpartition("/")[2]
    stored = next((taken.world.settings.data_dir / "documents").rglob(lost))
    held = stored.read_bytes()
    stored.unlink()
    try:
        with pytest.raises(NotStored):
            taken.client.get(taken.url)
        again = taken.client.get(taken.url)
        assert again.status_code == 200 and again.headers["etag"] != first.headers["etag"]
    finally:
        stored.write_bytes(held)
