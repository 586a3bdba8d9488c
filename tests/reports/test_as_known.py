"""A frozen month and a day as known then: what came to be known since shows as such, with its effect."""

from __future__ import annotations

from datetime import UTC
from datetime import date
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest

from arcore.company.service import freeze_month
from arcore.reports.as_known import as_known
from arcore.reports.as_known import frozen_months
from arcore.reports.filters import Filters
from arcore.store.unit import Actor

OCT, TODAY = date(2026, 10, 31), date(2026, 11, 20)


@pytest.fixture
def frozen(company: Any) -> Any:
    """Give a company with 900 invoiced in 92 days, 300 of it overdue, whose October is frozen."""
    company.customer("OAK")
    company.customer("OURS", intercompany=True)
    for what in ("balances", "sales", "receipts"):
        company.complete(what, date(2026, 1, 1))
    company.first = company.invoice("OAK", date(2026, 8, 1), date(2026, 10, 1), 300, number="INV-1")
    company.invoice("OAK", date(2026, 10, 1), date(2026, 12, 1), 600, number="INV-2")
    company.invoice("OURS", date(2026, 10, 1), date(2026, 12, 1), 7, number="IC-1")
    freeze_month(company.engine, day=OCT, today=TODAY, actor=Actor("Anna"))
    return company


def since(company: Any, **filters: Any) -> Any:
    """Compare October as frozen with October as known now."""
    close = frozen_months(company.engine)[OCT]
    return as_known(company.engine, Filters(as_of=OCT, **filters), close.at)


def measures(found: Any) -> dict[str, tuple[Any, Any]]:
    """Return each measure then and now."""
    return {one.label: (one.then.exact, one.now.exact) for one in found.measures}


def test_at_first_nothing_was_posted_since(frozen: Any) -> None:
    found = since(frozen)
    assert (found.same, found.entries, [one.change for one in found.balances]) == (True, (), [0])
    frozen.invoice("OAK", date(2026, 11, 2), date(2026, 12, 2), 50)  # November is open: no news of October
    assert since(frozen).same


def test_before_anything_was_recorded_nothing_is_known_not_zero(frozen: Any) -> None:
    close = frozen_months(frozen.engine)[OCT]
    found = as_known(frozen.engine, Filters(as_of=OCT), datetime(2020, 1, 1, tzinfo=UTC))
    assert found.known_from is not None
    assert datetime(2020, 1, 1, tzinfo=UTC) < found.known_from <= close.at
    assert since(frozen).known_from is None
    frozen.invoice("OAK", date(2026, 10, 20), date(2026, 12, 25), 5, entity="north", number="N-1")
    assert since(frozen).known_from is None
    assert since(frozen, entity="north").known_from > close.at


def test_a_back_dated_invoice_shows_with_its_effect_on_balance_and_measures(frozen: Any) -> None:
    frozen.invoice("OAK", date(2026, 10, 20), date(2026, 10, 25), 100, number="INV-9")
    found = since(frozen)
    [row] = found.entries
    assert (row.document, row.amount, row.effective_on, row.recorded_by) == (
        "INV-9",
        10_000,
        date(2026, 10, 20),
        "Anna",
    )
    [balance] = found.balances
    assert (balance.then, balance.now, balance.change) == (90_000, 100_000, 10_000)
    assert measures(found)["Overdue"] == (300, 400)
    assert measures(found)["DSO"] == (92, 92)
    then, now = measures(found)["Average days delinquent"]
    assert (then.quantize(Decimal("0.01")), now) == (Decimal("30.67"), Decimal(400) / 1000 * 92)


def test_the_effects_add_up_to_the_change_of_every_balance(frozen: Any) -> None:
    frozen.invoice("OAK", date(2026, 10, 20), date(2026, 12, 25), 100, number="INV-9")
    frozen.credit_note("OAK", date(2026, 10, 21), 30, number="CN-1")
    frozen.invoice("OAK", date(2026, 10, 20), date(2026, 12, 25), 5, entity="north", number="N-1")
    frozen.invoice("OURS", date(2026, 10, 20), date(2026, 12, 25), 11, number="IC-2")
    found = since(frozen)
    assert [(e.document, e.amount) for e in found.entries] == [("INV-9", 10_000), ("CN-1", -3_000), ("N-1", 500)]
    assert {(b.entity, b.change) for b in found.balances} == {("main", 7_000), ("north", 500)}
    assert [e.document for e in since(frozen, entity="north").entries] == ["N-1"]


def test_a_document_taken_back_since_shows_as_taken_back(frozen: Any) -> None:
    frozen.do("void", document_id=2)
    [row] = since(frozen).entries
    assert (row.kind, row.reverses, row.amount) == ("Invoice, taken back", "INV-2", -60_000)


def test_matching_since_moves_no_balance_but_is_said(frozen: Any) -> None:
    paid = frozen.payment("OAK", date(2026, 10, 30), 100, number="PAY-1")
    freeze_again = datetime.now(UTC)
    frozen.do("apply", from_item_id=paid, to_item_id=frozen.first, amount=Decimal(100), on=date(2026, 10, 30))
    found = as_known(frozen.engine, Filters(as_of=OCT), freeze_again)
    assert (found.count, found.matches, found.same) == (0, 1, False)
    [row] = found.matched
    assert (row.source, row.target, row.amount, row.effective_on) == ("PAY-1", "INV-1", 10_000, date(2026, 10, 30))
    assert measures(found)["Overdue"] == (300, 200)


def test_what_was_frozen_can_be_made_again_from_the_books(frozen: Any) -> None:
    frozen.invoice("OAK", date(2026, 10, 20), date(2026, 10, 25), 100)
    close = frozen_months(frozen.engine)[OCT]
    assert dict(close.balances) == {("main", "EUR"): 90_700}  # with the 7 of our own group, which reports leave out
    assert since(frozen).balances[0].then == 90_000


def test_a_rate_that_was_corrected_since_is_not_in_what_was_known(frozen: Any) -> None:
    frozen.invoice("OAK", date(2026, 10, 1), date(2026, 12, 1), 100, currency="USD")
    frozen.rate("USD", "EUR", date(2026, 10, 31), "0.50")
    before = datetime.now(UTC)
    frozen.rate("USD", "EUR", date(2026, 10, 31), "0.90")
    found = as_known(frozen.engine, Filters(as_of=OCT, currency="EUR"), before)
    assert measures(found)["Open balance"] == (950, 990)


def test_sales_that_were_declared_complete_later_give_no_measure_then(company: Any) -> None:
    company.customer("OAK")
    company.invoice("OAK", date(2026, 10, 1), date(2026, 12, 1), 600)
    found = as_known(company.engine, Filters(as_of=OCT), datetime.now(UTC))
    assert measures(found)["DSO"] == (None, None)
    assert [one.change for one in found.measures if one.label == "DSO"] == [None]
