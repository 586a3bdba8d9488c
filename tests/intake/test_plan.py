"""Lists of invoices and snapshots of open items, told as stories on small books."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from arcore.errors import BadInput
from arcore.errors import NeedsAnswer
from arcore.intake.changes import ChangeKind
from arcore.intake.understood import RefusedRow
from arcore.ledger import service


def test_list_posts_invoices_and_the_same_list_again_changes_nothing(office, files):
    told = files.listed(files.document("INV-1", "100.00", "01-05"), files.document("INV-2", "50.00", "01-07"))
    assert office.changes(told) == {"new": 2}
    assert office.take(told) == 1
    assert office.open() == {"INV-1": "100.00", "INV-2": "50.00"}
    again = office.plan(told)
    assert again.is_empty
    assert {k: n for k, n in again.counts().items() if n} == {"unchanged": 2}
    assert office.take(told) is None


def test_paid_part_of_a_list_is_a_settlement_from_the_newest_day_of_the_list(office, files):
    office.take(
        files.listed(
            files.document("INV-1", "100.00", "01-05", left="40.00"),
            files.document("INV-2", "50.00", "01-20", left="50.00"),
        )
    )
    assert office.open("01-19") == {"INV-1": "100.00"}
    assert office.open("01-20") == {"INV-1": "40.00", "INV-2": "50.00"}
    assert office.settled() == "-60.00"
    assert office.cash() == "0.00"


def test_paid_date_makes_the_paid_part_a_payment_of_that_day(office, files):
    office.take(
        files.listed(
            files.document("INV-1", "100.00", "01-05", left="0.00", paid_on="01-25"),
            files.document("INV-2", "50.00", "01-20"),
        )
    )
    assert office.open("01-24") == {"INV-1": "100.00", "INV-2": "50.00"}
    assert office.open("01-25") == {"INV-2": "50.00"}
    assert office.cash() == "100.00"


def test_payment_in_the_same_list_is_matched_before_anything_is_inferred(office, files):
    office.take(
        files.listed(
            files.document("1050", "1500.00", "04-01", left="0.00"),
            files.payment("1500.00", "04-03"),
            files.document("1051", "250.00", "05-01", left="250.00"),
        )
    )
    assert office.documents("settlement") == []
    assert office.cash() == "1500.00"
    assert office.open("04-02") == {"1050": "1500.00"}
    assert office.open("04-03") == {}


def test_void_rows_and_drafts_are_left_out_and_drafts_come_in_when_asked(office, files):
    told = files.listed(
        files.document("INV-1", "100.00", "01-05"),
        files.document("INV-2", "70.00", "01-05", status="draft"),
        files.document("INV-3", "30.00", "01-05", status="void"),
    )
    made = office.plan(told)
    assert made.counts()["new"] == 1
    assert made.left_out == {"draft": 1}
    assert office.changes(told, include_drafts=True) == {"new": 2}
    office.take(told, include_drafts=True)
    assert office.open() == {"INV-1": "100.00", "INV-2": "70.00"}


def test_document_voided_in_the_source_is_voided_from_its_own_day(office, files):
    office.take(files.listed(files.document("INV-1", "100.00", "01-05"), files.document("INV-2", "50.00", "01-06")))
    voided = files.listed(files.document("INV-1", "0.00", "01-05", status="void"))
    assert office.changes(voided) == {"changed": 1}
    office.take(voided)
    assert office.open("01-31") == {"INV-2": "50.00"}
    assert office.changes(files.listed(files.document("INV-1", "0.00", "01-05", status="void"), path="x.csv")) == {
        "unchanged": 1
    }


# --- snapshots --------------------------------------------------------------------------------------------------------


def test_snapshots_in_order_settle_what_vanishes_and_part_pay_what_falls(office, files):
    office.take(
        files.snapshot(
            "01-31",
            files.document("INV-1", "100.00", "01-05"),
            files.document("INV-2", "50.00", "01-06", left="30.00"),
            files.document("INV-3", "80.00", "01-07"),
        )
    )
    assert office.open("01-31") == {"INV-1": "100.00", "INV-2": "30.00", "INV-3": "80.00"}
    second = files.snapshot(
        "02-28",
        files.document("INV-3", "80.00", "01-07", left="60.00"),
        files.document("INV-1", "100.00", "01-05"),
        files.document("INV-4", "20.00", "02-10"),
    )
    made = office.plan(second)
    assert {k: n for k, n in made.counts().items() if n} == {"new": 1, "settled": 1, "part_paid": 1, "unchanged": 1}
    office.take(second, yes=True)
    assert office.open("02-27") == {"INV-1": "100.00", "INV-2": "30.00", "INV-3": "80.00", "INV-4": "20.00"}
    assert office.open("02-28") == {"INV-1": "100.00", "INV-3": "60.00", "INV-4": "20.00"}
    gone = [row for row in office.documents("settlement") if row["number"] == "INV-2"][-1]
    assert gone["reference"] == "2026-01-31/2026-02-28"
    (change,) = [change for change in made.changes if change.kind is ChangeKind.SETTLED]
    assert (change.before, change.after, change.why) == (3000, 0, "No longer in the file, taken as paid")


def test_unchanged_snapshot_of_a_later_day_is_kept_once(office, files):
    rows = [files.document("INV-1", "100.00", "01-05")]
    assert office.take(files.snapshot("01-31", *rows)) == 1
    assert office.take(files.snapshot("02-28", *rows)) == 2
    assert office.take(files.snapshot("02-28", *rows)) is None


def test_snapshot_without_a_day_asks_for_it(office, files):
    told = files.snapshot(None, files.document("INV-1", "100.00", "01-05"))
    with pytest.raises(NeedsAnswer, match="as of which day"):
        office.take(told, yes=True)
    assert office.take(told, as_of=date(2026, 1, 31)) == 1


def test_two_days_at_once_are_refused(office, files):
    one = files.snapshot("01-31", files.document("INV-1", "100.00", "01-05"))
    other = files.snapshot("02-28", files.document("INV-1", "100.00", "01-05"))
    with pytest.raises(BadInput, match="different days"):
        office.plan(one, other)


def test_item_that_comes_back_is_open_again_from_the_snapshots_day(office, files):
    rows = [files.document(f"INV-{n}", "100.00", "01-05") for n in range(1, 7)]
    office.take(files.snapshot("01-31", *rows))
    office.take(files.snapshot("02-28", *rows[1:]))
    assert office.open("02-28") == {f"INV-{n}": "100.00" for n in range(2, 7)}
    back = files.snapshot("03-31", *rows)
    assert office.changes(back) == {"reopened": 1, "unchanged": 5}
    office.take(back)
    assert "INV-1" not in office.open("03-30")
    assert office.open("03-31")["INV-1"] == "100.00"
    assert "settlement" not in office.open("03-31")


def test_item_of_which_part_is_open_again_reopens_in_part(office, files):
    rest = [files.document(f"INV-{n}", "100.00", "01-05") for n in range(2, 7)]
    office.take(files.snapshot("01-31", files.document("INV-1", "100.00", "01-05"), *rest))
    office.take(files.snapshot("02-28", files.document("INV-1", "100.00", "01-05", left="10.00"), *rest))
    office.take(files.snapshot("03-31", files.document("INV-1", "100.00", "01-05", left="35.00"), *rest))
    assert [office.open(on)["INV-1"] for on in ("01-31", "02-28", "03-30", "03-31")] == [
        "100.00",
        "10.00",
        "10.00",
        "35.00",
    ]
    assert "settlement" not in office.open()


def test_credit_that_vanishes_explains_the_invoice_that_fell(office, files):
    office.take(
        files.snapshot(
            "01-31",
            files.document("INV-1", "1000.00", "01-05"),
            files.credit("CN-1", "200.00", "01-10", left="-200.00"),
        )
    )
    assert office.open() == {"CN-1": "-200.00", "INV-1": "1000.00"}
    office.take(files.snapshot("02-28", files.document("INV-1", "1000.00", "01-05", left="800.00")), yes=True)
    assert office.documents("settlement") == []
    assert office.open("02-27") == {"CN-1": "-200.00", "INV-1": "1000.00"}
    assert office.open("02-28") == {"INV-1": "800.00"}


def test_credit_that_vanishes_alone_is_settled_on_the_other_side(office, files):
    office.take(
        files.snapshot(
            "01-31",
            files.document("INV-1", "1000.00", "01-05"),
            files.credit("CN-1", "200.00", "01-10", left="-200.00"),
        )
    )
    office.take(files.snapshot("02-28", files.document("INV-1", "1000.00", "01-05")), yes=True)
    assert office.settled() == "200.00"
    assert office.open() == {"INV-1": "1000.00"}


def test_snapshot_settles_invoices_of_a_list_that_never_said_what_is_open(office, files):
    office.take(
        files.listed(
            files.document("INV-1", "100.00", "01-05"),
            files.document("INV-2", "50.00", "01-06"),
            files.document("INV-3", "70.00", "02-15"),
        )
    )
    office.take(files.snapshot("01-31", files.document("INV-2", "50.00", "01-06")), yes=True)
    assert office.open("02-15") == {"INV-2": "50.00", "INV-3": "70.00"}


def test_list_and_snapshot_in_one_go_say_the_same_as_one_after_the_other(office, files, other):
    listed = files.listed(files.document("INV-1", "100.00", "01-05"), files.document("INV-2", "50.00", "01-06"))
    snapshot = files.snapshot("01-31", files.document("INV-2", "50.00", "01-06", left="20.00"))
    office.take(listed, snapshot, yes=True)
    other.take(listed)
    other.take(snapshot, yes=True)
    assert office.open("01-31") == other.open("01-31") == {"INV-2": "20.00"}
    assert office.history() == other.history()


# --- what was booked here ---------------------------------------------------------------------------------------------


def invoice_of(office: Any, number: str) -> int:
    """Return the item of an invoice."""
    rows = office.rows(
        "SELECT i.id FROM item i JOIN document d ON d.id = i.document_id WHERE d.number = :n AND d.kind = 'invoice' "
        "AND i.origin_item_id IS NULL ORDER BY i.id DESC",
        n=number,
    )
    item: int = rows[0]["id"]
    return item


def pay(office: Any, number: str, amount: str, on: str) -> None:
    """Record a payment of an invoice by hand."""
    customer = office.rows("SELECT customer_id FROM document WHERE number = :n", n=number)[0]["customer_id"]
    service.record_payment(
        office.engine,
        customer_id=customer,
        received_on=date.fromisoformat(f"2026-{on}"),
        currency="EUR",
        amount=Decimal(amount),
        apply_to=[(invoice_of(office, number), Decimal(amount))],
        actor=office.actor,
    )


def test_payment_booked_here_is_pending_in_source_and_never_reopened(office, files):
    rows = [files.document(f"INV-{n}", "100.00", "01-05") for n in range(1, 7)]
    office.take(files.snapshot("01-31", *rows))
    pay(office, "INV-1", "100.00", "02-10")
    made = office.plan(files.snapshot("02-28", *rows))
    assert {k: n for k, n in made.counts().items() if n} == {"pending_in_source": 1, "unchanged": 5}
    office.take(files.snapshot("02-28", *rows))
    assert "INV-1" not in office.open()
    office.take(files.snapshot("03-31", *rows[1:]))
    assert office.documents("settlement") == []
    assert office.cash() == "100.00"


def test_source_catches_up_with_a_payment_and_more(office, files):
    rows = [files.document(f"INV-{n}", "100.00", "01-05") for n in range(1, 7)]
    office.take(files.snapshot("01-31", *rows))
    pay(office, "INV-1", "30.00", "02-10")
    office.take(files.snapshot("02-28", files.document("INV-1", "100.00", "01-05", left="50.00"), *rows[1:]))
    assert office.open("02-28")["INV-1"] == "50.00"
    assert office.settled() == "-20.00"


def test_payment_after_the_snapshots_day_makes_room_for_what_the_snapshot_says(office, files):
    rows = [files.document(f"INV-{n}", "1000.00", "01-05") for n in range(1, 7)]
    office.take(files.snapshot("01-31", *rows))
    pay(office, "INV-1", "500.00", "03-05")
    office.take(files.snapshot("02-28", files.document("INV-1", "1000.00", "01-05", left="400.00"), *rows[1:]))
    assert office.open("02-28")["INV-1"] == "400.00"
    assert "INV-1" not in office.open("03-05")
    assert office.open("03-05")["payment"] == "-100.00"


def test_invoice_booked_here_is_recognised_when_the_source_tells_it(office, files):
    office.take(files.listed(files.document("INV-1", "100.00", "01-05")))
    customer = office.rows("SELECT id FROM customer")[0]["id"]
    service.post_invoice(
        office.engine,
        customer_id=customer,
        document_date=date(2026, 2, 1),
        currency="EUR",
        instalments=[(Decimal("70.00"), date(2026, 3, 1))],
        details={"number": "INV-2"},
        actor=office.actor,
    )
    made = office.plan(files.listed(files.document("INV-1", "100.00", "01-05"), path="again.csv"))
    assert made.counts()["unchanged"] == 1  # the very same rows: the name of the file does not matter
    made = office.plan(files.listed(files.document("INV-3", "5.00", "02-03")))
    assert [c.number for c in made.changes if c.kind is ChangeKind.PENDING_IN_SOURCE] == ["INV-2"]
    office.take(files.listed(files.document("INV-2", "70.00", "02-02", due="03-04")))
    assert office.open() == {"INV-1": "100.00", "INV-2": "70.00"}


def test_payment_booked_here_is_recognised_when_a_list_of_payments_tells_it(office, files):
    office.take(files.listed(files.document("INV-1", "100.00", "01-05")))
    pay(office, "INV-1", "100.00", "02-10")
    office.take(files.payments(files.payment("100.00", "02-10", "INV-1", number="R-7")))
    assert office.cash() == "100.00"
    assert office.open() == {}


def test_agreed_due_date_is_not_overwritten_by_the_sources_old_one(office, files):
    rows = [files.document(f"INV-{n}", "100.00", "01-05", due="02-05") for n in range(1, 7)]
    office.take(files.snapshot("01-31", *rows))
    item = invoice_of(office, "INV-1")
    service.redate(office.engine, item_id=item, due_date=date(2026, 5, 5), on=date(2026, 2, 10), actor=office.actor)
    office.take(files.snapshot("02-28", *rows))
    office.take(files.snapshot("03-31", rows[0]._replace(due_date=date(2026, 2, 20)), *rows[1:]))
    dues = {row["due_date"] for row in open_items(office, "INV-1")}
    assert {str(due) for due in dues} == {"2026-05-05"}


def open_items(office: Any, number: str) -> list[dict[str, Any]]:
    """Return the items of an invoice that have something open."""
    found: list[dict[str, Any]] = office.rows(
        "SELECT i.due_date, i.original_due_date, i.amount - COALESCE((SELECT SUM(amount) FROM application "
        "WHERE to_item_id = i.id), 0) + COALESCE((SELECT SUM(amount) FROM application WHERE from_item_id = i.id), 0) "
        "AS units FROM item i JOIN document d ON d.id = i.document_id WHERE d.number = :n AND d.reverses_id IS NULL",
        n=number,
    )
    return [row for row in found if row["units"]]


# --- changes ----------------------------------------------------------------------------------------------------------


def test_new_due_date_in_the_source_redates_and_keeps_the_contractual_one(office, files):
    rows = [files.document(f"INV-{n}", "100.00", "01-05", due="02-05") for n in range(1, 7)]
    office.take(files.snapshot("01-31", *rows))
    made = files.snapshot("02-28", rows[0]._replace(due_date=date(2026, 3, 5)), *rows[1:])
    assert office.changes(made) == {"changed": 1, "unchanged": 5}
    office.take(made)
    (item,) = open_items(office, "INV-1")
    assert (str(item["due_date"]), str(item["original_due_date"])) == ("2026-03-05", "2026-02-05")
    office.take(files.snapshot("03-31", rows[0]._replace(due_date=date(2026, 4, 5)), *rows[1:]))
    (item,) = open_items(office, "INV-1")
    assert (str(item["due_date"]), str(item["original_due_date"])) == ("2026-04-05", "2026-02-05")


def test_new_amount_posts_the_invoice_again_and_keeps_its_payment(office, files):
    office.take(files.listed(files.document("INV-1", "100.00", "01-05")))
    pay(office, "INV-1", "40.00", "01-20")
    changed = files.listed(files.document("INV-1", "130.00", "01-05"))
    made = office.plan(changed)
    assert made.counts()["changed"] == 1
    assert made.changes[0].why == "Amount 100.00 → 130.00"
    office.take(changed)
    assert office.open("01-10") == {"INV-1": "130.00"}
    assert office.open("01-20") == {"INV-1": "90.00"}
    assert office.take(changed) is None


def test_new_amount_smaller_than_its_payment_leaves_the_rest_unapplied(office, files):
    office.take(files.listed(files.document("INV-1", "100.00", "01-05")))
    pay(office, "INV-1", "80.00", "01-20")
    office.take(files.listed(files.document("INV-1", "50.00", "01-05")))
    assert office.open() == {"payment": "-30.00"}


def test_changed_customer_moves_the_invoice_and_leaves_the_payment(office, files):
    office.take(files.listed(files.document("INV-1", "100.00", "01-05", key="id:1")))
    pay(office, "INV-1", "40.00", "01-20")
    office.take(files.listed(files.document("INV-1", "100.00", "01-05", key="id:1", customer="Birch")))
    assert office.open() == {"INV-1": "100.00", "payment": "-40.00"}
    owner = office.rows(
        "SELECT c.name FROM document d JOIN customer c ON c.id = d.customer_id WHERE d.kind = 'invoice' ORDER BY d.id"
    )
    assert [row["name"] for row in owner] == ["Alder", "Alder", "Birch"]


def test_write_off_made_here_stands_on_the_changed_invoice_too(office, files):
    office.take(files.listed(files.document("INV-1", "100.00", "01-05")))
    service.write_off(
        office.engine,
        item_id=invoice_of(office, "INV-1"),
        amount=Decimal("10.00"),
        reason="goodwill",
        on=date(2026, 2, 1),
        actor=office.actor,
    )
    office.take(files.listed(files.document("INV-1", "120.00", "01-05")))
    assert office.open() == {"INV-1": "110.00"}


def test_changed_amount_of_a_transferred_invoice_waits_until_the_transfer_is_taken_back(office, files):
    office.take(
        files.listed(files.document("INV-1", "100.00", "01-05"), files.document("INV-2", "1.00", "01-05", customer="B"))
    )
    target = office.rows("SELECT id FROM customer WHERE name = 'B'")[0]["id"]
    service.transfer(
        office.engine,
        item_id=invoice_of(office, "INV-1"),
        amount=Decimal("100.00"),
        to_customer_id=target,
        on=date(2026, 2, 1),
        actor=office.actor,
    )
    changed = files.listed(files.document("INV-1", "130.00", "01-05"))
    made = office.plan(changed)
    assert made.counts()["pending_in_source"] == 1
    assert "moved to another customer" in next(c.why for c in made.changes if c.number == "INV-1")
    transfer = office.rows("SELECT MIN(id) AS id FROM document WHERE kind = 'transfer'")[0]["id"]
    office.take(changed)
    service.void(office.engine, document_id=transfer, actor=office.actor)
    office.take(changed)
    assert office.open()["INV-1"] == "130.00"


def test_source_settles_an_invoice_that_was_transferred_here(office, files):
    rows = [files.document(f"INV-{n}", "100.00", "01-05") for n in range(1, 7)]
    office.take(files.snapshot("01-31", *rows, files.document("B-1", "1.00", "01-05", customer="B")))
    target = office.rows("SELECT id FROM customer WHERE name = 'B'")[0]["id"]
    service.transfer(
        office.engine,
        item_id=invoice_of(office, "INV-1"),
        amount=Decimal("60.00"),
        to_customer_id=target,
        on=date(2026, 2, 1),
        actor=office.actor,
    )
    office.take(files.snapshot("02-28", *rows[1:], files.document("B-1", "1.00", "01-05", customer="B")))
    assert office.open() == {"B-1": "1.00", **{f"INV-{n}": "100.00" for n in range(2, 7)}}


# --- who and what -----------------------------------------------------------------------------------------------------


def test_names_with_and_without_codes_are_one_customer(office, files):
    office.take(files.listed(files.document("INV-1", "10.00", "01-05", customer="Alder Ltd")))
    office.take(files.listed(files.document("INV-2", "20.00", "01-06", customer="Alder  Ltd", code="C001")))
    office.take(files.listed(files.document("INV-3", "30.00", "01-07", customer="Alder Limited", code="C001")))
    assert [(row["code"], row["name"]) for row in office.rows("SELECT code, name FROM customer")] == [
        ("C001", "Alder Ltd")
    ]


def test_same_invoice_from_two_exports_of_one_system_is_one(office, files):
    office.take(files.listed(files.document("INV-1", "100.00", "01-05", key="id:9000")))
    office.take(files.snapshot("01-31", files.document("INV-1", "100.00", "01-05", left="40.00")))
    assert office.open() == {"INV-1": "40.00"}
    office.take(files.snapshot("02-28", files.document("INV-1", "100.00", "01-05", left="40.00")))
    assert office.open() == {"INV-1": "40.00"}


def test_payment_finds_its_customer_by_the_invoice_it_names(office, files):
    office.take(files.listed(files.document("INV-1", "100.00", "01-05")))
    office.take(files.payments(files.payment("100.00", "01-20", "INV-1", customer="", currency="")))
    assert office.open() == {}


def test_row_without_customer_and_odd_years_are_refused_and_the_rest_is_booked(office, files):
    told = files.listed(
        files.document("INV-1", "100.00", "01-05"),
        files.document("INV-2", "100.00", "01-05", customer=""),
        files.document("INV-3", "100.00", "1066-10-14"),
        files.document("INV-4", "99999999999999999", "01-05"),
    )
    made = office.plan(told)
    assert [(row.number, row.column) for row in made.refused] == [
        ("INV-2", "customer"),
        ("INV-3", "date"),
        ("INV-4", ""),
    ]
    assert made.counts() | {"new": 1, "refused": 3} == made.counts()
    office.take(told)
    assert office.open() == {"INV-1": "100.00"}


def test_a_payment_larger_than_what_is_open_says_what_stays_on_account(office, files):
    office.take(files.listed(files.document("INV-1", "100.00", "01-05")))
    exact = office.plan(files.payments(files.payment("100.00", "01-20", "INV-1")))
    assert exact.warnings == ()
    larger = office.plan(
        files.payments(files.payment("125.00", "01-20", "INV-1"), files.payment("7.00", "01-21", customer="Birch"))
    )
    assert larger.warnings == ("2 payments are larger than what they can pay: 32.00 EUR stays on account, unapplied",)


def test_amount_without_currency_is_taken_as_the_companys_and_said(office, files):
    made = office.plan(files.listed(files.document("INV-1", "100.00", "01-05", currency="")))
    assert made.warnings == ("Amounts without a currency are taken as EUR, the company's",)
    assert (
        office.plan(files.listed(files.document("INV-1", "100", "01-05", currency="")), currency="JPY").warnings == ()
    )


def test_balances_are_compared_and_never_booked(office, files, read_text):
    office.take(files.listed(files.document("INV-1", "100.00", "01-05"), files.document("INV-2", "7.00", "03-05")))
    told = read_text(
        "Customer,Current,1-30,31-60,Total\nAlder,100.00,0.00,0.00,120.00\nBirch,5.00,0.00,0.00,5.00\n",
        currency="EUR",
    )
    assert told.kind == "balances"
    made = office.plan(told, as_of=date(2026, 1, 31))
    assert [(b.customer, b.stated, b.ours, b.difference) for b in made.balances] == [
        ("Alder", 12000, 10000, 2000),
        ("Birch", 500, 0, 500),
    ]
    assert made.is_empty


def test_refused_line_counts_as_present(office, files):
    rows = [files.document(f"INV-{n}", "100.00", "01-05") for n in range(1, 7)]
    office.take(files.snapshot("01-31", *rows))
    bad = RefusedRow("open.csv", 9, "Amount", "12,3x", "not an amount", "INV-1", "Alder")
    office.take(files.snapshot("02-28", *rows[1:], refused=(bad,)))
    assert office.open()["INV-1"] == "100.00"
    nameless = replace(bad, number="")
    office.take(files.snapshot("03-31", *rows[2:], refused=(nameless,)))
    assert len(office.open()) == 6


def test_payment_without_entity_follows_the_invoice_that_it_names(office, files):
    office.take(
        files.listed(files.document("INV-1", "100.00", "01-05", entity="CA02"), files.document("I-2", "5", "01-05"))
    )
    office.take(files.payments(files.payment("100.00", "01-20", "INV-1")))
    assert office.open() == {"I-2": "5.00"}
    assert office.documents("payment")[0]["entity"] == "CA02"


def test_first_word_on_a_segment_holds_from_the_beginning_and_a_new_one_from_its_day(office, read_text):
    head = "Customer,Segment,Credit limit,Currency,Email\n"
    office.take(read_text(head + "Alder,Retail,500.00,EUR,ap@alder.example\n"))
    office.take(read_text(head + "Alder,Trade,500.00,EUR,ap@alder.example\n"))
    rows = office.rows("SELECT name, value, valid_from FROM customer_fact ORDER BY id")
    assert [(row["name"], row["value"], str(row["valid_from"])) for row in rows] == [
        ("segment", "Retail", "1970-01-01"),
        ("credit_limit", "50000", "1970-01-01"),
        ("segment", "Trade", "2026-06-30"),
    ]
    assert len(office.rows("SELECT id FROM contact")) == 1
