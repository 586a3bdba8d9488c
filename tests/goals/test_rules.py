"""What a target means, by hand: lower is better, higher is better, no direction; the straight line; the band."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from arcore.errors import BadInput
from arcore.goals import rules

D = Decimal
JAN, DEC = date(2026, 1, 1), date(2026, 12, 31)
END_OF_JUNE = date(2026, 7, 2)
"""The day half way between: 182 of 364 days."""


def stands(value: str | None, day: date = END_OF_JUNE, **other: object) -> str:
    given: dict = {
        "value": None if value is None else D(value), "start": D(60), "target": D(40), "better": "lower", "low": None,
        "high": None, "first": JAN, "due": DEC, "day": day,
    }  # fmt: skip
    return rules.state(**(given | other))


def test_the_line_from_start_to_target_is_straight_by_days() -> None:
    assert rules.expected(D(60), D(40), JAN, DEC, JAN) == 60
    assert rules.expected(D(60), D(40), JAN, DEC, END_OF_JUNE) == 50
    assert rules.expected(D(60), D(40), JAN, DEC, DEC) == 40
    assert rules.expected(D(60), D(40), JAN, DEC, date(2027, 5, 1)) == 40
    assert rules.expected(D(60), D(40), JAN, DEC, date(2025, 5, 1)) == 60


@pytest.mark.parametrize(
    ("value", "day", "wanted"),
    [
        ("40", END_OF_JUNE, "met"),
        ("50", END_OF_JUNE, "on_track"),
        ("50.1", END_OF_JUNE, "at_risk"),
        ("50", DEC, "missed"),
        ("40.1", DEC, "missed"),
        ("40", DEC, "met"),
        (None, END_OF_JUNE, "unknown"),
        ("40", date(2025, 12, 31), "not_begun"),
    ],
)
def test_lower_is_better(value: str | None, day: date, wanted: str) -> None:
    assert stands(value, day) == wanted


def test_higher_is_better() -> None:
    up = {"start": D(70), "target": D(90), "better": "higher"}
    assert [stands(value, **up) for value in ("91", "90", "80", "79.9")] == ["met", "met", "on_track", "at_risk"]


def test_without_a_due_day_it_is_met_or_not() -> None:
    assert stands("41", due=None) == "off"
    assert stands("40", due=None) == "met"


def test_without_a_start_nobody_can_say_whether_it_is_on_track() -> None:
    assert stands("41", start=None) == "pending"
    assert stands("41", first=None) == "pending"


def test_what_was_good_enough_when_it_was_set_and_is_not_now_is_at_risk() -> None:
    assert stands("41", start=D(39)) == "at_risk"


def test_without_a_direction_the_band_decides() -> None:
    plain = {"better": "", "target": D(100), "low": D(90), "high": D(110), "due": None}
    assert [stands(value, **plain) for value in ("90", "110", "110.01", "89")] == ["met", "met", "off", "off"]


def test_what_is_missing_and_how_much_of_the_way_is_done() -> None:
    assert rules.missing(D(45), D(40), "lower") == 5
    assert rules.missing(D(35), D(40), "lower") == 0
    assert rules.missing(D(80), D(90), "higher") == 10
    assert rules.missing(D(80), D(90), "") == 10
    assert rules.progress(D(60), D(50), D(40)) == D("0.5")
    assert rules.progress(D(60), D(65), D(40)) == D("-0.25")
    assert rules.progress(D(40), D(41), D(40)) is None


def test_both_limits_belong_to_the_band() -> None:
    assert [rules.outside(D(value), D(10), D(20)) for value in (9, 10, 20, 21)] == ["below", "", "", "above"]
    assert rules.outside(D(1_000), None, None) == ""
    assert rules.beyond(D(21), D(10), D(20)) == 1
    assert rules.beyond(D(7), D(10), D(20)) == 3
    assert rules.beyond(D(15), D(10), D(20)) == 0


def test_an_alert_dates_from_the_first_month_end_of_the_unbroken_run() -> None:
    days = [date(2026, month, 28) for month in range(1, 6)]

    def since(*values: int | None) -> date | None:
        given = [(day, None if value is None else D(value)) for day, value in zip(days, values, strict=True)]
        return rules.outside_since(given, None, D(10))

    assert since(11, 9, 11, 12, 13) == days[2]
    assert since(11, 11, 11, 11, 11) == days[0]
    assert since(11, 11, 11, 11, 10) is None
    assert since(11, 11, None, 11, 11) == days[3]
    assert since(9, 9, 9, 9, 11) == days[4]


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"low": D(50), "high": D(30)}, "lower limit"),
        ({"high": D(39)}, "outside of its own band"),
        ({"low": D(41)}, "outside of its own band"),
        ({"value": D("NaN")}, "no figure"),
        ({"value": D("1e20")}, "no figure"),
        ({"better": ""}, "no good direction"),
        ({"first": DEC, "due": DEC}, "after the day it is set from"),
    ],
)
def test_what_cannot_be_meant_is_refused_in_a_sentence(changed: dict, words: str) -> None:
    given = {"value": D(40), "low": None, "high": None, "better": "lower", "first": JAN, "due": DEC}
    rules.check_target(**given)
    with pytest.raises(BadInput, match=words):
        rules.check_target(**(given | changed))
