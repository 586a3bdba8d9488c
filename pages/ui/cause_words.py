"""What moved DSO or CEI, in words, for every way of counting."""

from __future__ import annotations

CAUSES = {
    "dso": {
        "balance": "Balance: not overdue, before credits and write-offs",
        "sales": "Sales of the window, before credit notes",
        "mix": "Mix: shares of the segments in sales",
        "timeliness": "Timeliness: overdue",
        "credits": "Credits: credit notes and discounts of the window",
        "write_offs": "Write-offs of the window, less recoveries",
    },
    "cei": {
        "balance": "Balance: at the beginning, less what is not overdue at the end",
        "sales": "Sales of the window, before credit notes",
        "mix": "Mix: shares of the segments in sales",
        "timeliness": "Timeliness: overdue, before credits and write-offs",
        "credits": "Credits: what they took off the overdue",
        "write_offs": "Write-offs: what they took off the overdue",
    },
}
_OF_TERMS = {
    "balance": "Balance: open, not counting credits",
    "sales": "Sales of the months that it was sold in",
    "timeliness": "Timeliness: how old what is open is",
}
_CASH = {
    "timeliness": "Timeliness: collectable, and did not come as cash",
    "credits": "Credits: credit notes of the window",
}
OTHERWISE = {
    "dso.true": _OF_TERMS,
    "dso.sales_weighted": _OF_TERMS | {"sales": "Sales of the months as long ago as it fell due"},
    "dso.countback": {"sales": "Sales of the months counted back"},
    "dso.countback_months": {"sales": "Sales of the months counted back"},
    "dso.average_balance": {"balance": "Balance: at the beginning, and not overdue at the end"},
    "dso.month_ends": {"balance": "Balance: at the month-ends before, and not overdue at the end"},
    "cei.cash": _CASH,
    "cei.cash_rolling_12": _CASH,
}
"""Words for causes where another way of counting gives them another content."""


def words_of(name: str) -> dict[str, str]:
    """Return the words for the causes of "dso", "cei", or a variant such as "dso.countback"."""
    return CAUSES[name.partition(".")[0]] | OTHERWISE.get(name, {})
