"""Long work on many small objects, without Python's cycle collector looking at each of them again and again."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def collector_resting() -> Iterator[None]:
    """Let the cycle collector rest meanwhile: a million objects that all live would be walked over many times.

    Memory is still freed as soon as nothing refers to it. Where several threads rest at once, the first to end wakes
    the collector: that costs the others time, nothing else.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
