"""Books in memory: steps are taken on what is held, as booking takes them, so that snapshots can be told over again.

Documents keep one number whatever replaces them; each thing that happens is noted in the order in which it does.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from collections.abc import Collection
from collections.abc import Iterable
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field
from datetime import date
from typing import Any

from arcore.intake.changes import GiveBack
from arcore.intake.changes import Match
from arcore.intake.changes import Post
from arcore.intake.changes import Redate
from arcore.intake.changes import Ref
from arcore.intake.changes import Reopen
from arcore.intake.changes import Replace
from arcore.intake.changes import Settle
from arcore.intake.changes import Step
from arcore.intake.changes import TakeBack
from arcore.intake.changes import Void
from arcore.intake.holdings import Held
from arcore.intake.holdings import HeldItem
from arcore.intake.holdings import Tie
from arcore.ledger.entry import Entry
from arcore.ledger.kinds import BY_NAME
from arcore.ledger.kinds import SNAPSHOT
from arcore.ledger.timeline import balance_on
from arcore.ledger.timeline import first_day_to_carry
from arcore.ledger.timeline import least_from

SETTLED, MATCHED, OPENED, REDATED, RELEASED = "settled", "matched", "opened", "redated", "released"
MADE = 10**15
"""Numbers of what is made here begin above any id of the books."""


@dataclass(slots=True)
class Event:
    """Something that the source implied for a document: `day` from when, `amount` positive.

    Attributes:
        number: the order in which it happened, the same in the notes of both documents of a match.
        ends: the documents it happened to: one, or credit and debit.
        tie: the application it made or ended; `made` the document it inferred.
        other, since: of what ended, the document that had closed it (0: one that was inferred), and from when.
    """

    number: int
    what: str
    ends: tuple[int, ...]
    day: date
    amount: int
    step: Step
    tie: int = 0
    made: int = 0
    other: int = 0
    since: date = date.min


@dataclass(slots=True)
class Story:
    """All that the source implied for one document: how it was posted last, and what happened since."""

    customer: Ref
    entry: Entry
    replaced: int = 0
    voided: bool = False
    events: list[Event] = field(default_factory=list)


def entangled(story: Story | None) -> bool:
    """Tell whether a document was matched, and opened again or revised."""
    if story is None:
        return False
    what = {event.what for event in story.events}
    return MATCHED in what and (OPENED in what or story.replaced > 0)


class Ghost:
    """Takes the steps of one import after the other on documents in memory.

    `doubtful` are those that were revised or voided after a match of theirs had ended.

    `held` are documents of the books that no snapshot tells; `fixed` what else stands on those that one does: ties and
    other moves by day.
    """

    def __init__(
        self,
        held: Mapping[int, Held],
        fixed: Mapping[int, tuple[Sequence[Tie], Mapping[date, int]]],
        customer_of: Callable[[Ref], Ref],
        today: date,
    ) -> None:
        """Start with what no snapshot told."""
        self.held: dict[int, Held] = dict(held)
        self.stories: dict[int, Story] = {}
        self.doubtful: set[int] = set()
        self._fixed = fixed
        self._customer_of = customer_of
        self._today = today
        self._alias: dict[Ref, int] = {}
        self._places: dict[tuple[int, int], HeldItem] = {}
        self._next = MADE
        self._ends: dict[int, set[int]] = defaultdict(set)
        self._inferred: dict[int, set[int]] = defaultdict(set)
        for number, one in self.held.items():
            for tie in one.ties:
                self._ends[tie.application_id].add(number)

    def take(self, steps: Iterable[Step]) -> None:
        """Take the steps of one import."""
        verbs: dict[type[Any], Callable[[Any], None]] = {
            Post: lambda step: self._post(-step.ref, step),
            Replace: self._replace,
            Match: self._match,
            Settle: self._settle,
            GiveBack: self._give_back,
            Reopen: self._give_back,
            TakeBack: self._take_back,
            Void: self._void,
            Redate: self._redate,
        }
        for step in steps:
            verbs[type(step)](step)
        self._alias.clear()

    # --- posting ------------------------------------------------------------------------------------------------------

    def _post(self, number: int, step: Post) -> None:
        self._alias[step.ref] = number
        ties, moves = self._fixed.get(number, ((), {}))
        self.held[number] = self._fresh(number, step)
        self.stories[number] = Story(step.customer, step.entry)
        item = self.held[number].items[0]
        for day, amount in moves.items():
            _move(item, day, amount)
        for tie in ties:
            self._tie(number, item, tie)

    def _fresh(self, number: int, step: Post) -> Held:
        entry, customer = step.entry, self._customer_of(step.customer)
        side = BY_NAME[entry.kind].side
        part = entry.parts[0]
        item = HeldItem(
            self._number(), number, customer, side, part.due_date, {entry.document_date: side * part.amount}
        )
        return Held(
            number,
            entry.kind,
            entry.number,
            customer,
            entry.entity,
            entry.currency,
            entry.document_date,
            side * part.amount,
            entry.reason,
            entry.reference,
            None,
            items=[item],
        )

    def _replace(self, step: Replace) -> None:
        number = self._find(step.document_id)
        old, story = self.held[number], self.stories[number]
        self._doubt(number)
        self._alias[step.post.ref] = number
        self.held[number] = new = self._fresh(number, step.post)
        self.stories[number] = fresh = Story(step.post.customer, step.post.entry, story.replaced + 1)
        item = new.items[0]
        for tie in old.ties:
            part = 0
            if step.carry and (not tie.inferred or tie.by_hand):
                part = min(tie.amount, abs(balance_on(item.moves)))
            if part:
                self._tie(number, item, tie._replace(amount=part))
            if part < tie.amount and not tie.inferred:
                self._free(tie, tie.amount - part, but=number)
            carried = [e for e in story.events if part and e.what == MATCHED and e.tie == tie.application_id]
            for event in carried:
                event.amount = part
            fresh.events += carried
        self._forget(story, keeping={event.number for event in fresh.events})

    def _void(self, step: Void) -> None:
        number = self._find(step.document_id)
        self._doubt(number)
        for tie in self.held.pop(number).ties:
            self._free(tie, tie.amount, but=number)
        self._forget(self.stories[number])
        self.stories[number].voided = True

    # --- closing ------------------------------------------------------------------------------------------------------

    def _match(self, step: Match) -> None:
        credit, debit = self._find(step.credit), self._find(step.debit)
        left = step.amount
        for source in self._open(credit):
            for target in self._open(debit):
                part = min(left, abs(balance_on(source.moves)), balance_on(target.moves))
                if part <= 0:
                    continue
                start = max(min(source.moves), min(target.moves), step.on or min(source.moves))
                day = max(_carries(item, part, start) for item in (source, target))
                left -= part
                number = self._number()
                for one, item, other in ((credit, source, debit), (debit, target, credit)):
                    held = self.held[other]
                    told = (held.kind, held.number, False, held.document_date, date.max, held.reason, held.reference)
                    self._tie(one, item, Tie(number, part, day, other, *told))
                event = Event(self._number(), MATCHED, (credit, debit), day, part, step, number)
                self._note(event)

    def _settle(self, step: Settle) -> None:
        number = self._find(step.ref)
        held, left, made = self.held[number], step.amount, self._number()
        until = step.on if step.reason == SNAPSHOT and step.kind == "settlement" else self._today
        days = []
        for item in self._open(number):
            part = min(left, abs(balance_on(item.moves)))
            if part <= 0:
                continue
            left -= part
            days.append(_carries(item, part, max(step.on, min(item.moves))))
            told = (step.kind, held.number, True, step.on, until, step.reason, step.reference)
            self._tie(number, item, Tie(self._number(), part, days[-1], made, *told))
        if days:
            self._note(Event(self._number(), SETTLED, (number,), min(days), step.amount - left, step, made=made))

    # --- opening ------------------------------------------------------------------------------------------------------

    def _give_back(self, step: GiveBack | Reopen) -> None:
        """Take back part of a tie, at both of its ends where both are here."""
        ends = [n for n in self._ends[step.application_id] if n in self.held]
        closed = [t for n in ends for t in self.held[n].ties if t.application_id == step.application_id]
        for number in ends:
            held = self.held[number]
            for tie in [t for t in held.ties if t.application_id == step.application_id]:
                on = tie.day if step.on is None else max(step.on, tie.day)
                self._lower(held, tie, step.amount, on, ended=step.on is not None)
        told = tuple(sorted((n for n in ends if n in self.stories), key=lambda n: self.held[n].side))
        made = [e for n in told[:1] for e in self.stories[n].events if e.tie == step.application_id]
        matched = [e for e in made if e.what == MATCHED]
        if step.on is not None:
            ended = Event(self._number(), OPENED, told, step.on, step.amount, step, step.application_id)
            for tie in closed:
                other = 0 if tie.inferred and not tie.by_hand else tie.other_id
                ended.other, ended.since = (other if other != told[-1] else ended.other), tie.day
            self._note(ended)
        elif matched:
            matched[0].amount -= step.amount
            for number in told:
                self.stories[number].events = [e for e in self.stories[number].events if e.amount]
        else:
            self._note(Event(self._number(), RELEASED, told, date.min, step.amount, step, step.application_id))

    def _take_back(self, step: TakeBack) -> None:
        """Take back something inferred, from its own day on."""
        for number in self._inferred[step.document_id]:
            held = self.held[number]
            for tie in [t for t in held.ties if t.other_id == step.document_id and t.inferred]:
                self._lower(held, tie, tie.amount, tie.day, ended=False)
            story = self.stories[number]
            story.events = [e for e in story.events if e.made != step.document_id]

    def _redate(self, step: Redate) -> None:
        number = self._find(step.document_id)
        held = self.held[number]
        for item in self._open(number):
            start = max(step.on, min(item.moves))
            moved = least_from(item.moves, item.side, start)
            if item.due_date == step.old_due and moved > 0:
                day = _carries(item, moved, start)
                _move(item, day, -moved * item.side)
                held.items.append(
                    HeldItem(self._number(), number, item.customer_id, item.side, step.due, {day: moved * item.side})
                )
                self._note(Event(self._number(), REDATED, (number,), day, moved, step))

    # --- inside -------------------------------------------------------------------------------------------------------

    def _number(self) -> int:
        self._next += 1
        return self._next

    def _find(self, ref: Ref) -> int:
        return self._alias.get(ref, ref)

    def _open(self, number: int) -> list[HeldItem]:
        items = [item for item in self.held[number].items if balance_on(item.moves)]
        return sorted(items, key=lambda item: (item.due_date, item.id))

    def _note(self, event: Event) -> None:
        for number in event.ends:
            if number in self.stories:
                self.stories[number].events.append(event)

    def _tie(self, number: int, item: HeldItem, tie: Tie) -> None:
        _move(item, tie.day, -tie.amount * item.side)
        self.held[number].ties.append(tie)
        self._places[number, tie.application_id] = item
        self._ends[tie.application_id].add(number)
        if tie.inferred:
            self._inferred[tie.other_id].add(number)

    def _lower(self, held: Held, tie: Tie, amount: int, on: date, *, ended: bool) -> None:
        """Give `amount` of a tie back to its item from `on`; the rest of one that ended counts from then."""
        item = self._places.get((held.id, tie.application_id), held.items[0])
        _move(item, on, amount * item.side)
        at = held.ties.index(tie)
        if amount >= tie.amount:
            del held.ties[at]
        else:
            held.ties[at] = tie._replace(amount=tie.amount - amount, day=on if ended else tie.day)

    def _free(self, tie: Tie, amount: int, *, but: int) -> None:
        """Give back the other end of a tie whose document is gone."""
        for number in self._ends[tie.application_id] - {but}:
            if (held := self.held.get(number)) is not None:
                for other in [t for t in held.ties if t.application_id == tie.application_id]:
                    self._lower(held, other, amount, other.day, ended=False)

    def _doubt(self, number: int) -> None:
        """Note a document that goes with a match in its past: the other end keeps what it stood on."""
        if any(event.what == OPENED and event.other for event in self.stories[number].events):
            self.doubtful.add(number)

    def _forget(self, story: Story, keeping: Collection[int] = ()) -> None:
        """Leave out of the notes of other documents what happened together with one that begins anew."""
        gone = {event.number for event in story.events} - set(keeping)
        for number in {n for event in story.events for n in event.ends}:
            other = self.stories.get(number)
            if other is not None and other is not story:
                other.events = [e for e in other.events if e.number not in gone]


def _move(item: HeldItem, day: date, amount: int) -> None:
    item.moves[day] = item.moves.get(day, 0) + amount


def _carries(item: HeldItem, amount: int, start: date) -> date:
    return first_day_to_carry(item.moves, item.side, amount, start) or start
