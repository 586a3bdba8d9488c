"""Parts of a change are shown so that they add up to the change as it is shown."""

from __future__ import annotations

from decimal import Decimal

from arcore.analytics.figures import DAYS
from arcore.analytics.figures import MONEY
from arcore.analytics.written import adding_up


def test_the_largest_part_takes_what_rounding_leaves() -> None:
    parts = adding_up([Decimal("-1.76"), Decimal("-1.68")], Decimal("-3.44"), DAYS)
    assert parts == [Decimal("-1.7"), Decimal("-1.7")]
    assert sum(parts) == Decimal("-3.4")


def test_money_is_shown_in_whole_units() -> None:
    assert adding_up([Decimal("10.5"), Decimal("20.4")], Decimal("30.9"), MONEY) == [Decimal(11), Decimal(20)]


def test_nothing_adds_up_to_nothing() -> None:
    assert adding_up([], Decimal(0), DAYS) == []
