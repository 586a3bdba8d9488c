"""What would fall due in the next days if nothing is paid and what is due today is sent."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Iterator
from dataclasses import dataclass
from dataclasses import replace
from datetime import date
from datetime import timedelta

from sqlalchemy import Engine

from arcore.dunning.debts import Place
from arcore.dunning.due import Scene
from arcore.dunning.due import Who
from arcore.dunning.due import reminders
from arcore.dunning.due import scene
from arcore.dunning.ladder import Last
from arcore.dunning.policy import Policy
from arcore.dunning.proof import Debt
from arcore.dunning.rules import Held
from arcore.dunning.rules import Send
from arcore.dunning.rules import decide
from arcore.dunning.standing import Standing
from arcore.reports.queries import book

DAYS = 14
ONE = timedelta(days=1)


@dataclass(frozen=True)
class Coming:
    """A message that would fall due on a day.

    Attributes:
        asked: minor units by currency; `worth` in the reporting currency, None when a rate is missing.
        approval: it would wait for approval.
    """

    day: date
    who: Who
    entity: str
    step: int
    asked: tuple[tuple[str, int], ...]
    worth: int | None
    approval: bool
    why: str


def coming(engine: Engine, as_of: date, days: int = DAYS) -> tuple[Coming, ...]:
    """Return the first message that falls due for each customer after a day, within so many days, by day.

    It supposes that nothing is paid, that promises and instalments are not kept, that newer figures come in, and that
    the messages due on the day itself leave.
    """
    return book(engine).remembered(("coming reminders", as_of, days), lambda: _coming(engine, as_of, days))


def _coming(engine: Engine, as_of: date, days: int) -> tuple[Coming, ...]:
    last = as_of + timedelta(days=days)
    seen = scene(engine, as_of, until=last)
    now = reminders(engine, as_of)
    today = {row.place: row.decision for row in (*now.due, *now.held)}
    found = []
    for place in seen.debts:
        standing, decision = seen.around.standing(place, limited=False), today.get(place)
        if isinstance(decision, Send):
            standing = after(decision, standing, as_of)
        tomorrow = isinstance(decision, Held) and decision.code in ("on_hold", "stale_data")
        first = _first(seen, place, standing, as_of, last, tomorrow=tomorrow)
        if first is not None:
            found.append(first)
    return tuple(sorted(found, key=lambda one: (one.day, one.worth is None, -(one.worth or 0), one.who.code)))


def after(sent: Send, standing: Standing, day: date) -> Standing:
    """Return where a customer stands once a message is delivered."""
    risen = {(asked.claim.debt.document_id, asked.claim.debt.due_date): asked.level for asked in sent.asked}
    return replace(standing, last=Last(0, sent.step, day, "sent"), levels={**standing.levels, **risen})


def _first(seen: Scene, place: Place, standing: Standing, as_of: date, last: date, *, tomorrow: bool) -> Coming | None:
    """Return the first message after a day; `tomorrow`, what keeps it back today is over the day after."""
    debts = seen.debts[place]
    days = {day for day in _changes(seen, place, debts, standing) if as_of < day <= last}
    if tomorrow:
        days.add(as_of + ONE)
    then = replace(standing, skipped_by="", known_until={debt.currency: last for debt in debts})
    for day in sorted(days):
        proof = seen.around.prove(place, debts, day)
        if not proof.claims:
            continue
        decision = decide(proof, then, seen.policy, worth=seen.worth, minimum=seen.minimum)
        approval = isinstance(decision, Held) and decision.code == "awaiting_approval"
        if isinstance(decision, Send) or approval:
            asked = proof.from_step(seen.policy.step(1).days).claimed()
            who = seen.people[place[0]]
            worth = seen.worth(asked)
            return Coming(day, who, place[1], decision.step, tuple(asked.items()), worth, approval, decision.why)
    return None


def _changes(seen: Scene, place: Place, debts: Iterable[Debt], standing: Standing) -> Iterator[date]:
    """Give every day on which the decision may change by the calendar alone."""
    policy = seen.policy
    for debt in debts:
        yield from (debt.due_date + timedelta(days=step.days) for step in policy.steps)
        if debt.item_id in seen.around.planned:
            yield seen.around.planned[debt.item_id] + ONE
    yield from (_after(pledge.until) for pledge in seen.around.pledges.get(place, ()))
    yield from _ends(standing, policy)


def _ends(standing: Standing, policy: Policy) -> Iterable[date]:
    """Return when the gap and a stop are over."""
    ends = [] if standing.hold_until is None else [_after(standing.hold_until)]
    if standing.last_day is not None:
        ends += [
            standing.last_day + timedelta(days=policy.gap_before(number + 1)) for number in range(len(policy.steps))
        ]
    return ends


def _after(day: date) -> date:
    return day if day == date.max else day + ONE
