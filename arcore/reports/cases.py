"""What was said, agreed, contested and sent, as entries of a customer's timeline."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from datetime import UTC
from datetime import date
from datetime import datetime
from datetime import time
from typing import Any

from sqlalchemy import func
from sqlalchemy import select
from sqlmodel import Session
from sqlmodel import col

from arcore.arrangements.queries import promises_in
from arcore.disputes.queries import DisputeRow
from arcore.disputes.queries import disputes_in
from arcore.money import grouped
from arcore.reports.moment import Moment
from arcore.store.arrangements import Plan
from arcore.store.arrangements import PlanInstalment
from arcore.store.arrangements import Promise
from arcore.store.arrangements import PromiseDocument
from arcore.store.books import Document
from arcore.store.messages import Message
from arcore.store.messages import MessageItem
from arcore.worklist.queries import TalkRow
from arcore.worklist.queries import talks_in

STEPS = {1: "Friendly reminder", 2: "Firm reminder", 3: "Formal notice"}
STATES = {
    "prepared": "{} prepared, its fate is not known yet",
    "sent": "{} sent",
    "refused": "{} refused",
    "unknown": "{}: nobody knows whether it arrived",
    "bounced": "{} came back",
}
LAST = date(2199, 12, 31)


def cases(session: Session, ids: Sequence[int], customer_id: int) -> list[Moment]:
    """Return talks, promises, plans and disputes of a customer and those merged into it (all of them in `ids`).

    A promise or dispute that came of a talk is told with the talk, as one entry.
    """
    said = talks_in(session, ids)
    made = {int(p.id or 0): p for p in _promises(session, ids)}
    raised = {row.dispute_id: row for row in disputes_in(session, LAST, customer_ids=[customer_id])}
    numbers = _numbers(session, list(made))
    found = [_talk(talk, made, raised, numbers) for talk in said]
    told = {talk.promise_id for talk in said}
    found += [_promise(p, numbers.get(key, ())) for key, p in made.items() if key not in told]
    found += [_promise_withdrawn(p) for p in made.values() if p.withdrawn_at is not None]
    told = {talk.dispute_id for talk in said}
    found += [_dispute(row) for key, row in raised.items() if key not in told]
    found += [_dispute_closed(row) for row in raised.values() if row.state == "closed"]
    return found + list(_plans(session, ids))


def judged_promises(session: Session, customer_id: int, as_of: date) -> Iterator[Moment]:
    """Give the promises that were kept or broken by a day, as far as cash data reach; nobody recorded these."""
    for row in promises_in(session, as_of, [customer_id]):
        told = {"promise_id": row.promise_id, "currency": row.currency, "matched": row.documents}
        if row.kept_on is not None:
            yield _shown(row.kept_on, "promise_kept", "Promise kept", amount=row.amount, **told)
        elif row.broken_on is not None:
            part = row.state == "part_kept"
            what = "Promise kept in part, still missing" if part else "Promise broken"
            yield _shown(row.broken_on, "promise_broken", what, amount=row.left, **told)


def messages(
    session: Session,
    ids: Sequence[int],
    *,
    since: date | None = None,
    until: date | None = None,
    words: tuple[str, ...] = (),
    most: int = 200,
) -> list[Moment]:
    """Return the newest reminders, what each asked for and what became of it; `words` may stand in the letter."""
    wanted = [getattr(Message, name) for name in _MESSAGE if words or name != "text"]
    query = select(*wanted).where(col(Message.customer_id).in_(ids))
    if since is not None:
        query = query.where(col(Message.day) >= since)
    if until is not None:
        query = query.where(col(Message.day) <= until)
    query = query.order_by(col(Message.day).desc(), col(Message.id).desc())
    rows = session.execute(query if words else query.limit(most)).all()
    asked = _asked(session, [row.id for row in rows])
    found = [(_message(row, asked.get(row.id, {})), row.text if words else "") for row in rows]
    return [moment for moment, letter in found if moment.says(words, letter)]


_MESSAGE = (
    "id", "step", "day", "state", "words", "subject", "recipients", "prepared_at", "prepared_by", "approved_by", "text",
)  # fmt: skip


def _talk(
    talk: TalkRow,
    made: Mapping[int, Promise],
    raised: Mapping[int, DisputeRow],
    numbers: Mapping[int, tuple[str, ...]],
) -> Moment:
    promise, dispute = made.get(talk.promise_id or 0), raised.get(talk.dispute_id or 0)
    words = (
        talk.outcome_words if talk.outcome == "wrote_to_us" else f"{talk.channel_words}: {_lower(talk.outcome_words)}"
    )
    if dispute is not None:
        words += f" over {dispute.document}: {_lower(dispute.reason_words)}"
    figure = promise or dispute
    return Moment(
        talk.on, talk.at, talk.by, "talk", "talk", words,
        amount=figure.amount if figure else None,
        currency=figure.currency if figure else "",
        day=promise.due_on if promise else dispute.due_on if dispute else None,
        document_id=dispute.document_id if dispute else None,
        matched=numbers.get(talk.promise_id or 0, ()) if promise else (dispute.document,) if dispute else (),
        who=talk.who, text=talk.text, talk_id=talk.talk_id, promise_id=talk.promise_id, dispute_id=talk.dispute_id,
    )  # fmt: skip


def _promise(promise: Promise, documents: tuple[str, ...]) -> Moment:
    return Moment(
        promise.made_on, promise.recorded_at, promise.recorded_by, "talk", "promise", "Promise to pay",
        amount=promise.amount, currency=promise.currency, day=promise.due_on, matched=documents,
        taken_back=promise.withdrawn_at is not None, who=promise.who, text=promise.note, promise_id=promise.id,
    )  # fmt: skip


def _promise_withdrawn(promise: Promise) -> Moment:
    at = promise.withdrawn_at or promise.recorded_at
    return Moment(
        at.date(), at, promise.withdrawn_by, "talk", "promise_withdrawn", "Promise withdrawn",
        amount=promise.amount, currency=promise.currency, promise_id=promise.id,
    )  # fmt: skip


def _dispute(row: DisputeRow) -> Moment:
    return Moment(
        row.opened_on, row.opened_at, row.opened_by, "talk", "dispute",
        f"Dispute over {row.document}: {_lower(row.reason_words)}",
        amount=row.amount, currency=row.currency, day=row.due_on, document_id=row.document_id, matched=(row.document,),
        taken_back=row.state == "withdrawn", text=row.note, dispute_id=row.dispute_id,
    )  # fmt: skip


def _dispute_closed(row: DisputeRow) -> Moment:
    on = row.closed_on or row.opened_on
    return Moment(
        on, row.closed_at or _midnight(on), row.closed_by, "talk", "dispute_closed",
        f"Dispute over {row.document} closed: {_lower(row.outcome_words)}",
        amount=row.amount, currency=row.currency, document_id=row.document_id, matched=(row.document,),
        dispute_id=row.dispute_id,
    )  # fmt: skip


def _plans(session: Session, ids: Sequence[int]) -> Iterator[Moment]:
    plans = session.execute(select(Plan).where(col(Plan.customer_id).in_(ids))).scalars().all()
    counts: dict[int, int] = dict(
        session.execute(
            select(col(PlanInstalment.plan_id), func.count())
            .where(col(PlanInstalment.plan_id).in_([plan.id for plan in plans]))
            .group_by(col(PlanInstalment.plan_id))
        ).all()
    )
    followers = {plan.replaced_by_id for plan in plans}
    for plan in plans:
        told = {"amount": plan.total, "currency": plan.currency, "plan_id": plan.id}
        name = f"Payment plan of {counts.get(plan.id or 0, 0)} instalments"
        verb, kind = ("changed", "plan_changed") if plan.id in followers else ("agreed", "plan")
        yield Moment(
            plan.agreed_on, plan.recorded_at, plan.recorded_by, "talk", kind, f"{name} {verb}",
            who=plan.who, text=plan.note, taken_back=plan.state == "withdrawn", **told,
        )  # fmt: skip
        if plan.state in ("cancelled", "withdrawn"):
            at = plan.ended_at or plan.recorded_at
            on = plan.ended_on if plan.state == "cancelled" and plan.ended_on else at.date()
            yield Moment(on, at, plan.ended_by, "talk", f"plan_{plan.state}", f"{name} {plan.state}", **told)


def _message(row: Any, asked: Mapping[str, int]) -> Moment:
    what = STATES.get(row.state, "{}").format(STEPS.get(row.step, "Reminder"))
    currency, amount = next(iter(asked.items()), ("", None))
    if len(asked) > 1:
        what += f", asking for {' and '.join(f'{grouped(units, code)} {code}' for code, units in asked.items())}"
        currency, amount = "", None
    return Moment(
        row.day, row.prepared_at, row.approved_by or row.prepared_by, "message", f"message_{row.state}", what,
        amount=amount, currency=currency, who=", ".join(map(str, json.loads(row.recipients))),
        text=row.words if row.state == "refused" and row.words else row.subject, message_id=row.id,
    )  # fmt: skip


def _asked(session: Session, message_ids: Sequence[int]) -> dict[int, dict[str, int]]:
    """Return what messages asked for, by currency."""
    found: dict[int, dict[str, int]] = defaultdict(dict)
    for message_id, currency, units in session.execute(
        select(col(MessageItem.message_id), col(MessageItem.currency), func.sum(col(MessageItem.claimed)))
        .where(col(MessageItem.message_id).in_(message_ids))
        .group_by(col(MessageItem.message_id), col(MessageItem.currency))
        .order_by(col(MessageItem.currency))
    ):
        found[message_id][currency] = int(units)
    return found


def _promises(session: Session, ids: Sequence[int]) -> Sequence[Promise]:
    return session.execute(select(Promise).where(col(Promise.customer_id).in_(ids))).scalars().all()


def _numbers(session: Session, promise_ids: Iterable[int]) -> dict[int, tuple[str, ...]]:
    """Return the numbers of the documents that promises are about."""
    found: dict[int, tuple[str, ...]] = {}
    for promise_id, number, document_id in session.execute(
        select(col(PromiseDocument.promise_id), col(Document.number), col(Document.id))
        .join(Document, col(Document.id) == col(PromiseDocument.document_id))
        .where(col(PromiseDocument.promise_id).in_(promise_ids))
        .order_by(col(Document.id))
    ):
        found[promise_id] = (*found.get(promise_id, ()), number or str(document_id))
    return found


def _shown(on: date, kind: str, what: str, **told: Any) -> Moment:
    return Moment(on, _midnight(on), "", "talk", kind, what, **told)


def _midnight(on: date) -> datetime:
    return datetime.combine(on, time(), UTC)


def _lower(words: str) -> str:
    return words[:1].lower() + words[1:]
