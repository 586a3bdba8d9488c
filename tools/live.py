"""The app as a browser sees it: a server of its own, the system's Chromium, a tab that knows when the app has answered.

Browser tests and the pictures of the README use it. Streamlit's websocket tells when a run is over, so nothing sleeps
for a fixed time.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from collections.abc import Iterator
from contextlib import contextmanager
from contextlib import suppress
from dataclasses import dataclass
from dataclasses import field
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser
from playwright.sync_api import ConsoleMessage
from playwright.sync_api import Page
from playwright.sync_api import Request
from playwright.sync_api import WebSocket
from playwright.sync_api import sync_playwright
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

ROOT = Path(__file__).resolve().parents[1]
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
QUIET_BROWSER = [
    "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-default-apps",
]  # fmt: skip
TODAY = "2026-10-31"
"""What day it is for the servers started here, so that figures and pictures stay the same."""

START_SECONDS = 90
PATIENCE_SECONDS = 30
FINISHED = (ForwardMsg.FINISHED_SUCCESSFULLY, ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY)
DESKTOP: dict[str, Any] = {"viewport": {"width": 1440, "height": 900}, "reduced_motion": "reduce", "locale": "en-GB"}
"""How a tab is opened unless told otherwise."""

READY = """(quiet) => {
  const app = document.querySelector('[data-testid="stApp"]');
  const all = query => [...document.querySelectorAll(query)];
  const ready = app && app.dataset.testConnectionState === 'CONNECTED' && app.dataset.testScriptState === 'notRunning'
    && all('[data-testid="stMain"] .stElementContainer').length
    && !all('[data-testid="stSkeleton"], [data-stale="true"]').length
    && all('.stPlotlyChart').every(chart => chart.querySelector('.main-svg'))
    && all('.stVegaLiteChart').every(chart => chart.querySelector('canvas, svg'));
  if (!ready) { window.__quietSince = undefined; return false; }
  window.__quietSince ??= performance.now();
  return performance.now() - window.__quietSince >= quiet;
}"""


class NotThere(Exception):
    """A program is missing, or the app did not answer in time; says what to do."""


@dataclass
class Live:
    """A browser tab on the app, which knows when the app has answered.

    Attributes:
        page: Playwright's page.
        base: the address of the server, without a slash at its end.
        requests: every address asked for since the last `clear`.
        complaints: console errors and uncaught exceptions since then.
    """

    page: Page
    base: str
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    _frames: int = 0
    _asked: int = 0
    _answered: int = 0

    def __post_init__(self) -> None:
        """Listen before the first page is opened."""
        self.page.on("websocket", self._socket)
        self.page.on("request", self._request)
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def open(self, path: str = "/", quiet: int = 60) -> None:
        """Open an address of the app in a new session and wait until it is drawn."""
        self._asked = self._answered = 0
        self.page.goto(f"{self.base}{path}")
        self.settle(quiet)

    def settle(self, quiet: int = 60) -> None:
        """Wait until the last run was answered and the page has been still for `quiet` milliseconds."""
        self._wait(lambda: 0 < self._asked <= self._answered, "an answer")
        self.page.wait_for_function(READY, arg=quiet, timeout=PATIENCE_SECONDS * 1000)

    def act(self, action: Callable[[], object], quiet: int = 60) -> None:
        """Do one thing that makes the app run again, and wait until that is drawn."""
        before = self._asked
        action()
        self._wait(lambda: self._asked > before, "a run")
        self.settle(quiet)

    def clear(self) -> None:
        """Forget the requests and complaints so far."""
        self.requests.clear()
        self.complaints.clear()

    def text(self) -> str:
        """Return what the page says, without the invisible joiners that keep data from turning into Markdown."""
        return self.page.get_by_test_id("stMain").inner_text().replace("\u2060", "")

    def _wait(self, reached: Callable[[], bool], what: str) -> None:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not reached():
            if time.monotonic() > deadline:
                raise NotThere(
                    f"No sign of {what} after {PATIENCE_SECONDS} s on {self.page.url}:\n{self.text()[:2000]}"
                )
            self.page.wait_for_timeout(4)

    def _request(self, request: Request) -> None:
        self.requests.append(request.url)

    def _console(self, message: ConsoleMessage) -> None:
        # Under a deep link Streamlit asks for these two beside the page first, and then at the right place.
        known = re.search(r"/_stcore/(health|host-config)$", message.location.get("url", ""))
        if message.type == "error" and not (known and "404" in message.text):
            self.complaints.append(f"{message.text} ({message.location.get('url', '')})")

    def _socket(self, socket: WebSocket) -> None:
        self.requests.append(socket.url)
        if "_stcore/stream" in socket.url:
            socket.on("framesent", self._sent)
            socket.on("framereceived", self._received)

    def _sent(self, data: bytes | str) -> None:
        self._frames += 1
        if isinstance(data, bytes) and BackMsg.FromString(data).WhichOneof("type") == "rerun_script":
            self._asked = self._frames

    def _received(self, data: bytes | str) -> None:
        self._frames += 1
        if not isinstance(data, bytes):
            return
        message = ForwardMsg.FromString(data)
        if message.WhichOneof("type") == "script_finished" and message.script_finished in FINISHED:
            self._answered = self._frames


@contextmanager
def server(folder: Path) -> Iterator[str]:
    """Run `python -m arcore serve` on a data folder of its own and give its address."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("ARCORE_")}
    environment |= {"ARCORE_DATA_DIR": str(folder), "ARCORE_USER": "anna", "ARCORE_TODAY": TODAY}
    command = [sys.executable, "-m", "arcore", "serve", "--port", "0"]
    with (folder / "server.log").open("w") as log:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=log, text=True)
    try:
        address = _address(process, folder / "server.log")
        _wait_until_it_listens(address, folder / "server.log")
        yield address
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=20)


def _address(process: subprocess.Popen[str], log: Path) -> str:
    """Read the address that the server prints when it is about to listen."""
    assert process.stdout is not None
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        line = process.stdout.readline()
        if line.startswith("URL: "):
            return line.removeprefix("URL: ").strip()
        if not line:
            break
    raise NotThere(f"The server did not start:\n{log.read_text()}")


def _wait_until_it_listens(address: str, log: Path) -> None:
    """Wait until the server takes connections: it says its address a moment before."""
    host, _, port = address.removeprefix("http://").rstrip("/").partition(":")
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        with suppress(OSError), socket.create_connection((host, int(port)), timeout=1):
            return
        time.sleep(0.05)
    raise NotThere(f"The server does not answer:\n{log.read_text()}")


@contextmanager
def chromium() -> Iterator[Browser]:
    """Give the system's Chromium, without a window. Raises NotThere when there is none."""
    program = next((found for name in BROWSERS if (found := shutil.which(name))), None)
    if program is None:
        raise NotThere("This needs Chromium. On Debian: apt-get install chromium, or run `make setup-dev` as root")
    flags = [*QUIET_BROWSER, "--no-sandbox"] if os.getuid() == 0 else QUIET_BROWSER
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=flags)
        try:
            yield browser
        finally:
            browser.close()
