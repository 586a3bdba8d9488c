"""What describes a KPI: what it is made of, over which window, and what has to be complete for it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from arcore.analytics.coverage import Need
from arcore.analytics.figures import Figure

Better = Literal["lower", "higher", ""]


@dataclass(frozen=True)
class Kpi:
    """One KPI in one variant.

    Attributes:
        make: the pure function of its figures; takes `inputs` by name, and `days` where `counts_days`.
        months: the window it has unless another is asked for; 0 where only closing balances count.
        needs: what has to be complete from the first day of the window; balances from the day before it where
            `ar_begin` is an input, else on the as-of day.
        better: which way is good.
        looks_back: it reads balances of the twelve months before the as-of day, or sales of the months before.
    """

    name: str
    variant: str
    label: str
    make: Callable[..., Figure]
    inputs: tuple[str, ...]
    months: int
    needs: tuple[Need, ...]
    better: Better
    counts_days: bool = False
    looks_back: bool = False

    @property
    def key(self) -> tuple[str, str]:
        """Name and variant: what tells KPIs apart."""
        return self.name, self.variant
