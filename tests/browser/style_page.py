"""Every component on one page, at three widths, light and dark: `python -m tests.browser.style_page FOLDER`."""

import re
import sys
import threading
from datetime import UTC, datetime
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace

from jinja2 import ChoiceLoader, FileSystemLoader
from playwright.sync_api import sync_playwright

from gateway.web.pages import ENVIRONMENTS, HERE

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; font-src 'self' data:; "
    "connect-src 'self'; worker-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
WIDTHS = {"tablet": 820, "phone": 390, "desktop": 1280}


def page() -> str:
    environment = ENVIRONMENTS["vi"].overlay(
        loader=ChoiceLoader([FileSystemLoader(HERE / "templates"), FileSystemLoader(Path(__file__).parent)])
    )
    icons = re.findall(r'id="([^"]+)"', (HERE / "static" / "icons.svg").read_text())
    me = SimpleNamespace(full_name="Đại biểu Ana", has=lambda role: True)
    request = SimpleNamespace(url=SimpleNamespace(path="/meetings/1"))
    now = datetime(2026, 11, 22, tzinfo=UTC)
    return environment.get_template("style_page.html").render(
        me=me, request=request, edge=None, now=now, position=0, icons=icons
    )


class Handler(SimpleHTTPRequestHandler):
    def end_headers(self) -> None:
        self.send_header("Content-Security-Policy", CSP)
        super().end_headers()

    def do_GET(self) -> None:
        if self.path.startswith("/static/"):
            return super().do_GET()
        body = page().encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(body)
        return None

    def log_message(self, format: str, *args: object) -> None:
        return


def photograph(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=str(HERE)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu"]
        )
        for name, width in WIDTHS.items():
            for scheme in ("light", "dark"):
                tab = browser.new_page(viewport={"width": width, "height": 1100}, color_scheme=scheme)
                tab.on("console", lambda message: print(message.type, message.text, file=sys.stderr))
                tab.goto(f"http://127.0.0.1:{server.server_port}/")
                tab.wait_for_load_state("networkidle")
                tab.screenshot(path=folder / f"{name}-{scheme}.png", full_page=True)
                tab.close()
        browser.close()
    server.shutdown()


if __name__ == "__main__":
    photograph(Path(sys.argv[1]))
