"""What explains that less is open: receipts and credits first; what nobody explains becomes a settlement.

Pure: amounts are positive minor units. The result depends on what is known, not on the order in which it came.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field
from datetime import date
from typing import NamedTuple

from arcore.intake.changes import Ref

MOST_COMBINED = 12
"""So many open parts are tried in every combination; beyond them only exact amounts and age decide."""
MOST_ADDED = 200
"""So many open parts are added up to see whether a credit pays them all."""
_SPLIT = re.compile(r"\s*[,;|&+]\s*")


@dataclass(slots=True)
class Inferred:
    """A settlement or payment that was inferred before; something real may replace up to `amount` of it.

    `until` is the last day on which its cause may lie.
    """

    document_id: int
    amount: int
    until: date


@dataclass(slots=True)
class Target:
    """A debit of which less is open than before.

    Attributes:
        need: what has to be explained now; `until` the last day on which the cause may lie.
        rest: what else is open of it: only a credit that names it may take that.
        inferred: what was inferred for it before.
    """

    ref: Ref
    number: str
    due_date: date
    document_date: date
    need: int = 0
    rest: int = 0
    until: date = date.max
    inferred: list[Inferred] = field(default_factory=list)


@dataclass(slots=True)
class Offer:
    """A credit that may explain it.

    Attributes:
        amount: what may be applied of it.
        said: the source says that this much of it is applied; else it merely is unapplied here.
        fresh: it arrives now, so it may also explain what was inferred before.
        on: the first day on which it may count, None for its own.
        names: what it says it pays, "" when it says nothing.
        number: its own number.
    """

    ref: Ref
    amount: int
    day: date
    said: bool = False
    fresh: bool = True
    on: date | None = None
    names: str = ""
    number: str = ""


class Matched(NamedTuple):
    """So much of a credit is applied to a debit."""

    credit: Ref
    debit: Ref
    amount: int
    on: date | None


@dataclass(slots=True)
class Outcome:
    """What was matched, which inferred documents it replaces (with what stays of them), and what nobody explains."""

    matches: list[Matched] = field(default_factory=list)
    replaced: dict[int, int] = field(default_factory=dict)
    unexplained: dict[Ref, int] = field(default_factory=dict)
    unused: dict[Ref, int] = field(default_factory=dict)


@dataclass(slots=True)
class _Part:
    """One amount that can be explained: a target's need, or something inferred for it before."""

    target: Target
    inferred: Inferred | None

    @property
    def amount(self) -> int:
        return self.target.need if self.inferred is None else self.inferred.amount

    @property
    def until(self) -> date:
        return self.target.until if self.inferred is None else self.inferred.until


class _Matching:
    """The matching of one customer, entity and currency."""

    def __init__(self, targets: Sequence[Target]) -> None:
        self.targets = sorted(targets, key=lambda t: (t.due_date, t.document_date, t.number, -t.ref))
        self.outcome = Outcome()
        self._before = {i.document_id: i.amount for t in targets for i in t.inferred}
        self._parts = {target.ref: _parts_of(target) for target in self.targets}
        self._all = [part for parts in self._parts.values() for part in parts]
        self._done = 0
        self._by_amount: dict[int, list[_Part]] = defaultdict(list)
        for part in self._all:
            self._by_amount[part.amount].append(part)
        self._by_number: dict[str, list[Target]] = defaultdict(list)
        for target in self.targets:
            if target.number:
                self._by_number[target.number.casefold()].append(target)

    def named(self, offer: Offer) -> None:
        """Give a credit to the debits that it names: their explained part first, then what else is open of them."""
        targets = self._named_by(offer.names)
        parts = [part for target in targets for part in self._parts[target.ref] if _fits(offer, part)]
        for part in sorted(parts, key=lambda p: p.amount != offer.amount):
            self._fill(offer, part)
        for target in targets:
            amount = min(offer.amount, target.rest)
            if amount:
                target.rest -= amount
                self._apply(offer, target, amount)

    def exact(self, offer: Offer) -> None:
        """Give a credit to one part of just its amount, the oldest due; else to parts that add up to it."""
        for part in self._by_amount.get(offer.amount, ()):
            if part.amount == offer.amount and _fits(offer, part):
                self._fill(offer, part)
                return
        for part in _adding_up([part for part in self._live(MOST_ADDED) if _fits(offer, part)], offer.amount):
            self._fill(offer, part)

    def oldest(self, offer: Offer) -> None:
        """Give a credit to whatever is unexplained, the oldest due first."""
        for part in self._live():
            if not offer.amount:
                return
            if _fits(offer, part):
                self._fill(offer, part)

    def finish(self, offers: Sequence[Offer]) -> Outcome:
        for target in self.targets:
            if target.need:
                self.outcome.unexplained[target.ref] = target.need
            for inferred in target.inferred:
                if inferred.amount != self._before[inferred.document_id]:
                    self.outcome.replaced[inferred.document_id] = inferred.amount
        self.outcome.unused = {o.ref: o.amount for o in offers if o.said and o.amount}
        return self.outcome

    def _live(self, most: int | None = None) -> Iterator[_Part]:
        """Go through what is still to be explained, the oldest due first."""
        while self._done < len(self._all) and not self._all[self._done].amount:
            self._done += 1
        given = 0
        for index in range(self._done, len(self._all)):
            if self._all[index].amount:
                yield self._all[index]
                given += 1
                if given == most:
                    return

    def _fill(self, offer: Offer, part: _Part) -> None:
        amount = min(offer.amount, part.amount)
        if not amount:
            return
        if part.inferred is None:
            part.target.need -= amount
        else:
            part.inferred.amount -= amount
        if part.amount:
            self._by_amount[part.amount].append(part)
        self._apply(offer, part.target, amount)

    def _apply(self, offer: Offer, target: Target, amount: int) -> None:
        offer.amount -= amount
        last = self.outcome.matches[-1] if self.outcome.matches else None
        if last is not None and (last.credit, last.debit) == (offer.ref, target.ref):
            self.outcome.matches[-1] = last._replace(amount=last.amount + amount)
        else:
            self.outcome.matches.append(Matched(offer.ref, target.ref, amount, offer.on))

    def _named_by(self, names: str) -> list[Target]:
        whole = self._by_number.get(names.strip().casefold())
        if whole:
            return whole
        parts = [self._by_number.get(part.casefold(), []) for part in split_names(names)]
        return [target for found in parts for target in found]


def split_names(names: str) -> list[str]:
    """Split "INV-1, INV-2" into the documents named."""
    return [part for part in _SPLIT.split(names.strip()) if part]


def _parts_of(target: Target) -> list[_Part]:
    parts = [_Part(target, inferred) for inferred in target.inferred]
    return [*parts, _Part(target, None)] if target.need else parts


def _fits(offer: Offer, part: _Part) -> bool:
    """Tell whether the credit was there when the debit fell; an old one was compared with old settlements before."""
    return part.amount > 0 and offer.day <= part.until and (offer.fresh or part.inferred is None)


def match(targets: Sequence[Target], offers: Sequence[Offer]) -> Outcome:
    """Match the credits of one customer, entity and currency with what is to be explained.

    Credits that name a document come first, then those that the source says are applied, then unapplied ones;
    of each, exact amounts before the oldest due. Targets and offers are used up on the way.
    """
    matching = _Matching(targets)
    ordered = sorted(offers, key=lambda o: (o.day, -o.amount, o.names, o.number, abs(o.ref)))
    for offer in ordered:
        if offer.names:
            matching.named(offer)
    for said in (True, False):
        waiting = [o for o in ordered if o.said is said and o.amount]
        for step in (matching.exact, matching.oldest):
            for offer in waiting:
                if offer.amount:
                    step(offer)
    return matching.finish(ordered)


def _adding_up(parts: Sequence[_Part], amount: int) -> list[_Part]:
    """Return parts that add up to exactly `amount`, the oldest due preferred; nothing when none do."""
    if sum(part.amount for part in parts) == amount:
        return list(parts)
    sums: dict[int, list[_Part]] = {0: []}
    for part in parts[:MOST_COMBINED]:
        for reached, used in list(sums.items()):
            total = reached + part.amount
            if total <= amount and total not in sums:
                sums[total] = [*used, part]
        if amount in sums:
            return sums[amount]
    return []
