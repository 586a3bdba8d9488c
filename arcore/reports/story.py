"""Why is this open: one document from its posting to every application.

Which file and row it came from is asked of `arcore.intake.queries.provenance`.
"""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from datetime import datetime
from decimal import Decimal

from sqlalchemy import Engine
from sqlalchemy import or_
from sqlalchemy import select
from sqlmodel import Session
from sqlmodel import col

from arcore.errors import NotFound
from arcore.ledger.checks import PAIRED
from arcore.ledger.delivered import standing
from arcore.ledger.kinds import BY_NAME
from arcore.ledger.reversal import DEPENDENT
from arcore.money import from_minor
from arcore.store.books import Application
from arcore.store.books import Document
from arcore.store.books import Item
from arcore.store.customers import Customer
from arcore.store.engine import reading


@dataclass(frozen=True)
class Line:
    """One thing that happened to the document's balance; amounts in minor units, signed as they move it.

    Attributes:
        on: the day from which it counts.
        what: what happened, in the words of the trade, without the other document's name or the day.
        due_date: the day that was agreed, where a new due date was.
        other_id, other_number, other_kind: the document at the other end, if any.
        balance: the open balance of the whole document after it.
        application_id: the application that can still be taken back, else None.
        standing: False for what was taken back since, and for the row that took it back.
    """

    on: date
    recorded_at: datetime
    recorded_by: str
    what: str
    amount: int
    balance: int
    due_date: date | None = None
    other_id: int | None = None
    other_number: str = ""
    other_kind: str = ""
    application_id: int | None = None
    standing: bool = True


@dataclass(frozen=True)
class Story:
    """A document and all that moved its balance, in the order in which it counts.

    Attributes:
        code, name: of the customer it was posted to.
        due_dates: the contractual ones, one per instalment.
        agreed: due dates agreed since and still standing.
        taken_back_by: the document that takes it back as a whole, if any.
        delivered_on: when what it is about was delivered or done, where a file or somebody told it.
    """

    document: Document
    label: str
    code: str
    name: str
    due_dates: tuple[date, ...]
    agreed: tuple[date, ...]
    items: tuple[Item, ...]
    open: int
    lines: tuple[Line, ...]
    taken_back_by: int | None
    delivered_on: date | None = None


@dataclass(frozen=True)
class Match:
    """One application as it stands in the books; `agreed` tells that it carries a balance to another due date.

    Attributes:
        amount: minor units of `currency`, positive.
        on: the day from which it counts.
    """

    from_item: int
    to_item: int
    amount: int
    currency: str
    on: date
    agreed: bool

    @property
    def in_units(self) -> Decimal:
        """The amount in whole units of the currency."""
        return from_minor(self.amount, self.currency)


def story(engine: Engine, document_id: int) -> Story:
    """Tell the story of a document as the books know it now. Raises NotFound."""
    with reading(engine) as session:
        document = session.get(Document, document_id)
        if document is None:
            raise NotFound(f"There is no document {document_id}", document=document_id)
        items = session.execute(
            select(Item).where(col(Item.document_id) == document_id).order_by(col(Item.id))
        ).scalars().all()  # fmt: skip
        lines = _lines(session, document, items)
        back = session.execute(select(col(Document.id)).where(col(Document.reverses_id) == document_id)).scalar()
        customer = session.get_one(Customer, document.customer_id)
        return Story(
            document=document,
            label=BY_NAME[document.kind].label,
            code=customer.code,
            name=customer.name,
            due_dates=_distinct(item.original_due_date for item in items),
            agreed=_distinct(line.due_date for line in lines if line.due_date is not None and line.standing),
            items=tuple(items),
            open=lines[-1].balance,
            lines=lines,
            taken_back_by=back,
            delivered_on=standing(session, [document_id]).get(document_id),
        )


def _distinct(days: Iterable[date]) -> tuple[date, ...]:
    return tuple(dict.fromkeys(days))


def _lines(session: Session, document: Document, items: Sequence[Item]) -> tuple[Line, ...]:
    ours = {item.id: item for item in items}
    rows = session.execute(
        select(Application).where(
            or_(col(Application.from_item_id).in_(ours), col(Application.to_item_id).in_(ours))
        )
    ).scalars().all()  # fmt: skip
    others = _others(session, rows, ours)
    taken_back = {row.reverses_id for row in rows if row.reverses_id is not None}
    drafts = [_posting(session, document)]
    for row in sorted(rows, key=lambda a: (a.effective_on, a.id)):
        inside = row.from_item_id in ours and row.to_item_id in ours
        if inside:
            drafts.append(_redating(row, ours, taken_back))
            continue
        mine = row.to_item_id in ours
        other = others[row.from_item_id if mine else row.to_item_id]
        standing = row.reverses_id is None and row.id not in taken_back
        drafts.append(
            Line(
                on=row.effective_on,
                recorded_at=row.recorded_at,
                recorded_by=row.recorded_by,
                what="Taken back" if row.reverses_id is not None else _words(other, is_target=mine),
                amount=-row.amount if mine else row.amount,
                balance=0,
                other_id=other.id,
                other_number=other.number,
                other_kind=BY_NAME[other.kind].label,
                application_id=row.id if standing and _is_a_match(document) and _is_a_match(other) else None,
                standing=standing,
            )
        )
    return _with_balances(drafts)


def _posting(session: Session, document: Document) -> Line:
    other = None
    if tied := document.reverses_id or document.linked_id:
        other = session.get(Document, tied)
    what = "Posted to take back" if document.reverses_id else "Posted together with" if other else "Posted"
    return Line(
        on=document.effective_on,
        recorded_at=document.recorded_at,
        recorded_by=document.recorded_by,
        what=what,
        amount=document.amount,
        balance=0,
        other_id=other.id if other else None,
        other_number=other.number if other else "",
        other_kind=BY_NAME[other.kind].label if other else "",
    )


def _is_a_match(document: Document) -> bool:
    """Tell whether what ties a document to another may end alone; moves and write-offs are taken back as a whole."""
    return document.reverses_id is None and document.kind not in (*PAIRED, *DEPENDENT)


def _with_balances(drafts: Sequence[Line]) -> tuple[Line, ...]:
    running, lines = 0, []
    for draft in sorted(drafts, key=lambda line: (line.on, line.recorded_at)):
        running += draft.amount
        lines.append(Line(**{**draft.__dict__, "balance": running}))
    return tuple(lines)


def _redating(row: Application, items: dict[int, Item], taken_back: set[int | None]) -> Line:
    source, target = items[row.from_item_id], items[row.to_item_id]
    # The item that takes a balance over stands on the side that moves away from zero.
    new = source if source.side > 0 else target
    back = row.reverses_id is not None
    return Line(
        on=row.effective_on,
        recorded_at=row.recorded_at,
        recorded_by=row.recorded_by,
        what="Taken back: new due date" if back else "New due date",
        due_date=new.due_date,
        amount=0,
        balance=0,
        application_id=None if back or row.id in taken_back else row.id,
        standing=not back and row.id not in taken_back,
    )


def _words(other: Document, *, is_target: bool) -> str:
    if other.reverses_id is not None:
        return "Taken back as a whole by"
    if other.kind in PAIRED:
        return "Moved by"
    return "Settled by" if is_target else "Applied to"


def _others(session: Session, rows: Sequence[Application], ours: dict[int, Item]) -> dict[int, Document]:
    ids = {number for row in rows for number in (row.from_item_id, row.to_item_id)} - set(ours)
    found = session.execute(
        select(col(Item.id), Document)
        .join(Document, col(Document.id) == col(Item.document_id))
        .where(col(Item.id).in_(ids))
    )
    return dict(found.all())


def match(engine: Engine, application_id: int) -> Match:
    """Return one application. Raises NotFound."""
    with reading(engine) as session:
        row = session.get(Application, application_id)
        if row is None:
            raise NotFound(f"There is no match {application_id}", application=application_id)
        source, target = session.get_one(Item, row.from_item_id), session.get_one(Item, row.to_item_id)
        currency = session.get_one(Document, target.document_id).currency
        agreed = source.document_id == target.document_id
        return Match(row.from_item_id, row.to_item_id, row.amount, currency, row.effective_on, agreed=agreed)
