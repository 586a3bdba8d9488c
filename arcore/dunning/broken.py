"""Promises that a letter may mention: not kept, lately, and nothing has come in since."""

from __future__ import annotations

from datetime import date
from datetime import timedelta

from sqlalchemy import func
from sqlalchemy import select
from sqlmodel import Session
from sqlmodel import col

from arcore.arrangements.queries import promises_in
from arcore.customers.queries import with_merged
from arcore.dunning.letters import Broken
from arcore.dunning.proof import Proof
from arcore.store.books import Document

RECENT = timedelta(days=90)
"""Older promises are not brought up again."""
MOST = 3
"""Promises in one letter; the latest."""


def broken_in(session: Session, proof: Proof) -> tuple[Broken, ...]:
    """Return the broken promises on what a letter of `proof` asks for, the latest last.

    One whose money may have come late is left out: a payment after its last day, whatever it was for. What is not yet
    known to be broken is not broken. Amounts are capped at what is still asked for.
    """
    asked = proof.claimed()
    found = []
    for promise in promises_in(session, proof.as_of, [proof.customer_id]):
        lately = promise.broken_on is not None and proof.as_of - promise.due_on <= RECENT
        if promise.entity != proof.entity or promise.state not in ("broken", "part_kept") or not lately:
            continue
        meant = _asked_of(proof, promise.document_ids) if promise.document_ids else asked
        left = min(promise.left, meant.get(promise.currency, 0))
        since = _paid_last(session, proof, promise.currency)
        if left > 0 and (since is None or since <= promise.until):
            found.append(Broken(promise.currency, promise.amount, left, promise.due_on))
    return tuple(sorted(found, key=lambda one: one.due_on)[-MOST:])


def _asked_of(proof: Proof, document_ids: tuple[int, ...]) -> dict[str, int]:
    sums: dict[str, int] = {}
    for claim in proof.claims:
        if claim.debt.document_id in document_ids:
            sums[claim.debt.currency] = sums.get(claim.debt.currency, 0) + claim.claimed
    return sums


def _paid_last(session: Session, proof: Proof, currency: str) -> date | None:
    """Return the day on which something last came in, or fell without anybody knowing why."""
    last = select(func.max(col(Document.effective_on))).where(
        col(Document.customer_id).in_(with_merged(session, [proof.customer_id])),
        col(Document.entity) == proof.entity,
        col(Document.currency) == currency,
        col(Document.kind).in_(("payment", "settlement")),
        col(Document.effective_on) <= proof.as_of,
    )
    found: date | None = session.execute(last).scalar_one()
    return found
