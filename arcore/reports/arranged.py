"""Promises and payment plans through a set of filters, with what they add up to."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import replace
from datetime import date
from datetime import datetime
from datetime import timedelta
from typing import Generic
from typing import Protocol
from typing import TypeVar

import numpy as np
from sqlalchemy import Engine

from arcore.analytics import promises_kept
from arcore.analytics.figures import Figure
from arcore.arrangements import queries as arrangements
from arcore.arrangements.queries import PlanRow
from arcore.arrangements.queries import PromiseRow
from arcore.dates import add_months
from arcore.money import from_minor
from arcore.reports.dimensions import NOBODY
from arcore.reports.filters import Filters
from arcore.reports.promised import every
from arcore.reports.rates import Gap
from arcore.reports.rates import converted
from arcore.reports.view import View
from arcore.reports.view import customers_within
from arcore.reports.view import view

KEPT_MONTHS = 12
"""Months back from the as-of day in which a promise has to be made to count for the share that is kept."""
NEWS_DAYS = 30
"""So long a broken promise is news."""
DECIDED = ("kept", "part_kept", "broken")


class _Arranged(Protocol):
    """What a promise and a plan have in common."""

    @property
    def customer_id(self) -> int: ...
    @property
    def entity(self) -> str: ...
    @property
    def currency(self) -> str: ...
    @property
    def recorded_at(self) -> datetime: ...


Row = TypeVar("Row", bound=_Arranged)


@dataclass(frozen=True)
class Sums:
    """Amounts by currency, in minor units, and their total in the currency to report in.

    Attributes:
        total: each amount converted by itself at the as-of rate, then added; what has no rate is left out.
        gaps: rates that are missing.
    """

    by_currency: Mapping[str, int]
    currency: str
    total: int
    gaps: tuple[Gap, ...] = ()


@dataclass(frozen=True)
class Listed(Generic[Row]):
    """The promises or the plans of customers within the filters, judged at the end of the as-of day.

    Attributes:
        owners: who looks after each customer on the day; "" for nobody.
        currency: to report in.
        factors: what a minor unit of each currency is worth in minor units of `currency`; None without a rate.
    """

    rows: tuple[Row, ...]
    owners: Mapping[int, str]
    as_of: date
    currency: str
    factors: Mapping[str, float | None]

    def sums(self, amounts: Iterable[tuple[str, int]]) -> Sums:
        """Add up amounts of currencies that stand in the list."""
        by_currency: dict[str, int] = {}
        total = 0
        for currency, amount in amounts:
            by_currency[currency] = by_currency.get(currency, 0) + amount
            total += self.converted(amount, currency) or 0
        gaps = tuple(Gap(code, self.currency, self.as_of) for code in by_currency if self.factors.get(code) is None)
        return Sums(by_currency, self.currency, total, gaps)

    def converted(self, amount: int, currency: str) -> int | None:
        """Return an amount in the currency to report in, half a unit away from zero; None without a rate."""
        factor = self.factors.get(currency)
        return None if factor is None else int(converted(np.array([amount], np.int64), factor)[0])


@dataclass(frozen=True)
class Kept:
    """The share of promises kept, by number and by value, of those made from `first` to `last` (inclusive) and decided.

    Attributes:
        decided: how many of them were kept, kept in part or broken.
        gaps: rates that are missing; such promises count by number only.
    """

    by_count: Figure
    by_value: Figure
    kept: int
    decided: int
    first: date
    last: date
    gaps: tuple[Gap, ...]


@dataclass(frozen=True)
class Standing:
    """What is arranged with customers on a day, in short; amounts in the currency to report in.

    Attributes:
        broken: promises broken in the last NEWS_DAYS, the newest first.
        late: plans that run of which something should have come.
    """

    running: tuple[PromiseRow, ...]
    running_left: Sums
    broken: tuple[PromiseRow, ...]
    broken_left: Sums
    active: tuple[PlanRow, ...]
    active_left: Sums
    late: tuple[PlanRow, ...]
    late_amount: Sums

    @property
    def any(self) -> bool:
        """Tell whether there is anything to say."""
        return bool(self.running or self.broken or self.active)


def plans(engine: Engine, filters: Filters) -> Listed[PlanRow]:
    """Return the plans agreed by the as-of day, those with something late first, then running ones, by next day."""
    listed = _listed(engine, filters, lambda _: arrangements.plans(engine, filters.as_of))
    return replace(listed, rows=tuple(sorted(listed.rows, key=_urgency)))


def promises(engine: Engine, filters: Filters) -> Listed[PromiseRow]:
    """Return the promises made by the as-of day, due last first."""
    listed = _listed(engine, filters, lambda seen: every(engine, seen))
    return replace(listed, rows=listed.rows[::-1])


def plans_of(engine: Engine, filters: Filters, customer_id: int) -> tuple[PlanRow, ...]:
    """Return the running plans of one customer on the as-of day, next day first."""
    rows = arrangements.plans(engine, filters.as_of, customer_id=customer_id)
    return tuple(sorted((row for row in rows if row.state == "active"), key=_urgency))


def standing(engine: Engine, filters: Filters) -> Standing:
    """Say in short what runs, what was broken lately and what is late."""
    made, agreed = promises(engine, filters), plans(engine, filters)
    since = filters.as_of - timedelta(days=NEWS_DAYS)
    running = tuple(row for row in made.rows if row.state == "open")
    lately = [row for row in made.rows if row.broken_on is not None and row.broken_on > since]
    broken = tuple(sorted(lately, key=lambda row: row.broken_on or since, reverse=True))
    active = tuple(row for row in agreed.rows if row.state == "active")
    late = tuple(row for row in active if row.late)
    return Standing(
        running=running,
        running_left=made.sums((row.currency, row.left) for row in running),
        broken=broken,
        broken_left=made.sums((row.currency, row.left) for row in broken),
        active=active,
        active_left=agreed.sums((row.currency, row.left) for row in active),
        late=late,
        late_amount=agreed.sums((row.currency, row.late) for row in late),
    )


def kept(listed: Listed[PromiseRow]) -> Kept:
    """Work out the share of promises kept among those made in the months before the as-of day and decided by it."""
    first = add_months(listed.as_of, -KEPT_MONTHS) + timedelta(days=1)
    decided = [row for row in listed.rows if row.state in DECIDED and row.made_on >= first]
    number = sum(row.state == "kept" for row in decided)
    promised = listed.sums((row.currency, row.amount) for row in decided)
    received = listed.sums((row.currency, min(row.received, row.amount)) for row in decided)
    value = promises_kept.by_value(
        received=from_minor(received.total, listed.currency), promised=from_minor(promised.total, listed.currency)
    )
    count, window = promises_kept.by_count(kept=number, broken=len(decided) - number), (first, listed.as_of)
    return Kept(
        by_count=replace(count, window=window, as_of=listed.as_of),
        by_value=replace(value, window=window, as_of=listed.as_of, currency=listed.currency),
        kept=number,
        decided=len(decided),
        first=first,
        last=listed.as_of,
        gaps=promised.gaps,
    )


def _urgency(row: PlanRow) -> tuple[int, int, int]:
    """Order plans: late ones by the day that was missed, running ones by the next day, ended ones newest first."""
    if row.state != "active" or row.next is None:
        return 2, -row.agreed_on.toordinal(), -row.plan_id
    return (0 if row.late else 1), row.next.due_on.toordinal(), row.plan_id


def _listed(engine: Engine, filters: Filters, read: Callable[[View], tuple[Row, ...]]) -> Listed[Row]:
    seen = view(engine, filters)
    found: tuple[Row, ...] = read(seen)
    numbers = {row.customer_id for row in found}
    inside, owners = _customers(seen, numbers), _owners(seen, numbers)
    rows = tuple(
        row
        for row in found
        if row.customer_id in inside
        and filters.entity in (None, row.entity)
        and (filters.known_at is None or row.recorded_at <= filters.known_at)
    )
    rates = seen.book.around.rates
    factors = {row.currency: rates.factor(row.currency, seen.reporting, filters.as_of) for row in rows}
    return Listed(rows, owners, filters.as_of, seen.reporting, factors)


def _customers(seen: View, numbers: set[int]) -> set[int]:
    """Keep the customers that are within the filters; companies of our own group too."""
    chosen = customers_within(seen.book, seen.filters, seen.filters.as_of, seen.known_seq)
    return {number for number, place in _places(seen, numbers) if chosen[place]}


def _owners(seen: View, numbers: set[int]) -> dict[int, str]:
    codes, labels = seen.book.around.customers.fact_on("owner", seen.filters.as_of, seen.known_seq)
    return {number: "" if codes[place] == NOBODY else labels[codes[place]] for number, place in _places(seen, numbers)}


def _places(seen: View, numbers: set[int]) -> list[tuple[int, int]]:
    wanted = sorted(numbers)
    places = seen.book.around.customers.positions(np.array(wanted, np.int64)).tolist() if wanted else []
    return list(zip(wanted, places, strict=True))
