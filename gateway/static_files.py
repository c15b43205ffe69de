"""Style sheets and scripts of the pages, sent compressed to whoever takes gzip: a hall has one access point."""

import gzip
from functools import lru_cache
from os import PathLike, stat_result
from pathlib import Path

from starlette.datastructures import Headers
from starlette.responses import FileResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

TEXTS = frozenset({".css", ".js", ".mjs", ".svg"})
"""Files of text. Fonts and pictures are compressed already."""

SMALLEST = 1024


class CompressedFiles(StaticFiles):
    """Nothing here depends on a secret, so what compression tells by its length is told of public files only."""

    def file_response(
        self, full_path: str | PathLike[str], stat_result: stat_result, scope: Scope, status_code: int = 200
    ) -> Response:
        plain = super().file_response(full_path, stat_result, scope, status_code)
        path = Path(full_path)
        if path.suffix not in TEXTS or stat_result.st_size < SMALLEST:
            return plain
        plain.headers["Vary"] = "Accept-Encoding"
        if not isinstance(plain, FileResponse) or not _takes_gzip(Headers(scope=scope)):
            return plain
        body = _compressed(path, stat_result.st_mtime_ns)
        kept = {name: value for name, value in plain.headers.items() if name != "content-length"}
        # Two encodings of one file are the same thing, not the same bytes (RFC 9110, 8.8.1): its tag is a weak one.
        return Response(body, status_code, {**kept, "content-encoding": "gzip", "etag": f"W/{kept['etag']}"})


def _takes_gzip(headers: Headers) -> bool:
    offered = (each.strip().split(";") for each in headers.get("accept-encoding", "").split(","))
    return any(name == "gzip" and "q=0" not in (each.strip() for each in weight) for name, *weight in offered)


@lru_cache(maxsize=256)
def _compressed(path: Path, changed_ns: int) -> bytes:
    return gzip.compress(path.read_bytes(), mtime=0)
