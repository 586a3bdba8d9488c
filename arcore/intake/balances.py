"""A file of totals per customer: compared with the books, never booked."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from sqlalchemy import func
from sqlalchemy import select
from sqlmodel import Session
from sqlmodel import col

from arcore.errors import BadInput
from arcore.intake.changes import BalanceDifference
from arcore.intake.parties import Directory
from arcore.intake.parties import clean
from arcore.intake.understood import Understood
from arcore.money import nearest_minor
from arcore.store.books import Document


def compare_balances(
    session: Session, understood: Understood, directory: Directory, *, currency: str, as_of: date
) -> Iterator[BalanceDifference]:
    """Compare each customer's stated balance with ours at the end of `as_of`; `currency` where a row names none."""
    ours = _ours(session, directory, as_of)
    for row in understood.customers:
        if row.open_balance is None:
            continue
        unit = row.currency or currency
        try:
            stated = nearest_minor(row.open_balance, unit)
        except BadInput:
            continue
        ref = directory.find(row.code, row.name)
        code, name = clean(row.code or row.name), clean(row.name or row.code)
        if ref is not None:
            code, name = directory.known(ref).code, directory.known(ref).name
        yield BalanceDifference(code, name, unit, stated, ours.get((ref or 0, unit), 0), row.file, row.line)


def _ours(session: Session, directory: Directory, as_of: date) -> dict[tuple[int, str], int]:
    """Add up documents: what is applied within a customer's books does not change their sum."""
    found: dict[tuple[int, str], int] = {}
    rows = session.execute(
        select(col(Document.customer_id), col(Document.currency), func.sum(col(Document.amount)))
        .where(col(Document.effective_on) <= as_of)
        .group_by(col(Document.customer_id), col(Document.currency))
    )
    for customer_id, currency, amount in rows:
        key = (directory.survivor(customer_id), currency)
        found[key] = found.get(key, 0) + int(amount)
    return found
