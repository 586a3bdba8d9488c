"""Windows are trailing and end on the as-of date."""

from __future__ import annotations

from datetime import date

from arcore.analytics.windows import Window
from arcore.analytics.windows import as_of_days
from arcore.analytics.windows import trailing_months
from arcore.dates import trailing_window


def test_three_months_to_the_end_of_october():
    window = Window(*trailing_window(date(2026, 10, 31), 3))
    assert window == (date(2026, 8, 1), date(2026, 10, 31))
    assert window.days == 92
    assert window.before == date(2026, 7, 31)


def test_a_running_month_needs_no_special_case():
    assert Window(*trailing_window(date(2026, 11, 20), 3)) == (date(2026, 8, 21), date(2026, 11, 20))


def test_trailing_months_lie_one_behind_the_other():
    months = trailing_months(date(2026, 3, 31), 3)
    assert months == [
        (date(2026, 3, 1), date(2026, 3, 31)),
        (date(2026, 2, 1), date(2026, 2, 28)),
        (date(2026, 1, 1), date(2026, 1, 31)),
    ]


def test_month_ends_and_the_day_itself():
    assert as_of_days(date(2026, 3, 31), 2) == [date(2026, 2, 28), date(2026, 3, 31)]
    assert as_of_days(date(2026, 3, 30), 2) == [date(2026, 1, 31), date(2026, 2, 28), date(2026, 3, 30)]
