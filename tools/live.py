"""The app as a browser sees it: the system's Chromium, a tab that knows when the app has answered, grids by words.

Browser tests and the pictures of the README use it; `tools.served` starts the server. Streamlit's websocket tells when
a run is over, so nothing sleeps for a fixed time:

    with server(folder) as address, chromium() as browser:
        tab = Live(browser.new_context(**DESKTOP).new_page(), address)
        tab.open("/customers?books=Sample+company")
        tab.act(lambda: tab.page.get_by_role("radio", name="Overdue").click())
        grid = tab.grid("directory")
        tab.act(lambda: grid.click(grid.row("Brightharrow"), "Customer"))
        name, content = tab.download(lambda: tab.page.get_by_role("button", name="CSV").click())
"""

from __future__ import annotations

import mimetypes
import os
import re
import shutil
import time
from collections.abc import Callable
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from dataclasses import field
from pathlib import Path
from typing import Any
from typing import TypeVar

from playwright.sync_api import Browser
from playwright.sync_api import ConsoleMessage
from playwright.sync_api import Locator
from playwright.sync_api import Page
from playwright.sync_api import Request
from playwright.sync_api import WebSocket
from playwright.sync_api import expect
from playwright.sync_api import sync_playwright
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from pages.ui.forms import PAUSE
from tools.served import NotThere

T = TypeVar("T")

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
QUIET_BROWSER = [
    "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-default-apps",
]  # fmt: skip

PATIENCE_SECONDS = 90
"""How long anything may take to appear; a machine at rest needs a fiftieth of it."""
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

LAYOUT = """
  const canvas = box.querySelector('.dvn-scroller') && box.querySelector('canvas');
  if (!canvas) return null;
  let part = canvas[Object.keys(canvas).find(name => name.startsWith('__reactFiber'))];
  while (!(part.memoizedProps?.getCellContent && part.memoizedProps.rowHeight && part.memoizedProps.headerHeight))
    part = part.return;
  let root = part;
  while (root.return) root = root.return;
  // React keeps two versions of each part; the one below the current root is what is painted.
  const open = [root.stateNode.current];
  let grid = null;
  while (!grid && open.length) {
    const next = open.pop();
    if (next === part || next === part.alternate) grid = next.memoizedProps;
    for (let child = next.child; child; child = child.sibling) open.push(child);
  }
  if (!grid) return null;
"""
"""A grid is a painting: its cells have no elements. This finds what it is painted from; the hidden table that it keeps
for screen readers follows later, and holds only the rows on the screen."""

CELLS = (
    "box => {"
    + LAYOUT
    + """
  const text = cell => String(cell.displayData || (cell.data?.label ?? cell.copyData ?? cell.data) || '');
  return [...Array(grid.rows).keys()].map(row => Object.fromEntries(grid.columns.map((column, place) =>
    [column.title, text(grid.getCellContent([place, row])).replaceAll('\\u2060', '')])));
}"""
)

MIDDLE = (
    "(box, [title, row]) => {"
    + LAYOUT
    + """
  const height = typeof grid.rowHeight === 'number' ? grid.rowHeight : grid.rowHeight(row);
  const place = title === null ? 0 : grid.columns.findIndex(column => column.title === title);
  if (place < 0) throw new Error(`No column ${title} among ${grid.columns.map(column => column.title)}`);
  const scroller = box.querySelector('.dvn-scroller'), top = row * height;
  if (top < scroller.scrollTop || top + height > scroller.scrollTop + scroller.clientHeight - grid.headerHeight)
    scroller.scrollTop = top;
  // The painting follows the scrolling a moment later; until then a click would hit another row.
  if (Math.abs(grid.cellYOffset - scroller.scrollTop / height) >= 1) return null;
  const left = grid.columns.slice(0, place).reduce((sum, column) => sum + column.width, 0) - scroller.scrollLeft;
  return {x: left + grid.columns[place].width / 2, y: grid.headerHeight + top - scroller.scrollTop + height / 2};
}"""
)


@dataclass
class Talk:
    """What was said over one websocket, counted in frames: the order is what tells whether the app has answered.

    Attributes:
        frames: how many there were in both directions.
        asked: the last one that asked for a run of a page, under "", or of a part of it, under the part's id.
        begun: the last one that said a run begins.
        done: the last one that said a run went to its end.
        parts: the ids of the parts that were drawn since the page was run last; a dialog is one.
    """

    frames: int = 0
    asked: dict[str, int] = field(default_factory=dict)
    begun: int = 0
    done: int = 0
    parts: set[str] = field(default_factory=set)

    def sent(self, data: bytes | str) -> None:
        """Count what the browser said."""
        self.frames += 1
        said = BackMsg.FromString(data) if isinstance(data, bytes) else BackMsg()
        if said.WhichOneof("type") == "rerun_script":
            self.asked[said.rerun_script.fragment_id] = self.frames

    def received(self, data: bytes | str) -> None:
        """Count what the app said."""
        self.frames += 1
        said = ForwardMsg.FromString(data) if isinstance(data, bytes) else ForwardMsg()
        kind = said.WhichOneof("type")
        if kind == "delta" and said.delta.fragment_id:
            self.parts.add(said.delta.fragment_id)
        elif kind == "new_session":
            self.begun = self.frames
            if not said.metadata.run.fragment_ids:
                self.parts.clear()
        elif kind == "script_finished" and said.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN:
            # A run that makes way for another is not the answer.
            self.done = self.frames

    @property
    def last(self) -> int:
        """The last frame that asked for a run, 0 when none did."""
        return max(self.asked.values(), default=0)

    @property
    def over(self) -> bool:
        """Whether a run that began after the last question went to its end; an older one may end after it was asked.

        The second half of a double click may ask for a dialog that is gone by then: nobody answers that.
        """
        answered = all(frame < self.begun for part, frame in self.asked.items() if not part or part in self.parts)
        return self.last > 0 and answered and 0 < self.begun < self.done


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
    _talk: Talk = field(default_factory=Talk)
    _wrote: float = 0.0

    def __post_init__(self) -> None:
        """Listen before the first page is opened."""
        self.page.set_default_timeout(PATIENCE_SECONDS * 1000)
        self.page.on("websocket", self._socket)
        self.page.on("request", self._request)
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    # --- waiting ------------------------------------------------------------------------------------------------------

    def open(self, path: str = "/", quiet: int = 60) -> None:
        """Open an address of the app in a new session and wait until it is drawn."""
        self._talk = Talk()
        self.page.goto(f"{self.base}{path}")
        self.settle(quiet)

    def act(self, action: Callable[[], object], quiet: int = 60) -> None:
        """Do one thing that makes the app run again, and wait until that is drawn."""
        self._hear()
        talk, before = self._talk, self._talk.last
        action()
        self._hear()
        self._wait(lambda: self._talk is not talk or talk.last > before, "a run")
        self.settle(quiet)

    def settle(self, quiet: int = 60) -> None:
        """Wait until the last run was answered and the page has been still for `quiet` milliseconds."""
        self._wait(lambda: self._talk.over, "an answer")
        self.page.wait_for_function(READY, arg=quiet)

    def clear(self) -> None:
        """Forget the requests and complaints so far."""
        self.requests.clear()
        self.complaints.clear()

    def leave(self) -> None:
        """End the session: nothing that it still had to do comes after this."""
        self.page.goto(f"{self.base}/_stcore/health")

    # --- reading ------------------------------------------------------------------------------------------------------

    def text(self) -> str:
        """Return what the page says, without the invisible joiners that keep data from turning into Markdown."""
        return self.page.get_by_test_id("stMain").inner_text().replace("\u2060", "")

    def says(self, words: str) -> None:
        """Wait until the page says something."""
        self._wait(lambda: words in self.text(), f"“{words}”")

    def gone(self, words: str) -> None:
        """Wait until the page no longer says something."""
        self._wait(lambda: words not in self.text(), f"an end of “{words}”")

    def metric(self, label: str) -> str:
        """Return the value on a tile."""
        tile = self.page.get_by_test_id("stMetric").filter(has=self.page.get_by_text(label, exact=True))
        return str(tile.get_by_test_id("stMetricValue").inner_text())

    def grid(self, key: str) -> Grid:
        """Return the grid of a key, or of a key that begins so where a token follows."""
        return Grid(self.page.locator(f'[class*="st-key-{key}"]').filter(has=self.page.locator(".dvn-scroller")).last)

    @property
    def dialog(self) -> Locator:
        """The dialog that is open."""
        return self.page.get_by_role("dialog")

    def closed(self) -> None:
        """Wait until the dialog has closed, as it does after its write."""
        expect(self.dialog).to_have_count(0)
        self.settle()

    # --- doing --------------------------------------------------------------------------------------------------------

    def press(self, name: str | re.Pattern[str], within: Locator | None = None) -> None:
        """Click a button by its words."""
        self.act(self._button(name, within).click)

    def write(self, name: str | re.Pattern[str], within: Locator | None = None) -> None:
        """Click a button that writes; what follows a write at once would be taken for the half of a double click."""
        self.rest()
        self.press(name, within)
        self._wrote = time.monotonic()

    def twice(self, button: Locator, pause: int = 120) -> None:
        """Click two times where a button that writes is, `pause` milliseconds apart, whatever is there by then."""
        self.rest()
        button.click(trial=True)  # it stands still, and nothing is over it
        box = button.bounding_box()
        assert box is not None
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2

        def clicks() -> None:
            self.page.mouse.click(x, y)
            self.page.wait_for_timeout(pause)
            self.page.mouse.click(x, y)

        self.act(clicks)
        self._wrote = time.monotonic()

    def rest(self) -> None:
        """Wait out the time after this tab's last write in which the app takes no other from it."""
        left = self._wrote + PAUSE - time.monotonic()
        if left > 0:
            self.page.wait_for_timeout(1000 * left)

    def fill(self, label: str, text: str, within: Locator | None = None) -> None:
        """Type into a field that is read while typing, of the dialog unless told otherwise; wait for what follows."""
        box = (within or self.dialog).get_by_label(label, exact=True)
        self.act(lambda: box.fill(text))

    def upload(self, name: str, content: bytes, *, within: Locator | None = None, form: bool = False) -> None:
        """Hand a file to the one field for files; wait until the app has it, or, in a form, until the form shows it."""
        place = within or self.page.locator("body")
        kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
        file: Any = {"name": name, "mimeType": kind, "buffer": content}
        if form:
            place.locator("input[type=file]").set_input_files(file)
            place.get_by_text(name).wait_for()
        else:
            self.act(lambda: place.locator("input[type=file]").first.set_input_files(file))

    def download(self, action: Callable[[], object]) -> tuple[str, bytes]:
        """Do what brings a file, and return its name and content."""
        with self.page.expect_download() as coming:
            action()
        path: Path = coming.value.path()
        return coming.value.suggested_filename, path.read_bytes()

    # --- listening ----------------------------------------------------------------------------------------------------

    def _button(self, name: str | re.Pattern[str], within: Locator | None) -> Locator:
        return (within or self.page.locator("body")).get_by_role("button", name=name).first

    def _hear(self) -> None:
        """Let everything be counted that the page has sent so far: its messages arrive in order."""
        self.page.evaluate("0")

    def _wait(self, reached: Callable[[], bool], what: str) -> None:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not reached():
            if time.monotonic() > deadline:
                raise NotThere(f"No sign of {what} after {PATIENCE_SECONDS} s on {self.page.url}:\n{self._said()}")
            self.page.wait_for_timeout(5)

    def _said(self) -> str:
        return self.page.locator("body").inner_text()[:2000]

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
            self._talk = talk = Talk()
            socket.on("framesent", talk.sent)
            socket.on("framereceived", talk.received)


@dataclass(frozen=True)
class Grid:
    """A grid on the page; rows are counted from 0, columns are called by their titles."""

    box: Locator

    def rows(self) -> list[dict[str, str]]:
        """Return all rows, also those that would have to be scrolled to, as title → text."""
        return self._when(lambda: self.box.evaluate(CELLS), "a grid")

    def row(self, text: str, column: str = "") -> int:
        """Return the number of the first row that holds a text, in one column or in any, once there is one."""

        def found() -> int | None:
            for number, cells in enumerate(self.rows()):
                if any(text in cell for title, cell in cells.items() if column in {"", title}):
                    return number
            return None

        return self._when(found, f"a row with {text!r}")

    def click(self, row: int, column: str) -> None:
        """Click a cell; inside of `act` where that makes the app run."""
        self._scroller().click(position=self._middle(row, column))

    def tick(self, row: int) -> None:
        """Click the box at the left of a row; inside of `act`."""
        self._scroller().click(position=self._middle(row, None))

    def write(self, row: int, column: str, text: str) -> None:
        """Write into a cell of an editor; inside of `act`."""
        self._scroller().dblclick(position=self._middle(row, column))
        typed = self.box.page.locator("#portal textarea, #portal input").first
        typed.fill(text)
        typed.press("Enter")

    def _scroller(self) -> Locator:
        return self.box.locator(".dvn-scroller")

    def _middle(self, row: int, column: str | None) -> Any:
        return self._when(lambda: self.box.evaluate(MIDDLE, [column, row]), "a grid")

    def _when(self, look: Callable[[], T | None], what: str) -> T:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while (found := look()) is None:
            if time.monotonic() > deadline:
                raise NotThere(f"No sign of {what} after {PATIENCE_SECONDS} s on {self.box.page.url}")
            self.box.page.wait_for_timeout(20)
        return found


@contextmanager
def chromium() -> Iterator[Browser]:
    """Give the system's Chromium, without a window. Raises NotThere when there is none."""
    program = next((found for name in BROWSERS if (found := shutil.which(name))), None)
    if program is None:
        raise NotThere("This needs Chromium. On Debian: apt-get install chromium, or run `make setup-dev` as root")
    flags = [*QUIET_BROWSER, "--no-sandbox"] if os.getuid() == 0 else QUIET_BROWSER
    expect.set_options(timeout=PATIENCE_SECONDS * 1000)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=flags, timeout=PATIENCE_SECONDS * 1000)
        try:
            yield browser
        finally:
            browser.close()
