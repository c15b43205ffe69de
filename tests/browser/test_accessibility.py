"""Every page that people reach by links: axe-core finds nothing serious, nothing breaks the content policy, nothing
is cut off on a phone."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Error, Page, expect, sync_playwright

from dienhong.demo.people import PASSWORD
from dienhong.demo.running import running_demo
from tests.browser.pages import signed_in, walk

pytestmark = [pytest.mark.browser, pytest.mark.needs("chromium", "vendor"), pytest.mark.timeout(600)]

AXE = Path(__file__).parents[2] / "gateway/web/node_modules/axe-core/axe.min.js"
LOOKS_AT_A_PAGE = 3
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
START = {
    "": ["/sign-in", "/activate", "/nowhere"],
    "daibieu05": ["/"],
    "vanthu": ["/", "/meetings?show=drafts", "/meetings?show=finished", "/meetings/new", "/search?q=duong"],
    "chutoa": ["/", "/minutes"],
    "truongphong": ["/", "/tasks"],
    "quantri": ["/organisation", "/people", "/people/new", "/organisation/new", "/policy"],
}
LOOKS = {
    "tablet, light": {"viewport": {"width": 820, "height": 1180}, "color_scheme": "light"},
    "phone, dark": {"viewport": {"width": 390, "height": 844}, "color_scheme": "dark"},
}


@pytest.fixture(scope="module")
def demo() -> Iterator[str]:
    with running_demo() as address:
        yield address


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"),
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        yield browser
        browser.close()


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("login", START)
def test_everybody_can_use_every_page(demo: str, browser: Browser, login: str, look: str) -> None:
    context = signed_in(browser, demo, login, PASSWORD, **LOOKS[look])
    page = context.new_page()
    broken: list[str] = []
    page.on("console", lambda said: broken.append(f"{page.url}: {said.text}") if said.type == "error" else None)
    page.on("pageerror", lambda error: broken.append(f"{page.url}: {error}"))
    found = []
    for path in walk(page, demo, START[login], per_shape=2 if look.startswith("tablet") else 1):
        found += [f"{path}: {each}" for each in violations(page)]
        if page.evaluate("document.documentElement.scrollWidth > innerWidth + 1"):
            found.append(f"{path}: wider than the screen")
    context.close()
    if not login:
        broken = [each for each in broken if "401" not in each and "/nowhere" not in each]
    assert not found + broken, "\n".join(found + broken)


def violations(page: Page) -> list[str]:
    """What is found at each of several looks: what is asked for again is paler meanwhile, and a whole page may be."""
    found: list[str] = []
    for _ in range(LOOKS_AT_A_PAGE):
        try:
            found = judged(page)
        except Error as gone:
            if "Execution context was destroyed" not in gone.message:
                raise
            found = [gone.message]
        if not found:
            return []
        expect(page.locator(".htmx-request")).to_have_count(0)
    return found


def judged(page: Page) -> list[str]:
    page.wait_for_load_state()  # before its style sheet has come, a page has other sizes and colours
    if page.locator("#reader").count():
        page.wait_for_selector("#reader[data-ready] .textLayer")
    page.evaluate(AXE.read_text())
    result = page.evaluate(
        "tags => axe.run(document, {runOnly: tags, resultTypes: ['violations']})",
        RULES,
    )
    return [
        f"{each['impact']} {each['id']}: {node['html'][:160]}"
        for each in result["violations"]
        if each["impact"] in ("serious", "critical")
        for node in each["nodes"][:3]
    ]
