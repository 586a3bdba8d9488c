"""Parts of a change are shown so that they add up to the change as it is shown."""

from __future__ import annotations

from decimal import Decimal

from arcore.analytics.figures import DAYS
from arcore.analytics.figures import MONEY
from arcore.analytics.figures import PERCENT
from arcore.analytics.figures import Figure
from arcore.analytics.written import adding_up
from arcore.analytics.written import led_to
from arcore.analytics.written import side_by_side
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


def test_two_values_and_their_change_add_up_as_they_are_written() -> None:
    say = Format("en_GB")

    def told(before: str, after: str, unit: str, currency: str = "") -> tuple[str, ...]:
        first, last = (
            Figure("open", "x", unit, "", {}, Decimal(each), currency=currency) for each in (before, after)
        )  # fmt: skip
        return tuple(text.replace("\u2060", "") for text in side_by_side(first, last, say))

    assert told("64.54", "64.66", PERCENT) == ("64.54%", "64.66%", "+0.12 points")  # 64.5 and 64.7 are not 0.1 apart
    assert told("52.41", "52.30", DAYS) == ("52.4 days", "52.3 days", "−0.1 days")
    assert told("3.9", "3.9", PERCENT) == ("3.9%", "3.9%", "0.0 points")
    assert told("1000.40", "1100.80", MONEY, "EUR") == ("€1,000.40", "€1,100.80", "+100.40 EUR")
    assert told("1000.10", "1100.20", MONEY, "EUR") == ("€1,000", "€1,100", "+100 EUR")
