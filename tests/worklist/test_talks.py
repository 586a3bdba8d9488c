"""Talks with Alder: a call in one write with what came of it, taken back and put back with it; who waits for us."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import NamedTuple

import pytest
from sqlalchemy import Engine
from sqlalchemy import func
from sqlalchemy import select
from sqlmodel import col

from arcore.arrangements import service as arrangements
from arcore.customers import service as customers
from arcore.disputes import queries as disputes
from arcore.disputes import service as contest
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
from arcore.store.tables import Dispute
from arcore.store.tables import Message
from arcore.store.tables import Promise
from arcore.store.tables import Talk
from arcore.store.unit import Actor
from arcore.store.unit import commit
from arcore.worklist import queries
from arcore.worklist import service
from arcore.worklist.rules import DisputeDraft
from arcore.worklist.rules import PromiseDraft

ANNA = Actor("anna")
MON, TUE, WED = date(2026, 11, 9), date(2026, 11, 10), date(2026, 11, 11)


class Books(NamedTuple):
    """The ids that the tests ask for."""

    engine: Engine
    alder: int
    birch: int
    invoice: int

    def talk(self, outcome: str = "reached", on: date = MON, **told: object) -> dict:
        told = {"customer_id": self.alder, "actor": ANNA, **told}
        return service.log_talk(self.engine, on=on, outcome=outcome, **told)

    def waiting(self, **told: object) -> dict[int, date]:
        with reading(self.engine) as session:
            return queries.waiting_for_reply(session, **told)

    def count(self, table: type) -> int:
        with reading(self.engine) as session:
            return int(session.execute(select(func.count()).select_from(table)).scalar_one())

    def stands(self) -> tuple[bool, bool]:
        """Tell whether the promise and the dispute of these books stand."""
        with reading(self.engine) as session:
            promise = session.execute(select(Promise)).scalar_one()
            return promise.withdrawn_at is None, bool(disputes.disputed(session, MON))


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
    return Books(engine, alder, birch, posted["documents"][0])


def drafts(books: Books) -> dict:
    return {
        "promise": PromiseDraft("main", "EUR", Decimal(60), date(2026, 11, 17), document_ids=(books.invoice,)),
        "dispute": DisputeDraft(books.invoice, "quality", amount=Decimal(40), owner="Ben"),
    }


def test_a_call_brings_a_promise_and_a_dispute_in_one_write(books: Books) -> None:
    before = books.count(AuditEvent)
    done = books.talk("promise", who="Mia", text="Pays 60, two boxes were wet", **drafts(books))
    assert books.count(AuditEvent) == before + 1
    [talk] = queries.talks(books.engine, books.alder)
    assert (talk.channel_words, talk.outcome_words, talk.who, talk.by, talk.on) == (
        "Call", "Promise to pay", "Mia", "anna", MON,
    )  # fmt: skip
    assert (talk.promise_id, talk.dispute_id) == (done["promise"], done["dispute"])
    with reading(books.engine) as session:
        promise = session.get(Promise, done["promise"])
        assert promise is not None
        assert (promise.amount, promise.made_on, promise.who, promise.grace_days) == (6_000, MON, "Mia", 3)
        subjects = set(session.execute(select(CaseEvent.subject)).scalars())
        audit = session.execute(select(AuditEvent).order_by(col(AuditEvent.seq).desc())).scalars().first()
    assert subjects == {"promise", "dispute", "talk"}
    assert audit is not None
    assert audit.subject == f"customer:{books.alder}"
    assert "Mia" not in audit.changed
    assert "boxes" not in audit.changed
    assert {"who", "text"} <= set(json.loads(audit.changed))


def test_what_is_refused_leaves_nothing_behind(books: Books) -> None:
    too_much = DisputeDraft(books.invoice, "quality", amount=Decimal(101))
    before = books.count(AuditEvent)
    with pytest.raises(RuleBroken, match=r"100\.00 EUR open: 101\.00 can't be in dispute"):
        books.talk("promise", **{**drafts(books), "dispute": too_much})
    assert [books.count(table) for table in (Talk, Promise, Dispute)] == [0, 0, 0]
    assert books.count(AuditEvent) == before


@pytest.mark.parametrize(
    ("told", "sentence"),
    [
        ({"outcome": "shouted"}, "no outcome of a talk; one of reached, no_answer"),
        ({"channel": "pigeon"}, "no way to talk; one of phone"),
        ({"outcome": "promise"}, "Say what was promised"),
        ({"outcome": "dispute"}, "Say what is in dispute"),
        ({"promise": PromiseDraft("main", "EUR", Decimal(1), MON)}, "ends with that, not with 'reached'"),
        ({"text": "x" * 4_001}, "at most 4,000 characters"),
        ({"who": "x" * 201}, "at most 200 characters"),
        ({"on": date(206, 11, 9)}, "not a date that books can hold"),
    ],
)
def test_a_talk_that_makes_no_sense_is_refused(books: Books, told: dict, sentence: str) -> None:
    with pytest.raises(BadInput, match=sentence):
        books.talk(**told)


def test_a_talk_is_taken_back_with_what_it_recorded_and_put_back(books: Books) -> None:
    done = books.talk("promise", **drafts(books))
    service.withdraw_talk(books.engine, talk_id=done["talk"], actor=ANNA)
    assert queries.talks(books.engine, books.alder) == ()
    assert [talk.withdrawn for talk in queries.talks(books.engine, books.alder, withdrawn=True)] == [True]
    assert books.stands() == (False, False)
    with pytest.raises(RuleBroken, match="taken back before"):
        service.withdraw_talk(books.engine, talk_id=done["talk"], actor=ANNA)
    service.restore_talk(books.engine, talk_id=done["talk"], actor=ANNA)
    assert len(queries.talks(books.engine, books.alder)) == 1
    assert books.stands() == (True, True)
    with pytest.raises(RuleBroken, match="nothing to put back"):
        service.restore_talk(books.engine, talk_id=done["talk"], actor=ANNA)
    with pytest.raises(NotFound, match="no talk 99"):
        service.withdraw_talk(books.engine, talk_id=99, actor=ANNA)


def test_what_ended_by_itself_stays_ended_when_the_talk_comes_back(books: Books) -> None:
    done = books.talk("promise", **drafts(books))
    arrangements.withdraw_promise(books.engine, promise_id=done["promise"], actor=ANNA)
    contest.close_dispute(books.engine, dispute_id=done["dispute"], outcome="rejected", on=MON, actor=ANNA)
    service.withdraw_talk(books.engine, talk_id=done["talk"], actor=ANNA)
    service.restore_talk(books.engine, talk_id=done["talk"], actor=ANNA)
    assert books.stands() == (False, False)
    [row] = disputes.disputes(books.engine, MON, open_only=False)
    assert row.outcome == "rejected"


def test_a_double_click_logs_one_call_and_the_second_person_is_told(books: Books) -> None:
    drawn = version(books.engine)[1]
    told = {**drafts(books), "seen": drawn}
    assert books.talk("promise", key="k", **told) == books.talk("promise", key="k", **told)
    assert [books.count(table) for table in (Talk, Promise, Dispute)] == [1, 1, 1]
    with pytest.raises(BooksMoved, match=r"anna wrote here while you were looking \(log talk"):
        books.talk(seen=drawn, actor=Actor("bo"))
    books.talk(seen=drawn, customer_id=books.birch)
    with pytest.raises(NotAllowed, match="vera may look at talks"):
        books.talk(actor=Actor("vera", role="viewer"))


def test_who_wrote_waits_until_somebody_answers(books: Books) -> None:
    wrote = books.talk("wrote_to_us", channel="email", on=MON)
    books.talk("reached", customer_id=books.birch)
    assert books.waiting() == {books.alder: MON}
    books.talk("no_answer", on=TUE)
    assert books.waiting() == {books.alder: MON}, "nobody was reached"
    answer = books.talk("message_left", on=TUE)
    assert books.waiting() == {}
    assert books.waiting(as_of=MON) == {books.alder: MON}, "as of Monday nobody had answered"
    service.withdraw_talk(books.engine, talk_id=answer["talk"], actor=ANNA)
    assert books.waiting(customer_ids=[books.alder, books.birch]) == {books.alder: MON}
    assert books.waiting(customer_ids=[books.birch]) == {}
    books.talk("wrote_to_us", on=WED)
    assert books.waiting() == {books.alder: WED}
    for talk in queries.talks(books.engine, books.alder):
        if talk.outcome == "wrote_to_us":
            service.withdraw_talk(books.engine, talk_id=talk.talk_id, actor=ANNA)
    assert books.waiting() == {}
    assert wrote["promise"] is None


def test_an_earlier_talk_of_the_same_day_is_no_answer(books: Books) -> None:
    books.talk("reached", on=MON)
    books.talk("wrote_to_us", on=MON)
    assert books.waiting() == {books.alder: MON}
    books.talk("callback", on=MON)
    assert books.waiting() == {}


@pytest.mark.parametrize(
    ("state", "day", "waits"),
    [
        ("sent", TUE, False),
        ("unknown", TUE, False),
        ("refused", TUE, True),
        ("bounced", TUE, True),
        ("sent", MON, False),
    ],
)
def test_a_message_answers_when_it_may_have_arrived(books: Books, state: str, day: date, waits: bool) -> None:
    books.talk("wrote_to_us", on=MON)

    def body(unit) -> dict:
        unit.session.add(
            Message(
                customer_id=books.alder, entity="main", policy="standard", step=1, due_on=day, day=day, key="k",
                header_id="h", language="en", raw=b"", way="file", state=state, state_at=unit.recorded_at,
                prepared_at=unit.recorded_at, prepared_by="anna",
            )
        )  # fmt: skip
        return {}

    commit(books.engine, body, actor=ANNA, verb="send")
    assert books.waiting() == ({books.alder: MON} if waits else {})


def test_talks_of_a_merged_customer_are_read_and_answered_by_the_survivor(books: Books) -> None:
    books.talk("wrote_to_us")
    customers.merge(books.engine, customer_id=books.alder, into_id=books.birch, actor=ANNA)
    assert len(queries.talks(books.engine, books.birch)) == 1
    assert books.waiting(customer_ids=[books.birch]) == {books.birch: MON}
    books.talk("reached", on=TUE, customer_id=books.birch)
    assert books.waiting() == {}
