"""A demo shop that runs, and pages of it in a real browser."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import time
import warnings
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.support.pages import Open, Shop

ROOT = Path(__file__).parent.parent.parent
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
NO_CHROMIUM = "no Chromium on this machine: no page is tested (apt-get install chromium)"
START_S = 180.0
PATIENCE_MS = 20_000


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """`dragoman demo` on a free port with a home of its own."""
    if CHROMIUM is None:
        warnings.warn(NO_CHROMIUM, stacklevel=1)
        pytest.skip(NO_CHROMIUM)
    home = tmp_path_factory.mktemp("home")
    port, log = _free_port(), home / "server.log"
    environment = {k: v for k, v in os.environ.items() if not k.startswith("DRAGOMAN_")}
    environment |= {"DRAGOMAN_HOME": str(home / "dragoman"), "PYTHONUNBUFFERED": "1", "NO_COLOR": "1"}
    command = [sys.executable, "-m", "cli.main", "demo", "--port", str(port)]
    with log.open("wb") as output:
        server = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=output, stderr=output)
    try:
        address = f"http://127.0.0.1:{port}"
        _wait_for(address, server, log)
        found = re.search(r"/desk#token=\S+", log.read_text())
        assert found, log.read_text()
        admin = [sys.executable, "-m", "cli.main", "staff-token", "Ada", "--role", "admin", "--demo"]
        token = subprocess.run(admin, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
        yield Shop(address, address + found[0], token.stdout.strip())
    finally:
        server.terminate()
        server.wait(30)


@pytest.fixture(scope="module")
def browser(shop: Shop) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield opened
        opened.close()


@pytest.fixture
def visit(browser: Browser) -> Iterator[Open]:
    """Opens pages as different people; none may break the content policy or fail in its code."""
    complaints: list[str] = []
    contexts = []

    def open_page(address: str, language: str = "en-GB", width: int = 1200) -> Page:
        context = browser.new_context(locale=language, viewport={"width": width, "height": 860})
        context.set_default_timeout(PATIENCE_MS)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on(
            "console", lambda message: complaints.append(message.text) if _refused(message.text) else None
        )
        page.on("dialog", lambda dialog: complaints.append(f"dialog: {dialog.message}"))
        page.goto(address)
        page.wait_for_selector("body.ready")
        return page

    expect.set_options(timeout=PATIENCE_MS)
    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []


def _refused(console: str) -> bool:
    return "Content Security Policy" in console or "violates" in console


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_for(address: str, server: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + START_S
    while time.monotonic() < until:
        if server.poll() is not None:
            break
        try:
            if httpx.get(f"{address}/readyz", timeout=5).status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.3)
    pytest.fail(f"the demo did not start:\n{log.read_text()}")
