"""Cash of a window, day by day: money is converted at the rates of its days."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from functools import partial

import numpy as np

from arcore.analytics.conversion import RateGap
from arcore.analytics.flows import POSITIONS
from arcore.analytics.flows import Flows
from arcore.analytics.flows import flows_on
from arcore.analytics.history import FLOW_INPUTS
from arcore.analytics.history import History
from arcore.analytics.lens import Lens
from arcore.analytics.windows import Window
from arcore.dates import to_day


def daily_cash(history: History, window: Window) -> Flows:
    """Return the running totals of every day of a window, and of the day before it."""
    days = np.arange(to_day(window.before), to_day(window.last) + 1)
    start = int(np.searchsorted(history.flows.days, days[0]))
    kept = history.flows.days[start : start + len(days)]
    if np.array_equal(kept, days):
        return Flows(days=kept, values=history.flows.values[..., start : start + len(days)])
    return flows_on(history.columns, days, scope=history.scope)


def at_day_rates(lens: Lens, flows: Flows, name: str, window: Window, group: int) -> Decimal:
    """Add a flow up at the rates of its days; days with the same rate are added up first."""
    total = Decimal(0)
    for part, sign in FLOW_INPUTS[name]:
        running = flows.values[group, :, POSITIONS[part]]
        for code in np.flatnonzero((running != running[:, :1]).any(axis=1)).tolist():
            for factor, first, last in lens.once(("rates", window, code), partial(_spans, lens, code, window)):
                if factor is not None:
                    total += sign * int(running[code, last] - running[code, first]) * factor
                    continue
                for moved in np.flatnonzero(np.diff(running[code, first : last + 1])).tolist():
                    lens.conversion.factor(code, window.first + timedelta(days=first + moved))  # names the gap
    return total


def _spans(lens: Lens, code: int, window: Window) -> list[tuple[Decimal | None, int, int]]:
    """Return the rates of a window, None for a missing one, each from the place before its first day to its last."""
    found: list[tuple[Decimal | None, int, int]] = []
    for place in range(window.days):
        try:
            factor = lens.conversion.factor(code, window.first + timedelta(days=place))
        except RateGap:
            factor = None
        if found and found[-1][0] == factor:
            found[-1] = (factor, found[-1][1], place + 1)
        else:
            found.append((factor, place, place + 1))
    return found
