"""Dilution: what was invoiced and never became cash."""

from __future__ import annotations

from datetime import date

from arcore.analytics.conversion import Conversion
from arcore.analytics.coverage import Coverage
from arcore.analytics.dilution import by_credit_notes
from arcore.analytics.history import history
from arcore.analytics.kpis import BY_KEY
from arcore.analytics.lens import Lens
from arcore.analytics.measure import measure

MAR = date(2026, 3, 31)


def test_credit_notes_against_what_was_invoiced(book):
    """1,000 invoiced and 10 charged; 50 credited, of which 9 were voided again; 20 discount; 30 written off."""
    book.post("invoice", date(2026, 1, 1), 1_000_00)
    book.post("late_charge", date(2026, 1, 1), 25_00)
    book.post("credit_note", date(2026, 2, 1), 50_00)
    book.post("credit_note", date(2026, 2, 1), -9_00)
    book.post("discount", date(2026, 2, 1), 20_50)
    book.post("write_off", date(2026, 2, 1), 30_00, reason="uncollectible")
    seen = Lens(history(book.columns(), [MAR]), Conversion("EUR", ("EUR",)), Coverage.complete())
    assert measure(seen, BY_KEY["dilution", "credit_notes"], MAR).value == 4
    assert measure(seen, BY_KEY["dilution", "with_discounts"], MAR).value == 6


def test_nothing_invoiced():
    assert by_credit_notes(credit_notes=10, invoiced=0).undefined == "nothing was invoiced in the window"
