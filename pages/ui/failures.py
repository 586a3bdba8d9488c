"""What people see when a page fails: a sentence, never a traceback."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Iterator
from contextlib import contextmanager
from functools import wraps
from typing import ParamSpec

import streamlit as st

from arcore.errlog import log_failure
from arcore.errors import ArcoreError
from pages.ui.format import as_label
from pages.ui.format import days_as_read

P = ParamSpec("P")


@contextmanager
def shown(where: str) -> Iterator[None]:
    """Draw what goes wrong inside: arcore's own sentence, or a reference number to find it in the log by."""
    try:
        yield
    except ArcoreError as error:
        sentence(error)
    except Exception as error:  # noqa: BLE001  the last line of defence: a traceback holds customers' data
        reference = log_failure(error, where=where)
        st.error(
            f"This part of the page could not be drawn. The log has the cause under reference {reference}.",
            icon=":material/error:",
        )


def guarded(draw: Callable[P, None]) -> Callable[P, None]:
    """Do the same for what runs by itself, outside of the page: the body of a dialog or a fragment."""

    @wraps(draw)
    def safely(*args: P.args, **kwargs: P.kwargs) -> None:
        with shown(draw.__name__):
            draw(*args, **kwargs)

    return safely


def sentence(error: ArcoreError) -> None:
    """Draw the sentence of an expected failure."""
    st.error(as_label(days_as_read(error.message)), icon=":material/error:")
