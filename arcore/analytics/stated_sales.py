"""Credit sales of whole months as somebody states them: they take the place of what is booked in those months."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from arcore.analytics.columns import Columns
from arcore.analytics.columns import Ints
from arcore.analytics.scope import Scope
from arcore.analytics.windows import Window
from arcore.dates import to_day
from arcore.ledger.kinds import KINDS

_IN_SALES = np.array([kind.in_sales for kind in KINDS])


@dataclass(frozen=True)
class StatedMonth:
    """Credit sales that are stated for a month, an entity and a currency.

    Attributes:
        month: first and last day of the whole month.
        entity, currency: their codes in the columns.
        amount: minor units.
        group: the part of the book it belongs to where figures are split.
        source: who or what states it.
    """

    month: Window
    entity: int
    currency: int
    amount: int
    group: int = 0
    source: str = ""

    def is_in(self, window: Window, group: int) -> bool:
        """Tell whether the whole month lies in a window of a group."""
        return self.group == group and window.first <= self.month.first and self.month.last <= window.last


def corrections(columns: Columns, scope: Scope, stated: Sequence[StatedMonth]) -> tuple[int, ...]:
    """Return, per stated month, what to add to its booked sales to get what is stated; minor units.

    Booked are the invoices, debit notes and late charges less credit notes that the scope takes in: never a part of
    both, for a list of open items holds only what survived.
    """
    sold = _IN_SALES[columns.kind] & scope.selects(columns)
    found = []
    for one in stated:
        first, last = to_day(one.month.first), to_day(one.month.last)
        rows = sold & (columns.entity == one.entity) & (columns.currency == one.currency)
        rows &= (columns.effective >= first) & (columns.effective <= last)
        found.append(one.amount - int(columns.amount[rows].sum()))
    return tuple(found)


def by_currency(amounts: Iterable[tuple[StatedMonth, int]], currencies: int) -> Ints:
    """Add up amounts of stated months by currency code."""
    total = np.zeros(currencies, np.int64)
    for one, amount in amounts:
        total[one.currency] += amount
    return total
