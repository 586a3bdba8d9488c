"""A broken promise on Overview and with the customer; disputes and reminders in the news.

Alder owes 40,000 due 1 Oct and said on 9 Nov to pay it by Wed 11 Nov; with three bank days of grace that is until Mon
16 Nov, so on Tue 17 Nov it is broken. Birch owes 50,000 due 2 Oct.
"""

from __future__ import annotations

from datetime import UTC
from datetime import date
from datetime import datetime
from decimal import Decimal

import pytest

from arcore.arrangements import service as arrangements
from arcore.disputes import service as disputes
from arcore.reports import promised
from arcore.reports.filters import Filters
from arcore.reports.news import since
from arcore.reports.priorities import customers_that_matter
from arcore.store.sources import Import
from arcore.store.sources import Source
from arcore.store.tables import Message
from arcore.store.tables import MessageItem
from arcore.store.unit import Actor

ANNA = Actor("anna")
MADE, DUE, MON, TUE, WED = (
    date(2026, 11, 9),
    date(2026, 11, 11),
    date(2026, 11, 16),
    date(2026, 11, 17),
    date(2026, 11, 18),
)
OCT = date(2026, 10, 1)


@pytest.fixture
def house(company):
    company.customer("ALDER", owner="Ben")
    company.customer("BIRCH", owner="Cleo")
    company.customer("CEDAR", owner="Cleo")
    for what in ("balances", "sales", "receipts"):
        company.complete(what, date(2024, 1, 1))
    company.invoice("ALDER", date(2026, 9, 1), OCT, 40_000, number="A-1")
    company.invoice("BIRCH", date(2026, 9, 1), date(2026, 10, 2), 50_000, number="B-1")
    return company


def promise(house, code: str = "ALDER", amount: int = 40_000, made: date = MADE, due: date = DUE, **told) -> int:
    return arrangements.record_promise(
        house.engine, customer_id=house.ids[code], amount=Decimal(amount), made_on=made, due_on=due, actor=ANNA,
        **{"entity": "main", "currency": "EUR", **told},
    )["promise"]  # fmt: skip


def news(house, day: date, **filters) -> dict[str, tuple]:
    rows = since(house.engine, Filters(as_of=day, **filters)).rows
    return {row.kind: (row.amount, row.count, row.detail) for row in rows}


def matter(house, day: date, **filters) -> dict[str, tuple]:
    rows = customers_that_matter(house.engine, Filters(as_of=day, **filters)).rows
    return {row.code: (row.why, row.sentence) for row in rows}


def test_a_promise_is_news_on_the_day_after_its_grace(house):
    promise(house)
    assert "promise_broken" not in news(house, MON)
    assert news(house, TUE)["promise_broken"] == (4_000_000, 1, "Alder")
    assert news(house, WED)["promise_broken"] == (4_000_000, 1, "Alder"), "since the last working day, Tuesday"
    assert "promise_broken" not in news(house, date(2026, 11, 20))


def test_money_in_time_breaks_nothing_and_a_part_leaves_what_is_missing(house):
    promise(house)
    house.payment("ALDER", MON, 25_000)
    assert news(house, TUE)["promise_broken"] == (1_500_000, 1, "Alder"), "what is missing of it"
    assert matter(house, TUE)["ALDER"] == (
        "broken_promise",
        "Promise of 40,000 kept in part, 15,000 missing since 17 Nov",
    )
    house.payment("ALDER", MON, 15_000)
    assert "promise_broken" not in news(house, TUE)


def test_until_cash_data_reach_the_day_it_is_not_known_and_then_it_is_news(house):
    promise(house)
    house.change(Source(id=1, system="test"))
    house.change(
        Import(
            id=1, source_id=1, kind="open_items", as_of=MON.replace(day=13), by="Anna", audit_seq=1,
            at=datetime(2026, 11, 13, 9, tzinfo=UTC),
        )
    )  # fmt: skip
    days = [TUE, date(2026, 11, 26)]
    assert ["promise_broken" in news(house, day) for day in days] == [False, False]
    assert matter(house, days[1])["ALDER"][0] != "broken_promise"
    [open_] = promised.of_customer(house.engine, Filters(as_of=days[1]), house.ids["ALDER"]).running
    assert open_.state == "unknown"
    house.change(
        Import(
            id=2, source_id=1, kind="open_items", as_of=date(2026, 11, 25), by="Anna", audit_seq=1,
            at=datetime(2026, 11, 26, 7, tzinfo=UTC),
        )
    )  # fmt: skip
    assert news(house, days[1])["promise_broken"] == (4_000_000, 1, "Alder"), "the file of that morning tells"
    assert "promise_broken" not in news(house, date(2026, 11, 30)), "and it is news once"


def test_a_broken_promise_is_the_reason_and_counts_once_more(house):
    before = customers_that_matter(house.engine, Filters(as_of=TUE)).rows
    assert [row.code for row in before] == ["BIRCH", "ALDER"]
    number = promise(house)
    first, _ = customers_that_matter(house.engine, Filters(as_of=TUE)).rows
    assert (first.code, first.why, first.sentence) == ("ALDER", "broken_promise", "Promise of 40,000 broken on 17 Nov")
    assert first.points == before[1].points + 4_000_000
    assert first.broken is not None
    assert (first.broken.promise_id, first.broken.broken_on) == (number, TUE)


def test_a_broken_promise_is_no_reason_for_ever(house):
    promise(house)
    assert matter(house, date(2026, 12, 17))["ALDER"][0] == "broken_promise"
    assert matter(house, date(2026, 12, 18))["ALDER"][0] != "broken_promise", "31 days ago"
    promise(house, made=WED, due=date(2026, 12, 31))
    assert matter(house, date(2026, 11, 20))["ALDER"][0] != "broken_promise", "another one was made since"
    assert matter(house, TUE)["ALDER"][0] == "broken_promise", "not yet on that day"


def test_credits_that_may_cover_it_come_first(house):
    promise(house)
    house.payment("ALDER", WED, 40_000)
    assert matter(house, WED)["ALDER"][0] == "covered"


def test_a_withdrawn_promise_is_nobodys_reason(house):
    number = promise(house)
    arrangements.withdraw_promise(house.engine, promise_id=number, actor=ANNA)
    assert "promise_broken" not in news(house, TUE)
    assert matter(house, TUE)["ALDER"][0] != "broken_promise"


def test_another_currency_is_named_and_converted(house):
    house.rate("USD", "EUR", date(2026, 1, 1), "0.50")
    house.invoice("CEDAR", date(2026, 9, 1), OCT, 1_000, currency="USD")
    promise(house, "CEDAR", 1_000, currency="USD")
    assert news(house, TUE, currency="EUR")["promise_broken"] == (50_000, 1, "Cedar")
    assert matter(house, TUE, currency="EUR")["CEDAR"][1] == "Promise of 1,000 USD broken on 17 Nov"


def test_news_and_reasons_keep_to_the_filters(house):
    promise(house)
    promise(house, "BIRCH", 50_000)
    assert news(house, TUE)["promise_broken"] == (9_000_000, 2, "most of it Birch")
    assert news(house, TUE, owners=("Ben",))["promise_broken"] == (4_000_000, 1, "Alder")
    house.change(code="ALDER", intercompany=True)
    assert news(house, TUE)["promise_broken"] == (5_000_000, 1, "Birch")


def test_the_customer_page_has_what_runs_and_what_was_broken(house):
    gone = promise(house)
    runs = promise(house, amount=10_000, made=WED, due=date(2026, 12, 31))
    house.payment("BIRCH", MON, 50_000)
    promise(house, "BIRCH", 50_000)
    alder = promised.of_customer(house.engine, Filters(as_of=WED), house.ids["ALDER"])
    assert [(row.promise_id, row.state) for row in alder.running] == [(runs, "open")]
    assert [(row.promise_id, row.left) for row in alder.broken] == [(gone, 4_000_000)]
    assert (alder.kept, alder.judged) == (0, 1)
    birch = promised.of_customer(house.engine, Filters(as_of=WED), house.ids["BIRCH"])
    assert (birch.running, birch.broken, birch.kept, birch.judged) == ((), (), 1, 1)
    later = promised.of_customer(house.engine, Filters(as_of=date(2027, 11, 17)), house.ids["ALDER"])
    assert [row.promise_id for row in later.broken] == [runs], "a year is enough"


def test_disputes_opened_are_news_but_not_mistakes(house):
    told = {"opened_on": TUE, "reason": "price", "actor": ANNA}
    one = disputes.open_dispute(
        house.engine, customer_id=house.ids["ALDER"], document_id=1, amount=Decimal(900), **told
    )
    disputes.open_dispute(house.engine, customer_id=house.ids["BIRCH"], document_id=2, amount=Decimal(100), **told)
    assert news(house, TUE)["dispute_opened"] == (100_000, 2, "most of it Alder")
    assert news(house, TUE, owners=("Cleo",))["dispute_opened"] == (10_000, 1, "Birch")
    disputes.withdraw_dispute(house.engine, dispute_id=one["dispute"], actor=ANNA)
    assert news(house, TUE)["dispute_opened"] == (10_000, 1, "Birch")
    assert "dispute_opened" not in news(house, date(2026, 11, 20))


def test_reminders_that_left_are_news(house):
    at = datetime(2026, 11, 17, 8, tzinfo=UTC)
    for place, (code, state) in enumerate((("ALDER", "sent"), ("BIRCH", "unknown"), ("CEDAR", "refused")), 1):
        house.change(
            Message(
                id=place, customer_id=house.ids[code], entity="main", policy="standard", step=1, due_on=TUE, day=TUE,
                key=code, header_id=code, language="en", raw=b"", way="file", state=state, state_at=at, prepared_at=at,
                prepared_by="anna",
            )
        )  # fmt: skip
        house.change(
            MessageItem(
                message_id=place, document_id=1, due_date=OCT, currency="EUR", open=5_000, claimed=5_000, level=1
            )
        )
    assert news(house, TUE)["reminded"] == (10_000, 2, "")
    assert "reminded" not in news(house, MON)


def test_a_quiet_day_has_no_line_about_any_of_it(house):
    assert not {"promise_broken", "dispute_opened", "reminded"} & set(news(house, TUE))
