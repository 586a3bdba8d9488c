"""Where the days past due are cut into buckets.

Edges 30, 60, 90 mean: not due (0 days past due or less), 1-30, 31-60, 61-90, 91+. Both ends are inside: exactly 30
days late is in 1-30.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from arcore.analytics.columns import Ints
from arcore.analytics.growing import frozen
from arcore.errors import BadInput

EDGES = (30, 60, 90)
"""The last day past due of each bucket but the open-ended last one."""
NOT_DUE = "not due"
UNAPPLIED = "unapplied"
ALWAYS = -(2**31)
"""An offset before every date: every debit item is past it."""


def checked_edges(edges: Sequence[int]) -> tuple[int, ...]:
    """Return the edges as a tuple. Raises BadInput unless they are positive and ascend."""
    plain = tuple(int(edge) for edge in edges)
    if any(later <= earlier for earlier, later in zip((0, *plain), plain, strict=False)):
        raise BadInput(f"bucket edges have to be positive and ascend, not {', '.join(map(str, plain))}", edges=plain)
    return plain


def offsets(edges: Sequence[int]) -> Ints:
    """Return the first day past due of every column from "not due" on: always, 1, 31, 61, 91."""
    return frozen(np.array([ALWAYS, *(edge + 1 for edge in (0, *checked_edges(edges)))], np.int64))


def labels(edges: Sequence[int] = EDGES) -> tuple[str, ...]:
    """Return the names of the overdue buckets: 1-30, 31-60, 61-90, 91+."""
    plain = checked_edges(edges)
    starts = [edge + 1 for edge in (0, *plain)]
    return (*(f"{low}-{high}" for low, high in zip(starts, plain, strict=False)), f"{starts[-1]}+")


def columns_of(edges: Sequence[int] = EDGES) -> tuple[str, ...]:
    """Return the names of all columns in their order: not due, the buckets, unapplied."""
    return (NOT_DUE, *labels(edges), UNAPPLIED)
