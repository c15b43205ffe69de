"""The document security store (ISO 32000-2, 12.8.4.3): validation data that the file brings along."""

from dataclasses import dataclass

from asn1crypto import crl, ocsp, x509
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko.sign.validation.errors import NoDSSFoundError


@dataclass(frozen=True)
class SecurityStore:
    certificates: tuple[x509.Certificate, ...] = ()
    ocsps: tuple[ocsp.OCSPResponse, ...] = ()
    crls: tuple[crl.CertificateList, ...] = ()

    def tells_of(self, certificate: x509.Certificate) -> bool:
        """Whether it says of this certificate that it was not revoked, or was."""
        if any(each.issuer == certificate.issuer for each in self.crls):
            return True
        return any(certificate.serial_number in _serials(each) for each in self.ocsps)


def security_store(reader: PdfFileReader) -> SecurityStore:
    try:
        found = DocumentSecurityStore.read_dss(reader)
    except NoDSSFoundError:
        return SecurityStore()
    return SecurityStore(
        certificates=tuple(found.load_certs()),
        ocsps=tuple(ocsp.OCSPResponse.load(each.get_object().data) for each in found.ocsps),
        crls=tuple(crl.CertificateList.load(each.get_object().data) for each in found.crls),
    )


def _serials(response: ocsp.OCSPResponse) -> set[int]:
    told = response.basic_ocsp_response["tbs_response_data"]["responses"]
    return {each["cert_id"]["serial_number"].native for each in told}
