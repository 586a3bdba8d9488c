"""Prove the books: every invariant, the control totals, ids and moments, the audit chain, the triggers.

`verify(engine)` looks at one state of the store and changes nothing. What it finds broken was not written by arcore,
or is a fault of arcore: the verbs check the same rules before they write.
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Callable
from collections.abc import Iterator
from collections.abc import Mapping
from concurrent.futures import Future
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from contextlib import contextmanager
from datetime import date
from datetime import datetime
from functools import partial
from itertools import pairwise
from queue import SimpleQueue
from typing import Any
from typing import NamedTuple
from typing import TypeVar

from sqlalchemy import BigInteger
from sqlalchemy import Date
from sqlalchemy import Engine
from sqlalchemy import and_
from sqlalchemy import func
from sqlalchemy import select
from sqlalchemy import text
from sqlmodel import Session
from sqlmodel import col

from arcore.ledger.control import control_totals
from arcore.ledger.invariants import APPLICATION_BOOKS
from arcore.ledger.invariants import NEVER_CROSSES_ZERO
from arcore.ledger.invariants import RULES
from arcore.ledger.invariants import Rule
from arcore.ledger.kinds import BY_NAME
from arcore.ledger.kinds import CREDIT
from arcore.ledger.kinds import DEBIT
from arcore.ledger.kinds import RECOVERY
from arcore.money import plain
from arcore.store.books import Application
from arcore.store.books import AuditEvent
from arcore.store.books import Document
from arcore.store.books import Item
from arcore.store.books import LedgerHead
from arcore.store.engine import reading
from arcore.store.migrate import missing_triggers
from arcore.store.unit import chain_hash

CHAINED = (
    "seq", "at", "actor", "verb", "subject", "changed", "result", "idempotency_key", "content_hash",
    "document_id", "item_id", "application_id",
)  # fmt: skip
"""Columns of an audit event that its hash covers, with the hash before it."""
LAST_DAY = date(9999, 12, 31)

CHECKERS = min(4, os.cpu_count() or 1)
"""How many checks run side by side, each with a connection of its own."""
ATTEMPTS = 5
SLOWEST_FIRST = (
    APPLICATION_BOOKS,
    NEVER_CROSSES_ZERO,
    *(rule for rule in RULES if rule not in (APPLICATION_BOOKS, NEVER_CROSSES_ZERO)),
)
"""The order in which the rules are begun; the control total waits for the first."""

T = TypeVar("T")

BETWEEN_CURRENCIES = """
    SELECT fd.currency AS source, td.currency AS target, a.effective_on AS day, SUM(a.amount) AS amount
    FROM application a
    JOIN item f ON f.id = a.from_item_id JOIN document fd ON fd.id = f.document_id
    JOIN item t ON t.id = a.to_item_id JOIN document td ON td.id = t.document_id
    WHERE fd.currency <> td.currency GROUP BY fd.currency, td.currency, a.effective_on
"""


class Check(NamedTuple):
    """One thing that was proved or disproved.

    Attributes:
        name: how scripts know it.
        ok: whether it holds.
        figures: what was looked at: how many rows, how many break the rule, the first of them.
        says: the rule in one sentence.
    """

    name: str
    ok: bool
    figures: Mapping[str, Any]
    says: str


def verify(engine: Engine) -> list[Check]:
    """Check everything that must hold, in one state of the store. Raises Unavailable when it can't be read."""
    with _one_state(engine, CHECKERS) as sessions, ThreadPoolExecutor(len(sessions)) as pool:
        free: SimpleQueue[Session] = SimpleQueue()
        for session in sessions:
            free.put(session)

        def checked(check: Callable[[Session], T]) -> Future[T]:
            return pool.submit(_lent, free, check)

        tables = (Document, Item, Application, AuditEvent)
        rows = {table.__tablename__: checked(partial(_count, table=table)).result() for table in tables}
        rules = {rule.name: checked(partial(_rule, rule=rule, rows=rows[rule.table])) for rule in SLOWEST_FIRST}
        rest = [
            checked(partial(_sides, rows=rows["item"])),
            checked(partial(_control, books=rules[APPLICATION_BOOKS.name])),
            checked(partial(_ids, rows=rows)),
            checked(_moments),
            checked(_chain),
            checked(_triggers),
        ]
        return [found.result() for found in (*(rules[rule.name] for rule in RULES), *rest)]


@contextmanager
def _one_state(engine: Engine, count: int) -> Iterator[list[Session]]:
    """Give several sessions that all see the same state; a single one where writers leave no time for that."""
    for _ in range(ATTEMPTS):
        with ExitStack() as held:
            sessions = [held.enter_context(reading(engine)) for _ in range(count)]
            known = select(col(LedgerHead.audit_seq), col(LedgerHead.audit_hash))
            if len({tuple(session.execute(known).one()) for session in sessions}) == 1:
                yield sessions
                return
    with reading(engine) as session:
        yield [session]


def _lent(free: SimpleQueue[Session], check: Callable[[Session], T]) -> T:
    """Run a check with a session that no other check uses meanwhile."""
    session = free.get()
    try:
        return check(session)
    finally:
        free.put(session)


def verify_chain(engine: Engine) -> Check:
    """Walk the audit chain alone: every hash covers its event and the hash before it."""
    with reading(engine) as session:
        return _chain(session)


def _count(session: Session, *, table: type[Any]) -> int:
    return int(session.execute(select(func.count()).select_from(table)).scalar_one())


def _rule(session: Session, *, rule: Rule, rows: int) -> Check:
    broken = text(rule.broken).columns(id=BigInteger).subquery()
    found = session.execute(select(func.count(), func.min(broken.c[0])).select_from(broken)).one()
    return _found(rule.name, rule.says, rows, *found)


def _found(name: str, says: str, rows: int, broken: int, first: int | None, **more: Any) -> Check:
    figures = {"rows": rows, "broken": int(broken), "first": first, **more}
    return Check(name, not broken, figures, says)


def _sides(session: Session, rows: int) -> Check:
    """Compare the side of items with what their document says, and with their sign."""
    said = (
        col(Document.kind),
        col(Document.reverses_id).is_not(None),
        and_(col(Document.kind) == "write_off", col(Document.reason) == RECOVERY),
    )
    found = (col(Item.side), col(Item.side) * col(Item.amount) < 0)
    groups = session.execute(
        select(*said, *found, func.count(), func.min(col(Item.id)))
        .join(Document, col(Document.id) == col(Item.document_id))
        .group_by(*said, *found)
    ).all()
    bad = [
        (count, first)
        for kind, void, recovery, side, wrong_sign, count, first in groups
        if wrong_sign or side not in _sides_of(kind, void=void, recovery=recovery)
    ]
    return _found(
        "sides",
        "An item stands on the side of its kind, its void on the other, and its amount has that sign",
        rows,
        sum(count for count, _ in bad),
        min((first for _, first in bad), default=None),
    )


def _sides_of(kind: str, *, void: bool, recovery: bool) -> tuple[int, ...]:
    """Return the sides that items of a document may stand on; none for a kind that there is not."""
    if kind not in BY_NAME:
        return ()
    born = DEBIT if recovery else BY_NAME[kind].side
    if born == 0:
        return (DEBIT, CREDIT)
    if void and kind == "payment_reversal":
        # It takes a payment back, or is the void of one that came from a file.
        return (born, -born)
    return (-born,) if void else (born,)


def _control(session: Session, books: Future[Check]) -> Check:
    """Sum what is open by currency and day, and compare with the documents of each day and with their total.

    `books` is what was found about applications; only where it is broken they can move amounts between currencies.
    """
    by_day: dict[tuple[str, Any], int] = defaultdict(int)
    opened: dict[str, int] = defaultdict(int)
    for currency, day, amount in _movements(session, crossing=not books.result().ok):
        by_day[currency, day] += amount
        opened[currency] += amount
    for currency, day, amount in session.execute(_by_day(col(Document.effective_on), col(Document.amount))):
        by_day[currency, day] -= int(amount)
    control = control_totals(session, LAST_DAY)
    differing = sorted(day for (_, day), amount in by_day.items() if amount)
    totals = {
        currency: {"open": plain(opened[currency], currency), "control": plain(control.get(currency, 0), currency)}
        for currency in sorted(opened.keys() | control.keys())
    }
    agrees = not differing and all(total["open"] == total["control"] for total in totals.values())
    figures = {
        "rows": len(by_day),
        "broken": len(differing),
        "first": str(differing[0]) if differing else None,
        "totals": totals,
    }
    return Check("control_total", agrees, figures, "On every day, what is open equals the documents added up by SQL")


def _movements(session: Session, *, crossing: bool) -> Iterator[tuple[str, Any, int]]:
    """Give what moves balances, by currency and day: items, and applications where their legs don't cancel out."""
    items = _by_day(col(Item.effective_on), col(Item.amount)).join(Item, col(Item.document_id) == col(Document.id))
    for currency, day, amount in session.execute(items):
        yield currency, day, int(amount)
    if not crossing:
        return
    for source, target, day, amount in session.execute(text(BETWEEN_CURRENCIES).columns(day=Date)):
        yield source, day, int(amount)
        yield target, day, -int(amount)


def _by_day(day: Any, amount: Any) -> Any:
    currency = col(Document.currency)
    return select(currency, day, func.sum(amount)).select_from(Document).group_by(currency, day)


def _ids(session: Session, rows: Mapping[str, int]) -> Check:
    """Compare the ids of each table with what the head handed out."""
    head = session.execute(select(LedgerHead)).scalar_one()
    reached = {
        "document": (col(Document.id), head.document_id),
        "item": (col(Item.id), head.item_id),
        "application": (col(Application.id), head.application_id),
        "audit_event": (col(AuditEvent.seq), head.audit_seq),
    }
    figures: dict[str, Any] = {"rows": sum(rows.values()), "broken": 0}
    for table, (column, handed_out) in reached.items():
        first, last = session.execute(select(func.min(column), func.max(column))).one()
        figures[table] = {"rows": rows[table], "last": last or 0, "handed_out": handed_out}
        whole = (rows[table], last or 0) == (handed_out, handed_out) and (first or 1) == 1
        figures["broken"] += not whole
    says = "Ids run from 1 without a gap to what the head handed out"
    return Check("ids", not figures["broken"], figures, says)


def _moments(session: Session) -> Check:
    """Compare the moments of rows with those of the writes that made them, and those with each other."""
    events = session.execute(
        select(
            col(AuditEvent.at),
            col(AuditEvent.document_id),
            col(AuditEvent.item_id),
            col(AuditEvent.application_id),
        ).order_by(col(AuditEvent.seq))
    ).all()
    fallen = sum(later[0] < event[0] for event, later in pairwise(events))
    strays = [
        first
        for place, table in enumerate((Document, Item, Application), start=1)
        for first in _strays(session, table, [(event[0], event[place]) for event in events])
    ]
    says = "Every row has the moment of its write, and no write is older than the one before it"
    return _found("moments", says, len(events), fallen + len(strays), min(strays, default=None))


def _strays(session: Session, table: type[Any], reached: list[tuple[datetime, int]]) -> list[int]:
    """Return the first ids of moments whose rows are not exactly those that the writes of that moment made."""
    made: dict[datetime, tuple[int, int]] = {}
    before = 0
    for moment, last in reached:
        if last > before:
            made[moment] = (made.get(moment, (before + 1, 0))[0], last)
        before = last
    number, recorded_at = col(table.id), col(table.recorded_at)
    groups = session.execute(
        select(recorded_at, func.min(number), func.max(number), func.count()).group_by(recorded_at)
    )
    found = {moment: (first, last) for moment, first, last, count in groups if count == last - first + 1}
    wrong = [moment for moment in made.keys() | found.keys() if made.get(moment) != found.get(moment)]
    return [(found.get(moment) or made[moment])[0] for moment in wrong]


def _chain(session: Session) -> Check:
    """Hash every audit event again; the last has to be the one that the head names."""
    head = session.execute(select(LedgerHead)).scalar_one()
    previous, last, count, broken = "", None, 0, []
    events = session.execute(select(AuditEvent).order_by(col(AuditEvent.seq)).execution_options(yield_per=1000))
    for event in events.scalars():
        count += 1
        if chain_hash(previous, {name: getattr(event, name) for name in CHAINED}) != event.hash:
            broken.append(event.seq)
        previous = event.hash
        last = event.at
    ends_well = (previous, last) == (head.audit_hash, head.recorded_at)
    says = "Each audit event's hash covers the event and the hash before it; the head names the last"
    figures = {
        "rows": count,
        "broken": len(broken) + (not ends_well),
        "first": broken[0] if broken else None,
        "head": head.audit_hash,
    }
    return Check("audit_chain", not broken and ends_well, figures, says)


def _triggers(session: Session) -> Check:
    """Ask the database whether the triggers that keep the books append-only are there and on."""
    missing = missing_triggers(session.connection())
    return Check(
        "triggers",
        not missing,
        {"broken": len(missing), "missing": missing},
        "The books are append-only: triggers refuse UPDATE and DELETE",
    )
