"""Families of customers: who stands under whom, and sums that climb from subsidiaries to parents, each counted once."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Codes = NDArray[np.int32]
Ints = NDArray[np.int64]
NO_PARENT = -1


@dataclass(frozen=True, eq=False)
class Families:
    """The trees of parents and children; customers by position, merged ones stand alone.

    Attributes:
        parent: the customer above, NO_PARENT for the head of a family and for whoever has none.
        depth: how many customers stand above.
        below: how many stand under it, on every level.
        place: where it stands in its family, from the head down, children by name; 0 for a head.
    """

    parent: Codes
    depth: Codes
    below: Codes
    place: Codes

    def under(self, head: int) -> Ints:
        """Return a customer and everybody under it, in the order of the tree."""
        found, level = [head], [head]
        while level:
            level = np.flatnonzero(np.isin(self.parent, level)).tolist()
            found += level
        members = np.array(found, np.int64)
        return members[np.argsort(self.place[members], kind="stable")]

    def head_of(self, customer: int) -> int:
        """Return the head of a customer's family: itself when nobody stands above."""
        while self.parent[customer] != NO_PARENT:
            customer = int(self.parent[customer])
        return customer

    def rolled_up(self, values: Ints, add: np.ufunc = np.add) -> Ints:
        """Return for each customer its own value with those of everybody under it; `add` may be np.maximum."""
        found = values.copy()
        for level in range(int(self.depth.max(initial=0)), 0, -1):
            here = np.flatnonzero(self.depth == level)
            add.at(found, self.parent[here], found[here])
        return found

    def lifted(self, customer: Ints) -> tuple[Ints, Ints]:
        """Return (place in `customer`, the customer itself or one above it) for all of these, level by level."""
        places, above = [np.arange(len(customer))], [customer]
        while len(above[-1]):
            up = self.parent[above[-1]]
            keep = up != NO_PARENT
            places.append(places[-1][keep])
            above.append(up[keep].astype(np.int64))
        return np.concatenate(places), np.concatenate(above)


def families(links: Mapping[int, int], names: Sequence[str]) -> Families:
    """Lay out who stands under whom; `links` leads from a customer to its parent, in no ring."""
    count = len(names)
    parent = np.full(count, NO_PARENT, np.int32)
    depth, below, place = (np.zeros(count, np.int32) for _ in range(3))
    children: dict[int, list[int]] = {}
    for child, above in links.items():
        parent[child] = above
        children.setdefault(above, []).append(child)
    for head in (above for above in children if above not in links):
        for number, (member, level) in enumerate(_tree(head, children, names)):
            depth[member], place[member] = level, number
    for level in range(int(depth.max(initial=0)), 0, -1):
        here = np.flatnonzero(depth == level)
        np.add.at(below, parent[here], below[here] + 1)
    return Families(parent, depth, below, place)


def without_rings(links: Mapping[int, int]) -> dict[int, int]:
    """Return the links but for one of every ring: its member with the lowest number has no parent then."""
    found = {child: parent for child, parent in links.items() if child != parent}
    settled: set[int] = set()
    for start in sorted(found):
        path: list[int] = []
        at = start
        while at in found and at not in settled and at not in path:
            path.append(at)
            at = found[at]
        if at in path:
            del found[min(path[path.index(at) :])]
        settled.update(path)
    return found


def _tree(head: int, children: Mapping[int, list[int]], names: Sequence[str]) -> list[tuple[int, int]]:
    """Return a family as (customer, level), from the head down, children by name."""
    found, waiting = [], [(head, 0)]
    while waiting:
        member, level = waiting.pop()
        found.append((member, level))
        by_name = sorted(children.get(member, ()), key=lambda child: (names[child].casefold(), child), reverse=True)
        waiting += [(child, level + 1) for child in by_name]
    return found
