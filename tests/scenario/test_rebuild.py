"""After a whole day of a council, what people see is what the log says: rebuilt views and pages equal the live ones."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from dienhong import demo
from dienhong.demo.people import PASSWORD
from dienhong.embedded import Embedded
from dienhong.rebuild import Rebuilt, rebuild_views
from gateway.views import contents, remove
from kernel.settings import Settings
from tests.world import Client

NOW = datetime.now(UTC)
PEOPLE = ("vanthu", "daibieu01", "truongphong", "quantri")
PAGES_EACH = 40
LINK = re.compile(r'(?:href|hx-get)="(/(?!account|static/|language/|stream|calendar)[^"#]*)"')


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The demo council: a session held and recorded, one under way, one being prepared."""
    settings = Settings(data_dir=tmp_path_factory.mktemp("day") / "var", deployment="demo.dienhong", port=0)
    assert demo.prepare(settings, lambda _words: None)
    return settings


@contextmanager
def product(settings: Settings) -> Iterator[Embedded]:
    embedded = Embedded(settings, clock=lambda: NOW)
    try:
        embedded.start()
        embedded.settle()
        yield embedded
    finally:
        embedded.stop()


def pages(embedded: Embedded, login: str) -> dict[str, str]:
    """What this person reaches by links from home, nearest first; their account page shows sessions, not views."""
    with Client(embedded.app(), base_url="http://127.0.0.1") as client:
        client.ok("POST", "/session", {"login": login, "password": PASSWORD})
        found: dict[str, str] = {}
        waiting = ["/"]
        while waiting and len(found) < PAGES_EACH:
            path = waiting.pop(0)
            answer = client.get(path, headers={"accept": "text/html"})
            assert answer.status_code == 200, f"{login} {path}: {answer.status_code}"
            if not answer.headers["content-type"].startswith("text/html"):
                continue
            found[path] = answer.text
            linked = [each.replace("&amp;", "&") for each in LINK.findall(answer.text)]
            waiting += [each for each in dict.fromkeys(linked) if each not in found and each not in waiting]
        return found


def test_views_rebuilt_from_the_log_equal_the_ones_that_ran_live(day: Settings) -> None:
    with product(day) as embedded:
        head = embedded.store.wait(0, 0)
    live = contents(day.data_dir / "views.db")
    assert {"meetings", "tasks", "polls", "people", "documents"} <= live.keys()
    rebuilt = rebuild_views(day, lambda _position: None)
    assert rebuilt == Rebuilt(head, differing=(), polls=rebuilt.polls, polls_differing=())
    assert rebuilt.polls > 0
    assert contents(day.data_dir / "views.db") == live


def test_without_the_views_file_everybody_sees_the_same_pages_again(day: Settings) -> None:
    def seen() -> dict[str, dict[str, str]]:
        with product(day) as embedded:
            return {login: pages(embedded, login) for login in PEOPLE}

    before = seen()
    remove(Path(day.data_dir / "views.db"))
    after = seen()
    assert all(len(of_one) >= 10 for of_one in before.values())
    for login in PEOPLE:
        assert after[login].keys() == before[login].keys()
        assert [path for path, html in before[login].items() if after[login][path] != html] == [], login
