"""A list of documents or items that want a look: searched, ordered, summed, and named page by page."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field
from dataclasses import replace
from datetime import date
from functools import cached_property
from typing import Literal
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from sqlalchemy import Engine

from arcore.analytics.columns import Bools
from arcore.analytics.columns import Ints
from arcore.dates import from_day
from arcore.ledger.kinds import KINDS
from arcore.reports.texts import DocumentText
from arcore.reports.texts import document_texts
from arcore.reports.totals import Entry
from arcore.reports.view import View

Order = Literal["largest", "oldest", "newest", "customer"]
ORDERS: tuple[Order, ...] = ("largest", "oldest", "newest", "customer")
MOST_SEARCHED = 50_000
"""In longer lists only customers are searched, not the numbers of documents."""


@dataclass(frozen=True)
class Sums:
    """How many there are and what they add up to.

    Attributes:
        by_currency: minor units as booked.
        reporting: the same in `currency` at the as-of rate; None when a rate is missing.
    """

    count: int
    by_currency: Mapping[str, int]
    reporting: int | None
    currency: str


class Line(NamedTuple):
    """One entry of a list, named; amount in minor units, signed as the books sign it."""

    row: int
    item_id: int
    document_id: int
    document: str
    kind: str
    customer: str
    name: str
    entity: str
    currency: str
    document_date: date
    effective_on: date
    due_date: date
    amount: int
    what: str
    reference: str


@dataclass(frozen=True, eq=False)
class Listing:
    """Entries by the row of their item in the columns.

    Attributes:
        amount: signed minor units of each, as booked.
        what: what each is, as a position in `names`.
    """

    seen: View
    row: Ints
    amount: Ints
    what: Ints
    names: tuple[str, ...] = ("",)
    extra: Mapping[str, Ints] = field(default_factory=dict)

    @classmethod
    def of(cls, seen: View, row: ArrayLike, amount: ArrayLike) -> Listing:
        """Return a list of things of one kind."""
        rows = np.asarray(row, np.int64)
        return cls(seen, rows, np.asarray(amount, np.int64), np.zeros(len(rows), np.int64))

    def __len__(self) -> int:
        return len(self.row)

    def only(self, chosen: Bools | Ints) -> Listing:
        """Keep some entries, in the order given."""
        extra = {name: values[chosen] for name, values in self.extra.items()}
        return replace(self, row=self.row[chosen], amount=self.amount[chosen], what=self.what[chosen], extra=extra)

    @cached_property
    def item_ids(self) -> Ints:
        """The items, in order."""
        return self.seen.columns.item_id[self.row]

    @cached_property
    def document_ids(self) -> Ints:
        """The documents, in order."""
        return self.seen.columns.document_id[self.row]

    @cached_property
    def sums(self) -> Sums:
        """How many there are, and what they add up to."""
        seen = self.seen
        held = seen.columns.currency[self.row]
        codes = np.unique(held).tolist()
        money = seen.in_currency(self.amount, self.row, seen.reporting)
        return Sums(
            len(self),
            {seen.currencies[code]: int(self.amount[held == code].sum()) for code in codes},
            None if money.gaps else int(money.units.sum()),
            seen.reporting,
        )

    def ordered(self, by: Order) -> Listing:
        """Put them into an order; what is largest is judged in the reporting currency."""
        columns = self.seen.columns
        days = columns.effective[self.row].astype(np.int64)
        if by == "customer":
            names = np.array(self.seen.book.around.customers.names, object)
            rank = np.empty(len(names), np.int64)
            rank[np.argsort(np.char.lower(names.astype(str)), kind="stable")] = np.arange(len(names))
            return self.only(np.lexsort((days, rank[self._who])))
        if by == "largest":
            worth = self.seen.in_currency(self.amount, self.row, self.seen.reporting).units
            return self.only(np.lexsort((self.row, -np.abs(worth))))
        return self.only(np.lexsort((self.row, days if by == "oldest" else -days)))

    def searched(self, engine: Engine, text: str) -> Listing:
        """Keep those whose customer or document holds every word."""
        words = text.casefold().split()
        if not words:
            return self
        customers = self.seen.book.around.customers
        named = [f"{code} {name}".casefold() for code, name in zip(customers.codes, customers.names, strict=True)]
        hit = np.array([all(word in one for word in words) for one in named], np.bool_)[self._who]
        if len(self) <= MOST_SEARCHED:
            texts = document_texts(engine, self.document_ids)
            told = [texts.get(number, _NO_TEXT) for number in self.document_ids.tolist()]
            hit |= [all(word in f"{one.number} {one.reference}".casefold() for word in words) for one in told]
        return self.only(hit)

    def lines(self, engine: Engine, start: int = 0, count: int | None = None) -> tuple[Line, ...]:
        """Name some of the entries, or all of them."""
        part = slice(start, None if count is None else start + count)
        seen, columns, customers = self.seen, self.seen.columns, self.seen.book.around.customers
        rows = self.row[part]
        texts = document_texts(engine, columns.document_id[rows])
        return tuple(
            Line(
                row=row,
                item_id=int(columns.item_id[row]),
                document_id=document,
                document=texts.get(document, _NO_TEXT).label(document, KINDS[kind].label),
                kind=KINDS[kind].name,
                customer=customers.codes[who],
                name=customers.names[who],
                entity=seen.book.entities[columns.entity[row]],
                currency=seen.currencies[columns.currency[row]],
                document_date=from_day(columns.doc_day[row]),
                effective_on=from_day(columns.effective[row]),
                due_date=from_day(columns.original_due[row]),
                amount=amount,
                what=self.names[what],
                reference=texts.get(document, _NO_TEXT).reference,
            )
            for row, document, kind, who, amount, what in zip(
                rows.tolist(),
                columns.document_id[rows].tolist(),
                columns.kind[rows].tolist(),
                customers.survivor[columns.customer[rows]].tolist(),
                self.amount[part].tolist(),
                self.what[part].tolist(),
                strict=True,
            )
        )

    def entries(self, engine: Engine, named: int) -> list[Entry]:
        """Return what adds up to the sum: the `named` largest by themselves, the others together by currency."""
        ordered = self.ordered("largest")
        found = [
            Entry(
                f"item:{line.item_id}:{line.what}", line.customer, line.name, line.document, line.effective_on,
                line.amount, line.currency,
            )
            for line in ordered.lines(engine, 0, named)
        ]  # fmt: skip
        rest = ordered.only(np.arange(min(named, len(self)), len(self)))
        held = rest.seen.columns.currency[rest.row]
        for code, amount in rest.sums.by_currency.items():
            count = int((held == rest.seen.currencies.index(code)).sum())
            found.append(Entry(f"rest:{code}", "", "", f"the other {count:,} in {code}", None, amount, code))
        return found

    @cached_property
    def _who(self) -> Ints:
        customers = self.seen.book.around.customers
        return customers.survivor[self.seen.columns.customer[self.row]].astype(np.int64)


_NO_TEXT = DocumentText("", "", "")


def within(seen: View, rows: Ints) -> Bools:
    """Tell which item rows the filters let count."""
    return seen.mask[rows] if len(seen.mask) else np.ones(len(rows), np.bool_)


def without(listing: Listing, subjects: Sequence[int]) -> Listing:
    """Leave out entries whose item or document was decided about, by id of the item."""
    return listing.only(~np.isin(listing.item_ids, np.array(sorted(subjects), np.int64)))
