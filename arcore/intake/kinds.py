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
    r"|\bfacturas pendientes\b|\bopenstaande\b|\bscadenzario\b|\bas (?:of|at)\b|\bstand(?: per| vom| zum)?:? \d|\bstichtag\b",
    re.IGNORECASE,
)
_MARKERS: tuple[tuple[str, frozenset[str], bool], ...] = (
    (
        "This is a list of quotes; a quote is not owed, so nothing of it is booked.",
        frozenset(
            "quotenumber quotedate quoteid estimatenumber estimatedate angebotsnummer angebotsdatum devisnumero"
            " numerodevis presupuesto".split()
        ),
        True,
    ),
    (
        "This is a list of recurring templates; only the invoices made from them are owed, so nothing of it is booked.",
        frozenset("frequency remainingcycles recurabletype nextinvoicedate nextrundate repeatevery autobill".split()),
        False,
    ),
    (
        "This is a list of bills of suppliers; arcore keeps what customers owe, so nothing of it is booked.",
        frozenset(
            "vendor vendorname vendorid vendorcode supplier suppliername suppliercode supplierid creditor lieferant"
            " lieferantenname kreditor kreditorennummer fournisseur proveedor fornitore leverancier".split()
        ),
        True,
    ),
    (
        "This is a list of products; nothing of it is owed.",
        frozenset("saleprice salesprice purchaseprice sku stockonhand reorderpoint itemtype barcode".split()),
        True,
    ),
)
_BANK = frozenset(
    """iban bic valuedate wertstellung valuta valutadatum buchungstag verwendungszweck runningbal runningbalance
    kontostand checkorslip partneriban paidin paidout withdrawal withdrawals deposit afbij tegenrekening mutatiesoort
    sortcode transactiondescription bankaccount moneyin moneyout availablebalance cardno sourceaccount payee
    originaldescription checknumber ibankontoinhaber auftragskonto kontonummer glaubigerid bankdescription
    rekeningnummer afschriftnummer""".split()
)
_GATEWAY = frozenset("fee net reportingcategory availableonutc availableon balancetransactionid sellermessage".split())
_PAYMENT_MARKS = frozenset(
    """paymentmethod paymentmethodid paymentmode paymenttype unappliedamount unusedamount amountapplied
    deposittoaccountid deposittoaccount depositto checknumber chequenumber receiptnumber bankcharges zahlungsart
    modedepaiement modedereglement formadecobro""".split()
)
_CREDIT_MARKS = frozenset(
    "remainingcredit creditnotenumber creditmemonumber creditnoteno creditnoteid creditnotedate gutschriftnummer".split()
)
_CONTACT_FIELDS = frozenset(
    """email phone first_name last_name contact_name address terms language owner segment credit_limit insured_limit
    parent region active_flag inactive_flag role""".split()
)


class Kind(NamedTuple):
    """What a table is, how sure that is (0 to 1), and for what is not booked, why."""

    name: str
    sure: float
    reason: str = ""


def decide_kind(header: Sequence[str], at: Mapping[str, int], titles: Sequence[str], *, grouped: bool = False) -> Kind:
    """Decide from the fields found, from telling headers and from the titles above the table (sheet name included).

    `grouped`: the customer may stand on a row of its own above its documents.
    """
    names = {squash(name) for name in header}
    refused = _not_receivable(names, header, at, titles)
    if refused:
        return refused
    money = _has_money(at)
    named = "customer_name" in at or "customer_code" in at
    numbered = any(field in at for field in ("invoice_no", "system_id", "payment_no", "applies_to"))
    dated = any(field in at for field in ("issue_date", "due_date", "paid_date"))
    listed = numbered and ("invoice_no" in at or "due_date" in at or not _CONTACT_FIELDS & at.keys())
    if money and dated and (listed or "doc_type" in at) and not _is_directory(at):
        return _documents(names, header, at, titles, grouped=grouped)
    if named and _CONTACT_FIELDS & at.keys() and bucket_columns(header) < 1:
        return Kind(CUSTOMERS, 0.95 if "email" in at or "terms" in at else 0.7)
    if named and ("open_amount" in at or bucket_columns(header) >= 2):
        reason = "These are totals per customer without invoices: they are compared with the books, not booked."
        return Kind(BALANCES, 0.9, reason)
    return Kind(OTHER, 0.5, f"No table of documents or customers was found in it; {READS}.")


def _has_money(at: Mapping[str, int]) -> bool:
    simple = ("amount", "open_amount", "line_amount", "debit", "credit")
    return any(field in at for field in simple) or ("quantity" in at and "unit_price" in at)


def _is_directory(at: Mapping[str, int]) -> bool:
    """Tell a list of people with a balance and a creation date from a list of documents."""
    people = _CONTACT_FIELDS & at.keys()
    return len(people) >= 4 and "invoice_no" not in at and "due_date" not in at


def _not_receivable(
    names: set[str], header: Sequence[str], at: Mapping[str, int], titles: Sequence[str]
) -> Kind | None:
    invoices = "invoice_no" in at and bool(_INVOICE_WORD.search(squash(header[at["invoice_no"]])))
    for reason, marks, unless_invoices in _MARKERS:
        if not marks & names or (unless_invoices and (invoices or "customer_code" in at)):
            continue
        if unless_invoices or "issue_date" not in at:
            return Kind(OTHER, 0.95, reason)
    if any(re.search(r"\brecurring\b|_recurring|recurring_", title, re.IGNORECASE) for title in titles):
        return Kind(OTHER, 0.9, _MARKERS[1][0])
    if {"debit", "credit"} <= at.keys() and not {"issue_date", "due_date", "invoice_no"} & at.keys():
        return Kind(OTHER, 0.9, "This is a trial balance; it has no invoices, so nothing of it is booked.")
    if _GATEWAY & names and len(_GATEWAY & names) >= 2 and "due_date" not in at:
        return Kind(OTHER, 0.8, f"This looks like a payment provider's report; {READS}.")
    bank = len(_BANK & names)
    if bank and "due_date" not in at and not invoices and _has_money(at):
        return Kind(OTHER, 0.8, f"This looks like a bank statement; {READS}.")
    plain = not {"invoice_no", "system_id", "due_date", "customer_code", "open_amount"} & at.keys()
    if plain and _has_money(at) and "issue_date" in at and ("customer_name" not in at or "runningbalance" in names):
        return Kind(OTHER, 0.6, f"This looks like a bank statement; {READS}.")
    return None


def _documents(
    names: set[str], header: Sequence[str], at: Mapping[str, int], titles: Sequence[str], *, grouped: bool
) -> Kind:
    if "ledger_account" in at and ("debit" in at or "credit" in at) and "customer_name" in at:
        return Kind(LEDGER, 0.85)
    if not grouped and not {"customer_name", "customer_code", "email"} & at.keys():
        return Kind(OTHER, 0.5, f"No column of it names a customer, so nothing of it can be booked; {READS}.")
    typed = "doc_type" in at
    if any(_CREDIT_TITLE.match(title.strip()) for title in titles) or (_CREDIT_MARKS & names and not typed):
        return Kind(CREDIT_NOTES, 0.95)
    settled_only = "due_date" not in at and "open_amount" not in at
    if settled_only and any(_PAYMENT_TITLE.match(title.strip()) for title in titles):
        return Kind(PAYMENTS, 0.95)
    marks = bool(_PAYMENT_MARKS & names) or "payment_no" in at or ("paid_date" in at and "issue_date" not in at)
    if settled_only and marks:
        return Kind(PAYMENTS, 0.9)
    if any(_SNAPSHOT_TITLE.search(title) for title in titles):
        return Kind(OPEN_ITEMS, 0.95)
    if "aging_bucket" in at or bucket_columns(header) >= 2:
        return Kind(OPEN_ITEMS, 0.9)
    return Kind(INVOICES, 0.95 if "amount" in at or "open_amount" in at else 0.8)
