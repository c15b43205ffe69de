"""What pages are made of arrives compressed where a browser takes it, whole and unchanged."""

import gzip
from pathlib import Path

import pytest

from tests.world import World

STATIC = Path(__file__).parents[2] / "gateway" / "web" / "static"
READER = "vendor/pdfjs-dist/legacy/build/pdf.worker.min.mjs"
FONT = next((STATIC / "vendor" / "be-vietnam-pro").rglob("*.woff2")).relative_to(STATIC)


@pytest.mark.parametrize("name", ["css/app.css", "js/forms.js", READER])
def test_texts_are_compressed_for_whoever_takes_gzip(shared_world: World, name: str) -> None:
    client, original = shared_world.client("ana"), (STATIC / name).read_bytes()
    with client.stream("GET", f"/static/{name}", headers={"Accept-Encoding": "br, gzip"}) as answer:
        sent = b"".join(answer.iter_raw())
    assert answer.headers["content-encoding"] == "gzip" and "Accept-Encoding" in answer.headers["vary"]
    assert len(sent) == int(answer.headers["content-length"]) < len(original) / 2
    assert gzip.decompress(sent) == original
    again = client.get(f"/static/{name}", headers={"If-None-Match": answer.headers["etag"]})
    assert again.status_code == 304


@pytest.mark.parametrize("takes", ["identity", "gzip;q=0", "br"])
def test_others_get_the_file_as_it_is(shared_world: World, takes: str) -> None:
    answer = shared_world.client("ana").get("/static/css/app.css", headers={"Accept-Encoding": takes})
    assert "content-encoding" not in answer.headers
    assert answer.content == (STATIC / "css/app.css").read_bytes()


def test_a_font_is_sent_as_it_is(shared_world: World) -> None:
    answer = shared_world.client("ana").get(f"/static/{FONT}", headers={"Accept-Encoding": "gzip"})
    assert "content-encoding" not in answer.headers
