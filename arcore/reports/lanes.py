"""Which way amounts go from the currency they were booked in to the one they are shown in, and what is in the way.

A lane is a pair of currencies. As booked there is one per currency, converted one into the currency asked for each, and
where every customer is shown in its own there may be several from each.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from arcore.analytics.columns import Ints
from arcore.analytics.moves import Moves
from arcore.dates import from_day
from arcore.dates import to_day
from arcore.reports.filters import CUSTOMER
from arcore.reports.filters import DOCUMENT
from arcore.reports.rates import Gap
from arcore.reports.rates import Rates
from arcore.reports.rates import converted
from arcore.reports.view import View


@dataclass(frozen=True, eq=False)
class Lanes:
    """The lane of every item row.

    Attributes:
        of: number of the lane, by item row.
        held, shown: the currencies of each lane; many lanes are used by no row.
    """

    of: NDArray[np.integer]
    held: tuple[str, ...]
    shown: tuple[str, ...]


class Part(NamedTuple):
    """What is shown together: a currency, and the lanes that lead to it."""

    currency: str
    lanes: tuple[int, ...]


class Held(NamedTuple):
    """Balances that are not zero: of which item rows, and how much; as booked."""

    row: Ints
    units: Ints

    @classmethod
    def of(cls, balances: Ints) -> Held:
        """Return those of every item row."""
        row = np.flatnonzero(balances)
        return cls(row, balances[row])

    def where(self, chosen: NDArray[np.bool_]) -> Held:
        """Return some of them."""
        return Held(self.row[chosen], self.units[chosen])


class Way(NamedTuple):
    """Balances of items at both ends, nothing outside the filters, and what moved them; all as booked."""

    before: Held
    after: Held
    moves: Moves


def lanes(seen: View) -> Lanes:
    """Return the lanes of a view; as booked and in one currency they are the currencies of the books."""
    codes, asked = seen.currencies, seen.filters.currency
    if asked != CUSTOMER:
        return Lanes(seen.columns.currency, codes, codes if asked == DOCUMENT else (asked,) * len(codes))
    homes = seen.homes
    width = len(homes.codes)
    of = seen.columns.currency.astype(np.int32) * width + homes.of[seen.columns.customer]
    return Lanes(of, tuple(code for code in codes for _ in homes.codes), tuple(homes.codes) * len(codes))


def parts_of(seen: View, found: Lanes, since: date, way: Way) -> tuple[tuple[Part, ...], tuple[Gap, ...]]:
    """Say what is shown together, converted parts first, and which rates are missing.

    A lane without a rate on any day that needs one is shown as booked; its gap names the first such day and what is
    open on the as-of day.
    """
    used = np.zeros(max(1, len(found.held)), np.bool_)
    for rows in (way.before.row, way.after.row, way.moves.row):
        used[found.of[rows]] = True
    gaps: list[Gap] = []
    shown: dict[str, list[int]] = {}
    booked: dict[str, list[int]] = {}
    for lane in np.flatnonzero(used).tolist():
        gap = _gap(seen, found, lane, since, way)
        if gap is None:
            shown.setdefault(found.shown[lane], []).append(lane)
        else:
            gaps.append(gap)
            booked.setdefault(found.held[lane], []).append(lane)
    merged = {code: [*shown.get(code, []), *booked.get(code, [])] for code in [*shown, *booked]}
    return tuple(Part(code, tuple(members)) for code, members in merged.items()), tuple(gaps)


def _gap(seen: View, found: Lanes, lane: int, since: date, way: Way) -> Gap | None:
    held, shown = found.held[lane], found.shown[lane]
    if held == shown:
        return None
    days = way.moves.dated[found.of[way.moves.row] == lane]
    needed = [since] if (found.of[way.before.row] == lane).any() else []
    needed += [from_day(int(days.min()))] if len(days) else []
    after = way.after.where(found.of[way.after.row] == lane).units
    needed += [seen.filters.as_of] if len(after) else []
    first = min(needed, default=None)
    if first is None or seen.book.around.rates.factor(held, shown, first) is not None:
        return None
    return Gap(held, shown, first, int(after.sum()))


def worth(rates: Rates, units: Ints, held: str, target: str, day: date) -> Ints:
    """Convert balances at the rate of a day, each by itself; the rate has to be there unless there is nothing."""
    if held == target or len(units) == 0:
        return units
    factor = rates.factor(held, target, day)
    assert factor is not None  # noqa: S101  what lacks a rate is shown as booked
    return converted(units, factor)


def moved(rates: Rates, amounts: Ints, dated: Sequence[int] | Ints, held: str, target: str) -> Ints:
    """Convert movements at the rates of their documents' days, each by itself."""
    if held == target or len(amounts) == 0:
        return amounts
    days = np.asarray(dated)
    start, end = (from_day(int(day)) for day in (days.min(), days.max()))
    return converted(amounts, rates.by_day(held, target, start, end)[days - to_day(start)])
