"""Why a measure changed: the change split into its causes, so that the parts add up exactly in any order."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Iterable
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
    if names != sorted(after):
        raise BadInput("A bridge needs the same inputs before and after", before=names, after=sorted(after))
    old, new = ({name: Fraction(exact(values[name])) for name in names} for values in (before, after))
    return share_out(names, lambda changed: measure({name: (new if name in changed else old)[name] for name in names}))


def share_out(causes: Iterable[str], worth: Callable[[frozenset[str]], Fraction]) -> dict[str, Decimal]:
    """Return what each cause contributes to `worth(all of them) − worth(none)`; the parts add up to it.

    `worth` is the measure when some of the causes have changed and the others have not. Each part is the average over
    all orders in which they could have changed (the Shapley value), exact until it is rounded to 28 digits. Raises
    BadInput for too many causes, ZeroDivisionError when `worth` has no value on the way.
    """
    names = sorted(set(causes))
    if len(names) > MOST_CAUSES:
        raise BadInput("A bridge takes few causes", causes=names)
    known = {
        changed: worth(changed)
        for size in range(len(names) + 1)
        for changed in map(frozenset, combinations(names, size))
    }
    parts = {}
    for name in names:
        total = Fraction(0)
        for changed, value in known.items():
            if name not in changed:
                orders = factorial(len(changed)) * factorial(len(names) - len(changed) - 1)
                total += orders * (known[changed | {name}] - value)
        share = total / factorial(len(names))
        parts[name] = Decimal(share.numerator) / Decimal(share.denominator)
    return parts
