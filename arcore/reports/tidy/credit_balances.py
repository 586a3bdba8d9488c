"""Customers whom we owe more than they owe us: what the balance sheet shows as a liability, not as less receivables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from sqlalchemy import Engine

from arcore.reports.filters import Filters
from arcore.reports.rates import Gap
from arcore.reports.view import View
from arcore.reports.view import view


@dataclass(frozen=True)
class CreditBalance:
    """A customer with a negative total in one entity and currency; minor units.

    Attributes:
        debits, credits: what it owes and what it has to its credit (negative).
        total: both together, negative.
        in_reporting: the total in the reporting currency; None without a rate.
        items: how many items are open.
    """

    customer: str
    name: str
    entity: str
    currency: str
    debits: int
    credits: int
    total: int
    in_reporting: int | None
    items: int


@dataclass(frozen=True)
class CreditBalances:
    """All of them, the largest first."""

    rows: tuple[CreditBalance, ...]
    by_currency: Mapping[str, int]
    reporting: int | None
    currency: str
    gaps: tuple[Gap, ...]


def credit_balances(engine: Engine, filters: Filters) -> CreditBalances:
    """Return customers whose balance is negative at the end of the as-of day, by entity and currency as booked."""
    seen = view(engine, filters)
    items = seen.open_items()
    columns, customers = seen.columns, seen.book.around.customers
    who = customers.survivor[columns.customer[items.row]].astype(np.int64)
    entities, currencies = max(1, len(seen.book.entities)), max(1, len(seen.currencies))
    key = (who * entities + columns.entity[items.row]) * currencies + columns.currency[items.row]
    keys, first, place = np.unique(key, return_index=True, return_inverse=True)
    size = len(keys)
    total, debits, count = np.zeros(size, np.int64), np.zeros(size, np.int64), np.bincount(place, minlength=size)
    np.add.at(total, place, items.open)
    np.add.at(debits, place, np.maximum(items.open, 0))
    negative = np.flatnonzero(total < 0)
    at = items.row[first[negative]]
    money = seen.in_currency(total[negative], at, seen.reporting)
    lacking = {gap.currency for gap in money.gaps}
    order = np.lexsort((at, money.units))
    rows = tuple(
        _row(seen, int(at[n]), int(debits[g]), int(total[g]), int(count[g]), int(money.units[n]), lacking)
        for n, g in zip(order.tolist(), negative[order].tolist(), strict=True)
    )
    sums: dict[str, int] = {}
    for row in rows:
        sums[row.currency] = sums.get(row.currency, 0) + row.total
    whole = None if money.gaps else int(money.units.sum())
    return CreditBalances(rows, dict(sorted(sums.items())), whole, seen.reporting, money.gaps)


def _row(seen: View, row: int, debits: int, total: int, count: int, reporting: int, lacking: set[str]) -> CreditBalance:
    columns, customers = seen.columns, seen.book.around.customers
    who, currency = int(customers.survivor[columns.customer[row]]), seen.currencies[columns.currency[row]]
    return CreditBalance(
        customer=customers.codes[who],
        name=customers.names[who],
        entity=seen.book.entities[columns.entity[row]],
        currency=currency,
        debits=debits,
        credits=total - debits,
        total=total,
        in_reporting=None if currency in lacking else reporting,
        items=count,
    )
