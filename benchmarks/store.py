"""Write a generated book into a SQLite store, in bulk, and prove that the store keeps every rule of the books."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import adbc_driver_sqlite.dbapi
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from sqlalchemy import Engine
from sqlmodel import select

from arcore.ledger.verify import verify
from arcore.store.books import LedgerHead
from arcore.store.company import CompanySetting
from arcore.store.company import Rate
from arcore.store.engine import open_engine
from arcore.store.engine import reading
from arcore.store.migrate import migrate
from arcore.store.sources import Coverage
from arcore.store.unit import Actor
from arcore.store.unit import Facts
from arcore.store.unit import Unit
from arcore.store.unit import commit
from benchmarks.book import CURRENCIES
from benchmarks.book import FIRST_DAY
from benchmarks.book import KINDS
from benchmarks.book import WRITE_OFF
from benchmarks.book import Book

ACTOR = Actor("benchmark")
RATES = {"USD": "0.92", "GBP": "1.15"}
BOOKS = ("document", "item", "application")


class BrokenBook(AssertionError):
    """The generated store breaks a rule of the books: nothing measured on it would count."""


def write(book: Book, path: Path) -> Engine:
    """Write the book into a new store and return its engine; head and audit are as the ledger leaves them."""
    engine = open_engine(f"sqlite:///{path}")
    migrate(engine)
    commit(engine, lambda unit: _around(unit, book), actor=ACTOR, verb="generate")
    with reading(engine) as session:
        recorded = session.exec(select(LedgerHead)).one().recorded_at
    engine.dispose()  # ADBC carries its own SQLite: the file must be closed here before it writes
    with _without_indexes(path), adbc_driver_sqlite.dbapi.connect(str(path)) as connection:
        with connection.cursor() as cursor:
            for name, table in _tables(book, recorded).items():
                cursor.adbc_ingest(name, table, mode="append")
        connection.commit()
    return engine


def check(engine: Engine) -> None:
    """Prove the store as `arcore verify` does. Raises BrokenBook."""
    broken = [found.says for found in verify(engine) if not found.ok]
    if broken:
        raise BrokenBook("; ".join(broken))


def _around(unit: Unit, book: Book) -> Facts:
    unit.take("document_id", len(book.day))
    unit.take("item_id", len(book.item_due))
    unit.take("application_id", len(book.app_day))
    for currency in CURRENCIES:
        for what in ("balances", "sales", "receipts"):
            unit.session.add(Coverage(currency=currency, what=what, complete_from=FIRST_DAY))
    for currency, rate in RATES.items():
        unit.session.add(Rate(currency=currency, reporting="EUR", day=FIRST_DAY, rate=rate, audit_seq=unit.audit_seq))
    unit.session.add(CompanySetting(name="currency", value='"EUR"'))
    return {"documents": len(book.day)}


@contextmanager
def _without_indexes(path: Path) -> Iterator[None]:
    """Take the indexes of the books away while rows are poured in; building them afterwards is far quicker."""
    named = "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL AND tbl_name IN (?, ?, ?)"
    with closing(sqlite3.connect(path)) as plain:
        plain.execute("PRAGMA journal_mode=DELETE")
        indexes = plain.execute(named, BOOKS).fetchall()
        for name, _ in indexes:
            plain.execute(f"DROP INDEX {name}")
        plain.commit()
    yield
    with closing(sqlite3.connect(path)) as plain:
        plain.execute("PRAGMA synchronous=OFF")
        plain.execute("PRAGMA cache_size=-400000")
        for _, sql in indexes:
            plain.execute(sql)
        plain.commit()


def _tables(book: Book, recorded: datetime | None) -> dict[str, pa.Table]:
    documents, items, applications = len(book.day), len(book.item_due), len(book.app_day)
    ids = np.arange(1, documents + 1)
    day = _iso(book.day)
    moment = "" if recorded is None else recorded.strftime("%Y-%m-%d %H:%M:%S.%f")

    def by(count: int) -> dict[str, pa.Array]:
        return {"recorded_at": _same(moment, count), "recorded_by": _same(ACTOR.name, count)}

    item_day = _iso(book.day[book.item_document])
    due = _iso(book.item_due)
    empty = ("po_number", "reference")
    return {
        "customer": _customers(int(book.customer.max())),
        "document": pa.table(
            {
                "id": ids,
                "kind": _named(KINDS, book.kind),
                "number": _numbered("D-", ids),
                "customer_id": book.customer,
                "entity": _same("main", documents),
                "document_date": day,
                "effective_on": day,
                "currency": _named(CURRENCIES, book.currency),
                "amount": book.amount,
                "reason": _named(("", "uncollectible"), (book.kind == WRITE_OFF).astype(np.int64)),
                **{name: _same("", documents) for name in empty},
                **by(documents),
            }
        ),
        "item": pa.table(
            {
                "id": np.arange(1, items + 1),
                "document_id": book.item_document + 1,
                "customer_id": book.customer[book.item_document],
                "side": np.where(book.item_amount < 0, -1, 1),
                "effective_on": item_day,
                "due_date": due,
                "original_due_date": due,
                "amount": book.item_amount,
                **by(items),
            }
        ),
        "application": pa.table(
            {
                "id": np.arange(1, applications + 1),
                "customer_id": book.customer[book.item_document[book.app_to]],
                "from_item_id": book.app_from + 1,
                "to_item_id": book.app_to + 1,
                "amount": book.app_amount,
                "effective_on": _iso(book.app_day),
                **by(applications),
            }
        ),
    }


def _customers(count: int) -> pa.Table:
    ids = np.arange(1, count + 1)
    empty = ("language", "region", "sales_rep", "channel", "billing_instructions", "currency")
    return pa.table(
        {
            "id": ids,
            "code": _numbered("C-", ids),
            "name": _numbered("Customer ", ids),
            "intercompany": np.zeros(count, np.int64),
            **{name: _same("", count) for name in empty},
        }
    )


def _named(names: tuple[str, ...], codes: NDArray[np.int64]) -> pa.Array:
    return pa.DictionaryArray.from_arrays(pa.array(codes.astype(np.int32)), pa.array(names)).cast(pa.string())


def _numbered(before: str, ids: NDArray[np.int64]) -> pa.Array:
    return pc.binary_join_element_wise(before, pa.array(ids).cast(pa.string()), "")


def _iso(days: NDArray[Any]) -> pa.Array:
    return pa.array(days.astype(np.int32), type=pa.int32()).cast(pa.date32()).cast(pa.string())


def _same(text: str, count: int) -> pa.Array:
    return pa.repeat(pa.scalar(text), count)
