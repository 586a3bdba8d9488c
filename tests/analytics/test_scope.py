"""Which part of the book, split how."""

from __future__ import annotations

from datetime import date

from arcore.analytics.scope import Scope


def test_it_selects_rows_by_mask_and_group(book):
    for customer in (0, 1, 2):
        book.post("invoice", date(2026, 1, 1), 1, customer=customer)
    columns = book.columns()
    assert Scope.of(columns).selects(columns).tolist() == [True, True, True]
    scope = Scope.of(columns, groups=[0, 1, -1], mask=[True, True, False])
    assert scope.selects(columns).tolist() == [True, True, False]
    assert scope.selects(columns, 1).tolist() == [False, True, False]
    assert (scope.n_groups, scope.n_currencies, scope.cells) == (2, 1, 2)


def test_an_empty_book_has_one_group_and_one_currency(book):
    scope = Scope.of(book.columns(), groups=[])
    assert (scope.n_groups, scope.n_currencies) == (1, 1)
