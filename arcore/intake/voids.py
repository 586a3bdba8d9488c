"""Voids that show in the past: where a match ended later, a document is closed while its void is open.

Such voids stand against each other there, so that on every day each document shows what is open of it and nothing
shows of what was taken back.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select
from sqlmodel import col

from arcore.ledger.entry import ApplicationState
from arcore.ledger.entry import ItemState
from arcore.ledger.journal import Journal
from arcore.ledger.kinds import CREDIT
from arcore.ledger.kinds import DEBIT
from arcore.ledger.timeline import balance_on
from arcore.store.books import Document
from arcore.store.books import Item


def stand_again(journal: Journal, source: ItemState, target: ItemState, amount: int, start: date) -> None:
    """Apply `amount` from `start` on, on every day as much of it as both items can carry.

    Usually that is all of it; less while a match that ended later still stands between them in the past.
    """
    held: list[ApplicationState] = []
    for day in sorted({start, *(d for item in (source, target) for d in item.moves if d > start)}):
        room = min(balance_on(item.moves, day) * item.side for item in (source, target))
        while room < 0 and held:
            last = held.pop()
            journal.reverse_application(last, day)
            room += last.amount
        part = min(room, amount - sum(one.amount for one in held))
        if part > 0:
            held.append(journal.stage_application(source, target, part, day))


def match_voids(journal: Journal, items: Sequence[int]) -> None:
    """Let voids that stand open in the past, where a match ended later, stand against each other there.

    Those of one number first, so that no document shows in the past what another one was.
    """
    _match_each_other(journal, list(map(journal.item, items)), of_one=True)
    left = [item for item in map(journal.item, items) if shows(item)]
    if not left:
        return
    # Their counterparts may be voids of an import that was undone before.
    query = (
        select(col(Item.id))
        .join(Document, col(Document.id) == col(Item.document_id))
        .where(col(Document.reverses_id).is_not(None))
        .where(col(Item.customer_id).in_({item.customer_id for item in left}))
    )
    older = sorted(journal.unit.session.execute(query).scalars())
    journal.load(older)
    voids = [*left, *(journal.item(number) for number in older if number not in set(items))]
    _match_each_other(journal, voids, of_one=True)
    _match_each_other(journal, left, of_one=False)
    _match_each_other(journal, voids, of_one=False)


def shows(item: ItemState) -> bool:
    """Tell whether an item is open on any day."""
    return any(item.moves.values())


def _match_each_other(journal: Journal, voids: Sequence[ItemState], *, of_one: bool) -> None:
    mirrors: dict[tuple[int, str, str, str], list[ItemState]] = {}
    for item in voids:
        if shows(item):
            key = (item.customer_id, item.entity, item.currency, item.number if of_one else "")
            mirrors.setdefault(key, []).append(item)
    for found in mirrors.values():
        for credit in (item for item in found if item.side == CREDIT):
            for debit in (item for item in found if item.side == DEBIT):
                start = max(credit.effective_on, debit.effective_on)
                stand_again(journal, credit, debit, abs(credit.amount), start)
