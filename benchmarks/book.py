"""A generated book: invoices over 36 months and how they were paid, as plain arrays.

Most invoices are paid in full, some in parts, some less a credit note, some never; some fall due in three instalments.
Payments settle one invoice or several, a few are more than what is owed or lie on account before they are applied.
Everything is drawn from one seed, so two runs of one size are the same book.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from arcore.dates import to_day

LAST_DAY = date(2026, 10, 31)
MONTHS = 36
FIRST_DAY = date(2023, 11, 1)
INVOICES_PER_CUSTOMER = 50
CURRENCIES = ("EUR", "USD", "GBP")
KINDS = ("invoice", "credit_note", "payment", "write_off")
INVOICE, CREDIT_NOTE, PAYMENT, WRITE_OFF = range(len(KINDS))
SEED = 20261031

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Book:
    """A whole book in order of ids; rows count from 0, days are day numbers, amounts signed minor units.

    Attributes:
        kind, customer, currency, day, amount: of documents; customers count from 1, the others are positions in the
            lists above.
        item_document, item_due, item_amount: of items; the document is a row.
        app_from, app_to, app_amount, app_day: of applications; from and to are rows of items.
    """

    kind: Ints
    customer: Ints
    currency: Ints
    day: Ints
    amount: Ints
    item_document: Ints
    item_due: Ints
    item_amount: Ints
    app_from: Ints
    app_to: Ints
    app_amount: Ints
    app_day: Ints


class _Invoices(NamedTuple):
    customer: Ints
    currency: Ints
    day: Ints
    amount: Ints
    due: Ints


class _Debts(NamedTuple):
    """What falls due on one day: an invoice or one of its instalments."""

    invoice: Ints
    day: Ints
    due: Ints
    amount: Ints


class _Parts(NamedTuple):
    """What settles a debt, or a part of one."""

    debt: Ints
    kind: Ints
    day: Ints
    amount: Ints


class _Credits(NamedTuple):
    """Documents of the credit side, and for each part which of them it is taken from and on which day."""

    kind: Ints
    customer: Ints
    currency: Ints
    day: Ints
    amount: Ints
    of_part: Ints
    applied: Ints


def make(invoices: int) -> Book:
    """Draw a book with this many invoices."""
    rng = np.random.default_rng(SEED)
    sold = _invoices(rng, invoices)
    debts = _debts(rng, sold)
    parts = _parts(rng, sold, debts)
    return _in_order(sold, debts, parts, _credits(rng, sold, debts, parts))


def _invoices(rng: np.random.Generator, count: int) -> _Invoices:
    customers = max(20, count // INVOICES_PER_CUSTOMER)
    weight = rng.lognormal(0, 1.2, customers)
    customer = rng.choice(customers, count, p=weight / weight.sum())
    home = rng.choice(len(CURRENCIES), customers, p=(0.7, 0.2, 0.1))[customer]
    day = np.sort(rng.integers(to_day(FIRST_DAY), to_day(LAST_DAY) + 1, count))
    return _Invoices(
        customer=customer + 1,
        currency=np.where(rng.random(count) < 0.01, 0, home),
        day=day,
        amount=rng.lognormal(10.5, 1.1, count).astype(np.int64) + 100,
        due=day + rng.choice(np.array([14, 30, 30, 30, 45, 60]), count),
    )


def _debts(rng: np.random.Generator, sold: _Invoices) -> _Debts:
    pieces = np.where(rng.random(len(sold.day)) < 0.02, 3, 1)
    invoice = np.repeat(np.arange(len(pieces)), pieces)
    place = np.arange(len(invoice)) - np.repeat(np.cumsum(pieces) - pieces, pieces)
    share = sold.amount[invoice] // pieces[invoice]
    last = place == pieces[invoice] - 1
    amount = np.where(last, sold.amount[invoice] - share * (pieces[invoice] - 1), share)
    return _Debts(invoice=invoice, day=sold.day[invoice], due=sold.due[invoice] + 30 * place, amount=amount)


def _parts(rng: np.random.Generator, sold: _Invoices, debts: _Debts) -> _Parts:
    """Draw how debts are settled; what would happen after the last day has not happened."""
    count = len(debts.due)
    customer = sold.customer[debts.invoice]
    weekly = customer % 7 == 0
    habit = rng.normal(0, 8, customer.max() + 1)[customer]
    late = np.where(rng.random(count) < 0.6, rng.integers(-10, 3, count), rng.exponential(25, count)) + habit
    day = _paid_on(debts.due + late.astype(np.int64), debts.day, weekly)
    luck = rng.random(count)
    share = np.maximum((debts.amount * rng.uniform(0.2, 0.9, count)).astype(np.int64), 1)
    credit = np.maximum(debts.amount // rng.integers(4, 20, count), 1)
    whole = luck < 0.89
    halves, some, credited = (luck >= 0.89) & (luck < 0.94), (luck >= 0.94) & (luck < 0.965), (luck >= 0.965)
    credited &= luck < 0.985
    never = luck >= 0.985
    later = _paid_on(day + rng.integers(10, 60, count), debts.day, weekly)
    given_up = debts.due + rng.integers(180, 260, count)
    drawn = [
        (whole, PAYMENT, day, debts.amount),
        (halves | some, PAYMENT, day, share),
        (halves, PAYMENT, later, debts.amount - share),
        (credited, CREDIT_NOTE, debts.day + rng.integers(2, 25, count), credit),
        (credited, PAYMENT, day, debts.amount - credit),
        (never, WRITE_OFF, given_up, debts.amount),
    ]
    chosen = [np.flatnonzero(which & (on <= to_day(LAST_DAY)) & (amount > 0)) for which, _, on, amount in drawn]
    return _Parts(
        debt=np.concatenate(chosen),
        kind=np.repeat([kind for _, kind, _, _ in drawn], [len(rows) for rows in chosen]),
        day=np.concatenate([on[rows] for rows, (_, _, on, _) in zip(chosen, drawn, strict=True)]),
        amount=np.concatenate([amount[rows] for rows, (_, _, _, amount) in zip(chosen, drawn, strict=True)]),
    )


def _paid_on(wished: Ints, earliest: Ints, weekly: NDArray[np.bool_]) -> Ints:
    day = np.maximum(wished, earliest)
    return np.where(weekly, -(-day // 7) * 7, day)


def _credits(rng: np.random.Generator, sold: _Invoices, debts: _Debts, parts: _Parts) -> _Credits:
    """Make the documents: a weekly payer's payments of one day are one, a few are too high or applied later."""
    invoice = debts.invoice[parts.debt]
    customer, currency = sold.customer[invoice], sold.currency[invoice]
    together = (parts.kind == PAYMENT) & (customer % 7 == 0)
    run = (customer * len(CURRENCIES) + currency) * 100_000 + parts.day
    _, first, of_part = np.unique(
        np.where(together, run, -1 - np.arange(len(run))), return_index=True, return_inverse=True
    )
    total = np.bincount(of_part, weights=parts.amount).astype(np.int64)
    kind = parts.kind[first]
    extra = np.where((kind == PAYMENT) & (rng.random(len(first)) < 0.02), total // 10, 0)
    waits = np.where((kind == PAYMENT) & (rng.random(len(first)) < 0.01), rng.integers(1, 20, len(first)), 0)
    return _Credits(
        kind=kind,
        customer=customer[first],
        currency=currency[first],
        day=parts.day[first],
        amount=-(total + extra),
        of_part=of_part,
        applied=parts.day + waits[of_part],
    )


def _in_order(sold: _Invoices, debts: _Debts, parts: _Parts, credits_: _Credits) -> Book:
    """Give ids by the day things happened, as a book that is kept day by day has them."""
    invoices = len(sold.day)
    day = np.concatenate([sold.day, credits_.day])
    kind = np.concatenate([np.full(invoices, INVOICE), credits_.kind])
    order = np.lexsort((kind, day))
    place = np.empty(len(order), np.int64)
    place[order] = np.arange(len(order))
    document = place[np.concatenate([debts.invoice, invoices + np.arange(len(credits_.day))])]
    item_order = np.argsort(document, kind="stable")
    item = np.empty(len(item_order), np.int64)
    item[item_order] = np.arange(len(item_order))
    happened = np.flatnonzero(credits_.applied <= to_day(LAST_DAY))
    happened = happened[np.argsort(credits_.applied[happened], kind="stable")]
    return Book(
        kind=kind[order],
        customer=np.concatenate([sold.customer, credits_.customer])[order],
        currency=np.concatenate([sold.currency, credits_.currency])[order],
        day=day[order],
        amount=np.concatenate([sold.amount, credits_.amount])[order],
        item_document=document[item_order],
        item_due=np.concatenate([debts.due, credits_.day])[item_order],
        item_amount=np.concatenate([debts.amount, credits_.amount])[item_order],
        app_from=item[len(debts.due) + credits_.of_part[happened]],
        app_to=item[parts.debt[happened]],
        app_amount=parts.amount[happened],
        app_day=credits_.applied[happened],
    )
