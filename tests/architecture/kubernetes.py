"""What `kubectl kustomize` would give for the base, as far as the base uses it, so that tests need no kubectl."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

K8S = Path(__file__).parents[2] / "deploy" / "k8s"
BASE = K8S / "base"
OURS = ("app.kubernetes.io/part-of", "dienhong")

Manifest = dict[str, Any]


def base() -> list[Manifest]:
    """Every manifest of the base with the patches that its kustomization applies to it."""
    recipe = yaml.safe_load((BASE / "kustomization.yaml").read_text())
    manifests = [each for name in recipe["resources"] for each in yaml.safe_load_all((BASE / name).read_text())]
    for patch in recipe["patches"]:
        kinds = patch["target"]["kind"].split("|")
        assert patch["target"]["labelSelector"] == "=".join(OURS)
        changes = yaml.safe_load((BASE / patch["path"]).read_text())["spec"]
        for each in manifests:
            if each["kind"] in kinds and each["metadata"].get("labels", {}).get(OURS[0]) == OURS[1]:
                each["spec"] = merged(each["spec"], changes)
    return manifests


def merged(value: Any, patch: Any) -> Any:
    """A strategic merge: mappings by key, lists of named things by name, everything else is replaced."""
    if isinstance(value, dict) and isinstance(patch, dict):
        both = {key: merged(value[key], patch[key]) for key in value.keys() & patch.keys()}
        return {**value, **patch, **both}
    if isinstance(value, list) and isinstance(patch, list) and all("name" in each for each in (*value, *patch)):
        names = {each["name"]: each for each in value}
        for each in patch:
            names[each["name"]] = merged(names.get(each["name"], {}), each)
        return list(names.values())
    return patch


def workloads(manifests: list[Manifest]) -> list[Manifest]:
    return [each for each in manifests if each["kind"] in {"StatefulSet", "Deployment", "Job"}]


def pod(workload: Manifest) -> Any:
    return workload["spec"]["template"]["spec"]


def containers(manifests: list[Manifest]) -> Iterator[tuple[str, Any]]:
    for each in workloads(manifests):
        spec = pod(each)
        for container in (*spec.get("initContainers", ()), *spec["containers"]):
            yield f"{each['kind']}/{each['metadata']['name']}/{container['name']}", container


def leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    match value:
        case dict():
            for key, each in value.items():
                yield from leaves(each, f"{path}.{key}")
        case list():
            for index, each in enumerate(value):
                yield from leaves(each, f"{path}[{index}]")
        case _:
            yield path, value
