"""Open items for pages and scripts, each with its balance, its age and its bucket."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray
from sqlalchemy import Engine

from arcore.analytics.buckets import EDGES
from arcore.analytics.columns import Columns
from arcore.analytics.columns import Ints
from arcore.analytics.open_items import OpenItems
from arcore.dates import from_day
from arcore.errors import BadInput
from arcore.errors import NotFound
from arcore.ledger.kinds import KINDS
from arcore.money import digits
from arcore.money import from_minor
from arcore.reports.book import Version
from arcore.reports.dimensions import NOBODY
from arcore.reports.filters import CUSTOMER
from arcore.reports.filters import DOCUMENT
from arcore.reports.filters import MANY
from arcore.reports.filters import By
from arcore.reports.filters import Filters
from arcore.reports.pauses import pauses
from arcore.reports.rates import Gap
from arcore.reports.texts import DocumentText
from arcore.reports.texts import document_texts
from arcore.reports.view import Money
from arcore.reports.view import View
from arcore.reports.view import view


@dataclass(frozen=True)
class ItemRow:
    """One item on a day; minor units, credits negative.

    Attributes:
        document: its number, or kind and id where it has none.
        document_date: of the document it first came from.
        amount: what the item was for; for a re-dated one what it took over.
        days_past_due: negative when not due; from the date of the basis.
        in_reporting: the open amount in the currency asked for, which is `asked`; None as booked or without a rate.
        disputed, promised: parts of `open` under dispute, and promised for a day that has not passed with its grace.
    """

    item_id: int
    document_id: int
    document: str
    kind: str
    customer_id: int
    customer: str
    name: str
    entity: str
    currency: str
    document_date: date
    due_date: date
    original_due_date: date
    amount: int
    open: int
    days_past_due: int
    bucket: str
    reference: str = ""
    po_number: str = ""
    owner: str = ""
    in_reporting: int | None = None
    asked: str = ""
    disputed: int = 0
    promised: int = 0


@dataclass(frozen=True, eq=False)
class ItemsReport:
    """Items of a day, oldest due first.

    Attributes:
        listed: rows of the columns with open balance, days past due and bucket.
        money: the open balances in the currency asked for; what lacks a rate stays as booked.
        convertible: which of them are in that currency.
    """

    engine: Engine
    seen: View
    listed: OpenItems
    money: Money
    convertible: NDArray[np.bool_]

    @property
    def gaps(self) -> tuple[Gap, ...]:
        """The rates that are missing to show them in the currency asked for."""
        return self.money.gaps

    @property
    def in_reporting(self) -> Ints:
        """The open balances in the currency asked for, as far as rates allow."""
        return self.money.units

    @property
    def version(self) -> Version:
        """The version of the books it was made from."""
        return self.seen.book.version

    @property
    def filters(self) -> Filters:
        """What it covers."""
        return self.seen.filters

    def __len__(self) -> int:
        return len(self.listed.row)

    def __iter__(self) -> Iterator[ItemRow]:
        """Give item by item."""
        return iter(self.rows())

    @cached_property
    def totals(self) -> dict[str, int]:
        """What the items add up to, by currency as booked; minor units."""
        held = self.seen.columns.currency[self.listed.row]
        codes = [int(code) for code in np.unique(held)]
        return {self.seen.currencies[code]: int(self.listed.open[held == code].sum()) for code in codes}

    @property
    def reporting_total(self) -> int | None:
        """The same in the currency asked for, without those that lack a rate; None when asked for as booked."""
        return None if self.filters.currency in MANY else int(self.in_reporting[self.convertible].sum())

    @cached_property
    def asked_totals(self) -> dict[str, int]:
        """What the items add up to in the currency asked for, and what lacks a rate in its own; minor units."""
        held, codes = self.money.currency, self.money.codes
        return {codes[code]: int(self.money.units[held == code].sum()) for code in np.unique(held).tolist()}

    def rows(self, start: int = 0, count: int | None = None) -> tuple[ItemRow, ...]:
        """Return some of the items, or all of them."""
        part = slice(start, None if count is None else start + count)
        return tuple(_rows(self, part))

    def table(self, start: int = 0, count: int | None = None) -> pa.Table:
        """Return some of the items, or all, for a grid: amounts as numbers in whole currency units."""
        return _table(self, slice(start, None if count is None else start + count))

    def frame(self) -> pd.DataFrame:
        """Return all items for a download: amounts as Decimals with the digits of their currency.

        Where another currency was asked for, the open balance stands in it too, empty without a rate.
        """
        names = [name for name in ItemRow.__dataclass_fields__ if name not in _INSIDE]
        frame = pd.DataFrame([{name: getattr(row, name) for name in names} for row in self], columns=names)
        for name in _AMOUNTS:
            units = zip(frame[name], frame["currency"], strict=True)
            frame[name] = pd.Series([from_minor(amount, code) for amount, code in units], dtype=object)
        if self.filters.currency != DOCUMENT:
            codes = [self.money.codes[code] if there else "" for code, there in self._asked]
            units = zip(self.in_reporting.tolist(), codes, strict=True)
            frame["converted"] = pd.Series([from_minor(u, code) if code else None for u, code in units], dtype=object)
            frame["converted_to"] = codes
        return frame

    @property
    def _asked(self) -> list[tuple[int, bool]]:
        return list(zip(self.money.currency.tolist(), self.convertible.tolist(), strict=True))


_INSIDE = ("item_id", "document_id", "customer_id", "in_reporting", "asked")
_AMOUNTS = ("amount", "open", "disputed", "promised")
_NO_TEXT = DocumentText("", "", "")


def items(
    engine: Engine,
    filters: Filters,
    *,
    customer: str | None = None,
    by: By = "none",
    key: str | None = None,
    bucket: str | None = None,
    settled: bool = False,
    edges: Sequence[int] = EDGES,
) -> ItemsReport:
    """Return the items open at the end of the as-of day; with `settled` also those paid off by then.

    `customer` is short for by customer and that code. `by` and `key` keep one group of an aging (customer C0001,
    segment "", …), `bucket` one column of it: "not due", "31-60", "unapplied". Companies of our own group only appear
    when one is asked for by its code. Raises NotFound for a group and BadInput for a bucket that does not exist.
    """
    seen = view(engine, filters)
    if customer is not None:
        by, key = "customer", customer
    asked = ("items", filters.key(), by, key, bucket, settled, tuple(edges))
    return seen.book.remembered(asked, lambda: _items(engine, seen, by, key, bucket, tuple(edges), settled=settled))


def item_rows(engine: Engine, seen: View, listed: OpenItems) -> tuple[ItemRow, ...]:
    """Name items of the books: what pages show of some rows of the columns."""
    return _report(engine, seen, listed).rows()


def taken_over(columns: Columns, rows: Ints) -> Ints:
    """Return what each item was for: its amount, or for one born of re-dating the balance it took over."""
    amounts = columns.amount[rows].copy()
    born = np.flatnonzero((amounts == 0) & (columns.origin[rows] >= 0))
    if len(born) == 0:
        return amounts
    moved = np.zeros(len(columns.item_id), np.int64)
    for gains, loses, sign in ((columns.app_from, columns.app_to, 1), (columns.app_to, columns.app_from, -1)):
        carried = columns.origin[gains] == loses
        np.add.at(moved, gains[carried], sign * columns.app_amount[carried])
    amounts[born] = moved[rows[born]]
    return amounts


def rows_of(seen: View, by: By, key: str) -> NDArray[np.bool_]:
    """Tell which item rows are in one group. Raises NotFound for a group that does not exist."""
    if by == "rollup":
        return _under(seen, key)
    groups = seen.groups(by)
    if key not in groups.keys:
        raise NotFound(f"There is no {by} {key!r}", by=by, key=key)
    place = groups.keys.index(key)
    if by in ("customer", "family"):
        customers = seen.book.around.customers
        place = int((customers.survivor if by == "customer" else customers.root)[place])
    within = groups.codes == place if len(groups.codes) else np.ones(len(seen.columns.item_id), np.bool_)
    return np.asarray(within)


def _under(seen: View, code: str) -> NDArray[np.bool_]:
    """Tell which item rows are of a customer and of everybody under it."""
    customers = seen.book.around.customers
    if code not in customers.codes:
        raise NotFound(f"There is no customer {code!r}", by="rollup", key=code)
    chosen = np.zeros(len(customers.ids), np.bool_)
    chosen[customers.families.under(int(customers.survivor[customers.codes.index(code)]))] = True
    return np.asarray(chosen[customers.survivor[seen.columns.customer]])


def _items(
    engine: Engine, seen: View, by: By, key: str | None, bucket: str | None, edges: tuple[int, ...], *, settled: bool
) -> ItemsReport:
    found = seen.open_items(edges, settled=settled)
    chosen = np.ones(len(found.row), np.bool_)
    if key is not None:
        mine = rows_of(seen, by, key)
        own = by == "customer" and len(seen.group_companies) > 0
        if own and (mine & seen.group_companies).any():
            found = seen.open_items(edges, settled=settled, ours=True)
        chosen = mine[found.row]
    if bucket is not None:
        if bucket not in found.names:
            raise BadInput(f"There is no bucket {bucket!r}; one of {', '.join(found.names)}", bucket=bucket)
        chosen = chosen & (found.bucket == found.names.index(bucket))
    places = np.flatnonzero(chosen)
    due = seen.columns.due_of(seen.filters.basis)[found.row[places]]
    places = places[np.lexsort((found.row[places], due))]
    listed = OpenItems(
        found.row[places], found.open[places], found.days_past_due[places], found.bucket[places], found.names
    )
    return _report(engine, seen, listed)


def _report(engine: Engine, seen: View, listed: OpenItems) -> ItemsReport:
    money, asked = seen.in_currency(listed.open, listed.row), seen.filters.currency
    if asked == CUSTOMER:
        convertible = money.currency == seen.homes.of[seen.columns.customer[listed.row]]
    else:
        target = np.array([code == asked for code in money.codes], dtype=np.bool_)
        convertible = target[money.currency] if len(target) else np.zeros(0, np.bool_)
    return ItemsReport(engine, seen, listed, money, convertible)


def _rows(report: ItemsReport, part: slice) -> Iterator[ItemRow]:
    seen, columns, customers = report.seen, report.seen.columns, report.seen.book.around.customers
    rows = report.listed.row[part]
    texts = document_texts(report.engine, columns.document_id[rows])
    owners = _owners(seen)
    names, paused = report.listed.names, pauses(report.engine, seen)
    plain = zip(
        rows.tolist(),
        taken_over(columns, rows).tolist(),
        report.listed.open[part].tolist(),
        report.listed.days_past_due[part].tolist(),
        report.listed.bucket[part].tolist(),
        report.in_reporting[part].tolist(),
        report.convertible[part].tolist(),
        report.money.currency[part].tolist(),
        paused.disputed_of(rows).tolist(),
        paused.promised_of(rows).tolist(),
        strict=True,
    )
    codes = report.money.codes
    for row, amount, opened, late, bucket, reporting, convertible, place, contested, pledged in plain:
        document_id, kind = int(columns.document_id[row]), KINDS[columns.kind[row]].name
        who = int(customers.survivor[columns.customer[row]])
        text = texts.get(document_id, _NO_TEXT)
        yield ItemRow(
            item_id=int(columns.item_id[row]),
            document_id=document_id,
            document=text.label(document_id, kind),
            kind=kind,
            customer_id=int(customers.ids[who]),
            customer=customers.codes[who],
            name=customers.names[who],
            entity=seen.book.entities[columns.entity[row]],
            currency=seen.currencies[columns.currency[row]],
            document_date=from_day(columns.doc_day[row]),
            due_date=from_day(columns.due[row]),
            original_due_date=from_day(columns.original_due[row]),
            amount=amount,
            open=opened,
            days_past_due=late,
            bucket=names[bucket],
            reference=text.reference,
            po_number=text.po_number,
            owner=owners[who],
            in_reporting=reporting if convertible else None,
            asked=codes[place] if convertible else "",
            disputed=contested,
            promised=pledged,
        )


def _table(report: ItemsReport, part: slice) -> pa.Table:
    """Lay the items out without a Python object per row, but for the texts of their documents."""
    seen, columns, customers = report.seen, report.seen.columns, report.seen.book.around.customers
    rows = report.listed.row[part]
    documents = columns.document_id[rows]
    texts = document_texts(report.engine, documents)
    kinds = [kind.name for kind in KINDS]
    who, paused = customers.survivor[columns.customer[rows]], pauses(report.engine, seen)
    scale = np.array([10.0 ** -digits(code) for code in seen.currencies] or [1.0])[columns.currency[rows]]
    named = [(texts.get(number, _NO_TEXT), number, code) for number, code in zip(
        documents.tolist(), columns.kind[rows].tolist(), strict=True)]  # fmt: skip
    return pa.table(
        {
            "document": pa.array([text.label(number, kinds[code]) for text, number, code in named], pa.string()),
            "kind": _labels(kinds, columns.kind[rows]),
            "customer": _labels(customers.codes, who),
            "name": _labels(customers.names, who),
            "currency": _labels(seen.currencies, columns.currency[rows]),
            "document_date": pa.array(columns.doc_day[rows], pa.date32()),
            "due_date": pa.array(columns.due[rows], pa.date32()),
            "original_due_date": pa.array(columns.original_due[rows], pa.date32()),
            "days_past_due": pa.array(report.listed.days_past_due[part]),
            "amount": taken_over(columns, rows) * scale,
            "open": report.listed.open[part] * scale,
            "converted": _converted(report, part),
            "converted_to": _labels(report.money.codes, report.money.currency[part]),
            "disputed": paused.disputed_of(rows) * scale,
            "promised": paused.promised_of(rows) * scale,
            "bucket": _labels(report.listed.names, report.listed.bucket[part]),
            "owner": _labels(_owners(seen), who),
            "entity": _labels(seen.book.entities, columns.entity[rows]),
            "reference": pa.array([text.reference for text, _, _ in named], pa.string()),
            "po_number": pa.array([text.po_number for text, _, _ in named], pa.string()),
            "item_id": columns.item_id[rows],
            "document_id": documents,
            "customer_id": customers.ids[who],
        }
    )


def _converted(report: ItemsReport, part: slice) -> pa.Array:
    """Return open balances in the currency asked for, in whole units; null where nothing was asked or no rate is."""
    scale = np.array([10.0 ** -digits(code) for code in report.money.codes] or [1.0])
    amounts = report.in_reporting[part] * scale[report.money.currency[part]]
    return pa.array(amounts, mask=~report.convertible[part])


def _owners(seen: View) -> NDArray[np.object_]:
    codes, labels = seen.book.around.customers.fact_on("owner", seen.filters.as_of, seen.known_seq)
    return np.array([*labels, ""], dtype=object)[np.where(codes == NOBODY, len(labels), codes)]


def _labels(texts: Sequence[str] | NDArray[np.object_], codes: NDArray[np.integer]) -> pa.Array:
    return pa.array(np.array(texts, dtype=object)[codes] if len(texts) else [], pa.string())
