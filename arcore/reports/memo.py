"""Results kept beside the version of the books they were made from."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from collections.abc import Hashable
from threading import Lock
from typing import Any

KEPT = 128


class Memo:
    """A bounded store of results; each is made once, by whoever asks first, while others wait for that one only.

    `previous` holds the results of the version before, for those who can bring one up to date cheaper than afresh.
    """

    def __init__(self, previous: dict[Hashable, Any] | None = None) -> None:
        self._lock = Lock()
        self._slots: OrderedDict[Hashable, _Slot] = OrderedDict()
        self.previous: dict[Hashable, Any] = previous or {}

    def get(self, key: Hashable, make: Callable[[], Any]) -> Any:
        """Return the result under a key, making it if it is not there. What `make` raises is not kept."""
        with self._lock:
            slot = self._slots.setdefault(key, _Slot())
            self._slots.move_to_end(key)
            while len(self._slots) > KEPT:
                self._slots.popitem(last=False)
        with slot.lock:
            if not slot.made:
                slot.value = make()
                slot.made = True
            return slot.value

    def successor(self) -> Memo:
        """Return an empty memo for the next version that remembers what this one held."""
        with self._lock:
            return Memo({key: slot.value for key, slot in self._slots.items() if slot.made})


class _Slot:
    def __init__(self) -> None:
        self.lock = Lock()
        self.made = False
        self.value: Any = None
