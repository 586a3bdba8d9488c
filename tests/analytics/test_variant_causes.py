"""The other ways of counting DSO in causes that add up, whatever order they are thought in."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from itertools import permutations

from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from arcore.analytics.dso import countback
from arcore.analytics.ratio_causes import CAUSES
from arcore.analytics.ratio_causes import Inputs
from arcore.analytics.ratio_causes import Segment
from arcore.analytics.true_dso import true_dso
from arcore.analytics.variant_causes import OF_TERMS
from arcore.analytics.variant_causes import Months
from arcore.analytics.variant_causes import Terms
from arcore.analytics.variant_causes import countback_causes
from arcore.analytics.variant_causes import term_causes


def book(owed, late=0, *, credited=0, write_offs=0) -> Inputs:
    return Inputs({"all": Segment(100, owed, late)}, 0, credited, write_offs, 30)


def count(balance, months):
    return countback(ar_end=balance, periods=months.sold)


def told(parts) -> dict[str, Decimal]:
    return {cause: round(amount, 9) for cause, amount in parts.items() if round(amount, 9)}


def test_counted_back_by_hand():
    """150 over months of 100 of 30 days: 45 days. Then 200 over months of 200: 30 days."""
    months = (Months([(100, 30)] * 4), Months([(200, 30)] * 4))
    # 50 more balance: +15 days at the old sales, +7.5 at the new, 11.25 in the mean; sales: −22.5 and −30, −26.25.
    parts = countback_causes(book(150), book(200), months, count)
    assert told(parts) == {"balance": Decimal("11.25"), "sales": Decimal("-26.25")}
    parts = countback_causes(book(150), book(150, 50, write_offs=20), (months[0], months[0]), count)
    assert told(parts) == {"timeliness": Decimal(15), "write_offs": Decimal(-6)}


def test_counted_back_beyond_what_is_known_has_no_causes():
    months = (Months([(100, 30)] * 4), Months([(100, 30)], whole=False))
    assert countback_causes(book(150), book(50), months, count) is None
    assert countback_causes(book(50), book(50, credited=80), (months[0], months[0]), count) is None


def test_a_sum_of_parts_by_hand():
    """100 open of 10 days each over sales of 50: 20 days. Then 100 open of 20 days each over sales of 100: 20 days."""
    then, now = Terms(100, {0: 1000}, {0: 50}), Terms(100, {0: 2000}, {0: 100})
    # Twice as old: +20 at the old sales, +10 at the new, 15 in the mean; twice the sales the same the other way.
    assert told(term_causes(then, now)) == {"sales": Decimal(-15), "timeliness": Decimal(15)}
    assert told(term_causes(then, Terms(150, {0: 1500}, {0: 50}))) == {"balance": Decimal(10)}


def test_nothing_open_on_one_day_is_all_balance():
    assert told(term_causes(Terms(0, {}, {0: 50}), Terms(100, {0: 1000}, {0: 50}))) == {"balance": Decimal(20)}


def test_parts_without_sales_are_left_out_and_none_left_is_no_split():
    then = Terms(100, {0: 1000, 1: 500}, {0: 50, 1: 0})
    assert told(term_causes(then, Terms(200, {0: 2000, 1: 1000}, {0: 50, 1: 0}))) == {"balance": Decimal(20)}
    assert term_causes(Terms(100, {0: 1000}, {0: 50, 1: 0}), Terms(100, {1: 1000}, {0: 0, 1: 50})) is None


AMOUNT = st.integers(1, 10_000)
SOLD = st.lists(st.tuples(st.integers(0, 3_000), st.integers(28, 31)), min_size=6, max_size=6).map(Months)
BOOK = st.builds(
    lambda owed, late, credited, lost: book(20_000 + owed, late, credited=credited, write_offs=lost),
    AMOUNT, AMOUNT, AMOUNT, AMOUNT,
)  # fmt: skip
PARTS = st.dictionaries(st.integers(0, 3), AMOUNT, min_size=1)
TERMS = st.builds(
    lambda level, parts, sales: Terms(level, parts, dict(enumerate(sales))),
    AMOUNT, PARTS, st.lists(AMOUNT, min_size=4, max_size=4),
)  # fmt: skip


def balance(of: Inputs) -> Decimal:
    lost = Decimal(of.credits) + Decimal(of.write_offs)
    return sum((Decimal(part.owed) + Decimal(part.late) for part in of.segments.values()), -lost)


@settings(deadline=None, max_examples=40)
@given(before=BOOK, after=BOOK, sold=st.tuples(SOLD, SOLD))
def test_counted_back_adds_up_and_turns_round(before, after, sold):
    there, back = (
        countback_causes(before, after, sold, count),
        countback_causes(after, before, sold[::-1], count),
    )
    assert there is not None
    assert back is not None
    change = count(balance(after), sold[1]).exact - count(balance(before), sold[0]).exact
    assert set(there) == set(CAUSES)
    assert abs(sum(there.values()) - change) < Decimal("1e-15")
    assert all(abs(there[cause] + back[cause]) < Decimal("1e-15") for cause in CAUSES)


@settings(deadline=None, max_examples=60)
@given(before=TERMS, after=TERMS)
def test_a_sum_of_parts_adds_up_in_the_mean_of_all_orders(before, after):
    def worth(changed) -> Fraction:
        level, sold, aged = ((after if cause in changed else before) for cause in OF_TERMS)
        parts = ((Fraction(part, aged.open) / sold.sales[place]) for place, part in aged.parts.items())
        return level.open * sum(parts, Fraction(0))

    found = term_causes(before, after)
    assert found is not None
    for cause in OF_TERMS:
        steps = [worth(way[: way.index(cause) + 1]) - worth(way[: way.index(cause)]) for way in permutations(OF_TERMS)]
        assert abs(Fraction(found[cause]) - sum(steps) / len(steps)) < Fraction(1, 10**15)
    ends = [true_dso([(str(at), part, of.sales[at]) for at, part in of.parts.items()]).exact for of in (before, after)]
    assert abs(sum(found.values()) - (ends[1] - ends[0])) < Decimal("1e-15")
