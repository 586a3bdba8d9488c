"""Our balance beside the general ledger's: agreed, explained by documents, or a rest that nothing explains."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC
from datetime import date
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import insert
from sqlalchemy import text

from arcore.company.service import Balance
from arcore.company.service import save_balances
from arcore.reports.agreement import agreement
from arcore.reports.filters import Filters
from arcore.store.sources import FileTotal
from arcore.store.sources import Import
from arcore.store.unit import Actor

OCT = date(2026, 10, 31)
DUE = date(2026, 12, 31)
Compare = Callable[..., Any]


def says(company: Any, amount: float | str, **more: Any) -> None:
    """Let the general ledger state a balance of the end of October."""
    balance = Balance(OCT, more.pop("entity", "main"), "EUR", Decimal(str(amount)), "Trial balance", **more)
    save_balances(company.engine, balances=[balance], actor=Actor("Anna"))


@pytest.fixture
def compare(company: Any) -> Compare:
    """Return what compares the first place after the ledger stated its balance."""
    company.customer("OAK")
    company.invoice("OAK", date(2026, 10, 1), DUE, 1000, number="INV-1")

    def compared(amount: float | str | None = None, **more: Any) -> Any:
        if amount is not None:
            says(company, amount, **more)
        return agreement(company.engine, Filters(as_of=OCT))[0]

    return compared


def groups(found: Any) -> dict[str, tuple[int, list[str], bool]]:
    """Return effect, numbers and use of each group."""
    return {one.name: (one.effect, [e.document for e in one.entries], one.explains) for one in found.reasons}


def source(company: Any) -> None:
    """Let a source of the main entity be known."""
    with company.engine.execution_options(write=True).begin() as connection:
        connection.execute(
            text("INSERT INTO source (id, system, entity, scope, mapping) VALUES (1,'erp','main','','{}')")
        )
        connection.execute(
            insert(Import).values(
                id=1, source_id=1, kind="invoices", at=datetime(2026, 10, 1, tzinfo=UTC), by="a", plan="{}",
                audit_seq=0, undone_by="",
            )
        )  # fmt: skip


def test_without_a_figure_nothing_is_compared(compare: Compare) -> None:
    found = compare()
    assert (found.ours, found.stated, found.agrees, found.difference) == (100_000, None, None, None)


def test_an_equal_figure_agrees(compare: Compare) -> None:
    found = compare(1000)
    assert (found.agrees, found.difference, found.reasons, found.stated.source) == (True, 0, (), "Trial balance")


def test_what_was_recorded_after_the_ledger_was_asked_explains(company: Any, compare: Compare) -> None:
    says(company, 1000)
    company.invoice("OAK", date(2026, 10, 20), DUE, 50, number="INV-2")
    found = compare()
    assert (found.difference, found.rest, found.agrees) == (-5_000, 0, False)
    assert groups(found) == {"later": (-5_000, ["INV-2"], True)}


def test_the_day_the_ledger_was_asked_counts_not_the_day_it_was_typed(company: Any, compare: Compare) -> None:
    found = compare(0, drawn_on=OCT)  # every row was recorded after that day: the ledger had none
    assert groups(found) == {"later": (-100_000, ["INV-1"], True)}


def test_what_is_pending_in_source_explains(company: Any, compare: Compare) -> None:
    source(company)
    company.payment("OAK", date(2026, 10, 30), 200, number="PAY-1")
    with company.engine.begin() as connection:  # the file told the invoice, not the payment
        connection.execute(
            text(
                "INSERT INTO source_word (source_id, import_id, key, kind, number, customer_id, document_id, currency, "
                "amount, status, present, file) VALUES (1, 1, 'k', 'invoice', 'INV-1', 1, 1, 'EUR', 100000, '', "
                "true, 'f.csv')"
            )
        )
    found = compare(1000)
    assert found.difference == 20_000
    assert groups(found) == {"pending": (20_000, ["PAY-1"], True)}


def test_what_is_dated_by_the_day_and_posted_after_it_explains(company: Any, compare: Compare) -> None:
    company.invoice("OAK", date(2026, 10, 30), DUE, 70, number="INV-3", effective_on=date(2026, 11, 2))
    found = compare(1070)
    assert groups(found) == {"after": (7_000, ["INV-3"], True)}


def test_unapplied_cash_on_another_account_explains(company: Any, compare: Compare) -> None:
    company.payment("OAK", date(2026, 10, 30), 200, number="PAY-1")
    found = compare(1000)
    assert (found.ours, groups(found)) == (80_000, {"unapplied": (20_000, ["PAY-1"], True)})


def test_companies_of_our_own_group_explain(company: Any, compare: Compare) -> None:
    company.customer("OURS", intercompany=True)
    company.invoice("OURS", date(2026, 10, 1), DUE, 333, number="IC-1")
    found = compare(1333)
    assert (found.ours, groups(found)) == (100_000, {"group": (33_300, ["IC-1"], True)})


def test_two_groups_together_explain(company: Any, compare: Compare) -> None:
    company.payment("OAK", date(2026, 10, 30), 200, number="PAY-1")
    company.invoice("OAK", date(2026, 10, 30), DUE, 70, number="INV-3", effective_on=date(2026, 11, 2))
    found = compare(1070)
    assert (found.difference, found.rest) == (27_000, 0)
    assert {name: used for name, (_, _, used) in groups(found).items()} == {"after": True, "unapplied": True}


def test_a_rest_that_nothing_explains_is_named(company: Any, compare: Compare) -> None:
    says(company, "993.00")
    company.invoice("OAK", date(2026, 10, 20), DUE, 50, number="INV-2")
    found = compare()
    assert (found.difference, found.rest, found.candidates) == (-5_700, -700, ())
    assert groups(found)["later"][2]


def test_a_rest_that_one_document_equals_names_it(company: Any, compare: Compare) -> None:
    company.invoice("OAK", date(2026, 10, 20), DUE, 50, number="INV-2")
    found = compare(1000)
    assert (found.rest, [e.document for e in found.candidates]) == (-5_000, ["INV-2"])


def test_groups_that_may_explain_do_not_where_they_do_not_fit(company: Any, compare: Compare) -> None:
    company.payment("OAK", date(2026, 10, 30), 200, number="PAY-1")
    found = compare(900)
    assert (found.difference, found.rest) == (10_000, 10_000)
    assert groups(found) == {"unapplied": (20_000, ["PAY-1"], False)}


def test_each_entity_and_currency_stands_alone(company: Any, compare: Compare) -> None:
    company.invoice("OAK", date(2026, 10, 1), DUE, 40, entity="north")
    says(company, 40, entity="north")
    says(company, 5, entity="south")
    found = agreement(company.engine, Filters(as_of=OCT))
    assert [(c.entity, c.ours, c.agrees) for c in found] == [
        ("main", 100_000, None), ("north", 4_000, True), ("south", 0, False),
    ]  # fmt: skip
    assert [c.entity for c in agreement(company.engine, Filters(as_of=OCT, entity="north"))] == ["north"]


def test_a_files_own_total_counts_until_the_ledger_says_its_balance(company: Any, compare: Compare) -> None:
    source(company)
    company.change(
        FileTotal(import_id=1, day=OCT, entity="main", currency="EUR", amount=100_000, file="open.csv", column="Open")
    )
    found = compare()
    assert (found.agrees, found.stated.source) == (True, "own total of open.csv")
    found = compare(999)
    assert (found.agrees, found.stated.source) == (False, "Trial balance")
