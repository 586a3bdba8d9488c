"""Histories that other days and later versions of the books share.

What a month-end's figures are made of depends neither on the day that a page is looked at on, nor on rows that count
only later: so one history per filters holds every day, is carried on from version to version by the new rows alone, and
figures of days before the first new row stand as they were measured.
"""

from __future__ import annotations

from collections.abc import Hashable
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import replace
from datetime import date

from arcore.analytics.columns import Columns
from arcore.analytics.coverage import Coverage
from arcore.analytics.daily import Rows
from arcore.analytics.figures import Figure
from arcore.analytics.history import PAID_WINDOWS
from arcore.analytics.history import History
from arcore.analytics.history import history as prepare
from arcore.analytics.scope import Scope
from arcore.dates import FOREVER
from arcore.dates import add_months
from arcore.dates import month_end
from arcore.dates import month_ends
from arcore.dates import to_day
from arcore.reports.filters import DOCUMENT
from arcore.reports.filters import By
from arcore.reports.stated_sales import stated_months
from arcore.reports.surroundings import Surroundings
from arcore.reports.view import View

MARGIN = 12
"""So many more month-ends are taken in once somebody looks outside those that are there."""


def timeless(seen: View) -> tuple[Hashable, ...]:
    """Return a key of the filters that is the same on every day and, as histories are as booked, in every currency."""
    return replace(seen.filters, as_of=date.min, currency=DOCUMENT).key()


def shared(
    seen: View, by: By, belongs: Hashable, days: Sequence[date], scope: Scope, *, always: bool = True
) -> History:
    """Return a history whose as-of days hold at least these; `belongs` names who is in which group then.

    With `always` that is the same on every day, and some more month-ends may be taken in.
    """
    if seen.filters.known_at is not None:
        return _prepared(seen, by, days, scope)
    name = ("history", timeless(seen), by, belongs)
    around, known = seen.book.carried.last(name) or (None, None)
    found: History | None = known
    if found is None or around is not seen.book.around or not _may_follow(found, seen, by, scope):
        made = _prepared(seen, by, days, scope)
    elif not set(days) <= set(found.as_of):
        wider = _widened(found.as_of, days) if always else sorted({*found.as_of, *days})
        made = _prepared(seen, by, wider, scope)
    elif Rows.of(found.columns) == Rows.of(seen.columns):
        return found
    else:
        made = found.extended(seen.columns, scope)
    seen.book.carried.keep(name, (seen.book.around, made))
    return made


def _prepared(seen: View, by: By, days: Sequence[date], scope: Scope) -> History:
    stated = stated_months(seen, by)
    # Only the whole is looked at on any day; parts are measured at month-ends.
    every_day = by == "none"
    return prepare(
        seen.columns, days, basis=seen.filters.basis, scope=scope, stated=stated, every_day=every_day,
        paid_windows=PAID_WINDOWS if every_day else (),
    )  # fmt: skip


def _widened(known: Sequence[date], asked: Sequence[date]) -> list[date]:
    """Return the month-ends of both and some beyond, so that a walk through the months prepares few times only."""
    first, last = min(known), max(known)
    if min(asked) < first:
        first = add_months(min(asked), -MARGIN)
    if max(asked) > last:
        last = month_end(add_months(max(asked), MARGIN))
    months = (last.year - first.year) * 12 + last.month - first.month + 1
    return month_ends(last, months)


def _may_follow(before: History, seen: View, by: By, scope: Scope) -> bool:
    """Tell whether a history only lacks rows at the end."""
    known, columns = before.columns, seen.columns
    return (
        before.stated == stated_months(seen, by)
        and before.scope.n_groups == scope.n_groups
        and before.scope.n_currencies == scope.n_currencies
        and len(known.item_id) <= len(columns.item_id)
        and len(known.app_id) <= len(columns.app_id)
    )


@dataclass(frozen=True, eq=False)
class Measurements:
    """Figures of one version of the books, by everything that tells them apart.

    Attributes:
        passing: those that also stand on what is not in the books (promises, disputes, messages): true of this
            version only.
    """

    around: Surroundings
    coverage: Coverage
    currencies: tuple[str, ...]
    rows: Rows
    standing: dict[Hashable, tuple[date, Figure]]
    passing: dict[Hashable, Figure]

    def may_carry_on_to(self, later: Measurements) -> bool:
        """Tell whether a later version differs by new rows alone."""
        return (
            self.around is later.around
            and self.coverage == later.coverage
            and self.currencies == later.currencies
            and self.rows.items <= later.rows.items
            and self.rows.applications <= later.rows.applications
        )

    def carried_on(self, columns: Columns) -> dict[Hashable, tuple[date, Figure]]:
        """Return the figures that new rows leave alone: of days before the first on which one of them counts."""
        first = first_touched(columns, self.rows)
        return {key: found for key, found in self.standing.copy().items() if to_day(found[0]) < first}


def measurements(seen: View, by: By, coverage: Coverage) -> Measurements:
    """Return what was measured already and is still true."""

    def make() -> Measurements:
        before: Measurements | None = None if seen.filters.known_at else seen.book.carried.last(name)
        made = Measurements(seen.book.around, coverage, seen.currencies, Rows.of(seen.columns), {}, {})
        if before is not None and before.may_carry_on_to(made):
            made.standing.update(before.carried_on(seen.columns))
        if seen.filters.known_at is None:
            seen.book.carried.keep(name, made)
        return made

    name = ("measurements", timeless(seen), by)
    found: Measurements = seen.book.remembered(name, make)
    return found


def first_touched(columns: Columns, since: Rows) -> int:
    """Return the first day on which a row counts that came after `since`; beyond every day when there is none."""
    days = (columns.effective[since.items :], columns.app_day[since.applications :])
    return min(int(each.min()) if len(each) else FOREVER for each in days)


def month_ends_to(as_of: date, count: int) -> list[date]:
    """Return the last month-ends up to the end of the month that a day is in, oldest first."""
    return month_ends(month_end(as_of), count)
