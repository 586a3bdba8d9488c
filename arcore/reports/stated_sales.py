"""Which stated credit sales count: of months whose own invoices are not complete, for whole entities and currencies."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from collections.abc import Mapping
from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from arcore.analytics.stated_sales import StatedMonth
from arcore.analytics.windows import Window
from arcore.company.queries import StatedSales
from arcore.dates import month_end
from arcore.reports.coverage import Coverages
from arcore.reports.coverage import Place
from arcore.reports.filters import By

if TYPE_CHECKING:
    from arcore.reports.view import View

BY_PLACE: tuple[By, ...] = ("none", "entity", "currency")
"""Splits whose parts are whole entities and currencies; stated sales say nothing of any other part."""


def usable_sales(
    sales: Iterable[StatedSales], coverages: Coverages, places: Sequence[Place]
) -> tuple[StatedSales, ...]:
    """Keep the sales of the places looked at, and of months that are not booked and complete there: these win."""
    since = {place: coverages.sales_from(place) for place in places}
    return tuple(
        one for one in sales if (place := (one.entity, one.currency)) in since and not _booked(since[place], one.month)
    )


def sources_by_month(sales: Sequence[StatedSales], coverages: Coverages, places: Sequence[Place]) -> Mapping[date, str]:
    """Say who states the sales of each month that every place has, stated or booked and complete."""
    by_month: dict[date, dict[Place, str]] = defaultdict(dict)
    for one in sales:
        by_month[one.month][one.entity, one.currency] = one.source
    return {
        month: ", ".join(dict.fromkeys(sources.values()))
        for month, sources in sorted(by_month.items())
        if all(place in sources or _booked(coverages.sales_from(place), month) for place in places)
    }


def stated_months(seen: View, by: By) -> tuple[StatedMonth, ...]:
    """Return the stated sales in the codes of the columns, each with the group it belongs to."""
    if by not in BY_PLACE:
        return ()
    entities, currencies = seen.book.entities, seen.currencies
    found = []
    for one in seen.stated_sales:
        entity, currency = entities.index(one.entity), currencies.index(one.currency)
        group = {"entity": entity, "currency": currency}.get(by, 0)
        month = Window(one.month, month_end(one.month))
        found.append(StatedMonth(month, entity, currency, one.amount, group, one.source))
    return tuple(found)


def _booked(since: date | None, month: date) -> bool:
    return since is not None and since <= month
