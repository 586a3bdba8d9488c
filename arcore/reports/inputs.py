"""Inputs of measures that need more than balances and flows: customers and limits, promises, disputes, corrections."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from functools import partial
from typing import Any

import numpy as np
from sqlalchemy import Engine

from arcore.analytics import concentration
from arcore.analytics import utilisation
from arcore.analytics.columns import Days
from arcore.analytics.columns import Ints
from arcore.analytics.concentration import Amounts
from arcore.analytics.conversion import Conversion
from arcore.analytics.conversion import RateGap
from arcore.analytics.history import Point
from arcore.analytics.holdings import dealt
from arcore.analytics.holdings import owed
from arcore.analytics.holdings import sold
from arcore.analytics.lens import Given
from arcore.analytics.lens import Source
from arcore.analytics.variants import Variants
from arcore.analytics.variants import from_settings
from arcore.money import digits
from arcore.reports.contested import contested
from arcore.reports.corrected import corrected
from arcore.reports.decided import decided
from arcore.reports.learnt import learnt
from arcore.reports.talked import talked
from arcore.reports.view import View

SETTING = "measures"
"""The company setting that holds the choices among variants."""


@dataclass(frozen=True, eq=False)
class Inputs:
    """The sources of one set of filters; what they read is remembered with the version of the books."""

    seen: View
    engine: Engine
    instead: Variants | None = None

    @cached_property
    def variants(self) -> Variants:
        """How the company wants its measures counted, or how somebody wants to see what that would do."""
        return self.instead or from_settings(self.seen.book.around.settings.get(SETTING) or {})

    @cached_property
    def sources(self) -> Mapping[str, Source]:
        """Every input by name."""
        return {
            **{name: partial(self._held, part, "open") for name, part in _PARTS["open"].items()},
            **{name: partial(self._held, part, "sales") for name, part in _PARTS["sales"].items()},
            **{name: partial(self._limited, name) for name in _LIMITED},
            **{name: partial(self._decided, name) for name in ("kept", "broken", "received", "promised")},
            **{name: partial(self._contested, name) for name in ("invoices_disputed", "disputed")},
            **{name: partial(self._corrected, name) for name in _CORRECTED},
            **{name: partial(self._learnt, name) for name in ("invoices_recorded", "latency_days")},
            **{name: partial(self._talked, name) for name in ("contacts_tried", "contacts_reached")},
            "active_customers": self._active,
        }

    @cached_property
    def leader(self) -> Days:
        """The customer that each customer counts as: a merged one as the one it lives on in."""
        return self.seen.book.around.customers.survivor

    def holders(self, kind: str, point: Point, conversion: Conversion) -> tuple[Any, Amounts]:
        """Return customers with what they owe ("open") or were sold in the window ("sales"). Raises RateGap."""
        held = (owed if kind == "open" else sold)(point.history, self.leader)
        worth = held.at if kind == "open" else held.within
        part = held.of_group(point.group)

        def of_all() -> Amounts | None:
            with suppress(RateGap):
                return worth(point.window, conversion)
            return None

        everybody: Amounts | None = self._once_for_all(("holders", kind), point, conversion, of_all)
        # A rate that another group needs is nothing to this one.
        amounts = worth(point.window, conversion, part) if everybody is None else everybody[part]
        return held.customer[part], amounts

    def limits(self, customers: Any, day: date, currency: str) -> Amounts:
        """Return the credit limit of customers on a day in a currency; nan for none. Raises RateGap."""
        around = self.seen.book.around
        if day not in self._minor_limits:
            codes, labels = around.customers.fact_on("credit_limit", day, self.seen.known_seq)
            # No limit is code -1, the last entry.
            self._minor_limits[day] = np.array([*map(float, labels), np.nan])[codes]
        minor: Amounts = self._minor_limits[day][customers]
        if np.isnan(minor).all():
            return minor
        names, held = self._own_currencies
        used = np.unique(held[customers][~np.isnan(minor)])
        worth = np.full(len(names), np.nan)
        for code in used.tolist():
            if not names[code]:
                continue
            quote = around.rates.on(names[code], currency, day)
            if quote is None:
                raise RateGap(currency, names[code], day)
            worth[code] = float(quote.rate.scaleb(-digits(names[code])))
        found: Amounts = minor * worth[held[customers]]
        return found

    @cached_property
    def _own_currencies(self) -> tuple[tuple[str, ...], Ints]:
        """The currencies of customers, and which one each has."""
        currencies = self.seen.book.around.customers.currencies
        names = tuple(sorted(set(currencies)))
        number = {name: place for place, name in enumerate(names)}
        return names, np.array([number[name] for name in currencies], np.int64)

    @cached_property
    def _minor_limits(self) -> dict[date, Amounts]:
        """The limit of every customer by day, in minor units of its own currency."""
        return {}

    @cached_property
    def _sums(self) -> dict[Any, Any]:
        return {}

    def _once(self, key: Any, point: Point, conversion: Conversion, make: Callable[[], Any]) -> Any:
        """Sum once per window and group, however many inputs are taken from the sums."""
        return self._once_for_all((key, point.group), point, conversion, make)

    def _once_for_all(self, key: Any, point: Point, conversion: Conversion, make: Callable[[], Any]) -> Any:
        """Sum once per window, for all groups."""
        full = (key, id(point.history), point.window, conversion.currency)
        if full not in self._sums:
            # The history is kept with its sums: a new one at the same address would be taken for it.
            self._sums[full] = (point.history, make())
        return self._sums[full][1]

    def _held(self, part: str, kind: str, point: Point, conversion: Conversion) -> Given:
        def make() -> Any:
            _, amounts = self.holders(kind, point, conversion)
            return concentration.amounts_of(
                amounts, top=self.variants.top_customers, large_share=self.variants.large_share
            )

        found: Given = self._once(kind, point, conversion, make)[part]
        return found

    def _limited(self, part: str, point: Point, conversion: Conversion) -> Given:
        def make() -> Any:
            customers, amounts = self.holders("open", point, conversion)
            # Customers without items have limits too, but nothing of theirs is looked at here.
            return utilisation.amounts_of(amounts, self.limits(customers, point.window.last, conversion.currency))

        found: Given = self._once("limits", point, conversion, make)[part]
        return found

    def _decided(self, name: str, point: Point, conversion: Conversion) -> Given:
        sums = self._once("decided", point, conversion, lambda: decided(self.engine, self.seen).sums(point))
        found: Given = sums[name]
        return found

    def _contested(self, name: str, point: Point, _: Conversion) -> Given:
        found = contested(self.engine, self.seen)
        return found.opened(point) if name == "invoices_disputed" else found.amounts(point)

    def _corrected(self, name: str, point: Point, conversion: Conversion) -> Given:
        def make() -> Ints:
            return corrected(self.engine, self.seen, self.variants.rebill_days).counts(name, point)

        return int(self._once_for_all(name, point, conversion, make)[point.group])

    def _learnt(self, name: str, point: Point, conversion: Conversion) -> Given:
        made = self._once_for_all("learnt", point, conversion, lambda: learnt(self.engine, self.seen).sums(point))
        count, days = made
        return int((count if name == "invoices_recorded" else days)[point.group])

    def _talked(self, name: str, point: Point, _: Conversion) -> Given:
        return talked(self.engine, self.seen).counts(point)[name]

    def _active(self, point: Point, conversion: Conversion) -> Given:
        def make() -> Ints:
            # Both lay the same customers out in the same order.
            held, dealt_with = owed(point.history, self.leader), dealt(point.history, self.leader)
            active = held.held(point.window) | dealt_with.moved(point.window)
            return np.bincount(held.group[active], minlength=point.history.scope.n_groups)

        return int(self._once_for_all("active", point, conversion, make)[point.group])


_PARTS = {
    "open": {"positive_open": "positive", "top_open": "top", "open_squares": "squares"},
    "sales": {
        "positive_sales": "positive",
        "top_sales": "top",
        "sales_squares": "squares",
        "large_sales": "large",
        "large_count": "large_count",
    },
}
_LIMITED = ("limited_open", "limits", "over_limit", "high_utilisation")
_CORRECTED = ("voided_reissued", "credited_rebilled", "changed_by_import")
