"""The two files in data/samples are understood as their README says."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

from arcore.intake.plan import plan
from arcore.intake.reading import understand
from arcore.intake.service import commit
from arcore.intake.understood import Understood
from arcore.intake.understood import totals
from arcore.ledger.control import control_totals
from arcore.settings import ROOT
from arcore.store.engine import reading

FOLDER = ROOT / "data" / "samples"


def read(name: str) -> list[Understood]:
    return understand([(name, Path(FOLDER / name).read_bytes())])


def test_the_aging_detail_loses_one_line_and_says_so():
    (aging,) = read("quickbooks-ar-aging-detail.csv")

    assert (aging.kind, aging.profile, str(aging.as_of)) == ("open_items", "quickbooks_online", "2026-10-31")
    assert (aging.rows_used, dict(aging.left_out)) == (48, {"title": 4, "group": 5, "total": 6, "footer": 1})
    (refused,) = aging.refused
    assert (refused.number, refused.value) == ("2399", "09/31/2026")
    assert [total.difference for total in aging.file_totals] == [Decimal("515.00")] * 2
    held = totals(aging.rows)[""]
    assert held.open == Decimal("182541.01") - Decimal("515.00")
    assert (held.invoices.count, held.credit_notes.sum, held.payments.sum) == (46, Decimal(420), Decimal(1250))


def test_the_workbook_ties_its_payments_to_its_invoices():
    invoices, payments = read("invoices-and-payments.xlsx")

    assert (invoices.kind, payments.kind) == ("invoices", "payments")
    assert (invoices.refused, payments.refused) == ((), ())
    assert (invoices.rows_used, payments.rows_used) == (84, 65)
    owed = totals(invoices.rows)
    assert (owed["EUR"].open, owed["GBP"].open) == (Decimal("119164.58"), Decimal("42434.94"))
    numbers = {row.number for row in invoices.rows}
    assert [row.amount for row in payments.rows if row.applies_to not in numbers] == [Decimal(2600)]
    for currency, on_account in (("EUR", Decimal(0)), ("GBP", Decimal(2600))):
        held = owed[currency]
        assert held.open == held.invoices.sum - held.credit_notes.sum - (
            totals(payments.rows)[currency].payments.sum - on_account
        )


def test_both_go_into_the_books_and_a_second_time_changes_nothing(sqlite_engine, actor):
    for name, currency in (("quickbooks-ar-aging-detail.csv", "USD"), ("invoices-and-payments.xlsx", "EUR")):
        for first in (True, False):
            made = plan(
                sqlite_engine,
                read(name),
                currency=currency,
                today=date(2026, 11, 2),
                contents={name: (FOLDER / name).read_bytes()},
            )
            number = commit(sqlite_engine, made, actor=actor)
            assert (number is not None) is first

    with reading(sqlite_engine) as session:
        assert control_totals(session, date(2026, 10, 31)) == {"USD": 182_026_01, "EUR": 119_164_58, "GBP": 39_834_94}
