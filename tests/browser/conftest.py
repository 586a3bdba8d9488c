"""A real server and a real browser: one of each for all tests, and one page that is reused.

Streamlit's websocket tells when a run is over, so nothing here sleeps for a fixed time.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from collections.abc import Iterator
from dataclasses import dataclass
from dataclasses import field
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser
from playwright.sync_api import BrowserContext
from playwright.sync_api import ConsoleMessage
from playwright.sync_api import Page
from playwright.sync_api import Request
from playwright.sync_api import WebSocket
from playwright.sync_api import sync_playwright
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from arcore.settings import ROOT

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
QUIET_BROWSER = [
    "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-default-apps",
]  # fmt: skip
TODAY = "2026-10-30"
"""The sample company of these tests ends on this day."""

START_SECONDS = 90
PATIENCE_SECONDS = 30
FINISHED = (ForwardMsg.FINISHED_SUCCESSFULLY, ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY)

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
        """Return what the page says."""
        return self.page.get_by_test_id("stMain").inner_text()

    def _wait(self, reached: Callable[[], bool], what: str) -> None:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not reached():
            if time.monotonic() > deadline:
                pytest.fail(f"No sign of {what} after {PATIENCE_SECONDS} s on {self.page.url}:\n{self.text()[:2000]}")
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


@pytest.fixture(scope="session")
def hosts_of() -> Callable[[list[str]], set[str]]:
    """Return a function that names the hosts of addresses; pictures inside the page have none."""
    return lambda addresses: {
        urlsplit(address).hostname or "" for address in addresses if not address.startswith(("data:", "blob:"))
    }


@pytest.fixture(scope="session")
def serve(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[], tuple[str, Path]]]:
    """Return a function that starts a server of its own on a data folder; gives its address and the folder."""
    started: list[subprocess.Popen[str]] = []

    def start() -> tuple[str, Path]:
        folder = tmp_path_factory.mktemp("served")
        environment = {name: value for name, value in os.environ.items() if not name.startswith("ARCORE_")}
        environment |= {"ARCORE_DATA_DIR": str(folder), "ARCORE_USER": "anna", "ARCORE_TODAY": TODAY}
        arcore = [sys.executable, "-m", "arcore"]
        log = (folder / "server.log").open("w")
        server = subprocess.Popen(
            [*arcore, "serve", "--port", "0"], cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=log, text=True
        )
        log.close()
        started.append(server)
        return _address(server, folder / "server.log"), folder

    yield start
    for server in started:
        server.send_signal(signal.SIGINT)
    for server in started:
        server.communicate(timeout=20)


def _address(server: subprocess.Popen[str], log: Path) -> str:
    """Read the address that the server prints once it is about to listen, and wait until it does."""
    assert server.stdout is not None
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        line = server.stdout.readline()
        if line.startswith("URL: "):
            return line.removeprefix("URL: ").strip()
        if not line:
            break
    pytest.fail(f"The server did not start:\n{log.read_text()}", pytrace=False)


@pytest.fixture(scope="session")
def server(serve: Callable[[], tuple[str, Path]]) -> str:
    """Return the address of the server with the sample company that most tests share."""
    return serve()[0]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Give the system's Chromium, without a window."""
    program = next((found for name in BROWSERS if (found := shutil.which(name))), None)
    if program is None:
        pytest.fail(
            "These tests need Chromium. On Debian: apt-get install chromium, or run `make setup-dev` as root",
            pytrace=False,
        )
    flags = [*QUIET_BROWSER, "--no-sandbox"] if os.getuid() == 0 else QUIET_BROWSER
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=program, args=flags)
        yield started
        started.close()


@pytest.fixture(scope="session")
def context(browser: Browser) -> Iterator[BrowserContext]:
    """Give the browser context of the shared tab; JavaScript is compiled once in it."""
    opened = browser.new_context(viewport={"width": 1440, "height": 900}, reduced_motion="reduce", locale="en-GB")
    opened.grant_permissions(["clipboard-read", "clipboard-write"])
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def shared_tab(context: BrowserContext, server: str) -> Live:
    """Return the one tab that tests reuse."""
    return Live(context.new_page(), server)


@pytest.fixture
def live(shared_tab: Live) -> Live:
    """Return the shared tab with nothing remembered; `live.open("/aging")` begins a new session."""
    shared_tab.clear()
    return shared_tab


@pytest.fixture
def new_tab(browser: Browser, server: str) -> Iterator[Callable[..., Live]]:
    """Return a function that opens a tab in a context of its own, such as `new_tab(color_scheme="dark")`."""
    opened: list[BrowserContext] = []

    def tab(base: str = server, **options: object) -> Live:
        chosen = {"viewport": {"width": 1440, "height": 900}, "reduced_motion": "reduce", "locale": "en-GB"} | options
        opened.append(browser.new_context(**chosen))
        return Live(opened[-1].new_page(), base)

    yield tab
    for each in opened:
        each.close()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test of this folder as one that needs a browser, and let it take its time."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)
