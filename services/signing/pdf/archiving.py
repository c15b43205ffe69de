"""A new archive time stamp over a file, with the validation data of everything before it."""

from typing import IO

from asn1crypto import x509
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.general import find_cms_attribute_iter
from pyhanko.sign.signers.pdf_signer import PdfTimeStamper, TimestampDSSContentSettings
from pyhanko.sign.timestamps.common_utils import TimestampRequestError
from pyhanko.sign.validation import EmbeddedPdfSignature
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko.sign.validation.generic_cms import extract_certs_for_validation

from kernel.decider import Refused
from services.signing.pdf.certificates import Standing
from services.signing.pdf.examination import Examination
from services.signing.pdf.examining import examine
from services.signing.pdf.making import embedding, stamping
from services.signing.pdf.office import Office, office
from services.signing.pdf.revision import next_revision
from services.signing.pdf.security_store import security_store
from services.signing.pdf.structure import opened
from services.signing.pdf.trust import Trust

DIGEST = "sha256"


def archive(trust: Trust, content: bytes) -> bytes:
    """Only what still holds can be kept provable: anything else is refused with `proof_expired`."""
    found: Examination = examine(trust, content)
    if not found.valid:
        raise Refused("proof_expired", found.verdict.code)
    desk = office(trust)
    try:
        return desk.run(_stamped(desk, content))
    except TimestampRequestError as error:
        raise Refused("tsa_unavailable", str(error)) from None


async def _stamped(desk: Office, content: bytes) -> bytes:
    own = await stamping(desk)
    reader = opened(content)
    standings = (*await _of_signers(desk, reader), own)
    context = embedding(desk, standings)
    writer = next_revision(content, strict=reader.strict)
    DocumentSecurityStore.supply_dss_in_writer(
        writer, None, paths=[each.path for each in standings], validation_context=context, embed_roots=False
    )
    output: IO[bytes] = await PdfTimeStamper(desk.time).async_timestamp_pdf(
        writer,
        DIGEST,
        context,
        in_place=True,
        dss_settings=TimestampDSSContentSettings(include_vri=False, update_before_ts=True),
        embed_roots=False,
    )
    output.seek(0)
    return output.read()


async def _of_signers(desk: Office, reader: PdfFileReader) -> list[Standing]:
    """Of those that are good today; of the others the file has kept what was said while they were."""
    known = security_store(reader).certificates
    found: list[Standing] = []
    for embedded in reader.embedded_signatures:
        for certificate, chain in _certificates(embedded):
            try:
                found.append(await desk.standing(certificate, (*chain, *known)))
            except Refused:
                continue
    return found


def _certificates(embedded: EmbeddedPdfSignature) -> list[tuple[x509.Certificate, tuple[x509.Certificate, ...]]]:
    """The signer's, and that of the stamp in the signature."""
    found = [(embedded.signer_cert, tuple(embedded.other_embedded_certs))]
    for token in find_cms_attribute_iter(embedded.signer_info["unsigned_attrs"], "signature_time_stamp_token"):
        stamp = extract_certs_for_validation(token["content"])
        found.append((stamp.signer_cert, tuple(stamp.other_certs)))
    return found
