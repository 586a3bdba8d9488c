"""When an arrangement holds and when it is broken, and how a total is split; values in, decisions out.

Amounts are positive minor units of one currency. `until` is the last day, inclusive, on which money still counts: the
day that was agreed plus its grace in bank days.
"""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from datetime import datetime
from datetime import timedelta
from typing import Literal
from typing import NamedTuple
from typing import TypeAlias

from arcore.dates import add_months
from arcore.errors import BadInput

PromiseState: TypeAlias = Literal["open", "kept", "part_kept", "broken", "unknown", "lapsed", "withdrawn"]
InstalmentState: TypeAlias = Literal["coming", "due", "late", "broken", "kept", "settled", "ended"]
PlanState: TypeAlias = Literal["active", "finished", "cancelled", "replaced", "withdrawn"]
Rhythm: TypeAlias = Literal["week", "two_weeks", "month", "quarter"]

PROMISE_STATES: Mapping[PromiseState, str] = {
    "open": "Running",
    "kept": "Kept",
    "part_kept": "Kept in part",
    "broken": "Broken",
    "unknown": "Not known yet",
    "lapsed": "Nothing left to pay",
    "withdrawn": "Withdrawn",
}
"""What a promise may be on a day, with the words for people."""

INSTALMENT_STATES: Mapping[InstalmentState, str] = {
    "coming": "Coming",
    "due": "Due today",
    "late": "Late",
    "broken": "Broken",
    "kept": "Kept",
    "settled": "Settled",
    "ended": "Ended with the plan",
}
"""What an instalment may be on a day, with the words for people."""

PLAN_STATES: Mapping[PlanState, str] = {
    "active": "Running",
    "finished": "Finished",
    "cancelled": "Cancelled",
    "replaced": "Changed",
    "withdrawn": "Withdrawn",
}
"""What a plan may be on a day, with the words for people."""

CHANNELS: Mapping[str, str] = {"phone": "Phone", "email": "E-mail", "meeting": "Meeting", "letter": "Letter"}
"""How a promise was made, with the words for people."""

RHYTHMS: Mapping[Rhythm, str] = {
    "week": "Every week",
    "two_weeks": "Every two weeks",
    "month": "Every month",
    "quarter": "Every three months",
}
"""How often an instalment falls due, with the words for people."""

MOST_INSTALMENTS = 120
MOST_GRACE = 30
LONGEST_NAME = 200
ONE = timedelta(days=1)
_WEEKS: Mapping[str, int] = {"week": 1, "two_weeks": 2}
_MONTHS: Mapping[str, int] = {"month": 1, "quarter": 3}


# --- splitting --------------------------------------------------------------------------------------------------------


class Piece(NamedTuple):
    """So much of an item is to be paid with instalment `number` (from 1)."""

    item_id: int
    number: int
    amount: int


def split(total: int, first: date, count: int, every: Rhythm) -> tuple[tuple[date, int], ...]:
    """Split `total` into `count` equal instalments from `first` on; what does not divide goes on the last.

    Months keep the day of the first: 31 January, 28 February, 31 March. Raises BadInput for a total below one unit
    each, or an unknown rhythm.
    """
    if every not in RHYTHMS:
        msg = f"{every!r} is no rhythm; one of {', '.join(RHYTHMS)}"
        raise BadInput(msg, every=every)
    if not 1 <= count <= MOST_INSTALMENTS:
        msg = f"A plan has 1 to {MOST_INSTALMENTS} instalments"
        raise BadInput(msg, count=count)
    each = total // count
    if each <= 0:
        msg = f"The total is too small for {count} instalments"
        raise BadInput(msg, count=count)
    days = [_later(first, every, place) for place in range(count)]
    return (*((day, each) for day in days[:-1]), (days[-1], total - each * (count - 1)))


def lay_out(items: Sequence[tuple[int, int]], instalments: Sequence[int]) -> tuple[Piece, ...]:
    """Lay items (id, amount), in the order given, over instalments of amounts that add up to the same."""
    pieces, number, room = [], 0, 0
    for item_id, amount in items:
        left = amount
        while left:
            if not room:
                number += 1
                room = instalments[number - 1]
            part = min(left, room)
            pieces.append(Piece(item_id, number, part))
            left, room = left - part, room - part
    return tuple(pieces)


def _later(first: date, every: Rhythm, place: int) -> date:
    if every in _WEEKS:
        return first + timedelta(weeks=_WEEKS[every] * place)
    return add_months(first, _MONTHS[every] * place)


# --- promises ---------------------------------------------------------------------------------------------------------


class Part(NamedTuple):
    """So much of a receipt pays a document; None: it is not applied to any yet."""

    document_id: int | None
    amount: int


@dataclass(frozen=True)
class Receipt:
    """Money that came in, less what bounced, was paid back or moved to other customers.

    Attributes:
        first, day: value date, twice; for a debt that merely vanished from a snapshot, between which days it was paid.
        recorded_at: when we learnt of it.
        assumed: nobody saw the money: a snapshot no longer lists the debt.
    """

    receipt_id: int
    first: date
    day: date
    recorded_at: datetime
    parts: tuple[Part, ...]
    assumed: bool = False


@dataclass(frozen=True)
class Given:
    """A promise as it was given; `document_ids` empty: for the account."""

    promise_id: int
    amount: int
    made_on: date
    due_on: date
    until: date
    recorded_at: datetime
    document_ids: frozenset[int] = frozenset()


class Share(NamedTuple):
    """So much of a receipt counts for a promise."""

    receipt_id: int
    day: date
    amount: int
    assumed: bool


class Verdict(NamedTuple):
    """What a promise is on a day; `on` is the day on which it became so, None while nothing is decided."""

    state: PromiseState
    received: int
    left: int
    on: date | None


def share_out(promises: Sequence[Given], receipts: Sequence[Receipt]) -> dict[int, tuple[Share, ...]]:
    """Give each receipt to the promises of one account, each amount to one of them, the promise due first served first.

    Money counts from the day a promise was made to its last day; money that was in the books before, on the very day,
    is not what was promised. A promise of chosen documents takes what was applied to those and what is not applied yet.
    One for the account prefers what no other promise waits for.
    """
    rest = {(r.receipt_id, place): part.amount for r in receipts for place, part in enumerate(r.parts)}
    ordered = sorted(receipts, key=lambda r: (r.day, r.receipt_id))
    found: dict[int, tuple[Share, ...]] = {}
    for promise in sorted(promises, key=lambda p: (p.due_on, p.promise_id)):
        wanted = frozenset().union(*(p.document_ids for p in promises if p.promise_id != promise.promise_id))
        left, shares = promise.amount, []
        for receipt, place in _eligible(promise, ordered, wanted):
            amount = min(left, rest[receipt.receipt_id, place])
            if amount:
                rest[receipt.receipt_id, place] -= amount
                left -= amount
                shares.append(Share(receipt.receipt_id, receipt.day, amount, receipt.assumed))
        found[promise.promise_id] = tuple(shares)
    return found


def _eligible(promise: Given, receipts: Sequence[Receipt], wanted: frozenset[int]) -> list[tuple[Receipt, int]]:
    """Return the parts of receipts that may count for a promise, the best first; earlier days before later ones."""
    found = []
    for receipt in receipts:
        in_time = receipt.first <= promise.until and receipt.day >= promise.made_on
        known_before = receipt.day == promise.made_on and receipt.recorded_at <= promise.recorded_at
        if not in_time or known_before:
            continue
        for place, part in enumerate(receipt.parts):
            if part.document_id is None or not promise.document_ids or part.document_id in promise.document_ids:
                second = part.document_id is None if promise.document_ids else part.document_id in wanted
                found.append((second, receipt, place))
    return [(receipt, place) for _, receipt, place in sorted(found, key=lambda one: one[0])]


def judge(promise: Given, shares: Sequence[Share], as_of: date, *, known_until: date | None, owed: int) -> Verdict:
    """Judge a promise at the end of a day.

    Args:
        promise: as it was given.
        shares: the receipts that count for it.
        as_of: the day; a promise is open through `until`.
        known_until: the last day that cash data cover, None when they never do: nothing beyond it is broken.
        owed: what was still open of its documents, or of the account, at the end of `until`: nobody breaks a promise
            to pay what was credited meanwhile.
    """
    received = sum(share.amount for share in shares)
    left = promise.amount - received
    if left <= 0:
        return Verdict("kept", received, 0, max(share.day for share in shares))
    if as_of <= promise.until:
        return Verdict("open", received, left, None)
    if known_until is None or known_until < promise.until:
        return Verdict("unknown", received, left, None)
    after = promise.until + ONE
    left = min(left, max(owed, 0))
    if not left:
        return Verdict("kept" if received else "lapsed", received, 0, after)
    return Verdict("part_kept" if received else "broken", received, left, after)


# --- instalments ------------------------------------------------------------------------------------------------------


def judge_instalment(
    *, due_on: date, until: date, left: int, paid: int, as_of: date, known_until: date | None, ended: bool = False
) -> InstalmentState:
    """Judge an instalment at the end of a day by what is left and what money paid of it.

    It is late from the day after `due_on`, and broken after `until` once cash data cover that day. One of which nothing
    is left is kept when money paid any of it, else settled (credited, written off, taken back). What is left when the
    plan has ended is ended.
    """
    if left <= 0:
        return "kept" if paid > 0 else "settled"
    if ended:
        return "ended"
    if as_of < due_on:
        return "coming"
    if as_of == due_on:
        return "due"
    missed = as_of > until and known_until is not None and known_until >= until
    return "broken" if missed else "late"
