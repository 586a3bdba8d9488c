"""From which day a file makes sales or receipts complete, per entity and currency."""

from __future__ import annotations

from collections.abc import Collection
from collections.abc import Sequence

from sqlalchemy import select
from sqlmodel import Session
from sqlmodel import col

from arcore.intake.changes import Covered
from arcore.intake.told import Told
from arcore.intake.understood import INVOICES
from arcore.intake.understood import LEDGER
from arcore.intake.understood import PAYMENTS
from arcore.intake.understood import SALES_KINDS
from arcore.store.sources import Coverage

SALES, RECEIPTS = "sales", "receipts"


def covered_by(kind: str, told: Sequence[Told]) -> list[Covered]:
    """Return what one file makes complete: from its first document of an entity and currency on.

    An invoice list covers sales, a list of payments receipts; a list with both, or one that dates every payment,
    covers both. A snapshot covers neither: it holds only what is still open. Nor does a filtered file.
    """
    if kind not in (INVOICES, LEDGER, PAYMENTS):
        return []
    found: dict[tuple[str, str, str], Covered] = {}
    whole = [one for one in told if not one.voice.source.scope and not one.taken_back]
    for what in _what(kind, whole):
        for one in whole:
            key = (one.entity, one.currency, what)
            before = found.get(key)
            if before is None or one.document_date < before.complete_from:
                found[key] = Covered(one.entity, one.currency, what, one.document_date)
    return list(found.values())


def _what(kind: str, told: Sequence[Told]) -> list[str]:
    payments = any(one.kind == "payment" for one in told)
    if kind == PAYMENTS:
        return [RECEIPTS]
    paid = [one for one in told if one.kind in SALES_KINDS and one.paid]
    dated = bool(paid) and all(one.row.paid_date is not None for one in paid)
    return [SALES, RECEIPTS] if payments or dated else [SALES]


def still_needed(session: Session, covered: Collection[Covered]) -> tuple[Covered, ...]:
    """Leave out what earlier imports made complete from the same day or an earlier one."""
    rows = session.execute(
        select(col(Coverage.entity), col(Coverage.currency), col(Coverage.what), col(Coverage.complete_from)).where(
            col(Coverage.withdrawn).is_(False)
        )
    )
    known: dict[tuple[str, str, str], Covered] = {}
    for row in rows:
        one = Covered(*row)
        before = known.get(one[:3])
        if before is None or one.complete_from < before.complete_from:
            known[one[:3]] = one
    needed: dict[tuple[str, str, str], Covered] = {}
    for one in sorted(covered, key=lambda c: c.complete_from):
        before = known.get(one[:3])
        if before is None or one.complete_from < before.complete_from:
            needed.setdefault(one[:3], one)
    return tuple(needed.values())
