"""Everything besides the books that decides on reminders, read for one customer or for all in the same way."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection
from collections.abc import Iterable
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement
from sqlalchemy import func
from sqlalchemy import select
from sqlmodel import Session
from sqlmodel import col

from arcore.arrangements.queries import cash_known_until
from arcore.arrangements.queries import planned_items
from arcore.arrangements.queries import running_promises
from arcore.customers.queries import Dated
from arcore.customers.queries import on_day
from arcore.customers.queries import survivors
from arcore.customers.queries import with_merged
from arcore.delivery.service import usable_address
from arcore.disputes.queries import disputed
from arcore.dunning.debts import Place
from arcore.dunning.ladder import Last
from arcore.dunning.policy import Policy
from arcore.dunning.proof import Debt
from arcore.dunning.proof import Pledge
from arcore.dunning.proof import Proof
from arcore.dunning.proof import prove
from arcore.dunning.standing import DebtKey
from arcore.dunning.standing import Failure
from arcore.dunning.standing import Opening
from arcore.dunning.standing import Reach
from arcore.dunning.standing import Standing
from arcore.errors import BadInput
from arcore.ledger.reposted import posted_again
from arcore.store.books import Document
from arcore.store.contact import CaseEvent
from arcore.store.customers import Contact
from arcore.store.customers import Customer
from arcore.store.customers import CustomerFact
from arcore.store.messages import Message
from arcore.store.messages import MessageItem
from arcore.store.messages import OpeningStep
from arcore.store.messages import ReminderSkip
from arcore.worklist.queries import waiting_for_reply

DELIVERED = ("prepared", "sent", "unknown")
"""States of a message that was delivered as far as anybody knows."""
FAILED = ("refused", "bounced")
ROLES = ("payables", "billing", "management", "purchasing", "sales", "legal")
"""Whom a reminder goes to: the first role that has an e-mail address."""
FACTS = ("status", "policy", "key_account", "hold_until")


@dataclass(frozen=True)
class Circumstances:
    """What holds on a day; customers are the survivors of merges.

    Attributes:
        disputed: minor units by document.
        planned: items of instalments and the last day on which each is waited for.
        pledges: running promises, in the order in which they fall due.
        known_until: by entity and currency the day up to which receipts are known.
        room: how many more messages may leave on the day; None for any number.
    """

    as_of: date
    disputed: Mapping[int, int]
    planned: Mapping[int, date]
    pledges: Mapping[Place, Sequence[Pledge]]
    known_until: Mapping[str, Mapping[str, date | None]]
    room: int | None
    facts: Mapping[int, Mapping[str, str]]
    ours: Collection[int]
    skips: Mapping[Place, str]
    last: Mapping[Place, Last]
    keys: Mapping[Place, frozenset[str]]
    openings: Mapping[Place, Opening]
    levels: Mapping[DebtKey, int]
    failures: Mapping[Place, tuple[Failure, ...]]
    waiting: Mapping[int, date]
    reaches: Mapping[int, Reach]

    def prove(self, place: Place, debts: Iterable[Debt], as_of: date | None = None) -> Proof:
        """Make the proof of one customer and entity; for a later day without promises and instalments over by then."""
        day = as_of or self.as_of
        listed = list(debts)
        return prove(
            *place,
            day,
            listed,
            disputed=self.disputed,
            planned={item.item_id for item in listed if self.planned.get(item.item_id, date.min) >= day},
            pledges=[pledge for pledge in self.pledges.get(place, ()) if pledge.until >= day],
        )

    def standing(self, place: Place, *, limited: bool = True) -> Standing:
        """Return where a customer stands with an entity; not `limited`, the limit of the day is not looked at."""
        customer_id, entity = place
        known = self.facts.get(customer_id, {})
        hold = known.get("hold_until", "")
        return Standing(
            customer_id=customer_id,
            entity=entity,
            status=known.get("status", ""),
            policy=known.get("policy", ""),
            ours=customer_id in self.ours,
            key_account=known.get("key_account") == "yes",
            hold_until=date.fromisoformat(hold) if hold else None,
            skipped_by=self.skips.get(place, ""),
            last=self.last.get(place),
            opening=self.openings.get(place),
            levels=self.levels,
            keys=self.keys.get(place, frozenset()),
            failures=self.failures.get(place, ()),
            waiting_since=self.waiting.get(customer_id),
            known_until=self.known_until.get(entity, {}),
            reach=self.reaches.get(customer_id),
            room=self.room if limited else None,
        )


def circumstances(
    session: Session,
    as_of: date,
    policy: Policy,
    places: Iterable[tuple[str, str]],
    customer_id: int | None = None,
    *,
    until: date | None = None,
) -> Circumstances:
    """Read what holds on a day, for one customer (the survivor of a merge) or for all.

    `places` are the pairs of entity and currency that occur. `until` leaves messages of later days out.
    """
    ids = None if customer_id is None else [customer_id]
    whose = None if ids is None else with_merged(session, ids)
    merged = survivors(session)
    messages = _Messages(session, merged, whose, until)
    return Circumstances(
        as_of=as_of,
        disputed=disputed(session, as_of, ids),
        planned={item: plan.until for item, plan in planned_items(session, as_of, ids).items()},
        pledges=_pledges(session, as_of, ids, merged),
        known_until=_known_until(session, places),
        room=_room(session, as_of, policy),
        facts=_facts(session, as_of, merged, whose),
        ours=_ours(session, whose),
        skips=_skips(session, as_of, merged, whose),
        last=messages.last(),
        keys=messages.keys(),
        openings=_openings(session, merged, whose),
        levels=messages.levels(),
        failures=messages.failures(),
        waiting=waiting_for_reply(session, ids),
        reaches=_reaches(session, merged, whose),
    )


def _among(column: Any, whose: Sequence[int] | None) -> list[ColumnElement[bool]]:
    return [] if whose is None else [col(column).in_(whose)]


def _pledges(
    session: Session, as_of: date, ids: Sequence[int] | None, merged: Mapping[int, int]
) -> dict[Place, list[Pledge]]:
    found: dict[Place, list[Pledge]] = defaultdict(list)
    running = sorted(running_promises(session, as_of, ids), key=lambda promise: (promise.due_on, promise.promise_id))
    for promise in running:
        customer = merged.get(promise.customer_id, promise.customer_id)
        pledge = Pledge(promise.currency, promise.left, tuple(promise.document_ids), promise.until)
        found[customer, promise.entity].append(pledge)
    return dict(found)


def _known_until(session: Session, places: Iterable[tuple[str, str]]) -> dict[str, dict[str, date | None]]:
    found: dict[str, dict[str, date | None]] = defaultdict(dict)
    for entity, currency in places:
        found[entity][currency] = cash_known_until(session, entity, currency)
    return dict(found)


def _room(session: Session, as_of: date, policy: Policy) -> int | None:
    if policy.daily_limit == 0:
        return None
    sent = session.execute(
        select(func.count()).select_from(Message).where(col(Message.day) == as_of, col(Message.state).in_(DELIVERED))
    ).scalar_one()
    return max(0, policy.daily_limit - int(sent))


def _facts(
    session: Session, as_of: date, merged: Mapping[int, int], whose: Sequence[int] | None
) -> dict[int, dict[str, str]]:
    rows = session.execute(
        select(
            col(CustomerFact.customer_id), col(CustomerFact.name), col(CustomerFact.value), col(CustomerFact.valid_from)
        )
        .where(col(CustomerFact.name).in_(FACTS), *_among(CustomerFact.customer_id, whose))
        .order_by(col(CustomerFact.id))
    )
    known = on_day((Dated(*row) for row in rows), as_of)
    return {customer: values for customer, values in known.items() if customer not in merged}


def _ours(session: Session, whose: Sequence[int] | None) -> frozenset[int]:
    query = select(col(Customer.id)).where(col(Customer.intercompany), *_among(Customer.id, whose))
    return frozenset(session.execute(query).scalars())


def _skips(session: Session, as_of: date, merged: Mapping[int, int], whose: Sequence[int] | None) -> dict[Place, str]:
    rows = session.execute(
        select(ReminderSkip).where(col(ReminderSkip.day) == as_of, *_among(ReminderSkip.customer_id, whose))
    ).scalars()
    return {(merged.get(row.customer_id, row.customer_id), row.entity): row.by for row in rows}


def _openings(session: Session, merged: Mapping[int, int], whose: Sequence[int] | None) -> dict[Place, Opening]:
    """Read opening steps; of two customers that became one the lower counts."""
    found: dict[Place, Opening] = {}
    for row in session.execute(select(OpeningStep).where(*_among(OpeningStep.customer_id, whose))).scalars():
        place = merged.get(row.customer_id, row.customer_id), row.entity
        opening = Opening(row.step, row.confirmed_on)
        found[place] = min(found.get(place, opening), opening)
    return found


def _reaches(session: Session, merged: Mapping[int, int], whose: Sequence[int] | None) -> dict[int, Reach]:
    """Choose whom to write to: the customer's own contacts before those of one merged into it, then by role and age."""
    rows = session.execute(
        select(
            col(Contact.id),
            col(Contact.customer_id),
            col(Contact.role),
            col(Contact.name),
            col(Contact.email),
            col(Contact.language),
        )
        .where(col(Contact.email) != "", *_among(Contact.customer_id, whose))
        .order_by(col(Contact.id))
    )
    best: dict[int, tuple[tuple[bool, int, int], Reach]] = {}
    for row in rows:
        customer = merged.get(row.customer_id, row.customer_id)
        role = ROLES.index(row.role) if row.role in ROLES else len(ROLES)
        rank = (row.customer_id != customer, role, row.id)
        if (customer not in best or rank < best[customer][0]) and _usable(row.email):
            best[customer] = rank, Reach(row.id, row.name, row.email, row.language)
    return {customer: reach for customer, (_, reach) in best.items()}


def _usable(address: str) -> bool:
    """Tell whether mail can go to an address at all."""
    try:
        usable_address(address)
    except BadInput:
        return False
    return True


class _Messages:
    """What was sent, grouped by the survivor."""

    def __init__(
        self, session: Session, merged: Mapping[int, int], whose: Sequence[int] | None, until: date | None
    ) -> None:
        self.session = session
        self.merged = merged
        self.where = _among(Message.customer_id, whose)
        if until is not None:
            self.where.append(col(Message.day) <= until)
        self.newest = self._newest()

    def last(self) -> dict[Place, Last]:
        """Return the newest delivered message; its day is the latest of any."""
        return {place: Last(row.id, row.step, day, row.state) for place, (row, day) in self.newest.items()}

    def keys(self) -> dict[Place, frozenset[str]]:
        """Return the key of the newest message; no later one can have an older one's, since the gap lies between."""
        return {place: frozenset({_base(row.key)}) for place, (row, _) in self.newest.items()}

    def levels(self) -> dict[DebtKey, int]:
        """Return the highest step that each debt was taken to; one posted again stands where it stood before."""
        rows = self.session.execute(
            select(col(MessageItem.document_id), col(MessageItem.due_date), func.max(col(MessageItem.level)))
            .join(Message, col(Message.id) == col(MessageItem.message_id))
            .where(col(Message.state).in_(DELIVERED), *self.where)
            .group_by(col(MessageItem.document_id), col(MessageItem.due_date))
        )
        found = {(document, due): level for document, due, level in rows}
        instead = self._posted_again()
        for (document, due), level in list(found.items()):
            if document in instead:
                key = instead[document], due
                found[key] = max(found.get(key, 0), level)
        return found

    def _posted_again(self) -> dict[int, int]:
        """Return of the documents that messages asked for those that were taken back and posted again."""
        asked = (
            select(col(MessageItem.document_id))
            .join(Message, col(Message.id) == col(MessageItem.message_id))
            .where(*self.where)
        )
        reversed_ids = select(col(Document.reverses_id)).where(col(Document.reverses_id).in_(asked))
        return posted_again(self.session, self.session.execute(reversed_ids).scalars())

    def failures(self) -> dict[Place, tuple[Failure, ...]]:
        """Return the messages that were not delivered, oldest first."""
        rows = self.session.execute(
            select(
                col(Message.id),
                col(Message.customer_id),
                col(Message.entity),
                col(Message.key),
                col(Message.day),
                col(Message.recipients),
                col(Message.state),
                col(Message.words),
            )
            .where(col(Message.state).in_(FAILED), *self.where)
            .order_by(col(Message.id))
        ).all()
        causes = self._causes([row.id for row in rows if row.state == "refused"])
        found: dict[Place, list[Failure]] = defaultdict(list)
        for row in rows:
            addresses = tuple(address.casefold() for address in json.loads(row.recipients))
            cause = "bounced" if row.state == "bounced" else causes.get(row.id, "")
            failure = Failure(_base(row.key), row.day, addresses, cause, row.words)
            found[self.merged.get(row.customer_id, row.customer_id), row.entity].append(failure)
        return {place: tuple(failures) for place, failures in found.items()}

    def _newest(self) -> dict[Place, tuple[Any, date]]:
        newest = (
            select(func.max(col(Message.id)).label("id"), func.max(col(Message.day)).label("latest"))
            .where(col(Message.state).in_(DELIVERED), *self.where)
            .group_by(col(Message.customer_id), col(Message.entity))
            .subquery()
        )
        rows = self.session.execute(
            select(
                col(Message.id),
                col(Message.customer_id),
                col(Message.entity),
                col(Message.step),
                col(Message.state),
                col(Message.key),
                newest.c.latest,
            ).join(newest, col(Message.id) == newest.c.id)
        )
        found: dict[Place, tuple[Any, date]] = {}
        for row in rows:
            place = self.merged.get(row.customer_id, row.customer_id), row.entity
            before, day = found.get(place, (row, row.latest))
            found[place] = max(before, row, key=lambda one: one.id), max(day, row.latest)
        return found

    def _causes(self, message_ids: Sequence[int]) -> dict[int, str]:
        if not message_ids:
            return {}
        rows = self.session.execute(
            select(col(CaseEvent.subject_id), col(CaseEvent.what))
            .where(col(CaseEvent.subject) == "message", col(CaseEvent.verb) == "refused")
            .order_by(col(CaseEvent.id))
        )
        wanted = set(message_ids)
        return {number: json.loads(what).get("cause", "") for number, what in rows if number in wanted}


def _base(key: str) -> str:
    return key.rpartition(":")[0]
