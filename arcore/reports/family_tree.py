"""The whole family of a customer: who belongs to whom, what each member owes, and its limit."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from sqlalchemy import Engine

from arcore.reports.customer import filters_for
from arcore.reports.customer import limits_of
from arcore.reports.filters import Filters
from arcore.reports.view import View
from arcore.reports.view import view


@dataclass(frozen=True)
class Member:
    """One customer of a family; amounts in minor units of the family's currency, its own only.

    Attributes:
        depth: how many members stand above it.
        limit: its credit limit, None when it has none or a rate is missing.
        ours: a company of our own group.
    """

    customer_id: int
    code: str
    name: str
    depth: int
    open: int
    overdue: int
    limit: int | None
    ours: bool


@dataclass(frozen=True)
class Family:
    """A family from its head down; `currency` is what the amounts are in, that of the customer asked for."""

    currency: str
    members: tuple[Member, ...]

    @property
    def open(self) -> int:
        """What all of them owe, each counted once."""
        return sum(member.open for member in self.members)

    @property
    def overdue(self) -> int:
        """What is late of it."""
        return sum(member.overdue for member in self.members)

    @property
    def limit(self) -> int | None:
        """The limits of the members added up; None when nobody has one."""
        known = [member.limit for member in self.members if member.limit is not None]
        return sum(known) if known else None


def family(engine: Engine, filters: Filters, customer_id: int) -> Family:
    """Return the family that a customer belongs to, of one member for somebody without relatives.

    Amounts without a rate are left out.
    """
    seen = view(engine, filters_for(engine, filters, customer_id))
    return seen.book.remembered(("family", seen.filters.key(), customer_id), lambda: _family(seen, customer_id))


def _family(seen: View, customer_id: int) -> Family:
    customers, columns = seen.book.around.customers, seen.columns
    tree = customers.families
    place = int(customers.survivor[np.searchsorted(customers.ids, customer_id)])
    members = tree.under(tree.head_of(place))
    items, wanted = seen.open_items(), np.zeros(len(customers.ids), np.bool_)
    wanted[members] = True
    who = customers.survivor[columns.customer[items.row]]
    here = np.flatnonzero(wanted[who])
    money = seen.in_currency(items.open[here], items.row[here])
    known = np.array([code == seen.filters.currency for code in money.codes] or [False])[money.currency]
    late = (columns.side[items.row[here]] > 0) & (items.days_past_due[here] > 0)
    sums = np.zeros((2, len(customers.ids)), np.int64)
    for line, chosen in enumerate((known, known & late)):
        np.add.at(sums[line], who[here][chosen], money.units[chosen])
    limits = limits_of(seen, members)
    return Family(
        seen.filters.currency,
        tuple(
            Member(
                int(customers.ids[member]),
                customers.codes[member],
                customers.names[member],
                int(tree.depth[member]),
                int(sums[0, member]),
                int(sums[1, member]),
                None if np.isnan(limit) else int(limit),
                bool(customers.intercompany[member]),
            )
            for member, limit in zip(members.tolist(), limits.tolist(), strict=True)
        ),
    )
