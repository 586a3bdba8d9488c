"""Grids: figures in them are written as in all other text, and stay numbers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from streamlit.dataframe_util import convert_arrow_bytes_to_pandas_df
from streamlit.testing.v1 import AppTest

from arcore.settings import ROOT
from pages.ui import tables

PAGES = [*(ROOT / "pages").glob("*.py"), *(ROOT / "pages" / "ui").glob("*.py")]
ROWS = {
    "Name": ["Oak", "Elm", "Ash"],
    "Open": [1234.5, -86.0, None],
    "Late": [3.0, -4.0, None],
    "Moved": [0.0, 1.0, -2],
}


def _page(rows: dict[str, list[object]], locale: str, *, kind: str) -> None:
    import pandas as pd  # a page of its own: nothing from outside is known in it
    import pyarrow as pa

    from pages.ui import tables
    from pages.ui.format import Format

    say, frame = Format(locale), pd.DataFrame(rows)
    data = {
        "frame": lambda: frame,
        "arrow": lambda: pa.Table.from_pandas(frame, preserve_index=False),
        "bold": lambda: tables.totals_first(frame.iloc[:1], frame.iloc[1:]),
    }[kind]()
    config = {"Open": tables.money("Open", say), "Late": tables.count("Late"), "Moved": tables.change("Moved", say)}
    tables.grid(data, hide_index=True, placeholder="–", column_config={**config, "Not there": tables.count("No")})


def _drawn(rows: dict[str, list[Any]], locale: str = "en_GB", kind: str = "frame") -> tuple[Any, pd.DataFrame]:
    """Return the element as it is sent, and the words beside its numbers."""
    at = AppTest.from_function(_page, kwargs={"rows": rows, "locale": locale, "kind": kind}).run(timeout=20)
    assert not at.exception
    sent = at.dataframe[0].proto.arrow_data
    words = sent.styler.display_values
    return at.dataframe[0], convert_arrow_bytes_to_pandas_df(words) if words else pd.DataFrame()


@pytest.mark.parametrize("kind", ["frame", "arrow", "bold"])
def test_a_grid_has_the_minus_of_all_other_text_and_its_cells_stay_numbers(kind: str) -> None:
    grid, words = _drawn(ROWS, kind=kind)
    assert words["Open"].tolist()[:2] == ["1,234.50", "−86.00"]
    assert words["Late"].tolist()[:2] == ["3", "−4"]
    assert words["Moved"].tolist() == ["±0", "+1.0", "−2.0"]
    assert grid.value["Open"].tolist()[:2] == [1234.5, -86.0]
    settings = json.loads(grid.proto.columns)
    assert "format" not in settings["Open"]["type_config"], "a format of the grid would win over the words"


def test_numbers_are_written_in_the_language_of_the_company() -> None:
    assert _drawn(ROWS, "de_DE")[1]["Open"].tolist()[:2] == ["1.234,50", "−86,00"]


def test_without_a_negative_number_a_grid_costs_nothing_more() -> None:
    grid, words = _drawn({"Name": ["Oak"], "Open": [1234.5], "Late": [3.0]})
    assert words.empty
    assert '"%,.2f"' in grid.proto.columns
    assert '"step"' not in grid.proto.columns, "it would cut places off instead of rounding"


def test_no_page_draws_a_grid_past_them() -> None:
    past = [path.name for path in PAGES if "st.dataframe(" in Path(path).read_text() and path.name != "tables.py"]
    assert past == []


@pytest.mark.parametrize(
    ("count", "chosen", "first"), [(0, None, 0), (15, None, 0), (16, 1, 0), (16, 2, 15), (31, 3, 30), (16, 3, 15)]
)
def test_a_page_of_a_list_begins_at_its_first_row_and_a_short_list_has_one(
    monkeypatch: pytest.MonkeyPatch, count: int, chosen: int | None, first: int
) -> None:
    asked = []

    def pagination(pages: int, **_: object) -> int:
        asked.append(pages)
        return chosen or 0

    monkeypatch.setattr("streamlit.pagination", pagination)
    assert tables.paged(count, 15, "page") == first
    assert asked == ([] if chosen is None else [-(-count // 15)])
