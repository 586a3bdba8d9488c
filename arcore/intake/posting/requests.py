"""Credit requests: disputes that ended for the customer, so that somebody has to write a credit note in the ledger."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import aliased
from sqlmodel import Session
from sqlmodel import col

from arcore.intake.holdings import chunks
from arcore.intake.posting.line import CREDIT_REQUEST
from arcore.intake.posting.line import Line
from arcore.intake.posting.line import id_of
from arcore.store.books import Application
from arcore.store.books import Document
from arcore.store.books import Item
from arcore.store.contact import Dispute
from arcore.store.customers import Customer

ASKS = {"accepted": "accepted", "part_accepted": "accepted in part: up to"}
"""Outcomes that ask for a credit note, as the reason says them."""


def requests(session: Session, began: Mapping[str, datetime]) -> list[Line]:
    """Return the disputes that ended for the customer since a source tells, and that nobody credited here."""
    query = (
        select(Dispute, col(Document.number), col(Customer.name), col(Customer.code))
        .join(Document, col(Document.id) == col(Dispute.document_id))
        .join(Customer, col(Customer.id) == col(Dispute.customer_id))
        .where(col(Dispute.outcome).in_(ASKS), col(Dispute.entity).in_(began), col(Dispute.closed_at).is_not(None))
        .order_by(col(Dispute.id))
    )
    lines = []
    for dispute, number, name, code in session.execute(query):
        if dispute.closed_at > began[dispute.entity]:
            lines.append(
                Line(
                    subject=f"dispute:{dispute.id}", kind=CREDIT_REQUEST, number=number,
                    customer_id=dispute.customer_id, customer=name, code=code, entity=dispute.entity,
                    currency=dispute.currency, on=dispute.closed_on or dispute.opened_on, amount=-dispute.amount,
                    against=(number,), reason=f"{dispute.reason}, {ASKS[dispute.outcome]}",
                    recorded_at=dispute.closed_at, recorded_by=dispute.closed_by,
                )
            )  # fmt: skip
    given = _credits(session, lines)
    # A credit note written here has a line of its own.
    return [line for line in lines if not any(by is None for by in given.get(line.subject, ()))]


def credited(session: Session, lines: Sequence[Line]) -> dict[str, int]:
    """Return the credit requests that a file answered: line → the import of the credit note, or of the new invoice."""
    found = {subject: by for subject, given in _credits(session, lines).items() for by in given[:1] if by is not None}
    documents = _documents(session, lines)
    for ids in chunks(documents.values()):
        query = select(col(Document.reverses_id), col(Document.import_id), col(Document.recorded_at)).where(
            col(Document.reverses_id).in_(ids), col(Document.import_id).is_not(None)
        )
        replaced = {old: (by, at) for old, by, at in session.execute(query)}
        for line in lines:
            by, at = replaced.get(documents[line.subject], (None, line.recorded_at))
            if by is not None and at > line.recorded_at:
                found.setdefault(line.subject, by)
    return found


def _documents(session: Session, lines: Sequence[Line]) -> dict[str, int]:
    found: dict[str, int] = {}
    for ids in chunks(id_of(line) for line in lines):
        query = select(col(Dispute.id), col(Dispute.document_id)).where(col(Dispute.id).in_(ids))
        found.update({f"dispute:{number}": document for number, document in session.execute(query)})
    return found


def _credits(session: Session, lines: Sequence[Line]) -> dict[str, list[int | None]]:
    """Return the credit notes on the document of each request since the dispute ended: their imports, None by hand."""
    documents = _documents(session, lines)
    ends = {line.subject: line.recorded_at for line in lines}
    about: dict[int, list[str]] = defaultdict(list)
    for subject, document in documents.items():
        about[document].append(subject)
    source, target, back = aliased(Item), aliased(Item), aliased(Application)
    found: dict[str, list[int | None]] = defaultdict(list)
    for ids in chunks(about):
        query = (
            select(col(target.document_id), col(Document.import_id), col(Document.recorded_at))
            .select_from(Application)
            .join(target, col(target.id) == col(Application.to_item_id))
            .join(source, col(source.id) == col(Application.from_item_id))
            .join(Document, col(Document.id) == col(source.document_id))
            .outerjoin(back, col(back.reverses_id) == col(Application.id))
            .where(col(target.document_id).in_(ids), col(Document.kind) == "credit_note", col(back.id).is_(None))
            .where(col(Application.reverses_id).is_(None), col(Document.reverses_id).is_(None))
            .order_by(col(Application.id))
        )
        for document, by, at in session.execute(query):
            for subject in about[document]:
                if at > ends[subject]:
                    found[subject].append(by)
    return found
