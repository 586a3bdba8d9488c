"""A real server and a real browser: one of each for all tests, and one tab that is reused.

What a story asks for:

- `live`: the tab. `live.open("/aging")` begins a new session; `live.act(…)` does one thing and waits until the app has
  answered; `tools/live.py` has the rest: dialogs, double clicks, grids, files.
- `served`: the server behind it, as `served.address`, `served.folder`, and its stores `served.mine` and
  `served.sample`, which a test may write into by the services, beside the server. Each test finds my own books empty
  and the sample company untouched, whatever the tests before it did.
- `another(…)`: one more tab beside the first, as of a second person: `another()`.
- `new_tab(…)`: a tab in a context of its own, for another kind of browser: `new_tab(color_scheme="dark")`.
- `serve(…)`: a server of its own on a copy of the same data, or a second one on a folder: `serve(today="2026-11-20")`,
  `serve(today="2026-11-20", folder=served.folder)`; look at it by `another(serve(…).address)`.

It is the same day in the tests as on the server, `tools.served.TODAY`; nothing depends on the day the tests are run.
"""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser
from playwright.sync_api import BrowserContext

from arcore.settings import settings
from tools import live as app
from tools import served as servers
from tools.live import Live
from tools.served import TODAY
from tools.served import Served

STORY_SECONDS = 900
"""When a test is given up; only a machine with far more to do than this comes near it."""


@pytest.fixture(autouse=True)
def day(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Make it the day of the server in the tests too; gives the day."""
    monkeypatch.setenv("ARCORE_TODAY", TODAY)
    settings.cache_clear()
    yield TODAY
    monkeypatch.undo()
    settings.cache_clear()


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a data folder with an untouched sample company and empty books, to copy from."""
    return servers.template(tmp_path_factory.mktemp("template"))


@pytest.fixture(scope="session")
def serve(tmp_path_factory: pytest.TempPathFactory, template: Path) -> Iterator[Callable[..., Served]]:
    """Return a function that starts a server: on data of its own, or on the `folder` of another; both end together."""
    with ExitStack() as running:
        started: list[Served] = []

        def start(today: str = TODAY, folder: Path | None = None) -> Served:
            if folder is None:
                own = tmp_path_factory.mktemp("served") / "data"
                started.append(running.enter_context(servers.launched(template, own, today)))
                return started[-1]
            first = next(each for each in started if each.folder == folder)
            return replace(first, address=running.enter_context(servers.server(folder, today)))

        yield start


@pytest.fixture(scope="session")
def shared_server(serve: Callable[..., Served]) -> Served:
    """Return the one server that tests share."""
    return serve()


@pytest.fixture
def served(shared_server: Served) -> Served:
    """Return the shared server with empty books of my own and an untouched sample company."""
    shared_server.fresh()
    return shared_server


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Give the system's Chromium, without a window."""
    with app.chromium() as started:
        yield started


@pytest.fixture(scope="session")
def context(browser: Browser) -> Iterator[BrowserContext]:
    """Give the browser context of the shared tab; JavaScript is compiled once in it."""
    opened = browser.new_context(**app.DESKTOP)
    opened.grant_permissions(["clipboard-read", "clipboard-write"])
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def shared_tab(context: BrowserContext, shared_server: Served) -> Live:
    """Return the one tab that tests reuse."""
    return Live(context.new_page(), shared_server.address)


@pytest.fixture
def live(shared_tab: Live, served: Served) -> Iterator[Live]:
    """Give the shared tab with nothing remembered; `live.open("/aging")` begins a new session."""
    shared_tab.clear()
    yield shared_tab
    shared_tab.leave()
    if shared_tab.page.viewport_size != app.DESKTOP["viewport"]:
        shared_tab.page.set_viewport_size(app.DESKTOP["viewport"])


@pytest.fixture
def another(context: BrowserContext, served: Served) -> Iterator[Callable[..., Live]]:
    """Return a function that opens one more tab in the same browser, which is quick."""
    opened: list[Live] = []

    def tab(base: str = served.address) -> Live:
        opened.append(Live(context.new_page(), base))
        return opened[-1]

    yield tab
    for each in opened:
        each.page.close()


@pytest.fixture
def new_tab(browser: Browser, served: Served) -> Iterator[Callable[..., Live]]:
    """Return a function that opens a tab in a context of its own, such as `new_tab(color_scheme="dark")`."""
    opened: list[BrowserContext] = []

    def tab(base: str = served.address, **options: Any) -> Live:
        opened.append(browser.new_context(**(app.DESKTOP | options)))
        return Live(opened[-1].new_page(), base)

    yield tab
    for each in opened:
        each.close()


@pytest.fixture(scope="session")
def hosts_of() -> Callable[[list[str]], set[str]]:
    """Return a function that names the hosts of addresses; pictures inside the page have none."""
    return lambda addresses: {
        urlsplit(address).hostname or "" for address in addresses if not address.startswith(("data:", "blob:"))
    }


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test of this folder as one that needs a browser, and let it take its time."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.timeout(STORY_SECONDS))
