"""Another agreed due date: a new item takes the balance over; the contractual date and the history stay."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from arcore.errors import AlreadyReversed
from arcore.errors import BadInput
from arcore.errors import RuleBroken

AGREED, CONTRACTUAL = "due_date", "original_due_date"


def move_back(books, item, on):
    books.do("move_back", item_id=item, on=date.fromisoformat(f"2026-{on}"))


def test_both_dates_are_kept(books):
    invoice = books.invoice("100", "01-01", due="01-31")
    plan = books.redate(invoice, "06-30", on="03-01")

    assert [(books.open(invoice, on), books.open(plan, on)) for on in ("02-28", "03-01")] == [
        ("100.00", "0.00"),
        ("0.00", "100.00"),
    ]
    assert books.aging("03-01", basis=AGREED) == {"not due": "100.00"}
    assert books.aging("03-01", basis=CONTRACTUAL) == {"1-30": "100.00"}
    assert books.aging("07-01", basis=AGREED) == {"1-30": "100.00"}
    assert books.aging("07-01", basis=CONTRACTUAL) == {"91+": "100.00"}
    # The report of February does not change.
    assert books.aging("02-28", basis=AGREED) == {"1-30": "100.00"}


def test_the_new_item_stands_under_the_same_document_and_names_its_origin(books):
    invoice = books.invoice("100", "01-01", due="01-31")
    plan = books.redate(invoice, "06-30", on="03-01")
    born = books.rows("SELECT * FROM item WHERE id = :id", id=plan)[0]

    assert (born["document_id"], born["origin_item_id"], born["amount"]) == (books.document(invoice), invoice, 0)
    assert (born["due_date"], born["original_due_date"]) == ("2026-06-30", "2026-01-31")


def test_a_second_re_dating_still_knows_the_first_due_date(books):
    invoice = books.invoice("100", "01-01", due="01-31")
    first = books.redate(invoice, "03-31", on="02-01")
    second = books.redate(first, "06-30", on="04-01")

    assert [books.aging(on) for on in ("03-31", "04-01", "07-30")] == [
        {"not due": "100.00"},
        {"not due": "100.00"},
        {"1-30": "100.00"},
    ]
    assert books.aging("04-01", basis=CONTRACTUAL) == {"31-60": "100.00"}
    assert books.open(second) == "100.00"


def test_a_plan_splits_what_is_left_into_instalments(books):
    invoice = books.invoice("100", "01-01", due="01-31")
    books.payment("10", "02-05", (invoice, "10"))
    parts = [
        books.redate(invoice, due, on="02-10", amount=amount)
        for due, amount in (("03-10", "30"), ("04-10", "30"), ("05-10", "30"))
    ]

    assert [books.open(item) for item in (invoice, *parts)] == ["0.00", "30.00", "30.00", "30.00"]
    assert books.aging("04-10") == {"31-60": "30.00", "not due": "60.00"}
    assert books.aging("04-10", basis=CONTRACTUAL) == {"61-90": "90.00"}


def test_no_more_is_re_dated_than_is_open(books):
    invoice = books.invoice("100", "01-01")
    books.payment("40", "02-01", (invoice, "40"))

    with pytest.raises(RuleBroken, match=r"has 60\.00 EUR open"):
        books.redate(invoice, "06-30", on="03-01", amount="61")
    books.payment("60", "02-02", (invoice, "60"))
    with pytest.raises(RuleBroken, match="has nothing open that could get a new due date"):
        books.redate(invoice, "06-30", on="03-01")


def test_a_new_due_date_that_no_book_can_hold_is_refused(books):
    invoice = books.invoice("100", "01-01")

    with pytest.raises(BadInput, match="9999-12-31 is not a date that books can hold"):
        books.do("redate", item_id=invoice, due_date=date(9999, 12, 31), on=date(2026, 3, 1))


def test_cash_that_came_before_the_re_dating_keeps_its_day_and_waits_unapplied(books):
    invoice = books.invoice("100", "01-01", due="01-31")
    plan = books.redate(invoice, "06-30", on="03-01")
    payment = books.payment("100", "02-15", (plan, "100"))  # found in April, received in February

    assert books.aging("02-20") == {"1-30": "100.00", "unapplied": "-100.00"}
    assert books.aging("03-01") == {}
    assert [books.open(payment, on) for on in ("02-14", "02-15", "02-28", "03-01")] == [
        "0.00",
        "-100.00",
        "-100.00",
        "0.00",
    ]


def test_cash_can_not_be_applied_to_the_item_that_gave_its_balance_away(books):
    invoice = books.invoice("100", "01-01")
    books.redate(invoice, "06-30", on="03-01")

    with pytest.raises(RuleBroken, match=r"has 0\.00 EUR open"):
        books.payment("100", "02-15", (invoice, "100"))


def test_re_dating_leaves_alone_what_a_later_payment_already_takes(books):
    invoice = books.invoice("100", "01-01", due="01-31")
    books.payment("40", "04-01", (invoice, "40"))
    plan = books.redate(invoice, "06-30", on="03-01")

    assert [books.open(invoice, on) for on in ("02-28", "03-01", "04-01")] == ["100.00", "40.00", "0.00"]
    assert books.open(plan) == "60.00"


def test_a_cancelled_plan_moves_what_is_left_back_from_that_day(books):
    invoice = books.invoice("100", "01-01", due="01-31")
    plan = books.redate(invoice, "06-30", on="02-01")
    books.payment("30", "02-15", (plan, "30"))
    move_back(books, plan, "03-01")

    assert [(books.open(invoice, on), books.open(plan, on)) for on in ("02-28", "03-01")] == [
        ("0.00", "70.00"),
        ("70.00", "0.00"),
    ]
    assert books.aging("02-28") == {"not due": "70.00"}
    assert books.aging("03-01") == {"1-30": "70.00"}


def test_a_payment_that_bounces_after_the_plan_was_cancelled_returns_to_the_first_due_date(books):
    invoice = books.invoice("100", "01-01", due="01-31")
    plan = books.redate(invoice, "06-30", on="02-01")
    payment = books.payment("30", "02-15", (plan, "30"))
    move_back(books, plan, "03-01")
    books.bounce(payment, "03-20")

    assert books.open(plan, "03-20") == "0.00"
    assert [books.open(invoice, on) for on in ("03-19", "03-20")] == ["70.00", "100.00"]
    assert books.aging("03-20") == {"31-60": "100.00"}


def test_a_plan_paid_in_full_and_cancelled_still_sends_a_bounced_payment_home(books):
    invoice = books.invoice("100", "01-01", due="01-31")
    plan = books.redate(invoice, "06-30", on="02-01")
    payment = books.payment("100", "02-15", (plan, "100"))
    move_back(books, plan, "03-01")
    assert books.aging("03-01") == {}
    books.bounce(payment, "03-20")

    assert (books.open(invoice), books.open(plan)) == ("100.00", "0.00")


def test_a_bounce_recorded_before_the_plan_is_cancelled_for_an_earlier_day_returns_home_too(books):
    invoice = books.invoice("100", "01-01", due="01-31")
    plan = books.redate(invoice, "06-30", on="02-01")
    payment = books.payment("30", "03-10", (plan, "30"))
    books.bounce(payment, "03-20")
    move_back(books, plan, "03-01")

    days = ("02-28", "03-01", "03-10", "03-20")
    assert [books.open(plan, on) for on in days] == ["100.00", "30.00", "0.00", "0.00"]
    assert [books.open(invoice, on) for on in days] == ["0.00", "70.00", "70.00", "100.00"]
    assert books.aging("03-20") == {"31-60": "100.00"}


def test_a_correction_after_the_plan_was_cancelled_returns_on_the_day_of_cancelling(books):
    invoice = books.invoice("100", "01-01", due="01-31")
    plan = books.redate(invoice, "06-30", on="02-01")
    payment = books.payment("30", "02-15", (plan, "30"))
    wrong = books.said["applications"][0]
    books.payment("20", "02-16", (plan, "20"))
    late = books.said["applications"][0]
    move_back(books, plan, "03-01")
    books.do("unapply", application_id=late, on=date(2026, 5, 1))
    books.do("unapply", application_id=wrong)

    # While the plan was alive the money had not paid it; from its last day on everything is at home.
    assert [books.open(plan, on) for on in ("02-15", "02-28", "03-01", "05-01")] == ["100.00", "80.00", "0.00", "0.00"]
    assert [books.open(invoice, on) for on in ("03-01", "04-30", "05-01")] == ["80.00", "80.00", "100.00"]
    assert books.open(payment) == "-30.00"


def test_a_plan_is_cancelled_once(books):
    invoice = books.invoice("100", "01-01")
    plan = books.redate(invoice, "06-30", on="02-01")
    move_back(books, plan, "03-01")

    with pytest.raises(AlreadyReversed, match="was cancelled before"):
        move_back(books, plan, "03-02")


def test_there_is_no_plan_to_cancel_on_an_item_with_its_first_due_date(books):
    invoice = books.invoice("100", "01-01")

    with pytest.raises(RuleBroken, match="still has its first due date"):
        move_back(books, invoice, "03-01")


def test_a_cancelled_plan_can_be_brought_back_to_life(books):
    invoice = books.invoice("100", "01-01", due="01-31")
    plan = books.redate(invoice, "06-30", on="02-01")
    payment = books.payment("40", "02-15", (plan, "40"))
    move_back(books, plan, "03-01")
    cancelled = books.rows("SELECT max(id) AS id FROM application")[0]["id"]
    books.bounce(payment, "03-20")
    returned = books.rows("SELECT max(id) AS id FROM application WHERE from_item_id = :id", id=invoice)[0]["id"]

    books.do("unapply", application_id=cancelled)
    books.do("unapply", application_id=returned)
    assert [books.open(plan, on) for on in ("02-15", "03-01", "03-20")] == ["60.00", "60.00", "100.00"]
    assert books.open(invoice, "03-20") == "0.00"


def test_the_re_dating_itself_can_be_taken_back_while_nothing_hangs_on_it(books):
    invoice = books.invoice("100", "01-01", due="01-31")
    plan = books.redate(invoice, "06-30", on="02-01")
    carried = books.rows("SELECT id FROM application")[0]["id"]
    books.payment("40", "02-15", (plan, "40"))
    paid = books.said["applications"][0]

    with pytest.raises(RuleBroken, match="would be overdrawn on 2026-02-15: take back first what was applied to it"):
        books.do("unapply", application_id=carried)
    books.do("unapply", application_id=paid)
    books.do("unapply", application_id=carried)
    assert [books.open(invoice, on) for on in ("02-01", "06-30")] == ["100.00", "100.00"]
    assert books.open(plan) == "0.00"


def test_a_second_plan_after_a_cancelled_one_lives(books):
    invoice = books.invoice("100", "01-01", due="01-31")
    first = books.redate(invoice, "04-30", on="02-01")
    move_back(books, first, "03-01")
    second = books.redate(invoice, "08-31", on="03-05")
    payment = books.payment("100", "03-10", (second, "100"))
    books.bounce(payment, "03-20")

    assert [books.open(item) for item in (invoice, first, second)] == ["0.00", "0.00", "100.00"]
    assert books.aging("03-20") == {"not due": "100.00"}


def test_an_instalment_is_re_dated_alone(books):
    first, second = books.instalments([("40", "01-31"), ("60", "02-28")], "01-01")
    later = books.redate(first, "03-31", on="02-10")

    assert [books.open(item) for item in (first, second, later)] == ["0.00", "60.00", "40.00"]
    assert books.aging("03-10", basis=AGREED) == {"1-30": "60.00", "not due": "40.00"}
    assert books.aging("03-10", basis=CONTRACTUAL) == {"1-30": "60.00", "31-60": "40.00"}


def test_a_plan_shared_by_two_parts_is_moved_back_to_each_origin(books):
    first, second = books.instalments([("40", "01-31"), ("60", "02-28")], "01-01")
    plans = [books.redate(item, "06-30", on="03-01") for item in (first, second)]
    for plan in plans:
        move_back(books, plan, "04-01")

    assert [books.open(item) for item in (first, second, *plans)] == ["40.00", "60.00", "0.00", "0.00"]


def test_amounts_of_a_plan_are_refused_when_negative(books):
    invoice = books.invoice("100", "01-01")

    with pytest.raises(RuleBroken, match="nothing open that could get"):
        books.do("redate", item_id=invoice, due_date=date(2026, 6, 30), on=date(2026, 3, 1), amount=Decimal(-5))


def test_an_agreement_is_taken_back_by_what_it_says_it_applied(books):
    invoice = books.invoice("100", "01-01", due="01-31")
    plan = books.redate(invoice, "06-30", on="03-01")
    [carried] = books.said["applications"]
    books.do("unapply", application_id=carried)

    assert (books.open(invoice), books.open(plan)) == ("100.00", "0.00")
    assert books.aging("03-01") == {"1-30": "100.00"}
