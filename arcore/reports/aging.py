"""Aging for pages and scripts: by any dimension, on any day, as known at any version, and whether it adds up."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field
from datetime import date
from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray
from sqlalchemy import Engine

from arcore.analytics.buckets import EDGES
from arcore.analytics.buckets import columns_of
from arcore.analytics.columns import Ints
from arcore.analytics.open_items import OpenItems
from arcore.money import digits
from arcore.money import from_minor
from arcore.money import plain
from arcore.reports.book import Version
from arcore.reports.control import Control
from arcore.reports.control import controls
from arcore.reports.filters import By
from arcore.reports.filters import Filters
from arcore.reports.rates import Gap
from arcore.reports.view import Groups
from arcore.reports.view import Money
from arcore.reports.view import View
from arcore.reports.view import view


@dataclass(frozen=True)
class AgingRow:
    """One group in one currency; minor units, credits negative. Not due + buckets + unapplied = open.

    In a rolled-up aging `below` says how many customers the row holds beside its own, `depth` how many stand above it.
    """

    key: str
    name: str
    currency: str
    not_due: int
    buckets: tuple[int, ...]
    unapplied: int
    open: int
    redated: int
    items: int
    depth: int = 0
    below: int = 0

    @property
    def overdue(self) -> int:
        """Open debit items past due."""
        return sum(self.buckets)


@dataclass(frozen=True, eq=False)
class Cells:
    """The rows of an aging as arrays, largest open balance first within each currency.

    Attributes:
        key, name, currency: of each row.
        amounts: minor units, [row, column]: not due, each bucket, unapplied, open, redated.
        items: how many open items are in each row.
        depth, below: in a rolled-up aging how many customers stand above each row, and how many it holds; else empty.
    """

    key: NDArray[np.object_]
    name: NDArray[np.object_]
    currency: NDArray[np.object_]
    amounts: Ints
    items: Ints
    depth: Ints = field(default_factory=lambda: np.empty(0, np.int64))
    below: Ints = field(default_factory=lambda: np.empty(0, np.int64))

    def __len__(self) -> int:
        return len(self.key)

    def __iter__(self) -> Iterator[AgingRow]:
        """Give row by row."""
        labels = zip(self.key, self.name, self.currency, strict=True)
        flat = np.zeros(len(self.key), np.int64)
        depth, below = (levels if len(levels) else flat for levels in (self.depth, self.below))
        counts = zip(self.items.tolist(), depth.tolist(), below.tolist(), strict=True)
        for (key, name, currency), cells, count in zip(labels, self.amounts.tolist(), counts, strict=True):
            not_due, *buckets, unapplied, open_, redated = cells
            yield AgingRow(key, name, currency, not_due, tuple(buckets), unapplied, open_, redated, *count)


@dataclass(frozen=True, eq=False)
class AgingReport:
    """An aging and what is said about it.

    Attributes:
        columns: names of the amount columns: not due, the buckets, unapplied.
        cells: the rows; companies of our own group are left out unless they were asked for. Rolled-up rows hold each
            other: a parent's those of its children.
        totals: one row per currency, key "total"; each item counts once.
        intercompany: what was left out, one row per currency, key "intercompany"; by entity one for each of these too.
        left_out: how many customers these are.
        control: the books added up by another road; rows and intercompany together must equal it.
        gaps: rates that are missing; those amounts stand in their own currency.
        incomplete: why the balances of such an early day are not all there; None when they are.
    """

    version: Version
    filters: Filters
    edges: tuple[int, ...]
    by: By
    columns: tuple[str, ...]
    cells: Cells
    totals: tuple[AgingRow, ...]
    intercompany: tuple[AgingRow, ...]
    left_out: int
    control: tuple[Control, ...]
    gaps: tuple[Gap, ...]
    incomplete: str | None

    @property
    def as_of(self) -> date:
        """The last day that counts."""
        return self.filters.as_of

    @property
    def known_at(self) -> datetime | None:
        """The moment it is known at; None is now."""
        return self.filters.known_at

    @property
    def foots(self) -> bool:
        """Tell whether the rows add up to the control total."""
        return all(control.difference == 0 for control in self.control)

    def table(self) -> pa.Table:
        """Return the rows for a grid: amounts in whole currency units as numbers, with the overdue share."""
        scale = 10.0 ** -np.array([digits(currency) for currency in self.cells.currency], dtype=float)
        amounts = self.cells.amounts * scale[:, None] if len(self.cells) else self.cells.amounts.astype(float)
        names = [*self.columns, "open", "redated"]
        overdue = amounts[:, 1 : len(self.edges) + 2].sum(axis=1)
        debits = overdue + amounts[:, 0]
        share = np.divide(100 * overdue, debits, out=np.zeros_like(overdue), where=debits > 0)
        return pa.table(
            {
                "key": pa.array(self.cells.key, pa.string()),
                "name": pa.array(self.cells.name, pa.string()),
                "currency": pa.array(self.cells.currency, pa.string()),
                **{name: amounts[:, place] for place, name in enumerate(names)},
                "overdue": overdue,
                "overdue %": share,
                "items": self.cells.items,
            }
        )

    @property
    def left_out_sums(self) -> dict[str, int]:
        """What was left out for being of our own group, by currency; minor units."""
        return {row.currency: row.open for row in self.intercompany if row.key == "intercompany"}

    def notes(self) -> list[str]:
        """Say in plain English what a file of the rows holds beside them: what was left out, what holds what."""
        found = []
        if self.by == "rollup":
            sums = ", ".join(f"{plain(row.open, row.currency)} {row.currency}" for row in self.totals)
            found.append(f"Rolled up: a row holds those below it too; each counted once they add up to {sums or 0}")
        out = [row for row in self.intercompany if row.key == "intercompany"]
        if out:
            sums = ", ".join(f"{plain(row.open, row.currency)} {row.currency}" for row in out)
            found.append(f"Intercompany, left out: {counted(self.left_out)}, {sums}")
        found += [
            f"Missing: {gap}; {plain(gap.units or 0, gap.currency)} {gap.currency} stands as booked"
            for gap in self.gaps
        ]
        return found

    def frame(self) -> pd.DataFrame:
        """Return the rows for a download: amounts as Decimals with the digits of their currency."""
        names = [*self.columns, "open", "redated"]
        values = [
            [from_minor(units, currency) for units in row]
            for row, currency in zip(self.cells.amounts.tolist(), self.cells.currency, strict=True)
        ]
        labels: dict[str, NDArray[Any]] = {
            "key": self.cells.key, "name": self.cells.name, "currency": self.cells.currency,
        }  # fmt: skip
        if self.by == "rollup":
            labels |= {"level": self.cells.depth, "customers below": self.cells.below}
        return pd.concat([pd.DataFrame(labels), pd.DataFrame(values, columns=names, dtype=object)], axis=1)


def counted(customers: int) -> str:
    """Write a count of customers with its noun."""
    return f"{customers:,} customer{'' if customers == 1 else 's'}"


def aging(
    engine: Engine,
    filters: Filters,
    *,
    by: By = "customer",
    edges: Sequence[int] = EDGES,
    control: bool = True,
) -> AgingReport:
    """Age what is open at the end of the as-of day, split by a dimension.

    `control=False` spares the second road, where only the figures are needed. Raises BadInput for edges that do not
    ascend, Unavailable when the store does not answer.
    """
    seen = view(engine, filters)
    key = ("aging", filters.key(), by, tuple(edges), control)
    return seen.book.remembered(key, lambda: _aging(engine, seen, by, tuple(edges), control=control))


def _aging(engine: Engine, seen: View, by: By, edges: tuple[int, ...], *, control: bool) -> AgingReport:
    items = seen.open_items(edges)
    money = seen.money(items)
    single: By = "customer" if by == "rollup" else by
    key = ("cells", single, seen.filters.basis, edges, seen.filters.currency)
    own = seen.derived(key, lambda: _cells(seen, items, money, seen.groups_of(single, items.row)))
    ours, left_out = _left_out(seen, by, edges)
    return AgingReport(
        version=seen.book.version,
        filters=seen.filters,
        edges=edges,
        by=by,
        columns=columns_of(edges),
        cells=rolled_up(seen, own) if by == "rollup" else own,
        totals=_added_up(own, "total", "Total"),
        intercompany=ours,
        left_out=left_out,
        control=controls(engine, seen, edges) if control else (),
        gaps=money.gaps,
        incomplete=seen.coverage.missing("balances", seen.filters.as_of),
    )


def _left_out(seen: View, by: By, edges: tuple[int, ...]) -> tuple[tuple[AgingRow, ...], int]:
    """Age what was left out for being of our own group, and count whose it is; by entity also entity by entity."""
    if not seen.has_group_companies:
        return (), 0
    held = seen.open_items(edges, ours=True)
    money = seen.money(held)
    nobody = Groups(np.empty(0, np.int32), ("intercompany",), ("Intercompany",))
    rows = _added_up(_cells(seen, held, money, nobody), "intercompany", "Intercompany")
    who = np.unique(seen.book.around.customers.survivor[seen.columns.customer[held.row]])
    return (*rows, *(_cells(seen, held, money, seen.groups_of("entity", held.row)) if by == "entity" else ())), len(who)


def _added_up(cells: Cells, key: str, name: str) -> tuple[AgingRow, ...]:
    """Return one row per currency, which all its cells add up to."""
    codes = sorted(set(cells.currency.tolist()))
    which = [cells.currency == code for code in codes]
    return tuple(
        Cells(
            key=np.full(len(codes), key, object),
            name=np.full(len(codes), name, object),
            currency=np.array(codes, object),
            amounts=np.array([cells.amounts[rows].sum(axis=0) for rows in which]),
            items=np.array([cells.items[rows].sum() for rows in which], np.int64),
        )
    )


def _cells(seen: View, items: OpenItems, money: Money, groups: Groups) -> Cells:
    """Add the open items up by group (a code per item), currency and bucket; only cells with an item become rows."""
    width = len(items.names)
    every = money.currency
    if len(groups.codes):
        every = groups.codes.astype(np.int64) * len(money.codes) + money.currency
    # There are not many more cells than groups: counting them is quicker than sorting the items.
    counts = np.bincount(every, minlength=1)
    cell = np.flatnonzero(counts)
    place = (np.cumsum(counts > 0) - 1)[every]
    amounts = np.zeros((len(cell), width + 2), np.int64)
    np.add.at(amounts.reshape(-1), place * (width + 2) + items.bucket, money.units)  # one index is quicker than two
    amounts[:, width] = amounts[:, :width].sum(axis=1)
    moved = seen.columns.due[items.row] != seen.columns.original_due[items.row]
    np.add.at(amounts[:, width + 1], place[moved], money.units[moved])
    currency = np.array(money.codes, dtype=object)[cell % max(1, len(money.codes))]
    order = np.lexsort((-amounts[:, width], currency.astype(str)))
    which = (cell // max(1, len(money.codes)))[order]
    return Cells(
        key=np.array(groups.keys, dtype=object)[which],
        name=np.array(groups.names, dtype=object)[which],
        currency=currency[order],
        amounts=amounts[order],
        items=counts[cell][order],
    )


def rolled_up(seen: View, own: Cells) -> Cells:
    """Let every row hold those under it; families by what they owe, their members in the order of the tree.

    A parent with nothing open of its own gets a row when somebody under it owes. Amounts in several currencies stay
    apart, so a member may have rows in each.
    """
    customers = seen.book.around.customers
    tree = customers.families
    number = {code: place for place, code in enumerate(customers.codes)}
    who = np.array([number[key] for key in own.key], np.int64)
    codes, unit = np.unique(own.currency.astype(str), return_inverse=True)
    place, above = tree.lifted(who)
    cell, where = np.unique(above * max(1, len(codes)) + unit[place], return_inverse=True)
    amounts, items = np.zeros((len(cell), own.amounts.shape[1]), np.int64), np.zeros(len(cell), np.int64)
    np.add.at(amounts, where, own.amounts[place])
    np.add.at(items, where, own.items[place])
    member, unit = cell // max(1, len(codes)), cell % max(1, len(codes))
    head = customers.root[member].astype(np.int64)
    total = dict(zip(cell.tolist(), amounts[:, -2].tolist(), strict=True))
    owes = np.array([total[int(top) * len(codes) + int(code)] for top, code in zip(head, unit, strict=True)], np.int64)
    order = np.lexsort((tree.place[member], head, -owes, unit))
    member = member[order]
    return Cells(
        key=np.array(customers.codes, dtype=object)[member],
        name=np.array(customers.names, dtype=object)[member],
        currency=codes.astype(object)[unit[order]],
        amounts=amounts[order],
        items=items[order],
        depth=tree.depth[member].astype(np.int64),
        below=tree.below[member].astype(np.int64),
    )
