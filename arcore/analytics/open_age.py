"""How old what is open is, beside the days to pay of what was paid: closed invoices alone tell of survivors."""

from __future__ import annotations

import numpy as np

from arcore.analytics.columns import Ints
from arcore.analytics.figures import DAYS
from arcore.analytics.figures import Figure
from arcore.analytics.figures import Number
from arcore.analytics.figures import exact
from arcore.analytics.growing import frozen
from arcore.analytics.history import History
from arcore.analytics.history import Point
from arcore.analytics.share import NOTHING_OPEN
from arcore.analytics.weighed import Weighed
from arcore.analytics.weighed import weighed
from arcore.dates import to_day


def weighted(*, gross_debits: Number, open_amount_days: Number) -> Figure:
    """Divide the sum of open amount × days since the document by the open debit items."""
    figure = Figure(
        name="open_age",
        variant="weighted",
        unit=DAYS,
        formula="open_amount_days ÷ gross_debits",
        inputs={"open_amount_days": open_amount_days, "gross_debits": gross_debits},
    )
    whole = exact(gross_debits)
    return figure.because(NOTHING_OPEN) if whole <= 0 else figure.worth(exact(open_amount_days) / whole)


def open_amount_days(point: Point) -> Ints:
    """Return Σ (open amount × days from document to the day) of debit items, [group, currency]."""
    return point.history.kept("open_age", _made).of_bin(0, to_day(point.window.last))


def _made(history: History) -> Weighed:
    bins = frozen(np.zeros(len(history.columns.item_id), np.int32))
    days = np.array([to_day(day) for day in history.as_of], np.int32)
    return weighed(history.columns, days, bins, 1, history.columns.doc_day, history.scope)
