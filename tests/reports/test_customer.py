"""One customer and the directory, on books that can be added up in the head.

Alder (C1, EUR): invoice INV-1 of 1 Jan over 100 due 31 Jan, paid 60 on 15 Feb (45 days); invoice INV-2 of 1 Feb over
200 due 3 Mar, paid in full on 3 Mar (30 days); 50 more came on 5 Mar and are not matched. Birch (C2): nothing.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any
from typing import NamedTuple

import pytest
from sqlalchemy import Engine

from arcore.customers import service as customers
from arcore.errors import NotFound
from arcore.ledger import service as ledger
from arcore.reports import customer
from arcore.reports.customers import directory
from arcore.reports.filters import Filters
from arcore.reports.story import story
from arcore.reports.timeline import timeline
from arcore.store.sources import Coverage
from arcore.store.unit import Actor
from arcore.store.unit import Unit
from arcore.store.unit import commit

ANNA = Actor("anna")
MARCH = Filters(as_of=date(2026, 3, 10), currency="EUR")


class Books(NamedTuple):
    """The ids that the tests ask for."""

    engine: Engine
    alder: int
    birch: int
    first: int
    payment: int


def invoice(engine: Engine, who: int, number: str, amount: int, issued: date, due: date) -> int:
    """Post an invoice and return its item."""
    facts = ledger.post_invoice(
        engine,
        customer_id=who,
        document_date=issued,
        currency="EUR",
        instalments=[(Decimal(amount), due)],
        details={"number": number},
        actor=ANNA,
    )
    return int(facts["items"][0])


def complete_receipts(engine: Engine, since: date) -> None:
    """Say that all receipts are booked from a day on."""

    def body(unit: Unit) -> dict[str, Any]:
        unit.session.add(Coverage(entity="main", currency="EUR", what="receipts", complete_from=since))
        return {}

    commit(engine, body, actor=ANNA, verb="change")


@pytest.fixture
def books(engine: Engine) -> Books:
    made = [
        customers.create_customer(engine, code=code, name=name, currency="EUR", actor=ANNA)["customer"]
        for code, name in (("C1", "Alder Ltd"), ("C2", "Birch plc"))
    ]
    one = invoice(engine, made[0], "INV-1", 100, date(2026, 1, 1), date(2026, 1, 31))
    two = invoice(engine, made[0], "INV-2", 200, date(2026, 2, 1), date(2026, 3, 3))
    pay = {"customer_id": made[0], "currency": "EUR", "actor": ANNA}
    first = ledger.record_payment(
        engine, received_on=date(2026, 2, 15), amount=Decimal(60), apply_to=[(one, Decimal(60))], **pay
    )
    ledger.record_payment(
        engine, received_on=date(2026, 3, 3), amount=Decimal(200), apply_to=[(two, Decimal(200))], **pay
    )
    ledger.record_payment(engine, received_on=date(2026, 3, 5), amount=Decimal(50), **pay)
    return Books(engine, made[0], made[1], 1, first["documents"][0])


def test_the_tiles_of_a_customer(books: Books) -> None:
    customers.set_fact(
        books.engine,
        customer_id=books.alder,
        name="credit_limit",
        value="40",
        valid_from=date(2026, 1, 1),
        actor=ANNA,
    )
    assert customer.standing(books.engine, MARCH, books.alder).pays_after_lacks == (
        "needs receipts from 11 Mar 2025: upload the payment list"
    )
    complete_receipts(books.engine, date(2025, 3, 1))
    found = customer.standing(books.engine, MARCH, books.alder)
    assert (found.open, found.overdue, found.unapplied, found.items) == (-1000, 4000, -5000, 2)
    assert found.oldest_days == 38  # 31 Jan to 10 Mar
    assert found.limit == 4000
    assert found.used == -25.0
    # 60 after 45 days and 200 after 30: (60 × 45 + 200 × 30) ÷ 260
    assert found.pays_after == pytest.approx(8700 / 260)
    assert found.paid_after_before is None


def test_the_dots_of_days_to_pay_count_to_the_receipt_and_forget_what_bounced(books: Books) -> None:
    dots = customer.paid(books.engine, MARCH, books.alder)
    assert [(dot.last_receipt, dot.amount, dot.days, dot.median) for dot in dots] == [
        (date(2026, 2, 15), 6000, 45.0, 45.0),
        (date(2026, 3, 3), 20000, 30.0, 37.5),
    ]
    ledger.reverse_payment(books.engine, document_id=books.payment, on=date(2026, 3, 9), actor=ANNA)
    assert [dot.days for dot in customer.paid(books.engine, MARCH, books.alder)] == [30.0]


def test_the_directory_lists_everyone_largest_overdue_first_and_searches_by_word(books: Books) -> None:
    found = directory(books.engine, MARCH)
    assert found.table[["code", "open", "overdue", "unapplied", "items"]].to_numpy().tolist() == [
        ["C1", -1000, 4000, -5000, 2],
        ["C2", 0, 0, 0, 0],
    ]
    assert found.table["oldest"].tolist()[0] == 38
    assert found.search("LTD c1")["code"].tolist() == ["C1"]
    assert found.search("nobody").empty


def test_a_balance_without_a_rate_is_left_out_and_named(books: Books) -> None:
    ledger.post_invoice(
        books.engine,
        customer_id=books.birch,
        document_date=date(2026, 3, 1),
        currency="USD",
        instalments=[(Decimal(70), date(2026, 3, 31))],
        actor=ANNA,
    )
    found = directory(books.engine, MARCH)
    assert found.table.set_index("code").loc["C2", ["open", "items"]].tolist() == [0, 1]
    assert [str(gap) for gap in found.gaps] == ["no rate from USD to EUR on or before 2026-03-10"]


def test_a_merged_customer_stands_under_its_survivor(books: Books) -> None:
    invoice(books.engine, books.birch, "INV-9", 30, date(2026, 3, 1), date(2026, 3, 31))
    customers.merge(books.engine, customer_id=books.birch, into_id=books.alder, actor=ANNA)
    assert directory(books.engine, MARCH).table[["code", "open"]].to_numpy().tolist() == [["C1", 2000]]
    assert customer.standing(books.engine, MARCH, books.alder).open == 2000
    about = customer.who(books.engine, MARCH, books.alder)
    assert [(r.code, r.role) for r in about.relatives] == [("C2", "merged")]
    assert customer.find(books.engine, "C2") == books.alder
    gone = customer.who(books.engine, MARCH, books.birch)
    assert gone.merged_into is not None
    assert gone.merged_into.code == "C1"


def test_who_says_what_holds_on_the_day(books: Books) -> None:
    for day, owner in ((date(2026, 1, 1), "Ana"), (date(2026, 3, 11), "Ben")):
        customers.set_fact(books.engine, customer_id=books.alder, name="owner", value=owner, valid_from=day, actor=ANNA)
    assert customer.who(books.engine, MARCH, books.alder).facts == {"owner": "Ana"}
    with pytest.raises(NotFound):
        customer.who(books.engine, MARCH, 999)


def test_a_story_leads_from_the_invoice_to_what_settled_it(books: Books) -> None:
    told = story(books.engine, books.first)
    assert (told.label, told.document.number, told.open) == ("Invoice", "INV-1", 4000)
    assert [(line.on, line.what, line.amount, line.balance) for line in told.lines] == [
        (date(2026, 1, 1), "Posted", 10000, 10000),
        (date(2026, 2, 15), "Settled by", -6000, 4000),
    ]
    assert told.lines[1].other_id == books.payment
    assert told.lines[1].application_id == 1


def test_a_story_keeps_what_was_taken_back(books: Books) -> None:
    ledger.unapply(books.engine, application_id=1, on=date(2026, 3, 1), actor=ANNA)
    ledger.redate(books.engine, item_id=1, due_date=date(2026, 6, 30), on=date(2026, 3, 8), actor=ANNA)
    told = story(books.engine, books.first)
    assert [(line.what, line.balance, line.standing) for line in told.lines] == [
        ("Posted", 10000, True),
        ("Settled by", 4000, False),
        ("Taken back", 10000, False),
        ("New due date", 10000, True),
    ]
    assert told.open == 10000
    assert (told.due_dates, told.agreed) == ((date(2026, 1, 31),), (date(2026, 6, 30),))
    plan = next(line.application_id for line in told.lines if line.due_date)
    assert plan is not None
    ledger.unapply(books.engine, application_id=plan, actor=ANNA)
    assert story(books.engine, books.first).agreed == ()


def test_a_move_and_a_write_off_are_taken_back_as_a_whole_not_by_their_match(books: Books) -> None:
    gone = ledger.write_off(
        books.engine, item_id=1, amount=Decimal(10), reason="goodwill", on=date(2026, 3, 4), actor=ANNA
    )
    moved = ledger.transfer(
        books.engine, item_id=1, amount=Decimal(5), to_customer_id=books.birch, on=date(2026, 3, 5), actor=ANNA
    )
    told = story(books.engine, books.first)
    assert [(line.what, line.other_kind, line.application_id) for line in told.lines[2:]] == [
        ("Settled by", "Write-off", None),
        ("Moved by", "Transfer", None),
    ]
    assert [line.application_id for line in story(books.engine, gone["documents"][0]).lines] == [None, None]
    carried = story(books.engine, moved["documents"][0])
    assert (carried.code, carried.lines[0].what, carried.lines[0].other_kind) == (
        "C2",
        "Posted together with",
        "Transfer",
    )


def test_the_timeline_has_money_talks_and_changes_but_no_invoices(books: Books) -> None:
    customers.add_note(books.engine, customer_id=books.alder, text="Pays on Fridays", actor=ANNA)
    moments = timeline(books.engine, books.alder)
    assert [(m.what, m.matched) for m in moments if m.topic == "money"] == [
        ("Payment", ()),
        ("Payment", ("INV-2",)),
        ("Payment", ("INV-1",)),
    ]
    assert [m.what for m in moments if m.topic == "talk"] == ["Pays on Fridays"]
    assert "Customer created" in [m.what for m in moments if m.topic == "change"]
    assert timeline(books.engine, books.birch)[0].what == "Customer created"


def test_the_timeline_says_what_was_changed_and_from_when(books: Books) -> None:
    engine, alder = books.engine, books.alder
    ledger.unapply(engine, application_id=1, actor=ANNA)
    customers.save_details(
        engine,
        customer_id=alder,
        values={"region": "North"},
        facts={"owner": "Ana", "credit_limit": "90"},
        valid_from=date(2026, 3, 1),
        actor=ANNA,
    )
    ledger.redate(engine, item_id=1, due_date=date(2026, 6, 30), on=date(2026, 3, 8), actor=ANNA)
    changes = [m for m in timeline(engine, alder) if m.topic == "change"]
    assert [(m.what, m.day, m.document_id) for m in changes[:2]] == [
        ("New due date agreed for INV-1", date(2026, 6, 30), books.first),
        ("Credit limit changed, owner: Ana, region changed", date(2026, 3, 1), None),
    ]
    assert next(m.matched for m in timeline(engine, alder) if m.document_id == books.payment) == ()
