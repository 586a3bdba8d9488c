"""Cash, credit notes, write-offs, discounts: one rule gives the balance of an item."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from arcore.errors import BadInput
from arcore.errors import RuleBroken
from arcore.ledger.entry import Entry
from arcore.ledger.entry import Part


def day(text):
    return date.fromisoformat(f"2026-{text}")


def test_a_payment_applied_to_an_invoice_lowers_both(books):
    invoice = books.invoice("100", "01-01", due="01-31")
    payment = books.payment("60", "02-10", (invoice, "60"))

    assert (books.open(invoice, "02-09"), books.open(invoice, "02-10")) == ("100.00", "40.00")
    assert (books.open(payment, "02-09"), books.open(payment, "02-10")) == ("0.00", "0.00")
    assert books.aging("02-10") == {"1-30": "40.00"}


def test_what_a_payment_does_not_pay_stays_unapplied(books):
    invoice = books.invoice("100", "01-01", due="01-31")
    payment = books.payment("150", "02-10", (invoice, "100"))

    assert books.open(payment) == "-50.00"
    assert books.aging("02-10") == {"unapplied": "-50.00"}


def test_a_payment_larger_than_all_that_is_owed_is_kept_whole_and_applied_no_further_than_the_debt(books):
    invoice = books.invoice("100", "01-01")
    payment = books.payment("500", "02-01")

    with pytest.raises(RuleBroken, match=r"has 100\.00 EUR open; 100\.01 is more than that"):
        books.apply(payment, invoice, "100.01")
    books.apply(payment, invoice, "100")
    assert (books.open(invoice), books.open(payment)) == ("0.00", "-400.00")


def test_a_payment_recorded_with_too_large_an_application_is_not_recorded_at_all(books):
    invoice = books.invoice("100", "01-01")
    before = books.counted()

    with pytest.raises(RuleBroken):
        books.payment("500", "02-01", (invoice, "101"))
    assert books.counted() == before


def test_one_payment_pays_three_invoices_and_one_invoice_takes_two_payments(books):
    first, second, third = (books.invoice(amount, "01-01") for amount in ("10", "20", "30"))
    big = books.payment("50", "02-01", (first, "10"), (second, "20"), (third, "20"))
    small = books.payment("10", "02-15", (third, "10"))

    assert [books.open(item) for item in (first, second, third, big, small)] == ["0.00"] * 5
    assert books.open(third, "02-14") == "10.00"


def test_a_credit_note_lowers_the_invoice_from_its_own_day(books):
    invoice = books.invoice("100", "01-01", due="01-31")
    credit = books.credit_note("30", "01-20", (invoice, "20"))

    assert (books.open(invoice, "01-19"), books.open(invoice, "01-20")) == ("100.00", "80.00")
    assert books.open(credit) == "-10.00"
    assert books.aging("03-02") == {"1-30": "80.00", "unapplied": "-10.00"}


def test_a_debit_note_is_owed_like_an_invoice(books):
    said = books.do(
        "post_debit_note",
        customer_id=books.customer(),
        document_date=date(2026, 1, 1),
        currency="EUR",
        amount=Decimal("12.50"),
        due_date=date(2026, 1, 31),
    )
    books.payment("2.50", "02-02", (said["items"][0], "2.50"))

    assert books.aging("02-01") == {"1-30": "12.50"}
    assert books.aging("02-02") == {"1-30": "10.00"}


def test_a_write_off_needs_one_of_the_named_reasons(books):
    invoice = books.invoice("100", "01-01")

    with pytest.raises(BadInput, match="'lost interest' is no reason for a write-off; one of uncollectible, "):
        books.do("write_off", item_id=invoice, amount=Decimal(100), reason="lost interest", on=day("06-30"))
    books.do("write_off", item_id=invoice, amount=Decimal(90), reason="uncollectible", on=day("06-30"))
    assert (books.open(invoice, "06-29"), books.open(invoice, "06-30")) == ("100.00", "10.00")
    written_off = books.documents("write_off")[0]
    assert (written_off["amount"], written_off["reason"]) == (-9000, "uncollectible")


def test_no_more_is_written_off_than_is_open(books):
    invoice = books.invoice("100", "01-01")
    books.payment("95", "02-01", (invoice, "95"))

    with pytest.raises(RuleBroken, match=r"has 5\.00 EUR open"):
        books.do("write_off", item_id=invoice, amount=Decimal(6), reason="small_difference", on=day("03-01"))
    assert books.documents("write_off") == []


def test_an_early_payment_discount_is_a_document_of_its_own_that_closes_the_rest(books):
    invoice = books.invoice("100", "01-01", due="01-31")
    books.payment("98", "01-10", (invoice, "98"))

    def discount(journal):
        posted = journal.post(
            Entry("discount", 1, day("01-10"), "EUR", [Part(200, day("01-10"))], reference="2 % within 10 days")
        )
        journal.apply(posted.item_ids[0], invoice, 200, day("01-10"))

    books.journal(discount)
    assert (books.open(invoice, "01-09"), books.open(invoice, "01-10")) == ("100.00", "0.00")
    assert books.aging("01-10") == {}


def test_money_is_refunded_out_of_an_unapplied_credit(books):
    payment = books.payment("150", "01-10")
    refund = {"customer_id": 1, "paid_on": day("02-01"), "currency": "EUR", "from_item_id": payment}

    with pytest.raises(RuleBroken, match=r"150\.01 is more than that"):
        books.do("record_refund", amount=Decimal("150.01"), **refund)
    books.do("record_refund", amount=Decimal(50), **refund)
    assert (books.open(payment, "01-31"), books.open(payment, "02-01")) == ("-150.00", "-100.00")
    assert books.aging("02-01") == {"unapplied": "-100.00"}


def test_money_is_not_refunded_out_of_a_debt(books):
    invoice = books.invoice("100", "01-01")

    with pytest.raises(RuleBroken, match="Money is applied from a credit to a debit"):
        books.do(
            "record_refund",
            customer_id=1,
            paid_on=day("02-01"),
            currency="EUR",
            amount=Decimal(10),
            from_item_id=invoice,
        )


def test_an_application_counts_from_the_first_day_on_which_both_items_are_there(books):
    payment = books.payment("100", "01-10")
    invoice = books.invoice("100", "02-01", due="03-03")
    books.apply(payment, invoice, "100")

    assert books.open(payment, "01-31") == "-100.00"
    assert (books.open(payment, "02-01"), books.open(invoice, "02-01")) == ("0.00", "0.00")


def test_an_application_may_be_given_a_later_day_but_no_earlier_one(books):
    early, late = books.invoice("100", "01-01"), books.invoice("100", "01-01")
    payment = books.payment("200", "02-01")
    books.apply(payment, early, "100", on="01-15")
    books.apply(payment, late, "100", on="02-20")

    assert [books.open(early, on) for on in ("01-31", "02-01")] == ["100.00", "0.00"]
    assert [books.open(late, on) for on in ("02-19", "02-20")] == ["100.00", "0.00"]


def test_an_application_waits_for_the_day_from_which_the_credit_is_free_for_good(books):
    first, second = books.invoice("100", "01-01"), books.invoice("100", "01-01")
    payment = books.payment("100", "02-01", (first, "100"))
    books.do("unapply", application_id=1, on=day("03-01"))  # an event: in February it did pay the first
    books.apply(payment, second, "100")

    assert [books.open(second, on) for on in ("02-15", "03-01")] == ["100.00", "0.00"]
    assert [books.open(first, on) for on in ("02-15", "03-01")] == ["0.00", "100.00"]


def test_a_payment_posted_later_than_its_date_counts_from_its_posting_date(books):
    invoice = books.invoice("100", "01-01")
    books.payment("100", "01-30", (invoice, "100"), details={"effective_on": day("02-02")})

    assert (books.open(invoice, "02-01"), books.open(invoice, "02-02")) == ("100.00", "0.00")


def test_a_payment_posted_before_its_date_is_applied_from_its_posting_date(books):
    invoice = books.invoice("100", "01-01")
    books.payment("100", "02-02", (invoice, "100"), details={"effective_on": day("01-30")})

    assert (books.open(invoice, "01-29"), books.open(invoice, "01-30")) == ("100.00", "0.00")


def test_an_invoice_counts_from_its_posting_date_and_ages_from_its_own(books):
    books.invoice("100", "01-01", due="01-31", details={"effective_on": day("03-05")})

    assert books.aging("03-04") == {}
    assert books.aging("03-05") == {"31-60": "100.00"}


def test_items_of_other_customers_entities_and_currencies_can_not_be_paid(books):
    payment = books.payment("100", "02-01")
    others = {
        "different customers: transfer": books.invoice("100", "01-01", to="C2"),
        "different entities": books.invoice("100", "01-01", details={"entity": "north"}),
        "different currencies: convert": books.invoice("100", "01-01", currency="USD"),
    }
    for why, invoice in others.items():
        with pytest.raises(RuleBroken, match=why.partition(":")[0]):
            books.apply(payment, invoice, "10")
    assert books.open(payment) == "-100.00"


@pytest.mark.parametrize("amount", ["0", "-5"])
def test_nothing_and_less_than_nothing_can_not_be_applied(books, amount):
    invoice = books.invoice("100", "01-01")
    payment = books.payment("100", "02-01")

    with pytest.raises(BadInput, match="An amount to apply is more than zero"):
        books.apply(payment, invoice, amount)


def test_a_debt_can_not_pay_and_a_credit_can_not_be_paid(books):
    invoice, other = books.invoice("100", "01-01"), books.invoice("100", "01-01")
    payment, more = books.payment("100", "02-01"), books.payment("100", "02-01")

    for source, target in ((invoice, payment), (invoice, other), (payment, more), (payment, payment)):
        with pytest.raises(RuleBroken, match="from a credit to a debit"):
            books.apply(source, target, "10")


def test_instalments_are_paid_oldest_due_first(books):
    parts = books.instalments([("20", "03-31"), ("30", "01-31"), ("50", "02-28")], "01-01")
    payment = books.payment("60", "02-10")
    books.journal(lambda journal: journal.apply_oldest(payment, parts, 6000))

    assert [books.open(item) for item in parts] == ["20.00", "0.00", "20.00"]
    assert books.aging("03-10") == {"1-30": "20.00", "not due": "20.00"}


def test_more_than_all_instalments_leaves_the_rest_unapplied(books):
    parts = books.instalments([("20", "03-31"), ("30", "01-31")], "01-01")
    payment = books.payment("60", "02-10")
    books.journal(lambda journal: journal.apply_oldest(payment, parts, 6000))

    assert [books.open(item) for item in (*parts, payment)] == ["0.00", "0.00", "-10.00"]
