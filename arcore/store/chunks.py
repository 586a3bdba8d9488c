"""Ids in pieces: a database takes only so many in one IN (…)."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Iterator
from typing import Any
from typing import TypeVar

CHUNK = 500
"""Every database takes that many at once."""

T = TypeVar("T", bound=Any)


def chunks(ids: Iterable[T], size: int = CHUNK) -> Iterator[list[T]]:
    """Cut ids into pieces of at most `size`, in ascending order, each id once; no ids are no piece."""
    numbers = sorted(set(ids))
    for start in range(0, len(numbers), size):
        yield numbers[start : start + size]
