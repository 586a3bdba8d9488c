"""The month that a board pack is of: its last day, what it is compared with, and whether it is frozen."""

from __future__ import annotations

import re
from dataclasses import dataclass
from dataclasses import replace
from datetime import date
from datetime import timedelta

from sqlalchemy import Engine

from arcore.company.queries import Close
from arcore.dates import add_months
from arcore.dates import month_end
from arcore.dates import month_start
from arcore.errors import BadInput
from arcore.reports.as_known import frozen_months
from arcore.reports.filters import MANY
from arcore.reports.filters import Filters
from arcore.reports.view import view

_MONTH = re.compile(r"(19|2[01])\d\d-(0[1-9]|1[0-2])")


@dataclass(frozen=True)
class Period:
    """One month, as it is looked at.

    Attributes:
        filters: as of the last day of the month, or today while it runs; always in one currency, and as known when the
            month was frozen.
        close: the freeze, None where the month is not frozen.
        before: the last day of the month before.
        year_before: the same day a year earlier: a month-end, when the month is over.
    """

    filters: Filters
    close: Close | None
    before: date
    year_before: date

    @property
    def first(self) -> date:
        """The first day of the month."""
        return month_start(self.filters.as_of)

    @property
    def last(self) -> date:
        """The last day that counts."""
        return self.filters.as_of

    @property
    def over(self) -> bool:
        """Tell whether the last day of the month counts."""
        return self.last == month_end(self.last)

    @property
    def name(self) -> str:
        """The month as scripts and files name it: 2026-10."""
        return f"{self.last:%Y-%m}"


def read_month(text: str) -> date:
    """Return the first day of a month from 1900 to 2199 written as 2026-10. Raises BadInput for anything else."""
    if _MONTH.fullmatch(text) is None:
        raise BadInput(f"{text!r} is not a month; write it as 2026-10", value=text)
    return date(int(text[:4]), int(text[5:]), 1)


def period(engine: Engine, month: date, filters: Filters, *, today: date) -> Period:
    """Look at the month that `month` lies in; of `filters` everything but the days counts.

    A board wants one currency: where several were asked for, the company's own is taken. Raises BadInput for a
    month that has not begun.
    """
    if month_start(month) > today:
        raise BadInput(f"{month:%B %Y} has not begun yet", month=f"{month:%Y-%m}", today=today)
    last = min(month_end(month), today)
    close = frozen_months(engine).get(last)
    asked = replace(filters, as_of=last, known_at=filters.known_at or (None if close is None else close.at))
    if asked.currency in MANY:
        asked = asked.in_currency(view(engine, asked).reporting)
    a_year = add_months(month_start(last), -12)
    return Period(
        filters=asked,
        close=close,
        before=month_start(last) - timedelta(days=1),
        year_before=month_end(a_year) if last == month_end(last) else add_months(last, -12),
    )
