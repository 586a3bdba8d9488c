"""Dispute rate: how many of the invoices issued are contested, and how much of what is open is in dispute."""

from __future__ import annotations

from decimal import Decimal

from arcore.analytics.figures import HUNDRED
from arcore.analytics.figures import PERCENT
from arcore.analytics.figures import Figure
from arcore.analytics.figures import Number
from arcore.analytics.figures import exact
from arcore.analytics.share import NOTHING_OPEN

NONE_ISSUED = "no invoice was issued in the window"


def by_count(*, invoices_disputed: int, invoices_issued: int) -> Figure:
    """Return documents against which a dispute was opened in the window, in percent of the invoices issued in it."""
    figure = Figure(
        name="dispute_rate",
        variant="count",
        unit=PERCENT,
        formula="invoices_disputed ÷ invoices_issued × 100",
        inputs={"invoices_disputed": invoices_disputed, "invoices_issued": invoices_issued},
    )
    if invoices_issued <= 0:
        return figure.because(NONE_ISSUED)
    return figure.worth(Decimal(invoices_disputed) / Decimal(invoices_issued) * HUNDRED)


def by_value(*, disputed: Number, gross_debits: Number) -> Figure:
    """Return what is in dispute on the day, at most what is open of each document, in percent of open debit items."""
    figure = Figure(
        name="dispute_rate",
        variant="value",
        unit=PERCENT,
        formula="disputed ÷ gross_debits × 100",
        inputs={"disputed": disputed, "gross_debits": gross_debits},
    )
    whole = exact(gross_debits)
    return figure.because(NOTHING_OPEN) if whole <= 0 else figure.worth(exact(disputed) / whole * HUNDRED)
