"""Invoices that were wrong at first."""

from __future__ import annotations

from arcore.analytics.revised import accuracy
from arcore.analytics.revised import revised_rate


def test_all_three_ways_count():
    figure = revised_rate(voided_reissued=1, credited_rebilled=2, changed_by_import=3, invoices_issued=200)
    assert figure.value == 3


def test_none_issued():
    figure = revised_rate(voided_reissued=1, credited_rebilled=0, changed_by_import=0, invoices_issued=0)
    assert figure.undefined == "no invoice was issued in the window"
    assert accuracy(invoices=0, accurate=0) is None
