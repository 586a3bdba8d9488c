"""Other days or other customers: the parts of a step's change, by hand; the order makes no difference."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from arcore.reports.step_change import split

SIDES = st.dictionaries(
    st.integers(0, 5), st.tuples(st.integers(1, 1000), st.integers(-5000, 5000)), min_size=1, max_size=6
)


def test_the_same_customers_in_the_same_shares_are_only_quicker() -> None:
    # Half each: 10 and 20 days before, 8 and 14 now.
    found = split({1: (100, 1000), 2: (100, 2000)}, {1: (300, 2400), 2: (300, 4200)})
    assert found == (Fraction(15), Fraction(11), Fraction(-4), Fraction(0))


def test_other_shares_of_the_same_days_are_only_mix() -> None:
    # 10 and 20 days in both; the slow one has three quarters now.
    found = split({1: (100, 1000), 2: (100, 2000)}, {1: (100, 1000), 2: (300, 6000)})
    assert found == (Fraction(15), Fraction(35, 2), Fraction(0), Fraction(5, 2))


def test_who_is_new_or_gone_changes_shares_alone() -> None:
    found = split({1: (100, 1000)}, {2: (100, 2000)})
    assert found == (Fraction(10), Fraction(20), Fraction(0), Fraction(10))


def test_nothing_on_one_side_can_not_be_split() -> None:
    assert split({}, {1: (100, 1000)}) is None


@given(before=SIDES, now=SIDES)
def test_the_parts_add_up_and_turn_around_with_the_periods(
    before: dict[int, tuple[int, int]], now: dict[int, tuple[int, int]]
) -> None:
    there, back = split(before, now), split(now, before)
    assert there is not None
    assert back is not None
    assert there.days + there.shares == there.now - there.before
    assert (back.days, back.shares) == (-there.days, -there.shares)
