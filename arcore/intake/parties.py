"""Customers as files name them: the code first, else the name; the same name is the same customer."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field
from datetime import date

from sqlalchemy import select
from sqlmodel import Session
from sqlmodel import col

from arcore.customers.queries import former_names
from arcore.customers.queries import same_spelling
from arcore.errors import BadInput
from arcore.intake.changes import ContactDetails
from arcore.intake.changes import Party
from arcore.intake.changes import Ref
from arcore.intake.understood import CustomerRow
from arcore.intake.understood import RefusedRow
from arcore.money import nearest_minor
from arcore.store.customers import Contact
from arcore.store.customers import Customer
from arcore.store.customers import CustomerFact

BEGINNING = date(1970, 1, 1)
"""The first word on owner, segment, terms or limits holds from the beginning: nothing else is known of earlier days."""
PLAIN_FACTS = ("owner", "segment", "terms", "tax_number")
LIMITS = ("credit_limit", "insured_limit")
DEFAULT_ROLE = "payables"


def clean(name: str) -> str:
    """Return a name with one form per character and single blanks."""
    return " ".join(unicodedata.normalize("NFKC", name).split())


@dataclass
class Known:
    """A customer of the books or of this plan.

    Attributes:
        former: names that it had before.
        heard: what documents of the files call it, next to its code.
    """

    ref: Ref
    code: str
    name: str
    currency: str = ""
    fields: dict[str, str] = field(default_factory=dict)
    facts: dict[str, str] = field(default_factory=dict)
    contacts: list[ContactDetails] = field(default_factory=list)
    parent: Ref | None = None
    former: list[str] = field(default_factory=list)
    heard: set[str] = field(default_factory=set)

    @property
    def code_is_name(self) -> bool:
        """Tell whether the code was only derived from the name, so that a real one may take its place."""
        return self.code == clean(self.name)


class Directory:
    """Finds the customer that a row means; makes a new one when nobody fits."""

    def __init__(
        self,
        known: Iterable[Known] = (),
        survivors: dict[int, int] | None = None,
        same: Mapping[str, str] | None = None,
    ) -> None:
        """Start with the customers of the books; `survivors` leads from merged ones to those they live on in.

        `same` leads from codes of new customers to those of whom they are said to be, all of them casefolded.
        """
        self._same = same or {}
        self._by_code: dict[str, Known] = {}
        self._by_name: dict[str, Known] = {}
        self._by_ref: dict[Ref, Known] = {}
        self._survivors = dict(survivors or {})
        self._next: Ref = -1
        for one in known:
            self._add(one)

    def find(self, code: str, name: str) -> Ref | None:
        """Return the customer that a row means, None when there is none yet."""
        found = self._find(clean(code), clean(name))
        return None if found is None else self.survivor(found.ref)

    def resolve(self, code: str, name: str, currency: str = "") -> Ref | None:
        """Return the customer that a row means, a new one if need be; None for a row that names nobody."""
        code, name = clean(code), clean(name)
        if not code and not name:
            return None
        found = self._find(code, name)
        if found is None:
            found = Known(self._next, code or name, name or code, currency)
            self._next -= 1
            self._add(found)
            self._unite(found)
        elif code and found.code.casefold() != code.casefold() and found.code_is_name:
            # Known by name alone until now; this file tells the system's own code.
            found.code = code
            self._by_code[code.casefold()] = found
            if found.ref > 0:
                found.fields["code"] = code
        elif code and name:
            found.heard.add(name)
        return self.survivor(found.ref)

    def own(self, code: str, name: str, survivor: Ref) -> Ref:
        """Return the customer that a row names where it lives on in `survivor`, 0 where it is the same."""
        if not self._survivors:
            return 0
        found = self._find(clean(code), clean(name))
        return 0 if found is None or found.ref == survivor or self.survivor(found.ref) != survivor else found.ref

    def recall(self, former: Mapping[int, Sequence[str]]) -> None:
        """Let customers of the books be found by names that they had before, where nobody has that name now."""
        for number, names in former.items():
            known = self._by_ref[number]
            for name in names:
                known.former.append(name)
                self._by_name.setdefault(clean(name).casefold(), known)

    def rename(self) -> None:
        """Take the name by which all documents of the files call a customer, where it is quite another than ours."""
        for known in self._by_ref.values():
            if known.ref > 0 and len(known.heard) == 1 and "name" not in known.fields and not known.code_is_name:
                (name,) = known.heard
                if not any(same_spelling(name, old) for old in (known.name, *known.former)):
                    known.fields["name"] = name

    def everybody(self) -> Iterable[Known]:
        """Return every customer of the books and of this plan."""
        return self._by_ref.values()

    def survivor(self, ref: Ref) -> Ref:
        """Return the customer that a merged one lives on in, else the customer itself."""
        while ref in self._survivors:
            ref = self._survivors[ref]
        return ref

    def with_merged(self, refs: Iterable[Ref]) -> set[int]:
        """Return customers of the books, and those that live on in them."""
        found = {ref for ref in refs if ref > 0}
        return found | {one for one in self._survivors if one > 0 and self.survivor(one) in found}

    def known(self, ref: Ref) -> Known:
        """Return what is known of a customer."""
        return self._by_ref[ref]

    def parties(self) -> tuple[Party, ...]:
        """Return the customers that are new or that change, in the order in which they were met."""
        changed = [k for k in self._by_ref.values() if k.ref < 0 or k.fields or k.facts or k.contacts or k.parent]
        return tuple(
            Party(k.ref, k.code, k.name, _fields(k), dict(k.facts), tuple(k.contacts), k.parent) for k in changed
        )

    def _find(self, code: str, name: str) -> Known | None:
        if code and (found := self._by_code.get(code.casefold())) is not None:
            return found
        if not name:
            return None
        found = self._by_name.get(name.casefold()) or self._by_code.get(name.casefold())
        if code and found is not None and not found.code_is_name:
            return None
        return found

    def _unite(self, one: Known) -> None:
        """Let a new customer live on in the one that it is said to be."""
        other = self._by_code.get(self._same.get(one.code.casefold(), ""))
        if other is not None and self.survivor(other.ref) != one.ref:
            self._survivors[one.ref] = self.survivor(other.ref)

    def _add(self, one: Known) -> None:
        self._by_code.setdefault(one.code.casefold(), one)
        self._by_name.setdefault(clean(one.name).casefold(), one)
        self._by_ref[one.ref] = one


def _fields(known: Known) -> dict[str, str]:
    if known.ref > 0 or not known.currency:
        return dict(known.fields)
    return {"currency": known.currency, **known.fields}


def read_directory(session: Session, same: Mapping[str, str] | None = None) -> Directory:
    """Read every customer of the books, oldest first; `same` as in Directory."""
    rows = session.execute(
        select(
            col(Customer.id),
            col(Customer.code),
            col(Customer.name),
            col(Customer.currency),
            col(Customer.merged_into_id),
        ).order_by(col(Customer.id))
    ).all()
    survivors = {number: into for number, _, _, _, into in rows if number is not None and into is not None}
    everybody = (Known(number or 0, code, name, currency) for number, code, name, currency, _ in rows)
    directory = Directory(everybody, survivors, same)
    directory.recall(former_names(session))
    return directory


# --- files about customers --------------------------------------------------------------------------------------------


def take_rows(
    session: Session, directory: Directory, rows: Sequence[CustomerRow], currency: str, today: date
) -> list[RefusedRow]:
    """Let a file about customers say names, fields, facts and contacts; what the books know already is left out.

    `currency` is what limits of customers without one are in. Returns the rows whose parent is refused, as it would
    close a circle; the rest of such a row is taken.
    """
    refs = [directory.resolve(row.code, row.name, row.currency) for row in rows]
    # What is told of a merged customer is kept with it: it counts again once the merge is split.
    owns = [ref and (directory.own(row.code, row.name, ref) or ref) for row, ref in zip(rows, refs, strict=True)]
    ids = {ref for ref in owns if ref is not None and ref > 0}
    stored, facts, contacts = _stored(session, ids), _facts(session, ids, today), _contacts(session, ids)
    for row, ref in zip(rows, owns, strict=True):
        if ref is None:
            continue
        known = directory.known(ref)
        _take_fields(known, row, stored.get(ref))
        _take_facts(known, row, facts.get(ref, {}), currency)
        _take_contact(known, row, contacts.setdefault(ref, []))
    return _take_parents(
        session, directory, [(ref, row) for row, ref in zip(rows, refs, strict=True) if ref and row.parent]
    )


def _take_parents(session: Session, directory: Directory, told: Sequence[tuple[Ref, CustomerRow]]) -> list[RefusedRow]:
    """Put customers under the parents that a file names, but where the family would be a circle."""
    if not told:
        return []
    query = select(col(Customer.id), col(Customer.parent_id)).where(col(Customer.parent_id).is_not(None))
    stored: dict[Ref, Ref | None] = {number or 0: parent for number, parent in session.execute(query)}
    # A parent may be new too. Who names itself names nobody.
    named = {ref: (directory.resolve("", row.parent), row) for ref, row in told}
    named = {ref: (parent, row) for ref, (parent, row) in named.items() if parent not in (None, ref)}
    refused: list[RefusedRow] = []
    while (closing := _closing({ref: parent for ref, (parent, _) in named.items()}, stored)) is not None:
        parent, row = named.pop(closing)
        name = directory.known(parent).name if parent is not None else row.parent
        reason = f"{directory.known(closing).name} can't belong to {name}, which stands below it"
        refused.append(RefusedRow(row.file, row.line, "parent", row.parent, reason))
    for ref, (parent, _) in named.items():
        directory.known(ref).parent = parent if parent != stored.get(ref) else None
    return refused


def _closing(named: Mapping[Ref, Ref | None], stored: Mapping[Ref, Ref | None]) -> Ref | None:
    """Return the first customer whose new parent would close a circle; None when there is none.

    Whoever gets a new parent loses the old one first: two customers may well change places.
    """
    above = {ref: parent for ref, parent in stored.items() if ref not in named}
    for ref, parent in named.items():
        if parent is not None and _stands_over(above, ref, parent):
            return ref
        above[ref] = parent
    return None


def _stands_over(above: Mapping[Ref, Ref | None], ref: Ref, below: Ref) -> bool:
    """Tell whether a customer stands above another one, on whatever level."""
    seen: set[Ref] = set()
    at: Ref | None = below
    while at is not None and at not in seen:
        if at == ref:
            return True
        seen.add(at)
        at = above.get(at)
    return False


def _take_fields(known: Known, row: CustomerRow, stored: Customer | None) -> None:
    told = {"currency": row.currency, "language": row.language, "region": row.region}
    if stored is not None and row.code and row.name and clean(row.name) != stored.name:
        told["name"] = clean(row.name)
    for name, value in told.items():
        if value and (stored is None or getattr(stored, name) != value):
            known.fields[name] = value


def _take_facts(known: Known, row: CustomerRow, current: dict[str, str], currency: str) -> None:
    told = {name: str(getattr(row, name)).strip() for name in PLAIN_FACTS}
    unit = row.currency or known.fields.get("currency") or known.currency or currency
    for name in LIMITS:
        amount = getattr(row, name)
        if amount is not None and unit:
            try:
                told[name] = str(nearest_minor(amount, unit))
            except BadInput:
                continue
    known.facts.update({name: value for name, value in told.items() if value and current.get(name) != value})


def _take_contact(known: Known, row: CustomerRow, have: list[ContactDetails]) -> None:
    if not (row.email or row.phone or row.contact_name):
        return
    told = ContactDetails(row.role or DEFAULT_ROLE, row.contact_name, row.email, row.phone, row.language)
    if told not in have:
        have.append(told)
        known.contacts.append(told)


def _stored(session: Session, ids: set[int]) -> dict[int, Customer]:
    if not ids:
        return {}
    rows = session.execute(select(Customer).where(col(Customer.id).in_(ids))).scalars()
    return {row.id: row for row in rows if row.id is not None}


def _facts(session: Session, ids: set[int], today: date) -> dict[int, dict[str, str]]:
    found: dict[int, dict[str, str]] = defaultdict(dict)
    if ids:
        rows = session.execute(
            select(CustomerFact)
            .where(col(CustomerFact.customer_id).in_(ids), col(CustomerFact.valid_from) <= today)
            .order_by(col(CustomerFact.valid_from), col(CustomerFact.id))
        ).scalars()
        for row in rows:
            found[row.customer_id][row.name] = row.value
    return found


def _contacts(session: Session, ids: set[int]) -> dict[int, list[ContactDetails]]:
    found: dict[int, list[ContactDetails]] = defaultdict(list)
    if ids:
        for row in session.execute(select(Contact).where(col(Contact.customer_id).in_(ids))).scalars():
            found[row.customer_id].append(ContactDetails(row.role, row.name, row.email, row.phone, row.language))
    return found
