"""Parts of a change are shown so that they add up to the change as it is shown."""

from __future__ import annotations

from decimal import Decimal

from arcore.analytics.figures import DAYS
from arcore.analytics.figures import MONEY
from arcore.analytics.figures import PERCENT
from arcore.analytics.figures import Figure
from arcore.analytics.written import adding_up
from arcore.analytics.written import led_to
from arcore.written import Format


def test_the_largest_part_takes_what_rounding_leaves() -> None:
    parts = adding_up([Decimal("-1.76"), Decimal("-1.68")], Decimal("-3.44"), DAYS)
    assert parts == [Decimal("-1.7"), Decimal("-1.7")]
    assert sum(parts) == Decimal("-3.4")


def test_money_is_shown_in_whole_units() -> None:
    assert adding_up([Decimal("10.5"), Decimal("20.4")], Decimal("30.9"), MONEY) == [Decimal(11), Decimal(20)]


def test_nothing_adds_up_to_nothing() -> None:
    assert adding_up([], Decimal(0), DAYS) == []


def test_how_one_value_led_to_another_adds_up_as_it_is_written() -> None:
    say = Format("en_GB")

    def told(before: str, after: str, unit: str) -> str:
        return led_to(
            Decimal(before), Decimal(after), Figure("dso", "true", unit, "", {}, Decimal(after)), say
        ).replace("\u2060", "")

    assert told("52.30", "48.90", DAYS) == "52.3 days − 3.4 days = 48.9 days"
    assert told("52.34", "48.88", DAYS) == "52.34 days − 3.46 days = 48.88 days"  # 52.3 − 3.5 is not 48.9
    assert told("81.0", "82.2", PERCENT) == "81.0% + 1.2 points = 82.2%"
