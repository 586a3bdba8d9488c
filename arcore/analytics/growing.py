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

    def __init__(self, arrays: Mapping[str, Array]) -> None:
        """Copy the arrays into buffers that are an eighth longer."""
        self.used = len(next(iter(arrays.values())))
        self._lock = Lock()
        self._buffers = {name: _roomy(values) for name, values in arrays.items()}

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
        return Growing({name: np.concatenate((buffer[:rows], more[name])) for name, buffer in self._buffers.items()})


def frozen(values: Array) -> Array:
    """Return a view that can't be written through."""
    view = values.view()
    view.flags.writeable = False
    return view


def _roomy(values: Array) -> Array:
    buffer = np.empty(len(values) + len(values) // SPARE_SHARE + SPARE_ROWS, values.dtype)
    buffer[: len(values)] = values
    return buffer
