"""How targets stand on small books whose overdue balances one adds up by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from arcore.analytics.figures import MONEY
from arcore.analytics.kpis import KPIS
from arcore.analytics.written import with_unit
from arcore.goals import service
from arcore.goals.queries import AMOUNTS
from arcore.goals.queries import name_of
from arcore.reports import target_words
from arcore.reports.filters import Filters
from arcore.reports.kpis import Lenses
from arcore.reports.overview import tiles
from arcore.reports.targets import alerts
from arcore.reports.targets import goals_shown
from arcore.reports.targets import held_against
from arcore.reports.targets import notes
from arcore.reports.targets import statuses
from arcore.reports.targets import values_shown
from arcore.reports.view import view
from arcore.store.unit import Actor
from arcore.written import Format

D = Decimal
ANNA = Actor("anna")
NOV = Filters(date(2026, 11, 20))
SAY = Format("en_GB")


@pytest.fixture
def house(company):
    """Overdue at month-ends: Jul 100, Aug 100, Sep 400, Oct 400; on 20 Nov 450. Of it ALDER (Retail) always 100."""
    company.customer("ALDER", segment="Retail", owner="Ana")
    company.customer("BIRCH", segment="Public", owner="Ben")
    for what in ("balances", "sales", "receipts"):
        company.complete(what, date(2024, 1, 1))
    company.invoice("ALDER", date(2026, 6, 1), date(2026, 7, 1), 100)
    company.invoice("BIRCH", date(2026, 8, 1), date(2026, 9, 10), 300)
    company.invoice("BIRCH", date(2026, 10, 1), date(2026, 11, 10), 50)
    company.payment("BIRCH", date(2026, 10, 20), 70)
    company.payment("BIRCH", date(2026, 11, 5), 40)
    return company


def aim(house, measure="overdue", value=100, **more):
    limits = {name: D(more.pop(name)) for name in ("low", "high") if name in more}
    service.set_target(house.engine, measure=measure, value=D(value), currency="EUR", actor=ANNA, **limits, **more)


def one(house, filters=NOV):
    [status] = statuses(house.engine, filters)
    return status


def test_half_way_in_time_and_behind(house):
    aim(house, value=200, valid_from=date(2026, 9, 30), due_on=date(2027, 1, 10), owner="Ana")
    status = one(house)
    assert (status.figure.exact, status.start.exact) == (450, 400)
    assert (status.gap, status.missing, status.words) == (250, 250, "At risk")
    assert status.expected == 300  # 51 of 102 days from 400 to 200
    assert status.progress == D("-0.25")  # from 400 to 450, away from 200


def test_met_by_its_segment_alone(house):
    aim(house, value=100, segment="Retail")
    aim(house, value=100)
    found = {status.goal.segment: status for status in statuses(house.engine, NOV)}
    assert (found["Retail"].figure.exact, found["Retail"].state) == (100, "met")
    assert (found[""].figure.exact, found[""].state) == (450, "off")


def test_an_alert_dates_from_the_month_end_when_the_band_was_left(house):
    aim(house, high=399)
    [status] = alerts(house.engine, NOV)
    alert = status.alert
    assert alert is not None
    assert (alert.side, alert.limit, alert.beyond) == ("above", 399, 51)
    assert alert.since == date(2026, 9, 30)
    assert target_words.alert(status, alert, SAY, NOV.as_of) == "Overdue: €450, above €399 since 30 Sep"


def test_on_the_day_it_leaves_the_alert_is_of_that_day_and_on_the_limit_there_is_none(house):
    aim(house, high=400)
    alert = one(house).alert
    assert alert is not None
    assert alert.since == NOV.as_of
    assert alerts(house.engine, NOV.on(date(2026, 10, 31))) == ()


def test_every_target_is_measured_whatever_part_the_filters_choose(house):
    aim(house, high=400)
    narrowed = replace(NOV, segments=("Retail",), owners=("Ana",), currency="USD")
    assert one(house, narrowed).figure.exact == 450
    assert len(alerts(house.engine, narrowed)) == 1


def test_cards_show_only_the_target_of_what_is_looked_at(house):
    aim(house, value=100)
    aim(house, value=80, segment="Retail")

    def shown(**chosen):
        return [goal.value for goal in goals_shown(view(house.engine, replace(NOV, **chosen)))]

    assert (shown(), shown(segments=("Retail",)), shown(segments=("Public",))) == ([100], [80], [])
    assert shown(owners=("Ana",)) == shown(entity="main") == shown(segments=("Public", "Retail")) == []
    assert shown(intercompany="in") == []


def test_an_amount_in_another_currency_is_not_held_against_it(house):
    house.rate("USD", "EUR", date(2026, 1, 1), "0.5")
    aim(house, value=100)
    assert goals_shown(view(house.engine, replace(NOV, currency="USD"))) == ()


def test_cash_in_counts_whole_months_only(house):
    aim(house, measure="cash_in", value=100)
    status = one(house)
    assert (status.figure.as_of, status.figure.exact, status.gap) == (date(2026, 10, 31), 70, -30)
    assert one(house, NOV.on(date(2026, 11, 30))).figure.exact == 40


def test_before_it_was_set_nothing_is_said_and_no_tile_is_judged(house):
    aim(house, high=110, valid_from=date(2026, 11, 1))
    before = NOV.on(date(2026, 10, 31))
    assert (one(house, before).state, one(house, before).alert) == ("not_begun", None)
    for filters, target in ((before, None), (NOV, 100.0)):
        tile = next(tile for tile in tiles(house.engine, filters) if tile.name == "overdue")
        assert tile.target == target
    assert values_shown(view(house.engine, NOV), NOV.as_of) == {("overdue", "gross_debits"): 100.0}


def test_a_measure_without_value_says_so_and_raises_no_alert(house):
    aim(house, measure="utilisation", value=80, high=90)
    status = one(house)
    assert (status.words, status.gap, status.progress, status.alert) == ("No value", None, None, None)
    assert target_words.distance(status, SAY) == "—"


def test_as_known_then_a_target_of_today_is_unknown(house):
    aim(house)
    [goal] = view(house.engine, NOV).book.around.goals
    earlier = replace(NOV, known_at=goal.recorded_at.replace(year=2020))
    assert statuses(house.engine, earlier) == ()


def test_what_is_offered_to_aim_at_is_the_figure_of_the_segment(house):
    assert held_against(house.engine, NOV, "overdue", "Retail").exact == 100
    assert held_against(house.engine, NOV, "overdue", "").exact == 450


def test_notes_are_numbered_among_those_that_are_shown(house):
    service.add_annotation(house.engine, day=date(2026, 3, 1), text="New terms", segment="Public", actor=ANNA)
    service.add_annotation(house.engine, day=date(2026, 6, 1), text="Eve left", actor=ANNA)
    assert [(note.number, note.text) for note in notes(house.engine, NOV)] == [(1, "New terms"), (2, "Eve left")]
    assert [(note.number, note.text) for note in notes(house.engine, replace(NOV, segments=("Retail",)))] == [
        (1, "Eve left")
    ]


def test_what_needs_a_currency_is_what_is_an_amount(house):
    lenses = Lenses.of(house.engine, NOV)
    measured = {name_of(kpi) for kpi in KPIS if lenses.whole(kpi, NOV.as_of).unit == MONEY}
    assert measured == set(AMOUNTS)


def test_figures_are_written_as_short_as_they_were_set(house):
    aim(house, measure="dso", value=D("42.5"), high=50)
    status = one(house)
    assert target_words.amount(status.goal.value, status.figure, SAY) == "42.5 days"
    assert target_words.amount(D("42.000"), status.figure, SAY) == "42 days"
    assert target_words.amount(D(100), status.figure, SAY) == "100 days"
    assert target_words.band(status.goal, status.figure, SAY) == "above 50 days"
    assert with_unit(status.figure, SAY).endswith("days")
