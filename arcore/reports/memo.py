"""Results kept beside the version of the books they were made from, and those that a next version carries on."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from collections.abc import Hashable
from threading import Lock
from typing import Any

KEPT = 512
CARRIED = 24


class Memo:
    """A bounded store of results; each is made once, by whoever asks first, while others wait for that one only."""

    def __init__(self, *, kept: int = KEPT) -> None:
        self._kept = kept
        self._lock = Lock()
        self._slots: OrderedDict[Hashable, _Slot] = OrderedDict()

    def get(self, key: Hashable, make: Callable[[], Any]) -> Any:
        """Return the result under a key, making it if it is not there. What `make` raises is not kept."""
        with self._lock:
            slot = self._slots.setdefault(key, _Slot())
            self._slots.move_to_end(key)
            while len(self._slots) > self._kept:
                self._slots.popitem(last=False)
        with slot.lock:
            if not slot.made:
                slot.value = make()
                slot.made = True
            return slot.value

    def clear(self) -> None:
        """Drop all results."""
        with self._lock:
            self._slots.clear()


class Carried:
    """The last result under each name, whatever version it was made for: the next one adds only what is new.

    A name is a word, or a tuple that begins with one. Of each word the last CARRIED are kept: looking at many days
    does not push out what is kept once for all of them.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._kept: dict[Hashable, OrderedDict[Hashable, Any]] = {}

    def last(self, key: Hashable) -> Any:
        """Return what was kept last under a key, or None."""
        with self._lock:
            kept = self._kept.get(_word(key))
            return None if kept is None else kept.get(key)

    def keep(self, key: Hashable, value: Any) -> None:
        """Keep a result for the next version."""
        with self._lock:
            kept = self._kept.setdefault(_word(key), OrderedDict())
            kept[key] = value
            kept.move_to_end(key)
            while len(kept) > CARRIED:
                kept.popitem(last=False)


def _word(key: Hashable) -> Hashable:
    return key[0] if isinstance(key, tuple) else key


class _Slot:
    def __init__(self) -> None:
        self.lock = Lock()
        self.made = False
        self.value: Any = None
