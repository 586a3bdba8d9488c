"""A reminder with a paper, through a real mail server: the very PDF arrives beside the statement."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from email import message_from_bytes
from email.policy import default
from typing import Any

import pytest
from sqlalchemy import Engine

from arcore.company import service as company
from arcore.customers import service as customers
from arcore.dunning import queries
from arcore.dunning import service
from arcore.intake import papers
from arcore.ledger import service as ledger
from arcore.settings import settings
from arcore.store.unit import Actor

ANNA = Actor("anna")
DAY = date(2026, 5, 20)
PDF = b"%PDF-1.4\n" + bytes(range(256)) * 40


@pytest.fixture
def owed(sqlite_engine: Engine, monkeypatch: pytest.MonkeyPatch) -> tuple[Engine, int]:
    """Return books in which Alder owes INV-1 since 1 May, with its paper; reminders are live on 20 May 2026."""
    monkeypatch.setenv("ARCORE_TODAY", DAY.isoformat())
    settings.cache_clear()
    engine = sqlite_engine
    company.save_profile(engine, name="Ours", currency="EUR", sender="Ours", bank_details="X", actor=ANNA)
    alder = customers.create_customer(engine, code="C1", name="Alder Ltd", actor=ANNA)["customer"]
    customers.save_contact(engine, customer_id=alder, role="payables", email="ap@alder.example", actor=ANNA)
    ledger.post_invoice(
        engine, customer_id=alder, document_date=date(2026, 4, 1), currency="EUR",
        instalments=[(Decimal("100.00"), date(2026, 5, 1))], details={"number": "INV-1"}, actor=ANNA,
    )  # fmt: skip
    papers.add(engine, files=[("Rechnung INV-1.pdf", PDF)], actor=ANNA)
    service.go_live(engine, opening={}, daily_limit=0, actor=ANNA)
    return engine, alder


def test_the_paper_arrives_with_the_mail(
    owed: tuple[Engine, int], opened: Callable[..., Any], configured: Callable[..., None]
) -> None:
    engine, alder = owed
    office = opened()
    configured(office.port)
    [paper] = papers.papers(engine)
    said = service.send_one(engine, customer_id=alder, entity="main", as_of=DAY, actor=ANNA, papers=[paper.id])
    assert said["state"] == "sent"
    [taken] = office.taken
    files = list(message_from_bytes(taken.raw, policy=default).iter_attachments())
    assert files[-1].get_filename() == "Rechnung_INV-1.pdf"
    assert files[-1].get_content_type() == "application/pdf"
    assert files[-1].get_payload(decode=True) == PDF
    assert len(files) == 2, "the statement of account goes too"
    [named] = queries.message(engine, said["message"]).papers
    assert (named.id, named.sha256) == (paper.id, hashlib.sha256(PDF).hexdigest())
