"""The formulas of all measures in SQL, over the amounts that a query has laid out by month-end and segment.

`has_3`, `has_12` say whether sales and receipts of the window are complete, `had_3`, `had_12` whether the balance
before it is. Measures of what a generated book does not hold (promises, limits, talks, taxes, the company's own costs)
are undefined here and there; the peer is spared them.
"""

from __future__ import annotations

FIGURES: dict[str, tuple[str, str]] = {
    "dso.period_end": ("has_3 AND sales_3 > 0 AND ar_end >= 0", "ar_end / sales_3 * days_3"),
    "dso.countback": ("ar_end >= 0", "back_days"),
    "dso.countback_months": ("ar_end >= 0", "back_months"),
    "dso.average_balance": (
        "has_3 AND had_3 AND sales_3 > 0 AND ar_begin_3 + ar_end >= 0",
        "(ar_begin_3 + ar_end) / 2 / sales_3 * days_3",
    ),
    "dso.month_ends": ("has_3 AND sales_3 > 0 AND mean_4 >= 0", "mean_4 / sales_3 * days_3"),
    "dso.sales_weighted": ("true", "sales_weighted"),
    "dso.true": ("true", "true_days"),
    "cei.period": (
        "has_3 AND had_3 AND ar_begin_3 + sales_3 - ar_end >= 0 AND ar_begin_3 + sales_3 - ar_end_current > 0",
        "(ar_begin_3 + sales_3 - ar_end) / (ar_begin_3 + sales_3 - ar_end_current) * 100",
    ),
    "cei.cash": (
        "has_3 AND had_3 AND cash_3 >= 0 AND ar_begin_3 + sales_3 - ar_end_current > 0",
        "cash_3 / (ar_begin_3 + sales_3 - ar_end_current) * 100",
    ),
    "cei.rolling_12": (
        "has_12 AND had_12 AND ar_begin_12 + sales_12 - ar_end >= 0 AND ar_begin_12 + sales_12 - ar_end_current > 0",
        "(ar_begin_12 + sales_12 - ar_end) / (ar_begin_12 + sales_12 - ar_end_current) * 100",
    ),
    "cei.cash_rolling_12": (
        "has_12 AND had_12 AND cash_12 >= 0 AND ar_begin_12 + sales_12 - ar_end_current > 0",
        "cash_12 / (ar_begin_12 + sales_12 - ar_end_current) * 100",
    ),
    "add.period_end": ("has_3 AND sales_3 > 0", "overdue / sales_3 * days_3"),
    "add.countback": ("overdue >= 0", "back_overdue"),
    "days_to_pay.weighted": ("has_3 AND paid > 0", "paid_days / paid"),
    "days_to_pay.unweighted": ("has_3 AND closed > 0", "closed_days / closed"),
    "days_late.weighted": ("has_3 AND paid > 0", "paid_late / paid"),
    "days_late.unweighted": ("has_3 AND closed > 0", "closed_late / closed"),
    "terms.weighted": ("has_3 AND paid > 0", "(paid_days - paid_late) / paid"),
    "share_current.gross_debits": ("gross > 0", "not_due / gross * 100"),
    "share_overdue.gross_debits": ("gross > 0", "overdue / gross * 100"),
    "share_over_90.gross_debits": ("gross > 0", "over_90 / gross * 100"),
    "cash_in.to_date": ("true", "cash_1"),
    "bpdso.period_end": ("has_3 AND sales_3 > 0", "not_due / sales_3 * days_3"),
    "delinquent_dso.period_end": ("has_3 AND sales_3 > 0", "(ar_end - not_due) / sales_3 * days_3"),
    "extended_dso.period_end": (
        "has_3 AND sales_3 > 0 AND paid > 0",
        "not_due / sales_3 * days_3 - (paid_days - paid_late) / paid",
    ),
    "turnover.average_balance": (
        "has_12 AND had_12 AND ar_begin_12 + ar_end > 0 AND sales_12 >= 0",
        "sales_12 / ((ar_begin_12 + ar_end) / 2)",
    ),
    "turnover.period_end": ("has_12 AND ar_end > 0 AND sales_12 >= 0", "sales_12 / ar_end"),
    "turnover.thirteen_point": ("has_12 AND mean_13 > 0 AND sales_12 >= 0", "sales_12 / mean_13"),
    "ar_days.days_over_turnover": (
        "has_12 AND had_12 AND ar_begin_12 + ar_end > 0 AND sales_12 > 0",
        "days_12 / (sales_12 / ((ar_begin_12 + ar_end) / 2))",
    ),
    "open_age.weighted": ("gross > 0", "aged / gross"),
    "roll_rate.not_due": ("before_0 > 0", "step_1 / before_0 * 100"),
    "roll_rate.1_30": ("before_1 > 0", "step_2 / before_1 * 100"),
    "roll_rate.31_60": ("before_2 > 0", "step_3 / before_2 * 100"),
    "roll_rate.61_90": ("before_3 > 0", "step_4 / before_3 * 100"),
    "bad_debt.net": ("has_12 AND sales_12 > 0", "lost_12 / sales_12 * 100"),
    "bad_debt.gross": ("has_12 AND sales_12 > 0", "lost_12 / sales_12 * 100"),
    "bad_debt.of_balance": (
        "has_12 AND had_12 AND ar_begin_12 + ar_end > 0",
        "lost_12 / ((ar_begin_12 + ar_end) / 2) * 100",
    ),
    "write_offs.other": ("has_12 AND sales_12 > 0", "other_12 / sales_12 * 100"),
    "dilution.credit_notes": ("has_12 AND invoiced_12 > 0", "credited_12 / invoiced_12 * 100"),
    "dilution.with_discounts": ("has_12 AND invoiced_12 > 0", "credited_12 / invoiced_12 * 100"),
    "top_customers.open": ("positive_open > 0", "top_open / positive_open * 100"),
    "top_customers.sales": ("has_12 AND positive_sales > 0", "top_sales / positive_sales * 100"),
    "hhi.open": ("positive_open > 0", "open_squares / (positive_open * positive_open) * 10000"),
    "hhi.sales": ("has_12 AND positive_sales > 0", "sales_squares / (positive_sales * positive_sales) * 10000"),
    "large_customers.sales": ("has_12 AND positive_sales > 0", "large_count"),
    "active_customers.year": ("has_12", "active"),
    "exposure.open": ("true", "positive_open"),
    "dispute_rate.count": ("has_3 AND issued_3 > 0", "0"),
    "dispute_rate.value": ("gross > 0", "0"),
    "revised_rate.count": ("has_3 AND issued_3 > 0", "revised_3 / issued_3 * 100"),
    "open.net": ("true", "ar_end"),
    "unapplied.credits": ("true", "unapplied"),
    "overdue.gross_debits": ("true", "overdue"),
}
"""By name: when it is defined, and what it is."""

TERMS = ", ".join(
    f'CASE WHEN {defined} THEN ({formula})::DOUBLE END AS "{name}"' for name, (defined, formula) in FIGURES.items()
)
SELECT = f"SELECT day, segment, {TERMS} FROM given ORDER BY day, segment"
