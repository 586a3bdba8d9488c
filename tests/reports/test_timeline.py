"""What happened with Alder, found again by topic, period and words.

Alder owes INV-1 of 100 EUR due 1 Oct. 2 Mar: a note. 9 Nov: a call with a promise of 60 by 13 Nov (grace to 18 Nov).
"""

from __future__ import annotations

from datetime import date
from datetime import timedelta
from decimal import Decimal
from typing import NamedTuple

import pytest
from sqlalchemy import Engine

from arcore.arrangements import service as arrangements
from arcore.customers import service as customers
from arcore.disputes import service as disputes
from arcore.ledger import service as ledger
from arcore.reports import book as books_
from arcore.reports.timeline import timeline
from arcore.store.tables import Message
from arcore.store.tables import MessageItem
from arcore.store.unit import Actor
from arcore.store.unit import commit
from arcore.worklist import service as worklist
from arcore.worklist.rules import DisputeDraft
from arcore.worklist.rules import PromiseDraft

ANNA = Actor("anna")
MADE, DUE, TODAY = date(2026, 11, 9), date(2026, 11, 13), date(2026, 11, 30)


class Books(NamedTuple):
    """The ids that the tests ask for."""

    engine: Engine
    alder: int
    document: int
    item: int

    def told(self, **asked) -> list[tuple[str, str]]:
        return [(moment.kind, moment.what) for moment in timeline(self.engine, self.alder, **asked)]

    def talks(self, **asked) -> list[tuple[str, str]]:
        return self.told(topic="talks", **asked)

    def promise(self, amount: int = 60, **told) -> int:
        return arrangements.record_promise(
            self.engine, customer_id=self.alder, entity="main", currency="EUR", amount=Decimal(amount),
            made_on=MADE, due_on=DUE, actor=ANNA, **told,
        )["promise"]  # fmt: skip

    def pay(self, amount: int, on: date) -> None:
        ledger.record_payment(
            self.engine, customer_id=self.alder, received_on=on, currency="EUR", amount=Decimal(amount),
            apply_to=[(self.item, Decimal(amount))], actor=ANNA,
        )  # fmt: skip

    def send(self, state: str = "sent", day: date = MADE, words: str = "", asked=(("EUR", 10_000),), step=1) -> int:
        def body(unit) -> dict:
            message = Message(
                customer_id=self.alder, entity="main", policy="standard", step=step, due_on=day, day=day,
                key=f"{day}{state}", header_id=f"{day}{state}", language="en", raw=b"", way="file", state=state,
                subject="Your account", text="Dear Mia, INV-1 is overdue", recipients='["mia@alder.test"]', words=words,
                state_at=unit.recorded_at, prepared_at=unit.recorded_at, prepared_by="anna",
            )  # fmt: skip
            unit.session.add(message)
            unit.session.flush()
            for currency, units in asked:
                unit.session.add(
                    MessageItem(
                        message_id=message.id, document_id=self.document, due_date=date(2026, 10, 1),
                        currency=currency, open=units, claimed=units, level=step,
                    )
                )  # fmt: skip
            return {"message": message.id}

        return commit(self.engine, body, actor=ANNA, verb="prepare_message")["message"]


@pytest.fixture
def books(engine: Engine):
    alder = customers.create_customer(engine, code="C1", name="Alder Ltd", currency="EUR", actor=ANNA)["customer"]
    posted = ledger.post_invoice(
        engine, customer_id=alder, document_date=date(2026, 9, 1), currency="EUR",
        instalments=[(Decimal(100), date(2026, 10, 1))], details={"number": "INV-1"}, actor=ANNA,
    )  # fmt: skip
    yield Books(engine, alder, posted["documents"][0], posted["items"][0])
    books_.forget()


def test_a_call_with_what_came_of_it_is_one_entry_that_leads_on(books: Books) -> None:
    done = worklist.log_talk(
        books.engine, customer_id=books.alder, on=MADE, outcome="promise", who="Mia", text="Wire on Friday",
        promise=PromiseDraft("main", "EUR", Decimal(60), DUE, document_ids=[books.document]), actor=ANNA,
    )  # fmt: skip
    [entry] = timeline(books.engine, books.alder, topic="talks")
    assert (entry.on, entry.what, entry.amount, entry.currency, entry.day) == (
        MADE, "Call: promise to pay", 6_000, "EUR", DUE,
    )  # fmt: skip
    assert (entry.who, entry.text, entry.by, entry.matched) == ("Mia", "Wire on Friday", "anna", ("INV-1",))
    assert (entry.talk_id, entry.promise_id, entry.dispute_id) == (done["talk"], done["promise"], None)
    worklist.withdraw_talk(books.engine, talk_id=done["talk"], actor=ANNA)
    assert [(m.kind, m.taken_back) for m in timeline(books.engine, books.alder, topic="talks")] == [
        ("promise_withdrawn", False), ("promise", True),
    ]  # fmt: skip


def test_a_call_with_a_dispute_says_over_what(books: Books) -> None:
    worklist.log_talk(
        books.engine, customer_id=books.alder, on=MADE, outcome="dispute", channel="meeting",
        dispute=DisputeDraft(books.document, "quality", amount=Decimal(40)), actor=ANNA,
    )  # fmt: skip
    [entry] = timeline(books.engine, books.alder, topic="talks")
    assert (entry.what, entry.amount) == ("Meeting: dispute over INV-1: quality or damage", 4_000)
    assert (entry.document_id, entry.dispute_id is None) == (books.document, False)


def test_a_promise_is_told_and_then_kept(books: Books) -> None:
    number = books.promise()
    books.pay(60, date(2026, 11, 12))
    found = timeline(books.engine, books.alder, topic="talks", as_of=TODAY)
    assert [(m.kind, m.on, m.amount, m.promise_id) for m in found] == [
        ("promise_kept", date(2026, 11, 12), 6_000, number),
        ("promise", MADE, 6_000, number),
    ]
    assert books.talks() == [("promise", "Promise to pay")], "without a day nothing is judged"


def test_a_broken_promise_says_what_is_missing_from_which_day(books: Books) -> None:
    books.promise()
    assert books.talks(as_of=date(2026, 11, 18)) == [("promise", "Promise to pay")]
    [late, _] = timeline(books.engine, books.alder, topic="talks", as_of=date(2026, 11, 19))
    assert (late.what, late.on, late.amount, late.by) == ("Promise broken", date(2026, 11, 19), 6_000, "")
    books.pay(20, date(2026, 11, 12))
    [late, _] = timeline(books.engine, books.alder, topic="talks", as_of=TODAY)
    assert (late.what, late.amount) == ("Promise kept in part, still missing", 4_000)


def test_a_dispute_opens_and_closes(books: Books) -> None:
    number = disputes.open_dispute(
        books.engine, customer_id=books.alder, document_id=books.document, opened_on=MADE, reason="tax",
        note="19 % asked, 7 % due", actor=ANNA,
    )["dispute"]  # fmt: skip
    disputes.close_dispute(books.engine, dispute_id=number, outcome="accepted", on=DUE, actor=Actor("bo"))
    closed, opened = timeline(books.engine, books.alder, topic="talks")
    assert (opened.what, opened.text, opened.amount) == ("Dispute over INV-1: tax", "19 % asked, 7 % due", 10_000)
    assert (closed.on, closed.by, closed.what) == (DUE, "bo", "Dispute over INV-1 closed: the customer was right")
    disputes.reopen_dispute(books.engine, dispute_id=number, actor=ANNA)
    disputes.withdraw_dispute(books.engine, dispute_id=number, actor=ANNA)
    [only] = timeline(books.engine, books.alder, topic="talks")
    assert (only.kind, only.taken_back) == ("dispute", True)


def test_a_plan_is_agreed_changed_and_cancelled(books: Books) -> None:
    agree = {"agreed_on": MADE, "actor": ANNA}
    first = arrangements.agree_plan(
        books.engine, customer_id=books.alder, entity="main", currency="EUR", item_ids=[books.item],
        instalments=[(date(2026, 12, 1), Decimal(50)), (date(2027, 1, 1), Decimal(50))], who="Mia", **agree,
    )["plan"]  # fmt: skip
    days = [date(2026, 12, 1) + timedelta(days=30 * place) for place in range(4)]
    second = arrangements.change_plan(
        books.engine, plan_id=first, instalments=[(day, Decimal(25)) for day in days], on=DUE, actor=ANNA
    )["plan"]
    arrangements.cancel_plan(books.engine, plan_id=second, on=TODAY, actor=Actor("bo"))
    found = timeline(books.engine, books.alder, topic="talks")
    assert [(m.on, m.what, m.plan_id, m.amount) for m in found] == [
        (TODAY, "Payment plan of 4 instalments cancelled", second, 10_000),
        (DUE, "Payment plan of 4 instalments changed", second, 10_000),
        (MADE, "Payment plan of 2 instalments agreed", first, 10_000),
    ]
    assert (found[2].who, found[0].by) == ("Mia", "bo")


@pytest.mark.parametrize(
    ("state", "what"),
    [
        ("sent", "Firm reminder sent"),
        ("refused", "Firm reminder refused"),
        ("unknown", "Firm reminder: nobody knows whether it arrived"),
        ("bounced", "Firm reminder came back"),
    ],
)
def test_a_reminder_leads_to_the_very_letter(books: Books, state: str, what: str) -> None:
    number = books.send(state, words="550 no such user" if state == "refused" else "", step=2)
    [entry] = timeline(books.engine, books.alder, topic="messages")
    assert (entry.topic, entry.kind, entry.what, entry.message_id) == ("message", f"message_{state}", what, number)
    assert (entry.amount, entry.currency, entry.who) == (10_000, "EUR", "mia@alder.test")
    assert entry.text == ("550 no such user" if state == "refused" else "Your account")


def test_a_reminder_in_two_currencies_names_both(books: Books) -> None:
    books.send(asked=(("EUR", 10_000), ("JPY", 500)))
    [entry] = timeline(books.engine, books.alder, topic="messages")
    assert (entry.what, entry.amount) == ("Friendly reminder sent, asking for 100.00 EUR and 500 JPY", None)


def test_what_did_we_say_in_november(books: Books) -> None:
    for day in (date(2026, 10, 31), date(2026, 11, 1), MADE, TODAY, date(2026, 12, 1)):
        worklist.log_talk(books.engine, customer_id=books.alder, on=day, outcome="reached", text=str(day), actor=ANNA)
    books.send(day=date(2026, 10, 30))
    books.send(day=date(2026, 11, 2))
    books.pay(10, date(2026, 12, 2))
    books.pay(10, date(2026, 11, 3))
    month = {"since": date(2026, 11, 1), "until": TODAY}
    found = timeline(books.engine, books.alder, **month)
    assert {moment.on for moment in found if moment.topic != "change"} == {
        TODAY, MADE, date(2026, 11, 3), date(2026, 11, 2), date(2026, 11, 1),
    }  # fmt: skip
    assert [moment.text for moment in timeline(books.engine, books.alder, topic="talks", **month)] == [
        "2026-11-30", "2026-11-09", "2026-11-01",
    ]  # fmt: skip
    assert [moment.on for moment in timeline(books.engine, books.alder, topic="messages", **month)] == [
        date(2026, 11, 2)
    ]
    assert [moment.on for moment in timeline(books.engine, books.alder, topic="money", **month)] == [date(2026, 11, 3)]


def test_every_word_has_to_stand_in_the_entry_or_in_the_letter(books: Books) -> None:
    worklist.log_talk(
        books.engine, customer_id=books.alder, on=MADE, outcome="callback", who="Mia", text="Pays the Rest in May",
        actor=ANNA,
    )  # fmt: skip
    customers.add_note(books.engine, customer_id=books.alder, text="Pays on Fridays", actor=ANNA)
    books.send()
    assert sorted(books.told(text="pays")) == [("note", "Pays on Fridays"), ("talk", "Call: call back later")]
    assert books.told(text="mia REST") == [("talk", "Call: call back later")]
    assert books.told(text="dear overdue") == [("message_sent", "Friendly reminder sent")]
    assert books.told(text="mia nothing") == []


def test_the_newest_come_first_and_no_more_than_asked_for(books: Books) -> None:
    for place in range(5):
        day = MADE + timedelta(days=place)
        worklist.log_talk(books.engine, customer_id=books.alder, on=day, outcome="reached", actor=ANNA)
    found = timeline(books.engine, books.alder, topic="talks", most=2)
    assert [moment.on for moment in found] == [MADE + timedelta(days=4), MADE + timedelta(days=3)]


def test_what_holds_for_reminders_is_said_in_words(books: Books) -> None:
    start = {"customer_id": books.alder, "valid_from": MADE, "actor": ANNA}
    for name, value in (
        ("hold_until", "2026-12-01"), ("hold_until", ""), ("policy", "none"), ("policy", ""), ("key_account", "yes"),
        ("key_account", ""), ("max_extension", "30"), ("status", "direct_debit"),
    ):  # fmt: skip
        customers.set_fact(books.engine, name=name, value=value, **start)
    assert [moment.what for moment in timeline(books.engine, books.alder, topic="changes")][:-1] == [
        "Status: direct debit",
        "Longest extension in days: 30",
        "No key account any more",
        "Key account",
        "Reminders as usual",
        "No reminders at all",
        "Stop of reminders lifted",
        "Reminders stopped until 1 Dec 2026",
    ]


def test_what_was_said_with_a_merged_customer_is_told_with_the_survivor(books: Books) -> None:
    birch = customers.create_customer(books.engine, code="C2", name="Birch", actor=ANNA)["customer"]
    cedar = customers.create_customer(books.engine, code="C3", name="Cedar", actor=ANNA)["customer"]
    books.promise()
    worklist.log_talk(books.engine, customer_id=books.alder, on=MADE, outcome="reached", actor=ANNA)
    books.send()
    customers.merge(books.engine, customer_id=books.alder, into_id=birch, actor=ANNA)
    customers.merge(books.engine, customer_id=birch, into_id=cedar, actor=ANNA)
    kinds = {moment.kind for moment in timeline(books.engine, cedar, as_of=TODAY)}
    assert {"promise", "promise_broken", "talk", "message_sent"} <= kinds
