"""Two gateways that share no folder: whoever is signed in at one is at the other; without the secrets nobody is."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from dienhong.distributed import Gateway
from dienhong.nodes.postgres import PostgresNode
from dienhong.nodes.rabbitmq import RabbitNode, free_port
from kernel.ids import uuid7
from tests.processes import composer, environment
from tests.world import PASSWORD, Client, World

pytestmark = pytest.mark.needs("postgres", "rabbitmq")

NEW = "con trâu đi qua cầu gỗ"


@pytest.fixture(scope="module")
def here(
    tmp_path_factory: pytest.TempPathFactory, postgres_node: PostgresNode, rabbit_node: RabbitNode
) -> Iterator[World]:
    world = World(tmp_path_factory.mktemp("here"), composer(postgres_node, rabbit_node))
    yield world
    world.close()


@pytest.fixture(scope="module")
def there(here: World, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    yield from another(here, data_dir=tmp_path_factory.mktemp("there"))


@pytest.fixture
def without_secrets(here: World, tmp_path: Path) -> Iterator[Gateway]:
    yield from another(here, data_dir=tmp_path, identity_url=f"postgresql://x@127.0.0.1:{free_port()}/x")


def another(here: World, **own: object) -> Iterator[Gateway]:
    gateway = Gateway(here.embedded.settings.model_copy(update=own), lambda: here.now)
    gateway.start()
    gateway.views.wait_for(here.embedded.store.wait(0, 0))
    yield gateway
    gateway.stop()


def browser(gateway: Gateway, cookies: dict[str, str] | None = None) -> Client:
    return Client(gateway.app(), base_url="http://127.0.0.1", cookies=cookies)


def test_a_session_of_one_gateway_holds_at_the_other_until_it_ends_at_either(here: World, there: Gateway) -> None:
    ana = here.client("ana")
    elsewhere = browser(there, dict(ana.cookies))
    assert elsewhere.ok("GET", "/session")["full_name"] == "Đại biểu Ana"
    assert [each["current"] for each in elsewhere.ok("GET", "/sessions")] == [True]
    token = dict(ana.cookies)
    elsewhere.ok("POST", "/sign-out")
    assert ana.refused("GET", "/session") == (401, "not_signed_in")
    assert browser(there, token).refused("GET", "/session") == (401, "not_signed_in")


def test_guesses_are_counted_over_both_gateways(here: World, there: Gateway) -> None:
    doors = [here.anonymous(), browser(there)]
    guess = {"login": "dan", "password": "sai mật khẩu rồi nhé"}
    answers = [doors[n % 2].request("POST", "/api/v1/session", json=guess) for n in range(7)]
    assert [each.status_code for each in answers] == [401] * 5 + [429] * 2
    assert answers[-1].headers["retry-after"] == "15"


def test_a_password_changed_at_one_gateway_is_the_password_at_the_other(here: World, there: Gateway) -> None:
    here.client("ben").ok("POST", "/me/password", {"current_password": PASSWORD, "new_password": NEW})
    door = browser(there)
    assert door.refused("POST", "/session", {"login": "ben", "password": PASSWORD}) == (401, "sign_in_failed")
    door.ok("POST", "/session", {"login": "ben", "password": NEW})


def test_a_calendar_address_made_at_one_gateway_is_read_at_the_other(here: World, there: Gateway) -> None:
    url = here.client("cat").ok("POST", "/calendar-feed")["url"]
    path = url.removeprefix(here.settings.public_url)
    assert browser(there).get(path).text.startswith("BEGIN:VCALENDAR")
    browser(there, dict(here.client("cat").cookies)).ok("DELETE", "/calendar-feed")
    assert here.anonymous().get(path).status_code == 404


def test_accounts_made_by_the_command_line_sign_in_at_every_gateway(
    here: World, there: Gateway, tmp_path: Path
) -> None:
    variables = environment(here.embedded.settings.model_copy(update={"data_dir": tmp_path}))

    def command(*words: str, password: str) -> None:
        done = subprocess.run(
            [sys.executable, "-m", "dienhong", "user", *words],
            input=f"{password}\n",
            capture_output=True,
            text=True,
            env=variables,
        )
        assert done.returncode == 0, done.stderr

    command("add", "boss", "Trần Văn Bảy", "--role", "administrator", password=PASSWORD)
    head = here.embedded.store.wait(0, 0)
    assert here.embedded.views.wait_for(head, 10) and there.views.wait_for(head, 10)
    boss = browser(there)
    boss.ok("POST", "/session", {"login": "boss", "password": PASSWORD})
    assert boss.ok("GET", "/session")["roles"] == [{"role": "administrator", "unit_id": None}]
    command("passwd", "boss", password=NEW)
    assert boss.refused("GET", "/session") == (401, "not_signed_in")
    here.anonymous().ok("POST", "/session", {"login": "boss", "password": NEW})
    assert list(tmp_path.iterdir()) == []


def test_while_the_secrets_are_away_nobody_is_let_in_and_everybody_is_told_when_to_try_again(
    here: World, without_secrets: Gateway
) -> None:
    ana = browser(without_secrets, dict(here.client("eve").cookies))
    for method, path, body in (
        ("GET", "/session", None),
        ("POST", "/session", {"login": "eve", "password": PASSWORD}),
        ("POST", "/sign-out", None),
        ("POST", "/meetings", {}),
        ("POST", f"/polls/{uuid7()}/ballots", {"choice": "for"}),
    ):
        answer = ana.request(method, f"/api/v1{path}", json=body)
        assert (answer.status_code, answer.json()["code"]) == (503, "sign_in_unavailable"), path
        assert answer.headers["retry-after"] == "5"
        assert "set-cookie" not in answer.headers
    page = ana.get("/", headers={"accept": "text/html"})
    assert (page.status_code, page.headers["retry-after"]) == (503, "5")
    assert "Hãy thử lại sau ít phút" in page.text
    assert ana.get("/stream", params={"topics": "directory"}).status_code == 503
    assert ana.get("/live").is_success and ana.get("/ready").is_success
