"""Who belongs to what on a day: which items count, and the group of each, by the owner, segment and family of then."""

from __future__ import annotations

from collections.abc import Hashable
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np

from arcore.analytics.history import History
from arcore.analytics.scope import NO_GROUPS
from arcore.analytics.scope import NO_MASK
from arcore.analytics.scope import Scope
from arcore.reports.dimensions import NOBODY
from arcore.reports.filters import By
from arcore.reports.view import Groups
from arcore.reports.view import View
from arcore.reports.view import customers_within
from arcore.reports.view import group_counts


@dataclass(frozen=True, eq=False)
class Members:
    """The members of the parts of a book, through a set of filters and split by a dimension."""

    seen: View
    by: By

    @property
    def dated(self) -> bool:
        """Tell whether who belongs to what depends on the day."""
        filters = self.seen.filters
        return bool(filters.segments or filters.owners) or self.by in ("segment", "owner")

    def belongs(self, day: date) -> Hashable:
        """Return a value that is equal on days on which the same customers belong to the same groups."""
        if day not in self._known:
            within, groups = self._membership(day)
            ways = (None if part is None else part.tobytes() for part in (within, groups))
            self._known[day] = (self.by, *ways)
        return self._known[day]

    @cached_property
    def _known(self) -> dict[date, Hashable]:
        return {}

    def _membership(self, day: date) -> tuple[Any, Any]:
        """Return which customers are within the filters and in which group they are, on a day; None for no choice."""
        if not self.dated:
            return None, None
        seen = self.seen
        within = customers_within(seen.book, seen.filters, day, seen.known_seq)
        groups = None
        if self.by in ("segment", "owner"):
            groups, _ = seen.book.around.customers.fact_on(self.by, day, seen.known_seq)
        return within, groups

    def labels(self) -> tuple[Sequence[str], Sequence[str]]:
        """Return how the groups are called in scripts and for people; the same on every day."""
        if self.by not in ("segment", "owner"):
            split = self.seen.groups(self.by)
            return split.keys, split.names
        labels = self.seen.book.around.customers.facts[self.by].labels
        return (*labels, ""), (*labels, f"No {self.by}")

    def split(self, day: date) -> Groups:
        """Return the group of every item on a day."""
        if self.by not in ("segment", "owner"):
            return self.seen.groups(self.by)
        codes, labels = self.seen.book.around.customers.fact_on(self.by, day, self.seen.known_seq)
        codes = np.where(codes == NOBODY, len(labels), codes).astype(np.int32)
        return Groups(codes[self.seen.columns.customer], *self.labels())

    def scope(self, day: date) -> Scope:
        """Return which items count on a day and which group each is in, in the form that the measures take."""
        seen, split = self.seen, self.split(day)
        mask = seen.mask
        if seen.filters.segments or seen.filters.owners:
            customers = seen.book.around.customers
            within = customers_within(seen.book, seen.filters, day, seen.known_seq)
            within = within & group_counts(customers, seen.filters)
            mask = within[seen.columns.customer]
            if seen.filters.entity is not None:
                mask &= seen.columns.entity == seen.book.entities.index(seen.filters.entity)
        return Scope(
            groups=split.codes if self.by != "none" else NO_GROUPS,
            mask=mask if len(mask) else NO_MASK,
            n_groups=len(split.keys),
            n_currencies=max(1, len(seen.currencies)),
        )


def present(history: History) -> list[int]:
    """Return the groups that hold an item, whenever it counts."""
    scope = history.scope
    groups = scope.groups[scope.mask] if len(scope.mask) else scope.groups
    if len(groups) == 0:
        return [] if len(scope.groups) else [0]
    return np.flatnonzero(np.bincount(groups[groups >= 0], minlength=1)).tolist()
