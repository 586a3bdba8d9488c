"""How much is contested."""

from __future__ import annotations

from arcore.analytics.dispute_rate import by_count
from arcore.analytics.dispute_rate import by_value


def test_of_invoices_issued_and_of_what_is_open():
    assert by_count(invoices_disputed=3, invoices_issued=200).value == 1.5
    assert by_value(disputed=50, gross_debits=1000).value == 5


def test_nothing_to_compare_with():
    assert by_count(invoices_disputed=1, invoices_issued=0).undefined == "no invoice was issued in the window"
    assert by_value(disputed=0, gross_debits=0).undefined == "no debit item is open"
