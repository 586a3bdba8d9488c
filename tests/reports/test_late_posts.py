"""What was posted into a frozen month is news of the day it was recorded."""

from __future__ import annotations

from datetime import UTC
from datetime import date
from datetime import datetime
from datetime import timedelta
from typing import Any

import pytest

from arcore.company.service import freeze_month
from arcore.reports.filters import Filters
from arcore.reports.news import News
from arcore.reports.news import since
from arcore.store.unit import Actor

OCT = date(2026, 10, 31)


@pytest.fixture
def frozen(company: Any) -> Any:
    """Give a company with one invoice, whose September and October are frozen."""
    company.customer("OAK", owner="Ben")
    company.invoice("OAK", date(2026, 8, 1), date(2026, 10, 1), 300, number="INV-1")
    for day in (date(2026, 9, 30), OCT):
        freeze_month(company.engine, day=day, today=datetime.now(UTC).date(), actor=Actor("Anna"))
    return company


def line(company: Any, **filters: Any) -> News | None:
    """Return the line about closed periods, looked at on the day of recording."""
    today = datetime.now(UTC).date()
    rows = since(company.engine, Filters(as_of=today, **filters), first=today).rows
    return next((row for row in rows if row.kind == "closed_period"), None)


def test_what_was_there_before_the_freeze_is_no_news(frozen: Any) -> None:
    assert line(frozen) is None


def test_a_late_invoice_and_a_late_credit_are_told_with_their_effect(frozen: Any) -> None:
    frozen.invoice("OAK", date(2026, 10, 20), date(2026, 11, 20), 100)
    frozen.credit_note("OAK", date(2026, 9, 15), 30)
    frozen.invoice("OAK", date(2026, 11, 2), date(2026, 12, 2), 50)  # November is open
    found = line(frozen)
    assert found is not None
    assert (found.amount, found.count, found.detail) == (7_000, 2, "into Sep 2026, Oct 2026")


def test_the_line_keeps_to_the_filters_and_to_its_days(frozen: Any) -> None:
    frozen.invoice("OAK", date(2026, 10, 20), date(2026, 11, 20), 100)
    assert line(frozen, owners=("Cleo",)) is None
    today = datetime.now(UTC).date()
    yesterday = today - timedelta(days=1)
    assert not [
        row
        for row in since(frozen.engine, Filters(as_of=yesterday), first=yesterday).rows
        if row.kind == "closed_period"
    ]
