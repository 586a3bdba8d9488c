"""States of plans, instalments and promises as people see them: a word, a colour, an icon."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal
from typing import TypeAlias

from arcore.arrangements.queries import PlanRow
from arcore.arrangements.rules import PLAN_STATES
from arcore.arrangements.rules import PROMISE_STATES
from arcore.arrangements.rules import InstalmentState
from arcore.arrangements.rules import PromiseState
from arcore.reports.arranged import Sums
from pages.ui.format import NONE
from pages.ui.format import Format

Colour: TypeAlias = Literal["red", "orange", "green", "blue", "gray"]

PLANS: Mapping[str, Colour] = {
    "Broken": "red",
    "Late": "orange",
    PLAN_STATES["active"]: "blue",
    PLAN_STATES["finished"]: "green",
    PLAN_STATES["cancelled"]: "gray",
    PLAN_STATES["replaced"]: "gray",
    PLAN_STATES["withdrawn"]: "gray",
}
PROMISES: Mapping[PromiseState, Colour] = {
    "open": "blue",
    "kept": "green",
    "part_kept": "orange",
    "broken": "red",
    "unknown": "gray",
    "lapsed": "gray",
    "withdrawn": "gray",
}
INSTALMENTS: Mapping[InstalmentState, str] = {
    "coming": ":gray[:material/schedule:]",
    "due": ":blue[:material/today:]",
    "late": ":orange[:material/warning:]",
    "broken": ":red[:material/cancel:]",
    "kept": ":green[:material/check_circle:]",
    "settled": ":gray[:material/task_alt:]",
    "ended": ":gray[:material/block:]",
}
HISTORY: Mapping[str, str] = {
    "agreed": "Agreed",
    "made": "Made",
    "recorded": "Made",
    "cancelled": "Cancelled",
    "replaced": "Changed",
    "withdrawn": "Withdrawn",
    "resumed": "Resumed",
    "restored": "Counts again",
    "changed": "Changed",
}


def plan_state(row: PlanRow) -> str:
    """Say what a plan is: whether the running one is late, or has missed an instalment for good."""
    if row.state == "active" and row.broken:
        return "Broken"
    return "Late" if row.state == "active" and row.late else row.state_words


def promise_states() -> list[str]:
    """Return the words of the states of promises."""
    return [PROMISE_STATES[state] for state in PROMISES]


def money(sums: Sums, say: Format) -> str:
    """Write amounts by currency in one line: €40.00 + £12.50."""
    return " + ".join(say.money(units, code) for code, units in sums.by_currency.items() if units) or NONE


def in_all(sums: Sums, say: Format) -> str:
    """Write the total in the currency to report in, "" where the amounts are in it already; names what has no rate."""
    if set(sums.by_currency) <= {sums.currency}:
        return ""
    missing = f", {', '.join(gap.currency for gap in sums.gaps)} without a rate" if sums.gaps else ""
    return f"{say.money(sums.total, sums.currency, decimals=0)} in {sums.currency}{missing}"
