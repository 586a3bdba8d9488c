"""The process review from the command line."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from arcore.ledger import service
from arcore.store.customers import Customer
from arcore.store.engine import open_engine
from arcore.store.migrate import migrate
from arcore.store.unit import Actor
from arcore.store.unit import commit
from arcore.worklist.service import log_talk

ANNA = Actor("Anna")
AS_OF = ("--as-of", "2026-10-31")


@pytest.fixture
def store(tmp_path) -> str:
    """Give the address of a store: 100.00 paid 10 days late, called about on the fourth; 300.00 paid 2 days late."""
    url = f"sqlite:///{tmp_path / 'books.db'}"
    engine = open_engine(url)
    migrate(engine)

    def body(unit):
        unit.session.add_all(Customer(id=number, code=f"C{number}", name=f"Alder [bold]{number}") for number in (1, 2))
        return {}

    commit(engine, body, actor=ANNA, verb="setup")
    for number, amount, paid in ((1, "100.00", 11), (2, "300.00", 3)):
        facts = service.post_invoice(
            engine, customer_id=number, document_date=date(2026, 8, 2), currency="EUR", actor=ANNA,
            instalments=[(Decimal(amount), date(2026, 9, 1))], details={"number": f"INV-{number}"},
        )  # fmt: skip
        service.record_payment(
            engine, customer_id=number, received_on=date(2026, 9, paid), currency="EUR", amount=Decimal(amount),
            apply_to=[(facts["items"][0], Decimal(amount))], actor=ANNA,
        )  # fmt: skip
    log_talk(engine, customer_id=1, on=date(2026, 9, 5), outcome="reached", actor=ANNA)
    engine.dispose()
    return url


def test_process_for_scripts(arcore, store):
    found = arcore("--store", store, "process", *AS_OF, "--by", "customer", "--json").document

    assert (found["period"], found["before"]) == (["2026-07-01", "2026-09-30"], ["2026-04-01", "2026-06-30"])
    assert found["on_record"] == {"reminders": 0, "talks": 1, "promises": 0}
    steps = {step["step"]: (step["invoices"], step["mean_days"], step["amount_days"]) for step in found["steps"]}
    assert steps == {
        "terms": (2, 30, "12000.00"), "unattended": (1, 2, "600.00"), "contact": (1, 4, "400.00"),
        "after_contact": (1, 6, "600.00"),
    }  # fmt: skip
    assert (found["whole"]["mean_days"], found["late"]["mean_days"]) == (34, 4)
    assert found["steps"][0]["verdict"] == "few"
    assert [(row["key"], row["days"], row["amount_days_lost"]) for row in found["rows"]] == [
        ("C1", 40, "1000.00"), ("C2", 32, "600.00"),
    ]  # fmt: skip


def test_process_for_people_names_steps_and_customers(arcore, store):
    answer = arcore("--store", store, "process", *AS_OF, "--quarter", "2026q3", "--by", "customer")

    assert answer.code == 0
    assert "Due date to first contact" in answer.out
    assert "Alder [bold]1" in answer.out
    assert "too few" in answer.out


def test_days_of_ones_own_choosing(arcore, store):
    found = arcore("--store", store, "process", *AS_OF, "--from", "2026-09-10", "--to", "2026-09-11", "--json").document

    assert found["before"] == ["2026-09-08", "2026-09-09"]
    assert found["whole"]["invoices"] == 1


@pytest.mark.parametrize(
    "wrong",
    [
        ("--quarter", "2026-Q5"),
        ("--quarter", "2027-Q1"),
        ("--from", "2026-09-10"),
        ("--quarter", "2026-Q3", "--from", "2026-09-10"),
        ("--by", "colour"),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(arcore, store, wrong):
    answer = arcore("--store", store, "process", *AS_OF, *wrong)

    assert answer.code == 2
    assert answer.err.strip()
