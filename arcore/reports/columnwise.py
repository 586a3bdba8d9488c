"""A large SQLite store column by column, through the connections that everybody else uses.

SQLite joins the values of a column to one text, a range of ids at a time and several ranges side by side, and texts
become arrays at once: no row ever turns into Python objects, and no second SQLite library comes near the file (two of
them in one process do not see each other's locks, and committed rows get lost).
"""

from __future__ import annotations

import os
from collections.abc import Callable
from collections.abc import Mapping
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any
from typing import NamedTuple

import numpy as np
import pyarrow as pa
from sqlalchemy import Engine
from sqlalchemy import text
from sqlmodel import Session

from arcore.analytics.columns import UNKNOWN_TAX
from arcore.reports.rows import ABSENT
from arcore.reports.rows import Array
from arcore.reports.rows import Coded
from arcore.reports.rows import Reach
from arcore.reports.rows import Table
from arcore.reports.rows import coded
from arcore.store.engine import reading

IDS_AT_ONCE = 131_072
"""Small enough that all readers are done at about the same time, and that texts stay below 20 MB each."""
READERS = min(4, os.cpu_count() or 1)

SEPARATOR = "\x1f"
"""Stands between texts that may hold a comma."""
ISO_DATE = len("2026-12-31")

# NOT INDEXED leaves the order of ids as the only way through a table: values of one column then stand beside those
# of another. What is the same in nearly every row is told with the id where it differs, and only there.
ITEMS = """
SELECT count(*) AS rows, min(id) AS first, max(id) AS last,
    CAST(group_concat(document_id) AS BLOB) AS document_id,
    CAST(group_concat(customer_id) AS BLOB) AS customer_id,
    CAST(group_concat(side + 1, '') AS BLOB) AS side,
    CAST(group_concat(amount) AS BLOB) AS amount,
    CAST(group_concat(effective_on, '') AS BLOB) AS effective,
    CAST(group_concat(due_date, '') AS BLOB) AS due,
    CAST(group_concat(id || ',' || (unixepoch(original_due_date) / 86400))
        FILTER (WHERE original_due_date <> due_date) AS BLOB) AS original_due,
    CAST(group_concat(id || ',' || origin_item_id) FILTER (WHERE origin_item_id IS NOT NULL) AS BLOB) AS origin
FROM item NOT INDEXED WHERE id > :after AND id <= :upto
"""
DOCUMENTS = """
SELECT count(*) AS rows, min(id) AS first, max(id) AS last,
    CAST(group_concat(kind) AS BLOB) AS kind,
    CAST(group_concat(currency) AS BLOB) AS currency,
    CAST(group_concat(document_date, '') AS BLOB) AS doc_day,
    CAST(group_concat(id || ',' || amount || ',' || tax_amount) FILTER (WHERE tax_amount IS NOT NULL) AS BLOB) AS tax,
    CAST(group_concat(id) FILTER (WHERE reason <> '') AS BLOB) AS reason_id,
    group_concat(reason, :separator) FILTER (WHERE reason <> '') AS reason,
    CAST(group_concat(id) FILTER (WHERE entity <> :entity) AS BLOB) AS entity_id,
    group_concat(entity, :separator) FILTER (WHERE entity <> :entity) AS entity
FROM document NOT INDEXED WHERE id > :after AND id <= :upto
"""
APPLICATIONS = """
SELECT count(*) AS rows, min(id) AS first, max(id) AS last,
    CAST(group_concat(from_item_id) AS BLOB) AS from_item_id,
    CAST(group_concat(to_item_id) AS BLOB) AS to_item_id,
    CAST(group_concat(amount) AS BLOB) AS app_amount,
    CAST(group_concat(effective_on, '') AS BLOB) AS app_day
FROM application NOT INDEXED WHERE id > :after AND id <= :upto
"""
IDS = "SELECT CAST(group_concat(id) AS BLOB) FROM {} NOT INDEXED WHERE id > :after AND id <= :upto"

Bounds = Mapping[str, int]
Read = Callable[[Session, Bounds], "Part"]


class Part(NamedTuple):
    """The rows of one range of ids, or of a whole table."""

    numbers: Table
    texts: dict[str, Coded]


def read_tables(engine: Engine, upto: Reach) -> tuple[Part, Part, Part]:
    """Return items, documents and applications up to known ids, several ranges of ids side by side.

    Needs no common snapshot: rows up to a committed id never change. Raises ValueError where values of a column
    can't be told apart, Unavailable when the store does not answer.
    """
    with reading(engine) as session:
        usual = session.execute(text("SELECT entity FROM document LIMIT 1")).scalar() or ""
    tables = ((_items, upto.item), (partial(_documents, usual), upto.document), (_applications, upto.application))
    asked = [[(read, bounds) for bounds in _ranges(last)] for read, last in tables]

    def part(task: tuple[Read, Bounds]) -> Part:
        with reading(engine) as session:
            return task[0](session, task[1])

    with ThreadPoolExecutor(READERS) as pool:
        running = [[pool.submit(part, task) for task in tasks] for tasks in asked]
        items, documents, applications = [_whole([done.result() for done in parts]) for parts in running]
    return items, documents, applications


def _ranges(last: int) -> list[Bounds]:
    return [{"after": after, "upto": min(after + IDS_AT_ONCE, last)} for after in range(0, max(last, 1), IDS_AT_ONCE)]


def _items(session: Session, bounds: Bounds) -> Part:
    found = session.execute(text(ITEMS), bounds).one()
    ids = _ids(session, "item", found, bounds)
    due = _days(found.due, len(ids))
    return Part(
        {
            "item_id": ids,
            "document_id": _numbers(found.document_id, len(ids)),
            "customer_id": _numbers(found.customer_id, len(ids)),
            "side": _sides(found.side, len(ids)),
            "effective": _days(found.effective, len(ids)),
            "due": due,
            "original_due": _differing(due, ids, found.original_due),
            "origin_item_id": _differing(np.full(len(ids), ABSENT["origin_item_id"]), ids, found.origin),
            "amount": _numbers(found.amount, len(ids)),
        },
        {},
    )


def _documents(usual_entity: str, session: Session, bounds: Bounds) -> Part:
    found = session.execute(text(DOCUMENTS), {**bounds, "entity": usual_entity, "separator": SEPARATOR}).one()
    ids = _ids(session, "document", found, bounds)
    taxed = _tuples(found.tax, 3)
    rows = np.searchsorted(ids, taxed[:, 0])
    amount, tax = np.zeros(len(ids), np.int64), np.full(len(ids), UNKNOWN_TAX)
    amount[rows], tax[rows] = taxed[:, 1], taxed[:, 2]
    return Part(
        {"id": ids, "doc_day": _days(found.doc_day, len(ids)), "document_amount": amount, "tax": tax},
        {
            "kind": _words(found.kind, len(ids)),
            "currency": _words(found.currency, len(ids)),
            "entity": _seldom(usual_entity, ids, found.entity_id, found.entity),
            "reason": _seldom("", ids, found.reason_id, found.reason),
        },
    )


def _applications(session: Session, bounds: Bounds) -> Part:
    found = session.execute(text(APPLICATIONS), bounds).one()
    ids = _ids(session, "application", found, bounds)
    links = {name: _numbers(getattr(found, name), len(ids)) for name in ("from_item_id", "to_item_id", "app_amount")}
    return Part({"app_id": ids, **links, "app_day": _days(found.app_day, len(ids))}, {})


def _ids(session: Session, table: str, found: Any, bounds: Bounds) -> Array:
    """Return the ids of a range; they need to be read only where there are gaps."""
    if not found.rows:
        return np.empty(0, np.int64)
    if found.last - found.first + 1 == found.rows:
        return np.arange(found.first, found.last + 1)
    return _numbers(session.execute(text(IDS.format(table)), bounds).scalar(), found.rows)


# --- texts into arrays ------------------------------------------------------------------------------------------------


def _numbers(values: bytes | None, count: int) -> Array:
    """Read integers with commas between them."""
    return _of_length(np.asarray(_split(values).cast(pa.int64())), count)


def _tuples(values: bytes | None, width: int) -> Array:
    """Read rows of integers, told one after the other."""
    return np.asarray(_split(values).cast(pa.int64())).reshape(-1, width)


def _split(values: bytes | None) -> pa.StringArray:
    """Cut a text at its commas; nothing at all is no text."""
    letters = np.frombuffer(values or b"", np.uint8)
    commas = letters == ord(",")
    ends = np.flatnonzero(commas).astype(np.int32)
    starts = np.zeros(len(ends) + 2 if values is not None else 1, np.int32)
    starts[1:-1] = ends - np.arange(len(ends), dtype=np.int32)
    starts[-1] = len(letters) - len(ends)
    return pa.StringArray.from_buffers(len(starts) - 1, pa.py_buffer(starts), pa.py_buffer(letters[~commas]))


def _days(values: bytes | None, count: int) -> Array:
    """Read dates of ten characters each, with nothing between them, as day numbers."""
    starts = np.arange(0, len(values or b"") + 1, ISO_DATE, dtype=np.int32)
    dates = pa.StringArray.from_buffers(len(starts) - 1, pa.py_buffer(starts), pa.py_buffer(values or b""))
    return _of_length(np.asarray(dates.cast(pa.date32()).view(pa.int32())), count)


def _sides(values: bytes | None, count: int) -> Array:
    """Read sides, told as one digit each: 0 for -1, 2 for +1."""
    sides = np.frombuffer(values or b"", np.int8) - np.int8(ord("1"))
    if np.abs(sides).min(initial=1) != 1 or np.abs(sides).max(initial=1) != 1:
        raise ValueError("a side is neither debit nor credit")
    return _of_length(sides, count)


def _words(values: bytes | None, count: int) -> Coded:
    """Read texts with commas between them, few of which are distinct."""
    found = _split(values).dictionary_encode()
    return Coded(_of_length(np.asarray(found.indices), count), tuple(found.dictionary.to_pylist()))


def _seldom(usual: str, ids: Array, told: bytes | None, values: str | None) -> Coded:
    """Give every row the usual text but those that are told to have another one."""
    rows = np.searchsorted(ids, _tuples(told, 1)[:, 0])
    others = coded(values.split(SEPARATOR) if values is not None else ())
    codes = np.zeros(len(ids), np.int64)
    codes[rows] = _of_length(others.codes, len(rows)) + 1
    return Coded(codes, (usual, *others.labels))


def _differing(values: Array, ids: Array, told: bytes | None) -> Array:
    """Return the values with those that are told, as pairs of id and value, in their places."""
    pairs = _tuples(told, 2)
    changed = values.copy()
    changed[np.searchsorted(ids, pairs[:, 0])] = pairs[:, 1]
    return changed


def _of_length(values: Array, count: int) -> Array:
    if len(values) != count:
        raise ValueError(f"{len(values)} values for {count} rows")
    return values


# --- parts into tables ------------------------------------------------------------------------------------------------


def _whole(parts: Sequence[Part]) -> Part:
    numbers = {name: np.concatenate([part.numbers[name] for part in parts]) for name in parts[0].numbers}
    return Part(numbers, {name: _joined([part.texts[name] for part in parts]) for name in parts[0].texts})


def _joined(parts: Sequence[Coded]) -> Coded:
    """Bring the codes of all parts to one list of labels."""
    labels = tuple(dict.fromkeys(label for part in parts for label in part.labels))
    number = {label: place for place, label in enumerate(labels)}
    codes = [np.array([number[label] for label in part.labels], np.int32)[part.codes] for part in parts]
    return Coded(np.concatenate(codes), labels)
