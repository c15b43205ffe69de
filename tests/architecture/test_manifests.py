"""The Kubernetes manifests: valid, hardened, without secrets, and true to the code that they run."""

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import jsonschema
import kubernetes_validate
import pytest
import yaml

from dienhong.cli import app
from kernel.settings import SECRET, Settings
from tests.architecture.crds import SCHEMAS
from tests.architecture.kubernetes import BASE, K8S, OURS, Manifest, base, containers, leaves, pod, workloads

ROOT = K8S.parents[1]
OPERATIONS = (ROOT / "docs" / "operations.md").read_text()
VERSION = "1.37.0"
FILES = sorted(path for path in (ROOT / "deploy").rglob("*.yaml"))
KNOWN_VARIABLES = {f"DIENHONG_{name.upper()}" for name in Settings.model_fields} | {
    f"DIENHONG_{name.upper()}_FILE" for name in SECRET
}


def kubectl_lack() -> str:
    """Why kubectl cannot render here; Debian's own is too old for patches with selectors."""
    program = shutil.which("kubectl")
    if program is None:
        return "kubectl is not on this machine: overlays are not rendered"
    said = subprocess.run([program, "version", "--client", "-o", "json"], capture_output=True, text=True, check=False)
    version = json.loads(said.stdout or "{}").get("clientVersion", {})
    numbers = re.match(r"v(\d+)\.(\d+)", version.get("gitVersion", ""))
    if numbers is None or (int(numbers[1]), int(numbers[2])) < (1, 27):
        return (
            f"kubectl {version.get('gitVersion', 'of unknown version')} is older than 1.27: overlays are not rendered"
        )
    return ""


def rendered(folder: str) -> list[Manifest]:
    if lack := kubectl_lack():
        pytest.skip(lack)
    done = subprocess.run(["kubectl", "kustomize", K8S / folder], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return list(yaml.safe_load_all(done.stdout))


@pytest.fixture(scope="module", params=["base", "overlays/local", "overlays/production"])
def manifests(request: pytest.FixtureRequest) -> list[Manifest]:
    """The base as this project merges it itself; the overlays as kubectl renders them."""
    return base() if request.param == "base" else rendered(request.param)


def in_any_order(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: in_any_order(each) for key, each in value.items() if key != "namespace"}
    if isinstance(value, list):
        return sorted((in_any_order(each) for each in value), key=lambda each: json.dumps(each, sort_keys=True))
    return value


def test_kubectl_renders_the_base_as_these_tests_do() -> None:
    assert in_any_order(rendered("base")) == in_any_order(base())


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_word_is_read_as_a_truth_value_or_an_octal_number(path: Path) -> None:
    """YAML 1.1, which some readers follow, takes a bare `on` or `y` for true, and 0440 for 288."""
    tokens = yaml.scan(path.read_text())
    plain = [token.value for token in tokens if isinstance(token, yaml.ScalarToken) and token.plain]
    assert [word for word in plain if word.lower() in {"y", "n", "yes", "no", "on", "off"}] == []
    assert [word for word in plain if re.fullmatch(r"0\d+", word)] == []
    assert list(yaml.safe_load_all(path.read_text()))


def test_every_file_of_the_base_is_used() -> None:
    recipe = yaml.safe_load((BASE / "kustomization.yaml").read_text())
    used = {*recipe["resources"], *(each["path"] for each in recipe["patches"]), "kustomization.yaml"}
    assert {path.name for path in BASE.iterdir()} == used


def test_every_service_has_its_workload() -> None:
    services = {path.parent.name for path in (ROOT / "services").glob("*/service.py")}
    ours = {each["metadata"]["name"] for each in workloads(base()) if OURS[0] in each["metadata"].get("labels", {})}
    assert ours == services | {"gateway", "ledger", "relay", "bus-setup"}


def test_the_schemas_of_kubernetes_accept_every_manifest(manifests: list[Manifest]) -> None:
    for each in manifests:
        if each["kind"] in SCHEMAS:
            jsonschema.validate(each, SCHEMAS[each["kind"]])
        else:
            kubernetes_validate.validate(each, VERSION, strict=True)


def test_no_secret_is_written_down(manifests: list[Manifest]) -> None:
    assert [each["metadata"]["name"] for each in manifests if each["kind"] == "Secret"] == []
    for _, container in containers(manifests):
        for each in container.get("env", ()):
            if re.search(r"PASSWORD|SECRET|TOKEN|_KEY|_URL", each["name"]) and "value" in each:
                assert each["name"].endswith("_FILE") and each["value"].startswith("/"), each["name"]
    texts = [text for each in manifests for _, text in leaves(each) if isinstance(text, str)]
    assert [text for text in texts if re.search(r"://[^/\s]*@", text)] == []


def test_every_image_is_pinned(manifests: list[Manifest]) -> None:
    for name, container in containers(manifests):
        assert re.search(r":(?!latest$)[\w.-]*\d[\w.-]*$", container["image"]), name


def test_every_container_runs_with_the_least_rights(manifests: list[Manifest]) -> None:
    for each in workloads(manifests):
        rights = pod(each)["securityContext"]
        assert rights["runAsNonRoot"] is True and rights["runAsUser"] > 0, each["metadata"]["name"]
        assert rights["seccompProfile"] == {"type": "RuntimeDefault"}
    for name, container in containers(manifests):
        rights = container["securityContext"]
        assert rights["allowPrivilegeEscalation"] is False and rights["readOnlyRootFilesystem"] is True, name
        assert rights["capabilities"] == {"drop": ["ALL"]}, name


def test_every_container_says_what_it_needs_and_how_it_is(manifests: list[Manifest]) -> None:
    for name, container in containers(manifests):
        assert container["resources"]["requests"].keys() == container["resources"]["limits"].keys(), name
        if not name.startswith("Job/"):
            assert {"livenessProbe", "readinessProbe"} <= container.keys(), name
            assert container["lifecycle"]["preStop"] == {"sleep": {"seconds": 5}}, name
    for each in workloads(manifests):
        if each["kind"] != "Job":
            assert pod(each)["terminationGracePeriodSeconds"] >= 45, each["metadata"]["name"]


def test_nobody_gets_a_token_or_variables_that_are_no_settings(manifests: list[Manifest]) -> None:
    """Kubernetes names the variables of service links after services: DIENHONG_… would be an unknown setting."""
    accounts = [each for each in manifests if each["kind"] == "ServiceAccount"]
    assert [each["metadata"]["name"] for each in accounts if each["automountServiceAccountToken"] is not False] == []
    used = [pod(each)["serviceAccountName"] for each in workloads(manifests)]
    assert sorted(used) == sorted(each["metadata"]["name"] for each in accounts)
    for each in workloads(manifests):
        assert pod(each)["automountServiceAccountToken"] is False
        assert pod(each)["enableServiceLinks"] is False


def test_addresses_stand_in_one_place(manifests: list[Manifest]) -> None:
    elsewhere = [
        f"{each['kind']}/{each['metadata']['name']}{path}: {text}"
        for each in manifests
        if each["kind"] != "ConfigMap"
        for path, text in leaves(each)
        if isinstance(text, str) and re.search(r"://|\.svc\b|\.local\b|:\d{4,5}\b", text)
    ]
    assert elsewhere == []
    assert [each["metadata"]["name"] for each in manifests if each["kind"] == "ConfigMap"] == ["dienhong-addresses"]


def test_every_variable_is_a_setting(manifests: list[Manifest]) -> None:
    given = {each["name"] for _, container in containers(manifests) for each in container.get("env", ())}
    given |= {name for each in manifests if each["kind"] == "ConfigMap" for name in each["data"]}
    assert {name for name in given if name.startswith("DIENHONG_")} - KNOWN_VARIABLES == set()


def test_every_selector_finds_something(manifests: list[Manifest]) -> None:
    # The operator labels RabbitMQ's pods with the name of their cluster.
    labels = [each["spec"]["template"]["metadata"]["labels"] for each in workloads(manifests)]
    labels.append({"app.kubernetes.io/name": "rabbitmq"})
    for each in manifests:
        selector = each.get("spec", {}).get("podSelector") or each.get("spec", {}).get("selector") or {}
        wanted = selector.get("matchLabels", selector)
        assert any(wanted.items() <= each.items() for each in labels), (each["kind"], each["metadata"]["name"])


def test_whatever_stays_up_has_a_budget(manifests: list[Manifest]) -> None:
    budgets = {each["metadata"]["name"] for each in manifests if each["kind"] == "PodDisruptionBudget"}
    lasting = {each["metadata"]["name"] for each in workloads(manifests) if each["kind"] != "Job"}
    assert lasting - {"object-store", "identity-store"} | {"rabbitmq"} == budgets


def test_gateways_share_no_folder_and_alone_see_where_passwords_are(manifests: list[Manifest]) -> None:
    seeing = [each["metadata"]["name"] for each in workloads(manifests) if "dienhong-identity" in str(pod(each))]
    assert seeing == ["gateway"]
    assert [each["metadata"]["name"] for each in manifests if each["kind"] == "PersistentVolumeClaim"] == []
    gateway = next(each for each in workloads(manifests) if each["metadata"]["name"] == "gateway")
    given = {each["name"]: each.get("value") for each in pod(gateway)["containers"][0]["env"]}
    assert given["DIENHONG_IDENTITY_URL_FILE"] == "/run/secrets/identity/identity-url"
    assert "affinity" not in pod(gateway)
    assert [each["metadata"]["name"] for each in gateway["spec"]["volumeClaimTemplates"]] == ["data"]


def test_nothing_talks_to_anything_unless_it_is_said(manifests: list[Manifest]) -> None:
    policies = {each["metadata"]["name"]: each["spec"] for each in manifests if each["kind"] == "NetworkPolicy"}
    assert policies["default-deny"] == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    labels = next(each for each in manifests if each["kind"] == "Namespace")["metadata"]["labels"]
    assert labels["pod-security.kubernetes.io/enforce"] == "restricted"


def test_ballots_that_wait_make_more_of_the_voting_service(manifests: list[Manifest]) -> None:
    scaled = {each["metadata"]["name"]: each["spec"] for each in manifests if each["kind"] == "ScaledObject"}
    assert set(scaled) == {"voting", "gateway"}
    assert [each["metadata"]["queueName"] for each in scaled["voting"]["triggers"]] == ["rpc-voting"]


@pytest.mark.parametrize("name", ["voting", "gateway"])
def test_an_apply_in_mid_session_sets_no_number_of_replicas_back(name: str) -> None:
    workload = next(each for each in base() if each["kind"] == "StatefulSet" and each["metadata"]["name"] == name)
    assert "replicas" not in workload["spec"]


def test_what_pods_run_are_commands_of_ours() -> None:
    verbs = {c.name or c.callback.__name__ for c in app.registered_commands if c.callback}
    for group in app.registered_groups:
        assert group.typer_instance is not None
        commands = group.typer_instance.registered_commands
        verbs |= {f"{group.name} {c.name or c.callback.__name__}" for c in commands if c.callback}
    for each in workloads(base()):
        if OURS[0] in each["metadata"].get("labels", {}):
            args = pod(each)["containers"][0]["args"]
            assert " ".join(args) in verbs or args[0] in verbs, args


def test_operations_tell_how_every_secret_is_made(manifests: list[Manifest]) -> None:
    named = {
        text
        for each in manifests
        for path, text in leaves(each)
        if path.endswith((".secretName", ".secretKeyRef.name"))
    }
    named |= {each["name"] for m in manifests for each in m.get("spec", {}).get("secretTargetRef", ())}
    assert {name for name in named if f"`{name}`" not in OPERATIONS} == set()
