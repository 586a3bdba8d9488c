"""The verbs on customers: one transaction, one permission check, one audit event each.

Each takes an `actor` and may take an idempotency `key`. All raise Refused (its subclasses say why) and Unavailable.
"""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Mapping
from datetime import date
from typing import Any
from typing import TypeAlias

from sqlalchemy import Engine
from sqlalchemy import select
from sqlmodel import col

from arcore.customers import facts as dated
from arcore.customers.names import set_values
from arcore.customers.queries import survivor_of
from arcore.errors import BadInput
from arcore.errors import NotFound
from arcore.errors import RuleBroken
from arcore.money import is_currency
from arcore.store.customers import Contact
from arcore.store.customers import Customer
from arcore.store.customers import CustomerFact
from arcore.store.customers import Note
from arcore.store.unit import Actor
from arcore.store.unit import Facts
from arcore.store.unit import Unit
from arcore.store.unit import check_seen
from arcore.store.unit import commit
from arcore.store.unit import refuse_reader

LIMITS = dated.LIMITS
ROLES = ("payables", "billing", "purchasing", "sales", "management", "legal")
EDITABLE = ("name", "currency", "language", "region", "sales_rep", "channel", "billing_instructions", "intercompany")
LONGEST_NOTE = 4000
Told: TypeAlias = Mapping[int, Mapping[str, str | bool]]
"""Customer → what is told of it: owner, segment, whether it is of our own group."""


def create_customer(
    engine: Engine, *, code: str, name: str, actor: Actor, key: str | None = None, **values: Any
) -> Facts:
    """Create a customer; the code is unique. Values are those of EDITABLE."""
    code, name = code.strip(), name.strip()
    if not code or not name:
        msg = "A customer needs a code and a name"
        raise BadInput(msg, code=code, name=name)
    _check_values(values)

    def body(unit: Unit) -> Facts:
        if unit.session.execute(select(col(Customer.id)).where(col(Customer.code) == code)).first():
            msg = f"There already is a customer {code}"
            raise RuleBroken(msg, code=code)
        customer = Customer(code=code, name=name, **values)
        unit.session.add(customer)
        unit.session.flush()
        unit.subject = f"customer:{customer.id}"
        unit.changed.update(code=code, fields=sorted(values))
        return {"customer": customer.id}

    return _run(engine, "create_customer", body, {"code": code, "name": name, **values}, actor, key)


def change_customer(
    engine: Engine, *, customer_id: int, values: Mapping[str, Any], actor: Actor, key: str | None = None
) -> Facts:
    """Change what does not depend on a day: name, currency, language, region, … (EDITABLE)."""
    _check_values(values)

    def body(unit: Unit) -> Facts:
        customer = find(unit, customer_id)
        set_values(unit, customer, values)
        unit.changed.update(fields=sorted(values))
        return {"customer": customer_id}

    return _run(engine, "change_customer", body, {"customer": customer_id, **values}, actor, key)


def set_fact(
    engine: Engine,
    *,
    customer_id: int,
    name: str,
    value: str,
    valid_from: date,
    actor: Actor,
    key: str | None = None,
    seen: int | None = None,
) -> Facts:
    """Let a fact (DATED: owner, status, a limit, hold_until, …) hold from a day on (inclusive); "" ends it.

    Limits are decimal amounts in the customer's currency and kept in its minor units; `hold_until` is an ISO day, the
    last without reminders; `max_extension` whole days; `key_account` "yes"; `policy` "none". `seen` is the audit event
    that the page was drawn from: BooksMoved when somebody wrote about the customer since.
    """
    dated.check_fact(name, value)

    def body(unit: Unit) -> Facts:
        customer = find(unit, customer_id)
        check_seen(unit, unit.subject, seen)
        kept = _add_fact(unit, customer, name, value, valid_from)
        unit.changed.update({"fact": name, "value": kept, "valid_from": valid_from})
        return {"customer": customer_id, "name": name, "value": kept}

    content = {"customer": customer_id, "name": name, "value": value, "from": valid_from}
    return _run(engine, "set_fact", body, content, actor, key)


def save_details(
    engine: Engine,
    *,
    customer_id: int,
    values: Mapping[str, Any],
    facts: Mapping[str, str],
    valid_from: date,
    actor: Actor,
    key: str | None = None,
    seen: int | None = None,
) -> Facts:
    """Do `change_customer` and `set_fact` for everything on one form, in one transaction; `seen` as in `set_fact`."""
    _check_values(values)
    for name, value in facts.items():
        dated.check_fact(name, value)

    def body(unit: Unit) -> Facts:
        customer = find(unit, customer_id)
        check_seen(unit, unit.subject, seen)
        set_values(unit, customer, values)
        kept = {name: _add_fact(unit, customer, name, value, valid_from) for name, value in facts.items()}
        unit.changed.update(fields=sorted(values), facts=kept, valid_from=valid_from)
        return {"customer": customer_id, "changed": sorted([*values, *facts])}

    content = {"customer": customer_id, "values": dict(values), "facts": dict(facts), "from": valid_from}
    return _run(engine, "change_customer", body, content, actor, key)


def assign(
    engine: Engine, *, values: Told, valid_from: date, actor: Actor, key: str | None = None, still: Told | None = None
) -> Facts:
    """Give many customers an owner or a segment from a day on (inclusive), in one transaction; "" ends it.

    `values` is customer → {"owner": …, "segment": …, "intercompany": True}; companies of our own group are so on every
    day, whenever it is said. With `still` only what is as told there is changed. Returns also what held `before`.
    """
    wrong = sorted({name for facts in values.values() for name in facts} - {"owner", "segment", "intercompany"})
    if wrong:
        msg = f"Only owner, segment and own group can be told of many customers at once, not {', '.join(wrong)}"
        raise BadInput(msg, fields=wrong)

    def body(unit: Unit) -> Facts:
        known, before = dated.on_day(dated.read(unit.session), valid_from), dict[str, dict[str, str | bool]]()
        for customer_id, facts in values.items():
            customer = find(unit, customer_id)
            for name, value in facts.items():
                ours = name == "intercompany"
                was = customer.intercompany if ours else known.get(customer_id, {}).get(name, "")
                if still is not None and still[customer_id][name] != was:
                    continue
                before.setdefault(str(customer_id), {})[name] = was
                if ours:
                    set_values(unit, customer, {name: bool(value)})
                else:
                    _add_fact(unit, customer, name, str(value), valid_from)
        unit.subject = "customers"
        new = {number: {name: values[int(number)][name] for name in facts} for number, facts in before.items()}
        unit.changed.update(customers=len(before), valid_from=valid_from, values=new)
        return {"customers": len(before), "before": before}

    told, held = ({str(k): dict(v) for k, v in given.items()} for given in (values, still or {}))
    content = {"values": told, "from": valid_from} | ({"still": held} if held else {})
    return _run(engine, "assign", body, content, actor, key)


def save_contact(
    engine: Engine,
    *,
    customer_id: int,
    role: str,
    name: str = "",
    email: str = "",
    phone: str = "",
    language: str = "",
    contact_id: int | None = None,
    actor: Actor,
    key: str | None = None,
) -> Facts:
    """Add a contact, or change the one with `contact_id`; a name, an e-mail or a phone has to be there."""
    values = {"name": name.strip(), "email": email.strip(), "phone": phone.strip(), "language": language.strip()}
    if role not in ROLES:
        msg = f"{role!r} is no role of a contact; one of {', '.join(ROLES)}"
        raise BadInput(msg, role=role)
    if not any(values[field] for field in ("name", "email", "phone")):
        msg = "A contact needs a name, an e-mail address or a phone number"
        raise BadInput(msg, customer=customer_id)
    if values["email"] and not _looks_like_email(values["email"]):
        msg = f"{values['email']!r} is no e-mail address"
        raise BadInput(msg, email=values["email"])

    def body(unit: Unit) -> Facts:
        find(unit, customer_id)
        contact = Contact(customer_id=customer_id) if contact_id is None else _contact(unit, customer_id, contact_id)
        contact.role = role
        for field, value in values.items():
            setattr(contact, field, value)
        unit.session.add(contact)
        unit.session.flush()
        unit.changed.update(contact=contact.id, role=role, **unit.masked(values))
        return {"contact": contact.id}

    content = {"customer": customer_id, "contact": contact_id, "role": role, **values}
    return _run(engine, "save_contact", body, content, actor, key)


def remove_contact(engine: Engine, *, customer_id: int, contact_id: int, actor: Actor, key: str | None = None) -> Facts:
    """Forget a contact; the audit keeps that it was there, not what it said."""

    def body(unit: Unit) -> Facts:
        unit.session.delete(_contact(unit, customer_id, contact_id))
        unit.changed.update(contact=contact_id)
        return {"contact": contact_id}

    return _run(engine, "remove_contact", body, {"customer": customer_id, "contact": contact_id}, actor, key)


def add_note(engine: Engine, *, customer_id: int, text: str, actor: Actor, key: str | None = None) -> Facts:
    """Write a note about a customer, at most LONGEST_NOTE characters."""
    text = text.strip()
    if not text or len(text) > LONGEST_NOTE:
        msg = f"A note has between 1 and {LONGEST_NOTE:,} characters"
        raise BadInput(msg, length=len(text))

    def body(unit: Unit) -> Facts:
        find(unit, customer_id)
        note = Note(customer_id=customer_id, at=unit.recorded_at, by=unit.actor.name, text=text)
        unit.session.add(note)
        unit.session.flush()
        unit.changed.update(note=note.id, **unit.masked({"text": text}))
        return {"note": note.id}

    return _run(engine, "add_note", body, {"customer": customer_id, "text": text}, actor, key)


def withdraw_note(engine: Engine, *, customer_id: int, note_id: int, actor: Actor, key: str | None = None) -> Facts:
    """Take a note back; it leaves the timeline and stays in the store."""

    def body(unit: Unit) -> Facts:
        note = _note(unit, customer_id, note_id)
        if note.withdrawn_at is None:
            note.withdrawn_at = unit.recorded_at
        return {"note": note_id}

    return _run(engine, "withdraw_note", body, {"customer": customer_id, "note": note_id}, actor, key)


def restore_note(engine: Engine, *, customer_id: int, note_id: int, actor: Actor, key: str | None = None) -> Facts:
    """Put a withdrawn note back where it was, with the day and the person that wrote it."""

    def body(unit: Unit) -> Facts:
        _note(unit, customer_id, note_id).withdrawn_at = None
        return {"note": note_id}

    return _run(engine, "restore_note", body, {"customer": customer_id, "note": note_id}, actor, key)


def set_parent(
    engine: Engine,
    *,
    customer_id: int,
    parent_id: int | None,
    actor: Actor,
    key: str | None = None,
    seen: int | None = None,
) -> Facts:
    """Put a customer under a parent (its family), or on its own with None; `seen` as in `set_fact`.

    Raises RuleBroken for a circle, and for a parent that was merged into another customer.
    """

    def body(unit: Unit) -> Facts:
        customer = find(unit, customer_id)
        check_seen(unit, unit.subject, seen)
        _refuse_circle(unit, customer_id, parent_id, "parent_id", "its own parent")
        above = None if parent_id is None else unit.session.get_one(Customer, parent_id)
        if above is not None and above.merged_into_id is not None:
            msg = f"{above.name} was merged into another customer: choose that one as the parent"
            raise RuleBroken(msg, customer=customer_id, parent=parent_id)
        before, customer.parent_id = customer.parent_id, parent_id
        unit.changed.update(parent=parent_id, parent_before=before)
        return {"customer": customer_id, "parent": parent_id}

    return _run(engine, "set_parent", body, {"customer": customer_id, "parent": parent_id}, actor, key)


def merge(engine: Engine, *, customer_id: int, into_id: int | None, actor: Actor, key: str | None = None) -> Facts:
    """Let a customer live on in another one, or on its own again with None; no booked row is touched.

    Reads group by the survivor and new documents go to it. Raises RuleBroken for a circle.
    """

    def body(unit: Unit) -> Facts:
        return merge_in(unit, customer_id, into_id)

    return _run(engine, "merge_customer", body, {"customer": customer_id, "into": into_id}, actor, key)


def merge_in(unit: Unit, customer_id: int, into_id: int | None) -> Facts:
    """Do `merge` inside a transaction; `before` is what it was merged into until now."""
    customer = find(unit, customer_id)
    _refuse_circle(unit, customer_id, into_id, "merged_into_id", "merged into itself")
    before, customer.merged_into_id = customer.merged_into_id, into_id
    unit.changed.update(merged_into=into_id, merged_before=before)
    return {"customer": customer_id, "into": into_id, "before": before}


def find(unit: Unit, customer_id: int) -> Customer:
    """Return a customer inside a transaction and name it as the subject. Raises NotFound."""
    customer = unit.session.get(Customer, customer_id)
    if customer is None:
        msg = f"There is no customer {customer_id}"
        raise NotFound(msg, customer=customer_id)
    unit.subject = f"customer:{customer_id}"
    return customer


def _run(
    engine: Engine, verb: str, body: Callable[[Unit], Facts], content: Facts, actor: Actor, key: str | None
) -> Facts:
    refuse_reader(actor, "may look at customers but not change them")
    return commit(engine, body, actor=actor, verb=verb, key=key, content=content)


def _check_values(values: Mapping[str, Any]) -> None:
    unknown = [name for name in values if name not in EDITABLE]
    if unknown:
        msg = f"{', '.join(unknown)} can't be set here; one of {', '.join(EDITABLE)}"
        raise BadInput(msg, fields=unknown)
    if values.get("currency") and not is_currency(values["currency"]):
        msg = f"{values['currency']!r} is no currency code (ISO 4217)"
        raise BadInput(msg, currency=values["currency"])
    if "name" in values and not str(values["name"]).strip():
        msg = "A customer needs a name"
        raise BadInput(msg, name="")


def _add_fact(unit: Unit, customer: Customer, name: str, value: str, valid_from: date) -> str:
    """Add a dated row and return the value as it is kept."""
    kept = dated.kept_value(name, value, customer.currency)
    unit.session.add(
        CustomerFact(
            customer_id=customer.id or 0, name=name, value=kept, valid_from=valid_from, audit_seq=unit.audit_seq
        )
    )
    return kept


def _looks_like_email(text: str) -> bool:
    """Tell whether there is one @ with something on both sides, a dot behind it and no blank."""
    local, _, domain = text.partition("@")
    parts = domain.split(".")
    return bool(local) and "@" not in domain and len(parts) > 1 and all(parts) and not any(c.isspace() for c in text)


def _note(unit: Unit, customer_id: int, note_id: int) -> Note:
    note = unit.session.get(Note, note_id)
    if note is None or note.customer_id != customer_id:
        msg = f"There is no note {note_id} of this customer"
        raise NotFound(msg, note=note_id)
    unit.changed.update(note=note_id)
    return note


def _contact(unit: Unit, customer_id: int, contact_id: int) -> Contact:
    find(unit, customer_id)
    contact = unit.session.get(Contact, contact_id)
    if contact is None or customer_id not in (contact.customer_id, survivor_of(unit.session, contact.customer_id)):
        msg = f"There is no contact {contact_id} of this customer"
        raise NotFound(msg, contact=contact_id)
    return contact


def _refuse_circle(unit: Unit, customer_id: int, above_id: int | None, link: str, words: str) -> None:
    first_id = above_id
    while above_id is not None:
        if above_id == customer_id:
            msg = f"A customer can't be {words}"
            if link == "parent_id" and first_id != customer_id:
                names = [unit.session.get_one(Customer, number).name for number in (customer_id, first_id)]
                msg = f"{names[0]} can't belong to {names[1]}, which stands below it: the family would be a circle"
            raise RuleBroken(msg, customer=customer_id)
        above = unit.session.get(Customer, above_id)
        if above is None:
            msg = f"There is no customer {above_id}"
            raise NotFound(msg, customer=above_id)
        above_id = getattr(above, link)
