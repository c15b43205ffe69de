"""The image and the composition of containers, as far as they can be judged without a container engine."""

import fnmatch
import json
import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import yaml

from kernel.settings import SECRET, Settings

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
COMPOSE = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
SERVICES: dict[str, Any] = COMPOSE["services"]
OURS = {name: each for name, each in SERVICES.items() if each["image"].startswith("dienhong:")}
PINNED = re.compile(r"^[\w./-]+:(?!latest$)[\w.-]*\d[\w.-]*$")


def instructions() -> list[tuple[str, str]]:
    text = re.sub(r"^#.*\n", "", (DEPLOY / "Dockerfile").read_text(), flags=re.MULTILINE).replace("\\\n", " ")
    lines = [line.split(None, 1) for line in text.splitlines() if line.strip()]
    return [(word.upper(), " ".join(rest.split())) for word, rest in lines]


IMAGE = instructions()


def of(word: str) -> list[str]:
    return [rest for each, rest in IMAGE if each == word]


def last_stage() -> list[tuple[str, str]]:
    start = max(index for index, (word, _) in enumerate(IMAGE) if word == "FROM")
    return IMAGE[start:]


def ignored(path: str) -> bool:
    """By .dockerignore: the last line that matches the path, or a folder above it, decides."""
    verdict = False
    for line in (ROOT / ".dockerignore").read_text().split():
        pattern = line.removeprefix("!").removeprefix("**/")
        parts = path.split("/")
        above = ["/".join(parts[: i + 1]) for i in range(len(parts))]
        names = parts if "**/" in line else above
        if any(fnmatch.fnmatch(each, pattern) for each in names):
            verdict = not line.startswith("!")
    return verdict


def test_stages_begin_from_pinned_images() -> None:
    assert len(of("FROM")) == 2
    assert [each for each in of("FROM") if not PINNED.match(each.split()[0])] == []


def test_what_is_copied_exists_and_reaches_the_builder() -> None:
    sources = [s for each in of("COPY") if "--from" not in each for s in shlex.split(each)[:-1]]
    assert sources
    assert [source for source in sources if not (ROOT / source).exists()] == []
    assert [source for source in sources if ignored(source)] == []


def test_every_package_is_copied_and_no_data_of_anybody() -> None:
    packages = set(re.findall(r'"(\w+)\*"', (ROOT / "pyproject.toml").read_text()))
    copied = {source for each in of("COPY") for source in shlex.split(each)[:-1]}
    assert packages - copied == set()
    for path in ("var/events.db", "deploy/secrets/bus-url", ".git/config", "tests/world.py", ".venv/bin/python"):
        assert ignored(path), path
    for path in ("gateway/web/node_modules/x.js", "gateway/web/static/vendor/x.js", "kernel/__pycache__/x.pyc"):
        assert ignored(path), path
    assert not ignored("gateway/web/static/css/app.css")


def test_packages_come_by_their_hashes_and_nothing_is_left_behind() -> None:
    installs = [each for each in of("RUN") if "pip install" in each]
    assert any("--require-hashes -r requirements-distributed.lock" in each for each in installs)
    for each in of("RUN"):
        if "apt-get install" in each:
            assert "--no-install-recommends" in each and "rm -rf /var/lib/apt/lists/*" in each
    assert of("ADD") == []
    assert [each for each in of("ENV") if re.search(r"PASSWORD|SECRET|TOKEN", each)] == []


def test_it_runs_as_somebody_without_rights_and_gets_signals_itself() -> None:
    stage = last_stage()
    users = [rest for word, rest in stage if word == "USER"]
    assert users and re.fullmatch(r"[1-9]\d*:[1-9]\d*", users[-1])
    order = [word for word, _ in stage]
    assert "RUN" not in order[order.index("USER") :]
    assert json.loads(of("ENTRYPOINT")[0]) == ["dienhong"]


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_every_container_is_pinned_limited_and_without_rights(name: str) -> None:
    each = SERVICES[name]
    assert PINNED.match(each["image"])
    assert each["cap_drop"] == ["ALL"] and "no-new-privileges:true" in each["security_opt"]
    assert each["mem_limit"]
    for port in each.get("ports", ()):
        assert port.startswith("127.0.0.1:"), "from outside one comes through a proxy with TLS"


def test_the_brokers_and_the_log_are_of_the_generation_that_is_promised() -> None:
    assert SERVICES["rabbitmq"]["image"].startswith("rabbitmq:4.")
    assert re.match(r"kurrentplatform/kurrentdb:26\.", SERVICES["kurrentdb"]["image"])


def test_every_process_of_ours_is_there() -> None:
    commands = sorted(" ".join(each["command"]) for each in OURS.values())
    services = [f"service {path.parent.name}" for path in sorted((ROOT / "services").glob("*/service.py"))]
    assert commands == sorted(["bus setup", "gateway", "gateway", "ledger serve", "relay", *services])
    for name, each in OURS.items():
        assert each["read_only"] is True and each["stop_grace_period"] == "45s", name
    replicas = [each["environment"]["DIENHONG_REPLICA"] for each in OURS.values() if each["command"] == ["gateway"]]
    assert len(set(replicas)) == 2


def test_variables_are_settings_and_secrets_are_files() -> None:
    known = {f"DIENHONG_{name.upper()}" for name in Settings.model_fields}
    known |= {f"DIENHONG_{name.upper()}_FILE" for name in SECRET}
    for name, each in OURS.items():
        given = {variable for variable in each["environment"] if variable.startswith("DIENHONG_")}
        assert given - known == set(), name
        files = {Path(value).name for variable, value in each["environment"].items() if variable.endswith("_FILE")}
        assert files <= set(each["secrets"]), name
    for name, each in SERVICES.items():
        for variable, value in each.get("environment", {}).items():
            secret = re.search(r"PASSWORD|SECRET|TOKEN|_USER", variable)
            assert not secret or str(value).startswith("/run/secrets/"), (name, variable)
    assert "deploy/secrets/" in (ROOT / ".gitignore").read_text().split()
    operations = (ROOT / "docs" / "operations.md").read_text()
    assert [each["file"] for each in COMPOSE["secrets"].values() if Path(each["file"]).name not in operations] == []


def test_files_and_volumes_that_are_mounted_exist() -> None:
    for each in SERVICES.values():
        for mount in each.get("volumes", ()):
            source = mount.split(":")[0]
            assert (DEPLOY / source).exists() if source.startswith(".") else source in COMPOSE["volumes"], mount
