"""What a table is, told from its headers and titles; words in cells; the system it comes from."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from arcore.intake import words
from arcore.intake.layout import bucket_columns
from arcore.intake.profiles import built_in
from arcore.intake.profiles import recognise
from arcore.intake.understood import BALANCES
from arcore.intake.understood import CREDIT_NOTES
from arcore.intake.understood import CUSTOMERS
from arcore.intake.understood import INVOICES
from arcore.intake.understood import LEDGER
from arcore.intake.understood import OPEN_ITEMS
from arcore.intake.understood import OTHER
from arcore.intake.understood import PAYMENTS
from arcore.intake.understood import Understood

ReadText = Callable[..., Understood]

KINDS = [
    ("Invoice No,Customer,Date,Amount", INVOICES),
    ("A/R Aging Detail,,,\nInvoice No,Customer,Date,Amount", OPEN_ITEMS),
    ("Offene Posten,,,\nInvoice No,Customer,Date,Amount", OPEN_ITEMS),
    ("Invoice No,Customer,Date,Amount,Days overdue", OPEN_ITEMS),
    ("Invoice No,Customer,Date,Current,1-30,31-60,Amount", OPEN_ITEMS),
    ("Invoice No,Customer,Due date,Open balance", OPEN_ITEMS),
    ("Payments,,,\nInvoice No,Customer,Date,Amount", PAYMENTS),
    ("Payment ID,Customer,Date,Amount", PAYMENTS),
    ("Credit notes,,,\nInvoice No,Customer,Date,Amount", CREDIT_NOTES),
    ("Customer,Email,Phone", CUSTOMERS),
    ("Customer,Terms,Balance,Email", CUSTOMERS),
    ("Customer,0-30,31-60,Total", BALANCES),
    ("Transaction ID,Date,Account Name,Debit,Credit,Customer", LEDGER),
    ("Account Number,Account,Debit,Credit", OTHER),
    ("Quote Number,Client,Amount,Quote Date,Due date", OTHER),
    ("Client,Frequency,Invoice Number,Amount,Start Date", OTHER),
    ("Vendor,Bill Number,Bill Date,Due date,Amount", OTHER),
    ("Name,Sale price,Purchase price,Description", OTHER),
    ("id,created,amount,fee,net,currency", OTHER),
    ("Date,Description,Amount,Balance", OTHER),
]


@pytest.mark.parametrize(("header", "kind"), KINDS)
def test_headers_and_titles_tell_the_kind(read_text: ReadText, header: str, kind: str) -> None:
    found = read_text(header + "\n")
    assert found.kind == kind
    assert bool(found.reason) == (kind in {OTHER, BALANCES})


def test_a_snapshot_by_title_that_is_mostly_paid_is_a_list(read_text: ReadText) -> None:
    head = "As of 31 December 2025,,,,\nInvoice No,Customer,Date,Amount,Open balance\n"
    rows = [f"{number},Alder,2025-12-01,5.00,{'5.00' if number == 1 else '0.00'}\n" for number in range(1, 5)]
    assert read_text(head + "".join(rows), currency="EUR").kind == INVOICES
    assert read_text(head + rows[0], currency="EUR").kind == OPEN_ITEMS


def test_buckets_are_known_in_their_spellings() -> None:
    assert (
        bucket_columns(["Customer", "Current", "1-30", "31 to 60", "<= 090 days", "> 90", "91 and over", "Total"]) == 6
    )
    assert bucket_columns(["Invoice 1-30", "2026-01-30", "Amount"]) == 0


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("Invoice", "invoice"),
        ("Tax Invoice", "invoice"),
        ("RV", "invoice"),
        ("RECHNUNG", "invoice"),
        ("Credit Memo", "credit_note"),
        ("DG", "credit_note"),
        ("Avoir", "credit_note"),
        ("CustPymt", "payment"),
        ("DZ", "payment"),
        ("Finance Charge Memo", "late_charge"),
        ("Journal Entry", words.BY_SIGN),
        ("ACCPAY", words.NOT_RECEIVABLE),
        ("RV - Billing transfer", "invoice"),
        ("X4", ""),
        ("", ""),
    ],
)
def test_types_of_documents_in_several_languages(word: str, kind: str) -> None:
    assert words.type_of(word) == kind


@pytest.mark.parametrize(
    ("word", "state"),
    [("Paid", "paid"), ("Bezahlt", "paid"), ("Overdue", "open"), ("Partially Paid", "partial"), ("Entwurf", "draft")],
)
def test_states_in_several_languages(word: str, state: str) -> None:
    assert words.state_of(word) == state


def test_sides_and_answers() -> None:
    assert [words.side_of(flag) for flag in ("S", "H", "Dr", "cr", "Soll", "?")] == [1, -1, 1, -1, 1, 0]
    assert [words.is_yes(one) for one in ("Ja", "0", True, "1.0", "maybe")] == [True, False, True, True, None]


def test_the_system_is_told_by_its_headers() -> None:
    assert recognise(["*ContactName", "*InvoiceNumber", "*InvoiceDate", "*DueDate"], [], built_in()).name == "xero"
    assert (
        recognise(["Client", "Invoice Number", "Amount", "Date"], ["Invoice Ninja v4"], built_in()).name
        == "invoice_ninja"
    )
    assert recognise(["Client", "Invoice Number", "Amount", "Date"], [], built_in()).name == "generic"
