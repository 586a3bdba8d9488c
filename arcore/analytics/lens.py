"""How a history is looked at, with what measures share: inputs that were converted once."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Hashable
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field
from datetime import date
from decimal import Decimal
from typing import Any
from typing import TypeVar

from arcore.analytics.columns import Ints
from arcore.analytics.conversion import Conversion
from arcore.analytics.coverage import Coverage
from arcore.analytics.history import History
from arcore.analytics.history import Point
from arcore.analytics.variants import Variants
from arcore.analytics.windows import Window

T = TypeVar("T")

MANY_GROUPS = 500
"""With more groups than this, amounts are converted each time: keeping them would take more than it gives."""

Given = Ints | Decimal | int | None
"""Minor units by currency code, or a plain number; None for what nobody gave."""
Source = Callable[[Point, Conversion], Given]


class NotGivenError(Exception):
    """An input has no source; it becomes the reason of a figure and never reaches a caller."""

    def __init__(self, name: str) -> None:
        """Name the input."""
        super().__init__(f"nobody says {name.replace('_', ' ')} here")


@dataclass(frozen=True, eq=False)
class Lens:
    """How a history is looked at: which currency it is counted in, and what is known to be complete.

    Attributes:
        listed: closing balances of group 0 as lists show them, where every item was converted and rounded by itself,
            by as-of day and input: a figure then stands on the very total of its list.
        more: inputs that don't follow from balances and flows alone: promises, disputes, limits, customers.
        variants: how the company wants its measures counted.
    """

    history: History
    conversion: Conversion
    coverage: Coverage
    listed: Mapping[tuple[date, str], Decimal] = field(default_factory=dict)
    more: Mapping[str, Source] = field(default_factory=dict)
    variants: Variants = field(default_factory=Variants)
    _kept: dict[Any, Any] = field(default_factory=dict, repr=False)

    def once(self, key: Hashable, make: Callable[[], T]) -> T:
        """Return what `make` gives, made at the first call under a key: measures share inputs, groups their frames."""
        found: T
        if key in self._kept:
            found = self._kept[key]
        else:
            found = self._kept[key] = make()
        return found

    def total(self, point: Point, name: str) -> Decimal:
        """Return one input of balances or flows, converted; read for all groups at once. Raises RateGap."""
        window = point.window

        def convert() -> Decimal:
            every = self.once((name, window, point.months), lambda: point.every(name).tolist())
            return self.conversion.total(every[point.group], window.last)

        if self.history.scope.n_groups > MANY_GROUPS:
            return convert()
        return self.once((name, window, point.months, point.group), convert)

    def sold(self, point: Point, month: Window) -> Decimal:
        """Return the credit sales of a month, at the rates of the as-of day. Raises RateGap."""
        as_of = point.window.last

        def convert() -> Decimal:
            every = self.once(("sold", month), lambda: point.every_flow("credit_sales", month).tolist())
            return self.conversion.total(every[point.group], as_of)

        return self.once(("sold", month, as_of, point.group), convert)
