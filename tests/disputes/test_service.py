"""Alder contests a part of INV-1 (100.00, of which 20.00 are paid): opened, changed, closed, reopened, withdrawn."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import NamedTuple

import pytest
from sqlalchemy import Engine
from sqlalchemy import select
from sqlmodel import col

from arcore.customers import service as customers
from arcore.disputes import queries
from arcore.disputes import service
from arcore.errors import BadInput
from arcore.errors import BooksMoved
from arcore.errors import NotAllowed
from arcore.errors import NotFound
from arcore.errors import RuleBroken
from arcore.ledger import service as ledger
from arcore.reports.book import version
from arcore.store.engine import reading
from arcore.store.tables import AuditEvent
from arcore.store.tables import CaseEvent
from arcore.store.unit import Actor

ANNA = Actor("anna")
OPENED, CLOSED = date(2026, 11, 2), date(2026, 11, 16)


class Books(NamedTuple):
    """The ids that the tests ask for."""

    engine: Engine
    alder: int
    birch: int
    invoice: int
    item: int


@pytest.fixture
def books(engine: Engine) -> Books:
    alder, birch = (
        customers.create_customer(engine, code=code, name=name, currency="EUR", actor=ANNA)["customer"]
        for code, name in (("C1", "Alder Ltd"), ("C2", "Birch plc"))
    )
    posted = ledger.post_invoice(
        engine, customer_id=alder, document_date=date(2026, 9, 1), currency="EUR",
        instalments=[(Decimal(100), date(2026, 10, 1))], details={"number": "INV-1"}, actor=ANNA,
    )  # fmt: skip
    [item] = posted["items"]
    ledger.record_payment(
        engine, customer_id=alder, received_on=date(2026, 10, 20), currency="EUR", amount=Decimal(20),
        apply_to=[(item, Decimal(20))], actor=ANNA,
    )  # fmt: skip
    return Books(engine, alder, birch, posted["documents"][0], item)


@pytest.fixture
def contest(books: Books) -> Callable[..., int]:
    """Open a dispute over INV-1, of 60.00 unless said."""

    def opened(amount: int | None = 60, **told: object) -> int:
        told = {
            "customer_id": books.alder, "document_id": books.invoice, "opened_on": OPENED, "reason": "price",
            "actor": ANNA, "amount": None if amount is None else Decimal(amount), **told,
        }  # fmt: skip
        return int(service.open_dispute(books.engine, **told)["dispute"])

    return opened


def disputed(books: Books, day: date, **told: object) -> dict[int, int]:
    with reading(books.engine) as session:
        return queries.disputed(session, day, **told)


def test_a_dispute_counts_from_its_first_day_to_the_day_before_its_end(books, contest) -> None:
    number = contest(owner="Ben", due_on=date(2026, 11, 9), note="Two boxes short, says Mia")
    [row] = queries.disputes(books.engine, date(2026, 11, 12), customer_id=books.alder)
    assert (row.document, row.amount, row.open, row.counts) == ("INV-1", 6_000, 8_000, 6_000)
    assert (row.code, row.reason_words, row.owner, row.days, row.late) == ("C1", "Price or discount", "Ben", 10, 3)
    service.close_dispute(books.engine, dispute_id=number, outcome="rejected", on=CLOSED, actor=Actor("bo"))
    assert disputed(books, date(2026, 11, 1)) == {}
    assert disputed(books, OPENED) == {books.invoice: 6_000}
    assert disputed(books, date(2026, 11, 15)) == {books.invoice: 6_000}
    assert disputed(books, CLOSED) == {}
    assert queries.disputes(books.engine, CLOSED) == ()
    [row] = queries.disputes(books.engine, CLOSED, open_only=False)
    assert (row.state, row.outcome_words, row.closed_by, row.days, row.late, row.counts) == (
        "closed", "The customer was not right", "bo", 14, 0, 0,
    )  # fmt: skip
    [row] = queries.disputes(books.engine, date(2026, 11, 3), open_only=False)
    assert (row.state, row.outcome, row.closed_on) == ("open", "", None), "as of that day nobody had closed it"


def test_it_never_counts_for_more_than_is_open(books, contest) -> None:
    contest(80)
    ledger.record_payment(
        books.engine, customer_id=books.alder, received_on=date(2026, 11, 10), currency="EUR", amount=Decimal(50),
        apply_to=[(books.item, Decimal(50))], actor=ANNA,
    )  # fmt: skip
    [row] = queries.disputes(books.engine, CLOSED)
    assert (row.amount, row.open, row.counts) == (8_000, 3_000, 3_000)
    [row] = queries.disputes(books.engine, date(2026, 11, 9))
    assert row.counts == 8_000
    assert disputed(books, CLOSED) == {books.invoice: 8_000}, "who asks for the amounts caps them"


def test_without_an_amount_it_is_all_that_is_free(books, contest) -> None:
    contest(30)
    contest(None, reason="quality")
    assert disputed(books, OPENED) == {books.invoice: 8_000}
    with pytest.raises(RuleBroken, match="All that is open of Invoice INV-1 is in dispute already"):
        contest(None)
    with pytest.raises(RuleBroken, match=r"80\.00 EUR open, 80\.00 of it in dispute already: 1\.00 can't"):
        contest(1)


def test_reopening_and_withdrawing_are_undone(books, contest) -> None:
    number = contest()
    service.close_dispute(books.engine, dispute_id=number, outcome="accepted", on=CLOSED, actor=ANNA)
    service.reopen_dispute(books.engine, dispute_id=number, actor=ANNA)
    assert disputed(books, CLOSED) == {books.invoice: 6_000}
    service.withdraw_dispute(books.engine, dispute_id=number, actor=ANNA)
    assert disputed(books, OPENED) == {}, "recorded by mistake: it counts on no day"
    [row] = queries.disputes(books.engine, CLOSED, open_only=False)
    assert (row.state, row.outcome_words) == ("withdrawn", "Recorded by mistake")
    service.reopen_dispute(books.engine, dispute_id=number, actor=ANNA)
    assert disputed(books, OPENED) == {books.invoice: 6_000}
    found, history = queries.dispute(books.engine, number, CLOSED)
    assert found is not None
    assert found.state == "open"
    assert [change.verb for change in history] == ["opened", "closed", "reopened", "withdrawn", "reopened"]
    assert history[1].what["outcome"] == "accepted"


def test_what_was_known_before_it_was_recorded(books, contest) -> None:
    with reading(books.engine) as session:
        before = session.execute(select(AuditEvent.at).order_by(col(AuditEvent.seq).desc())).scalars().first()
    number = contest()
    with reading(books.engine) as session:
        between = session.execute(select(AuditEvent.at).order_by(col(AuditEvent.seq).desc())).scalars().first()
    service.close_dispute(books.engine, dispute_id=number, outcome="dropped", on=OPENED, actor=ANNA)
    assert disputed(books, OPENED) == {}
    assert disputed(books, OPENED, known_at=between) == {books.invoice: 6_000}
    assert disputed(books, OPENED, known_at=before) == {}


def test_a_change_says_what_stood_there_before(books, contest) -> None:
    number = contest(owner="Ben", due_on=CLOSED)
    values = {"amount": Decimal(80), "reason": "tax", "owner": " Cleo ", "due_on": None, "note": "All of it"}
    done = service.change_dispute(books.engine, dispute_id=number, values=values, actor=ANNA)
    assert done["before"] == {"amount": 6_000, "reason": "price", "owner": "Ben", "due_on": "2026-11-16"}
    [row] = queries.disputes(books.engine, CLOSED)
    assert (row.amount, row.reason, row.owner, row.due_on, row.note) == (8_000, "tax", "Cleo", None, "All of it")
    with pytest.raises(RuleBroken, match=r"80\.00 EUR open: 80\.01 can't be in dispute"):
        service.change_dispute(books.engine, dispute_id=number, values={"amount": Decimal("80.01")}, actor=ANNA)
    with pytest.raises(BadInput, match="document can't be changed"):
        service.change_dispute(books.engine, dispute_id=number, values={"document": 1}, actor=ANNA)
    with pytest.raises(BadInput, match="before it, on 2026-11-01"):
        service.change_dispute(books.engine, dispute_id=number, values={"due_on": date(2026, 11, 1)}, actor=ANNA)
    service.close_dispute(books.engine, dispute_id=number, outcome="rejected", on=CLOSED, actor=ANNA)
    with pytest.raises(RuleBroken, match="anna closed this dispute before"):
        service.change_dispute(books.engine, dispute_id=number, values={"owner": "Ben"}, actor=ANNA)


def test_what_makes_no_sense_is_refused(books, contest) -> None:
    number = contest(10)
    with pytest.raises(BadInput, match="more than zero"):
        contest(0)
    with pytest.raises(NotFound, match="no document"):
        contest(customer_id=books.birch)
    with pytest.raises(NotFound, match="no customer 99"):
        contest(customer_id=99)
    with pytest.raises(BadInput, match="no reason"):
        contest(reason="mood")
    with pytest.raises(BadInput, match="began on 2026-11-02"):
        service.close_dispute(books.engine, dispute_id=number, outcome="accepted", on=date(2026, 11, 1), actor=ANNA)
    with pytest.raises(RuleBroken, match="This dispute is open"):
        service.reopen_dispute(books.engine, dispute_id=number, actor=ANNA)
    with pytest.raises(NotFound, match="no dispute 99"):
        service.withdraw_dispute(books.engine, dispute_id=99, actor=ANNA)


def test_a_credit_has_nothing_to_contest(books, contest) -> None:
    money = ledger.record_payment(
        books.engine, customer_id=books.alder, received_on=OPENED, currency="EUR", amount=Decimal(5), actor=ANNA
    )
    with pytest.raises(RuleBroken, match="Nothing is open of Payment"):
        contest(5, document_id=money["documents"][0])


def test_a_double_click_opens_one_and_the_second_person_is_told(books, contest) -> None:
    drawn = version(books.engine)[1]
    assert contest(10, key="k", seen=drawn) == contest(10, key="k", seen=drawn)
    assert disputed(books, OPENED) == {books.invoice: 1_000}
    with pytest.raises(BooksMoved, match="anna wrote here while you were looking"):
        contest(10, seen=drawn, actor=Actor("bo"))
    with pytest.raises(NotAllowed, match="vera may look at disputes"):
        contest(10, actor=Actor("vera", role="viewer"))


def test_a_merged_customers_dispute_stands_under_who_it_lives_on_in(books, contest) -> None:
    contest()
    customers.merge(books.engine, customer_id=books.alder, into_id=books.birch, actor=ANNA)
    [row] = queries.disputes(books.engine, OPENED, customer_id=books.birch)
    assert (row.customer_id, row.code) == (books.birch, "C2")
    assert disputed(books, OPENED, customer_ids=[books.birch]) == {books.invoice: 6_000}
    drawn = version(books.engine)[1]
    contest(10, customer_id=books.birch)
    with pytest.raises(BooksMoved):
        service.close_dispute(
            books.engine, dispute_id=row.dispute_id, outcome="accepted", on=CLOSED, seen=drawn, actor=ANNA
        )


def test_the_audit_and_the_history_hold_no_words_of_people(books, contest) -> None:
    contest(note="Mia says two boxes were wet")
    with reading(books.engine) as session:
        [event] = session.execute(select(CaseEvent)).scalars()
        audit = session.execute(select(AuditEvent).order_by(col(AuditEvent.seq).desc())).scalars().first()
    assert audit is not None
    assert (audit.verb, audit.subject, event.audit_seq) == ("open_dispute", f"customer:{books.alder}", audit.seq)
    assert "Mia" not in event.what + audit.changed + audit.result
    assert json.loads(audit.changed)["amount"] == 6_000
    assert "note" in json.loads(audit.changed), "that there was a note is known, as a hash"


def test_a_dispute_follows_an_invoice_that_was_posted_again(books, contest) -> None:
    number = contest()
    ledger.void(books.engine, document_id=books.invoice, actor=ANNA)
    assert disputed(books, OPENED) == {books.invoice: 6_000}
    again = ledger.post_invoice(
        books.engine, customer_id=books.alder, document_date=date(2026, 9, 1), currency="EUR",
        instalments=[(Decimal(90), date(2026, 10, 1))], details={"number": "INV-1"}, actor=ANNA,
    )["documents"][0]  # fmt: skip
    assert disputed(books, OPENED) == {again: 6_000}
    [row] = queries.disputes(books.engine, CLOSED)
    assert (row.document_id, row.document, row.open, row.counts) == (again, "INV-1", 9_000, 6_000)
    service.change_dispute(books.engine, dispute_id=number, values={"amount": Decimal(90)}, actor=ANNA)
    with pytest.raises(RuleBroken, match="All that is open of Invoice INV-1 is in dispute already"):
        contest(None, document_id=again)
