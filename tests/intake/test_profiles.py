"""A small file in the layout of each system, with figures one can add up in the head."""

from __future__ import annotations

import json
from typing import NamedTuple

import pytest

from arcore.intake.reading import understand
from arcore.intake.understood import Row


class Case(NamedTuple):
    """A file and what it must give: documents as "kind number amount open due", in order."""

    profile: str
    kind: str
    documents: tuple[str, ...]
    text: str
    encoding: str = "utf-8"


def told(row: Row) -> str:
    """Write a document in short."""
    owed = "-" if row.open_amount is None else f"{row.open_amount:.2f}"
    return f"{row.kind} {row.number or '-'} {row.amount:.2f} {owed} {row.due_date or '-'}"


def tabbed(text: str) -> str:
    """Write columns parted by bars as columns parted by tabs."""
    return text.replace("|", "\t")


CASES = {
    "desktop aging": Case(
        "quickbooks_desktop",
        "open_items",
        ("invoice 101 500.00 500.00 2026-01-31", "payment - 80.00 -80.00 -"),
        ",Type,Date,Num,P. O. #,Name,Terms,Due Date,Aging,Open Balance\n"
        "Current,,,,,,,,,\n"
        ',Invoice,01/01/2026,101,PO 9,Acme,Net 30,01/31/2026,,"500.00"\n'
        ',Payment,01/15/2026,,,Acme,,,,"-80.00"\n'
        "Total Current,,,,,,,,,420.00\n",
    ),
    "desktop IIF": Case(
        "quickbooks_desktop",
        "invoices",
        ("invoice 201 120.00 - 2026-02-14", "payment 77 50.00 - -", "credit_note 202 20.00 - -"),
        tabbed(
            "!TRNS|TRNSID|TRNSTYPE|DATE|ACCNT|NAME|CLASS|AMOUNT|DOCNUM|MEMO|CLEAR|TOPRINT|DUEDATE|TERMS\n"
            "!SPL|SPLID|TRNSTYPE|DATE|ACCNT|NAME|CLASS|AMOUNT|DOCNUM|MEMO|CLEAR|QNTY|PRICE|INVITEM\n"
            "!ENDTRNS|||||||||||||\n"
            "TRNS|1|INVOICE|1/15/2026|Accounts Receivable|Acme||120.00|201||N|N|2/14/2026|Net 30\n"
            "SPL|2|INVOICE|1/15/2026|Sales|Acme||-120.00|||N|1|120|Work\n"
            "ENDTRNS|||||||||||||\n"
            "TRNS|3|PAYMENT|1/31/2026|Undeposited Funds|Acme||50.00|77||N|N||\n"
            "SPL|4|PAYMENT|1/31/2026|Accounts Receivable|Acme||-50.00|||N|||\n"
            "ENDTRNS|||||||||||||\n"
            "TRNS|5|CREDIT MEMO|2/2/2026|Accounts Receivable|Acme||-20.00|202||N|N||\n"
            "SPL|6|CREDIT MEMO|2/2/2026|Sales|Acme||20.00|||N|||\n"
            "ENDTRNS|||||||||||||\n"
            "TRNS|7|DEPOSIT|2/3/2026|Checking|||50.00|||N|N||\n"
            "ENDTRNS|||||||||||||\n"
        ),
    ),
    "QuickBooks JSON": Case(
        "quickbooks_api",
        "invoices",
        ("invoice 1001 200.00 150.00 2026-02-01",),
        json.dumps(
            {
                "QueryResponse": {
                    "Invoice": [
                        {
                            "Id": "130",
                            "DocNumber": "1001",
                            "TxnDate": "2026-01-02",
                            "DueDate": "2026-02-01",
                            "TotalAmt": 200.00,
                            "Balance": 150.00,
                            "CustomerRef": {"value": "7", "name": "Acme"},
                            "CurrencyRef": {"value": "USD", "name": "US Dollar"},
                            "Line": [{"Id": "1", "Amount": 200.00}],
                        }
                    ]
                }
            }
        ),
    ),
    "QuickBooks payments as JSON": Case(
        "quickbooks_api",
        "payments",
        ("payment CH-5 70.00 - -",),
        json.dumps(
            [
                {
                    "Id": "9",
                    "TxnDate": "2026-02-10",
                    "TotalAmt": 70,
                    "UnappliedAmt": 20,
                    "PaymentRefNum": "CH-5",
                    "CustomerRef": {"value": "7", "name": "Acme"},
                    "CurrencyRef": {"value": "USD"},
                }
            ]
        ),
    ),
    "Xero interface": Case(
        "xero",
        "invoices",
        ("invoice INV-1 115.00 15.00 2026-01-31", "credit_note CN-1 30.00 0.00 -"),
        json.dumps(
            {
                "Invoices": [
                    {
                        "Type": "ACCREC",
                        "InvoiceID": "a1",
                        "InvoiceNumber": "INV-1",
                        "Contact": {"ContactID": "c1", "Name": "Acme"},
                        "Date": "/Date(1767225600000+0000)/",
                        "DueDate": "/Date(1769817600000+0000)/",
                        "Status": "AUTHORISED",
                        "SubTotal": 100.0,
                        "TotalTax": 15.0,
                        "Total": 115.0,
                        "AmountDue": 15.0,
                        "AmountPaid": 100.0,
                        "CurrencyCode": "NZD",
                    },
                    {
                        "Type": "ACCRECCREDIT",
                        "InvoiceID": "a2",
                        "InvoiceNumber": "CN-1",
                        "Contact": {"ContactID": "c1", "Name": "Acme"},
                        "Date": "/Date(1767225600000+0000)/",
                        "Status": "PAID",
                        "Total": 30.0,
                        "AmountDue": 0.0,
                        "CurrencyCode": "NZD",
                    },
                    {
                        "Type": "ACCPAY",
                        "InvoiceID": "a3",
                        "InvoiceNumber": "BILL-1",
                        "Contact": {"ContactID": "s1", "Name": "Supplier"},
                        "Date": "/Date(1767225600000+0000)/",
                        "Status": "AUTHORISED",
                        "Total": 999.0,
                        "AmountDue": 999.0,
                        "CurrencyCode": "NZD",
                    },
                ]
            }
        ),
    ),
    "Xero aged receivables": Case(
        "xero",
        "open_items",
        ("invoice INV-7 60.00 60.00 2026-01-20",),
        "Aged Receivables Detail\nDemo Company\nAs at 31 January 2026\n"
        "Invoice Date,Due Date,Invoice Number,Invoice Reference,Current,< 1 Month,1 Month,Older,Total\n"
        "Acme,,,,,,,,\n"
        "5 Jan 2026,20 Jan 2026,INV-7,PO 1,0.00,60.00,0.00,0.00,60.00\n"
        "Total Acme,,,,0.00,60.00,0.00,0.00,60.00\n",
    ),
    "NetSuite search": Case(
        "netsuite",
        "invoices",
        ("invoice INV100 300.00 100.00 2026-02-14", "credit_note CM5 40.00 -40.00 -"),
        "Internal ID,Type,Document Number,Date,Due Date/Receive By,Name,"
        "Amount (Foreign Currency),Amount Remaining,Currency\n"
        "1,Invoice,INV100,1/15/2026,2/14/2026,Acme,300.00,100.00,USD\n"
        "2,Credit Memo,CM5,1/20/2026,,Acme,-40.00,40.00,USD\n"
        "3,Bill,B9,1/21/2026,2/20/2026,Supplier,70.00,70.00,USD\n",
    ),
    "Sage 50": Case(
        "sage_50",
        "invoices",
        ("invoice 501 120.00 - -", "payment 502 100.00 - -", "credit_note 503 24.00 - -"),
        "Type,Account Reference,Nominal A/C Ref,Department Code,Date,Reference,Details,Net Amount,Tax Code,Tax Amount\n"
        "SI,ACME,4000,1,13/01/2026,501,Goods,100.00,T1,20.00\n"
        "SR,ACME,1200,1,14/01/2026,502,Receipt,100.00,T9,0.00\n"
        "SC,ACME,4000,1,15/01/2026,503,Return,20.00,T1,4.00\n"
        "PI,SUPP,5000,1,15/01/2026,9,Paper,50.00,T1,10.00\n"
        "JD,,1200,1,15/01/2026,J1,Bank,5.00,T9,0.00\n",
    ),
    "Sage Intacct": Case(
        "sage_intacct",
        "invoices",
        ("invoice INV-3 80.00 30.00 2026-02-28",),
        "RECORDNO,RECORDTYPE,RECORDID,CUSTOMERID,CUSTOMERNAME,WHENCREATED,WHENDUE,CURRENCY,BASECURR,TRX_TOTALENTERED,"
        "TRX_TOTALDUE,TOTALENTERED,TOTALDUE,STATE,TERMNAME\n"
        "88,arinvoice,INV-3,C-1,Acme,01/29/2026,02/28/2026,EUR,USD,80.00,30.00,88.00,33.00,Partially Paid,Net 30\n",
    ),
    "FBL5N list": Case(
        "sap",
        "open_items",
        ("invoice 90000001 1234.56 1234.56 2026-02-14", "payment 14000002 234.56 -234.56 -"),
        "Customer line items as of 31.01.2026\n"
        "---------------------------------------------------------------------------------------------------\n"
        "|  |St|Account |DocumentNo|Ty|Doc. Date |Net due dt|S|DD|Amount in local cur.|LCurr|Clrng doc.|Text |\n"
        "---------------------------------------------------------------------------------------------------\n"
        "|  |O |100     |90000001  |RV|15.01.2026|14.02.2026| |  |          1.234,56  |EUR  |          |     |\n"
        "|  |O |100     |14000002  |DZ|20.01.2026|          | |  |            234,56- |EUR  |          |     |\n"
        "---------------------------------------------------------------------------------------------------\n"
        "|* |  |        |          |  |          |          | |  |          1.000,00  |EUR  |          |     |\n"
        "---------------------------------------------------------------------------------------------------\n",
    ),
    "FBL5N text in UTF-16": Case(
        "sap",
        "open_items",
        ("invoice 1800000001 500.00 500.00 2026-03-02",),
        tabbed(
            "Konto|Belegart|Belegnummer|Belegdatum|Nettofälligkeit|Betrag in Hauswährung|Hauswährung|Ausgleichsbeleg\n"
            "200|DR|1800000001|31.01.2026|02.03.2026|500,00|EUR|\n"
        ),
        "utf-16",
    ),
    "BSID": Case(
        "sap",
        "open_items",
        ("invoice 1800000005 100.00 100.00 2026-02-14", "credit_note 1600000001 25.00 -25.00 2026-01-20"),
        tabbed(
            "BUKRS|KUNNR|AUGDT|AUGBL|BELNR|BLDAT|BUDAT|WAERS|BLART|SHKZG|DMBTR|WRBTR|ZFBDT|ZBD1T|ZBD2T|ZBD3T|ZTERM\n"
            "1000|0000100234|00000000||1800000005|20260115|20260115|EUR|RV|S|100.00|100.00|20260115|14|30|0|ZB01\n"
            "1000|0000100234|00000000||1600000001|20260120|20260120|EUR|DG|H|25.00|25.00|20260120|0|0|0|\n"
        ),
    ),
    "BSAD": Case(
        "sap",
        "invoices",
        ("invoice 1800000005 100.00 0.00 2026-02-14", "payment 1400000001 100.00 0.00 2026-02-10"),
        tabbed(
            "BUKRS|KUNNR|AUGDT|AUGBL|BELNR|BLDAT|BUDAT|WAERS|BLART|SHKZG|DMBTR|WRBTR|ZFBDT|ZBD1T|ZBD2T|ZBD3T|ZTERM\n"
            "1000|0000100234|20260210|1400000001|1800000005|20260115|20260115|EUR|RV|S|100.00|100.00|20260115|14|30|0|\n"
            "1000|0000100234|20260210|1400000001|1400000001|20260210|20260210|EUR|DZ|H|100.00|100.00|20260210|0|0|0|\n"
        ),
    ),
    "Business Central": Case(
        "business_central",
        "invoices",
        ("invoice 103001 250.00 50.00 2026-02-10", "payment 2501 200.00 0.00 2026-01-25"),
        "Entry No.,Posting Date,Document Date,Document Type,Document No.,Customer No.,Customer Name,Due Date,"
        "Currency Code,Original Amount,Amount,Remaining Amount,Open\n"
        "11,2026-01-10,2026-01-10,Invoice,103001,10000,Acme,2026-02-10,EUR,250.00,250.00,50.00,Yes\n"
        "12,2026-01-25,2026-01-25,Payment,2501,10000,Acme,2026-01-25,EUR,-200.00,-200.00,0.00,No\n",
    ),
    "Oracle": Case(
        "oracle",
        "invoices",
        ("invoice 5001 900.00 400.00 2026-02-14", "credit_note 5002 100.00 -100.00 -"),
        "CUSTOMER_NUMBER,CUSTOMER_NAME,TRX_NUMBER,TRX_DATE,DUE_DATE,CLASS,TERM,INVOICE_CURRENCY_CODE,"
        "AMOUNT_DUE_ORIGINAL,AMOUNT_DUE_REMAINING,STATUS\n"
        "1001,Acme,5001,15-JAN-26,14-FEB-26,INV,30 NET,USD,900.00,400.00,OP\n"
        "1001,Acme,5002,20-JAN-26,,CM,,USD,-100.00,-100.00,OP\n"
        "1001,Acme,5003,20-JAN-26,,GUAR,,USD,7000.00,7000.00,OP\n",
    ),
    "Odoo by technical names": Case(
        "odoo",
        "invoices",
        ("invoice INV/2026/0001 121.00 21.00 2026-02-14", "credit_note RINV/2026/0001 50.00 0.00 2026-01-20"),
        "name,move_type,invoice_date,invoice_date_due,invoice_partner_display_name,amount_total_signed,"
        "amount_residual_signed,currency_id,payment_state,state\n"
        "INV/2026/0001,out_invoice,2026-01-15,2026-02-14,Acme,121.00,21.00,EUR,partial,posted\n"
        "RINV/2026/0001,out_refund,2026-01-20,2026-01-20,Acme,-50.00,0.00,EUR,paid,posted\n"
        "BILL/2026/0001,in_invoice,2026-01-20,2026-01-20,Supplier,-70.00,-70.00,EUR,not_paid,posted\n",
    ),
    "ERPNext report": Case(
        "erpnext",
        "open_items",
        ("invoice SINV-1 100.00 60.00 2026-02-14", "payment PE-1 25.00 -25.00 2026-01-20"),
        "Posting Date,Party Type,Party,Receivable Account,Customer Name,Voucher Type,Voucher No,Due Date,"
        "Invoiced Amount,Paid Amount,Credit Note,Outstanding Amount,Age (Days),0-30,31-60,61-90,91-120,"
        "121-Above,Currency\n"
        "2026-01-15,Customer,C1,Debtors,Acme,Sales Invoice,SINV-1,2026-02-14,100.00,40.00,0.00,60.00,16,"
        "60,0,0,0,0,EUR\n"
        "2026-01-20,Customer,C1,Debtors,Acme,Payment Entry,PE-1,2026-01-20,0.00,25.00,0.00,-25.00,11,"
        "-25,0,0,0,0,EUR\n"
        "Total,,,,,,,,100.00,65.00,0.00,35.00,,35,0,0,0,0,\n",
    ),
    "Zoho payments": Case(
        "zoho_books",
        "payments",
        ("payment 12 75.00 - -", "payment 12 25.00 - -"),
        "Payment Number,CustomerPayment ID,Mode,Date,Customer Name,Invoice Number,Amount,Amount Applied to Invoice,"
        "Currency Code\n"
        "12,900,Bank,2026-01-20,Acme,INV-1,100.00,75.00,EUR\n"
        "12,900,Bank,2026-01-20,Acme,INV-2,100.00,25.00,EUR\n",
    ),
    "FreshBooks payments": Case(
        "freshbooks",
        "payments",
        ("payment - 40.00 - -",),
        "Date,Client,Method,Description,Payment for,Amount,Currency\n2026-01-20,Acme,Check,Thanks,0000007,40.00,CAD\n",
    ),
    "Wave": Case(
        "wave",
        "ledger",
        ("invoice 12 80.00 50.00 -", "payment - 30.00 - -"),
        "Transaction ID,Transaction Date,Account Name,Transaction Description,Transaction Line Description,"
        "Debit Amount (Two Column Approach),Credit Amount (Two Column Approach),Customer,Invoice Number\n"
        "1,2026-01-15,Accounts Receivable,Acme - 12,Acme - 12,80.00,,Acme,12\n"
        "1,2026-01-15,Sales,Acme - 12,Work,,80.00,Acme,12\n"
        "2,2026-01-20,Accounts Receivable,Payment,Payment,,30.00,Acme,12\n"
        "2,2026-01-20,Cash on Hand,Payment,Payment,30.00,,Acme,12\n",
    ),
    "Stripe balance": Case(
        "stripe",
        "payments",
        ("payment - 50.00 - -", "refund - 10.00 - -"),
        "id,Type,Source,Amount,Fee,Net,Currency,Created (UTC),Available On (UTC),Status,Description\n"
        "txn_1,charge,ch_1,50.00,1.75,48.25,eur,2026-01-20 10:00,2026-01-22 00:00,available,Invoice 7\n"
        "txn_2,refund,re_1,-10.00,0.00,-10.00,eur,2026-01-21 10:00,2026-01-22 00:00,available,Invoice 7\n"
        "txn_3,payout,po_1,-38.25,0.00,-38.25,eur,2026-01-22 10:00,2026-01-22 00:00,available,PAYOUT\n"
        "txn_4,stripe_fee,,-2.00,0.00,-2.00,eur,2026-01-22 10:00,2026-01-22 00:00,available,Radar\n",
    ),
    "Tally bills": Case(
        "tally",
        "open_items",
        ("invoice S/1 1180.00 500.00 2026-02-14",),
        "Bills Receivable\n1-Apr-25 to 31-Jan-26\n"
        "Date,Ref. No.,Party's Name,Opening Amount,Pending Amount,Due on,Overdue by days\n"
        '15-Jan-26,S/1,Acme,"1,180.00",500.00,14-Feb-26,\n',
    ),
    "Tally register": Case(
        "tally",
        "invoices",
        ("invoice S/1 1180.00 - -", "credit_note CN/1 118.00 - -"),
        "Date,Particulars,Voucher Type,Voucher No.,Value,Gross Total\n"
        "15-Jan-26,Acme,Sales,S/1,1000.00,1180.00\n"
        "16-Jan-26,Acme,Credit Note,CN/1,100.00,118.00\n",
    ),
    "FEC": Case(
        "fec",
        "ledger",
        (
            "invoice FA1 1200.00 0.00 -",
            "payment - 1200.00 - -",
            "invoice FA2 600.00 600.00 -",
            "credit_note AV1 60.00 -60.00 -",
        ),
        tabbed(
            "JournalCode|JournalLib|EcritureNum|EcritureDate|CompteNum|CompteLib|CompAuxNum|CompAuxLib|PieceRef|PieceDate"
            "|EcritureLib|Debit|Credit|EcritureLet|DateLet|ValidDate|Montantdevise|Idevise\n"
            "VE|Ventes|1|20260115|411000|Clients|C001|Dupont|FA1|20260115|Facture|1200,00|0,00|A|20260131|20260201||\n"
            "VE|Ventes|1|20260115|706000|Services|||FA1|20260115|Facture|0,00|1000,00|||20260201||\n"
            "VE|Ventes|1|20260115|445710|TVA|||FA1|20260115|Facture|0,00|200,00|||20260201||\n"
            "BQ|Banque|2|20260131|512000|Banque|||VIR1|20260131|Virement|1200,00|0,00|||20260201||\n"
            "BQ|Banque|2|20260131|411000|Clients|C001|Dupont|VIR1|20260131|Virement|0,00|1200,00|A|20260131|20260201||\n"
            "VE|Ventes|3|20260120|411000|Clients|C001|Dupont|FA2|20260120|Facture|600,00|0,00|||20260201||\n"
            "VE|Ventes|4|20260125|411000|Clients|C001|Dupont|AV1|20260125|Avoir|0,00|60,00|||20260201||\n"
        ),
    ),
    "DATEV open items": Case(
        "datev",
        "open_items",
        ("invoice 1001 119.00 119.00 2026-02-14", "credit_note 1002 19.00 -19.00 2026-02-15"),
        "Konto;Kontobezeichnung;Rechnungs-Nr.;Datum;Fälligkeit;Betrag Soll;Betrag Haben;Saldo\n"
        "10001;Müller GmbH;1001;15.01.2026;14.02.2026;119,00;;119,00\n"
        "10001;Müller GmbH;1002;16.01.2026;15.02.2026;;19,00;100,00\n",
        "cp1252",
    ),
    "Spanish register": Case(
        "register_es",
        "invoices",
        ("invoice 2026-1 121.00 - -", "credit_note R-1 12.10 - -"),
        "Fecha expedición;Número;NIF;Nombre;Base imponible;Cuota IVA;Total factura\n"
        "15/01/2026;2026-1;B12345678;Acme S.L.;100,00;21,00;121,00\n"
        "20/01/2026;R-1;B12345678;Acme S.L.;-10,00;-2,10;-12,10\n",
    ),
    "German register": Case(
        "register_de",
        "invoices",
        ("invoice RE-1 119.00 59.00 -",),
        "Rechnungsnummer;Rechnungsdatum;Kunde;Netto;MwSt;Brutto;Bezahlt\n"
        "RE-1;13.01.2026;Müller GmbH;100,00;19,00;119,00;60,00\n",
    ),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_a_file_of_each_system_is_read_as_it_is_meant(case: Case) -> None:
    (found,) = understand([("export.txt", case.text.encode(case.encoding))])
    assert (found.profile, found.kind) == (case.profile, case.kind)
    assert tuple(map(told, found.rows)) == case.documents
    assert not found.refused
    assert all(row.customer_code or row.customer_name for row in found.rows)


def test_the_customers_of_sap_give_names_and_ways_to_the_codes_of_its_items() -> None:
    table = tabbed(
        "MANDT|KUNNR|LAND1|NAME1|NAME2|ORT01|PSTLZ|TELF1|SMTP_ADDR|SPRAS|LOEVM\n"
        "100|0000100234|DE|Acme GmbH||Berlin|10115|+49 30 123456|ar@acme.example|D|\n"
        "100|0000100235|FR|Beta SA||Paris|75001|||F|X\n"
    )
    (found,) = understand([("KNA1.txt", table.encode())])
    assert (found.profile, found.kind) == ("sap", "customers")
    assert [(one.code, one.name, one.region, one.email, one.phone, one.inactive) for one in found.customers] == [
        ("0000100234", "Acme GmbH", "DE", "ar@acme.example", "+49 30 123456", False),
        ("0000100235", "Beta SA", "FR", "", "", True),
    ]
