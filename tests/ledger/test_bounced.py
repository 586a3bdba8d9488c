"""A bounced payment is an event of its own day: history stays, the debt is open again, wherever the money went."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from arcore.errors import AlreadyReversed
from arcore.errors import NotFound
from arcore.errors import RuleBroken


def test_the_invoice_was_paid_until_the_payment_bounced(books):
    invoice = books.invoice("100", "01-01", due="01-31")
    payment = books.payment("100", "02-10", (invoice, "100"))
    then = books.now()
    books.bounce(payment, "03-20")

    assert [books.open(invoice, on) for on in ("02-09", "02-10", "03-19", "03-20")] == [
        "100.00",
        "0.00",
        "0.00",
        "100.00",
    ]
    assert [books.aging(on) for on in ("03-19", "03-20")] == [{}, {"31-60": "100.00"}]
    assert books.aging("03-20", known=then) == {}
    reversal = books.documents("payment_reversal")[0]
    assert (reversal["amount"], reversal["effective_on"]) == (10000, "2026-03-20")
    assert reversal["reverses_id"] == books.document(payment)


def test_a_bounced_payment_that_was_partly_applied_and_partly_refunded_leaves_both_debts(books):
    invoice = books.invoice("60", "01-01", due="01-31")
    payment = books.payment("100", "02-10", (invoice, "60"))
    books.do(
        "record_refund",
        customer_id=1,
        paid_on=date(2026, 2, 15),
        currency="EUR",
        amount=Decimal(30),
        from_item_id=payment,
    )
    books.bounce(payment, "03-20")

    assert books.aging("03-19") == {"unapplied": "-10.00"}
    assert books.aging("03-20") == {"31-60": "90.00"}  # 60 of the invoice; the 30 we paid back, owed since February


def test_a_payment_applied_after_the_day_it_bounced_was_never_applied(books):
    payment = books.payment("100", "02-10")
    invoice = books.invoice("100", "04-01", due="04-30")
    books.apply(payment, invoice, "100")
    books.bounce(payment, "03-20")

    assert [books.open(payment, on) for on in ("03-19", "03-20", "04-01")] == ["-100.00", "0.00", "0.00"]
    assert books.aging("04-01") == {"not due": "100.00"}


def test_a_payment_bounces_once_and_is_not_voided_after_it(books):
    payment = books.payment("100", "02-10")
    reversal = books.bounce(payment, "03-20")

    with pytest.raises(AlreadyReversed):
        books.bounce(payment, "03-21")
    with pytest.raises(AlreadyReversed):
        books.void(payment)
    with pytest.raises(RuleBroken, match="itself takes a document back; post that document again instead"):
        books.void(reversal)


def test_only_payments_bounce_and_not_before_they_came(books):
    invoice = books.invoice("100", "01-01")
    payment = books.payment("100", "02-10")

    with pytest.raises(RuleBroken, match="Only a payment can bounce"):
        books.bounce(invoice, "03-20")
    with pytest.raises(RuleBroken, match="can't bounce on 2026-02-09, before it came"):
        books.bounce(payment, "02-09")
    with pytest.raises(NotFound, match="There is no document 99"):
        books.do("reverse_payment", document_id=99, on=date(2026, 3, 1))
    books.bounce(payment, "02-10")
    assert books.aging("02-10") == {"31-60": "100.00"}


def test_the_match_with_the_reversal_is_not_taken_apart(books):
    payment = books.payment("100", "02-10")
    books.bounce(payment, "03-20")
    match = books.rows("SELECT max(id) AS id FROM application")[0]["id"]

    with pytest.raises(RuleBroken, match="was taken back as a whole"):
        books.do("unapply", application_id=match)


def test_money_that_the_parent_paid_for_its_child_comes_back_to_the_parent_on_the_day_it_bounced(books):
    invoice = books.invoice("100", "01-01", due="01-31", to="CHILD")
    payment = books.payment("100", "02-10", of="PARENT")
    moved = books.transfer(payment, "100", to="CHILD", on="02-10")
    books.apply(moved, invoice, "100")
    books.bounce(payment, "03-20")

    child, parent = books.customer("CHILD"), books.customer("PARENT")
    assert [books.aging(on, customer=child) for on in ("02-09", "02-10", "03-19", "03-20")] == [
        {"1-30": "100.00"},
        {},
        {},
        {"31-60": "100.00"},
    ]
    assert [books.aging(on, customer=parent) for on in ("02-10", "03-20")] == [{}, {}]
    assert [row["effective_on"] for row in books.documents("transfer")] == ["2026-02-10"] * 2 + ["2026-03-20"] * 2


def test_the_transfer_that_brought_bounced_money_home_is_not_voided(books):
    payment = books.payment("100", "02-10", of="PARENT")
    books.transfer(payment, "100", to="CHILD", on="02-10")
    books.bounce(payment, "03-20")
    home = books.documents("transfer")[-1]["id"]

    with pytest.raises(RuleBroken, match="brought Payment reversal 6 home; it stays as long as that does"):
        books.do("void", document_id=home)


def test_money_comes_back_over_two_transfers_and_a_conversion(books):
    payment = books.payment("100", "02-10", of="A")
    dollars = books.convert(payment, "90", "99", "USD", on="02-11")
    at_b = books.transfer(dollars, "66", to="B", on="02-12")
    at_c = books.transfer(at_b, "22", to="C", on="02-13")
    paid = {name: books.invoice("11", "01-01", to=name, currency="USD") for name in ("A", "B", "C")}
    for name, credit in (("A", dollars), ("B", at_b), ("C", at_c)):
        books.apply(credit, paid[name], "11")
    books.bounce(payment, "03-20")

    assert [books.open(paid[name], "03-19") for name in "ABC"] == ["0.00"] * 3
    assert [books.open(paid[name], "03-20") for name in "ABC"] == ["11.00"] * 3
    total = sum(Decimal(amount) for amount in books.aging("03-20").values())
    assert total == Decimal(33)


def test_what_a_conversion_rounded_comes_back_to_the_cent(books):
    payment = books.payment("100", "02-10", of="A")
    yen = books.convert(payment, "100", "16001", "JPY", on="02-10")
    for part in ("5333", "5334"):
        books.transfer(yen, part, to="B", on="02-11")
    books.bounce(payment, "03-20")

    assert [books.open(yen, on) for on in ("03-19", "03-20")] == ["-5334", "0"]
    assert books.aging("03-20") == {}


def test_a_payment_that_was_re_dated_and_moved_back_bounces_like_any_other(books):
    invoice = books.invoice("100", "01-01")
    payment = books.payment("100", "02-10")
    later = books.redate(payment, "06-30", on="02-11")
    books.apply(later, invoice, "40")
    books.do("move_back", item_id=later, on=date(2026, 3, 1))
    books.bounce(payment, "03-20")

    assert books.aging("03-20") == {"61-90": "100.00"}
    assert books.open(later) == books.open(payment) == "0.00"


def test_a_recovery_takes_a_write_off_back_as_an_event_and_the_money_pays_it(books):
    invoice = books.invoice("100", "01-01", due="01-31")
    books.do("write_off", item_id=invoice, amount=Decimal(100), reason="uncollectible", on=date(2026, 6, 30))
    lost = books.said["documents"][0]
    owed = books.do("recover", document_id=lost, amount=Decimal(40), on=date(2026, 9, 1))["items"][0]
    books.payment("40", "09-01", (owed, "40"))

    assert [books.aging(on) for on in ("06-29", "06-30", "08-31", "09-01")] == [{"91+": "100.00"}, {}, {}, {}]
    recovery = books.documents("write_off")[1]
    assert (recovery["amount"], recovery["reason"]) == (4000, "recovery")


def test_no_more_is_recovered_than_was_written_off_and_not_before(books):
    invoice = books.invoice("100", "01-01")
    books.do("write_off", item_id=invoice, amount=Decimal(100), reason="uncollectible", on=date(2026, 6, 30))
    lost = books.said["documents"][0]
    books.do("recover", document_id=lost, amount=Decimal(40), on=date(2026, 9, 1))

    with pytest.raises(RuleBroken, match=r"^60\.00 EUR of 2 can be recovered"):
        books.do("recover", document_id=lost, amount=Decimal("60.01"), on=date(2026, 9, 2))
    with pytest.raises(RuleBroken, match="from 2026-06-30 on"):
        books.do("recover", document_id=lost, amount=Decimal(1), on=date(2026, 6, 29))
    with pytest.raises(RuleBroken, match="Only what was written off can be recovered"):
        books.do("recover", document_id=books.document(invoice), amount=Decimal(1), on=date(2026, 9, 2))


def test_a_payment_of_a_recovery_may_bounce_too(books):
    invoice = books.invoice("100", "01-01")
    books.do("write_off", item_id=invoice, amount=Decimal(100), reason="uncollectible", on=date(2026, 6, 30))
    owed = books.do("recover", document_id=books.said["documents"][0], amount=Decimal(100), on=date(2026, 9, 1))[
        "items"
    ][0]
    payment = books.payment("100", "09-01", (owed, "100"))
    books.bounce(payment, "09-10")

    assert [books.aging(on) for on in ("09-09", "09-10")] == [{}, {"1-30": "100.00"}]
