"""Shares of open debit items."""

from __future__ import annotations

import pytest

from arcore.analytics.share import current
from arcore.analytics.share import over_90
from arcore.analytics.share import overdue
from arcore.analytics.share import schedule


def test_shares_are_of_debit_items_alone():
    not_due, late, unapplied = 600, 20, -100
    gross = not_due + late
    assert current(ar_current=not_due, gross_debits=gross).value == pytest.approx(100 * 600 / 620)
    assert overdue(overdue=late, gross_debits=gross).value == pytest.approx(100 * 20 / 620)
    netted = current(ar_current=not_due, gross_debits=gross + unapplied).value
    assert netted == pytest.approx(100 * 600 / 520), "what netting would show: more than all"


def test_nothing_open_has_no_share():
    assert over_90(over_90=0, gross_debits=0).undefined == "no debit item is open"


def test_a_schedule_without_a_current_bucket_is_all_past_due():
    table = schedule({"1-30": 10, "91+": 30})
    assert table.past_due == 40
    assert [table.current.value, table.over_90.value] == [0, 75]
