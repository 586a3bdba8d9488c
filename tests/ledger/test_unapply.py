"""Taking an application back: a correction counts from its own day, an event from the day it happened."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from arcore.errors import AlreadyReversed
from arcore.errors import NotFound
from arcore.errors import RuleBroken


def matched(books):
    """100 due 31 January, paid on 10 March; returns invoice, payment, application and what was known then."""
    invoice = books.invoice("100", "01-01", due="01-31")
    payment = books.payment("100", "03-10", (invoice, "100"))
    return invoice, payment, books.said["applications"][0], books.now()


def test_a_wrong_match_taken_back_was_never_right(books):
    invoice, payment, application, then = matched(books)
    books.do("unapply", application_id=application)

    # As of before and after the match, as we know it now: the invoice was open all the time.
    assert [books.open(invoice, on) for on in ("03-09", "03-10", "06-30")] == ["100.00"] * 3
    assert books.open(payment, "03-10") == "-100.00"
    assert books.aging("03-31") == {"31-60": "100.00", "unapplied": "-100.00"}
    # As we knew it then, the report of March still says what it said.
    assert [books.open(invoice, on, then) for on in ("03-09", "03-10", "06-30")] == ["100.00", "0.00", "0.00"]
    assert books.aging("03-31", known=then) == {}


def test_a_match_that_ended_by_an_event_held_until_then(books):
    invoice, payment, application, then = matched(books)
    books.do("unapply", application_id=application, on=date(2026, 5, 4))

    # As of before and after the event, as we know it now.
    assert [books.open(invoice, on) for on in ("03-10", "05-03", "05-04")] == ["0.00", "0.00", "100.00"]
    assert [books.open(payment, on) for on in ("03-10", "05-03", "05-04")] == ["0.00", "0.00", "-100.00"]
    assert books.aging("05-03") == {}
    assert books.aging("05-04") == {"91+": "100.00", "unapplied": "-100.00"}
    # As known before the event, nobody expected it, whatever day is asked for.
    assert books.aging("05-04", known=then) == {}
    assert books.aging("01-31", known=then) == books.aging("01-31") == {"not due": "100.00"}


def test_an_event_dated_before_the_match_ends_it_on_its_first_day(books):
    invoice, _, application, _ = matched(books)
    books.do("unapply", application_id=application, on=date(2026, 2, 1))

    assert [books.open(invoice, on) for on in ("02-01", "03-10", "03-11")] == ["100.00"] * 3


def test_a_match_is_taken_back_once(books):
    _, _, application, _ = matched(books)
    books.do("unapply", application_id=application)
    before = books.counted()

    with pytest.raises(AlreadyReversed, match="taken back before"):
        books.do("unapply", application_id=application)
    with pytest.raises(AlreadyReversed):
        books.do("unapply", application_id=application, on=date(2026, 6, 1))
    assert books.counted() == before


def test_the_row_that_takes_back_is_not_taken_back_itself(books):
    _, _, application, _ = matched(books)
    reversal = books.do("unapply", application_id=application)["applications"][0]

    with pytest.raises(RuleBroken, match="apply the amount again instead"):
        books.do("unapply", application_id=reversal)


def test_an_application_that_is_not_there_can_not_be_taken_back(books):
    with pytest.raises(NotFound, match="There is no application 7"):
        books.do("unapply", application_id=7)


def test_what_was_taken_back_can_be_applied_to_another_invoice_as_if_from_the_start(books):
    _, payment, application, _ = matched(books)
    right = books.invoice("100", "02-01", due="03-03")
    books.do("unapply", application_id=application)
    books.apply(payment, right, "100")

    assert [books.open(right, on) for on in ("03-09", "03-10")] == ["100.00", "0.00"]
    assert books.aging("03-10") == {"31-60": "100.00"}


def test_taking_back_one_of_two_matches_leaves_the_other(books):
    invoice = books.invoice("100", "01-01")
    books.payment("60", "02-01", (invoice, "60"))
    first = books.said["applications"][0]
    books.payment("40", "03-01", (invoice, "40"))
    books.do("unapply", application_id=first)

    assert [books.open(invoice, on) for on in ("02-01", "03-01")] == ["100.00", "60.00"]
    assert books.aging("03-01") == {"31-60": "60.00", "unapplied": "-60.00"}


def test_a_credit_that_was_refunded_meanwhile_is_not_overdrawn_by_a_correction(books):
    invoice = books.invoice("100", "01-01")
    payment = books.payment("100", "02-01", (invoice, "100"))
    application = books.said["applications"][0]
    books.do("unapply", application_id=application, on=date(2026, 3, 1))
    books.do(
        "record_refund",
        customer_id=1,
        paid_on=date(2026, 3, 5),
        currency="EUR",
        amount=Decimal(100),
        from_item_id=payment,
    )

    with pytest.raises(RuleBroken, match=r"has 0\.00 EUR open"):
        books.apply(payment, invoice, "1")
    assert books.aging("03-05") == {"61-90": "100.00"}


def test_several_matches_are_taken_back_together_or_not_at_all(books):
    first, second = books.invoice("60", "01-01"), books.invoice("40", "01-02")
    books.payment("100", "02-01", (first, "60"), (second, "40"))
    both = books.said["applications"]

    with pytest.raises(NotFound):
        books.do("unapply_many", application_ids=[both[0], 99])
    assert books.open(first) == "0.00"
    books.do("unapply_many", application_ids=both)
    assert books.aging("02-01") == {"31-60": "60.00", "1-30": "40.00", "unapplied": "-100.00"}
