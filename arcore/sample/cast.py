"""Who buys from the sample company: the customers with a part in the story, and the many around them."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from random import Random
from typing import TypeVar

from arcore.sample.chance import chance
from arcore.sample.leads import FIRST_CODE
from arcore.sample.leads import PARTS
from arcore.sample.leads import leads
from arcore.sample.names import COUNTRIES
from arcore.sample.names import Country
from arcore.sample.names import company_names
from arcore.sample.player import INDUSTRY
from arcore.sample.player import KEY_ACCOUNTS
from arcore.sample.player import PUBLIC
from arcore.sample.player import WHOLESALE
from arcore.sample.player import Habit
from arcore.sample.player import Player
from arcore.sample.player import desk
from arcore.sample.untidy import strays
from arcore.sample.workdays import MONTHS
from arcore.sample.workdays import Rhythm

CUSTOMERS, INVOICES = 150, 6000
"""What the whole sample has, but for `untidy`; the invoices are about those of the last 36 months."""
SPREAD = 0.6
"""Sigma of the log-normal amounts: one invoice in eight is more than twice the typical one."""
IN_SEASON = 2.2
"""How much more a seasonal customer buys in its months."""
HABITS: tuple[tuple[float, float, float], ...] = (
    (0.37, -1.0, 4.0),
    (0.36, 6.0, 6.0),
    (0.20, 17.0, 9.0),
    (0.07, 34.0, 14.0),
)
"""Share of customers, median days late, spread in days; the payment run comes on top."""
RHYTHMS: dict[Rhythm, float] = {"daily": 0.12, "weekly": 0.48, "twice": 0.28, "monthly": 0.12}
TERMS = {14: 0.33, 30: 0.56, 45: 0.08, 60: 0.03}
Choice = TypeVar("Choice")
TYPICAL = {KEY_ACCOUNTS: 84_000, INDUSTRY: 32_500, WHOLESALE: 17_500, PUBLIC: 26_000}


def cast(scale: float) -> list[Player]:
    """Return the customers: those with a part in the story, and as many others as `scale` asks for."""
    players = [*leads(), *_crowd(max(12, round((CUSTOMERS - len(PARTS)) * scale)))]
    players += strays(FIRST_CODE + len(players))
    average = INVOICES * scale / MONTHS / sum(player.rate * _active(player) for player in players)
    return [_with_limits(replace(player, rate=player.rate * average)) for player in players]


def _crowd(count: int) -> Iterator[Player]:
    """Make the customers without a part; each has its own stream of chance, so one more changes no other."""
    queues = {country.code: iter(company_names(country, chance(f"names {country.code}"))) for country in COUNTRIES}
    taken = {player.name for player in PARTS}
    for number in range(count):
        rng = chance(f"customer {number}")
        home = rng.choices(COUNTRIES, [country.share for country in COUNTRIES])[0]
        name = next(made for made in queues[home.code] if made not in taken)
        yield _one_of_many(name, home, number, rng)


def _one_of_many(name: str, home: Country, number: int, rng: Random) -> Player:
    segment = KEY_ACCOUNTS if number % 22 == 5 else rng.choices((INDUSTRY, WHOLESALE, PUBLIC), (0.5, 0.38, 0.12))[0]
    _, late, spread = rng.choices(HABITS, [share for share, _, _ in HABITS])[0]
    discount = rng.random() < 0.06
    habit = Habit(late * rng.uniform(0.6, 1.4), spread, _one_by_share(RHYTHMS, rng), rng.randrange(5))
    return Player(
        code=f"C{FIRST_CODE + len(PARTS) + number}",
        name=name,
        country=home,
        segment=segment,
        owner=desk(number),
        currency="EUR" if rng.random() < 0.08 else home.currency,
        terms=30 if discount else _one_by_share(TERMS, rng),
        rate=rng.lognormvariate(0, 0.4) * (2.4 if segment == KEY_ACCOUNTS else 1.0),
        typical=TYPICAL[segment] * rng.lognormvariate(0, 0.3),
        habit=habit,
        discount=discount,
        purchase_orders=segment == PUBLIC or rng.random() < 0.15,
        channel=rng.choices(("email", "portal", "post"), (0.8, 0.14, 0.06))[0],
    )


def _one_by_share(shares: dict[Choice, float], rng: Random) -> Choice:
    return rng.choices(list(shares), list(shares.values()))[0]


def _active(player: Player) -> float:
    """Return how many average months a year of this customer has, by twelve."""
    return len(player.months) / 12 * IN_SEASON if player.months else 1.0


def _with_limits(player: Player) -> Player:
    """Give a credit limit of more than half a year's sales; one customer's is far too low for what it buys."""
    monthly = player.rate * player.typical * math.exp(SPREAD**2 / 2)
    limit = max(20_000, int(round(monthly * (1.2 if player.part == "over_limit" else 6.5), -4)))
    return replace(player, limits=(limit, limit * 4 // 5 if player.currency != "EUR" else 0))
