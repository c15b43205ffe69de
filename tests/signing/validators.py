"""Two validators that share no code with pyHanko: pdfsig (poppler, NSS) and openssl.

pdfsig reads the PDF itself and checks each signature over its range of bytes. openssl is given the container and the
bytes of its range, checks the signature, the chain to the root at the time of signing, and each time stamp (RFC 3161).
Neither checks revocation, what was changed after a signature, or time stamps over the document (pdfsig), and openssl
does not read PDF: the range comes from pypdf.
"""

import io
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

from asn1crypto import cms
from pypdf import PdfReader
from pypdf.generic import DictionaryObject


@dataclass(frozen=True)
class Container:
    """What a signed field holds, as pypdf reads it."""

    kind: str
    signature: bytes
    covered: bytes


def containers(pdf: bytes) -> list[Container]:
    fields = [each.get_object() for each in PdfReader(io.BytesIO(pdf)).root_object["/AcroForm"]["/Fields"]]
    signed = [field["/V"] for field in fields if "/V" in field and field.get("/FT") == "/Sig"]
    return [_container(each, pdf) for each in signed]


def _container(value: DictionaryObject, pdf: bytes) -> Container:
    start, length, second, rest = (int(each) for each in value["/ByteRange"])
    covered = pdf[start : start + length] + pdf[second : second + rest]
    padded = bytes.fromhex(pdf[length + 1 : second - 1].decode())
    return Container(str(value["/Type"]), cms.ContentInfo.load(padded, strict=False).dump(), covered)


@dataclass(frozen=True)
class Said:
    """By pdfsig of one signature."""

    signer: str
    kind: str
    valid: bool
    whole: bool


def pdfsig(pdf: bytes, folder: Path) -> list[Said]:
    path = folder / "signed.pdf"
    path.write_bytes(pdf)
    done = subprocess.run(["pdfsig", "-nocert", path], capture_output=True, text=True, timeout=60, check=False)
    return [
        Said(
            signer=_found(r"Common Name: (.*)", each),
            kind=_found(r"Signature Type: (.*)", each),
            valid="Signature is Valid." in each,
            whole="- Total document signed" in each,
        )
        for each in done.stdout.split("Signature #")[1:]
        if "is not signed" not in each
    ]


def _found(pattern: str, text: str) -> str:
    found = re.search(pattern, text)
    return found[1].strip() if found else ""


@dataclass(frozen=True)
class Openssl:
    """`root`, `issuing`: PEM files."""

    folder: Path
    root: Path
    issuing: Path

    def signature_holds(self, container: Container, at: float | None = None) -> bool:
        when = ["-attime", str(int(at))] if at is not None else []
        trusted = ["-CAfile", str(self.root), "-certfile", str(self.issuing), "-purpose", "any", *when]
        given = ["-inform", "DER", "-in", self._file("container", container.signature)]
        content = ["-content", self._file("covered", container.covered), "-binary", "-out", str(self.folder / "out")]
        return self._run("cms", "-verify", *given, *content, *trusted)

    def stamp_in_signature_holds(self, container: Container) -> bool:
        """Of the signature's own bytes."""
        signer = cms.ContentInfo.load(container.signature)["content"]["signer_infos"][0]
        tokens = [
            each["values"][0]
            for each in signer["unsigned_attrs"]
            if each["type"].native == "signature_time_stamp_token"
        ]
        return len(tokens) == 1 and self._stamp_holds(tokens[0].dump(), signer["signature"].native)

    def stamp_of_document_holds(self, container: Container) -> bool:
        return self._stamp_holds(container.signature, container.covered)

    def _stamp_holds(self, token: bytes, content: bytes) -> bool:
        given = ["-in", self._file("token", token), "-token_in", "-data", self._file("stamped", content)]
        return self._run("ts", "-verify", *given, "-CAfile", str(self.root))

    def _file(self, name: str, content: bytes) -> str:
        path = self.folder / name
        path.write_bytes(content)
        return str(path)

    def _run(self, *command: str) -> bool:
        done = subprocess.run(["openssl", *command], capture_output=True, text=True, timeout=60, check=False)
        return done.returncode == 0
