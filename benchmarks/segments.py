"""Customers in segments: what the table of all measures is split by."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Engine
from sqlalchemy import insert
from sqlmodel import select

from arcore.store.customers import Customer
from arcore.store.customers import CustomerFact
from arcore.store.unit import Facts
from arcore.store.unit import Unit
from arcore.store.unit import commit
from benchmarks.book import FIRST_DAY
from benchmarks.store import ACTOR

SEGMENTS = 20


def names(count: int = SEGMENTS) -> tuple[str, ...]:
    """Return the names of segments, in their order."""
    return tuple(f"Segment {number:02d}" for number in range(1, count + 1))


def of_customers(customer_ids: Sequence[int]) -> list[str]:
    """Return the segment of customers; unequal ones, and none that a multiple of something else lines up with."""
    known = names()
    return [known[(number * 7919 + number * number) % 1_000_003 % SEGMENTS] for number in customer_ids]


def assign(engine: Engine) -> None:
    """Put every customer into its segment, from the first day of the book on."""

    def body(unit: Unit) -> Facts:
        ids = list(unit.session.exec(select(Customer.id).order_by(Customer.id)))  # type: ignore[arg-type]
        rows = [
            {
                "customer_id": number,
                "name": "segment",
                "value": segment,
                "valid_from": FIRST_DAY,
                "audit_seq": unit.audit_seq,
            }
            for number, segment in zip(ids, of_customers(ids), strict=True)  # type: ignore[arg-type]
        ]
        unit.session.execute(insert(CustomerFact), rows)
        return {"customers": len(rows)}

    commit(engine, body, actor=ACTOR, verb="generate")
