"""The books in memory: loaded once, followed by id, one copy per process and store.

A book is a frozen picture of one version of the store. Ids follow the order of commits, so what is new since another
version is `id > last`, and what was known at a moment is a prefix of ids.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from collections.abc import Hashable
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from dataclasses import field
from dataclasses import replace
from datetime import datetime
from threading import Lock
from typing import Any
from typing import TypeVar

import numpy as np
from sqlalchemy import Engine
from sqlalchemy import select
from sqlmodel import Session

from arcore.analytics.columns import NO_REASON
from arcore.analytics.columns import REASON_CODES
from arcore.analytics.columns import Columns
from arcore.ledger.kinds import CODES
from arcore.reports.bulk import read_all
from arcore.reports.memo import Carried
from arcore.reports.memo import Memo
from arcore.reports.rows import Coded
from arcore.reports.rows import Reach
from arcore.reports.rows import Rows
from arcore.reports.rows import read_new
from arcore.reports.surroundings import Surroundings
from arcore.reports.surroundings import read_surroundings
from arcore.store.books import AuditEvent
from arcore.store.books import LedgerHead
from arcore.store.engine import is_sqlite
from arcore.store.engine import reading
from arcore.store.migrate import Position
from arcore.store.migrate import position_of

BULK_FROM = 4_000
"""With fewer items than this, following from zero is quicker than reading columns."""
BULK_FROM_SERVER = 50_000
"""The same on PostgreSQL, where ADBC has to be loaded first."""
KEPT_STORES = 4

BOOK_VERBS = frozenset(
    {
        *(f"post_{kind}" for kind in CODES),
        "record_refund",
        "apply",
        "unapply",
        "write_off",
        "redate",
        "move_back",
        "transfer",
        "convert",
        "void",
        "reverse_payment",
        "classify",
        "declassify",
        "restore_void",
    }
)
"""Verbs that touch nothing but the books: customers, rates, settings and coverage stand as they were."""
CASE_VERBS = frozenset(
    {
        *("open_dispute", "change_dispute", "close_dispute", "withdraw_dispute", "reopen_dispute"),
        *("log_talk", "withdraw_talk", "restore_talk"),
        *("record_promise", "change_promise", "withdraw_promise", "restore_promise"),
        *("agree_plan", "change_plan", "cancel_plan", "resume_plan", "withdraw_plan"),
        *("prepare_message", "record_fate", "mark_bounced", "unmark_bounced", "settle_unknown", "send_test_mail"),
        *("skip_reminder", "unskip_reminder", "daily"),
        *("freeze_month", "reopen_month"),
        *("decide_clean_up", "withdraw_clean_up"),
        *("add_note", "withdraw_note", "restore_note", "save_contact", "remove_contact"),
    }
)
"""Verbs on what was said, agreed, contested and sent: neither do they touch what stands around the books."""

Version = tuple[str, int]
T = TypeVar("T")


@dataclass(frozen=True, eq=False)
class Book:
    """One version of the books and of what surrounds them.

    Attributes:
        store_id: the random id of the store.
        seq: the last audit event it includes; with the store's id it is the version.
        audit_hash: the hash of that event, which covers all before it.
        reach: the last ids it includes.
        columns: items and applications.
        currencies, entities, reasons: what the codes in the columns stand for.
        places: the pairs of entity and currency that occur.
        around: customers, rates, settings, coverage.
        memo: results for this version.
        carried: results that the next version can bring up to date.
    """

    store_id: str
    seq: int
    audit_hash: str
    reach: Reach
    columns: Columns
    currencies: tuple[str, ...]
    entities: tuple[str, ...]
    reasons: tuple[str, ...]
    places: frozenset[tuple[str, str]]
    around: Surroundings
    memo: Memo = field(repr=False)
    carried: Carried = field(repr=False)

    @property
    def version(self) -> Version:
        """Return the store's id and the last audit event: the key of every cache."""
        return self.store_id, self.seq

    def remembered(self, key: Hashable, make: Callable[[], T]) -> T:
        """Return what `make` gives, kept as long as this version is the newest."""
        made: T = self.memo.get(key, make)
        return made


def version(engine: Engine) -> Version:
    """Return the store's id and its last audit event; changes with every write. Raises Unavailable."""
    head = position_of(engine)
    return head.store_id, head.audit_seq


def book(engine: Engine) -> Book:
    """Return the books as they are now; a call when nothing was written costs one small query.

    Raises Unavailable when the store does not answer or has no tables yet.
    """
    pinned = _PINNED.get()
    if pinned is not None and pinned[0] is engine:
        return pinned[1]
    head = position_of(engine)
    kept = _kept(head.store_id)
    found = kept.book
    if found is not None and (found.seq, found.audit_hash) == (head.audit_seq, head.audit_hash):
        return found
    with kept.lock:
        if kept.book is None or not _is_ahead(engine, kept.book):
            kept.book = load(engine)
        kept.book = follow(engine, kept.book)
        return kept.book


@contextmanager
def pinned(engine: Engine, at: Position) -> Iterator[None]:
    """Let every query inside see the books as they stood at a position, without asking the store again.

    Where these are not the ones in memory they are read as they are now.
    """
    found = _newest(at.store_id)
    if found is None or (found.seq, found.audit_hash) != (at.audit_seq, at.audit_hash):
        found = book(engine)
    token = _PINNED.set((engine, found))
    try:
        yield
    finally:
        _PINNED.reset(token)


def load(engine: Engine, *, bulk_from: int | None = None) -> Book:
    """Read the whole store afresh: books of `bulk_from` items or more in bulk, smaller ones by following from zero."""
    if bulk_from is None:
        bulk_from = BULK_FROM if is_sqlite(engine) else BULK_FROM_SERVER
    with reading(engine) as session:
        head = _head(session)
        reach = _reach(head)
        empty = Book(
            store_id=head.store_id,
            seq=head.audit_seq,
            audit_hash=head.audit_hash,
            reach=Reach(),
            columns=Columns.build(*_NO_ROWS),
            currencies=(),
            entities=(),
            reasons=tuple(REASON_CODES),
            places=frozenset(),
            around=read_surroundings(session),
            memo=Memo(),
            carried=Carried(),
        )
        if reach.item < bulk_from:
            return _extended(empty, read_new(session, Reach(), reach), reach)
    return _extended(empty, read_all(engine, reach), reach)


def follow(engine: Engine, known: Book) -> Book:
    """Return the newest version, reading only what came after `known` in one snapshot of the store."""
    with reading(engine) as session:
        head = _head(session)
        if head.audit_seq == known.seq:
            return known
        around = known.around
        if not _only_books(session, known.seq):
            around = read_surroundings(session)
        rows = read_new(session, known.reach, _reach(head))
    moved = replace(known, seq=head.audit_seq, audit_hash=head.audit_hash, around=around, memo=Memo())
    return _extended(moved, rows, _reach(head))


def known_reach(engine: Engine, known_at: datetime) -> tuple[int, Reach]:
    """Return the last audit event at or before a moment, and how far the books reached then."""
    query = (
        select(AuditEvent.seq, AuditEvent.document_id, AuditEvent.item_id, AuditEvent.application_id)  # type: ignore[call-overload]
        .where(AuditEvent.at <= known_at)
        .order_by(AuditEvent.seq.desc())  # type: ignore[attr-defined]
        .limit(1)
    )
    with reading(engine) as session:
        row = session.execute(query).first()
    return (0, Reach()) if row is None else (row.seq, Reach(row.document_id, row.item_id, row.application_id))


def forget() -> None:
    """Drop every book kept in this process, for tests and benchmarks."""
    with _LOCK:
        _KEPT.clear()


# --- inside -----------------------------------------------------------------------------------------------------------


@dataclass
class _Kept:
    lock: Lock
    book: Book | None = None


_PINNED: ContextVar[tuple[Engine, Book] | None] = ContextVar("pinned", default=None)
_LOCK = Lock()
_KEPT: OrderedDict[str, _Kept] = OrderedDict()

_NO_ROWS: tuple[dict[str, Any], dict[str, Any]] = (
    dict.fromkeys(
        "item_id document_id customer currency entity kind side effective due original_due doc_day amount "
        "origin_item_id".split(),
        (),
    ),
    dict.fromkeys("app_id from_item_id to_item_id app_amount app_day".split(), ()),
)


def _kept(store_id: str) -> _Kept:
    with _LOCK:
        found = _KEPT.setdefault(store_id, _Kept(Lock()))
        _KEPT.move_to_end(store_id)
        while len(_KEPT) > KEPT_STORES:
            _KEPT.popitem(last=False)
        return found


def _newest(store_id: str) -> Book | None:
    """Return what is kept of a store, which may be behind it."""
    with _LOCK:
        found = _KEPT.get(store_id)
    return None if found is None else found.book


def _head(session: Session) -> Any:
    return session.execute(select(LedgerHead.__table__)).one()  # type: ignore[attr-defined]


def _reach(head: Any) -> Reach:
    return Reach(head.document_id, head.item_id, head.application_id)


def _is_ahead(engine: Engine, known: Book) -> bool:
    """Tell whether the store carries on from a known version; after a restore from a backup it may not."""
    if known.seq == 0:
        return True
    with reading(engine) as session:
        query = select(AuditEvent.hash).where(AuditEvent.seq == known.seq)  # type: ignore[call-overload]
        return bool(session.execute(query).scalar() == known.audit_hash)


def _only_books(session: Session, seq: int) -> bool:
    query = select(AuditEvent.verb).where(AuditEvent.seq > seq).distinct()  # type: ignore[call-overload]
    return seq >= 0 and set(session.execute(query).scalars()) <= BOOK_VERBS | CASE_VERBS


def _extended(known: Book, rows: Rows, reach: Reach) -> Book:
    items = dict(rows.items)
    customers = known.around.customers
    items["customer"] = customers.positions(items.pop("customer_id"))
    items["kind"] = _kinds(rows.texts["kind"])
    currencies, items["currency"] = _numbered(known.currencies, rows.texts["currency"])
    entities, items["entity"] = _numbered(known.entities, rows.texts["entity"])
    reasons, items["reason"] = _numbered(known.reasons, rows.texts["reason"], absent="")
    return replace(
        known,
        reach=reach,
        columns=known.columns.extend(items, rows.applications),
        currencies=currencies,
        entities=entities,
        reasons=reasons,
        places=known.places | places_of(items["entity"], items["currency"], entities, currencies),
    )


def places_of(
    entity: Any, currency: Any, entities: tuple[str, ...], currencies: tuple[str, ...]
) -> frozenset[tuple[str, str]]:
    """Return the pairs of entity and currency that occur in two columns of codes."""
    width = max(1, len(currencies))
    pairs = np.bincount(np.asarray(entity, np.int64) * width + currency) if len(entity) else np.zeros(0)
    return frozenset((entities[pair // width], currencies[pair % width]) for pair in np.flatnonzero(pairs).tolist())


def _kinds(values: Coded) -> Any:
    return np.array([CODES[label] for label in values.labels], dtype=np.int8)[values.codes]


def _numbered(known: tuple[str, ...], values: Coded, absent: str | None = None) -> tuple[tuple[str, ...], Any]:
    """Give new texts the next numbers; the text that means nothing gets NO_REASON."""
    labels = (*known, *sorted(set(values.labels) - set(known) - {absent}))
    number = {label: place for place, label in enumerate(labels)} | {absent: NO_REASON}
    return labels, np.array([number[label] for label in values.labels], dtype=np.int16)[values.codes]
