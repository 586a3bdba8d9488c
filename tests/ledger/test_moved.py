"""Balances moved to other customers and currencies: a pair of documents, and the age stays the origin's."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from arcore.errors import AlreadyReversed
from arcore.errors import BadInput
from arcore.errors import NotFound
from arcore.errors import RuleBroken

CONTRACTUAL, DOCUMENT = "original_due_date", "document_date"


def ids(books, *codes):
    return [books.customer(code) for code in codes]


# --- transfers --------------------------------------------------------------------------------------------------------


def test_a_debt_120_days_old_is_as_old_at_the_customer_it_was_moved_to(books):
    invoice = books.invoice("100", "01-01", due="01-31", to="A")
    moved = books.transfer(invoice, "100", to="B", on="05-31")  # 120 days past due
    a, b = ids(books, "A", "B")

    assert books.aging("05-30", customer=a) == {"91+": "100.00"}
    assert books.aging("05-31", customer=a) == {}
    for basis in ("due_date", CONTRACTUAL, DOCUMENT):
        assert books.aging("05-31", basis=basis, customer=b) == {"91+": "100.00"}
    born = books.rows("SELECT i.*, d.document_date FROM item i JOIN document d ON d.id = document_id ORDER BY i.id")
    closing, carrying = born[1], born[2]
    assert carrying["id"] == moved
    assert (carrying["side"], carrying["document_date"], carrying["origin_item_id"]) == (1, "2026-01-01", invoice)
    assert (carrying["due_date"], carrying["original_due_date"]) == ("2026-01-31", "2026-01-31")
    assert (closing["side"], closing["document_date"], closing["origin_item_id"]) == (-1, "2026-05-31", None)


def test_the_pair_names_each_other_and_sums_to_zero(books):
    books.transfer(books.invoice("100", "01-01", to="A"), "60", to="B", on="03-01")
    closing, carrying = books.documents("transfer")

    assert (closing["linked_id"], carrying["linked_id"]) == (carrying["id"], closing["id"])
    assert (closing["amount"], carrying["amount"]) == (-6000, 6000)
    assert [books.aging("03-01", customer=customer) for customer in ids(books, "A", "B")] == [
        {"31-60": "40.00"},
        {"31-60": "60.00"},
    ]


def test_a_re_dated_debt_moves_with_both_of_its_dates(books):
    invoice = books.invoice("100", "01-01", due="01-31", to="A")
    plan = books.redate(invoice, "06-30", on="02-01")
    books.transfer(plan, "100", to="B", on="03-01")
    b = books.customer("B")

    assert books.aging("03-01", customer=b) == {"not due": "100.00"}
    assert books.aging("03-01", customer=b, basis=CONTRACTUAL) == {"1-30": "100.00"}


def test_a_transferred_debt_can_be_paid_re_dated_and_moved_on(books):
    invoice = books.invoice("100", "01-01", due="01-31", to="A")
    at_b = books.transfer(invoice, "100", to="B", on="02-01")
    books.payment("10", "02-05", (at_b, "10"), of="B")
    plan = books.redate(at_b, "06-30", on="02-10")
    at_c = books.transfer(plan, "90", to="C", on="02-15")
    a, b, c = ids(books, "A", "B", "C")

    assert [books.open(item) for item in (invoice, at_b, plan, at_c)] == ["0.00", "0.00", "0.00", "90.00"]
    assert [books.aging("02-14", customer=who) for who in (a, b, c)] == [{}, {"not due": "90.00"}, {}]
    assert books.aging("02-15", customer=c, basis=CONTRACTUAL) == {"1-30": "90.00"}


def test_a_debt_may_go_to_another_customer_and_come_back(books):
    invoice = books.invoice("100", "01-01", due="01-31", to="A")
    there = books.transfer(invoice, "100", to="B", on="02-01")
    back = books.transfer(there, "100", to="A", on="03-01")

    assert [books.open(item) for item in (invoice, there, back)] == ["0.00", "0.00", "100.00"]
    assert books.aging("03-02", customer=books.customer("A")) == {"1-30": "100.00"}


def test_only_what_is_open_is_moved_and_not_to_the_same_customer(books):
    invoice = books.invoice("100", "01-01", to="A")
    books.payment("30", "02-01", (invoice, "30"), of="A")

    with pytest.raises(RuleBroken, match=r"has 70\.00 EUR open"):
        books.transfer(invoice, "71", to="B", on="03-01")
    with pytest.raises(RuleBroken, match="already belongs to that customer"):
        books.transfer(invoice, "70", to="A", on="03-01")
    with pytest.raises(NotFound, match="There is no customer 99"):
        books.do("transfer", item_id=invoice, amount=Decimal(1), to_customer_id=99, on=date(2026, 3, 1))
    for amount in ("0", "-1"):
        with pytest.raises(BadInput, match="more than zero"):
            books.transfer(invoice, amount, to="B", on="03-01")


def test_what_was_there_only_for_a_while_is_moved_when_it_is_free(books):
    invoice = books.invoice("100", "01-01", to="A")
    payment = books.payment("100", "02-01", (invoice, "100"), of="A")
    books.do("unapply", application_id=1, on=date(2026, 3, 1))
    moved = books.transfer(payment, "100", to="B", on="02-15")

    assert [books.open(moved, on) for on in ("02-28", "03-01")] == ["0.00", "-100.00"]


def test_the_closing_leg_is_not_taken_apart(books):
    invoice = books.invoice("100", "01-01", to="A")
    books.transfer(invoice, "60", to="B", on="03-01")

    with pytest.raises(RuleBroken, match="void the transfer instead"):
        books.do("unapply", application_id=1)


def test_a_voided_transfer_was_never_made(books):
    invoice = books.invoice("100", "01-01", due="01-31", to="A")
    moved = books.transfer(invoice, "60", to="B", on="03-01")
    payment = books.payment("60", "03-05", (moved, "60"), of="B")
    then = books.now()
    assert len(books.void(moved)) == 2
    a, b = ids(books, "A", "B")

    assert [books.aging(on, customer=a) for on in ("03-01", "03-31")] == [{"1-30": "100.00"}, {"31-60": "100.00"}]
    assert [books.aging(on, customer=b) for on in ("03-01", "03-31")] == [{}, {"unapplied": "-60.00"}]
    assert books.open(payment) == "-60.00"
    assert [books.aging("03-31", customer=who, known=then) for who in (a, b)] == [{"31-60": "40.00"}, {}]


@pytest.mark.parametrize("leg", ["closing", "carrying"])
def test_a_transfer_is_voided_by_either_of_its_legs_and_once(books, leg):
    invoice = books.invoice("100", "01-01", to="A")
    books.transfer(invoice, "60", to="B", on="03-01")
    pair = dict(zip(("closing", "carrying"), books.documents("transfer"), strict=True))
    books.do("void", document_id=pair[leg]["id"])

    assert books.open(invoice) == "100.00"
    for document in pair.values():
        with pytest.raises(AlreadyReversed, match="was taken back before"):
            books.do("void", document_id=document["id"])


def test_a_transfer_whose_money_moved_on_is_voided_from_the_end(books):
    invoice = books.invoice("100", "01-01", to="A")
    at_b = books.transfer(invoice, "100", to="B", on="02-01")
    at_c = books.transfer(at_b, "100", to="C", on="03-01")

    with pytest.raises(RuleBroken, match="was moved by a transfer on 2026-03-01: void that first"):
        books.void(at_b)
    books.void(at_c)
    books.void(at_b)
    assert [books.open(item) for item in (invoice, at_b, at_c)] == ["100.00", "0.00", "0.00"]


def test_a_transfer_of_a_plan_that_was_cancelled_meanwhile_returns_to_the_first_due_date(books):
    invoice = books.invoice("100", "01-01", due="01-31", to="A")
    plan = books.redate(invoice, "06-30", on="02-01")
    moved = books.transfer(plan, "60", to="B", on="02-10")
    books.do("move_back", item_id=plan, on=date(2026, 3, 1))
    books.void(moved)

    assert [books.open(plan, on) for on in ("02-10", "02-28", "03-01")] == ["100.00", "100.00", "0.00"]
    assert books.open(invoice) == "100.00"


# --- conversions ------------------------------------------------------------------------------------------------------


def test_euros_pay_an_invoice_in_dollars_by_a_conversion_that_keeps_its_rate(books):
    invoice = books.invoice("110", "01-01", due="01-31", currency="USD")
    payment = books.payment("100", "02-10")
    dollars = books.convert(payment, "100", "110", "USD", on="02-10")
    books.apply(dollars, invoice, "110")

    assert [books.open(item) for item in (invoice, payment, dollars)] == ["0.00", "0.00", "0.00"]
    closing, carrying = books.documents("conversion")
    assert (closing["currency"], closing["amount"], closing["rate"]) == ("EUR", 10000, "1.1")
    assert (carrying["currency"], carrying["amount"], carrying["rate"]) == ("USD", -11000, "1.1")
    # The books of each currency stand alone: EUR −100 +100, USD 110 −110.
    totals = books.rows("SELECT currency, sum(amount) AS total FROM document GROUP BY currency ORDER BY currency")
    assert [(row["currency"], int(row["total"])) for row in totals] == [("EUR", 0), ("USD", 0)]


def test_a_part_of_the_cash_is_converted_and_the_rest_stays_unapplied(books):
    payment = books.payment("100", "02-10")
    books.convert(payment, "40", "44", "USD", on="02-10")

    assert books.open(payment) == "-60.00"
    assert books.aging("02-10") == {"unapplied": "-104.00"}  # 60 EUR and 44 USD


@pytest.mark.parametrize(("amount", "into", "currency", "rate"), [
    ("1", "160", "JPY", "160"),
    ("3", "1", "KWD", "0.3333333333"),
    ("0.01", "0.003", "KWD", "0.3"),
])  # fmt: skip
def test_the_rate_is_units_of_the_target_for_one_of_the_source(books, amount, into, currency, rate):
    payment = books.payment(amount, "02-10")
    books.convert(payment, amount, into, currency, on="02-10")

    assert {row["rate"] for row in books.documents("conversion")} == {rate}


def test_a_conversion_keeps_age_and_is_voided_as_a_pair(books):
    invoice = books.invoice("100", "01-01", due="01-31")
    dollars = books.convert(invoice, "100", "110", "USD", on="05-31")
    assert books.aging("05-31", basis=CONTRACTUAL) == {"91+": "110.00"}

    books.void(dollars)
    assert books.aging("05-31") == {"91+": "100.00"}


def test_an_amount_is_not_converted_to_its_own_currency_nor_to_none(books):
    payment = books.payment("100", "02-10")

    for currency in ("EUR", "EURO", ""):
        with pytest.raises(BadInput, match="is in EUR; it can't be converted to"):
            books.convert(payment, "10", "10", currency, on="02-10")
    with pytest.raises(BadInput, match="The converted amount is more than zero"):
        books.convert(payment, "10", "0", "USD", on="02-10")


# --- two customers that are one ---------------------------------------------------------------------------------------


def test_a_match_between_the_books_of_merged_customers_makes_its_own_pair_of_transfers(books):
    invoice = books.invoice("100", "01-01", due="01-31", to="OLD")
    books.merge("OLD", into="NEW")
    payment = books.payment("100", "02-10", (invoice, "100"), of="NEW")
    old, new = ids(books, "OLD", "NEW")

    assert [books.open(item) for item in (invoice, payment)] == ["0.00", "0.00"]
    assert [(row["customer_id"], row["amount"]) for row in books.documents("transfer")] == [(new, 10000), (old, -10000)]
    assert [books.aging("02-10", customer=who) for who in (old, new)] == [{}, {}]
    assert books.counted()["audit_event"] == 5  # two customers, the invoice, the merge, the payment: one write


def test_new_documents_of_a_merged_customer_go_to_the_survivor(books):
    books.merge("OLD", into="MIDDLE")
    books.merge("MIDDLE", into="NEW")
    invoice = books.invoice("100", "01-01", to="OLD")

    found = books.rows("SELECT customer_id FROM item WHERE id = :id", id=invoice)
    assert found[0]["customer_id"] == books.customer("NEW")


def test_a_payment_found_among_the_old_books_pays_an_invoice_in_the_new(books):
    payment = books.payment("100", "01-10", of="OLD")
    books.merge("OLD", into="NEW")
    invoice = books.invoice("80", "02-01", to="OLD")
    books.apply(payment, invoice, "80")
    old, new = ids(books, "OLD", "NEW")

    assert (books.open(payment), books.open(invoice)) == ("-20.00", "0.00")
    assert [books.aging("02-01", customer=who) for who in (old, new)] == [{"unapplied": "-20.00"}, {}]
    assert [books.open(payment, on) for on in ("01-31", "02-01")] == ["-100.00", "-20.00"]


def test_a_bounced_payment_comes_back_through_the_merge(books):
    invoice = books.invoice("100", "01-01", due="01-31", to="OLD")
    books.merge("OLD", into="NEW")
    payment = books.payment("100", "02-10", (invoice, "100"), of="NEW")
    books.bounce(payment, "03-20")

    assert [books.open(invoice, on) for on in ("03-19", "03-20")] == ["0.00", "100.00"]
    assert books.aging("03-20", customer=books.customer("NEW")) == {}


def test_writing_off_an_old_customers_invoice_and_voiding_it_leaves_nothing_behind(books):
    invoice = books.invoice("100", "01-01", to="OLD")
    books.merge("OLD", into="NEW")
    books.do("write_off", item_id=invoice, amount=Decimal(100), reason="goodwill", on=date(2026, 6, 30))
    assert books.open(invoice) == "0.00"

    books.void(invoice)
    assert books.aging("06-30") == {}


def test_a_failed_match_leaves_no_transfers(books):
    invoice = books.invoice("100", "01-01", to="OLD")
    books.merge("OLD", into="NEW")
    payment = books.payment("500", "02-10", of="NEW")
    before = books.counted()

    with pytest.raises(RuleBroken, match=r"has 100\.00 EUR open"):
        books.apply(payment, invoice, "101")
    assert books.counted() == before
