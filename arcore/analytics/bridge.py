"""Why a measure changed: the change split into its causes, so that the parts add up exactly in any order."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from itertools import combinations
from math import factorial

from arcore.analytics.figures import Number
from arcore.analytics.figures import exact
from arcore.errors import BadInput

MOST_CAUSES = 10
"""2^n evaluations; a bridge with more steps than that explains nothing."""


def split_change(
    before: Mapping[str, Number], after: Mapping[str, Number], measure: Callable[[Mapping[str, Fraction]], Fraction]
) -> dict[str, Decimal]:
    """Return what each input contributes to `measure(after) − measure(before)`; the parts add up to it.

    Each part is the average over all orders in which the inputs could have changed one after the other (the Shapley
    value), so no order is preferred. Exact until the end, where each part is rounded to 28 digits. Raises BadInput
    when the inputs differ in name or are too many, ZeroDivisionError when `measure` has no value on the way.
    """
    names = sorted(before)
    if names != sorted(after) or len(names) > MOST_CAUSES:
        raise BadInput("A bridge needs the same few inputs before and after", before=names, after=sorted(after))
    old, new = ({name: Fraction(exact(values[name])) for name in names} for values in (before, after))
    worth = {
        changed: measure({name: (new if name in changed else old)[name] for name in names})
        for size in range(len(names) + 1)
        for changed in map(frozenset, combinations(names, size))
    }
    parts = {}
    for name in names:
        total = Fraction(0)
        for changed, value in worth.items():
            if name not in changed:
                orders = factorial(len(changed)) * factorial(len(names) - len(changed) - 1)
                total += orders * (worth[changed | {name}] - value)
        share = total / factorial(len(names))
        parts[name] = Decimal(share.numerator) / Decimal(share.denominator)
    return parts
