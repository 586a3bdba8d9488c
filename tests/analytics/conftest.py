"""A small book to tell stories in, and a second, slow and obvious implementation of the measures."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from collections.abc import Iterable
from dataclasses import dataclass
from dataclasses import field
from datetime import date
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import strategies as st

from arcore.analytics.columns import REASON_CODES
from arcore.analytics.columns import UNKNOWN_TAX
from arcore.analytics.columns import Columns
from arcore.dates import to_day
from arcore.ledger.kinds import BY_NAME
from arcore.ledger.kinds import CODES
from arcore.ledger.kinds import KINDS

Row = dict[str, Any]


@dataclass
class Book:
    """Rows of a ledger as plain dictionaries; amounts in minor units, dates as dates."""

    items: list[Row] = field(default_factory=list)
    applications: list[Row] = field(default_factory=list)

    def post(
        self,
        kind: str,
        day: date,
        amount: int,
        due: date | None = None,
        *,
        original: date | None = None,
        effective: date | None = None,
        customer: int = 0,
        currency: int = 0,
        reason: str = "",
        origin: int = 0,
        side: int | None = None,
        tax: int = UNKNOWN_TAX,
        document: int = 0,
    ) -> int:
        """Add an item of a document of its own; a positive amount is on the kind's ordinary side."""
        usual = BY_NAME[kind].side or 1
        signed = usual * amount
        self.items.append(
            {
                "id": len(self.items) + 1,
                "document": document or len(self.items) + 1,
                "kind": kind,
                "day": day,
                "effective": effective or day,
                "due": due or day,
                "original": original or due or day,
                "customer": customer,
                "currency": currency,
                "reason": reason,
                "origin": origin,
                "side": side or (usual if amount >= 0 else -usual),
                "amount": signed,
                "tax": tax,
            }
        )
        return len(self.items)

    def apply(self, source: int, target: int, amount: int, day: date) -> int:
        """Move an amount from one item to another; a negative one takes an application back."""
        row = {"id": len(self.applications) + 1, "from": source, "to": target, "amount": amount, "day": day}
        self.applications.append(row)
        return len(self.applications)

    def paid(self, invoice: int, day: date, amount: int) -> int:
        """Receive a payment and match it the same day."""
        owner = self.items[invoice - 1]
        payment = self.post("payment", day, amount, customer=owner["customer"], currency=owner["currency"])
        self.apply(payment, invoice, amount, day)
        return payment

    def redate(self, item: int, due: date, amount: int, day: date) -> int:
        """Give an amount of a debit item a new agreed due date."""
        old = self.items[item - 1]
        new = self.post(
            old["kind"],
            old["day"],
            0,
            due,
            original=old["original"],
            effective=day,
            customer=old["customer"],
            currency=old["currency"],
            origin=item,
            side=old["side"],
            document=old["document"],
        )
        self.apply(new, item, amount, day)
        return new

    def transfer(self, item: int, amount: int, day: date, customer: int) -> int:
        """Move an amount of a debit item to another customer; the leg that carries on is returned."""
        old = self.items[item - 1]
        closing = self.post(
            "transfer", day, -amount, old["due"], original=old["original"], customer=old["customer"], side=-1
        )
        carrying = self.post(
            "transfer",
            old["day"],
            amount,
            old["due"],
            original=old["original"],
            effective=day,
            customer=customer,
            origin=item,
            side=1,
        )
        self.apply(closing, item, amount, day)
        return carrying

    def columns(self) -> Columns:
        """Lay the rows out as columns."""
        return self.laid_out(self.items, self.applications)

    @staticmethod
    def item_columns(items: Iterable[Row]) -> dict[str, list[int]]:
        """Return items as the columns a loader would give."""
        rows = list(items)
        return {
            "item_id": [row["id"] for row in rows],
            "document_id": [row["document"] for row in rows],
            "customer": [row["customer"] for row in rows],
            "currency": [row["currency"] for row in rows],
            "entity": [0 for _ in rows],
            "kind": [CODES[row["kind"]] for row in rows],
            "reason": [REASON_CODES.get(row["reason"], -1) for row in rows],
            "side": [row["side"] for row in rows],
            "effective": [to_day(row["effective"]) for row in rows],
            "due": [to_day(row["due"]) for row in rows],
            "original_due": [to_day(row["original"]) for row in rows],
            "doc_day": [to_day(row["day"]) for row in rows],
            "amount": [row["amount"] for row in rows],
            "tax": [row["tax"] for row in rows],
            "origin_item_id": [row["origin"] for row in rows],
        }

    @staticmethod
    def application_columns(applications: Iterable[Row]) -> dict[str, list[int]]:
        """Return applications as the columns a loader would give."""
        rows = list(applications)
        return {
            "app_id": [row["id"] for row in rows],
            "from_item_id": [row["from"] for row in rows],
            "to_item_id": [row["to"] for row in rows],
            "app_amount": [row["amount"] for row in rows],
            "app_day": [to_day(row["day"]) for row in rows],
        }

    @classmethod
    def laid_out(cls, items: Iterable[Row], applications: Iterable[Row]) -> Columns:
        """Lay rows out as columns."""
        return Columns.build(cls.item_columns(items), cls.application_columns(applications))


@dataclass
class Oracle:
    """Loops over dictionaries, one day, one item, one application at a time. Slow, and meant to be."""

    items: list[Row]
    applications: list[Row]

    def balance(self, item: Row, day: date) -> int:
        total = item["amount"] if item["effective"] <= day else 0
        for moved in self.applications:
            if moved["day"] > day:
                continue
            if moved["to"] == item["id"]:
                total -= moved["amount"]
            if moved["from"] == item["id"]:
                total += moved["amount"]
        return int(total)

    def first_origin(self, item: Row) -> Row:
        while item["origin"]:
            item = self.items[item["origin"] - 1]
        return item

    def ages_from(self, item: Row, basis: str) -> date:
        if basis == "document":
            return self.first_origin(item)["day"]
        return item["original" if basis == "original" else "due"]

    def column(self, item: Row, day: date, basis: str, edges: tuple[int, ...]) -> int:
        """0 not due, then the buckets, then unapplied."""
        if item["side"] < 0:
            return len(edges) + 2
        late = (day - self.ages_from(item, basis)).days
        if late <= 0:
            return 0
        for position, edge in enumerate(edges):
            if late <= edge:
                return position + 1
        return len(edges) + 1

    def aging(
        self,
        day: date,
        basis: str = "original",
        edges: tuple[int, ...] = (30, 60, 90),
        key: Callable[[Row], Any] = lambda item: (0, item["currency"]),
    ) -> dict[Any, list[int]]:
        """Return the columns by key, all of them summed item by item."""
        table: dict[Any, list[int]] = defaultdict(lambda: [0] * (len(edges) + 3))
        for item in self.items:
            if key(item) is not None:
                table[key(item)][self.column(item, day, basis, edges)] += self.balance(item, day)
        return table

    def overdue(self, item: Row, day: date, basis: str) -> int:
        """Return what is past due on a debit item at the end of a day."""
        late = item["side"] > 0 and self.ages_from(item, basis) < day
        return self.balance(item, day) if late else 0

    def moved(self, item: Row, day: date) -> list[tuple[str, int]]:
        """Return everything that changed an item on one day, by kind and reason of what did it."""
        found = [(item["kind"], item["amount"])] if item["effective"] == day else []
        for row in self.applications:
            source, target = self.items[row["from"] - 1], self.items[row["to"] - 1]
            if row["day"] == day:
                why = "redating" if source["document"] == target["document"] else source["kind"]
                found += [(why, -row["amount"])] if target is item else []
                found += [(why, row["amount"])] if source is item else []
        return found

    def redated(self, day: date) -> int:
        return sum(self.balance(item, day) for item in self.items if item["due"] != item["original"])

    def booked(self, kinds: tuple[str, ...], first: date, last: date, currency: int) -> int:
        return sum(
            item["amount"]
            for item in self.items
            if item["kind"] in kinds and first <= item["effective"] <= last and item["currency"] == currency
        )

    def payments(self, first: date, last: date, basis: str, currency: int) -> tuple[int, int, int]:
        """Return amount, amount × days to pay and amount × days late of what payments settled."""
        amount = to_pay = late = 0
        for moved in self.applications:
            source, target = self.items[moved["from"] - 1], self.items[moved["to"] - 1]
            paid_with, paid = self.first_origin(source), self.first_origin(target)
            receipt = paid_with["day"]
            if paid_with["kind"] != "payment" or paid["kind"] not in {"invoice", "debit_note", "late_charge"}:
                continue
            if source["side"] > 0 or target["side"] < 0 or target["currency"] != currency:
                continue
            if not first <= receipt <= last or moved["day"] > last:
                continue
            amount += moved["amount"]
            to_pay += moved["amount"] * (receipt - paid["day"]).days
            late += moved["amount"] * (receipt - self.ages_from(target, basis)).days
        return amount, to_pay, late


START = date(2026, 1, 1)
KIND = st.one_of(*(st.just(name) for name in ("invoice", "payment")), st.sampled_from([kind.name for kind in KINDS]))
DAY = st.integers(0, 120).map(lambda days: START + timedelta(days=days))


@st.composite
def _ledgers(draw: Callable[..., Any]) -> Book:
    """Draw any rows at all: what the measures compute is linear and asks for no valid story."""
    book = Book()
    for _ in range(draw(st.integers(0, 12))):
        kind = draw(KIND)
        day = draw(DAY)
        book.post(
            kind,
            day,
            draw(st.integers(-50_000, 50_000)),
            draw(DAY),
            original=draw(DAY),
            effective=draw(st.one_of(st.just(day), DAY)),
            customer=draw(st.integers(0, 2)),
            currency=draw(st.integers(0, 1)),
            reason=draw(st.sampled_from(["", "goodwill", "uncollectible", "recovery"])),
            origin=draw(st.integers(0, len(book.items))),
            side=draw(st.sampled_from([None, None, 1, -1])),
        )
    if book.items:
        number = st.integers(1, len(book.items))
        for _ in range(draw(st.integers(0, 12))):
            book.apply(draw(number), draw(number), draw(st.integers(-20_000, 20_000)), draw(DAY))
    return book


@st.composite
def _stories(draw: Callable[..., Any]) -> Book:
    """Draw what can happen: invoices paid in parts, matches taken back, bounces, credits, re-dated and moved debts."""
    book = Book()
    oracle = Oracle(book.items, book.applications)
    for _ in range(draw(st.integers(1, 4))):
        day = draw(DAY)
        amount, currency = draw(st.integers(1, 50)) * 100, draw(st.integers(0, 1))
        book.post(
            draw(st.sampled_from(["invoice", "invoice", "debit_note"])),
            day,
            amount,
            day + timedelta(days=draw(st.integers(0, 40))),
            customer=draw(st.integers(0, 2)),
            currency=currency,
        )
        for _ in range(draw(st.integers(0, 4))):
            debts = [item for item in book.items if item["side"] > 0]
            debt = draw(st.sampled_from(debts))
            later = max(debt["effective"], draw(DAY))
            owed = min(oracle.balance(debt, later + timedelta(days=gap)) for gap in range(150))
            if owed <= 0:
                continue
            part = draw(st.sampled_from([owed, owed, max(1, owed // 2)]))
            _happen(book, draw(st.sampled_from(["paid", "paid", "undone", "bounced", "credited", "redated", "moved"])),
                    debt, part, later)  # fmt: skip
    return book


def _happen(book: Book, what: str, debt: Row, part: int, day: date) -> None:
    number = debt["id"]
    owner = {"customer": debt["customer"], "currency": debt["currency"]}
    if what == "redated" and debt["kind"] != "transfer":
        book.redate(number, day + timedelta(days=60), part, day)
    elif what == "moved":
        moved = book.transfer(number, part, day, (debt["customer"] + 1) % 3)
        book.items[moved - 1]["currency"] = book.items[moved - 2]["currency"] = debt["currency"]
    elif what == "credited":
        book.apply(book.post("credit_note", day, part, **owner), number, part, day)
    else:
        payment = book.post("payment", day - timedelta(days=part % 7), part, effective=day, **owner)
        book.apply(payment, number, part, day)
        if what == "undone":
            book.apply(payment, number, -part, day)
        elif what == "bounced":
            book.apply(payment, number, -part, day + timedelta(days=20))


@pytest.fixture(scope="session")
def stories() -> st.SearchStrategy[Book]:
    """Random ledgers of things that can happen to invoices, in two currencies and three customers."""
    return _stories()


@pytest.fixture
def book() -> Book:
    """Return an empty book."""
    return Book()


@pytest.fixture(scope="session")
def ledgers() -> st.SearchStrategy[Book]:
    """Random ledgers of two currencies and three customers within four months."""
    return _ledgers()


@pytest.fixture(scope="session")
def oracle() -> Callable[[Book], Oracle]:
    """Return what makes the slow second implementation of a book, or of its first rows."""
    return lambda told, items=None, applications=None: Oracle(told.items[:items], told.applications[:applications])  # type: ignore[misc]
