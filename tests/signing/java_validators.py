"""Two validators in Java: DSS of the European Commission for signatures, veraPDF for PDF/A. One process for all files.

`make signing-real` builds the program in `java/`. It has no connection to anybody: what authorities say about
revocation is in the file, or given beside it.
"""

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from certomancer.registry import ServiceLabel

from tests.signing.authority import Authority

NEEDED = "dss and verapdf (mvn, java, make signing-real)"
PROGRAM = Path(__file__).parent / "java" / "target" / "validators.jar"


@dataclass(frozen=True)
class DssSignature:
    """`level`: the parts that it found, as `PAdES-BASELINE-LT`. `at`: the time that it takes for that of signing."""

    signer: str
    level: str
    indication: str
    why: str
    at: str
    errors: tuple[str, ...]
    warnings: tuple[str, ...]

    @property
    def passed(self) -> bool:
        return self.indication == "TOTAL_PASSED"


@dataclass(frozen=True)
class DssStamp:
    id: str
    indication: str
    why: str
    at: str


@dataclass(frozen=True)
class Dss:
    """`unreadable`: why it did not get as far as the signatures."""

    signatures: tuple[DssSignature, ...] = ()
    stamps: tuple[DssStamp, ...] = ()
    unreadable: str = ""

    @property
    def passed(self) -> bool:
        return bool(self.signatures) and all(each.passed for each in self.signatures)


@dataclass(frozen=True)
class VeraPdf:
    """`broken`: clause, test and sentence of each rule of PDF/A-2b that the file breaks."""

    broken: tuple[str, ...]
    claimed: str


@dataclass(frozen=True)
class Trusted:
    """Files in DER. `lists`: revocation lists as of now, for files that bring none."""

    anchors: tuple[Path, ...]
    intermediates: tuple[Path, ...]
    lists: tuple[Path, ...]


class JavaValidators:
    def __init__(self, process: subprocess.Popen[str], folder: Path) -> None:
        self._process = process
        self._folder = folder

    def dss(self, pdf: bytes, trusted: Trusted, *, alone: bool = False, at: datetime | None = None) -> Dss:
        """`alone`: the file must prove everything by itself. `at`: the moment of looking, now by default."""
        trust = {
            "anchors": list(map(str, trusted.anchors)),
            "intermediates": list(map(str, trusted.intermediates)),
            "revocation": [] if alone else list(map(str, trusted.lists)),
        }
        told = self._answer(pdf, trust=trust, at=at.isoformat().replace("+00:00", "Z") if at else None)
        if "unreadable" in told:
            return Dss(unreadable=told["unreadable"])
        signatures = (
            {**each, "errors": tuple(each["errors"]), "warnings": tuple(each["warnings"])}
            for each in told["signatures"]
        )
        return Dss(
            tuple(DssSignature(**each) for each in signatures), tuple(DssStamp(**each) for each in told["stamps"])
        )

    def verapdf(self, pdf: bytes) -> VeraPdf:
        told = self._answer(pdf)
        if "unreadable" in told:
            return VeraPdf((told["unreadable"],), "")
        return VeraPdf(tuple(told["broken"]), told["claimed"])

    def _answer(self, pdf: bytes, **question: object) -> Any:
        path = self._folder / "asked.pdf"
        path.write_bytes(pdf)
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps({"path": str(path), **question}) + "\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())


@contextmanager
def running(folder: Path) -> Iterator[JavaValidators]:
    command = ["java", "-Xmx768m", "-XX:+UseSerialGC", "-Djava.awt.headless=true", "-jar", str(PROGRAM)]
    with (folder / "stderr").open("w") as errors:
        process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, text=True, encoding="utf-8"
        )
        with process:
            try:
                yield JavaValidators(process, folder)
            finally:
                assert process.stdin is not None
                process.stdin.close()


def trusted(authority: Authority, folder: Path) -> Trusted:
    """The test authority, as a validator by others is told of it."""

    def kept(name: str, content: bytes) -> Path:
        path = folder / name
        path.write_bytes(content)
        return path

    services = authority.architecture().service_registry
    now = datetime.now().astimezone()
    return Trusted(
        anchors=(kept("root.cer", authority.certificate("root")),),
        intermediates=(kept("issuing.cer", authority.certificate("issuing")),),
        lists=tuple(
            kept(f"{each}.crl", services.get_crl(ServiceLabel(each), now).dump()) for each in ("root", "issuing")
        ),
    )
