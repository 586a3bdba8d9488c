"""A figure is the same wherever it stands: tile, directory, aging and the list below the tile."""

from __future__ import annotations

from typing import Any

import pytest

from arcore.reports.aging import aging
from arcore.reports.customer import standing
from arcore.reports.customers import directory
from arcore.reports.filters import Filters
from arcore.reports.items import items

MOST = 40
"""Customers compared; the ones that owe most are first, and those with an unapplied credit are all there."""


@pytest.mark.parametrize("currency", ["EUR", "USD"])
def test_the_customer_its_row_in_the_directory_and_its_row_in_the_aging_agree(
    whole: Any, today: Any, currency: str
) -> None:
    filters = Filters(as_of=today, currency=currency)
    listed = directory(whole.engine, filters).table
    aged = {row.key: row for row in aging(whole.engine, filters, by="customer").cells if row.currency == currency}
    chosen = listed[(listed.index < MOST) | (listed["unapplied"] != 0)]
    assert len(chosen) > MOST
    assert set(listed[(listed["items"] > 0) & ~listed["group"]]["code"]) == set(aged)
    row: Any
    for row in chosen.itertuples():
        tile = standing(whole.engine, filters, row.id)
        below = items(whole.engine, filters, by="customer", key=row.code)
        late = sum(item.in_reporting or 0 for item in below if item.open > 0 and item.days_past_due > 0)
        assert (tile.open, tile.overdue, tile.unapplied, tile.items) == (
            row.open,
            row.overdue,
            row.unapplied,
            row.items,
        ), row.code
        assert below.reporting_total == tile.open, row.code
        assert late == tile.overdue, row.code
        if row.code in aged:
            there = aged[row.code]
            assert (there.open, there.overdue, there.unapplied) == (tile.open, tile.overdue, tile.unapplied), row.code


def test_the_directory_adds_up_to_the_total_of_the_aging_with_our_own_group_apart(whole: Any, today: Any) -> None:
    filters = Filters(as_of=today, currency="EUR")
    listed = directory(whole.engine, filters).table
    report = aging(whole.engine, filters, by="customer")
    [total] = report.totals
    assert listed["group"].any()
    assert listed[listed["group"]]["open"].sum() == sum(row.open for row in report.intercompany)
    listed = listed[~listed["group"]]
    assert (listed["open"].sum(), listed["overdue"].sum(), listed["unapplied"].sum()) == (
        total.open,
        total.overdue,
        total.unapplied,
    )
