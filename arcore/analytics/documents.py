"""The documents behind a figure: for every input of a KPI the rows that add up to it."""

from __future__ import annotations

from typing import Literal
from typing import NamedTuple

import numpy as np

from arcore.analytics.buckets import EDGES
from arcore.analytics.columns import Basis
from arcore.analytics.columns import Bools
from arcore.analytics.columns import Columns
from arcore.analytics.columns import Ints
from arcore.analytics.flows import POSITIONS
from arcore.analytics.flows import flow_of
from arcore.analytics.history import FLOW_INPUTS
from arcore.analytics.open_items import OpenItems
from arcore.analytics.open_items import open_items
from arcore.analytics.payments import MEASURES
from arcore.analytics.payments import payment_applications
from arcore.analytics.windows import Window
from arcore.dates import to_day
from arcore.errors import NotFound


class Behind(NamedTuple):
    """What adds up to one input.

    Attributes:
        kind: whether `rows` are rows of items or of applications.
        rows: their positions in the columns, ascending.
        amounts: what each contributes; minor units (× days for the sums behind days to pay).
        counts: the amounts are plain numbers: one for each document, or days.
    """

    kind: Literal["items", "applications"]
    rows: Ints
    amounts: Ints
    counts: bool = False


def documents(
    columns: Columns, name: str, window: Window, *, basis: Basis = "original", mask: Bools | None = None
) -> Behind:
    """Return the rows behind an input of a KPI, such as "ar_end", "overdue" or "credit_sales".

    By currency their amounts add up to `Point.amounts(name)`. Raises NotFound for an input that has no documents.
    """
    if name in FLOW_INPUTS:
        return _booked(columns, name, window, mask)
    if name in MEASURES:
        return _paid(columns, name, window, basis, mask)
    day = window.before if name == "ar_begin" else window.last
    return _open(open_items(columns, to_day(day), basis=basis, edges=EDGES, mask=mask), name)


def _open(items: OpenItems, name: str) -> Behind:
    not_due, oldest, unapplied = 0, len(items.names) - 2, len(items.names) - 1
    wanted = {
        "ar_begin": range(len(items.names)),
        "ar_end": range(len(items.names)),
        "ar_current": (not_due,),
        "overdue": range(1, unapplied),
        "over_90": (oldest,),
        "gross_debits": range(unapplied),
        "unapplied": (unapplied,),
        "ar_end_current": (not_due, unapplied),
    }
    if name not in wanted:
        raise NotFound(f"{name} has no documents behind it", input=name)
    chosen = np.isin(items.bucket, list(wanted[name]))
    return Behind("items", items.row[chosen], items.open[chosen])


def _booked(columns: Columns, name: str, window: Window, mask: Bools | None) -> Behind:
    signs = np.zeros(len(POSITIONS), np.int64)
    for part, sign in FLOW_INPUTS[name]:
        signs[POSITIONS[part]] = sign
    first, last = to_day(window.first), to_day(window.last)
    amounts = signs[flow_of(columns)] * columns.amount
    chosen = (columns.effective >= first) & (columns.effective <= last) & (amounts != 0)
    if mask is not None:
        chosen &= mask
    rows = np.flatnonzero(chosen)
    return Behind("items", rows, amounts[rows])


def _paid(columns: Columns, name: str, window: Window, basis: Basis, mask: Bools | None) -> Behind:
    rows = payment_applications(columns, to_day(window.first), to_day(window.last), mask)
    amounts = columns.app_amount[rows]
    receipt = columns.doc_day[columns.app_from[rows]].astype(np.int64)
    if name == "paid_amount_days":
        amounts = amounts * (receipt - columns.doc_day[columns.app_to[rows]])
    elif name == "paid_amount_days_late":
        amounts = amounts * (receipt - columns.due_of(basis)[columns.app_to[rows]])
    return Behind("applications", rows, amounts)
