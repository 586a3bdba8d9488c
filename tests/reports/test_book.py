"""Loading and following: the columns hold what the store holds, at every version."""

from __future__ import annotations

from dataclasses import fields
from datetime import UTC
from datetime import date
from datetime import datetime
from decimal import Decimal
from typing import Any

import numpy as np
import pytest

from arcore.analytics.columns import Columns
from arcore.ledger.kinds import CODES
from arcore.reports import book as books
from arcore.reports.book import Book
from arcore.reports.rows import Reach

JAN, FEB, MAR = date(2026, 1, 10), date(2026, 2, 10), date(2026, 3, 10)


def same(one: Columns, other: Columns) -> bool:
    names = [field.name for field in fields(Columns) if not field.name.startswith("_")]
    return all(np.array_equal(getattr(one, name), getattr(other, name)) for name in names)


def small(company: Any) -> dict[str, int]:
    company.customer("ALDER")
    company.customer("BIRCH")
    one = company.invoice("ALDER", JAN, FEB, 100, tax_amount=Decimal(20))
    two = company.invoice("BIRCH", JAN, FEB, 250, currency="USD", entity="north")
    paid = company.payment("ALDER", FEB, 60, (one, 40))
    return {"one": one, "two": two, "paid": paid}


def test_columns_hold_what_the_store_holds(company):
    items = small(company)
    found = books.book(company.engine)
    columns = found.columns
    assert list(columns.item_id) == sorted(items.values())
    assert list(columns.amount) == [10_000, 25_000, -6_000]
    assert [found.currencies[code] for code in columns.currency] == ["EUR", "USD", "EUR"]
    assert [found.entities[code] for code in columns.entity] == ["main", "north", "main"]
    assert [found.around.customers.codes[code] for code in columns.customer] == ["ALDER", "BIRCH", "ALDER"]
    assert list(columns.kind) == [CODES["invoice"], CODES["invoice"], CODES["payment"]]
    assert columns.tax[0] == 2_000
    assert list(columns.app_amount) == [4_000]
    assert (columns.app_from[0], columns.app_to[0]) == (2, 0)


def test_an_empty_store_has_empty_columns(company):
    found = books.book(company.engine)
    assert len(found.columns.item_id) == 0
    assert found.version == (found.store_id, 0)


@pytest.mark.parametrize("bulk_from", [0, 10**9], ids=["in bulk", "by following"])
def test_loading_afresh_equals_following(company, bulk_from):
    items = small(company)
    followed = books.book(company.engine)
    company.do("redate", item_id=items["one"], due_date=MAR, on=FEB)
    company.do("write_off", item_id=items["two"], amount=Decimal(50), reason="uncollectible", on=MAR)
    company.customer("CEDAR")
    company.invoice("CEDAR", MAR, MAR, 7, currency="JPY")
    followed = books.follow(company.engine, followed)
    fresh = books.load(company.engine, bulk_from=bulk_from)
    assert same(followed.columns, fresh.columns) or _same_by_name(followed, fresh)
    assert followed.version == fresh.version
    assert followed.around.customers.codes == ("ALDER", "BIRCH", "CEDAR")


def _same_by_name(one: Book, other: Book) -> bool:
    """Codes may be given in another order; what they stand for must be equal."""
    pairs = [("currency", "currencies"), ("entity", "entities")]
    texts = all(
        [getattr(one, labels)[code] for code in getattr(one.columns, name)]
        == [getattr(other, labels)[code] for code in getattr(other.columns, name)]
        for name, labels in pairs
    )
    rest = [f.name for f in fields(Columns) if not f.name.startswith("_") and f.name not in dict(pairs)]
    return texts and all(np.array_equal(getattr(one.columns, name), getattr(other.columns, name)) for name in rest)


def test_bulk_load_of_an_empty_store(company):
    assert len(books.load(company.engine, bulk_from=0).columns.item_id) == 0


def test_nothing_written_is_the_same_book_and_a_write_is_another(company):
    small(company)
    first = books.book(company.engine)
    assert books.book(company.engine) is first
    assert books.version(company.engine) == first.version
    company.invoice("ALDER", MAR, MAR, 1)
    second = books.book(company.engine)
    assert second.version != first.version
    assert len(second.columns.item_id) == len(first.columns.item_id) + 1
    assert len(first.columns.item_id) == 3, "the older picture stays as it was"


def test_known_at_is_a_prefix_of_ids(company):
    items = small(company)
    before = datetime.now(UTC)
    company.do("redate", item_id=items["one"], due_date=MAR, on=FEB)
    found = books.book(company.engine)
    seq, reach = books.known_reach(company.engine, before)
    then = found.columns.prefix(reach.item, reach.application)
    assert seq == found.seq - 1
    assert len(then.item_id) == 3
    assert len(then.app_id) == 1
    assert books.known_reach(company.engine, datetime(2000, 1, 1, tzinfo=UTC)) == (0, Reach())


def test_a_renamed_customer_is_seen_after_the_next_write(company):
    small(company)
    books.book(company.engine)
    company.change(code="BIRCH", name="Birch & Sons")
    assert books.book(company.engine).around.customers.names == ("Alder", "Birch & Sons")


def test_two_stores_are_kept_apart(company, tmp_path):
    from arcore.store.engine import open_engine
    from arcore.store.migrate import migrate

    small(company)
    other = open_engine(f"sqlite:///{tmp_path / 'other.db'}")
    migrate(other)
    assert len(books.book(other).columns.item_id) == 0
    assert len(books.book(company.engine).columns.item_id) == 3
    other.dispose()
