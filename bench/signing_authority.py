"""An authority for the benchmarks: a root, a signer with RSA-2048, and a revocation list on loopback."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID

PASSWORD = "benchmark"
LIFE = timedelta(days=2)


@dataclass(frozen=True)
class SigningAuthority:
    """`anchor`: DER. `host`: where the list is."""

    anchor: bytes
    key: Path
    host: str


@contextmanager
def serving(folder: Path) -> Iterator[SigningAuthority]:
    lists: list[bytes] = []

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "application/pkix-crl")
            self.send_header("Content-Length", str(len(lists[0])))
            self.end_headers()
            self.wfile.write(lists[0])

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    host = f"127.0.0.1:{server.server_port}"
    root_key, signer_key = _key(), _key()
    root = _certificate("Root of the benchmark", root_key, None, f"http://{host}/list.crl")
    signer = _certificate("Signer of the benchmark", signer_key, (root, root_key), f"http://{host}/list.crl")
    lists.append(_list(root, root_key))
    path = folder / "signer.p12"
    encryption = serialization.BestAvailableEncryption(PASSWORD.encode())
    path.write_bytes(pkcs12.serialize_key_and_certificates(None, signer_key, signer, [root], encryption))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield SigningAuthority(root.public_bytes(serialization.Encoding.DER), path, host)
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def _certificate(
    name: str, key: rsa.RSAPrivateKey, issuer: tuple[x509.Certificate, rsa.RSAPrivateKey] | None, list_url: str
) -> x509.Certificate:
    now = datetime.now(UTC)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    begun = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer[0].subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + LIFE)
        .add_extension(x509.BasicConstraints(ca=issuer is None, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(_usage(authority=issuer is None), critical=True)
    )
    if issuer is not None:
        point = x509.DistributionPoint([x509.UniformResourceIdentifier(list_url)], None, None, None)
        above = x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer[1].public_key())
        begun = begun.add_extension(x509.CRLDistributionPoints([point]), critical=False)
        begun = begun.add_extension(above, critical=False)
    return begun.sign(issuer[1] if issuer else key, hashes.SHA256())


def _usage(*, authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        content_commitment=not authority,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=authority,
        crl_sign=authority,
        encipher_only=False,
        decipher_only=False,
    )


def _list(root: x509.Certificate, key: rsa.RSAPrivateKey) -> bytes:
    now = datetime.now(UTC)
    above = x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key())
    made = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(root.subject)
        .last_update(now - timedelta(hours=1))
        .next_update(now + LIFE)
        .add_extension(above, critical=False)
        .add_extension(x509.CRLNumber(1), critical=False)
        .sign(key, hashes.SHA256())
    )
    return made.public_bytes(serialization.Encoding.DER)
