from __future__ import annotations

from datetime import date

import pytest

from arcore.analytics.quarter import Period
from arcore.analytics.quarter import last_complete
from arcore.analytics.quarter import quarter
from arcore.analytics.quarter import quarters

Q2, Q3 = Period(date(2026, 4, 1), date(2026, 6, 30)), Period(date(2026, 7, 1), date(2026, 9, 30))


@pytest.mark.parametrize(
    ("period", "name", "before"),
    [
        (Q3, "2026-Q3", Q2),
        (Period(date(2026, 7, 1), date(2026, 8, 11)), "2026-Q3", Q2),
        (Period(date(2025, 11, 1), date(2026, 10, 31)), "", Period(date(2024, 11, 1), date(2025, 10, 31))),
        (Period(date(2026, 3, 1), date(2026, 4, 30)), "", Period(date(2026, 1, 1), date(2026, 2, 28))),
        (Period(date(2026, 8, 11), date(2026, 8, 20)), "", Period(date(2026, 8, 1), date(2026, 8, 10))),
    ],
)
def test_a_period_knows_its_name_and_what_it_is_compared_with(period, name, before):
    assert (period.quarter, period.before) == (name, before)


def test_the_last_quarters_of_a_day():
    found = quarters(date(2026, 11, 20), 3)

    assert found == [Period(date(2026, 10, 1), date(2026, 11, 20)), Q3, Q2]
    assert last_complete(date(2026, 11, 20)) == last_complete(date(2026, 9, 30)) == Q3
    assert quarter(date(2026, 12, 31)) == Period(date(2026, 10, 1), date(2026, 12, 31))
