"""What the steps of an import call things: kinds of files, fields, what is left out, systems; counts with nouns."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date

from arcore.intake.quality import FLAWS
from arcore.intake.quality import Quality
from arcore.intake.synonyms import FIELDS
from pages.ui.format import Format

KINDS = {
    "invoices": "a list of invoices",
    "open_items": "a list of open items",
    "payments": "payments",
    "credit_notes": "credit notes",
    "customers": "customers and contacts",
    "balances": "balances per customer, to compare",
    "ledger": "a ledger extract",
    "remittance": "a remittance advice",
    "books": "arcore's own exchange files",
    "other": "nothing that is owed to us",
}
_FIELD_WORDS = {
    "customer_code": "Customer number",
    "customer_name": "Customer name",
    "invoice_no": "Document number",
    "system_id": "System's own id",
    "payment_no": "Payment number",
    "applies_to": "Invoice that it pays",
    "issue_date": "Document date",
    "paid_date": "Payment date",
    "delivery_date": "Delivery date",
    "amount": "Amount, whole document",
    "open_amount": "Amount still open",
    "paid_amount": "Amount paid",
    "tax_amount": "Tax",
    "line_amount": "Amount of the line",
    "doc_type": "Kind of document",
    "state": "State of a draft or void",
    "debit_credit": "Debit or credit",
    "clearing": "Clearing document",
    "po_number": "Customer's order number",
    "terms": "Payment terms",
    "entity": "Our company",
    "aging_bucket": "Age",
    "contact_name": "Contact",
    "parent": "Belongs to customer",
    "active_flag": "In use",
    "inactive_flag": "Not in use",
    "deleted_flag": "Deleted",
    "current_flag": "Newest version",
}
FIELD_WORDS = {field.name: _FIELD_WORDS.get(field.name, field.name.replace("_", " ").capitalize()) for field in FIELDS}
"""Field → what people call it; each word stands for one field."""
NOT_USED = "not used"
INTO = {"mine": "my books", "sample": "the sample company"}
"""Where an import goes."""
LEFT_OUT = {
    "title": ("title line", "title lines"),
    "header": ("repeated header", "repeated headers"),
    "group": ("group line", "group lines"),
    "total": ("total line", "total lines"),
    "footer": ("footer line", "footer lines"),
    "rule": ("ruled line", "ruled lines"),
    "blank": ("blank line", "blank lines"),
    "duplicate": ("repeated line", "repeated lines"),
    "superseded": ("older version", "older versions"),
    "zero": ("zero amount", "zero amounts"),
    "draft": ("draft", "drafts"),
    "void": ("void document", "void documents"),
    "deleted": ("deleted document", "deleted documents"),
    "not_receivable": ("line not owed to us", "lines not owed to us"),
    "other_account": ("line on another account", "lines on other accounts"),
}
_SYSTEMS = {
    "arcore": "arcore",
    "quickbooks_online": "QuickBooks Online",
    "quickbooks_api": "QuickBooks",
    "netsuite": "NetSuite",
    "freshbooks": "FreshBooks",
    "erpnext": "ERPNext",
    "business_central": "Business Central",
    "datev": "DATEV",
    "sap": "SAP",
}
_ISO_DAY = re.compile(r"\b(\d{4})-(\d\d)-(\d\d)\b")


def counted(count: int, one: str, many: str, say: Format) -> str:
    """Write a number with its noun: 1 line, 9,681 lines."""
    return f"{say.number(count)} {one if count == 1 else many}"


def left_out(reasons: Mapping[str, int], say: Format) -> str:
    """Write what is left out, the most first: 6 total lines, 4 title lines."""
    ordered = sorted(reasons.items(), key=lambda pair: -pair[1])
    return ", ".join(
        counted(count, *LEFT_OUT.get(reason, (reason.replace("_", " "),) * 2), say)
        for reason, count in ordered
        if count
    )


def system(name: str) -> str:
    """Return what people call a system, "" for none in particular."""
    return "" if name == "generic" else _SYSTEMS.get(name, name.replace("_", " ").title())


def with_days(sentence: str, say: Format) -> str:
    """Write the ISO dates in a sentence as the company writes dates."""

    def day(found: re.Match[str]) -> str:
        try:
            return say.day(date(*map(int, found.groups())))
        except ValueError:
            return found.group()

    return _ISO_DAY.sub(day, sentence)


def size(content: int, say: Format) -> str:
    """Write the size of a file: 4.7 KB, 12.3 MB."""
    return f"{say.number(content / 1024, 1)} KB" if content < 1024**2 else f"{say.number(content / 1024**2, 1)} MB"


def quality(found: Quality, say: Format) -> str:
    """Say how good the data of a file are: 94 % of 50 rows without a flaw; 3 have no due date. "" without rows."""
    if found.score is None:
        return ""
    share = f"{found.score} % of {counted(found.rows, 'row', 'rows', say)} without a flaw"
    flaws = [f"{say.number(count)} {FLAWS[name][count != 1]}" for name, count in found.flaws.items()]
    return "; ".join([share, *flaws])
