"""One signature judged by pyHanko, in our words and by our rules.

First as things are now; where a certificate has expired or been revoked since, by what the file proves of the past.
"""

from dataclasses import dataclass
from datetime import datetime

from asn1crypto import x509
from pyhanko.sign.ades.report import AdESFailure, AdESIndeterminate, AdESStatus, AdESSubIndic
from pyhanko.sign.diff_analysis import DiffResult, ModificationLevel
from pyhanko.sign.fields import MDPPerm
from pyhanko.sign.validation import EmbeddedPdfSignature
from pyhanko.sign.validation.pdf_embedded import async_validate_pdf_signature, async_validate_pdf_timestamp
from pyhanko.sign.validation.status import (
    ModificationInfo,
    PdfSignatureStatus,
    SignatureCoverageLevel,
    SignatureStatus,
)

from kernel.decider import Refused
from services.signing.messages import Act, Level
from services.signing.pdf.examination import (
    ChangedAfter,
    Coverage,
    FoundSignature,
    FoundTimeStamp,
    Revocation,
    Verdict,
    VerdictCode,
)
from services.signing.pdf.instructions import CertificateFacts
from services.signing.pdf.office import Office, facts
from services.signing.pdf.past import proved_in_the_past
from services.signing.pdf.security_store import SecurityStore

COVERAGE = {
    SignatureCoverageLevel.ENTIRE_FILE: Coverage.whole_file,
    SignatureCoverageLevel.ENTIRE_REVISION: Coverage.whole_revision,
}
CHANGES = {
    ModificationLevel.NONE: ChangedAfter.nothing,
    ModificationLevel.LTA_UPDATES: ChangedAfter.time_stamps,
    ModificationLevel.FORM_FILLING: ChangedAfter.signatures,
}
TROUBLES: dict[AdESSubIndic, VerdictCode] = {
    AdESIndeterminate.OUT_OF_BOUNDS_NO_POE: VerdictCode.expired_unproven,
    AdESIndeterminate.OUT_OF_BOUNDS_NOT_REVOKED: VerdictCode.expired_unproven,
    AdESIndeterminate.EXPIRED: VerdictCode.expired,
    AdESIndeterminate.TRY_LATER: VerdictCode.revocation_unknown,
    AdESIndeterminate.REVOCATION_OUT_OF_BOUNDS_NO_POE: VerdictCode.revocation_unknown,
    AdESIndeterminate.REVOKED_NO_POE: VerdictCode.revoked,
    AdESIndeterminate.REVOKED_CA_NO_POE: VerdictCode.revoked,
    AdESFailure.REVOKED: VerdictCode.revoked,
}
"""What is not listed means that nobody trusted vouches for the certificate."""

PAST_MAY_HELP = (VerdictCode.expired_unproven, VerdictCode.revocation_unknown, VerdictCode.revoked)


@dataclass(frozen=True)
class Times:
    claimed: datetime | None
    stamped: datetime | None

    @property
    def best(self) -> datetime | None:
        return self.stamped or self.claimed


async def judged_signature(
    desk: Office, embedded: EmbeddedPdfSignature, store: SecurityStore, *, archived: bool
) -> FoundSignature:
    context = desk.context(certificates=store.certificates, ocsps=store.ocsps, crls=store.crls)
    status = await async_validate_pdf_signature(embedded, context)
    stamp = status.timestamp_validity
    times = Times(embedded.self_reported_timestamp, stamp.timestamp if stamp else None)
    certificate = embedded.signer_cert
    chain = (*store.certificates, *embedded.other_embedded_certs)
    verdict = await _doubted(desk, _verdict(status, certificate, times), certificate, chain)
    if verdict.code in PAST_MAY_HELP and await proved_in_the_past(desk, embedded):
        verdict = Verdict(VerdictCode.valid, facts(certificate).common_name, times.best)
    stamp_facts = facts(stamp.signing_cert) if stamp else None
    return FoundSignature(
        field=str(embedded.field_name),
        act=_act(str(embedded.field_name)),
        certificate=facts(certificate),
        chain=_chain(status),
        claimed_at=times.claimed,
        stamped_at=times.stamped,
        stamp_certificate=stamp_facts,
        level=_level(times, store.tells_of(certificate), archived),
        archived=archived and store.tells_of(certificate),
        revocation=_revocation(verdict, certificate, store),
        revoked_at=status.revocation_details.revocation_date if status.revocation_details else None,
        coverage=_coverage(status),
        changed_after=_changed(status),
        locks=embedded.docmdp_level is MDPPerm.NO_CHANGES,
        verdict=verdict,
    )


async def judged_time_stamp(desk: Office, embedded: EmbeddedPdfSignature, store: SecurityStore) -> FoundTimeStamp:
    context = desk.context(certificates=store.certificates, ocsps=store.ocsps, crls=store.crls)
    status = await async_validate_pdf_timestamp(embedded, context)
    certificate = embedded.signer_cert
    code = _code(status, status)
    if code in PAST_MAY_HELP and await proved_in_the_past(desk, embedded):
        code = VerdictCode.valid
    return FoundTimeStamp(
        field=str(embedded.field_name),
        at=status.timestamp,
        certificate=facts(certificate),
        verdict=Verdict(code, facts(certificate).common_name, status.timestamp),
    )


async def _doubted(
    desk: Office, verdict: Verdict, certificate: x509.Certificate, chain: tuple[x509.Certificate, ...]
) -> Verdict:
    """The library has one word for authorities that are unknown and for those that did not answer."""
    if verdict.code is VerdictCode.untrusted and not verdict.detail:
        try:
            await desk.standing(certificate, chain)
        except Refused as refusal:
            if refusal.code == "revocation_unknown":
                return Verdict(VerdictCode.revocation_unknown, verdict.signer, verdict.at)
    return verdict


def _verdict(status: PdfSignatureStatus, certificate: x509.Certificate, times: Times) -> Verdict:
    signer = facts(certificate).common_name
    stamp = status.timestamp_validity
    code = _code(status, status)
    if code is not VerdictCode.broken and stamp is not None and not (stamp.valid and stamp.intact):
        return Verdict(VerdictCode.broken, signer, times.claimed, "time stamp of something else")
    if code is VerdictCode.valid and stamp is not None and not stamp.trusted:
        return Verdict(VerdictCode.untrusted, signer, times.claimed, "time stamp of nobody trusted")
    if code is VerdictCode.revoked and _made_before_it_was_revoked(status):
        code = VerdictCode.valid
    if code is VerdictCode.expired_unproven and times.best and times.best > certificate.not_valid_after:
        code = VerdictCode.expired
    at = times.best
    if code in (VerdictCode.expired, VerdictCode.expired_unproven):
        at = certificate.not_valid_after
    elif code is VerdictCode.revoked and status.revocation_details:
        at = status.revocation_details.revocation_date
    return Verdict(code, signer, at)


def _made_before_it_was_revoked(status: PdfSignatureStatus) -> bool:
    """By a time stamp that is good today (ETSI EN 319 102-1, 5.5.4); a withdrawn authority vouches for nothing."""
    stamp, withdrawn = status.timestamp_validity, status.revocation_details
    if stamp is None or not stamp.trusted or withdrawn is None:
        return False
    own = status.trust_problem_indic is not AdESIndeterminate.REVOKED_CA_NO_POE
    return own and bool(stamp.timestamp < withdrawn.revocation_date)


def _code(status: SignatureStatus, changes: ModificationInfo) -> VerdictCode:
    """Cryptography first, then what was done to the file, then trust."""
    if not (status.intact and status.valid):
        return VerdictCode.broken
    if _coverage(changes) is Coverage.part or _changed(changes) is ChangedAfter.content or changes.docmdp_ok is False:
        return VerdictCode.altered
    if status.trusted:
        return VerdictCode.valid
    trouble = status.trust_problem_indic
    if trouble is not None and trouble.status is AdESStatus.PASSED:
        return VerdictCode.valid
    return TROUBLES.get(trouble, VerdictCode.untrusted) if trouble is not None else VerdictCode.untrusted


def _coverage(status: ModificationInfo) -> Coverage:
    return COVERAGE.get(status.coverage, Coverage.part) if status.coverage is not None else Coverage.part


def _changed(status: ModificationInfo) -> ChangedAfter:
    found = status.diff_result
    if found is None and status.coverage is SignatureCoverageLevel.ENTIRE_FILE:
        return ChangedAfter.nothing
    if not isinstance(found, DiffResult):
        return ChangedAfter.content
    return CHANGES.get(found.modification_level, ChangedAfter.content)


def _level(times: Times, with_validation_data: bool, archived: bool) -> Level:
    """A time stamp over the document stands for one in the signature, too (ETSI EN 319 142-1, 6.3)."""
    if times.stamped is None and not archived:
        return Level.b_b
    if not with_validation_data:
        return Level.b_t
    return Level.b_lta if archived else Level.b_lt


def _revocation(verdict: Verdict, certificate: x509.Certificate, store: SecurityStore) -> Revocation:
    if verdict.code is VerdictCode.revoked:
        return Revocation.revoked
    if verdict.code is not VerdictCode.valid:
        return Revocation.unknown
    named = certificate.ocsp_urls or certificate.crl_distribution_points
    return Revocation.good if named or store.tells_of(certificate) else Revocation.not_asked


def _chain(status: SignatureStatus) -> tuple[CertificateFacts, ...]:
    """From the signer to the anchor."""
    if status.validation_path is None:
        return (facts(status.signing_cert),)
    return tuple(facts(each) for each in reversed(list(status.validation_path.iter_certs(include_root=True))))


def _act(field: str) -> Act | None:
    name = field.rpartition("-")[0]
    return Act(name) if name in list(Act) else None
