"""What the codes in the columns stand for: customers and what is known of them by day, entities, currencies."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select
from sqlmodel import Session

from arcore.dates import to_day
from arcore.reports.families import Families
from arcore.reports.families import families
from arcore.reports.families import without_rings
from arcore.store.customers import DATED
from arcore.store.customers import Customer
from arcore.store.customers import CustomerFact

NOBODY = -1

Codes = NDArray[np.int32]


@dataclass(frozen=True, eq=False)
class Facts:
    """The dated rows of one fact (owner, segment, …), ordered by customer, first day and row."""

    customer: Codes
    day: Codes
    value: Codes
    audit_seq: NDArray[np.int64]
    labels: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Customers:
    """Customers in ascending id; a customer's position is its code in the columns.

    Attributes:
        survivor: the customer that a merged one lives on in, else itself.
        root: the head of the survivor's family.
        intercompany: a company of our own group, as the survivor says.
        facts: owner, segment, terms, limits and status by day.
        currencies: what the limits of each are in; "" where nobody said.
        families: who stands under whom.
    """

    ids: NDArray[np.int64]
    codes: tuple[str, ...]
    names: tuple[str, ...]
    survivor: Codes
    root: Codes
    intercompany: NDArray[np.bool_]
    facts: Mapping[str, Facts]
    currencies: tuple[str, ...]
    families: Families

    def positions(self, customer_ids: NDArray[np.int64]) -> Codes:
        """Return the positions of customer ids, all of which must be there."""
        if len(self.ids) and self.ids[-1] - self.ids[0] + 1 == len(self.ids):  # no gaps: no need to search
            places: Codes = (customer_ids - self.ids[0]).astype(np.int32)
            return places
        return np.searchsorted(self.ids, customer_ids).astype(np.int32)

    def fact_on(self, name: str, day: date, upto_seq: int | None = None) -> tuple[Codes, tuple[str, ...]]:
        """Return each customer's value of a fact on a day, as codes (-1 for none) and their labels.

        The latest first day not after `day` wins, then the latest row; `upto_seq` leaves out what was
        recorded later. A merged customer has its survivor's.
        """
        facts = self.facts[name]
        known = facts.day <= to_day(day)
        if upto_seq is not None:
            known &= facts.audit_seq <= upto_seq
        values = np.full(len(self.ids), NOBODY, np.int32)
        # Rows stand in the order in which they win, and of equal targets the last assignment stays.
        values[facts.customer[known]] = facts.value[known]
        return values[self.survivor], facts.labels


def read_customers(session: Session) -> Customers:
    """Read every customer and every dated fact, inside the snapshot of the session."""
    table = Customer.__table__  # type: ignore[attr-defined]
    rows = session.execute(
        select(
            table.c.id,
            table.c.code,
            table.c.name,
            table.c.parent_id,
            table.c.merged_into_id,
            table.c.intercompany,
            table.c.currency,
        ).order_by(table.c.id)
    ).all()
    ids = np.array([row.id for row in rows], dtype=np.int64)
    position = {row.id: place for place, row in enumerate(rows)}
    survivor = _ends({position[row.id]: position[row.merged_into_id] for row in rows if row.merged_into_id}, len(rows))
    # A merged customer stands where its survivor stands, whatever it belonged to before.
    above = {position[row.id]: int(survivor[position[row.parent_id]]) for row in rows if row.parent_id}
    parents = without_rings({child: parent for child, parent in above.items() if survivor[child] == child})
    return Customers(
        ids=ids,
        codes=tuple(row.code for row in rows),
        names=tuple(row.name for row in rows),
        survivor=survivor,
        root=_ends(parents, len(rows))[survivor],
        intercompany=np.array([bool(row.intercompany) for row in rows], dtype=np.bool_)[survivor],
        facts=_read_facts(session, position),
        currencies=tuple(row.currency for row in rows),
        families=families(parents, [row.name for row in rows]),
    )


def _ends(links: Mapping[int, int], count: int) -> Codes:
    """Follow links to where they end; a ring ends where it was entered."""
    ends = np.arange(count, dtype=np.int32)
    for start in links:
        place, seen = start, {start}
        while place in links and links[place] not in seen:
            place = links[place]
            seen.add(place)
        ends[start] = place
    return ends


def _read_facts(session: Session, position: Mapping[int, int]) -> dict[str, Facts]:
    table = CustomerFact.__table__  # type: ignore[attr-defined]
    found: dict[str, list[tuple[int, int, str, int]]] = {name: [] for name in DATED}
    for row in session.execute(select(table).order_by(table.c.customer_id, table.c.valid_from, table.c.id)):
        if row.name in found:
            found[row.name].append((position[row.customer_id], to_day(row.valid_from), row.value, row.audit_seq))
    return {name: _facts(rows) for name, rows in found.items()}


def _facts(rows: list[tuple[int, int, str, int]]) -> Facts:
    labels = sorted({value for _, _, value, _ in rows if value})
    code = {label: number for number, label in enumerate(labels)} | {"": NOBODY}
    return Facts(
        customer=np.array([row[0] for row in rows], dtype=np.int32),
        day=np.array([row[1] for row in rows], dtype=np.int32),
        value=np.array([code[row[2]] for row in rows], dtype=np.int32),
        audit_seq=np.array([row[3] for row in rows], dtype=np.int64),
        labels=tuple(labels),
    )
