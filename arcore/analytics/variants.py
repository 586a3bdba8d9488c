"""How a company wants its measures counted, where more than one way is in use; and what only it can tell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import fields
from decimal import Decimal
from decimal import InvalidOperation
from typing import Any

from arcore.analytics.dso import OnNoSales
from arcore.errors import BadInput

ON_NO_SALES = ("continue", "stop")
YEARS = (365, 360)
MONTHS = (1, 3, 12)
"""Windows that the history of measures is prepared for."""
OPTIONS: Mapping[str, tuple[Any, ...]] = {
    "dso_method": ("period_end", "countback", "average_balance", "month_ends", "sales_weighted", "true"),
    "dso_months": MONTHS,
    "month_days": ("calendar", "thirty"),
    "on_no_sales": ON_NO_SALES,
    "last_month": ("exact", "up"),
    "cei_method": ("period", "cash", "rolling_12", "cash_rolling_12"),
    "cei_months": MONTHS,
    "turnover_balance": ("average_balance", "period_end", "thirteen_point"),
    "turnover_days": ("window", "365", "360"),
    "paid_weight": ("weighted", "unweighted"),
    "bad_debt_basis": ("net", "gross", "net_of_tax", "of_balance"),
    "dilution_basis": ("credit_notes", "with_discounts"),
    "cycle_balance": ("period_end", "average_balance"),
    "cost_basis": ("cash", "per_1000"),
    "discount_rate": ("annualised", "effective"),
    "year_days": YEARS,
}
"""What can be chosen, the default first."""


@dataclass(frozen=True)
class Variants:
    """The choices, each with its default.

    Attributes:
        dso_method: the variant that DSO stands for where none is named.
        dso_months: the window of DSO and of its parts: best possible, delinquent, ADD, the cash conversion cycle.
        month_days: days of these windows and of months counted back: those of the calendar, or 30 a month.
        on_no_sales: what counting back does with a month whose sales are zero or negative: go on through it
            ("continue": Sage, JD Edwards) or end there ("stop": Oracle HFM).
        last_month: whether the days of the last month counted back are exact or rounded up (Sage UK).
        cei_method, cei_months: the variant that CEI stands for, and its window.
        turnover_balance, turnover_days: the balance that turnover divides by, and the days divided by turnover.
        paid_weight: whether days to pay and days late weigh by amount or count invoices.
        bad_debt_basis, dilution_basis, cost_basis, discount_rate: the variants these stand for.
        cycle_balance: the balance of DSO in the cash conversion cycle.
        top_customers: how many customers the top share counts.
        large_share: percent of the sales from which a customer is a large one.
        rebill_days: a credited or voided invoice counts as revised when a new one follows within so many days.
        year_days: days of the year that the cost of a discount is annualised to, 365 or 360.
        days_of_inventory, days_of_payables: for the cash conversion cycle; None until somebody gave them.
        monthly_collection_cost: what collecting costs a month in the reporting currency; None until somebody said.
    """

    dso_method: str = "period_end"
    dso_months: int = 3
    month_days: str = "calendar"
    on_no_sales: OnNoSales = "continue"
    last_month: str = "exact"
    cei_method: str = "period"
    cei_months: int = 3
    turnover_balance: str = "average_balance"
    turnover_days: str = "window"
    paid_weight: str = "weighted"
    bad_debt_basis: str = "net"
    dilution_basis: str = "credit_notes"
    cycle_balance: str = "period_end"
    cost_basis: str = "cash"
    discount_rate: str = "annualised"
    top_customers: int = 10
    large_share: Decimal = Decimal(10)
    rebill_days: int = 30
    year_days: int = 365
    days_of_inventory: Decimal | None = None
    days_of_payables: Decimal | None = None
    monthly_collection_cost: Decimal | None = None


NAMES = tuple(each.name for each in fields(Variants))
_GIVEN = ("days_of_inventory", "days_of_payables", "monthly_collection_cost")


def from_settings(values: Mapping[str, Any]) -> Variants:
    """Make the choices from stored values; unknown names are left alone, missing ones take their default."""
    known = {name: value for name, value in values.items() if name in NAMES}
    for name in ("large_share", *_GIVEN):
        if known.get(name) is not None:
            known[name] = _number(name, known[name])
    return Variants(**known)


def as_settings(variants: Variants) -> dict[str, Any]:
    """Return the values to store: decimals as text."""
    values = {name: getattr(variants, name) for name in NAMES}
    return {name: str(value) if isinstance(value, Decimal) else value for name, value in values.items()}


def check(variants: Variants) -> None:
    """Raise BadInput for the first choice that can't be meant, in a sentence that names it."""
    if variants.on_no_sales not in ON_NO_SALES:
        raise BadInput("Months without sales are counted (continue) or end the count (stop)", field="on_no_sales")
    if variants.year_days not in YEARS:
        raise BadInput("A year has 365 or 360 days", field="year_days")
    for name, options in OPTIONS.items():
        if getattr(variants, name) not in options:
            offered = ", ".join(map(str, options))
            raise BadInput(f"{name.replace('_', ' ').capitalize()} is one of {offered}", field=name)
    if variants.top_customers < 1:
        raise BadInput("The top share counts at least one customer", field="top_customers")
    if not 0 < variants.large_share <= 100:
        raise BadInput("A large customer has more than 0 and at most 100 percent of sales", field="large_share")
    if variants.rebill_days < 0:
        raise BadInput("The days to a new invoice can't be negative", field="rebill_days")
    for name in _GIVEN:
        given = getattr(variants, name)
        if given is not None and given < 0:
            raise BadInput(f"{name.replace('_', ' ').capitalize()} can't be negative", field=name)


def _number(name: str, value: Any) -> Decimal:
    try:
        return Decimal(str(value))
    except InvalidOperation as error:
        raise BadInput(f"{value!r} is no number", field=name) from error
