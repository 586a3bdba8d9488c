"""The customers a board should know of: long overdue, over their limit, promises broken, in dispute; and why."""

from __future__ import annotations

from calendar import month_abbr
from dataclasses import dataclass
from dataclasses import field
from dataclasses import replace
from datetime import date
from datetime import timedelta

import numpy as np
from sqlalchemy import Engine

from arcore.analytics.conversion import RateGap
from arcore.money import digits
from arcore.money import from_minor
from arcore.reports.contested import contested
from arcore.reports.filters import Filters
from arcore.reports.kpis import Lenses
from arcore.reports.priorities import BROKEN_DAYS
from arcore.reports.priorities import Matters
from arcore.reports.priorities import Ranking
from arcore.reports.priorities import customers_that_matter
from arcore.reports.promised import broken
from arcore.reports.promised import promises
from arcore.reports.rates import Gap

MOST = 50
"""Customers in the workbook; on paper the first of them."""


@dataclass(frozen=True)
class Risk:
    """One customer; minor units of `currency`.

    Attributes:
        overdue, over_90: past due, and more than 90 days past due.
        over_limit: owed beyond the credit limit.
        broken: what is missing of promises broken lately.
        disputed: what of the open items is in dispute.
        why: the reasons in words, the gravest first.
    """

    customer_id: int
    code: str
    name: str
    owner: str
    currency: str
    open: int
    overdue: int
    over_90: int
    over_limit: int
    broken: int
    disputed: int
    oldest_days: int
    why: tuple[str, ...]

    @property
    def at_risk(self) -> int:
        """The largest of its amounts: they overlap, so they are never added up."""
        return max(self.overdue, self.over_limit, self.broken, self.disputed)


@dataclass(frozen=True)
class Risks:
    """The riskiest customers first.

    Attributes:
        overdue: of all customers.
        gaps: rates that are missing.
        unlimited: why nobody is held against a credit limit; "" where they are.
    """

    rows: tuple[Risk, ...]
    overdue: int
    currency: str
    gaps: tuple[Gap, ...]
    unlimited: str


@dataclass
class _Found:
    """What was found of customers, by id; minor units of the currency asked for."""

    open: dict[int, int] = field(default_factory=dict)
    over_limit: dict[int, int] = field(default_factory=dict)
    broken: dict[int, int] = field(default_factory=dict)
    broken_on: dict[int, date] = field(default_factory=dict)
    disputed: dict[int, int] = field(default_factory=dict)
    gaps: list[Gap] = field(default_factory=list)
    unlimited: str = ""


def risks(engine: Engine, lenses: Lenses, filters: Filters) -> Risks:
    """Return the riskiest customers within the filters, in their currency, the largest amount first.

    Amounts that count: what is overdue of those that matter most (see `priorities`), owed beyond the limit, missing of
    promises broken in the last BROKEN_DAYS days, and in dispute.
    """
    ranked = customers_that_matter(engine, filters, count=MOST)
    found = _Found()
    _limits(lenses, filters, found)
    _promises(engine, lenses, filters, found)
    _disputes(engine, lenses, filters, found)
    rows = _rows(lenses, ranked, found)
    return Risks(rows[:MOST], ranked.overdue, filters.currency, (*ranked.gaps, *found.gaps), found.unlimited)


def _limits(lenses: Lenses, filters: Filters, found: _Found) -> None:
    """Find what is owed beyond credit limits."""
    conversion = lenses.conversion(filters.currency)
    point = lenses.history(filters.as_of).point(filters.as_of, months=1)
    try:
        places, owed = lenses.inputs.holders("open", point, conversion)
        limits = lenses.inputs.limits(places, filters.as_of, filters.currency)
    except RateGap as gap:
        found.unlimited = f"credit limits are not compared: {gap}"
        return
    scale = 10 ** digits(filters.currency)
    ids = lenses.seen.book.around.customers.ids[places]
    over = np.where(limits > 0, owed - limits, 0)
    for number, amount, beyond in zip(ids.tolist(), owed.tolist(), over.tolist(), strict=True):
        found.open[number] = round(amount * scale)
        if beyond > 0:
            found.over_limit[number] = round(beyond * scale)


def _promises(engine: Engine, lenses: Lenses, filters: Filters, found: _Found) -> None:
    """Find what is missing of promises that were broken lately."""
    since = filters.as_of - timedelta(days=BROKEN_DAYS)
    for row in broken(promises(engine, lenses.seen)):
        on = row.broken_on or row.due_on
        if row.state == "withdrawn" or on <= since or not row.left:
            continue
        worth = _in(lenses, filters, row.left, row.currency, found)
        found.broken[row.customer_id] = found.broken.get(row.customer_id, 0) + worth
        found.broken_on.setdefault(row.customer_id, on)


def _disputes(engine: Engine, lenses: Lenses, filters: Filters, found: _Found) -> None:
    """Find what is in dispute of what is open."""
    seen, customers = lenses.seen, lenses.seen.book.around.customers
    point = lenses.history(filters.as_of).point(filters.as_of, months=1)
    for row, amount in contested(engine, seen).parts(point).items():
        number = int(customers.ids[customers.survivor[seen.columns.customer[row]]])
        worth = _in(lenses, filters, amount, seen.currencies[seen.columns.currency[row]], found)
        found.disputed[number] = found.disputed.get(number, 0) + worth


def _in(lenses: Lenses, filters: Filters, units: int, currency: str, found: _Found) -> int:
    """Return an amount in the currency of the filters; nothing, and a gap, where the rate is missing."""
    factor = lenses.seen.book.around.rates.factor(currency, filters.currency, filters.as_of)
    if factor is None:
        found.gaps.append(Gap(currency, filters.currency, filters.as_of))
        return 0
    return round(units * factor)


def _rows(lenses: Lenses, ranked: Ranking, found: _Found) -> tuple[Risk, ...]:
    customers = lenses.seen.book.around.customers
    matter = {row.customer_id: row for row in ranked.rows}
    others = {*found.over_limit, *found.broken, *found.disputed} - set(matter)
    made = []
    for number in (*matter, *sorted(others)):
        row = matter.get(number)
        place = int(customers.positions(np.array([number], np.int64))[0])
        risk = Risk(
            customer_id=number,
            code=customers.codes[place],
            name=customers.names[place],
            owner="" if row is None else row.owner,
            currency=ranked.currency,
            open=found.open.get(number, 0 if row is None else row.open),
            overdue=0 if row is None else row.overdue,
            over_90=0 if row is None else row.over_90,
            over_limit=found.over_limit.get(number, 0),
            broken=found.broken.get(number, 0),
            disputed=found.disputed.get(number, 0),
            oldest_days=0 if row is None else row.oldest_days,
            why=(),
        )
        made.append(replace(risk, why=_why(risk, row, found)))
    return tuple(sorted(made, key=lambda risk: (-risk.at_risk, risk.code)))


def _why(risk: Risk, row: Matters | None, found: _Found) -> tuple[str, ...]:
    """Say why: what the ranking says, then what it does not know."""
    sentence = "" if row is None else row.sentence
    reasons = [sentence] if sentence else []
    if row is not None and row.why == "broken_promise":
        items = f"{row.items:,} item{'s' * (row.items != 1)}"
        reasons.append(f"{items} overdue, the oldest {row.oldest_days:,} day{'s' * (row.oldest_days != 1)} late")
    if risk.over_limit:
        reasons.append(f"{_written(risk.over_limit, risk.currency)} over its credit limit")
    if risk.broken and not sentence.startswith("Promise of"):
        on = found.broken_on[risk.customer_id]
        reasons.append(
            f"{_written(risk.broken, risk.currency)} missing of promises broken since {on.day} {month_abbr[on.month]}"
        )
    if risk.disputed:
        reasons.append(f"{_written(risk.disputed, risk.currency)} in dispute")
    return tuple(reason[:1].upper() + reason[1:] for reason in dict.fromkeys(reasons))


def _written(units: int, currency: str) -> str:
    """Write an amount to whole units: 484,480 EUR."""
    return f"{from_minor(units, currency):,.0f} {currency}"
