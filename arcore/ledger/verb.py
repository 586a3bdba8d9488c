"""What every verb of the books shares: who does it and how, one transaction, one audit event, what it says after."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from typing import Required
from typing import TypedDict

from sqlalchemy import Engine

from arcore.errors import BadInput
from arcore.errors import NotFound
from arcore.ledger.checks import check_expected
from arcore.ledger.entry import ApplicationState
from arcore.ledger.entry import Entry
from arcore.ledger.entry import Part
from arcore.ledger.entry import Posted
from arcore.ledger.journal import Journal
from arcore.money import to_minor
from arcore.store.books import Document
from arcore.store.customers import Customer
from arcore.store.unit import Actor
from arcore.store.unit import Facts
from arcore.store.unit import Unit
from arcore.store.unit import commit
from arcore.store.unit import refuse_reader

MOST_EFFECTS = 600
"""Of a batch that touches more items than this, what a verb returns leaves the effects out."""


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


def post(
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
    """Post a document of a kind in a transaction of its own and apply it to items (id, amount)."""

    def body(journal: Journal) -> Facts:
        posted = journal.post(entry_of(journal.unit, kind, customer_id, document_date, currency, parts, details))
        applied = [journal.apply(posted.item_ids[0], item_id, to_minor(part, currency)) for item_id, part in apply_to]
        return said(posted, *applied)

    content = content_of(customer_id, document_date, currency, parts, details) | {"apply_to": list(apply_to)}
    return run(engine, f"post_{kind}", body, content, how)


def run(engine: Engine, verb: str, act: Callable[[Journal], Facts], content: Facts, how: How) -> Facts:
    """Do one verb in one transaction: check the role and what a preview showed, tell the audit, write."""
    actor = how["actor"]
    refuse_reader(actor, "may look at the books but not write in them")

    def body(unit: Unit) -> Facts:
        journal = Journal(unit)
        facts = act(journal)
        facts["effects"] = effects = journal.effects()
        check_expected(effects, how.get("expected"))
        if len(effects) > MOST_EFFECTS and not how.get("dry_run"):
            facts["effects"] = []  # a batch is told by its documents: the audit keeps facts, not megabytes
        unit.subject = f"customer:{journal.first_customer()}" if effects else ""
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


def entry_of(
    unit: Unit,
    kind: str,
    customer_id: int,
    document_date: date,
    currency: str,
    parts: Sequence[tuple[Decimal, date]],
    details: Details | None,
) -> Entry:
    """Make the entry of a document from amounts as people write them. Raises BadInput when it is about nothing."""
    rest: dict[str, Any] = dict(details or {})
    tax = rest.pop("tax_amount", None)
    amounts = [Part(to_minor(amount, currency), due_date) for amount, due_date in parts]
    if not any(part.amount for part in amounts):
        msg = "The amount is zero: there is nothing to book"
        raise BadInput(msg, kind=kind)
    return Entry(
        kind=kind,
        customer_id=known_customer(unit, customer_id),
        document_date=document_date,
        currency=currency,
        parts=amounts,
        tax_amount=None if tax is None else to_minor(tax, currency),
        **rest,
    )


def known_document(unit: Unit, document_id: int) -> Document:
    """Return a document. Raises NotFound."""
    found = unit.session.get(Document, document_id)
    if found is None:
        msg = f"There is no document {document_id}"
        raise NotFound(msg, document=document_id)
    return found


def known_customer(unit: Unit, customer_id: int) -> int:
    """Return the id of a customer that exists. Raises NotFound."""
    if unit.session.get(Customer, customer_id) is None:
        msg = f"There is no customer {customer_id}"
        raise NotFound(msg, customer=customer_id)
    return customer_id


def content_of(
    customer_id: int, on: date, currency: str, parts: Sequence[tuple[Decimal, date]], details: Details | None
) -> Facts:
    """Return what makes two calls with one key the same."""
    return {
        "customer": customer_id,
        "date": on,
        "currency": currency,
        "parts": [list(part) for part in parts],
        **(details or {}),
    }


def said(posted: Posted | None, *applied: ApplicationState) -> Facts:
    """Return what a verb made, as it fits into JSON."""
    facts: Facts = {"applications": [a.id for a in applied]}
    if posted is not None:
        facts |= {"documents": [posted.document_id], "items": list(posted.item_ids)}
    return facts
