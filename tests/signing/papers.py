"""Papers to sign, pictures to put on them, and instructions."""

import hashlib
from dataclasses import replace
from datetime import datetime
from functools import cache
from io import BytesIO
from typing import Any

import typst
from PIL import Image, ImageDraw
from pypdf import PdfWriter

from kernel.vietnam import VIETNAM
from services.signing.messages import Act, Level
from services.signing.pdf import Consent, Place, Secret, SigningInstruction

POSITION, NAME = "CHỦ TỊCH", "Chủ tịch Mẫu"
PERSON = Place(page=1, left=125, top=190, width=50, height=25)

RESOLUTION = """
#set page(paper: "a4", margin: (top: 20mm, bottom: 20mm, left: 30mm, right: 15mm))
#set document(title: "Nghị quyết", date: none)
#set text(size: 14pt)
#align(center)[*NGHỊ QUYẾT* \\ *Về dự toán ngân sách TITLE*]
#v(1cm)
Điều 1. Quyết nghị dự toán chi đầu tư AMOUNT tỷ đồng. \\
Điều 2. Ủy ban nhân dân tổ chức thi hành.
#place(top + left, dx: 90mm, dy: 155mm, box(width: 70mm)[#align(center)[
  TM. HỘI ĐỒNG NHÂN DÂN \\ *CHỦ TỊCH* #v(3cm) *Chủ tịch Mẫu*]])
"""


@cache
def resolution(title: str = "năm 2027", amount: int = 120, pages: int = 1) -> bytes:
    source = RESOLUTION.replace("TITLE", title).replace("AMOUNT", str(amount))
    source += "#pagebreak()\nPhụ lục." * (pages - 1)
    return bytes(typst.compile(source.encode()))


@cache
def picture(colour: str = "blue") -> bytes:
    """Handwriting in blue, or a seal in red, on a transparent ground."""
    image = Image.new("RGBA", (240, 120) if colour == "blue" else (240, 240), (0, 0, 0, 0))
    draw = ImageDraw.Draw(image)
    if colour == "blue":
        draw.line([(10, 90), (60, 20), (90, 100), (140, 30), (230, 80)], fill=(20, 40, 190, 255), width=8)
    else:
        draw.ellipse((8, 8, 232, 232), outline=(200, 20, 30, 255), width=12)
        draw.ellipse((80, 80, 160, 160), fill=(200, 20, 30, 255))
    made = BytesIO()
    image.save(made, "PNG")
    return made.getvalue()


@cache
def scan(mode: str = "RGB", dpi: int = 200, turned: int = 0) -> bytes:
    """A page of A4 as a scanner gives it."""
    made = BytesIO()
    ground: object = "white" if mode != "1" else 1
    Image.new(mode, (round(8.27 * dpi), round(11.69 * dpi)), ground).save(made, "PDF", resolution=dpi)  # type: ignore[arg-type]
    if not turned:
        return made.getvalue()
    writer = PdfWriter(clone_from=made)
    writer.pages[0].rotate(turned)
    rotated = BytesIO()
    writer.write(rotated)
    return rotated.getvalue()


def instruction(document: bytes, level: Level = Level.b_b, **other: Any) -> SigningInstruction:
    made = SigningInstruction(
        document_sha256=hashlib.sha256(document).hexdigest(),
        act=Act.sign,
        level=level,
        at=datetime.now(VIETNAM),
        last=True,
    )
    return replace(made, **other)


def consent(words: str) -> Consent:
    return Consent(Secret(words))
