"""Every command and every refusal of the deciders is named in a test."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TESTS = "".join(path.read_text() for path in (ROOT / "tests").rglob("test_*.py"))
DOMAIN = "".join(path.read_text() for path in (ROOT / "tests" / "domain").glob("*.py"))


def found(pattern: str, *where: str) -> list[str]:
    paths = [path for each in where for path in ROOT.glob(each)]
    return sorted({name for path in paths for name in re.findall(pattern, path.read_text())})


@pytest.mark.parametrize(
    "command", found(r"class (\w+)\(Command\)", "services/*/messages.py", "services/*/messages/*.py")
)
def test_every_command_has_its_given_when_then(command: str) -> None:
    assert re.search(rf"\b{command}\b", DOMAIN)


@pytest.mark.parametrize("code", found(r"Refused\(\s*\"([a-z_0-9]+)\"", "services/**/*.py"))
def test_every_refusal_of_a_service_is_provoked(code: str) -> None:
    assert f'"{code}"' in TESTS
