"""Charts as dictionaries: coloured by role, no colour of their own, nothing drawn that is not there."""

from __future__ import annotations

import json
import re
from datetime import date

import pytest

from arcore.reports.customer import Paid
from pages.ui import charts
from pages.ui import days_to_pay
from pages.ui import trend_charts
from pages.ui.charts import Step
from pages.ui.format import Format
from pages.ui.trend_charts import Line
from pages.ui.trend_charts import Target

BUCKETS = ("Not due", "1–30", "91+")
DAYS = [date(2026, 9, 30), date(2026, 10, 31), date(2026, 11, 20)]


def all_specs() -> list[charts.Spec]:
    line = Line("DSO", "main", [50.0, None, 49.2], ["50.0", "—", "49.2"])
    cash = Line("Cash in", "main", [1.0, 2.0, 3.0], ["1", "2", "3"])
    rows = [{"key": "C1", "name": "Alder", "bucket": bucket, "amount": 1.0} for bucket in BUCKETS]
    return [
        charts.spark([1.0, None, 3.0]),
        charts.bucket_bar(BUCKETS, [1.0, 2.0, -3.0]),
        charts.stacked(rows, BUCKETS, ["Alder"], "pick"),
        charts.waterfall([Step("Invoiced", 5.0, "+5"), Step("Cash in", -3.0, "−3")]),
        trend_charts.lines(DAYS, [line], target=Target(42.0, "target 42"), to_date=True),
        trend_charts.bars(DAYS, cash, target=Target(2.5, "target 2.5"), to_date=True),
    ]


@pytest.mark.parametrize("place", range(6))
def test_colours_come_from_the_theme(place: int) -> None:
    text = json.dumps(all_specs()[place])
    assert not re.search(r"#[0-9a-fA-F]{3,8}\b", text)
    assert '"range": "category"' in text or '"range": "ramp"' in text


def test_buckets_keep_their_order_and_credits_stay_out_of_the_bar() -> None:
    spec = charts.bucket_bar(BUCKETS, [1.0, 2.0, -3.0])
    domain = spec["encoding"]["color"]["scale"]["domain"]
    assert [bucket for bucket in domain if bucket in BUCKETS] == list(BUCKETS)
    assert domain.index("91+") == 4, "the oldest is the darkest, however many there are"
    assert [row["amount"] for row in spec["data"]["values"]] == [1.0, 2.0, 0.0]


@pytest.mark.parametrize("count", range(1, 9))
def test_every_number_of_buckets_has_colours_of_its_own_and_never_that_of_credits(count: int) -> None:
    buckets = [f"bucket {place}" for place in range(count)]
    colour = charts.by_bucket(buckets, legend={"orient": "top"})
    domain = colour["scale"]["domain"]
    places = [domain.index(bucket) for bucket in buckets]
    assert len(set(places)) == count
    assert 5 not in places
    assert len(domain) <= 10
    assert colour["legend"]["values"] == buckets


def test_a_waterfall_starts_each_bar_where_the_last_ended() -> None:
    rows = charts.waterfall([Step("Invoiced", 5.0, "+5"), Step("Cash in", -3.0, "−3")])["data"]["values"]
    assert [(row["from"], row["to"], row["role"]) for row in rows] == [(0.0, 5.0, "main"), (5.0, 2.0, "soft")]


def test_a_label_stands_where_the_zero_line_does_not_strike_it_out() -> None:
    steps = [Step("Invoiced", 100.0, "+100"), Step("Cash in", -102.0, "−102"), Step("Written off", -1.0, "−1")]
    rows = charts.waterfall(steps)["data"]["values"]
    assert [row["below"] for row in rows] == [False, False, True]
    assert rows[2]["bottom"] == -3.0


def test_the_running_month_is_hollow_and_says_so() -> None:
    cash = Line("Cash in", "main", [1.0, 2.0, 3.0], ["1", "2", "3"])
    spec = trend_charts.bars(DAYS, cash, to_date=True)
    assert [row["hollow"] for row in spec["data"]["values"]] == [False, False, True]
    assert "3 to date" in json.dumps(spec)
    closed = trend_charts.bars(DAYS, cash)
    assert not any(row["hollow"] for row in closed["data"]["values"])


def test_labels_at_the_line_ends_keep_apart() -> None:
    moved = trend_charts._apart([50.0, 50.5, 30.0], 3.0)
    assert moved == [50.0, 53.0, 30.0]
    assert trend_charts._apart([50.0, 49.9, 49.8], 3.0) == [50.0, 47.0, 44.0]


def test_a_spark_of_one_value_everywhere_is_flat_not_broken() -> None:
    low, high = charts.spark([5.0, 5.0])["encoding"]["y"]["scale"]["domain"]
    assert low < 5.0 < high


def test_ticks_are_januaries_of_a_long_history_and_quarters_of_a_short_one() -> None:
    long = [date(2024 + month // 12, month % 12 + 1, 28) for month in range(30)]
    assert [(tick["year"], tick["month"]) for tick in trend_charts._ticks(long)] == [(2024, 1), (2025, 1), (2026, 1)]
    assert [(tick["year"], tick["month"]) for tick in trend_charts._ticks(DAYS)] == [(2026, 10)]


def test_the_chart_of_days_to_pay_marks_the_notes_of_its_days() -> None:
    day = date(2026, 9, 1)
    paid = [Paid(0, date(2026, 8, 5), 100, "EUR", 30.0, 30.0), Paid(1, date(2026, 10, 5), 100, "EUR", 20.0, 25.0)]
    notes = [trend_charts.Note(day, 1, "New terms"), trend_charts.Note(date(2026, 12, 1), 2, "Later")]
    drawn = json.dumps(days_to_pay.spec(paid, 30, Format(), notes))
    assert "New terms" in drawn
    assert "Later" not in drawn
    assert "New terms" not in json.dumps(days_to_pay.spec(paid, 30, Format()))
