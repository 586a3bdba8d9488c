"""The share of promises kept: parts count by value only, and nothing decided is no share at all."""

from __future__ import annotations

from decimal import Decimal

from arcore.analytics import promises_kept


def test_three_kept_and_one_broken_are_75_percent() -> None:
    figure = promises_kept.by_count(kept=3, broken=1)
    assert figure.exact == Decimal(75)
    assert figure.filled() == "3 ÷ (3 + 1) × 100"


def test_half_of_a_promise_counts_as_half_by_value() -> None:
    """1,000 kept in full, 500 of 1,000 came: 1,500 of 2,000."""
    assert promises_kept.by_value(received=1500, promised=2000).exact == Decimal(75)


def test_without_a_decided_promise_there_is_no_share() -> None:
    for figure in (promises_kept.by_count(kept=0, broken=0), promises_kept.by_value(received=0, promised=0)):
        assert figure.exact is None
        assert figure.undefined == promises_kept.NONE_DECIDED
