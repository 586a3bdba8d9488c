"""What the books hold of the documents that a plan speaks about: balances over time and what is applied to them."""

from __future__ import annotations

from collections.abc import Collection
from collections.abc import Iterable
from collections.abc import Iterator
from dataclasses import dataclass
from dataclasses import field
from datetime import date
from typing import NamedTuple

from sqlalchemy import Select
from sqlalchemy import Subquery
from sqlalchemy import and_
from sqlalchemy import func
from sqlalchemy import or_
from sqlalchemy import select
from sqlalchemy.orm import Mapped
from sqlalchemy.orm import aliased
from sqlmodel import Session
from sqlmodel import col

from arcore.ledger.classify import MARK
from arcore.ledger.classify import instead_of
from arcore.ledger.kinds import LISTED
from arcore.ledger.kinds import SNAPSHOT
from arcore.ledger.timeline import balance_on
from arcore.store.books import Application
from arcore.store.books import Document
from arcore.store.books import Item

CHUNK = 5000
"""Ids in one IN (…)."""
INFERRED_KINDS = ("settlement", "payment")
MOVES = ("settlement", "transfer", "conversion")
"""Kinds that only move or close what other documents say."""


class Tie(NamedTuple):
    """An application in force between a held document and another one; amount positive, minor units.

    `inferred` says that the other document was only inferred; `dated` is its date, `until` the last day on which
    its cause may lie. `by_hand`: somebody said what the inferred settlement was, and this stands in its place.
    """

    application_id: int
    amount: int
    day: date
    other_id: int
    other_kind: str
    other_number: str
    inferred: bool
    dated: date
    until: date
    reason: str
    reference: str
    by_hand: bool = False


def age(tie: Tie) -> tuple[date, date, str, str, int, int]:
    """Return what ties are ordered by, the oldest first: the same in whatever order files were told."""
    return tie.day, tie.dated, tie.other_kind, tie.other_number, tie.amount, tie.application_id


class Lapsed(NamedTuple):
    """An application that counted from `day` and ended at `until`; amount positive, minor units.

    `ended_by` is the row that ended it, `inferred` says that the other document was only inferred, by nobody's hand.
    """

    application_id: int
    ended_by: int
    amount: int
    day: date
    until: date
    other_id: int
    inferred: bool


@dataclass(slots=True)
class HeldItem:
    """An item with every move on it by day."""

    id: int
    document_id: int
    customer_id: int
    side: int
    due_date: date
    moves: dict[date, int] = field(default_factory=dict)


@dataclass(slots=True)
class Held:
    """A document as the books hold it, with the items that carry it on at other customers.

    Attributes:
        amount: signed, as posted.
        standing: it was not taken back, nor does it take another one back.
        ties: what is applied to it or from it, oldest first.
        lapsed: what was applied to it or from it for a while.
    """

    id: int
    kind: str
    number: str
    customer_id: int
    entity: str
    currency: str
    document_date: date
    amount: int
    reason: str
    reference: str
    import_id: int | None
    standing: bool = True
    items: list[HeldItem] = field(default_factory=list)
    ties: list[Tie] = field(default_factory=list)
    lapsed: list[Lapsed] = field(default_factory=list)

    @property
    def side(self) -> int:
        """Return +1 for a debit, −1 for a credit."""
        return self.items[0].side

    def open_on(self, day: date | None = None, *, own: bool = False) -> int:
        """Return what is open, positive on its side, at the end of `day` or after every move.

        `own` leaves out what was carried on to other customers.
        """
        items = [i for i in self.items if not own or i.customer_id == self.customer_id]
        return sum(balance_on(item.moves, day) * self.side for item in items)

    @property
    def ended(self) -> list[int]:
        """Return the inferred documents that closed it for a while, until the source listed it again."""
        return list(dict.fromkeys(one.other_id for one in self.lapsed if one.inferred))

    @property
    def moved(self) -> bool:
        """Tell whether part of it was transferred or converted: then it can't be voided as it is."""
        return any(tie.other_kind in ("transfer", "conversion") for tie in self.ties)


def hold(session: Session, document_ids: Collection[int]) -> dict[int, Held]:
    """Read documents with their items, moves and ties."""
    held = {h.id: h for h in _documents(session, document_ids)}
    items = {item.id: (home, item) for home, item in _items(session, held)}
    _apply(session, items)
    return held


def unapplied_credits(session: Session, customer_ids: Collection[int]) -> set[int]:
    """Return the credit documents of customers that still have something to apply."""
    came = _sums(col(Application.to_item_id))
    went = _sums(col(Application.from_item_id))
    found: set[int] = set()
    for ids in chunks(customer_ids):
        query = (
            select(col(Item.document_id))
            .outerjoin(came, came.c.item == col(Item.id))
            .outerjoin(went, went.c.item == col(Item.id))
            .where(col(Item.side) == -1, col(Item.customer_id).in_(ids))
            .where(col(Item.amount) - func.coalesce(came.c.total, 0) + func.coalesce(went.c.total, 0) != 0)
        )
        found.update(session.execute(query).scalars())
    return found


def explainable(session: Session, customer_ids: Collection[int], numbers: Collection[str]) -> set[int]:
    """Return debits of customers that new credits may go to: closed by inference, or named by `numbers`."""
    found: set[int] = set()
    inferred, source, target = aliased(Document), aliased(Item), aliased(Item)
    names = sorted({number.casefold() for number in numbers})
    for ids in chunks(customer_ids):
        closed = (
            select(col(target.document_id))
            .join(Application, col(Application.to_item_id) == col(target.id))
            .join(source, col(source.id) == col(Application.from_item_id))
            .join(inferred, col(inferred.id) == col(source.document_id))
            .where(col(inferred.customer_id).in_(ids), col(inferred.reverses_id).is_(None))
            .where(
                or_(
                    and_(col(inferred.kind).in_(INFERRED_KINDS), col(inferred.reason).in_((LISTED, SNAPSHOT))),
                    col(inferred.reference).startswith(MARK),
                )
            )
        )
        found.update(session.execute(closed).scalars())
        for part in chunks(range(len(names))):
            named = select(col(Document.id)).where(
                col(Document.customer_id).in_(ids),
                col(Document.amount) > 0,
                func.lower(col(Document.number)).in_([names[i] for i in part]),
            )
            found.update(session.execute(named).scalars())
    return found


def booked_here(session: Session, entities: Collection[str]) -> set[int]:
    """Return documents that people booked, not files, and that still have something open."""
    came = _sums(col(Application.to_item_id))
    went = _sums(col(Application.from_item_id))
    query = (
        select(col(Document.id))
        .join(Item, col(Item.document_id) == col(Document.id))
        .outerjoin(came, came.c.item == col(Item.id))
        .outerjoin(went, went.c.item == col(Item.id))
        .where(col(Document.import_id).is_(None), col(Document.reverses_id).is_(None))
        .where(col(Document.entity).in_(entities), col(Document.kind).not_in(MOVES))
        .where(col(Item.amount) - func.coalesce(came.c.total, 0) + func.coalesce(went.c.total, 0) != 0)
    )
    return set(session.execute(query).scalars())


def other_entities(session: Session, entity: str) -> dict[int, str]:
    """Return the entity of each document that belongs to another one than `entity`."""
    rows = session.execute(select(col(Document.id), col(Document.entity)).where(col(Document.entity) != entity))
    return {number: name for number, name in rows}  # noqa: C416  a row is no plain tuple to the type checker


def chunks(ids: Iterable[int]) -> Iterator[list[int]]:
    """Cut ids into pieces that fit into one query."""
    listed = sorted(ids)
    for start in range(0, len(listed), CHUNK):
        yield listed[start : start + CHUNK]


def _sums(side: Mapped[int]) -> Subquery:
    """Add up applications by the item on one of their sides."""
    return select(side.label("item"), func.sum(col(Application.amount)).label("total")).group_by(side).subquery()


def _documents(session: Session, document_ids: Collection[int]) -> Iterator[Held]:
    for ids in chunks(document_ids):
        reversed_ids = set(
            session.execute(select(col(Document.reverses_id)).where(col(Document.reverses_id).in_(ids))).scalars()
        )
        rows = session.execute(
            select(
                col(Document.id),
                col(Document.kind),
                col(Document.number),
                col(Document.customer_id),
                col(Document.entity),
                col(Document.currency),
                col(Document.document_date),
                col(Document.amount),
                col(Document.reason),
                col(Document.reference),
                col(Document.import_id),
                col(Document.reverses_id),
            ).where(col(Document.id).in_(ids))
        )
        for row in rows:
            *said, reverses = row
            held = Held(*said)
            held.standing = reverses is None and held.id not in reversed_ids
            yield held


def _items(session: Session, held: dict[int, Held]) -> Iterator[tuple[Held, HeldItem]]:
    """Read the items of the documents, then those that carry them on in other documents of the same currency."""
    fields = (Item.id, Item.document_id, Item.customer_id, Item.side, Item.due_date, Item.amount, Item.effective_on)
    columns = [col(name) for name in fields]
    carries = session.execute(select(col(Document.id)).where(col(Document.kind) == "transfer").limit(1)).first()
    frontier: dict[int, Held] = {}
    mirror = aliased(Document)
    for ids in chunks(held):
        for row in session.execute(select(*columns).where(col(Item.document_id).in_(ids)).order_by(col(Item.id))):
            home = held[row[1]]
            frontier[row[0]] = home
            yield home, _held_item(home, row)
    while carries and frontier:
        further: dict[int, Held] = {}
        for ids in chunks(frontier):
            legs = (
                select(*columns, col(Item.origin_item_id))
                .join(Document, col(Document.id) == col(Item.document_id))
                .outerjoin(mirror, col(mirror.reverses_id) == col(Document.id))
                .where(col(Item.origin_item_id).in_(ids), col(Document.kind) == "transfer", col(mirror.id).is_(None))
                .order_by(col(Item.id))
            )
            for row in session.execute(legs):
                home = frontier[row[-1]]
                if row[1] != home.id:
                    further[row[0]] = home
                    yield home, _held_item(home, row)
        frontier = further


def _held_item(home: Held, row: tuple[object, ...]) -> HeldItem:
    number, document_id, customer_id, side, due_date, amount, effective_on = row[:7]
    item = HeldItem(number, document_id, customer_id, side, due_date, {effective_on: amount})  # type: ignore[arg-type,dict-item]
    home.items.append(item)
    return item


def _apply(session: Session, items: dict[int, tuple[Held, HeldItem]]) -> None:
    rows: dict[int, tuple[int, int, int, int, date, int | None]] = {}
    columns = (
        col(Application.id),
        col(Application.from_item_id),
        col(Application.to_item_id),
        col(Application.amount),
        col(Application.effective_on),
        col(Application.reverses_id),
    )
    for ids in chunks(items):
        query = select(*columns).where(
            or_(col(Application.from_item_id).in_(ids), col(Application.to_item_id).in_(ids))
        )
        for row in session.execute(query):
            rows[row[0]] = tuple(row)
    taken_back = {row[5]: row for row in rows.values() if row[5] is not None}
    ties: list[tuple[Held, int, int, int, date]] = []
    ended: list[tuple[Held, int, int, int, date, date, int]] = []
    for number, source, target, amount, day, reverses in (rows[key] for key in sorted(rows)):
        for item_id, other_id, delta in ((source, target, amount), (target, source, -amount)):
            if item_id in items:
                home, item = items[item_id]
                item.moves[day] = item.moves.get(day, 0) + delta
                if reverses is None and number not in taken_back and amount:
                    ties.append((home, number, other_id, amount, day))
                elif reverses is None and amount and taken_back[number][4] != day:
                    by = taken_back[number]
                    ended.append((home, number, other_id, amount, day, by[4], by[0]))
    _tie(session, items, ties, ended)


def _tie(
    session: Session,
    items: dict[int, tuple[Held, HeldItem]],
    ties: list[tuple[Held, int, int, int, date]],
    ended: list[tuple[Held, int, int, int, date, date, int]],
) -> None:
    """Say which document stands on the other end of each application, in force or ended."""
    homes = {item_id: item.document_id for item_id, (_, item) in items.items()}
    missing = {one[2] for one in ties} | {one[2] for one in ended}
    missing -= homes.keys()
    for ids in chunks(missing):
        homes.update(session.execute(select(col(Item.id), col(Item.document_id)).where(col(Item.id).in_(ids))).all())
    others = _others(session, {homes[o] for o in (*(one[2] for one in ties), *(one[2] for one in ended))})
    for home, number, other, amount, day in ties:
        if homes[other] != home.id:
            home.ties.append(Tie(number, amount, day, homes[other], *others[homes[other]]))
    for home, number, other, amount, day, until, by in ended:
        tie = Tie(number, amount, day, homes[other], *others[homes[other]])
        if home.id != tie.other_id:
            home.lapsed.append(Lapsed(number, by, amount, day, until, tie.other_id, tie.inferred and not tie.by_hand))


def _others(
    session: Session, document_ids: Collection[int]
) -> dict[int, tuple[str, str, bool, date, date, str, str, bool]]:
    found = {}
    for ids in chunks(document_ids):
        rows: Select[tuple[object, ...]] = select(
            col(Document.id),
            col(Document.kind),
            col(Document.number),
            col(Document.reason),
            col(Document.reference),
            col(Document.document_date),
            col(Document.recorded_at),
        ).where(col(Document.id).in_(ids))  # type: ignore[assignment]
        for number, kind, name, reason, reference, day, recorded_at in session.execute(rows):
            stands = instead_of(reference)
            inferred = stands is not None or (kind in INFERRED_KINDS and reason in (LISTED, SNAPSHOT))
            # Only a snapshot says until when; else whatever was known when it was read may explain it.
            until = day if reason == SNAPSHOT and kind == "settlement" else recorded_at.date()
            by_hand = stands is not None and reason not in (LISTED, SNAPSHOT)
            found[number] = (kind, name, inferred, day, stands.until if stands else until, reason, reference, by_hand)
    return found
