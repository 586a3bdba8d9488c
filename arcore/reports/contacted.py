"""When customers were first contacted about a debt, what they promised and what they contested, by document or account.

A reminder is about the documents it asks for. A call, mail, meeting or letter is about every debt that is overdue on
its day, and about the documents of the promise or dispute it brought, overdue or not. A promise is about its documents
or, without any, about every debt of its account that is overdue when it is made.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from datetime import datetime
from typing import Any

import numpy as np
from sqlalchemy import Engine
from sqlalchemy import func
from sqlalchemy import select
from sqlmodel import Session
from sqlmodel import col

from arcore.analytics.columns import Ints
from arcore.analytics.firsts import NEVER
from arcore.analytics.firsts import NOWHERE
from arcore.analytics.firsts import Firsts
from arcore.analytics.firsts import days_at
from arcore.arrangements.queries import PromiseRow
from arcore.arrangements.queries import promises_in
from arcore.customers.queries import survivors
from arcore.dates import to_day
from arcore.disputes.queries import DisputeRow
from arcore.disputes.queries import disputes_in
from arcore.ledger.reposted import posted_again
from arcore.reports.view import View
from arcore.store.arrangements import Plan
from arcore.store.arrangements import PlanItem
from arcore.store.books import Document
from arcore.store.contact import Talk
from arcore.store.engine import reading
from arcore.store.messages import Message
from arcore.store.messages import MessageItem

REACHED = ("sent", "unknown")
"""States of a message that arrived or may have."""


@dataclass(frozen=True, eq=False)
class Contacted:
    """What is on record by the as-of day, as known at the moment of the filters.

    Attributes:
        reminders, talks: how many are on record; talks without those taken back.
        promises, disputes: without those taken back or recorded by mistake.
        reminded: first reminder, by document.
        linked: talks that brought a promise or dispute, by document.
        talked: talks, by position of the customer.
        promised: promises by document; those without documents stand by account.
        broken: the same by the day on which they could not be kept any more.
        contested: disputes by document.
        planned: items that stand for an instalment of a payment plan.
    """

    reminders: int
    talks: int
    promises: tuple[PromiseRow, ...]
    disputes: tuple[DisputeRow, ...]
    reminded: Firsts
    linked: Firsts
    talked: Firsts
    promised: Firsts
    promised_by_account: Firsts
    broken: Firsts
    broken_by_account: Firsts
    contested: Firsts
    planned: Ints
    _promised_rows: Ints
    _account_rows: Ints
    _contested_rows: Ints

    @property
    def anything(self) -> bool:
        """Tell whether any contact is on record."""
        return bool(self.reminders or self.talks or self.promises)

    def contact(self, document: Ints, customer: Ints, due: Ints) -> Ints:
        """Return the day of the first contact about each debt, promises apart; NEVER for none."""
        found = days_at(self.talked.day_given, self.talked.after(customer, due))
        for firsts in (self.reminded, self.linked):
            found = np.minimum(found, days_at(firsts.day_given, firsts.first(document)))
        return found

    def promise(self, document: Ints, account: Ints, due: Ints) -> Ints:
        """Return which promise was the first about each debt, as its place in `promises`; NOWHERE for none."""
        of_document, of_account = self.promised.first(document), self.promised_by_account.after(account, due)
        earlier = days_at(self.promised.day_given, of_document) <= days_at(
            self.promised_by_account.day_given, of_account
        )
        chosen = np.where(earlier, _taken(self._promised_rows, of_document), _taken(self._account_rows, of_account))
        return np.where((of_document < 0) & (of_account < 0), NOWHERE, chosen)

    def let_down(self, document: Ints, account: Ints, due: Ints) -> Ints:
        """Return the day on which a promise about each debt was first broken; NEVER for none."""
        return np.minimum(
            days_at(self.broken.day_given, self.broken.first(document)),
            days_at(self.broken_by_account.day_given, self.broken_by_account.after(account, due)),
        )

    def dispute(self, document: Ints) -> Ints:
        """Return which dispute was the first about each debt, as its place in `disputes`; NOWHERE for none."""
        return _taken(self._contested_rows, self.contested.first(document))


def contacted(engine: Engine, seen: View) -> Contacted:
    """Read what is on record. Raises Unavailable."""
    filters = seen.filters
    return seen.book.remembered(("contacted", filters.as_of, filters.known_at), lambda: _read(engine, seen))


def account_of(seen: View, customer: Ints, entity: Ints, currency: Ints) -> Ints:
    """Give accounts numbers: a customer by position, our entity and the currency by their codes."""
    return (customer * max(1, len(seen.book.entities)) + entity) * max(1, len(seen.currencies)) + currency


def _taken(rows: Ints, places: Ints) -> Ints:
    if len(rows) == 0:
        return np.full(len(places), NOWHERE, np.int64)
    return np.where(places >= 0, rows[np.maximum(places, 0)], NOWHERE)


@dataclass(frozen=True, eq=False)
class _Said:
    """Reminders and talks of all days, whatever day is looked at: what comes after the end of a way never counts."""

    sent: Ints
    reminded: Firsts
    talks: Sequence[Any]
    talked: Firsts


def _read(engine: Engine, seen: View) -> Contacted:
    as_of, known_at = seen.filters.as_of, seen.filters.known_at
    said: _Said = seen.book.remembered(("said", known_at), lambda: _said(engine, seen))
    with reading(engine) as session:
        promises = tuple(
            row for row in promises_in(session, as_of)
            if row.state != "withdrawn" and (known_at is None or row.recorded_at <= known_at)
        )  # fmt: skip
        disputes = tuple(
            row for row in disputes_in(session, as_of)
            if row.state != "withdrawn" and (known_at is None or row.opened_at <= known_at)
        )  # fmt: skip
        planned = _planned(session, as_of)
    promised = [(place, number) for place, row in enumerate(promises) for number in row.document_ids]
    promised_by_account = [
        place for place, row in enumerate(promises) if not row.document_ids and _has_account(seen, row)
    ]
    made, lost = [to_day(row.made_on) for row in promises], [_broken_day(row) for row in promises]
    accounts = [_account(seen, promises[place]) for place in promised_by_account]
    return Contacted(
        reminders=int((said.sent <= seen.as_of).sum()),
        talks=int((said.talked.day_given <= seen.as_of).sum()),
        promises=promises,
        disputes=disputes,
        reminded=said.reminded,
        linked=_linked(said.talks, promises, disputes),
        talked=said.talked,
        promised=Firsts.of([number for _, number in promised], [made[place] for place, _ in promised]),
        promised_by_account=Firsts.of(accounts, [made[place] for place in promised_by_account]),
        broken=Firsts.of([number for _, number in promised], [lost[place] for place, _ in promised]),
        broken_by_account=Firsts.of(accounts, [lost[place] for place in promised_by_account]),
        contested=Firsts.of([row.document_id for row in disputes], [to_day(row.opened_on) for row in disputes]),
        planned=planned,
        _promised_rows=np.array([place for place, _ in promised], np.int64),
        _account_rows=np.array(promised_by_account, np.int64),
        _contested_rows=np.arange(len(disputes)),
    )


def _said(engine: Engine, seen: View) -> _Said:
    with reading(engine) as session:
        sent, reminded = _reminded(session, seen.filters.known_at)
        talks = _talks(session, seen.filters.known_at)
        merged = survivors(session) if talks else {}
    who = np.array([merged.get(row.customer_id, row.customer_id) for row in talks], np.int64)
    talked = Firsts.of(seen.book.around.customers.positions(who), [to_day(row.on) for row in talks])
    return _Said(sent, reminded, talks, talked)


def _reminded(session: Session, known_at: datetime | None) -> tuple[Ints, Firsts]:
    """Return the days on which reminders left, and the first of each document.

    A document that was taken back and posted again keeps that of the former.
    """
    left: list[Any] = [col(Message.state).in_(REACHED)]
    if known_at is not None:
        left.append(col(Message.state_at) <= known_at)
    sent = [to_day(day) for day in session.execute(select(col(Message.day)).where(*left)).scalars()]
    if not sent:
        return np.empty(0, np.int64), Firsts.of([], [])
    of_items = select(col(MessageItem.document_id), func.min(col(Message.day))).join(
        Message, col(Message.id) == col(MessageItem.message_id)
    )
    rows = session.execute(of_items.where(*left).group_by(col(MessageItem.document_id))).all()
    gone = session.execute(
        of_items.join(Document, col(Document.reverses_id) == col(MessageItem.document_id))
        .where(*left)
        .group_by(col(MessageItem.document_id))
    ).all()
    again = posted_again(session, [row[0] for row in gone])
    both = [*rows, *((again[number], day) for number, day in gone if number in again)]
    return np.array(sent, np.int64), Firsts.of([row[0] for row in both], [to_day(row[1]) for row in both])


def _planned(session: Session, as_of: date) -> Ints:
    query = (
        select(col(PlanItem.item_id))
        .join(Plan, col(Plan.id) == col(PlanItem.plan_id))
        .where(col(Plan.agreed_on) <= as_of, col(Plan.state) != "withdrawn")
    )
    return np.array(sorted(session.execute(query).scalars()), np.int64)


def _talks(session: Session, known_at: datetime | None) -> Sequence[Any]:
    query = select(col(Talk.customer_id), col(Talk.on), col(Talk.promise_id), col(Talk.dispute_id)).where(
        col(Talk.withdrawn_at).is_(None)
    )
    if known_at is not None:
        query = query.where(col(Talk.at) <= known_at)
    return session.execute(query).all()


def _linked(talks: Sequence[Any], promises: Sequence[PromiseRow], disputes: Sequence[DisputeRow]) -> Firsts:
    of_promise = {row.promise_id: row.document_ids for row in promises}
    of_dispute = {row.dispute_id: (row.document_id,) for row in disputes}
    pairs = [
        (number, to_day(row.on))
        for row in talks
        if row.promise_id is not None or row.dispute_id is not None
        for number in (*of_promise.get(row.promise_id, ()), *of_dispute.get(row.dispute_id, ()))
    ]
    return Firsts.of([number for number, _ in pairs], [day for _, day in pairs])


def _broken_day(row: PromiseRow) -> int:
    return NEVER if row.broken_on is None else to_day(row.broken_on)


def _has_account(seen: View, row: PromiseRow) -> bool:
    return row.entity in seen.book.entities and row.currency in seen.currencies


def _account(seen: View, row: PromiseRow) -> int:
    customer = int(seen.book.around.customers.positions(np.array([row.customer_id], np.int64))[0])
    entity, currency = seen.book.entities.index(row.entity), seen.currencies.index(row.currency)
    return int(account_of(seen, np.int64(customer), np.int64(entity), np.int64(currency)))  # type: ignore[arg-type]
