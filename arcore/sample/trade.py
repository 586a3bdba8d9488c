"""What is sold: the invoices of one customer over the whole window."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import date
from datetime import timedelta
from random import Random

from arcore.dates import add_months
from arcore.dates import month_end
from arcore.dates import month_start
from arcore.sample.cast import IN_SEASON
from arcore.sample.cast import SPREAD
from arcore.sample.chance import chance
from arcore.sample.events import Bill
from arcore.sample.player import Player
from arcore.sample.workdays import first_day
from arcore.sample.workdays import later
from arcore.sample.workdays import workday
from arcore.sample.workdays import workdays

YEARLY_GROWTH = 0.05
MONTH_MOOD = (0.93, 0.97, 1.06, 1.0, 1.0, 1.05, 0.95, 0.88, 1.06, 1.07, 1.06, 0.92)
"""How January to December compare with an average month."""
RUSH_DAYS, RUSH = 4, 1.7
"""The last working days of a month write more invoices than others."""


def invoices(player: Player, today: date) -> list[Bill]:
    """Return the invoices of a customer from the first day of the books to today (inclusive), by date."""
    rng = chance(f"trade {player.code}")
    start = first_day(today)
    made: list[Bill] = []
    month = month_start(start)
    while month <= today:
        count = _count(player.rate * _busy(player, month, start), rng)
        for day in sorted(_days(month, count, rng)):
            bill = _invoice(player, day, len(made), rng)
            if start <= day <= today:
                made.append(bill)
        month = add_months(month, 1)
    return made


def _busy(player: Player, month: date, start: date) -> float:
    """Return how the month compares with the customer's average one."""
    if player.months:
        return IN_SEASON if month.month in player.months else 0.0
    years = (month - start).days / 365.25
    growth: float = (1 + YEARLY_GROWTH) ** (years - 1.7)
    return MONTH_MOOD[month.month - 1] * growth


def _days(month: date, count: int, rng: Random) -> list[date]:
    days = list(workdays(month, month_end(month)))
    weights = [RUSH if number >= len(days) - RUSH_DAYS else 1.0 for number in range(len(days))]
    return rng.choices(days, weights, k=count)


def _invoice(player: Player, day: date, number: int, rng: Random) -> Bill:
    net = max(180, round(player.typical * math.exp(rng.gauss(0, SPREAD)) * 100))
    tax = round(net * player.tax / 100)
    order = f"PO-{rng.randint(40_000, 99_999)}" if player.purchase_orders else ""
    return Bill(
        ref=f"{player.code}/{number}",
        customer=player.code,
        currency=player.currency,
        day=day,
        # An invoice stands in the books that evening; some are handed over on the next working day.
        recorded=day if rng.random() < 0.85 else later(day, 1),
        parts=tuple(_instalments(player, day, net + tax, rng)),
        tax=tax or None,
        po_number=order,
    )


def _instalments(player: Player, day: date, amount: int, rng: Random) -> Iterator[tuple[int, date]]:
    """Split large project invoices in three; all others fall due at once."""
    due = day + timedelta(days=player.terms)
    project = player.part == "projects" or (amount > 15_000_000 and rng.random() < 0.2)
    if not project:
        yield amount, due
        return
    third = amount * 3 // 10
    yield amount - 2 * third, due
    yield third, due + timedelta(days=30)
    yield third, workday(due + timedelta(days=60))


def _count(mean: float, rng: Random) -> int:
    """Draw a whole number around `mean`: regular customers, so it strays less than pure chance would."""
    return max(0, round(mean + rng.uniform(-1, 1) * min(1.0, math.sqrt(mean)))) if mean else 0
