"""Invoice latency: days from the date on an invoice to the day on which we learnt of it."""

from __future__ import annotations

from decimal import Decimal

from arcore.analytics.figures import DAYS
from arcore.analytics.figures import Figure

NONE_LEARNT = "no invoice dated since these books began was recorded in the window"


def invoice_latency(*, invoices_recorded: int, latency_days: int) -> Figure:
    """Divide the days from document date to recording by the invoices recorded in the window.

    Invoices dated before the first day on which anything was recorded are history that was loaded, and don't count.
    """
    figure = Figure(
        name="invoice_latency",
        variant="mean",
        unit=DAYS,
        formula="latency_days ÷ invoices_recorded",
        inputs={"latency_days": latency_days, "invoices_recorded": invoices_recorded},
    )
    if invoices_recorded <= 0:
        return figure.because(NONE_LEARNT)
    return figure.worth(Decimal(latency_days) / Decimal(invoices_recorded))
