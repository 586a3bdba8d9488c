"""What is behind inputs of measures that are not made of documents: promises, attempts to reach somebody, customers."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Iterable
from typing import Any
from typing import NamedTuple

import numpy as np
from sqlalchemy import Engine

from arcore.analytics.columns import Ints
from arcore.analytics.conversion import Conversion
from arcore.analytics.headline import months_of
from arcore.analytics.history import Point
from arcore.analytics.holdings import dealt
from arcore.analytics.holdings import owed
from arcore.analytics.windows import Window
from arcore.dates import from_day
from arcore.dates import to_day
from arcore.errors import NotFound
from arcore.money import digits
from arcore.reports.decided import decided
from arcore.reports.filters import Filters
from arcore.reports.inputs import Inputs
from arcore.reports.kpis import Lenses
from arcore.reports.talked import talked
from arcore.reports.totals import Entry
from arcore.reports.totals import Total
from arcore.reports.totals import total_of


class _At(NamedTuple):
    """Where an input is looked at."""

    inputs: Inputs
    part: str
    point: Point
    conversion: Conversion


def cases(engine: Engine, filters: Filters, name: str, part: str, *, months: int | None = None) -> Total:
    """Return what adds up to one input of a measure on the as-of day, largest first.

    Raises BadInput for an unknown measure, NotFound for an input that is not made of such things.
    """
    if part not in OF_CASES:
        raise NotFound(f"{part} is made of no promises, talks or customers", input=part)
    lenses = Lenses.of(engine, filters)
    kpi = lenses.kpi(name)
    figure = lenses.whole(kpi, filters.as_of, months=months)
    window = Window(*figure.window) if figure.window else Window(filters.as_of, filters.as_of)
    length = months or months_of(kpi, lenses.inputs.variants)
    point = Point(lenses.history(window.last), window, length, 0)
    at = _At(lenses.inputs, part, point, lenses.conversion(lenses.currency))
    rates = lenses.seen.book.around.rates
    return total_of(list(OF_CASES[part](at)), rates, lenses.currency, filters.as_of)


def _promises(at: _At) -> Iterable[Entry]:
    inputs, window = at.inputs, at.point.window
    found = decided(inputs.engine, inputs.seen)
    chosen = found.made.within(at.point) & (found.on <= to_day(window.last))
    if at.part in ("kept", "broken"):
        chosen &= found.kept if at.part == "kept" else ~found.kept
    for place in np.flatnonzero(chosen).tolist():
        row, code = found.rows[place], inputs.seen.currencies[int(found.currency[place])]
        amounts = {"promised": found.amount, "received": found.received}
        amount = int(amounts[at.part][place]) if at.part in amounts else 1
        yield Entry(
            f"promise:{row.promise_id}", row.code, row.name, ", ".join(row.documents) or "the account", row.due_on,
            amount, code if at.part in amounts else "",
        )  # fmt: skip


def _attempts(at: _At) -> Iterable[Entry]:
    seen = at.inputs.seen
    found = talked(at.inputs.engine, seen)
    chosen = found.tried.within(at.point)
    if at.part == "contacts_reached":
        chosen &= found.reached
    customers = seen.book.around.customers
    for place in np.flatnonzero(chosen).tolist():
        who = int(customers.survivor[seen.columns.customer[found.tried.row[place]]])
        what = "reached" if found.reached[place] else "nobody reached"
        day = from_day(int(found.tried.day[place]))
        yield Entry(f"attempt:{place:08}", customers.codes[who], customers.names[who], what, day, 1, "")


def _limits(at: _At) -> Iterable[Entry]:
    customers, held = at.inputs.holders("open", at.point, at.conversion)
    limits = at.inputs.limits(customers, at.point.window.last, at.conversion.currency)
    allowed = np.where(limits > 0, limits, 0.0)
    amounts = allowed
    if at.part == "over_limit":
        amounts = np.where(allowed > 0, np.maximum(np.maximum(held, 0) - allowed, 0), 0)
    what = "beyond its limit" if at.part == "over_limit" else "its limit"
    return _of_customers(at, customers[amounts > 0], amounts[amounts > 0], what)


def _large(at: _At) -> Iterable[Entry]:
    customers, sold = at.inputs.holders("sales", at.point, at.conversion)
    share = float(at.inputs.variants.large_share) / 100
    large = (sold > 0) & (sold >= sold[sold > 0].sum() * share)
    return _of_customers(at, customers[large], None, "large customer")


def _active(at: _At) -> Iterable[Entry]:
    history, window = at.point.history, at.point.window
    # Both lay the same customers out in the same order.
    balances, deals = owed(history, at.inputs.leader), dealt(history, at.inputs.leader)
    part = balances.of_group(at.point.group)
    active = (balances.held(window) | deals.moved(window))[part]
    customers = balances.customer[part]
    return _of_customers(at, customers[active], None, "active")


def _of_customers(at: _At, places: Ints, amounts: Any, what: str) -> Iterable[Entry]:
    known, code = at.inputs.seen.book.around.customers, at.conversion.currency
    units = np.ones(len(places)) if amounts is None else np.rint(amounts * 10.0 ** digits(code))
    for place, amount in zip(places.tolist(), units.tolist(), strict=True):
        customer, currency = known.codes[place], code if amounts is not None else ""
        yield Entry(f"customer:{customer}", customer, known.names[place], what, None, int(amount), currency)


OF_CASES: dict[str, Callable[[_At], Iterable[Entry]]] = {
    "kept": _promises,
    "broken": _promises,
    "promised": _promises,
    "received": _promises,
    "contacts_tried": _attempts,
    "contacts_reached": _attempts,
    "limits": _limits,
    "over_limit": _limits,
    "large_count": _large,
    "active_customers": _active,
}
"""Inputs made of such things, and how these are found."""
