"""Voiding a document: from its own day on it never was; what was applied to it stays, unapplied."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import event

from arcore.errors import AlreadyReversed
from arcore.errors import NotFound
from arcore.errors import RuleBroken
from arcore.ledger import reversal
from arcore.ledger.entry import Entry
from arcore.ledger.entry import Part


def test_a_voided_invoice_was_never_owed(books):
    invoice = books.invoice("100", "01-01", due="01-31")
    then = books.now()
    books.void(invoice)

    assert [books.open(invoice, on) for on in ("01-01", "06-30")] == ["0.00", "0.00"]
    assert [books.aging(on) for on in ("01-01", "06-30")] == [{}, {}]
    assert books.aging("06-30", known=then) == {"91+": "100.00"}
    original, mirror = books.documents("invoice")
    assert (mirror["reverses_id"], mirror["amount"]) == (original["id"], -10000)
    assert (mirror["effective_on"], mirror["document_date"]) == ("2026-01-01", "2026-01-01")


def test_a_void_has_the_kind_number_reason_and_tax_of_what_it_voids(books):
    details = {"number": "CN-1", "reason": "returned goods", "tax_amount": Decimal(19), "entity": "north"}
    credit = books.credit_note("119", "01-01", details=details)
    books.void(credit)

    original, mirror = books.documents("credit_note")
    assert [mirror[name] for name in ("number", "reason", "entity")] == ["CN-1", "returned goods", "north"]
    assert (original["tax_amount"], mirror["tax_amount"]) == (-1900, 1900)


def test_the_void_of_a_part_paid_invoice_leaves_the_payment_unapplied(books):
    invoice = books.invoice("100", "01-01", due="01-31")
    payment = books.payment("60", "02-10", (invoice, "60"))
    books.void(invoice)

    assert books.open(payment) == "-60.00"
    assert [books.aging(on) for on in ("02-09", "02-10")] == [{}, {"unapplied": "-60.00"}]


def test_the_void_of_a_re_dated_invoice_takes_the_plan_with_it(books):
    invoice = books.invoice("100", "01-01", due="01-31")
    plan = books.redate(invoice, "03-31", on="02-01")
    again = books.redate(plan, "06-30", on="04-01", amount="70")
    books.payment("20", "04-05", (again, "20"))
    books.void(plan)

    assert [books.open(item, on) for item in (invoice, plan, again) for on in ("02-01", "04-05")] == ["0.00"] * 6
    assert [books.aging(on) for on in ("02-01", "04-05")] == [{}, {"unapplied": "-20.00"}]


def test_the_void_of_an_instalment_invoice_mirrors_each_part(books):
    first, second = books.instalments([("40", "01-31"), ("60", "02-28")], "01-01")
    books.payment("10", "02-01", (second, "10"))
    books.void(first)

    mirrored = books.rows("SELECT amount, due_date FROM item WHERE side = -1 AND amount <> -1000 ORDER BY id")
    assert [(row["amount"], row["due_date"]) for row in mirrored] == [(-4000, "2026-01-31"), (-6000, "2026-02-28")]
    assert [books.open(item) for item in (first, second)] == ["0.00", "0.00"]
    assert books.aging("03-31") == {"unapplied": "-10.00"}


def test_the_void_of_a_payment_opens_what_it_paid_from_the_day_it_paid(books):
    first, second = books.invoice("100", "01-01", due="01-31"), books.invoice("50", "01-01", due="01-31")
    payment = books.payment("150", "02-10", (first, "100"), (second, "50"))
    books.void(payment)

    assert [books.aging(on) for on in ("02-10", "03-10")] == [{"1-30": "150.00"}, {"31-60": "150.00"}]


def test_the_void_of_a_payment_on_a_cancelled_plan_returns_to_the_first_due_date(books):
    invoice = books.invoice("100", "01-01", due="01-31")
    plan = books.redate(invoice, "06-30", on="02-01")
    payment = books.payment("30", "02-15", (plan, "30"))
    books.do("move_back", item_id=plan, on=date(2026, 3, 1))
    books.void(payment)

    assert [books.open(plan, on) for on in ("02-15", "02-28", "03-01")] == ["100.00", "100.00", "0.00"]
    assert books.open(invoice) == "100.00"


def test_the_void_after_a_bounce_is_booked_where_the_balance_was(books):
    invoice = books.invoice("100", "01-01", due="01-31")
    payment = books.payment("100", "02-10", (invoice, "100"))
    books.bounce(payment, "03-20")
    books.void(invoice)

    # In February and March their money was here for an invoice that never was: we owed it to them.
    assert [books.aging(on) for on in ("01-31", "02-10", "03-19", "03-20")] == [
        {},
        {"unapplied": "-100.00"},
        {"unapplied": "-100.00"},
        {},
    ]


def test_the_void_of_an_invoice_that_was_re_dated_twice_paid_and_bounced(books):
    invoice = books.invoice("100", "01-01", due="01-31")
    first = books.redate(invoice, "03-31", on="02-01")
    payment = books.payment("30", "02-10", (first, "30"))
    second = books.redate(first, "06-30", on="02-20")
    books.payment("20", "02-25", (second, "20"))
    books.bounce(payment, "03-20")
    books.void(invoice)

    assert books.open(invoice) == books.open(first) == books.open(second) == "0.00"
    totals = {on: sum(map(Decimal, books.aging(on).values())) for on in ("02-09", "02-10", "02-25", "03-20")}
    assert totals == {"02-09": 0, "02-10": -30, "02-25": -50, "03-20": -20}
    assert books.aging("03-20") == {"unapplied": "-20.00"}


def test_a_write_off_or_discount_of_the_voided_invoice_alone_goes_with_it(books):
    invoice = books.invoice("100", "01-01")
    books.payment("90", "02-01", (invoice, "90"))
    books.do("write_off", item_id=invoice, amount=Decimal(10), reason="small_difference", on=date(2026, 3, 1))
    assert len(books.void(invoice)) == 2

    assert books.aging("03-01") == {"unapplied": "-90.00"}


def test_a_voided_write_off_opens_the_debt_again_and_takes_its_recovery_along(books):
    invoice = books.invoice("100", "01-01", due="01-31")
    books.do("write_off", item_id=invoice, amount=Decimal(100), reason="uncollectible", on=date(2026, 6, 30))
    lost = books.said["documents"][0]
    owed = books.do("recover", document_id=lost, amount=Decimal(40), on=date(2026, 9, 1))["items"][0]
    books.payment("40", "09-01", (owed, "40"))
    books.do("void", document_id=lost)

    assert books.aging("09-01") == {"91+": "100.00", "unapplied": "-40.00"}


def test_a_voided_credit_note_opens_the_invoice_again(books):
    invoice = books.invoice("100", "01-01", due="01-31")
    credit = books.credit_note("100", "01-10", (invoice, "100"))
    books.void(credit)

    assert books.aging("01-10") == {"not due": "100.00"}
    assert books.open(credit) == "0.00"


def test_a_document_is_voided_once_and_its_void_is_not_voided(books):
    invoice = books.invoice("100", "01-01")
    void = books.void(invoice)[0]
    before = books.counted()

    with pytest.raises(AlreadyReversed, match="was taken back before"):
        books.void(invoice)
    with pytest.raises(RuleBroken, match="itself takes a document back; post that document again instead"):
        books.do("void", document_id=void)
    with pytest.raises(NotFound, match="There is no document 99"):
        books.do("void", document_id=99)
    assert books.counted() == before


def test_the_match_of_a_void_with_its_document_is_not_taken_apart(books):
    books.void(books.invoice("100", "01-01"))

    with pytest.raises(RuleBroken, match="was taken back as a whole"):
        books.do("unapply", application_id=1)


def test_nothing_can_be_applied_re_dated_or_written_off_on_a_voided_invoice(books):
    invoice = books.invoice("100", "01-01")
    payment = books.payment("100", "02-01")
    books.void(invoice)

    with pytest.raises(RuleBroken, match=r"has 0\.00 EUR open"):
        books.apply(payment, invoice, "1")
    with pytest.raises(RuleBroken, match="has nothing open"):
        books.redate(invoice, "06-30", on="02-01")
    with pytest.raises(RuleBroken, match=r"has 0\.00 EUR open"):
        books.do("write_off", item_id=invoice, amount=Decimal(1), reason="goodwill", on=date(2026, 2, 1))


def test_an_invoice_that_was_moved_is_voided_after_its_transfer(books):
    invoice = books.invoice("100", "01-01", to="A")
    moved = books.transfer(invoice, "60", to="B", on="02-01")

    with pytest.raises(RuleBroken, match="was moved by a transfer on 2026-02-01: void that first"):
        books.void(invoice)
    books.void(moved)
    books.void(invoice)
    assert books.aging("02-01") == {}


def test_an_invoice_posted_later_than_dated_is_voided_on_its_posting_date(books):
    invoice = books.invoice("100", "01-01", due="01-31", details={"effective_on": date(2026, 2, 3)})
    books.void(invoice)

    assert [books.aging(on) for on in ("02-02", "02-03")] == [{}, {}]


def test_an_unexplained_settlement_gives_way_to_the_receipt_in_either_order_of_arrival(books):
    early, late = books.invoice("100", "01-01", to="A"), books.invoice("100", "01-01", to="B")
    on = date(2026, 3, 1)

    def settle(journal):
        return journal.post(
            Entry("settlement", books_of["A"], on, "EUR", [Part(10000, on)], side=-1, reference="not in the file")
        )

    books_of = {code: books.customer(code) for code in "AB"}
    settled = books.journal(lambda j: _settled(j, settle(j), early, on))
    books.payment("100", "02-20", (late, "100"), of="B")

    def replace(journal):
        reversal.void(journal, settled)
        posted = journal.post(Entry("payment", books_of["A"], date(2026, 2, 20), "EUR", [Part(10000, on)]))
        journal.apply(posted.item_ids[0], early, 10000)

    assert books.open(early, "03-01") == "0.00"
    books.journal(replace)
    for day in ("02-19", "02-20", "03-01"):
        assert books.open(early, day) == books.open(late, day)
    assert books.aging("03-01") == {}


def _settled(journal, posted, item, on):
    journal.apply(posted.item_ids[0], item, 10000, on)
    return posted.document_id


def test_many_documents_are_voided_in_as_few_queries_as_one(books):
    items = [books.invoice("10", "01-01") for _ in range(30)]
    for item in items:
        books.payment("10", "02-01", (item, "10"))
    documents = [books.document(item) for item in items]

    def queries(numbers):
        asked = []

        def note(*what):
            asked.append(what[2])

        def void_all(journal):
            journal.load_documents(numbers)
            for number in numbers:
                reversal.void(journal, number)

        event.listen(books.engine, "before_cursor_execute", note)
        books.journal(void_all)
        event.remove(books.engine, "before_cursor_execute", note)
        return sum(statement.startswith("SELECT") for statement in asked)

    assert queries(documents[:2]) == queries(documents[2:])
    assert books.aging("02-01") == {"unapplied": "-300.00"}


def test_a_document_is_voided_in_the_transaction_that_posted_it(books):
    customer = books.customer()

    def post_and_void(journal):
        posted = journal.post(Entry("invoice", customer, date(2026, 1, 1), "EUR", [Part(1000, date(2026, 1, 31))]))
        return reversal.void(journal, posted.document_id)

    assert books.journal(post_and_void) == [2]
    assert books.aging("02-01") == {}
