"""The totals of the Clean-up page: each section with its explanation."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from arcore.reports.filters import Filters
from arcore.reports.tidy.credit_balances import credit_balances
from arcore.reports.tidy.doubles import doubles
from arcore.reports.tidy.gaps import gaps
from arcore.reports.tidy.listing import Listing
from arcore.reports.tidy.oddities import oddities
from arcore.reports.tidy.summary import TITLES
from arcore.reports.tidy.summary import Name
from arcore.reports.tidy.unapplied import unapplied
from arcore.reports.tidy.unexplained import unexplained
from arcore.reports.totals import Entry
from pages.ui.clean_up_words import SECTIONS
from pages.ui.plan_desk import Desk
from pages.ui.total_drawer import Explained

NAMED = 2000
"""So many of the largest entries are named one by one; the others stand together, by currency."""


class Meant(NamedTuple):
    """What a section adds up: in words, as a formula, and what the day of an entry is."""

    meaning: str
    formula: str
    day: str


MEANT: dict[Name, Meant] = {
    "unapplied": Meant(
        "Receipts and credit notes, or parts of them, that pay no invoice and are older than the days chosen.",
        "what is left of every receipt and credit note of that age", "Dated",
    ),
    "credit_balances": Meant(
        "What we owe to customers whose credits are larger than their debts, by entity and currency.",
        "debts less credits of every customer in credit", "As of",
    ),
    "unexplained": Meant(
        "Debts that left the files of a source, and nobody said whether by cash, credit or loss.",
        "the amount of every settlement that is not explained", "Gone on",
    ),
    "duplicates": Meant(
        "Documents that look like an earlier one of the same customer and amount; the later of each pair counts.",
        "the amount of the later document of every pair", "Dated",
    ),
    "gaps": Meant(
        "Numbers missing between two documents of a series that nobody explained. Their amounts are not known.",
        "one for every missing number", "After",
    ),
    "oddities": Meant(
        "Documents whose dates or amounts can hardly be right.", "the amount of every odd document", "Dated",
    ),
}  # fmt: skip


def known(desk: Desk, older: int, key: str) -> Explained | None:
    """Return the total of a section by its name; `older` is the age from which unapplied credits count."""
    name = next((name for name in TITLES if name == key), None)
    if name is None or name not in MEANT:
        return None
    meant, noun = MEANT[name], SECTIONS[name].noun
    several = noun.replace("customer", "customers") if name == "credit_balances" else f"{noun}s"
    return Explained(
        name, TITLES[name], meant.meaning, meant.formula, (noun, several), _read(desk, name, older), meant.day,
        rests_on=f"older than {older} days" if name == "unapplied" else "all that is not decided on this page",
    )  # fmt: skip


def _read(desk: Desk, name: Name, older: int) -> Callable[[Filters], list[Entry]]:
    engine, today, shown = desk.engine, desk.frame.today, desk.frame.filters.as_of
    listings: dict[Name, Callable[[Filters], Listing]] = {
        "unapplied": lambda filters: unapplied(engine, filters, older),
        "unexplained": lambda filters: unexplained(engine, filters),
        "duplicates": lambda filters: doubles(engine, filters).later,
        "oddities": lambda filters: oddities(engine, filters, today if filters.as_of == shown else filters.as_of),
    }
    if name in listings:
        return lambda filters: listings[name](filters).entries(engine, NAMED)
    return (lambda filters: _credits(desk, filters)) if name == "credit_balances" else (lambda f: _gaps(desk, f))


def _credits(desk: Desk, filters: Filters) -> list[Entry]:
    return [
        Entry(
            f"customer:{row.customer}:{row.entity}:{row.currency}", row.customer, row.name,
            desk.say.counted(row.items, "open item"), filters.as_of, row.total, row.currency,
        )
        for row in credit_balances(desk.engine, filters).rows
    ]  # fmt: skip


def _gaps(desk: Desk, filters: Filters) -> list[Entry]:
    return [
        Entry(f"gap:{gap.text}", "", "", gap.text, gap.before, gap.count, "") for gap in gaps(desk.engine, filters).open
    ]
