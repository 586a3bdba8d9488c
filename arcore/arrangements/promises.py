"""Promises as they stand on a day, each judged by the receipts that count for it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from datetime import datetime
from functools import cache

from sqlalchemy import select
from sqlmodel import Session
from sqlmodel import col

from arcore.arrangements import rules
from arcore.arrangements.names import customer_names
from arcore.arrangements.names import document_names
from arcore.arrangements.owed import Owed
from arcore.arrangements.receipts import Account
from arcore.arrangements.receipts import cash_known_until
from arcore.arrangements.receipts import receipts
from arcore.bankdays import add_bank_days
from arcore.bankdays import country_of
from arcore.company.queries import profile_in
from arcore.customers.queries import survivors
from arcore.customers.queries import with_merged
from arcore.ledger.reposted import posted_again
from arcore.store.arrangements import Promise
from arcore.store.arrangements import PromiseDocument
from arcore.store.chunks import chunks


@dataclass(frozen=True)
class RunningPromise:
    """A promise that pauses `left` (minor units) through `until`; without documents, of the account."""

    promise_id: int
    customer_id: int
    entity: str
    currency: str
    amount: int
    left: int
    document_ids: tuple[int, ...]
    due_on: date
    until: date


@dataclass(frozen=True)
class PromiseRow:
    """A promise as it stands on a day; amounts in minor units of `currency`.

    Attributes:
        customer_id, code, name: the customer, for a merged one the one it lives on in.
        documents: numbers of the documents it is about; empty for the account.
        until: the last day on which money counts for it.
        state: open, kept, part_kept, broken, unknown, lapsed or withdrawn; see rules.PROMISE_STATES.
        received: what came in for it; `assumed` of it is a debt that merely vanished from a snapshot.
        left: what is still expected; what was not kept, once it is broken.
        kept_on, broken_on: the day on which it was fulfilled, or the first after it could be.
    """

    promise_id: int
    customer_id: int
    code: str
    name: str
    entity: str
    currency: str
    amount: int
    made_on: date
    due_on: date
    until: date
    grace_days: int
    who: str
    channel: str
    note: str
    document_ids: tuple[int, ...]
    documents: tuple[str, ...]
    state: rules.PromiseState
    received: int
    assumed: int
    left: int
    kept_on: date | None
    broken_on: date | None
    recorded_at: datetime
    recorded_by: str
    withdrawn_at: datetime | None
    withdrawn_by: str

    @property
    def state_words(self) -> str:
        """The state for people."""
        return rules.PROMISE_STATES[self.state]


@dataclass(frozen=True)
class _Standing:
    """A promise with what counts for it, before it is judged.

    Attributes:
        peers: all promises of its account that stand.
        members: the customer and everybody merged into it.
    """

    promise: Promise
    given: rules.Given
    account: Account
    shares: tuple[rules.Share, ...]
    peers: tuple[rules.Given, ...]
    members: tuple[int, ...]

    @property
    def received(self) -> int:
        """What came in for it."""
        return sum(share.amount for share in self.shares)


def running(session: Session, as_of: date, customer_ids: Iterable[int] | None = None) -> tuple[RunningPromise, ...]:
    """Return the promises that pause something on a day, due first first: of those, what is not received yet."""
    found = []
    for one in _standings(session, as_of, customer_ids):
        left = one.given.amount - one.received
        if one.promise.withdrawn_at is None and as_of <= one.given.until and left > 0:
            customer_id, entity, currency = one.account
            found.append(
                RunningPromise(
                    promise_id=one.given.promise_id,
                    customer_id=customer_id,
                    entity=entity,
                    currency=currency,
                    amount=one.given.amount,
                    left=left,
                    document_ids=tuple(sorted(one.given.document_ids)),
                    due_on=one.given.due_on,
                    until=one.given.until,
                )
            )
    return tuple(sorted(found, key=lambda row: (row.due_on, row.promise_id)))


def judged(session: Session, as_of: date, customer_ids: Iterable[int] | None = None) -> tuple[PromiseRow, ...]:
    """Return every promise made by a day as it stands at its end, due first first."""
    standings = _standings(session, as_of, customer_ids)
    if not standings:
        return ()
    known = cache(lambda entity, currency: cash_known_until(session, entity, currency))
    names = customer_names(session, {one.account[0] for one in standings})
    numbers = document_names(session, {number for one in standings for number in one.given.document_ids})
    owed = Owed(session, {one.account[0]: one.members for one in standings})
    verdicts = [_verdict(session, one, as_of, known(*one.account[1:]), owed) for one in standings]
    rows = [_row(one, verdict, names, numbers) for one, verdict in zip(standings, verdicts, strict=True)]
    return tuple(sorted(rows, key=lambda row: (row.due_on, row.promise_id)))


def _row(
    one: _Standing, verdict: rules.Verdict, names: Mapping[int, tuple[str, str]], numbers: Mapping[int, str]
) -> PromiseRow:
    promise = one.promise
    documents = tuple(sorted(one.given.document_ids))
    code, name = names[one.account[0]]
    return PromiseRow(
        promise_id=one.given.promise_id,
        customer_id=one.account[0],
        code=code,
        name=name,
        entity=promise.entity,
        currency=promise.currency,
        amount=promise.amount,
        made_on=promise.made_on,
        due_on=promise.due_on,
        until=one.given.until,
        grace_days=promise.grace_days,
        who=promise.who,
        channel=promise.channel,
        note=promise.note,
        document_ids=documents,
        documents=tuple(numbers[number] for number in documents),
        state=verdict.state,
        received=verdict.received,
        assumed=sum(share.amount for share in one.shares if share.assumed),
        left=verdict.left,
        kept_on=verdict.on if verdict.state == "kept" else None,
        broken_on=verdict.on if verdict.state in ("broken", "part_kept") else None,
        recorded_at=promise.recorded_at,
        recorded_by=promise.recorded_by,
        withdrawn_at=promise.withdrawn_at,
        withdrawn_by=promise.withdrawn_by,
    )


def _verdict(session: Session, one: _Standing, as_of: date, known_until: date | None, books: Owed) -> rules.Verdict:
    if one.promise.withdrawn_at is not None:
        return rules.Verdict("withdrawn", 0, one.given.amount, None)
    given = one.given
    owed = given.amount
    if as_of > given.until and one.received < given.amount:
        documents = given.document_ids
        owed = books.of_documents(documents, given.until) if documents else books.of_account(one.account, given.until)
        if owed < given.amount - one.received:
            owed += _gone_since(session, one)
    return rules.judge(given, one.shares, as_of, known_until=known_until, owed=owed)


def _gone_since(session: Session, one: _Standing) -> int:
    """Return what counted for a promise at the end of its last day and does not any more: it bounced or went back."""
    money = receipts(session, one.members, since=min(peer.made_on for peer in one.peers), as_of=one.given.until)
    shares = rules.share_out(one.peers, money.get(one.account, ()))[one.given.promise_id]
    return max(0, sum(share.amount for share in shares) - one.received)


def _standings(session: Session, as_of: date, customer_ids: Iterable[int] | None) -> list[_Standing]:
    """Return the promises made by a day with the receipts that count for each; withdrawn ones take none."""
    promises = _read(session, as_of, customer_ids)
    if not promises:
        return []
    chosen = _documents(session, [int(p.id or 0) for p in promises])
    merged, country = survivors(session), country_of(profile_in(session).locale)
    grouped: dict[Account, list[tuple[Promise, rules.Given]]] = defaultdict(list)
    for promise in promises:
        account = (merged.get(promise.customer_id, promise.customer_id), promise.entity, promise.currency)
        grouped[account].append((promise, _given(promise, chosen, country)))
    members: dict[int, list[int]] = defaultdict(list)
    for number in with_merged(session, {account[0] for account in grouped}):
        members[merged.get(number, number)].append(number)
    everyone = [number for numbers in members.values() for number in numbers]
    money = receipts(session, everyone, since=min(p.made_on for p in promises), as_of=as_of)
    found = []
    for account, rows in grouped.items():
        standing = tuple(given for promise, given in rows if promise.withdrawn_at is None)
        shares = rules.share_out(standing, money.get(account, ()))
        own = tuple(members[account[0]])
        found += [
            _Standing(promise, given, account, shares.get(given.promise_id, ()), standing, own)
            for promise, given in rows
        ]
    return found


def _given(promise: Promise, chosen: Mapping[int, frozenset[int]], country: str) -> rules.Given:
    number = int(promise.id or 0)
    return rules.Given(
        promise_id=number,
        amount=promise.amount,
        made_on=promise.made_on,
        due_on=promise.due_on,
        until=add_bank_days(promise.due_on, promise.grace_days, country),
        recorded_at=promise.recorded_at,
        document_ids=chosen.get(number, frozenset()),
    )


def _read(session: Session, as_of: date, customer_ids: Iterable[int] | None) -> list[Promise]:
    made = select(Promise).where(col(Promise.made_on) <= as_of).order_by(col(Promise.id))
    if customer_ids is None:
        return list(session.execute(made).scalars())
    merged = survivors(session)
    everyone = with_merged(session, {merged.get(number, number) for number in customer_ids})
    return [
        promise
        for ids in chunks(everyone)
        for promise in session.execute(made.where(col(Promise.customer_id).in_(ids))).scalars()
    ]


def _documents(session: Session, promise_ids: Sequence[int]) -> dict[int, frozenset[int]]:
    """Return the documents that promises are about; for one taken back, what was posted again in its place."""
    found: dict[int, set[int]] = defaultdict(set)
    for ids in chunks(promise_ids):
        rows = session.execute(
            select(col(PromiseDocument.promise_id), col(PromiseDocument.document_id)).where(
                col(PromiseDocument.promise_id).in_(ids)
            )
        )
        for promise_id, document_id in rows:
            found[promise_id].add(document_id)
    instead = posted_again(session, {document_id for documents in found.values() for document_id in documents})
    return {number: frozenset(instead.get(d, d) for d in documents) for number, documents in found.items()}
