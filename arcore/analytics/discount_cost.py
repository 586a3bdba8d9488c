"""What an early-payment discount costs a year: per cent given up for money that comes some days sooner."""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

import numpy as np

from arcore.analytics.columns import Bools
from arcore.analytics.columns import Columns
from arcore.analytics.columns import Ints
from arcore.analytics.figures import HUNDRED
from arcore.analytics.figures import PERCENT
from arcore.analytics.figures import Figure
from arcore.analytics.figures import Number
from arcore.analytics.figures import exact
from arcore.analytics.history import Point
from arcore.analytics.payments import payment_applications
from arcore.analytics.windows import Window
from arcore.dates import FOREVER
from arcore.dates import to_day
from arcore.ledger.kinds import CODES

NO_GAP = "the discount brings the money no sooner"
NONE_EARLY = "nothing was paid early for a discount in the window"


def periodic(*, discount_pct: Number) -> Figure:
    """Return d ÷ (1 − d): the discount in percent of what is paid instead."""
    rate = exact(discount_pct) / HUNDRED
    return Figure(
        name="discount_cost",
        variant="periodic",
        unit=PERCENT,
        formula="discount_pct ÷ (100 − discount_pct) × 100",
        inputs={"discount_pct": discount_pct},
    ).worth(rate / (1 - rate) * HUNDRED)


def nominal(*, discount_pct: Number, discount_day: int, pay_day: int, year_days: int = 365) -> Figure:
    """Return d ÷ (1 − d) × year ÷ gap in percent a year; the gap ends on the day that is paid without discount."""
    figure = _of_terms("nominal", discount_pct, discount_day, pay_day, year_days, "× year_days ÷ gap × 100")
    if pay_day <= discount_day:
        return figure.because(NO_GAP)
    rate = exact(discount_pct) / HUNDRED
    return figure.worth(rate / (1 - rate) * year_days / (pay_day - discount_day) * HUNDRED)


def effective(*, discount_pct: Number, discount_day: int, pay_day: int, year_days: int = 365) -> Figure:
    """Return (1 + d ÷ (1 − d)) ^ (year ÷ gap) − 1 in percent a year (CFA)."""
    figure = _of_terms("effective", discount_pct, discount_day, pay_day, year_days, "compounded year_days ÷ gap times")
    if pay_day <= discount_day:
        return figure.because(NO_GAP)
    rate = exact(discount_pct) / HUNDRED
    growth = (1 + rate / (1 - rate)) ** (Decimal(year_days) / (pay_day - discount_day))
    return figure.worth((growth - 1) * HUNDRED)


def annualised(*, discounts_taken: Number, paid_days_early: Number, year_days: int = 365) -> Figure:
    """Divide the discounts by Σ (amount paid × days before its due day), times the days of a year, in percent.

    The nominal rate of what was really given: of one invoice it is d ÷ (1 − d) × year ÷ gap.
    """
    figure = Figure(
        name="discount_cost",
        variant="annualised",
        unit=PERCENT,
        formula="discounts_taken ÷ paid_days_early × year_days × 100",
        inputs={"discounts_taken": discounts_taken, "paid_days_early": paid_days_early, "year_days": year_days},
    )
    early = exact(paid_days_early)
    return (
        figure.because(NONE_EARLY) if early <= 0 else figure.worth(exact(discounts_taken) / early * year_days * HUNDRED)
    )


def compounded(
    *, discounts_taken: Number, paid_for_discounts: Number, paid_days_early: Number, year_days: int = 365
) -> Figure:
    """Return the effective rate a year of what was really given: the discount compounded over its own mean gap (CFA).

    Of one invoice it is (1 + d ÷ (1 − d)) ^ (year ÷ gap) − 1.
    """
    figure = Figure(
        name="discount_cost",
        variant="effective",
        unit=PERCENT,
        formula="((1 + discounts_taken ÷ paid_for_discounts) ^ (year_days × paid_for_discounts ÷ paid_days_early) − 1)"
        " × 100",
        inputs={
            "discounts_taken": discounts_taken,
            "paid_for_discounts": paid_for_discounts,
            "paid_days_early": paid_days_early,
            "year_days": year_days,
        },
    )
    early, paid = exact(paid_days_early), exact(paid_for_discounts)
    if early <= 0 or paid <= 0:
        return figure.because(NONE_EARLY)
    growth = (1 + exact(discounts_taken) / paid) ** (year_days * paid / early)
    return figure.worth((growth - 1) * HUNDRED)


class Taken(NamedTuple):
    """Discounts of a window and the payments that earned them, as rows of applications.

    Attributes:
        discounts: that took a part of a debt away.
        payments: that settled other parts of the same debts.
    """

    discounts: Ints
    payments: Ints


def taken(columns: Columns, window: Window, mask: Bools | None = None) -> Taken:
    """Return the applications of discounts given in a window, and the payments of the debts that they were given on."""
    return _in_window(columns, _ever(columns, mask), window)


def _ever(columns: Columns, mask: Bools | None) -> Taken:
    """Return the same of all times: discounts are few, so every window then looks at few rows."""
    given = (columns.root_kind == CODES["discount"])[columns.app_from] & (columns.side[columns.app_to] > 0)
    if mask is not None:
        given &= mask[columns.app_to]
    discounts = np.flatnonzero(given)
    if len(discounts) == 0:
        return Taken(discounts, discounts)
    discounted = np.zeros(len(columns.item_id), np.bool_)
    discounted[columns.root[columns.app_to[discounts]]] = True
    paid = payment_applications(columns, -(2**31), FOREVER, mask)
    return Taken(discounts, paid[discounted[columns.root[columns.app_to[paid]]]])


def _in_window(columns: Columns, ever: Taken, window: Window) -> Taken:
    if len(ever.discounts) == 0:
        return ever
    first, last = to_day(window.first), to_day(window.last)
    day = columns.doc_day[columns.app_from[ever.discounts]]
    given = (day >= first) & (day <= last) & (columns.app_day[ever.discounts] <= last)
    discounts = ever.discounts[given]
    debts = np.unique(columns.root[columns.app_to[discounts]])
    received = columns.doc_day[columns.app_from[ever.payments]]
    paid = ever.payments[(received <= last) & (columns.app_day[ever.payments] <= last)]
    return Taken(discounts, paid[np.isin(columns.root[columns.app_to[paid]], debts)])


def discounts_taken(point: Point) -> Ints:
    """Return the discounts given in the window, by currency code."""
    columns, found = point.history.columns, _taken(point)
    return _by_currency(point, found.discounts, columns.app_amount[found.discounts])


def paid_days_early(point: Point) -> Ints:
    """Return Σ (amount paid × days from the receipt to the due day) of the debts with a discount, by currency code."""
    found = _taken(point)
    return _by_currency(point, found.payments, early_amounts(point.history.columns, found.payments))


def paid_for_discounts(point: Point) -> Ints:
    """Return what was paid on the debts with a discount, by currency code."""
    found = _taken(point)
    return _by_currency(point, found.payments, point.history.columns.app_amount[found.payments])


def early_amounts(columns: Columns, rows: Ints) -> Ints:
    """Return amount × days from the receipt to the contractual due day of applications."""
    gap = columns.original_due[columns.app_to[rows]].astype(np.int64) - columns.doc_day[columns.app_from[rows]]
    amounts: Ints = columns.app_amount[rows] * gap
    return amounts


def _taken(point: Point) -> Taken:
    history = point.history
    mask = history.scope.mask if len(history.scope.mask) else None
    ever = history.kept("discounts", lambda known: _ever(known.columns, mask))
    return history.kept(f"discounts {point.window}", lambda known: _in_window(known.columns, ever, point.window))


def _by_currency(point: Point, rows: Ints, amounts: Ints) -> Ints:
    columns, scope = point.history.columns, point.history.scope
    sums = np.zeros(scope.n_currencies, np.int64)
    if len(rows) == 0:
        return sums
    items = columns.app_to[rows]
    if len(scope.groups):
        inside = scope.groups[items] == point.group
        items, amounts = items[inside], amounts[inside]
    np.add.at(sums, columns.currency[items], amounts)
    return sums


def _of_terms(variant: str, discount_pct: Number, discount_day: int, pay_day: int, year_days: int, rest: str) -> Figure:
    return Figure(
        name="discount_cost",
        variant=variant,
        unit=PERCENT,
        formula=f"discount_pct ÷ (100 − discount_pct) {rest}",
        inputs={"discount_pct": discount_pct, "gap": pay_day - discount_day, "year_days": year_days},
    )
