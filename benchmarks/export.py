"""An export of invoices as a system of a mid-sized company writes it: one invoice per line, sixteen columns.

Half of the lines are paid, a tenth is paid in part, the rest is open. Everything is drawn from one seed, so two
files of one size hold the same.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from collections.abc import Sequence
from datetime import date
from datetime import timedelta
from decimal import Decimal
from typing import Any

import numpy as np
import xlsxwriter

from benchmarks.book import LAST_DAY
from benchmarks.book import SEED

HEADER = (
    "Customer No.",
    "Customer Name",
    "City",
    "Invoice No.",
    "Invoice Date",
    "Due Date",
    "Payment Terms",
    "Currency",
    "Net Amount",
    "Tax Amount",
    "Total Amount",
    "Open Amount",
    "PO Number",
    "Reference",
    "Salesperson",
    "E-Mail",
)
DAYS = 730
INVOICES_PER_CUSTOMER = 40
TAX = 19
CENT = Decimal("0.01")
PLACES = tuple("Aachen Bremen Dresden Erfurt Freiburg Hamburg Köln Leipzig München Nürnberg Rostock Stuttgart".split())
TRADES = tuple("Anlagenbau Bäckerei Druckerei Elektrotechnik Fahrzeugteile Gartenbau Holzhandel Logistik".split())
FORMS = ("GmbH", "AG", "KG", "GmbH & Co. KG", "Ltd.", "Inc.", "S.A.S.")
PEOPLE = tuple("Berger Castillo Dubois Hansen Kowalski Lindqvist Moretti Novak Okafor Petersen Rossi Schulz".split())
TERMS = (14, 30, 30, 30, 45, 60)

Line = tuple[str, str, str, str, date, date, str, str, Decimal, Decimal, Decimal, Decimal, str, str, str, str]


def lines(count: int) -> Iterator[Line]:
    """Draw the lines of an export, in order of their dates."""
    rng = np.random.default_rng(SEED)
    customers = max(20, count // INVOICES_PER_CUSTOMER)
    weight = rng.lognormal(0, 1.2, customers)
    who = rng.choice(customers, count, p=weight / weight.sum()).tolist()
    ago = np.sort(rng.integers(0, DAYS, count))[::-1].tolist()
    net = (rng.lognormal(10.5, 1.1, count).astype(np.int64) + 100).tolist()
    luck = rng.random(count).tolist()
    part = rng.uniform(0.2, 0.9, count).tolist()
    ordered = (rng.random(count) < 0.6).tolist()
    for place, customer in enumerate(who):
        issued = LAST_DAY - timedelta(days=ago[place])
        days = TERMS[customer % len(TERMS)]
        taxed = 0 if customer % 9 == 0 else round(net[place] * TAX / 100)
        whole = net[place] + taxed
        owed = 0 if luck[place] < 0.5 else max(1, int(whole * part[place])) if luck[place] < 0.6 else whole
        town, trade = PLACES[customer % len(PLACES)], TRADES[customer % len(TRADES)]
        yield (
            f"D{10_000 + customer}",
            f"{PEOPLE[customer * 7 % len(PEOPLE)]} {trade} {customer} {FORMS[customer % len(FORMS)]}",
            town,
            f"RE-{issued.year}-{place + 1:06}",
            issued,
            issued + timedelta(days=days),
            f"Net {days}",
            ("EUR", "USD", "GBP")[0 if customer % 10 < 8 else customer % 10 - 7],
            net[place] * CENT,
            taxed * CENT,
            whole * CENT,
            owed * CENT,
            f"PO-{4_500_000 + place * 37 % 499_979}" if ordered[place] else "",
            f"Order {700_000 + place * 13 % 199_999}",
            PEOPLE[customer % len(PEOPLE)],
            f"ap{customer}@{trade.lower().replace('ä', 'ae')}-{customer}.example",
        )


def as_csv(found: Sequence[Line]) -> bytes:
    """Write an export as CSV, UTF-8, comma, dates ISO."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(HEADER)
    writer.writerows(found)
    return text.getvalue().encode()


def as_xlsx(found: Sequence[Line]) -> bytes:
    """Write an export as a workbook of one sheet, with real dates and numbers."""
    data = io.BytesIO()
    book = xlsxwriter.Workbook(data, {"default_date_format": "yyyy-mm-dd"})
    sheet = book.add_worksheet("Invoices")
    sheet.write_row(0, 0, HEADER)
    for place, line in enumerate(found, start=1):
        for position, cell in enumerate(line):
            _put(sheet, place, position, cell)
    book.close()
    return data.getvalue()


def _put(sheet: Any, row: int, column: int, cell: object) -> None:
    if isinstance(cell, str):
        if cell:
            sheet.write_string(row, column, cell)
    elif isinstance(cell, date):
        sheet.write_datetime(row, column, cell)
    elif isinstance(cell, Decimal):
        sheet.write_number(row, column, float(cell))
