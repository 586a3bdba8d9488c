"""Numbers that are missing in our own series: invoices that were never entered, or never issued."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from sqlalchemy import Engine

from arcore.analytics.columns import Ints
from arcore.analytics.runs import Runs
from arcore.analytics.runs import missing
from arcore.cleanup.queries import Run
from arcore.cleanup.queries import decisions
from arcore.cleanup.queries import run_of
from arcore.dates import from_day
from arcore.reports.filters import Filters
from arcore.reports.tidy.listing import within
from arcore.reports.tidy.register import Numbers
from arcore.reports.tidy.register import carried
from arcore.reports.tidy.register import numbers
from arcore.reports.view import View
from arcore.reports.view import view

_PATTERN = r"^(?P<prefix>.*?)(?P<number>[0-9]{1,15})$"


MOST_NAMED = 20_000
"""So many gaps are listed; all of them are counted."""


class Prefixes(NamedTuple):
    """Numbered documents, ids ascending: which prefix each has (a position in `names`, −1 for none), and its number."""

    ids: Ints
    prefix: Ints
    number: Ints
    names: tuple[str, ...]


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


@dataclass(frozen=True, eq=False)
class Gaps:
    """Gaps that nobody explained and those that somebody did, by series and number.

    Attributes:
        runs: how many gaps are open; `missing` how many numbers those are.
        explained: what was explained, in the order of the explanations.
        series: how many series are numbered one by one.
        unsure: sales are not complete from any day on, so a missing number may only not have been in a file.
    """

    runs: int
    missing: int
    explained: tuple[Gap, ...]
    series: int
    unsure: bool
    _build: Callable[[], tuple[Gap, ...]]

    @cached_property
    def open(self) -> tuple[Gap, ...]:
        """The open gaps, named; of very many the first MOST_NAMED."""
        return self._build()


class _Numbered(NamedTuple):
    """Numbered documents of the whole book in order of entity, series and number.

    Attributes:
        row: the first item of each; `series` which series it is in, a position in `names`; `number` its place there.
        names: entity code and prefix of each series.
    """

    row: Ints
    document: Ints
    series: Ints
    number: Ints
    names: tuple[tuple[int, str], ...]


class _Found(NamedTuple):
    """Missing runs, and the rows of the documents around them."""

    runs: Runs
    before: Ints
    after: Ints
    series: int


def gaps(engine: Engine, filters: Filters) -> Gaps:
    """Return the gaps among numbers of documents dated up to the as-of day, of the entity or all of ours.

    Customers of any segment and owner count: a series runs through all of them.
    """
    whole = Filters(as_of=filters.as_of, entity=filters.entity, known_at=filters.known_at, intercompany="in")
    seen = view(engine, whole)
    ordered = _numbered(engine, seen)
    found: _Found = seen.book.remembered(("gaps", whole.key()), lambda: _found(seen, ordered))
    explained = [(run_of(subject), decision) for subject, decision in decisions(engine, "gap").items()]
    left = _without(seen, ordered, found, [run for run, _ in explained])
    known = tuple(
        Gap(run, decision.at.date(), decision.at.date(), 0, decision.note, decision.id)
        for run, decision in explained
        if filters.entity in (None, run.entity)
    )
    return Gaps(
        runs=len(left.runs.first),
        missing=int((left.runs.last - left.runs.first + 1).sum()),
        explained=known,
        series=found.series,
        unsure=seen.coverage.sales is None,
        _build=lambda: _named(engine, seen, ordered, left),
    )


def prefixes(engine: Engine, seen: View) -> Prefixes:
    """Return how numbered documents of the whole book split into a prefix and a number."""
    known = numbers(engine, seen.book)
    return carried(seen.book, "prefixes", len(known.ids), lambda: _prefixes(known))


def _prefixes(known: Numbers) -> Prefixes:
    if len(known.ids) == 0:
        return Prefixes(known.ids, known.ids, known.ids, ())
    parts = pc.extract_regex(known.text, _PATTERN)
    valid = np.asarray(pc.is_valid(parts))
    prefix = pc.fill_null(pc.struct_field(parts, "prefix"), "").dictionary_encode()
    number = pc.cast(pc.fill_null(pc.struct_field(parts, "number"), "0"), pa.int64())
    codes = np.where(valid, np.asarray(prefix.indices, np.int64), -1)
    return Prefixes(known.ids, codes, np.asarray(number), tuple(prefix.dictionary.to_pylist()))


def _numbered(engine: Engine, seen: View) -> _Numbered:
    split = prefixes(engine, seen)
    if seen.filters.known_at is not None:
        return _in_order(seen, split)
    return carried(seen.book, "numbered", len(split.ids), lambda: _in_order(seen, split))


def _in_order(seen: View, split: Prefixes) -> _Numbered:
    columns = seen.columns
    first = np.flatnonzero(columns.origin < 0)
    documents = columns.document_id[first]
    known = np.flatnonzero((split.prefix >= 0) & (split.ids <= (documents[-1] if len(documents) else 0)))
    row = first[np.searchsorted(documents, split.ids[known])]
    width = max(1, len(split.names))
    key = columns.entity[row].astype(np.int64) * width + split.prefix[known]
    order = np.lexsort((split.number[known], key))
    series, of = np.unique(key[order], return_inverse=True)
    names = tuple((one // width, split.names[one % width]) for one in series.tolist())
    return _Numbered(row[order], split.ids[known][order], of.astype(np.int64), split.number[known][order], names)


def _found(seen: View, ordered: _Numbered) -> _Found:
    ours = within(seen, ordered.row)
    use = np.flatnonzero(ours & (seen.columns.doc_day[ordered.row] <= seen.as_of))
    runs, counts_on = missing(ordered.series[use], ordered.number[use], n_series=len(ordered.names))
    return _Found(runs, use[runs.before], use[runs.after], int(counts_on.sum()))


def _without(seen: View, ordered: _Numbered, found: _Found, explained: Sequence[Run]) -> _Found:
    """Take explained numbers out of the runs: only those that are touched are looked at one by one."""
    entities = seen.book.entities
    place = {(entities[entity], prefix): at for at, (entity, prefix) in enumerate(ordered.names)}
    for run in explained:
        at = place.get((run.entity, run.prefix))
        runs = found.runs
        hit = np.flatnonzero((runs.series == at) & (runs.first <= run.last) & (runs.last >= run.first))
        if at is None or len(hit) == 0:
            continue
        low, high = np.full(len(hit), run.first - 1), np.full(len(hit), run.last + 1)
        pieces = np.concatenate((hit, hit))
        first = np.concatenate((runs.first[hit], np.maximum(runs.first[hit], high)))
        last = np.concatenate((np.minimum(runs.last[hit], low), runs.last[hit]))
        kept = np.ones(len(runs.first), np.bool_)
        kept[hit] = False
        stays, real = np.flatnonzero(kept), first <= last
        source = np.concatenate((stays, pieces[real]))
        firsts = np.concatenate((runs.first[stays], first[real]))
        lasts = np.concatenate((runs.last[stays], last[real]))
        order = np.lexsort((firsts, runs.series[source]))
        source = source[order]
        cut = Runs(runs.series[source], firsts[order], lasts[order], runs.before[source], runs.after[source])
        found = _Found(cut, found.before[source], found.after[source], found.series)
    return found


def _named(engine: Engine, seen: View, ordered: _Numbered, found: _Found) -> tuple[Gap, ...]:
    part = slice(0, MOST_NAMED)
    before, after = found.before[part], found.after[part]
    written = numbers(engine, seen.book).of(ordered.document[before]).to_pylist()
    days = seen.columns.doc_day
    facts = zip(
        written,
        found.runs.series[part].tolist(),
        found.runs.first[part].tolist(),
        found.runs.last[part].tolist(),
        days[ordered.row[before]].tolist(),
        days[ordered.row[after]].tolist(),
        strict=True,
    )
    gaps_ = []
    for text, series, first, last, day_before, day_after in facts:
        entity, prefix = ordered.names[series]
        run = Run(seen.book.entities[entity], prefix, first, last)
        gaps_.append(Gap(run, from_day(day_before), from_day(day_after), len(text) - len(prefix)))
    return tuple(gaps_)
