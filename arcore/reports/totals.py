"""Totals of lists that are no measures: what each entry adds, and what moved the total between two days.

A total is converted entry by entry, at the rate of its own day or each entry at that of the day that matters for it.
Between two days the entries of the first are taken away or followed: what is new, what is gone, what grew, what shrank,
and what the rates did; these add up exactly.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from arcore.money import digits
from arcore.reports.rates import Rates
from arcore.reports.rates import converted

NEW, GONE, MORE, LESS, REVALUED = "New", "No longer", "Higher", "Lower", "Revalued"
MOVES = (NEW, GONE, MORE, LESS, REVALUED)


class Entry(NamedTuple):
    """One thing that counts for a total.

    Attributes:
        key: what it is known by on another day.
        code, name: its customer, "" where it has none.
        what: its documents, or itself in words.
        day: that matters for it, such as the day by which it is due.
        amount: minor units of `currency`; of what is only counted 1, with currency "".
    """

    key: str
    code: str
    name: str
    what: str
    day: date | None
    amount: int
    currency: str


class Moved(NamedTuple):
    """One of MOVES: how many entries it concerns, and what it did to the total."""

    what: str
    entries: int
    amount: int


@dataclass(frozen=True)
class Total:
    """Entries, largest first, with what each is worth.

    Attributes:
        worths: minor units of `currency`, one for each entry; None without a rate. Of counted things 1 each.
        currency: "" where things are counted.
        as_of: the day of the rates.
        dated: each entry is converted at the rate of its own day instead.
    """

    entries: tuple[Entry, ...]
    worths: tuple[int | None, ...]
    currency: str
    as_of: date
    dated: bool = False

    @property
    def worth(self) -> int:
        """What all are worth; those without a rate are left out."""
        return sum(worth or 0 for worth in self.worths)

    @property
    def lacking(self) -> tuple[str, ...]:
        """The currencies without a rate."""
        pairs = zip(self.entries, self.worths, strict=True)
        return tuple(sorted({entry.currency for entry, worth in pairs if worth is None}))

    def table(self, start: int = 0, count: int | None = None) -> pa.Table:
        """Return some of the entries, or all, for a grid; amounts as numbers in whole units."""
        part = slice(start, None if count is None else start + count)
        entries, unit = self.entries[part], 10.0 ** -digits(self.currency) if self.currency else 1.0
        return pa.table(
            {
                "customer": [entry.code for entry in entries],
                "name": [entry.name for entry in entries],
                "what": [entry.what for entry in entries],
                "day": pa.array([entry.day for entry in entries], pa.date32()),
                "booked": pa.array([_whole(entry) for entry in entries], pa.float64()),
                "currency": [entry.currency for entry in entries],
                "amount": pa.array(
                    [None if worth is None else worth * unit for worth in self.worths[part]], pa.float64()
                ),
            }
        )


def total_of(entries: Sequence[Entry], rates: Rates, currency: str, as_of: date, *, dated: bool = False) -> Total:
    """Return the total of entries in a currency at the rates of a day, or with `dated` of the day of each entry.

    Things that are counted need no rate.
    """
    if all(not entry.currency for entry in entries):
        worths: list[int | None] = [entry.amount for entry in entries]
        currency = "" if entries else currency
    else:
        worths = _worths(entries, rates, currency, None if dated else as_of)
    order = sorted(range(len(entries)), key=lambda place: (-abs(worths[place] or 0), entries[place].key))
    return Total(
        tuple(entries[place] for place in order), tuple(worths[place] for place in order), currency, as_of, dated
    )


def moved(before: Total, now: Total, rates: Rates) -> tuple[Moved, ...]:
    """Say what led from one total to the other, those of MOVES that did anything; they add up to the change.

    What stayed is valued at the rates of the later day before it is compared: the rest is what the rates did.
    """
    later = before.worths
    if before.currency and now.currency and not now.dated:
        later = tuple(_worths(before.entries, rates, now.currency, now.as_of))
    then, today = _by_key(before.entries, later), _by_key(now.entries, now.worths)
    changes: dict[str, list[int]] = {what: [] for what in MOVES}
    for key in {**then, **today}:
        change = today.get(key, 0) - then.get(key, 0)
        what = NEW if key not in then else GONE if key not in today else MORE if change > 0 else LESS
        if change:
            changes[what].append(change)
    changes[REVALUED] = [
        revalued for old, worth in zip(before.worths, later, strict=True) if (revalued := (worth or 0) - (old or 0))
    ]
    return tuple(Moved(what, len(each), sum(each)) for what, each in changes.items() if each)


def _by_key(entries: Sequence[Entry], worths: Sequence[int | None]) -> dict[str, int]:
    sums: dict[str, int] = {}
    for entry, worth in zip(entries, worths, strict=True):
        sums[entry.key] = sums.get(entry.key, 0) + (worth or 0)
    return sums


def _worths(entries: Sequence[Entry], rates: Rates, currency: str, day: date | None) -> list[int | None]:
    """Convert entries at the rates of a day; None for the day of each."""
    found: dict[tuple[str, date | None], float | None] = {}
    worths: list[int | None] = []
    for entry in entries:
        on = day or entry.day
        key = (entry.currency, on)
        if key not in found:
            found[key] = None if on is None else rates.factor(entry.currency, currency, on)
        rate = found[key]
        worths.append(None if rate is None else int(converted(np.array([entry.amount], np.int64), rate)[0]))
    return worths


def _whole(entry: Entry) -> float | None:
    return entry.amount * 10.0 ** -digits(entry.currency) if entry.currency else None
