"""What every verb keeps: once per key, all or nothing, previewed, refused to viewers, told in the audit."""

from __future__ import annotations

import json
import re
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from arcore.errors import BadInput
from arcore.errors import BooksMoved
from arcore.errors import KeyReused
from arcore.errors import NotAllowed
from arcore.errors import NotFound
from arcore.errors import RuleBroken
from arcore.ledger.entry import Entry
from arcore.ledger.entry import Part
from arcore.ledger.journal import Journal
from arcore.ledger.kinds import SNAPSHOT
from arcore.store.unit import Actor
from arcore.store.unit import commit


def on(text):
    return date.fromisoformat(f"2026-{text}")


def settled(books, item):
    """Close an item by a settlement, as a snapshot of 1 February without it does, and return that document."""

    def body(unit):
        journal = Journal(unit)
        closed = journal.item(item)
        entry = Entry("settlement", closed.customer_id, on("02-01"), "EUR", [Part(900, on("02-01"))],
                      side=-1, reason=SNAPSHOT, reference="2026-01-01/2026-02-01")  # fmt: skip
        posted = journal.post(entry)
        journal.apply(posted.item_ids[0], item, 900)
        journal.flush()
        return {"document": posted.document_id}

    return commit(books.engine, body, actor=books.actor, verb="import")["document"]


@pytest.fixture
def scene(books):
    """Give an invoice of 100, a payment of 60 applied to it, and every verb with arguments that would work."""
    invoice = books.invoice("100", "01-01", due="01-31")
    payment = books.payment("60", "02-01", (invoice, "50"))
    lost = books.invoice("5", "01-01")
    books.do("write_off", item_id=lost, amount=Decimal(5), reason="goodwill", on=on("02-01"))
    written_off = books.said["documents"][0]
    plan = books.redate(books.invoice("7", "01-01"), "06-30", on="02-01")
    vanished, explained = (settled(books, books.invoice("9", "01-01")) for _ in range(2))
    books.do("classify", settlement_ids=[explained], explanation="cash")
    stands = books.said["documents"]
    other = books.customer("C2")
    common = {"customer_id": 1, "currency": "EUR"}
    return {
        "post_invoice": {**common, "document_date": on("03-01"), "instalments": [(Decimal(10), on("03-31"))]},
        "post_debit_note": {**common, "document_date": on("03-01"), "amount": Decimal(10), "due_date": on("03-31")},
        "post_credit_note": {**common, "document_date": on("03-01"), "amount": Decimal(10)},
        "record_payment": {**common, "received_on": on("03-01"), "amount": Decimal(10)},
        "record_refund": {**common, "paid_on": on("03-01"), "amount": Decimal(10), "from_item_id": payment},
        "apply": {"from_item_id": payment, "to_item_id": invoice, "amount": Decimal(10)},
        "apply_many": {"from_item_id": payment, "apply_to": [(invoice, Decimal(10))]},
        "apply_pairs": {"pairs": [(payment, invoice, Decimal(10))]},
        "classify": {"settlement_ids": [vanished], "explanation": "write_off", "reason": "goodwill"},
        "declassify": {"document_ids": stands},
        "unapply": {"application_id": 1},
        "unapply_many": {"application_ids": [1]},
        "write_off": {"item_id": invoice, "amount": Decimal(10), "reason": "goodwill", "on": on("03-01")},
        "recover": {"document_id": written_off, "amount": Decimal(5), "on": on("03-01")},
        "redate": {"item_id": invoice, "due_date": on("06-30"), "on": on("03-01")},
        "move_back": {"item_id": plan, "on": on("03-01")},
        "transfer": {"item_id": invoice, "amount": Decimal(10), "to_customer_id": other, "on": on("03-01")},
        "convert": {
            "item_id": invoice,
            "amount": Decimal(10),
            "to_currency": "USD",
            "to_amount": Decimal(11),
            "on": on("03-01"),
        },
        "void": {"document_id": books.document(invoice)},
        "void_many": {"document_ids": [books.document(invoice), books.document(payment)]},
        "reverse_payment": {"document_id": books.document(payment), "on": on("03-01")},
    }


VERBS = (
    "post_invoice post_debit_note post_credit_note record_payment record_refund apply apply_many apply_pairs "
    "classify declassify unapply unapply_many write_off recover redate move_back transfer convert void void_many "
    "reverse_payment"
).split()


def test_the_list_of_verbs_is_complete():
    import inspect

    from arcore.ledger import service

    public = {
        name
        for name, found in inspect.getmembers(service, inspect.isfunction)
        if found.__module__ == service.__name__ and not name.startswith("_")
    }
    assert public == set(VERBS)


@pytest.mark.parametrize("verb", VERBS)
def test_a_verb_is_previewed_written_once_and_told_in_one_audit_event(books, scene, verb):
    before = books.counted()
    previewed = books.do(verb, dry_run=True, **scene[verb])
    assert books.counted() == before

    said = books.do(verb, key="one click", **scene[verb])
    after = books.counted()
    assert said == previewed
    assert after["audit_event"] == before["audit_event"] + 1
    assert after != {**before, "audit_event": after["audit_event"]}
    event = books.rows("SELECT * FROM audit_event ORDER BY seq DESC")[0]
    assert (event["actor"], event["idempotency_key"]) == ("anna", "one click")
    assert json.loads(event["changed"])
    assert json.loads(event["result"])["effects"] == said["effects"] != []

    assert books.do(verb, key="one click", **scene[verb]) == said
    other = next(name for name in VERBS if name != verb)
    with pytest.raises(KeyReused, match="already recorded with other content"):
        books.do(other, key="one click", **scene[other])
    assert books.counted() == after


def test_previews_leave_nothing_and_do_not_see_each_other(books, scene):
    before, known = books.counted(), books.read()
    previews = [books.do(verb, dry_run=True, **scene[verb]) for verb in VERBS]

    assert [books.do(verb, dry_run=True, **scene[verb]) for verb in VERBS] == previews
    assert (books.counted(), books.read()) == (before, known)


def test_what_a_preview_showed_is_what_is_written_or_nothing_is(books):
    invoice = books.invoice("100", "01-01")
    pay = {"customer_id": 1, "received_on": on("02-01"), "currency": "EUR", "amount": Decimal(30)}
    pay["apply_to"] = [(invoice, Decimal(30))]
    shown = books.do("record_payment", dry_run=True, **pay)["effects"]
    books.invoice("7", "01-01", to="C2")  # somebody else's document takes the id that the preview had
    books.do("record_payment", expected=shown, **pay)
    assert books.open(invoice) == "70.00"

    with pytest.raises(BooksMoved, match="changed since this preview"):
        books.do("record_payment", expected=shown, **pay)
    assert books.open(invoice) == "70.00"


def test_a_viewer_looks_and_does_not_write(books, scene):
    before = books.counted()

    for verb in VERBS:
        for dry_run in (False, True):
            with pytest.raises(NotAllowed, match="vera may look at the books but not write in them"):
                books.do(verb, actor=Actor("vera", role="viewer"), dry_run=dry_run, **scene[verb])
    assert books.counted() == before


def test_the_same_key_with_another_amount_or_day_is_refused(books):
    invoice = books.invoice("100", "01-01")
    payment = books.payment("100", "02-01")
    arguments = {"from_item_id": payment, "to_item_id": invoice, "amount": Decimal(10), "key": "k"}
    books.do("apply", **arguments)

    for change in ({"amount": Decimal(11)}, {"on": on("03-01")}, {"to_item_id": payment}):
        with pytest.raises(KeyReused):
            books.do("apply", **{**arguments, **change})
    assert books.do("apply", **{**arguments, "amount": Decimal("10.00")})["applications"] == [1]


def test_a_refused_verb_leaves_no_trace_and_its_key_may_be_used(books):
    invoice = books.invoice("100", "01-01")
    payment = books.payment("100", "02-01")
    before = books.counted()
    with pytest.raises(RuleBroken):
        books.do("apply", from_item_id=payment, to_item_id=invoice, amount=Decimal(101), key="k")
    assert books.counted() == before

    books.do("apply", from_item_id=payment, to_item_id=invoice, amount=Decimal(100), key="k")
    assert books.open(invoice) == "0.00"


def test_effects_tell_the_balance_before_and_after(books):
    invoice = books.invoice("100", "01-01", details={"number": "INV-7"})
    books.payment("150", "02-01", (invoice, "100"), details={"number": "P-1"})

    told = [(row["number"], row["before"], row["after"], row["currency"]) for row in books.said["effects"]]
    assert told == [("INV-7", "100.00", "0.00", "EUR"), ("P-1", "0.00", "-50.00", "EUR")]


def test_effects_follow_the_money_to_other_customers(books):
    invoice = books.invoice("100", "01-01", to="A")
    books.transfer(invoice, "60", to="B", on="02-01")

    told = [(row["kind"], row["before"], row["after"]) for row in books.said["effects"]]
    assert told == [("invoice", "100.00", "40.00"), ("transfer", "0.00", "0.00"), ("transfer", "0.00", "60.00")]


def test_yen_have_no_digits_and_dinars_three(books):
    yen = books.invoice("1235", "01-01", currency="JPY")
    dinar = books.invoice("1.234", "01-01", currency="KWD")
    books.payment("1000", "02-01", (yen, "1000"), currency="JPY")
    told = books.said["effects"]
    books.payment("1.230", "02-01", (dinar, "1.230"), currency="KWD")

    assert (books.open(yen), books.open(dinar)) == ("235", "0.004")
    assert [row["after"] for row in told] == ["235", "0"]
    assert [row["after"] for row in books.said["effects"]] == ["0.004", "0.000"]
    amounts = books.rows("SELECT amount FROM document ORDER BY id")
    assert [row["amount"] for row in amounts] == [1235, 1234, -1000, -1230]


@pytest.mark.parametrize(
    ("currency", "amount", "sentence"),
    [
        ("JPY", "100.5", "100.5 JPY can't be booked: JPY has no decimals"),
        ("EUR", "0.004", "0.004 EUR can't be booked: EUR has 2 decimals"),
        ("KWD", "1.2345", "1.2345 KWD can't be booked: KWD has 3 decimals"),
    ],
)
def test_an_amount_finer_than_its_currency_is_refused_and_not_rounded(books, currency, amount, sentence):
    with pytest.raises(BadInput, match=re.escape(sentence)):
        books.invoice(amount, "01-01", currency=currency)
    invoice = books.invoice("200.00", "01-01", currency=currency)
    with pytest.raises(BadInput, match=re.escape(sentence)):
        books.payment("100", "02-01", (invoice, amount), currency=currency)
    with pytest.raises(BadInput, match=re.escape(sentence)):
        books.do("write_off", item_id=invoice, amount=Decimal(amount), reason="goodwill", on=on("02-01"))
    assert Decimal(books.open(invoice)) == 200


@pytest.mark.parametrize("amount", ["0", "0.00"])
def test_a_document_over_nothing_is_not_posted(books, amount):
    with pytest.raises(BadInput, match="The amount is zero: there is nothing to book"):
        books.invoice(amount, "01-01")


@pytest.mark.parametrize("amount", ["-1", "-0.01"])
def test_a_document_over_less_than_nothing_is_another_kind_of_document(books, amount):
    for post in (books.invoice, books.payment, books.credit_note):
        with pytest.raises(BadInput, match="its kind gives the sign"):
            post(amount, "01-01")


@pytest.mark.parametrize("amount", ["NaN", "Infinity", "1e15", "1e400", "10000000000000"])
def test_what_is_no_amount_or_too_large_is_refused(books, amount):
    with pytest.raises(BadInput):
        books.invoice(amount, "01-01")


def test_the_largest_amounts_still_add_up(books):
    largest = "9999999999999.99"
    invoices = [books.invoice(largest, "01-01", due="01-31") for _ in range(3)]
    books.payment(largest, "02-01", (invoices[0], largest))

    assert books.aging("02-01") == {"1-30": "19999999999999.98"}


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"currency": "EURO"}, "is no currency code"),
        ({"currency": "eur"}, "is no currency code"),
        ({"document_date": date(1969, 12, 31)}, "1969-12-31 is not a date that books can hold"),
        ({"document_date": date(2200, 1, 1)}, "2200-01-01 is not a date that books can hold"),
        ({"instalments": [(Decimal(10), date(2226, 3, 31))]}, "2226-03-31 is not a date that books can hold"),
        ({"details": {"effective_on": date(20, 3, 1)}}, "0020-03-01 is not a date that books can hold"),
        ({"instalments": []}, "zero|at least one amount"),
        ({"instalments": [(Decimal(10), on("03-31")), (Decimal(-5), on("04-30"))]}, "its kind gives the sign"),
    ],
)
def test_an_invoice_that_books_can_not_hold_is_refused(books, scene, change, says):
    with pytest.raises(BadInput, match=says):
        books.do("post_invoice", **{**scene["post_invoice"], **change})


def test_an_instalment_may_be_nothing_while_the_invoice_is_something(books):
    items = books.instalments([("0", "01-31"), ("10", "02-28")], "01-01")

    assert [books.open(item) for item in items] == ["0.00", "10.00"]
    books.void(items[0])
    assert books.aging("03-31") == {}


def test_days_of_verbs_are_checked_like_days_of_documents(books, scene):
    for verb in ("apply", "unapply"):
        with pytest.raises(BadInput, match="2206-03-01 is not a date that books can hold"):
            books.do(verb, **{**scene[verb], "on": date(2206, 3, 1)})


@pytest.mark.parametrize("missing", ["customer", "item", "application", "document"])
def test_what_is_not_there_is_named(books, missing):
    books.customer()
    calls = {
        "customer": ("record_payment", {"customer_id": 9, "received_on": on("01-01"), "currency": "EUR"}),
        "item": ("redate", {"item_id": 9, "due_date": on("06-30"), "on": on("01-01")}),
        "application": ("unapply", {"application_id": 9}),
        "document": ("recover", {"document_id": 9, "on": on("01-01")}),
    }
    verb, arguments = calls[missing]
    if verb in ("record_payment", "recover"):
        arguments["amount"] = Decimal(1)

    with pytest.raises(NotFound, match=f"There is no {missing} 9"):
        books.do(verb, **arguments)


def test_the_kinds_decide_the_side(books):
    customer = books.customer()
    parts = [Part(100, on("01-01"))]

    def post(**what):
        books.journal(lambda journal: journal.post(Entry(customer_id=customer, document_date=on("01-01"),
                                                         currency="EUR", parts=parts, **what)))  # fmt: skip

    for what, says in (
        ({"kind": "invoice", "side": -1}, "An? invoice is always debit"),
        ({"kind": "payment", "side": 1}, "payment is always credit"),
        ({"kind": "write_off", "side": 1}, "write-off is always credit"),
        ({"kind": "write_off", "reason": "recovery", "side": -1}, "write-off is always debit"),
        ({"kind": "settlement"}, "may be debit or credit: say which"),
        ({"kind": "settlement", "side": 2}, r"A side is \+1 \(debit\) or -1 \(credit\), not 2"),
        ({"kind": "gift"}, "'gift' is no kind of document"),
    ):
        with pytest.raises(BadInput, match=says):
            post(**what)
    post(kind="settlement", side=1)
    post(kind="settlement", side=-1)
    assert books.aging("01-02") == {"1-30": "1.00", "unapplied": "-1.00"}


@pytest.mark.parametrize("table", ["document", "application"])
def test_the_database_itself_refuses_to_reverse_twice(books, scene, table):
    books.do("void", **scene["void"])
    row = books.rows(f"SELECT * FROM {table} WHERE reverses_id IS NOT NULL ORDER BY id")[0]
    row |= {"id": 10**6}

    names = ", ".join(row)
    places = ", ".join(f":{name}" for name in row)
    with Session(books.engine) as session, pytest.raises(IntegrityError, match="reverses_id"):
        session.execute(text(f"INSERT INTO {table} ({names}) VALUES ({places})"), row)


def test_what_was_known_at_a_moment_is_a_prefix_of_the_rows(books):
    invoice = books.invoice("100", "01-01")
    first = books.now()
    payment = books.payment("40", "02-01", (invoice, "40"))
    second = books.now()
    books.void(payment)

    assert [books.open(invoice, "02-01", known) for known in (first, second, books.now())] == [
        "100.00",
        "60.00",
        "100.00",
    ]
    reached = books.rows("SELECT document_id, item_id, application_id FROM audit_event WHERE item_id > 0 ORDER BY seq")
    assert [tuple(row.values()) for row in reached] == [(1, 1, 0), (2, 2, 1), (3, 3, 3)]
