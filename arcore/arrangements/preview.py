"""What a plan would do: to aging on both bases, to an insurer's limit, and to whoever reads it later."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import func
from sqlalchemy import select
from sqlmodel import Session
from sqlmodel import col

from arcore.analytics.buckets import EDGES
from arcore.analytics.buckets import columns_of
from arcore.analytics.buckets import offsets
from arcore.arrangements import promises
from arcore.arrangements.draft import Draft
from arcore.arrangements.draft import Source
from arcore.arrangements.draft import check_grace
from arcore.arrangements.draft import draft
from arcore.bankdays import add_bank_days
from arcore.bankdays import country_of
from arcore.company.queries import profile_in
from arcore.customers.queries import facts_of
from arcore.customers.queries import with_merged
from arcore.ledger.kinds import CREDIT
from arcore.money import grouped
from arcore.store.books import Application
from arcore.store.books import Document
from arcore.store.books import Item


@dataclass(frozen=True)
class Effect:
    """The aging of the customer's account on the day of the plan, minor units per column of `Preview.columns`."""

    before: tuple[int, ...]
    after: tuple[int, ...]


@dataclass(frozen=True)
class Proposed:
    """One instalment of a plan that is not agreed yet; minor units.

    Attributes:
        until: the last day of its grace.
        documents: number and amount of what it pays.
        extension: days from the earliest first due date in it to `due_on`.
        beyond: how much of it goes past what the insurer allows.
    """

    number: int
    due_on: date
    until: date
    amount: int
    documents: tuple[tuple[str, int], ...]
    extension: int
    beyond: int


@dataclass(frozen=True)
class Preview:
    """What a plan would do.

    Attributes:
        sources: what it is about, in the order in which it is paid.
        columns: names of the aging columns: not due, the buckets, unapplied.
        original, agreed: the effect on aging by contractual and by agreed due date.
        max_extension: days past the first due date that the insurer allows, None when nobody said.
        warnings: sentences that somebody should have read.
    """

    customer_id: int
    entity: str
    currency: str
    agreed_on: date
    total: int
    disputed: int
    sources: tuple[Source, ...]
    instalments: tuple[Proposed, ...]
    columns: tuple[str, ...]
    original: Effect
    agreed: Effect
    max_extension: int | None
    warnings: tuple[str, ...]


@dataclass(frozen=True)
class _Open:
    """One open item of the account."""

    side: int
    due_date: date
    original_due_date: date
    open: int


def preview(
    session: Session,
    *,
    customer_id: int,
    entity: str,
    currency: str,
    item_ids: Sequence[int],
    instalments: Sequence[tuple[date, Decimal]],
    agreed_on: date,
    grace_days: int,
    edges: Sequence[int] = EDGES,
) -> Preview:
    """Say what agreeing a plan would do. Raises whatever agreeing it would."""
    check_grace(grace_days)
    drawn = draft(
        session,
        customer_id=customer_id,
        entity=entity,
        currency=currency,
        item_ids=item_ids,
        instalments=instalments,
        agreed_on=agreed_on,
    )
    told = facts_of(session, drawn.customer_id, agreed_on)
    allowed = int(told["max_extension"]) if told.get("max_extension") else None
    proposed = _proposed(drawn, allowed, grace_days, country_of(profile_in(session).locale))
    account = _account(session, drawn)
    return Preview(
        customer_id=drawn.customer_id,
        entity=entity,
        currency=currency,
        agreed_on=agreed_on,
        total=drawn.total,
        disputed=sum(source.disputed for source in drawn.sources),
        sources=drawn.sources,
        instalments=proposed,
        columns=columns_of(edges),
        original=_effect(account, drawn, edges, original=True),
        agreed=_effect(account, drawn, edges, original=False),
        max_extension=allowed,
        warnings=_warnings(session, drawn, proposed, allowed, told),
    )


def _proposed(drawn: Draft, allowed: int | None, grace_days: int, country: str) -> tuple[Proposed, ...]:
    sources = drawn.by_item
    found = []
    for number, (due_on, amount) in enumerate(drawn.instalments, start=1):
        parts = [(sources[piece.item_id], piece.amount) for piece in drawn.pieces if piece.number == number]
        days = [(due_on - source.original_due_date).days for source, _ in parts]
        found.append(
            Proposed(
                number=number,
                due_on=due_on,
                until=add_bank_days(due_on, grace_days, country),
                amount=amount,
                documents=tuple((source.document, part) for source, part in parts),
                extension=max(days),
                beyond=sum(
                    p for (_, p), late in zip(parts, days, strict=True) if allowed is not None and late > allowed
                ),
            )
        )
    return tuple(found)


def _account(session: Session, drawn: Draft) -> dict[int, _Open]:
    """Return what is open of the customer's account on the day of the plan, by item."""
    ours = (
        col(Item.customer_id).in_(with_merged(session, [drawn.customer_id])),
        col(Document.entity) == drawn.entity,
        col(Document.currency) == drawn.currency,
        col(Item.effective_on) <= drawn.agreed_on,
    )
    rows = session.execute(
        select(Item).join(Document, col(Document.id) == col(Item.document_id)).where(*ours)
    ).scalars().all()  # fmt: skip
    balance = {row.id: row.amount for row in rows}
    amount = col(Application.amount)
    for end, signed in ((Application.from_item_id, amount), (Application.to_item_id, -amount)):
        moved = session.execute(
            select(col(end), func.sum(signed))
            .join(Item, col(Item.id) == col(end))
            .join(Document, col(Document.id) == col(Item.document_id))
            .where(*ours, col(Application.effective_on) <= drawn.agreed_on)
            .group_by(col(end))
        )
        for item_id, units in moved:
            balance[item_id] += int(units)
    return {
        row.id: _Open(row.side, row.due_date, row.original_due_date, balance[row.id]) for row in rows if balance[row.id]
    }


def _effect(account: Mapping[int, _Open], drawn: Draft, edges: Sequence[int], *, original: bool) -> Effect:
    starts = offsets(edges).tolist()
    width = len(starts) + 1

    def place(due: date) -> int:
        return bisect_right(starts, (drawn.agreed_on - due).days) - 1

    before = [0] * width
    for item in account.values():
        due = item.original_due_date if original else item.due_date
        before[width - 1 if item.side == CREDIT else place(due)] += item.open
    after = list(before)
    for piece in () if original else drawn.pieces:
        if piece.item_id in account:
            after[place(account[piece.item_id].due_date)] -= piece.amount
            after[place(drawn.instalments[piece.number - 1][0])] += piece.amount
    return Effect(tuple(before), tuple(after))


def _warnings(
    session: Session, drawn: Draft, proposed: Sequence[Proposed], allowed: int | None, told: Mapping[str, str]
) -> tuple[str, ...]:
    currency = drawn.currency
    status = told.get("status", "normal")
    return (
        *(
            f"{source.document}: {grouped(source.disputed, currency)} {currency} in dispute stay out of the plan "
            "and keep their due date"
            for source in drawn.sources
            if source.disputed
        ),
        *(
            f"Instalment {one.number} is due {one.extension} days after the first due date; the insurer allows "
            f"{allowed}: ask it before {grouped(one.beyond, currency)} {currency} lose their cover"
            for one in proposed
            if one.beyond
        ),
        *_early(drawn),
        *_promised(session, drawn),
        *([f"The customer is marked as {status.replace('_', ' ')}"] if status not in ("", "normal") else []),
    )


def _promised(session: Session, drawn: Draft) -> list[str]:
    documents = {source.document_id for source in drawn.sources}
    return [
        f"A promise of {grouped(one.amount, one.currency)} {one.currency} by {one.due_on.isoformat()} still runs: "
        "withdraw it if the plan takes its place"
        for one in promises.running(session, drawn.agreed_on, [drawn.customer_id])
        if (one.entity, one.currency) == (drawn.entity, drawn.currency)
        and (not one.document_ids or documents & set(one.document_ids))
    ]


def _early(drawn: Draft) -> list[str]:
    sources = drawn.by_item
    return [
        f"{sources[piece.item_id].document} is not due before {sources[piece.item_id].due_date.isoformat()}; "
        f"instalment {piece.number} asks for it on {drawn.instalments[piece.number - 1][0].isoformat()}"
        for piece in drawn.pieces
        if drawn.instalments[piece.number - 1][0] < sources[piece.item_id].due_date
    ]
