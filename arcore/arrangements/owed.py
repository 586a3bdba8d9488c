"""What was still to pay at the end of a day: of chosen documents, or of a whole account less its credits."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from collections.abc import Mapping
from collections.abc import Sequence
from datetime import date
from functools import cached_property

from sqlalchemy import func
from sqlalchemy import select
from sqlmodel import Session
from sqlmodel import col

from arcore.arrangements.receipts import Account
from arcore.store.books import Application
from arcore.store.books import Document
from arcore.store.books import Item
from arcore.store.chunks import chunks


class Owed:
    """Balances by day; those of accounts are read once for all customers, when the first is asked for."""

    def __init__(self, session: Session, members: Mapping[int, Sequence[int]]) -> None:
        """Start with nothing read; `members` are the customers merged into each one, itself included."""
        self._session = session
        self._survivor = {number: customer for customer, numbers in members.items() for number in numbers}

    def of_account(self, account: Account, on: date) -> int:
        """Return the open balance of an account, its credits taken off; minor units."""
        return sum(amount for day, amount in self._moves.get(account, ()) if day <= on)

    def of_documents(self, document_ids: Iterable[int], on: date) -> int:
        """Return what is open of documents; minor units."""
        ours = col(Item.document_id).in_(list(document_ids))
        items = select(func.coalesce(func.sum(col(Item.amount)), 0)).where(col(Item.effective_on) <= on, ours)
        total = int(self._session.execute(items).scalar_one())
        for end, sign in ((Application.from_item_id, 1), (Application.to_item_id, -1)):
            moved = (
                select(func.coalesce(func.sum(col(Application.amount)), 0))
                .join(Item, col(Item.id) == col(end))
                .where(col(Application.effective_on) <= on, ours)
            )
            total += sign * int(self._session.execute(moved).scalar_one())
        return total

    @cached_property
    def _moves(self) -> dict[Account, list[tuple[date, int]]]:
        """Return what was booked on every account by day; applications stay within one and leave its sum alone."""
        found: dict[Account, list[tuple[date, int]]] = defaultdict(list)
        for ids in chunks(self._survivor):
            rows = self._session.execute(
                select(
                    col(Item.customer_id),
                    col(Document.entity),
                    col(Document.currency),
                    col(Item.effective_on),
                    func.sum(col(Item.amount)).label("amount"),
                )
                .join(Document, col(Document.id) == col(Item.document_id))
                .where(col(Item.customer_id).in_(ids))
                .group_by(col(Item.customer_id), col(Document.entity), col(Document.currency), col(Item.effective_on))
            )
            for customer_id, entity, currency, day, amount in rows:
                found[self._survivor[customer_id], entity, currency].append((day, int(amount)))
        return found
