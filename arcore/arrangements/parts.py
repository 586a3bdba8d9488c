"""Which items carry a plan, what is left of them on a day, and what money took off."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field
from datetime import date

from sqlalchemy import or_
from sqlalchemy import select
from sqlmodel import Session
from sqlmodel import col

from arcore.arrangements.receipts import ASSUMED
from arcore.arrangements.receipts import MONEY
from arcore.arrangements.receipts import roots
from arcore.ledger.kinds import CREDIT
from arcore.ledger.kinds import DEBIT
from arcore.ledger.reposted import posted_again
from arcore.store.arrangements import Plan
from arcore.store.arrangements import PlanInstalment
from arcore.store.arrangements import PlanItem
from arcore.store.books import Application
from arcore.store.books import Document
from arcore.store.books import Item
from arcore.store.chunks import chunks


@dataclass(frozen=True)
class Part:
    """What an instalment takes of one document: `amount` (minor units) of it stands on the item `item_id`."""

    plan_id: int
    number: int
    item_id: int
    from_item_id: int
    application_id: int
    document_id: int
    original_due_date: date
    amount: int


@dataclass
class Course:
    """How the balance of a part went: signed moves by day, and what money took off by the last of them.

    `back` is what went back to the first due date, which ends a plan.
    """

    moves: dict[date, int] = field(default_factory=lambda: defaultdict(int))
    back: dict[date, int] = field(default_factory=lambda: defaultdict(int))
    paid: int = 0

    def left(self, on: date, *, ended: bool = False) -> int:
        """Return what is open at the end of a day; of a plan that has `ended`, what was before that."""
        open_ = sum(amount for day, amount in self.moves.items() if day <= on)
        return open_ + sum(amount for day, amount in self.back.items() if day <= on) if ended else open_


def parts_of(session: Session, plans: Sequence[Plan]) -> dict[int, tuple[Part, ...]]:
    """Return the parts of plans, by plan, instalment after instalment.

    An invoice that was taken back and posted again, as a corrected file does, stands in the plan with the items that
    the new one has on the plan's days.
    """
    rows = _agreed(session, [int(plan.id or 0) for plan in plans])
    gone = _taken_back(session, {row.document_id for row in rows})
    found: dict[int, list[Part]] = defaultdict(list)
    replaced: dict[int, set[int]] = defaultdict(set)
    for row in rows:
        if row.document_id in gone:
            replaced[row.plan_id].add(row.document_id)
        else:
            found[row.plan_id].append(row)
    for plan in plans:
        if plan.id in replaced and plan.state == "active":
            found[plan.id] += _in_their_place(session, plan, replaced[plan.id])
    return {
        plan_id: tuple(sorted(parts, key=lambda p: (p.number, p.document_id, p.item_id)))
        for plan_id, parts in found.items()
    }


def courses(session: Session, parts: Iterable[Part], as_of: date) -> dict[int, Course]:
    """Return how the balances of parts went to the end of a day, by item.

    What was re-dated on from a part still belongs to it, whatever day it falls due now.
    """
    origin = {part.item_id: part.from_item_id for part in parts}
    owner = {number: number for number in origin}
    amounts = _later_dates(session, owner)
    found = {number: Course() for number in owner.values()}
    for item_id, (day, amount) in amounts.items():
        if day <= as_of:
            found[owner[item_id]].moves[day] += amount
    money: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for ids in chunks(owner):
        rows = session.execute(
            select(Application).where(
                or_(col(Application.from_item_id).in_(ids), col(Application.to_item_id).in_(ids)),
                col(Application.effective_on) <= as_of,
            )
        ).scalars()
        here = set(ids)
        for row in rows:
            _move(found, owner, row, here)
            if row.to_item_id in here:
                part = owner[row.to_item_id]
                money[row.from_item_id].append((part, row.amount))
                if row.from_item_id == origin[part]:
                    found[part].back[row.effective_on] += row.amount
    for source in _sources_of_money(session, money):
        for part, amount in money[source]:
            found[part].paid += amount
    return found


def _move(found: Mapping[int, Course], owner: Mapping[int, int], row: Application, here: set[int]) -> None:
    for end, sign in ((row.from_item_id, 1), (row.to_item_id, -1)):
        if end in here:
            found[owner[end]].moves[row.effective_on] += sign * row.amount


def _later_dates(session: Session, owner: dict[int, int]) -> dict[int, tuple[date, int]]:
    """Add the items that were re-dated on from parts to their owners; return first day and amount of every item."""
    found: dict[int, tuple[date, int]] = {}
    documents: dict[int, int] = {}
    for ids in chunks(owner):
        for row in session.execute(select(Item).where(col(Item.id).in_(ids))).scalars():
            found[row.id], documents[row.id] = (row.effective_on, row.amount), row.document_id
    frontier = set(owner)
    while frontier:
        further = {}
        for ids in chunks(frontier):
            for row in session.execute(select(Item).where(col(Item.origin_item_id).in_(ids))).scalars():
                origin = row.origin_item_id or 0
                if row.document_id == documents[origin] and row.id not in owner:
                    further[row.id] = owner[origin]
                    found[row.id], documents[row.id] = (row.effective_on, row.amount), row.document_id
        owner |= further
        frontier = set(further)
    return found


def _sources_of_money(session: Session, item_ids: Iterable[int]) -> list[int]:
    """Keep the items that are money, or a debt gone from a snapshot, also where a transfer brought it."""
    credits_ = [
        number
        for ids in chunks(item_ids)
        for number in session.execute(
            select(col(Item.id)).where(col(Item.id).in_(ids), col(Item.side) == CREDIT)
        ).scalars()
    ]
    kinds = roots(session, credits_)
    return [number for number in credits_ if kinds[number].kind in (MONEY, ASSUMED)]


def _agreed(session: Session, plan_ids: Iterable[int]) -> list[Part]:
    return [
        Part(
            plan_id=row.plan_id,
            number=row.number,
            item_id=row.item_id,
            from_item_id=row.from_item_id,
            application_id=row.application_id,
            document_id=row.document_id,
            original_due_date=original,
            amount=row.amount,
        )
        for ids in chunks(plan_ids)
        for row, original in session.execute(
            select(PlanItem, col(Item.original_due_date))
            .join(Item, col(Item.id) == col(PlanItem.item_id))
            .where(col(PlanItem.plan_id).in_(ids))
            .order_by(col(PlanItem.item_id))
        )
    ]


def _taken_back(session: Session, document_ids: Iterable[int]) -> set[int]:
    return {
        number
        for ids in chunks(document_ids)
        for (number,) in session.execute(select(col(Document.reverses_id)).where(col(Document.reverses_id).in_(ids)))
        if number is not None
    }


def _in_their_place(session: Session, plan: Plan, replaced: set[int]) -> list[Part]:
    """Return what stands on the plan's days of the documents that were posted again for those taken back."""
    days = {
        row.due_on: row.number
        for row in session.execute(select(PlanInstalment).where(col(PlanInstalment.plan_id) == plan.id)).scalars()
    }
    found = []
    for document_id in sorted(set(posted_again(session, replaced).values())):
        items = session.execute(
            select(Item).where(
                col(Item.document_id) == document_id,
                col(Item.side) == DEBIT,
                col(Item.origin_item_id).is_not(None),
                col(Item.due_date).in_(list(days)),
                col(Item.id).not_in(select(col(PlanItem.item_id))),
            )
        ).scalars()
        for item in items:
            carried = session.execute(
                select(col(Application.id), col(Application.amount))
                .where(col(Application.from_item_id) == item.id, col(Application.to_item_id) == item.origin_item_id)
                .order_by(col(Application.id))
            ).first()
            if carried is not None:
                found.append(
                    Part(
                        plan_id=int(plan.id or 0),
                        number=days[item.due_date],
                        item_id=item.id,
                        from_item_id=item.origin_item_id or 0,
                        application_id=carried.id,
                        document_id=document_id,
                        original_due_date=item.original_due_date,
                        amount=carried.amount,
                    )
                )
    return found
