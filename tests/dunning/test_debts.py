"""Two roads to one proof: from the columns for everybody, from the tables for one inside a write."""

from __future__ import annotations

import random
from datetime import date
from datetime import timedelta
from decimal import Decimal

import pytest

from arcore.dunning.debts import debts_in
from arcore.dunning.debts import debts_of
from arcore.dunning.preparing import decide_now
from arcore.errors import Refused
from arcore.ledger import service as ledger
from arcore.reports.book import book
from arcore.store.engine import reading


def both_roads(desk):
    """Return by customer and entity the debts read from the columns and from the tables."""
    books = book(desk.engine)
    columns = debts_of(desk.engine, books, desk.today)
    tables = {}
    with reading(desk.engine) as session:
        for code in desk.ids:
            for entity, debts in debts_in(session, desk.customer(code), desk.today).items():
                if any(debt.open > 0 and debt.due_date < desk.today for debt in debts):
                    tables[desk.customer(code), entity] = debts
    return columns, tables


def ordered(found):
    return {place: sorted(debts, key=lambda debt: debt.item_id) for place, debts in found.items()}


@pytest.mark.parametrize("number", range(3))
def test_random_books_read_the_same_by_both_roads(both, number):
    dice = random.Random(number)
    desk = both.on("06-30")
    items: list[int] = []
    documents: list[int] = []
    for _ in range(60):
        day = date(2026, 1, 1) + timedelta(days=dice.randint(0, 200))
        code, entity = dice.choice(("C1", "C2", "C3")), dice.choice(("main", "north"))
        act = dice.choice(("invoice", "invoice", "pay", "pay", "free", "redate", "void", "bounce", "transfer"))
        try:
            if act == "invoice" or not items:
                due = (day + timedelta(days=dice.choice((0, 10, 30)))).isoformat()
                items.append(desk.invoice(str(dice.randint(1, 90)), due, on=day, to=code, entity=entity))
            elif act in ("pay", "free"):
                item = dice.choice(items)
                owner, where = owner_of(desk, item)
                pays = [(item, "1")] if act == "pay" else []
                documents.append(desk.payment("3", day.isoformat(), *pays, of=owner, details={"entity": where}))
            elif act == "redate":
                said = ledger.redate(
                    desk.engine,
                    item_id=dice.choice(items),
                    due_date=day + timedelta(days=20),
                    on=day,
                    amount=Decimal(dice.choice((1, 2))),
                    actor=desk.actor,
                )
                items += said["items"]
            elif act == "void":
                ledger.void(desk.engine, document_id=desk.document(dice.choice(items)), actor=desk.actor)
            elif act == "transfer":
                said = ledger.transfer(
                    desk.engine,
                    item_id=dice.choice(items),
                    amount=Decimal(1),
                    to_customer_id=desk.customer(dice.choice(("C1", "C2"))),
                    on=day,
                    actor=desk.actor,
                )
                items += said["items"]
            elif documents:
                ledger.reverse_payment(desk.engine, document_id=dice.choice(documents), on=day, actor=desk.actor)
        except Refused:
            continue
    desk.merge("C3", into="C2")
    columns, tables = both_roads(desk)
    del desk.ids["C3"]
    tables = {place: debts for place, debts in tables.items() if place[0] in desk.ids.values()}
    assert columns
    assert ordered(columns) == ordered(tables)
    for row in (*desk.reminders().due, *desk.reminders().held):
        with reading(desk.engine) as session:
            now, _ = decide_now(session, row.place, desk.today, desk.reminders().policy)
        assert now == row.decision


def owner_of(desk, item):
    """Return code and entity of an item's customer."""
    [row] = desk.rows(
        "SELECT c.code, d.entity FROM item i JOIN document d ON d.id = i.document_id "
        "JOIN customer c ON c.id = i.customer_id WHERE i.id = :id",
        id=item,
    )
    return row.code, row.entity


def test_an_instalment_was_for_what_it_took_over(desk):
    item = desk.invoice("100.00", "05-01", "INV-1")
    desk.plan(item, "05-02", ("05-10", "40.00"), ("06-10", "60.00"))
    columns, tables = both_roads(desk)
    [place] = columns
    assert [(debt.document, debt.invoiced, debt.open) for debt in columns[place]] == [
        ("INV-1", 4000, 4000),
        ("INV-1", 6000, 6000),
    ]
    assert ordered(columns) == ordered(tables)


def test_a_document_without_a_number_is_called_by_its_kind(desk):
    desk.invoice("100.00", "05-01")
    columns, tables = both_roads(desk)
    assert [debt.document for debts in columns.values() for debt in debts] == ["invoice 1"]
    assert ordered(columns) == ordered(tables)
