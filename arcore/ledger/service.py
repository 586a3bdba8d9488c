"""The verbs of the books: one transaction, one permission check, one audit event each.

Every verb takes an `actor`, may take a `key` (the same key and content happen once) and `dry_run` (a preview:
everything is checked, nothing is kept). It returns facts that fit into JSON: `documents` and `items` posted,
`applications` made, and `effects`, the last balance of each touched item before and after. Amounts are positive
Decimals in the currency of the customer's document. All raise Refused (its subclasses say why) and Unavailable.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Unpack

from sqlalchemy import Engine

from arcore.errors import BadInput
from arcore.ledger import classify as classification
from arcore.ledger import moves
from arcore.ledger import reversal
from arcore.ledger.classify import Explanation
from arcore.ledger.entry import Entry
from arcore.ledger.entry import Part
from arcore.ledger.journal import Journal
from arcore.ledger.kinds import RECOVERY
from arcore.ledger.kinds import WRITE_OFF_REASONS
from arcore.ledger.verb import Details
from arcore.ledger.verb import How
from arcore.ledger.verb import content_of
from arcore.ledger.verb import entry_of
from arcore.ledger.verb import known_customer
from arcore.ledger.verb import known_document
from arcore.ledger.verb import post
from arcore.ledger.verb import run
from arcore.ledger.verb import said
from arcore.money import to_minor
from arcore.store.unit import READ_ONLY_ROLES as READ_ONLY_ROLES  # noqa: PLC0414  told again, to who asks the service
from arcore.store.unit import Facts


def post_invoice(
    engine: Engine,
    *,
    customer_id: int,
    document_date: date,
    currency: str,
    instalments: Sequence[tuple[Decimal, date]],
    details: Details | None = None,
    **how: Unpack[How],
) -> Facts:
    """Post an invoice; `instalments` are (amount, due date), one for a plain invoice."""
    return post(engine, "invoice", customer_id, document_date, currency, instalments, details, how)


def post_debit_note(
    engine: Engine,
    *,
    customer_id: int,
    document_date: date,
    currency: str,
    amount: Decimal,
    due_date: date,
    details: Details | None = None,
    **how: Unpack[How],
) -> Facts:
    """Post a debit note: more is owed for something already invoiced."""
    return post(engine, "debit_note", customer_id, document_date, currency, [(amount, due_date)], details, how)


def post_credit_note(
    engine: Engine,
    *,
    customer_id: int,
    document_date: date,
    currency: str,
    amount: Decimal,
    apply_to: Sequence[tuple[int, Decimal]] = (),
    details: Details | None = None,
    **how: Unpack[How],
) -> Facts:
    """Post a credit note and apply it to items (id, amount); the rest stays unapplied."""
    parts = [(amount, document_date)]
    return post(engine, "credit_note", customer_id, document_date, currency, parts, details, how, apply_to)


def record_payment(
    engine: Engine,
    *,
    customer_id: int,
    received_on: date,
    currency: str,
    amount: Decimal,
    apply_to: Sequence[tuple[int, Decimal]] = (),
    details: Details | None = None,
    **how: Unpack[How],
) -> Facts:
    """Record money received on `received_on` and apply it to items (id, amount); the rest stays unapplied."""
    return post(engine, "payment", customer_id, received_on, currency, [(amount, received_on)], details, how, apply_to)


def record_refund(
    engine: Engine,
    *,
    customer_id: int,
    paid_on: date,
    currency: str,
    amount: Decimal,
    from_item_id: int,
    details: Details | None = None,
    **how: Unpack[How],
) -> Facts:
    """Record money paid back to the customer out of an unapplied credit."""

    def body(journal: Journal) -> Facts:
        entry = entry_of(journal.unit, "refund", customer_id, paid_on, currency, [(amount, paid_on)], details)
        posted = journal.post(entry)
        return said(posted, journal.apply(from_item_id, posted.item_ids[0], entry.parts[0].amount, paid_on))

    content = content_of(customer_id, paid_on, currency, [(amount, paid_on)], details) | {"from": from_item_id}
    return run(engine, "record_refund", body, content, how)


def apply(
    engine: Engine,
    *,
    from_item_id: int,
    to_item_id: int,
    amount: Decimal,
    on: date | None = None,
    **how: Unpack[How],
) -> Facts:
    """Apply a credit item to a debit item, from the first day on which both can carry it."""

    def body(journal: Journal) -> Facts:
        units = to_minor(amount, journal.item(to_item_id).currency)
        return said(None, journal.apply(from_item_id, to_item_id, units, on))

    content = {"from": from_item_id, "to": to_item_id, "amount": amount, "on": on}
    return run(engine, "apply", body, content, how)


def apply_many(
    engine: Engine,
    *,
    from_item_id: int,
    apply_to: Sequence[tuple[int, Decimal]],
    on: date | None = None,
    **how: Unpack[How],
) -> Facts:
    """Apply one credit item to several debit items (id, amount), all or none."""
    if not apply_to:
        msg = "Nothing was chosen that the credit could be applied to"
        raise BadInput(msg, from_item=from_item_id)

    def body(journal: Journal) -> Facts:
        currency = journal.item(from_item_id).currency
        return said(
            None,
            *(journal.apply(from_item_id, item_id, to_minor(part, currency), on) for item_id, part in apply_to),
        )

    content = {"from": from_item_id, "apply_to": [list(pair) for pair in apply_to], "on": on}
    return run(engine, "apply", body, content, how)


def apply_pairs(engine: Engine, *, pairs: Sequence[tuple[int, int, Decimal]], **how: Unpack[How]) -> Facts:
    """Apply credits to debits as (from item, to item, amount), of as many customers as it takes, all or none."""
    if not pairs:
        msg = "Nothing was chosen that could be applied"
        raise BadInput(msg)

    def body(journal: Journal) -> Facts:
        journal.load(item_id for source, target, _ in pairs for item_id in (source, target))
        applied = [
            journal.apply(source, target, to_minor(amount, journal.item(target).currency))
            for source, target, amount in pairs
        ]
        return said(None, *applied)

    return run(engine, "apply", body, {"pairs": [list(pair) for pair in pairs]}, how)


def classify(
    engine: Engine,
    *,
    settlement_ids: Sequence[int],
    explanation: Explanation,
    reason: str = "",
    **how: Unpack[How],
) -> Facts:
    """Say what unexplained settlements were: cash, credit, write_off (for a `reason`) or factored, all or none.

    Whatever explains them later, by an import, replaces what stands in their place; to take it back, `declassify`.
    """

    def body(journal: Journal) -> Facts:
        return {"documents": classification.classify(journal, settlement_ids, explanation, reason=reason)}

    content = {"settlements": list(settlement_ids), "explanation": explanation, "reason": reason}
    return run(engine, "classify", body, content, how)


def declassify(engine: Engine, *, document_ids: Sequence[int], **how: Unpack[How]) -> Facts:
    """Make unexplained settlements again of what `classify` put in their place, but for what was replaced since."""

    def body(journal: Journal) -> Facts:
        return {"documents": classification.declassify(journal, document_ids)}

    return run(engine, "declassify", body, {"documents": list(document_ids)}, how)


def unapply(engine: Engine, *, application_id: int, on: date | None = None, **how: Unpack[How]) -> Facts:
    """Take an application back: as a correction from its own day, or as an event of the day `on`."""

    def body(journal: Journal) -> Facts:
        return said(None, journal.unapply(application_id, on))

    return run(engine, "unapply", body, {"application": application_id, "on": on}, how)


def unapply_many(
    engine: Engine, *, application_ids: Sequence[int], on: date | None = None, **how: Unpack[How]
) -> Facts:
    """Take several applications back, all or none."""

    def body(journal: Journal) -> Facts:
        return said(None, *[journal.unapply(number, on) for number in application_ids])

    return run(engine, "unapply", body, {"applications": list(application_ids), "on": on}, how)


def write_off(
    engine: Engine,
    *,
    item_id: int,
    amount: Decimal,
    reason: str,
    on: date,
    note: str = "",
    **how: Unpack[How],
) -> Facts:
    """Give up `amount` of a debit item for a named reason (see kinds.WRITE_OFF_REASONS)."""
    reasons = [name for name in WRITE_OFF_REASONS if name != RECOVERY]
    if reason not in reasons:
        msg = f"{reason!r} is no reason for a write-off; one of {', '.join(reasons)}"
        raise BadInput(msg, reason=reason)

    def body(journal: Journal) -> Facts:
        item = journal.item(item_id)
        units = to_minor(amount, item.currency)
        posted = journal.post(
            Entry(
                kind="write_off",
                customer_id=item.customer_id,
                document_date=on,
                currency=item.currency,
                parts=[Part(units, on)],
                number=item.number,
                entity=item.entity,
                reason=reason,
                reference=note,
            )
        )
        return said(posted, journal.apply(posted.item_ids[0], item_id, units, on))

    content = {"item": item_id, "amount": amount, "reason": reason, "on": on, "note": note}
    return run(engine, "write_off", body, content, how)


def recover(engine: Engine, *, document_id: int, amount: Decimal, on: date, **how: Unpack[How]) -> Facts:
    """Take `amount` of a write-off back on `on`, because the money comes after all; a payment is then applied to it."""

    def body(journal: Journal) -> Facts:
        currency = known_document(journal.unit, document_id).currency
        return said(reversal.recover(journal, document_id, to_minor(amount, currency), on=on))

    content = {"document": document_id, "amount": amount, "on": on}
    return run(engine, "recover", body, content, how)


def redate(
    engine: Engine, *, item_id: int, due_date: date, on: date, amount: Decimal | None = None, **how: Unpack[How]
) -> Facts:
    """Agree another due date for an item, or for `amount` of it; the original due date is kept.

    To take it back as if it had never been agreed, un-apply the application that it made.
    """

    def body(journal: Journal) -> Facts:
        units = None if amount is None else to_minor(amount, journal.item(item_id).currency)
        agreed = moves.redate(journal, item_id, due_date, on=on, amount=units)
        return said(None, *journal.applications_of(agreed)) | {"items": [agreed.id]}

    content = {"item": item_id, "due_date": due_date, "on": on, "amount": amount}
    return run(engine, "redate", body, content, how)


def move_back(engine: Engine, *, item_id: int, on: date, **how: Unpack[How]) -> Facts:
    """Cancel a re-dating from `on`: what is left goes back to the original due date, and so does what returns later."""

    def body(journal: Journal) -> Facts:
        return {"moved": moves.move_back(journal, item_id, on=on)}

    return run(engine, "move_back", body, {"item": item_id, "on": on}, how)


def transfer(
    engine: Engine, *, item_id: int, amount: Decimal, to_customer_id: int, on: date, **how: Unpack[How]
) -> Facts:
    """Move an amount to another customer (its parent, a factor) by a pair of documents that sums to zero."""

    def body(journal: Journal) -> Facts:
        target = journal.survivor(known_customer(journal.unit, to_customer_id))
        units = to_minor(amount, journal.item(item_id).currency)
        return said(moves.transfer(journal, item_id, units, to_customer_id=target, on=on))

    content = {"item": item_id, "amount": amount, "to": to_customer_id, "on": on}
    return run(engine, "transfer", body, content, how)


def convert(
    engine: Engine,
    *,
    item_id: int,
    amount: Decimal,
    to_currency: str,
    to_amount: Decimal,
    on: date,
    **how: Unpack[How],
) -> Facts:
    """Turn an amount of one currency into an amount of another by a pair of documents that keeps the rate."""

    def body(journal: Journal) -> Facts:
        units, target = to_minor(amount, journal.item(item_id).currency), to_minor(to_amount, to_currency)
        return said(moves.convert(journal, item_id, units, to_currency=to_currency, to_amount=target, on=on))

    content = {"item": item_id, "amount": amount, "to": to_currency, "to_amount": to_amount, "on": on}
    return run(engine, "convert", body, content, how)


def void_many(engine: Engine, *, document_ids: Sequence[int], reason: str = "", **how: Unpack[How]) -> Facts:
    """Take several documents back, as `void` does one, all or none."""

    def body(journal: Journal) -> Facts:
        journal.load_documents(list(document_ids))
        standing = (number for number in document_ids if not journal.documents.taken_back(number))
        return {"documents": [void for number in standing for void in reversal.void(journal, number)]}

    return run(engine, "void", body, {"documents": list(document_ids), "reason": reason}, how)


def void(engine: Engine, *, document_id: int, reason: str = "", **how: Unpack[How]) -> Facts:
    """Take a document back as if it had never been, from its own day on; what was applied to it is released."""

    def body(journal: Journal) -> Facts:
        return {"documents": reversal.void(journal, document_id)}

    return run(engine, "void", body, {"document": document_id, "reason": reason}, how)


def reverse_payment(engine: Engine, *, document_id: int, on: date, reason: str = "", **how: Unpack[How]) -> Facts:
    """Record that a payment bounced on `on`: what it had paid is open again from that day."""

    def body(journal: Journal) -> Facts:
        return said(reversal.reverse_payment(journal, document_id, on=on, reason=reason))

    content = {"document": document_id, "on": on, "reason": reason}
    return run(engine, "reverse_payment", body, content, how)
