"""The books through a set of filters: which rows count, how they split, what is open, and in which currency."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Hashable
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import replace
from datetime import date
from functools import cached_property
from typing import Any
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Engine

from arcore.analytics.buckets import EDGES
from arcore.analytics.buckets import checked_edges
from arcore.analytics.columns import Bools
from arcore.analytics.columns import Columns
from arcore.analytics.columns import Days
from arcore.analytics.columns import Ints
from arcore.analytics.coverage import Coverage
from arcore.analytics.open_items import OpenItems
from arcore.analytics.open_items import open_items
from arcore.analytics.scope import NO_GROUPS
from arcore.analytics.scope import NO_MASK
from arcore.analytics.scope import Scope
from arcore.company.queries import StatedSales
from arcore.dates import to_day
from arcore.errors import BadInput
from arcore.reports.book import Book
from arcore.reports.book import book
from arcore.reports.book import known_reach
from arcore.reports.book import places_of
from arcore.reports.dimensions import NOBODY
from arcore.reports.dimensions import Customers
from arcore.reports.filters import CUSTOMER
from arcore.reports.filters import DOCUMENT
from arcore.reports.filters import MANY
from arcore.reports.filters import By
from arcore.reports.filters import Filters
from arcore.reports.homes import Homes
from arcore.reports.homes import at_home
from arcore.reports.homes import homes
from arcore.reports.memo import Carried
from arcore.reports.opened import Opened
from arcore.reports.rates import Gap
from arcore.reports.rates import converted
from arcore.reports.rows import Reach
from arcore.reports.stated_sales import sources_by_month
from arcore.reports.stated_sales import usable_sales
from arcore.store.engine import reading

T = TypeVar("T")

DEFAULT_CURRENCY = "EUR"
"""The reporting currency of a company that named none and holds no documents yet."""


@dataclass(frozen=True, eq=False)
class Groups:
    """A split of the items.

    Attributes:
        codes: the group of each item row; empty for one group of all.
        keys, names: how each group is called in scripts and for people.
    """

    codes: Days
    keys: Sequence[str]
    names: Sequence[str]


@dataclass(frozen=True, eq=False)
class Money:
    """Amounts of open items in the currency asked for.

    Attributes:
        units: minor units; each item is converted and rounded by itself, so that every split adds up to the same.
        currency: the currency code of each amount, as a position in `Book.currencies` or in `codes`.
        codes: what the positions stand for.
        gaps: rates that are missing; amounts in those currencies stay as they were booked.
    """

    units: Ints
    currency: NDArray[np.int64]
    codes: tuple[str, ...]
    gaps: tuple[Gap, ...]


@dataclass(frozen=True, eq=False)
class View:
    """One version of the books through one set of filters; everything in it is remembered with that version.

    Attributes:
        columns: the books as known at `filters.known_at`.
        known_seq: the last audit event known then; None for now.
        reach: the last ids known then.
        mask: the item rows that count: within the filters, as these say of our own group; empty when all do.
        group_companies: the item rows left out only for being of our own group; empty when there are none.
    """

    book: Book
    filters: Filters
    columns: Columns
    known_seq: int | None
    reach: Reach
    mask: Bools
    group_companies: Bools

    @property
    def as_of(self) -> int:
        """Return the as-of day as a day number."""
        return to_day(self.filters.as_of)

    @property
    def currencies(self) -> tuple[str, ...]:
        """Return what the currency codes of the columns stand for."""
        return self.book.currencies

    @cached_property
    def reporting(self) -> str:
        """Return the currency to report in: the one asked for, else the company's own."""
        return reporting_currency(self.book) if self.filters.currency in MANY else self.filters.currency

    @cached_property
    def homes(self) -> Homes:
        """Return the own currency of every customer."""
        key = ("homes", self.filters.known_at)
        around, usual = self.book.around, reporting_currency(self.book)
        return self.book.remembered(key, lambda: homes(around.customers, self.columns, self.currencies, usual))

    @cached_property
    def coverage(self) -> Coverage:
        """From which day balances, sales and receipts of everything that is looked at are complete."""
        declared, places = self.book.around.coverages, self.places
        return Coverage(
            balances=declared.complete_from("balances", places),
            sales=declared.complete_from("sales", places),
            receipts=declared.complete_from("receipts", places),
            stated=sources_by_month(self.stated_sales, declared, places),
        )

    @cached_property
    def stated_sales(self) -> tuple[StatedSales, ...]:
        """Credit sales of months that somebody states and no complete booking replaces; whole entities only."""
        if self.filters.some_customers:
            return ()
        return usable_sales(self.book.around.stated.sales.values(), self.book.around.coverages, self.places)

    @cached_property
    def places(self) -> tuple[tuple[str, str], ...]:
        """The pairs of entity and currency that are looked at."""
        if len(self.mask) == 0:
            return tuple(sorted(self.book.places))
        entity, currency = self.columns.entity[self.mask], self.columns.currency[self.mask]
        return tuple(sorted(places_of(entity, currency, self.book.entities, self.currencies)))

    @cached_property
    def has_group_companies(self) -> bool:
        """Tell whether any item of our own group was left out."""
        return bool(self.group_companies.any())

    @property
    def _ours(self) -> Bools:
        return self.group_companies if len(self.group_companies) else np.zeros(len(self.columns.item_id), np.bool_)

    def groups(self, by: By) -> Groups:
        """Split the items by a dimension, as of the day; merged customers stand under their survivor."""
        at_home = by == "currency" and self.filters.currency == CUSTOMER
        return self.book.remembered(
            ("groups", by, at_home, self.filters.as_of, self.filters.known_at), lambda: _groups(self, by)
        )

    def groups_of(self, by: By, rows: Ints) -> Groups:
        """Split some items only; the codes are those of the rows."""
        return Groups(NO_GROUPS, ("all",), ("All",)) if by == "none" else _groups(self, by, rows)

    def scope(self, by: By = "none") -> Scope:
        """Return mask and split in the form that the measures take."""
        groups = self.groups(by)
        return Scope(
            groups=groups.codes, mask=self.mask, n_groups=len(groups.keys), n_currencies=max(1, len(self.currencies))
        )

    def open_items(self, edges: Sequence[int] = EDGES, *, settled: bool = False, ours: bool = False) -> OpenItems:
        """Return the items open on the day; `ours` those of our own group instead."""
        edges, basis = checked_edges(edges), self.filters.basis
        if not settled:
            return self.derived(
                ("aged", basis, edges), lambda: self.opened(ours=ours).aged(self.columns, basis, edges), ours=ours
            )
        mask = self._ours if ours else self.mask

        def every() -> OpenItems:
            chosen = mask if len(mask) else None
            return open_items(self.columns, self.as_of, basis=basis, edges=edges, mask=chosen, settled=True)

        return self.book.remembered(("settled", self.filters.key(), edges, ours), every)

    def derived(self, key: Hashable, make: Callable[[], T], *, ours: bool = False) -> T:
        """Return what `make` derives from the open items, kept as long as none of them nor what is around changes.

        The key has to name everything else that it depends on. What depends on each customer's own currency depends
        on all documents, and is kept for this version only.
        """
        full = (key, self.currencies, self.book.entities)
        if self.filters.currency == CUSTOMER:
            return self.book.remembered((full, self.filters.key(), ours), make)
        found: T = self.opened(ours=ours).derived.get(full, make)
        return found

    def opened(self, *, ours: bool = False) -> Opened:
        """Return what is open on the day, in whatever bucket; `ours` the items of our own group instead."""
        mask = self._ours if ours else self.mask
        return self.book.remembered(("opened", self.booked_key, ours), lambda: self._opened(mask, ours=ours))

    @cached_property
    def booked_key(self) -> tuple[Any, ...]:
        """What tells apart which items count and on which day, but not how they are aged or counted."""
        return replace(self.filters, currency=DOCUMENT, basis="original").key()

    def _opened(self, mask: Bools, *, ours: bool) -> Opened:
        """Count what is open, carried on from an earlier version where nothing but the books changed since."""
        if self.filters.known_at is not None:
            return Opened.of(self.columns, self.as_of, mask)
        name = ("opened", self.booked_key, ours)
        around, before = self.book.carried.last(name) or (None, None)
        made: Opened
        if before is not None and around is self.book.around and before.may_carry_on_to(self.columns):
            made = before.carried_on(self.columns, mask)
        else:
            made = Opened.of(self.columns, self.as_of, mask)
        self.book.carried.keep(name, (self.book.around, made))
        return made

    def money(self, items: OpenItems, target: str = "") -> Money:
        """Return the open amounts in the currency asked for, at the latest rate on or before the as-of day."""
        target = target or self.filters.currency
        if target == CUSTOMER or items.row is not self.opened().row:
            return self.in_currency(items.open, items.row, target)
        return self.derived(("money", target), lambda: self.in_currency(items.open, items.row, target))

    def holders(self) -> NDArray[np.int64]:
        """Return whose each open item is: the position of the customer, of a merged one that of its survivor."""
        who = self.book.around.customers.survivor
        return self.derived("holders", lambda: who[self.columns.customer[self.opened().row]].astype(np.int64))

    def in_currency(self, units: Ints, rows: Ints, target: str = "") -> Money:
        """Convert amounts of item rows at the as-of rate, each by itself; as booked when no currency was asked for."""
        held = self.columns.currency[rows].astype(np.int64)
        target, codes = target or self.filters.currency, self.currencies
        if target == DOCUMENT:
            return Money(units, held, self.currencies, ())
        if target == CUSTOMER:
            return self.at_home(units, rows, self.homes)
        if target not in codes:
            codes = (*codes, target)
        place, used = codes.index(target), np.bincount(held, minlength=len(codes)) > 0
        factors = [self.book.around.rates.factor(code, target, self.filters.as_of) for code in codes]
        missing = np.array([factor is None for factor in factors])
        amounts = converted(units, np.array([1.0 if factor is None else factor for factor in factors])[held])
        currency = np.where(missing, np.arange(len(codes)), place)[held]
        gaps = [
            Gap(codes[code], target, self.filters.as_of, int(units[held == code].sum()))
            for code in np.flatnonzero(missing & used).tolist()
        ]
        return Money(amounts, currency, codes, tuple(gaps))

    def at_home(self, units: Ints, rows: Ints, of: Homes) -> Money:
        """Convert amounts of item rows at the as-of rate into the currency that their customers are shown in."""
        held, wanted = self.columns.currency[rows].astype(np.int64), of.of[self.columns.customer[rows]]
        rates, day = self.book.around.rates, self.filters.as_of
        amounts, currency, gaps = at_home(rates, of.codes, units, held, wanted.astype(np.int64), day)
        return Money(amounts, currency, of.codes, gaps)


def view(engine: Engine, filters: Filters) -> View:
    """Look at the books through filters. Raises Unavailable, and BadInput for an entity that does not exist."""
    current = book(engine)
    return current.remembered(("view", filters.key()), lambda: _view(engine, current, filters))


def reporting_currency(current: Book) -> str:
    """Return the company's currency; when it named none, the one most of the documents are in."""
    chosen = current.around.settings.get("currency")
    if isinstance(chosen, str) and chosen:
        return chosen
    if not current.currencies:
        return DEFAULT_CURRENCY
    counts = np.bincount(current.columns.currency, minlength=len(current.currencies))
    return current.currencies[int(counts.argmax())]


def _view(engine: Engine, current: Book, filters: Filters) -> View:
    columns, known_seq, reach = current.columns, None, current.reach
    if filters.known_at is not None:
        known_seq, reach = known_reach(engine, filters.known_at)
        columns = columns.prefix(reach.item, reach.application)
        with reading(engine) as session:
            around = current.around.as_known(session, known_seq, filters.known_at)
        current = replace(current, around=around, carried=Carried())
    within = customers_within(current, filters, filters.as_of, known_seq)
    ours = current.around.customers.intercompany
    if filters.entity is None and within.all() and (filters.intercompany == "in" or not ours.any()):
        nothing = np.zeros(len(columns.item_id), np.bool_) if filters.intercompany == "only" else NO_MASK
        return View(current, filters, columns, known_seq, reach, nothing, NO_MASK)
    chosen = within[columns.customer]
    if filters.entity is not None:
        chosen &= columns.entity == _entity(current, filters.entity)
    counted = chosen & group_counts(current.around.customers, filters)[columns.customer]
    left_out = chosen & ~counted if filters.intercompany == "out" else NO_MASK
    return View(current, filters, columns, known_seq, reach, counted, left_out)


def group_counts(customers: Customers, filters: Filters) -> NDArray[np.bool_]:
    """Tell which customers the filters let count, as far as it is for being of our own group or not."""
    if filters.intercompany == "in":
        return np.ones(len(customers.ids), np.bool_)
    return customers.intercompany if filters.intercompany == "only" else ~customers.intercompany


def customers_within(current: Book, filters: Filters, day: date, known_seq: int | None) -> NDArray[np.bool_]:
    """Tell which customers are the one, or under it, or of the segments and owners asked for, as of a day."""
    customers = current.around.customers
    chosen = np.ones(len(customers.ids), np.bool_)
    if filters.customer:
        named = np.array([code == filters.customer for code in customers.codes], np.bool_)
        if filters.below and named.any():
            named[customers.families.under(int(customers.survivor[named.argmax()]))] = True
        chosen = named[customers.survivor]
    for name, wanted in (("segment", filters.segments), ("owner", filters.owners)):
        if wanted:
            codes, labels = customers.fact_on(name, day, known_seq)
            numbers = [number for number, label in enumerate(labels) if label in wanted]
            chosen &= np.isin(codes, [*numbers, NOBODY] if "" in wanted else numbers)
    return chosen


def _entity(current: Book, entity: str) -> int:
    if entity not in current.entities:
        raise BadInput(f"There are no documents of {entity!r}", entity=entity, known=list(current.entities))
    return current.entities.index(entity)


def _groups(seen: View, by: By, rows: Ints | slice = slice(None)) -> Groups:
    customers, columns = seen.book.around.customers, seen.columns
    if by == "none":
        return Groups(NO_GROUPS, ("all",), ("All",))
    if by == "rollup":
        raise BadInput("Rolled-up rows hold each other; take family for rows that stand apart", by=by)
    if by == "currency" and seen.filters.currency == CUSTOMER:
        return Groups(seen.homes.of[columns.customer[rows]], seen.homes.codes, seen.homes.codes)
    if by == "currency":
        return Groups(columns.currency[rows].astype(np.int32), seen.currencies, seen.currencies)
    if by == "entity":
        return Groups(columns.entity[rows].astype(np.int32), seen.book.entities, seen.book.entities)
    if by in ("customer", "family"):
        leader = customers.survivor if by == "customer" else customers.root
        return Groups(leader[columns.customer[rows]], customers.codes, customers.names)
    codes, labels = customers.fact_on(by, seen.filters.as_of, seen.known_seq)
    nobody = len(labels)
    return Groups(
        np.where(codes == NOBODY, nobody, codes).astype(np.int32)[columns.customer[rows]],
        (*labels, ""),
        (*labels, f"No {by}"),
    )


def month_before(day: date) -> date:
    """Return the last day of the month before."""
    return date.fromordinal(day.replace(day=1).toordinal() - 1)
