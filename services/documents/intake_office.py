"""Checks of Word, Excel and PowerPoint files, which are ZIP archives of XML."""

import re
import stat
import zipfile
from dataclasses import dataclass
from io import BytesIO

from kernel.decider import Refused

MEDIA_TYPES = {
    "word/document.xml": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xl/workbook.xml": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "ppt/presentation.xml": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
}
MAX_ENTRIES = 1000
MAX_TOTAL_BYTES = 200 * 1024 * 1024
MAX_RATIO = 100
RATIO_COUNTS_FROM_BYTES = 5 * 1024 * 1024
"""Small XML parts of honest files shrink by more than 100:1; what stays small cannot exhaust anything."""

MAX_DEPTH = 1
CHUNK_BYTES = 256 * 1024
MACROS = re.compile(r"(^|/)(vbaproject\.bin|vbadata\.xml|activex/|macrosheets/)", re.IGNORECASE)
XML = re.compile(r"\.(xml|rels|vml)$", re.IGNORECASE)


@dataclass
class Budget:
    """What an archive and those inside it may hold together."""

    entries: int = MAX_ENTRIES
    total_bytes: int = MAX_TOTAL_BYTES

    def take(self, entries: int, size: int) -> None:
        self.entries -= entries
        self.total_bytes -= size
        if self.entries < 0:
            raise Refused("archive_too_many_entries")
        if self.total_bytes < 0:
            raise Refused("archive_too_large")


def media_type(content: bytes) -> str:
    """The Office type by the main part; any other archive is refused."""
    names = set(_archive(content).namelist())
    for main_part, found in MEDIA_TYPES.items():
        if main_part in names and "[Content_Types].xml" in names:
            return found
    raise Refused("unsupported_type", "an archive that is no Word, Excel or PowerPoint file")


def check(content: bytes) -> None:
    _check_archive(content, Budget(), depth=0)


def _check_archive(content: bytes, budget: Budget, depth: int) -> None:
    if depth > MAX_DEPTH:
        raise Refused("archive_nested")
    archive = _archive(content)
    entries = archive.infolist()
    budget.take(len(entries), sum(entry.file_size for entry in entries))
    total = sum(entry.file_size for entry in entries)
    if total > RATIO_COUNTS_FROM_BYTES and total > MAX_RATIO * len(content):
        raise Refused("archive_ratio", f"{total} bytes from {len(content)}")
    for entry in entries:
        _check_name(entry)
        _check_entry(archive, entry, budget, depth)


def _check_name(entry: zipfile.ZipInfo) -> None:
    name = entry.orig_filename
    if name.startswith(("/", "\\")) or "\\" in name or ":" in name or "\0" in name or ".." in name.split("/"):
        raise Refused("archive_unsafe_name", repr(name[:80]))
    if stat.S_ISLNK(entry.external_attr >> 16):
        raise Refused("archive_unsafe_name", "a symbolic link")
    if entry.flag_bits & 0x1:
        raise Refused("file_encrypted")
    if MACROS.search(name):
        raise Refused("office_macros", name)


def _check_entry(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, budget: Budget, depth: int) -> None:
    part = _inflated(archive, entry)
    if part.startswith(b"PK\x03\x04"):
        _check_archive(part, budget, depth + 1)
    elif XML.search(entry.filename):
        _check_xml(part.replace(b"\0", b""))
    elif b"_\0V\0B\0A\0_\0P\0R\0O\0J\0E\0C\0T\0" in part:
        raise Refused("office_macros", entry.filename)


def _inflated(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    """At most as many bytes as the entry announces, whatever its stream would give."""
    try:
        with archive.open(entry) as file:
            return file.read(entry.file_size)
    except (zipfile.BadZipFile, NotImplementedError, EOFError, OSError, ValueError, RuntimeError) as error:
        raise Refused("unreadable_file", str(error)) from error


def _check_xml(part: bytes) -> None:
    if b"<!DOCTYPE" in part or b"<!ENTITY" in part:
        raise Refused("xml_entities", "Office files need no document type")
    if b"macroEnabled" in part and b"ContentType" in part:
        raise Refused("office_macros", "a macro-enabled content type")


def _archive(content: bytes) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(BytesIO(content))
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise Refused("unreadable_file", str(error)) from error
