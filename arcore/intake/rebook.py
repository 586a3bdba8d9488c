"""From two tellings of the same source to steps: only what differs is taken back and booked again.

A settlement moves by itself where that is all: the invoice stays. Where a due date moved, an amount changed, or a
closing that ended has another day now, the document is voided and posted again with all that happened to it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field
from datetime import date
from typing import Any

from arcore.intake.changes import GiveBack
from arcore.intake.changes import Match
from arcore.intake.changes import OpenAgain
from arcore.intake.changes import Post
from arcore.intake.changes import Redate
from arcore.intake.changes import Ref
from arcore.intake.changes import Replace
from arcore.intake.changes import Settle
from arcore.intake.changes import Step
from arcore.intake.changes import TakeBack
from arcore.intake.changes import Void
from arcore.intake.ghost import MATCHED
from arcore.intake.ghost import OPENED
from arcore.intake.ghost import REDATED
from arcore.intake.ghost import RELEASED
from arcore.intake.ghost import SETTLED
from arcore.intake.ghost import Event
from arcore.intake.ghost import Story
from arcore.intake.holdings import Held
from arcore.ledger.entry import Entry


@dataclass
class Rebooking:
    """Finds the steps by which books that hold one story come to hold another.

    Attributes:
        held: documents of the books by number; a number without one is still to be posted.
        implied: ids of applications between documents that snapshots tell which imports made.
        entry_of: an entry as it is to be posted, with what the books know of the document beside what words keep.
        refs: what stands for a number from now on where that changes.
    """

    held: Mapping[int, Held]
    implied: frozenset[int]
    entry_of: Callable[[int, Entry], Entry]
    before: Mapping[int, Story]
    after: Mapping[int, Story]
    refs: dict[int, Ref] = field(default_factory=dict)
    anew: set[int] = field(default_factory=set)
    _first: list[Step] = field(default_factory=list)
    _posts: list[Step] = field(default_factory=list)
    _events: dict[int, Event] = field(default_factory=dict)
    _taken: set[tuple[type[Any], int]] = field(default_factory=set)

    def changed(self) -> list[int]:
        """Return the numbers of documents whose story is another one now."""
        numbers = sorted(self.before.keys() | self.after.keys())
        return [n for n in numbers if shape(n, self.before.get(n)) != shape(n, self.after.get(n))]

    def steps(self, changed: Sequence[int]) -> list[Step]:
        """Return the steps: first what goes, then what is posted, then all that happens, in its order."""
        self._choose(changed)
        for number in sorted({*changed, *self.anew}):
            story = self.after.get(number)
            if story is None:
                continue
            if number not in self.held:
                if not story.voided:
                    self._post(number, story)
            elif story.voided:
                self._take_back(self.held[number])
                self._first.append(Void(number))
            elif number in self.anew:
                self._again(number, story)
            else:
                self._adjust(number, story)
        return [*self._first, *self._posts, *(s for _, e in sorted(self._events.items()) for s in self._step(e))]

    # --- one document -------------------------------------------------------------------------------------------------

    def _choose(self, changed: Sequence[int]) -> None:
        """Choose the documents that have to be posted again, with those that were matched with them for a while."""
        for number in changed:
            story, old = self.after.get(number), self.before.get(number)
            if (
                number in self.held
                and story is not None
                and not story.voided
                and self._needs_posting(number, old, story)
            ):
                self.anew.add(number)
        waiting = self.anew | {n for n in changed if n in self.held and self._is_void(n)}
        while waiting:
            lapsed = [past for number in waiting for past in self.held[number].lapsed]
            found = {past.other_id for past in lapsed if past.application_id in self.implied}
            found |= {end for number in waiting for end in self._matched(number) if self._redated(end)}
            waiting = {n for n in found & self.held.keys() & self.after.keys() - self.anew if not self._is_void(n)}
            self.anew |= waiting

    def _matched(self, number: int) -> set[int]:
        """Return the documents that a document is matched with, and itself."""
        return {end for event in self.after[number].events if event.what == MATCHED for end in event.ends}

    def _redated(self, number: int) -> bool:
        """Tell whether a due date was told another way: what is matched anew has to find the item of its day."""
        return number in self.after and any(event.what == REDATED for event in self.after[number].events)

    def _is_void(self, number: int) -> bool:
        return number in self.after and self.after[number].voided

    def _needs_posting(self, number: int, old: Story | None, story: Story) -> bool:
        if old is None or old.voided or entry_shape(old) != entry_shape(story):
            return True
        moved = any(e.what == REDATED for e in (*old.events, *story.events))
        if moved or self._opens_anew(number, old, story):
            return True
        # What is to be taken back has to be there as it was inferred.
        tied = Counter(_inferred(self.held[number]).values())
        gone = Counter((e.day, e.amount) for e in self._gone(number) if e.what == SETTLED)
        return bool(gone - tied)

    def _opens_anew(self, number: int, old: Story, story: Story) -> bool:
        """Tell whether something that ended, or a day before its end, has to be told another way."""
        opened = [[e for e in one.events if e.what == OPENED] for one in (old, story)]
        if not (opened[0] or opened[1] or self.held[number].ended):
            return False
        told = [Counter(event_shape(number, e) for e in events) for events in opened]
        last = max((e.day for e in opened[0]), default=date.max)
        return told[0] != told[1] or any(e.day < last for e in (*self._gone(number), *self._new(number)))

    def _post(self, number: int, story: Story) -> None:
        self.refs[number] = -number
        self._posts.append(Post(-number, story.customer, story.entry))
        self._keep(story.events)

    def _again(self, number: int, story: Story) -> None:
        held = self.held[number]
        self._take_back(held)
        self.refs[number] = -number
        entry = self.entry_of(number, story.entry)
        carry = (held.customer_id, held.currency, held.entity) == (story.customer, entry.currency, entry.entity)
        dues = {held.items[0].due_date, entry.parts[0].due_date}
        for one in (self.before.get(number), story):
            dues |= {e.step.due for e in (one.events if one else ()) if isinstance(e.step, Redate)}
        self._posts.append(Replace(number, Post(-number, story.customer, entry), carry, frozenset(dues)))
        self._keep(story.events)

    def _take_back(self, held: Held) -> None:
        """Take back all that was implied for a document."""
        for tie in held.ties:
            if tie.inferred and not tie.by_hand:
                self._once(TakeBack(tie.other_id), tie.other_id)
            elif tie.application_id in self.implied:
                self._once(GiveBack(tie.application_id, tie.amount, None), tie.application_id)
        for number in held.ended:
            self._once(TakeBack(number), number)

    def _adjust(self, number: int, story: Story) -> None:
        """Take back what is implied no more, and imply what is new."""
        held = self.held[number]
        for event in self._gone(number):
            self._end(number, held, event)
        self._keep([event for event in story.events if event.what == MATCHED and self._retold(number, event)])
        self._keep(self._new(number))

    def _retold(self, number: int, event: Event) -> bool:
        """Tell whether the other end of a match is posted again, so that the match has to be made again."""
        return any(other in self.anew for other in event.ends if other != number)

    def _new(self, number: int) -> list[Event]:
        """Return what is implied now and was not before."""
        old = Counter(event_shape(number, e) for e in self.before[number].events)
        new = []
        for event in self.after[number].events:
            if old[event_shape(number, event)]:
                old[event_shape(number, event)] -= 1
            else:
                new.append(event)
        return new

    def _gone(self, number: int) -> list[Event]:
        """Return what was implied before and is no more."""
        now = Counter(event_shape(number, e) for e in self.after[number].events)
        gone = []
        for event in self.before[number].events if number in self.before else ():
            if now[event_shape(number, event)]:
                now[event_shape(number, event)] -= 1
            else:
                gone.append(event)
        return gone

    def _end(self, number: int, held: Held, event: Event) -> None:
        if event.what == SETTLED:
            for inferred, told in _inferred(held).items():
                if told == (event.day, event.amount) and (TakeBack, inferred) not in self._taken:
                    self._once(TakeBack(inferred), inferred)
                    return
        if event.what == MATCHED:
            other = next(end for end in event.ends if end != number)
            for tie in held.ties:
                if tie.other_id == other and tie.amount == event.amount and tie.application_id in self.implied:
                    self._once(GiveBack(tie.application_id, tie.amount, None), tie.application_id)
                    return

    # --- steps --------------------------------------------------------------------------------------------------------

    def _once(self, step: Step, number: int) -> None:
        if (type(step), number) not in self._taken:
            self._taken.add((type(step), number))
            self._first.append(step)

    def _keep(self, events: Sequence[Event]) -> None:
        for event in events:
            if isinstance(event.step, GiveBack) and event.what == RELEASED:
                self._once(event.step, event.step.application_id)
            else:
                self._events[event.number] = event

    def _step(self, event: Event) -> list[Step]:
        """Return how something is booked, with what stands for its documents now."""
        step = event.step
        refs = [self.refs.get(number, number) for number in event.ends]
        if isinstance(step, Settle):
            return [step._replace(ref=refs[0], amount=event.amount)]
        if isinstance(step, Match):
            return [Match(refs[0], refs[1], event.amount, event.day)]
        if isinstance(step, Redate):
            return [step._replace(document_id=refs[0], amount=event.amount)]
        return [OpenAgain(refs[-1], event.amount, event.day, self.refs.get(event.other, event.other), event.since)]


def _inferred(held: Held) -> dict[int, tuple[date, int]]:
    """Return what each inferred document closes of one, and from when; it may stand on several items."""
    found: dict[int, tuple[date, int]] = {}
    for tie in held.ties:
        if tie.inferred and not tie.by_hand:
            day, amount = found.get(tie.other_id, (tie.day, 0))
            found[tie.other_id] = min(day, tie.day), amount + tie.amount
    return found


def shape(number: int, story: Story | None) -> object:
    """Return what two stories of a document have to agree in."""
    if story is None or story.voided:
        return story is not None
    return entry_shape(story), sorted(event_shape(number, event) for event in story.events)


def entry_shape(story: Story) -> tuple[object, ...]:
    """Return what is posted of a document, as far as a source tells it in every file."""
    one = story.entry
    part = one.parts[0]
    return one.kind, story.customer, one.entity, one.currency, one.document_date, part.amount, part.due_date


def event_shape(number: int, event: Event) -> tuple[str, ...]:
    """Return what happened, apart from the interval in which a snapshot says that it did."""
    others = [str(end) for end in event.ends if end != number]
    step = event.step
    more = [step.kind, step.reason] if isinstance(step, Settle) else []
    if isinstance(step, Redate):
        more = [str(step.old_due), str(step.due)]
    if event.what == RELEASED and isinstance(step, GiveBack):
        more = [str(step.application_id)]
    return event.what, str(event.day), str(event.amount), *others, *more


def told_alike(entry: Entry, like: Entry) -> Entry:
    """Return an entry with the details that another one of the same document has."""
    tax = like.tax_amount if entry.parts[0].amount == like.parts[0].amount else None
    return entry._replace(po_number=like.po_number, reference=like.reference, reason=like.reason, tax_amount=tax)
