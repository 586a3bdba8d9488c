"""Why the other ways of counting DSO changed: counted back, and as a sum of parts over the sales of their own time.

Counted back, the balance is the same as in `ratio_causes` and the sales are those of month after month. As a sum of
parts (true, sales-weighted) a figure is `open × Σ (part ÷ open) ÷ sales`, by months back from the as-of day: the
balance is what is open, timeliness how old it is, and sales those of the months.
"""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from arcore.analytics.bridge import share_out
from arcore.analytics.figures import Figure
from arcore.analytics.figures import Number
from arcore.analytics.figures import exact
from arcore.analytics.ratio_causes import Inputs
from arcore.analytics.ratio_causes import State
from arcore.analytics.ratio_causes import split

OF_TERMS = ("balance", "sales", "timeliness")
"""What can move a sum of parts."""


@dataclass(frozen=True)
class Months:
    """Sales and days of the months that can be counted back, newest first; `whole` if none before them is unknown."""

    sold: Sequence[tuple[Number, int]]
    whole: bool = True


@dataclass(frozen=True)
class Terms:
    """What is open, its parts by months back from the as-of day, and the credit sales of these months."""

    open: Number
    parts: Mapping[int, Number]
    sales: Mapping[int, Number]


def countback_causes(
    before: Inputs, after: Inputs, months: tuple[Months, Months], count: Callable[[Decimal, Months], Figure]
) -> dict[str, Decimal] | None:
    """Return what each cause did to a figure counted back; they add up to its change.

    `count` is the measure. None where it has no value on the way: the balance would be a credit, or would outlast the
    months whose sales are known.
    """

    def counted(state: State) -> Fraction:
        balance, sold = state.owed + state.late - state.credits - state.write_offs, months[state.sales_of]
        figure = count(Decimal(balance.numerator) / Decimal(balance.denominator), sold)
        if figure.exact is None or ("history_exhausted" in figure.flags and not sold.whole):
            raise ZeroDivisionError
        return Fraction(figure.exact)

    return split(before, after, counted)


def term_causes(before: Terms, after: Terms, *, times: int = 1) -> dict[str, Decimal] | None:
    """Return what each cause did to Σ part ÷ sales, times `times`; they add up to its change.

    Parts of months without sales are left out, as the measure does. None where none is left on the way.
    """
    pair = (before, after)
    ages = [_ages(each) for each in pair]
    ages = [own or other for own, other in zip(ages, ages[::-1], strict=True)]

    def worth(changed: frozenset[str]) -> Fraction:
        balance, sold = pair["balance" in changed], pair["sales" in changed]
        aged = ages["timeliness" in changed]
        sales = {place: Fraction(exact(sold.sales[place])) for place in aged if place in sold.sales}
        counted = [aged[place] / amount for place, amount in sales.items() if amount > 0]
        if aged and not counted:
            raise ZeroDivisionError
        return Fraction(exact(balance.open)) * sum(counted, Fraction(0)) * times

    try:
        return share_out(OF_TERMS, worth)
    except ZeroDivisionError:
        return None


def _ages(terms: Terms) -> dict[int, Fraction]:
    """Return the parts for one unit that is open; none where nothing is."""
    total = Fraction(exact(terms.open))
    if total <= 0:
        return {}
    return {place: Fraction(exact(part)) / total for place, part in terms.parts.items()}
