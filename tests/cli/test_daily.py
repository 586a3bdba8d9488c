"""`daily`: what is due today, once, however often and wherever it runs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import date
from decimal import Decimal
from email import message_from_bytes

import pytest

from arcore.company import service as company
from arcore.customers import service as customers
from arcore.dunning import service
from arcore.ledger import service as ledger
from arcore.settings import settings
from arcore.store.engine import open_engine
from arcore.store.unit import Actor

ANNA = Actor("anna")
CUSTOMERS = 12


@pytest.fixture
def books(own_store_url, monkeypatch, tmp_path):
    """Twelve customers owe 50.00 each since 1 May; it is 20 May. Gives the address of the store and its engine."""
    monkeypatch.setenv("ARCORE_TODAY", "2026-05-20")
    monkeypatch.setenv("ARCORE_DATA_DIR", str(tmp_path / "data"))
    settings.cache_clear()
    engine = open_engine(own_store_url)
    company.save_profile(engine, name="Ours", currency="EUR", sender="Ours", bank_details="X", actor=ANNA)
    for number in range(CUSTOMERS):
        made = customers.create_customer(engine, code=f"C{number}", name=f"Customer {number}", actor=ANNA)["customer"]
        customers.save_contact(engine, customer_id=made, role="payables", email=f"c{number}@x.example", actor=ANNA)
        ledger.post_invoice(
            engine,
            customer_id=made,
            document_date=date(2026, 4, 1),
            currency="EUR",
            instalments=[(Decimal(50), date(2026, 5, 1))],
            actor=ANNA,
        )
    yield own_store_url, engine
    engine.dispose()
    monkeypatch.undo()
    settings.cache_clear()


@pytest.fixture
def daily(arcore, books):
    """Return a function that runs the command with --json."""
    return lambda *words: arcore("--store", books[0], "--json", "daily", *words)


def test_before_going_live_it_does_nothing_and_says_so(daily, arcore, books, tmp_path):
    answer = daily()
    assert (answer.code, answer.document["live"], answer.document["message_ids"]) == (0, False, [])
    said = " ".join(arcore("--store", books[0], "daily").out.split())
    assert said.startswith("Reminders are not live yet: nothing was sent.")
    assert "12 reminders would be due" in said
    assert not (tmp_path / "data" / "outbox").exists()


def test_it_does_the_days_work_once(daily, books):
    service.go_live(books[1], opening={}, daily_limit=0, actor=ANNA)
    first = daily().document
    assert (first["sent"], first["first_today"], first["held"]) == (CUSTOMERS, True, {"already_sent": CUSTOMERS})
    second = daily().document
    assert (second["sent"], second["first_today"], second["message_ids"]) == (0, False, [])


def test_two_hosts_at_once_send_each_customer_one(books, tmp_path):
    """Two programs with data folders of their own, as on two hosts, start together on one store."""
    service.go_live(books[1], opening={}, daily_limit=0, actor=ANNA)
    books[1].dispose()
    programs = [
        subprocess.Popen(
            [sys.executable, "-m", "arcore", "--store", books[0], "--json", "daily"],
            env=os.environ | {"ARCORE_DATA_DIR": str(tmp_path / f"host{number}")},
            stdout=subprocess.PIPE,
        )
        for number in range(2)
    ]
    answers = [json.loads(program.communicate(timeout=120)[0]) for program in programs]
    assert [program.returncode for program in programs] == [0, 0]
    assert sorted(number for answer in answers for number in answer["message_ids"]) == list(range(1, CUSTOMERS + 1))
    assert sorted(answer["first_today"] for answer in answers) == [False, True]
    letters = [message_from_bytes(path.read_bytes()) for path in tmp_path.glob("host*/outbox/*.eml")]
    assert sorted(letter["To"] for letter in letters) == sorted(f"c{number}@x.example" for number in range(CUSTOMERS))
