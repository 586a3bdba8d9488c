"""A plan before it is agreed: what it is about, how it is split, and whether it may be."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import select
from sqlmodel import Session
from sqlmodel import col

from arcore.arrangements import rules
from arcore.customers.queries import survivor_of
from arcore.disputes.queries import disputed
from arcore.errors import BadInput
from arcore.errors import NotFound
from arcore.errors import RuleBroken
from arcore.ledger.checks import check_days
from arcore.ledger.checks import name_of
from arcore.ledger.entry import ItemState
from arcore.ledger.kinds import CREDIT
from arcore.ledger.kinds import DEBIT
from arcore.ledger.rows import read_items
from arcore.ledger.timeline import least_from
from arcore.money import grouped
from arcore.money import to_minor
from arcore.store.arrangements import Plan
from arcore.store.arrangements import PlanItem
from arcore.store.books import Item
from arcore.store.chunks import chunks


@dataclass(frozen=True)
class Source:
    """One item that a plan is about; minor units. What is `open` less what is `disputed` goes into the plan."""

    item_id: int
    document_id: int
    document: str
    due_date: date
    original_due_date: date
    open: int
    disputed: int

    @property
    def amount(self) -> int:
        """What goes into the plan."""
        return self.open - self.disputed


@dataclass(frozen=True)
class Draft:
    """A plan that may be agreed; `sources` stand in the order in which the instalments pay them."""

    customer_id: int
    entity: str
    currency: str
    agreed_on: date
    sources: tuple[Source, ...]
    instalments: tuple[tuple[date, int], ...]
    pieces: tuple[rules.Piece, ...]

    @property
    def total(self) -> int:
        """What is paid in instalments."""
        return sum(amount for _, amount in self.instalments)

    @property
    def by_item(self) -> Mapping[int, Source]:
        """The sources by their item."""
        return {source.item_id: source for source in self.sources}


def draft(
    session: Session,
    *,
    customer_id: int,
    entity: str,
    currency: str,
    item_ids: Sequence[int],
    instalments: Sequence[tuple[date, Decimal]],
    agreed_on: date,
) -> Draft:
    """Lay items, oldest due first, over instalments (day, whole units).

    Raises BadInput when they don't add up to what is open of the items and not in dispute, and whatever `sources_of`
    and `checked` raise.
    """
    sources = sources_of(
        session, customer_id=customer_id, entity=entity, currency=currency, item_ids=item_ids, on=agreed_on
    )
    split = checked(instalments, currency, agreed_on)
    check_total(split, sum(source.amount for source in sources), currency, sum(source.disputed for source in sources))
    amounts = [amount for _, amount in split]
    return Draft(
        customer_id=survivor_of(session, customer_id),
        entity=entity,
        currency=currency,
        agreed_on=agreed_on,
        sources=sources,
        instalments=split,
        pieces=rules.lay_out([(source.item_id, source.amount) for source in sources], amounts),
    )


def sources_of(
    session: Session, *, customer_id: int, entity: str, currency: str, item_ids: Sequence[int], on: date
) -> tuple[Source, ...]:
    """Return what a plan about items would hold, oldest due first, from what is open on a day and ever after.

    Raises RuleBroken for an item of another customer, entity or currency, a credit, one that has nothing open, is in
    dispute as a whole, or has another agreed due date already; BadInput without items, NotFound for unknown ones.
    """
    if not item_ids:
        msg = "Choose what the plan is about"
        raise BadInput(msg)
    wanted = list(dict.fromkeys(item_ids))
    chosen = _read(session, wanted)
    missing = [number for number in wanted if number not in chosen]
    if missing:
        msg = f"There is no item {missing[0]}"
        raise NotFound(msg, item=missing[0])
    survivor = survivor_of(session, customer_id)
    for number in wanted:
        item = chosen[number]
        _check_books(item, survivor_of(session, item.customer_id) == survivor, entity, currency)
        _check_first_date(session, item)
    contested = _contested(session, [chosen[number].document_id for number in wanted], survivor, on)
    found = [_source(chosen[number], contested.get(number, 0), on) for number in wanted]
    return tuple(sorted(found, key=lambda source: (source.due_date, source.item_id)))


def checked(
    instalments: Sequence[tuple[date, Decimal]], currency: str, agreed_on: date
) -> tuple[tuple[date, int], ...]:
    """Return instalments in minor units.

    Raises BadInput unless their days ascend, none before `agreed_on`, and each amount is above zero.
    """
    if not 1 <= len(instalments) <= rules.MOST_INSTALMENTS:
        msg = f"A plan has 1 to {rules.MOST_INSTALMENTS} instalments"
        raise BadInput(msg, count=len(instalments))
    check_days(agreed_on, *(day for day, _ in instalments))
    split = tuple((day, to_minor(amount, currency)) for day, amount in instalments)
    before = None
    for number, (day, amount) in enumerate(split, start=1):
        if amount <= 0:
            msg = f"Instalment {number} is {grouped(amount, currency)} {currency}: it has to be more than zero"
            raise BadInput(msg, number=number)
        if day < agreed_on:
            msg = f"Instalment {number} is due {day.isoformat()}, before the plan is agreed ({agreed_on.isoformat()})"
            raise BadInput(msg, number=number)
        if before is not None and day <= before:
            msg = f"Instalment {number} is due {day.isoformat()}: it has to be later than {before.isoformat()}"
            raise BadInput(msg, number=number)
        before = day
    return split


def check_total(split: Sequence[tuple[date, int]], total: int, currency: str, in_dispute: int = 0) -> None:
    """Refuse instalments that don't add up to what they are to pay, to the last unit. Raises BadInput."""
    said = sum(amount for _, amount in split)
    if said == total:
        return
    apart = f"{grouped(abs(total - said), currency)} {'too much' if said > total else 'missing'}"
    but = f" without the {grouped(in_dispute, currency)} in dispute" if in_dispute else ""
    msg = (
        f"The instalments add up to {grouped(said, currency)} {currency}, but {grouped(total, currency)} {currency} "
        f"are open{but}: {apart}"
    )
    raise BadInput(msg, instalments=said, open=total, disputed=in_dispute)


def check_grace(grace_days: int) -> None:
    """Refuse a grace that is no small number of bank days. Raises BadInput."""
    if not 0 <= grace_days <= rules.MOST_GRACE:
        msg = f"Grace is 0 to {rules.MOST_GRACE} bank days"
        raise BadInput(msg, grace_days=grace_days)


def _source(item: ItemState, in_dispute: int, on: date) -> Source:
    open_ = _open(item, on)
    if open_ <= 0:
        msg = f"{name_of(item)} has nothing open on {on.isoformat()}"
        raise RuleBroken(msg, item=item.id)
    if in_dispute >= open_:
        msg = f"{name_of(item)} is in dispute as a whole: settle that first, or leave it out of the plan"
        raise RuleBroken(msg, item=item.id, disputed=in_dispute)
    return Source(
        item_id=item.id,
        document_id=item.document_id,
        document=item.number or name_of(item),
        due_date=item.due_date,
        original_due_date=item.original_due_date,
        open=open_,
        disputed=in_dispute,
    )


def _open(item: ItemState, on: date) -> int:
    """Return what is open from a day on and not taken by anything later."""
    return max(0, least_from(item.moves, item.side, max(on, item.effective_on)))


def _check_books(item: ItemState, ours: bool, entity: str, currency: str) -> None:  # noqa: FBT001  a fact, not a switch
    if not ours:
        msg = f"{name_of(item)} belongs to another customer"
        raise RuleBroken(msg, item=item.id)
    if item.side == CREDIT:
        msg = f"{name_of(item)} is a credit: there is nothing to pay"
        raise RuleBroken(msg, item=item.id)
    for what, theirs, plans in (("company", item.entity, entity), ("currency", item.currency, currency)):
        if theirs != plans:
            msg = f"{name_of(item)} is of another {what} ({theirs}, the plan is {plans}): make a plan for each"
            raise RuleBroken(msg, item=item.id)


def _check_first_date(session: Session, item: ItemState) -> None:
    if item.origin_item_id is None:
        return
    origin = session.get_one(Item, item.origin_item_id)
    if origin.document_id != item.document_id:
        return  # moved here from another customer or currency, with its first due date
    plan = session.execute(
        select(Plan)
        .join(PlanItem, col(PlanItem.plan_id) == col(Plan.id))
        .where(col(PlanItem.item_id) == item.id, col(Plan.state) == "active")
    ).scalar()
    if plan is not None:
        msg = f"{name_of(item)} is in the plan of {plan.agreed_on.isoformat()} already: change or cancel that one"
        raise RuleBroken(msg, item=item.id, plan=plan.id)
    msg = f"{name_of(item)} has another agreed due date already ({item.due_date.isoformat()}): move it back first"
    raise RuleBroken(msg, item=item.id)


def _contested(session: Session, document_ids: Iterable[int], customer_id: int, on: date) -> dict[int, int]:
    """Return what is in dispute by item: each document's amount lies on its open items, oldest due first."""
    amounts = {number: amount for number, amount in disputed(session, on, [customer_id]).items() if amount}
    found = {}
    for document_id in set(document_ids) & amounts.keys():
        rest = amounts[document_id]
        numbers = session.execute(select(col(Item.id)).where(col(Item.document_id) == document_id)).scalars()
        for item in sorted(_read(session, list(numbers)).values(), key=lambda i: (i.due_date, i.id)):
            part = min(rest, _open(item, on)) if item.side == DEBIT else 0
            found[item.id] = part
            rest -= part
    return found


def _read(session: Session, item_ids: Sequence[int]) -> dict[int, ItemState]:
    """Read items with every move on them."""
    found: dict[int, ItemState] = {}
    for ids in chunks(item_ids):
        items, applications = read_items(session, ids)
        for applied in applications:
            for end, delta in ((applied.from_item_id, applied.amount), (applied.to_item_id, -applied.amount)):
                if end in items:
                    items[end].move(applied.effective_on, delta, applied.id)
        found |= items
    return found
