"""Five invoices of Alder and Birch, all of 1 June and due on 1 July 2026, and how each came to its cash.

A: 100, paid 26 June. B: 200, paid 8 July, nobody got in touch. C: 300, called 11 July, paid 31 July.
D: 400, called 6 July, promised on 11 July for 27 July, paid 30 July. E: 500, promised on 6 July for 20 July, paid 31
August.
"""

from __future__ import annotations

from datetime import UTC
from datetime import date
from datetime import datetime
from datetime import timedelta
from decimal import Decimal
from random import Random
from statistics import median
from typing import Any

import pytest

from arcore.analytics.quarter import Period
from arcore.analytics.step_days import STEPS
from arcore.arrangements import service as arrangements
from arcore.disputes import service as disputes
from arcore.errors import BadInput
from arcore.ledger import service as ledger
from arcore.ledger.delivered import tell_deliveries
from arcore.reports.filters import Filters
from arcore.reports.kpis import kpis
from arcore.reports.process import cut
from arcore.reports.process import process
from arcore.reports.walked_documents import step_documents
from arcore.store.contact import Talk
from arcore.store.messages import Message
from arcore.store.messages import MessageItem
from arcore.store.unit import Actor
from arcore.worklist import service as worklist

ANNA = Actor("anna")
JUNE, DUE = date(2026, 6, 1), date(2026, 7, 1)
Q2, Q3 = Period(date(2026, 4, 1), date(2026, 6, 30)), Period(date(2026, 7, 1), date(2026, 9, 30))
AS_OF = Filters(as_of=date(2026, 9, 30))


def july(day: int) -> date:
    return date(2026, 7, day)


def document_of(company: Any, item: int) -> int:
    with company.engine.connect() as connection:
        found: int = connection.exec_driver_sql(f"SELECT document_id FROM item WHERE id = {item}").scalar()
        return found


def call(company: Any, code: str, on: date, outcome: str = "reached") -> None:
    worklist.log_talk(
        company.engine, customer_id=company.ids[code], on=on, channel="phone", outcome=outcome, actor=ANNA
    )


def promise(company: Any, code: str, made: date, due: date, amount: int, *items: int) -> None:
    arrangements.record_promise(
        company.engine, customer_id=company.ids[code], entity="main", currency="EUR", amount=Decimal(amount),
        made_on=made, due_on=due, document_ids=[document_of(company, item) for item in items], actor=ANNA,
    )  # fmt: skip


def remind(company: Any, code: str, day: date, *items: int, state: str = "sent") -> None:
    at = datetime.combine(day, datetime.min.time(), UTC)
    message = Message(
        customer_id=company.ids[code], entity="main", policy="p", step=1, due_on=day, day=day, key=f"{code}{day}",
        header_id=f"{code}{day}", language="en", raw=b"", way="file", state=state, state_at=at, prepared_at=at,
        prepared_by="anna",
    )  # fmt: skip
    company.change(message)
    with company.engine.connect() as connection:
        number = connection.exec_driver_sql("SELECT max(id) FROM message").scalar()
    company.change(
        *(
            MessageItem(
                message_id=number, document_id=document_of(company, item), due_date=DUE, currency="EUR", open=1,
                claimed=1, level=1,
            )
            for item in items
        )
    )  # fmt: skip


@pytest.fixture
def story(company):
    """Post the five invoices with everything that happened."""
    company.customer("alder", owner="Ana", segment="Retail")
    company.customer("birch", owner="Bo", segment="Industry")
    a, b, c, d, e = (
        company.invoice(code, JUNE, DUE, amount, number=number)
        for code, number, amount in (
            ("alder", "A", 100), ("alder", "B", 200), ("alder", "C", 300), ("birch", "D", 400), ("birch", "E", 500)
        )
    )  # fmt: skip
    company.payment("alder", date(2026, 6, 26), 100, (a, 100))
    company.payment("alder", july(8), 200, (b, 200))
    call(company, "alder", july(11))
    call(company, "birch", july(6), "no_answer")
    promise(company, "birch", july(11), july(27), 400, d)
    promise(company, "birch", july(6), july(20), 500, e)
    company.payment("alder", july(31), 300, (c, 300))
    company.payment("birch", july(30), 400, (d, 400))
    company.payment("birch", date(2026, 8, 31), 500, (e, 500))
    return company


def days(found) -> dict[str, tuple[int, float]]:
    return {step.key: (step.now.invoices, step.now.mean) for step in found.chain if step.now.payments}


def test_the_steps_of_the_quarter_can_be_added_up_in_the_head(story):
    found = process(story.engine, AS_OF, Q3)

    # B 7 days late; C 10 to the call, 20 on; D 5 to the call, 5 to the promise, 16 to its day, 3 on;
    # E 5 to call and promise, 14 to its day, 42 on. Each by its amount: 300 × 10 + 400 × 5 + 500 × 5 = 7500 ÷ 1200.
    assert days(found) == {
        "terms": (4, 30),
        "unattended": (1, 7),
        "contact": (3, 6.25),
        "after_contact": (1, 20),
        "promise": (2, pytest.approx(2000 / 900)),
        "promised": (2, pytest.approx((400 * 16 + 500 * 14) / 900)),
        "kept": (2, pytest.approx((400 * 3 + 500 * 42) / 900)),
    }
    # 200 × 37 + 300 × 60 + 400 × 59 + 500 × 91 = 94500 ÷ 1400.
    assert found.whole.now.mean == pytest.approx(67.5)
    assert found.late.now.mean == pytest.approx(37.5)
    assert sum(step.share for step in found.chain) == pytest.approx(67.5)
    assert sum(step.now.amount_days for step in found.chain) == found.whole.now.amount_days == 9_450_000
    assert found.worst is not None
    assert found.worst.key == "kept"
    assert (found.talks, found.promises, found.reminders) == (2, 2, 0)


def test_the_quarter_before_is_beside_it(story):
    found = process(story.engine, AS_OF, Q3)
    before = {step.key: (step.before.invoices, step.before.mean) for step in found.chain if step.before.payments}

    assert (found.period, found.before) == (Q3, Q2)
    assert before == {"terms": (1, 30), "early": (1, -5)}
    assert found.whole.change == pytest.approx(67.5 - 25)
    assert {step.verdict for step in found.chain} == {"few"}


def test_days_from_invoice_and_due_date_are_those_of_the_kpis(story):
    found = process(story.engine, AS_OF, Q3)
    story.complete("receipts", date(2026, 1, 1))
    to_pay, late = (
        next(m.figure for m in kpis(story.engine, AS_OF, [name]) if m.figure.variant == "weighted")
        for name in ("days_to_pay", "days_late")
    )

    assert found.whole.now.mean == pytest.approx(float(to_pay.exact))
    assert found.late.now.mean == pytest.approx(float(late.exact))


@pytest.mark.parametrize(
    ("by", "rows"),
    [
        ("reason", [("Promise broken", 1, 91), ("Promised to pay", 1, 59), ("Reminded or called", 1, 60),
                    ("Late, no contact", 1, 37)]),
        ("owner", [("Bo", 2, (400 * 59 + 500 * 91) / 900), ("Ana", 2, (200 * 37 + 300 * 60) / 500)]),
        ("segment", [("Industry", 2, (400 * 59 + 500 * 91) / 900), ("Retail", 2, (200 * 37 + 300 * 60) / 500)]),
        ("customer", [("Birch", 2, (400 * 59 + 500 * 91) / 900), ("Alder", 2, (200 * 37 + 300 * 60) / 500)]),
        ("month", [("2026-07", 3, (200 * 37 + 300 * 60 + 400 * 59) / 900), ("2026-08", 1, 91)]),
    ],
)  # fmt: skip
def test_each_cut_adds_up_to_the_whole(story, by, rows):
    found, whole = cut(story.engine, AS_OF, Q3, by), process(story.engine, AS_OF, Q3).whole.now

    assert [(row.name, row.invoices, pytest.approx(row.whole)) for row in found.rows] == rows
    assert sum(sum(row.amount_days) for row in found.rows) == whole.amount_days
    assert sum(row.amount for row in found.rows) == whole.amount


def test_behind_a_step_stand_its_invoices_with_every_day(story):
    kept = step_documents(story.engine, AS_OF, Q3, "kept").table().to_pylist()
    ana = step_documents(story.engine, AS_OF, Q3, "whole", by="owner", key="Ana")

    assert [(row["document"], row["days"], row["amount"]) for row in kept] == [("E", 42, 500), ("D", 3, 400)]
    assert kept[1] | {"amount_days": 1200.0} == kept[1]
    assert (kept[1]["first_contact"], kept[1]["promise"], kept[1]["end"]) == (july(6), july(11), july(30))
    assert [row["document"] for row in ana.table().to_pylist()] == ["C", "B"]
    assert ana.table(1, 1).to_pylist()[0]["first_contact"] is None
    with pytest.raises(BadInput):
        step_documents(story.engine, AS_OF, Q3, "nonsense")


def test_a_reminder_counts_for_what_it_asks_for_and_only_when_it_left(story):
    f = story.invoice("alder", JUNE, DUE, 100, number="F")
    g = story.invoice("alder", JUNE, DUE, 100, number="G")
    story.payment("alder", date(2026, 7, 9), 200, (f, 100), (g, 100))
    remind(story, "alder", date(2026, 6, 28), f)
    remind(story, "alder", date(2026, 6, 29), g, state="refused")
    found = process(story.engine, AS_OF, Q3)

    rows = {row["document"]: row for row in step_documents(story.engine, AS_OF, Q3, "contact").table().to_pylist()}
    assert rows["F"]["days"] == -3
    assert "G" not in rows
    assert found.reminders == 1


def test_calls_taken_back_do_not_count_nor_do_those_recorded_later(story):
    known = datetime.now(UTC)
    alder = {"customer_id": story.ids["alder"], "by": "anna", "outcome": "other"}
    story.change(Talk(on=july(3), at=known + timedelta(hours=1), **alder))
    story.change(Talk(on=july(2), at=known, withdrawn_at=known, **alder))

    assert days(process(story.engine, AS_OF, Q3))["contact"] == (4, (200 * 2 + 300 * 2 + 900 * 5) / 1400)
    then = Filters(as_of=AS_OF.as_of, known_at=known + timedelta(minutes=30))
    assert days(process(story.engine, then, Q3))["contact"] == (3, 6.25)


def test_a_dispute_is_the_reason_and_a_step_beside(story):
    disputes.open_dispute(
        story.engine, customer_id=story.ids["alder"],
        document_id=document_of(story, story.invoice("alder", JUNE, DUE, 100, number="H")), amount=Decimal(60),
        reason="price", opened_on=july(5), actor=ANNA,
    )  # fmt: skip
    number = disputes_id(story)
    disputes.close_dispute(story.engine, dispute_id=number, on=july(15), outcome="rejected", actor=ANNA)
    item = max_item(story)
    story.payment("alder", july(20), 100, (item, 100))
    found = process(story.engine, AS_OF, Q3)
    beside = {step.key: (step.now.mean, step.now.amount) for step in found.beside}

    assert beside["disputed"] == beside["disputed:price"] == (10, 6000)
    assert "Disputed: Price or discount" in [row.name for row in cut(story.engine, AS_OF, Q3, "reason").rows]


def disputes_id(company: Any) -> int:
    with company.engine.connect() as connection:
        return int(connection.exec_driver_sql("SELECT max(id) FROM dispute").scalar())


def max_item(company: Any) -> int:
    with company.engine.connect() as connection:
        return int(connection.exec_driver_sql("SELECT max(id) FROM item").scalar())


def test_what_is_overdue_shows_its_way_so_far(story):
    story.invoice("alder", date(2026, 8, 1), date(2026, 8, 31), 100, number="J")
    story.invoice("alder", date(2026, 9, 1), date(2026, 10, 1), 900, number="K")
    call(story, "alder", date(2026, 9, 10))
    found = process(story.engine, AS_OF, Q3, of="overdue")

    assert days(found) == {"terms": (1, 30), "contact": (1, 10), "after_contact": (1, 20)}
    assert found.chain[-1].label == "Contact to today, no promise"
    assert found.whole.now.mean == 60
    assert [row.name for row in cut(story.engine, AS_OF, Q3, "month", of="overdue").rows] == ["2026-08"]


def test_the_time_until_money_is_used_counts_beside_the_steps(company):
    company.customer("alder")
    item = company.invoice("alder", JUNE, DUE, 100)
    other = company.invoice("alder", JUNE, DUE, 50)
    money = company.payment("alder", july(11), 150, (item, 100))
    company.do("apply", from_item_id=money, to_item_id=other, amount=Decimal(50), on=july(21))
    found = process(company.engine, AS_OF, Q3)

    assert found.whole.now.payments == 2
    assert {step.key: step.now.mean for step in found.beside}["applied"] == pytest.approx(50 * 10 / 150)
    assert not found.recorded
    assert [step.key for step in found.chain] == ["terms", "unattended"]


def test_money_taken_off_and_put_back_waited_in_between_and_what_bounced_never_came(company):
    company.customer("alder")
    item = company.invoice("alder", JUNE, DUE, 100)
    bounced = company.payment("alder", july(3), 100, (item, 100))
    company.do("reverse_payment", document_id=document_of(company, bounced), on=july(5))
    money = company.payment("alder", july(11), 100, (item, 100))
    with company.engine.connect() as connection:
        number = int(connection.exec_driver_sql("SELECT max(id) FROM application").scalar())
    company.do("unapply", application_id=number, on=july(15))
    company.do("apply", from_item_id=money, to_item_id=item, amount=Decimal(100), on=july(20))
    found = process(company.engine, AS_OF, Q3)

    assert (found.whole.now.payments, found.whole.now.amount, found.late.now.mean) == (1, 10_000, 10)
    assert {step.key: step.now.mean for step in found.beside}["applied"] == 5


def test_periods_and_cuts_that_cannot_be(story):
    with pytest.raises(BadInput):
        process(story.engine, AS_OF, Period(july(2), july(1)))
    with pytest.raises(BadInput):
        cut(story.engine, AS_OF, Q3, "colour")


@pytest.mark.parametrize("seed", range(4))
def test_the_sums_are_those_of_an_obvious_walk_over_random_books(sqlite_company, seed):
    company, rng = sqlite_company, Random(seed)
    paid, calls, promised = random_books(company, rng)
    found = process(company.engine, AS_OF, Q3)
    expected: dict[str, list[tuple[int, int]]] = {name: [] for name in STEPS}
    for invoice in paid:
        if Q3.first <= invoice["paid"] <= Q3.last:
            for name, took in walk(invoice, calls, promised).items():
                expected[name].append((invoice["amount"], took))

    for step in found.chain:
        rows = expected.pop(step.key)
        assert step.now.payments == len(rows)
        if rows:
            assert step.now.amount_days == 100 * sum(amount * took for amount, took in rows)
            assert step.now.median == median(took for _, took in rows)
    assert not any(expected.values())


def random_books(company, rng):
    names = ["c0", "c1", "c2"]
    for name in names:
        company.customer(name)
    paid, calls, promised = [], [], []
    for number in range(14):
        dated = date(2026, 5, 1) + timedelta(days=rng.randrange(60))
        due = dated + timedelta(days=rng.choice((10, 30)))
        one = {"who": rng.choice(names), "dated": dated, "due": due, "amount": rng.randrange(1, 500)}
        item = company.invoice(one["who"], dated, due, one["amount"], number=f"R{number}")
        one |= {"id": document_of(company, item), "paid": due + timedelta(days=rng.randrange(-8, 50))}
        if rng.random() < 0.4:
            made = dated + timedelta(days=rng.randrange(5, 50))
            named = made + timedelta(days=rng.randrange(0, 20))
            promise(company, one["who"], made, named, one["amount"], item)
            promised.append((one["id"], made, named))
        paid.append(one | {"item": item})
    for _ in range(8):
        calls.append((rng.choice(names), date(2026, 6, 1) + timedelta(days=rng.randrange(70))))
        call(company, *calls[-1])
    for one in paid:
        company.payment(one["who"], one["paid"], one["amount"], (one["item"], one["amount"]))
    return paid, calls, promised


def walk(invoice, calls, promised) -> dict[str, int]:
    """Walk one invoice in words: this is the definition again, one invoice at a time."""
    due, end = invoice["due"], invoice["paid"]
    contacts = [on for who, on in calls if who == invoice["who"] and due < on <= end]
    made = sorted((on, named) for number, on, named in promised if number == invoice["id"] and on <= end)
    contacts += [on for on, _ in made]
    found = {"terms": (due - invoice["dated"]).days}
    if not contacts:
        return found | {"early" if end <= due else "unattended": (end - due).days}
    first = min(contacts)
    found["contact"] = (first - due).days
    if not made:
        return found | {"after_contact": (end - first).days}
    on, named = made[0]
    return found | {"promise": (on - first).days, "promised": (named - on).days, "kept": (end - named).days}


def deliver(company: Any, **on: date) -> None:
    """Tell when invoices were delivered, by number."""
    with company.engine.connect() as connection:
        ids = dict(connection.exec_driver_sql("SELECT number, id FROM document WHERE number <> ''").fetchall())
    tell_deliveries(company.engine, deliveries={ids[number]: day for number, day in on.items()}, actor=ANNA)


def test_without_a_day_of_delivery_there_is_no_such_step(story):
    found = process(story.engine, AS_OF, Q3)
    assert "billing" not in [step.key for step in found.chain]
    assert found.whole.label == "Invoice to cash"


def test_delivery_to_invoice_is_the_first_step_where_it_is_known(story):
    # Of 1 June: B delivered 10 days before, D 5 days before; nobody told it of C and E.
    deliver(story, B=date(2026, 5, 22), D=date(2026, 5, 27))
    found = process(story.engine, AS_OF, Q3)
    first = found.chain[0]
    assert (first.key, first.label, first.now.invoices) == ("billing", "Delivery to invoice", 2)
    # (200 × 10 + 400 × 5) ÷ 600, and of the whole population ÷ 1,400.
    assert first.now.mean == pytest.approx(4000 / 600)
    assert first.share == pytest.approx(4000 / 1400)
    assert found.whole.label == "Delivery to cash"
    assert sum(step.share for step in found.chain) == pytest.approx(found.whole.now.mean)
    # 200 × (10 + 37) + 300 × 60 + 400 × (5 + 59) + 500 × 91, over 1,400.
    assert found.whole.now.mean == pytest.approx((200 * 47 + 300 * 60 + 400 * 64 + 500 * 91) / 1400)


def test_delivery_to_invoice_is_cut_and_has_its_documents(story):
    deliver(story, B=date(2026, 5, 22), D=date(2026, 5, 27))
    owners = cut(story.engine, AS_OF, Q3, "owner")
    assert owners.steps[0] == "billing"
    assert {row.name: row.amount_days[0] for row in owners.rows} == {"Ana": 200_00 * 10, "Bo": 400_00 * 5}
    behind = step_documents(story.engine, AS_OF, Q3, "billing").table()
    assert behind["document"].to_pylist() == ["B", "D"]
    assert behind["days"].to_pylist() == [10, 5]
    assert behind["delivered"].to_pylist() == [date(2026, 5, 22), date(2026, 5, 27)]


def test_a_delivery_told_later_is_not_known_before(story):
    before = datetime.now(UTC)
    deliver(story, B=date(2026, 5, 22))
    known = Filters(as_of=AS_OF.as_of, known_at=before)
    assert "billing" not in [step.key for step in process(story.engine, known, Q3).chain]


def test_an_invoice_posted_again_keeps_the_day_of_its_delivery(story):
    deliver(story, B=date(2026, 5, 22))
    with story.engine.connect() as connection:
        old = connection.exec_driver_sql("SELECT id FROM document WHERE number = 'B'").scalar()
    ledger.void(story.engine, document_id=old, actor=ANNA)
    again = story.invoice("alder", JUNE, DUE, 200, number="B")
    story.payment("alder", july(8), 200, (again, 200))
    step = process(story.engine, AS_OF, Q3).chain[0]
    assert (step.key, step.now.mean) == ("billing", pytest.approx(10))
