"""How much there is to clean up: a count and a sum for every section."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from sqlalchemy import Engine

from arcore.reports.filters import Filters
from arcore.reports.tidy.credit_balances import credit_balances
from arcore.reports.tidy.doubles import doubles
from arcore.reports.tidy.gaps import gaps
from arcore.reports.tidy.listing import Listing
from arcore.reports.tidy.oddities import oddities
from arcore.reports.tidy.same import same_customers
from arcore.reports.tidy.unapplied import unapplied
from arcore.reports.tidy.unexplained import unexplained

Name = Literal["unapplied", "credit_balances", "unexplained", "duplicates", "gaps", "oddities", "same_customers"]
TITLES: Mapping[Name, str] = {
    "unapplied": "Unapplied",
    "credit_balances": "Credit balances",
    "unexplained": "Unexplained",
    "duplicates": "Duplicates",
    "gaps": "Gaps",
    "oddities": "Oddities",
    "same_customers": "Same customers",
}
DAYS = 30
"""Unapplied cash and credits are worth a look when they are older than so many days, unless told otherwise."""


@dataclass(frozen=True)
class Section:
    """How many things a section holds, and what they add up to as booked and in one currency (None without a rate).

    Gaps have no amount: nobody knows what a missing invoice was for.
    """

    name: Name
    count: int
    by_currency: Mapping[str, int]
    reporting: int | None
    currency: str


def summary(engine: Engine, filters: Filters, today: date, days: int = DAYS) -> tuple[Section, ...]:
    """Return every section of the Clean-up page, in its order. Raises Unavailable."""
    owed = credit_balances(engine, filters)
    return (
        _listed("unapplied", unapplied(engine, filters, days)),
        Section("credit_balances", len(owed.rows), owed.by_currency, owed.reporting, owed.currency),
        _listed("unexplained", unexplained(engine, filters)),
        _listed("duplicates", doubles(engine, filters).later),
        Section("gaps", gaps(engine, filters).missing, {}, None, owed.currency),
        _listed("oddities", oddities(engine, filters, today)),
        Section("same_customers", len(same_customers(engine, filters).asked), {}, None, owed.currency),
    )


def _listed(name: Name, listing: Listing) -> Section:
    found = listing.sums
    return Section(name, found.count, found.by_currency, found.reporting, found.currency)
