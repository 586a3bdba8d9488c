"""Payment plans as they stand on a day: what is next, what is late, what was kept."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from datetime import datetime
from functools import cache
from functools import cached_property

from sqlalchemy import or_
from sqlalchemy import select
from sqlmodel import Session
from sqlmodel import col

from arcore.arrangements import rules
from arcore.arrangements.names import customer_names
from arcore.arrangements.names import document_names
from arcore.arrangements.parts import Course
from arcore.arrangements.parts import Part
from arcore.arrangements.parts import courses
from arcore.arrangements.parts import parts_of
from arcore.arrangements.receipts import cash_known_until
from arcore.bankdays import add_bank_days
from arcore.bankdays import country_of
from arcore.company.queries import profile_in
from arcore.customers.queries import survivors
from arcore.customers.queries import with_merged
from arcore.store.arrangements import Plan
from arcore.store.arrangements import PlanInstalment
from arcore.store.chunks import chunks


@dataclass(frozen=True)
class Planned:
    """An item that stands in a running plan: not to be asked for through `until`."""

    plan_id: int
    number: int
    due_on: date
    until: date


@dataclass(frozen=True)
class PlanPart:
    """What an instalment takes of one document; minor units."""

    item_id: int
    document_id: int
    document: str
    original_due_date: date
    amount: int
    left: int


@dataclass(frozen=True)
class Instalment:
    """One instalment as it stands on a day; minor units. Amount = paid + otherwise + left.

    Attributes:
        until: the last day of its grace.
        paid: what money took off; a debt gone from a snapshot counts as paid.
        otherwise: what was credited, written off, taken back or moved elsewhere.
        left: what is still to come; of a plan that ended, what was when it did.
        state: coming, due, late, broken, kept, settled or ended; see rules.INSTALMENT_STATES.
        closed_on: the day from which nothing was left of it.
        days_late: days from `due_on` to the day it was closed, else to the as-of day; zero when in time.
    """

    number: int
    due_on: date
    until: date
    amount: int
    paid: int
    otherwise: int
    left: int
    state: rules.InstalmentState
    closed_on: date | None
    days_late: int
    parts: tuple[PlanPart, ...]

    @property
    def state_words(self) -> str:
        """The state for people."""
        return rules.INSTALMENT_STATES[self.state]


@dataclass(frozen=True)
class PlanRow:
    """A plan as it stands on a day; amounts in minor units of `currency`.

    Attributes:
        customer_id, code, name: the customer, for a merged one the one it lives on in.
        state: active, finished (nothing left), cancelled, replaced or withdrawn; see rules.PLAN_STATES.
        replaces_id, replaced_by_id: the plan it was changed from, and to.
    """

    plan_id: int
    customer_id: int
    code: str
    name: str
    entity: str
    currency: str
    total: int
    agreed_on: date
    grace_days: int
    who: str
    note: str
    state: rules.PlanState
    replaces_id: int | None
    replaced_by_id: int | None
    ended_on: date | None
    ended_at: datetime | None
    ended_by: str
    recorded_at: datetime
    recorded_by: str
    instalments: tuple[Instalment, ...]

    @property
    def state_words(self) -> str:
        """The state for people."""
        return rules.PLAN_STATES[self.state]

    @cached_property
    def paid(self) -> int:
        """What money took off so far."""
        return sum(one.paid for one in self.instalments)

    @cached_property
    def left(self) -> int:
        """What is still to come."""
        return sum(one.left for one in self.instalments)

    @cached_property
    def late(self) -> int:
        """What should have come before the day, broken instalments included."""
        return sum(one.left for one in self.instalments if one.state in ("late", "broken"))

    @cached_property
    def broken(self) -> int:
        """What did not come within the grace."""
        return sum(one.left for one in self.instalments if one.state == "broken")

    @property
    def next(self) -> Instalment | None:
        """The first instalment of which something is left; None when nothing is, or the plan ended."""
        return next((one for one in self.instalments if one.left), None) if self.state == "active" else None

    @property
    def progress(self) -> float:
        """The share of the total that is paid or settled otherwise, 0 to 1."""
        return (self.total - self.left) / self.total

    @property
    def document_ids(self) -> tuple[int, ...]:
        """The documents it is about."""
        return tuple(dict.fromkeys(part.document_id for one in self.instalments for part in one.parts))


def planned_items(session: Session, as_of: date, customer_ids: Iterable[int] | None = None) -> dict[int, Planned]:
    """Return the items of plans that ran on a day whose instalment is still within its date plus grace."""
    plans = _read(session, as_of, customer_ids, running_only=True)
    dues = _instalments(session, plans)
    country = country_of(profile_in(session).locale)
    until = {
        (plan.id, row.number): (row.due_on, add_bank_days(row.due_on, plan.grace_days, country))
        for plan in plans
        for row in dues[int(plan.id or 0)]
    }
    return {
        part.item_id: Planned(part.plan_id, part.number, *until[part.plan_id, part.number])
        for parts in parts_of(session, plans).values()
        for part in parts
        if as_of <= until[part.plan_id, part.number][1]
    }


def judged(
    session: Session, as_of: date, customer_ids: Iterable[int] | None = None, *, plan_id: int | None = None
) -> tuple[PlanRow, ...]:
    """Return every plan agreed by a day as it stands at its end, newest first."""
    plans = _read(session, as_of, customer_ids, plan_id=plan_id)
    if not plans:
        return ()
    dues, parts = _instalments(session, plans), parts_of(session, plans)
    names = document_names(session, {part.document_id for rows in parts.values() for part in rows})
    merged, country = survivors(session), country_of(profile_in(session).locale)
    owners = {int(plan.id or 0): merged.get(plan.customer_id, plan.customer_id) for plan in plans}
    people = customer_names(session, owners.values())
    replaced = _replaced(session, owners)
    known = cache(lambda entity, currency: cash_known_until(session, entity, currency))
    went = _courses(session, plans, parts, as_of)
    found = []
    for plan in plans:
        number = int(plan.id or 0)
        own = parts.get(number, ())
        judge = _Judge(plan, _last_day(plan, as_of), _ended(plan, as_of), known(plan.entity, plan.currency), country)
        instalments = tuple(
            judge.instalment(row, [part for part in own if part.number == row.number], went, names)
            for row in dues[number]
        )
        found.append(_row(plan, as_of, instalments, (owners[number], *people[owners[number]]), replaced.get(number)))
    return tuple(sorted(found, key=lambda row: (row.agreed_on, row.plan_id), reverse=True))


@dataclass(frozen=True)
class _Judge:
    """Judges the instalments of one plan at the end of a day; `ended` tells that the plan was over by then."""

    plan: Plan
    day: date
    ended: bool
    known_until: date | None
    country: str

    def instalment(
        self, row: PlanInstalment, parts: Sequence[Part], went: Mapping[int, Course], names: Mapping[int, str]
    ) -> Instalment:
        own = [went[part.item_id] for part in parts]
        left = sum(one.left(self.day, ended=self.ended) for one in own)
        paid = min(row.amount - left, sum(one.paid for one in own))
        until = add_bank_days(row.due_on, self.plan.grace_days, self.country)
        state = rules.judge_instalment(
            due_on=row.due_on,
            until=until,
            left=left,
            paid=paid,
            as_of=self.day,
            known_until=self.known_until,
            ended=self.ended,
        )
        closed_on = None if left > 0 else self._closed_on(own)
        return Instalment(
            number=row.number,
            due_on=row.due_on,
            until=until,
            amount=row.amount,
            paid=paid,
            otherwise=row.amount - paid - left,
            left=left,
            state="ended" if self.plan.state == "withdrawn" else state,
            closed_on=closed_on,
            days_late=max(0, ((closed_on or self.day) - row.due_on).days),
            parts=tuple(
                PlanPart(
                    item_id=part.item_id,
                    document_id=part.document_id,
                    document=names[part.document_id],
                    original_due_date=part.original_due_date,
                    amount=part.amount,
                    left=one.left(self.day, ended=self.ended),
                )
                for part, one in zip(parts, own, strict=True)
            ),
        )

    def _closed_on(self, own: Sequence[Course]) -> date | None:
        """Return the first day from which nothing was left."""
        closed = None
        for day in sorted({day for one in own for day in one.moves if day <= self.day}, reverse=True):
            if sum(one.left(day, ended=self.ended) for one in own) > 0:
                break
            closed = day
        return closed


def _row(
    plan: Plan,
    as_of: date,
    instalments: tuple[Instalment, ...],
    customer: tuple[int, str, str],
    replaces_id: int | None,
) -> PlanRow:
    ended = _ended(plan, as_of)
    done = not any(one.left for one in instalments)
    state: rules.PlanState = plan.state if ended else "finished" if done else "active"  # type: ignore[assignment]
    return PlanRow(
        plan_id=int(plan.id or 0),
        customer_id=customer[0],
        code=customer[1],
        name=customer[2],
        entity=plan.entity,
        currency=plan.currency,
        total=plan.total,
        agreed_on=plan.agreed_on,
        grace_days=plan.grace_days,
        who=plan.who,
        note=plan.note,
        state=state,
        replaces_id=replaces_id,
        replaced_by_id=plan.replaced_by_id if ended else None,
        ended_on=plan.ended_on if ended else None,
        ended_at=plan.ended_at if ended else None,
        ended_by=plan.ended_by if ended else "",
        recorded_at=plan.recorded_at,
        recorded_by=plan.recorded_by,
        instalments=instalments,
    )


def _ended(plan: Plan, as_of: date) -> bool:
    """Tell whether a plan was over on a day; one withdrawn was so from the first."""
    if plan.state == "withdrawn":
        return True
    return plan.state != "active" and (plan.ended_on is None or plan.ended_on <= as_of)


def _last_day(plan: Plan, as_of: date) -> date:
    """Return the day up to which a plan is looked at: no further than the one on which it ended."""
    return plan.ended_on if _ended(plan, as_of) and plan.ended_on is not None else as_of


def _courses(
    session: Session, plans: Sequence[Plan], parts: Mapping[int, Sequence[Part]], as_of: date
) -> dict[int, Course]:
    """Return how every part went, each to the last day that its plan is looked at."""
    by_day: dict[date, list[Part]] = defaultdict(list)
    for plan in plans:
        by_day[_last_day(plan, as_of)] += parts.get(int(plan.id or 0), ())
    return {item_id: course for day, own in by_day.items() for item_id, course in courses(session, own, day).items()}


def _replaced(session: Session, plan_ids: Iterable[int]) -> dict[int, int]:
    """Return new plan → the plan that it was changed from."""
    found: dict[int, int] = {}
    for ids in chunks(plan_ids):
        rows = session.execute(
            select(col(Plan.replaced_by_id), col(Plan.id)).where(
                col(Plan.replaced_by_id).in_(ids), col(Plan.state) == "replaced"
            )
        )
        found |= {new: old for new, old in rows if new is not None and old is not None}
    return found


def _instalments(session: Session, plans: Sequence[Plan]) -> dict[int, list[PlanInstalment]]:
    found: dict[int, list[PlanInstalment]] = defaultdict(list)
    for ids in chunks(int(plan.id or 0) for plan in plans):
        rows = session.execute(
            select(PlanInstalment).where(col(PlanInstalment.plan_id).in_(ids)).order_by(col(PlanInstalment.number))
        ).scalars()
        for row in rows:
            found[row.plan_id].append(row)
    return found


def _read(
    session: Session,
    as_of: date,
    customer_ids: Iterable[int] | None,
    *,
    running_only: bool = False,
    plan_id: int | None = None,
) -> list[Plan]:
    query = select(Plan).where(col(Plan.agreed_on) <= as_of).order_by(col(Plan.id))
    if plan_id is not None:
        query = query.where(col(Plan.id) == plan_id)
    if running_only:
        later = (col(Plan.state).in_(("cancelled", "replaced"))) & (col(Plan.ended_on) > as_of)
        query = query.where(or_(col(Plan.state) == "active", later))
    if customer_ids is None:
        return list(session.execute(query).scalars())
    merged = survivors(session)
    everyone = with_merged(session, {merged.get(number, number) for number in customer_ids})
    return [
        plan
        for ids in chunks(everyone)
        for plan in session.execute(query.where(col(Plan.customer_id).in_(ids))).scalars()
    ]
