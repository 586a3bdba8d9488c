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
from arcore.reports.tidy.register import numbers
from arcore.reports.view import View
from arcore.reports.view import view

_PATTERN = r"^(?P<prefix>.*?)(?P<number>[0-9]{1,15})$"


MOST_NAMED = 20_000
"""So many gaps are listed; all of them are counted."""
MOST_PUT_IN = 1_000
"""So many new documents are put in among those in order; with more, putting all of them in order is quicker."""
_BITS = 32
_LOW = (1 << _BITS) - 1
"""A series is entity × 2³² + prefix: what it is called stays, however many prefixes there will be."""


class Prefixes(NamedTuple):
    """Numbered documents, ids ascending: which prefix each has (a position in `names`, −1 for none), and its number."""

    ids: Ints
    prefix: Ints
    number: Ints
    names: tuple[str, ...]


_NONE: Ints = np.empty(0, np.int64)
NO_PREFIXES = Prefixes(_NONE, _NONE, _NONE, ())


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
        names: entity code and prefix of each series; `keys` the same as one number, ascending.
    """

    row: Ints
    document: Ints
    series: Ints
    number: Ints
    names: tuple[tuple[int, str], ...]
    keys: Ints


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
    """Return how numbered documents of the whole book split into a prefix and a number; only new ones are looked at."""
    known = numbers(engine, seen.book)
    before: Prefixes = seen.book.carried.last("prefixes") or NO_PREFIXES
    if len(before.ids) > len(known.ids):
        before = NO_PREFIXES
    if len(before.ids) == len(known.ids):
        return before
    made = _split(before, known)
    seen.book.carried.keep("prefixes", made)
    return made


def _split(before: Prefixes, known: Numbers) -> Prefixes:
    """Add the documents behind those already split; the prefixes known so far keep their places."""
    count = len(before.ids)
    parts = pc.extract_regex(known.text.slice(count), _PATTERN)
    valid = np.asarray(pc.is_valid(parts))
    prefix = pc.fill_null(pc.struct_field(parts, "prefix"), "").dictionary_encode()
    number = pc.cast(pc.fill_null(pc.struct_field(parts, "number"), "0"), pa.int64())
    names = prefix.dictionary.to_pylist()
    if count:
        place = {name: at for at, name in enumerate(before.names)}
        for name in names:
            place.setdefault(name, len(place))
        at, names = np.array([place[name] for name in names], np.int64), list(place)
    else:
        at = np.arange(len(names))
    codes = np.where(valid, at[np.asarray(prefix.indices, np.int64)], -1)
    return Prefixes(
        known.ids,
        np.concatenate((before.prefix, codes)),
        np.concatenate((before.number, np.asarray(number))),
        tuple(names),
    )


def _numbered(engine: Engine, seen: View) -> _Numbered:
    split = prefixes(engine, seen)
    if seen.filters.known_at is not None:
        return _in_order(seen, split)
    count, known = seen.book.carried.last("numbered") or (0, None)
    if known is None or count > len(split.ids):
        made = _in_order(seen, split)
    elif count == len(split.ids):
        return known  # type: ignore[no-any-return]
    else:
        made = _with_more(seen, split, known, count)
    seen.book.carried.keep("numbered", (len(split.ids), made))
    return made


def _in_order(seen: View, split: Prefixes) -> _Numbered:
    row, key, known = _keyed(seen, split, 0)
    order = np.lexsort((split.number[known], key))
    series, of = np.unique(key[order], return_inverse=True)
    document, number = split.ids[known][order], split.number[known][order]
    names = tuple((one >> _BITS, split.names[one & _LOW]) for one in series.tolist())
    return _Numbered(row[order], document, of.astype(np.int64), number, names, series)


def _keyed(seen: View, split: Prefixes, since: int) -> tuple[Ints, Ints, Ints]:
    """Return row, key of the series and place in `split` of the numbered documents from a place on."""
    columns = seen.columns
    first = np.flatnonzero(columns.origin < 0)
    documents = columns.document_id[first]
    last = documents[-1] if len(documents) else 0
    known = np.flatnonzero((split.prefix[since:] >= 0) & (split.ids[since:] <= last)) + since
    row = first[np.searchsorted(documents, split.ids[known])]
    return row, (columns.entity[row].astype(np.int64) << _BITS) + split.prefix[known], known


def _with_more(seen: View, split: Prefixes, before: _Numbered, since: int) -> _Numbered:
    """Put documents behind those already in order where they belong; all anew with many of them, or a new series."""
    row, key, known = _keyed(seen, split, since)
    of = np.searchsorted(before.keys, key)
    if len(row) > MOST_PUT_IN or (of >= len(before.keys)).any() or (before.keys[of] != key).any():
        return _in_order(seen, split)
    number = split.number[known]
    order = np.lexsort((number, of))
    row, of, number, document = row[order], of[order], number[order], split.ids[known][order]
    begin = np.searchsorted(before.series, of)
    end = np.searchsorted(before.series, of, side="right")
    behind = [
        low + int(np.searchsorted(before.number[low:high], each, side="right"))
        for low, high, each in zip(begin.tolist(), end.tolist(), number.tolist(), strict=True)
    ]
    return _Numbered(
        np.insert(before.row, behind, row),
        np.insert(before.document, behind, document),
        np.insert(before.series, behind, of),
        np.insert(before.number, behind, number),
        before.names,
        before.keys,
    )


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
