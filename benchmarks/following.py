"""One new payment: bringing columns and Overview up to date, against loading both afresh."""

from __future__ import annotations

import gc
from datetime import timedelta
from decimal import Decimal
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Engine

from arcore.ledger.service import record_payment
from arcore.reports.book import Book
from arcore.reports.book import book
from arcore.reports.book import forget
from benchmarks.book import LAST_DAY
from benchmarks.overview import figures
from benchmarks.overview import plain
from benchmarks.results import Differs
from benchmarks.results import Result
from benchmarks.results import at_least
from benchmarks.results import compared
from benchmarks.results import equal
from benchmarks.store import ACTOR
from benchmarks.timing import Pace
from benchmarks.timing import Timed
from benchmarks.timing import clocked
from benchmarks.timing import no_collector


def compare(engine: Engine, pace: Pace) -> list[Result]:
    """Pay, look, and look again after forgetting everything; both have to show the same."""
    _current(engine)
    _after_payment(engine, 0, [])
    followed: list[float] = []
    loaded: list[float] = []
    with no_collector():
        for turn in range(1, pace.turns + 1):
            gc.collect()
            here = _after_payment(engine, turn, followed)
            there = clocked(lambda: _afresh(engine), loaded)
            checked = equal(_figures(here), _figures(there), "Overview after a payment")
    columns = book(engine).columns
    return [
        compared(
            "after one payment",
            len(columns.item_id) + len(columns.app_id),
            Timed.of(followed, here),
            "ours, loading afresh",
            Timed.of(loaded, there),
            target=at_least(50),
            checked=checked,
            note="columns and all figures of the Overview, brought up to date or made afresh",
        )
    ]


def _after_payment(engine: Engine, number: int, taken: list[float]) -> dict[str, Any]:
    """Pay an open invoice in part; only what the reader does is timed."""
    pay(engine, number)
    return clocked(lambda: _current(engine), taken)


def pay(engine: Engine, number: int) -> None:
    """Pay an open invoice in part, each number another one."""
    customer, currency, item = _open_invoice(book(engine), number)
    record_payment(
        engine,
        customer_id=customer,
        received_on=LAST_DAY - timedelta(days=1),
        currency=currency,
        amount=Decimal(100),
        apply_to=[(item, Decimal(1))],
        actor=ACTOR,
        key=f"benchmark-{number}",
    )


def _current(engine: Engine) -> dict[str, Any]:
    book(engine)
    return figures(engine)


def _afresh(engine: Engine) -> dict[str, Any]:
    forget()
    return _current(engine)


def _open_invoice(known: Book, number: int) -> tuple[int, str, int]:
    """Return customer id, currency and item id of one of the youngest invoices that nothing was applied to."""
    columns = known.columns
    touched = np.zeros(len(columns.item_id), np.bool_)
    touched[columns.app_to] = True
    rows = np.flatnonzero((columns.side > 0) & ~touched & (columns.amount >= 100))
    if len(rows) <= number:
        raise Differs("the book has no open invoice left to pay")
    row = int(rows[-1 - number])
    customer = int(known.around.customers.ids[columns.customer[row]])
    return customer, known.currencies[columns.currency[row]], int(columns.item_id[row])


def _figures(found: dict[str, Any]) -> NDArray[np.object_]:
    return np.array(plain(found), object)
