"""What a measure stands for by the company's choices: the variant meant by its bare name, its window, its days."""

from __future__ import annotations

from arcore.analytics.kpi import Kpi
from arcore.analytics.kpis import BY_KEY
from arcore.analytics.kpis import BY_NAME
from arcore.analytics.variants import Variants
from arcore.errors import BadInput

DAYS_OF_A_MONTH = 30
METHODS = {
    "dso": "dso_method",
    "cei": "cei_method",
    "turnover": "turnover_balance",
    "days_to_pay": "paid_weight",
    "days_late": "paid_weight",
    "bad_debt": "bad_debt_basis",
    "dilution": "dilution_basis",
    "cash_cycle": "cycle_balance",
    "collection_cost": "cost_basis",
    "discount_cost": "discount_rate",
}
"""Measures in several variants, and the choice that says which one the bare name means."""
_WINDOWS = {
    "dso": "dso_months", "bpdso": "dso_months", "delinquent_dso": "dso_months", "extended_dso": "dso_months",
    "add": "dso_months", "cash_cycle": "dso_months", "cei": "cei_months",
}  # fmt: skip
WHOLE_YEAR = 12
"""Variants with this window have it by their name; the choice of months leaves them alone."""


def headline(name: str, variants: Variants) -> Kpi:
    """Return the measure of a name: "dso" as the company counts it, "dso.period_end" as it says.

    Raises BadInput for a name that does not exist.
    """
    plain, _, variant = name.partition(".")
    chosen = variant or (getattr(variants, METHODS[plain]) if plain in METHODS else "")
    found = BY_KEY.get((plain, chosen)) if chosen else BY_NAME.get(plain)
    if found is None:
        known = ", ".join(BY_NAME)
        raise BadInput(f"There is no KPI {name!r}; one of {known}", name=name)
    return found


def months_of(kpi: Kpi, variants: Variants) -> int:
    """Return the months of the window that a measure has by choice; 0 where only closing balances count."""
    if kpi.months in (0, WHOLE_YEAR) or kpi.name not in _WINDOWS:
        return kpi.months
    months: int = getattr(variants, _WINDOWS[kpi.name])
    return months


def is_chosen(kpi: Kpi) -> bool:
    """Tell whether a choice of the company bears on how a measure is counted."""
    return kpi.name in {*METHODS, *_WINDOWS, "ar_days", "top_customers", "large_customers", "revised_rate"}


def days_of(kpi: Kpi, days: int, months: int, variants: Variants) -> int:
    """Return the days that a window of so many days and months counts as."""
    if kpi.name == "ar_days":
        return days if variants.turnover_days == "window" else int(variants.turnover_days)
    return months * DAYS_OF_A_MONTH if variants.month_days == "thirty" else days
