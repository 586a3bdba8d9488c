"""What of each open item is in dispute or promised.

Alder owes A-1 100 due 1 Oct and A-2 200 due 20 Oct, Birch B-1 50 due 1 Nov, all EUR; today is 10 Nov.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select

from arcore.arrangements import service as arrangements
from arcore.disputes import service as disputes
from arcore.reports import pauses as counted
from arcore.reports.book import book
from arcore.reports.filters import Filters
from arcore.reports.items import items
from arcore.store.engine import reading
from arcore.store.tables import AuditEvent
from arcore.store.unit import Actor

ANNA = Actor("anna")
MADE, TODAY, DUE = date(2026, 11, 9), date(2026, 11, 10), date(2026, 11, 13)


@pytest.fixture
def house(company):
    company.customer("ALDER", segment="Key")
    company.customer("BIRCH")
    company.invoice("ALDER", date(2026, 9, 1), date(2026, 10, 1), 100, number="A-1")
    company.invoice("ALDER", date(2026, 9, 20), date(2026, 10, 20), 200, number="A-2")
    company.invoice("BIRCH", date(2026, 10, 1), date(2026, 11, 1), 50, number="B-1")
    return company


def contest(house, document: int, amount: int, code: str = "ALDER", on: date = MADE) -> int:
    return disputes.open_dispute(
        house.engine, customer_id=house.ids[code], document_id=document, opened_on=on, reason="price",
        amount=Decimal(amount), actor=ANNA,
    )["dispute"]  # fmt: skip


def promise(house, amount: int, *documents: int, code: str = "ALDER", due: date = DUE, **told) -> int:
    return arrangements.record_promise(
        house.engine, customer_id=house.ids[code], amount=Decimal(amount), due_on=due, actor=ANNA,
        **{"entity": "main", "currency": "EUR", "document_ids": documents, "made_on": MADE, **told},
    )["promise"]  # fmt: skip


def listed(house, day: date = TODAY, **asked) -> dict[str, tuple[int, int]]:
    filters = Filters(as_of=day, **asked.pop("filters", {}))
    return {row.document: (row.disputed, row.promised) for row in items(house.engine, filters, **asked)}


def test_a_dispute_and_a_promise_stand_beside_the_open_amount(house):
    contest(house, 1, 60)
    promise(house, 90, 1, 2)
    assert listed(house) == {"A-1": (6_000, 4_000), "A-2": (0, 5_000), "B-1": (0, 0)}


def test_a_promise_for_the_account_takes_the_oldest_undisputed_debts_of_its_customer_first(house):
    contest(house, 1, 100)
    promise(house, 500)
    assert listed(house) == {"A-1": (10_000, 0), "A-2": (0, 20_000), "B-1": (0, 0)}, "the rest touches nobody else"


def test_a_promise_pauses_through_its_grace_and_only_from_the_day_it_was_made(house):
    promise(house, 80, 1)  # due Friday 13 Nov, three bank days of grace: Wednesday 18 Nov
    days = [date(2026, 11, 8), MADE, date(2026, 11, 18), date(2026, 11, 19)]
    assert [listed(house, day)["A-1"][1] for day in days] == [0, 8_000, 8_000, 0]


def test_money_that_came_in_is_no_longer_promised(house):
    promise(house, 80, 1)
    house.payment("ALDER", TODAY, 30, (1, 30))
    assert listed(house)["A-1"] == (0, 5_000)


def test_a_redated_part_is_disputed_oldest_agreed_date_first(house):
    house.do("redate", item_id=1, due_date=date(2026, 12, 31), on=MADE, amount=Decimal(70))
    contest(house, 1, 50)
    rows = {row.due_date: row for row in items(house.engine, Filters(as_of=TODAY), customer="ALDER")}
    assert [rows[day].disputed for day in (date(2026, 10, 1), date(2026, 12, 31))] == [3_000, 2_000]


def test_neither_exceeds_what_is_open_and_settled_items_have_none(house):
    contest(house, 1, 60)
    house.payment("ALDER", TODAY, 70, (1, 70))
    assert listed(house)["A-1"] == (3_000, 0)
    house.payment("ALDER", TODAY, 30, (1, 30))
    assert listed(house, customer="ALDER", settled=True)["A-1"] == (0, 0)


def test_filters_and_buckets_change_nothing_of_an_item(house):
    contest(house, 1, 60)
    promise(house, 90)
    whole = listed(house)
    for asked in ({"customer": "ALDER"}, {"bucket": "31-60"}, {"filters": {"segments": ("Key",)}}):
        assert listed(house, **asked)["A-1"] == whole["A-1"] == (6_000, 4_000)


def test_other_currencies_and_entities_are_not_paused(house):
    house.invoice("ALDER", date(2026, 9, 1), date(2026, 9, 2), 10, currency="USD", number="A-3")
    house.invoice("ALDER", date(2026, 9, 1), date(2026, 9, 2), 10, entity="north", number="A-4")
    promise(house, 500)
    found = listed(house)
    assert [found[number][1] for number in ("A-1", "A-2", "A-3", "A-4")] == [10_000, 20_000, 0, 0]


def test_a_merged_customers_debts_are_paused_by_the_promise_of_the_survivor(house):
    house.change(code="BIRCH", merged_into_id=house.ids["ALDER"])
    promise(house, 330)
    assert listed(house) == {"A-1": (0, 10_000), "A-2": (0, 20_000), "B-1": (0, 3_000)}


def test_a_company_of_our_own_group_can_be_asked_for(house):
    house.change(code="BIRCH", intercompany=True)
    contest(house, 3, 20, code="BIRCH")
    assert "B-1" not in listed(house)
    assert listed(house, customer="BIRCH") == {"B-1": (2_000, 0)}


def test_what_was_recorded_later_was_not_known(house):
    with reading(house.engine) as session:
        before = max(session.execute(select(AuditEvent.at)).scalars())
    contest(house, 1, 60)
    promise(house, 90, 2)
    assert listed(house, filters={"known_at": before}) == {"A-1": (0, 0), "A-2": (0, 0), "B-1": (0, 0)}


def test_tables_and_downloads_tell_the_same(house):
    contest(house, 1, 60)
    promise(house, 90, 1, 2)
    report = items(house.engine, Filters(as_of=TODAY))
    table, frame = report.table(), report.frame()
    assert table["disputed"].to_pylist() == [60.0, 0.0, 0.0]
    assert table["promised"].to_pylist() == [40.0, 50.0, 0.0]
    assert list(frame["disputed"]) == [Decimal("60.00"), Decimal("0.00"), Decimal("0.00")]
    assert list(frame["promised"]) == [Decimal("40.00"), Decimal("50.00"), Decimal("0.00")]
    assert report.table(1, 1)["promised"].to_pylist() == [50.0]


def test_it_is_read_once_per_version_and_not_at_all_item_by_item(house, monkeypatch):
    contest(house, 1, 60)
    asked: list[object] = []

    def running(*told):
        asked.append(told)
        return ()

    monkeypatch.setattr(counted, "running_promises", running)
    report = items(house.engine, Filters(as_of=TODAY))
    report.rows(), report.table(), report.rows(0, 1)
    items(house.engine, Filters(as_of=TODAY, segments=("Key",))).rows()
    assert len(asked) == 1
    house.payment("BIRCH", TODAY, 1)
    items(house.engine, Filters(as_of=TODAY)).rows()
    assert len(asked) == 2, "another version of the books"


def test_a_dispute_or_a_promise_leaves_what_stands_around_the_books_as_it_was(house):
    before = book(house.engine)
    contest(house, 1, 60)
    promise(house, 10)
    after = book(house.engine)
    assert after.version != before.version
    assert after.around is before.around
    house.fact("ALDER", "owner", "Ben", TODAY)
    assert book(house.engine).around is not before.around
