"""What is known of customers, for forms and lists."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from sqlalchemy import Engine
from sqlalchemy import select
from sqlmodel import Session
from sqlmodel import col

from arcore.customers import facts
from arcore.customers.facts import Dated
from arcore.customers.facts import on_day
from arcore.customers.likeness import same_spelling
from arcore.customers.lookalikes import Pair
from arcore.customers.lookalikes import Someone
from arcore.customers.lookalikes import among
from arcore.customers.lookalikes import beside
from arcore.errors import NotFound
from arcore.store.customers import Customer
from arcore.store.customers import CustomerAlias
from arcore.store.customers import CustomerFact
from arcore.store.engine import reading
from arcore.store.sources import Import

__all__ = [
    "Assignment",
    "Dated",
    "Pair",
    "Someone",
    "among",
    "assignments",
    "beside",
    "facts_of",
    "former_names",
    "on_day",
    "same_spelling",
    "same_subject",
    "survivor_of",
    "survivors",
    "tax_numbers",
    "with_merged",
]


class Assignment(NamedTuple):
    """Who looks after a customer, which segment it is in as of a day ("" where nobody said), if it is of our group."""

    customer_id: int
    code: str
    name: str
    segment: str
    owner: str
    intercompany: bool


def assignments(engine: Engine, as_of: date) -> list[Assignment]:
    """Return every customer that was not merged into another, by name."""
    with reading(engine) as session:
        known = facts.on_day(facts.read(session), as_of)
        rows = session.execute(
            select(col(Customer.id), col(Customer.code), col(Customer.name), col(Customer.intercompany))
            .where(col(Customer.merged_into_id).is_(None))
            .order_by(col(Customer.name), col(Customer.code))
        ).all()
    return [
        Assignment(number, code, name, held.get("segment", ""), held.get("owner", ""), ours)
        for number, code, name, ours in rows
        for held in [known.get(number, {})]
    ]


def survivor_of(session: Session, customer_id: int) -> int:
    """Return the customer that a merged one lives on in, at the end of the chain, else the customer itself."""
    return survivors(session).get(customer_id, customer_id)


def survivors(session: Session) -> dict[int, int]:
    """Return merged customer → the one it lives on in, at the end of the chain; nothing for those not merged."""
    links: dict[int, int] = dict(
        session.execute(
            select(col(Customer.id), col(Customer.merged_into_id)).where(col(Customer.merged_into_id).is_not(None))
        ).all()
    )
    return {merged: _end(links, merged) for merged in links}


def with_merged(session: Session, customer_ids: Iterable[int]) -> list[int]:
    """Return customers and everybody merged into them, ascending: whose rows to read for them."""
    wanted = set(customer_ids)
    return sorted(wanted | {merged for merged, survivor in survivors(session).items() if survivor in wanted})


def former_names(session: Session) -> dict[int, list[str]]:
    """Return the names that customers had before, the oldest first; not those that an undone import took away."""
    rows = session.execute(
        select(col(CustomerAlias.customer_id), col(CustomerAlias.name))
        .outerjoin(Import, col(Import.id) == col(CustomerAlias.import_id))
        .where(col(Import.undone_at).is_(None))
        .order_by(col(CustomerAlias.id))
    )
    found: dict[int, list[str]] = {}
    for number, name in rows:
        found.setdefault(number, []).append(name)
    return found


def tax_numbers(session: Session) -> dict[int, tuple[str, ...]]:
    """Return the tax numbers that customers have or had, each once."""
    rows = session.execute(
        select(col(CustomerFact.customer_id), col(CustomerFact.value))
        .where(col(CustomerFact.name) == "tax_number", col(CustomerFact.value) != "")
        .order_by(col(CustomerFact.id))
    )
    found: dict[int, tuple[str, ...]] = {}
    for number, value in rows:
        if value not in found.get(number, ()):
            found[number] = (*found.get(number, ()), value)
    return found


def id_of(engine: Engine, code: str) -> int:
    """Return the customer of a code itself, merged or not. Raises NotFound."""
    with reading(engine) as session:
        found = session.execute(select(col(Customer.id)).where(col(Customer.code) == code)).scalar()
    if found is None:
        msg = f"There is no customer {code}"
        raise NotFound(msg, customer=code)
    return int(found)


def same_subject(customer_id: int, other_id: int) -> str:
    """Write two customers that were said not to be the same, whichever was named first."""
    low, high = sorted((customer_id, other_id))
    return f"{low}~{high}"


def _end(links: Mapping[int, int], customer_id: int) -> int:
    seen = {customer_id}
    while customer_id in links and links[customer_id] not in seen:
        customer_id = links[customer_id]
        seen.add(customer_id)
    return customer_id


def facts_of(session: Session, customer_id: int, as_of: date) -> dict[str, str]:
    """Return what holds for a customer on a day: owner, segment, limits, status, … by name, none that ended."""
    return facts.on_day(facts.read(session, customer_id), as_of).get(customer_id, {})
