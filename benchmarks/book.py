"""A generated book: invoices over 36 months, about as many payments, in a SQLite store like any other."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import adbc_driver_sqlite.dbapi
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from sqlalchemy import Engine

from arcore.dates import from_day
from arcore.dates import to_day
from arcore.store.company import CompanySetting
from arcore.store.company import Rate
from arcore.store.engine import open_engine
from arcore.store.migrate import migrate
from arcore.store.sources import Coverage
from arcore.store.unit import Actor
from arcore.store.unit import Facts
from arcore.store.unit import Unit
from arcore.store.unit import commit

LAST_DAY = date(2026, 10, 31)
MONTHS = 36
CUSTOMERS_PER_INVOICE = 1 / 50
CURRENCIES = ("EUR", "USD", "GBP")
RATES = {"USD": "0.92", "GBP": "1.15"}
SEED = 20261031


@dataclass(frozen=True)
class Made:
    """The book as plain arrays: invoices first, then one payment for each invoice that got one."""

    customer: NDArray[np.int64]
    currency: NDArray[np.int64]
    day: NDArray[np.int64]
    due: NDArray[np.int64]
    amount: NDArray[np.int64]
    paid_invoice: NDArray[np.int64]
    paid_day: NDArray[np.int64]
    paid_amount: NDArray[np.int64]


def make(invoices: int) -> Made:
    """Draw the book with a fixed seed: 94 % of invoices get a payment, one payment in twelve is a part."""
    rng = np.random.default_rng(SEED)
    last = to_day(LAST_DAY)
    customers = max(50, int(invoices * CUSTOMERS_PER_INVOICE))
    weight = rng.lognormal(0, 1.2, customers)
    popular = rng.choice(customers, invoices, p=weight / weight.sum())
    day = np.sort(rng.integers(last - int(MONTHS * 30.44), last + 1, invoices))
    due = day + rng.choice(np.array([14, 30, 30, 30, 45, 60]), invoices)
    amount = (rng.lognormal(10.5, 1.1, invoices)).astype(np.int64) + 100
    late = np.where(
        rng.random(invoices) < 0.6, rng.integers(-10, 3, invoices), rng.exponential(25, invoices).astype(np.int64)
    )
    paid_day = np.maximum(due + late, day)
    paid = np.flatnonzero((paid_day <= last) & (rng.random(invoices) < 0.985))
    share = np.where(rng.random(len(paid)) < 1 / 12, rng.uniform(0.2, 0.9, len(paid)), 1.0)
    paid_amount = np.maximum((amount[paid] * share).astype(np.int64), 1)
    order = np.argsort(paid_day[paid], kind="stable")
    return Made(
        customer=popular + 1,
        currency=(popular % 10 > 6).astype(np.int64) + (popular % 10 > 8),
        day=day,
        due=due,
        amount=amount,
        paid_invoice=paid[order],
        paid_day=paid_day[paid][order],
        paid_amount=paid_amount[order],
    )


def write(made: Made, path: Path) -> Engine:
    """Write the book into a new SQLite store and return its engine; ids, head and audit as the ledger leaves them."""
    engine = open_engine(f"sqlite:///{path}")
    migrate(engine)
    documents, items, applications = _tables(made)

    def head(unit: Unit) -> Facts:
        unit.take("document_id", documents.num_rows)
        unit.take("item_id", items.num_rows)
        unit.take("application_id", applications.num_rows)
        first = from_day(int(made.day.min()))
        for currency in CURRENCIES:
            for what in ("balances", "sales", "receipts"):
                unit.session.add(Coverage(currency=currency, what=what, complete_from=first))
        for currency, rate in RATES.items():
            unit.session.add(Rate(currency=currency, reporting="EUR", day=first, rate=rate, audit_seq=unit.audit_seq))
        unit.session.add(CompanySetting(name="currency", value='"EUR"'))
        return {"documents": documents.num_rows}

    commit(engine, head, actor=Actor("benchmark"), verb="generate")
    engine.dispose()  # ADBC carries its own SQLite: the file must be closed here before it writes
    with adbc_driver_sqlite.dbapi.connect(str(path)) as connection:
        with connection.cursor() as cursor:
            for name, table in (
                ("customer", _customers(made)),
                ("document", documents),
                ("item", items),
                ("application", applications),
            ):
                cursor.adbc_ingest(name, table, mode="append")
        connection.commit()
    with sqlite3.connect(path) as plain:
        plain.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    plain.close()
    return engine


def _tables(made: Made) -> tuple[pa.Table, pa.Table, pa.Table]:
    invoices, payments = len(made.amount), len(made.paid_amount)
    total = invoices + payments
    ids = np.arange(1, total + 1)
    customer = np.concatenate([made.customer, made.customer[made.paid_invoice]])
    currency = np.concatenate([made.currency, made.currency[made.paid_invoice]])
    day = _iso(np.concatenate([made.day, made.paid_day]))
    amount = np.concatenate([made.amount, -made.paid_amount])
    due = _iso(np.concatenate([made.due, made.paid_day]))
    side = np.repeat([1, -1], [invoices, payments])
    recorded = _same("2026-11-01 06:00:00.000000", total)
    by = _same("benchmark", total)
    number = pc.binary_join_element_wise(
        pa.array(np.repeat(["INV", "PAY"], [invoices, payments])), pa.array(ids).cast(pa.string()), "-"
    )
    documents = pa.table(
        {
            "id": ids,
            "kind": np.repeat(["invoice", "payment"], [invoices, payments]),
            "number": number,
            "customer_id": customer,
            "entity": _same("main", total),
            "document_date": day,
            "effective_on": day,
            "currency": np.array(CURRENCIES)[currency],
            "amount": amount,
            "reason": _same("", total),
            "po_number": _same("", total),
            "reference": _same("", total),
            "recorded_at": recorded,
            "recorded_by": by,
        }
    )
    items = pa.table(
        {
            "id": ids,
            "document_id": ids,
            "customer_id": customer,
            "side": side,
            "effective_on": day,
            "due_date": due,
            "original_due_date": due,
            "amount": amount,
            "recorded_at": recorded,
            "recorded_by": by,
        }
    )
    applications = pa.table(
        {
            "id": np.arange(1, payments + 1),
            "customer_id": made.customer[made.paid_invoice],
            "from_item_id": np.arange(invoices + 1, total + 1),
            "to_item_id": made.paid_invoice + 1,
            "amount": made.paid_amount,
            "effective_on": _iso(made.paid_day),
            "recorded_at": _same("2026-11-01 06:00:00.000000", payments),
            "recorded_by": _same("benchmark", payments),
        }
    )
    return documents, items, applications


def _customers(made: Made) -> pa.Table:
    ids = np.unique(made.customer)
    text = pa.array(ids).cast(pa.string())
    empty = ("language", "region", "sales_rep", "channel", "billing_instructions", "currency")
    return pa.table(
        {
            "id": ids,
            "code": pc.binary_join_element_wise("C", text, ""),
            "name": pc.binary_join_element_wise("Customer", text, " "),
            "intercompany": np.zeros(len(ids), dtype=np.int64),
            **{name: _same("", len(ids)) for name in empty},
        }
    )


def _iso(days: NDArray[Any]) -> pa.Array:
    return pa.array(days.astype(np.int32), type=pa.int32()).cast(pa.date32()).cast(pa.string())


def _same(text: str, count: int) -> pa.Array:
    return pa.repeat(pa.scalar(text), count)
