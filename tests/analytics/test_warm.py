"""The loops are compiled before the first visitor needs them, and for no other types than those in use."""

from __future__ import annotations

from datetime import date
from typing import Any

from arcore.analytics import _kernel
from arcore.analytics.aging import aging
from arcore.analytics.daily import daily_balances
from arcore.analytics.history import history
from arcore.analytics.open_items import open_items
from arcore.analytics.warm import warm

LOOPS: tuple[Any, ...] = (_kernel.sweep, _kernel.run_up, _kernel.age, _kernel.balances, _kernel.flow, _kernel.paid)


def test_after_warming_up_nothing_is_compiled_again(book):
    warm()
    before = [len(loop.signatures) for loop in LOOPS]
    assert all(before)
    book.paid(book.post("invoice", date(2026, 1, 1), 100), date(2026, 2, 1), 60)
    columns = book.columns()
    aging(columns, 20_500, groups=columns.customer, mask=columns.customer == 0)
    daily_balances(columns.prefix(1, 0), first=20_400, last=20_500, groups=[0])
    open_items(columns, 20_500)
    history(columns, [date(2026, 2, 28)]).extended(columns)
    assert [len(loop.signatures) for loop in LOOPS] == before
