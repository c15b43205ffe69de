"""Every signature of a PDF, judged. Whatever the file is, there is an answer; runs in the process for hostile files."""

import hashlib
from datetime import UTC, datetime

from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import enumerate_sig_fields
from pyhanko.sign.validation import EmbeddedPdfSignature

from kernel import safe_pdf
from kernel.decider import Refused
from services.signing.pdf.examination import (
    ChangedAfter,
    Coverage,
    Examination,
    FoundSignature,
    FoundTimeStamp,
    Problem,
    Verdict,
    VerdictCode,
)
from services.signing.pdf.judging import judged_signature, judged_time_stamp
from services.signing.pdf.office import Office, office
from services.signing.pdf.security_store import SecurityStore, security_store
from services.signing.pdf.shadow import check
from services.signing.pdf.structure import opened
from services.signing.pdf.trust import Trust

GRAVITY = list(VerdictCode)


def examine(trust: Trust, content: bytes) -> Examination:
    problem: Problem | None = None
    try:
        reader = opened(content)
        problem = _problem(content, reader)
        return _examined(office(trust), content, reader, problem)
    except Exception as error:  # libraries raise anything on a damaged file
        problem = problem or _problem_of_the_unreadable(content)
        code = VerdictCode.refused if problem else VerdictCode.unreadable
        verdict = Verdict(code, detail=problem.code if problem else type(error).__name__)
        return _examination(content, 0, (), (), (problem,) if problem else (), verdict)


def _problem(content: bytes, reader: PdfFileReader) -> Problem | None:
    try:
        check(content, reader)
    except Refused as refusal:
        return Problem(refusal.code, refusal.detail)
    except Exception as error:  # as above
        return Problem("unreadable_file", type(error).__name__)
    return None


def _problem_of_the_unreadable(content: bytes) -> Problem | None:
    """Also what no signature can be looked for in may be a PDF with something before or after it."""
    try:
        safe_pdf.check(content)
    except Refused as refusal:
        return Problem(refusal.code, refusal.detail)
    except Exception as error:  # as above
        return Problem("unreadable_file", type(error).__name__)
    return None


def _examined(desk: Office, content: bytes, reader: PdfFileReader, problem: Problem | None) -> Examination:
    pages = int(reader.root["/Pages"]["/Count"])
    embedded = _embedded(reader)
    problem = problem or _hidden_update(reader, embedded)
    signatures, stamps = desk.run(_judged(desk, embedded, security_store(reader)))
    problems = (problem,) if problem else ()
    verdict = _verdict(signatures, stamps, problems)
    return _examination(content, pages, signatures, stamps, problems, verdict)


def _hidden_update(reader: PdfFileReader, embedded: list[EmbeddedPdfSignature]) -> Problem | None:
    """References of both kinds show old and new readers different things; only what Word itself wrote may have them."""
    first = min((int(each.signed_revision) for each in embedded), default=reader.xrefs.total_revisions)
    later = range(first, reader.xrefs.total_revisions)
    if any(reader.xrefs.get_xref_data(each).hybrid is not None for each in later):
        return Problem("pdf_stray_bytes", "references of both kinds after a signature")
    return None


def _examination(
    content: bytes,
    pages: int,
    signatures: tuple[FoundSignature, ...],
    stamps: tuple[FoundTimeStamp, ...],
    problems: tuple[Problem, ...],
    verdict: Verdict,
) -> Examination:
    return Examination(
        sha256=hashlib.sha256(content).hexdigest(),
        examined_at=datetime.now(UTC),
        pages=pages,
        signatures=signatures,
        time_stamps=stamps,
        problems=problems,
        verdict=verdict,
    )


def _embedded(reader: PdfFileReader) -> list[EmbeddedPdfSignature]:
    """In the order of their revisions. A signed field that cannot be read as a signature makes the file unreadable."""
    found = [EmbeddedPdfSignature(reader, field, name) for name, _, field in enumerate_sig_fields(reader, True)]
    return sorted(found, key=lambda each: int(each.signed_revision))


async def _judged(
    desk: Office, embedded: list[EmbeddedPdfSignature], store: SecurityStore
) -> tuple[tuple[FoundSignature, ...], tuple[FoundTimeStamp, ...]]:
    signatures: list[FoundSignature] = []
    stamps: list[FoundTimeStamp] = []
    last_stamp = max((each.signed_revision for each in embedded if _is_stamp(each)), default=-1)
    for each in embedded:
        if _is_stamp(each):
            stamps.append(await judged_time_stamp(desk, each, store))
        else:
            archived = each.signed_revision < last_stamp
            signatures.append(await judged_signature(desk, each, store, archived=archived))
    return tuple(signatures), tuple(stamps)


def _is_stamp(embedded: EmbeddedPdfSignature) -> bool:
    return str(embedded.sig_object_type) == "/DocTimeStamp"


def _verdict(
    signatures: tuple[FoundSignature, ...], stamps: tuple[FoundTimeStamp, ...], problems: tuple[Problem, ...]
) -> Verdict:
    """The gravest. What follows the last signature must be time stamps, and nothing may follow the last of those."""
    if problems:
        return Verdict(VerdictCode.refused, detail=problems[0].code)
    if not signatures:
        return Verdict(VerdictCode.unsigned)
    last = signatures[-1]
    if last.changed_after in (ChangedAfter.signatures, ChangedAfter.content) or last.coverage is Coverage.part:
        return Verdict(VerdictCode.altered, last.certificate.common_name, last.stamped_at or last.claimed_at)
    verdicts = [*(each.verdict for each in signatures), *(each.verdict for each in stamps)]
    return max(verdicts, key=lambda each: GRAVITY.index(each.code))
