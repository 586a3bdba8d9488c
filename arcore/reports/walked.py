"""What payments settled, or what is overdue, each with the way it went from invoice to cash."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

import numpy as np
from sqlalchemy import Engine

from arcore.analytics.columns import Bools
from arcore.analytics.columns import Ints
from arcore.analytics.firsts import NEVER
from arcore.analytics.firsts import NOWHERE
from arcore.analytics.firsts import days_at
from arcore.analytics.payments import payment_applications
from arcore.analytics.step_days import Paths
from arcore.analytics.step_days import StepDays
from arcore.analytics.step_days import step_days
from arcore.dates import from_day
from arcore.dates import to_day
from arcore.disputes.queries import REASONS
from arcore.reports.contacted import Contacted
from arcore.reports.contacted import account_of
from arcore.reports.contacted import contacted
from arcore.reports.delivered import delivered
from arcore.reports.filters import Filters
from arcore.reports.rates import Gap
from arcore.reports.recorded import recorded
from arcore.reports.view import View
from arcore.reports.view import view

Of = Literal["paid", "overdue"]
"""Whose way is looked at: of the money that came in a period, or of what is overdue on the as-of day."""

WHY = {
    "in_time": "In time",
    "alone": "Late, no contact",
    "contacted": "Reminded or called",
    "promised": "Promised to pay",
    "plan": "Payment plan",
    "broken": "Promise broken",
    **{f"dispute:{key}": f"Disputed: {word}" for key, word in REASONS.items()},
}
"""What stood in the way of a debt, least first: what stands later in the list wins."""


@dataclass(frozen=True, eq=False)
class Walked:
    """One entry per payment of an invoice, or per item that is overdue.

    Attributes:
        row: the item that was paid, as its row in the columns.
        document: the invoice; of an item that was re-dated, transferred or converted the first one.
        customer: position of the customer, for a merged one of the one it lives on in.
        amount: minor units of `currency`, at the rate of the as-of day; what has no rate is left out and named.
        recorded: days from the date of the invoice to the day we learnt of it; NEVER for history loaded at the start.
        applied: days from the money to its use.
        why: position in WHY.
        running: whether these are items still open, which end on the as-of day.
    """

    seen: View
    running: bool
    currency: str
    gaps: tuple[Gap, ...]
    row: Ints
    document: Ints
    customer: Ints
    amount: Ints
    paths: Paths
    steps: StepDays
    recorded: Ints
    applied: Ints
    why: Ints
    known: Contacted

    def within(self, first: date, last: date) -> Bools:
        """Tell which ended in a period, both days inclusive."""
        chosen: Bools = (self.paths.end >= to_day(first)) & (self.paths.end <= to_day(last))
        return chosen


@dataclass(frozen=True, eq=False)
class _Found:
    """Debts before their way is known: item rows, last days, amounts as booked, days from money to its use."""

    row: Ints
    end: Ints
    amount: Ints
    applied: Ints

    def where(self, chosen: Bools) -> _Found:
        return _Found(self.row[chosen], self.end[chosen], self.amount[chosen], self.applied[chosen])


def paid(engine: Engine, filters: Filters, first: date) -> Walked:
    """Return the payments received from a day to the as-of day of what the filters leave. Raises Unavailable."""
    seen = view(engine, filters)
    return seen.book.remembered(
        ("walked", filters.key(), first), lambda: _walked(engine, seen, _payments(seen, to_day(first)), running=False)
    )


def overdue(engine: Engine, filters: Filters) -> Walked:
    """Return the items that are overdue on the as-of day, which ends their way so far. Raises Unavailable."""
    seen = view(engine, filters)
    return seen.book.remembered(
        ("walked overdue", filters.key()), lambda: _walked(engine, seen, _late(seen), running=True)
    )


def _payments(seen: View, first: int) -> _Found:
    """Return what stands of each payment of each item; taken back and applied again, only the waiting counts twice."""
    columns = seen.columns
    rows = payment_applications(columns, first, seen.as_of, seen.mask if len(seen.mask) else None)
    target, source, amount = columns.app_to[rows], columns.app_from[rows], columns.app_amount[rows]
    receipt = columns.doc_day[source].astype(np.int64)
    waited = columns.app_day[rows] - receipt
    if not (amount < 0).any():
        return _Found(target, receipt, amount, waited)
    pairs, at, which = np.unique(target * len(columns.item_id) + source, return_index=True, return_inverse=True)
    net, product = np.zeros(len(pairs), np.int64), np.zeros(len(pairs), np.int64)
    np.add.at(net, which, amount)
    np.add.at(product, which, amount * waited)
    stands = net > 0
    return _Found(target[at], receipt[at], net, product // np.maximum(net, 1)).where(stands)


def _late(seen: View) -> _Found:
    items = seen.open_items()
    late = (items.open > 0) & (items.days_past_due > 0)
    rows = items.row[late].astype(np.int64)
    end = np.full(len(rows), seen.as_of, np.int64)
    return _Found(rows, end, items.open[late].astype(np.int64), np.zeros(len(rows), np.int64))


def _walked(engine: Engine, seen: View, found: _Found, *, running: bool) -> Walked:
    columns, known = seen.columns, contacted(engine, seen)
    money = seen.in_currency(found.amount, found.row, seen.reporting)
    priced = money.currency == _place(money.codes, seen.reporting)
    found, amount = found.where(priced), money.units[priced]
    document = columns.document_id[columns.root[found.row]]
    customer = seen.book.around.customers.survivor[columns.customer[found.row]].astype(np.int64)
    paths = _paths(engine, seen, known, found, document, customer)
    steps = step_days(paths)
    return Walked(
        seen=seen,
        running=running,
        currency=seen.reporting,
        gaps=money.gaps,
        row=found.row,
        document=document,
        customer=customer,
        amount=amount,
        paths=paths,
        steps=steps,
        recorded=_recorded(engine, seen, document, paths.invoice),
        applied=found.applied,
        why=_why(seen, known, found, document, customer, paths, steps),
        known=known,
    )


def _place(codes: Sequence[str], code: str) -> int:
    return codes.index(code) if code in codes else NOWHERE


def _accounts(seen: View, row: Ints, customer: Ints) -> Ints:
    columns = seen.columns
    return account_of(seen, customer, columns.entity[row].astype(np.int64), columns.currency[row].astype(np.int64))


def _paths(engine: Engine, seen: View, known: Contacted, found: _Found, document: Ints, customer: Ints) -> Paths:
    columns = seen.columns
    due = columns.due_of(seen.filters.basis)[found.row].astype(np.int64)
    first = known.promise(document, _accounts(seen, found.row, customer), due)
    made = np.array([to_day(row.made_on) for row in known.promises], np.int64)
    named = np.array([to_day(row.due_on) for row in known.promises], np.int64)
    return Paths(
        invoice=columns.doc_day[found.row].astype(np.int64),
        due=due,
        contact=known.contact(document, customer, due),
        promise=days_at(made, first),
        promised=days_at(named, first),
        end=found.end,
        delivered=delivered(engine, seen).of(document),
    )


def _recorded(engine: Engine, seen: View, document: Ints, invoice: Ints) -> Ints:
    days = recorded(engine, seen.book)
    if days.first is None:
        return np.full(len(document), NEVER, np.int64)
    return np.where(invoice >= days.first, days.of(document) - invoice, NEVER)


def _why(
    seen: View, known: Contacted, found: _Found, document: Ints, customer: Ints, paths: Paths, steps: StepDays
) -> Ints:
    """Say what stood in the way of each debt by its end: the last of WHY that is true."""
    names = list(WHY)
    why = np.zeros(len(document), np.int64)
    why[steps.of("unattended")[1]] = names.index("alone")
    why[steps.of("contact")[1] & (paths.end > paths.due)] = names.index("contacted")
    why[steps.of("promised")[1]] = names.index("promised")
    if len(known.planned):
        why[np.isin(seen.columns.item_id[found.row], known.planned)] = names.index("plan")
    lost = known.let_down(document, _accounts(seen, found.row, customer), paths.due)
    # A promise of the account that was made before the debt was overdue was not about it.
    why[(lost <= paths.end) & steps.of("promised")[1]] = names.index("broken")
    first = known.dispute(document)
    opened = days_at(np.array([to_day(row.opened_on) for row in known.disputes], np.int64), first)
    places = np.array([_place(names, f"dispute:{row.reason}") for row in known.disputes], np.int64)
    contested = (first >= 0) & (opened <= paths.end)
    if contested.any():
        why[contested] = places[first[contested]]
    return why


def month_names(days: Ints) -> tuple[Ints, list[date]]:
    """Return the month of each day as a code, and the first days of these months, oldest first."""
    months = np.datetime64(0, "D") + days
    names, codes = np.unique(months.astype("datetime64[M]"), return_inverse=True)
    return codes.astype(np.int64), [from_day(int(name.astype("datetime64[D]").astype(np.int64))) for name in names]
