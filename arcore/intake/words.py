"""Words that exports use in the cells: types of documents, states, debit and credit, yes and no."""

from __future__ import annotations

from arcore.intake.synonyms import squash
from arcore.intake.understood import DELETED
from arcore.intake.understood import DRAFT
from arcore.intake.understood import VOID

NOT_RECEIVABLE = "not_receivable"
"""A type of row that is no receivable of ours: bills, quotes, orders, expenses."""
BY_SIGN = "by_sign"
"""A type that says nothing about the side (journals, clearings): the sign of the amount does."""

PAID = "paid"
OPEN = "open"
PARTIAL = "partial"


def _table(words: dict[str, str]) -> dict[str, str]:
    return {squash(word): meaning for meaning, names in words.items() for word in names.split("|")}


_TYPES = _table(
    {
        "invoice": (
            "invoice|inv|sales invoice|tax invoice|customer invoice|custinvc|accrec|si|rv|dr|rd|ri|re|rechnung"
            "|ausgangsrechnung|verkaufsrechnung|facture|facture client|facture de vente|fa|factura|factura de venta"
            "|fac|fattura|factuur|verkoopfactuur|in|out_invoice|customer invoices|faktura|ar invoice|billing"
            "|receivable"
        ),
        "credit_note": (
            "credit memo|credit note|sales credit note|sales credit memo|credit|custcred|accreccredit|cm|cn|sc|dg|rk"
            "|gutschrift|rechnungskorrektur|stornorechnung|avoir|note de crédit|av|nota de crédito|abono|nota credito"
            "|nota di credito|creditnota|creditfactuur|out_refund|customer credit note|ar credit memo|credit adj"
        ),
        "payment": (
            "payment|customer payment|custpymt|custdep|pmt|receipt|sr|sa|dz|zp|zahlung|zahlungseingang|paiement"
            "|règlement|encaissement|pago|cobro|pagamento|incasso|betaling|payment entry|cash receipt|deposit"
            "|prepayment|overpayment|sales overpayment|sales prepayment|unapplied payment|unapplied cash payment"
            "|income|payment received|receive payment|money received|customer deposit|payment on account|charge"
            "|ar payment|anzahlung"
        ),
        "refund": (
            "refund|customer refund|custrfnd|refund receipt|payment refund|erstattung|rückzahlung|remboursement"
            "|reembolso|rimborso|terugbetaling|rf|expense refund"
        ),
        "payment_reversal": ("payment reversal|reversed payment|bounced payment|nsf|returned payment|rücklastschrift"),
        "debit_note": (
            "debit note|debit memo|dm|dn|belastung|lastschriftanzeige|note de débit|nota de débito|nota di debito"
            "|debetnota|chargeback|cb"
        ),
        "late_charge": (
            "finance charge|finance charge memo|finance charges|late fee|late charge|interest|interest invoice"
            "|mahngebühr|mahngebühren|verzugszinsen|verzugszins|intérêts de retard|statement charge|dd|reminder"
        ),
        "write_off": ("write off|writeoff|bad debt|ausbuchung|forderungsverlust|passage en perte|castigo"),
        "discount": ("discount|early payment discount|sd|skonto|escompte|descuento por pronto pago"),
        BY_SIGN: (
            "journal|journal entry|general journal|manual journal|je|gl|ab|sa journal|opening balance|adjustment|adj"
            "|umbuchung|buchung|écriture|asiento|transfer|entry"
        ),
        NOT_RECEIVABLE: (
            "jd|jc|bill|bills|vendor bill|vendbill|vendor payment|vendpymt|vendcred|vendor credit|accpay|accpaycredit"
            "|purchase invoice|purchase order|purchord|pi|pc|pp|pa|expense|cheque expense|check|bill payment"
            "|bill payment check|bill payment credit card|credit card expense|quote|quotation|estimate|sales order"
            "|salesord|proforma|pro forma invoice|sales receipt|cashsale|cash sale|timesheet|eingangsrechnung"
            "|lieferantenrechnung|angebot|auftrag|devis|presupuesto|commande|kreditorenrechnung|kr|kz|kg|item receipt"
            "|inventory|payout|stripe fee|fee"
        ),
    }
)
_STATES = _table(
    {
        PAID: (
            "paid|paid in full|fully paid|closed|complete|completed|settled|cleared|cl|in payment|paidinfull"
            "|reconciled|bezahlt|ausgeglichen|beglichen|erledigt|geschlossen|payé|payée|réglé|réglée|soldé|soldée"
            "|pagada|pagado|cobrada|cobrado|saldada|pagata|pagato|betaald|voldaan|written off|writtenoff"
        ),
        OPEN: (
            "open|unpaid|sent|overdue|past due|due|not paid|awaiting payment|outstanding|viewed|posted|approved"
            "|authorised|authorized|op|submitted|issued|emailed|unsent|offen|überfällig|fällig|unbezahlt|versendet"
            "|verschickt|gemahnt|ouvert|ouverte|impayé|impayée|à payer|en retard|échue|abierta|abierto|pendiente"
            "|vencida|vencido|impagada|aperta|scaduta|da pagare|openstaand|vervallen|verzonden"
        ),
        PARTIAL: (
            "partial|partially paid|part paid|partly paid|partial payment|teilbezahlt|teilweise bezahlt"
            "|partiellement payé|partiellement réglée|parcialmente pagada|parcial|parzialmente pagata|deels betaald"
        ),
        DRAFT: (
            "draft|entwurf|brouillon|borrador|bozza|concept|awaiting approval|pending approval|not submitted|unposted"
            "|in progress"
        ),
        VOID: (
            "void|voided|cancelled|canceled|cancel|storniert|storno|annulé|annulée|anulada|anulado|annullata"
            "|geannuleerd|reversed|rejected|declined"
        ),
        DELETED: ("deleted|gelöscht|supprimé|supprimée|eliminada|eliminado|verwijderd|trashed"),
    }
)
_YES = frozenset(
    {"1", "true", "yes", "y", "t", "x", "ja", "oui", "si", "wahr", "vrai", "verdadero", "j", "o", "active", "aktiv"}
)
_NO = frozenset({"0", "false", "no", "n", "f", "nein", "non", "falsch", "faux", "falso", "nee", "inactive", "inaktiv"})
_DEBIT = frozenset({"d", "dr", "s", "soll", "debit", "debe", "dare", "af", "out", "debet", "dbit", "+"})
_CREDIT = frozenset({"c", "cr", "h", "haben", "credit", "crdt", "haber", "avere", "bij", "in", "-"})


def type_of(word: str) -> str:
    """Return the ledger kind that a type word stands for, NOT_RECEIVABLE, BY_SIGN, or "" when it is not known."""
    squashed = squash(word)
    found = _TYPES.get(squashed)
    if found or not squashed:
        return found or ""
    # "RV Billing transfer", "Invoice (standard)", "CRDT MEMO": the first word may be enough, never only part of one.
    first = squash(word.replace("-", " ").split(" ", maxsplit=1)[0])
    return _TYPES.get(first, "") if first != squashed else ""


def state_of(word: str) -> str:
    """Return "open", "paid", "partial", "draft", "void", "deleted", or "" when the word is not known."""
    return _STATES.get(squash(word), "")


def is_yes(word: object) -> bool | None:
    """Read a yes or no in several languages; None when it is neither."""
    if isinstance(word, bool):
        return word
    text = squash(str(word).removesuffix(".0"))
    return True if text in _YES else False if text in _NO else None


def side_of(word: str) -> int:
    """Return 1 for debit, −1 for credit, 0 when the flag is not known. S and H are Soll and Haben."""
    text = word.strip().casefold()
    return 1 if text in _DEBIT else -1 if text in _CREDIT else 0
