"""Whole files as stories: what an export of this or that system says, and what is understood of it."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest

from arcore.intake.reading import understand
from arcore.intake.remarks import NOTHING_SETTLED
from arcore.intake.understood import CREDIT_NOTES
from arcore.intake.understood import INVOICES
from arcore.intake.understood import OPEN_ITEMS
from arcore.intake.understood import PAYMENTS
from arcore.intake.understood import Row
from arcore.intake.understood import Understood
from arcore.intake.understood import totals

ReadText = Callable[..., Understood]

AGING_WITH_BUCKETS = """Apex Services
A/R Aging Detail
"As of December 31, 2025"

,Date,Transaction type,Num,Customer full name,Due date,Amount,Open balance
91 or more days past due,,,,,,,
,07/01/2025,Invoice,1001,Alder Ltd,07/31/2025,"1,284.50","284.50"
Total for 91 or more days past due,,,,,,"$1,284.50",$284.50
CURRENT,,,,,,,
,12/20/2025,Invoice,1002,"Birch, Ann",01/19/2026,500.00,500.00
,12/21/2025,Payment,,Alder Ltd,12/21/2025,-200.00,-50.00
,12/22/2025,Credit Memo,CM-1,"Birch, Ann",12/22/2025,-100.00,-100.00
Total for CURRENT,,,,,,$200.00,$350.00
TOTAL,,,,,,"$1,484.50",$634.50


"Wednesday, December 31, 2025 10:33 AM GMT-05:00"
"""


def sums(found: Understood) -> list[tuple[str, str, str, str]]:
    """Return kind, number, amount and open amount of every row."""
    return [(row.kind, row.number, str(row.amount), str(row.open_amount)) for row in found.rows]


def reasons(found: Understood) -> list[tuple[int, str]]:
    """Return line and reason of every refused row."""
    return [(row.line, row.reason) for row in found.refused]


def test_an_aging_report_with_buckets_totals_and_a_footer(read_text: ReadText) -> None:
    found = read_text(AGING_WITH_BUCKETS)
    assert (found.kind, found.as_of, found.header_row) == (OPEN_ITEMS, date(2025, 12, 31), 5)
    assert sums(found) == [
        ("invoice", "1001", "1284.50", "284.50"),
        ("invoice", "1002", "500.00", "500.00"),
        ("payment", "", "200.00", "-50.00"),
        ("credit_note", "CM-1", "100.00", "-100.00"),
    ]
    assert found.left_out == {"title": 4, "group": 2, "total": 3, "footer": 1}
    assert (found.rows_read, found.rows_used) == (14, 4)
    assert [total.difference for total in found.file_totals] == [0, 0], "1,484.50 and 634.50, as the rows say"
    assert found.day_first is False


def test_the_own_total_of_a_file_that_does_not_foot_is_a_warning(read_text: ReadText) -> None:
    found = read_text(AGING_WITH_BUCKETS.replace("$634.50", "$634.75"))
    assert found.file_totals[1].difference == Decimal("0.25")
    assert "The file's own total 634.75 in “Open balance” differs from the rows by 0.25." in found.warnings


def test_each_bad_row_is_refused_for_its_own_reason_and_hides_no_good_one(read_text: ReadText) -> None:
    found = read_text(
        """Invoice No,Customer,Date,Due Date,Amount
1,Alder,2026-01-05,2026-02-04,100.00
2,Birch,2026-01-05,31/02/2026,50.00
3,Birch,2026-01-05,2026-02-04,12..34
4,Birch,not-a-date,2026-02-04,12.34
5,,2026-01-05,2026-02-04,12.34
,Birch,2026-01-05,2026-02-04,12.34
7,Birch,2026-01-05,2026-02-04,
8,Birch,2026-01-05,2026-02-04,1,234.50
9,Birch,2026-01-05,2026-02-04,99.00,
10,Birch,,2026-02-04,99.00
""",
        currency="EUR",
    )
    assert [row.number for row in found.rows] == ["1", "9"], "a trailing comma is no value"
    assert reasons(found) == [
        (3, "Due date 31/02/2026 does not exist"),
        (4, "Amount 12..34 is not an amount"),
        (5, "Date not-a-date is not a date"),
        (6, "The customer is missing"),
        (7, "The invoice number is missing"),
        (8, "The amount is missing"),
        (9, "The row has 6 values, but the header names 5 columns"),
        (11, "The date is missing"),
    ]
    assert (found.refused[0].column, found.refused[0].value, found.refused[0].number) == ("Due Date", "31/02/2026", "2")


def test_sap_line_items_in_german_with_comma_and_trailing_minus(read_text: ReadText) -> None:
    found = read_text(
        "Konto;Belegart;Referenz;Belegdatum;Nettofälligkeit;Belegnummer;Ausgleichsdatum;"
        "Betrag in Hauswährung;Hauswährung\n"
        "0000100010;RV;RE-1;01.03.2026;31.03.2026;1800000001;;1.234,56;EUR\n"
        "0000100010;DG;GS-1;05.03.2026;05.03.2026;1600000001;;34,56-;EUR\n"
        ";;;;;;;1.200,00;EUR\n"
        "0000100020;DZ;RE-2;09.03.2026;09.03.2026;1400000001;;500,00-;EUR\n",
        encoding="cp1252",
    )
    assert (found.kind, found.encoding, found.decimal_mark) == (OPEN_ITEMS, "cp1252", ",")
    assert sums(found) == [
        ("invoice", "1800000001", "1234.56", "1234.56"),
        ("credit_note", "1600000001", "34.56", "-34.56"),
        ("payment", "1400000001", "500.00", "-500.00"),
    ]
    assert found.rows[0].customer_code == "0000100010"
    assert found.left_out == {"total": 1}, "the subtotal has no label"


def test_sap_line_items_that_were_cleared_are_a_list_of_invoices(read_text: ReadText) -> None:
    found = read_text(
        "Account,Document Type,Document Number,Document Date,Net due date,Clearing Document,Amount in local currency\n"
        "100,RV,18001,2026-03-01,2026-03-31,20001,10.00\n"
        "100,RV,18002,2026-03-01,2026-03-31,,20.00\n",
        currency="EUR",
    )
    assert found.kind == INVOICES
    assert sums(found) == [("invoice", "18001", "10.00", "0"), ("invoice", "18002", "20.00", "20.00")]


def test_an_unconverted_sap_list_between_dashed_rules(read_text: ReadText) -> None:
    rule = "-" * 60
    found = read_text(
        f"""{rule}
|  |St|DocumentNo|Ty|Doc. Date |Amount in local cur.|LCurr|Net due dt|Account|
{rule}
|  |O |1800000001|RV|01.03.2026|           1.234,56 |EUR  |31.03.2026|100010|
|  |O |1600000001|DG|05.03.2026|              34,56-|EUR  |05.03.2026|100010|
{rule}
|* |  |          |  |          |           1.200,00 |EUR  |          |100010|
{rule}
"""
    )
    assert sums(found) == [
        ("invoice", "1800000001", "1234.56", "1234.56"),
        ("credit_note", "1600000001", "34.56", "-34.56"),
    ]
    assert found.left_out["total"] == 1


def test_business_central_entries_by_type_with_negative_credits(read_text: ReadText) -> None:
    found = read_text(
        """\
Entry No.,Posting Date,Document Type,Document No.,Customer No.,Due Date,Currency Code,Amount,Remaining Amount,Open
101,2026-01-05,Invoice,SI-1,C10,2026-02-04,EUR,100.00,40.00,Yes
102,2026-01-20,Payment,PAY-1,C10,,EUR,-60.00,0.00,No
103,2026-01-22,Credit Memo,SC-1,C11,,EUR,-15.00,-15.00,Yes
104,2026-01-23,Finance Charge Memo,FC-1,C11,2026-02-23,EUR,5.00,5.00,Yes
105,2026-01-24,Refund,RF-1,C11,,EUR,3.00,3.00,Yes
"""
    )
    assert sums(found) == [
        ("invoice", "SI-1", "100.00", "40.00"),
        ("payment", "PAY-1", "60.00", "0.00"),
        ("credit_note", "SC-1", "15.00", "-15.00"),
        ("late_charge", "FC-1", "5.00", "5.00"),
        ("refund", "RF-1", "3.00", "3.00"),
    ]
    assert [row.key for row in found.rows][:2] == ["id:101", "id:102"]


def test_oracle_codes_and_dates_with_month_names(read_text: ReadText) -> None:
    found = read_text(
        """CUSTOMER_NUMBER,CUSTOMER_NAME,TRX_NUMBER,TRX_DATE,DUE_DATE,CLASS,INVOICE_CURRENCY_CODE,AMOUNT_DUE_ORIGINAL,AMOUNT_DUE_REMAINING,STATUS
1001,Alder,5001,05-JAN-26,04-FEB-26,INV,USD,100.00,40.00,OP
1001,Alder,5002,06-JAN-26,06-JAN-26,PMT,USD,-60.00,0,CL
1001,Alder,5003,07-JAN-26,07-JAN-26,CM,USD,-10.00,-10.00,OP
"""
    )
    assert sums(found) == [
        ("invoice", "5001", "100.00", "40.00"),
        ("payment", "5002", "60.00", "0"),
        ("credit_note", "5003", "10.00", "-10.00"),
    ]
    assert found.rows[0].due_date == date(2026, 2, 4)


def test_a_payment_that_is_listed_with_its_outstanding_part_only(read_text: ReadText) -> None:
    found = read_text(
        """\
Posting Date,Party,Voucher Type,Voucher No,Due Date,Invoiced Amount,Paid Amount,Credit Note,Outstanding Amount,Currency
2026-01-05,C1,Sales Invoice,SINV-1,2026-02-04,100,60,0,40,EUR
2026-01-06,C1,Payment Entry,PE-1,2026-01-06,0,20,0,-20,EUR
Total,,,,,100,80,0,20,
"""
    )
    assert sums(found) == [("invoice", "SINV-1", "100", "40"), ("payment", "PE-1", "20", "-20")]


def test_a_report_grouped_by_customer_takes_the_name_from_the_group_row(read_text: ReadText) -> None:
    found = read_text(
        """Transaction List by Customer
Date,Transaction type,Num,Memo/Description,Due date,Amount
Alder Ltd,,,,,
01/15/2026,Invoice,1,x,02/14/2026,100.00
01/31/2026,Payment,,y,,-40.00
Total for Alder Ltd,,,,,60.00
Birch,,,,,
01/20/2026,Invoice,2,x,02/19/2026,10.00
Total for Birch,,,,,10.00
""",
        currency="USD",
    )
    assert [(row.customer_name, row.kind, row.amount) for row in found.rows] == [
        ("Alder Ltd", "invoice", 100),
        ("Alder Ltd", "payment", 40),
        ("Birch", "invoice", 10),
    ]
    assert found.left_out == {"title": 1, "group": 2, "total": 2}


def test_debit_and_credit_by_flag_and_in_two_columns(read_text: ReadText) -> None:
    flagged = read_text(
        "Kunde;Belegnr;Belegdatum;Fälligkeit;Betrag;S/H\n"
        "Müller;1;01.02.2026;03.03.2026;100,00;S\n"
        "Müller;2;05.02.2026;05.02.2026;30,00;H\n",
        currency="EUR",
    )
    columns = read_text(
        "Customer,Invoice No,Date,Due date,Debit,Credit\n"
        "Alder,1,2026-02-01,2026-03-03,100.00,\n"
        "Alder,2,2026-02-05,2026-02-05,,30.00\n",
        currency="EUR",
    )
    for found in (flagged, columns):
        assert [(row.kind, row.amount) for row in found.rows] == [("invoice", 100), ("credit_note", 30)]


def test_credit_notes_positive_by_type_keep_their_side(read_text: ReadText) -> None:
    found = read_text(
        "Type,Customer,Invoice No,Date,Due date,Total,Balance\n"
        "Invoice,Alder,1,2026-02-01,2026-03-03,100.00,100.00\n"
        "Credit note,Alder,2,2026-02-05,2026-02-05,30.00,10.00\n",
        currency="EUR",
    )
    assert sums(found) == [("invoice", "1", "100.00", "100.00"), ("credit_note", "2", "30.00", "-10.00")]


def test_net_amounts_get_their_tax(read_text: ReadText) -> None:
    found = read_text(
        "Type,Account Reference,Date,Reference,Details,Net Amount,Tax Amount\n"
        "SI,A1D001,25/01/2026,1001,Goods,100.00,20.00\n"
        "SC,A1D001,25/01/2026,CR1,Returned,10.00,2.00\n"
        "PI,SUP001,28/01/2026,P1,Paper,50.00,10.00\n",
        currency="GBP",
    )
    assert [(row.kind, str(row.amount)) for row in found.rows] == [("invoice", "120.00"), ("credit_note", "12.00")]
    assert found.left_out == {"not_receivable": 1}


def test_a_customer_named_once_above_its_rows_in_its_own_column(read_text: ReadText) -> None:
    found = read_text(
        """A/R Aging Detail,,,,,
"As of Dec 31, 2025",,,,,
Customer,Transaction Type,Date,Document Number,Due Date,Open Balance
Alder Ltd,,,,,
,Invoice,12/1/2025,INV1,12/31/2025,"$1,234.56"
,Credit Memo,12/15/2025,CM1,12/15/2025,($34.56)
Total - Alder Ltd,,,,,"$1,200.00"
Total,,,,,"$1,200.00"
"""
    )
    assert [(row.customer_name, row.open_amount) for row in found.rows] == [
        ("Alder Ltd", Decimal("1234.56")),
        ("Alder Ltd", Decimal("-34.56")),
    ]
    assert [total.difference for total in found.file_totals] == [0]


def test_a_draft_by_its_second_status(read_text: ReadText) -> None:
    found = read_text(
        "Number,Partner,Invoice Date,Due Date,Total,Amount Due,Payment Status,Status\n"
        "I1,Azure,2026-01-05,2026-02-04,119.00,119.00,Not Paid,Posted\n"
        "I2,Azure,2026-01-05,2026-02-04,119.00,119.00,Not Paid,Draft\n",
        currency="EUR",
    )
    assert [row.status for row in found.rows] == ["open", "draft"]


def test_a_header_on_two_lines(read_text: ReadText) -> None:
    found = read_text(
        "Date,Ref. No.,Party's Name,Pending,Due on,Overdue\n"
        ",,,Amount,,by days\n"
        "1-Dec-2025,12,Birch,5000.00,31-Dec-2025,90\n",
        currency="INR",
    )
    assert found.kind == OPEN_ITEMS, "only what is open is told"
    assert sums(found) == [("invoice", "12", "5000.00", "5000.00")]
    assert found.left_out == {"header": 1}


def test_payments_by_what_was_paid_and_one_payment_for_two_invoices(read_text: ReadText) -> None:
    plain = read_text("Date,Customer,Invoice,Amount paid,Method\n2026-02-04,Alder,1,100.00,Bank\n", currency="EUR")
    split = read_text(
        "Payment Date,Customer Name,Payment Number,Invoice Number,Amount Applied,Currency\n"
        "2026-02-04,Alder,P-1,INV-1,50.00,EUR\n"
        "2026-02-04,Alder,P-1,INV-2,50.00,EUR\n"
    )
    assert (plain.kind, split.kind) == (PAYMENTS, PAYMENTS)
    assert [(row.kind, row.applies_to, row.amount) for row in plain.rows] == [("payment", "1", 100)]
    assert [(row.number, row.applies_to) for row in split.rows] == [("P-1", "INV-1"), ("P-1", "INV-2")]
    assert len({row.key for row in split.rows}) == 2


def test_a_list_of_credit_notes(read_text: ReadText) -> None:
    found = read_text(
        "Credit Note Date,Credit Note Number,Customer Name,Total,Balance,Currency Code,Applied to Invoice\n"
        "2026-02-04,CN-1,Alder,60.00,10.00,EUR,INV-1\n"
    )
    assert (found.kind, sums(found)) == (CREDIT_NOTES, [("credit_note", "CN-1", "60.00", "-10.00")])
    assert found.rows[0].applies_to == "INV-1"


def test_a_ledger_gives_its_receivables(read_text: ReadText) -> None:
    found = read_text(
        "Transaction ID,Transaction Date,Account Name,Debit,Credit,Customer,Invoice Number\n"
        "11318012674384799001,2026-01-28,Sales,,590.50,Alder,3\n"
        "11318012674384799001,2026-01-28,Accounts Receivable,590.50,,Alder,3\n"
        "11318012674384799002,2026-02-01,Accounts Receivable,,90.50,Alder,3\n"
        "11318012674384799002,2026-02-01,Cash on Hand,90.50,,,\n",
        currency="USD",
    )
    assert [(row.kind, str(row.amount), str(row.open_amount), row.applies_to) for row in found.rows] == [
        ("invoice", "590.50", "500.00", ""),
        ("payment", "90.50", "None", "3"),
    ]
    assert found.left_out == {"other_account": 2}
    assert found.rows[0].key == "id:11318012674384799001", "twenty digits and none lost"


def test_bills_inside_a_list_are_left_out(read_text: ReadText) -> None:
    found = read_text(
        "Type,Customer,Invoice No,Date,Due date,Total\n"
        "ACCREC,Alder,1,2026-02-01,2026-03-03,100.00\n"
        "ACCPAY,Paper Ltd,2,2026-02-05,2026-02-05,30.00\n",
        currency="EUR",
    )
    assert [row.number for row in found.rows] == ["1"]
    assert found.left_out == {"not_receivable": 1}


def test_drafts_count_and_voided_ones_do_not(read_text: ReadText) -> None:
    found = read_text(
        "Customer,Invoice No,Date,Due date,Total,Status\n"
        "Alder,1,2026-02-01,2026-03-03,1.00,Paid\n"
        "Alder,2,2026-02-01,2026-03-03,2.00,Awaiting Payment\n"
        "Alder,3,2026-02-01,2026-03-03,4.00,Draft\n"
        "Alder,4,2026-02-01,2026-03-03,8.00,Voided\n",
        currency="EUR",
    )
    assert [(row.status, row.open_amount) for row in found.rows] == [
        ("paid", 0),
        ("open", 2),
        ("draft", None),
        ("void", 0),
    ]
    assert totals(found.rows)["EUR"].invoices.sum == 7
    assert totals(found.rows)["EUR"].open == 2


def test_open_by_yes_and_no(read_text: ReadText) -> None:
    found = read_text(
        "Customer,Invoice No,Date,Due date,Total,isOpen\n"
        "Alder,1,2026-02-01,2026-03-03,5.00,1\n"
        "Alder,2,2026-02-01,2026-03-03,7.00,0\n",
        currency="EUR",
    )
    assert [row.open_amount for row in found.rows] == [5, 0]


def test_the_same_number_twice_for_one_customer_is_two_documents_with_stable_keys(read_text: ReadText) -> None:
    text = (
        "Customer,Invoice No,Date,Due date,Total\n"
        "Alder,7,2026-02-01,2026-03-03,5.00\n"
        "Alder,7,2026-02-02,2026-03-03,6.00\n"
        "Birch,7,2026-02-02,2026-03-03,6.00\n"
    )
    lines = text.splitlines(keepends=True)
    turned = "".join([lines[0], *reversed(lines[1:])])
    first, second = (read_text(one, currency="EUR") for one in (text, turned))
    assert len({row.key for row in first.rows}) == 3
    assert {row.key: row.amount for row in first.rows} == {row.key: row.amount for row in second.rows}
    assert any("2 documents share their number" in warning for warning in first.warnings)


def test_line_items_are_added_and_a_bad_one_refuses_its_whole_invoice(read_text: ReadText) -> None:
    text = (
        "Client Name,Invoice #,Date Issued,Item Name,Rate,Quantity,Line Total,Currency\n"
        "Alder,0000001,2026-01-28,A,65.00,10,650.00,USD\n"
        "Alder,0000001,2026-01-28,B,98.00,5,490.00,USD\n"
        "Birch,0000002,2026-01-28,C,1.00,5,5.00,USD\n"
    )
    good, bad = read_text(text), read_text(text.replace("490.00", "49o.00"))
    assert [(row.number, row.amount, row.lines) for row in good.rows] == [("0000001", 1140, 2), ("0000002", 5, 1)]
    assert [row.number for row in bad.rows] == ["0000002"]
    assert reasons(bad) == [
        (2, "Line 3 of the same document is refused, so its sum is not known"),
        (3, "Line amount 49o.00 is not an amount"),
    ]


def test_two_currencies_without_a_column_are_told_apart_and_said(read_text: ReadText) -> None:
    found = read_text(
        "Invoice No,Customer,Date,Due Date,Amount\n"
        "1,Alder,2026-01-05,2026-02-04,€100.00\n"
        "2,Birch,2026-01-05,2026-02-04,$50.00\n"
    )
    assert "The amounts are marked EUR (1 row) and USD (1 row), but no column names the currency." in found.warnings
    assert [(row.currency, row.amount) for row in found.rows] == [("EUR", 100), ("USD", 50)]


def test_the_caller_says_what_the_file_does_not(read_text: ReadText) -> None:
    text = "Invoice No,Customer,Date,Due Date,Open balance,Days overdue\n1,Alder,01/02/2026,03/03/2026,100.00,5\n"
    asked = read_text(text)
    told = read_text(text, currency="GBP", as_of=date(2026, 3, 8), day_first=False, profile="my_system")
    assert [question.id for question in asked.questions] == ["as_of"]
    assert asked.rows[0].currency == ""
    assert (told.questions, told.as_of, told.profile) == ((), date(2026, 3, 8), "my_system")
    assert (told.rows[0].currency, told.rows[0].document_date) == ("GBP", date(2026, 1, 2))
    assert told.date_order_proved


def test_dates_that_prove_nothing_are_read_by_default_and_named(read_text: ReadText) -> None:
    text = "Invoice No,Customer,Date,Amount\n1,Alder,01/02/2026,100.00\n"
    european, american = read_text(text, currency="EUR"), read_text(text, currency="USD")
    assert european.rows[0].document_date == date(2026, 2, 1)
    assert american.rows[0].document_date == date(2026, 1, 2)
    assert not european.date_order_proved
    assert any("can be read in two ways; taken day first" in warning for warning in european.warnings)
    assert any("taken month first: amounts are in USD" in warning for warning in american.warnings)


def test_usual_terms_decide_between_two_readings(read_text: ReadText) -> None:
    found = read_text(
        "Invoice No,Customer,Date,Due Date,Amount\n"
        "1,Alder,02/03/2026,04/02/2026,1.00\n"
        "2,Alder,03/05/2026,05/04/2026,1.00\n",
        currency="EUR",
    )
    assert (found.rows[0].document_date, found.rows[0].due_date) == (date(2026, 2, 3), date(2026, 4, 2))
    assert any("month first: so that most fall due within 120 days" in warning for warning in found.warnings)


def test_a_correction_moves_a_field_to_another_column(read_text: ReadText) -> None:
    text = "Invoice No,Customer,Date,Due Date,Amount,Gross\n1,Alder,2026-01-05,2026-02-04,100.00,119.00\n"
    plain = read_text(text, currency="EUR")
    assert plain.rows[0].amount == 119, "gross is the better name"
    corrected = read_text(text, currency="EUR", mapping={4: "amount", 5: ""})
    remembered = read_text(text, currency="EUR", mapping={plain.header_fingerprint: {"4": "amount"}})
    other_file = read_text(text, currency="EUR", mapping={"another header": {4: "amount"}})
    assert [one.rows[0].amount for one in (corrected, remembered, other_file)] == [100, 100, 119]
    assert corrected.columns[4].why.startswith("chosen by hand")


def test_each_column_says_why_it_was_taken(read_text: ReadText) -> None:
    found = read_text(
        "Rechnungsnummer;Kunde;Rechnungsdatum;Fälligkeit;Rechnungsbetrag;Farbe\n"
        "R1;Müller;15.01.2026;14.02.2026;1.190,00;rot\n",
        currency="EUR",
    )
    whys = {match.field or match.column: match.why for match in found.columns}
    assert whys["issue_date"] == "name; 1 of 1 are dates; day first: “15.01.2026” proves it"
    assert "decimals behind “,”: “1.190,00” shows it" in whys["amount"]
    assert whys["Farbe"] == "not needed"


def test_a_workbook_with_typed_cells_and_several_sheets(workbook: Callable[..., bytes]) -> None:
    data = workbook(
        Readme=[["Exported by hand"], ["for arcore", "v1"]],
        Invoices=[
            ["Invoice No", "Customer No", "Invoice Date", "Due Date", "Amount", "Currency"],
            [2960623488.0, "0042", date(2026, 1, 5), date(2026, 2, 4), 2309.7899999999995, "EUR"],
            ["A-2", "0042", date(2026, 1, 6), date(2026, 2, 5), -10, "EUR"],
            [None, None, None, "Total", 2299.79, None],
        ],
        Payments=[
            ["Customer No", "Invoice No", "Payment date", "Amount", "Currency"],
            ["0042", "A-2", date(2026, 2, 1), 5, "EUR"],
        ],
    )
    invoices, payments = understand([("book.xlsx", data)])
    assert [(one.sheet, one.kind) for one in (invoices, payments)] == [("Invoices", INVOICES), ("Payments", PAYMENTS)]
    first: Row = invoices.rows[0]
    assert (first.number, first.customer_code, first.amount) == ("2960623488", "0042", Decimal("2309.79"))
    assert invoices.rows[1].kind == "credit_note"
    assert invoices.left_out == {"total": 1}
    assert [total.difference for total in invoices.file_totals] == [0]
    assert (payments.rows[0].kind, payments.rows[0].applies_to) == ("payment", "A-2")
    assert any("“Readme”" in warning for warning in invoices.warnings)


def test_several_files_at_once_come_back_in_their_order(workbook: Callable[..., bytes]) -> None:
    found = understand(
        [
            ("b.csv", b"Invoice No,Customer,Date,Amount\n1,Alder,2026-01-05,5\n"),
            ("a.csv", b"Customer,Email\nAlder,ap@alder.example\n"),
        ]
    )
    assert [(one.path, one.kind) for one in found] == [("b.csv", "invoices"), ("a.csv", "customers")]


def test_thirty_thousand_rows_are_understood_in_seconds(read_text: ReadText) -> None:
    rows = "".join(
        f"INV-{number:06d},C{number % 900:04d},{1 + number % 28}/01/2026,{1 + number % 28}/02/2026,{number}.50,EUR\n"
        for number in range(1, 30_001)
    )
    began = time.process_time()
    found = read_text("Invoice No,Customer No,Date,Due Date,Amount,Currency\n" + rows)
    assert time.process_time() - began < 8
    assert totals(found.rows)["EUR"].invoices.sum == Decimal("450030000.00")
    assert gc.isenabled()


def test_a_header_without_rows_is_said_to_have_none(read_text: ReadText) -> None:
    found = read_text("Invoice No,Customer,Date,Due Date,Amount\n")
    assert (found.rows, found.rows_read) == ((), 0)
    assert "The table has a header and no rows." in found.warnings


LISTED = "Customer,Invoice Number,Invoice Date,Due Date,Amount,Open Balance,Currency\n"
ALL_OPEN = (
    LISTED + "Alder,1,2026-01-05,2026-02-04,100.00,100.00,EUR\n" + "Birch,2,2026-01-06,2026-02-05,50.00,20.00,EUR\n"
)


def test_a_list_with_a_day_that_names_only_what_is_open_is_a_snapshot(read_text: ReadText) -> None:
    found = read_text(ALL_OPEN, as_of=date(2026, 1, 31))
    assert (found.kind, found.as_of, found.questions) == (OPEN_ITEMS, date(2026, 1, 31), ())
    assert [row.open_amount for row in found.rows] == [100, 20]


def test_a_list_with_a_day_that_names_what_is_paid_too_stays_a_list(read_text: ReadText) -> None:
    paid = ALL_OPEN + "Birch,3,2026-01-07,2026-02-06,70.00,0.00,EUR\n"
    assert read_text(paid, as_of=date(2026, 1, 31)).kind == INVOICES
    assert read_text(ALL_OPEN).kind == INVOICES, "nobody said that there is no more"


@pytest.mark.parametrize("name", ["open_items_2026-01.csv", "AR aging.csv", "exports/Offene-Posten.csv"])
def test_a_file_named_after_what_is_open_asks_for_its_day(read_text: ReadText, name: str) -> None:
    found = read_text(ALL_OPEN, name=name)
    assert (found.kind, [question.id for question in found.questions]) == (OPEN_ITEMS, ["as_of"])


@pytest.mark.parametrize("name", ["invoices.csv", "reopened.csv", "managing.csv", "open items/invoices.csv"])
def test_other_names_say_nothing(read_text: ReadText, name: str) -> None:
    assert read_text(ALL_OPEN, name=name).kind == INVOICES


def test_a_header_under_which_snapshots_came_is_one_again(read_text: ReadText) -> None:
    header = read_text(ALL_OPEN).header_fingerprint
    known = {"usual_snapshots": {header}}
    one_settled = ALL_OPEN + "Birch,3,2026-01-07,2026-02-06,70.00,0.00,EUR\n"
    assert [question.id for question in read_text(one_settled, **known).questions] == ["as_of"]
    mostly = LISTED + "".join(f"Alder,{n},2026-01-05,2026-02-04,100.00,0.00,EUR\n" for n in range(3))
    assert read_text(mostly, **known).kind == INVOICES


def test_a_list_in_which_nothing_is_settled_is_remarked(read_text: ReadText) -> None:
    rows = [f"Alder,{n},2026-01-05,2026-02-04,100.00,{n}.00,EUR\n" for n in range(1, 6)]
    assert NOTHING_SETTLED in read_text(LISTED + "".join(rows)).warnings
    settled = "Alder,9,2026-01-05,2026-02-04,100.00,0.00,EUR\n"
    for text in (LISTED + "".join(rows[1:]), LISTED + "".join([*rows, settled])):
        assert NOTHING_SETTLED not in read_text(text).warnings
