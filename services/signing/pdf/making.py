"""One signature, from the bytes that the signer saw to the bytes that may be stored. Runs in the desk's processes.

Either everything that the level asks for is in the answer, or there is no answer.
"""

import hashlib
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import IO

from asn1crypto import x509
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers.pdf_cms import PdfCMSSignedAttributes
from pyhanko.sign.signers.pdf_signer import PdfSigner, PdfSigningSession, PreSignValidationStatus
from pyhanko.sign.timestamps.common_utils import TimestampRequestError
from pyhanko_certvalidator import ValidationContext

from kernel.decider import Refused
from services.signing.messages import Level
from services.signing.pdf.certificates import TIME_STAMPS, Standing
from services.signing.pdf.fields import planned
from services.signing.pdf.instructions import CertificateFacts, Consent, Key, Signed, SigningInstruction
from services.signing.pdf.keys import Signer
from services.signing.pdf.office import Office, facts, office
from services.signing.pdf.revision import next_revision
from services.signing.pdf.signing_key import KeyInUse, allowed, digest_for
from services.signing.pdf.trust import Trust

LONGEST_UNASKED_SECONDS = 5.0
"""When signing took longer (a person confirmed it elsewhere), the certificate is asked for again before it is done."""

MENDED_ELSEWHERE = frozenset(
    ("key_unavailable", "wrong_key_pin", "certificate_expired", "certificate_revoked", "certificate_untrusted")
)
"""A key that was refused for this is opened anew before it is used again."""

CLOCKS_APART_AT_MOST = timedelta(seconds=60)


@dataclass(frozen=True)
class Act:
    """One signature under way. `standings`: of the signer's certificate, and of the time authority's from B-T."""

    office: Office
    instruction: SigningInstruction
    key: Signer
    consent: Consent
    standings: tuple[Standing, ...]

    @property
    def level(self) -> Level:
        return self.instruction.level

    @property
    def timed(self) -> bool:
        return self.level is not Level.b_b

    @property
    def with_validation_data(self) -> bool:
        return self.level in (Level.b_lt, Level.b_lta)


def sign(trust: Trust, document: bytes, instruction: SigningInstruction, key: Key, consent: Consent) -> Signed:
    if hashlib.sha256(document).hexdigest() != instruction.document_sha256:
        raise Refused("stale_document")
    desk = office(trust)
    kept = key in desk.keys
    try:
        return desk.run(_signed(desk, document, instruction, desk.keys.opened(key, consent), consent))
    except Refused as refusal:
        if refusal.code not in MENDED_ELSEWHERE:
            raise
        desk.keys.forget(key)
        if refusal.code == "wrong_key_pin" or not kept:
            raise
    # The token was pulled or restarted since the key was opened, or bears another certificate now.
    return desk.run(_signed(desk, document, instruction, desk.keys.opened(key, consent), consent))


def certificate(trust: Trust, key: Key, consent: Consent) -> CertificateFacts:
    desk = office(trust)
    kept = desk.keys.opened(key, consent)
    return facts(kept.certificate)


async def _signed(
    desk: Office, document: bytes, instruction: SigningInstruction, key: Signer, consent: Consent
) -> Signed:
    began = time.monotonic()
    act = Act(desk, instruction, key, consent, await _standings(desk, instruction.level, key))
    try:
        content = await _made(act, document)
    except TimestampRequestError as error:
        raise Refused("tsa_unavailable", str(error)) from None
    except (PdfError, SigningError) as error:
        raise Refused("unreadable_file", f"{type(error).__name__}: {error}") from None
    signed_at = desk.time.given[0] if act.timed else instruction.at
    _check_clock(act, signed_at)
    await _still_good(act, began, signed_at)
    return Signed(
        content=content,
        sha256=hashlib.sha256(content).hexdigest(),
        certificate=facts(key.certificate),
        level=instruction.level,
        signed_at=signed_at,
        provable_until=_provable_until(act),
    )


async def _standings(desk: Office, level: Level, key: Signer) -> tuple[Standing, ...]:
    if not allowed(key.certificate):
        raise Refused("certificate_untrusted", "key too short, or of another kind")
    own = await desk.standing(key.certificate, key.chain)
    if level is Level.b_b:
        return (own,)
    return own, await stamping(desk)


async def stamping(desk: Office) -> Standing:
    """The time authority's certificate, good for time stamps. Refuses `tsa_unavailable`."""
    if not desk.trust.tsa_url:
        raise Refused("tsa_unavailable", "no time authority is configured")
    try:
        stamp_certificate, chain = await desk.time.certificates()
        return await desk.standing(stamp_certificate, chain, TIME_STAMPS)
    except TimestampRequestError as error:
        raise Refused("tsa_unavailable", str(error)) from None
    except Refused as refusal:
        raise Refused("tsa_unavailable", f"{refusal.code}: {refusal.detail}") from None


async def _made(act: Act, document: bytes) -> bytes:
    writer = next_revision(document)
    plan = planned(writer, act.instruction, act.office.trust.fonts, digest_for(act.key.certificate))
    own = act.standings[0].path
    context = embedding(act.office, act.standings) if act.with_validation_data else None
    signer = PdfSigner(
        plan.metadata(context, lta=act.level is Level.b_lta),
        KeyInUse(act.key, act.consent, tuple(own.iter_certs(include_root=False))),
        timestamper=act.office.time if act.timed else None,
        stamp_style=plan.style,
        new_field_spec=plan.new_field,
    )
    session = signer.init_signing_session(writer)
    session.system_time = act.instruction.at
    return await _written(act, session, writer, context)


async def _written(
    act: Act, session: PdfSigningSession, writer: IncrementalPdfFileWriter, context: ValidationContext | None
) -> bytes:
    found = await session.perform_presign_validation(writer) if context is not None else None
    prepared = session.prepare_tbs_document(found, await _reserved(act, session, found))
    output: IO[bytes]
    digest, output = prepared.digest_tbs_document(in_place=True)
    act.office.time.given.clear()
    done = await prepared.perform_signature(digest.document_digest, PdfCMSSignedAttributes())
    await done.post_signature_processing(output)
    output.seek(0)
    return output.read()


async def _reserved(act: Act, session: PdfSigningSession, found: PreSignValidationStatus | None) -> int:
    """Hexadecimal digits for the CMS: exact at B-B, with a little room for a stamp whose numbers vary in length."""
    known = act.office.reserved
    mark = (act.key.certificate.sha256, act.timed)
    if mark not in known:
        tight = await session.estimate_signature_container_size(found, tight=True)
        known[mark] = tight + (256 if act.timed else 0)
    return known[mark]


def embedding(desk: Office, standings: tuple[Standing, ...]) -> ValidationContext:
    """What goes into the file: the answers about these certificates, and of nobody else's."""
    return ValidationContext(
        trust_roots=desk.anchors,
        other_certs=[
            *desk.intermediates,
            *(each for one in standings for each in one.path.iter_certs(include_root=False)),
        ],
        revocation_mode=desk.trust.revocation.value,
        allow_fetching=False,
        ocsps=[each for one in standings for each in one.ocsps],
        crls=[each for one in standings for each in one.crls],
    )


def _check_clock(act: Act, signed_at: datetime) -> None:
    if act.timed and abs(signed_at - act.instruction.at) > CLOCKS_APART_AT_MOST:
        raise Refused("clock_wrong", f"time stamp {signed_at.isoformat()}, own clock {act.instruction.at.isoformat()}")


async def _still_good(act: Act, began: float, signed_at: datetime) -> None:
    """Nothing leaves that was signed when the certificate had expired or been withdrawn meanwhile."""
    own: x509.Certificate = act.key.certificate
    if not own.not_valid_before <= signed_at <= own.not_valid_after:
        raise Refused("certificate_expired", f"at {signed_at.isoformat()}")
    if time.monotonic() - began > LONGEST_UNASKED_SECONDS:
        act.office.ask_anew()
        await act.office.standing(own, act.key.chain)


def _provable_until(act: Act) -> datetime:
    lasting = act.standings[-1] if act.level is Level.b_lta else act.standings[0]
    until: datetime = lasting.certificate.not_valid_after
    return until
