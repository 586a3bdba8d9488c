"""Watch a folder: take what was put there, once, and put each file where people see what became of it."""

from __future__ import annotations

import time
from collections.abc import Callable
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field
from pathlib import Path
from shlex import quote
from threading import Event
from typing import Any
from typing import TypeAlias

from arcore.errlog import log_failure
from arcore.errors import ArcoreError
from arcore.errors import BooksMoved
from arcore.errors import Unavailable
from arcore.intake.drops import Drop
from arcore.intake.drops import Outcome
from arcore.intake.drops import Taken
from arcore.intake.folder import Folder
from arcore.intake.folder import Shelf

Take: TypeAlias = Callable[[Sequence[Drop]], Sequence[Taken]]
"""Deals with files that came together and says what became of each; those it does not name stay where they are."""
SHELF_OF: dict[Outcome, Shelf] = {
    "booked": "done",
    "kept": "done",
    "unchanged": "done",
    "known": "done",
    "refused": "refused",
    "question": "waiting",
}
REMEMBERED = 1000
"""So many of the last files are told at the end."""
SETTLE = 5.0
"""Seconds that a file has to stay as it is, unless said otherwise."""
LONGEST_LOOK = 2.0
"""Seconds between two looks, at most."""


@dataclass
class Watch:
    """A folder under watch.

    Attributes:
        say: told one line for each file.
        stop: set to end between two imports.
        told: what became of the last files, with the place where each lies now.
        failures: how often the store or the folder could not be used.
    """

    folder: Folder
    take: Take
    say: Callable[[str], None]
    stop: Event = field(default_factory=Event)
    told: list[dict[str, Any]] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    failures: int = 0

    def until_empty(self) -> None:
        """Take what lies there now, as soon as it has stopped growing, then return. Raises Unavailable."""
        before = -1
        while not self.stop.is_set():
            with self.folder.alone() as mine:
                if not mine:
                    self.say(f"Another watcher is at work on {self.folder.path}: nothing is done here")
                    return
                self.folder.look()
                if self.folder.is_empty:
                    return
                self._round()
            left = len(list(self.folder.settled()))
            if left and left == before:
                return  # what could not be taken will not be by trying at once
            before = left
            self.stop.wait(self._pause())

    def until_stopped(self) -> None:
        """Look again and again; a store that is away for a while is waited for."""
        while not self.stop.is_set():
            try:
                with self.folder.alone() as mine:
                    self.folder.look()
                    if mine:
                        self._round()
            except (Unavailable, BooksMoved) as error:
                self.failures += 1
                self.say(f"{error.message}: tried again later")
                self.stop.wait(self.folder.settle)
            self.stop.wait(self._pause())

    def as_facts(self) -> dict[str, Any]:
        """Return what was done, for scripts."""
        return {"folder": str(self.folder.path), "counts": self.counts, "files": self.told}

    def _pause(self) -> float:
        return min(self.folder.settle / 2, LONGEST_LOOK) or 0.05

    def _round(self) -> None:
        paths = self.folder.settled()
        drops: list[Drop] = []
        by_name: dict[str, Path] = {}
        for path in paths:
            try:
                drops.append(Drop(path.name, path.read_bytes()))
            except OSError as error:
                self._fail(f"{path.name} can't be read: {error.strerror}")
                continue
            by_name[path.name] = path
        if not drops:
            return
        for taken in self._taken(drops):
            self._put(by_name[taken.name], taken)

    def _taken(self, drops: Sequence[Drop]) -> Sequence[Taken]:
        try:
            return self.take(drops)
        except (Unavailable, BooksMoved):
            raise
        except ArcoreError as error:
            sentence = error.message
        except Exception as error:  # noqa: BLE001  one bad file must not end the watch: the log keeps why
            sentence = f"Nothing was booked; the log tells why under {log_failure(error, where='watch')}"
        return [Taken(drop.name, "", "refused", sentence) for drop in drops]

    def _put(self, path: Path, taken: Taken) -> None:
        shelf = SHELF_OF[taken.outcome]
        lies = self.folder.path / shelf / path.name
        target = self.folder.put(path, shelf, _note(taken, lies) if shelf != "done" else "")
        self.counts[taken.outcome] = self.counts.get(taken.outcome, 0) + 1
        self.told = [*self.told[-REMEMBERED + 1 :], {
            "file": taken.name, "sha256": taken.sha256, "outcome": taken.outcome, "import_id": taken.import_id,
            "sentence": taken.sentence, "moved_to": str(target),
            "questions": [{"id": number, "text": text} for number, text in taken.questions],
        }]  # fmt: skip
        self.say(f"{time.strftime('%Y-%m-%d %H:%M:%S')} {taken.name}: {_line(taken)} → {shelf}/{target.name}")

    def _fail(self, sentence: str) -> None:
        self.failures += 1
        self.say(sentence)


def _line(taken: Taken) -> str:
    booked = f"booked as import {taken.import_id}" if taken.outcome == "booked" else ""
    return ": ".join(part for part in (booked, taken.sentence.replace("\n", " ")) if part) or taken.outcome


def _note(taken: Taken, lies: Path) -> str:
    """Write what stands beside a file that was not booked."""
    if not taken.questions:
        return f"{taken.sentence}\n\nNothing was booked."
    accepts = " ".join(f"--accept {quote(number)}" for number, _ in taken.questions)
    return (
        f"{taken.sentence}\n\nNothing was booked. Answer on the page Imports, or, to say yes to all of it:\n"
        f"python -m arcore import {quote(str(lies))} {accepts} --yes"
    )
