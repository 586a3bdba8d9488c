"""Who rolled forward and who paid between two days: flows from bucket to bucket, by amount and by customers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from sqlalchemy import Engine

from arcore.analytics.bucket_flows import BucketFlows
from arcore.analytics.bucket_flows import bucket_flows
from arcore.analytics.buckets import EDGES
from arcore.analytics.buckets import checked_edges
from arcore.analytics.columns import Ints
from arcore.analytics.moves import CAUSES
from arcore.dates import to_day
from arcore.errors import BadInput
from arcore.errors import NotFound
from arcore.money import digits
from arcore.reports.book import Version
from arcore.reports.bridges import behind
from arcore.reports.explain import DocumentsBehind
from arcore.reports.filters import Filters
from arcore.reports.rates import Gap
from arcore.reports.view import View
from arcore.reports.view import view

SOURCES = {
    "invoiced": "Invoiced and charged",
    "collected": "Payments taken back",
    "refunded": "Refunds and bounced payments",
    "credited": "Credits taken back",
    "written_off": "Write-offs taken back",
    "settled": "Settlements taken back",
    "transferred": "Transferred in",
    "exchange": "Exchange differences",
    "redated": "Re-dated",
}
TARGETS = {
    "invoiced": "Voided",
    "collected": "Paid",
    "refunded": "Offset by refunds",
    "credited": "Credited and discounted",
    "written_off": "Written off",
    "settled": "Settled, unexplained",
    "transferred": "Transferred out",
    "exchange": "Exchange differences",
    "redated": "Re-dated",
}
"""What a cause is called where an amount comes from it, and where one goes to it."""


class Flow(NamedTuple):
    """What went from a bucket or cause to another.

    Attributes:
        source, target: names of buckets, or causes.
        amount: minor units, positive.
        customers: how many have a part in it; one may have parts in several flows.
        documents: how many items.
    """

    source: str
    target: str
    amount: int
    customers: int
    documents: int


@dataclass(frozen=True)
class FlowPart:
    """The flows of one currency, from the oldest bucket on; those of a bucket add up to it on its day."""

    currency: str
    flows: tuple[Flow, ...]


@dataclass(frozen=True)
class FlowReport:
    """Flows between the end of `since` and the end of the as-of day.

    Attributes:
        buckets: names of the buckets of debit items.
        parts: by currency, the largest first; converted ones at the rates of the as-of day on both sides.
        gaps: rates that are missing.
    """

    version: Version
    filters: Filters
    since: date
    buckets: tuple[str, ...]
    parts: tuple[FlowPart, ...]
    gaps: tuple[Gap, ...]


def flows_between(engine: Engine, filters: Filters, since: date, *, edges: Sequence[int] = EDGES) -> FlowReport:
    """Follow every debit item from the end of `since` to the end of the as-of day; unapplied credits stand apart.

    Customers are those within the filters as of the later day. Raises BadInput when `since` is not before it.
    """
    followed = _followed(engine, filters, since, edges)
    key = ("bucket flow report", filters.key(), since, checked_edges(edges))
    return followed.seen.book.remembered(key, lambda: _report(followed, since))


def flow_documents(
    engine: Engine,
    filters: Filters,
    since: date,
    source: str,
    target: str,
    currency: str,
    *,
    edges: Sequence[int] = EDGES,
) -> DocumentsBehind:
    """Return the documents of one flow in one currency, largest first. Raises NotFound when there is no such flow."""
    followed = _followed(engine, filters, since, edges)
    names, codes = followed.flows.names, followed.codes
    if source not in names or target not in names or currency not in codes:
        raise NotFound("There is no such flow", source=source, target=target, currency=currency)
    chosen = np.flatnonzero(
        (followed.flows.source == names.index(source))
        & (followed.flows.target == names.index(target))
        & (followed.currency == codes.index(currency))
    )
    rows, where = np.unique(followed.flows.row[chosen], return_inverse=True)
    sums = np.zeros((2, len(rows)), np.int64)
    np.add.at(sums[0], where, followed.flows.amount[chosen])
    np.add.at(sums[1], where, followed.units[chosen])
    total = int(sums[1].sum())
    return behind(engine, followed.seen, f"{source} to {target}", currency, total, rows, sums[0], sums[1])


@dataclass(frozen=True, eq=False)
class _Followed:
    """Flows item by item, with their worth in the currency asked for."""

    seen: View
    flows: BucketFlows
    units: Ints
    currency: NDArray[np.int64]
    codes: tuple[str, ...]
    gaps: tuple[Gap, ...]


def _followed(engine: Engine, filters: Filters, since: date, edges: Sequence[int]) -> _Followed:
    if since >= filters.as_of:
        raise BadInput("The first day of a movement lies before the second", since=since, as_of=filters.as_of)
    seen = view(engine, filters)
    key = ("bucket flows", filters.key(), since, checked_edges(edges))
    found: _Followed = seen.book.remembered(key, lambda: _made(seen, since, checked_edges(edges)))
    return found


def _made(seen: View, since: date, edges: tuple[int, ...]) -> _Followed:
    flows = bucket_flows(seen.columns, to_day(since), seen.as_of, basis=seen.filters.basis, edges=edges, mask=seen.mask)
    money = seen.in_currency(flows.amount, flows.row)
    return _Followed(seen, flows, money.units, money.currency, money.codes, money.gaps)


def _report(followed: _Followed, since: date) -> FlowReport:
    seen, flows, names = followed.seen, followed.flows, followed.flows.names
    width = len(names)
    code = (followed.currency * width + flows.source) * width + flows.target
    kinds, where = np.unique(code, return_inverse=True)
    amounts = np.zeros(len(kinds), np.int64)
    np.add.at(amounts, where, followed.units)
    customers = seen.book.around.customers
    who = customers.survivor[seen.columns.customer[flows.row]].astype(np.int64)
    people = _distinct(where, who, len(kinds))
    documents = _distinct(where, flows.row, len(kinds))
    found: dict[int, list[Flow]] = {}
    for place, kind in enumerate(kinds.tolist()):
        source, target = kind // width % width, kind % width
        flow = Flow(names[source], names[target], int(amounts[place]), int(people[place]), int(documents[place]))
        found.setdefault(kind // width // width, []).append(flow)
    buckets = names[: width - len(CAUSES)]
    order = {name: place for place, name in enumerate((*buckets[::-1], *CAUSES))}
    parts = [
        FlowPart(
            followed.codes[currency], tuple(sorted(each, key=lambda flow: (order[flow.source], order[flow.target])))
        )
        for currency, each in found.items()
    ]
    parts.sort(key=lambda part: (part.currency != seen.filters.currency, -sum(flow.amount for flow in part.flows)))
    return FlowReport(seen.book.version, seen.filters, since, buckets, tuple(parts), followed.gaps)


def _distinct(flow: Ints, what: Ints, flows: int) -> Ints:
    """Count the distinct customers or items of every flow."""
    reach = int(what.max()) + 1 if len(what) else 1
    counts: Ints = np.bincount(np.unique(flow * reach + what) // reach, minlength=flows).astype(np.int64)
    return counts


def customers_of(behind: DocumentsBehind) -> pa.Table:
    """Add the documents of a flow or of a line up by customer, largest first."""
    seen, rows = behind.seen, behind.behind.rows
    customers = seen.book.around.customers
    who, where = np.unique(customers.survivor[seen.columns.customer[rows]], return_inverse=True)
    sums = np.bincount(where, weights=behind.amounts, minlength=len(who))
    order = np.lexsort((who, -np.abs(sums)))
    return pa.table(
        {
            "customer": [customers.codes[place] for place in who[order].tolist()],
            "name": [customers.names[place] for place in who[order].tolist()],
            "documents": np.bincount(where, minlength=len(who))[order],
            "amount": np.round(sums[order], digits(behind.currency)),
        }
    )
