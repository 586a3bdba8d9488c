"""KPIs for pages and scripts: any of them, on any day, by any dimension, 36 months back, each explained."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any
from typing import NamedTuple

import numpy as np
from sqlalchemy import Engine

from arcore.analytics.conversion import Conversion
from arcore.analytics.coverage import Coverage
from arcore.analytics.figures import Figure
from arcore.analytics.headline import headline
from arcore.analytics.headline import months_of
from arcore.analytics.history import COUNTBACK_MONTHS
from arcore.analytics.history import WINDOWS
from arcore.analytics.history import History
from arcore.analytics.history import history as prepare
from arcore.analytics.kpis import KPIS
from arcore.analytics.kpis import Kpi
from arcore.analytics.lens import Lens
from arcore.analytics.measure import measure
from arcore.analytics.scope import Scope
from arcore.analytics.table import Parts
from arcore.analytics.table import measure_table
from arcore.analytics.windows import as_of_days
from arcore.dates import month_end
from arcore.errors import BadInput
from arcore.money import from_minor
from arcore.reports.book import Version
from arcore.reports.filters import CUSTOMER
from arcore.reports.filters import DOCUMENT
from arcore.reports.filters import MANY
from arcore.reports.filters import By
from arcore.reports.filters import Filters
from arcore.reports.histories import Measurements
from arcore.reports.histories import measurements
from arcore.reports.histories import month_ends_to
from arcore.reports.histories import shared
from arcore.reports.inputs import Inputs
from arcore.reports.members import Members
from arcore.reports.members import present
from arcore.reports.stated_sales import BY_PLACE
from arcore.reports.stated_sales import stated_months
from arcore.reports.view import Groups
from arcore.reports.view import View
from arcore.reports.view import view

MONTHS = 36
"""How far trends look back."""
MANY_ITEMS = 200_000
"""From so many items on, two processors prepare what the measures of all groups need."""
SHARED_CELLS = 3_000
"""Up to so many pairs of group and currency, all month-ends are prepared at once; more would not fit."""
FIRST = ("dso", "cei", "add", "days_to_pay", "share_current", "cash_in")
"""The measures that Trends shows first; the others stand under "More"."""


class Measured(NamedTuple):
    """One KPI of one part of the book.

    Attributes:
        kpi: what was measured.
        key, name: the group it belongs to; "" for the whole.
        figure: value or reason, formula, inputs, window, coverage.
        running: the as-of day is not the end of its month.
    """

    kpi: Kpi
    key: str
    name: str
    figure: Figure

    @property
    def running(self) -> bool:
        """Tell whether the month it ends in is not over."""
        as_of = self.figure.as_of
        return as_of is not None and as_of != month_end(as_of)


def names() -> tuple[Kpi, ...]:
    """Return every measure with its variants, those that Trends shows first ahead."""
    order = {name: place for place, name in enumerate(FIRST)}
    return tuple(sorted(KPIS, key=lambda kpi: order.get(kpi.name, len(order))))


def find(wanted: Iterable[str]) -> tuple[Kpi, ...]:
    """Return the measures of names ("dso", or "dso.countback" for one variant); all of them for "all" or nothing.

    Raises BadInput for a name that does not exist.
    """
    asked = list(wanted)
    if not asked or "all" in asked:
        return names()
    found: list[Kpi] = []
    for text in asked:
        name, _, variant = text.partition(".")
        fitting = [kpi for kpi in KPIS if kpi.name == name and variant in ("", kpi.variant)]
        if not fitting:
            known = ", ".join(dict.fromkeys(kpi.name for kpi in names()))
            raise BadInput(f"There is no KPI {text!r}; one of {known}", name=text)
        found.extend(fitting)
    return tuple(dict.fromkeys(found))


def kpis(
    engine: Engine,
    filters: Filters,
    wanted: Sequence[str] = (),
    *,
    by: By = "none",
    months: int | None = None,
    history: int = 0,
) -> tuple[Measured, ...]:
    """Measure on the as-of day and, with `history`, at that many month-ends before it, oldest first.

    `months` (1, 3 or 12) asks for another window than a KPI's own. Customers belong to the owner, segment and family
    of the day of each figure. Raises BadInput for an unknown name or window, Unavailable.
    """
    if months is not None and months not in WINDOWS:
        raise BadInput(f"Windows of {months} months are not measured; one of 1m, 3m, 12m", window=months)
    chosen = find(wanted)
    lenses = Lenses.of(engine, filters, by=by)
    days = as_of_days(filters.as_of, history) if history else [filters.as_of]
    if by == "none":
        return tuple(Measured(kpi, "", "", lenses.whole(kpi, day, months=months)) for day in days for kpi in chosen)
    return tuple(lenses.split(chosen, days, months=months))


def measured(engine: Engine, filters: Filters, name: str, *, months: int | None = None) -> Figure:
    """Measure one KPI ("dso", "cei.cash") of the whole book within the filters on the as-of day."""
    lenses = Lenses.of(engine, filters)
    return lenses.whole(lenses.kpi(name), filters.as_of, months=months)


def trend(
    engine: Engine, filters: Filters, name: str, *, count: int = MONTHS, months: int | None = None
) -> tuple[Figure, ...]:
    """Measure one KPI at the last month-ends up to the as-of day and on that day itself, oldest first."""
    lenses = Lenses.of(engine, filters)
    kpi = lenses.kpi(name)
    return tuple(lenses.whole(kpi, day, months=months) for day in as_of_days(filters.as_of, count))


@dataclass(frozen=True, eq=False)
class Lenses:
    """Everything that measures one set of filters needs; remembered with the version of the books.

    Attributes:
        seen: the books through the filters.
        by: what figures are split by.
        engine: where promises, disputes and what was revised are read from, when first asked for.
    """

    seen: View
    by: By
    engine: Engine

    @classmethod
    def of(cls, engine: Engine, filters: Filters, *, by: By = "none") -> Lenses:
        """Return the lenses of filters, made when first asked for."""
        seen = view(engine, filters)
        found: Lenses = seen.book.remembered(("lenses", filters.key(), by), lambda: cls(seen, by, engine))
        return found

    def kpi(self, name: str) -> Kpi:
        """Return the measure of a name, in the variant the company chose where none is named. Raises BadInput."""
        return headline(name, self.inputs.variants)

    @property
    def version(self) -> Version:
        """The version of the books."""
        return self.seen.book.version

    @cached_property
    def currency(self) -> str:
        """The currency figures are counted in."""
        return self.seen.reporting

    @cached_property
    def _histories(self) -> dict[date, History]:
        return {}

    @cached_property
    def _measured(self) -> Measurements:
        return measurements(self.seen, self.by, self.coverage)

    def whole(self, kpi: Kpi, day: date, *, months: int | None = None) -> Figure:
        """Measure the whole of what is looked at, once; cash in on any day, by the customers of the as-of day."""
        as_of, cash = self.seen.filters.as_of, kpi.name == "cash_in"
        own_day = as_of if day == as_of or (cash and self.dated) else None
        key = (kpi.key, day, months, self.currency, own_day)
        if self.inputs.sources.keys().isdisjoint(kpi.inputs):
            standing = self._measured.standing
            if key not in standing:
                standing[key] = (day, self._figure(kpi, day, as_of if cash else day, months))
            return standing[key][1]
        passing = self._measured.passing
        if key not in passing:
            passing[key] = self._figure(kpi, day, as_of if cash else day, months)
        return passing[key]

    def _figure(self, kpi: Kpi, day: date, members_on: date, months: int | None) -> Figure:
        return measure(self.lens(members_on), kpi, day, months=months)

    def lens(self, day: date) -> Lens:
        """Return history, rates and coverage for one as-of day."""
        history, own = self.history(day), day == self.seen.filters.as_of
        key = (id(history), own)
        if key not in self._lenses:
            self._lenses[key] = self._lens(history, self.currency, self.listed if own else {})
        return self._lenses[key]

    def _lens(self, history: History, currency: str, listed: Mapping[tuple[date, str], Decimal]) -> Lens:
        conversion, inputs = self.conversion(currency), self.inputs
        return Lens(history, conversion, self.coverage, listed, inputs.sources, inputs.variants)

    @cached_property
    def _lenses(self) -> dict[Any, Lens]:
        return {}

    @cached_property
    def inputs(self) -> Inputs:
        """Inputs that need more than balances and flows."""
        return Inputs(self.seen, self.engine)

    @cached_property
    def coverage(self) -> Coverage:
        """What is complete; sales that are stated for whole entities say nothing of their parts."""
        whole = self.by in BY_PLACE
        return self.seen.coverage if whole else replace(self.seen.coverage, stated={})

    @cached_property
    def listed(self) -> dict[tuple[date, str], Decimal]:
        """Closing balances of the as-of day as the open items add up to them; empty when a rate is missing."""
        return self.seen.derived(("listed", self.seen.filters.basis, self.currency), self._listed)

    def _listed(self) -> dict[tuple[date, str], Decimal]:
        seen, day = self.seen, self.seen.filters.as_of
        items = seen.open_items()
        money = seen.money(items, self.currency)
        if money.gaps:
            return {}
        sums = np.zeros(len(items.names), np.int64)
        np.add.at(sums, items.bucket, money.units)
        not_due, *late, over_90, unapplied = (from_minor(units, self.currency) for units in sums.tolist())
        overdue = sum(late, over_90)
        return {
            (day, "ar_end"): not_due + overdue + unapplied,
            (day, "ar_current"): not_due,
            (day, "overdue"): overdue,
            (day, "over_90"): over_90,
            (day, "gross_debits"): not_due + overdue,
            (day, "unapplied"): unapplied,
            (day, "ar_end_current"): not_due + unapplied,
        }

    def conversion(self, currency: str) -> Conversion:
        """Return how amounts become one currency; a split by currency as booked needs no rates."""
        book, alone = self.seen.book, self.by == "currency" and self.seen.filters.currency == DOCUMENT
        name = ("conversion", currency, alone)
        around, known = book.carried.last(name) or (None, None)
        if known is not None and around is book.around and known.codes == self.seen.currencies:
            found: Conversion = known
            return found
        rates = book.around.rates

        def rate_on(code: str, day: date) -> Decimal | None:
            quote = rates.on(code, currency, day)
            return None if quote is None else quote.rate

        made = Conversion(currency, self.seen.currencies, None if alone else rate_on)
        book.carried.keep(name, (book.around, made))
        return made

    def split(self, chosen: Sequence[Kpi], days: Sequence[date], *, months: int | None = None) -> list[Measured]:
        """Measure every group with items, day by day; days with the same members share one pass over the books."""
        windows = {months or months_of(kpi, self.inputs.variants) or 1 for kpi in chosen}
        keys, titles = self.members.labels()
        looked: list[tuple[date, Parts]] = []
        history: History | None = None
        for day in days:
            before, history = history, self._by_group(day, chosen, windows, len(keys))
            looked.append((day, looked[-1][1] if history is before else self._by_currency(history, keys)))
        many = len(self.seen.columns.item_id) > MANY_ITEMS
        rows = measure_table(chosen, looked, months=months, ahead=many)
        return [
            Measured(kpi, keys[group], titles[group], figures[group])
            for (_, lenses), row in zip(looked, rows, strict=True)
            for group in sorted(group for _, parts in lenses for group in parts)
            for kpi, figures in zip(chosen, row, strict=True)
        ]

    def _by_currency(self, history: History, keys: Sequence[str]) -> Parts:
        """Return one lens for each currency that groups are counted in, with these groups."""
        found: dict[str, tuple[Lens, list[int]]] = {}
        for group in history.kept("present", present):
            currency = self._currency_of(keys, group)
            if currency not in found:
                found[currency] = (self._lens(history, currency, {}), [])
            found[currency][1].append(group)
        return list(found.values())

    def _by_group(self, day: date, chosen: Sequence[Kpi], windows: set[int], groups: int) -> History:
        """Return the inputs group by group: of all days at once, or of this one where there are too many groups."""
        if groups * max(1, len(self.seen.currencies)) <= SHARED_CELLS and windows <= set(WINDOWS):
            return self.history(day)
        backward = COUNTBACK_MONTHS if any(kpi.looks_back for kpi in chosen) else 0
        return prepare(
            self.seen.columns, [day], basis=self.seen.filters.basis, scope=self.members.scope(day),
            windows=sorted(windows), paid_windows=(), countback=backward, stated=stated_months(self.seen, self.by),
        )  # fmt: skip

    def _currency_of(self, keys: Sequence[str], group: int) -> str:
        """Return what a group is counted in: its own currency where the filters ask for that, and it has one."""
        asked = self.seen.filters.currency
        if asked in MANY and self.by == "currency":
            return keys[group]
        if asked == CUSTOMER and self.by in ("customer", "family"):
            homes = self.seen.homes
            return str(homes.codes[homes.of[group]])
        return self.currency

    def scope_on(self, day: date) -> Scope:
        """Return which items count on a day and which group each is in, as of that day."""
        return self.members.scope(day)

    def prepared(self, day: date, *, months: int) -> tuple[History, Groups]:
        """Return the inputs of one day and the window that ends on it, group by group, and what the groups are."""
        history = prepare(
            self.seen.columns, [day], basis=self.seen.filters.basis, scope=self.members.scope(day),
            windows=(months,), paid_windows=(), countback=0, stated=stated_months(self.seen, self.by),
        )  # fmt: skip
        return history, self.members.split(day)

    def history(self, day: date) -> History:
        """Return the inputs on a day; days on which the same customers belong to the same groups share one history."""
        if day not in self._histories:
            who = self.members
            key, days = who.belongs(day), [known for known in self._days if who.belongs(known) == who.belongs(day)]
            found = shared(self.seen, self.by, key, days or [day], who.scope(day), always=not who.dated)
            self._histories.update(dict.fromkeys(found.as_of, found))
            if day not in self._histories:
                self._histories[day] = found.on_day(day) or self._prepared(day)
        return self._histories[day]

    def _prepared(self, day: date) -> History:
        return prepare(
            self.seen.columns, [day], basis=self.seen.filters.basis, scope=self.members.scope(day),
            stated=stated_months(self.seen, self.by),
        )  # fmt: skip

    @cached_property
    def members(self) -> Members:
        """Who belongs to what."""
        return Members(self.seen, self.by)

    @property
    def dated(self) -> bool:
        """Tell whether who belongs to what depends on the day."""
        return self.members.dated

    @cached_property
    def _days(self) -> list[date]:
        return month_ends_to(self.seen.filters.as_of, MONTHS + 1)
