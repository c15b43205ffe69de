"""Takes the pictures of `docs/screenshots/`: the main screens of a demo, on a tablet and on a phone.

`--address` names a running demo; without it one is started for the occasion. A poll is opened in the demo's running
session, so that there is a ballot paper to show; run it on a demo only.
"""

import argparse
import io
import shutil
import sys
from contextlib import nullcontext
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, BrowserContext, sync_playwright

sys.path.insert(0, str(Path(__file__).parents[1]))

from dienhong.demo.people import PASSWORD  # noqa: E402
from dienhong.demo.running import running_demo  # noqa: E402

FOLDER = Path(__file__).parent / "screenshots"
LARGEST = 200 * 1024
SIZES = {"tablet": (820, 1180), "phone": (390, 844)}
QUESTION = "Thông qua Nghị quyết về mức hỗ trợ học sinh bán trú các trường tiểu học trên địa bàn phường"


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--address", help="a running demo, such as http://127.0.0.1:8000")
    address: str | None = parser.parse_args().address
    with nullcontext(address) if address else running_demo() as demo, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        FOLDER.mkdir(exist_ok=True)
        screens = find_screens(browser, demo)
        for size, (width, height) in SIZES.items():
            for login in dict.fromkeys(login for login, _path, _ready in screens.values()):
                context = signed_in(browser, demo, login, width, height)
                for name, (_login, path, ready) in screens.items():
                    if _login == login:
                        photograph(context, demo + path, ready, FOLDER / f"{name}-{size}.png")
                context.close()
        context = signed_in(browser, demo, "chutoa", 1280, 720)
        photograph(context, demo + screens["session"][1].replace("/session", "/hall"), ".hall", FOLDER / "hall.png")
        context.close()
        browser.close()


def signed_in(browser: Browser, address: str, login: str, width: int = 820, height: int = 1180) -> BrowserContext:
    context = browser.new_context(
        viewport={"width": width, "height": height}, locale="vi-VN", color_scheme="light", device_scale_factor=1.5
    )
    page = context.new_page()
    page.goto(f"{address}/sign-in")
    page.fill("[name=login]", login)
    page.fill("[name=password]", PASSWORD)
    page.click("main button[type=submit]")
    page.wait_for_url(f"{address}/")
    page.close()
    return context


def find_screens(browser: Browser, address: str) -> dict[str, tuple[str, str, str]]:
    """Name -> who looks at it, its path, and what must be on it before the picture is taken."""
    context = signed_in(browser, address, "chutoa")
    api = context.request
    meetings = {each["phase"]: each["id"] for each in api.get(f"{address}/api/v1/meetings").json()}
    running, finished, coming = meetings["running"], meetings["finished"], meetings["published"]
    cards = api.get(f"{address}/api/v1/meetings/{running}/rule-cards").json()["cards"]
    opened = api.post(
        f"{address}/api/v1/meetings/{running}/polls", data={"question": QUESTION, "card_id": cards[0]["card_id"]}
    )
    poll_id = opened.json()["id"]
    decided = api.get(f"{address}/api/v1/meetings/{finished}/polls").json()[0]["poll_id"]
    context.close()
    paper = first_link(browser, address, "chutoa", f"/meetings/{coming}", "/documents/")
    order = first_link(browser, address, "lanhdao", "/signing-orders", "/signing-orders/")
    official = first_link(browser, address, "vanthu", "/officials", "/officials/0")
    return {
        "home": ("daibieu07", "/", "#home"),
        "meeting": ("daibieu07", f"/meetings/{coming}", "h1"),
        "paper": ("daibieu07", paper, "#reader[data-ready] .textLayer"),
        "ballot": ("daibieu07", f"/polls/{poll_id}", ".choices"),
        "session-delegate": ("daibieu07", f"/meetings/{running}/session", ".choices"),
        "session": ("chutoa", f"/meetings/{running}/session", ".quorum"),
        "result": ("daibieu07", f"/polls/{decided}", ".result"),
        "minutes": ("daibieu07", f"/minutes/{finished}", "main .chart"),
        "tasks": ("truongphong", "/tasks", "#task-list"),
        "signing": ("lanhdao", order, "#reader[data-ready] .textLayer"),
        "official": ("vanthu", official, "h1"),
        "audit": ("kiemtoan", "/audit", "h1"),
    }


def first_link(browser: Browser, address: str, login: str, path: str, begins: str) -> str:
    """Where the first link of a page leads that begins so."""
    context = signed_in(browser, address, login)
    page = context.new_page()
    page.goto(address + path)
    found = page.locator(f"main a[href^='{begins}']").first.get_attribute("href") or ""
    context.close()
    return found


def photograph(context: BrowserContext, url: str, ready: str, target: Path) -> None:
    page = context.new_page()
    page.goto(url)
    page.wait_for_selector(ready)
    page.evaluate("document.fonts.ready")
    if "#reader" in ready:
        page.evaluate("document.getElementById('reader').scrollIntoView()")
    # 128 colours are enough for flat pages and a third of the bytes.
    picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB").quantize(128, dither=Image.Dither.NONE)
    picture.save(target, optimize=True)
    page.close()
    size = target.stat().st_size
    print(f"{target.name}: {size // 1024} KiB", file=sys.stderr)
    if size > LARGEST:
        raise SystemExit(f"{target.name} is larger than {LARGEST // 1024} KiB")


if __name__ == "__main__":
    main()
