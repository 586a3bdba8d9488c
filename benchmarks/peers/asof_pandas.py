"""Aging as of one day in pandas: balances by item, those not zero cut into buckets; the quickest of three ways."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd


def aging(items: pd.DataFrame, applications: pd.DataFrame, day: date) -> list[tuple[str, int, int]]:
    """Return currency, column and open amount; columns: not due, 1-30, 31-60, 61-90, 91+, unapplied."""
    end = pd.Timestamp(day)
    known = items[items["effective_on"] <= end]
    applied = applications[applications["effective_on"] <= end]
    moved = pd.concat(
        [
            known["amount"],
            -applied.set_index("to_item_id")["amount"],
            applied.set_index("from_item_id")["amount"],
        ]
    )
    balance = moved.groupby(level=0).sum()
    balance = balance[balance != 0]
    still = known.loc[balance.index]
    late = (end - still["due_date"]).dt.days.to_numpy()
    column = np.where(still["side"] > 0, np.searchsorted([0, 30, 60, 90], late), 5)
    found = balance.groupby([still["currency"], column], observed=True).sum()
    return [(str(currency), int(place), int(units)) for (currency, place), units in found.items()]
