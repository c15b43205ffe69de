"""What may be loaded by what: pure parts stay pure, and the embedded product loads no broker."""

import subprocess
import sys

import pytest

PURE = [
    "kernel.messages",
    "kernel.decider",
    "kernel.codec",
    "services.directory.decider",
    "services.meeting.preparation",
    "services.meeting.sitting",
    "services.meeting.conclusions",
    "services.meeting.minutes",
    "services.documents.decider",
    "services.voting.decider",
    "services.voting.ballot",
    "services.voting.rules",
    "services.voting.methods",
    "services.voting.dictation",
    "services.voting.body_cards",
    "services.voting.policy",
    "services.tasks.decider",
]
IMPURE = ("sqlite3", "fastapi", "nameko", "eventlet", "grpc", "structlog", "prometheus_client")


def loaded(module: str, names: tuple[str, ...]) -> str:
    program = f"import sys, {module}; print(*[n for n in {names!r} if n in sys.modules])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return done.stdout.strip()


@pytest.mark.parametrize("module", PURE)
def test_a_pure_module_loads_no_framework_and_no_driver(module: str) -> None:
    assert loaded(module, IMPURE) == ""


def test_the_embedded_product_loads_neither_broker_nor_heavy_libraries_at_start() -> None:
    heavy = (
        "nameko",
        "eventlet",
        "kombu",
        "pika",
        "psycopg",
        "pypdfium2",
        "docx",
        "openpyxl",
        "pptx",
        "typst",
        "pyhanko",
        "pkcs11",
    )
    assert loaded("dienhong.embedded", heavy) == ""
