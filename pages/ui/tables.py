"""Grids and their columns: exact heights, totals first, downloads."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Mapping
from collections.abc import Sequence
from functools import partial
from typing import Any
from typing import TypedDict

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import streamlit as st
from pandas.io.formats.style import Styler
from streamlit.delta_generator import DeltaGenerator

from arcore.written import MINUS
from pages.ui.format import Format

ROW = 32
HEAD = 35
TOTAL_GROUND = "rgba(128,150,190,.16)"
"""The ground of a total row; half-transparent, so it works on light and dark."""
WRITTEN_ROWS = 50
"""Up to here a grid is handed its numbers in words too, in some 6 ms; longer ones are written by the browser."""
STYLED_ROWS = 200
"""Up to here a grid may carry a styled total; beyond it styling costs too much and the total stands above."""


class Numbers(dict[str, Any]):
    """The settings of a column of numbers, with the way to write one.

    A grid writes "-" where all else has a true minus, and knows no other language than the browser's. So it is handed
    the words beside the numbers: `always`, or only where one is negative, for that costs time.
    """

    def __init__(self, settings: Mapping[str, Any], write: Callable[[float], str], *, always: bool = False) -> None:
        """Keep the settings that Streamlit made."""
        super().__init__(settings)
        self.write = write
        self.always = always

    def as_written(self) -> dict[str, Any]:
        """Return the settings without a format of the grid: it would win over the words."""
        kind = {name: value for name, value in self["type_config"].items() if name != "format"}
        return {**self, "type_config": kind}


def grid(data: Any, *, column_config: Mapping[str, Any] | None = None, **settings: Any) -> Any:
    """Draw a grid as `st.dataframe` does, with figures as they are written everywhere else.

    `data` is a frame, a styled one or an Arrow table; what is selected, sorted or copied are its numbers.
    """
    given = column_config or {}
    numbers = {name: column for name, column in given.items() if isinstance(column, Numbers)}
    written = {name: column for name, column in numbers.items() if _to_write(data, name, column)}
    config = {**given, **{name: column.as_written() for name, column in written.items()}}
    if written:
        whole = data.to_pandas() if isinstance(data, pa.Table) else data
        styled: Any = whole if isinstance(whole, Styler) else whole.reset_index(drop=True).style
        data = styled.format({name: column.write for name, column in written.items()}, na_rep="")
    return st.dataframe(data, column_config=config, **settings)


def _to_write(data: Any, name: str, column: Numbers) -> bool:
    """Tell whether a column is there and has a number that the grid would write another way."""
    if isinstance(data, pa.Table):
        if name not in data.column_names or data.num_rows > WRITTEN_ROWS:
            return False
        return column.always or (pc.min(data[name]).as_py() or 0) < 0
    frame = getattr(data, "data", data)
    if name not in frame.columns or len(frame) > WRITTEN_ROWS:
        return False
    return column.always or bool((pd.to_numeric(frame[name]) < 0).any())


def height(rows: int, *, most: int = 0) -> int:
    """Return the pixels of a grid that shows all its rows, or the first `most`."""
    return HEAD + ROW * max(1, min(rows, most) if most else rows)


def money(label: str, say: Format, *, places: int = 2, width: int = 106, hint: str | None = None) -> Any:
    """Return a column of amounts in whole units of the currency, or of other numbers with so many places."""
    format_ = f"%,.{places}f" if say.as_grids_do else "localized"
    plain = st.column_config.NumberColumn(label, format=format_, width=width, help=hint)
    return Numbers(plain, partial(say.of_column, places=places), always=not say.as_grids_do)


def count(label: str, *, width: int = 65, hint: str | None = None) -> Any:
    """Return a column of counts or days."""
    return Numbers(st.column_config.NumberColumn(label, format="%d", width=width, help=hint), _count)


def change(label: str, say: Format, *, places: int = 1, width: int = 62, hint: str | None = None) -> Any:
    """Return a column of changes: the sign always stands there, ±0 where there is none."""
    return Numbers(
        st.column_config.NumberColumn(label, width=width, help=hint), partial(say.change, places=places), always=True
    )


def _count(value: float) -> str:
    return f"{value:.0f}".replace("-", MINUS)


def text(label: str, *, width: int = 200, hint: str | None = None) -> Any:
    """Return a column of plain text."""
    return st.column_config.TextColumn(label, width=width, help=hint)


def figure(label: str, *, width: int = 118) -> Any:
    """Return a column of figures of several units, written out: text, but at the right as all figures."""
    return st.column_config.TextColumn(label, width=width, alignment="right")


def day(label: str, say: Format, *, width: int = 95) -> Any:
    """Return a column of dates."""
    english = say.known.startswith("en") and say.known != "en_US"
    return st.column_config.DateColumn(label, format="D MMM YYYY" if english else "localized", width=width)


def share(label: str, *, width: int = 110, hint: str | None = None) -> Any:
    """Return a column of percentages from 0 to 100 as bars in the accent colour."""
    return st.column_config.ProgressColumn(
        label, format="%.0f%%", min_value=0, max_value=100, width=width, help=hint
    )  # fmt: skip


def paged(count: int, size: int, key: str, *, visible: int = 5) -> int:
    """Draw the choice of a page where a list has several; return the place of the first row of the chosen one."""
    pages = max(1, -(-count // size))
    number = st.pagination(pages, key=key, max_visible_pages=visible) if pages > 1 else 1
    return int(min(number, pages) - 1) * size


def totals_first(totals: pd.DataFrame, rows: pd.DataFrame) -> Any:
    """Return both as one grid, totals bold on top; without the bold where there are too many rows for it."""
    return _bold(pd.concat([totals, rows], ignore_index=True), len(totals))


def bold_first(whole: pa.Table, first: int) -> Any:
    """Return a grid whose first rows are totals, bold; without the bold where there are too many rows for it."""
    return whole if whole.num_rows > STYLED_ROWS else _bold(whole.to_pandas(), first)


def _bold(whole: pd.DataFrame, first: int) -> Any:
    if len(whole) > STYLED_ROWS:
        return whole

    def bold(cells: pd.DataFrame) -> pd.DataFrame:
        styles = pd.DataFrame("", index=cells.index, columns=cells.columns)
        styles.iloc[:first] = f"font-weight: 700; background-color: {TOTAL_GROUND}"
        return styles

    return whole.style.apply(bold, axis=None)


class Files(TypedDict):
    """The two files of a table, each built when it is asked for."""

    xlsx: Callable[[], bytes]
    csv: Callable[[], bytes]


def downloads(
    label: str, name: str, *, xlsx: Callable[[], bytes], csv: Callable[[], bytes], place: DeltaGenerator | None = None,
) -> None:  # fmt: skip
    """Draw a button that offers a table as XLSX and as CSV; the files are built when they are asked for.

    `name` is what the files are called, without an ending: letters, digits, - and _ only.
    """
    with (place or st).popover(label, icon=":material/download:", key=f"download_{name}"):
        for ending, build, mime in (
            ("xlsx", xlsx, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
            ("csv", csv, "text/csv"),
        ):
            st.download_button(
                ending.upper(), build, file_name=f"{name}.{ending}", mime=mime, key=f"download_{name}_{ending}",
                on_click="ignore", width="stretch",
            )  # fmt: skip


def files(data: Any, title: str, facts: Sequence[str] = (), *, sums: bool = True) -> Files:
    """Return what `downloads` needs to offer a frame or an Arrow table; nothing is built before it is asked for.

    `data` may be a function that returns one, where making it costs something. `facts` are lines for the top of the
    sheet: as of, currency, filters. `sums` False leaves the totals out, for figures that do not add up.
    """

    def xlsx() -> bytes:
        from arcore.reports import export  # noqa: PLC0415  spreadsheets are loaded when one is asked for

        return export.to_xlsx(data() if callable(data) else data, title, facts, sums=sums)

    def csv() -> bytes:
        from arcore.reports import export  # noqa: PLC0415

        return export.to_csv(data() if callable(data) else data)

    return {"xlsx": xlsx, "csv": csv}


def columns_of(grid: Any) -> Sequence[str]:
    """Return the column names of what `totals_first` gave."""
    return list(getattr(grid, "data", grid).columns)
