"""From verdicts to steps: what has to be booked so that the books follow the source and keep what was booked here."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field
from datetime import date
from typing import NamedTuple
from typing import TypeAlias
from typing import cast

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
from arcore.intake.difference import Verdict
from arcore.intake.holdings import Held
from arcore.intake.holdings import Tie
from arcore.intake.holdings import age
from arcore.intake.lastword import Word
from arcore.intake.lazily import Made
from arcore.intake.lazily import Rows
from arcore.intake.settle import Inferred
from arcore.intake.settle import Offer
from arcore.intake.settle import Outcome
from arcore.intake.settle import Target
from arcore.intake.settle import match
from arcore.intake.told import Told
from arcore.ledger.entry import Entry
from arcore.ledger.entry import Part
from arcore.ledger.kinds import LISTED
from arcore.ledger.kinds import SNAPSHOT
from arcore.ledger.kinds import UNCOLLECTIBLE

Group: TypeAlias = tuple[Ref, str, str]
"""Customer, entity, currency: what can be applied to each other."""


class Implied(NamedTuple):
    """How something inferred for a document would be booked."""

    on: date
    kind: str
    reason: str
    reference: str


@dataclass
class Reckoning:
    """The steps of a plan, by the order in which they are taken, and our balance of each document afterwards.

    `new` are documents that are new in the books, `closed` those of them that nothing but what their row says closes:
    their steps are made when they are read. `before` is the day of the snapshot before each voice's.
    """

    first: list[Step] = field(default_factory=list)
    before: Mapping[tuple[str, date], date | None] = field(default_factory=dict)
    new: list[Verdict] = field(default_factory=list)
    closed: list[Verdict] = field(default_factory=list)
    posts: list[Step] = field(default_factory=list)
    matches: list[Step] = field(default_factory=list)
    settles: list[Step] = field(default_factory=list)
    redates: list[Step] = field(default_factory=list)
    ours: dict[Ref, int] = field(default_factory=dict)
    stuck: dict[Ref, str] = field(default_factory=dict)
    paid_by: dict[Ref, list[Ref]] = field(default_factory=lambda: defaultdict(list))

    def steps(self) -> Rows[Step]:
        """Return every step in order."""
        new, closed = Made(self.new, _post), Made(self.closed, self._closing)
        return Rows(self.first, new, self.posts, self.matches, closed, self.settles, self.redates)

    def _closing(self, verdict: Verdict) -> Step:
        return Settle(verdict.ref, verdict.fall, *_implied(verdict, self.before))


class Reckoner:
    """Turns verdicts into steps; pure, everything it knows is handed in.

    `held` are the documents of the books that may be touched, `said` the last word on credits that a source said
    something of, `before` the day of the snapshot before each voice's, `dues` every due date told of what is revised.
    """

    def __init__(
        self,
        held: Mapping[int, Held],
        *,
        said: Mapping[int, Word],
        before: Mapping[tuple[str, date], date | None],
        today: date,
        dues: Mapping[str, frozenset[date]] | None = None,
    ) -> None:
        """Start with what the books hold."""
        self.held = held
        self.dues = dues or {}
        self.said = said
        self.today = today
        self.result = Reckoning(before=before)
        self._targets: dict[Group, dict[Ref, Target]] = defaultdict(dict)
        self._offers: dict[Group, dict[Ref, Offer]] = defaultdict(dict)
        self._implied: dict[Ref, Implied] = {}
        self._inferred: dict[int, tuple[Ref, Tie]] = {}
        self._reopened: dict[int, int] = defaultdict(int)
        self._next_ref = -1_000_000_000
        self._credited: set[Group] = set()
        self._left: dict[Ref, int] = {}

    def reckon(self, verdicts: Sequence[Verdict]) -> Reckoning:
        """Turn every verdict into steps, match credits with debits, infer what is left."""
        self._credited = _credited(verdicts, self.held.values())
        self._left = {ref: abs(word.open_amount) for ref, word in self.said.items() if word.open_amount is not None}
        self._left |= {v.ref: v.open_amount for v in verdicts if v.ref in self.held and v.open_amount is not None}
        for verdict in verdicts:
            if verdict.ref < 0:
                self._new(verdict)
            elif verdict.ref in self.held:
                self._known(verdict, self.held[verdict.ref])
        self._add_held()
        for group, targets in self._targets.items():
            self._match(list(targets.values()), list(self._offers.pop(group, {}).values()))
        for offers in self._offers.values():
            self._match([], list(offers.values()))
        return self.result

    # --- one document -------------------------------------------------------------------------------------------------

    def _new(self, verdict: Verdict) -> None:
        told = verdict.told
        if told is None or verdict.taken_back:
            return
        self.result.new.append(verdict)
        if told.side < 0 or (told.customer, told.entity, told.currency) in self._credited:
            self._speak(verdict, told, verdict.ref, carried=0)
        elif verdict.fall > 0:
            self.result.closed.append(verdict)

    def _speak(
        self, verdict: Verdict, told: Told, ref: Ref, *, carried: int, need: int | None = None, fresh: bool = True
    ) -> None:
        """Make a posted document a target or an offer; `carried` of it is applied already."""
        amount, group = abs(told.amount), (told.customer, told.entity, told.currency)
        if need is None:
            said = told.open_amount is not None
            need = max(0, amount - carried - abs(told.open_amount or 0)) if said else 0
        self._implied[ref] = _implied(verdict, self.result.before)
        if told.side > 0:
            rest = amount - carried - need
            self._targets[group][ref] = Target(
                ref, told.number, told.due_date, told.document_date, need, rest, self._until(verdict)
            )
            return
        free = need if told.open_amount is not None else amount - carried
        if free:
            said = told.open_amount is not None
            offer = Offer(ref, free, told.document_date, said=said, fresh=fresh, number=told.number)
            offer.names = told.row.applies_to
            self._offers[group][ref] = offer

    def _known(self, verdict: Verdict, held: Held) -> None:
        if verdict.taken_back:
            self._void(verdict, held)
        elif verdict.replaces and verdict.told is not None:
            self._replace(verdict, verdict.told, held)
        else:
            balance = held.open_on(verdict.voice.day)
            left = verdict.open_amount
            if verdict.fall and left is not None:
                self._fall(verdict, held, max(0, min(verdict.fall, balance - left)))
            elif verdict.rise and left is not None:
                self._rise(verdict, held, max(0, min(verdict.rise, left - balance)))
            self.result.ours.setdefault(verdict.ref, balance)
            if verdict.due_changed and verdict.told is not None and verdict.word is not None:
                self._redate(verdict, held, verdict.told, verdict.word)

    def _void(self, verdict: Verdict, held: Held) -> None:
        if held.standing and not self._is_stuck(verdict, held):
            self._take_back_inferred(held)
            self.result.first.append(Void(held.id))

    def _replace(self, verdict: Verdict, told: Told, held: Held) -> None:
        if self._is_stuck(verdict, held):
            return
        carry = (told.customer, told.currency, told.entity) == (held.customer_id, held.currency, held.entity)
        # What somebody explained as cash, credit or loss stands like any other; only what is inferred is told anew.
        stays = [tie for tie in held.ties if carry and tie.by_hand and tie.other_kind != "settlement"]
        self._take_back_inferred(held, but=stays)
        self._next_ref -= 1
        ref = self._next_ref
        kept = sum(tie.amount for tie in held.ties if not tie.inferred or tie in stays) if carry else 0
        carried = min(abs(told.amount), kept)
        said = self.dues.get(told.key if verdict.word is None else verdict.word.key, frozenset())
        self.result.posts.append(Replace(held.id, Post(ref, told.home, entry_of(told)), carry, said))
        need = None
        if told.open_amount is None:
            inferred = sum(tie.amount for tie in held.ties if tie.inferred and tie not in stays)
            need = min(abs(told.amount) - carried, inferred)
        self._speak(verdict, told, ref, carried=carried, need=need, fresh=not carry)
        verdict.ref = ref

    def _is_stuck(self, verdict: Verdict, held: Held) -> bool:
        if held.standing and not held.moved:
            return False
        name = held.number or str(held.id)
        self.result.stuck[verdict.ref] = (
            f"{name} was moved to another customer or currency here: take that back first, then import again"
            if held.standing
            else f"{name} was taken back here"
        )
        return True

    def _fall(self, verdict: Verdict, held: Held, amount: int) -> None:
        balance = held.open_on(verdict.voice.day)
        self.result.ours[held.id] = balance - amount
        self._implied[held.id] = _implied(verdict, self.result.before)
        if not amount:
            return
        given = self._make_room(held, amount, self._implied[held.id].on)
        own = held.open_on(own=True) + given
        elsewhere = min(amount, held.open_on() + given) - own
        amount = min(amount, own)
        if elsewhere > 0:
            self.result.settles.append(Settle(held.id, elsewhere, *self._implied[held.id]))
        if held.side > 0:
            target = self._target(held)
            target.need, target.until = amount, self._until(verdict)
            target.rest = max(0, own - amount)
        elif amount:
            day, number = verdict.voice.day, held.number
            offer = Offer(held.id, amount, held.document_date, said=True, fresh=False, on=day, number=number)
            self._offers[_group(held)][held.id] = offer

    def _make_room(self, held: Held, amount: int, on: date) -> int:
        """Give back later matches when the document can't fall by `amount` on a day and carry them too."""
        short, given = amount - held.open_on(), 0
        for tie in sorted(held.ties, key=age, reverse=True):
            if short > 0 and tie.day > on and not tie.inferred:
                back = min(short, tie.amount)
                self.result.first.append(GiveBack(tie.application_id, back, None))
                short, given = short - back, given + back
        return given

    def _rise(self, verdict: Verdict, held: Held, amount: int) -> None:
        """Open a document again: first what was only inferred, then what was matched; both end on the day."""
        day = verdict.voice.counts_on
        self.result.ours[held.id] = held.open_on(verdict.voice.day) + amount
        for tie in sorted(held.ties, key=lambda t: (t.inferred, *age(t)), reverse=True):
            if not amount or tie.other_kind in ("transfer", "conversion"):
                continue
            if not tie.inferred and held.side < 0:
                continue
            back = min(amount, tie.amount)
            on = max(day, tie.day)
            settled = tie.inferred and (tie.other_kind == "settlement" or tie.by_hand)
            step: Step = GiveBack(tie.application_id, back, on)
            if settled:
                step = Reopen(tie.application_id, back, on, tie.other_id)
            self.result.first.append(step)
            self._reopened[tie.other_id] += back
            amount -= back

    def _redate(self, verdict: Verdict, held: Held, told: Told, word: Word) -> None:
        due_on = word.due_date
        if due_on is not None and any(item.due_date == due_on and item.moves for item in held.items):
            self.result.redates.append(Redate(held.id, due_on, told.due_date, verdict.voice.counts_on))

    # --- what else may explain or be explained ------------------------------------------------------------------------

    def _add_held(self) -> None:
        """Let unapplied credits explain new needs, and new credits explain what was inferred before."""
        numbers = {(g, t.number.casefold()) for g, ts in self._targets.items() for t in ts.values() if t.ref < 0}
        replaced = {step.document_id for step in self.result.posts if isinstance(step, Replace)}
        gone = replaced | {step.document_id for step in self.result.first if isinstance(step, Void)}
        for held in self.held.values():
            # A settlement is only what a file implied: neither does it explain anything, nor has it to be explained.
            if held.id in gone or not held.standing or held.kind == "settlement":
                continue
            group = _group(held)
            if held.side > 0 and group in self._offers:
                self._target(held)
            elif held.side < 0 and group in self._targets and held.id not in self._offers.get(group, {}):
                self._offer_unapplied(held, numbers)

    def _target(self, held: Held) -> Target:
        targets = self._targets[_group(held)]
        if held.id not in targets:
            inferred: dict[int, Inferred] = {}
            for tie in sorted(held.ties, key=age):
                if tie.inferred and tie.other_id not in inferred:
                    inferred[tie.other_id] = Inferred(tie.other_id, -self._reopened[tie.other_id], tie.until)
                    self._inferred[tie.other_id] = (held.id, tie)
                if tie.inferred:
                    inferred[tie.other_id].amount += tie.amount
            due_date = min((item.due_date for item in held.items), default=held.document_date)
            targets[held.id] = Target(
                held.id,
                held.number,
                due_date,
                held.document_date,
                rest=max(0, held.open_on(own=True)),
                inferred=list(inferred.values()),
            )
        return targets[held.id]

    def _offer_unapplied(self, held: Held, numbers: set[tuple[Group, str]]) -> None:
        group, free = _group(held), held.open_on(own=True)
        free -= self._left.get(held.id, 0)
        if free > 0:
            names = held.reference if (group, held.reference.casefold()) in numbers else ""
            offer = Offer(held.id, free, held.document_date, fresh=False, names=names, number=held.number)
            self._offers[group][held.id] = offer

    def _match(self, targets: Sequence[Target], offers: Sequence[Offer]) -> None:
        outcome = match(targets, offers)
        for matched in outcome.matches:
            self.result.matches.append(Match(matched.credit, matched.debit, matched.amount, matched.on))
            self.result.paid_by[matched.debit].append(matched.credit)
        self._replace_inferred(outcome)
        for ref, amount in [*outcome.unexplained.items(), *outcome.unused.items()]:
            self.result.settles.append(Settle(ref, amount, *self._implied[ref]))

    def _replace_inferred(self, outcome: Outcome) -> None:
        for document_id, stays in outcome.replaced.items():
            ref, tie = self._inferred[document_id]
            self.result.first.append(TakeBack(document_id))
            if stays:
                implied = Implied(tie.dated, tie.other_kind, tie.reason, tie.reference)
                self.result.settles.append(Settle(ref, stays, *implied))

    def _take_back_inferred(self, held: Held, *, but: Sequence[Tie] = ()) -> None:
        standing = [tie.other_id for tie in held.ties if tie.inferred and tie not in but]
        for document_id in dict.fromkeys([*standing, *(n for n in held.ended if n not in {t.other_id for t in but})]):
            self.result.first.append(TakeBack(document_id))

    def _until(self, verdict: Verdict) -> date:
        return verdict.voice.day or self.today


def _implied(verdict: Verdict, before: Mapping[tuple[str, date], date | None]) -> Implied:
    """Say how what this voice implies would be booked: paid on the day the file names, else unexplained."""
    told, voice = verdict.told, verdict.voice
    if told is not None and told.side > 0 and told.row.paid_date is not None:
        return Implied(told.row.paid_date, "payment", LISTED if voice.day is None else SNAPSHOT, told.number)
    document_date = told.document_date if told is not None else None
    on = max(voice.counts_on, document_date or voice.counts_on)
    if voice.day is None:
        return Implied(on, "settlement", LISTED, "")
    since = before.get((voice.source.scope, voice.day))
    return Implied(on, "settlement", SNAPSHOT, f"{since or ''}/{voice.day}")


def _credited(verdicts: Iterable[Verdict], held: Iterable[Held]) -> set[Group]:
    """Return the groups with a credit, old or new: elsewhere nothing can be applied to a debit that is all open."""
    told = (v.told for v in verdicts if v.told is not None and v.told.side < 0)
    return {(t.customer, t.entity, t.currency) for t in told} | {_group(one) for one in held if one.side < 0}


def _post(verdict: Verdict) -> Step:
    told = cast("Told", verdict.told)
    return Post(verdict.ref, told.home, entry_of(told))


def entry_of(told: Told) -> Entry:
    """Return the document that a row becomes; its customer is filled in when it is booked."""
    row = told.row
    return Entry(
        told.kind,
        0,
        told.document_date,
        told.currency,
        (Part(abs(told.amount), told.due_date),),
        told.number,
        told.entity,
        tax_amount=told.tax_amount,
        reason=UNCOLLECTIBLE if told.kind == "write_off" else "",
        po_number=row.po_number,
        reference=row.applies_to or row.reference,
    )


def customers_of(verdicts: Iterable[Verdict]) -> set[int]:
    """Return the customers of the books whose documents may be explained or explain something."""
    told = {v.told.customer for v in verdicts if v.told is not None}
    known = {v.word.customer for v in verdicts if v.word is not None}
    return {ref for ref in told | known if ref > 0}


def _group(held: Held) -> Group:
    return held.customer_id, held.entity, held.currency
