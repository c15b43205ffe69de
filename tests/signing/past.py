"""Signatures of an earlier year, made as they would have been made then."""

import asyncio
import io
from datetime import UTC, datetime

from asn1crypto import keys, x509
from certomancer.registry import ServiceLabel
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import signers
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko.sign.signers.pdf_cms import PdfCMSSignedAttributes
from pyhanko.sign.timestamps import DummyTimeStamper
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.registry import SimpleCertificateStore

from services.signing.messages import Level
from tests.signing.authority import PASSWORD, Authority

THEN = datetime(2023, 6, 1, 8, 0, tzinfo=UTC)
"""The certificate `expired` was good then; it ended with the year."""

BEFORE_IT_WAS_REVOKED = datetime(2024, 6, 1, 8, 0, tzinfo=UTC)
"""The certificate `revoked` was good then, for another half year."""


def signed_then(
    document: bytes, level: Level, authority: Authority, label: str = "expired", at: datetime = THEN
) -> bytes:
    signer = signers.SimpleSigner.load_pkcs12(str(authority.pkcs12(label)), passphrase=PASSWORD.encode())
    archived = level in (Level.b_lt, Level.b_lta)
    metadata = signers.PdfSignatureMetadata(
        field_name="sign-1",
        subfilter=SigSeedSubFilter.PADES,
        embed_validation_info=archived,
        use_pades_lta=level is Level.b_lta,
        validation_context=_context(authority, at) if archived else None,
    )
    timestamper = None if level is Level.b_b else time_authority(authority, at)
    return asyncio.run(_signed(signers.PdfSigner(metadata, signer, timestamper=timestamper), document, at))


async def _signed(signer: signers.PdfSigner, document: bytes, at: datetime) -> bytes:
    """As the library's own function does, but at our time."""
    writer = IncrementalPdfFileWriter(io.BytesIO(document))
    session = signer.init_signing_session(writer)
    session.system_time = at
    found = await session.perform_presign_validation(writer)
    size = await session.estimate_signature_container_size(found)
    prepared = session.prepare_tbs_document(found, size)
    digest, output = prepared.digest_tbs_document(in_place=True)
    done = await prepared.perform_signature(digest.document_digest, PdfCMSSignedAttributes())
    await done.post_signature_processing(output)
    output.seek(0)
    return bytes(output.read())


def time_authority(authority: Authority, at: datetime) -> DummyTimeStamper:
    chain = SimpleCertificateStore()
    chain.register(x509.Certificate.load(authority.certificate("root")))
    return DummyTimeStamper(
        tsa_cert=x509.Certificate.load(authority.certificate("tsa")),
        tsa_key=keys.PrivateKeyInfo.load(authority.private_key("tsa")),
        certs_to_embed=chain,
        fixed_dt=at,
    )


def _context(authority: Authority, at: datetime) -> ValidationContext:
    services = authority.architecture().service_registry
    return ValidationContext(
        trust_roots=[x509.Certificate.load(authority.certificate("root"))],
        other_certs=[x509.Certificate.load(authority.certificate("issuing"))],
        crls=[services.get_crl(ServiceLabel(each), at) for each in ("root", "issuing")],
        ocsps=[],
        allow_fetching=False,
        revocation_mode="hard-fail",
        moment=at,
    )
