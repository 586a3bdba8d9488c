"""Sequences whose rows are made when they are read: a plan may hold a million rows in several shapes."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Sequence
from typing import Any
from typing import Generic
from typing import TypeVar
from typing import overload

T = TypeVar("T")


class Rows(Sequence[T], Generic[T]):
    """Rows one after the other, as parts that are lists or make their rows; grows by `+=`."""

    __hash__ = None  # type: ignore[assignment]  # like a list

    def __init__(self, *parts: Sequence[T]) -> None:
        """Start with some parts."""
        self._parts = [part for part in parts if len(part)]

    def __iadd__(self, more: Iterable[T]) -> Rows[T]:
        """Add rows at the end, without reading them when they are made on reading."""
        if isinstance(more, Rows):
            self._parts += more._parts
            return self
        part = more if isinstance(more, Made | tuple) else tuple(more)
        if part:
            self._parts.append(part)
        return self

    def parts(self) -> Sequence[Sequence[T]]:
        """Return the parts, in order."""
        return tuple(self._parts)

    def __len__(self) -> int:
        """Return how many rows there are."""
        return sum(map(len, self._parts))

    def __iter__(self) -> Iterator[T]:
        """Go through the rows, each made anew where it has to be."""
        for part in self._parts:
            yield from part

    @overload
    def __getitem__(self, index: int) -> T: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[T]: ...
    def __getitem__(self, index: int | slice) -> T | Sequence[T]:
        """Return a row, or the rows of a slice; only these are made."""
        if isinstance(index, int):
            found = self[index : index + 1 or None]
            if not found:
                msg = f"there are {len(self)} rows"
                raise IndexError(msg)
            return found[0]
        start, stop, step = index.indices(len(self))
        if step != 1:
            return tuple(self)[index]
        found, before = [], 0
        for part in self._parts:
            found += part[max(0, start - before) : max(0, stop - before)]
            before += len(part)
        return tuple(found)

    def __eq__(self, other: object) -> bool:
        """Compare row by row with anything that has rows."""
        if not isinstance(other, Sequence):
            return NotImplemented
        return len(self) == len(other) and all(a == b for a, b in zip(self, other, strict=True))

    def __repr__(self) -> str:
        """Write the rows down, as a tuple would be."""
        return repr(tuple(self))


class Made(Sequence[T], Generic[T]):
    """Rows made by a function, each time they are read, from what they tell of."""

    def __init__(self, things: Sequence[Any], make: Callable[[Any], T]) -> None:
        """Keep what the rows are made of; it must not change from now on."""
        self._things = things
        self._make = make

    def __len__(self) -> int:
        """Return how many rows there are."""
        return len(self._things)

    def __iter__(self) -> Iterator[T]:
        """Make one row after the other."""
        return map(self._make, self._things)

    @overload
    def __getitem__(self, index: int) -> T: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[T]: ...
    def __getitem__(self, index: int | slice) -> T | Sequence[T]:
        """Make a row, or those of a slice."""
        if isinstance(index, int):
            return self._make(self._things[index])
        return list(map(self._make, self._things[index]))


def parts_of(rows: Sequence[T]) -> Sequence[Sequence[T]]:
    """Return the parts of rows; those that make their rows are `Made`."""
    return rows.parts() if isinstance(rows, Rows) else (rows,)
