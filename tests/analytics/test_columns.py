"""Laying out the ledger, seeing it as it was known, following it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from arcore.analytics.columns import APPLICATION_TYPES
from arcore.analytics.columns import ITEM_TYPES
from arcore.analytics.columns import Columns
from arcore.dates import to_day
from arcore.errors import BadInput

JAN, FEB, MAR = date(2026, 1, 10), date(2026, 2, 10), date(2026, 3, 10)
NAMES = (*ITEM_TYPES, *APPLICATION_TYPES)


def same(one: Columns, other: Columns) -> bool:
    return all(np.array_equal(getattr(one, name), getattr(other, name)) for name in NAMES)


def test_columns_have_the_types_that_the_loops_want(book):
    book.paid(book.post("invoice", JAN, 100, FEB), FEB, 60)
    columns = book.columns()
    for name, kind in {**ITEM_TYPES, **APPLICATION_TYPES}.items():
        assert getattr(columns, name).dtype == kind
        assert getattr(columns, name).flags.c_contiguous


def test_movements_are_items_and_both_legs_of_applications(book):
    book.paid(book.post("invoice", JAN, 100, FEB), FEB, 60)
    moves = book.columns().movements()
    assert moves.row.tolist() == [0, 1, 0, 1]
    assert moves.day.tolist() == [to_day(day) for day in (JAN, FEB, FEB, FEB)]
    assert moves.amount.tolist() == [100, -60, -60, 60]


def test_due_of_gives_each_basis(book):
    book.post("invoice", JAN, 100, MAR, original=FEB)
    columns = book.columns()
    assert columns.due_of("original").tolist() == [to_day(FEB)]
    assert columns.due_of("due").tolist() == [to_day(MAR)]
    assert columns.due_of("document").tolist() == [to_day(JAN)]


def test_an_item_born_of_another_has_the_document_date_of_the_first(book):
    invoice = book.post("invoice", JAN, 100, FEB)
    moved = book.transfer(invoice, 100, FEB, customer=1)
    again = book.redate(moved, date(2026, 4, 1), 100, MAR)
    book.items[moved - 1]["day"] = FEB
    book.items[again - 1]["day"] = MAR
    columns = book.columns()
    assert columns.doc_day[[moved - 1, again - 1]].tolist() == [to_day(JAN)] * 2
    assert columns.root.tolist() == [0, 1, 0, 0]


def test_as_known_then_is_a_prefix(book):
    invoice = book.post("invoice", JAN, 100, FEB)
    then = book.columns()
    book.paid(invoice, FEB, 60)
    now = book.columns()
    assert same(now.prefix(1, 0), then)
    assert same(now.prefix(99, 99), now)
    assert np.shares_memory(now.prefix(1, 0).amount, now.amount)


def test_following_new_rows_leaves_older_columns_as_they_are(book):
    invoice = book.post("invoice", JAN, 100, FEB)
    then = book.columns()
    book.paid(invoice, FEB, 60)
    more = (book.item_columns(book.items[1:]), book.application_columns(book.applications))
    now = then.extend(*more)
    assert same(now, book.columns())
    assert then.amount.tolist() == [100]
    assert np.shares_memory(now.amount, then.amount)
    beside = then.extend(*more)
    assert same(beside, now)
    assert not np.shares_memory(beside.amount, now.amount)


@settings(max_examples=50, deadline=None)
@given(data=st.data())
def test_any_way_of_following_ends_the_same(data, ledgers):
    book = data.draw(ledgers)
    items = data.draw(st.integers(0, len(book.items)))
    applications = [row for row in book.applications if max(row["from"], row["to"]) <= items]
    early = len(applications) if book.applications[: len(applications)] == applications else 0
    columns = Columns.build(
        book.item_columns(book.items[:items]), book.application_columns(book.applications[:early])
    ).extend(book.item_columns(book.items[items:]), book.application_columns(book.applications[early:]))
    assert same(columns, book.columns())
    assert same(columns.prefix(items, early), book.laid_out(book.items[:items], book.applications[:early]))


def test_columns_can_not_be_written(book):
    book.post("invoice", JAN, 100)
    columns = book.columns()
    with pytest.raises(ValueError, match="read-only"):
        columns.amount[0] = 5
    assert not replace(columns, amount=columns.amount + 1).amount.flags.writeable


def test_rows_are_found_by_id_even_where_ids_have_gaps(book):
    for _ in range(3):
        book.post("invoice", JAN, 100)
    given_items = {**book.item_columns(book.items), "item_id": [2, 5, 9]}
    columns = Columns.build(given_items, book.application_columns([]))
    assert columns.rows_of([9, 2]).tolist() == [2, 0]
    with pytest.raises(BadInput, match="not there"):
        columns.rows_of([3])


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"item_id": [2, 1]}, "ascending"),
        ({"amount": [1]}, "differ in length: amount"),
        ({"origin_item_id": [0, 7]}, "not there"),
    ],
)
def test_what_can_not_be_is_refused(book, change, sentence):
    book.post("invoice", JAN, 100)
    book.post("invoice", JAN, 100)
    with pytest.raises(BadInput, match=sentence):
        Columns.build({**book.item_columns(book.items), **change}, book.application_columns([]))


def test_rows_that_are_not_newer_are_refused(book):
    book.paid(book.post("invoice", JAN, 100), FEB, 5)
    columns, nothing = book.columns(), book.item_columns([])
    with pytest.raises(BadInput, match="items are not in ascending id"):
        columns.extend(book.item_columns(book.items[:1]), book.application_columns([]))
    with pytest.raises(BadInput, match="applications are not in ascending id"):
        columns.extend(nothing, book.application_columns(book.applications))
    with pytest.raises(BadInput, match="missing: side"):
        Columns.build({k: v for k, v in book.item_columns(book.items).items() if k != "side"}, {})
