"""The change of DSO and CEI between two days, in causes that add up to it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from arcore.analytics.ratio_causes import CAUSES
from arcore.analytics.variants import OPTIONS
from arcore.errors import BadInput
from arcore.reports.filters import Filters
from arcore.reports.kpis import measured
from arcore.reports.ratio_bridges import NO_SPLIT
from arcore.reports.ratio_bridges import RATIOS
from arcore.reports.ratio_bridges import VARIANTS
from arcore.reports.ratio_bridges import RatioBridge
from arcore.reports.ratio_bridges import ratio_bridge

JUL, OCT = date(2026, 7, 31), date(2026, 10, 31)
AT = Filters(as_of=OCT, currency="EUR")


def effects(found: RatioBridge) -> dict[str, Decimal]:
    assert found.before.exact is not None
    assert found.after.exact is not None
    change = found.after.exact - found.before.exact
    assert abs(sum(cause.effect for cause in found.causes) - change) < Decimal("1e-18")
    return {cause.key: round(cause.effect, 6) for cause in found.causes}


@pytest.fixture
def house(company):
    for currency in ("EUR", "USD"):
        for what in ("balances", "sales", "receipts"):
            company.complete(what, date(2024, 1, 1), currency)
    company.customer("ALDER", segment="Retail")
    company.customer("BIRCH", segment="Public")
    return company


def test_one_segment_by_hand(house):
    """May to July (92 days): 100 sold, 100 open, not due. August to October (92): 80 sold, 120 open, 40 of it late."""
    first = house.invoice("ALDER", date(2026, 5, 10), date(2026, 9, 10), 100)
    house.invoice("ALDER", date(2026, 9, 10), date(2026, 12, 10), 80)
    house.payment("ALDER", date(2026, 9, 20), 60, (first, 60))
    found = ratio_bridge(house.engine, AT, JUL, "dso")
    assert (found.before.exact, found.after.exact) == (92, 138)
    # A unit of balance is 0.92 days at first, 1.15 at last, 1.035 in the mean: −20 not due, +40 late; sales the rest.
    assert effects(found) == {
        "balance": Decimal("-20.7"), "timeliness": Decimal("41.4"), "sales": Decimal("25.3"), "mix": 0, "credits": 0,
        "write_offs": 0,
    }  # fmt: skip
    assert {cause.key: (cause.then, cause.now) for cause in found.causes if cause.key != "mix"} == {
        "balance": (100, 80), "sales": (100, 80), "timeliness": (0, 40), "credits": (0, 0), "write_offs": (0, 0),
    }  # fmt: skip


def test_cei_by_hand(house):
    """July: 100 fell due, 60 left: 60 %. October: 100 fell due, 30 paid and 30 given up, so 60 % again."""
    first = house.invoice("ALDER", date(2026, 5, 10), date(2026, 6, 10), 100)
    house.payment("ALDER", date(2026, 6, 20), 60, (first, 60))
    house.payment("ALDER", date(2026, 8, 2), 40, (first, 40))
    second = house.invoice("ALDER", date(2026, 8, 10), date(2026, 9, 10), 60)
    house.payment("ALDER", date(2026, 9, 20), 30, (second, 30))
    house.do("write_off", item_id=second, amount=Decimal(30), reason="uncollectible", on=date(2026, 10, 6))
    found = ratio_bridge(house.engine, AT, JUL, "cei")
    assert (found.before.exact, found.after.exact) == (60, 100)
    told = effects(found)
    # 30 late but for the write-off of 30: at 100 and at 100 collectable that is 30 points, whatever the order.
    assert told == {
        "balance": told["balance"], "sales": told["sales"], "timeliness": told["timeliness"], "mix": 0, "credits": 0,
        "write_offs": told["write_offs"],
    }  # fmt: skip
    assert told["write_offs"] > 25
    late = next(cause for cause in found.causes if cause.key == "timeliness")
    assert (late.then, late.now) == (40, 30)


def test_a_shift_to_slow_payers_is_mix_and_not_lateness(house):
    """Retail has nothing open, Public all of it; half of the sales of one go to the other, and nobody pays later."""
    for code, amount in (("ALDER", 300), ("BIRCH", 100)):
        item = house.invoice(code, date(2026, 6, 10), date(2026, 12, 10), amount)
        house.payment(code, date(2026, 7, 20), 300, (item, 300)) if code == "ALDER" else None
    house.payment("BIRCH", date(2026, 8, 1), 100)
    for code, amount in (("ALDER", 100), ("BIRCH", 300)):
        item = house.invoice(code, date(2026, 9, 10), date(2026, 12, 10), amount)
        house.payment(code, date(2026, 10, 20), 100, (item, 100)) if code == "ALDER" else None
    found = ratio_bridge(house.engine, AT, JUL, "dso")
    assert (found.before.exact, found.after.exact) == (23, 69)
    told = effects(found)
    assert (told["sales"], told["timeliness"]) == (0, 0)
    assert told["mix"] == 46
    assert told["balance"] == 0


def test_the_ends_are_the_measures_themselves(house):
    house.rate("USD", "EUR", date(2024, 1, 1), "0.90")
    house.rate("USD", "EUR", date(2026, 9, 1), "0.9333")
    for month in range(5, 11):
        item = house.invoice("ALDER", date(2026, month, 3), date(2026, month, 20), "10.01", currency="USD")
        house.invoice("BIRCH", date(2026, month, 5), date(2026, month, 25), "33.33")
        house.payment("ALDER", date(2026, month, 21), 7, (item, 7), currency="USD")
        house.credit_note("ALDER", date(2026, month, 22), 1, (item, 1), currency="USD")
    for name in ("dso", "cei"):
        for since in (JUL, date(2026, 8, 13)):
            found = ratio_bridge(house.engine, AT, since, name)
            assert found.after == measured(house.engine, AT, name)
            # As of its own day every item is rounded by itself: a fraction of a cent.
            assert found.before.value == pytest.approx(measured(house.engine, AT.on(since), name).value, abs=0.01)
            assert effects(found)["credits"]


def test_without_a_value_there_is_a_reason(house):
    found = ratio_bridge(house.engine, AT, JUL, "dso")
    assert (found.causes, found.undefined) == ((), "no credit sales in the window")
    house.invoice("ALDER", date(2026, 6, 10), date(2026, 7, 10), 10)
    house.invoice("ALDER", date(2026, 9, 10), date(2026, 12, 10), 100)
    house.credit_note("ALDER", date(2026, 9, 20), 50)
    assert ratio_bridge(house.engine, AT, JUL, "dso").undefined == NO_SPLIT


def test_what_can_not_be_asked_is_refused(house):
    with pytest.raises(BadInput):
        ratio_bridge(house.engine, AT, OCT, "dso")
    with pytest.raises(BadInput):
        ratio_bridge(house.engine, AT, JUL, "turnover")


EVERY = [f"{name}.{variant}" for name in RATIOS for variant in VARIANTS[name]]


def test_every_choice_has_causes():
    assert {*VARIANTS["dso"]} >= {*OPTIONS["dso_method"]}
    assert {*VARIANTS["cei"]} == {*OPTIONS["cei_method"]}


@pytest.mark.parametrize("name", EVERY)
def test_each_way_of_counting_adds_up_to_its_own_change(house, name):
    house.rate("USD", "EUR", date(2024, 1, 1), "0.90")
    house.rate("USD", "EUR", date(2026, 9, 1), "0.9333")
    for start in range(18):
        day = date(2025 + (start + 4) // 12, (start + 4) % 12 + 1, 3)
        item = house.invoice("ALDER", day, day.replace(day=20), "100.01", currency="USD")
        late = house.invoice("BIRCH", day, day.replace(day=25), 33 + 5 * start)
        house.payment("ALDER", day.replace(day=21), 70, (item, 70), currency="USD")
        house.credit_note("ALDER", day.replace(day=22), 7, (item, 7), currency="USD")
        house.payment("BIRCH", day.replace(day=27), 20 + start, (late, 20 + start))
        if start % 4 == 3:
            house.do("write_off", item_id=late, amount=Decimal(5), reason="uncollectible", on=day.replace(day=28))
    for since in (JUL, date(2026, 8, 13)):
        found = ratio_bridge(house.engine, AT, since, name)
        assert found.undefined is None
        assert found.after == measured(house.engine, AT, name)
        told = effects(found)
        assert told.keys() | found.left_out.keys() == {*CAUSES}
        assert not told.keys() & found.left_out.keys()
        assert told["sales"]
        assert told["balance"]


def test_cash_cei_by_hand(house):
    """July: 100 fell due, 60 came as cash: 60 %. October: 40 and 60 fell due, 40 and 30 came, 30 was given up: 70 %."""
    first = house.invoice("ALDER", date(2026, 5, 10), date(2026, 6, 10), 100)
    house.payment("ALDER", date(2026, 6, 20), 60, (first, 60))
    house.payment("ALDER", date(2026, 8, 2), 40, (first, 40))
    second = house.invoice("ALDER", date(2026, 8, 10), date(2026, 9, 10), 60)
    house.payment("ALDER", date(2026, 9, 20), 30, (second, 30))
    house.do("write_off", item_id=second, amount=Decimal(30), reason="uncollectible", on=date(2026, 10, 6))
    found = ratio_bridge(house.engine, AT, JUL, "cei.cash")
    assert (found.before.exact, found.after.exact) == (60, 70)
    # 10 less did not come: 10 points where 100 is collectable (at first and at last, a third each), 10 ÷ 140 and
    # 10 ÷ 60 where only one of balance (0, 40) and sales (100, 60) has changed (a sixth each).
    told = effects(found)
    assert told["timeliness"] == round(Decimal(20) / 3 + Decimal(1000) / 840 + Decimal(1000) / 360, 6)
    assert (told["mix"], told["credits"]) == (0, 0)
    assert "write-off is no cash" in found.left_out["write_offs"]


def test_the_average_balance_by_hand(house):
    """Mean of 0 and 100 over 100 of sales, 92 days: 46. Then mean of 100 and 120 over 80: 126.5."""
    first = house.invoice("ALDER", date(2026, 5, 10), date(2026, 9, 10), 100)
    house.invoice("ALDER", date(2026, 9, 10), date(2026, 12, 10), 80)
    house.payment("ALDER", date(2026, 9, 20), 60, (first, 60))
    found = ratio_bridge(house.engine, AT, JUL, "dso.average_balance")
    assert (found.before.exact, found.after.exact) == (46, Decimal("126.5"))
    # A unit is 1.035 days in the mean: half of the 40 late; the rest of the 60 more of mean balance; sales the rest.
    assert effects(found) == {
        "balance": Decimal("41.4"), "timeliness": Decimal("20.7"), "sales": Decimal("18.4"), "mix": 0, "credits": 0,
        "write_offs": 0,
    }  # fmt: skip
