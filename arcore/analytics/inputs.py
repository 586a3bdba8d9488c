"""The inputs of measures by name, for one part of the book or for many at once."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Sequence
from decimal import Decimal
from functools import partial
from typing import Any

import numpy as np

from arcore.analytics.closed import MEASURES as CLOSED
from arcore.analytics.closed import closed
from arcore.analytics.collection_cost import cost_of_window
from arcore.analytics.columns import Ints
from arcore.analytics.conversion import RateGap
from arcore.analytics.discount_cost import discounts_taken
from arcore.analytics.discount_cost import paid_days_early
from arcore.analytics.discount_cost import paid_for_discounts
from arcore.analytics.history import BALANCE_INPUTS
from arcore.analytics.history import FLOW_INPUTS
from arcore.analytics.history import Point
from arcore.analytics.issued import invoices_issued
from arcore.analytics.kpi import Kpi
from arcore.analytics.lens import MANY_GROUPS
from arcore.analytics.lens import Given
from arcore.analytics.lens import Lens
from arcore.analytics.lens import NotGivenError
from arcore.analytics.month_ends import month_end_average
from arcore.analytics.open_age import open_amount_days
from arcore.analytics.payments import MEASURES
from arcore.analytics.roll_rate import rolled_from
from arcore.analytics.roll_rate import rolled_to
from arcore.analytics.variants import Variants


def one_input(lens: Lens, kpi: Kpi, point: Point, name: str) -> Any:
    """Return one input: converted, where it is an amount by currency."""
    if name in lens.more:
        given = lens.more[name](point, lens.conversion)
    elif name in FURTHER:
        given = FURTHER[name](point, kpi)
    elif name in MADE:
        made = MADE[name](point, kpi)[point.group]
        given = made if made.ndim else int(made)
    elif name in OF_COMPANY:
        given = OF_COMPANY[name](point, lens.variants)
    elif name in OUTSIDE:
        raise NotGivenError(name)
    else:
        return amount(lens, point, name)
    return lens.conversion.total(given, point.window.last) if isinstance(given, np.ndarray) else given


def amount(lens: Lens, point: Point, name: str) -> Decimal:
    """Return one input of balances or flows as lists show it, else converted. Raises RateGap."""
    found = lens.listed.get((point.window.last, name)) if point.group == 0 else None
    return lens.total(point, name) if found is None else found


def many_inputs(lens: Lens, kpi: Kpi, point: Point, name: str, groups: Sequence[int]) -> list[Any]:
    """Return one input of many groups; where a group's can't be had, the reason as the exception itself."""

    def one(group: int) -> Any:
        try:
            return one_input(lens, kpi, point.of_group(group), name)
        except (RateGap, NotGivenError) as lacking:
            return lacking

    def every() -> list[Any]:
        if name in lens.more or name not in EVERY or (0 in groups and lens.listed):
            return [one(group) for group in groups]
        amounts: Ints = EVERY[name](point, kpi)
        if amounts.ndim == 1:
            return [int(number) for number in amounts[list(groups)]]
        return lens.conversion.totals(amounts[list(groups)].tolist(), point.window.last)

    if len(groups) > MANY_GROUPS:
        return every()
    variant = kpi.variant if name in ("rolled_from", "rolled_to") else ""
    return lens.once(("column", name, variant, point.window, point.months, tuple(groups)), every)


def _every_amount(name: str, point: Point, _: Kpi) -> Ints:
    return point.every(name)


def _every_closed(name: str, point: Point, _: Kpi) -> Ints:
    return closed(point, name)


FURTHER: dict[str, Callable[[Point, Kpi], Given]] = {
    "paid_for_discounts": lambda point, _: paid_for_discounts(point),
    "discounts_taken": lambda point, _: discounts_taken(point),
    "paid_days_early": lambda point, _: paid_days_early(point),
}
"""Inputs that a history works out group by group when they are first asked for."""
OF_COMPANY: dict[str, Callable[[Point, Variants], Given]] = {
    "year_days": lambda _, variants: variants.year_days,
    "days_of_inventory": lambda _, variants: variants.days_of_inventory,
    "days_of_payables": lambda _, variants: variants.days_of_payables,
    "cost": lambda point, variants: cost_of_window(variants.monthly_collection_cost, point.months),
}
"""Inputs that only the company can give."""
OUTSIDE = frozenset(
    "invoices_recorded latency_days active_customers contacts_tried contacts_reached "
    "top_open positive_open top_sales positive_sales open_squares sales_squares "
    "large_count large_sales limited_open limits high_utilisation over_limit kept broken received promised "
    "invoices_disputed disputed voided_reissued credited_rebilled changed_by_import".split()
)
"""Inputs that a lens has to bring along in `more`."""
MADE: dict[str, Callable[[Point, Kpi], Ints]] = {
    "ar_average": lambda point, _: month_end_average(point),
    "open_amount_days": lambda point, _: open_amount_days(point),
    "rolled_from": lambda point, kpi: rolled_from(point, kpi.variant),
    "rolled_to": lambda point, kpi: rolled_to(point, kpi.variant),
    "invoices_issued": lambda point, _: invoices_issued(point),
    **{name: partial(_every_closed, name) for name in CLOSED},
}
"""Inputs that a history works out for all groups when they are first asked for: [group, currency], or [group]."""
EVERY: dict[str, Callable[[Point, Kpi], Ints]] = {
    **MADE,
    **{name: partial(_every_amount, name) for name in (*BALANCE_INPUTS, "ar_begin", *MEASURES, *FLOW_INPUTS)},
}
"""Inputs that are had for all groups at once."""
PASSES = frozenset((*FURTHER, *MADE, *MEASURES))
"""Inputs whose first asking passes over the books; all others are looked up in balances and flows."""
