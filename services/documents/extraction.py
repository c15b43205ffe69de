"""From stored bytes to what people read and search: text, and a PDF where the original is an Office file."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from kernel.decider import Refused
from kernel.ports import Blobs
from kernel.scratch import Scratch
from kernel.worker import Worker, WorkerFailed
from services.documents.extract import PAGE_BREAK, Extracted, draw_pages, extract_file, picture_to_pdf
from services.documents.intake import EXTENSIONS
from services.documents.intake_office import MEDIA_TYPES
from services.documents.programs import NotInstalled, ProgramFailed, office_to_pdf, read_scan

MAX_OCR_PAGES = 100
CHUNK_BYTES = 1024 * 1024
SUFFIX = {media_type: f".{extensions[0]}" for media_type, extensions in EXTENSIONS.items()}


@dataclass(frozen=True)
class Extraction:
    """Hashes of stored bytes. `failure`: why there is no text, as a stable code."""

    text_sha256: str | None = None
    pdf_sha256: str | None = None
    pages: int | None = None
    failure: str = ""


class Extractor:
    def __init__(self, blobs: Blobs, worker: Worker) -> None:
        self._blobs = blobs
        self._worker = worker

    def extract(self, sha256: str, media_type: str) -> Extraction:
        """Always an answer: what cannot be read keeps its original and says why. Raises `Corrupt`, `NotStored`."""
        if media_type == "application/x-ole-storage":
            return Extraction(failure="legacy_office")
        with Scratch() as folder:
            source = folder / f"source{SUFFIX.get(media_type, '')}"
            with source.open("wb") as file:
                file.writelines(self._blobs.chunks(sha256))
            pdf = self._pdf(source, media_type, folder)
            return self._with_text(source, media_type, pdf, folder)

    def _pdf(self, source: Path, media_type: str, folder: Path) -> Path | None:
        """For what browsers do not show themselves, where it can be made."""
        try:
            if media_type in MEDIA_TYPES.values():
                return office_to_pdf(source, folder)
            if media_type == "image/tiff":
                self._worker.run(picture_to_pdf, str(source), str(folder / "picture.pdf"))
                return folder / "picture.pdf"
        except (NotInstalled, ProgramFailed, WorkerFailed, OSError, ValueError):
            return None
        return None

    def _with_text(self, source: Path, media_type: str, pdf: Path | None, folder: Path) -> Extraction:
        pdf_sha256 = self._blobs.put(_chunks(pdf)).sha256 if pdf else None
        try:
            found = self._text(source, media_type, folder)
            pages = self._worker.run(extract_file, str(pdf), "application/pdf").pages if pdf else found.pages
        except Refused as refusal:
            return Extraction(pdf_sha256=pdf_sha256, failure=refusal.code)
        except WorkerFailed:
            return Extraction(pdf_sha256=pdf_sha256, failure="unreadable_file")
        except NotInstalled:
            return Extraction(pdf_sha256=pdf_sha256, failure="no_ocr")
        except ProgramFailed:
            return Extraction(pdf_sha256=pdf_sha256, failure="ocr_failed")
        if not found.text.strip():
            return Extraction(pdf_sha256=pdf_sha256, pages=pages, failure="no_text")
        return Extraction(self._blobs.put([found.text.encode()]).sha256, pdf_sha256, pages)

    def _text(self, source: Path, media_type: str, folder: Path) -> Extracted:
        if media_type.startswith("image/"):
            return Extracted(read_scan(source, folder))
        found = self._worker.run(extract_file, str(source), media_type)
        if media_type == "application/pdf" and not found.text.strip():
            return self._scanned(source, folder)
        return found

    def _scanned(self, source: Path, folder: Path) -> Extracted:
        images = folder / "images"
        images.mkdir()
        count = self._worker.run(draw_pages, str(source), str(images), MAX_OCR_PAGES)
        texts = [read_scan(images / f"{number:04}.png", folder) for number in range(1, count + 1)]
        return Extracted(PAGE_BREAK.join(texts), count)


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(CHUNK_BYTES):
            yield chunk
