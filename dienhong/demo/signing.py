"""The demo's own certificate authority, keys and seal.

Nobody outside the demo believes this authority; its keys open with the demo's password.
"""

import io
import math
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding
from cryptography.hazmat.primitives.serialization.pkcs12 import serialize_key_and_certificates
from cryptography.x509.oid import NameOID
from PIL import Image, ImageDraw

from dienhong.demo.people import PASSWORD, STAFF, UNITS, demo_id

SIGNERS = {each.login: each.full_name for each in STAFF if each.login in ("lanhdao", "chutoa", "vanthu", "truongphong")}
AGENCIES = {f"agency-{demo_id(each.key)}": each.name for each in UNITS if each.key in ("council", "committee")}
YEARS = timedelta(days=3650)


def make_keys(data_dir: Path) -> None:
    """Where the product looks for keys, and for whom it believes, by itself."""
    keys, trusted = data_dir / "signing-keys", data_dir / "signing-trust"
    for folder in (keys, trusted):
        folder.mkdir(mode=0o700)
    root_key = _key()
    root = _certificate("Chứng thực bản dùng thử", root_key, "Chứng thực bản dùng thử", root_key, authority=True)
    (trusted / "demo.pem").write_bytes(root.public_bytes(Encoding.PEM))
    for name, owner in {**SIGNERS, **AGENCIES}.items():
        key = _key()
        certificate = _certificate(owner, key, "Chứng thực bản dùng thử", root_key)
        locked = BestAvailableEncryption(PASSWORD.encode())
        file = keys / f"{name}.p12"
        file.touch(mode=0o600)
        file.write_bytes(serialize_key_and_certificates(name.encode(), key, certificate, [root], locked))
        # Whoever takes the key into a program of their own may sign with that.
        (keys / f"{name}.cer").write_bytes(certificate.public_bytes(Encoding.DER))
    (keys / "chutoa.png").write_bytes(_handwriting())
    for agency in AGENCIES:
        (keys / f"{agency}.png").write_bytes(_seal())


def _key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def _certificate(
    owner: str, key: rsa.RSAPrivateKey, issuer: str, issuer_key: rsa.RSAPrivateKey, authority: bool = False
) -> x509.Certificate:
    begins = datetime.now(UTC) - timedelta(days=30)
    return (
        x509.CertificateBuilder()
        .subject_name(_name(owner))
        .issuer_name(_name(issuer))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(begins + YEARS)
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
        .add_extension(
            x509.KeyUsage(
                digital_signature=not authority,
                content_commitment=not authority,
                key_encipherment=False,
                data_encipherment=False,
                key_agreement=False,
                key_cert_sign=authority,
                crl_sign=authority,
                encipher_only=False,
                decipher_only=False,
            ),
            critical=True,
        )
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()),
            critical=False,
        )
        .sign(issuer_key, hashes.SHA256())
    )


def _name(of: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COUNTRY_NAME, "VN"), x509.NameAttribute(NameOID.COMMON_NAME, of)])


def _handwriting() -> bytes:
    image = Image.new("RGBA", (600, 300), (0, 0, 0, 0))
    waves = [(20 + x, 160 - 90 * math.sin(x / 38) * math.exp(-x / 500)) for x in range(560)]
    ImageDraw.Draw(image).line(waves, fill=(20, 50, 190, 255), width=9)
    return _png(image)


def _seal() -> bytes:
    image = Image.new("RGBA", (600, 600), (0, 0, 0, 0))
    draw = ImageDraw.Draw(image)
    for margin, width in ((8, 14), (70, 6)):
        draw.ellipse((margin, margin, 600 - margin, 600 - margin), outline=(205, 25, 35, 255), width=width)
    points = [
        (300 + r * math.sin(math.pi * n / 5), 300 - r * math.cos(math.pi * n / 5)) for n, r in enumerate([150, 60] * 5)
    ]
    draw.polygon(points, fill=(205, 25, 35, 255))
    return _png(image)


def _png(image: Image.Image) -> bytes:
    made = io.BytesIO()
    image.save(made, "PNG")
    return made.getvalue()
