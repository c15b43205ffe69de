"""Programs that may be installed beside us: LibreOffice makes PDFs of Office files, Tesseract reads scans.

Each run has a folder, a profile and a time limit of its own; nothing here is needed for the product to work.
"""

import os
import resource
import shutil
import signal
import subprocess
from collections.abc import Sequence
from pathlib import Path

OFFICE_SECONDS = 120
OCR_SECONDS = 60
MEMORY_BYTES = 3 * 1024 * 1024 * 1024
OCR_LANGUAGE = "vie"

PROFILE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema">
<item oor:path="/org.openoffice.Office.Common/Security/Scripting">
<prop oor:name="MacroSecurityLevel" oor:op="fuse"><value>3</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting">
<prop oor:name="DisableMacrosExecution" oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting">
<prop oor:name="BlockUntrustedRefererLinks" oor:op="fuse"><value>true</value></prop></item>
</oor:items>
"""
"""No macros, and nothing fetched from outside for a linked picture or template."""


class NotInstalled(Exception):
    pass


class ProgramFailed(Exception):
    """It took too long, failed, or made no file."""


def office_to_pdf(source: Path, folder: Path) -> Path:
    """The PDF that LibreOffice makes of an Office file, in `folder`.

    Two runs on one profile make LibreOffice end without a file and without an error, hence a profile for each.
    """
    soffice = shutil.which("soffice")
    if soffice is None:
        raise NotInstalled("soffice")
    made, profile = folder / "made", folder / "profile"
    (profile / "user").mkdir(parents=True)
    (profile / "user" / "registrymodifications.xcu").write_text(PROFILE)
    options = [f"-env:UserInstallation={profile.as_uri()}", "--headless", "--norestore", "--nolockcheck"]
    _run([soffice, *options, "--convert-to", "pdf", "--outdir", str(made), str(source)], folder, OFFICE_SECONDS)
    pdf = made / f"{source.stem}.pdf"
    if not pdf.is_file() or pdf.stat().st_size == 0:
        raise ProgramFailed("soffice made no file")
    return pdf


def read_scan(image: Path, folder: Path) -> str:
    tesseract = shutil.which("tesseract")
    if tesseract is None or OCR_LANGUAGE not in _run([tesseract, "--list-langs"], folder, OCR_SECONDS).split():
        raise NotInstalled("tesseract")
    return _run([tesseract, str(image), "stdout", "-l", OCR_LANGUAGE], folder, OCR_SECONDS)


def _run(command: Sequence[str], folder: Path, seconds: int) -> str:
    environment = {
        "PATH": os.environ.get("PATH", ""),
        "HOME": str(folder),
        "LC_ALL": "C.UTF-8",
        "OMP_THREAD_LIMIT": "1",
    }
    process = subprocess.Popen(
        command,
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        resource.prlimit(process.pid, resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
        output, _ = process.communicate(timeout=seconds)
    except (subprocess.TimeoutExpired, ProcessLookupError) as error:
        raise ProgramFailed(f"{Path(command[0]).name}: {type(error).__name__}") from error
    finally:
        _end(process)
    if process.returncode != 0:
        raise ProgramFailed(f"{Path(command[0]).name} ended with {process.returncode}")
    return output.decode("utf-8", "replace")


def _end(process: subprocess.Popen[bytes]) -> None:
    """The program with all that it started."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
