"""Dated rows: the latest that has begun wins, and among equals the one recorded last."""

from __future__ import annotations

from datetime import date

from arcore.customers.facts import Dated
from arcore.customers.facts import on_day

JANUARY, MARCH, MAY = date(2026, 1, 1), date(2026, 3, 1), date(2026, 5, 1)


def test_an_owner_holds_from_a_day_on() -> None:
    rows = [Dated(1, "owner", "Ana", JANUARY), Dated(1, "owner", "Ben", MARCH)]
    assert on_day(rows, date(2025, 12, 31)) == {}
    assert on_day(rows, date(2026, 2, 28)) == {1: {"owner": "Ana"}}
    assert on_day(rows, MARCH) == {1: {"owner": "Ben"}}


def test_a_correction_of_the_same_day_replaces_it() -> None:
    rows = [Dated(1, "segment", "Retail", MARCH), Dated(1, "segment", "Trade", MARCH)]
    assert on_day(rows, MAY) == {1: {"segment": "Trade"}}


def test_a_row_recorded_late_for_an_earlier_day_does_not_hide_a_later_one() -> None:
    rows = [Dated(1, "owner", "Ben", MARCH), Dated(1, "owner", "Ana", JANUARY)]
    assert on_day(rows, MAY) == {1: {"owner": "Ben"}}


def test_an_empty_value_ends_what_held() -> None:
    rows = [Dated(1, "status", "legal", JANUARY), Dated(1, "status", "", MARCH), Dated(2, "status", "legal", MARCH)]
    assert on_day(rows, MAY) == {2: {"status": "legal"}}
