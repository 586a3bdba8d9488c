"""Random sequences of verbs, back-dated ones too: the books and their slow twin agree on every item and every day.

`ARCORE_FUZZ_EXAMPLES=500 pytest tests/ledger/sequences` looks for new failures for as long as one likes.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from copy import deepcopy
from datetime import date
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine
from hypothesis.stateful import initialize
from hypothesis.stateful import precondition
from hypothesis.stateful import rule
from hypothesis.stateful import run_state_machine_as_test
from sqlalchemy import Engine
from sqlalchemy import event

from arcore.errors import Refused
from arcore.ledger import service
from arcore.ledger.entry import Entry
from arcore.ledger.entry import Part
from arcore.store.customers import Customer
from arcore.store.engine import open_engine
from arcore.store.unit import commit

picks = st.integers(0, 10**6)
days = st.integers(0, 45)
amounts = st.integers(1, 12)
maybe_days = st.none() | days

DAYS = 60
"""How many days, from 1 January 2026 on, are looked at."""


class Sequences(RuleBasedStateMachine):
    """Writes what hypothesis draws into fresh books, and into the slow twin of them."""

    naive: Any
    refusal: type[Exception]
    books_of: Any
    new_engine: Callable[[], Engine]

    # --- the stage ---

    @initialize(merged=st.booleans())
    def begin(self, merged: bool) -> None:
        self.books = self.books_of(self.new_engine())
        # A store that other sequences left their rows in: only what comes from here on is looked at.
        self.after = self.books.rows("SELECT document_id, item_id, application_id FROM ledger_head")[0]
        mark = f"{self.books.now()}-"
        self.customers = [self.books.customer(mark + code) for code in "ABM"]
        self.survivors: dict[int, int] = {}
        self.told: list[tuple[int, dict[int, list[int]]]] = []
        self.open_the_books()
        self.state = self.read()
        if merged:
            self.merge()

    def open_the_books(self) -> None:
        """Begin with some invoices and payments, so that every verb finds something to work on."""
        a, b, m = self.customers
        documents = [
            ("invoice", a, 0, [30], "EUR"),
            ("invoice", a, 5, [10, 20], "EUR"),
            ("invoice", b, 2, [25], "EUR"),
            ("invoice", m, 3, [30], "EUR"),
            ("invoice", a, 10, [30], "USD"),
            ("payment", a, 8, [20], "EUR"),
            ("payment", b, 12, [15], "EUR"),
            ("payment", m, 1, [12], "EUR"),
            ("credit_note", a, 20, [9], "EUR"),
        ]

        def post(journal: Any) -> None:
            for kind, customer, day, parts, currency in documents:
                items = [Part(amount, day_of(day + 10 * n)) for n, amount in enumerate(parts, start=1)]
                journal.post(Entry(kind, customer, day_of(day), currency, items))

        self.books.journal(post)

    def read(self, known: int | None = None) -> Any:
        """Read the rows of this sequence as they are, or as they were known after an audit event."""
        reach = dict.fromkeys(self.after, 10**9)
        if known is not None:
            reach = self.books.rows(
                "SELECT document_id, item_id, application_id FROM audit_event WHERE seq = :seq", seq=known
            )[0]
        columns = {
            "item": "id, document_id, customer_id, side, amount, effective_on, due_date, original_due_date, "
            "origin_item_id",
            "document": "id, kind, customer_id, amount, effective_on, reverses_id, linked_id, currency, reason",
            "application": "id, from_item_id, to_item_id, amount, effective_on, reverses_id",
        }
        found = [
            self.books.rows(
                f"SELECT {names} FROM {table} WHERE id > :after AND id <= :reach ORDER BY id",
                after=self.after[f"{table}_id"],
                reach=reach[f"{table}_id"],
            )
            for table, names in columns.items()
        ]
        return self.naive.of(*found, self.survivors)

    def attempt(self, act: Callable[[Any], None], verb: str, **arguments: Any) -> bool:
        """Let the slow twin and the books do the same; they refuse together or end the same. True if done."""
        before, expected = self.state.balance, deepcopy(self.state)
        try:
            act(expected)
            accepted = expected.whole()
        except self.refusal:
            accepted = False
        try:
            getattr(service, verb)(self.books.engine, actor=self.books.actor, **arguments)
            done = True
        except Refused:
            done = False
        assert done == accepted, f"{verb} {arguments}: the books {done}, the slow twin {accepted}"
        self.state = self.read()
        if done:
            self.compare(expected, self.state)
        else:
            assert self.state.balance == before
        self.told.append((self.books.now(), self.state.balance))
        return done

    def compare(self, expected: Any, found: Any) -> None:
        """Hold every item on every day to what the slow twin expected; mirrors of a void to their sum."""
        mirrors: dict[int, list[int]] = {key: [0] * DAYS for key in expected.mirrors}
        for key, line in found.balance.items():
            voids = found.items[key]["reverses_id"]
            if voids in mirrors and key not in expected.balance:
                mirrors[voids] = [a + b for a, b in zip(mirrors[voids], line, strict=True)]
            else:
                assert line == expected.balance[key], f"item {key}: {line} is not {expected.balance[key]}"
        assert mirrors == expected.mirrors
        assert found.whole()
        self.foot(found)

    def foot(self, found: Any) -> None:
        """Add up items and documents of each customer and currency on each day."""
        for day in range(DAYS):
            totals: dict[tuple[int, str], int] = {}
            for key, row in found.items.items():
                of = (row["customer_id"], row["currency"])
                totals[of] = totals.get(of, 0) + found.balance[key][day]
            for row in found.documents.values():
                of = (row["customer_id"], row["currency"])
                totals[of] = totals.get(of, 0) - (row["amount"] if day >= row["start"] else 0)
            assert not any(totals.values()), f"{totals} on day {day}"

    def item(self, pick: int) -> int:
        keys: list[int] = list(self.state.items)
        return keys[pick % len(keys)]

    def one_of(self, pick: int, side: int) -> int:
        """Pick an item, mostly one of the side that makes sense and with something open."""
        rows = self.state.items.items()
        open_ = [key for key, row in rows if row["side"] == side and self.state.balance[key][-1]]
        return open_[pick % len(open_)] if open_ and pick % 5 else self.item(pick)

    # --- verbs ---

    @rule(who=st.integers(0, 2), on=days, later=st.integers(-3, 5), usd=st.booleans(),
          parts=st.lists(st.tuples(st.integers(0, 12), st.integers(0, 59)), min_size=1, max_size=3))  # fmt: skip
    def invoice(self, who: int, on: int, later: int, usd: bool, parts: list[tuple[int, int]]) -> None:
        customer, currency = self.customers[who], "USD" if usd and who == 0 else "EUR"
        start = max(0, on + later)

        def act(books: Any) -> None:
            if not any(amount for amount, _ in parts):
                raise self.refusal
            kept = [amount for amount, _ in parts]
            books.post("invoice", books.survivor(customer), kept, start, 1, currency=currency)

        self.attempt(
            act,
            "post_invoice",
            customer_id=customer,
            document_date=day_of(on),
            currency=currency,
            instalments=[(cents(amount), day_of(due)) for amount, due in parts],
            details={"effective_on": day_of(start)},
        )

    @rule(who=st.integers(0, 2), on=days, amount=amounts, pick=picks, part=st.integers(0, 12), note=st.booleans())
    def credit(self, who: int, on: int, amount: int, pick: int, part: int, note: bool) -> None:
        """Post a payment or a credit note, applied at once or not."""
        customer = self.customers[who]
        pays = [(self.one_of(pick, 1), part)] if part and self.state.items else []
        verb, when = ("post_credit_note", "document_date") if note else ("record_payment", "received_on")

        def act(books: Any) -> None:
            new = books.post("credit_note" if note else "payment", books.survivor(customer), [amount], on, -1)
            for item, units in pays:
                books.apply(new[0], item, units, None)

        self.attempt(
            act,
            verb,
            customer_id=customer,
            currency="EUR",
            amount=cents(amount),
            apply_to=[(item, cents(units)) for item, units in pays],
            **{when: day_of(on)},
        )

    @precondition(lambda self: self.state.items)
    @rule(credit=picks, debit=picks, amount=amounts, on=maybe_days)
    def apply(self, credit: int, debit: int, amount: int, on: int | None) -> None:
        source, target = self.one_of(credit, -1), self.one_of(debit, 1)
        self.attempt(
            lambda books: books.apply(source, target, amount, on),
            "apply",
            from_item_id=source,
            to_item_id=target,
            amount=cents(amount),
            on=None if on is None else day_of(on),
        )

    @precondition(lambda self: self.state.applications)
    @rule(pick=picks, on=maybe_days)
    def unapply(self, pick: int, on: int | None) -> None:
        keys = list(self.state.applications)
        key = keys[pick % len(keys)]
        self.attempt(
            lambda books: books.unapply(key, on),
            "unapply",
            application_id=key,
            on=None if on is None else day_of(on),
        )

    @precondition(lambda self: self.state.items)
    @rule(pick=picks, due=st.integers(0, 59), on=days, amount=st.none() | amounts)
    def redate(self, pick: int, due: int, on: int, amount: int | None) -> None:
        item = self.one_of(pick, 1)
        done = self.attempt(
            lambda books: books.redate(item, amount, on),
            "redate",
            item_id=item,
            due_date=day_of(due),
            on=day_of(on),
            amount=None if amount is None else cents(amount),
        )
        if done:
            new, old = self.state.items[max(self.state.items)], self.state.items[item]
            assert (new["due_date"], new["original_due_date"]) == (str(day_of(due)), old["original_due_date"])

    @precondition(lambda self: any(row["origin_item_id"] for row in self.state.items.values()))
    @rule(pick=picks, on=days)
    def move_back(self, pick: int, on: int) -> None:
        born = [key for key, row in self.state.items.items() if row["origin_item_id"]]
        item = born[pick % len(born)] if pick % 7 else self.item(pick)
        self.attempt(lambda books: books.move_back(item, on), "move_back", item_id=item, on=day_of(on))

    @precondition(lambda self: self.state.items)
    @rule(pick=picks, amount=amounts, who=st.integers(0, 2), on=days)
    def transfer(self, pick: int, amount: int, who: int, on: int) -> None:
        item, customer = self.one_of(pick, pick % 2 * 2 - 1), self.customers[who]
        done = self.attempt(
            lambda books: books.move(item, amount, on, customer=books.survivor(customer)),
            "transfer",
            item_id=item,
            amount=cents(amount),
            to_customer_id=customer,
            on=day_of(on),
        )
        if done:
            self.same_age(item)

    @precondition(lambda self: self.state.items)
    @rule(pick=picks, amount=amounts, into=amounts, usd=st.booleans(), on=days)
    def convert(self, pick: int, amount: int, into: int, usd: bool, on: int) -> None:
        item, currency = self.one_of(pick, pick % 2 * 2 - 1), "USD" if usd else "EUR"
        done = self.attempt(
            lambda books: books.move(item, amount, on, into=(currency, into)),
            "convert",
            item_id=item,
            amount=cents(amount),
            to_currency=currency,
            to_amount=cents(into),
            on=day_of(on),
        )
        if done:
            self.same_age(item)

    def same_age(self, origin: int) -> None:
        born, old = self.state.items[max(self.state.items)], self.state.items[origin]
        kept = ("side", "due_date", "original_due_date")
        assert [born[name] for name in kept] == [old[name] for name in kept]
        assert born["origin_item_id"] == origin

    @precondition(lambda self: self.state.items)
    @rule(pick=picks, amount=amounts, on=days)
    def write_off(self, pick: int, amount: int, on: int) -> None:
        item = self.one_of(pick, 1)

        def act(books: Any) -> None:
            row = books.items[item]
            customer = books.survivor(row["customer_id"])
            new = books.post("write_off", customer, [amount], on, -1, currency=row["currency"], reason="goodwill")
            books.apply(new[0], item, amount, on)

        self.attempt(act, "write_off", item_id=item, amount=cents(amount), reason="goodwill", on=day_of(on))

    @precondition(lambda self: self.state.items)
    @rule(pick=picks, amount=amounts, on=days)
    def refund(self, pick: int, amount: int, on: int) -> None:
        item = self.one_of(pick, -1)
        row = self.state.items[item]

        def act(books: Any) -> None:
            customer = books.survivor(row["customer_id"])
            new = books.post("refund", customer, [amount], on, 1, currency=row["currency"])
            books.apply(item, new[0], amount, on)

        self.attempt(
            act,
            "record_refund",
            customer_id=row["customer_id"],
            paid_on=day_of(on),
            currency=row["currency"],
            amount=cents(amount),
            from_item_id=item,
        )

    @precondition(lambda self: self.state.documents)
    @rule(pick=picks)
    def void(self, pick: int) -> None:
        keys = list(self.state.documents)
        key = keys[pick % len(keys)]
        self.attempt(lambda books: books.void(key), "void", document_id=key)

    @precondition(lambda self: self.state.documents)
    @rule(pick=picks, on=days)
    def bounce(self, pick: int, on: int) -> None:
        paid = [key for key, row in self.state.documents.items() if row["kind"] == "payment"]
        keys = paid if paid and pick % 7 else list(self.state.documents)
        key = keys[pick % len(keys)]
        taken_back = {row["reverses_id"] for row in self.state.documents.values()}
        if self.state.documents[key]["kind"] == "payment" and key not in taken_back and self.state.moved_on(key):
            self.bounce_from_afar(key, on)
            return
        self.attempt(lambda books: books.bounce(key, on), "reverse_payment", document_id=key, on=day_of(on))

    def bounce_from_afar(self, key: int, on: int) -> None:
        """Let a payment bounce whose money had been moved: before the day nothing changes, then it is at home."""
        before = self.state
        try:
            service.reverse_payment(self.books.engine, actor=self.books.actor, document_id=key, on=day_of(on))
        except Refused:
            assert before.documents[key]["start"] > on
            return
        self.state = self.read()
        self.told.append((self.books.now(), self.state.balance))
        for item, line in before.balance.items():
            assert self.state.balance[item][:on] == line[:on]
        assert all(self.state.balance[item][-1] == 0 for item in before.of_document(key))
        assert self.state.whole()
        self.foot(self.state)

    @precondition(lambda self: self.state.documents)
    @rule(pick=picks, amount=amounts, on=days)
    def recover(self, pick: int, amount: int, on: int) -> None:
        lost = [key for key, row in self.state.documents.items() if row["kind"] == "write_off"]
        keys = lost if lost and pick % 7 else list(self.state.documents)
        key = keys[pick % len(keys)]
        self.attempt(
            lambda books: books.recover(key, amount, on),
            "recover",
            document_id=key,
            amount=cents(amount),
            on=day_of(on),
        )

    @precondition(lambda self: not self.survivors)
    @rule()
    def merge(self) -> None:
        """Let the third customer turn out to be the first."""
        first, _, third = self.customers

        def body(unit: Any) -> dict[str, Any]:
            unit.session.get(Customer, third).merged_into_id = first
            return {}

        commit(self.books.engine, body, actor=self.books.actor, verb="merge")
        self.survivors[third] = first
        self.state.survivors = self.survivors

    # --- afterwards ---

    def teardown(self) -> None:
        if not hasattr(self, "books"):
            return
        try:
            for known, balance in self.told:
                assert self.read(known).balance == balance, f"what was known at {known} has changed"
            assert self.books.broken() == []
        finally:
            self.books.engine.dispose()


def day_of(number: int) -> date:
    return date(2026, 1, 1) + timedelta(days=number)


def cents(units: int) -> Decimal:
    return Decimal(units).scaleb(-2)


@pytest.fixture
def machine(naive: Any, refusal: type[Exception], books_of: Any) -> Callable[[Callable[[], Engine]], type[Sequences]]:
    """Return what makes the machine for the stores of one engine."""
    parts = {"naive": naive, "refusal": refusal, "books_of": books_of}
    return lambda new_engine: type("Told", (Sequences,), {**parts, "new_engine": staticmethod(new_engine)})


@pytest.fixture
def new_files(sqlite_template: Path, tmp_path: Path) -> Callable[[], Engine]:
    """Return what makes a fresh SQLite store; nothing in it has to survive a power cut."""
    made = iter(range(10**6))

    def fresh() -> Engine:
        path = tmp_path / f"{next(made)}.db"
        shutil.copyfile(sqlite_template, path)
        engine = open_engine(f"sqlite:///{path}")
        event.listen(engine, "connect", lambda connection, _: connection.execute("PRAGMA synchronous=OFF"))
        return engine

    return fresh


@pytest.mark.timeout(0)
def test_any_sequence_of_verbs_on_sqlite(machine, new_files, profile):
    run_state_machine_as_test(machine(new_files), settings=profile(30, 30))


@pytest.mark.timeout(0)
def test_any_sequence_of_verbs_on_postgresql(machine, postgres_engine, profile):
    run_state_machine_as_test(machine(lambda: postgres_engine), settings=profile(6, 30))
