"""What a table is: invoices, open items, payments, customers, balances, or something that is no receivable."""

from __future__ import annotations

import re
from collections.abc import Mapping
from collections.abc import Sequence
from typing import NamedTuple

from arcore.intake.layout import bucket_columns
from arcore.intake.synonyms import squash
from arcore.intake.understood import BALANCES
from arcore.intake.understood import CREDIT_NOTES
from arcore.intake.understood import CUSTOMERS
from arcore.intake.understood import INVOICES
from arcore.intake.understood import LEDGER
from arcore.intake.understood import OPEN_ITEMS
from arcore.intake.understood import OTHER
from arcore.intake.understood import PAYMENTS

READS = "arcore reads invoices, open items, payments and customers here"

_INVOICE_WORD = re.compile(r"invoice|rechnung|factur|faktur|fattur|facture")
_PAYMENT_TITLE = re.compile(
    r"^(?:\w+ )?(?:payments?|receipts|cash receipts|zahlungen|zahlungseingänge|paiements|règlements|encaissements|pagos"
    r"|cobros|betalingen|incassi)(?: received| list| report|liste)?$",
    re.IGNORECASE,
)
_CREDIT_TITLE = re.compile(
    r"^(?:customer |sales )?(?:credit (?:notes?|memos?)|gutschriften|avoirs|notas de crédito|creditnota's)(?: list)?$",
    re.IGNORECASE,
)
_SNAPSHOT_TITLE = re.compile(
    r"\bag(?:e)?ing\b|\bopen (?:items?|invoices?|receivables?)\b|\bunpaid invoices?\b|\boutstanding\b|\boffene posten\b"
    r"|\bop-liste\b|\bopos\b|\boffene rechnungen\b|\bbalance âgée\b|\bfactures impayées\b|\bpartidas abiertas\b"
    r"|\bfacturas pendientes\b|\bopenstaande\b|\bscadenzario\b|\bas (?:of|at)\b|\bstand(?: per| vom| zum)?:? \d"
    r"|\bstichtag\b",
    re.IGNORECASE,
)
_RECURRING_TITLE = re.compile(r"\brecurring\b|_recurring|recurring_", re.IGNORECASE)
_RECURRING = "This is a list of recurring templates; only the invoices made from them are owed, so nothing is booked."


_BALANCES = "These are totals per customer without invoices: they are compared with the books, not booked."


def _marks(words: str) -> frozenset[str]:
    return frozenset(squash(word) for word in words.split())


class _Thing(NamedTuple):
    """A list that is none of ours, told by its headers, unless it has what is ours: invoices, customers, or dates."""

    reason: str
    marks: frozenset[str]
    unless: str


_OTHER_THINGS = (
    _Thing(
        "This is a list of quotes; a quote is not owed, so nothing of it is booked.",
        _marks("""quotenumber quotedate quoteid estimatenumber estimatedate angebotsnummer angebotsdatum devisnumero
            numerodevis presupuesto"""),
        unless="invoices",
    ),
    _Thing(
        _RECURRING,
        _marks("frequency remainingcycles recurabletype nextinvoicedate nextrundate repeatevery autobill"),
        unless="dates",
    ),
    _Thing(
        "This is a list of suppliers' bills; arcore keeps what customers owe, so nothing of it is booked.",
        _marks("""vendor vendorname vendorid vendorcode supplier suppliername suppliercode supplierid creditor lieferant
            lieferantenname kreditor kreditorennummer fournisseur proveedor fornitore leverancier"""),
        unless="customers",
    ),
    _Thing(
        "This is a list of products; nothing of it is owed.",
        _marks("saleprice salesprice purchaseprice sku stockonhand reorderpoint itemtype barcode"),
        unless="customers",
    ),
)
_NUMBERS = frozenset({"system_id", "payment_no", "applies_to"})
_BANK = _marks("""
    iban bic valuedate wertstellung valuta valutadatum buchungstag verwendungszweck runningbal runningbalance
    kontostand checkorslip partneriban paidin paidout withdrawal withdrawals deposit afbij tegenrekening mutatiesoort
    sortcode transactiondescription bankaccount moneyin moneyout availablebalance cardno sourceaccount payee
    originaldescription ibankontoinhaber auftragskonto kontonummer glaubigerid bankdescription
    rekeningnummer afschriftnummer""")
_GATEWAY = _marks("fee net reportingcategory availableonutc availableon balancetransactionid sellermessage")
_PAYMENT_MARKS = _marks("""
    method paymentmethod paymentmethodid paymentmode paymenttype unappliedamount unusedamount amountapplied
    deposittoaccountid deposittoaccount depositto checknumber chequenumber receiptnumber bankcharges zahlungsart
    modedepaiement modedereglement formadecobro""")
_CREDIT_MARKS = _marks(
    "remainingcredit creditnotenumber creditmemonumber creditnoteno creditnoteid creditnotedate gutschriftnummer"
)
_CONTACT_FIELDS = frozenset(
    """email phone tax_number first_name last_name contact_name address terms language owner segment
    credit_limit insured_limit parent region active_flag inactive_flag role""".split()
)


class Kind(NamedTuple):
    """What a table is, how sure that is (0 to 1), and for what is not booked, why."""

    name: str
    sure: float
    reason: str = ""


def decide_kind(
    header: Sequence[str],
    at: Mapping[str, int],
    titles: Sequence[str],
    *,
    grouped: bool = False,
) -> Kind:
    """Decide from the fields found, from telling headers and from the titles above the table (sheet name included).

    `grouped`: the customer may stand on a row of its own above its documents.
    """
    names = {squash(name) for name in header}
    if any(_RECURRING_TITLE.search(title) for title in titles):
        return Kind(OTHER, 0.9, _RECURRING)
    refused = _not_receivable(names, header, at)
    if refused:
        return refused
    listed = _lists_documents(at)
    named = "customer_name" in at or "customer_code" in at
    if listed:
        return _documents(names, header, at, titles, named=named or grouped or "email" in at)
    if named and _CONTACT_FIELDS & at.keys() and bucket_columns(header) < 1:
        return Kind(CUSTOMERS, 0.95 if "email" in at or "terms" in at else 0.7)
    if named and ("open_amount" in at or bucket_columns(header) >= 2):
        return Kind(BALANCES, 0.9, _BALANCES)
    return Kind(OTHER, 0.5, f"No table of documents or customers was found in it; {READS}.")


def names_open_items(name: str) -> bool:
    """Tell whether a file is named after what is open: "open_items_2026-01.csv", "AR aging.xlsx"."""
    return bool(_SNAPSHOT_TITLE.search(re.sub(r"[\W_]+", " ", name)))


def _lists_documents(at: Mapping[str, int]) -> bool:
    """Tell a list of documents: money, a date, and a number or a type. People with a balance are none."""
    people = _CONTACT_FIELDS & at.keys()
    numbered = "invoice_no" in at or "due_date" in at or (bool(_NUMBERS & at.keys()) and not people)
    dated = any(field in at for field in ("issue_date", "due_date", "paid_date"))
    directory = len(people) >= 4 and "invoice_no" not in at and "due_date" not in at
    return _has_money(at) and dated and (numbered or "doc_type" in at) and not directory


def _has_money(at: Mapping[str, int]) -> bool:
    simple = ("amount", "open_amount", "paid_amount", "line_amount", "debit", "credit")
    return any(field in at for field in simple) or ("quantity" in at and "unit_price" in at)


def _not_receivable(names: set[str], header: Sequence[str], at: Mapping[str, int]) -> Kind | None:
    """Return what a table is when it is certainly none of ours, None otherwise."""
    invoices = "invoice_no" in at and bool(_INVOICE_WORD.search(squash(header[at["invoice_no"]])))
    ours = {
        "invoices": invoices,
        "customers": invoices or "customer_code" in at,
        "dates": "issue_date" in at,
    }
    for thing in _OTHER_THINGS:
        if thing.marks & names and not ours[thing.unless]:
            return Kind(OTHER, 0.95, thing.reason)
    if {"debit", "credit"} <= at.keys() and not {"issue_date", "due_date", "invoice_no"} & at.keys():
        return Kind(OTHER, 0.9, "This is a trial balance; it has no invoices, so nothing of it is booked.")
    if "due_date" in at or not _has_money(at):
        return None
    if len(_GATEWAY & names) >= 2:
        return Kind(OTHER, 0.8, f"This looks like a payment provider's report; {READS}.")
    plain = "issue_date" in at and not {"invoice_no", "system_id", "customer_code", "open_amount"} & at.keys()
    unnamed = "customer_name" not in at or "runningbalance" in names
    if (_BANK & names and not invoices) or (plain and unnamed):
        return Kind(OTHER, 0.8, f"This looks like a bank statement; {READS}.")
    return None


def _documents(
    names: set[str], header: Sequence[str], at: Mapping[str, int], titles: Sequence[str], *, named: bool
) -> Kind:
    if not named:
        return Kind(OTHER, 0.5, f"No column of it names a customer, so nothing of it can be booked; {READS}.")
    if "ledger_account" in at and ("debit" in at or "credit" in at) and "customer_name" in at:
        return Kind(LEDGER, 0.85)
    typed = "doc_type" in at
    if any(_CREDIT_TITLE.match(title.strip()) for title in titles) or (_CREDIT_MARKS & names and not typed):
        return Kind(CREDIT_NOTES, 0.95)
    titled = not typed and any(_PAYMENT_TITLE.match(title.strip()) for title in titles)
    marked = bool(_PAYMENT_MARKS & names) or "payment_no" in at or ("paid_date" in at and "issue_date" not in at)
    marked = marked or not {"amount", "line_amount", "debit", "credit", "quantity"} & at.keys()
    if (titled or marked) and "due_date" not in at and "open_amount" not in at:
        return Kind(PAYMENTS, 0.95 if titled else 0.9)
    only_open = "open_amount" in at and not {"amount", "paid_amount", "line_amount", "quantity"} & at.keys()
    snapshot = any(_SNAPSHOT_TITLE.search(title) for title in titles)
    if snapshot or only_open or "aging_bucket" in at or bucket_columns(header) >= 2:
        return Kind(OPEN_ITEMS, 0.95 if snapshot else 0.9)
    return Kind(INVOICES, 0.95 if "amount" in at or "open_amount" in at else 0.8)
