"""What happened since the last working day: money in, broken promises, disputes, what was booked, which files came."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import replace
from datetime import UTC
from datetime import date
from datetime import datetime
from datetime import time
from datetime import timedelta
from typing import Literal
from typing import NamedTuple

import numpy as np
from sqlalchemy import Engine
from sqlalchemy import bindparam
from sqlalchemy import func
from sqlalchemy import select
from sqlmodel import col

from arcore.analytics.columns import Ints
from arcore.analytics.flows import POSITIONS
from arcore.analytics.flows import flow_of_rows
from arcore.customers.queries import survivors
from arcore.dates import from_day
from arcore.dates import to_day
from arcore.disputes.queries import DisputeRow
from arcore.disputes.queries import disputes_in
from arcore.reports.dimensions import Codes
from arcore.reports.filters import Filters
from arcore.reports.late_posts import late_posts
from arcore.reports.promised import customers_in
from arcore.reports.promised import newly_broken
from arcore.reports.promised import promises
from arcore.reports.rates import converted
from arcore.reports.view import View
from arcore.reports.view import view
from arcore.store.engine import reading
from arcore.store.messages import Message
from arcore.store.messages import MessageItem
from arcore.store.sources import Import
from arcore.store.sources import ImportFile

Kind = Literal[
    "cash_in",
    "promise_broken",
    "turned_overdue",
    "dispute_opened",
    "invoiced",
    "credited",
    "refunded",
    "written_off",
    "settled",
    "transferred",
    "reminded",
    "closed_period",
    "import",
]

_FLOWS: dict[Kind, tuple[str, ...]] = {
    "cash_in": ("receipts",),
    "invoiced": ("invoiced",),
    "credited": ("credit_notes", "discounts"),
    "refunded": ("refunds", "reversals"),
    "written_off": ("uncollectible", "recoveries", "other_write_offs"),
    "settled": ("settlements",),
    "transferred": ("transfers", "conversions"),
}
_LINE_OF = {part: place for place, parts in enumerate(_FLOWS.values()) for part in parts}
_LINE_OF_FLOW = np.array([_LINE_OF.get(part, -1) for part in POSITIONS])
"""Position of a flow → the place of its line in _FLOWS; -1 for what is no news."""
_LOWERING = ("cash_in", "credited", "written_off", "settled")
"""Lines whose amounts lower what is owed and are told as positive."""
MOST = "most of it "
"""Before the name of a customer that makes up more than half of a line."""
LABELS: dict[Kind, str] = {
    "cash_in": "Cash in",
    "promise_broken": "Promises broken",
    "turned_overdue": "Turned overdue",
    "dispute_opened": "Disputes opened",
    "invoiced": "Invoiced",
    "credited": "Credit notes and discounts",
    "refunded": "Refunds and bounced payments",
    "written_off": "Written off",
    "settled": "Settled, unexplained",
    "transferred": "Transferred and converted",
    "reminded": "Reminders sent",
    "closed_period": "Posted into a closed period",
    "import": "Files booked",
}
REACHED = ("sent", "unknown")
"""States of a reminder that may have reached the customer."""


@dataclass(frozen=True)
class News:
    """One line of what happened.

    Attributes:
        amount: minor units of `currency`; cash and credits are positive; None for files and where no rate is known.
            Of a broken promise what is missing of it, of a dispute what is contested, of a reminder what it asked for.
        count: documents, items, promises, disputes, messages or files.
        detail: names of files; frozen months; the customer, where one makes up all or most of it.
    """

    kind: Kind
    label: str
    amount: int | None
    currency: str
    count: int
    detail: str = ""


@dataclass(frozen=True)
class Since:
    """What happened from `first` (the last working day before the as-of day) to the as-of day, both inclusive."""

    first: date
    rows: tuple[News, ...]


def since(engine: Engine, filters: Filters, *, first: date | None = None) -> Since:
    """Say what counts from `first` on, the last working day before the as-of day unless given. Raises Unavailable."""
    plain = view(engine, filters)
    seen = view(engine, filters.in_currency(plain.reporting))
    begin = first or working_day_before(filters.as_of)
    key = ("since", seen.filters.key(), begin)
    return seen.book.remembered(key, lambda: Since(begin, tuple(_rows(engine, seen, begin))))


def working_day_before(day: date) -> date:
    """Return the last Monday to Friday before a day."""
    before = day - timedelta(days=1)
    while before.weekday() > 4:
        before -= timedelta(days=1)
    return before


def _rows(engine: Engine, seen: View, first: date) -> Iterator[News]:
    columns, start = seen.columns, to_day(first)
    rows = _booked(seen, start)
    lines = _LINE_OF_FLOW[flow_of_rows(columns, rows)]
    for place, kind in enumerate(_FLOWS):
        mine = rows[lines == place]
        mine = mine[columns.amount[mine] != 0]
        if kind == "cash_in" or len(mine):
            yield _line(seen, kind, mine, columns.amount[mine], columns.effective[mine])
        if kind == "cash_in":
            yield from _amounts(seen, "promise_broken", _broken(engine, seen, first))
            yield _turned_overdue(seen, start)
            yield from _amounts(seen, "dispute_opened", _disputed(engine, seen, first))
    yield from _amounts(seen, "reminded", messages_sent(engine, seen, first))
    yield from _closed_period(engine, seen, first)
    yield from _files(engine, first, seen.filters.as_of)


def rows_behind(engine: Engine, seen: View, first: date, kind: Kind) -> tuple[Ints, Ints, Ints]:
    """Return the item rows of a line that has any, what each adds to it as booked, and the day of its rate."""
    columns, start = seen.columns, to_day(first)
    if kind == "turned_overdue":
        rows, amounts = _fresh(seen, start)
        return rows, amounts, np.full(len(rows), seen.as_of)
    if kind == "dispute_opened":
        return _contested(engine, seen, first)
    if kind == "closed_period":
        rows = late_posts(engine, seen, first).rows
    else:
        rows = _booked(seen, start)
        wanted = [POSITIONS[part] for part in _FLOWS.get(kind, ())]
        rows = rows[np.isin(flow_of_rows(columns, rows), wanted) & (columns.amount[rows] != 0)]
    sign = -1 if kind in _LOWERING else 1
    return rows, sign * columns.amount[rows], columns.effective[rows].astype(np.int64)


def _closed_period(engine: Engine, seen: View, first: date) -> Iterator[News]:
    """Say what was recorded since that counts in a frozen month: its net effect, and which months."""
    late = late_posts(engine, seen, first)
    if len(late.rows):
        columns = seen.columns
        days = columns.effective[late.rows].astype(np.int64)
        line = _line(seen, "closed_period", late.rows, columns.amount[late.rows], days)
        yield replace(line, detail="into " + ", ".join(f"{day:%b %Y}" for day in late.months))


def _booked(seen: View, start: int) -> Ints:
    """Return the items that count from `start` to the as-of day; after an earlier version only new ones are read."""
    carried, around = seen.book.carried, seen.book.around
    name = ("booked since", seen.booked_key, start)
    known, counted, rows = carried.last(name) or (None, 0, np.empty(0, np.int64))
    if seen.filters.known_at is not None or known is not around or counted > len(seen.columns.item_id):
        counted, rows = 0, np.empty(0, np.int64)
    days = seen.columns.effective[counted:]
    within = (days >= start) & (days <= seen.as_of)
    if len(seen.mask):
        within &= seen.mask[counted:]
    rows = np.concatenate((rows, np.flatnonzero(within) + counted))
    if seen.filters.known_at is None:
        carried.keep(name, (around, len(seen.columns.item_id), rows))
    return rows


def _turned_overdue(seen: View, start: int) -> News:
    """Add up what is open now and was not past due on the day before `start`."""
    rows, amounts = _fresh(seen, start)
    return _line(seen, "turned_overdue", rows, amounts, np.full(len(rows), seen.as_of))


def _fresh(seen: View, start: int) -> tuple[Ints, Ints]:
    """Return the items that are overdue and were not on the day before `start`, with what is open of them."""
    items = seen.open_items()
    late = (items.days_past_due > 0) & (items.bucket < len(items.names) - 1)
    fresh = late & (items.days_past_due <= seen.as_of - start + 1)
    return items.row[fresh], items.open[fresh]


def _line(seen: View, kind: Kind, rows: Ints, amounts: Ints, days: Ints) -> News:
    sign = -1 if kind in _LOWERING else 1
    units = in_currency(seen, rows, sign * amounts, days)
    amount = None if units is None else int(units.sum())
    count = len(np.unique(seen.columns.document_id[rows]))
    return News(kind, LABELS[kind], amount, seen.filters.currency, count, _largest(seen, rows, units))


def in_currency(seen: View, rows: Ints, amounts: Ints, days: Ints) -> Ints | None:
    """Convert each amount at the rate of its day; None when one is missing."""
    units, held = amounts.copy(), seen.columns.currency[rows].astype(np.int64)
    rates = seen.book.around.rates
    width = max(1, len(seen.currencies))
    pair = days.astype(np.int64) * width + held
    for each in np.unique(pair).tolist():
        day, code = divmod(each, width)
        factor = rates.factor(seen.currencies[code], seen.filters.currency, from_day(day))
        if factor is None:
            return None
        if factor == 1:
            continue
        chosen = pair == each
        units[chosen] = converted(amounts[chosen], factor)
    return units


def _largest(seen: View, rows: Ints, units: Ints | None) -> str:
    customers = seen.book.around.customers
    return _most_of(seen, customers.survivor[seen.columns.customer[rows]], units)


def _most_of(seen: View, places: Ints | Codes, units: Ints | None) -> str:
    """Name the customer, given by positions, that makes up all or most of the amounts."""
    who, place = np.unique(places, return_inverse=True)
    if units is None or len(who) == 0:
        return ""
    sums = np.zeros(len(who), np.int64)
    np.add.at(sums, place, units)
    name = seen.book.around.customers.names[int(who[int(np.abs(sums).argmax())])]
    if len(who) == 1:
        return name
    return f"{MOST}{name}" if 2 * np.abs(sums).max() > np.abs(sums).sum() else ""


class OfDay(NamedTuple):
    """An amount of a day that no item carries; `thing` is the promise, dispute or message it belongs to."""

    thing: int
    customer_id: int
    currency: str
    on: date
    units: int


def _amounts(seen: View, kind: Kind, found: Sequence[OfDay]) -> Iterator[News]:
    """Add amounts up at the rates of their days; nothing when there are none."""
    if not found:
        return
    rates, target = seen.book.around.rates, seen.filters.currency
    factors = [rates.factor(one.currency, target, one.on) for one in found]
    units = None
    if None not in factors:
        units = np.array(
            [round(one.units * (factor or 0)) for one, factor in zip(found, factors, strict=True)], np.int64
        )
    places = seen.book.around.customers.positions(np.array([one.customer_id for one in found], np.int64))
    detail = _most_of(seen, places, units)
    amount = None if units is None else int(units.sum())
    yield News(kind, LABELS[kind], amount, target, len({one.thing for one in found}), detail)


def _broken(engine: Engine, seen: View, first: date) -> list[OfDay]:
    return [
        OfDay(row.promise_id, row.customer_id, row.currency, row.broken_on or row.due_on, row.left)
        for row in newly_broken(engine, promises(engine, seen), first)
    ]


def _disputed(engine: Engine, seen: View, first: date) -> list[OfDay]:
    return [
        OfDay(row.dispute_id, row.customer_id, row.currency, row.opened_on, row.amount)
        for row in _disputes(engine, seen, first)
    ]


def _disputes(engine: Engine, seen: View, first: date) -> list[DisputeRow]:
    with reading(engine) as session:
        rows = [row for row in disputes_in(session, seen.filters.as_of, since=first) if row.state != "withdrawn"]
    inside = customers_in(seen, (row.customer_id for row in rows))
    return [row for row in rows if row.customer_id in inside and seen.filters.entity in (None, row.entity)]


def _contested(engine: Engine, seen: View, first: date) -> tuple[Ints, Ints, Ints]:
    """Return the first item of each document in dispute, what is contested of it, and the day that it was opened."""
    found = _disputes(engine, seen, first)
    held = np.flatnonzero(np.isin(seen.columns.document_id, [row.document_id for row in found]))
    documents, place = np.unique(seen.columns.document_id[held], return_index=True)
    row_of = dict(zip(documents.tolist(), held[place].tolist(), strict=True))
    known = [row for row in found if row.document_id in row_of]
    facts = [(row_of[row.document_id], row.amount, to_day(row.opened_on)) for row in known]
    rows, amounts, days = np.array(facts, np.int64).reshape(len(facts), 3).T
    return rows, amounts, days


_OF_MESSAGE = (
    col(Message.id), col(Message.customer_id), col(Message.entity), col(Message.day), col(MessageItem.currency)
)  # fmt: skip
_SENT = (
    select(*_OF_MESSAGE, func.sum(col(MessageItem.claimed)).label("claimed"))
    .join(MessageItem, col(MessageItem.message_id) == col(Message.id))
    .where(col(Message.day).between(bindparam("first"), bindparam("last")), col(Message.state).in_(REACHED))
    .group_by(*_OF_MESSAGE)
)
"""Built once: to build a question takes longer than to answer it."""


def messages_sent(engine: Engine, seen: View, first: date) -> list[OfDay]:
    """Return what each reminder that may have arrived asked for, by currency, from `first` to the as-of day."""
    with reading(engine) as session:
        rows = session.execute(_SENT, {"first": first, "last": seen.filters.as_of}).all()
        merged = survivors(session) if rows else {}
    found = [(row, merged.get(row.customer_id, row.customer_id)) for row in rows]
    inside = customers_in(seen, (customer_id for _, customer_id in found))
    return [
        OfDay(row.id, customer_id, row.currency, row.day, int(row.claimed))
        for row, customer_id in found
        if customer_id in inside and seen.filters.entity in (None, row.entity)
    ]


_BOOKED = (
    select(col(ImportFile.id), col(ImportFile.name), col(Import.at))
    .join(Import, col(Import.id) == col(ImportFile.import_id))
    .where(col(Import.at) >= bindparam("begin"), col(Import.at) < bindparam("end"), col(Import.undone_at).is_(None))
    .order_by(col(ImportFile.id))
)


def files_booked(engine: Engine, first: date, last: date) -> list[tuple[int, str, date]]:
    """Return number, name and day of the files booked on these days (UTC) and not undone."""
    begin = datetime.combine(first, time(), UTC)
    end = datetime.combine(last + timedelta(days=1), time(), UTC)
    with reading(engine) as session:
        rows = session.execute(_BOOKED, {"begin": begin, "end": end})
        return [(row.id, row.name, row.at.date()) for row in rows]


def _files(engine: Engine, first: date, last: date) -> Iterator[News]:
    names = [name for _, name, _ in files_booked(engine, first, last)]
    if names:
        yield News("import", LABELS["import"], None, "", len(names), ", ".join(names[:3]))
