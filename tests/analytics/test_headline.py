"""What a bare name means, over which window and in how many days, is the company's choice."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from arcore.analytics import bad_debt
from arcore.analytics import cash_cycle
from arcore.analytics import collection_cost
from arcore.analytics import days_to_pay
from arcore.analytics import discount_cost
from arcore.analytics import dso
from arcore.analytics.contacts import reached
from arcore.analytics.conversion import Conversion
from arcore.analytics.coverage import Coverage
from arcore.analytics.headline import headline
from arcore.analytics.history import history
from arcore.analytics.kpis import BY_KEY
from arcore.analytics.kpis import BY_NAME
from arcore.analytics.kpis import KPIS
from arcore.analytics.lens import Lens
from arcore.analytics.measure import measure
from arcore.analytics.variants import OPTIONS
from arcore.analytics.variants import Variants
from arcore.analytics.wording import DEFINITIONS
from arcore.analytics.wording import INPUTS
from arcore.analytics.wording import TITLES
from arcore.analytics.wording import definition
from arcore.analytics.wording import key_of
from arcore.errors import BadInput

MAR = date(2026, 3, 31)
EUR = Conversion("EUR", ("EUR",))


@pytest.fixture
def months(book):
    """Sell 80 in January, 200 in February and 100 in March; 90 of January's is paid in February, 10 too much."""
    first = book.post("invoice", date(2026, 1, 10), 80_00)
    book.post("invoice", date(2026, 2, 10), 200_00, date(2026, 3, 10))
    book.post("invoice", date(2026, 3, 10), 100_00, date(2026, 4, 10))
    book.paid(first, date(2026, 2, 9), 80_00)
    book.post("payment", date(2026, 2, 9), 10_00)
    return history(book.columns(), [MAR])


def value(known, name, **chosen):
    variants = replace(Variants(), **chosen)
    lens = Lens(known, EUR, Coverage.complete(), variants=variants)
    return measure(lens, headline(name, variants), MAR).value


def test_without_a_choice_the_first_variant_is_meant():
    assert all(headline(name, Variants()) is kpi for name, kpi in BY_NAME.items())
    assert all(headline(f"{kpi.name}.{kpi.variant}", Variants()) is kpi for kpi in KPIS)


@pytest.mark.parametrize("method", OPTIONS["dso_method"])
def test_a_bare_name_means_what_was_chosen(method):
    chosen = Variants(dso_method=method)
    assert headline("dso", chosen) is BY_KEY["dso", method]
    assert headline("dso.period_end", chosen) is BY_NAME["dso"]


def test_a_name_of_nothing_is_refused():
    for name in ("magic", "dso.magic"):
        with pytest.raises(BadInput):
            headline(name, Variants())


def test_the_window_and_its_days(months):
    assert value(months, "dso") == pytest.approx(290 / 380 * 90)
    assert value(months, "dso", dso_months=1) == pytest.approx(290 / 100 * 31)
    assert value(months, "bpdso", dso_months=1) == pytest.approx(100 / 100 * 31)
    assert value(months, "dso", dso_months=12, month_days="thirty") == pytest.approx(290 / 380 * 360)
    assert value(months, "cei", dso_months=1) == value(months, "cei")
    assert value(months, "cei", cei_months=1) == 0  # nothing left in March, 200 fell due


def test_counting_back_by_every_rule(months):
    """290: March 100 and 31 days, 190 of February's 200 × 28."""
    assert value(months, "dso.countback") == pytest.approx(31 + 190 / 200 * 28)
    assert value(months, "dso.countback", month_days="thirty") == pytest.approx(30 + 190 / 200 * 30)
    assert value(months, "dso.countback", last_month="up") == 31 + 27
    assert value(months, "dso.countback_months") == pytest.approx(1.95)
    assert value(months, "add.countback") == pytest.approx(31 + 100 / 200 * 28)  # 200 overdue


def test_dso_on_every_month_end(months):
    """The balances of 31 December, January, February and March are 0, 80, 190 and 290."""
    assert value(months, "dso.month_ends") == pytest.approx((0 + 80 + 190 + 290) / 4 / 380 * 90)
    assert value(months, "turnover.thirteen_point") == pytest.approx(380 / (560 / 13), rel=1e-3)


def test_turnover_days_of_a_year(months):
    times = value(months, "turnover")
    assert value(months, "ar_days", turnover_days="360") == pytest.approx(360 / times)
    assert value(months, "ar_days") == pytest.approx(365 / times)


def test_terms_and_days_late_add_up_to_days_to_pay():
    paid = {"paid_amount": 200, "paid_amount_days": 200 * 45, "paid_amount_days_late": 200 * 15}
    assert days_to_pay.terms_by_sums(**paid).value == 30
    figure = dso.extended(ar_current=60, credit_sales=90, days=60, **paid)
    assert figure.value == 40 - 30
    nothing = dict.fromkeys(paid, 0)
    assert (
        dso.extended(ar_current=60, credit_sales=90, days=60, **nothing).undefined == "nothing was paid in the window"
    )


def test_losses_by_further_bases():
    assert bad_debt.of_balance(uncollectible=6, recoveries=1, ar_begin=40, ar_end=60).value == 10
    assert bad_debt.of_balance(uncollectible=6, recoveries=1, ar_begin=0, ar_end=0).value is None
    assert bad_debt.other_write_offs(other_write_offs=3, credit_sales=600).value == 0.5


def test_the_cycle_on_the_average_balance():
    given = {"ar_begin": 300, "ar_end": 590, "credit_sales": 380, "days": 90}
    figure = cash_cycle.on_average_balance(days_of_inventory=34, days_of_payables=30, **given)
    assert figure.value == pytest.approx(34 + 445 / 380 * 90 - 30)
    assert cash_cycle.on_average_balance(days_of_inventory=None, days_of_payables=30, **given).value is None


def test_the_cost_of_a_thousand_sold():
    assert collection_cost.per_thousand(cost=40, credit_sales=20_000).value == 2
    assert collection_cost.per_thousand(cost=None, credit_sales=20_000).value is None
    assert collection_cost.per_thousand(cost=1, credit_sales=0).undefined == "no credit sales in the window"


def test_a_discount_compounded_is_the_published_rate():
    """2 per cent for 20 days: of one invoice the formula of the terms."""
    found = discount_cost.compounded(discounts_taken=2, paid_for_discounts=98, paid_days_early=98 * 20)
    told = discount_cost.effective(discount_pct=2, discount_day=10, pay_day=30)
    assert found.value == pytest.approx(told.value)


def test_contacts_reached():
    assert reached(contacts_reached=3, contacts_tried=4).value == 75
    assert reached(contacts_reached=0, contacts_tried=0).undefined == "nobody tried to reach a customer in the window"


def test_every_measure_and_every_input_has_words():
    assert all(key_of(kpi) in TITLES and key_of(kpi) in DEFINITIONS for kpi in KPIS)
    assert all(name in INPUTS for kpi in KPIS for name in kpi.inputs)
    assert len({key_of(kpi) for kpi in KPIS}) == len(KPIS)


def test_a_definition_tells_what_was_chosen():
    chosen = Variants(dso_months=1, top_customers=5, large_share=Decimal("7.5"), rebill_days=14)
    assert "the one month up to it" in definition(BY_NAME["dso"], chosen)
    assert "twelve months" in definition(BY_NAME["days_to_pay"], chosen, 12)
    assert "the 5 largest customers" in definition(BY_NAME["top_customers"], chosen)
    assert "7.5 percent" in definition(BY_NAME["large_customers"], chosen)
    assert "within 14 days" in definition(BY_NAME["revised_rate"], chosen)


def test_turnover_says_which_way_is_good():
    text = definition(BY_NAME["turnover"], Variants())
    assert "Higher is better" in text
    assert "Some guides say to keep it low" in text
