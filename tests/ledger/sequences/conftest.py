"""The rules of the books a second time, slow and obvious: every item is a list of balances, one per day.

It shares no code with arcore. A `Naive` is made from rows read in plain SQL; its verbs change the lists, or raise
`No` where the books have to refuse. Day 0 is 1 January 2026; amounts are signed minor units.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from collections.abc import Iterator
from dataclasses import dataclass
from dataclasses import field
from datetime import date
from typing import Any
from typing import cast

import pytest
from hypothesis import settings

DAYS = 60
FIRST = date(2026, 1, 1)
WITH_THEIR_DOCUMENT = ("write_off", "discount", "settlement", "fx_difference")
PAIRS = ("transfer", "conversion")

EXAMPLES = int(os.environ.get("ARCORE_FUZZ_EXAMPLES", "0"))
"""How many sequences to try; without it, few enough for every run of the tests, and always the same ones."""


class No(Exception):
    """The books refuse it."""


def number(day: date | str) -> int:
    """Return the number of a day."""
    return (date.fromisoformat(str(day)) - FIRST).days


@dataclass
class Naive:
    """Items, documents and applications as dictionaries by id, and the balance of each item on each day."""

    items: dict[int, dict[str, Any]]
    documents: dict[int, dict[str, Any]]
    applications: dict[int, dict[str, Any]]
    survivors: dict[int, int]
    balance: dict[int, list[int]] = field(default_factory=dict)
    mirrors: dict[int, list[int]] = field(default_factory=dict)

    @classmethod
    def of(cls, items: Iterable[Any], documents: Iterable[Any], applications: Iterable[Any], survivors: Any) -> Naive:
        """Lay out rows as they were read."""
        found = cls({}, {}, {}, survivors)
        found.documents = {
            row["id"]: row | {"start": number(row["effective_on"]), "amount": int(row["amount"])} for row in documents
        }
        for row in items:
            of = found.documents[row["document_id"]]
            said = {name: of[name] for name in ("kind", "currency", "reverses_id", "linked_id")}
            found.add(row | said | {"start": number(row["effective_on"])})
        for row in applications:
            found.book(row["from_item_id"], row["to_item_id"], row["amount"], number(row["effective_on"]),
                       reverses=row["reverses_id"], id=row["id"])  # fmt: skip
        return found

    # --- rows ---

    def add(self, row: dict[str, Any]) -> int:
        """Add an item and return its id."""
        key: int = row.setdefault("id", max(self.items, default=0) + 1)
        self.items[key] = row
        self.balance[key] = [row["amount"] if day >= row["start"] else 0 for day in range(DAYS)]
        return key

    def book(self, source: int, target: int, amount: int, day: int, *, reverses: int | None = None, **more: Any) -> int:
        """Add an application and return its id."""
        key = more.get("id") or max(self.applications, default=0) + 1
        self.applications[key] = {"id": key, "from": source, "to": target, "amount": amount, "day": day}
        self.applications[key]["reverses"] = reverses
        for later in range(day, DAYS):
            self.balance[source][later] += amount
            self.balance[target][later] -= amount
        return key

    def post(self, kind: str, customer: int, amounts: list[int], day: int, side: int, **more: Any) -> list[int]:
        """Add a document with its items and return those."""
        key = max(self.documents, default=0) + 1
        document = {"id": key, "kind": kind, "customer_id": customer, "amount": side * sum(amounts), "start": day}
        document |= {"reverses_id": None, "linked_id": None, "currency": "EUR", "reason": ""} | more
        self.documents[key] = document
        said = {name: document[name] for name in ("kind", "currency", "reverses_id", "linked_id", "customer_id")}
        return [
            self.add(said | {"document_id": key, "side": side, "amount": side * amount, "start": day,
                             "origin_item_id": more.get("origin")})
            for amount in amounts
        ]  # fmt: skip

    # --- looking ---

    def left(self, item: int, day: int = DAYS - 1) -> int:
        """Return the balance on a day without its sign; of the last day unless told."""
        return self.balance[item][day] * int(self.items[item]["side"])

    def least(self, item: int, day: int) -> int:
        """Return the smallest balance from a day on."""
        return min(self.left(item, later) for later in range(max(day, self.items[item]["start"]), DAYS))

    def first(self, item: int, amount: int, day: int) -> int:
        """Return the first day from which an amount can be given on every later day."""
        for start in range(max(day, self.items[item]["start"]), DAYS):
            if self.least(item, start) >= amount:
                return start
        raise No("not enough")

    def touching(self, item: int) -> list[dict[str, Any]]:
        """Return the applications of an item that hold: not taken back, not taking back."""
        gone = {a["reverses"] for a in self.applications.values()}
        return [a for a in self.applications.values()
                if item in (a["from"], a["to"]) and a["reverses"] is None and a["id"] not in gone]  # fmt: skip

    def of_document(self, document: int) -> list[int]:
        """Return the items of a document."""
        return [key for key, row in self.items.items() if row["document_id"] == document]

    def root(self, item: int) -> int:
        """Return the item of the same document with the first due date."""
        origin = self.items[item]["origin_item_id"]
        if origin is None or self.items[origin]["document_id"] != self.items[item]["document_id"]:
            return item
        return self.root(origin)

    def cancelled(self, item: int) -> list[int]:
        """Return the days on which balances of an item were moved back to its first due date."""
        root = self.root(item)
        pair = {"from": root, "to": item} if self.items[item]["side"] == 1 else {"from": item, "to": root}
        return [] if root == item else [a["day"] for a in self.touching(item) if pair.items() <= a.items()]

    def closes(self, item: int) -> bool:
        """Tell whether an item is the closing half of a pair."""
        return self.items[item]["kind"] in PAIRS and self.items[item]["origin_item_id"] is None

    def survivor(self, customer: int) -> int:
        """Return whom a customer lives on in."""
        return self.survivor(self.survivors[customer]) if customer in self.survivors else customer

    def whole(self) -> bool:
        """Tell whether no item ever has the wrong sign or moves before it begins."""
        return all(
            amount * row["side"] >= 0 and (amount == 0 or day >= row["start"])
            for key, row in self.items.items()
            for day, amount in enumerate(self.balance[key])
        )

    # --- verbs ---

    def apply(self, credit: int, debit: int, amount: int, on: int | None) -> None:
        """Apply a credit to a debit."""
        ours, theirs = self.items[credit], self.items[debit]
        if amount <= 0 or (ours["side"], theirs["side"]) != (-1, 1) or ours["currency"] != theirs["currency"]:
            raise No("no pair")
        if ours["customer_id"] != theirs["customer_id"]:
            if self.survivor(ours["customer_id"]) != self.survivor(theirs["customer_id"]):
                raise No("two customers")
            credit = self.move(credit, amount, theirs["start"] if on is None else on, customer=theirs["customer_id"])
        day = max(self.items[credit]["start"], theirs["start"], -1 if on is None else on)
        self.book(credit, debit, amount, max(self.first(credit, amount, day), self.first(debit, amount, day)))

    def take(self, old: int, new: int, amount: int, day: int) -> None:
        """Let one item take a balance over from another."""
        pair = (new, old) if self.items[old]["side"] == 1 else (old, new)
        self.book(pair[0], pair[1], amount, day)

    def home(self, item: int, amount: int, day: int) -> None:
        """Send home what came back to an item of a cancelled plan."""
        if days := self.cancelled(item):
            self.take(item, self.root(item), amount, max(day, min(days)))

    def unapply(self, application: int, on: int | None) -> None:
        """Take an application back."""
        row = self.applications[application]
        ends = [row["from"], row["to"]]
        if row not in self.touching(row["to"]):
            raise No("taken back")
        if any(self.items[end]["reverses_id"] or self.closes(end) for end in ends):
            raise No("belongs together")
        day = max(row["day"], row["day"] if on is None else on)
        back = ends
        if self.items[ends[0]]["side"] == self.items[ends[1]]["side"]:
            old, new = reversed(ends) if self.items[ends[0]]["side"] == 1 else ends
            back = [] if new == self.root(old) else [old]
        self.book(ends[0], ends[1], -row["amount"], day, reverses=application)
        for item in back:
            self.home(item, row["amount"], day)

    def redate(self, item: int, amount: int | None, on: int) -> None:
        """Move a balance to another due date."""
        moved = self.least(item, on) if amount is None else amount
        if moved <= 0:
            raise No("nothing open")
        day = self.first(item, moved, on)
        new = self.add({**self.items[item], "id": max(self.items) + 1, "amount": 0, "start": day,
                        "origin_item_id": item})  # fmt: skip
        self.take(item, new, moved, day)

    def move_back(self, item: int, on: int) -> None:
        """Cancel a plan."""
        if self.root(item) == item:
            raise No("no plan")
        day = max(on, self.items[item]["start"])
        left = self.least(item, day)
        if not self.least(item, DAYS - 1) and self.cancelled(item):
            raise No("cancelled before")
        self.take(item, self.root(item), left, day)
        for later in range(day, DAYS):  # what is known to come back then, and to stay
            if back := self.least(item, later):
                self.take(item, self.root(item), back, later)

    def move(self, item: int, amount: int, on: int, customer: int | None = None, into: Any = None) -> int:
        """Move a balance to another customer, or `into` (currency, amount); return the item that carries on."""
        row = self.items[item]
        if amount <= 0 or (into and (into[1] <= 0 or into[0] == row["currency"])) or customer == row["customer_id"]:
            raise No("no move")
        day = self.first(item, amount, on)
        kind, next_id = ("conversion" if into else "transfer"), max(self.documents) + 1
        closing = self.post(kind, row["customer_id"], [amount], day, -row["side"], currency=row["currency"],
                            linked_id=next_id + 1)  # fmt: skip
        carrying = self.post(kind, customer or row["customer_id"], [into[1] if into else amount], day, row["side"],
                             currency=into[0] if into else row["currency"], linked_id=next_id, origin=item)  # fmt: skip
        self.take(item, closing[0], amount, day)
        return carrying[0]

    def standing(self, document: int) -> dict[str, Any]:
        """Return a document that was not taken back and takes none back."""
        row = self.documents[document]
        if row["reverses_id"] or any(other["reverses_id"] == document for other in self.documents.values()):
            raise No("taken back")
        return row

    def void(self, document: int) -> None:
        """Take a document back as if it had never been; what its mirrors hold is told as a sum per day."""
        row = self.standing(document)
        ids = [document, row["linked_id"]] if row["kind"] in PAIRS else [document]
        ours = [item for key in ids for item in self.of_document(self.standing(key)["id"])]
        released = []
        for item in sorted(ours):
            for a in self.touching(item):
                other = a["to"] if a["from"] == item else a["from"]
                if other in ours:
                    continue
                if self.closes(other) or self.items[other]["reverses_id"]:
                    raise No("moved on, or brought home what bounced")
                released.append(a)
        for a in sorted(released, key=lambda a: -int(a["id"])):
            self.book(a["from"], a["to"], -a["amount"], a["day"], reverses=a["id"])
            for end in (a["from"], a["to"]):
                self.home(end, a["amount"], a["day"])
        for key in ids:
            self._mirror(key)
        for other in self._orphans(released, ids):
            self.void(other)

    def _mirror(self, document: int) -> None:
        row, items = self.documents[document], self.of_document(document)
        self.mirrors[document] = [
            -row["amount"] * (day >= row["start"]) + sum(self.balance[item][day] for item in items)
            for day in range(DAYS)
        ]
        assert self.mirrors[document][-1] == 0
        for item in items:
            self.balance[item] = [0] * DAYS
        self.documents[-document] = row | {"id": -document, "reverses_id": document}

    def _orphans(self, released: list[dict[str, Any]], ids: list[int]) -> Iterator[int]:
        found = set()
        for a in released:
            for end in (a["from"], a["to"]):
                row = self.items[end]
                origin = row["origin_item_id"] if row["kind"] in PAIRS else None
                kind = self.items[origin]["kind"] if origin else row["kind"]
                whole = self.balance[end][-1] == row["amount"] and row["document_id"] not in ids
                if whole and kind in WITH_THEIR_DOCUMENT:
                    found.add(row["document_id"])
        yield from sorted(found)
        gone = {row["reverses_id"] for row in self.documents.values()}
        for key, row in list(self.documents.items()):
            if row["kind"] == "write_off" and row["linked_id"] in ids and key not in gone:
                yield key

    def moved_on(self, document: int) -> bool:
        """Tell whether some of a document's balance was moved to another customer or currency."""
        return any(
            self.closes(end) for item in self.of_document(document) for a in self.touching(item)
            for end in (a["from"], a["to"]) if end != item
        )  # fmt: skip

    def bounce(self, document: int, on: int) -> None:
        """Let a payment bounce that was not moved to another customer or currency."""
        row = self.standing(document)
        if row["kind"] != "payment" or on < row["start"]:
            raise No("can't bounce")
        items = self.of_document(document)
        for item in items:
            for a in reversed(self.touching(item)):
                if a["from"] in items and a["to"] in items:
                    self.book(a["from"], a["to"], -a["amount"], max(on, a["day"]), reverses=a["id"])
                else:
                    self.unapply(a["id"], on)
        owed = self.post("payment_reversal", row["customer_id"], [-row["amount"]], on, 1, currency=row["currency"],
                         reverses_id=document)  # fmt: skip
        for item in items:
            if self.left(item):
                self.apply(item, owed[0], self.left(item), on)

    def recover(self, document: int, amount: int, on: int) -> None:
        """Take a write-off back in part."""
        row = self.standing(document)
        gone = {other["reverses_id"] for other in self.documents.values()}
        before = sum(other["amount"] for key, other in self.documents.items()
                     if other["linked_id"] == document and key not in gone)  # fmt: skip
        if (
            row["kind"] != "write_off"
            or row["amount"] > 0
            or on < row["start"]
            or not 0 < amount <= -row["amount"] - before
        ):
            raise No("can't recover")
        self.post("write_off", row["customer_id"], [amount], on, 1, currency=row["currency"], linked_id=document)


@pytest.fixture(scope="session")
def naive() -> type[Naive]:
    """Return the slow and obvious books."""
    return Naive


@pytest.fixture(scope="session")
def refusal() -> type[Exception]:
    """Return what the slow books raise."""
    return cast("type[Exception]", No)


@pytest.fixture(scope="session")
def profile() -> Any:
    """Return the settings of a run of so many examples."""

    def of(examples: int, steps: int) -> settings:
        tried = EXAMPLES or examples
        return settings(
            max_examples=tried,
            stateful_step_count=steps if not EXAMPLES else 2 * steps,
            deadline=None,
            derandomize=not EXAMPLES,
            database=None,
        )

    return of
