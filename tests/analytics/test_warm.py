"""The loops are compiled before the first visitor needs them, and for no other types than those in use."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np

from arcore.analytics import _kernel
from arcore.analytics import _kernel_debts
from arcore.analytics.aging import aging
from arcore.analytics.conversion import Conversion
from arcore.analytics.coverage import Coverage
from arcore.analytics.daily import daily_balances
from arcore.analytics.history import history
from arcore.analytics.holdings import dealt
from arcore.analytics.holdings import owed
from arcore.analytics.kpis import KPIS
from arcore.analytics.lens import Lens
from arcore.analytics.measure import measure
from arcore.analytics.open_items import open_items
from arcore.analytics.scope import Scope
from arcore.analytics.warm import warm

LOOPS: tuple[Any, ...] = (
    _kernel.sweep,
    _kernel.run_up,
    _kernel.age,
    _kernel.balances,
    _kernel.flow,
    _kernel.paid,
    _kernel.tally,
    _kernel.weigh,
    _kernel_debts.count_events,
    _kernel_debts.paid_at_once,
    _kernel_debts.lay_out_events,
    _kernel_debts.paid_off,
)


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
    groups = np.zeros(len(columns.item_id), np.int32)
    seen = Lens(
        history(columns, [date(2026, 2, 28)], scope=Scope(groups, groups == 0, 1, 1)),
        Conversion("EUR", ("EUR",)),
        Coverage.complete(),
    )
    for kpi in KPIS:
        measure(seen, kpi, date(2026, 2, 28))
    for held in (owed, dealt):
        held(seen.history, np.arange(len(columns.item_id), dtype=np.int32))
    assert [len(loop.signatures) for loop in LOOPS] == before
