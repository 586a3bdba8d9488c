"""Where a figure comes from: its inputs now and before, why it moved, and the documents behind every input."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa
from sqlalchemy import Engine

from arcore.analytics.bridge import split_change
from arcore.analytics.columns import Ints
from arcore.analytics.conversion import RateGap
from arcore.analytics.documents import Behind
from arcore.analytics.documents import documents as rows_behind
from arcore.analytics.figures import Figure
from arcore.analytics.headline import months_of
from arcore.analytics.history import FLOW_INPUTS
from arcore.analytics.history import Point
from arcore.analytics.kpis import Kpi
from arcore.analytics.measure import COUNTED_BACK
from arcore.analytics.measure import TERMS
from arcore.analytics.measure import back_rules
from arcore.analytics.payments import MEASURES
from arcore.analytics.variants import Variants
from arcore.analytics.windows import Window
from arcore.dates import add_months
from arcore.dates import from_day
from arcore.dates import to_day
from arcore.errors import NotFound
from arcore.ledger.kinds import KINDS
from arcore.money import digits
from arcore.reports.behind import FURTHER
from arcore.reports.behind import further
from arcore.reports.filters import Filters
from arcore.reports.kpis import Lenses
from arcore.reports.stated_sales import stated_months
from arcore.reports.texts import DocumentText
from arcore.reports.texts import document_texts
from arcore.reports.view import View
from arcore.reports.view import month_before

BALANCES = ("ar_begin", "ar_end", "ar_current", "overdue", "over_90", "gross_debits", "unapplied", "ar_end_current")
WITH_DOCUMENTS = (*BALANCES, *FLOW_INPUTS, *MEASURES, *FURTHER)
"""Inputs that can be traced to their documents."""
_NO_TEXT = DocumentText("", "", "")


@dataclass(frozen=True)
class Cause:
    """One input that moved the figure, and by how much of the figure's unit; the parts add up to the change."""

    name: str
    amount: Decimal


@dataclass(frozen=True)
class Explanation:
    """A figure with what it was before and why it moved.

    Attributes:
        figure: value or reason, formula, inputs, window, coverage.
        before: the same on `compared`: the month-end before; cash in: the same day of the month before.
        causes: what moved it, largest first; empty when a value is missing or nothing moved.
        traceable: the inputs that have documents behind them.
        variants: how the company wants its measures counted.
    """

    kpi: Kpi
    figure: Figure
    before: Figure
    compared: date
    causes: tuple[Cause, ...]
    traceable: tuple[str, ...]
    variants: Variants


def explain(engine: Engine, filters: Filters, name: str, *, months: int | None = None) -> Explanation:
    """Explain one measure ("dso", "cei.cash", "open") on the as-of day. Raises BadInput for an unknown name."""
    lenses, as_of = Lenses.of(engine, filters), filters.as_of
    kpi = lenses.kpi(name)
    compared = add_months(as_of, -1) if kpi.name == "cash_in" else month_before(as_of)
    figure, before = (lenses.whole(kpi, day, months=months) for day in (as_of, compared))
    return Explanation(
        kpi=kpi,
        figure=figure,
        before=before,
        compared=compared,
        causes=_causes(kpi, figure, before, lenses.inputs.variants),
        traceable=tuple(each for each in figure.inputs if each in WITH_DOCUMENTS),
        variants=lenses.inputs.variants,
    )


def documents(engine: Engine, filters: Filters, name: str, part: str, *, months: int | None = None) -> DocumentsBehind:
    """Return the documents behind one input of a measure on the as-of day, largest first.

    Raises BadInput for an unknown measure, NotFound for an input that has no documents.
    """
    lenses = Lenses.of(engine, filters)
    kpi = lenses.kpi(name)
    figure = lenses.whole(kpi, filters.as_of, months=months)
    if part not in WITH_DOCUMENTS:
        raise NotFound(f"{part} has no documents behind it", input=part)
    key = ("documents", filters.key(), kpi.key, part, months)
    return lenses.seen.book.remembered(key, lambda: _documents(engine, lenses, kpi, figure, part, months))


@dataclass(frozen=True, eq=False)
class DocumentsBehind:
    """What adds up to one input.

    Attributes:
        part: the input.
        currency: what `amounts` are in.
        total: what they add up to, unrounded: the input itself; None when a rate is missing.
        behind: rows of items or applications, with what each contributes as booked.
        amounts: the same in `currency`, major units (× days where the input is weighted by days).
    """

    engine: Engine
    seen: View
    part: str
    currency: str
    total: Decimal | None
    behind: Behind
    amounts: Any

    def __len__(self) -> int:
        return len(self.behind.rows)

    @cached_property
    def _items(self) -> Ints:
        """The item of each row: itself, or for an application the invoice that was paid."""
        rows = self.behind.rows
        return rows if self.behind.kind == "items" else self.seen.columns.app_to[rows]

    @property
    def _booked(self) -> Ints:
        """What each row contributes as booked; the amount of the document where documents or days are counted."""
        return self.seen.columns.amount[self._items] if self.behind.counts else self.behind.amounts

    def table(self, start: int = 0, count: int | None = None) -> pa.Table:
        """Return some of the rows, or all, for a grid; amounts as numbers in whole currency units."""
        part = slice(start, None if count is None else start + count)
        seen, columns, customers = self.seen, self.seen.columns, self.seen.book.around.customers
        items = self._items[part]
        texts = document_texts(self.engine, columns.document_id[items])
        scale = np.array([10.0 ** -digits(code) for code in seen.currencies] or [1.0])
        who = customers.survivor[columns.customer[items]].tolist()
        found = {
            "document": [_label(texts, columns, row) for row in items.tolist()],
            "kind": [KINDS[code].label for code in columns.kind[items].tolist()],
            "customer": [customers.codes[place] for place in who],
            "name": [customers.names[place] for place in who],
            "document_date": [from_day(day) for day in columns.doc_day[items].tolist()],
            "due_date": [from_day(day) for day in columns.due_of(seen.filters.basis)[items].tolist()],
            "currency": [seen.currencies[code] for code in columns.currency[items].tolist()],
            "booked": self._booked[part] * scale[columns.currency[items]],
            "amount": self.amounts[part],
            "document_id": columns.document_id[items],
            "customer_id": customers.ids[who] if who else np.empty(0, np.int64),
        }
        if self.behind.kind == "applications":
            found |= _receipts(self, self.behind.rows[part])
        return pa.table(found)


def _label(texts: Mapping[int, DocumentText], columns: Any, row: int) -> str:
    document_id = int(columns.document_id[row])
    return texts.get(document_id, _NO_TEXT).label(document_id, KINDS[columns.kind[row]].name)


def _receipts(found: DocumentsBehind, rows: Ints) -> dict[str, Any]:
    columns = found.seen.columns
    source = columns.app_from[rows]
    texts = document_texts(found.engine, columns.document_id[source])
    scale = np.array([10.0 ** -digits(code) for code in found.seen.currencies] or [1.0])
    receipt, items = columns.doc_day[source].astype(np.int64), columns.app_to[rows]
    return {
        "payment": [_label(texts, columns, row) for row in source.tolist()],
        "received": [from_day(day) for day in receipt.tolist()],
        "paid": columns.app_amount[rows] * scale[columns.currency[items]],
        "days": receipt - columns.doc_day[items],
        "days_late": receipt - columns.due_of(found.seen.filters.basis)[items],
    }


def _documents(
    engine: Engine, lenses: Lenses, kpi: Kpi, figure: Figure, part: str, months: int | None
) -> DocumentsBehind:
    seen = lenses.seen
    window = Window(*figure.window) if figure.window else Window(seen.filters.as_of, seen.filters.as_of)
    if part in FURTHER:
        length = months or months_of(kpi, lenses.inputs.variants)
        point = Point(lenses.history(window.last), window, length, 0)
        behind = further(lenses.inputs, part, kpi.variant, point, lenses.conversion(lenses.currency))
    else:
        mask = seen.mask if len(seen.mask) else None
        behind = rows_behind(seen.columns, part, window, basis=seen.filters.basis, mask=mask)
    if part == "credit_sales" and "stated_sales" in figure.inputs:
        behind = _booked(seen, behind)
    items = behind.rows if behind.kind == "items" else seen.columns.app_to[behind.rows]
    rates = _rates(lenses, kpi, items, behind)
    amounts = behind.amounts * rates
    order = np.lexsort((behind.rows, -np.abs(amounts)))
    return DocumentsBehind(
        engine=engine,
        seen=seen,
        part=part,
        currency=lenses.currency,
        total=_total(lenses, kpi, figure, part, items, behind),
        behind=Behind(behind.kind, behind.rows[order], behind.amounts[order], behind.counts),
        amounts=amounts[order],
    )


def _booked(seen: View, behind: Behind) -> Behind:
    """Leave out the documents of months whose sales are stated instead: they do not count there."""
    columns, rows = seen.columns, behind.rows
    counts = np.ones(len(rows), np.bool_)
    for one in stated_months(seen, "none"):
        first, last = to_day(one.month.first), to_day(one.month.last)
        place = (columns.entity[rows] == one.entity) & (columns.currency[rows] == one.currency)
        counts &= ~(place & (columns.effective[rows] >= first) & (columns.effective[rows] <= last))
    return Behind(behind.kind, rows[counts], behind.amounts[counts])


def _rates(lenses: Lenses, kpi: Kpi, items: Ints, behind: Behind) -> Any:
    """Return what a minor unit of each row is worth: at the as-of rate, for cash in at that of its day; else nan."""
    if behind.counts:
        return np.ones(len(behind.rows))
    columns, conversion = lenses.seen.columns, lenses.conversion(lenses.currency)
    held = columns.currency[items].astype(np.int64)
    days = columns.effective[items] if kpi.name == "cash_in" else np.full(len(items), lenses.seen.as_of)
    pairs = np.unique(np.stack((held, days.astype(np.int64))), axis=1) if len(items) else np.empty((2, 0), np.int64)
    rates = np.full(len(behind.rows), np.nan)
    for code, day in pairs.T.tolist():
        try:
            rates[(held == code) & (days == day)] = float(conversion.factor(code, from_day(day)))
        except RateGap:
            continue
    return rates


def _total(lenses: Lenses, kpi: Kpi, figure: Figure, part: str, items: Ints, behind: Behind) -> Decimal | None:
    """Return what the rows add up to: the input as the figure has it, less what is stated and has no documents.

    Worked out when the figure is undefined.
    """
    if part in figure.inputs:
        stated = figure.inputs.get("stated_sales", 0) if part == "credit_sales" else 0
        return Decimal(figure.inputs[part]) - Decimal(stated)
    if kpi.name == "cash_in" or behind.counts:
        return None
    sums = np.zeros(max(1, len(lenses.seen.currencies)), np.int64)
    np.add.at(sums, lenses.seen.columns.currency[items], behind.amounts)
    try:
        return lenses.conversion(lenses.currency).total(sums.tolist(), lenses.seen.filters.as_of)
    except RateGap:
        return None


def _causes(kpi: Kpi, figure: Figure, before: Figure, variants: Variants) -> tuple[Cause, ...]:
    """Split the change of the value; nothing where a mixture of old and new inputs has no value."""
    if figure.exact is None or before.exact is None or kpi.variant in TERMS:
        return ()
    names = [*kpi.inputs, *(["days"] if kpi.counts_days else [])]
    then, now = ({name: given.inputs.get(name, 0) for name in names} for given in (before, figure))
    fixed: tuple[Mapping[str, Any], ...] = ({}, {})
    rules: Mapping[str, Any] = {}
    if kpi.variant in COUNTED_BACK:
        rules = back_rules(variants)
        # The months are no number: 0 stands for those of the figure before, 1 for those of this one.
        then, now = then | {"periods": 0}, now | {"periods": 1}
        fixed = tuple({"periods": given.inputs["periods"]} for given in (before, figure))

    def value(inputs: Mapping[str, Fraction]) -> Fraction:
        plain = {name: Decimal(given.numerator) / Decimal(given.denominator) for name, given in inputs.items()}
        made = kpi.make(**{**plain, **fixed[int(inputs.get("periods", 0))], **rules}).exact
        if made is None:
            raise ZeroDivisionError
        return Fraction(made)

    try:
        parts = split_change(then, now, value)
    except ZeroDivisionError:
        return ()
    found = [Cause(name, amount) for name, amount in parts.items() if amount]
    return tuple(sorted(found, key=lambda cause: -abs(cause.amount)))
