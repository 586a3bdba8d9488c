"""Which documents have a twin nearby: same place, same amount, days close together. Numbers are compared elsewhere."""

from __future__ import annotations

import numpy as np

from arcore.analytics.columns import Ints

NEIGHBOURS = 3
"""Each document is compared with so many that follow it at the same amount."""


def twins(home: Ints, amount: Ints, day: Ints, *, days: int) -> tuple[Ints, Ints]:
    """Return pairs of places, earlier first, of one `home` and amount, not more than so many days apart.

    Pure: `home` is whatever has to be the same (customer, entity, currency) as one number.
    """
    order = np.lexsort((np.arange(len(day)), day, amount, home))
    left, right = [], []
    for step in range(1, NEIGHBOURS + 1):
        one, other = order[:-step], order[step:]
        near = (home[one] == home[other]) & (amount[one] == amount[other]) & (day[other] - day[one] <= days)
        left.append(one[near])
        right.append(other[near])
    return np.concatenate(left), np.concatenate(right)
