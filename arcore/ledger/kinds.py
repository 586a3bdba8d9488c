"""What each kind of document means: which side it is born on and which class of figures it belongs to.

A void has the kind, and so the class, of what it voids; its items have the other sign. KPIs read this table.
"""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

DEBIT = 1
"""Owed to us: the balance of such an item is never below zero."""
CREDIT = -1
"""Owed by us: the balance of such an item is never above zero."""


class KindClass(StrEnum):
    """Which figures a document moves."""

    SALES = "sales"
    CASH = "cash"
    CREDIT = "credit"
    LOSS = "loss"
    NEUTRAL = "neutral"


class Kind(NamedTuple):
    """One kind of document.

    Attributes:
        name: how it is written in the store and in exchange files.
        side: DEBIT, CREDIT, or 0 where either is possible and has to be said.
        kind_class: sales, cash, credit, loss or neutral.
        in_sales: counts in credit sales S (invoices, debit notes, late charges less credit notes).
        label: what people read.
    """

    name: str
    side: int
    kind_class: KindClass
    in_sales: bool
    label: str


KINDS: tuple[Kind, ...] = (
    Kind("invoice", DEBIT, KindClass.SALES, True, "Invoice"),
    Kind("debit_note", DEBIT, KindClass.SALES, True, "Debit note"),
    Kind("late_charge", DEBIT, KindClass.SALES, True, "Late charge"),
    Kind("credit_note", CREDIT, KindClass.CREDIT, True, "Credit note"),
    Kind("payment", CREDIT, KindClass.CASH, False, "Payment"),
    Kind("refund", DEBIT, KindClass.CASH, False, "Refund"),
    Kind("payment_reversal", DEBIT, KindClass.CASH, False, "Payment reversal"),
    Kind("write_off", CREDIT, KindClass.LOSS, False, "Write-off"),
    Kind("discount", CREDIT, KindClass.CREDIT, False, "Early-payment discount"),
    Kind("fx_difference", 0, KindClass.NEUTRAL, False, "Exchange difference"),
    Kind("transfer", 0, KindClass.NEUTRAL, False, "Transfer"),
    Kind("conversion", 0, KindClass.NEUTRAL, False, "Conversion"),
    Kind("settlement", 0, KindClass.NEUTRAL, False, "Settlement, unexplained"),
)
"""The order is the code that analytics uses; new kinds go to the end."""

BY_NAME: dict[str, Kind] = {kind.name: kind for kind in KINDS}
CODES: dict[str, int] = {kind.name: code for code, kind in enumerate(KINDS)}

UNCOLLECTIBLE = "uncollectible"
"""The write-off reason that counts as bad debt."""
RECOVERY = "recovery"
"""A write-off taken back because the money came after all: a debit that the money pays; it lowers net bad debt."""
WRITE_OFF_REASONS = (UNCOLLECTIBLE, "small_difference", "goodwill", "dispute_conceded", RECOVERY)

LISTED = "listed"
"""Reason of an inferred document: a list said so without saying since when."""
SNAPSHOT = "snapshot"
"""Reason of an inferred document: a snapshot of a known day said so."""
FACTORED = "factored"
"""Reason of a settlement that somebody explained: the debt was sold to a factor, so it moved and was not collected."""
