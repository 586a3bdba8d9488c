"""Page tests run each page through app.py, as a browser does."""

from __future__ import annotations

from typing import Any

import pytest
import streamlit as st
from streamlit.runtime.pages_manager import PagesManager


@pytest.fixture(autouse=True)
def through_app(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    """Switch off the old rule "every file of pages/ is a page", which AppTest takes up again on each run.

    Without it the first of each two runs takes the page alone: its clicks are used up before the shell is there.
    The mark `legacy` leaves the rule on, for the test of the guard itself.
    """
    if "legacy" in request.keywords:
        return
    init = PagesManager.__init__

    def patched(self: PagesManager, *args: Any, **kwargs: Any) -> None:
        init(self, *args, **kwargs)
        PagesManager.uses_pages_directory = False

    monkeypatch.setattr(PagesManager, "__init__", patched)


@pytest.fixture(autouse=True)
def fresh_caches() -> None:
    """Empty Streamlit's caches, which outlive one AppTest in the same process."""
    st.cache_data.clear()
    st.cache_resource.clear()
