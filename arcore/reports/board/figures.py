"""The measures of a month beside the month before, the year before and the target."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from arcore.analytics.figures import Figure
from arcore.analytics.kpis import Kpi
from arcore.analytics.windows import as_of_days
from arcore.dates import add_months
from arcore.goals.queries import State
from arcore.reports.board.period import Period
from arcore.reports.kpis import Lenses
from arcore.reports.kpis import names
from arcore.reports.targets import Status
from arcore.reports.targets import shown_by_kpi
from arcore.reports.targets import values_shown

HEADLINE = ("open", "overdue", "share_over_90", "dso", "add", "cei", "cash_in")
"""The measures that answer how the month was, in their order."""
DRAWN = ("dso", "add", "cei", "open", "overdue", "cash_in")
"""The measures whose course is drawn."""
MONTHS = 36
"""Month-ends in the workbook; on paper the last thirteen are drawn."""
_BALANCES = ("open", "overdue")


@dataclass(frozen=True)
class Outcome:
    """One measure of the month.

    Attributes:
        now: on the last day that counts.
        before: at the end of the month before; cash in of a running month: to the same day of it.
        year_before: a year earlier.
        target: what was set for it, in the unit of the figure; None where nothing was.
        state: how the target stands; None without a target or a value.
    """

    kpi: Kpi
    now: Figure
    before: Figure
    year_before: Figure
    target: float | None = None
    state: State | None = None

    @property
    def change(self) -> Decimal | None:
        """The value less that of the month before; None when either is undefined."""
        return _less(self.now, self.before)

    @property
    def change_of_year(self) -> Decimal | None:
        """The value less that of the year before; None when either is undefined."""
        return _less(self.now, self.year_before)

    def judged(self, change: Decimal | None) -> str:
        """Say whether a change is "better" or "worse"; "" where it is neither."""
        if change is None or change == 0 or not self.kpi.better:
            return ""
        return "better" if (change < 0) == (self.kpi.better == "lower") else "worse"


@dataclass(frozen=True)
class Course:
    """One measure at the last month-ends and on the last day that counts, oldest first."""

    kpi: Kpi
    days: tuple[date, ...]
    figures: tuple[Figure, ...]
    target: float | None = None


def outcomes(lenses: Lenses, month: Period) -> tuple[Outcome, ...]:
    """Measure everything, those of the headline first."""
    leading = tuple(lenses.kpi(name) for name in HEADLINE)
    others = tuple(kpi for kpi in names() if kpi not in leading)
    targets = shown_by_kpi(lenses.engine, lenses.seen.filters)
    return tuple(_outcome(lenses, kpi, month, targets.get(kpi.key)) for kpi in (*leading, *others))


def courses(lenses: Lenses, month: Period) -> tuple[Course, ...]:
    """Follow the headline and what is drawn over MONTHS month-ends."""
    days = tuple(as_of_days(month.last, MONTHS))
    wanted = values_shown(lenses.seen, month.last)
    found = []
    for name in dict.fromkeys((*DRAWN, *HEADLINE)):
        kpi = lenses.kpi(name)
        figures = tuple(measured(lenses, kpi, day) for day in days)
        found.append(Course(kpi, days, figures, wanted.get(kpi.key)))
    return tuple(found)


def measured(lenses: Lenses, kpi: Kpi, day: date) -> Figure:
    """Measure on a day; a balance of a day that the books do not reach back to is none.

    A balance is the sum of its items, each converted and rounded, on an earlier day too: bridges open at it exactly.
    """
    if kpi.name in _BALANCES and day != lenses.seen.filters.as_of:
        lenses = Lenses.of(lenses.engine, lenses.seen.filters.on(day))
    figure, covered = lenses.whole(kpi, day), lenses.seen.coverage
    if kpi.name in _BALANCES and (missing := covered.missing("balances", day)):
        return figure.because(missing)
    return figure


def _outcome(lenses: Lenses, kpi: Kpi, month: Period, aim: Status | None) -> Outcome:
    running = kpi.name == "cash_in" and not month.over
    compared = add_months(month.last, -1) if running else month.before
    now, before, year = (measured(lenses, kpi, day) for day in (month.last, compared, month.year_before))
    if aim is None or running:
        return Outcome(kpi, now, before, year)
    state = None if now.exact is None else aim.state
    return Outcome(kpi, now, before, year, float(aim.goal.value), state)


def _less(figure: Figure, earlier: Figure) -> Decimal | None:
    if figure.exact is None or earlier.exact is None:
        return None
    return figure.exact - earlier.exact
