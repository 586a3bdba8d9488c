"""A watched folder: which files have stopped growing, where each goes once it was looked at. Knows no books."""

from __future__ import annotations

import os
from collections.abc import Callable
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from dataclasses import field
from pathlib import Path
from typing import Literal
from typing import NamedTuple
from typing import TypeAlias

from arcore.errors import BadInput
from arcore.errors import Unavailable

try:
    import fcntl

    CAN_LOCK = True
except ImportError:  # pragma: no cover  Windows: the digests of files alone keep two watchers from doubling
    CAN_LOCK = False

Shelf: TypeAlias = Literal["done", "refused", "waiting"]
SHELVES: tuple[Shelf, ...] = ("done", "refused", "waiting")
LOCK = ".arcore-watch"
"""Who holds this file's lock works on the folder; a program that dies lets go of it."""
UNFINISHED = (
    ".part", ".partial", ".crdownload", ".download", ".opdownload", ".filepart", ".tmp", ".temp", ".lock", ".swp", "~",
)  # fmt: skip
"""How names end that programs give to what they still write."""
HIDDEN = (".", "~$", "~")
PATIENCE = 12
"""So many settle times a file that is still being written holds up those that came with it."""


class Seen(NamedTuple):
    """How a file stood when it was looked at: its size in bytes, when it was last written (ns)."""

    size: int
    written: int


@dataclass
class Folder:
    """A folder that is looked at again and again.

    Attributes:
        path: the folder itself.
        settle: so many seconds a file has to stay as it is.
        clock: seconds that only grow.
    """

    path: Path
    settle: float
    clock: Callable[[], float]
    _since: dict[Path, tuple[Seen, float]] = field(default_factory=dict)

    def prepare(self) -> None:
        """Make the shelves. Raises BadInput when there is no such folder, Unavailable when it can't be written."""
        if not self.path.is_dir():
            raise BadInput(f"{self.path} is no folder", folder=str(self.path))
        try:
            for shelf in SHELVES:
                (self.path / shelf).mkdir(exist_ok=True)
        except OSError as error:
            raise Unavailable(f"{self.path} can't be written: {error.strerror}", folder=str(self.path)) from error

    def look(self) -> None:
        """Note how every file stands now. Raises Unavailable when the folder can't be read."""
        now = self.clock()
        try:
            found = {path: seen for path in self.path.iterdir() if _is_candidate(path) and (seen := _seen(path))}
        except OSError as error:
            raise Unavailable(f"{self.path} can't be read: {error.strerror}", folder=str(self.path)) from error
        before = self._since
        self._since = {
            path: (seen, before[path][1] if path in before and before[path][0] == seen else now)
            for path, seen in found.items()
        }

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing lay here at the last look."""
        return not self._since

    def settled(self) -> list[Path]:
        """Return the files to take, by name: those that stopped growing, once what came with them did too.

        What came within one settle time belongs together, so a file that is still written holds up the others, but
        not for ever.
        """
        now = self.clock()
        ages = {path: now - since for path, (_, since) in self._since.items()}
        still = sorted(path for path, age in ages.items() if age >= self.settle)
        if len(still) < len(ages) and max(ages.values(), default=0.0) < self.settle * PATIENCE:
            return []
        return [path for path in still if _seen(path) == self._since[path][0]]

    def put(self, path: Path, shelf: Shelf, sentence: str = "") -> Path:
        """Move a file to a shelf, with the sentence in a text file beside it; nothing there is written over.

        Raises Unavailable.
        """
        target = _free(self.path / shelf / path.name)
        try:
            path.rename(target)
            if sentence:
                _free(target.with_name(f"{target.name}.txt")).write_text(sentence + "\n", encoding="utf-8")
        except OSError as error:
            raise Unavailable(f"{path} can't be moved to {target}: {error.strerror}", file=str(path)) from error
        self._since.pop(path, None)
        return target

    @contextmanager
    def alone(self) -> Iterator[bool]:
        """Work on the folder alone: gives False when another watcher is at it."""
        try:
            handle = os.open(self.path / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise Unavailable(f"{self.path} can't be written: {error.strerror}", folder=str(self.path)) from error
        try:
            yield _locked(handle)
        finally:
            os.close(handle)


def _locked(handle: int) -> bool:
    if not CAN_LOCK:
        return True
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _is_candidate(path: Path) -> bool:
    """Leave out folders, links (they may lead anywhere) and what programs are still writing."""
    name = path.name.lower()
    return not name.startswith(HIDDEN) and not name.endswith(UNFINISHED) and path.is_file() and not path.is_symlink()


def _seen(path: Path) -> Seen | None:
    try:
        stat = path.stat()
    except OSError:
        return None
    return Seen(stat.st_size, stat.st_mtime_ns)


def _free(path: Path) -> Path:
    """Return the path, with a number in its name where one of that name is there already."""
    number, found = 1, path
    while found.exists():
        number += 1
        found = path.with_name(f"{path.stem} ({number}){path.suffix}")
    return found
