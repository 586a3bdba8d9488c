"""Rows of the books as arrays: those that came after known ids, read through SQLAlchemy in one snapshot."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import text
from sqlmodel import Session

from arcore.analytics.columns import UNKNOWN_TAX

ITEMS = (
    "SELECT item.id AS item_id, item.document_id, item.customer_id, item.side, item.effective_on AS effective, "
    "item.due_date AS due, item.original_due_date AS original_due, item.origin_item_id, item.amount, "
    "document.kind, document.currency, document.entity, document.reason, document.document_date AS doc_day, "
    "document.amount AS document_amount, document.tax_amount AS tax "
    "FROM item JOIN document ON document.id = item.document_id "
    "WHERE item.id > :item AND item.id <= :last_item ORDER BY item.id"
)
APPLICATIONS = (
    "SELECT id AS app_id, from_item_id, to_item_id, amount AS app_amount, effective_on AS app_day "
    "FROM application WHERE id > :application AND id <= :last_application ORDER BY id"
)
DATES = frozenset({"effective", "due", "original_due", "doc_day", "app_day"})
TEXTS = frozenset({"kind", "currency", "entity", "reason"})
ABSENT = {"origin_item_id": 0, "tax": UNKNOWN_TAX}
"""What stands for NULL."""

Array = NDArray[Any]
Table = dict[str, Array]


class Reach(NamedTuple):
    """How far the books reached at some version: the last id of each kind, inclusive."""

    document: int = 0
    item: int = 0
    application: int = 0


class Coded(NamedTuple):
    """Texts as positions in the list of distinct ones."""

    codes: NDArray[np.int64]
    labels: tuple[str, ...]


@dataclass(frozen=True)
class Rows:
    """Items with what their documents say, and applications, both in ascending id.

    Attributes:
        items: numbers by the names that `Columns.build` takes, and `customer_id`.
        texts: kind, currency, entity and reason of each item.
        applications: by the names that `Columns.build` takes.
    """

    items: Table
    texts: dict[str, Coded]
    applications: Table


def read_new(session: Session, since: Reach, upto: Reach) -> Rows:
    """Read the rows with ids after `since` and up to `upto`, inside the snapshot of the session."""
    bounds = {
        "item": since.item,
        "last_item": upto.item,
        "application": since.application,
        "last_application": upto.application,
    }
    items, texts = _read(session, ITEMS, bounds)
    applications, _ = _read(session, APPLICATIONS, bounds)
    items["tax"] = share_of_tax(items["tax"], items["amount"], items.pop("document_amount"))
    return Rows(items, texts, applications)


def share_of_tax(tax: Array, amount: Array, document_amount: Array) -> Array:
    """Give each item its part of the document's tax, rounded to the nearest unit; UNKNOWN_TAX stays."""
    shared = np.array(tax, dtype=np.int64)
    parts = np.flatnonzero((tax != UNKNOWN_TAX) & (amount != document_amount))
    whole = np.where(document_amount[parts] == 0, 1, document_amount[parts]).astype(float)
    shared[parts] = np.rint(tax[parts] * (amount[parts] / whole)).astype(np.int64)
    return shared


def coded(values: Sequence[str]) -> Coded:
    """Give the distinct texts numbers in the order of their first appearance."""
    labels: dict[str, int] = {}
    codes = np.fromiter((labels.setdefault(value, len(labels)) for value in values), np.int64, len(values))
    return Coded(codes, tuple(labels))


def _read(session: Session, sql: str, bounds: dict[str, int]) -> tuple[Table, dict[str, Coded]]:
    named = {name: value for name, value in bounds.items() if f":{name} " in f"{sql} "}
    found = session.execute(text(sql), named)
    names = list(found.keys())
    columns: list[Sequence[Any]] = list(zip(*found.all(), strict=True)) or [()] * len(names)
    by_name = dict(zip(names, columns, strict=True))
    texts = {name: coded(values) for name, values in by_name.items() if name in TEXTS}
    return {name: _array(name, values) for name, values in by_name.items() if name not in TEXTS}, texts


def _array(name: str, values: Sequence[Any]) -> Array:
    if name in DATES:
        return np.array(values, dtype="datetime64[D]").astype(np.int32)
    if name in ABSENT:
        values = [ABSENT[name] if value is None else value for value in values]
    return np.array(values, dtype=np.int64)
