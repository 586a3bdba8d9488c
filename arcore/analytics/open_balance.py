"""Open balance and its overdue part, as figures that explain themselves like the others."""

from __future__ import annotations

from arcore.analytics.figures import MONEY
from arcore.analytics.figures import Figure
from arcore.analytics.figures import Number
from arcore.analytics.figures import exact


def open_balance(*, ar_current: Number, overdue: Number, unapplied: Number) -> Figure:
    """Add what is not due, what is overdue and unapplied credits (negative): what customers owe, net."""
    return Figure(
        name="open",
        variant="net",
        unit=MONEY,
        formula="ar_current + overdue + unapplied",
        inputs={"ar_current": ar_current, "overdue": overdue, "unapplied": unapplied},
    ).worth(exact(ar_current) + exact(overdue) + exact(unapplied))


def unapplied_credits(*, unapplied: Number) -> Figure:
    """Return payments and credit notes not applied to anything yet; negative or zero."""
    figure = Figure(
        name="unapplied", variant="credits", unit=MONEY, formula="unapplied", inputs={"unapplied": unapplied}
    )
    return figure.worth(exact(unapplied))


def overdue_balance(*, gross_debits: Number, ar_current: Number) -> Figure:
    """Subtract what is not due from the open debit items; unapplied credits stand apart."""
    return Figure(
        name="overdue",
        variant="gross_debits",
        unit=MONEY,
        formula="gross_debits − ar_current",
        inputs={"gross_debits": gross_debits, "ar_current": ar_current},
    ).worth(exact(gross_debits) - exact(ar_current))
