"""Dilution: the part of what was invoiced that went away by credit notes instead of cash."""

from __future__ import annotations

from arcore.analytics.figures import HUNDRED
from arcore.analytics.figures import PERCENT
from arcore.analytics.figures import Figure
from arcore.analytics.figures import Number
from arcore.analytics.figures import exact

NOTHING_INVOICED = "nothing was invoiced in the window"


def by_credit_notes(*, credit_notes: Number, invoiced: Number) -> Figure:
    """Return credit notes in percent of invoices, debit notes and late charges of the window."""
    figure = Figure(
        name="dilution",
        variant="credit_notes",
        unit=PERCENT,
        formula="credit_notes ÷ invoiced × 100",
        inputs={"credit_notes": credit_notes, "invoiced": invoiced},
    )
    whole = exact(invoiced)
    return figure.because(NOTHING_INVOICED) if whole <= 0 else figure.worth(exact(credit_notes) / whole * HUNDRED)


def with_discounts(*, credit_notes: Number, discounts: Number, invoiced: Number) -> Figure:
    """Return the same with early-payment discounts: all that was given up by agreement."""
    figure = Figure(
        name="dilution",
        variant="with_discounts",
        unit=PERCENT,
        formula="(credit_notes + discounts) ÷ invoiced × 100",
        inputs={"credit_notes": credit_notes, "discounts": discounts, "invoiced": invoiced},
    )
    whole, gone = exact(invoiced), exact(credit_notes) + exact(discounts)
    return figure.because(NOTHING_INVOICED) if whole <= 0 else figure.worth(gone / whole * HUNDRED)
