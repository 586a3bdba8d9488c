"""Build the sample company into an empty store, in the order in which it became known."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Iterator
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC
from datetime import date
from datetime import datetime
from datetime import time
from datetime import timedelta
from itertools import takewhile
from typing import Any
from typing import TypeVar

from sqlalchemy import Engine
from sqlalchemy import insert

from arcore.dates import add_months
from arcore.errors import RuleBroken
from arcore.ledger.journal import Journal
from arcore.sample import aims
from arcore.sample import dealings
from arcore.sample import deliveries
from arcore.sample import masterdata
from arcore.sample import notes
from arcore.sample import rates
from arcore.sample.booking import Booker
from arcore.sample.booking import in_order
from arcore.sample.cast import cast
from arcore.sample.chance import EDITION
from arcore.sample.events import Event
from arcore.sample.masterdata import Learnt
from arcore.sample.payments import Payer
from arcore.sample.player import Player
from arcore.sample.rates import Quote
from arcore.sample.stories import Teller
from arcore.sample.stories import tell
from arcore.sample.trade import invoices
from arcore.sample.untidy import untidy
from arcore.sample.workdays import MONTHS
from arcore.sample.workdays import WARM_UP_MONTHS
from arcore.sample.workdays import first_day
from arcore.sample.workdays import month_close
from arcore.sample.workdays import workday
from arcore.sample.workdays import workdays
from arcore.store.company import CompanySetting
from arcore.store.company import Rate
from arcore.store.customers import Note
from arcore.store.unit import Actor
from arcore.store.unit import Facts
from arcore.store.unit import Unit
from arcore.store.unit import canonical
from arcore.store.unit import commit

BUILDER = Actor("sample")
BUILT = "sample_built"
"""The setting that says for which day the sample was built, how, and up to which audit event."""
DAILY = 92
"""So many days back the books were written every working day; before that each Friday and at each month's end."""
NIGHTLY = time(17, 30)
Known = TypeVar("Known")


def build(engine: Engine, *, today: date, actor: Actor = BUILDER, scale: float = 1.0) -> Facts:
    """Write the sample company into an empty store and return what it holds; `scale` 0.1 makes a tenth of it.

    Many transactions, each at its own moment of the past. Raises RuleBroken when the store holds anything.
    """
    players = cast(scale)
    story = _Story.of(players, today)
    booker = Booker(_begin(engine, players, today, actor))
    counts: Facts = {}
    for day in closings(today):
        counts = _close(engine, day, story, booker, actor, last=day == today)
    return {"today": today.isoformat(), "customers": len(players), **counts}


def happenings(players: Sequence[Player], today: date) -> list[Event]:
    """Return everything that happened and was learnt by today (inclusive), in the order it became known."""
    codes = {player.part: player.code for player in players if player.part}
    told: list[Event] = []
    for player in players:
        payer = Payer(player, today)
        teller = Teller(player, payer, codes)
        once, ordinary = tell(teller, invoices(player, today))
        told += [*once, *untidy(teller), *ordinary, *payer.settle(ordinary)]
    return in_order([event for event in told if event.recorded <= today])


def closings(today: date) -> list[date]:
    """Return the days on which the books were written: Fridays and month ends, lately every working day, today."""
    first = first_day(today)
    weekly = {workday(day, -1) for day in _fridays(first, today)}
    monthly = {month_close(add_months(first, number)) for number in range(MONTHS + WARM_UP_MONTHS + 1)}
    daily = workdays(max(first, today - timedelta(days=DAILY)), today)
    return sorted(day for day in {*weekly, *monthly, *daily, today} if first <= day <= today)


@dataclass
class _Story:
    """What is still to be written, oldest first; `take` hands out what is known by a day."""

    events: list[Event]
    quotes: list[Quote]
    learnt: list[Learnt]
    players: Sequence[Player]
    today: date

    @classmethod
    def of(cls, players: Sequence[Player], today: date) -> _Story:
        """Tell the whole story up to today."""
        quotes = sorted(rates.walk(first_day(today), today))
        return cls(happenings(players, today), quotes, masterdata.facts(players, today), players, today)


def _take(queue: list[Known], day: date, when: Callable[[Known], date]) -> list[Known]:
    """Take from the front of a queue what was known by a day."""
    taken = list(takewhile(lambda known: when(known) <= day, queue))
    del queue[: len(taken)]
    return taken


def _begin(engine: Engine, players: Sequence[Player], today: date, actor: Actor) -> dict[str, int]:
    def body(unit: Unit) -> Facts:
        if unit.audit_seq != 1:
            msg = "The sample company is only built into an empty store"
            raise RuleBroken(msg)
        masterdata.write_company(unit.session, today)
        unit.changed.update(company=masterdata.COMPANY, customers=len(players))
        return masterdata.write_customers(unit.session, players)

    return commit(engine, body, actor=actor, verb="begin_sample", subject="company", now=_moment(first_day(today)))


def _close(engine: Engine, day: date, story: _Story, booker: Booker, actor: Actor, *, last: bool) -> Facts:
    """Write in one transaction what became known since the last time."""
    events = _take(story.events, day, lambda event: event.recorded)
    quotes = _take(story.quotes, day, lambda quote: quote.day)
    learnt = _take(story.learnt, day, lambda fact: fact.valid_from)

    def body(unit: Unit) -> Facts:
        booker.book(Journal(unit), events)
        deliveries.write(unit, events, booker, story.today)
        masterdata.write_facts(unit.session, learnt, booker.customers, unit.audit_seq)
        _write_rates(unit, quotes)
        if last:
            _write_notes(unit, story.players, booker, day)
            dealings.write(unit, story.players, booker, day)
            aims.write(unit, day)
            mark = {"today": day, "seed": EDITION, "audit_seq": unit.audit_seq}
            unit.session.add(CompanySetting(name=BUILT, value=canonical(mark)))
            unit.session.flush()
        unit.changed.update(events=len(events), rates=len(quotes))
        return {name.removesuffix("_id") + "s": count for name, count in unit.reached().items()}

    moment = _moment(day, time(0, 30)) if last else _moment(day)
    return commit(engine, body, actor=actor, verb="sample_day", subject=day.isoformat(), now=moment)


def _write_rates(unit: Unit, quotes: Sequence[Quote]) -> None:
    rows: list[dict[str, Any]] = [
        {
            "currency": quote.currency,
            "reporting": quote.reporting,
            "day": quote.day,
            "rate": format(quote.rate, "f"),
            "audit_seq": unit.audit_seq,
        }
        for quote in quotes
    ]
    if rows:
        unit.session.execute(insert(Rate), rows)


def _write_notes(unit: Unit, players: Sequence[Player], booker: Booker, today: date) -> None:
    rows = [
        {"customer_id": booker.customers[remark.code], "at": remark.at, "by": remark.by, "text": remark.text}
        for remark in notes.remarks(players, booker.booked, today)
    ]
    unit.session.execute(insert(Note), rows)


def _moment(day: date, at: time = NIGHTLY) -> datetime:
    return datetime.combine(day, at, UTC)


def _fridays(first: date, last: date) -> Iterator[date]:
    day = first + timedelta(days=(4 - first.weekday()) % 7)
    while day <= last:
        yield day
        day += timedelta(days=7)
