"""From inputs to figures: coverage first, then rates, then the formula."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from itertools import takewhile
from typing import Any

from arcore.analytics.conversion import RateGap
from arcore.analytics.coverage import Coverage
from arcore.analytics.daily_cash import at_day_rates
from arcore.analytics.daily_cash import daily_cash
from arcore.analytics.dso_terms import SalesUnknownError
from arcore.analytics.dso_terms import months_of_sale
from arcore.analytics.dso_terms import steps_of_age
from arcore.analytics.figures import Figure
from arcore.analytics.headline import DAYS_OF_A_MONTH
from arcore.analytics.headline import days_of
from arcore.analytics.headline import months_of
from arcore.analytics.history import Point
from arcore.analytics.inputs import amount
from arcore.analytics.inputs import many_inputs
from arcore.analytics.inputs import one_input
from arcore.analytics.kpi import Kpi
from arcore.analytics.lens import Lens
from arcore.analytics.lens import NotGivenError
from arcore.analytics.true_dso import Term
from arcore.analytics.variants import Variants
from arcore.analytics.windows import Window
from arcore.analytics.windows import trailing_months
from arcore.dates import month_end


def measure(lens: Lens, kpi: Kpi, as_of: date, *, months: int | None = None, group: int = 0) -> Figure:
    """Return one KPI at one as-of day, explained; without a value and with the reason where it can't be had.

    `months` asks for another window than the KPI's own; it has to be one that the history prepared. All inputs are
    converted at the rate of the as-of day (constant currency); only cash in, being money, at the rates of its days.
    """
    if kpi.name == "cash_in":
        return _cash_in(lens, kpi, as_of, months, group)
    if kpi.variant in COUNTED_BACK:
        return _countback(lens, kpi, as_of, group)
    if kpi.variant in TERMS:
        return _by_terms(lens, kpi, as_of, group)
    point = lens.history.point(as_of, months=_length(lens, kpi, months), group=group)
    if kpi.variant == "net_of_tax":
        return _net_of_tax(lens, kpi, point)
    return _figure(lens, kpi, point, lambda: _amounts(lens, kpi, point))


def measure_groups(
    lens: Lens, kpi: Kpi, as_of: date, groups: Sequence[int], *, months: int | None = None
) -> list[Figure]:
    """Return the figures of many groups, the same as one by one: what they have in common is found out once."""
    if kpi.name == "cash_in" or kpi.variant in ONE_BY_ONE:
        return [measure(lens, kpi, as_of, months=months, group=group) for group in groups]
    point = lens.history.point(as_of, months=_length(lens, kpi, months))
    frame = _frame(lens, kpi, point.window)
    if frame.missing is not None:
        return [frame.lacking(lens)] * len(groups)
    days = days_of(kpi, point.window.days, point.months, lens.variants) if kpi.counts_days else None
    columns = [many_inputs(lens, kpi, point, name, groups) for name in kpi.inputs]
    whole = not any(isinstance(value, Exception) for column in columns for value in column)
    found = []
    for group, values in zip(groups, zip(*columns, strict=True), strict=True):
        if not whole and (lacking := [value for value in values if isinstance(value, Exception)]):
            found.append(frame.bare.because(str(lacking[0])))
            continue
        given = dict(zip(kpi.inputs, values, strict=True))
        if days is not None:
            given["days"] = days
        figure = kpi.make(**given).placed(frame.bare)
        if frame.stated:
            figure = _naming_stated(figure, lens, point.of_group(group), frame.stated)
        found.append(figure)
    return found


def _length(lens: Lens, kpi: Kpi, months: int | None) -> int:
    return (months_of(kpi, lens.variants) if months is None or kpi.months == 0 else months) or 1


def trend(
    lens: Lens, kpi: Kpi, *, months: int | None = None, group: int = 0, as_of: Iterable[date] | None = None
) -> list[Figure]:
    """Return one KPI at every as-of day of the history, or at some of them, oldest first."""
    return [measure(lens, kpi, day, months=months, group=group) for day in as_of or lens.history.as_of]


def _amounts(lens: Lens, kpi: Kpi, point: Point) -> dict[str, Any]:
    return {name: one_input(lens, kpi, point, name) for name in kpi.inputs}


COUNTED_BACK = ("countback", "countback_months")
"""Variants that use a balance up with the sales of month after month."""
TERMS: dict[str, Callable[[Point, Lens], list[Term]]] = {
    "true": months_of_sale,
    "sales_weighted": steps_of_age,
}
"""Variants that are sums of terms, each with its own sales."""
PASSING = frozenset((*TERMS, "net_of_tax"))
"""Variants whose first figure passes over the books."""
ONE_BY_ONE = PASSING.union(COUNTED_BACK)


def _figure(lens: Lens, kpi: Kpi, point: Point, amounts: Callable[[], dict[str, Any]]) -> Figure:
    frame = _frame(lens, kpi, point.window)
    bare = frame.bare
    if frame.missing is not None:
        return frame.lacking(lens)
    try:
        values = amounts()
    except (RateGap, NotGivenError) as lacking:
        return bare.because(str(lacking))
    if kpi.counts_days:
        values["days"] = days_of(kpi, point.window.days, point.months, lens.variants)
    return _naming_stated(kpi.make(**values).placed(bare), lens, point, frame.stated)


@dataclass(frozen=True, eq=False)
class _Frame:
    """What the figures of a KPI in one window have in common, whatever group they are of.

    Attributes:
        bare: without figures.
        missing: what the KPI lacks, or None.
        stated: months of the window whose sales are stated.
    """

    kpi: Kpi
    bare: Figure
    missing: str | None
    stated: tuple[date, ...]

    def lacking(self, lens: Lens) -> Figure:
        """Return the figure that says what is missing."""
        return self.bare.because(self.missing or "", coverage=coverage_text(self.kpi, lens.coverage))


def _frame(lens: Lens, kpi: Kpi, window: Window) -> _Frame:
    def make() -> _Frame:
        stated = lens.coverage.stated_in(window) if may_be_stated(kpi) else ()
        return _Frame(kpi, _bare(lens, kpi, window), missing_for(kpi, window, lens.coverage), stated or ())

    return lens.once((kpi.key, window), make)


def _bare(lens: Lens, kpi: Kpi, window: Window) -> Figure:
    """Return a KPI without figures: what is shown where it is undefined."""
    unit, formula = _shape(kpi)
    return Figure(
        name=kpi.name,
        variant=kpi.variant,
        unit=unit,
        formula=formula,
        window=None if kpi.months == 0 and kpi.name != "cash_in" else (window.first, window.last),
        as_of=window.last,
        currency=lens.conversion.currency,
    )


@cache
def _shape(kpi: Kpi) -> tuple[str, str]:
    """Return unit and formula of a KPI, from its own function."""
    if kpi.variant in COUNTED_BACK:
        sample = kpi.make(**{kpi.inputs[0]: 1}, periods=[(1, 1)])
    elif kpi.variant in TERMS:
        sample = kpi.make([("", 1, 1)])
    else:
        ones = dict.fromkeys(kpi.inputs, Decimal(1))
        sample = kpi.make(**ones, days=1) if kpi.counts_days else kpi.make(**ones)
    return sample.unit, sample.formula


def may_be_stated(kpi: Kpi) -> bool:
    """Tell whether sales that are stated by month will do: where no detail of them is asked for."""
    return "sales" in kpi.needs and "credit_sales" in kpi.inputs and not _DETAIL.intersection(kpi.inputs)


_DETAIL = frozenset({"credit_notes", "discounts", "invoiced", "sales_tax", "loss_tax"})
"""Inputs that only booked documents have."""


def _naming_stated(figure: Figure, lens: Lens, point: Point, months: Sequence[date]) -> Figure:
    """Let a figure say which months rest on stated sales, by whom, and how much of its sales they are."""
    if not months:
        return figure
    window = Window(months[0], month_end(months[-1]))
    part = lens.conversion.total(point.stated_sales(window), point.window.last)
    said = figure.altered(coverage=lens.coverage.stated_text(months), inputs={**figure.inputs, "stated_sales": part})
    return said.flagged("stated_sales")


def missing_for(kpi: Kpi, window: Window, coverage: Coverage) -> str | None:
    """Return the first thing a KPI lacks in a window, with what to do about it, or None."""
    for need in kpi.needs:
        first = window.first
        if need == "balances":
            first = window.before if "ar_begin" in kpi.inputs else window.last
        stated = need == "sales" and may_be_stated(kpi)
        missing = coverage.missing_sales(window) if stated else coverage.missing(need, first)
        if missing is not None:
            return missing
    return None


def coverage_text(kpi: Kpi, coverage: Coverage) -> str:
    """Say since when each thing that a KPI needs is complete."""
    return "; ".join(dict.fromkeys(coverage.text(need) for need in kpi.needs))


def _by_terms(lens: Lens, kpi: Kpi, as_of: date, group: int) -> Figure:
    """Return DSO as a sum of parts, each divided by the sales of its own time."""
    point = lens.history.point(as_of, months=1, group=group)
    frame = _frame(lens, kpi, point.window)
    bare = frame.bare
    if frame.missing is not None:
        return frame.lacking(lens)
    try:
        figure = kpi.make(TERMS[kpi.variant](point, lens)).placed(bare)
        return figure.altered(inputs={**figure.inputs, "gross_debits": amount(lens, point, "gross_debits")})
    except RateGap as gap:
        return bare.because(str(gap))
    except SalesUnknownError as unknown:
        return bare.because(str(unknown), coverage=lens.coverage.text("sales"))


def _countback(lens: Lens, kpi: Kpi, as_of: date, group: int) -> Figure:
    point = lens.history.point(as_of, months=1, group=group)
    bare = _bare(lens, kpi, point.window)
    missing = missing_for(kpi, point.window, lens.coverage) or lens.coverage.missing_sales(point.window)
    if missing is not None:
        return bare.because(missing, coverage=coverage_text(kpi, lens.coverage))
    months, covered = lens.once(("months", as_of), lambda: _months_back(lens, as_of))
    try:
        [name] = kpi.inputs
        thirty = lens.variants.month_days == "thirty"
        sales = ((lens.sold(point, month), DAYS_OF_A_MONTH if thirty else month.days) for month in covered)
        made = kpi.make(**{name: amount(lens, point, name)}, periods=sales, **back_rules(lens.variants))
        figure = made.placed(bare)
    except RateGap as gap:
        return bare.because(str(gap))
    if "history_exhausted" in figure.flags and len(covered) < len(months):
        needed = lens.coverage.missing_sales(months[len(covered)]) or ""
        return figure.because(needed, coverage=lens.coverage.text("sales"))
    used = covered[: len(figure.inputs.get("periods", ()))]
    stated = sorted(first for month in used for first in lens.coverage.stated_in(month) or ())
    return _naming_stated(figure, lens, point, stated)


def _months_back(lens: Lens, as_of: date) -> tuple[list[Window], list[Window]]:
    """Return the months that can be counted back, and those of them whose sales are known."""
    months = trailing_months(as_of, lens.history.countback)
    return months, list(takewhile(lambda month: lens.coverage.stated_in(month) is not None, months))


def back_rules(variants: Variants) -> dict[str, Any]:
    """Return the choices that counting back takes."""
    return {"on_no_sales": variants.on_no_sales, "round_up": variants.last_month == "up"}


def _net_of_tax(lens: Lens, kpi: Kpi, point: Point) -> Figure:
    tax = lens.history.taxes().in_window(point.window, point.group)
    if tax.lacking and missing_for(kpi, point.window, lens.coverage) is None:
        amounts_of = "1 amount" if tax.lacking == 1 else f"{tax.lacking:,} amounts"
        reason = f"the tax inside {amounts_of} of the window is not known"
        return _bare(lens, kpi, point.window).because(reason)

    def amounts() -> dict[str, Decimal]:
        day = point.window.last
        plain = {name: lens.conversion.total(point.amounts(name), day) for name in kpi.inputs if "tax" not in name}
        return {
            **plain,
            "loss_tax": lens.conversion.total(tax.loss, day),
            "sales_tax": lens.conversion.total(tax.sales, day),
        }

    return _figure(lens, kpi, point, amounts)


def _cash_in(lens: Lens, kpi: Kpi, as_of: date, months: int | None, group: int) -> Figure:
    history = lens.history
    point = history.point(as_of, months=months, group=group) if months else history.month_to_date(as_of, group)

    def amounts() -> dict[str, Decimal]:
        if lens.conversion.rate_on is None:
            return _amounts(lens, kpi, point)
        flows = lens.once(("cash", point.window), lambda: daily_cash(history, point.window))
        return {name: at_day_rates(lens, flows, name, point.window, group) for name in kpi.inputs}

    return _figure(lens, kpi, point, amounts)
