"""Signatures made and validated per second, beside pyHanko alone on the same files."""

import hashlib
import os
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import typst

from bench.folders import folder
from bench.shape import Benchmark, Gate, Outcome, Side, Wrong
from bench.signing_authority import PASSWORD, SigningAuthority, serving
from services.signing.messages import Act, Level
from services.signing.pdf import Consent, Secret, SigningDesk, SigningInstruction, SoftwareKey, Trust

OURS = "signing desk, one process"
EVERY_CORE = f"signing desk, {os.cpu_count()} processes"
KEPT = "pyHanko, key loaded once"
LOADED = "pyHanko, key loaded for each"
VALIDATING = "signing desk"
ASKING = "pyHanko, revocation asked"
NOT_ASKING = "pyHanko, revocation not asked"

Signed = Sequence[tuple[bytes, bytes]]
"""Each document with what came of it."""


def benchmarks(quick: bool) -> list[Benchmark[Any]]:
    count = 24 if quick else 100
    return [signing(count), validating(count)]


def signing(count: int) -> Benchmark[Signed]:
    @contextmanager
    def sides() -> Iterator[Sequence[Side[Signed]]]:
        from bench.peers import pyhanko_alone as peer

        papers = documents(count)
        with folder() as path, serving(path) as authority, desk(authority, 1) as one, desk(authority, None) as all_:
            kept = peer.loaded(authority.key, PASSWORD)
            for each in papers:
                one.refuse_unsafe(each)
                all_.refuse_unsafe(each)
            yield [
                Side(OURS, lambda: measured(papers, lambda each: ours(one, each, authority), 1)),
                Side(KEPT, lambda: measured(papers, lambda each: peer.signed(each, kept), 1)),
                Side(LOADED, lambda: measured(papers, lambda each: loading(each, authority), 1)),
                Side(EVERY_CORE, lambda: measured(papers * 4, lambda each: ours(all_, each, authority), cores())),
            ]

    def loading(document: bytes, authority: SigningAuthority) -> bytes:
        from bench.peers import pyhanko_alone as peer

        return peer.signed(document, peer.loaded(authority.key, PASSWORD))

    return Benchmark(
        name="Signatures made, RSA-2048",
        unit="signatures/s",
        more_is_better=True,
        sides=sides,
        check=check_signed,
        gates=[Gate(OURS, KEPT, 5), Gate(EVERY_CORE, OURS, min(cores(), 4) / 2)],
        words="One-page documents, each signed once by a PKCS#12 key (RSA-2048) without a time stamp. Ours goes to a"
        " process of its own and back, compares the document's hash, certifies the document, and has the certificate's"
        " chain and revocation list checked within the last minute; pyHanko's `sign_pdf` does none of that. What hides"
        " in a document was looked for before, as the product does when it is submitted. The peer parses and checks"
        " the private key at each use, and signs once more to learn the size. With every core, four times as many.",
        limit="CMS is assembled by asn1crypto in Python on both sides, and that is most of what is left of ours.",
    )


def validating(count: int) -> Benchmark[int]:
    @contextmanager
    def sides() -> Iterator[Sequence[Side[int]]]:
        from bench.peers import pyhanko_alone as peer

        with folder() as path, serving(path) as authority, desk(authority, 1) as one:
            files = [ours(one, each, authority) for each in documents(count)]
            anchor = authority.anchor
            yield [
                Side(VALIDATING, lambda: judged(files, lambda each: one.examine(each).valid)),
                Side(ASKING, lambda: judged(files, lambda each: peer.valid(each, anchor, asking=True))),
                Side(NOT_ASKING, lambda: judged(files, lambda each: peer.valid(each, anchor, asking=False))),
            ]

    def check(accepted: int) -> None:
        if accepted != count:
            raise Wrong(f"{accepted} called valid")

    return Benchmark(
        name="Signatures validated, RSA-2048",
        unit="validations/s",
        more_is_better=True,
        sides=sides,
        check=check,
        gates=[Gate(VALIDATING, ASKING, 1)],
        words="The same signed one-page files on every side; the certificate names a revocation list on loopback. Ours"
        " goes to the process for hostile files, and besides the signature looks at every object and byte of the file"
        " for what hides, covers or runs; it asks for a list once a minute. The peer asks each time, as a new"
        " ValidationContext does, or (third side, no gate) believes without asking.",
        limit="Every object of the file is read again by a second parser, which costs as much as the signature.",
    )


@contextmanager
def desk(authority: SigningAuthority, processes: int | None) -> Iterator[SigningDesk]:
    """Each process has opened the key when the clock begins."""
    trust = Trust(anchors=(authority.anchor,), hosts=frozenset({authority.host}))
    made = SigningDesk(trust, processes or cores())
    try:
        warm = documents(1)[0]
        with ThreadPoolExecutor(processes or cores()) as callers:
            list(callers.map(lambda _: ours(made, warm, authority), range(8 * (processes or cores()))))
        made.examine(warm)
        yield made
    finally:
        made.close()


def ours(made: SigningDesk, document: bytes, authority: SigningAuthority) -> bytes:
    instruction = SigningInstruction(
        document_sha256=hashlib.sha256(document).hexdigest(),
        act=Act.sign,
        level=Level.b_b,
        at=datetime.now(UTC),
        last=True,
    )
    return made.sign(document, instruction, SoftwareKey(authority.key), Consent(Secret(PASSWORD))).content


def measured(papers: Sequence[bytes], sign: Callable[[bytes], bytes], callers: int) -> Outcome[Signed]:
    began = time.perf_counter()
    with ThreadPoolExecutor(callers) as pool:
        made = list(pool.map(sign, papers))
    seconds = time.perf_counter() - began
    return Outcome(len(made) / seconds, list(zip(papers, made, strict=True)))


def judged(files: Sequence[bytes], valid: Callable[[bytes], bool]) -> Outcome[int]:
    began = time.perf_counter()
    accepted = sum(valid(each) for each in files)
    return Outcome(len(files) / (time.perf_counter() - began), accepted)


def check_signed(made: Signed) -> None:
    """Every file is its document and one signature over all of both, by its own bytes."""
    from io import BytesIO

    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.sign.validation.generic_cms import validate_sig_integrity

    for document, content in made:
        (embedded,) = PdfFileReader(BytesIO(content)).embedded_signatures
        intact, valid = validate_sig_integrity(
            embedded.signer_info, embedded.signer_cert, "data", embedded.compute_digest()
        )
        if not (intact and valid and content.startswith(document)):
            raise Wrong("a file does not hold")


def documents(count: int) -> list[bytes]:
    return [bytes(typst.compile(f"= Resolution {each}\n{'Article. ' * 200}".encode())) for each in range(count)]


def cores() -> int:
    return os.cpu_count() or 1
