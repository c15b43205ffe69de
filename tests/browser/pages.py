"""Finds the pages of a running product by following its links, as one person."""

import re
from collections import Counter
from collections.abc import Iterator
from urllib.parse import urljoin, urlsplit

from playwright.sync_api import Browser, BrowserContext, Page

from tests.browser.people import PATIENCE_MS

NOT_A_PAGE = re.compile(r"/(language/.*|calendar/.*|.*\.(ics|csv|xlsx|pdf|png)|.*/(file|original|pdf))$")
ID = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|(?<=/)[0-9]+$")


def signed_in(browser: Browser, address: str, login: str, password: str, **look: object) -> BrowserContext:
    context = browser.new_context(locale="vi-VN", **look)  # type: ignore[arg-type]
    context.set_default_timeout(PATIENCE_MS)
    if login:
        page = context.new_page()
        page.goto(f"{address}/sign-in")
        page.fill("[name=login]", login)
        page.fill("[name=password]", password)
        page.click("main button[type=submit]")
        page.wait_for_url(f"{address}/")
        page.close()
    return context


def walk(page: Page, address: str, start: list[str], per_shape: int) -> Iterator[str]:
    """Opens each page and yields its path; of those that differ only by an id or a choice, `per_shape`."""
    queue, seen, shapes = list(start), set[str](), Counter[str]()
    while queue:
        path = queue.pop(0)
        if path in seen:
            continue
        seen.add(path)
        shape = ID.sub("…", re.sub(r"=[^&]*", "", path))
        if shapes[shape] == per_shape:
            continue
        shapes[shape] += 1
        page.goto(address + path)
        yield path
        queue += [each for each in _links(page, address) if each not in seen]


def _links(page: Page, address: str) -> list[str]:
    found: list[str] = page.eval_on_selector_all("a[href]:not([download])", "all => all.map(each => each.href)")
    ours = (urlsplit(urljoin(address, each)) for each in found if each.startswith(address + "/"))
    paths = (f"{each.path}?{each.query}" if each.query else each.path for each in ours)
    return [each for each in dict.fromkeys(paths) if not NOT_A_PAGE.match(each.split("?")[0])]
