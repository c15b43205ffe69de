"""Alerts, scrape targets and the dashboard ask only for what the code measures."""

import importlib.util
import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "deploy" / "observability"
ALERTS = yaml.safe_load((FOLDER / "alerts.yaml").read_text())
RULES = [rule for group in ALERTS["groups"] for rule in group["rules"]]
DASHBOARD: dict[str, Any] = json.loads((FOLDER / "dashboard.json").read_text())
PANELS = [panel for panel in DASHBOARD["panels"] if panel["type"] != "row"]
SUFFIXES = {"Counter": ("_total",), "Gauge": ("",), "Histogram": ("_bucket", "_sum", "_count")}
OWN = r"\bdienhong_[a-z_]+"


def measured() -> set[str]:
    """The names under which Prometheus sees the metrics that the code defines."""
    found: set[str] = set()
    for package in ("kernel", "services", "gateway", "dienhong"):
        for path in (ROOT / package).rglob("*.py"):
            for kind, name in re.findall(r'\b(Counter|Gauge|Histogram)\(\s*"(dienhong_\w+)"', path.read_text()):
                found |= {name + suffix for suffix in SUFFIXES[kind]}
    return found


def queries() -> list[str]:
    return [target["expr"] for panel in PANELS for target in panel["targets"]]


def promtool(*arguments: str, folder: Path = FOLDER) -> None:
    if shutil.which("promtool") is None:
        pytest.skip("promtool (Debian's package prometheus) is not on this machine")
    done = subprocess.run(["promtool", *arguments], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_promtool_accepts_the_rules_and_the_scrape_configuration() -> None:
    promtool("check", "rules", "alerts.yaml")
    promtool("check", "config", "prometheus.yaml")


def test_alerts_speak_when_they_should_and_only_then(tmp_path: Path) -> None:
    cases = Path(__file__).with_name("alerts_cases.yaml").read_text()
    (tmp_path / "cases.yaml").write_text(cases.replace("ALERTS", str(FOLDER / "alerts.yaml")))
    promtool("test", "rules", "cases.yaml", folder=tmp_path)


def test_alerts_and_panels_ask_only_for_what_is_measured() -> None:
    asked = {name for text in (*(rule["expr"] for rule in RULES), *queries()) for name in re.findall(OWN, text)}
    assert asked - measured() == set()


def test_everything_measured_is_on_the_dashboard() -> None:
    shown = {name for text in queries() for name in re.findall(OWN, text)}
    unseen = {name for name in measured() if not name.endswith(("_sum", "_count"))} - shown
    assert unseen == set()


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: str(rule["alert"]))
def test_an_alert_says_what_happens_and_what_to_do(rule: dict[str, Any]) -> None:
    assert rule["labels"]["severity"] in {"page", "warn"}
    assert rule["annotations"]["summary"] and len(rule["annotations"]["description"]) > 30


def test_prometheus_asks_every_process_of_the_composition() -> None:
    services = yaml.safe_load((ROOT / "deploy" / "compose.yaml").read_text())["services"]
    lasting = {
        f"{name}:8000"
        for name, each in services.items()
        if each["image"].startswith("dienhong:") and name != "bus-setup"
    }
    jobs = yaml.safe_load((FOLDER / "prometheus.yaml").read_text())["scrape_configs"]
    ours = next(job for job in jobs if job["job_name"] == "dienhong")
    assert set(ours["static_configs"][0]["targets"]) == lasting


def test_the_dashboard_is_what_its_script_writes() -> None:
    specification = importlib.util.spec_from_file_location("dashboard", FOLDER / "dashboard.py")
    assert specification is not None and specification.loader is not None
    script = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(script)
    assert script.text() == (FOLDER / "dashboard.json").read_text()


@pytest.mark.parametrize("panel", PANELS, ids=lambda panel: str(panel["title"]))
def test_a_panel_has_words_a_source_and_its_place(panel: dict[str, Any]) -> None:
    assert panel["description"] and panel["datasource"]["uid"] == "prometheus"
    place = panel["gridPos"]
    assert place["w"] > 0 and place["h"] > 0 and place["x"] + place["w"] <= 24
    assert [target["refId"] for target in panel["targets"]] == [*"ABCDEFGH"[: len(panel["targets"])]]
