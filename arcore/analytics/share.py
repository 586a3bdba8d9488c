"""Shares of what is open: current, overdue, over 90 days. Of debit items only; unapplied credits stand apart."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import NamedTuple

from arcore.analytics.buckets import NOT_DUE
from arcore.analytics.figures import HUNDRED
from arcore.analytics.figures import PERCENT
from arcore.analytics.figures import Figure
from arcore.analytics.figures import Number
from arcore.analytics.figures import exact

NOTHING_OPEN = "no debit item is open"


class Schedule(NamedTuple):
    """An aging schedule summed up.

    Attributes:
        total: all buckets.
        past_due: all but the current one.
        current, over_90: shares of the total in percent.
    """

    total: Decimal
    past_due: Decimal
    current: Figure
    over_90: Figure


def current(*, ar_current: Number, gross_debits: Number) -> Figure:
    """Return the part of open debit items that is not yet due, in percent."""
    return _share("share_current", "ar_current", ar_current, gross_debits)


def overdue(*, overdue: Number, gross_debits: Number) -> Figure:
    """Return the part of open debit items that is past due, in percent."""
    return _share("share_overdue", "overdue", overdue, gross_debits)


def over_90(*, over_90: Number, gross_debits: Number) -> Figure:
    """Return the part of open debit items that is 91 days past due or more, in percent."""
    return _share("share_over_90", "over_90", over_90, gross_debits)


def schedule(buckets: Mapping[str, Number]) -> Schedule:
    """Sum up an aging whose current bucket is named "not due" and whose last one is over 90 days."""
    amounts = {name: exact(amount) for name, amount in buckets.items()}
    total = sum(amounts.values(), Decimal(0))
    due_later = amounts.get(NOT_DUE, Decimal(0))
    return Schedule(
        total=total,
        past_due=total - due_later,
        current=current(ar_current=due_later, gross_debits=total),
        over_90=over_90(over_90=list(amounts.values())[-1], gross_debits=total),
    )


def _share(name: str, part_name: str, part: Number, gross_debits: Number) -> Figure:
    figure = Figure(
        name=name,
        variant="gross_debits",
        unit=PERCENT,
        formula=f"{part_name} ÷ gross_debits × 100",
        inputs={part_name: part, "gross_debits": gross_debits},
    )
    whole = exact(gross_debits)
    return figure.because(NOTHING_OPEN) if whole <= 0 else figure.worth(exact(part) / whole * HUNDRED)
