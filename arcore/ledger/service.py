"""The verbs of the books: one transaction, one permission check, one audit event each.

Every verb takes an `actor`, may take a `key` (the same key and content happen once) and `dry_run` (a preview:
everything is checked, nothing is kept). It returns facts that fit into JSON: `documents` and `items` posted,
`applications` made, and `effects`, the last balance of each touched item before and after. Amounts are positive
Decimals in the currency of the customer's document. All raise Refused (its subclasses say why) and Unavailable.
"""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from typing import Required
from typing import TypedDict
from typing import Unpack

from sqlalchemy import Engine

from arcore.errors import BadInput
from arcore.errors import NotAllowed
from arcore.errors import NotFound
from arcore.ledger import moves
from arcore.ledger import reversal
from arcore.ledger.checks import check_expected
from arcore.ledger.entry import ApplicationState
from arcore.ledger.entry import Entry
from arcore.ledger.entry import Part
from arcore.ledger.entry import Posted
from arcore.ledger.journal import Journal
from arcore.ledger.kinds import RECOVERY
from arcore.ledger.kinds import WRITE_OFF_REASONS
from arcore.money import to_minor
from arcore.store.books import Document
from arcore.store.customers import Customer
from arcore.store.unit import Actor
from arcore.store.unit import Facts
from arcore.store.unit import Unit
from arcore.store.unit import commit

READ_ONLY_ROLES = ("viewer",)


class How(TypedDict, total=False):
    """Who does it, once or previewed; `expected` are the effects that a preview showed: others raise BooksMoved."""

    actor: Required[Actor]
    key: str | None
    dry_run: bool
    expected: Sequence[Facts] | None


class Details(TypedDict, total=False):
    """What a document may carry besides customer, amount and dates."""

    number: str
    entity: str
    effective_on: date
    tax_amount: Decimal
    po_number: str
    reference: str
    reason: str


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
    return _post(engine, "invoice", customer_id, document_date, currency, instalments, details, how)


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
    return _post(engine, "debit_note", customer_id, document_date, currency, [(amount, due_date)], details, how)


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
    return _post(engine, "credit_note", customer_id, document_date, currency, parts, details, how, apply_to)


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
    return _post(engine, "payment", customer_id, received_on, currency, [(amount, received_on)], details, how, apply_to)


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
        entry = _entry(journal.unit, "refund", customer_id, paid_on, currency, [(amount, paid_on)], details)
        posted = journal.post(entry)
        return _said(posted, journal.apply(from_item_id, posted.item_ids[0], entry.parts[0].amount, paid_on))

    content = _content(customer_id, paid_on, currency, [(amount, paid_on)], details) | {"from": from_item_id}
    return _run(engine, "record_refund", body, content, how)


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
        return _said(None, journal.apply(from_item_id, to_item_id, units, on))

    content = {"from": from_item_id, "to": to_item_id, "amount": amount, "on": on}
    return _run(engine, "apply", body, content, how)


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
        return _said(
            None,
            *(journal.apply(from_item_id, item_id, to_minor(part, currency), on) for item_id, part in apply_to),
        )

    content = {"from": from_item_id, "apply_to": [list(pair) for pair in apply_to], "on": on}
    return _run(engine, "apply", body, content, how)


def unapply(engine: Engine, *, application_id: int, on: date | None = None, **how: Unpack[How]) -> Facts:
    """Take an application back: as a correction from its own day, or as an event of the day `on`."""

    def body(journal: Journal) -> Facts:
        return _said(None, journal.unapply(application_id, on))

    return _run(engine, "unapply", body, {"application": application_id, "on": on}, how)


def unapply_many(
    engine: Engine, *, application_ids: Sequence[int], on: date | None = None, **how: Unpack[How]
) -> Facts:
    """Take several applications back, all or none."""

    def body(journal: Journal) -> Facts:
        return _said(None, *[journal.unapply(number, on) for number in application_ids])

    return _run(engine, "unapply", body, {"applications": list(application_ids), "on": on}, how)


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
        return _said(posted, journal.apply(posted.item_ids[0], item_id, units, on))

    content = {"item": item_id, "amount": amount, "reason": reason, "on": on, "note": note}
    return _run(engine, "write_off", body, content, how)


def recover(engine: Engine, *, document_id: int, amount: Decimal, on: date, **how: Unpack[How]) -> Facts:
    """Take `amount` of a write-off back on `on`, because the money comes after all; a payment is then applied to it."""

    def body(journal: Journal) -> Facts:
        currency = _document(journal.unit, document_id).currency
        return _said(reversal.recover(journal, document_id, to_minor(amount, currency), on=on))

    content = {"document": document_id, "amount": amount, "on": on}
    return _run(engine, "recover", body, content, how)


def redate(
    engine: Engine, *, item_id: int, due_date: date, on: date, amount: Decimal | None = None, **how: Unpack[How]
) -> Facts:
    """Agree another due date for an item, or for `amount` of it; the original due date is kept.

    To take it back as if it had never been agreed, un-apply the application that it made.
    """

    def body(journal: Journal) -> Facts:
        units = None if amount is None else to_minor(amount, journal.item(item_id).currency)
        agreed = moves.redate(journal, item_id, due_date, on=on, amount=units)
        return _said(None, *journal.applications_of(agreed)) | {"items": [agreed.id]}

    content = {"item": item_id, "due_date": due_date, "on": on, "amount": amount}
    return _run(engine, "redate", body, content, how)


def move_back(engine: Engine, *, item_id: int, on: date, **how: Unpack[How]) -> Facts:
    """Cancel a re-dating from `on`: what is left goes back to the original due date, and so does what returns later."""

    def body(journal: Journal) -> Facts:
        return {"moved": moves.move_back(journal, item_id, on=on)}

    return _run(engine, "move_back", body, {"item": item_id, "on": on}, how)


def transfer(
    engine: Engine, *, item_id: int, amount: Decimal, to_customer_id: int, on: date, **how: Unpack[How]
) -> Facts:
    """Move an amount to another customer (its parent, a factor) by a pair of documents that sums to zero."""

    def body(journal: Journal) -> Facts:
        target = journal.survivor(_customer(journal.unit, to_customer_id))
        units = to_minor(amount, journal.item(item_id).currency)
        return _said(moves.transfer(journal, item_id, units, to_customer_id=target, on=on))

    content = {"item": item_id, "amount": amount, "to": to_customer_id, "on": on}
    return _run(engine, "transfer", body, content, how)


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
        return _said(moves.convert(journal, item_id, units, to_currency=to_currency, to_amount=target, on=on))

    content = {"item": item_id, "amount": amount, "to": to_currency, "to_amount": to_amount, "on": on}
    return _run(engine, "convert", body, content, how)


def void(engine: Engine, *, document_id: int, reason: str = "", **how: Unpack[How]) -> Facts:
    """Take a document back as if it had never been, from its own day on; what was applied to it is released."""

    def body(journal: Journal) -> Facts:
        return {"documents": reversal.void(journal, document_id)}

    return _run(engine, "void", body, {"document": document_id, "reason": reason}, how)


def reverse_payment(engine: Engine, *, document_id: int, on: date, reason: str = "", **how: Unpack[How]) -> Facts:
    """Record that a payment bounced on `on`: what it had paid is open again from that day."""

    def body(journal: Journal) -> Facts:
        return _said(reversal.reverse_payment(journal, document_id, on=on, reason=reason))

    content = {"document": document_id, "on": on, "reason": reason}
    return _run(engine, "reverse_payment", body, content, how)


def _post(
    engine: Engine,
    kind: str,
    customer_id: int,
    document_date: date,
    currency: str,
    parts: Sequence[tuple[Decimal, date]],
    details: Details | None,
    how: How,
    apply_to: Sequence[tuple[int, Decimal]] = (),
) -> Facts:
    def body(journal: Journal) -> Facts:
        posted = journal.post(_entry(journal.unit, kind, customer_id, document_date, currency, parts, details))
        applied = [journal.apply(posted.item_ids[0], item_id, to_minor(part, currency)) for item_id, part in apply_to]
        return _said(posted, *applied)

    content = _content(customer_id, document_date, currency, parts, details) | {"apply_to": list(apply_to)}
    return _run(engine, f"post_{kind}", body, content, how)


def _run(engine: Engine, verb: str, act: Callable[[Journal], Facts], content: Facts, how: How) -> Facts:
    actor = how["actor"]
    if actor.role in READ_ONLY_ROLES:
        msg = f"{actor.name} may look at the books but not write in them"
        raise NotAllowed(msg, actor=actor.name)

    def body(unit: Unit) -> Facts:
        journal = Journal(unit)
        facts = act(journal)
        facts["effects"] = journal.effects()
        check_expected(facts["effects"], how.get("expected"))
        unit.subject = f"customer:{journal.first_customer()}"
        unit.changed.update(content)
        journal.flush()
        return facts

    return commit(
        engine,
        body,
        actor=actor,
        verb=verb,
        key=how.get("key"),
        content=content,
        dry_run=how.get("dry_run", False),
    )


def _entry(
    unit: Unit,
    kind: str,
    customer_id: int,
    document_date: date,
    currency: str,
    parts: Sequence[tuple[Decimal, date]],
    details: Details | None,
) -> Entry:
    rest: dict[str, Any] = dict(details or {})
    tax = rest.pop("tax_amount", None)
    amounts = [Part(to_minor(amount, currency), due_date) for amount, due_date in parts]
    if not any(part.amount for part in amounts):
        msg = "The amount is zero: there is nothing to book"
        raise BadInput(msg, kind=kind)
    return Entry(
        kind=kind,
        customer_id=_customer(unit, customer_id),
        document_date=document_date,
        currency=currency,
        parts=amounts,
        tax_amount=None if tax is None else to_minor(tax, currency),
        **rest,
    )


def _document(unit: Unit, document_id: int) -> Document:
    found = unit.session.get(Document, document_id)
    if found is None:
        msg = f"There is no document {document_id}"
        raise NotFound(msg, document=document_id)
    return found


def _customer(unit: Unit, customer_id: int) -> int:
    if unit.session.get(Customer, customer_id) is None:
        msg = f"There is no customer {customer_id}"
        raise NotFound(msg, customer=customer_id)
    return customer_id


def _content(
    customer_id: int, on: date, currency: str, parts: Sequence[tuple[Decimal, date]], details: Details | None
) -> Facts:
    return {
        "customer": customer_id,
        "date": on,
        "currency": currency,
        "parts": [list(part) for part in parts],
        **(details or {}),
    }


def _said(posted: Posted | None, *applied: ApplicationState) -> Facts:
    facts: Facts = {"applications": [a.id for a in applied]}
    if posted is not None:
        facts |= {"documents": [posted.document_id], "items": list(posted.item_ids)}
    return facts
