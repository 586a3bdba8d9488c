"""Undo: the books stand as if the import had never come; import, undo, import gives the first figures."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from arcore.errors import AlreadyReversed
from arcore.errors import NotAllowed
from arcore.errors import NotFound
from arcore.errors import RuleBroken
from arcore.intake.undo import undo
from arcore.ledger import service
from arcore.store.unit import Actor


@pytest.fixture
def listed(files):
    """Return a list with a paid part."""
    return files.listed(
        files.document("INV-1", "100.00", "01-05", left="40.00"),
        files.document("INV-2", "50.00", "01-20", left="50.00"),
    )


def test_undo_leaves_nothing_open_on_any_day_and_the_same_file_comes_in_again(office, files, listed):
    first = office.take(listed)
    history = office.history()
    told = office.undo(first)
    assert told["documents"] == 3
    assert told["change"] == {"EUR": "-90.00"}
    assert told["plan"]["new"] == 2
    assert office.history() == {}
    assert office.take(listed) == 2
    assert office.history() == history


def test_undo_of_payments_brings_the_settlements_back(office, files, listed):
    office.take(listed)
    before = office.history()
    paid = files.payments(files.payment("60.00", "01-10", "INV-1"), files.payment("9.00", "01-11"))
    number = office.take(paid)
    after = office.history()
    office.undo(number)
    assert office.history() == before
    assert office.settled() == "-60.00"
    assert office.cash() == "0.00"
    office.take(paid)
    assert office.history() == after
    assert office.settled() == "0.00"


def test_later_import_of_the_same_source_is_undone_first(office, files, listed):
    office.take(listed)
    office.take(files.payments(files.payment("60.00", "01-10", "INV-1")))
    with pytest.raises(RuleBroken, match="Import 2 came later from the same source") as refused:
        office.undo(1)
    assert refused.value.details["later"] == [2]
    office.undo(2)
    office.undo(1)
    assert office.history() == {}


def test_import_of_another_source_does_not_stand_in_the_way_and_its_payments_stay_unapplied(office, files, listed):
    office.take(listed)
    office.take(files.payments(files.payment("60.00", "01-10", "INV-1"), profile="bank_tool"))
    assert office.open() == {"INV-1": "40.00", "INV-2": "50.00"}
    office.undo(1)
    assert office.open() == {"payment": "-60.00"}


def test_payment_recorded_by_hand_stays_unapplied(office, files):
    office.take(files.listed(files.document("INV-1", "100.00", "01-05")))
    customer = office.rows("SELECT id FROM customer")[0]["id"]
    service.record_payment(
        office.engine,
        customer_id=customer,
        received_on=date(2026, 1, 20),
        currency="EUR",
        amount=Decimal("30.00"),
        apply_to=[(1, Decimal("30.00"))],
        actor=office.actor,
    )
    office.undo(1)
    assert office.open() == {"payment": "-30.00"}


@pytest.mark.parametrize("together", [True, False])
def test_a_payment_that_bounced_stays_with_its_bounce_and_nothing_of_it_is_open(office, files, together):
    invoice, payment = files.document("INV-1", "100.00", "01-05"), files.payment("100.00", "01-20", "INV-1")
    if together:
        last = office.take(files.listed(invoice, payment))
    else:
        office.take(files.listed(invoice))
        last = office.take(files.payments(payment))
    (paid,) = office.documents("payment")
    service.reverse_payment(office.engine, document_id=paid["id"], on=date(2026, 2, 20), actor=office.actor)
    assert office.open() == {"INV-1": "100.00"}

    told = office.undo(last)
    assert (told["documents"], told["bounced_kept"]) == (1 if together else 0, 1)
    assert told["change"] == ({"EUR": "-100.00"} if together else {})
    assert office.open() == ({} if together else {"INV-1": "100.00"})
    # Between the two days the money was there, whatever becomes of the file that told it.
    assert sum(Decimal(left) for left in office.open("02-19").values()) == (-100 if together else 0)
    assert [document["amount"] for document in office.documents("payment_reversal")] == [10000]
    if not together:
        office.undo(1)
        assert office.open() == {}


def test_a_write_off_of_an_import_undone_stands_again_on_what_is_posted_again(office, files):
    office.take(files.listed(files.document("INV-1", "100.00", "01-05")))
    service.write_off(
        office.engine, item_id=1, amount=Decimal("5.00"), reason="goodwill", on=date(2026, 3, 1), actor=office.actor
    )
    before = office.history()
    office.take(files.listed(files.document("INV-1", "130.00", "01-05")))
    assert office.open() == {"INV-1": "125.00"}
    office.undo(2)
    assert office.history() == before


def test_write_off_and_agreed_due_date_go_with_the_invoice(office, files):
    office.take(files.listed(files.document("INV-1", "100.00", "01-05")))
    service.redate(office.engine, item_id=1, due_date=date(2026, 5, 1), on=date(2026, 2, 1), actor=office.actor)
    service.write_off(
        office.engine, item_id=2, amount=Decimal("5.00"), reason="goodwill", on=date(2026, 3, 1), actor=office.actor
    )
    office.undo(1)
    assert office.open() == {}
    assert office.open("02-15") == {}


def test_undo_of_a_new_due_date_gives_the_old_one_back_under_a_payment(office, files):
    rows = [files.document(f"INV-{n}", "100.00", "01-05", due="02-05") for n in range(1, 7)]
    office.take(files.snapshot("01-31", *rows))
    moved = files.document("INV-1", "100.00", "01-05", due="03-05")
    office.take(files.snapshot("02-28", moved, *rows[1:]))
    open_item = "SELECT id FROM item WHERE document_id = 1 ORDER BY id DESC"
    customer = office.rows("SELECT id FROM customer")[0]["id"]
    service.record_payment(
        office.engine,
        customer_id=customer,
        received_on=date(2026, 3, 10),
        currency="EUR",
        amount=Decimal("30.00"),
        apply_to=[(office.rows(open_item)[0]["id"], Decimal("30.00"))],
        actor=office.actor,
    )
    office.undo(2)
    due = {key[3] for key in office.history() if key[1] == "INV-1"}
    assert due >= {"2026-02-05"}
    assert office.open()["INV-1"] == "70.00"
    assert office.open("03-09")["INV-1"] == "100.00"


def test_undo_of_a_changed_amount_restores_the_invoice_with_its_payment(office, files):
    office.take(files.listed(files.document("INV-1", "100.00", "01-05")))
    office.take(files.payments(files.payment("40.00", "01-10", "INV-1")))
    before = office.history()
    office.take(files.listed(files.document("INV-1", "130.00", "01-05")))
    assert office.open() == {"INV-1": "90.00"}
    office.undo(3)
    assert office.history() == before
    office.take(files.listed(files.document("INV-1", "120.00", "01-05")))
    assert office.open() == {"INV-1": "80.00"}
    for number in (4, 2, 1):
        office.undo(number)
    assert office.history() == {}


def test_transferred_invoice_stands_in_the_way_and_is_named(office, files):
    office.take(
        files.listed(files.document("INV-1", "100.00", "01-05"), files.document("B-1", "1.00", "01-05", customer="B"))
    )
    target = office.rows("SELECT id FROM customer WHERE name = 'B'")[0]["id"]
    service.transfer(
        office.engine,
        item_id=1,
        amount=Decimal("100.00"),
        to_customer_id=target,
        on=date(2026, 2, 1),
        actor=office.actor,
    )
    before = office.history()
    with pytest.raises(RuleBroken, match=r"Invoice INV-1 was moved by a transfer on 2026-02-01: void that first"):
        office.undo(1)
    assert office.history() == before


def test_dry_run_changes_nothing_and_says_every_balance(office, files, listed):
    office.take(listed)
    before = office.history()
    told = undo(office.engine, 1, actor=office.actor, dry_run=True)
    assert [(row["number"], row["before"], row["after"]) for row in told["effects"] if row["kind"] == "invoice"] == [
        ("INV-1", "40.00", "0.00"),
        ("INV-2", "50.00", "0.00"),
    ]
    assert office.history() == before


def test_what_can_not_be_undone_is_said(office, files, listed):
    office.take(listed)
    with pytest.raises(NotFound, match="no import 9"):
        office.undo(9)
    with pytest.raises(NotAllowed):
        undo(office.engine, 1, actor=Actor("eve", "viewer"))
    office.undo(1)
    with pytest.raises(AlreadyReversed, match="undone before"):
        office.undo(1)


def test_undoing_in_turn_gives_back_every_past_day_of_a_match_that_had_ended(office, files):
    def invoice(left):
        return files.document("INV-1", "400.00", "01-05", due="02-10", left=left)

    office.take(files.snapshot("01-31", invoice("300.00"), files.credit("CN-5", "100.00", "01-06", left="-100.00")))
    months = [[invoice("100.00")], [invoice("400.00"), files.credit("CN-6", "200.00", "01-06", left="-100.00")]]
    before = []
    for day, rows in zip(("02-28", "03-28"), months, strict=True):
        before.append(office.balances())
        office.take(files.snapshot(day, *rows), yes=True)
    for number in (3, 2):
        told = undo(office.engine, number, actor=office.actor, dry_run=True)
        assert told["consequences"].past == ()
        office.undo(number)
        assert office.balances() == before.pop()
        assert office.whole()
    assert office.open() == {"CN-5": "-100.00", "INV-1": "300.00"}


def test_a_match_that_a_late_snapshot_made_smaller_stands_in_full_again(office, files):
    credit = files.credit("CN-5", "200.00", "01-06", left="-200.00")
    office.take(files.snapshot("03-28"))
    first = [
        files.document("INV-1", "200.00", "01-05"),
        credit,
        files.credit("CN-6", "300.00", "01-06", left="-300.00"),
    ]
    office.take(files.snapshot("01-31", *first), yes=True)
    before = office.balances()
    assert before["INV-1"] == [("2026-01-05", 20_000), ("2026-03-28", -20_000)]
    # CN-6 pays half of the invoice already in February, so CN-5 pays the other half only.
    late = office.take(
        files.snapshot("02-28", files.document("INV-1", "200.00", "01-05", left="100.00"), credit), yes=True
    )
    assert office.balances()["INV-1"] == [("2026-01-05", 20_000), ("2026-02-28", -10_000), ("2026-03-28", -10_000)]
    office.undo(late)
    assert office.balances() == before
    assert office.whole()


def test_undone_in_turn_no_document_shows_in_the_past_what_another_one_was(office, files):
    first, second = files.document("INV-1", "200.00", "01-05"), files.document("INV-2", "100.00", "01-05")
    credit = files.credit("CN-5", "200.00", "01-06", left="-200.00")
    before, taken = [], []
    for day, rows in (
        ("01-31", (first, second)),
        ("02-28", (credit,)),
        ("03-28", (second,)),
        ("04-25", (first, credit)),
    ):
        before.append(office.balances())
        taken.append(office.take(files.snapshot(day, *rows), yes=True))
    for number in reversed(taken):
        office.undo(number)
        assert office.balances() == before.pop()
    assert office.whole()


def test_where_somebody_booked_since_past_days_stay_and_the_preview_names_the_customer(office, files):
    def invoice(left):
        return files.document("INV-1", "400.00", "01-05", due="02-10", left=left)

    office.take(files.snapshot("01-31", invoice("300.00"), files.credit("CN-5", "100.00", "01-06", left="-100.00")))
    office.take(files.snapshot("02-28", invoice("100.00")), yes=True)
    back = [invoice("400.00"), files.credit("CN-6", "200.00", "01-06", left="-100.00")]
    office.take(files.snapshot("03-28", *back), yes=True)
    customer = office.rows("SELECT id FROM customer")[0]["id"]
    service.record_payment(
        office.engine, customer_id=customer, received_on=date(2026, 3, 30), currency="EUR", amount=Decimal("10.00"),
        actor=office.actor,
    )  # fmt: skip
    for number, left in ((3, "100.00"), (2, "300.00")):
        assert undo(office.engine, number, actor=office.actor, dry_run=True)["consequences"].past == ("Alder",)
        office.undo(number)
        assert office.open()["INV-1"] == left
        assert office.whole()


def test_same_key_undoes_once(office, files, listed):
    office.take(listed)
    first = undo(office.engine, 1, actor=office.actor, key="k")
    assert undo(office.engine, 1, actor=office.actor, key="k") == first


def test_customers_stay_and_facts_contacts_and_coverage_go_back(office, files, read_text):
    office.take(files.listed(files.document("INV-1", "100.00", "01-05")))
    told = read_text(
        "Customer,Segment,Collector,Email\nAlder,Retail,Ann,ap@alder.example\nBirch,Trade,Bob,b@birch.example\n"
    )
    assert told.kind == "customers"
    office.take(told)
    assert facts(office) == {
        ("Alder", "segment"): "Retail",
        ("Alder", "owner"): "Ann",
        ("Birch", "segment"): "Trade",
        ("Birch", "owner"): "Bob",
    }
    assert len(office.rows("SELECT * FROM contact")) == 2
    office.undo(2)
    assert set(facts(office).values()) == {""}
    assert office.rows("SELECT * FROM contact") == []
    assert [row["name"] for row in office.rows("SELECT name FROM customer ORDER BY id")] == ["Alder", "Birch"]
    office.undo(1)
    assert [bool(row["withdrawn"]) for row in office.rows("SELECT withdrawn FROM coverage")] == [True]


def facts(office) -> dict[tuple[str, str], str]:
    """Return what is known of customers now."""
    rows = office.rows(
        "SELECT c.name, f.name AS fact, f.value FROM customer_fact f JOIN customer c ON c.id = f.customer_id "
        "ORDER BY f.valid_from, f.id"
    )
    return {(row["name"], row["fact"]): row["value"] for row in rows}
