"""What was said, promised, contested and agreed with the sample company's customers in the last weeks."""

from __future__ import annotations

from collections import Counter
from collections import defaultdict
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Sequence
from datetime import date
from datetime import timedelta
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import or_
from sqlalchemy import select
from sqlmodel import col

from arcore.arrangements.service import agree_plan_in
from arcore.arrangements.service import promise_in
from arcore.disputes.service import dispute_in
from arcore.money import from_minor
from arcore.sample import collecting
from arcore.sample.booking import Booker
from arcore.sample.chance import chance
from arcore.sample.player import Player
from arcore.sample.workdays import workday
from arcore.store.books import Application
from arcore.store.books import Document
from arcore.store.books import Item
from arcore.store.cases import add_event
from arcore.store.contact import Talk
from arcore.store.unit import Unit

KEPT, CALLED = 4, 12
"""How many promises were kept, and how many customers were called lately."""
LATE = 20
"""Days past due from which a debt may be part of a plan."""
OUTCOMES = {"no_answer": 4, "message_left": 3, "reached": 5}
"""How a call ends, and how often."""


class Agreement(NamedTuple):
    """A plan: days ago it was agreed, days from then to the first instalment, days between them, how many."""

    ago: int
    first: int
    every: int
    parts: int
    note: str


AGREED = (
    Agreement(18, 8, 30, 3, "Three months, agreed by phone; their bank line is being renewed."),
    Agreement(2, 12, 14, 4, "Every other week until the season starts."),
)


def write(unit: Unit, players: Sequence[Player], booker: Booker, today: date) -> None:
    """Write the dealings of the last weeks, each on its own day, as learnt today."""
    parts = {player.part: player for player in players if player.part}
    ids = booker.customers
    if "slipping" in parts:
        _promises_of_one_who_slips(unit, parts["slipping"], ids[parts["slipping"].code], today)
    if "disputes" in parts:
        _disputes(unit, parts["disputes"], booker, today)
    plain = {ids[player.code]: player for player in players if not player.part and not player.intercompany}
    collecting.write(unit, plain, today)
    _kept_promises(unit, plain, today)
    in_plan = set(_plans(unit, plain, today))
    called = [number for number in _late_ones(unit, plain, today) if number not in in_plan]
    for number in called[:CALLED]:
        _call(unit, plain[number], number, today)


def _promises_of_one_who_slips(unit: Unit, player: Player, customer_id: int, today: date) -> None:
    """Break a promise of last month, for a debt that nothing came for; let another run to the end of next week."""
    next_friday = today + timedelta(days=(4 - today.weekday()) % 7 + 7)
    made_on, due_on = workday(today - timedelta(days=34), -1), today - timedelta(days=24)
    for item, document in _untouched(unit, [customer_id], due_before=made_on)[:1]:
        amount = from_minor(item.amount, document.currency)
        _promise(unit, player, customer_id, amount, made_on, due_on, document.currency, document.id)
    _promise(unit, player, customer_id, Decimal(60_000), workday(today - timedelta(days=6), -1), next_friday)


def _kept_promises(unit: Unit, plain: dict[int, Player], today: date) -> None:
    """Let some who paid in the last weeks have said so a week before."""
    paid = unit.session.execute(
        select(Document)
        .where(
            col(Document.kind) == "payment",
            col(Document.effective_on) > today - timedelta(days=45),
            col(Document.effective_on) < today - timedelta(days=9),
            col(Document.reverses_id).is_(None),
            col(Document.customer_id).in_(plain),
        )
        .order_by(col(Document.amount), col(Document.id))
    ).scalars()
    told: dict[int, Document] = {}
    for document in paid:
        told.setdefault(document.customer_id, document)
    for customer_id, document in list(told.items())[:KEPT]:
        day, amount = document.effective_on, from_minor(-document.amount, document.currency)
        made_on = workday(day - timedelta(days=6), -1)
        _promise(unit, plain[customer_id], customer_id, amount, made_on, day, document.currency)


def _promise(
    unit: Unit, player: Player, customer_id: int, amount: Decimal, made_on: date, due_on: date, currency: str = "",
    *document_ids: int,
) -> None:  # fmt: skip
    promise_id = promise_in(
        unit, customer_id=customer_id, entity="main", currency=currency or player.currency, amount=amount,
        made_on=made_on, due_on=due_on, document_ids=document_ids,
    )  # fmt: skip
    _talk(unit, player, customer_id, made_on, "promise", promise_id=promise_id)


def _disputes(unit: Unit, player: Player, booker: Booker, today: date) -> None:
    """Two invoices are contested in part: some valves were missing, and a price is not the one of the order."""
    for name, days, reason, amount in (("quantity", 88, "quantity", 3_120), ("s2", 49, "price", 4_780)):
        known = booker.booked[f"{player.code}/{name}"]
        day = workday(today - timedelta(days=days), -1)
        dispute_in(
            unit, customer_id=known.customer_id, document_id=known.document_id, opened_on=day, reason=reason,
            amount=Decimal(amount), owner=player.owner, due_on=day + timedelta(days=60),
        )  # fmt: skip


def _plans(unit: Unit, plain: dict[int, Player], today: date) -> Iterator[int]:
    """Agree plans over debts that nothing was paid on; of the first one the first instalment did not come."""
    rows = [
        (item, document)
        for item, document in _untouched(unit, plain, due_before=today - timedelta(days=LATE))
        if document.entity == "main"
    ]
    owed: dict[tuple[int, str], list[Item]] = defaultdict(list)
    for item, document in rows:
        owed[item.customer_id, document.currency].append(item)
    largest = sorted(owed, key=lambda place: (-sum(item.amount for item in owed[place]), place))
    for agreement, (customer_id, currency) in zip(AGREED, largest, strict=False):
        items, on = owed[customer_id, currency], today - timedelta(days=agreement.ago)
        agree_plan_in(
            unit, customer_id=customer_id, entity="main", currency=currency, item_ids=[item.id for item in items],
            instalments=_split(agreement, on, sum(item.amount for item in items), currency), agreed_on=on,
            note=agreement.note,
        )  # fmt: skip
        yield customer_id


def _split(agreement: Agreement, on: date, total: int, currency: str) -> list[tuple[date, Decimal]]:
    share, rest = divmod(total, agreement.parts)
    days = [workday(on + timedelta(days=agreement.first + agreement.every * n), 1) for n in range(agreement.parts)]
    amounts = [share] * (agreement.parts - 1) + [share + rest]
    return [(day, from_minor(amount, currency)) for day, amount in zip(days, amounts, strict=True)]


def _untouched(unit: Unit, customer_ids: Iterable[int], *, due_before: date) -> list[tuple[Item, Document]]:
    """Return the debts due before a day that nothing was ever applied to, oldest first."""
    touched = (
        select(col(Application.id))
        .where(or_(col(Application.from_item_id) == col(Item.id), col(Application.to_item_id) == col(Item.id)))
        .exists()
    )
    rows = unit.session.execute(
        select(Item, Document)
        .join(Document, col(Document.id) == col(Item.document_id))
        .where(
            col(Item.side) > 0,
            col(Item.customer_id).in_(list(customer_ids)),
            col(Item.due_date) < due_before,
            ~touched,
        )
        .order_by(col(Item.due_date), col(Item.id))
    )
    return [(item, document) for item, document in rows]


def _late_ones(unit: Unit, plain: dict[int, Player], today: date) -> list[int]:
    """Return customers with debts past due that nothing was applied to, the most debts first."""
    counts = Counter(item.customer_id for item, _ in _untouched(unit, plain, due_before=today))
    return sorted(counts, key=lambda number: (-counts[number], number))


def _call(unit: Unit, player: Player, customer_id: int, today: date) -> None:
    rng = chance(f"calls {player.code}")
    day = workday(today - timedelta(days=rng.randrange(1, 12)), -1)
    _talk(unit, player, customer_id, day, rng.choices(list(OUTCOMES), list(OUTCOMES.values()))[0])


def _talk(
    unit: Unit, player: Player, customer_id: int, on: date, outcome: str, *, promise_id: int | None = None
) -> None:
    talk = Talk(
        customer_id=customer_id, on=on, at=unit.recorded_at, by=player.owner, outcome=outcome, promise_id=promise_id
    )
    unit.session.add(talk)
    unit.session.flush()
    add_event(
        unit, "talk", int(talk.id or 0), customer_id=customer_id, verb="logged", what={"on": on, "outcome": outcome}
    )
    unit.subject = "sample"
