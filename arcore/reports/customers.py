"""The directory of customers: everyone, what they owe, how late, who looks after them; by itself or with a family."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sqlalchemy import Engine

from arcore.analytics.columns import Ints
from arcore.errors import BadInput
from arcore.reports.families import NO_PARENT
from arcore.reports.filters import CUSTOMER
from arcore.reports.filters import By
from arcore.reports.filters import Filters
from arcore.reports.homes import Homes
from arcore.reports.rates import Gap
from arcore.reports.rates import together
from arcore.reports.view import View
from arcore.reports.view import view

LEVELS: tuple[By, ...] = ("customer", "rollup", "family")
"""Each customer by itself, each with everybody under it, or one row per family."""
AMOUNTS = ("open", "overdue", "unapplied")


@dataclass(frozen=True, eq=False)
class Directory:
    """All customers within the filters, largest overdue first.

    Attributes:
        table: one row per customer: id, code, name, segment, owner, status, group (a company of our own group that
            does not count), parent (its code, "" for none), depth (how many stand above), below (how many the row
            holds beside its own), currency, open, overdue, unapplied, oldest, items; amounts in minor units of the
            row's `currency`, `oldest` the days past due of the oldest open debit item or missing.
        level: whose amounts a row holds, one of LEVELS.
        currency: what the amounts are in; "customer" when each row has its own.
        gaps: rates that are missing; amounts in those currencies are left out.
    """

    table: pd.DataFrame
    level: By
    currency: str
    gaps: tuple[Gap, ...]

    def search(self, text: str) -> pd.DataFrame:
        """Return the rows whose code or name holds every word of `text`, whatever the case."""
        keep = pd.Series(data=True, index=self.table.index)
        place = (self.table["code"] + " " + self.table["name"]).str.casefold()
        for word in text.casefold().split():
            keep &= place.str.contains(word, regex=False)
        return self.table[keep]

    def once(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Keep the rows that no other of them holds: what is left adds up to all of them, each customer once."""
        if self.level != "rollup" or rows.empty:
            return rows
        above = dict(zip(self.table["code"], self.table["parent"], strict=True))
        shown = set(rows["code"])
        kept = []
        for code in rows["code"]:
            at = above.get(code, "")
            while at and at not in shown:
                at = above.get(at, "")
            kept.append(not at)
        return rows[np.array(kept, np.bool_)]

    def totals(self, rows: pd.DataFrame) -> dict[str, dict[str, int]]:
        """Add rows up by currency, each customer once: open, overdue and unapplied, minor units."""
        sums = self.once(rows).groupby("currency", sort=True)[list(AMOUNTS)].sum()
        return {str(code): {name: int(row[name]) for name in AMOUNTS} for code, row in sums.iterrows()}


def directory(engine: Engine, filters: Filters, by: By = "customer") -> Directory:
    """List every customer that was not merged into another; companies of our own group are among them.

    Amounts are in the currency asked for, as booked in the company's; a family in that of its head when each customer
    is asked for in its own. Raises BadInput for a level that is none of LEVELS.
    """
    if by not in LEVELS:
        raise BadInput(f"{by!r} is no level of customers; one of {', '.join(LEVELS)}", by=by)
    seen = view(engine, filters)
    if filters.currency != CUSTOMER:
        seen = view(engine, filters.in_currency(seen.reporting))
    return seen.book.remembered(("directory", seen.filters.key(), by), lambda: _directory(seen, by))


def _directory(seen: View, by: By) -> Directory:
    customers = seen.book.around.customers
    tree, held = customers.families, customers.intercompany
    alone = customers.survivor == np.arange(len(customers.ids))
    sums, codes, gaps = _sums(seen, by)
    chosen = alone & _within(seen, by)
    if by == "family":
        chosen &= tree.parent == NO_PARENT
    if seen.filters.intercompany == "only":
        chosen &= held
    rows = np.flatnonzero(chosen)
    parents = np.array([*customers.codes, ""], dtype=object)[tree.parent]
    facts = {name: _words(seen, name) for name in ("segment", "owner", "status")}
    group = held if seen.filters.intercompany == "out" else np.zeros(len(held), np.bool_)
    oldest = sums.pop("oldest")[rows]
    table = pd.DataFrame(
        {
            "id": customers.ids[rows],
            "code": np.array(customers.codes, dtype=object)[rows],
            "name": np.array(customers.names, dtype=object)[rows],
            **{name: words[rows] for name, words in facts.items()},
            "group": np.asarray(group, np.bool_)[rows],
            "parent": parents[rows],
            "depth": tree.depth[rows],
            "below": tree.below[rows] if by != "customer" else np.zeros(len(rows), np.int32),
            "currency": codes[rows],
            **{name: amounts[rows] for name, amounts in sums.items()},
            "oldest": pd.array(np.where(oldest > 0, oldest, 0), dtype="Int64"),
        }
    )
    table.loc[table["oldest"] <= 0, "oldest"] = pd.NA
    return Directory(_ordered(seen, table, rows, by), by, seen.filters.currency, gaps)


def _ordered(seen: View, table: pd.DataFrame, rows: Ints, by: By) -> pd.DataFrame:
    """Put the largest overdue first; rolled up the largest families, each in the order of its tree.

    Amounts in several currencies are compared at the rates of the day; one without a rate as if it were ours.
    """
    rates, day, target = seen.book.around.rates, seen.filters.as_of, seen.reporting
    factors = {code: rates.factor(code, target, day) or 1.0 for code in set(table["currency"])}
    worth = table["currency"].map(factors).astype(float)
    table = table.assign(_late=table["overdue"] * worth, _owed=table["open"] * worth)
    keys = ["_late", "_owed", "name"]
    if by == "rollup":
        customers = seen.book.around.customers
        heads = customers.root[rows]
        late = pd.DataFrame({"head": heads, "late": table["_late"], "owed": table["_owed"]}).groupby("head").max()
        table = table.assign(
            _late=late["late"].reindex(heads).to_numpy(),
            _owed=late["owed"].reindex(heads).to_numpy(),
            _head=np.array(customers.names, dtype=object)[heads],
            _number=heads,
            _place=customers.families.place[rows],
        )
        keys = ["_late", "_owed", "_head", "_number", "_place"]
    ordered = table.sort_values(keys, ascending=[name not in ("_late", "_owed") for name in keys], kind="stable")
    return ordered.drop(columns=[name for name in ordered if str(name).startswith("_")]).reset_index(drop=True)


def _within(seen: View, by: By) -> NDArray[np.bool_]:
    """Tell which customers are listed: those within the filters, and with families whoever holds one of them."""
    customers = seen.book.around.customers
    keep = np.ones(len(customers.ids), np.bool_)
    for name, wanted in (("segment", seen.filters.segments), ("owner", seen.filters.owners)):
        if wanted:
            keep &= np.isin(_words(seen, name).astype(str), wanted)
    if by == "customer":
        return keep
    held: NDArray[np.bool_] = customers.families.rolled_up(keep.astype(np.int64)) > 0
    return held


def _words(seen: View, name: str) -> NDArray[np.object_]:
    codes, labels = seen.book.around.customers.fact_on(name, seen.filters.as_of, seen.known_seq)
    return np.array([*labels, ""], dtype=object)[codes]


def _sums(seen: View, by: By) -> tuple[dict[str, Ints], NDArray[np.object_], tuple[Gap, ...]]:
    """Add open items up by customer, and say which currency each is in; a balance without a rate is left out.

    What is left out for being of our own group is added up apart and stands with its companies only.
    """
    customers = seen.book.around.customers
    homes, codes = None, np.full(len(customers.ids), seen.filters.currency, dtype=object)
    if seen.filters.currency == CUSTOMER:
        homes = seen.homes if by == "customer" else seen.homes.led_by(customers.root)
        codes = np.array(homes.codes, dtype=object)[homes.of]
    sums, gaps = _added_up(seen, homes, by, ours=False)
    if seen.has_group_companies:
        theirs, more = _added_up(seen, homes, by, ours=True)
        sums = {name: np.where(customers.intercompany, theirs[name], sums[name]) for name in sums}
        gaps = [*gaps, *more]
    return sums, codes, together(gaps)


def _added_up(seen: View, homes: Homes | None, by: By, *, ours: bool) -> tuple[dict[str, Ints], list[Gap]]:
    customers = seen.book.around.customers
    count, items = len(customers.ids), seen.open_items(ours=ours)
    sums = {name: np.zeros(count, np.int64) for name in (*AMOUNTS, "items", "oldest")}
    if homes is not None:
        money = seen.at_home(items.open, items.row, homes)
        known = money.currency == homes.of[seen.columns.customer[items.row]]
    else:
        money = seen.money(items)
        wanted = money.codes.index(seen.filters.currency) if seen.filters.currency in money.codes else -1
        known = money.currency == wanted
    who = customers.survivor[seen.columns.customer[items.row]].astype(np.int64)
    debit = seen.columns.side[items.row] > 0
    late = debit & (items.days_past_due > 0)
    for name, chosen in (("open", known), ("overdue", known & late), ("unapplied", known & ~debit)):
        np.add.at(sums[name], who[chosen], money.units[chosen])
    np.add.at(sums["items"], who, 1)
    np.maximum.at(sums["oldest"], who[late], items.days_past_due[late])
    if by != "customer":
        tree = customers.families
        sums = {name: tree.rolled_up(sums[name], np.maximum if name == "oldest" else np.add) for name in sums}
    return sums, list(money.gaps)
