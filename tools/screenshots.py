"""Takes the pictures of the documentation from a running demo company (python tools/screenshots.py)."""

import shutil
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

DOCS = Path(__file__).resolve().parent.parent / "docs"
PICTURES = {
    "scorecard-light.png": ("/scorecard", "light", 1280, 1400),
    "scorecard-dark.png": ("/scorecard", "dark", 1280, 1400),
    "scorecard-phone.png": ("/scorecard", "light", 390, 1600),
    "import-light.png": ("/imports", "light", 1280, 1500),
}
ROW = "C{who:03};{day:02}.{month:02}.2026;{total},50 EUR;{store}\n"
ORDERS = "customer;ordered on;total;store\n" + "".join(
    ROW.format(
        who=n % 40, day=n % 27 + 1, month=n % 12 + 1, total=n % 90 + 5, store="Lyon" if n % 3 else "Porto"
    )
    for n in range(300)
)
OWNER = {"company": "Pourwell", "name": "Ada King", "email": "ada@pourwell.example"}


def main() -> int:
    """Make the company, serve it, sign in, and write every picture into docs/."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with tempfile.TemporaryDirectory() as home:
        command = [sys.executable, "-m", "emptychair", "demo", "--home", home, "--port", str(port)]
        server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        try:
            link = _link(server)
            with sync_playwright() as playwright:
                chromium = shutil.which("chromium")
                browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
                _take_all(browser, link)
        finally:
            server.terminate()
            server.wait(timeout=30)
    return 0


def _link(server: "subprocess.Popen[str]") -> str:
    for line in server.stdout or ():
        for word in line.split():
            if "/setup?token=" in word:
                time.sleep(2)  # the link is printed just before the first request can be answered
                return word
    raise SystemExit("the demo company did not start")


def _take_all(browser: Browser, link: str) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(link)
    for field, value in OWNER.items():
        page.fill(f"#f-{field}", value)
    for field in ("password", "password_again"):
        page.fill(f"#f-{field}", "four words make one")
    page.click("button:has-text('Create the owner')")
    page.wait_for_url("**/scorecard")
    state = context.storage_state()
    base = link.partition("/setup")[0]
    for name, (path, scheme, width, height) in PICTURES.items():
        size = {"width": width, "height": height}
        seen = browser.new_context(storage_state=state, color_scheme=scheme, viewport=size)
        page = seen.new_page()
        page.goto(base + path)
        if path == "/imports":
            page.set_input_files(
                "input[type=file]", {"name": "orders.csv", "mimeType": "text/csv", "buffer": ORDERS.encode()}
            )
            page.wait_for_url("**/imports/imp_*")
        page.wait_for_load_state("networkidle")
        page.screenshot(path=DOCS / name)
        seen.close()


if __name__ == "__main__":
    sys.exit(main())
