"""Re-dating what a plan is about, moving it back, and undoing either: the plan's hand on the books."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from arcore.arrangements.parts import Part
from arcore.arrangements.parts import parts_of
from arcore.arrangements.rules import Piece
from arcore.errors import RuleBroken
from arcore.ledger import moves
from arcore.ledger.checks import name_of
from arcore.ledger.entry import ItemState
from arcore.ledger.journal import Journal
from arcore.store.arrangements import Plan
from arcore.store.arrangements import PlanItem


def re_date(journal: Journal, plan: Plan, pieces: Sequence[Piece], days: Sequence[date], on: date) -> list[PlanItem]:
    """Give each piece the day of its instalment; returns the rows to keep, once the journal is flushed."""
    journal.load(piece.item_id for piece in pieces)
    rows = []
    for piece in pieces:
        new = moves.redate(journal, piece.item_id, days[piece.number - 1], on=on, amount=piece.amount)
        [carried] = journal.applications_of(new)
        rows.append(
            PlanItem(
                item_id=new.id,
                plan_id=int(plan.id or 0),
                number=piece.number,
                from_item_id=piece.item_id,
                application_id=carried.id,
                document_id=new.document_id,
                amount=piece.amount,
            )
        )
    return rows


def move_back(journal: Journal, plan: Plan, on: date) -> dict[int, int]:
    """Move what is left of a plan back to its first due dates on a day.

    Returns the amounts by the item they went to, oldest due first. What returns to the plan later follows by itself.
    """
    found: dict[int, int] = {}
    for part in _parts(journal, plan):
        for item in _carrying(journal, part):
            root = journal.root_of(item)
            if journal.moves_back(item) and not journal.open_of(item.id):
                continue  # somebody moved this one back by itself
            found[root.id] = found.get(root.id, 0) + moves.move_back(journal, item.id, on=on)
    return dict(sorted(found.items(), key=lambda one: (journal.item(one[0]).due_date, one[0])))


def bring_back(journal: Journal, plan: Plan) -> None:
    """Undo the moving back as if it had never been: the plan's items carry their balance again."""
    for part in _parts(journal, plan):
        for item in _carrying(journal, part):
            for applied in journal.moves_back(item):
                journal.unapply(applied.id)


def take_back(journal: Journal, plan: Plan) -> None:
    """Undo the re-dating as if it had never been agreed. Raises RuleBroken once anything else touched its items."""
    parts = _parts(journal, plan)
    for part in parts:
        item = journal.item(part.item_id)
        standing = {day: amount for day, amount in item.moves.items() if amount}
        if standing != {item.effective_on: part.amount} or len(_carrying(journal, part)) > 1:
            msg = f"{name_of(item)} was paid or changed since this plan was agreed: cancel the plan instead"
            raise RuleBroken(msg, item=item.id, plan=plan.id)
    for part in parts:
        journal.unapply(part.application_id)


def _parts(journal: Journal, plan: Plan) -> tuple[Part, ...]:
    parts = parts_of(journal.unit.session, [plan]).get(int(plan.id or 0), ())
    journal.load(number for part in parts for number in (part.item_id, part.from_item_id))
    return parts


def _carrying(journal: Journal, part: Part) -> list[ItemState]:
    """Return the item of a part and whatever was re-dated on from it, the newest first."""
    found = {part.item_id: journal.item(part.item_id)}
    for item in journal.items_of(part.document_id):
        if item.origin_item_id in found:
            found[item.id] = item
    return sorted(found.values(), key=lambda item: item.id, reverse=True)
