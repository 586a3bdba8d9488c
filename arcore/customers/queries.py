"""What is known of customers, for forms and lists."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from sqlalchemy import Engine
from sqlalchemy import select
from sqlmodel import col

from arcore.customers import facts
from arcore.store.customers import Customer
from arcore.store.engine import reading


class Assignment(NamedTuple):
    """Who looks after a customer, and which segment it is in, as of a day; "" where nobody said."""

    customer_id: int
    code: str
    name: str
    segment: str
    owner: str


def assignments(engine: Engine, as_of: date) -> list[Assignment]:
    """Return every customer that was not merged into another, by name."""
    with reading(engine) as session:
        known = facts.on_day(facts.read(session), as_of)
        rows = session.execute(
            select(col(Customer.id), col(Customer.code), col(Customer.name))
            .where(col(Customer.merged_into_id).is_(None))
            .order_by(col(Customer.name), col(Customer.code))
        ).all()
    return [
        Assignment(number, code, name, held.get("segment", ""), held.get("owner", ""))
        for number, code, name in rows
        for held in [known.get(number, {})]
    ]
