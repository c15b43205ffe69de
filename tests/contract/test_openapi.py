"""Every operation of the API keeps to its own description, whatever it is sent."""

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
import schemathesis.checks
import schemathesis.specs.openapi.checks
from hypothesis import HealthCheck, Phase, given, settings

from tests.world import World

# A body that fits the schema may still be refused by a rule of the domain, so acceptance is no check here.
CHECKS = [
    schemathesis.checks.not_a_server_error,
    schemathesis.specs.openapi.checks.status_code_conformance,
    schemathesis.specs.openapi.checks.content_type_conformance,
    schemathesis.specs.openapi.checks.response_schema_conformance,
    schemathesis.specs.openapi.checks.response_headers_conformance,
]
EXAMPLES = 25
# These would end or throttle the very session that the test works with.
SIGNS_IN_OR_OUT = {
    f"/api/v1/{name}" for name in ("session", "activation", "sign-out", "me/password", "sessions/end-others")
}


@pytest.fixture(scope="module")
def api_world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    world = World(tmp_path_factory.mktemp("data"))
    yield world
    world.close()


@pytest.fixture(scope="module")
def description(api_world: World) -> Any:
    return api_world.anonymous().get("/api/v1/openapi.json").json()


def test_the_description_names_every_operation_once(description: Any) -> None:
    operations = [operation for path in description["paths"].values() for operation in path.values()]
    names = [operation["operationId"] for operation in operations]
    assert len(names) == len(set(names))
    assert len(operations) > 80


@pytest.mark.slow
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("login", ["admin", "clerk", "ana", None])
def test_no_operation_breaks_its_description(api_world: World, login: str | None) -> None:
    schema = schemathesis.openapi.from_asgi("/api/v1/openapi.json", api_world.app)
    broken = {}
    for each in schema.get_all_operations():
        operation = each.ok()
        if operation.path in SIGNS_IN_OR_OUT:
            continue
        try:
            exercise(operation, api_world, login)
        except* Exception as group:  # every broken operation is reported, not only the first
            broken[operation.label] = "\n".join(str(error)[:1500] for error in group.exceptions)
    assert not broken, "\n\n".join(f"{label}\n{text}" for label, text in broken.items())


def exercise(operation: Any, world: World, login: str | None) -> None:
    cookies = dict(world.client(login).cookies) if login else {}

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy())
    def answers_as_described(case: Any) -> None:
        case.validate_response(case.call(cookies=cookies), checks=CHECKS)

    answers_as_described()
