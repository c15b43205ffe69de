"""The demo's own certificate authority, keys and seal, and a resolution that waits for its signatures.

Nobody outside the demo believes this authority; its keys open with the demo's password.
"""

import hashlib
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

from dienhong.demo.people import PASSWORD, STAFF, demo_id
from dienhong.demo.stage import Stage
from gateway.typefaces import FONTS
from kernel.ids import uuid7
from kernel.vietnam import day_of
from services.documents.messages import AddDocument
from services.signing.messages.official import (
    Competence,
    Described,
    DraftOfficial,
    Kind,
    Recipient,
    Signatory,
    SubmitOfficial,
)
from services.signing.messages.orders import Act, Step
from services.signing.numbering import symbol_of
from services.signing.paper.official import Issuer, Written, render_official

COUNCIL = "Hội đồng nhân dân phường Bến Trăng"
SIGNERS = {each.login: each.full_name for each in STAFF if each.login in ("lanhdao", "chutoa", "vanthu")}
YEARS = timedelta(days=3650)
BODY = """Điều 1. Phân bổ 62,4 tỷ đồng vốn đầu tư công năm 2027 của phường cho 9 dự án.
Điều 2. Ủy ban nhân dân phường tổ chức thực hiện; Thường trực, các Ban và đại biểu Hội đồng nhân dân phường giám sát.
Điều 3. Nghị quyết có hiệu lực kể từ ngày thông qua."""


def make_keys(data_dir: Path) -> None:
    """Where the product looks for keys, and for whom it believes, by itself."""
    keys, trusted = data_dir / "signing-keys", data_dir / "signing-trust"
    for folder in (keys, trusted):
        folder.mkdir(mode=0o700)
    root_key = _key()
    root = _certificate("Chứng thực bản dùng thử", root_key, "Chứng thực bản dùng thử", root_key, authority=True)
    (trusted / "demo.pem").write_bytes(root.public_bytes(Encoding.PEM))
    council = f"agency-{demo_id('council')}"
    for name, owner in {**SIGNERS, council: COUNCIL}.items():
        key = _key()
        certificate = _certificate(owner, key, "Chứng thực bản dùng thử", root_key)
        locked = BestAvailableEncryption(PASSWORD.encode())
        file = keys / f"{name}.p12"
        file.touch(mode=0o600)
        file.write_bytes(serialize_key_and_certificates(name.encode(), key, certificate, [root], locked))
    (keys / "chutoa.png").write_bytes(_handwriting())
    (keys / f"{council}.png").write_bytes(_seal())


def submit_resolution(stage: Stage) -> None:
    """Drafted by the clerk, to be initialled by the leader and signed by the chair of the council."""
    document_id, official_id = uuid7(), uuid7()
    described = Described(
        kind=Kind.resolution,
        issuer_id=demo_id("council"),
        issuer_symbol="HĐND",
        drafter_id=demo_id("office"),
        summary="Về phân bổ vốn đầu tư công năm 2027 của phường Bến Trăng",
        document_id=document_id,
        signatory=Signatory(
            person_id=demo_id("chutoa"),
            competence=Competence.on_behalf,
            position="Chủ tịch",
            head="Hội đồng nhân dân",
        ),
        recipients=(Recipient(name="UBND phường", unit_id=demo_id("committee")),),
    )
    issuer = Issuer(COUNCIL, (), ("HỘI ĐỒNG NHÂN DÂN", "PHƯỜNG BẾN TRĂNG"), "Bến Trăng")
    day = day_of(stage.now)
    drawn = render_official(described, Written(BODY), issuer, SIGNERS["chutoa"], day, FONTS)
    first = _keep(stage, drawn)
    named = {"file_name": "nghi-quyet.pdf", "media_type": "application/pdf", "size": len(drawn), "sha256": first}
    stage.does("vanthu", AddDocument, document_id=document_id, title=described.summary, **named)
    stage.does("vanthu", DraftOfficial, official_id=official_id, described=described)
    ready = _keep(stage, stage.embedded.desk.lay_out_number(drawn, symbol_of(described)))
    steps = (
        Step(act=Act.initial, signer_ids=(demo_id("lanhdao"),)),
        Step(act=Act.sign, signer_ids=(demo_id("chutoa"),)),
    )
    stage.does("vanthu", SubmitOfficial, official_id=official_id, order_id=uuid7(), sha256=ready, steps=steps)


def _keep(stage: Stage, content: bytes) -> str:
    stage.embedded.blobs.put(io.BytesIO(content), size=len(content))
    return hashlib.sha256(content).hexdigest()


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
