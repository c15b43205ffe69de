"""People in front of a browser: each has a context of their own and signs in on the page."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import cycle
from shutil import which

from playwright.sync_api import Browser, ConsoleMessage, Page, expect, sync_playwright

from tests.world import PASSWORD, World

TABLET = {"width": 820, "height": 1180}
PHONE = {"width": 390, "height": 844}
PROJECTOR = {"width": 1920, "height": 1080}
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
PATIENCE_MS = 60_000


@contextmanager
def browser(*arguments: str) -> Iterator[Browser]:
    """`arguments`: what this one is told besides the usual."""
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=which("chromium"), args=[*ARGUMENTS, *arguments])
        yield chromium
        chromium.close()


class Office:
    """Opens pages for people of one world, and remembers what their browsers complained about.

    Where there are several gateways, neighbours sit at different ones.
    """

    def __init__(self, chromium: Browser, world: World) -> None:
        self.complaints: list[str] = []
        self._chromium = chromium
        self._world = world
        self._addresses = cycle(world.addresses())

    def seat(self, login: str, size: dict[str, int] = TABLET) -> Page:
        self._world.enable(login)
        context = self._chromium.new_context(
            viewport=size,  # type: ignore[arg-type]
            locale="vi-VN",
            timezone_id="Asia/Ho_Chi_Minh",
            base_url=next(self._addresses),
        )
        page = context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        page.on("console", lambda message: self._complaint(login, message))
        page.on("pageerror", lambda error: self.complaints.append(f"{login}: {error}"))
        page.goto("/")
        page.get_by_label("Tên đăng nhập").fill(login)
        page.get_by_label("Mật khẩu", exact=True).fill(PASSWORD)
        page.get_by_role("button", name="Đăng nhập").click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("Kính chào")
        return page

    def _complaint(self, login: str, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.complaints.append(f"{login} at {message.location.get('url')}: {message.text}")
