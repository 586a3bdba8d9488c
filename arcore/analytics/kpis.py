"""The list of KPIs: what each is made of, over which window, and what has to be complete for it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from arcore.analytics import bad_debt
from arcore.analytics import cash_in
from arcore.analytics import cei
from arcore.analytics import days_to_pay
from arcore.analytics import dso
from arcore.analytics import share
from arcore.analytics import turnover
from arcore.analytics.add import average_days_delinquent
from arcore.analytics.best_possible import best_possible
from arcore.analytics.coverage import Need
from arcore.analytics.figures import Figure
from arcore.analytics.open_balance import open_balance
from arcore.analytics.open_balance import overdue_balance

Better = Literal["lower", "higher", ""]


@dataclass(frozen=True)
class Kpi:
    """One KPI in one variant.

    Attributes:
        make: the pure function of its figures; takes `inputs` by name, and `days` where `counts_days`.
        months: the window it has unless another is asked for; 0 where only closing balances count.
        needs: what has to be complete from the first day of the window; balances from the day before it where
            `ar_begin` is an input, else on the as-of day.
        better: which way is good.
    """

    name: str
    variant: str
    label: str
    make: Callable[..., Figure]
    inputs: tuple[str, ...]
    months: int
    needs: tuple[Need, ...]
    better: Better
    counts_days: bool = False

    @property
    def key(self) -> tuple[str, str]:
        """Name and variant: what tells KPIs apart."""
        return self.name, self.variant


_SOLD: tuple[Need, ...] = ("balances", "sales")
_OF_WINDOW = ("ar_begin", "credit_sales", "transfers")
_LOST = ("uncollectible", "recoveries", "credit_sales")

KPIS: tuple[Kpi, ...] = (
    Kpi("dso", "period_end", "DSO", dso.period_end, ("ar_end", "credit_sales"), 3, _SOLD, "lower", counts_days=True),
    Kpi("dso", "countback", "DSO, count-back", dso.countback, ("ar_end",), 0, ("balances",), "lower"),
    Kpi(
        "dso",
        "average_balance",
        "DSO on the average balance",
        dso.average_balance,
        ("ar_begin", "ar_end", "credit_sales"),
        3,
        _SOLD,
        "lower",
        counts_days=True,
    ),
    Kpi(
        "bpdso",
        "period_end",
        "Best possible DSO",
        best_possible,
        ("ar_current", "credit_sales"),
        3,
        _SOLD,
        "",
        counts_days=True,
    ),
    Kpi(
        "add",
        "period_end",
        "Average days delinquent",
        average_days_delinquent,
        ("overdue", "credit_sales"),
        3,
        _SOLD,
        "lower",
        counts_days=True,
    ),
    Kpi("cei", "period", "CEI", cei.collected, (*_OF_WINDOW, "ar_end", "ar_end_current"), 3, _SOLD, "higher"),
    Kpi(
        "cei",
        "cash",
        "CEI, cash only",
        cei.cash_collected,
        ("cash", *_OF_WINDOW, "ar_end_current"),
        3,
        ("balances", "sales", "receipts"),
        "higher",
    ),
    Kpi(
        "turnover",
        "average_balance",
        "Receivables turnover",
        turnover.turnover,
        ("credit_sales", "ar_begin", "ar_end"),
        12,
        _SOLD,
        "higher",
    ),
    Kpi(
        "days_to_pay",
        "weighted",
        "Days to pay",
        days_to_pay.weighted_by_sums,
        ("paid_amount", "paid_amount_days"),
        3,
        ("receipts",),
        "lower",
    ),
    Kpi(
        "days_late",
        "weighted",
        "Days late",
        days_to_pay.late_by_sums,
        ("paid_amount", "paid_amount_days_late"),
        3,
        ("receipts",),
        "lower",
    ),
    Kpi(
        "share_current",
        "gross_debits",
        "Share current",
        share.current,
        ("ar_current", "gross_debits"),
        0,
        ("balances",),
        "higher",
    ),
    Kpi(
        "share_overdue",
        "gross_debits",
        "Share overdue",
        share.overdue,
        ("overdue", "gross_debits"),
        0,
        ("balances",),
        "lower",
    ),
    Kpi(
        "share_over_90",
        "gross_debits",
        "Share over 90 days",
        share.over_90,
        ("over_90", "gross_debits"),
        0,
        ("balances",),
        "lower",
    ),
    Kpi("bad_debt", "net", "Bad debt", bad_debt.net, _LOST, 12, ("sales",), "lower"),
    Kpi(
        "bad_debt",
        "gross",
        "Bad debt before recoveries",
        bad_debt.gross,
        ("uncollectible", "credit_sales"),
        12,
        ("sales",),
        "lower",
    ),
    Kpi(
        "bad_debt",
        "net_of_tax",
        "Bad debt, net of tax",
        bad_debt.net_of_tax,
        (*_LOST, "loss_tax", "sales_tax"),
        12,
        ("sales",),
        "lower",
    ),
    Kpi(
        "cash_in",
        "to_date",
        "Cash in",
        cash_in.cash_in,
        ("receipts", "refunds", "reversals"),
        0,
        ("receipts",),
        "higher",
    ),
    Kpi("open", "net", "Open balance", open_balance, ("ar_current", "overdue", "unapplied"), 0, (), ""),
    Kpi("overdue", "gross_debits", "Overdue", overdue_balance, ("gross_debits", "ar_current"), 0, (), "lower"),
)
BY_KEY = {kpi.key: kpi for kpi in KPIS}
BY_NAME: dict[str, Kpi] = {kpi.name: kpi for kpi in reversed(KPIS)}
"""The first variant of each name is the one meant when none is named."""
