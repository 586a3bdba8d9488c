"""From which system a table seems to come: a label for people and for the source, told by its headers and titles."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from arcore.intake.synonyms import squash

GENERIC = "generic"


class Profile(NamedTuple):
    """A system: the headers that must all be there (squashed), or words in the titles."""

    name: str
    headers: frozenset[str]
    titles: tuple[str, ...] = ()


def _profile(name: str, headers: str, *titles: str) -> Profile:
    return Profile(name, frozenset(squash(one) for one in headers.split("|")), titles)


PROFILES: tuple[Profile, ...] = (
    _profile("quickbooks_api", "_fivetran_deleted|sync_token|currency_id"),
    _profile("netsuite", "_fivetran_deleted|transaction_id"),
    _profile("netsuite", "_fivetran_deleted|entityid"),
    _profile("netsuite", "Document Number|Transaction Type|Date|Open Balance|Age"),
    _profile("zoho_books", "Invoice ID|Invoice Number|Customer ID|Balance|Currency Code"),
    _profile("zoho_books", "Display Name|Customer ID|Contact Type"),
    _profile("xero", "ContactName|InvoiceNumber|InvoiceDate|DueDate"),
    _profile("freshbooks", "Client Name|Invoice #|Date Issued|Line Total"),
    _profile("wave", "Transaction ID|Account Name|Transaction Line Description"),
    _profile("invoice_ninja", "Client|Invoice Number|Amount|Paid|Public Notes"),
    _profile("invoice_ninja", "Name|Paid to Date|ID Number|Public Notes"),
    _profile("akaunting", "invoice_number|invoiced_at|due_at|category_name"),
    _profile("erpnext", "Posting Date|Voucher No|Voucher Type|Outstanding Amount"),
    _profile("odoo", "Invoice Partner Display Name|Total Signed"),
    _profile("business_central", "Entry No.|Document Type|Document No.|Customer No.|Remaining Amount"),
    _profile("oracle", "CUSTOMER_NUMBER|TRX_NUMBER|AMOUNT_DUE_REMAINING"),
    _profile("sage_50", "Account Reference|Nominal A/C Ref|Net Amount"),
    _profile("datev", "Umsatz|Gegenkonto|Belegfeld 1"),
    _profile("sap", "Pièce de rapprochement|Type de pièce"),
    _profile("sap", "Numéro de pièce|Type de pièce|Echéance nette"),
    _profile("sap", "Document Number|Document Type|Net due date"),
    _profile("sap", "DocumentNo|Doc. Date|Amount in local cur."),
    _profile("sap", "Belegnummer|Belegart|Nettofälligkeit"),
    _profile("sap", "Debiteur|Netto-vervaldatum"),
    _profile("sap", "business_code|cust_number|doc_id|due_in_date"),
    _profile("quickbooks_online", "Num|Customer|Date|Due Date|Open Balance"),
    _profile("quickbooks_online", "Transaction type|Customer full name|Open balance"),
    _profile("quickbooks_online", "Transaction date|Transaction type|No.|Name"),
    _profile("quickbooks_online", "Customer|Phone Numbers|Full Name|Billing Address"),
    _profile("quickbooks_online", "Customer|Main Email|Main Phone|Bill Addr Line1"),
    _profile("invoice_ninja", "Client|Invoice Number|Amount|Date", "Invoice Ninja"),
)
"""The first that fits wins; a profile with title words needs both."""


def profile_of(header: Sequence[str], titles: Sequence[str]) -> str:
    """Return the name of the system that the headers and titles speak for, "generic" when none does."""
    names = {squash(name) for name in header}
    text = " ".join(titles).casefold()
    for profile in PROFILES:
        told = not profile.titles or any(word.casefold() in text for word in profile.titles)
        if profile.headers <= names and told:
            return profile.name
    return GENERIC
