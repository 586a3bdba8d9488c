"""The documents behind inputs that are not plain balances or flows: by customer, by case, by count."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import numpy as np

from arcore.analytics.buckets import offsets
from arcore.analytics.columns import Ints
from arcore.analytics.concentration import Amounts
from arcore.analytics.conversion import Conversion
from arcore.analytics.discount_cost import early_amounts
from arcore.analytics.discount_cost import taken
from arcore.analytics.documents import Behind
from arcore.analytics.documents import documents
from arcore.analytics.history import Point
from arcore.analytics.issued import issued_rows
from arcore.analytics.open_items import balances_at
from arcore.analytics.payments import paid_off
from arcore.analytics.roll_rate import ROLLS
from arcore.analytics.steps import EDGES
from arcore.analytics.steps import STEP
from arcore.analytics.windows import Window
from arcore.dates import to_day
from arcore.reports.contested import contested
from arcore.reports.corrected import WAYS
from arcore.reports.corrected import corrected
from arcore.reports.happened import inside
from arcore.reports.inputs import Inputs
from arcore.reports.learnt import learnt


def further(inputs: Inputs, part: str, variant: str, point: Point, conversion: Conversion) -> Behind:
    """Return the rows behind one of FURTHER in the window of a point; raises RateGap where customers are compared."""
    return FURTHER[part](inputs, part, variant, point, conversion)


def _aged(inputs: Inputs, _part: str, _variant: str, point: Point, _: Conversion) -> Behind:
    columns, last = inputs.seen.columns, to_day(point.window.last)
    behind = documents(columns, "gross_debits", _day(point), basis=inputs.seen.filters.basis, mask=_mask(inputs))
    age = last - columns.doc_day[behind.rows].astype(np.int64)
    return behind._replace(amounts=behind.amounts * age)


def _rolled(inputs: Inputs, part: str, variant: str, point: Point, _: Conversion) -> Behind:
    columns, back = inputs.seen.columns, STEP if part == "rolled_from" else 0
    day = to_day(point.window.last - timedelta(days=back))
    bucket = ROLLS.index(variant) + (0 if back else 1)
    balance = balances_at(columns, day)
    late = day - columns.due_of(inputs.seen.filters.basis).astype(np.int64)
    held = (balance != 0) & (columns.side > 0) & (np.searchsorted(offsets(EDGES), late, side="right") - 1 == bucket)
    rows = _kept(np.flatnonzero(held), point)
    return Behind("items", rows, balance[rows])


def _discounts(inputs: Inputs, part: str, _variant: str, point: Point, _: Conversion) -> Behind:
    columns = inputs.seen.columns
    found = taken(columns, point.window, _mask(inputs))
    if part == "discounts_taken":
        return Behind("applications", found.discounts, columns.app_amount[found.discounts])
    return Behind("applications", found.payments, early_amounts(columns, found.payments))


def _closed(inputs: Inputs, part: str, _variant: str, point: Point, _: Conversion) -> Behind:
    window, seen = point.window, inputs.seen
    found = paid_off(
        seen.columns, to_day(window.first), to_day(window.last), basis=seen.filters.basis, mask=_mask(inputs)
    )
    days = {"closed_days": found.days_to_pay, "closed_days_late": found.days_late}
    return Behind("items", found.row, days.get(part, np.ones(len(found.row), np.int64)), counts=True)


def _issued(inputs: Inputs, _part: str, _variant: str, point: Point, _: Conversion) -> Behind:
    columns, window = inputs.seen.columns, point.window
    chosen = issued_rows(columns) & (columns.effective >= to_day(window.first))
    return _counted(_kept(np.flatnonzero(chosen & (columns.effective <= to_day(window.last))), point))


def _learnt(inputs: Inputs, part: str, _variant: str, point: Point, _: Conversion) -> Behind:
    found = learnt(inputs.engine, inputs.seen)
    chosen = (found.day >= to_day(point.window.first)) & (found.day <= to_day(point.window.last))
    chosen &= inside(found.row, point)
    late = found.late[chosen] if part == "latency_days" else np.ones(int(chosen.sum()), np.int64)
    return Behind("items", found.row[chosen], late, counts=True)


def _revised(inputs: Inputs, part: str, _variant: str, point: Point, _: Conversion) -> Behind:
    found = corrected(inputs.engine, inputs.seen, inputs.variants.rebill_days)
    return _counted(found.on.row[found.on.within(point) & (found.way == WAYS.index(part))])


def _disputed(inputs: Inputs, part: str, _variant: str, point: Point, _: Conversion) -> Behind:
    found = contested(inputs.engine, inputs.seen)
    if part == "invoices_disputed":
        chosen = found.opened_on.within(point)
        return _counted(np.unique(found.opened_on.row[chosen]))
    parts = found.parts(point)
    return Behind("items", np.array(list(parts), np.int64), np.array(list(parts.values()), np.int64))


def _of_customers(inputs: Inputs, part: str, _variant: str, point: Point, conversion: Conversion) -> Behind:
    """Return the items of the customers that an input counts: all in debit, the largest, those with a limit."""
    sales = part.endswith("sales")
    customers, held = inputs.holders("sales" if sales else "open", point, conversion)
    chosen = customers[_chosen(inputs, part, point, customers, held, conversion)]
    name, window = ("credit_sales", point.window) if sales else ("ar_end", _day(point))
    behind = documents(inputs.seen.columns, name, window, basis=inputs.seen.filters.basis, mask=_mask(inputs))
    ours = np.isin(inputs.leader[inputs.seen.columns.customer[behind.rows]], chosen)
    return Behind("items", behind.rows[ours], behind.amounts[ours])


def _chosen(inputs: Inputs, part: str, point: Point, customers: Ints, held: Amounts, conversion: Conversion) -> Ints:
    order: Ints = np.argsort(-held, kind="stable")[: int(np.count_nonzero(held > 0))]
    counted = np.ones(len(order), np.bool_)
    if part.startswith("top"):
        counted[inputs.variants.top_customers :] = False
    elif part.startswith("large"):
        counted = held[order] >= held[order].sum() * float(inputs.variants.large_share) / 100
    elif part == "limited_open":
        counted = inputs.limits(customers[order], point.window.last, conversion.currency) > 0
    chosen: Ints = order[counted]
    return chosen


def _counted(rows: Ints) -> Behind:
    return Behind("items", rows, np.ones(len(rows), np.int64), counts=True)


def _kept(rows: Ints, point: Point) -> Ints:
    return rows[inside(rows, point)]


def _day(point: Point) -> Window:
    return Window(point.window.last, point.window.last)


def _mask(inputs: Inputs) -> np.ndarray[tuple[int], np.dtype[np.bool_]] | None:
    return inputs.seen.mask if len(inputs.seen.mask) else None


FURTHER: dict[str, Callable[[Inputs, str, str, Point, Conversion], Behind]] = {
    "open_amount_days": _aged,
    "rolled_from": _rolled,
    "rolled_to": _rolled,
    "discounts_taken": _discounts,
    "paid_days_early": _discounts,
    "closed_count": _closed,
    "closed_days": _closed,
    "closed_days_late": _closed,
    "invoices_issued": _issued,
    "invoices_recorded": _learnt,
    "latency_days": _learnt,
    "voided_reissued": _revised,
    "credited_rebilled": _revised,
    "changed_by_import": _revised,
    "invoices_disputed": _disputed,
    "disputed": _disputed,
    "positive_open": _of_customers,
    "top_open": _of_customers,
    "limited_open": _of_customers,
    "positive_sales": _of_customers,
    "top_sales": _of_customers,
    "large_sales": _of_customers,
}
"""Inputs with documents, and how these are found."""
