"""Pages under test: app.py as the entry, a data folder of their own, no caches from the test before."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import streamlit as st
from streamlit.runtime.pages_manager import PagesManager
from streamlit.testing.v1 import AppTest

from arcore.settings import ROOT
from arcore.settings import settings


@pytest.fixture(autouse=True)
def _through_app(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    """Run every page through app.py, as the served app does; AppTest alone begins in the old pages/ mode."""
    if "legacy" in request.keywords:
        return
    begin = PagesManager.__init__

    def patched(self: PagesManager, *args: object, **kwargs: object) -> None:
        begin(self, *args, **kwargs)  # type: ignore[arg-type]
        PagesManager.uses_pages_directory = False

    monkeypatch.setattr(PagesManager, "__init__", patched)


@pytest.fixture(autouse=True)
def data_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the app an empty data folder and forget what other tests cached."""
    monkeypatch.setenv("ARCORE_DATA_DIR", str(tmp_path))
    monkeypatch.delenv("ARCORE_DATABASE_URL", raising=False)
    settings.cache_clear()
    st.cache_data.clear()
    st.cache_resource.clear()
    yield tmp_path
    settings.cache_clear()


@pytest.fixture
def open_page() -> Callable[..., AppTest]:
    """Return a function that opens a page by its file, with query parameters."""

    def opened(file: str = "", **query: str) -> AppTest:
        at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=30)
        for name, value in query.items():
            at.query_params[name] = value
        return at.switch_page(f"pages/{file}").run() if file else at.run()

    return opened
