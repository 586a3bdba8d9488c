"""`goals`: how targets stand, and an exit code that a timer can act on."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from arcore.company import service as company
from arcore.customers import service as customers
from arcore.goals import service
from arcore.ledger import service as ledger
from arcore.store.unit import Actor

ANNA = Actor("anna")
DAY = "2026-05-20"


@pytest.fixture
def books(sqlite_engine, sqlite_url):
    """One customer owes 150.00 since 1 May; 100.00 is the target, an alert stands above 120.00."""
    company.save_profile(sqlite_engine, name="Ours", currency="EUR", actor=ANNA)
    made = customers.create_customer(sqlite_engine, code="C1", name="Alder", actor=ANNA)["customer"]
    ledger.post_invoice(
        sqlite_engine, customer_id=made, document_date=date(2026, 4, 1), currency="EUR", actor=ANNA,
        instalments=[(Decimal(150), date(2026, 5, 1))],
    )  # fmt: skip
    service.set_target(
        sqlite_engine, measure="overdue", value=Decimal(100), high=Decimal(120), currency="EUR", owner="Ana", actor=ANNA
    )
    return sqlite_url


def test_scripts_get_every_target_with_its_alert(arcore, books):
    answer = arcore("--store", books, "--json", "goals", "--as-of", DAY)
    assert answer.code == 0
    assert (answer.document["as_of"], answer.document["alerts"]) == (DAY, 1)
    [target] = answer.document["targets"]
    told = {name: target[name] for name in ("measure", "value", "target", "gap", "state", "owner", "high", "low")}
    assert told == {
        "measure": "overdue.gross_debits", "value": "150.00", "target": "100.00", "gap": "50.00", "state": "off",
        "owner": "Ana", "high": "120.00", "low": None,
    }  # fmt: skip
    assert target["alert"] == {"side": "above", "limit": "120.00", "since": DAY, "beyond": "30.00"}


def test_people_get_a_table_and_a_sentence(arcore, books):
    answer = arcore("--store", books, "goals", "--as-of", DAY)
    assert answer.code == 0
    assert "Outside of its band: Overdue: €150, above €120 since 20 May" in answer.out


def test_fail_is_one_while_an_alert_stands_and_none_else(arcore, books):
    assert arcore("--store", books, "goals", "--as-of", DAY, "--fail").code == 1
    assert arcore("--store", books, "--json", "goals", "--as-of", DAY, "--fail").document["alerts"] == 1
    assert arcore("--store", books, "goals", "--as-of", "2026-04-30", "--fail").code == 0


def test_without_targets_it_says_where_they_are_set(arcore, sqlite_url):
    answer = arcore("--store", sqlite_url, "goals", "--fail")
    assert (answer.code, "No target is set" in answer.out) == (0, True)


def test_the_work_of_the_day_names_what_left_its_band(arcore, books, monkeypatch):
    monkeypatch.setenv("ARCORE_TODAY", DAY)
    from arcore.settings import settings

    settings.cache_clear()
    answer = arcore("--store", books, "--json", "daily")
    assert [alert["measure"] for alert in answer.document["alerts"]] == ["overdue.gross_debits"]
    assert "Outside of its band: Overdue" in arcore("--store", books, "daily").out
    monkeypatch.undo()
    settings.cache_clear()
