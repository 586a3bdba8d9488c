"""The customers that matter most, by one plain rule, each with the reason.

The rule: what is overdue counts once for 1-30 days, twice for 31-60, three times for 61-90 and four times beyond; what
overdue has grown by since the last month-end counts once more, and so does what was promised and is missing of it.
Unapplied credits are taken off the youngest part.
"""

from __future__ import annotations

from calendar import month_abbr
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Engine

from arcore.analytics.columns import Ints
from arcore.analytics.open_items import OpenItems
from arcore.arrangements.queries import PromiseRow
from arcore.money import digits
from arcore.money import grouped
from arcore.reports.dimensions import NOBODY
from arcore.reports.filters import Filters
from arcore.reports.promised import broken
from arcore.reports.promised import promises
from arcore.reports.rates import Gap
from arcore.reports.view import Money
from arcore.reports.view import View
from arcore.reports.view import month_before
from arcore.reports.view import view

WEIGHTS = (0, 1, 2, 3, 4)
"""What one unit counts in each bucket: not due, 1-30, 31-60, 61-90, 91+."""

BROKEN_DAYS = 30
"""So long a broken promise is a reason, unless the customer made another one since."""

Why = Literal["broken_promise", "turned_overdue", "over_90", "long_overdue", "overdue", "covered"]


@dataclass(frozen=True)
class Matters:
    """One customer; amounts in minor units of `currency`.

    Attributes:
        why: what moved it up: "broken_promise" (not older than BROKEN_DAYS), "turned_overdue" (at least half of what is
            overdue fell due since `since`), "over_90" (at least half is older than 90 days), "long_overdue" (at least
            half is older than 30), "covered" (unapplied credits may cover all of it), else "overdue".
        sentence: the same in words, without amounts but that of a promise.
        share: of all that is overdue, in percent.
        grown: change of its overdue since `since`.
        turned: items that turned overdue since `since`.
        broken: the promise behind `why`, whatever else is the reason.
    """

    customer_id: int
    code: str
    name: str
    owner: str
    currency: str
    why: Why
    sentence: str
    overdue: int
    over_90: int
    unapplied: int
    open: int
    share: float
    oldest_days: int
    items: int
    turned: int
    grown: int
    points: int
    since: date
    broken: PromiseRow | None = None


@dataclass(frozen=True)
class Ranking:
    """The customers that matter most, most first; `gaps` names rates that are missing, whose amounts are left out."""

    rows: tuple[Matters, ...]
    overdue: int
    currency: str
    gaps: tuple[Gap, ...]


def customers_that_matter(engine: Engine, filters: Filters, *, count: int = 10) -> Ranking:
    """Rank customers by overdue amounts, weighted by age and growth, in one currency. Raises Unavailable."""
    plain = view(engine, filters)
    seen = view(engine, filters.in_currency(plain.reporting))
    key = ("customers_that_matter", seen.filters.key(), count)
    return seen.book.remembered(key, lambda: _ranked(engine, seen, count))


@dataclass(frozen=True, eq=False)
class _Sums:
    """What is open by customer: [customer, bucket] amounts, oldest age, counts."""

    buckets: Ints
    oldest: Ints
    overdue_items: Ints
    turned: Ints

    @cached_property
    def overdue(self) -> Ints:
        total: Ints = self.buckets[:, 1:-1].sum(axis=1)
        return total


def _ranked(engine: Engine, seen: View, count: int) -> Ranking:
    since = month_before(seen.filters.as_of)
    money = seen.money(seen.open_items())
    now = _sums(seen, since)
    grown = now.overdue - _sums(view(engine, seen.filters.on(since)), since).overdue
    let_down = _broken(engine, seen)
    points = _points(now.buckets) + np.maximum(grown, 0) * (now.overdue > 0)
    for place, promise in let_down.items():
        points[place] += _missing(seen, promise, int(now.overdue[place]))
    total = int(now.overdue.sum())
    owners, labels = seen.book.around.customers.fact_on("owner", seen.filters.as_of, seen.known_seq)
    rows = [
        _row(
            seen, place, now, grown, points, total, since, let_down.get(place),
            owner="" if owners[place] == NOBODY else labels[owners[place]],
        )
        for place in _first(points, now.overdue, count)
    ]  # fmt: skip
    return Ranking(tuple(rows), total, seen.filters.currency, money.gaps)


def _first(points: Ints, overdue: Ints, count: int) -> list[int]:
    """Return the places with most points, most first; of equal ones that with more overdue, then the earlier."""
    least = max(1, int(np.partition(points, -count)[-count])) if len(points) > count else 1
    places = np.flatnonzero(points >= least)
    order = places[np.lexsort((-overdue[places], -points[places]))[:count]]
    return [int(place) for place in order]


def _broken(engine: Engine, seen: View) -> dict[int, PromiseRow]:
    """Return the newest broken promise by position of the customer: not too old, and no other one made since."""
    every = [row for row in promises(engine, seen) if row.state != "withdrawn"]
    made = {row.customer_id: row.made_on for row in sorted(every, key=lambda row: row.made_on)}
    found: dict[int, PromiseRow] = {}
    for row in broken(every):
        on = row.broken_on or row.due_on
        fresh = (seen.filters.as_of - on).days <= BROKEN_DAYS and made[row.customer_id] < on
        place = int(seen.book.around.customers.positions(np.array([row.customer_id], np.int64))[0])
        if fresh:
            found.setdefault(place, row)
    return found


def _missing(seen: View, promise: PromiseRow, overdue: int) -> int:
    """Return what is missing of a promise in the currency of the ranking, at most what is overdue."""
    factor = seen.book.around.rates.factor(promise.currency, seen.filters.currency, seen.filters.as_of)
    return 0 if factor is None else min(max(overdue, 0), round(promise.left * factor))


def _known(currency: Ints, codes: tuple[str, ...], seen: View) -> NDArray[np.bool_]:
    if seen.filters.currency not in codes:
        return np.zeros(len(currency), np.bool_)
    return np.asarray(currency == codes.index(seen.filters.currency))


def _sums(seen: View, since: date) -> _Sums:
    items = seen.open_items()
    key = ("sums", since, seen.filters.basis, seen.filters.currency)
    return seen.derived(key, lambda: _summed(seen, items, seen.money(items), since))


def _summed(seen: View, items: OpenItems, money: Money, since: date) -> _Sums:
    who, size = seen.holders(), len(seen.book.around.customers.ids)
    buckets = np.zeros((size, len(items.names)), np.int64)
    cell, units = who * len(items.names) + items.bucket, money.units
    known = _known(money.currency, money.codes, seen)
    if not known.all():
        cell, units = cell[known], units[known]
    np.add.at(buckets.reshape(-1), cell, units)  # one index is quicker than two
    late = (items.bucket > 0) & (items.bucket < len(items.names) - 1)
    debtor, days = who[late], items.days_past_due[late]
    oldest = np.zeros(size, np.int64)
    np.maximum.at(oldest, debtor, days)
    fresh = days <= (seen.filters.as_of - since).days
    return _Sums(
        buckets=buckets,
        oldest=oldest,
        overdue_items=np.bincount(debtor, minlength=size),
        turned=np.bincount(debtor[fresh], minlength=size),
    )


def _points(buckets: Ints) -> Ints:
    """Weigh overdue by age, after unapplied credits were taken off the youngest of it."""
    left = buckets[:, 1:-1].astype(np.int64).copy()
    credit = -buckets[:, -1].astype(np.int64) - np.maximum(buckets[:, 0], 0)
    credit = np.maximum(credit, 0)
    for place in range(left.shape[1]):
        used = np.minimum(left[:, place], credit)
        left[:, place] -= used
        credit -= used
    weighted: Ints = left @ np.array(WEIGHTS[1:], np.int64)
    return weighted


def _row(
    seen: View,
    place: int,
    now: _Sums,
    grown: Ints,
    points: Ints,
    total: int,
    since: date,
    let_down: PromiseRow | None,
    *,
    owner: str,
) -> Matters:
    customers = seen.book.around.customers
    overdue, buckets = int(now.overdue[place]), now.buckets[place]
    why = _why(overdue, int(grown[place]), [int(units) for units in buckets], int(now.turned[place]))
    sentence = _sentence(why, int(now.turned[place]), int(now.overdue_items[place]), int(now.oldest[place]))
    if let_down is not None and overdue > 0 and why != "covered":
        why, sentence = "broken_promise", _let_down(let_down, seen.filters.currency)
    return Matters(
        customer_id=int(customers.ids[place]),
        code=customers.codes[place],
        name=customers.names[place],
        owner=owner,
        currency=seen.filters.currency,
        why=why,
        sentence=sentence,
        overdue=overdue,
        over_90=int(buckets[-2]),
        unapplied=int(buckets[-1]),
        open=int(buckets.sum()),
        share=100 * overdue / total if total else 0.0,
        oldest_days=int(now.oldest[place]),
        items=int(now.overdue_items[place]),
        turned=int(now.turned[place]),
        grown=int(grown[place]),
        points=int(points[place]),
        since=since,
        broken=let_down,
    )


def _why(overdue: int, grown: int, buckets: list[int], turned: int) -> Why:
    _, first, *_, oldest, unapplied = buckets
    if -unapplied >= overdue:
        return "covered"
    if 2 * oldest >= overdue:
        return "over_90"
    if turned and 2 * grown >= overdue:
        return "turned_overdue"
    return "long_overdue" if 2 * (overdue - first) >= overdue else "overdue"


def _sentence(why: Why, turned: int, items: int, oldest: int) -> str:
    late = f"{_counted(items, 'item')} overdue, the oldest {_counted(oldest, 'day')} late"
    if why == "covered":
        return f"Credits not matched yet may cover it: {late}"
    if why == "over_90":
        return f"Mostly over 90 days late: {late}"
    if why == "turned_overdue":
        return f"{_counted(turned, 'item')} turned overdue this month, the oldest of all {_counted(oldest, 'day')} late"
    return late[0].upper() + late[1:]


def _let_down(promise: PromiseRow, currency: str) -> str:
    on = promise.broken_on or promise.due_on
    day, tail = f"{on.day} {month_abbr[on.month]}", "" if promise.currency == currency else f" {promise.currency}"
    whole = f"Promise of {_short(promise.amount, promise.currency)}{tail}"
    if promise.state == "part_kept":
        return f"{whole} kept in part, {_short(promise.left, promise.currency)} missing since {day}"
    return f"{whole} broken on {day}"


def _short(units: int, currency: str) -> str:
    """Write an amount without decimals where these are zero: 40,000; 1,234.50."""
    return grouped(units, currency).removesuffix("." + "0" * digits(currency))


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
