"""Which part of the book a measure looks at, and how it splits it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from arcore.analytics.columns import Bools
from arcore.analytics.columns import Columns
from arcore.analytics.columns import Days
from arcore.analytics.growing import frozen
from arcore.errors import BadInput

NO_GROUPS: Days = frozen(np.empty(0, np.int32))
NO_MASK: Bools = frozen(np.empty(0, np.bool_))


@dataclass(frozen=True, eq=False)
class Scope:
    """A mask and a split of the items, in the types the compiled loops want.

    Attributes:
        groups: a group per item row, -1 for rows left out; empty for one group of all.
        mask: which item rows take part; empty for all.
        n_groups: how many groups there are.
        n_currencies: how many currency codes there are.
    """

    groups: Days
    mask: Bools
    n_groups: int
    n_currencies: int

    def __post_init__(self) -> None:
        """Close arrays that came in open for writing: the compiled loops know one type of array only."""
        for name in ("groups", "mask"):
            if getattr(self, name).flags.writeable:
                object.__setattr__(self, name, frozen(getattr(self, name)))

    @classmethod
    def of(
        cls,
        columns: Columns,
        *,
        groups: ArrayLike | None = None,
        n_groups: int | None = None,
        mask: ArrayLike | None = None,
        n_currencies: int | None = None,
    ) -> Scope:
        """Make a scope for these columns.

        Left out, `n_groups` and `n_currencies` are one more than the highest code that occurs. Raises BadInput as
        `check` does.
        """
        codes = NO_GROUPS if groups is None else frozen(np.ascontiguousarray(groups, np.int32))
        chosen = NO_MASK if mask is None else frozen(np.ascontiguousarray(mask, np.bool_))
        scope = cls(
            groups=codes,
            mask=chosen,
            n_groups=_count(codes, least=1) if n_groups is None else n_groups,
            n_currencies=_count(columns.currency, least=1) if n_currencies is None else n_currencies,
        )
        scope.check(columns)
        return scope

    def check(self, columns: Columns, since: int = 0) -> None:
        """Raise BadInput where items from row `since` on have no place: the compiled loops write without looking."""
        rows = len(columns.item_id)
        if len(self.groups) not in (0, rows) or len(self.mask) not in (0, rows):
            raise BadInput("groups and mask need one value per item")
        if _count(columns.currency[since:], least=0) > self.n_currencies:
            raise BadInput("a currency code is higher than the number of currencies")
        if _count(self.groups[since:], least=0) > self.n_groups:
            raise BadInput("a group is higher than the number of groups")

    @property
    def cells(self) -> int:
        """How many pairs of group and currency there are."""
        return self.n_groups * self.n_currencies

    def selects(self, columns: Columns, group: int | None = None) -> Bools:
        """Return which item rows take part, in one group or in all of them."""
        chosen = self.mask if len(self.mask) else np.ones(len(columns.item_id), np.bool_)
        if len(self.groups) == 0:
            return chosen
        return chosen & (self.groups >= 0 if group is None else self.groups == group)


def _count(codes: np.ndarray[tuple[int], np.dtype[np.signedinteger]], *, least: int) -> int:
    return max(least, int(codes.max()) + 1) if len(codes) else least
