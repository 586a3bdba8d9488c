"""Random histories over two years of days, with a program that runs on some of them.

What may be asked is reckoned a second time, cent by cent, from plain rows: `owed` shares no code with arcore. Amounts
are a few cents each, so that every cent can be laid on the table and taken off by hand.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from dataclasses import field
from datetime import date
from datetime import timedelta
from decimal import Decimal
from typing import Any
from typing import NamedTuple

import pytest

from arcore.arrangements import service as arrangements
from arcore.bankdays import add_bank_days
from arcore.delivery.service import Fate
from arcore.disputes import service as disputes
from arcore.dunning import preparing
from arcore.dunning import service
from arcore.dunning.letters import Letter
from arcore.dunning.proof import TAKEN_OFF
from arcore.dunning.rules import CODES
from arcore.errors import Refused
from arcore.ledger import service as ledger

FIRST, DAYS, GAP = date(2026, 1, 5), 730, 7
STEPS = (5, 20, 40)
WHO = ("C1", "C2")
ENTITIES = ("main", "north")
HISTORIES = (pytest.param(0.3, marks=pytest.mark.fault), 0.12)
"""On how many of the days the program runs; the busier history takes more than half a minute."""

CHEAP_LETTER = Letter("Reminder", "Please pay", "", "en", b"", "", "reference")


class Told(NamedTuple):
    """A message as the history saw it leave: who, when, which step, what of each debt, and what became of it."""

    number: int
    place: tuple[str, str]
    day: date
    step: int
    due_on: date
    asked: dict[tuple[int, date], int]
    state: str


@dataclass
class Life:
    """One random history: what happens on a day, and everything that left."""

    desk: Any
    random: random.Random
    promises: list[dict[str, Any]] = field(default_factory=list)
    plans: list[dict[str, Any]] = field(default_factory=list)
    told: list[Told] = field(default_factory=list)
    bounced: dict[int, date] = field(default_factory=dict)
    codes: Counter[str] = field(default_factory=Counter)

    # --- what happens ---

    def happen(self, day: date) -> None:
        """Let some of what may happen on a day happen."""
        act = self.random.choices(
            [None, self.sells, self.pays, self.disputes, self.settles, self.promises_to, self.agrees, self.credits,
             self.bounces, self.applies, self.stops],
            [30, 11, 12, 3, 2, 3, 2, 1, 2, 3, 1],
        )[0]  # fmt: skip
        if act is not None:
            code, entity = self.random.choice(WHO), self.random.choice(ENTITIES)
            try:
                act(day, code, entity)
            except Refused:
                return  # a rule of the books said no, as it should

    def sells(self, day: date, code: str, entity: str) -> None:
        parts = [(Decimal(self.random.randint(1, 30)).scaleb(-2), day + timedelta(days=self.random.choice((0, 7, 30))))]
        if self.random.random() < 0.3:
            parts.append((Decimal(self.random.randint(1, 9)).scaleb(-2), day + timedelta(days=45)))
        ledger.post_invoice(
            self.desk.engine,
            customer_id=self.desk.customer(code),
            document_date=day,
            currency="EUR",
            instalments=parts,
            details={"entity": entity},
            actor=self.desk.actor,
        )

    def pays(self, day: date, code: str, entity: str) -> None:
        items = self.open_items(code, entity, day)
        pays = []
        if items and self.random.random() < 0.75:
            item, units = self.random.choice(items)
            part = units if self.random.random() < 0.6 else self.random.randint(1, units)
            pays = [(item, Decimal(part).scaleb(-2))]
        amount = sum((part for _, part in pays), Decimal(0)) + Decimal(self.random.choice((0, 0, 5))).scaleb(-2)
        if amount:
            ledger.record_payment(
                self.desk.engine,
                customer_id=self.desk.customer(code),
                received_on=day,
                amount=amount,
                currency="EUR",
                apply_to=pays,
                details={"entity": entity},
                actor=self.desk.actor,
            )

    def credits(self, day: date, code: str, entity: str) -> None:
        ledger.post_credit_note(
            self.desk.engine,
            customer_id=self.desk.customer(code),
            document_date=day,
            amount=Decimal(self.random.randint(1, 9)).scaleb(-2),
            currency="EUR",
            details={"entity": entity},
            actor=self.desk.actor,
        )

    def applies(self, day: date, code: str, entity: str) -> None:
        items = self.open_items(code, entity, day)
        free = [(item, -units) for item, units in self.open_items(code, entity, day, side=-1)]
        if items and free:
            (item, owed), (credit, left) = self.random.choice(items), self.random.choice(free)
            ledger.apply(
                self.desk.engine,
                from_item_id=credit,
                to_item_id=item,
                amount=Decimal(min(owed, left)).scaleb(-2),
                on=day,
                actor=self.desk.actor,
            )

    def disputes(self, day: date, code: str, entity: str) -> None:
        items = self.open_items(code, entity, day)
        if items:
            item, units = self.random.choice(items)
            disputes.open_dispute(
                self.desk.engine,
                customer_id=self.desk.customer(code),
                document_id=self.desk.document(item),
                opened_on=day,
                reason="price",
                amount=Decimal(self.random.randint(1, units)).scaleb(-2),
                actor=self.desk.actor,
            )

    def settles(self, day: date, code: str, entity: str) -> None:
        open_ = self.desk.rows("SELECT id FROM dispute WHERE closed_on IS NULL ORDER BY id")
        if open_:
            disputes.close_dispute(
                self.desk.engine,
                dispute_id=self.random.choice(open_).id,
                on=day,
                outcome="rejected",
                actor=self.desk.actor,
            )

    def promises_to(self, day: date, code: str, entity: str) -> None:
        place = (code, entity)
        items = self.open_items(code, entity, day)
        if not items or any(one["place"] == place and one["until"] >= day for one in self.promises):
            return
        item, units = self.random.choice(items)
        documents = [self.desk.document(item)] if self.random.random() < 0.4 else []
        due = day + timedelta(days=self.random.randint(1, 20))
        amount = self.random.randint(1, units)
        arrangements.record_promise(
            self.desk.engine,
            customer_id=self.desk.customer(code),
            entity=entity,
            currency="EUR",
            amount=Decimal(amount).scaleb(-2),
            made_on=day,
            due_on=due,
            document_ids=documents,
            actor=self.desk.actor,
        )
        until = add_bank_days(due, 3, "GB")
        self.promises.append({"place": place, "made": day, "until": until, "amount": amount, "documents": documents})

    def agrees(self, day: date, code: str, entity: str) -> None:
        items = self.open_items(code, entity, day)
        if not items:
            return
        item, units = self.random.choice(items)
        first = day + timedelta(days=self.random.randint(3, 15))
        parts = [(first, units)] if units == 1 else [(first, 1), (first + timedelta(days=14), units - 1)]
        said = arrangements.agree_plan(
            self.desk.engine,
            customer_id=self.desk.customer(code),
            entity=entity,
            currency="EUR",
            item_ids=[item],
            instalments=[(due, Decimal(part).scaleb(-2)) for due, part in parts],
            agreed_on=day,
            actor=self.desk.actor,
        )
        self.plans.append({"plan": said["plan"]})

    def bounces(self, day: date, code: str, entity: str) -> None:
        back = [one for one in self.told if one.state in ("sent", "unknown") and one.number not in self.bounced]
        if back:
            one = self.random.choice(back[-4:])
            service.mark_bounced(self.desk.engine, message_id=one.number, actor=self.desk.actor)
            self.bounced[one.number] = day
            self.desk.replace_contact(one.place[0], f"{self.random.randint(1, 10**9)}@new.example")

    def open_items(self, code: str, entity: str, day: date, side: int = 1) -> list[tuple[int, int]]:
        """Return open items of a side with their balance."""
        return [(row.id, row.open) for row in self.items(day, code, entity) if row.open * side > 0]

    def stops(self, day: date, code: str, entity: str) -> None:
        """Stop a customer for some days, or take it off today."""
        if self.random.random() < 0.5:
            self.desk.fact("hold_until", (day + timedelta(days=5)).isoformat(), code, since=day.isoformat())
        else:
            place = {"customer_id": self.desk.customer(code), "entity": entity, "day": day}
            service.skip(self.desk.engine, **place, actor=self.desk.actor)

    # --- the program ---

    def run(self, day: date) -> None:
        """Let the program run, a manager agree to some of the formal notices, and look at all that left."""
        reckoned = self.reckon(day)
        listed = self.desk.reminders()
        assert {row.place: dict(row.overdue)["EUR"] for row in (*listed.due, *listed.held)} == {
            (self.desk.customer(code), entity): late
            for (code, entity), debts in reckoned["open"].items()
            if (late := sum(cents for (_, due), cents in debts.items() if due < day))
        }, "every overdue amount is due or held back"
        assert all(row.code in CODES and row.why for row in listed.held), "for a reason that has a name"
        self.codes.update(str(row.code) for row in listed.held)
        rows = (*listed.due, *listed.held)
        self.codes.update(what for row in rows for what in TAKEN_OFF if row.proof.taken(what))
        done = self.desk.run()
        assert not done.held()
        numbers = list(done.message_ids)
        agreed = [row for row in listed.of("awaiting_approval") if self.random.random() < 0.7]
        numbers += [self.desk.send(row.who.code, entity=row.entity, approved=True)["message"] for row in agreed]
        for number in numbers:
            self.check(self.read(number), reckoned["owed"], day)

    def read(self, number: int) -> Told:
        """Read a message in plain SQL."""
        [head] = self.desk.rows(
            "SELECT c.code, m.entity, m.day, m.step, m.due_on, m.state FROM message m "
            "JOIN customer c ON c.id = m.customer_id WHERE m.id = :id",
            id=number,
        )
        items = self.desk.rows(
            "SELECT document_id, due_date, claimed FROM message_item WHERE message_id = :id", id=number
        )
        asked: Counter[tuple[int, date]] = Counter()
        for document, due, claimed in items:
            asked[document, as_day(due)] += claimed
        return Told(
            number, (head.code, head.entity), as_day(head.day), head.step, as_day(head.due_on), dict(asked), head.state
        )

    def check(self, one: Told, owed: dict[tuple[str, str], dict[tuple[int, date], int]], day: date) -> None:
        """Hold a message to every promise that reminders make."""
        late = {key: cents for key, cents in owed[one.place].items() if (day - key[1]).days >= STEPS[0] and cents}
        assert one.asked == late, "it asks for exactly what is owed"
        assert late, "a message asks for something"
        got = [other for other in self.told if other.place == one.place and self.arrived(other)]
        assert all((day - other.day).days >= GAP for other in got), "the gap lies between"
        assert one.step <= (got[-1].step if got else 0) + 1, "not more than one step beyond the last delivered"
        assert max((day - due).days for _, due in late) >= STEPS[one.step - 1], "something is that late"
        assert all((other.step, other.due_on) != (one.step, one.due_on) for other in got), "none twice"
        self.told.append(one)
        if one.state == "refused":
            self.desk.replace_contact(one.place[0], f"{self.random.randint(1, 10**9)}@new.example")

    def arrived(self, one: Told) -> bool:
        return one.state in ("sent", "unknown") and one.number not in self.bounced

    # --- the slow reckoning ---

    def items(self, day: date, code: str, entity: str) -> list[Any]:
        """Return the items of a customer and entity with their balance at the end of a day, in plain SQL."""
        moved = "coalesce((SELECT sum(a.amount) FROM application a WHERE a.{} = i.id AND a.effective_on <= :d), 0)"
        open_ = f"i.amount + {moved.format('from_item_id')} - {moved.format('to_item_id')}"
        return self.desk.rows(
            f"SELECT i.id, i.document_id, i.due_date, {open_} AS open FROM item i "
            "JOIN document d ON d.id = i.document_id WHERE i.customer_id = :c AND d.entity = :e "
            "AND i.effective_on <= :d ORDER BY i.due_date, d.document_date, i.id",
            d=day.isoformat(),
            c=self.desk.customer(code),
            e=entity,
        )

    def reckon(self, day: date) -> dict[str, dict[tuple[str, str], dict[tuple[int, date], int]]]:
        """Return by customer and entity what is open and what is owed of each debt, cent by cent."""
        open_, owed = {}, {}
        for code in WHO:
            for entity in ENTITIES:
                rows = self.items(day, code, entity)
                open_[code, entity] = dict(
                    summed((row.document_id, as_day(row.due_date), row.open) for row in rows if row.open > 0)
                )
                owed[code, entity] = dict(self.owed(rows, (code, entity), day))
        return {"open": open_, "owed": owed}

    def owed(self, rows: list[Any], place: tuple[str, str], day: date) -> Counter[tuple[int, date]]:
        """Lay every open cent on the table, oldest first, and take off what may not be asked for."""
        table = [(row.id, row.document_id, as_day(row.due_date)) for row in rows for _ in range(max(0, row.open))]
        del table[: -sum(row.open for row in rows if row.open < 0)]
        for document, cents in self.desk.rows(
            "SELECT document_id, amount FROM dispute WHERE opened_on <= :d AND (closed_on IS NULL OR closed_on > :d)",
            d=day.isoformat(),
        ):
            for _ in range(cents):
                take(table, lambda cent, document=document: cent[1] == document)
        waited = {
            item
            for item, due in self.desk.rows(
                "SELECT pi.item_id, n.due_on FROM plan_item pi JOIN plan p ON p.id = pi.plan_id JOIN plan_instalment n "
                "ON n.plan_id = pi.plan_id AND n.number = pi.number WHERE p.state = 'active'"
            )
            if add_bank_days(as_day(due), 3, "GB") >= day
        }
        table = [cent for cent in table if cent[0] not in waited]
        for promise in self.promises:
            if promise["place"] == place and promise["made"] <= day <= promise["until"]:
                for _ in range(self.left_of(promise, day)):
                    take(table, lambda cent, of=promise["documents"]: not of or cent[1] in of)
        return summed((document, due, 1) for _, document, due in table if due < day)

    def left_of(self, promise: dict[str, Any], day: date) -> int:
        """Return what of a promise has not come yet: money for the account, or for its documents and unapplied."""
        code, entity = promise["place"]
        came = 0
        for row in self.desk.rows(
            "SELECT i.id, -i.amount AS amount FROM item i JOIN document d ON d.id = i.document_id WHERE "
            "d.kind = 'payment' AND i.customer_id = :c AND d.entity = :e AND d.effective_on BETWEEN :made AND :d",
            c=self.desk.customer(code),
            e=entity,
            made=promise["made"].isoformat(),
            d=day.isoformat(),
        ):
            paid = self.desk.rows(
                "SELECT i.document_id, sum(a.amount) AS amount FROM application a JOIN item i ON i.id = a.to_item_id "
                "WHERE a.from_item_id = :id AND a.effective_on <= :d GROUP BY i.document_id",
                id=row.id,
                d=day.isoformat(),
            )
            lost = sum(
                one.amount for one in paid if promise["documents"] and one.document_id not in promise["documents"]
            )
            came += row.amount - lost
        return max(0, promise["amount"] - came)


@pytest.fixture
def quick(monkeypatch):
    """Let letters be short and meet random fates; gives the function that takes the dice."""

    def with_dice(dice: random.Random) -> None:
        fates = [Fate("sent", "250"), Fate("unknown", "lost"), Fate("refused", "550", cause="address")]
        monkeypatch.setattr(preparing, "compose", lambda **_: CHEAP_LETTER)
        monkeypatch.setattr("arcore.delivery.service.deliver", lambda *_, **__: dice.choices(fates, [8, 1, 1])[0])

    return with_dice


@pytest.mark.parametrize("busy", HISTORIES)
def test_two_years_of_days(desk, quick, busy):
    dice = random.Random(str(busy))
    quick(dice)
    desk.on(FIRST).rules(minimum=Decimal(0), gap_days=GAP)
    for code in WHO:
        desk.customer(code)
    desk.live()
    life = Life(desk, dice)
    for days in range(DAYS):
        day = FIRST + timedelta(days=days)
        desk.on(day)
        life.happen(day)
        if dice.random() < busy:
            life.run(day)
    steps = Counter(one.step for one in life.told)
    assert min(steps[1], steps[2], steps[3]) > 5  # the history was one in which something went on
    assert {"nothing_due", "minimum_gap", "on_hold", "awaiting_approval", *TAKEN_OFF} <= set(life.codes)


def take(table: list[tuple[int, int, date]], fits: Any) -> None:
    """Take the first cent that fits off the table."""
    for place, cent in enumerate(table):
        if fits(cent):
            del table[place]
            return


def summed(cents: Iterator[tuple[int, date, int]]) -> Counter[tuple[int, date]]:
    """Add cents up by debt."""
    found: Counter[tuple[int, date]] = Counter()
    for document, due, units in cents:
        found[document, due] += units
    return found


def as_day(value: Any) -> date:
    """Read a date as either engine hands it over."""
    return value if isinstance(value, date) else date.fromisoformat(value)
