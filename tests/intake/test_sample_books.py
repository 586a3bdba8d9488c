"""The sample exports of other systems, booked: whole books, nothing twice, either order, and back again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from arcore.errors import Refused
from arcore.intake.reading import understand

SYSTEMS = ("quickbooks_online_reports", "xero_sales_csv", "sap_fbl5n", "highradius_sap", "zoho_books", "invoice_ninja")
AS_OF = date(2026, 8, 31)


def read(folder: Path, *names: str) -> Sequence[Any]:
    """Understand sample files."""
    return understand([(name, (folder / name).read_bytes()) for name in names])


@pytest.mark.parametrize("system", SYSTEMS)
def test_every_sample_is_booked_once_or_refused_with_a_reason_and_undone(system, samples, other):
    folder = samples / system
    for path in sorted(folder.glob("*.csv")) + sorted(folder.glob("*.xlsx")):
        told = read(folder, path.name)
        options = {"include_drafts": True, "currency": "USD"}
        if any(one.kind == "open_items" and one.as_of is None for one in told):
            options["as_of"] = AS_OF
        before = other.history()
        try:
            number = other.take(*told, yes=True, **options)
        except Refused:
            assert other.history() == before
            assert {one.kind for one in told} <= {"other", "balances"}
            continue
        assert other.whole()
        assert other.take(*told, yes=True, **options) is None
        if number is not None:
            other.undo(number)
            assert other.history() == before
            assert other.take(*told, yes=True, **options) == number + 1
    assert other.whole()


def test_invoice_list_and_payments_in_a_second_file_in_either_order(samples, office_of, sqlite_engine, other):
    """The trap: the list infers 5,686.21 of payments, the second file tells 11,887.54. Cash is counted once.

    Two lines of the payments take 400.00 back for an invoice that is in no file; they stay open as refunds.
    """
    folder = samples / "invoice_ninja"
    one = office_of(sqlite_engine)
    one.take(*read(folder, "invoice.csv"))
    assert one.settled() == "-5686.21"
    one.take(*read(folder, "payments.csv"))
    other.take(*read(folder, "payments.csv"))
    other.take(*read(folder, "invoice.csv"))
    assert one.history() == other.history()
    assert one.cash() == other.cash() == "11887.54"
    assert one.settled() == other.settled() == "0.00"
    assert one.open() == other.open() == {"payment": "-26.67", "refund": "800.00"}
    assert one.whole()


def test_payment_in_the_list_itself_replaces_what_a_shorter_list_implied(samples, office_of, sqlite_engine, other):
    """The trap: a payment is a negative row without a number, and the invoice that it pays says "Paid"."""
    text = (samples / "quickbooks_online_reports" / "sales_transactions_iso.csv").read_text()
    whole = understand([("all.csv", text.encode())])
    rows = text.splitlines(keepends=True)
    invoices = understand([("invoices.csv", "".join(row for row in rows if ",Payment," not in row).encode())])
    payments = understand([("payments.csv", "".join(r for r in rows if ",Invoice," not in r).encode())])
    one = office_of(sqlite_engine)
    one.take(*invoices)
    assert [row["kind"] for row in one.rows("SELECT kind FROM document ORDER BY id")].count("settlement") == 1
    one.take(*whole)
    other.take(*payments)
    other.take(*invoices)
    assert one.history() == other.history()
    assert one.settled() == other.settled() == "0.00"
    assert one.open() == {"1051": "250.00"}
    assert one.take(*payments) is None


def test_snapshot_and_contacts_of_one_company_are_the_same_customers(samples, other):
    folder = samples / "quickbooks_online_reports"
    other.take(*read(folder, "ar_aging_detail_us.csv"), currency="USD")
    other.take(*read(folder, "customer_contact_list_us.csv"))
    names = [row["name"] for row in other.rows("SELECT name FROM customer ORDER BY name")]
    assert names == [
        "Alvarez, Dana",
        "Ghost Customer Ltd",
        "Nakamura, Yui",
        "Okafor, Chidi",
        "Saguaro Ridge Property Group",
    ]
    assert other.open("2025-12-30") == {
        "1041": "1284.50",
        "1052": "642.00",
        "1063": "4180.75",
        "1070": "310.00",
        "1071": "500.00",
    }
    assert other.open("2025-12-31")["1063"] == "2180.75"
    assert other.settled() == "-2000.00"
