"""A month that can be added up by hand, and the pack of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from arcore.company.service import save_profile
from arcore.reports.board.contents import Pack
from arcore.reports.board.contents import pack
from arcore.reports.filters import Filters
from arcore.store.unit import Actor

OCTOBER = date(2026, 10, 1)
TODAY = date(2026, 11, 20)
HOSTILE = '=HYPERLINK("http://tracker.example","#strong[Cedar]") 東京'


def fill(company: Any) -> Any:
    """Write 1,500.00 open at the end of September and 1,550.00 at the end of October.

    October: not due 500, 1-30 days 500, 31-60 days 600, unapplied -50; overdue 1,100 after 1,000.
    """
    save_profile(company.engine, actor=Actor("anna"), name="Tessmark & Co", currency="EUR", time_zone="Europe/Berlin")
    for what in ("balances", "sales", "receipts"):
        company.complete(what, date(2026, 7, 1))
    company.customer("ALDER", name="Alder Ltd", owner="Ana")
    company.customer("BIRCH", name="Birch GmbH")
    company.customer("CEDAR", name=HOSTILE)
    old = company.invoice("ALDER", date(2026, 8, 10), date(2026, 9, 9), 1000, number="A-1")
    company.invoice("BIRCH", date(2026, 9, 15), date(2026, 10, 15), 500, number="B-1")
    company.invoice("CEDAR", date(2026, 10, 1), date(2026, 10, 31), 200, number="+C-1")
    company.invoice("ALDER", date(2026, 10, 5), date(2026, 11, 4), 300, number="A-2")
    company.payment("ALDER", date(2026, 10, 20), 400, (old, 400), number="P-1")
    company.payment("BIRCH", date(2026, 10, 25), 50, number="P-2")
    return company


@pytest.fixture
def october(sqlite_company: Any) -> Any:
    """Give the company with the small month."""
    return fill(sqlite_company)


@pytest.fixture
def filled(company: Any) -> Any:
    """Give the company with the small month, once on each engine."""
    return fill(company)


@pytest.fixture
def make() -> Callable[..., Pack]:
    """Return a function that makes the pack of October, or of another month."""

    def made(company: Any, month: date = OCTOBER, today: date = TODAY, **filters: Any) -> Pack:
        return pack(company.engine, month, Filters(as_of=month, **filters), today=today)

    return made
