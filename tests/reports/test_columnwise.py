"""Columns told as texts come out as the rows they were, range by range, whatever stands in them."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import fields
from datetime import date
from decimal import Decimal

import numpy as np
import pytest

from arcore.analytics.columns import UNKNOWN_TAX
from arcore.analytics.columns import Columns
from arcore.reports import book as books
from arcore.reports import bulk
from arcore.reports import columnwise
from arcore.reports.rows import read_new

JAN, FEB, MAR = date(2026, 1, 10), date(2026, 2, 10), date(2026, 3, 10)


@pytest.fixture
def told(sqlite_company):
    """Give books in which each column is not the same in all rows."""
    company = sqlite_company
    for code in ("ALDER", "BIRCH"):
        company.customer(code)
    first = company.invoice("ALDER", JAN, FEB, 100, tax_amount=Decimal(20))
    abroad = company.invoice("BIRCH", JAN, FEB, 250, currency="USD", entity="north")
    company.payment("ALDER", FEB, 60, (first, 40))
    company.do("redate", item_id=first, due_date=MAR, on=FEB)
    company.do("write_off", item_id=abroad, amount=Decimal(50), reason="uncollectible", on=MAR)
    company.invoice("ALDER", date(1970, 1, 1), date(2199, 12, 31), 5, tax_amount=Decimal(0))
    for amount in (7, 8, 9):
        company.credit_note("BIRCH", MAR, amount, entity="south")
    return company


def differing(engine):
    """Return the columns in which reading in bulk and following from zero do not agree."""
    one, other = books.load(engine, bulk_from=0), books.load(engine, bulk_from=10**9)
    assert (one.currencies, one.entities, one.reasons) == (other.currencies, other.entities, other.reasons)
    names = [field.name for field in fields(Columns) if not field.name.startswith("_")]
    return [name for name in names if not np.array_equal(getattr(one.columns, name), getattr(other.columns, name))]


def tamper(engine, *statements):
    """Change the raw file with the triggers out of the way."""
    engine.dispose()
    with closing(sqlite3.connect(engine.url.database)) as raw, raw:
        for (name,) in raw.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            raw.execute(f"DROP TRIGGER {name}")
        for statement in statements:
            assert raw.execute(statement).rowcount > 0


@pytest.fixture
def row_by_row(monkeypatch):
    """Give a list that grows when bulk reading gives up."""
    gave_up = []

    def noted(*args):
        gave_up.append(args)
        return read_new(*args)

    monkeypatch.setattr(bulk, "read_new", noted)
    return gave_up


@pytest.mark.parametrize("ids_at_once", [1, 2, 5, 1000])
def test_ranges_of_any_size_give_the_rows_that_following_gives(told, row_by_row, monkeypatch, ids_at_once):
    monkeypatch.setattr(columnwise, "IDS_AT_ONCE", ids_at_once)
    assert differing(told.engine) == []
    assert row_by_row == []


def test_the_columns_in_question_do_differ_from_row_to_row(told):
    """Otherwise the test above would prove little."""
    columns = books.load(told.engine, bulk_from=0).columns
    assert sorted(set(columns.tax.tolist())) == [UNKNOWN_TAX, 0, 2_000]
    assert (columns.origin >= 0).any()
    assert (columns.due != columns.original_due).any()
    assert columns.effective.min() == 0
    assert [len(set(getattr(columns, name).tolist())) for name in ("entity", "currency", "reason", "side")] == [
        3,
        2,
        2,
        2,
    ]


def test_gaps_between_ids_shift_nothing(told, row_by_row, monkeypatch):
    monkeypatch.setattr(columnwise, "IDS_AT_ONCE", 3)
    tamper(
        told.engine,
        "DELETE FROM item WHERE document_id = (SELECT max(id) - 1 FROM document)",
        "DELETE FROM document WHERE id = (SELECT max(id) - 1 FROM document)",
    )
    assert differing(told.engine) == []
    assert row_by_row == []


def test_texts_with_commas_inside_stay_whole(told, row_by_row):
    tamper(
        told.engine,
        "UPDATE document SET entity = 'Alder, Birch & Co' WHERE id = 1",
        "UPDATE document SET entity = '' WHERE id = 2",
        "UPDATE document SET reason = 'gone, moved abroad, ünknown' WHERE reason <> ''",
    )
    assert differing(told.engine) == []
    assert "Alder, Birch & Co" in books.load(told.engine, bulk_from=0).entities
    assert row_by_row == []


@pytest.mark.parametrize(
    "lie",
    [
        "UPDATE document SET entity = 'a\x1fb' WHERE id = 3",
        "UPDATE document SET currency = 'A,B' WHERE id = 2",
    ],
)
def test_what_cannot_be_told_apart_is_read_row_by_row(told, row_by_row, lie):
    tamper(told.engine, lie)
    assert differing(told.engine) == []
    assert len(row_by_row) == 1


@pytest.mark.parametrize(
    ("read", "values"),
    [
        (columnwise._numbers, b"1,2"),
        (columnwise._numbers, b"1,,3"),
        (columnwise._numbers, b"1,2.5,3"),
        (columnwise._numbers, None),
        (columnwise._days, b"2026-01-012026-01-02"),
        (columnwise._days, b"2026-01-012026-1-0222026-01-03"),
        (columnwise._days, b"2026-01-01"),
        (columnwise._sides, b"02"),
        (columnwise._sides, b"012"),
        (columnwise._sides, b"0-2"),
        (columnwise._words, b"a,b"),
        (columnwise._words, None),
    ],
)
def test_a_column_without_one_value_a_row_is_refused(read, values):
    with pytest.raises(ValueError, match=r".+"):
        read(values, 3)


def test_the_same_columns_in_order_are_read():
    assert columnwise._numbers(b"1,-20,9223372036854775807", 3).tolist() == [1, -20, 2**63 - 1]
    assert columnwise._days(b"1970-01-021969-12-31", 2).tolist() == [1, -1]
    assert columnwise._sides(b"02", 2).tolist() == [-1, 1]
    assert columnwise._words(b"EUR,,EUR", 3).labels == ("EUR", "")
