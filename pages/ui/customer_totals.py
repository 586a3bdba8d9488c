"""The totals above the list of customers: open, overdue and unapplied of those listed, each with its explanation."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from arcore.analytics import wording
from arcore.reports.customers import Directory
from arcore.reports.customers import directory
from arcore.reports.filters import CUSTOMER
from arcore.reports.filters import By
from arcore.reports.filters import Filters
from arcore.reports.totals import Entry
from pages.ui import cached
from pages.ui import shell
from pages.ui.total_drawer import Explained

PREFIX = "customers_"
"""How the keys of these totals begin."""
TITLES = {"open": "Open balance", "overdue": "Overdue", "unapplied": "Unapplied credits"}
FORMULAS = {
    "open": "what every customer in the list owes, less its credits",
    "overdue": "what is past due of every customer in the list",
    "unapplied": "credits of every customer in the list that pay nothing yet",
}


def known(frame: shell.Frame, by: By, narrow: Callable[[Directory], pd.DataFrame], key: str) -> Explained | None:
    """Return a total by its key; `narrow` keeps the rows of a directory that the list shows."""
    name = key.removeprefix(PREFIX)
    if name not in TITLES or not key.startswith(PREFIX):
        return None

    def read(filters: Filters) -> list[Entry]:
        found = cached.read(frame.books, filters, directory, by)
        rows = narrow(found)
        counted = found.once(rows[~rows["group"]])
        counted = counted[counted[name] != 0]
        cells = zip(counted["code"], counted["name"], counted["items"], counted["currency"], counted[name], strict=True)
        return [
            Entry(
                f"{code}:{currency}",
                code,
                who,
                frame.say.counted(int(items), "open item"),
                None,
                int(amount),
                currency,
            )
            for code, who, items, currency, amount in cells
        ]

    shown = cached.read(frame.books, frame.filters, directory, by).currency
    return Explained(
        key, f"{TITLES[name]} of those listed", wording.DEFINITIONS[name], FORMULAS[name], ("customer", "customers"),
        read, what_is="Made of", currency="" if shown == CUSTOMER else shown,
        rests_on="customers in the list, each counted once; companies of our own group stand apart",
    )  # fmt: skip
