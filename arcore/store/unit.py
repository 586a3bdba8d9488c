"""One write = one transaction: lock the head, act, append the audit event, commit."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field
from datetime import UTC
from datetime import date
from datetime import datetime
from decimal import Decimal
from typing import Any
from typing import Literal
from typing import TypeAlias

from sqlalchemy import Connection
from sqlalchemy import Engine
from sqlalchemy import insert
from sqlalchemy import select
from sqlalchemy import update
from sqlmodel import Session

from arcore.errors import BooksMoved
from arcore.errors import KeyReused
from arcore.errors import NotAllowed
from arcore.store.books import AuditEvent
from arcore.store.books import LedgerHead
from arcore.store.engine import BROKEN
from arcore.store.engine import unavailable

Counter: TypeAlias = Literal["document_id", "item_id", "application_id"]
Facts: TypeAlias = dict[str, Any]
READ_ONLY_ROLES = ("viewer",)
"""Roles that may look at everything and write nothing."""


@dataclass(frozen=True)
class Actor:
    """Who writes: the name that the audit keeps, and the role that services check."""

    name: str
    role: str = "admin"


def refuse_reader(actor: Actor, limits: str) -> None:
    """Raise NotAllowed for somebody who may only look; `limits` ends the sentence that begins with the name."""
    if actor.role in READ_ONLY_ROLES:
        msg = f"{actor.name} {limits}"
        raise NotAllowed(msg, actor=actor.name)


@dataclass
class Unit:
    """An open write transaction.

    Attributes:
        session: for reads and writes inside the transaction.
        recorded_at: the one moment of all its rows, never before the last transaction's.
        audit_seq: the number its audit event will have.
        store_id: the random id of this store, the salt of what the audit keeps of people.
        changed: what the audit event will say was changed (names and figures, no personal data).
    """

    session: Session
    actor: Actor
    recorded_at: datetime
    audit_seq: int
    store_id: str
    _head: dict[str, int]
    subject: str = ""
    changed: Facts = field(default_factory=dict)

    def take(self, counter: Counter, count: int = 1) -> int:
        """Hand out `count` ids in a row and return the first."""
        first = self._head[counter] + 1
        self._head[counter] += count
        return first

    def follow(self, draft: Unit) -> None:
        """Take over the ids that a draft handed out. Raises BooksMoved when anything was written since it was made."""
        if draft.audit_seq != self.audit_seq:
            msg = "The books changed while this was prepared; look at it again"
            raise BooksMoved(msg, planned=draft.audit_seq - 1, now=self.audit_seq - 1)
        self._head.update(draft.reached())

    def masked(self, values: Mapping[str, str]) -> dict[str, str]:
        """Return people's data as the audit may keep it: field names with salted hashes."""
        return {name: _hash(f"{self.store_id}:{value}")[:16] for name, value in values.items() if value}

    def reached(self) -> Mapping[str, int]:
        """Return the last ids handed out, by counter."""
        return self._head


def commit(
    engine: Engine,
    body: Callable[[Unit], Facts],
    *,
    actor: Actor,
    verb: str,
    subject: str = "",
    key: str | None = None,
    content: Facts | None = None,
    now: datetime | None = None,
    dry_run: bool = False,
    connection: Connection | None = None,
) -> Facts:
    """Run `body` in one write transaction and return what it returned.

    `key` makes it happen once: a second call with the same key and `content` returns the first result and
    writes nothing. `dry_run` does everything but keeps nothing: the preview of a verb. `connection` is
    the one to write by, when something is laid aside there. Raises KeyReused when the
    content differs, Unavailable when the store can't be written, and whatever `body` raises; in every such case
    nothing is written.
    """
    fingerprint = _hash(canonical([verb, content or {}]))
    bound = engine.execution_options(write=True) if connection is None else connection.execution_options(write=True)
    try:
        with Session(bound, expire_on_commit=False) as session:
            head = session.execute(select(LedgerHead).with_for_update()).scalar_one()
            if key is not None and (done := _replay(session, key, fingerprint)) is not None:
                return done
            moment = _moment(head.recorded_at, now)
            unit = Unit(session, actor, moment, head.audit_seq + 1, head.store_id, _counters(head), subject)
            result = body(unit)
            if dry_run:
                session.rollback()
                return result
            _append(unit, head, verb=verb, key=key, fingerprint=fingerprint, result=result)
            session.commit()
            return result
    except BROKEN as error:
        raise unavailable(error) from error


def drafted(session: Session, actor: Actor) -> Unit:
    """Return a unit for work ahead of the lock: it hands out the ids that the next transaction will have.

    Nothing may be written through it; the transaction takes its ids over with `follow`.
    """
    head = session.execute(select(LedgerHead)).scalar_one()
    return Unit(session, actor, _moment(head.recorded_at, None), head.audit_seq + 1, head.store_id, _counters(head))


def check_seen(unit: Unit, subject: str, seen: int | None) -> None:
    """Raise BooksMoved when somebody wrote about `subject` after the audit event `seen`; None asks for no check."""
    if seen is None:
        return
    newer = (
        select(AuditEvent.actor, AuditEvent.verb, AuditEvent.at)  # type: ignore[call-overload]
        .where(AuditEvent.subject == subject, AuditEvent.seq > seen)
        .order_by(AuditEvent.seq.desc())  # type: ignore[attr-defined]
        .limit(1)
    )
    found = unit.session.execute(newer).first()
    if found is not None:
        verb = found.verb.replace("_", " ")
        msg = f"{found.actor} wrote here while you were looking ({verb}, {found.at:%H:%M} UTC): look again, then decide"
        raise BooksMoved(msg, actor=found.actor, verb=found.verb)


def canonical(value: Any) -> str:
    """Write a value as JSON that is the same for equal values: sorted keys, dates ISO, decimals as text."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=_plain)


def chain_hash(previous: str, event: Mapping[str, Any]) -> str:
    """Return the hash of an audit event, which covers the hash before it."""
    return _hash(previous + canonical(dict(event)))


def _plain(value: Any) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    msg = f"{type(value).__name__} can't stand in an audit event"
    raise TypeError(msg)


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _moment(last: datetime | None, now: datetime | None) -> datetime:
    current = (now or datetime.now(UTC)).astimezone(UTC)
    return current if last is None else max(current, last)


def _counters(head: LedgerHead) -> dict[str, int]:
    return {"document_id": head.document_id, "item_id": head.item_id, "application_id": head.application_id}


def _replay(session: Session, key: str, fingerprint: str) -> Facts | None:
    found = session.execute(
        select(AuditEvent.result, AuditEvent.content_hash).where(AuditEvent.idempotency_key == key)  # type: ignore[call-overload]
    ).first()
    if found is None:
        return None
    if found.content_hash != fingerprint:
        msg = "This was already recorded with other content; nothing was written"
        raise KeyReused(msg, key=key)
    return dict(json.loads(found.result))


def _append(unit: Unit, head: LedgerHead, *, verb: str, key: str | None, fingerprint: str, result: Facts) -> None:
    event = {
        "seq": unit.audit_seq,
        "at": unit.recorded_at,
        "actor": unit.actor.name,
        "verb": verb,
        "subject": unit.subject,
        "changed": canonical(unit.changed),
        "result": canonical(result),
        "idempotency_key": key,
        "content_hash": fingerprint,
        **unit.reached(),
    }
    digest = chain_hash(head.audit_hash, event)
    unit.session.execute(insert(AuditEvent).values(**event, hash=digest))
    unit.session.execute(
        update(LedgerHead).values(
            audit_seq=unit.audit_seq, audit_hash=digest, recorded_at=unit.recorded_at, **unit.reached()
        )
    )
