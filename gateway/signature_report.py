"""What is found in a PDF's signatures, as people read it: one sentence first, then every signature by itself."""

from datetime import datetime

from pydantic import BaseModel

from gateway.edge import Context
from gateway.problems import PROBLEMS
from gateway.texts import _, translate
from gateway.web import copy_words
from gateway.web import official_words as words
from gateway.web.pages import local
from services.directory import views as directory
from services.signing import copy_views
from services.signing.numbering import printed
from services.signing.pdf import CertificateFacts, Examination, FoundSignature, FoundTimeStamp, VerdictCode

REVOCATIONS = {
    "good": _("Chưa bị thu hồi khi ký"),
    "revoked": _("Đã bị thu hồi"),
    "unknown": _("Chưa hỏi được"),
    "not_asked": _("Không hỏi: chứng thư không cho biết nơi hỏi, hoặc hệ thống không đặt"),
}
CHANGES = {
    "nothing": _("Không có gì được thêm sau chữ ký này"),
    "time_stamps": _("Chỉ có dấu thời gian được thêm sau chữ ký này"),
    "signatures": _("Chỉ có những gì chữ ký này cho phép: chữ ký khác, số và ngày"),
    "content": _("Nội dung bị thay đổi sau chữ ký này"),
}
COVERAGES = {
    "whole_file": _("Toàn bộ tệp"),
    "whole_revision": _("Toàn bộ tệp tại thời điểm ký"),
    "part": _("Chỉ một phần của tệp"),
}


class SignatureFound(BaseModel):
    """`code`: of this signature's own verdict; everything else is words for people."""

    code: VerdictCode
    sentence: str
    signer: str
    time: str
    certificate: str
    chain: str
    revocation: str
    covers: str
    changed_after: str
    level: str


class TimeStampFound(BaseModel):
    code: VerdictCode
    sentence: str
    time: str
    authority: str


class SignatureReport(BaseModel):
    """`code` is of the whole file, `sentence` what it means, `copy_of` what it is a copy of.

    `problems`: why it may show different people different things.
    """

    code: VerdictCode
    sentence: str
    copy_of: str
    sha256: str
    pages: int
    signatures: list[SignatureFound]
    time_stamps: list[TimeStampFound]
    problems: list[str]


def report(edge: Context, examination: Examination) -> SignatureReport:
    return SignatureReport(
        code=examination.verdict.code,
        sentence=_sentence(edge, examination),
        copy_of=_copy_of(edge, examination.sha256),
        sha256=examination.sha256,
        pages=examination.pages,
        signatures=[_signature(edge, each) for each in examination.signatures],
        time_stamps=[_time_stamp(edge, each) for each in examination.time_stamps],
        problems=[
            translate(PROBLEMS[each.code][1], edge.locale) if each.code in PROBLEMS else each.code
            for each in examination.problems
        ],
    )


def _copy_of(edge: Context, sha256: str) -> str:
    """What a file that a body of this deployment made as a copy is a copy of; "" for every other file."""
    copy = copy_views.copy_of_file(edge.views, sha256)
    if copy is None:
        return ""
    original, body = copy.described.original, directory.unit(edge.views, copy.described.body_id)
    said = translate(_("%(form)s số %(number)s của %(body)s, sao từ %(original)s."), edge.locale)
    return said % {
        "form": translate(copy_words.NAMES[copy.described.form], edge.locale),
        "number": printed(copy.number, copy.symbol) if copy.number and copy.symbol else "…",
        "body": body.name if body else "",
        "original": original.symbol or original.summary,
    }


def _sentence(edge: Context, examination: Examination) -> str:
    """Of a file that nobody can read it is not said that others see something else in it."""
    damaged = [each.code for each in examination.problems] == ["unreadable_file"]
    return translate(words.FINDINGS["unreadable" if damaged else examination.verdict.code], edge.locale)


def _signature(edge: Context, found: FoundSignature) -> SignatureFound:
    return SignatureFound(
        code=found.verdict.code,
        sentence=translate(WORDS[found.verdict.code], edge.locale),
        signer=_named(found.certificate),
        time=_time(edge, found),
        certificate=_certificate(edge, found.certificate),
        chain=" → ".join(each.common_name for each in found.chain),
        revocation=translate(REVOCATIONS[found.revocation], edge.locale)
        + (f" ({_moment(found.revoked_at)})" if found.revoked_at else ""),
        covers=translate(COVERAGES[found.coverage], edge.locale),
        changed_after=translate(CHANGES[found.changed_after], edge.locale),
        level=words.LEVELS[found.level],
    )


def _time_stamp(edge: Context, found: FoundTimeStamp) -> TimeStampFound:
    return TimeStampFound(
        code=found.verdict.code,
        sentence=translate(WORDS[found.verdict.code], edge.locale),
        time=_moment(found.at),
        authority=_named(found.certificate),
    )


WORDS = {**words.FINDINGS, "valid": _("Hợp lệ")}
"""Of one signature; the sentence on a whole file that holds speaks of all of them."""


def _named(certificate: CertificateFacts) -> str:
    named = (certificate.common_name, certificate.organisation)
    return ", ".join(dict.fromkeys(filter(None, named)))


def _certificate(edge: Context, certificate: CertificateFacts) -> str:
    said = translate(_("số %(serial)s, từ %(since)s đến %(until)s, do %(issuer)s cấp"), edge.locale)
    return said % {
        "serial": certificate.serial,
        "since": f"{local(certificate.valid_from):%d/%m/%Y}",
        "until": f"{local(certificate.valid_until):%d/%m/%Y}",
        "issuer": words.bearer(certificate.issuer),
    }


def _time(edge: Context, found: FoundSignature) -> str:
    if found.stamped_at is not None:
        authority = found.stamp_certificate.common_name if found.stamp_certificate else ""
        said = translate(_("%(time)s, theo dấu thời gian của %(authority)s"), edge.locale)
        return said % {"time": _moment(found.stamped_at), "authority": authority}
    if found.claimed_at is not None:
        return translate(_("%(time)s, theo đồng hồ của người ký"), edge.locale) % {"time": _moment(found.claimed_at)}
    return translate(_("Không ghi thời gian"), edge.locale)


def _moment(at: datetime) -> str:
    return f"{local(at):%d/%m/%Y %H:%M:%S}"
