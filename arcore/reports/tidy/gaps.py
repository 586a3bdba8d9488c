"""Numbers that are missing in our own series: invoices that were never entered, or never issued."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from sqlalchemy import Engine

from arcore.analytics.columns import Ints
from arcore.analytics.runs import missing
from arcore.cleanup.queries import Run
from arcore.cleanup.queries import decisions
from arcore.cleanup.queries import run_of
from arcore.dates import from_day
from arcore.reports.filters import Filters
from arcore.reports.tidy.register import numbers
from arcore.reports.view import View
from arcore.reports.view import view

_PATTERN = r"^(?P<prefix>.*?)(?P<number>[0-9]{1,15})$"


@dataclass(frozen=True)
class Gap:
    """A run of missing numbers.

    Attributes:
        before, after: the dates of the documents right before and right after it.
        width: how many digits numbers have there, with leading zeros.
        note: why, for one that was explained.
        decision_id: the explanation, None for an open gap.
    """

    run: Run
    before: date
    after: date
    width: int
    note: str = ""
    decision_id: int | None = None

    @property
    def count(self) -> int:
        """How many numbers are missing."""
        return self.run.last - self.run.first + 1

    @property
    def text(self) -> str:
        """The numbers as they would be written: INV-0017 – INV-0019."""
        first, last = (f"{self.run.prefix}{number:0{self.width}d}" for number in (self.run.first, self.run.last))
        return first if first == last else f"{first} – {last}"


@dataclass(frozen=True)
class Gaps:
    """Gaps that nobody explained and those that somebody did, by series and number.

    Attributes:
        series: how many series are numbered one by one.
        unsure: sales are not complete from any day on, so a missing number may only not have been in a file.
    """

    open: tuple[Gap, ...]
    explained: tuple[Gap, ...]
    series: int
    unsure: bool

    @property
    def missing(self) -> int:
        """How many numbers are missing and not explained."""
        return sum(gap.count for gap in self.open)


def gaps(engine: Engine, filters: Filters) -> Gaps:
    """Return the gaps among numbers of documents dated up to the as-of day, of the entity or all of ours.

    Customers of any segment and owner count: a series runs through all of them.
    """
    whole = Filters(as_of=filters.as_of, entity=filters.entity, known_at=filters.known_at, intercompany="in")
    seen = view(engine, whole)
    found, series = seen.book.remembered(("gaps", whole.key()), lambda: _gaps(engine, seen))
    explained = [(run_of(subject), decision) for subject, decision in decisions(engine, "gap").items()]
    left = tuple(part for gap in found for part in _cut(gap, [run for run, _ in explained]))
    known = tuple(
        Gap(run, decision.at.date(), decision.at.date(), 0, decision.note, decision.id) for run, decision in explained
        if filters.entity in (None, run.entity)
    )  # fmt: skip
    return Gaps(left, known, series, unsure=seen.coverage.sales is None)


def prefixes(engine: Engine, seen: View) -> tuple[Ints, Ints, Ints]:
    """Return, of numbered documents of the whole book, their ids, the series of each (−1 for none), and the number."""
    made: tuple[Ints, Ints, Ints] = seen.book.remembered("series", lambda: _prefixes(engine, seen))
    return made


def _prefixes(engine: Engine, seen: View) -> tuple[Ints, Ints, Ints]:
    known = numbers(engine, seen.book)
    if len(known.ids) == 0:
        return known.ids, known.ids, known.ids
    parts = pc.extract_regex(known.text, _PATTERN)
    valid = np.asarray(pc.is_valid(parts))
    prefix = pc.fill_null(pc.struct_field(parts, "prefix"), "").dictionary_encode()
    number = pc.cast(pc.fill_null(pc.struct_field(parts, "number"), "0"), pa.int64())
    return known.ids, np.where(valid, np.asarray(prefix.indices, np.int64), -1), np.asarray(number)


def _gaps(engine: Engine, seen: View) -> tuple[tuple[Gap, ...], int]:
    columns = seen.columns
    ids, prefix, number = prefixes(engine, seen)
    first = np.flatnonzero(columns.origin < 0)
    documents = columns.document_id[first]
    known = np.flatnonzero(np.isin(ids, documents)) if seen.filters.known_at else np.arange(len(ids))
    ids, prefix, number = ids[known], prefix[known], number[known]
    row = first[np.searchsorted(documents, ids)]
    ours = seen.mask[row] if len(seen.mask) else np.ones(len(ids), np.bool_)
    use = np.flatnonzero((prefix >= 0) & ours & (columns.doc_day[row] <= seen.as_of))
    if len(use) == 0:
        return (), 0
    width = int(prefix.max()) + 1
    series, of = np.unique(columns.entity[row[use]].astype(np.int64) * width + prefix[use], return_inverse=True)
    runs, counts_on = missing(of, number[use], n_series=len(series))
    written = numbers(engine, seen.book).of(ids[use[runs.before]]).to_pylist()
    found = []
    for before, at, low, high, one, two in zip(written, *runs, strict=True):
        days = (int(columns.doc_day[row[use[place]]]) for place in (one, two))
        found.append(_gap(seen.book.entities[int(series[at]) // width], before, int(low), int(high), *days))
    return tuple(sorted(found, key=lambda gap: gap.run)), int(counts_on.sum())


def _gap(entity: str, before: str, first: int, last: int, day_before: int, day_after: int) -> Gap:
    digits = len(before) - len(before.rstrip("0123456789"))
    run = Run(entity, before[: len(before) - digits], first, last)
    return Gap(run, from_day(day_before), from_day(day_after), digits)


def _cut(gap: Gap, explained: Iterable[Run]) -> Iterable[Gap]:
    """Take explained numbers out of a run."""
    parts = [(gap.run.first, gap.run.last)]
    for run in explained:
        if (run.entity, run.prefix) == (gap.run.entity, gap.run.prefix):
            parts = [
                piece
                for first, last in parts
                for piece in ((first, min(last, run.first - 1)), (max(first, run.last + 1), last))
                if piece[0] <= piece[1]
            ]
    for first, last in dict.fromkeys(parts):
        yield Gap(gap.run._replace(first=first, last=last), gap.before, gap.after, gap.width)


def by_entity(found: Iterable[Gap]) -> Mapping[str, int]:
    """Return how many numbers are missing by entity."""
    sums: dict[str, int] = {}
    for gap in found:
        sums[gap.run.entity] = sums.get(gap.run.entity, 0) + gap.count
    return sums
