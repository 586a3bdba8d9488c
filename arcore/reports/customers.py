"""The directory of customers: everyone, what they owe, how late, who looks after them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sqlalchemy import Engine

from arcore.analytics.columns import Ints
from arcore.reports.filters import Filters
from arcore.reports.rates import Gap
from arcore.reports.view import View
from arcore.reports.view import view


@dataclass(frozen=True, eq=False)
class Directory:
    """All customers within the filters, largest overdue first.

    Attributes:
        table: one row per customer: id, code, name, segment, owner, group (a company of our own group: no receivable
            from others), open, overdue, unapplied, oldest, items; amounts in minor units of `currency`, `oldest` the
            days past due of the oldest open debit item or missing.
        currency: what the amounts are in.
        gaps: rates that are missing; amounts in those currencies are left out.
    """

    table: pd.DataFrame
    currency: str
    gaps: tuple[Gap, ...]

    def search(self, text: str) -> pd.DataFrame:
        """Return the rows whose code or name holds every word of `text`, whatever the case."""
        keep = pd.Series(data=True, index=self.table.index)
        place = (self.table["code"] + " " + self.table["name"]).str.casefold()
        for word in text.casefold().split():
            keep &= place.str.contains(word, regex=False)
        return self.table[keep]


def directory(engine: Engine, filters: Filters) -> Directory:
    """List every customer that was not merged into another; companies of our own group are among them."""
    seen = view(engine, filters)
    seen = view(engine, filters.in_currency(seen.reporting))
    return seen.book.remembered(("directory", seen.filters.key()), lambda: _directory(seen))


def _directory(seen: View) -> Directory:
    customers = seen.book.around.customers
    alone = np.flatnonzero(customers.survivor == np.arange(len(customers.ids)))
    sums, oldest, gaps = _sums(seen)
    facts = {name: _words(seen, name) for name in ("segment", "owner", "status")}
    table = pd.DataFrame(
        {
            "id": customers.ids[alone],
            "code": np.array(customers.codes, dtype=object)[alone],
            "name": np.array(customers.names, dtype=object)[alone],
            **{name: words[alone] for name, words in facts.items()},
            "group": np.asarray(customers.intercompany, np.bool_)[alone],
            **{name: amounts[alone] for name, amounts in sums.items()},
            "oldest": pd.array(np.where(oldest > 0, oldest, 0)[alone], dtype="Int64"),
        }
    )
    table.loc[table["oldest"] <= 0, "oldest"] = pd.NA
    table = table[_within(seen, table)]
    ordered = table.sort_values(["overdue", "open", "name"], ascending=[False, False, True], kind="stable")
    return Directory(ordered.reset_index(drop=True), seen.filters.currency, gaps)


def _within(seen: View, table: pd.DataFrame) -> NDArray[np.bool_]:
    keep = np.ones(len(table), np.bool_)
    for name, wanted in (("segment", seen.filters.segments), ("owner", seen.filters.owners)):
        if wanted:
            keep &= table[name].isin(wanted).to_numpy()
    return keep


def _words(seen: View, name: str) -> NDArray[np.object_]:
    codes, labels = seen.book.around.customers.fact_on(name, seen.filters.as_of, seen.known_seq)
    return np.array([*labels, ""], dtype=object)[codes]


def _sums(seen: View) -> tuple[dict[str, Ints], Ints, tuple[Gap, ...]]:
    """Add open items up by surviving customer; a balance without a rate is left out and named."""
    customers = seen.book.around.customers
    count = len(customers.ids)
    sums = {name: np.zeros(count, np.int64) for name in ("open", "overdue", "unapplied", "items")}
    oldest = np.zeros(count, np.int64)
    gaps: dict[Gap, None] = {}
    for ours in (False, True):
        if ours and not seen.has_group_companies:
            continue
        items = seen.open_items(ours=ours)
        money = seen.money(items)
        gaps |= dict.fromkeys(money.gaps)
        known = (
            money.currency == money.codes.index(seen.filters.currency)
            if seen.filters.currency in money.codes
            else (np.zeros(len(items.row), np.bool_))
        )
        who = customers.survivor[seen.columns.customer[items.row]].astype(np.int64)
        debit = seen.columns.side[items.row] > 0
        late = debit & (items.days_past_due > 0)
        for name, chosen in (("open", known), ("overdue", known & late), ("unapplied", known & ~debit)):
            np.add.at(sums[name], who[chosen], money.units[chosen])
        np.add.at(sums["items"], who, 1)
        np.maximum.at(oldest, who[late], items.days_past_due[late])
    return sums, oldest, tuple(gaps)
