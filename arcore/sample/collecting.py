"""Who was called about what in the year before the last weeks: since some months sooner; some promised to pay."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Sequence
from datetime import date
from datetime import timedelta
from decimal import Decimal
from random import Random
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import aliased
from sqlmodel import col

from arcore.arrangements.service import promise_in
from arcore.money import from_minor
from arcore.sample.chance import chance
from arcore.sample.player import Player
from arcore.sample.workdays import workday
from arcore.store.books import Application
from arcore.store.books import Document
from arcore.store.books import Item
from arcore.store.cases import add_event
from arcore.store.contact import Talk
from arcore.store.unit import Unit

FIRST, LAST = 470, 48
"""Payments between so many days ago are looked at; what is younger belongs to the last weeks."""
CALLED_FROM = 9
"""Days late from which somebody may call."""
REST = 10
"""Days in which a customer is not called again."""
SOONER = 150
"""So many days ago the sample company began to call sooner and more often."""
USUAL, NEW = (15, 0.4), (7, 0.7)
"""Days from the due date to the call, on average, and the share of late payments that somebody calls about."""
PROMISED, BROKEN = 0.25, 0.3
"""How many of those reached promised to pay, and how many of the promises were not kept."""


class Late(NamedTuple):
    """A payment that came late: the last day it was due, the day it came, what it paid in minor units."""

    customer_id: int
    due: date
    paid: date
    amount: int
    currency: str


def write(unit: Unit, plain: dict[int, Player], today: date) -> None:
    """Write the calls of a year, each on its own day, as learnt today; `plain` are customers without a part."""
    last: dict[int, date] = {}
    for late in _late(unit, sorted(plain), today):
        player, rng = plain[late.customer_id], chance(f"collecting {plain[late.customer_id].code} {late.due}")
        on = _called_on(late, today, rng)
        if on is None or on - last.get(late.customer_id, date.min) < timedelta(days=REST):
            continue
        last[late.customer_id] = on
        _talk(unit, player, late, on, rng)


def _late(unit: Unit, customers: Sequence[int], today: date) -> Iterator[Late]:
    """Yield late payments of the main company's invoices in the order of their due dates."""
    debt, credit, payment = aliased(Item), aliased(Item), aliased(Document)
    rows = unit.session.execute(
        select(
            col(debt.customer_id), col(debt.original_due_date), col(payment.effective_on), col(Application.amount),
            col(payment.currency),
        )
        .join(debt, col(debt.id) == col(Application.to_item_id))
        .join(credit, col(credit.id) == col(Application.from_item_id))
        .join(payment, col(payment.id) == col(credit.document_id))
        .where(
            col(debt.customer_id).in_(customers),
            col(payment.kind) == "payment",
            col(payment.entity) == "main",
            col(payment.effective_on) > today - timedelta(days=FIRST),
            col(payment.effective_on) <= today - timedelta(days=LAST),
            col(Application.amount) > 0,
        )
        .order_by(col(debt.original_due_date), col(Application.id))
    )  # fmt: skip
    for row in rows:
        if row.effective_on - row.original_due_date >= timedelta(days=CALLED_FROM):
            yield Late(row.customer_id, row.original_due_date, row.effective_on, row.amount, row.currency)


def _called_on(late: Late, today: date, rng: Random) -> date | None:
    """Return the day of the call; None where nobody called, or the money came before."""
    middle, share = NEW if (today - late.due).days < SOONER else USUAL
    if rng.random() > share:
        return None
    on = workday(late.due + timedelta(days=round(rng.triangular(2, 2 * middle - 2, middle))))
    return on if on < late.paid else None


def _talk(unit: Unit, player: Player, late: Late, on: date, rng: Random) -> None:
    promise_id = _promise(unit, late, on, rng) if rng.random() < PROMISED else None
    outcome = rng.choices(("reached", "message_left", "no_answer"), (6, 3, 3))[0]
    talk = Talk(
        customer_id=late.customer_id, on=on, at=unit.recorded_at, by=player.owner,
        outcome=outcome if promise_id is None else "promise", promise_id=promise_id,
    )  # fmt: skip
    unit.session.add(talk)
    unit.session.flush()
    add_event(
        unit, "talk", int(talk.id or 0), customer_id=late.customer_id, verb="logged",
        what={"on": on, "outcome": talk.outcome},
    )  # fmt: skip
    unit.subject = "sample"


def _promise(unit: Unit, late: Late, on: date, rng: Random) -> int | None:
    """Let it promise what it then paid, to a day before that or after; None where the money came at once."""
    if (late.paid - on).days < 3:
        return None
    broken = rng.random() < BROKEN
    due = late.paid - timedelta(days=rng.randrange(7, 13) if broken else rng.randrange(-2, 3))
    due = max(workday(due, -1), on)
    amount: Decimal = from_minor(late.amount, late.currency)
    return promise_in(
        unit, customer_id=late.customer_id, entity="main", currency=late.currency, amount=amount, made_on=on,
        due_on=due,
    )  # fmt: skip
