"""In which order imports of one system speak: a snapshot stands by its day, whenever it was imported. Pure.

Words are kept as differences: an import keeps what it says other than the import it was compared with, its base. In
order the base is the import before it. A late snapshot is compared with the one before its day, and those after it
keep their own base: nothing that they said is written again.
"""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple


class Spoken(NamedTuple):
    """One import of a system; `day` is that of its snapshot, None when it only lists; `scope` its filter."""

    import_id: int
    day: date | None
    scope: str = ""

    def speaks_for(self, scope: str) -> bool:
        """Tell whether a snapshot under a filter and this one may list the same documents."""
        return scope == self.scope or "" in (scope, self.scope)


@dataclass(frozen=True)
class Order:
    """Imports by their place; `base` leads from each to the one it was compared with, None for the first."""

    spoken: tuple[Spoken, ...]
    base: Mapping[int, int | None]

    def line(self, import_id: int | None) -> frozenset[int]:
        """Return an import and all that its words stand on."""
        found = []
        while import_id is not None:
            found.append(import_id)
            import_id = self.base[import_id]
        return frozenset(found)

    @property
    def tip(self) -> int | None:
        """Return the import that has the last word."""
        return self.spoken[-1].import_id if self.spoken else None

    def until(self, place: int) -> Order:
        """Return the imports before a place."""
        return Order(self.spoken[:place], self.base)

    def newest(self, scope: str) -> date | None:
        """Return the day of the newest snapshot that may list what a filter lists."""
        return max((one.day for one in self.spoken if one.day is not None and one.speaks_for(scope)), default=None)

    def with_one(self, one: Spoken) -> Order:
        """Return the order with one import more."""
        place = place_of(self.spoken, one)
        before = self.spoken[place - 1].import_id if place else None
        return Order((*self.spoken[:place], one, *self.spoken[place:]), {**self.base, one.import_id: before})


def place_of(spoken: Sequence[Spoken], one: Spoken) -> int:
    """Return how many imports stand before a new one: all, but those from the first snapshot of a later day on."""
    if one.day is not None:
        for place, other in enumerate(spoken):
            if other.day is not None and other.day > one.day and other.speaks_for(one.scope):
                return place
    return len(spoken)


def in_order(spoken: Iterable[Spoken]) -> Order:
    """Put imports where they belong, one after the other as they were imported."""
    placed: list[Spoken] = []
    base: dict[int, int | None] = {}
    for one in sorted(spoken):
        place = place_of(placed, one)
        base[one.import_id] = placed[place - 1].import_id if place else None
        placed.insert(place, one)
    return Order(tuple(placed), base)
