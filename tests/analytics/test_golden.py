"""Published examples: every one of the metrics here gives the recomputed figure.

All examples are in the file, each with its source. Those of measures that other work brings are left out by name, with
the reason; an example that is neither calculated nor left out fails the tests.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from arcore.analytics import bad_debt
from arcore.analytics import cash_cycle
from arcore.analytics import cei
from arcore.analytics import collection_cost
from arcore.analytics import concentration
from arcore.analytics import days_to_pay
from arcore.analytics import discount_cost
from arcore.analytics import dso
from arcore.analytics import revised
from arcore.analytics import share
from arcore.analytics import utilisation
from arcore.analytics.add import average_days_delinquent
from arcore.analytics.add import dso_minus_bpdso
from arcore.analytics.best_possible import best_possible
from arcore.analytics.best_possible import less_past_due
from arcore.analytics.cash_in import collections
from arcore.analytics.roll_rate import roll_rate
from arcore.analytics.turnover import ar_days
from arcore.analytics.turnover import turnover
from arcore.analytics.turnover import without_cash_sales
from arcore.dates import to_day

Given = dict[str, Any]
EXAMPLES = json.loads((Path(__file__).parents[1] / "golden" / "kpi_examples.json").read_text(encoding="utf-8"))


def period_end_dso(given: Given) -> Any:
    given.pop("monthly_sales", None)
    return dso.period_end(**given).value


def best_possible_dso(given: Given) -> Any:
    return (best_possible if "ar_current" in given else less_past_due)(**given).value


def delinquent(given: Given) -> Any:
    if "cases" in given:
        return [dso_minus_bpdso(**case).value for case in given["cases"]]
    figures = {name: given[name] for name in ("credit_sales", "days")}
    overdue = average_days_delinquent(overdue=given["ar_end"] - given["ar_current"], **figures).value
    difference = dso_minus_bpdso(
        dso=dso.period_end(ar_end=given["ar_end"], **figures).value or 0,
        bpdso=best_possible(ar_current=given["ar_current"], **figures).value or 0,
    ).value
    assert difference == pytest.approx(overdue)
    return overdue


def countback(given: Given) -> Any:
    periods = [(period["sales"], period.get("days", 30)) for period in given["periods_newest_first"]]
    return dso.countback(ar_end=given["ar_end"], periods=periods, unit=given.get("unit", "days")).value


def times(given: Given) -> Any:
    if "total_sales" in given:
        share_of_cash = {"cash_sales_pct": given.pop("cash_sales_pct"), "total_sales": given.pop("total_sales")}
        return turnover(credit_sales=without_cash_sales(**share_of_cash), **given).value
    return turnover(credit_sales=given.pop("net_credit_sales"), **given).value


def allowance(given: Given) -> Any:
    found = bad_debt.allowance_to_ar(**given)
    return {"allowance_pct": found.share.value, "net_realizable_value": float(found.net_realizable)}


def paid(given: Given) -> Any:
    return {"weighted": days_to_pay.weighted((one["amount"], one["days_to_pay"]) for one in given["invoices"]).value}


def late(given: Given) -> Any:
    receipts = [(one["amount"], one["days_late"]) for one in given["receipts"]]
    return {
        "unweighted": days_to_pay.unweighted_late([days for _, days in receipts]).value,
        "weighted": days_to_pay.weighted_late(receipts).value,
    }


def days_late(given: Given) -> Any:
    return days_to_pay.days_between(*(to_day(date.fromisoformat(given[name])) for name in ("due", "as_of")))


def schedule(given: Given) -> Any:
    table = share.schedule({one["bucket"].replace("_", " "): one["amount"] for one in given["buckets"]})
    return {
        "total": float(table.total),
        "past_due": float(table.past_due),
        "pct_current": table.current.value,
        "pct_over_90": table.over_90.value,
    }


def cei_by_month(given: Given) -> Any:
    months = given["months"]

    def index(opening: Given, closing: Given) -> Any:
        return cei.collected(
            ar_begin=opening["ar_end"],
            credit_sales=closing["credit_sales"],
            ar_end=closing["ar_end"],
            ar_end_current=closing["current"],
        ).value

    march = months[-1]
    return {
        "cei_feb": index(months[0], months[1]),
        "cei_mar": index(months[1], months[2]),
        "pct_current": [share.current(ar_current=m["current"], gross_debits=m["ar_end"]).value for m in months],
        "pct_over_90": [share.over_90(over_90=m["d90_plus"], gross_debits=m["ar_end"]).value for m in months],
        "dso_mar_31": dso.period_end(ar_end=march["ar_end"], credit_sales=march["credit_sales"], days=31).value,
    }


def countback_stops(given: Given) -> Any:
    periods = [(period["sales"], period["days"]) for period in given["periods_newest_first"]]
    figure = dso.countback(ar_end=given["ar_end"], periods=periods, on_no_sales=given["on_nonpositive_sales"])
    return {
        "days": figure.value,
        "remaining_before_last": float(figure.inputs["rest"]),
        "last_month_days": (figure.value or 0) - float(figure.inputs["whole_days"]),
    }


def countback_goes_on(given: Given) -> Any:
    periods = [(period["net_sales"], period["days"]) for period in given["periods_newest_first"]]
    rule = {"ar_end": given["overdue_debt"], "on_no_sales": given["on_nonpositive_sales"]}
    rests = [dso.countback(periods=[*periods[:used], (1e9, 1)], **rule) for used in range(1, len(periods))]
    return {
        "days_exact": dso.countback(periods=periods, **rule).value,
        "days_rounded_up": dso.countback(periods=periods, round_up=True, **rule).value,
        "balances_after": [float(figure.inputs["rest"]) for figure in rests],
    }


def cash_collections(given: Given) -> Any:
    found = collections(
        sales=given["quarterly_sales"], collect_pct=given["collect_pct"], prior_sales=[given["prior_quarter_sales"]]
    )
    return {
        "collections": [float(cash) for cash in found.collections],
        "total": float(found.total),
        "ar_end_gross": float(found.ar_end_gross),
        "expected_uncollectible": float(found.expected_uncollectible),
        "still_to_collect_next_quarter": float(found.still_to_collect),
    }


def discount(given: Given) -> Any:
    terms = {"discount_pct": given["discount_pct"], "discount_day": given["discount_days"]}
    rate, year = (discount_cost.nominal if "nominal" in given["variant"] else discount_cost.effective), given["basis"]
    paid = given.get("paid_day", given.get("net_days"))
    if isinstance(paid, list):
        return [rate(pay_day=day, year_days=year, **terms).value for day in paid]
    return rate(pay_day=paid, year_days=year, **terms).value


def nominal_discount(given: Given) -> Any:
    return discount(given | {"variant": "nominal"})


def effective_discount(given: Given) -> Any:
    return discount(given | {"variant": "effective"})


def rolled(given: Given) -> Any:
    figure = roll_rate(rolled_from=given["prior_bucket_prior_month"], rolled_to=given["next_bucket_this_month"])
    return figure.value


def used(given: Given) -> Any:
    left = utilisation.available(limit=given["credit_limit"], balance=given["balance"])
    figure = utilisation.of_customer(balance=given["balance"], limit=given["credit_limit"])
    return {"utilisation_pct": figure.value, "available": float(left)}


def accurate(given: Given) -> Any:
    wrong = given["invoices"] - given["accurate"]
    figure = revised.revised_rate(
        voided_reissued=wrong, credited_rebilled=0, changed_by_import=0, invoices_issued=given["invoices"]
    )
    return {"accuracy_pct": float(revised.accuracy(**given) or 0), "revised_pct": figure.value}


CALCULATED: dict[tuple[str, str], Callable[[Given], Any]] = {
    ("dso", "period_end"): period_end_dso,
    ("dso", "average_balance"): lambda given: dso.average_balance(**given).value,
    ("dso", "average_daily_sales"): lambda given: dso.average_daily_sales(**given).value,
    ("dso_countback", "months_unit"): countback,
    ("dso_countback", "calendar_days"): countback,
    ("bpdso", "period_end"): best_possible_dso,
    ("add", "dso_minus_bpdso"): delinquent,
    ("cei", "period"): lambda given: cei.collected(**given).value,
    ("cei", "period_undivided_sales"): lambda given: cei.collected(**given).value,
    ("cei", "crf_credit_sales_over_n"): lambda given: cei.with_sales_over_months(**given).value,
    ("ar_turnover", "average_balance"): times,
    ("ar_days", "365_over_turnover"): lambda given: ar_days(credit_sales=given.pop("net_credit_sales"), **given).value,
    ("bad_debt_ratio", "allowance_to_ar"): allowance,
    ("wadtp", "amount_weighted"): paid,
    ("average_days_to_pay", "unweighted"): lambda given: days_to_pay.unweighted(given["days_to_pay"]).value,
    ("weighted_average_days_late", "receipt_weighted"): late,
    ("days_late", "exclusive"): days_late,
    ("aging_schedule", "bucket_totals"): schedule,
    ("cei_ledger", "monthly_from_trial_balance"): cei_by_month,
    ("countback_ledger", "calendar_days_stop_on_nonpositive_sales"): countback_stops,
    ("countback_ledger", "calendar_days_zero_and_credit_months_counted"): countback_goes_on,
    ("cash_collections", "percent_of_period_sales"): cash_collections,
    ("cash_conversion_cycle", "average_balances_365"): lambda given: float(cash_cycle.of_averages(**given).cycle),
    ("concentration", "hhi"): lambda given: float(concentration.hhi_of_shares(given["shares_pct"])),
    ("cost_of_collection", "cost_per_collection"): lambda given: float(collection_cost.per_collection(**given) or 0),
    ("credit_utilisation", "balance_over_limit"): used,
    ("early_discount_annualised", "nominal_360"): nominal_discount,
    ("early_discount_annualised", "nominal_365"): nominal_discount,
    ("early_discount_annualised", "effective_365"): effective_discount,
    ("early_discount_annualised", "effective_365_actual_payment_day"): effective_discount,
    ("early_discount_annualised", "periodic_rate"): lambda given: discount_cost.periodic(**given).value,
    ("invoice_accuracy", "accurate_over_total"): accurate,
    ("roll_rate", "balance"): rolled,
    ("roll_rate", "count"): rolled,
}


ALLOWANCE = "the allowance is not built: it comes with credit"
INSURANCE = "credit insurance is not built: it comes with credit"
SCORES = "credit scores are not built: they come with credit"
INTEREST = "late-payment interest is not built: it comes with billing"
TERMS = "payment terms are not built: they come with billing; a due date is what the document says"
LEFT_OUT = {
    **dict.fromkeys(
        ("allowance_aging", "allowance_rollforward", "bad_debt_expense", "ecl_provision_matrix", "expected_loss",
         "historical_loss_rates"), ALLOWANCE,
    ),
    **dict.fromkeys(("credit_insurance_indemnity", "credit_insurance_timeline"), INSURANCE),
    **dict.fromkeys(("credit_score_bands", "payment_score"), SCORES),
    **dict.fromkeys(
        ("day_count_fraction", "interest_ledger", "late_fixed_compensation", "late_interest", "statutory_rate"),
        INTEREST,
    ),
    **dict.fromkeys(("discount_amount", "discount_deadline", "payment_terms"), TERMS),
}  # fmt: skip
"""Metrics without a calculation here, and why."""
MEASURED = [example for example in EXAMPLES if example["metric"] not in LEFT_OUT]


def named(example: Given) -> str:
    """Name an example by its source."""
    return f"{example['id']} {example['source']}"


def test_every_example_is_calculated_or_left_out_for_a_reason():
    metrics = {example["metric"] for example in EXAMPLES}
    calculated = {metric for metric, _ in CALCULATED}
    assert not calculated & set(LEFT_OUT)
    assert metrics == calculated | set(LEFT_OUT)
    assert (len(EXAMPLES), len(MEASURED)) == (105, 51)


@pytest.mark.parametrize("example", MEASURED, ids=named)
def test_published_example(example):
    result = CALCULATED[example["metric"], example["variant"]](dict(example["inputs"]))
    assert leaves(result) == pytest.approx(leaves(example["expected"]), abs=example["tolerance"] or 1e-9)


def leaves(value: Any, path: str = "") -> dict[str, float]:
    """Flatten what is expected into named numbers, so that tolerance holds for each."""
    if isinstance(value, dict):
        return {name: number for key, part in value.items() for name, number in leaves(part, f"{path}.{key}").items()}
    if isinstance(value, list):
        return {name: n for at, part in enumerate(value) for name, n in leaves(part, f"{path}[{at}]").items()}
    return {path: value}
