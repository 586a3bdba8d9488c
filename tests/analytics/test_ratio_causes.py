"""The change of DSO and CEI in causes that add up, whatever order they are thought in."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from arcore.analytics.bridge import share_out
from arcore.analytics.ratio_causes import CAUSES
from arcore.analytics.ratio_causes import Inputs
from arcore.analytics.ratio_causes import Segment
from arcore.analytics.ratio_causes import cei_causes
from arcore.analytics.ratio_causes import dso_causes


def one(sales, owed, late, *, credit_notes=0, credited=0, write_offs=0, days=30) -> Inputs:
    return Inputs({"all": Segment(sales, owed, late)}, credit_notes, credited, write_offs, days)


def told(parts) -> dict[str, Decimal]:
    return {cause: round(amount, 9) for cause, amount in parts.items() if round(amount, 9)}


def test_dso_from_30_to_45_days_is_six_and_three_quarters_of_balance_and_the_rest_of_sales():
    parts = dso_causes(one(100, 100, 0), one(80, 120, 0))
    assert told(parts) == {"balance": Decimal("6.75"), "sales": Decimal("8.25")}


def test_the_balance_splits_into_what_is_not_due_and_what_is_late():
    # 5 more not due, 15 more late, at the mean of 0.3 and 0.375 days a unit.
    parts = dso_causes(one(100, 90, 10), one(80, 95, 25))
    assert told(parts) == {"balance": Decimal("1.6875"), "timeliness": Decimal("5.0625"), "sales": Decimal("8.25")}


def test_a_longer_window_of_the_same_daily_sales_changes_nothing():
    assert told(dso_causes(one(300, 100, 0, days=30), one(310, 100, 0, days=31))) == {}


def test_a_write_off_lowers_dso_by_its_days_of_sales():
    parts = dso_causes(one(100, 100, 0), one(100, 100, 0, write_offs=10))
    assert told(parts) == {"write_offs": Decimal(-3)}


def test_credits_lower_the_balance_and_the_sales():
    # 100 ÷ 100 × 30 = 30 days; 20 credited: 80 ÷ 80 × 30 = 30 days. Of the balance alone: 24 days.
    assert told(dso_causes(one(100, 100, 0), one(100, 100, 0, credit_notes=20, credited=20))) == {}
    assert told(dso_causes(one(100, 100, 0), one(100, 100, 0, credited=20))) == {"credits": Decimal(-6)}


def test_the_mix_is_told_from_the_balance():
    """Retail owes 10 days of its sales, public 90; sales of 100 move from retail to public, payment stays."""
    before = Inputs({"retail": Segment(200, 200, 0), "public": Segment(100, 900, 0)}, 0, 0, 0, 10)
    after = Inputs({"retail": Segment(100, 100, 0), "public": Segment(200, 1800, 0)}, 0, 0, 0, 10)
    parts = dso_causes(before, after)
    assert told(parts) == {"mix": round(Decimal(800) / 30, 9)}


def test_a_new_segment_has_no_mix_of_its_own():
    before = Inputs({"retail": Segment(100, 100, 0)}, 0, 0, 0, 10)
    after = Inputs({"retail": Segment(100, 100, 0), "export": Segment(0, 50, 0)}, 0, 0, 0, 10)
    assert told(dso_causes(before, after)) == {"balance": Decimal(5)}


def test_cei_by_hand():
    # Collectable 1,000 + 500 − 600 = 900, late 400: 55.6 %. With 100 of it written off: 300 late, 66.7 %.
    parts = cei_causes(one(500, 400, 400), one(500, 400, 400, write_offs=100))
    assert told(parts) == {"write_offs": round(Decimal(100) / 9, 9)}
    parts = cei_causes(one(500, 400, 400), one(500, 400, 310))
    assert told(parts) == {"timeliness": Decimal(10)}


def test_where_sales_vanish_on_the_way_there_is_no_split():
    assert dso_causes(one(10, 5, 0), one(100, 5, 0, credit_notes=50)) is None
    assert cei_causes(one(10, 5, 0), one(0, -10, 0)) is None


AMOUNT = st.integers(1, 10_000)
PARTS = st.dictionaries(st.sampled_from("abcd"), st.tuples(AMOUNT, AMOUNT, AMOUNT), min_size=1)


def _inputs(parts, notes, credited, lost, days) -> Inputs:
    segments = {key: Segment(200_000 + sales, owed, late) for key, (sales, owed, late) in parts.items()}
    return Inputs(segments, notes, credited, lost, days)


BOOK = st.builds(_inputs, PARTS, AMOUNT, AMOUNT, AMOUNT, st.integers(28, 92))


def dso(of: Inputs) -> Fraction:
    owed, late, sales = (total(of, name) for name in ("owed", "late", "sales"))
    return (
        (owed + late - Fraction(of.credits) - Fraction(of.write_offs)) / (sales - Fraction(of.credit_notes)) * of.days
    )


def cei(of: Inputs) -> Fraction:
    owed, late, sales = (total(of, name) for name in ("owed", "late", "sales"))
    collectable = owed + sales - Fraction(of.credit_notes)
    return 100 * (collectable - (late - Fraction(of.credits) - Fraction(of.write_offs))) / collectable


def total(of: Inputs, name: str) -> Fraction:
    return sum((Fraction(getattr(part, name)) for part in of.segments.values()), Fraction(0))


@settings(deadline=None)
@given(before=BOOK, after=BOOK)
def test_the_causes_add_up_and_turn_round_with_the_days(before, after):
    for split, figure in ((dso_causes, dso), (cei_causes, cei)):
        there, back = split(before, after), split(after, before)
        assert there is not None
        assert back is not None
        assert set(there) == set(CAUSES)
        assert abs(Fraction(sum(there.values())) - (figure(after) - figure(before))) < Fraction(1, 10**15)
        assert all(abs(there[cause] + back[cause]) < Decimal("1e-15") for cause in CAUSES)


@settings(deadline=None)
@given(values=st.lists(st.integers(1, 50), min_size=8, max_size=8), order=st.permutations(["a", "b", "c", "d"]))
def test_the_order_in_which_causes_are_named_or_thought_does_not_matter(values, order):
    old, new = (dict(zip("abcd", half, strict=True)) for half in (values[:4], values[4:]))

    def worth(changed: frozenset[str]) -> Fraction:
        now = {name: Fraction((new if name in changed else old)[name]) for name in old}
        return (now["a"] + now["b"] * now["c"]) / (now["c"] + now["d"])

    parts = share_out(order, worth)
    assert parts == share_out("abcd", worth)
    for name in "abcd":
        steps = [worth(frozenset(way[: way.index(name) + 1])) - worth(frozenset(way[: way.index(name)]))
                 for way in permutations("abcd")]  # fmt: skip
        assert float(parts[name]) == pytest.approx(float(sum(steps) / len(steps)), abs=1e-12)
