"""Open debit items in steps of 30 days past due, on every as-of day and 30 days before it."""

from __future__ import annotations

from dataclasses import dataclass

from arcore.analytics.columns import Ints
from arcore.analytics.daily import Balances
from arcore.analytics.daily import balances_on
from arcore.analytics.history import History
from arcore.dates import to_day

STEP = 30
LAST = 12
"""Behind so many steps everything older stands together."""
EDGES = tuple(STEP * number for number in range(1, LAST))


@dataclass(frozen=True, eq=False)
class Steps:
    """Balances in columns: not due, 1-30, 31-60, … 301-330, 331+, unapplied."""

    balances: Balances

    def at(self, group: int, day: int, column: int) -> Ints:
        """Return one column at the end of a day, by currency code."""
        found: Ints = self.every(day, column)[group]
        return found

    def every(self, day: int, column: int) -> Ints:
        """Return the same of every group: [group, currency]."""
        found: Ints = self.balances.values[:, :, column, self.balances.index(day)]
        return found

    def columns(self, group: int, day: int) -> Ints:
        """Return the debit columns at the end of a day: [currency, column]."""
        found: Ints = self.balances.values[group, :, :-1, self.balances.index(day)]
        return found


def steps(history: History) -> Steps:
    """Return the steps of a history, summed at the first call, then kept."""
    return history.kept("steps", _made)


def _made(history: History) -> Steps:
    days = [to_day(day) - back for day in history.as_of for back in (0, STEP)]
    return Steps(balances_on(history.columns, days, basis=history.basis, edges=EDGES, scope=history.scope))
