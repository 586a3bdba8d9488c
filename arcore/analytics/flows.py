"""What was booked, by kind: sales, credits, cash, losses and the neutral ones, each as a running total over days.

Documents are neutral to matching: applications move balances between items of one customer and add nothing. So all
flows of a window add up to the change of the open balance, which is how a bridge foots.
"""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike
from numpy.typing import NDArray

from arcore.analytics.columns import REASON_CODES
from arcore.analytics.columns import Columns
from arcore.analytics.columns import Days
from arcore.analytics.columns import Ints
from arcore.analytics.daily import position_of
from arcore.analytics.daily import slots_of
from arcore.analytics.growing import frozen
from arcore.analytics.scope import Scope
from arcore.ledger.kinds import CODES
from arcore.ledger.kinds import FACTORED
from arcore.ledger.kinds import KINDS
from arcore.ledger.kinds import UNCOLLECTIBLE

FLOWS = (
    "invoiced",
    "credit_notes",
    "discounts",
    "receipts",
    "refunds",
    "reversals",
    "uncollectible",
    "recoveries",
    "other_write_offs",
    "transfers",
    "conversions",
    "exchange_differences",
    "settlements",
)
"""Every item belongs to one of these; amounts are signed as booked (+ raises what is owed to us)."""
POSITIONS = {name: position for position, name in enumerate(FLOWS)}

_FLOW_OF_KIND = {
    "credit_note": "credit_notes",
    "discount": "discounts",
    "payment": "receipts",
    "refund": "refunds",
    "payment_reversal": "reversals",
    "write_off": "other_write_offs",
    "transfer": "transfers",
    "conversion": "conversions",
    "fx_difference": "exchange_differences",
    "settlement": "settlements",
}


def _flow_table() -> NDArray[np.int8]:
    """Return the flow of every kind (row) and write-off reason (column; the last one for other reasons and none)."""
    table = np.empty((len(KINDS), len(REASON_CODES) + 1), np.int8)
    for code, kind in enumerate(KINDS):
        table[code] = POSITIONS[_FLOW_OF_KIND.get(kind.name, "invoiced")]
    table[CODES["write_off"], REASON_CODES[UNCOLLECTIBLE]] = POSITIONS["uncollectible"]
    table[CODES["write_off"], REASON_CODES["recovery"]] = POSITIONS["recoveries"]
    # What was sold to a factor moved to somebody else: neither cash nor loss, and no longer unexplained.
    table[CODES["settlement"], REASON_CODES[FACTORED]] = POSITIONS["transfers"]
    return frozen(table)


FLOW_TABLE = _flow_table()


@dataclass(frozen=True, eq=False)
class Flows:
    """Running totals since the beginning of the books, at the end of chosen days.

    Attributes:
        days: day numbers, ascending.
        values: [group, currency, flow, day]; minor units, signed as booked.
    """

    days: Days
    values: NDArray[np.int64]

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the flows, in their order."""
        return FLOWS

    def all_between(self, after: int, last: int) -> NDArray[np.int64]:
        """Return what was booked after the first day up to and with the last: [group, currency, flow]."""
        return self.values[..., self.index(last)] - self.values[..., self.index(after)]

    def between(self, name: str, after: int, last: int) -> Ints:
        """Return one flow after the first day up to and with the last: [group, currency]."""
        kept = self.values[:, :, POSITIONS[name]]
        found: Ints = kept[..., self.index(last)] - kept[..., self.index(after)]
        return found

    def index(self, day: int) -> int:
        """Return the position of a day. Raises BadInput when it was not asked for."""
        return position_of(self.days, day)

    def plus(self, more: Flows) -> Flows:
        """Add the flows of other items, over the same days."""
        return replace(self, values=self.values + more.values)


def flow_of(columns: Columns) -> NDArray[np.int8]:
    """Return the position in FLOWS of every item row."""
    return flow_of_rows(columns, slice(None))


def flow_of_rows(columns: Columns, rows: Ints | slice) -> NDArray[np.int8]:
    """Return the position in FLOWS of some item rows."""
    known, reason = len(REASON_CODES), columns.reason[rows]
    reasons = np.where((reason >= 0) & (reason < known), reason, known)
    flows: NDArray[np.int8] = FLOW_TABLE[columns.kind[rows], reasons]
    return flows


def flows_on(
    columns: Columns,
    days: ArrayLike,
    *,
    scope: Scope | None = None,
    since: int = 0,
    amounts: Ints | None = None,
) -> Flows:
    """Return the running totals of all flows at the end of chosen days.

    Items before row `since` are left out. `amounts` replaces the amount of every item (tax inside it, a count of
    one); it has to be as long as the items.
    """
    from arcore.analytics import _kernel  # noqa: PLC0415  loads numba

    chosen = np.unique(np.asarray(days, np.int32))
    within = scope or Scope.of(columns)
    within.check(columns, since)
    values = columns.amount if amounts is None else frozen(np.ascontiguousarray(amounts, np.int64))
    out = np.zeros((within.cells, len(FLOWS), len(chosen)), np.int64)
    _kernel.flow(
        (columns.kind, columns.reason, columns.effective, values, columns.currency),
        within.groups,
        within.mask,
        within.n_currencies,
        since,
        FLOW_TABLE,
        int(chosen[0]),
        slots_of(chosen),
        out,
    )
    _kernel.run_up(out, 1)
    return Flows(days=chosen, values=out.reshape(within.n_groups, within.n_currencies, *out.shape[1:]))
