"""What uploaded bytes really are, and whether they are safe to keep and to open. Pure checks of bytes.

Refuses with a stable code whatever a reader's program might execute, fetch, or choke on. It runs in the worker
process, because the parsers it uses may be killed by the very files it is to refuse.
"""

import re
import unicodedata
import warnings
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from PIL import Image, UnidentifiedImageError

from kernel import safe_pdf
from kernel.decider import Refused
from services.documents import intake_office

MAX_IMAGE_PIXELS = 50_000_000
MAX_NAME_CHARS = 180
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
OLE_MACROS = "_VBA_PROJECT".encode("utf-16-le")
CONTROL_BYTES = re.compile(rb"[\x00-\x08\x0b\x0e-\x1f\x7f]")

EXTENSIONS = {
    "application/pdf": ("pdf",),
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ("docx",),
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ("xlsx",),
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": ("pptx",),
    "application/x-ole-storage": ("doc", "xls", "ppt"),
    "image/png": ("png",),
    "image/jpeg": ("jpg", "jpeg"),
    "image/tiff": ("tif", "tiff"),
    "image/webp": ("webp",),
    "text/plain": ("txt",),
}
"""The first extension is the one given to a file that came without any.

Legacy Office files (OLE) are kept and downloaded, never opened by us.
"""

OPENED_AS = ("PNG", "JPEG", "TIFF", "WEBP")
IMAGE_FORMATS = {
    "PNG": "image/png",
    "JPEG": "image/jpeg",
    "MPO": "image/jpeg",
    "TIFF": "image/tiff",
    "WEBP": "image/webp",
}


@dataclass(frozen=True)
class Examined:
    """`media_type` by the contents; `file_name` safe to show and to store."""

    media_type: str
    file_name: str
    pages: int | None = None


def examine_file(path: str, file_name: str) -> Examined:
    """Raises `Refused`, also where a parser gave up on the file in whatever way."""
    try:
        return examine(Path(path).read_bytes(), file_name)
    except (Refused, MemoryError):
        raise
    except Exception as error:  # parsers of hostile files raise anything, and not everything can be pickled
        raise Refused("unreadable_file", type(error).__name__) from None


def examine(content: bytes, file_name: str) -> Examined:
    """Raises `Refused` with the reason; any other exception means a parser failed and the file is unreadable."""
    if not content:
        raise Refused("empty_file")
    name = clean_name(file_name)
    stem, dot, extension = name.rpartition(".")
    media_type = sniff(content)
    if dot and extension.lower() not in EXTENSIONS[media_type]:
        locked = media_type == "application/x-ole-storage" and extension.lower() in ("docx", "xlsx", "pptx")
        raise Refused("file_encrypted" if locked else "type_mismatch", f"{extension} holds {media_type}")
    if not dot:
        name = f"{name}.{EXTENSIONS[media_type][0]}"
    return Examined(media_type, name, _checked(content, media_type))


def sniff(content: bytes) -> str:
    """The media type by the first bytes; what we do not take is refused."""
    if content.startswith(b"%PDF-"):
        return "application/pdf"
    if content.startswith(b"PK\x03\x04"):
        return intake_office.media_type(content)
    if content.startswith(OLE):
        return "application/x-ole-storage"
    if content.startswith((b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"II*\0", b"MM\0*")) or (
        content[:4] == b"RIFF" and content[8:12] == b"WEBP"
    ):
        return _image_type(content)
    if b"%PDF-" in content[:1024]:
        raise Refused("pdf_leading_bytes", "bytes before %PDF-")
    if _is_text(content):
        return "text/plain"
    raise Refused("unsupported_type")


def clean_name(file_name: str) -> str:
    """The last part of a path, in NFC, without control and direction marks, at most `MAX_NAME_CHARS` long."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", file_name[:20_000]))[-1]
    shown = "".join(c for c in last if unicodedata.category(c)[0] != "C" and c not in '<>:"|?*')
    shown = re.sub(r"\s+", " ", shown).strip(" .")
    stem, dot, extension = shown.rpartition(".")
    if not dot:
        return shown[:MAX_NAME_CHARS] or "tai-lieu"
    return f"{stem[: MAX_NAME_CHARS - 12].strip() or 'tai-lieu'}.{extension[:10]}"


def _checked(content: bytes, media_type: str) -> int | None:
    if media_type == "application/pdf":
        return safe_pdf.check(content)
    if media_type.startswith("image/"):
        _check_image(content)
    elif media_type == "application/x-ole-storage" and OLE_MACROS in content:
        raise Refused("office_macros")
    elif media_type in intake_office.MEDIA_TYPES.values():
        intake_office.check(content)
    return None


def _image_type(content: bytes) -> str:
    with _opened(content) as image:
        return IMAGE_FORMATS[str(image.format)]


def _check_image(content: bytes) -> None:
    with _opened(content) as image:
        for frame in range(getattr(image, "n_frames", 1)):
            image.seek(frame)
            if image.width * image.height > MAX_IMAGE_PIXELS or frame >= safe_pdf.MAX_PAGES:
                raise Refused("image_too_large", f"{image.width} x {image.height}")
            _decode(image)


def _decode(image: Image.Image) -> None:
    """A picture that cannot be shown to its end is damaged, whatever its header says."""
    try:
        image.load()
    except (OSError, SyntaxError) as error:
        raise Refused("unreadable_file", str(error)) from error


def _opened(content: bytes) -> Image.Image:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            return Image.open(BytesIO(content), formats=OPENED_AS)
    except Image.DecompressionBombError as error:
        raise Refused("image_too_large") from error
    except UnidentifiedImageError as error:
        raise Refused("unreadable_file") from error


def _is_text(content: bytes) -> bool:
    try:
        content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return False
    return not CONTROL_BYTES.search(content)
