"""Everything that moved a balance in a window, each with its cause: births of items and both legs of applications."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from arcore.analytics.columns import Basis
from arcore.analytics.columns import Bools
from arcore.analytics.columns import Columns
from arcore.analytics.columns import Ints
from arcore.analytics.flows import FLOWS
from arcore.analytics.flows import flow_of_rows

CAUSES = (
    "invoiced",
    "collected",
    "refunded",
    "credited",
    "written_off",
    "settled",
    "transferred",
    "exchange",
    "redated",
    "fell_due",
)
"""What a balance moves by. A re-dating moves between items of one document; falling due changes only the age."""
PLACE = {name: place for place, name in enumerate(CAUSES)}

_OF_FLOW = {
    "invoiced": "invoiced",
    "credit_notes": "credited",
    "discounts": "credited",
    "receipts": "collected",
    "refunds": "refunded",
    "reversals": "refunded",
    "uncollectible": "written_off",
    "recoveries": "written_off",
    "other_write_offs": "written_off",
    "settlements": "settled",
    "transfers": "transferred",
    "conversions": "transferred",
    "exchange_differences": "exchange",
}
_CAUSE_OF_FLOW = np.array([PLACE[_OF_FLOW[flow]] for flow in FLOWS], np.int64)


class Moves(NamedTuple):
    """Movements of items, in no particular order.

    Attributes:
        row: the item, as its row in the columns.
        cause: position in CAUSES; an application has the cause of the item it comes from.
        amount: signed minor units as booked.
        on: the day it counts from.
        dated: the day whose exchange rate it has: that of its document.
    """

    row: Ints
    cause: Ints
    amount: Ints
    on: Ints
    dated: Ints

    def where(self, chosen: NDArray[np.bool_] | Ints) -> Moves:
        """Return some of them."""
        return Moves(*(values[chosen] for values in self))


def births(columns: Columns, first: int, last: int, mask: Bools | None = None) -> Moves:
    """Return the items that count after `first` up to and with `last`; an empty or no mask takes all.

    Applications move between items of one customer and add nothing, so births alone add up to the change of the
    open balance.
    """
    row = np.flatnonzero(_within(columns.effective, first, last) & _chosen(columns, mask))
    on = columns.effective[row].astype(np.int64)
    return Moves(row, _causes(columns, row), columns.amount[row], on, _own_day(columns, row))


def applied(columns: Columns, first: int, last: int, mask: Bools | None = None) -> Moves:
    """Return both legs of the applications that count after `first` up to and with `last`."""
    which = np.flatnonzero(_within(columns.app_day, first, last))
    source, target = columns.app_from[which], columns.app_to[which]
    cause = _causes(columns, source)
    cause[columns.document_id[source] == columns.document_id[target]] = PLACE["redated"]
    on = columns.app_day[which].astype(np.int64)
    dated = np.where(columns.side[source] < 0, _own_day(columns, source), on)
    amount = columns.app_amount[which]
    legs = Moves(*map(_twice, ((target, source), (cause, cause), (-amount, amount), (on, on), (dated, dated))))
    return legs if mask is None or len(mask) == 0 else legs.where(mask[legs.row])


def moves_between(columns: Columns, first: int, last: int, mask: Bools | None = None) -> Moves:
    """Return births and both legs of applications after `first` up to and with `last`."""
    parts = births(columns, first, last, mask), applied(columns, first, last, mask)
    return Moves(*map(_twice, zip(*parts, strict=True)))


def overdue_moves(columns: Columns, first: int, last: int, basis: Basis, mask: Bools | None = None) -> Moves:
    """Return what changed the overdue debit items after `first` up to and with `last`; it adds up to the change.

    What moves an item that is past due counts by its cause. An item whose due day passes brings in, as "fell_due",
    what was open on it at the end of that day; what happened to it before that changed nothing overdue.
    """
    moves = moves_between(columns, first, last, mask)
    due = columns.due_of(basis).astype(np.int64)
    late = moves.where((columns.side[moves.row] > 0) & (moves.on > due[moves.row]))
    fell = _fell_due(columns, first, last, due, mask)
    return Moves(*map(_twice, zip(late, fell, strict=True)))


def overdue_of(columns: Columns, balances: Ints, day: int, basis: Basis) -> Ints:
    """Return the balance of every debit item past due at the end of a day, 0 for all others."""
    due: Ints = np.where((columns.side > 0) & (columns.due_of(basis) < day), balances, 0)
    return due


def _fell_due(columns: Columns, first: int, last: int, due: Ints, mask: Bools | None) -> Moves:
    """Return what was open at the end of their due day on the items that got past due in the window."""
    falls = (columns.side > 0) & (due >= first) & (due < last) & _chosen(columns, mask)
    left = np.where(falls & (columns.effective <= due), columns.amount, 0)
    for row, sign in ((columns.app_to, -1), (columns.app_from, 1)):
        which = np.flatnonzero(falls[row] & (columns.app_day <= due[row]))
        np.add.at(left, row[which], sign * columns.app_amount[which])
    row = np.flatnonzero(left)
    return Moves(row, np.full(len(row), PLACE["fell_due"], np.int64), left[row], due[row] + 1, due[row])


def _within(days: NDArray[np.int32], first: int, last: int) -> NDArray[np.bool_]:
    inside: NDArray[np.bool_] = (days > first) & (days <= last)
    return inside


def _chosen(columns: Columns, mask: Bools | None) -> NDArray[np.bool_]:
    return np.ones(len(columns.item_id), np.bool_) if mask is None or len(mask) == 0 else mask


def _causes(columns: Columns, rows: Ints) -> Ints:
    causes: Ints = _CAUSE_OF_FLOW[flow_of_rows(columns, rows)]
    return causes


def _own_day(columns: Columns, rows: Ints) -> Ints:
    """Return the document day of items; of one born of another the day of its birth, as its own is the origin's."""
    days: Ints = np.where(columns.origin[rows] >= 0, columns.effective[rows], columns.doc_day[rows]).astype(np.int64)
    return days


def _twice(parts: tuple[Ints, Ints]) -> Ints:
    return np.concatenate(parts)
