"""What a file says is left of a document: by its own column, by what was paid, by its state."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from arcore.intake import words
from arcore.intake.folding import Document
from arcore.intake.understood import NOT_COUNTED
from arcore.intake.understood import OPEN_ITEMS
from arcore.intake.understood import PAYMENTS
from arcore.intake.understood import REMITTANCE
from arcore.ledger.kinds import BY_NAME
from arcore.ledger.kinds import CREDIT
from arcore.money import ZERO

RECEIPTS = frozenset({PAYMENTS, REMITTANCE})
"""Kinds of files that list money received."""


def status_of(status: str, owed: Decimal | None) -> str:
    """Return the state of a document: where the file does not say, what is open does."""
    if status in {words.PARTIAL, ""} and owed is not None:
        return words.OPEN if owed else words.PAID
    return words.OPEN if status == words.PARTIAL else status


def open_of(
    document: Document, amount: Decimal, kind: str, status: str, file_kind: str, at: Mapping[str, int]
) -> Decimal | None:
    """Return what is still owed on it, signed as the books sign it; None when the file does not say."""
    credit = BY_NAME[kind].side == CREDIT
    if status in NOT_COUNTED:
        return ZERO
    if document.open is not None:
        return -abs(document.open) if credit else document.open
    owed = _owed(document, abs(amount), status, file_kind, at)
    return -owed if owed and credit else owed


def _owed(document: Document, whole: Decimal, status: str, file_kind: str, at: Mapping[str, int]) -> Decimal | None:
    """Return what is left of a document whose open amount has no column, positive."""
    if file_kind == OPEN_ITEMS or file_kind in RECEIPTS:
        return whole if file_kind == OPEN_ITEMS else None
    if document.paid is not None:
        return whole - abs(document.paid)
    if status in {words.PAID, words.OPEN}:
        return whole if status == words.OPEN else ZERO
    if "clearing" in at or "paid_date" in at:
        return ZERO if document.head.cleared or document.head.paid_on else whole
    return None
