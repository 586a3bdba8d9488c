"""From which bucket to which: what of every bucket rolled on, was paid or left otherwise, and what came in.

Every debit item is followed from one day to another. What it owed on the first day and what came in between flows to
what it owes on the second day and to what took the rest off; of several ways, what was open rolls on first. So the
flows out of a bucket add up to it as of the first day, the flows into one to it as of the second.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from arcore.analytics.buckets import EDGES
from arcore.analytics.buckets import columns_of
from arcore.analytics.buckets import offsets
from arcore.analytics.columns import Basis
from arcore.analytics.columns import Bools
from arcore.analytics.columns import Columns
from arcore.analytics.columns import Ints
from arcore.analytics.moves import CAUSES
from arcore.analytics.moves import moves_between
from arcore.analytics.open_items import balances_at


class BucketFlows(NamedTuple):
    """One entry per item, source and target.

    Attributes:
        row: the item; one that was re-dated stands under the first of its document.
        source, target: positions in `names`: a bucket, or a cause.
        amount: positive minor units as booked.
        names: the buckets of debit items, then CAUSES.
    """

    row: Ints
    source: Ints
    target: Ints
    amount: Ints
    names: tuple[str, ...]


def bucket_flows(
    columns: Columns,
    first: int,
    last: int,
    *,
    basis: Basis = "original",
    edges: Sequence[int] = EDGES,
    mask: Bools | None = None,
) -> BucketFlows:
    """Follow every debit item from the end of `first` to the end of `last`; credit items stand apart."""
    buckets = columns_of(edges)[:-1]
    width = len(buckets)
    held = columns.side > 0
    if mask is not None and len(mask):
        held = held & mask
    lead = leads(columns)
    key, slot, amount = [], [], []
    # Slots in the order in which they are used up: open on the first day, oldest first, on the second, then causes.
    for day, sign, start in ((first, 1, 0), (last, -1, width)):
        balance = balances_at(columns, day)
        rows = np.flatnonzero(held & (balance != 0))
        late = day - columns.due_of(basis)[rows].astype(np.int64)
        bucket = np.searchsorted(offsets(edges), late, side="right") - 1
        key.append(lead[rows])
        slot.append(start + width - 1 - bucket)
        amount.append(sign * balance[rows])
    moves = moves_between(columns, first, last)
    moves = moves.where(held[moves.row])
    key.append(lead[moves.row])
    slot.append(2 * width + moves.cause)
    amount.append(moves.amount)
    names = (*buckets, *CAUSES)
    return _matched(np.concatenate(key), np.concatenate(slot), np.concatenate(amount), width, names)


def leads(columns: Columns) -> Ints:
    """Return, for every item, the first one under the same document that it was re-dated from; mostly itself."""
    origin = columns.origin
    born = np.flatnonzero(origin >= 0)
    born = born[columns.document_id[origin[born]] == columns.document_id[born]]
    same = np.full(len(origin), -1, np.int64)
    same[born] = origin[born]
    lead = np.arange(len(origin), dtype=np.int64)
    while len(born):
        lead[born] = same[lead[born]]
        born = born[same[lead[born]] >= 0]
    return lead


def _matched(key: Ints, slot: Ints, amount: Ints, width: int, names: tuple[str, ...]) -> BucketFlows:
    """Lead what each item had and got to what it has and lost, in the order of the slots."""
    slots = 2 * width + len(CAUSES)
    code, where = np.unique(key * slots + slot, return_inverse=True)
    net = np.zeros(len(code), np.int64)
    np.add.at(net, where, amount)
    given, taken = np.flatnonzero(net > 0), np.flatnonzero(net < 0)
    # Both add up to the same for every item, so running totals over all items pair them off at once.
    reached, used = np.cumsum(net[given]), np.cumsum(-net[taken])
    ends = np.union1d(reached, used)
    source = given[np.searchsorted(reached, ends)]
    target = taken[np.searchsorted(used, ends)]
    return BucketFlows(
        row=code[source] // slots,
        source=_place(code[source] % slots, width),
        target=_place(code[target] % slots, width),
        amount=np.diff(ends, prepend=0),
        names=names,
    )


def _place(slot: Ints, width: int) -> Ints:
    """Turn slots into positions in the names."""
    places: Ints = np.where(slot >= 2 * width, slot - width, width - 1 - slot % width)
    return places
