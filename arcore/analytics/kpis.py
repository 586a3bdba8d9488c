"""The list of KPIs, by subject; of one name the first variant is the one meant when none is named."""

from __future__ import annotations

from functools import partial

from arcore.analytics import bad_debt
from arcore.analytics import cash_cycle
from arcore.analytics import cash_in
from arcore.analytics import cei
from arcore.analytics import collection_cost
from arcore.analytics import concentration
from arcore.analytics import contacts
from arcore.analytics import days_to_pay
from arcore.analytics import dilution
from arcore.analytics import discount_cost
from arcore.analytics import dispute_rate
from arcore.analytics import dso
from arcore.analytics import open_age
from arcore.analytics import promises_kept
from arcore.analytics import roll_rate
from arcore.analytics import share
from arcore.analytics import true_dso
from arcore.analytics import turnover
from arcore.analytics import utilisation
from arcore.analytics.add import average_days_delinquent
from arcore.analytics.best_possible import best_possible
from arcore.analytics.coverage import Need
from arcore.analytics.kpi import Better
from arcore.analytics.kpi import Kpi
from arcore.analytics.latency import invoice_latency
from arcore.analytics.open_balance import open_balance
from arcore.analytics.open_balance import overdue_balance
from arcore.analytics.open_balance import unapplied_credits
from arcore.analytics.revised import revised_rate

__all__ = ["BY_KEY", "BY_NAME", "KPIS", "Better", "Kpi"]

_SOLD: tuple[Need, ...] = ("balances", "sales")
_OPEN: tuple[Need, ...] = ("balances",)
_SALES: tuple[Need, ...] = ("sales",)
_CASH: tuple[Need, ...] = ("receipts",)
_COLLECTED: tuple[Need, ...] = ("balances", "sales", "receipts")
_OF_WINDOW = ("ar_begin", "credit_sales", "transfers")
_NET = (*_OF_WINDOW, "ar_end", "ar_end_current")
_PAID = ("cash", *_OF_WINDOW, "ar_end_current")
_LOST = ("uncollectible", "recoveries", "credit_sales")
_BOTH_ENDS = ("ar_begin", "ar_end", "credit_sales")

_days = partial(Kpi, counts_days=True)
_back = partial(Kpi, looks_back=True)

_SALES_OUTSTANDING = (
    _days("dso", "period_end", "DSO", dso.period_end, ("ar_end", "credit_sales"), 3, _SOLD, "lower"),
    _back("dso", "countback", "DSO, count-back", dso.countback, ("ar_end",), 0, _OPEN, "lower"),
    _back(
        "dso", "countback_months", "DSO, count-back in months", dso.countback_months, ("ar_end",), 0, _OPEN, "lower"
    ),
    _days("dso", "average_balance", "DSO on the average balance", dso.average_balance, _BOTH_ENDS, 3, _SOLD, "lower"),
    _days(
        "dso", "month_ends", "DSO on the mean of month-ends", dso.on_month_ends, ("ar_average", "credit_sales"), 3,
        _SOLD, "lower", looks_back=True,
    ),
    _back("dso", "sales_weighted", "DSO, sales-weighted", true_dso.sales_weighted, (), 0, _OPEN, "lower"),
    _back("dso", "true", "True DSO", true_dso.true_dso, (), 0, _OPEN, "lower"),
    _days("bpdso", "period_end", "Best possible DSO", best_possible, ("ar_current", "credit_sales"), 3, _SOLD, ""),
    _days(
        "delinquent_dso", "period_end", "Delinquent DSO", dso.delinquent, ("ar_end", "ar_current", "credit_sales"), 3,
        _SOLD, "lower",
    ),
    _days(
        "extended_dso", "period_end", "Extended DSO", dso.extended,
        ("ar_current", "credit_sales", "paid_amount", "paid_amount_days", "paid_amount_days_late"), 3, _COLLECTED,
        "lower",
    ),
    _days(
        "add", "period_end", "Average days delinquent", average_days_delinquent, ("overdue", "credit_sales"), 3, _SOLD,
        "lower",
    ),
    _back("add", "countback", "Days sales overdue, count-back", dso.days_overdue, ("overdue",), 0, _OPEN, "lower"),
    _days(
        "cash_cycle", "period_end", "Cash conversion cycle", cash_cycle.cash_cycle,
        ("days_of_inventory", "ar_end", "credit_sales", "days_of_payables"), 3, _SOLD, "lower",
    ),
    _days(
        "cash_cycle", "average_balance", "Cash conversion cycle, average balance", cash_cycle.on_average_balance,
        ("days_of_inventory", *_BOTH_ENDS, "days_of_payables"), 3, _SOLD, "lower",
    ),
)  # fmt: skip
_EFFECT = (
    Kpi("cei", "period", "CEI", cei.collected, _NET, 3, _SOLD, "higher"),
    Kpi("cei", "cash", "CEI, cash only", cei.cash_collected, _PAID, 3, _COLLECTED, "higher"),
    Kpi("cei", "rolling_12", "CEI, twelve months", cei.rolling_year, _NET, 12, _SOLD, "higher"),
    Kpi("cei", "cash_rolling_12", "CEI, twelve months, cash", cei.cash_rolling_year, _PAID, 12, _COLLECTED, "higher"),
    Kpi("turnover", "average_balance", "Receivables turnover", turnover.turnover, _BOTH_ENDS, 12, _SOLD, "higher"),
    Kpi(
        "turnover", "period_end", "Turnover on the closing balance", turnover.of_closing_balance,
        ("credit_sales", "ar_end"), 12, _SOLD, "higher",
    ),
    _back(
        "turnover", "thirteen_point", "Turnover on 13 month-ends", turnover.of_month_ends,
        ("credit_sales", "ar_average"), 12, _SOLD, "higher",
    ),
    _days("ar_days", "days_over_turnover", "Turnover in days", turnover.ar_days, _BOTH_ENDS, 12, _SOLD, "lower"),
)  # fmt: skip
_TIME = (
    Kpi(
        "days_to_pay", "weighted", "Days to pay", days_to_pay.weighted_by_sums, ("paid_amount", "paid_amount_days"), 3,
        _CASH, "lower",
    ),
    Kpi(
        "days_to_pay", "unweighted", "Days to pay, per invoice", days_to_pay.unweighted_by_sums,
        ("closed_count", "closed_days"), 3, _CASH, "lower",
    ),
    Kpi(
        "days_late", "weighted", "Days late", days_to_pay.late_by_sums, ("paid_amount", "paid_amount_days_late"), 3,
        _CASH, "lower",
    ),
    Kpi(
        "days_late", "unweighted", "Days late, per invoice", days_to_pay.unweighted_late_by_sums,
        ("closed_count", "closed_days_late"), 3, _CASH, "lower",
    ),
    Kpi(
        "terms", "weighted", "Terms of what was paid", days_to_pay.terms_by_sums,
        ("paid_amount", "paid_amount_days", "paid_amount_days_late"), 3, _CASH, "",
    ),
    Kpi(
        "open_age", "weighted", "Age of what is open", open_age.weighted, ("gross_debits", "open_amount_days"), 0,
        _OPEN, "lower",
    ),
    Kpi(
        "invoice_latency", "mean", "Invoice latency", invoice_latency, ("invoices_recorded", "latency_days"), 3, (),
        "lower",
    ),
)  # fmt: skip
_SHARES = (
    Kpi(
        "share_current", "gross_debits", "Share current", share.current, ("ar_current", "gross_debits"), 0, _OPEN,
        "higher",
    ),
    Kpi(
        "share_overdue", "gross_debits", "Share overdue", share.overdue, ("overdue", "gross_debits"), 0, _OPEN,
        "lower",
    ),
    Kpi(
        "share_over_90", "gross_debits", "Share over 90 days", share.over_90, ("over_90", "gross_debits"), 0, _OPEN,
        "lower",
    ),
    *(
        Kpi(
            "roll_rate", bucket, f"Roll rate, {words}", roll_rate.OF[bucket],
            ("rolled_from", "rolled_to"), 0, _OPEN, "lower",
        )
        for bucket, words in zip(
            roll_rate.ROLLS, ("not due to 1-30", "1-30 to 31-60", "31-60 to 61-90", "61-90 to 91-120"), strict=True
        )
    ),
)  # fmt: skip
_LOSSES = (
    Kpi("bad_debt", "net", "Bad debt", bad_debt.net, _LOST, 12, _SALES, "lower"),
    Kpi(
        "bad_debt", "gross", "Bad debt before recoveries", bad_debt.gross, ("uncollectible", "credit_sales"), 12,
        _SALES, "lower",
    ),
    Kpi(
        "bad_debt", "net_of_tax", "Bad debt, net of tax", bad_debt.net_of_tax, (*_LOST, "loss_tax", "sales_tax"), 12,
        _SALES, "lower",
    ),
    Kpi(
        "bad_debt", "of_balance", "Bad debt, of the average balance", bad_debt.of_balance,
        ("uncollectible", "recoveries", "ar_begin", "ar_end"), 12, _SOLD, "lower",
    ),
    Kpi(
        "write_offs", "other", "Other write-offs", bad_debt.other_write_offs, ("other_write_offs", "credit_sales"), 12,
        _SALES, "lower",
    ),
    Kpi(
        "dilution", "credit_notes", "Dilution", dilution.by_credit_notes, ("credit_notes", "invoiced"), 12, _SALES,
        "lower",
    ),
    Kpi(
        "dilution", "with_discounts", "Dilution with discounts", dilution.with_discounts,
        ("credit_notes", "discounts", "invoiced"), 12, _SALES, "lower",
    ),
    Kpi(
        "discount_cost", "annualised", "Cost of discounts a year", discount_cost.annualised,
        ("discounts_taken", "paid_days_early", "year_days"), 12, _CASH, "lower",
    ),
    Kpi(
        "discount_cost", "effective", "Cost of discounts a year, compounded", discount_cost.compounded,
        ("discounts_taken", "paid_for_discounts", "paid_days_early", "year_days"), 12, _CASH, "lower",
    ),
)  # fmt: skip
_CUSTOMERS = (
    Kpi(
        "top_customers", "open", "Share of the largest customers", concentration.top_open,
        ("top_open", "positive_open"), 0, _OPEN, "lower",
    ),
    Kpi(
        "top_customers", "sales", "Sales share of the largest", concentration.top_sales,
        ("top_sales", "positive_sales"), 12, _SALES, "lower",
    ),
    Kpi(
        "hhi", "open", "Concentration (HHI)", concentration.hhi_open, ("open_squares", "positive_open"), 0, _OPEN,
        "lower",
    ),
    Kpi(
        "hhi", "sales", "Concentration of sales (HHI)", concentration.hhi_sales, ("sales_squares", "positive_sales"),
        12, _SALES, "lower",
    ),
    Kpi(
        "large_customers", "sales", "Large customers", concentration.large_customers,
        ("large_count", "large_sales", "positive_sales"), 12, _SALES, "lower",
    ),
    Kpi(
        "active_customers", "year", "Active customers", concentration.active_customers, ("active_customers",), 12,
        _SALES, "",
    ),
    Kpi("exposure", "open", "Exposure", utilisation.exposure, ("positive_open",), 0, _OPEN, ""),
    Kpi(
        "utilisation", "weighted", "Use of credit limits", utilisation.weighted, ("limited_open", "limits"), 0, _OPEN,
        "lower",
    ),
    Kpi(
        "utilisation", "p90", "Use of credit limits, 90th percentile", utilisation.high,
        ("high_utilisation", "limits"), 0, _OPEN, "lower",
    ),
    Kpi("over_limit", "open", "Over the limit", utilisation.over_limit, ("over_limit", "limits"), 0, _OPEN, "lower"),
)  # fmt: skip
_WORK = (
    Kpi("promises_kept", "count", "Promises kept", promises_kept.by_count, ("kept", "broken"), 12, (), "higher"),
    Kpi(
        "promises_kept", "value", "Promises kept, by value", promises_kept.by_value, ("received", "promised"), 12, (),
        "higher",
    ),
    Kpi(
        "dispute_rate", "count", "Invoices disputed", dispute_rate.by_count, ("invoices_disputed", "invoices_issued"),
        3, _SALES, "lower",
    ),
    Kpi(
        "dispute_rate", "value", "Open in dispute", dispute_rate.by_value, ("disputed", "gross_debits"), 0, _OPEN,
        "lower",
    ),
    Kpi(
        "revised_rate", "count", "Invoices revised", revised_rate,
        ("voided_reissued", "credited_rebilled", "changed_by_import", "invoices_issued"), 3, _SALES, "lower",
    ),
    Kpi(
        "contacts_reached", "attempted", "Contacts reached", contacts.reached, ("contacts_reached", "contacts_tried"),
        3, (), "higher",
    ),
    Kpi("collection_cost", "cash", "Cost of collection", collection_cost.of_cash, ("cost", "cash"), 3, _CASH, "lower"),
    Kpi(
        "collection_cost", "per_1000", "Cost of collection per 1,000 of sales", collection_cost.per_thousand,
        ("cost", "credit_sales"), 3, _SALES, "lower",
    ),
)  # fmt: skip
_MONEY = (
    Kpi(
        "cash_in", "to_date", "Cash in", cash_in.cash_in, ("receipts", "refunds", "reversals"), 0, _CASH, "higher"
    ),
    Kpi("open", "net", "Open balance", open_balance, ("ar_current", "overdue", "unapplied"), 0, (), ""),
    Kpi("overdue", "gross_debits", "Overdue", overdue_balance, ("gross_debits", "ar_current"), 0, (), "lower"),
    Kpi("unapplied", "credits", "Unapplied credits", unapplied_credits, ("unapplied",), 0, (), ""),
)  # fmt: skip

KPIS: tuple[Kpi, ...] = (
    *_SALES_OUTSTANDING, *_EFFECT, *_TIME, *_SHARES, *_LOSSES, *_CUSTOMERS, *_WORK, *_MONEY,
)  # fmt: skip
BY_KEY = {kpi.key: kpi for kpi in KPIS}
BY_NAME: dict[str, Kpi] = {kpi.name: kpi for kpi in reversed(KPIS)}
