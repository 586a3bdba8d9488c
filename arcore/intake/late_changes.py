"""The differences that a late snapshot makes, as people read them: what was implied, and what is now."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from arcore.intake.changes import Change
from arcore.intake.changes import ChangeKind
from arcore.intake.changes import Redate
from arcore.intake.ghost import MADE
from arcore.intake.ghost import MATCHED
from arcore.intake.ghost import OPENED
from arcore.intake.ghost import REDATED
from arcore.intake.ghost import SETTLED
from arcore.intake.ghost import Event
from arcore.intake.ghost import Ghost
from arcore.intake.ghost import Story
from arcore.intake.listing import PENDING
from arcore.intake.parties import Directory
from arcore.intake.rebook import entry_shape
from arcore.intake.replay import Known
from arcore.intake.told import Told
from arcore.intake.word import Word
from arcore.money import grouped


@dataclass(frozen=True)
class Moved:
    """Books without and with the late snapshot of `day`, the numbers that differ, and those that have to stay."""

    day: date
    known: Known
    before: Ghost
    after: Ghost
    changed: frozenset[int]
    stuck: Mapping[int, str]

    def open_on(self, ghost: Ghost, number: int, day: date | None) -> int | None:
        """Return what is open of a document, signed; None when it is not there."""
        held = ghost.held.get(number)
        return None if held is None else held.side * held.open_on(day)


def changes_of(
    moved: Moved, own: Mapping[str, Word], rows: Mapping[str, Told], numbers: Mapping[str, int], directory: Directory
) -> list[Change]:
    """Return one difference for each document that the file lists, does not list any more, or moves."""
    keys = {number: key for key, number in moved.known.numbers.items()}
    listed = [(key, numbers.get(key)) for key in rows]
    elsewhere = [(keys[n], n) for n in sorted(moved.changed) if n in keys and keys[n] not in rows]
    return [one for key, n in (*listed, *elsewhere) for one in _change(moved, key, n, own, rows, directory)]


def disagreeing(moved: Moved, own: Mapping[str, Word], numbers: Mapping[str, int]) -> list[str]:
    """Say where the books differ from the snapshot on its day, because of what was booked here."""
    found = 0
    for key, word in own.items():
        ours = moved.open_on(moved.after, numbers[key], moved.day)
        if ours is not None and word.open_amount is not None and word.status == "":
            found += ours != word.open_amount
    if not found:
        return []
    who = "1 document is" if found == 1 else f"{found} documents are"
    return [f"{who} not open here as this snapshot says on its day: what was booked or explained here stays"]


def _change(
    moved: Moved,
    key: str,
    number: int | None,
    own: Mapping[str, Word],
    rows: Mapping[str, Told],
    directory: Directory,
) -> Iterator[Change]:
    row, word = rows.get(key), own.get(key)
    story = old = None
    if number is not None:
        story, old = moved.after.stories.get(number), moved.before.stories.get(number)
    if story is None and row is None:
        return
    left = was = None
    kind, why = ChangeKind.UNCHANGED, ""
    if number in moved.stuck and key in own:
        kind, why = ChangeKind.PENDING_IN_SOURCE, moved.stuck[number or 0]
    elif number is not None and number in moved.changed and story is not None:
        was, left = (moved.open_on(ghost, number, moved.day) for ghost in (moved.before, moved.after))
        kind, why = _kind(old, story, was, left), _why(old, story)
    elif row is not None:
        was = left = row.open_amount
        ours = moved.open_on(moved.after, number, moved.day) if number is not None else None
        if word is not None and ours is not None and left is not None and ours != left:
            kind, why, left = ChangeKind.PENDING_IN_SOURCE, PENDING, ours
    yield _as_change(kind, why, row, story, directory, was, left, number)


def _as_change(
    kind: ChangeKind,
    why: str,
    row: Told | None,
    story: Story | None,
    directory: Directory,
    before: int | None,
    after: int | None,
    number: int | None,
) -> Change:
    if row is not None:
        what, name, currency, amount, customer = row.kind, row.number, row.currency, row.amount, row.customer
    else:
        assert story is not None  # noqa: S101  a change has a row or a document
        entry = story.entry
        what, name, currency, customer = entry.kind, entry.number, entry.currency, story.customer
        amount = entry.parts[0].amount * (-1 if (before or after or 0) < 0 else 1)
    who = directory.known(directory.survivor(customer))
    file, line = ("", None) if row is None else (row.row.file, row.row.line)
    document = None if number is None or number >= MADE else number
    return Change(kind, what, name, who.code, who.name, currency, amount, before, after, why, file, line, document)


def _kind(old: Story | None, story: Story, was: int | None, left: int | None) -> ChangeKind:
    if old is None:
        return ChangeKind.NEW
    if story.voided or entry_shape(old) != entry_shape(story) or _dues(old) != _dues(story):
        return ChangeKind.CHANGED
    if abs(left or 0) < abs(was or 0):
        return ChangeKind.PART_PAID if left else ChangeKind.SETTLED
    return ChangeKind.REOPENED if abs(left or 0) > abs(was or 0) else ChangeKind.CHANGED


def _why(old: Story | None, story: Story) -> str:
    """Say what the books hold now and what they held, in one sentence."""
    now = _told(story)
    if old is None:
        return f"Not known before: {now}" if story.events else "Not known before"
    if story.voided:
        return "Voided in the source"
    amounts = [grouped(one.entry.parts[0].amount, one.entry.currency) for one in (old, story)]
    if amounts[0] != amounts[1]:
        now = f"amount {amounts[0]} → {amounts[1]}; {now}"
    closed = [[e for e in one.events if e.what == SETTLED] for one in (old, story)]
    if all(len(one.events) == 1 for one in (old, story)) and all(closed) and entry_shape(old) == entry_shape(story):
        first, then = closed[0][0], closed[1][0]
        if first.amount == then.amount:
            whole = first.amount == story.entry.parts[0].amount
            what = "Settled" if whole else f"{grouped(then.amount, story.entry.currency)} settled"
            return f"{what} on {then.day}, not on {first.day}"
    return f"{now[0].upper()}{now[1:]}; until now {_told(old)}"


def _told(story: Story) -> str:
    """Tell all that was implied of a document, in the order of days."""
    said = [_said(event, story) for event in sorted(story.events, key=lambda e: (e.day, e.number))]
    due = story.entry.parts[0].due_date
    if any(event.what == REDATED for event in story.events):
        said.insert(0, f"due {due}")
    return ", ".join(one for one in said if one) or "open all the time"


def _said(event: Event, story: Story) -> str:
    amount, on = grouped(event.amount, story.entry.currency), event.day
    whole = event.amount == story.entry.parts[0].amount
    if event.what == SETTLED:
        return f"settled on {on}" if whole else f"{amount} settled on {on}"
    if event.what == OPENED:
        return f"open again from {on}" if whole else f"{amount} open again from {on}"
    if event.what == MATCHED:
        return f"{amount} matched from {on}"
    if isinstance(event.step, Redate):
        return f"due {event.step.due} from {on}"
    return f"{amount} no longer matched"


def _dues(story: Story) -> list[tuple[date, date]]:
    return [(e.day, e.step.due) for e in story.events if isinstance(e.step, Redate)]
