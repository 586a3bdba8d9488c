"""One screen of an aging, ready to be shown again: the totals, the largest groups, and one page of the rows.

An aging by customer may have tens of thousands of rows. The screen holds ROWS of them at a time, largest first; totals,
footing and downloads are of all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import replace

import numpy as np
import pyarrow as pa
from sqlalchemy import Engine

from arcore.money import digits
from arcore.reports.aging import AgingReport
from arcore.reports.aging import AgingRow
from arcore.reports.aging import Cells
from arcore.reports.aging import aging
from arcore.reports.filters import By
from arcore.reports.filters import Filters
from pages.ui import aging_view

ROWS = 500
"""Rows of one page: more cost everybody who looks, and nobody reads them."""
LARGEST = 10


@dataclass(frozen=True, eq=False)
class Sheet:
    """What one screen shows of an aging.

    Attributes:
        report: the aging with the rows of this page alone; totals and control are of all rows.
        table: the grid: totals, then the rows of the page; whole currency units, null where there is nothing.
        largest: the largest groups of the first currency.
        of_currency: how many groups have a balance in that currency.
        groups: how many groups there are.
        rows: how many rows there are on all pages.
        number: which page it is, from 1.
    """

    report: AgingReport
    table: pa.Table
    largest: tuple[AgingRow, ...]
    of_currency: int
    groups: int
    rows: int
    number: int

    @property
    def pages(self) -> int:
        """How many pages there are, at least one."""
        return max(1, -(-self.rows // ROWS))


def sheet(engine: Engine, filters: Filters, by: By, edges: tuple[int, ...], number: int = 1) -> Sheet:
    """Return a page of an aging, the last one when there are fewer. Raises Unavailable."""
    report = aging(engine, filters, by=by, edges=edges)
    cells, rows = report.cells, len(report.cells)
    number = min(max(1, number), max(1, -(-rows // ROWS)))
    shown = _part(cells, slice((number - 1) * ROWS, number * ROWS))
    first = report.totals[0].currency if report.totals else ""
    # Of rows that hold each other only those that no other holds: bars side by side must not count twice.
    top = cells.depth == 0 if len(cells.depth) else np.ones(rows, np.bool_)
    of_first = np.flatnonzero((cells.currency == first) & top)
    return Sheet(
        report=replace(report, cells=shown),
        table=pa.concat_tables(
            [_grid(report, _totals(report)), _grid(report, _left_out(report)), _grid(report, shown)]
        ),
        largest=tuple(_part(cells, of_first[:LARGEST])),
        of_currency=len(of_first),
        groups=len(set(cells.key.tolist())),
        rows=rows,
        number=number,
    )


def _part(cells: Cells, which: slice | np.ndarray[tuple[int], np.dtype[np.int64]]) -> Cells:
    """Return some rows as arrays of their own, so that the others are not kept with them."""
    levels = slice(None) if not len(cells.depth) else which
    return Cells(
        key=cells.key[which].copy(),
        name=cells.name[which].copy(),
        currency=cells.currency[which].copy(),
        amounts=cells.amounts[which].copy(),
        items=cells.items[which].copy(),
        depth=cells.depth[levels].copy(),
        below=cells.below[levels].copy(),
    )


def _totals(report: AgingReport) -> Cells:
    """Return the totals as rows, named by how many groups they are of."""
    return _as_cells(report, report.totals, aging_view.total_names(report))


def _left_out(report: AgingReport) -> Cells:
    """Return what was left out for being of our own group as rows."""
    return _as_cells(report, report.intercompany, aging_view.left_out_names(report))


def _as_cells(report: AgingReport, rows: Sequence[AgingRow], names: Sequence[str]) -> Cells:
    amounts = [(*aging_view.amounts_of(row), row.open, row.redated) for row in rows]
    return Cells(
        key=np.array([row.key for row in rows], object),
        name=np.array(names, object),
        currency=np.array([row.currency for row in rows], object),
        amounts=np.array(amounts, np.int64).reshape(len(rows), len(report.columns) + 2),
        items=np.array([row.items for row in rows], np.int64),
    )


def _grid(report: AgingReport, cells: Cells) -> pa.Table:
    """Lay rows out as the grid shows them."""
    width = len(report.columns)
    scale = np.array([10.0 ** digits(currency) for currency in cells.currency]).reshape(-1, 1)
    units = cells.amounts / scale
    late = cells.amounts[:, 1 : width - 1].sum(axis=1)
    debits = cells.amounts[:, 0] + late
    share = np.divide(100.0 * late, debits, out=np.zeros(len(cells)), where=debits > 0)
    names = [*map(aging_view.bucket_word, report.columns), "Open balance", "Re-dated"]
    amounts = {name: _or_null(units[:, place]) for place, name in enumerate(names)}
    redated = amounts.pop("Re-dated")
    return pa.table(
        {
            "Name": pa.array(_names(cells), pa.string()),
            "Currency": pa.array(cells.currency.tolist(), pa.string()),
            **amounts,
            "Overdue": share,
            "Items": cells.items,
            "Re-dated": redated,
        }
    )


def _names(cells: Cells) -> list[str]:
    """Return the names of rows; rolled up they stand in from the parent, and a parent says how many it holds."""
    if not len(cells.depth):
        return list(cells.name)
    levels = zip(cells.name, cells.depth.tolist(), cells.below.tolist(), strict=True)
    return [f"{aging_view.INDENT * depth}{name}{f' +{below}' if below else ''}" for name, depth, below in levels]


def _or_null(values: np.ndarray[tuple[int], np.dtype[np.float64]]) -> pa.Array:
    return pa.array(values, pa.float64(), mask=values == 0)


def buckets(columns: Sequence[str]) -> list[str]:
    """Return what the columns of debit items are called on the screen: all but the unapplied."""
    return [aging_view.bucket_word(column) for column in columns[:-1]]
