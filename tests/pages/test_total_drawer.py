"""The explanation of totals that are no measures: the total on both days, converted as the page converts it."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import Engine

from arcore.reports.filters import Filters
from arcore.reports.totals import Entry
from arcore.store.company import Rate
from arcore.store.unit import Actor
from arcore.store.unit import Unit
from arcore.store.unit import commit
from pages.ui import total_drawer
from pages.ui.total_drawer import Explained

FIRST, LAST = date(2026, 3, 27), date(2026, 3, 31)


@pytest.fixture
def frame(small_books: Engine) -> Any:
    """Return what a page knows of the small books on 31 March: a dollar was worth 0.50, and is 0.80."""

    def rates(unit: Unit) -> dict[str, Any]:
        for day, rate in ((FIRST, "0.50"), (LAST, "0.80")):
            unit.session.add(Rate(currency="USD", reporting="EUR", day=day, rate=rate, audit_seq=unit.audit_seq))
        return {}

    commit(small_books, rates, actor=Actor("anna"), verb="save_rates")
    return SimpleNamespace(books=SimpleNamespace(engine=small_books), filters=Filters(LAST, "EUR"))


def sent(filters: Filters) -> list[Entry]:
    """Return a reminder of 27 March that asked for 10.00 USD."""
    day = filters.as_of
    return [Entry("message:1", "C1", "Alder Ltd", "message 1", FIRST, 1000, "USD")] if day >= FIRST else []


@pytest.mark.parametrize(("dated", "worth"), [(True, 500), (False, 800)])
def test_what_happened_is_converted_on_its_day_and_what_is_owed_on_that_of_the_report(
    frame: Any, dated: bool, worth: int
) -> None:
    found = Explained("sent", "Sent", "", "", ("message", "messages"), sent, currency="EUR", dated=dated)
    before, now = total_drawer.compared(frame, found)
    assert (before.worth, now.worth) == (0, worth)
