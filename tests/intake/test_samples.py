"""The sample exports of real systems, checked against what is expected of each.

Where an expectation and our reading differ on purpose:

* `highradius_sap`: the expectation calls the list "invoices"; its rows have an aging bucket and none is paid, so we
  read a snapshot of open items, which asks for its day. Its total 310,427,858.97 is the sum of amounts with up to three
  decimals; booked to the cent, invoice by invoice, the books say 310,427,859.34, and a warning says so.
* `xero_sales_csv` counts "99 contact + number pairs": two rows of one pair have different dates, so they are two
  invoices, 100 in all.
* `invoice_ninja/invoice.csv` "$": the file names no currency; the sign is read as USD unless the caller keeps its books
  in another dollar.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from arcore.intake.reading import understand
from arcore.intake.understood import BALANCES
from arcore.intake.understood import CUSTOMERS
from arcore.intake.understood import OPEN_ITEMS
from arcore.intake.understood import OTHER
from arcore.intake.understood import PAYMENTS
from arcore.intake.understood import Row
from arcore.intake.understood import Totals
from arcore.intake.understood import Understood
from arcore.intake.understood import totals

Expect = dict[str, dict[str, Any]]
Read = Callable[[str], Understood]


@pytest.fixture(scope="module")
def read(samples: Path) -> Read:
    """Return a function that understands one sample by its path."""
    known: dict[str, Understood] = {}

    def understood(path: str) -> Understood:
        if path not in known:
            (known[path],) = understand([(path, (samples / path).read_bytes())])
        return known[path]

    return understood


def only(found: Understood) -> Totals:
    """Return the totals of a file in one currency."""
    (one,) = totals(found.rows).values()
    return one


def numbers(found: Understood) -> dict[str, Row]:
    """Return the rows by number."""
    return {row.number: row for row in found.rows}


def test_quickbooks_aging_detail_is_a_snapshot_with_its_day(read: Read, expectations: Expect) -> None:
    path = "quickbooks_online_reports/ar_aging_detail_us.csv"
    found, expect = read(path), expectations[path]["expect"]
    assert found.kind == OPEN_ITEMS
    assert found.profile == "quickbooks_online"
    assert found.header_row == expect["header_row"]
    assert found.as_of == date.fromisoformat(expect["as_of"])
    assert only(found).invoices.count == expect["invoices"]
    assert only(found).invoices.sum == Decimal(expect["total"])
    assert only(found).open == Decimal(expect["open"])
    assert numbers(found)["1063"].open_amount == Decimal("2180.75")
    assert numbers(found)["1063"].po_number == "PO-8841"
    assert numbers(found)["1052"].document_date == date(2025, 12, 2), "12/02/2025 is read month first"
    assert min(row.document_date for row in found.rows if row.document_date).isoformat() == expect["date_range"][0]
    assert max(row.due_date for row in found.rows if row.due_date).isoformat() == expect["due_range"][1]


def test_quickbooks_invoice_list_adds_lines_but_not_the_repeated_balance(read: Read, expectations: Expect) -> None:
    path = "quickbooks_online_reports/invoice_list_dmy_multicurrency.csv"
    found, expect = read(path), expectations[path]["expect"]
    assert {
        number: [row.currency, str(row.amount), str(row.open_amount)] for number, row in numbers(found).items()
    } == expect["totals"]
    assert {number: str(row.document_date) for number, row in numbers(found).items()} == expect["dates"]
    assert found.left_out["total"] == expect["total_rows_to_ignore"]
    assert found.rows_used == expect["lines"]
    assert [(row.line, row.reason) for row in found.refused] == [(10, "The invoice number is missing")]
    assert any("different currencies" in warning for warning in found.warnings)


def test_quickbooks_status_says_what_is_open(read: Read, expectations: Expect) -> None:
    path = "quickbooks_online_reports/invoices_us_dates_status.csv"
    found, expect = read(path), expectations[path]["expect"]
    assert only(found).invoices.sum == Decimal(expect["total"])
    assert {number: str(row.document_date) for number, row in numbers(found).items()} == expect["dates"]
    assert numbers(found)["2001"].open_amount == 0
    assert numbers(found)["2002"].open_amount == 600


def test_quickbooks_payments_are_negative_rows_and_voided_invoices_do_not_count(
    read: Read, expectations: Expect
) -> None:
    path = "quickbooks_online_reports/sales_transactions_iso.csv"
    found, expect = read(path), expectations[path]["expect"]
    by_currency = totals(found.rows)
    assert sum(one.invoices.count for one in by_currency.values()) == expect["invoices_active"]
    assert by_currency["IDR"].payments.count == expect["payments"]
    assert by_currency["IDR"].payments.sum == Decimal(expect["payment_total"])
    assert by_currency["EUR"].open == Decimal(expect["open"]["1051"])
    assert numbers(found)["1052"].status == "void"


def test_quickbooks_customers_keep_duplicates_and_bad_addresses_out(read: Read, expectations: Expect) -> None:
    path = "quickbooks_online_reports/customer_contact_list_us.csv"
    found, expect = read(path), expectations[path]["expect"]
    assert found.kind == CUSTOMERS
    assert len(found.customers) == expect["customers"]
    assert found.left_out["duplicate"] == expect["duplicates"]
    assert len(found.refused) == expect["rejected"]
    assert any("not-an-email" in warning for warning in found.warnings)
    assert {one.name: one.terms for one in found.customers}["Saguaro Ridge Property Group"] == "30"


def test_quickbooks_contact_list_knows_parents_and_deleted_ones(read: Read, expectations: Expect) -> None:
    path = "quickbooks_online_reports/customer_contact_list_multicurrency.csv"
    found, expect = read(path), expectations[path]["expect"]
    by_name = {one.name: one for one in found.customers}
    assert len(by_name) == expect["customers"]
    assert by_name["Smith, John - USD"].open_balance == Decimal("1200.00")
    assert by_name["Maria Lopez"].inactive
    assert by_name["Nusa Group:Villa Ubud"].parent == "Nusa Group"
    assert found.left_out["total"] == 1


def test_a_trial_balance_is_refused_with_its_reason(read: Read) -> None:
    found = read("quickbooks_online_reports/trial_balance_us.csv")
    assert (found.kind, found.rows) == (OTHER, ())
    assert "trial balance" in found.reason


@pytest.mark.parametrize("name", ["NewSalesInvoiceTemplate.csv", "SalesInvoiceTemplate.csv", "temp.csv", "temp2.csv"])
def test_xero_template_sums_quantity_times_price(read: Read, expectations: Expect, name: str) -> None:
    path = f"xero_sales_csv/{name}"
    found, expect = read(path), expectations[path]["expect"]
    assert len(found.rows) == expect["rows"]
    assert only(found).invoices.sum == Decimal("232278.00")
    assert [str(pick(row.document_date for row in found.rows if row.document_date)) for pick in (min, max)] == expect[
        "date_range"
    ]
    assert len({row.number for row in found.rows}) == 64
    assert len(found.customer_keys()) == 59
    assert any("49 of 100 invoices are due before they are issued" in warning for warning in found.warnings)
    headerless = name.startswith("temp")
    assert [question.id for question in found.questions] == (["no_header"] if headerless else [])


def test_xero_template_reads_day_first_as_its_oracle_does(read: Read) -> None:
    def dates(name: str) -> list[tuple[str, date | None, date | None]]:
        rows = read(f"xero_sales_csv/{name}").rows
        return [(row.number, row.document_date, row.due_date) for row in rows]

    assert dates("NewSalesInvoiceTemplate.csv") == dates("temp2.csv")


def test_xero_export_takes_repeated_totals_once_and_refuses_two_rows(read: Read, expectations: Expect) -> None:
    path = "xero_sales_csv/SalesInvoices_export_lines.csv"
    found, expect = read(path), expectations[path]["expect"]
    documents = numbers(found)
    assert set(documents) == set(expect["documents"])
    assert {str(row.amount) for row in found.rows} == {"1580.94"}
    assert documents["INV-3440"].lines == expect["documents"]["INV-3440"]["lines"]
    assert documents["INV-3440"].open_amount == Decimal("1580.94")
    assert documents["CN-0091"].kind == "credit_note"
    assert documents["INV-9999"].document_date == date(2026, 7, 1)
    assert {row.currency for row in found.rows} == {"ZAR"}
    assert [row.line for row in found.refused] == [5, 6]
    assert found.refused[1].reason == "Date not-a-date is not a date"
    assert found.refused[1].number == "INV-3440", "so that its invoice counts as present"
    assert not found.date_order_proved, "11/06/2026 and 01/07/2026 prove nothing"


def test_sap_line_items_in_french_are_open_items(read: Read, expectations: Expect) -> None:
    path = "sap_fbl5n/ar_details_fr.xlsx"
    found, expect = read(path), expectations[path]["expect"]
    assert found.kind == OPEN_ITEMS
    assert found.profile == "sap"
    one = totals(found.rows)[expect["currency"]]
    assert one.invoices.count == expect["invoices"]
    assert one.invoices.sum == Decimal(expect["invoice_total"])
    assert one.payments.sum == -Decimal(expect["credit_total"])
    assert one.open == Decimal(expect["net"])
    assert found.customer_keys() == ("1004000001", "1004000002")
    assert {row.entity for row in found.rows} == {"CM01"}
    assert [question.id for question in found.questions] == ["as_of"]


def test_sap_ageing_summary_is_balances_only(read: Read, expectations: Expect) -> None:
    path = "sap_fbl5n/ageing_trial_balance.xlsx"
    found, expect = read(path), expectations[path]["expect"]
    assert (found.kind, found.rows) == (BALANCES, ())
    assert len(found.customer_keys()) == expect["customers"]
    assert sum(one.open_balance or 0 for one in found.customers) == Decimal(expect["balance_total"])
    assert {one.code: one.terms for one in found.customers} == expect["terms"]


def test_highradius_open_items_come_in_whole(read: Read, expectations: Expect) -> None:
    path = "highradius_sap/HRC70887W_open_items.csv"
    found, expect = read(path), expectations[path]["expect"]
    assert found.kind == OPEN_ITEMS
    one = only(found)
    assert one.invoices.count == expect["invoices"]
    assert round(one.invoices.sum, 2) == Decimal(expect["open_total_usd"])
    assert one.open == one.invoices.sum
    assert len({row.number for row in found.rows}) == expect["distinct_doc_id"]
    assert numbers(found)["2960623488"].customer_code == "0140105686", "no .0 behind, and the leading zero is kept"
    assert len(found.customer_keys()) == expect["customers"]
    assert len({row.customer_name for row in found.rows}) <= expect["distinct_names"]
    assert all(row.paid_date is None for row in found.rows), "clear_date is a forecast"
    entities = [row.entity for row in found.rows]
    assert {entity: entities.count(entity) for entity in set(entities)} == expect["company_codes"]
    assert any("moves the sum by 0.37" in warning for warning in found.warnings)


def test_highradius_is_understood_in_a_moment(samples: Path) -> None:
    data = (samples / "highradius_sap/HRC70887W_open_items.csv").read_bytes()
    began = time.process_time()
    understand([("x.csv", data)])
    assert time.process_time() - began < 5


def test_zoho_invoices_are_drafts_folded_by_their_long_ids(read: Read, expectations: Expect) -> None:
    path = "zoho_books/zoho_invoices.csv"
    found, expect = read(path), expectations[path]["expect"]
    assert only(found).invoices.count == expect["invoices"]
    assert only(found).invoices.sum == Decimal(expect["total"])
    assert only(found).open == Decimal(expect["open"])
    assert sum(row.lines for row in found.rows) == expect["lines"]
    assert {row.status for row in found.rows} == {"draft"}
    assert numbers(found)["INV-000001"].key == "id:2520018000000073144"
    assert {number: str(row.due_date) for number, row in numbers(found).items()} == expect["due"]
    assert {number: row.terms for number, row in numbers(found).items()} == expect["terms"]
    assert numbers(found)["INV-000002"].po_number == "654"


def test_zoho_contacts(read: Read, expectations: Expect) -> None:
    path = "zoho_books/zoho_contacts.csv"
    found, expect = read(path), expectations[path]["expect"]
    assert len(found.customer_keys()) == expect["customers"]
    assert sum(1 for one in found.customers if one.email) == expect["with_email"]


def test_invoice_ninja_invoices_know_what_is_paid(read: Read, expectations: Expect) -> None:
    path = "invoice_ninja/invoice.csv"
    found, expect = read(path), expectations[path]["expect"]
    assert found.header_row == expect["header_row"]
    assert only(found).invoices.count == expect["invoices"]
    assert only(found).invoices.sum == Decimal(expect["total"])
    assert only(found).open == Decimal(expect["open"])
    assert sum(row.paid_amount or 0 for row in found.rows) == Decimal(expect["paid"])
    assert found.left_out["duplicate"] == expect["duplicate_rows"]
    assert len(found.customer_keys()) == expect["clients"]


def test_invoice_ninja_payments_and_their_refunds(read: Read, expectations: Expect) -> None:
    path = "invoice_ninja/payments.csv"
    found, expect = read(path), expectations[path]["expect"]
    assert found.kind == PAYMENTS
    assert only(found).payments.count == expect["positive"]
    assert only(found).payments.sum == Decimal(expect["positive_total"])
    refunds = [row for row in found.rows if row.kind == "refund"]
    assert len(refunds) == expect["negative"]
    assert sum(row.amount for row in refunds) == -Decimal(expect["negative_total"])
    assert {row.applies_to for row in refunds} == {"801"}
    assert len({row.applies_to for row in found.rows}) == expect["distinct_invoices"]
    assert len({row.key for row in found.rows}) == expect["rows"], "two payments alike are two payments"


def test_invoice_ninja_clients_have_two_phones_and_balances(read: Read, expectations: Expect) -> None:
    path = "invoice_ninja/clients.csv"
    found, expect = read(path), expectations[path]["expect"]
    assert len(found.customers) == expect["customers"]
    assert sum(one.open_balance or 0 for one in found.customers) == Decimal(expect["balance_total"])
    assert min(one.open_balance or 0 for one in found.customers) == Decimal(expect["negative_balance"])
    assert found.customers[0].phone == "1-537-759-0369", "the second column named Phone is the one that is filled"


@pytest.mark.parametrize(("name", "word"), [("quotes.csv", "quote"), ("recurring_invoice.csv", "recurring")])
def test_quotes_and_recurring_templates_are_not_owed(read: Read, name: str, word: str) -> None:
    found = read(f"invoice_ninja/{name}")
    assert (found.kind, found.rows) == (OTHER, ())
    assert word in found.reason


def test_every_row_of_every_sample_is_accounted_for(samples: Path, expectations: Expect) -> None:
    for path, expect in expectations.items():
        if expect["kind"] == "bank_statement":
            continue
        for found in understand([(path, (samples / path).read_bytes())]):
            rest = found.rows_used + sum(found.left_out.values()) + len(found.refused)
            assert found.rows_read == rest, path


GATEWAY = {"gateway_payments", "gateway_payout"}


def test_stripe_charges_are_payments_and_payouts_are_not(read: Read, expectations: Expect) -> None:
    history = read("stripe/balance_history_dashboard.csv")
    assert [(row.kind, row.amount, row.currency) for row in history.rows] == [("payment", Decimal("120.00"), "EUR")]
    assert history.left_out["not_receivable"] == 1, "the fee of Stripe itself"
    change = read("stripe/balance_change_itemized.csv")
    assert [(row.kind, str(row.amount)) for row in change.rows] == [
        ("payment", "45.91"),
        ("payment", "19.00"),
        ("refund", "19.00"),
        ("payment", "10.00"),
    ]
    assert change.left_out["not_receivable"] == 1, "the payout"
    for path in ("stripe/csv2ofx_stripe-all.csv", "stripe/csv2ofx_stripe-default.csv"):
        found = read(path)
        assert only(found).payments.sum == Decimal(expectations[path]["expect"]["credit_total"])
    test = read("stripe/csv2ofx_stripe-all.csv")
    assert {row.status for row in test.rows if row.reference.startswith("Entry")} == {"draft"}, "no real money"


def test_remittances_say_which_invoices_are_paid(read: Read, expectations: Expect) -> None:
    for path, expect in expectations.items():
        if expect["kind"] != "remittance":
            continue
        found, wanted = read(path), expect["expect"]
        assert (found.kind, [one.id for one in found.questions]) == ("remittance", ["remittance"]), path
        assert sum(row.amount for row in found.rows) == Decimal(wanted.get("payment") or wanted["check_total"]), path
        paid = [(row.applies_to, row.amount) for row in found.rows]
        # The last two figures of four are what was paid and the discount that was taken.
        assert paid == [(one[0], Decimal(one[2] if len(one) == 4 else one[1])) for one in wanted["invoices"]], path
        assert {str(row.document_date) for row in found.rows} == {wanted["date"]}, path


def test_other_systems_come_out_right_too(samples: Path, expectations: Expect) -> None:
    """Invoices, credit notes, payments and customers of the systems that nobody asked for."""
    counted = {
        "quickbooks_api/invoice_data.csv": ("invoices", 5),
        "quickbooks_api/credit_memo_data.csv": ("credit_notes", 12),
        "quickbooks_api/payment_data.csv": ("payments", 12),
        "freshbooks/freshbooks_invoices.csv": ("invoices", 1),
        "wave/wave_invoices.csv": ("invoices", 3),
        "akaunting/invoices.xlsx": ("invoices", 1),
        "akaunting/transactions.xlsx": ("payments", 1),
    }
    for path, (what, count) in counted.items():
        found = understand([(path, (samples / path).read_bytes())])
        by_currency = [one for sheet in found for one in totals(sheet.rows).values()]
        assert sum(getattr(one, what).count for one in by_currency) == count, path
    for path, expect in expectations.items():
        if expect["kind"] == "customers":
            (found_one,) = understand([(path, (samples / path).read_bytes())])
            wanted = expect["expect"].get("customers", len(expect["expect"].get("debtors", [])))
            assert len(found_one.customer_keys()) == wanted, path
        if expect["kind"] in GATEWAY:
            (found_one,) = understand([(path, (samples / path).read_bytes())])
            assert found_one.kind == PAYMENTS, path
