"""Arrays that grow at the end without copying what is already there.

The books are append-only, so a longer set of columns may share memory with every shorter one: rows that
someone already sees are never written again. Only the newest holder may append in place; an older one copies.
"""

from __future__ import annotations

from collections.abc import Mapping
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

SPARE_SHARE = 8
SPARE_ROWS = 1024


class Growing:
    """Named arrays of one length with spare room behind their last row."""

    def __init__(self, arrays: Mapping[str, Array], more: Mapping[str, Array] | None = None) -> None:
        """Copy the arrays, and what comes behind them, into buffers that are an eighth longer."""
        parts = {name: (values, more[name]) if more else (values,) for name, values in arrays.items()}
        self.used = sum(len(part) for part in next(iter(parts.values())))
        self._lock = Lock()
        self._buffers = {name: _roomy(*pieces) for name, pieces in parts.items()}

    def views(self, rows: int) -> dict[str, Array]:
        """Return read-only views of the first `rows` rows of every array."""
        return {name: frozen(buffer[:rows]) for name, buffer in self._buffers.items()}

    def appended(self, rows: int, more: Mapping[str, Array]) -> Growing:
        """Return a holder of the first `rows` rows and `more` behind them: itself if nobody else has appended yet."""
        extra = len(next(iter(more.values())))
        if extra == 0:
            return self
        with self._lock:
            room = len(next(iter(self._buffers.values())))
            if self.used == rows and rows + extra <= room:
                for name, buffer in self._buffers.items():
                    buffer[rows : rows + extra] = more[name]
                self.used = rows + extra
                return self
        return Growing({name: buffer[:rows] for name, buffer in self._buffers.items()}, more)


def frozen(values: Array) -> Array:
    """Return a view that can't be written through."""
    view = values.view()
    view.flags.writeable = False
    return view


def _roomy(first: Array, *behind: Array) -> Array:
    rows = len(first) + sum(map(len, behind))
    buffer = np.empty(rows + rows // SPARE_SHARE + SPARE_ROWS, first.dtype)
    np.concatenate((first, *behind), out=buffer[:rows])
    return buffer
