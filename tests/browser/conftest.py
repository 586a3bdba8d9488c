"""A real server and a real browser: one of each for all tests, and one page that is reused."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser
from playwright.sync_api import BrowserContext

from tools import live as app
from tools.live import Live


@pytest.fixture(scope="session")
def serve(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[], tuple[str, Path]]]:
    """Return a function that starts a server of its own on a data folder; gives its address and the folder."""
    with ExitStack() as running:

        def start() -> tuple[str, Path]:
            folder = tmp_path_factory.mktemp("served")
            return running.enter_context(app.server(folder)), folder

        yield start


@pytest.fixture(scope="session")
def server(serve: Callable[[], tuple[str, Path]]) -> str:
    """Return the address of the server with the sample company that most tests share."""
    return serve()[0]


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

    def tab(base: str = server, **options: Any) -> Live:
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
