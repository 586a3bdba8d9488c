"""New customers of files that look like somebody we have: told with the plan, asked, never united without a yes."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection
from collections.abc import Iterable
from collections.abc import Mapping
from collections.abc import Sequence

from sqlalchemy import select
from sqlmodel import Session
from sqlmodel import col

from arcore.customers.queries import Someone
from arcore.customers.queries import beside
from arcore.customers.queries import tax_numbers
from arcore.intake.alike import OTHER
from arcore.intake.alike import SAME
from arcore.intake.alike import MaybeSame
from arcore.intake.alike import answer_id
from arcore.intake.changes import Ref
from arcore.intake.holdings import chunks
from arcore.intake.parties import Directory
from arcore.intake.parties import Known
from arcore.store.books import Application
from arcore.store.books import Document
from arcore.store.books import Item
from arcore.store.customers import Contact

MOST = 500
"""Pairs told at once, the surest first; the others are found on Clean-up afterwards."""
TAX = "tax_number"
_PREFIX = f"{SAME}_customer:"


def said_same(answers: Iterable[str]) -> dict[str, str]:
    """Return which new code is which other one, casefolded, as the answers say."""
    found: dict[str, str] = {}
    for answer in sorted(answers):
        if answer.startswith(_PREFIX):
            code, other = json.loads(answer.removeprefix(_PREFIX))
            found[str(code).casefold()] = str(other).casefold()
    return found


def look_alikes(session: Session, directory: Directory, answers: Collection[str]) -> tuple[MaybeSame, ...]:
    """Return which new customers may be somebody that the books or the files know, the surest first."""
    new = [one for one in directory.everybody() if one.ref < 0]
    if not new:
        return ()
    emails, phones = _marks(session) if any(one.contacts for one in new) else ({}, {})
    taxed = tax_numbers(session) if any(TAX in one.facts for one in new) else {}
    known = [
        Someone(
            one.ref,
            (one.name, *one.former),
            tuple(emails.get(one.ref, ())),
            tuple(phones.get(one.ref, ())),
            (*_told(one), *taxed.get(one.ref, ())),
        )
        for one in directory.everybody()
        if one.ref > 0
    ]
    pairs = beside([_someone(one) for one in new], known)[:MOST]
    others = {pair.other for pair in pairs if pair.other > 0}
    held = _open(session, directory, others)
    return tuple(
        _maybe(directory.known(pair.ref), directory.known(pair.other), pair.score, pair.why, held, answers)
        for pair in pairs
    )


def _maybe(
    new: Known, other: Known, score: int, why: str, held: Mapping[int, Mapping[str, tuple[int, int]]],
    answers: Collection[str],
) -> MaybeSame:  # fmt: skip
    open_ = held.get(other.ref, {})
    said = OTHER if answer_id(OTHER, new.code, other.code) in answers else ""
    if said_same(answers).get(new.code.casefold()) == other.code.casefold():
        said = SAME  # of several the one that the directory took: nobody is two others
    return MaybeSame(
        ref=new.ref,
        code=new.code,
        name=new.name,
        other=other.ref,
        other_code=other.code,
        other_name=other.name,
        score=score,
        why=why,
        items=sum(count for count, _ in open_.values()),
        open=tuple((code, amount) for code, (_, amount) in sorted(open_.items())),
        answer=said,
    )


def _someone(one: Known) -> Someone:
    emails = tuple(contact.email for contact in one.contacts if contact.email)
    phones = tuple(contact.phone for contact in one.contacts if contact.phone)
    return Someone(one.ref, (one.name,), emails, phones, _told(one))


def _told(one: Known) -> tuple[str, ...]:
    return (one.facts[TAX],) if TAX in one.facts else ()


def _marks(session: Session) -> tuple[dict[int, list[str]], dict[int, list[str]]]:
    emails: dict[int, list[str]] = defaultdict(list)
    phones: dict[int, list[str]] = defaultdict(list)
    rows = session.execute(
        select(col(Contact.customer_id), col(Contact.email), col(Contact.phone)).order_by(col(Contact.id))
    )
    for number, email, phone in rows:
        if email:
            emails[number].append(email)
        if phone:
            phones[number].append(phone)
    return emails, phones


def _open(session: Session, directory: Directory, customers: Collection[Ref]) -> dict[int, dict[str, tuple[int, int]]]:
    """Return per customer and currency how many items are open, after every move, and their sum in minor units."""
    whose = {number: directory.survivor(number) for number in directory.with_merged(customers)}
    found: dict[int, dict[str, tuple[int, int]]] = defaultdict(dict)
    for ids in chunks(whose):
        left: dict[int, tuple[int, str, int]] = {}
        rows = session.execute(
            select(col(Item.id), col(Item.customer_id), col(Document.currency), col(Item.amount))
            .join(Document, col(Document.id) == col(Item.document_id))
            .where(col(Item.customer_id).in_(ids))
        )
        for number, customer, currency, amount in rows:
            left[number] = customer, currency, int(amount)
        for number, change in _moves(session, ids):
            if number in left:
                customer, currency, amount = left[number]
                left[number] = customer, currency, amount + change
        for customer, currency, amount in left.values():
            if amount:
                count, total = found[whose[customer]].get(currency, (0, 0))
                found[whose[customer]][currency] = count + 1, total + amount
    return found


def _moves(session: Session, customers: Sequence[int]) -> Iterable[tuple[int, int]]:
    """Return what applications change of items: the target falls, the source rises."""
    for end, sign in ((Application.to_item_id, -1), (Application.from_item_id, 1)):
        rows = session.execute(
            select(col(end), col(Application.amount))
            .join(Item, col(Item.id) == col(end))
            .where(col(Item.customer_id).in_(customers))
        )
        for number, amount in rows:
            yield number, sign * int(amount)
