"""Why DSO or CEI changed: balance, sales, mix of segments, timeliness, credits and write-offs.

Both are put in terms of what each cause alone can change, so that the split over all orders adds up to the change:

    DSO = (owed + late − credits − write-offs) ÷ sales of a day, less the credit notes of a day
    CEI = 100 × (1 − (late − credits − write-offs) ÷ (owed + sales − credit notes))

For DSO `owed` is what is not overdue and `late` what is, both before the credits and write-offs of the window; for CEI
`owed` is the opening balance less what is not overdue at the end, and `late` what would be overdue without the credits
and write-offs of the window. Both stand per segment, and follow its share of the sales where the mix alone changes.
"""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field
from decimal import Decimal
from fractions import Fraction
from itertools import product

from arcore.analytics.bridge import share_out
from arcore.analytics.figures import Number
from arcore.analytics.figures import exact

CAUSES = ("balance", "sales", "mix", "timeliness", "credits", "write_offs")


@dataclass(frozen=True)
class Segment:
    """One part of the book: gross sales of the window (before credit notes), and what is owed and late."""

    sales: Number
    owed: Number
    late: Number


@dataclass(frozen=True)
class Inputs:
    """Everything one figure is made of, in one currency.

    Attributes:
        segments: by key; they add up to the whole.
        credit_notes: credit notes of the window, positive: what they took off its sales.
        credits: credit notes and discounts, positive: what they took off the balance (DSO) or the late items (CEI).
        write_offs: the same of write-offs, less recoveries.
        days: of the window.
    """

    segments: Mapping[str, Segment]
    credit_notes: Number
    credits: Number
    write_offs: Number
    days: int
    _sums: dict[str, Fraction] = field(default_factory=dict, repr=False, compare=False)

    def whole(self, name: str) -> Fraction:
        """Return sales, owed or late of all segments."""
        if name not in self._sums:
            self._sums[name] = sum((_exact(getattr(part, name)) for part in self.segments.values()), Fraction(0))
        return self._sums[name]


def dso_causes(before: Inputs, after: Inputs) -> dict[str, Decimal] | None:
    """Return what each cause did to DSO, in days; they add up to its change. None where sales vanish on the way."""

    def dso(state: State) -> Fraction:
        balance = state.owed + state.late - state.credits - state.write_offs
        per_day = state.sales / state.sales_days - state.credit_notes / state.credit_days
        return balance / _positive(per_day)

    return split(before, after, dso)


def cei_causes(before: Inputs, after: Inputs) -> dict[str, Decimal] | None:
    """Return what each cause did to CEI, in points; they add up to its change. None where nothing falls due."""

    def cei(state: State) -> Fraction:
        late = state.late - state.credits - state.write_offs
        return 100 - 100 * late / _positive(state.owed + state.sales - state.credit_notes)

    return split(before, after, cei)


@dataclass(frozen=True)
class State:
    """The inputs when some of the causes have changed; `sales_of` is 1 where the sales are those after, else 0."""

    owed: Fraction
    late: Fraction
    sales: Fraction
    sales_days: int
    credit_notes: Fraction
    credit_days: int
    credits: Fraction
    write_offs: Fraction
    sales_of: int


def split(before: Inputs, after: Inputs, measure: Callable[[State], Fraction]) -> dict[str, Decimal] | None:
    """Return what each cause did to a measure of such states, all orders averaged; None where it has no value."""
    pair = (before, after)
    owed: dict[tuple[int, int], Fraction] = {}
    late: dict[tuple[int, int], Fraction] = {}

    def worth(changed: frozenset[str]) -> Fraction:
        on = {cause: int(cause in changed) for cause in CAUSES}
        sold, credited = pair[on["sales"]], pair[on["credits"]]
        return measure(
            State(
                owed=owed[on["balance"], on["mix"]],
                late=late[on["timeliness"], on["mix"]],
                sales=sold.whole("sales"),
                sales_days=sold.days,
                credit_notes=_exact(credited.credit_notes),
                credit_days=credited.days,
                credits=_exact(credited.credits),
                write_offs=_exact(pair[on["write_offs"]].write_offs),
                sales_of=on["sales"],
            )
        )

    try:
        for level, mix in product((0, 1), repeat=2):
            owed[level, mix] = _mixed(pair, "owed", level, mix)
            late[level, mix] = _mixed(pair, "late", level, mix)
        return share_out(CAUSES, worth)
    except ZeroDivisionError:
        return None


def _mixed(pair: tuple[Inputs, Inputs], name: str, level: int, mix: int) -> Fraction:
    """Return what is owed or late at the level of one figure when sales have the mix of the other.

    A segment without sales in either window has no share that could change: it keeps its amounts.
    """
    own, other = pair[level], pair[mix]
    total = own.whole(name)
    if level == mix:
        return total
    for key, part in own.segments.items():
        then, now = part.sales, other.segments[key].sales if key in other.segments else 0
        if then > 0 and now > 0:
            share, wanted = _exact(then) / own.whole("sales"), _exact(now) / other.whole("sales")
            total += _exact(getattr(part, name)) * (wanted / share - 1)
    return total


def _exact(number: Number) -> Fraction:
    return Fraction(exact(number))


def _positive(divisor: Fraction) -> Fraction:
    if divisor <= 0:
        raise ZeroDivisionError
    return divisor
