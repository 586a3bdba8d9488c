"""The ledger as contiguous columns: what every measure reads.

Days are day numbers (`arcore.dates.to_day`), amounts signed minor units (+ owed to us). Rows stand in ascending id,
so what was known at a moment is a prefix, and what is new comes behind.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field
from functools import cached_property
from typing import Any
from typing import Literal
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from numpy.typing import NDArray

from arcore.analytics.growing import Growing
from arcore.analytics.growing import frozen
from arcore.errors import BadInput
from arcore.ledger.kinds import FACTORED
from arcore.ledger.kinds import WRITE_OFF_REASONS

Basis = Literal["original", "due", "document"]
"""Which date an item ages from: the contractual due date, the agreed one, or the date of its document."""

Ints = NDArray[np.int64]
Days = NDArray[np.int32]
Bools = NDArray[np.bool_]

NO_ORIGIN = -1
NO_REASON = -1
UNKNOWN_TAX = -(2**63)
"""Stands in `tax` where nobody said how much tax is in the amount."""
REASON_CODES: dict[str, int] = {name: code for code, name in enumerate((*WRITE_OFF_REASONS, FACTORED))}
"""Codes that are the same in every set of columns; other reasons get codes behind them, no reason is -1."""

ITEM_TYPES: dict[str, type[np.generic]] = {
    "item_id": np.int64,
    "document_id": np.int64,
    "customer": np.int32,
    "currency": np.int16,
    "entity": np.int16,
    "kind": np.int8,
    "reason": np.int16,
    "side": np.int8,
    "effective": np.int32,
    "due": np.int32,
    "original_due": np.int32,
    "doc_day": np.int32,
    "amount": np.int64,
    "tax": np.int64,
    "origin": np.int64,
}
APPLICATION_TYPES: dict[str, type[np.generic]] = {
    "app_id": np.int64,
    "app_from": np.int64,
    "app_to": np.int64,
    "app_amount": np.int64,
    "app_day": np.int32,
}


class Movements(NamedTuple):
    """Everything that ever changed the balance of an item.

    Attributes:
        row: which item, as its row in the columns.
        day: from when it counts.
        amount: signed minor units.
    """

    row: Ints
    day: Days
    amount: Ints


@dataclass(frozen=True, eq=False)
class Columns:
    """Items and applications in ascending id.

    Attributes:
        customer, currency, entity, reason: dense codes given by the loader (reasons: see REASON_CODES).
        kind: position in `arcore.ledger.kinds.KINDS`.
        due, original_due: agreed and contractual due day.
        doc_day: date of the document; for an item born of another one, that of its first origin.
        tax: tax inside the amount, same sign, or UNKNOWN_TAX.
        origin: row of the item it was born of (re-dating, transfer, conversion), or -1.
        app_from, app_to: rows of the two items of an application; `to` falls by the amount, `from` rises by it.
    """

    item_id: Ints
    document_id: Ints
    customer: Days
    currency: NDArray[np.int16]
    entity: NDArray[np.int16]
    kind: NDArray[np.int8]
    reason: NDArray[np.int16]
    side: NDArray[np.int8]
    effective: Days
    due: Days
    original_due: Days
    doc_day: Days
    amount: Ints
    tax: Ints
    origin: Ints
    app_id: Ints
    app_from: Ints
    app_to: Ints
    app_amount: Ints
    app_day: Days
    _items: Growing = field(repr=False)
    _applications: Growing = field(repr=False)

    def __post_init__(self) -> None:
        """Close arrays that came in open for writing: the compiled loops know one type of array only."""
        for name in (*ITEM_TYPES, *APPLICATION_TYPES):
            if getattr(self, name).flags.writeable:
                object.__setattr__(self, name, frozen(getattr(self, name)))

    @classmethod
    def build(cls, items: Mapping[str, ArrayLike], applications: Mapping[str, ArrayLike]) -> Columns:
        """Lay out items and applications, both in ascending id.

        Keys are the names of the attributes. Links may come as ids instead of rows: `origin_item_id` (0 or negative
        for none), `from_item_id`, `to_item_id`. `tax` and `reason` may be left out. Raises BadInput when ids
        do not ascend, lengths differ or a link leads nowhere.
        """
        return cls._empty().extend(items, applications)

    @classmethod
    def _empty(cls) -> Columns:
        items = Growing({name: np.empty(0, kind) for name, kind in ITEM_TYPES.items()})
        applications = Growing({name: np.empty(0, kind) for name, kind in APPLICATION_TYPES.items()})
        return cls(**items.views(0), **applications.views(0), _items=items, _applications=applications)

    def extend(self, items: Mapping[str, ArrayLike], applications: Mapping[str, ArrayLike]) -> Columns:
        """Return columns with new rows behind these; these stay as they are. Costs no more than the new rows."""
        more_items = _item_arrays(items, self)
        item_store = self._items.appended(len(self.item_id), more_items)
        item_views = item_store.views(len(self.item_id) + len(more_items["item_id"]))
        more = _application_arrays(applications, item_views["item_id"])
        if len(more["app_id"]) and len(self.app_id) and more["app_id"][0] <= self.app_id[-1]:
            raise BadInput("applications are not in ascending id")
        store = self._applications.appended(len(self.app_id), more)
        views = store.views(len(self.app_id) + len(more["app_id"]))
        return Columns(**item_views, **views, _items=item_store, _applications=store)

    def prefix(self, item_id: int, application_id: int) -> Columns:
        """Return the columns as known when these were the last ids (inclusive); shares memory."""
        items = int(np.searchsorted(self.item_id, item_id, side="right"))
        applications = int(np.searchsorted(self.app_id, application_id, side="right"))
        return Columns(
            **self._items.views(items),
            **self._applications.views(applications),
            _items=self._items,
            _applications=self._applications,
        )

    def due_of(self, basis: Basis) -> Days:
        """Return the day each item ages from: contractual due, agreed due, or document date."""
        return {"original": self.original_due, "due": self.due, "document": self.doc_day}[basis]

    def movements(self) -> Movements:
        """Return every item as a movement, then what applications take from `to`, then what they give to `from`."""
        return Movements(
            row=np.concatenate((np.arange(len(self.item_id)), self.app_to, self.app_from)),
            day=np.concatenate((self.effective, self.app_day, self.app_day)),
            amount=np.concatenate((self.amount, -self.app_amount, self.app_amount)),
        )

    @cached_property
    def root(self) -> Ints:
        """Row of the first origin of every item; its own row where it was born of none."""
        return _roots(self.origin)

    @cached_property
    def root_kind(self) -> NDArray[np.int8]:
        """Kind of the first origin of every item."""
        born = np.flatnonzero(self.origin >= 0)
        if len(born) == 0:
            return self.kind
        kinds = self.kind.copy()
        kinds[born] = self.kind[self.root[born]]
        return kinds

    def rows_of(self, item_ids: ArrayLike) -> Ints:
        """Return the rows of item ids. Raises BadInput for an id that is not there."""
        return _rows_of(self.item_id, np.asarray(item_ids, np.int64))


def _item_arrays(given: Mapping[str, ArrayLike], known: Columns) -> dict[str, NDArray[Any]]:
    """Bring new items into the right types, resolve their origins, and give the born ones their origin's date."""
    count = len(np.asarray(given["item_id"]))
    arrays: dict[str, NDArray[Any]] = {}
    for name, absent in (("tax", UNKNOWN_TAX), ("reason", NO_REASON)):
        if name not in given:
            arrays[name] = np.full(count, absent, ITEM_TYPES[name])
    for name, kind in ITEM_TYPES.items():
        if name in given:
            arrays[name] = np.ascontiguousarray(given[name], kind)
    ids = np.concatenate((known.item_id[-1:], arrays["item_id"]))
    _refuse_disorder(ids, "items")
    if "origin" not in arrays:
        arrays["origin"] = _origin_rows(known.item_id, arrays["item_id"], np.asarray(given["origin_item_id"], np.int64))
    _refuse_lengths(arrays, ITEM_TYPES, count)
    arrays["doc_day"] = _document_days(arrays, known)
    return arrays


def _origin_rows(known_ids: Ints, new_ids: Ints, origin_ids: Ints) -> Ints:
    rows = np.full(len(origin_ids), NO_ORIGIN, np.int64)
    last_known = known_ids[-1] if len(known_ids) else 0
    old = np.flatnonzero((origin_ids > 0) & (origin_ids <= last_known))
    new = np.flatnonzero(origin_ids > last_known)
    rows[old] = _rows_of(known_ids, origin_ids[old])
    rows[new] = _rows_of(new_ids, origin_ids[new]) + len(known_ids)
    return rows


def _document_days(arrays: Mapping[str, NDArray[Any]], known: Columns) -> Days:
    """Give each born item the document day of its origin; origins come first, so one walk in order is enough."""
    born = np.flatnonzero(arrays["origin"] >= 0)
    if len(born) == 0:
        return arrays["doc_day"]
    days = arrays["doc_day"].copy()
    before = len(known.item_id)
    for row in born:
        origin = int(arrays["origin"][row])
        days[row] = known.doc_day[origin] if origin < before else days[origin - before]
    return days


def _application_arrays(given: Mapping[str, ArrayLike], item_ids: Ints) -> dict[str, NDArray[Any]]:
    arrays: dict[str, NDArray[Any]] = {
        name: np.ascontiguousarray(given[name], kind) for name, kind in APPLICATION_TYPES.items() if name in given
    }
    for name, by_id in (("app_from", "from_item_id"), ("app_to", "to_item_id")):
        if name not in arrays:
            arrays[name] = _rows_of(item_ids, np.asarray(given[by_id], np.int64))
    _refuse_disorder(arrays["app_id"], "applications")
    _refuse_lengths(arrays, APPLICATION_TYPES, len(arrays["app_id"]))
    return arrays


def _rows_of(item_ids: Ints, wanted: Ints) -> Ints:
    if len(wanted) == 0:
        return np.empty(0, np.int64)
    dense = len(item_ids) and item_ids[-1] - item_ids[0] + 1 == len(item_ids)
    rows = wanted - item_ids[0] if dense else np.searchsorted(item_ids, wanted).astype(np.int64)
    if len(item_ids) == 0 or rows.min() < 0 or rows.max() >= len(item_ids) or not (item_ids[rows] == wanted).all():
        raise BadInput("a link between items leads to an item that is not there")
    return rows


def _roots(origin: Ints) -> Ints:
    roots = np.arange(len(origin), dtype=np.int64)
    born = np.flatnonzero(origin >= 0)
    roots[born] = origin[born]
    while len(born):
        further = origin[roots[born]]
        born = born[further >= 0]
        roots[born] = further[further >= 0]
    return roots


def _refuse_disorder(ids: Ints, what: str) -> None:
    if len(ids) > 1 and not (ids[1:] > ids[:-1]).all():
        raise BadInput(f"{what} are not in ascending id")


def _refuse_lengths(arrays: Mapping[str, NDArray[Any]], types: Mapping[str, type[np.generic]], count: int) -> None:
    missing = sorted(set(types) - set(arrays))
    if missing:
        raise BadInput(f"columns are missing: {', '.join(missing)}", columns=missing)
    uneven = sorted(name for name, values in arrays.items() if len(values) != count)
    if uneven:
        raise BadInput(f"columns differ in length: {', '.join(uneven)}", columns=uneven)
