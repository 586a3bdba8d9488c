"""What is open on a day, carried on from version to version: a new payment touches only its own items."""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import field
from dataclasses import replace

import numpy as np

from arcore.analytics.buckets import columns_of
from arcore.analytics.buckets import offsets
from arcore.analytics.columns import Basis
from arcore.analytics.columns import Bools
from arcore.analytics.columns import Columns
from arcore.analytics.columns import Ints
from arcore.analytics.open_items import OpenItems
from arcore.analytics.open_items import balances_at
from arcore.reports.memo import Memo


@dataclass(frozen=True, eq=False)
class Opened:
    """The items that are open at the end of a day, whatever bucket they are in.

    Attributes:
        items, applications: how many rows of the columns were counted.
        row: rows of the open items, ascending.
        open: their signed balances in minor units.
        derived: what follows from these and from what stands around the books; shared as long as nothing is touched.
    """

    as_of: int
    items: int
    applications: int
    row: Ints
    open: Ints
    derived: Memo = field(default_factory=Memo, repr=False)

    @classmethod
    def of(cls, columns: Columns, as_of: int, mask: Bools) -> Opened:
        """Count every row; an empty mask means all of them."""
        balance = balances_at(columns, as_of)
        rows = np.flatnonzero(balance if len(mask) == 0 else np.where(mask, balance, 0))
        return cls(as_of, len(columns.item_id), len(columns.app_id), rows, balance[rows])

    def may_carry_on_to(self, columns: Columns) -> bool:
        """Tell whether the columns hold at least what was counted; they have to be of the same books."""
        return self.items <= len(columns.item_id) and self.applications <= len(columns.app_id)

    def carried_on(self, columns: Columns, mask: Bools) -> Opened:
        """Count the rows behind those already counted; costs no more than these and what is open."""
        born = np.arange(self.items, len(columns.item_id))
        born = born[columns.effective[self.items :] <= self.as_of]
        applied = np.arange(self.applications, len(columns.app_id))
        applied = applied[columns.app_day[self.applications :] <= self.as_of]
        moved = columns.app_amount[applied]
        row = np.concatenate((born, columns.app_to[applied], columns.app_from[applied]))
        amount = np.concatenate((columns.amount[born], -moved, moved))
        if len(mask):
            amount, row = amount[mask[row]], row[mask[row]]
        if len(row) == 0:
            return replace(self, items=len(columns.item_id), applications=len(columns.app_id))
        # What was open stands in order already: only the touched rows need a place in it.
        touched = np.unique(row)
        rows = np.insert(self.row, np.searchsorted(self.row, touched), touched)
        balance = np.insert(self.open, np.searchsorted(self.row, touched), 0)
        again = np.flatnonzero(rows[1:] == rows[:-1])
        balance[again] += balance[again + 1]
        rows, balance = np.delete(rows, again + 1), np.delete(balance, again + 1)
        np.add.at(balance, np.searchsorted(rows, row), amount)
        left = balance != 0
        return Opened(self.as_of, len(columns.item_id), len(columns.app_id), rows[left], balance[left])

    def aged(self, columns: Columns, basis: Basis, edges: tuple[int, ...]) -> OpenItems:
        """Put each item into its bucket; credit items are unapplied."""
        starts = offsets(edges)
        late = self.as_of - columns.due_of(basis)[self.row].astype(np.int64)
        bucket = np.zeros(len(late), np.int64)
        for start in starts[1:].tolist():  # a handful: quicker than searching among them
            bucket += late >= start
        bucket[columns.side[self.row] < 0] = len(starts)
        return OpenItems(self.row, self.open, late, bucket, columns_of(edges))
