"""Clicks of several people are answered in turn: each is drawn in one go, not all of them slower at once.

Threads of one Python share its processor time evenly: two pages that take 60 ms each would both be there after 120.
In turn the first is there after 60 and nobody's later than before.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

LONGEST = 0.15
"""Seconds for which one run keeps the turn; whoever waits then begins beside it, so that long work holds up nobody."""


class Turns:
    """Lets one run go on at a time, as long as it is short."""

    def __init__(self, longest: float = LONGEST) -> None:
        """Begin with nobody running."""
        self._longest = longest
        self._lock = Lock()
        self._begun = 0.0

    @contextmanager
    def taken(self) -> Iterator[bool]:
        """Wait for the turn, at most until who has it had it for `longest` seconds; gives whether it came."""
        came = self._lock.acquire(blocking=False)
        if not came:
            came = self._lock.acquire(timeout=max(0.0, self._begun + self._longest - time.monotonic()))
        if came:
            self._begun = time.monotonic()
        try:
            yield came
        finally:
            if came:
                self._lock.release()
