"""pyHanko as its documentation calls it: `sign_pdf` with a loaded PKCS#12, `validate_pdf_signature` with a context."""

from io import BytesIO
from pathlib import Path

from asn1crypto import x509
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import signers
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext


def loaded(key: Path, password: str) -> signers.SimpleSigner:
    signer = signers.SimpleSigner.load_pkcs12(str(key), passphrase=password.encode())
    assert isinstance(signer, signers.SimpleSigner)
    return signer


def signed(document: bytes, signer: signers.SimpleSigner) -> bytes:
    writer = IncrementalPdfFileWriter(BytesIO(document))
    metadata = signers.PdfSignatureMetadata(field_name="Signature1")
    return bytes(signers.sign_pdf(writer, metadata, signer=signer).getvalue())


def valid(content: bytes, anchor: bytes, *, asking: bool) -> bool:
    """`asking`: whether certificates were withdrawn, from whom they name; otherwise nobody is asked."""
    context = ValidationContext(
        trust_roots=[x509.Certificate.load(anchor)],
        allow_fetching=asking,
        revocation_mode="hard-fail" if asking else "soft-fail",
    )
    embedded = PdfFileReader(BytesIO(content)).embedded_signatures[0]
    return bool(validate_pdf_signature(embedded, context).bottom_line)
