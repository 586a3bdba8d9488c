"""Rows heard as documents of the books: what it costs to hear a great many."""

from __future__ import annotations

from datetime import date
from time import process_time
from typing import Any

from arcore.intake.changes import SourceKey
from arcore.intake.parties import Directory
from arcore.intake.told import Listener
from arcore.intake.told import Voice

VOICE = Voice(SourceKey("bank_tool", "main", ""), None, date(2026, 6, 30), "EUR", snapshot=False)


def seconds(files: Any, count: int) -> float:
    """Return what it costs to hear payments that each name an invoice."""
    rows = [files.payment(f"{n}.00", "01-05", f"INV-{n}", number=f"P-{n}", key=f"p{n}") for n in range(1, count + 1)]
    listener, understood = Listener(Directory(), include_drafts=False), files.payments(*rows)
    began = process_time()
    listener.hear(understood, VOICE)
    assert len(listener.heard.told) == count
    return process_time() - began


def test_a_payment_that_names_its_invoice_costs_the_same_however_many_came_before(files: Any) -> None:
    few = min(seconds(files, 2_000) for _ in range(3))
    assert seconds(files, 32_000) < 2 * 16 * few
