"""How long after its date an invoice is known."""

from __future__ import annotations

from arcore.analytics.latency import NONE_LEARNT
from arcore.analytics.latency import invoice_latency


def test_a_plain_mean():
    assert invoice_latency(invoices_recorded=4, latency_days=6).value == 1.5


def test_none_recorded():
    assert invoice_latency(invoices_recorded=0, latency_days=0).undefined == NONE_LEARNT
