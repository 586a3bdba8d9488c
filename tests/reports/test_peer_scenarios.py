"""Ledgers and questions from the tests and issue trackers of other receivables systems, answered by our reports.

Figures as in the shared collection of peer scenarios; `expected` is what is open per document (several figures: one per
instalment, oldest due first; what is settled is not listed).
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from arcore.ledger import service
from arcore.reports.aging import aging
from arcore.reports.filters import Filters
from arcore.reports.items import items
from arcore.store.unit import Actor

NOW = date(2025, 6, 30)
ANNA = Actor("Anna")
Instalments = tuple[tuple[date, int], ...]


@dataclass(frozen=True)
class Doc:
    id: str
    kind: str
    amount: int
    on: date = NOW
    due: date | None = None
    currency: str = "INR"
    customer: str = "C1"
    terms: Instalments = ()


@dataclass(frozen=True)
class Story:
    name: str
    docs: tuple[Doc, ...]
    applied: tuple[tuple[str, str, int, date], ...]
    expected: dict[str, list[int]]
    as_of: date = NOW


INV, CN, PAY = "invoice", "credit_note", "payment"
THREE = ((date(2025, 7, 30), 30), (date(2025, 8, 29), 50), (date(2025, 9, 28), 20))
TOMORROW = date(2025, 7, 1)

STORIES = (
    Story(
        "credit note partly used",
        (Doc("INV", INV, 100), Doc("CN", CN, 100)),
        (("CN", "INV", 80, NOW),),
        {"INV": [20], "CN": [-20]},
    ),
    Story(
        "journal used as part payment",
        (Doc("INV", INV, 100), Doc("JV", PAY, 40)),
        (("JV", "INV", 40, NOW),),
        {"INV": [60]},
    ),
    Story("journal used as full payment", (Doc("INV", INV, 100), Doc("JV", PAY, 100)), (("JV", "INV", 100, NOW),), {}),
    Story(
        "two payments against one invoice",
        (Doc("INV", INV, 200), Doc("P1", PAY, 55), Doc("P2", PAY, 35)),
        (("P1", "INV", 55, NOW), ("P2", "INV", 35, NOW)),
        {"INV": [110]},
    ),
    Story("terms split: one row per instalment", (Doc("INV", INV, 100, terms=THREE),), (), {"INV": [30, 50, 20]}),
    Story(
        "a part payment consumes instalments oldest first",
        (Doc("INV", INV, 100, terms=THREE), Doc("PAY", PAY, 40)),
        (("PAY", "INV", 40, NOW),),
        {"INV": [40, 20]},
    ),
    Story("an advance without an invoice is a credit", (Doc("PAY", PAY, 1000),), (), {"PAY": [-1000]}),
    Story(
        "a payment of tomorrow is not there today",
        (Doc("INV", INV, 100), Doc("PAY", PAY, 100, on=TOMORROW)),
        (("PAY", "INV", 100, TOMORROW),),
        {"INV": [100]},
    ),
    Story(
        "a payment of tomorrow that is too large leaves its rest tomorrow",
        (Doc("INV", INV, 100), Doc("PAY", PAY, 110, on=TOMORROW)),
        (("PAY", "INV", 100, TOMORROW),),
        {"PAY": [-10]},
        as_of=TOMORROW,
    ),
    Story(
        "the credit note of a paid invoice pays another one",
        (Doc("INV1", INV, 100), Doc("PAY", PAY, 100), Doc("CN", CN, 100), Doc("INV2", INV, 100)),
        (("PAY", "INV1", 100, NOW), ("CN", "INV2", 100, NOW)),
        {},
    ),
    Story(
        "an earlier advance that covers a later invoice closes both",
        (Doc("PAY", PAY, 25, on=date(2025, 5, 31)), Doc("INV", INV, 25)),
        (("PAY", "INV", 25, NOW),),
        {},
    ),
    Story(
        "a foreign advance on the first of two instalments",
        (
            Doc("ADV", PAY, 50, currency="USD"),
            Doc("INV", INV, 100, currency="USD", terms=((NOW, 50), (date(2025, 7, 30), 50))),
        ),
        (("ADV", "INV", 50, NOW),),
        {"INV": [50]},
    ),
    Story(
        "advance plus terms: no instalment turns negative",
        (
            Doc("INV", INV, 30000, terms=((NOW, 7500), (date(2025, 7, 30), 22500))),
            Doc("ADV", PAY, 15000, on=date(2025, 6, 20)),
            Doc("PAY", PAY, 8500),
        ),
        (("ADV", "INV", 15000, NOW), ("PAY", "INV", 8500, NOW)),
        {"INV": [6500]},
    ),
    Story(
        "matching alone books no exchange difference",
        (
            Doc("INV", INV, 100, currency="EUR"),
            Doc("P1", PAY, 100, currency="EUR"),
            Doc("P2", PAY, 200, currency="EUR"),
        ),
        (("P1", "INV", 100, NOW),),
        {"P2": [-200]},
    ),
)


def play(company, docs: tuple[Doc, ...], applied=()) -> dict[str, list[int]]:
    """Book documents and applications, oldest due instalment first; return the items of each document."""
    made: dict[str, list[int]] = {}
    for code in sorted({doc.customer for doc in docs}):
        company.customer(code)
    for doc in docs:
        terms = doc.terms or ((doc.due or doc.on, doc.amount),)
        common: dict[str, Any] = {
            "customer_id": company.ids[doc.customer],
            "currency": doc.currency,
            "details": {"number": doc.id},
            "actor": ANNA,
        }
        if doc.kind == INV:
            facts = service.post_invoice(
                company.engine, document_date=doc.on, instalments=[(Decimal(a), due) for due, a in terms], **common
            )
        elif doc.kind == CN:
            facts = service.post_credit_note(company.engine, document_date=doc.on, amount=Decimal(doc.amount), **common)
        else:
            facts = service.record_payment(company.engine, received_on=doc.on, amount=Decimal(doc.amount), **common)
        made[doc.id] = facts["items"]
    left = {item: amount for doc in docs for item, amount in zip(made[doc.id], _amounts(doc), strict=True)}
    for source, target, amount, on in applied:
        rest = amount
        for item in made[target]:
            part = min(rest, left[item])
            if part:
                company.do("apply", from_item_id=made[source][0], to_item_id=item, amount=Decimal(part), on=on)
                left[item] -= part
                rest -= part
    return made


def _amounts(doc: Doc) -> list[int]:
    return [amount for _, amount in doc.terms] or [doc.amount]


def opened(company, as_of: date = NOW) -> dict[str, list[int]]:
    found = defaultdict(list)
    for row in items(company.engine, Filters(as_of=as_of)):
        found[row.document].append(row.open // 100)
    return dict(found)


def columns(company, as_of: date, edges=(30, 60, 90)) -> dict[str, int]:
    report = aging(company.engine, Filters(as_of=as_of), by="none", edges=edges)
    assert report.foots
    [row] = report.cells
    cells = (row.not_due, *row.buckets, row.unapplied, row.open)
    return {name: units // 100 for name, units in zip((*report.columns, "open"), cells, strict=True) if units}


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.name)
def test_what_is_open(sqlite_company, story):
    play(sqlite_company, story.docs, story.applied)
    assert opened(sqlite_company, story.as_of) == story.expected


def test_cancelling_a_matched_credit_note_opens_the_invoice_again(sqlite_company):
    play(sqlite_company, (Doc("INV", INV, 100), Doc("CN", CN, 100)), (("CN", "INV", 100, NOW),))
    assert opened(sqlite_company) == {}
    sqlite_company.do("void", document_id=2)
    assert opened(sqlite_company) == {"INV": [100]}


def test_cancelling_one_of_two_payments_opens_its_part(sqlite_company):
    story = next(story for story in STORIES if story.name.startswith("two payments"))
    play(sqlite_company, story.docs, story.applied)
    sqlite_company.do("void", document_id=2)
    assert opened(sqlite_company) == {"INV": [165]}


def test_match_undo_match_again(sqlite_company):
    made = play(sqlite_company, (Doc("INV", INV, 42), Doc("PAY", PAY, 42)), (("PAY", "INV", 42, NOW),))
    assert opened(sqlite_company) == {}
    sqlite_company.do("unapply", application_id=1)
    assert opened(sqlite_company) == {"INV": [42], "PAY": [-42]}
    sqlite_company.do("apply", from_item_id=made["PAY"][0], to_item_id=made["INV"][0], amount=Decimal(42))
    assert opened(sqlite_company) == {}


def test_an_invoice_that_falls_due_later_has_a_column(sqlite_company):
    play(sqlite_company, (Doc("INV", INV, 100, on=date(2025, 12, 1), due=date(2026, 1, 15)),))
    assert columns(sqlite_company, date(2025, 12, 30)) == {"not due": 100, "open": 100}


def test_six_invoices_one_in_each_column(sqlite_company):
    dues = [(500, 2018, 1), (1000, 2017, 12), (2000, 2017, 11), (4000, 2017, 10), (8000, 2017, 9), (160000, 2017, 8)]
    play(
        sqlite_company,
        tuple(
            Doc(f"I{amount}", INV, amount, on=date(2017, 7, 1), due=date(year, month, 15))
            for amount, year, month in dues
        ),
    )
    assert columns(sqlite_company, date(2017, 12, 31), (30, 60, 90, 120)) == {
        "not due": 500,
        "1-30": 1000,
        "31-60": 2000,
        "61-90": 4000,
        "91-120": 8000,
        "121+": 160000,
        "open": 175500,
    }


@pytest.mark.parametrize(
    ("late", "bucket"),
    [(-1, "not due"), (0, "not due"), (1, "1-30"), (29, "1-30"), (30, "1-30"), (31, "31-60"), (59, "31-60"),
     (60, "31-60"), (61, "61-90"), (90, "61-90"), (91, "91-120"), (120, "91-120"), (121, "121+")],
)  # fmt: skip
def test_every_boundary_day_is_in_exactly_one_column(sqlite_company, late, bucket):
    due = date.fromordinal(NOW.toordinal() - late)
    play(sqlite_company, (Doc("INV", INV, 100, on=date(2025, 1, 1), due=due, currency="EUR"),))
    assert columns(sqlite_company, NOW, (30, 60, 90, 120)) == {bucket: 100, "open": 100}


def test_part_payments_before_the_due_date_leave_the_rest_where_it_belongs(sqlite_company):
    on = date(2016, 11, 30)
    play(
        sqlite_company,
        (
            Doc("INV", INV, 10000, on=on, due=date(2017, 2, 28)),
            Doc("P1", PAY, 1500, on=date(2016, 11, 9)),
            Doc("P2", PAY, 1000, on=on),
            Doc("P3", PAY, 2000, on=date(2017, 1, 30)),
        ),
        (("P1", "INV", 1500, on), ("P2", "INV", 1000, on), ("P3", "INV", 2000, date(2017, 1, 30))),
    )
    assert columns(sqlite_company, date(2017, 4, 4)) == {"31-60": 5500, "open": 5500}


def test_open_is_due_and_overdue_less_unapplied(sqlite_company):
    play(
        sqlite_company,
        (
            Doc("A", INV, 700, on=date(2025, 5, 1), due=date(2025, 5, 31)),
            Doc("B", INV, 300, on=date(2025, 6, 25), due=date(2025, 7, 25)),
            Doc("P", PAY, 120, on=date(2025, 6, 29)),
        ),
    )
    assert columns(sqlite_company, NOW) == {"1-30": 700, "not due": 300, "unapplied": -120, "open": 880}


def test_only_what_is_overdue_counts_as_overdue(sqlite_company):
    play(sqlite_company, (Doc("INV1", INV, 500, on=date(2025, 6, 25)), Doc("INV2", INV, 1000, due=date(2025, 7, 30))))
    late = [row for row in items(sqlite_company.engine, Filters(as_of=NOW)) if row.days_past_due > 0]
    assert [row.open for row in late] == [50_000]


def test_parent_and_child_are_not_counted_twice(sqlite_company):
    sqlite_company.customer("PARENT")
    sqlite_company.customer("CHILD", parent="PARENT")
    for code, amount in (("PARENT", 100), ("CHILD", 50)):
        sqlite_company.invoice(code, date(2025, 6, 1), NOW, amount, currency="USD")
    families = aging(sqlite_company.engine, Filters(as_of=NOW), by="family")
    single = aging(sqlite_company.engine, Filters(as_of=NOW))
    assert {row.key: row.open for row in families.cells} == {"PARENT": 15_000}
    assert {row.key: row.open for row in single.cells} == {"PARENT": 10_000, "CHILD": 5_000}
    assert families.totals[0].open == single.totals[0].open == 15_000


def test_some_customers_of_many(sqlite_company):
    play(sqlite_company, tuple(Doc(f"I{n}", INV, 100, customer=f"C{n}") for n in (1, 2, 3)))
    asked = [items(sqlite_company.engine, Filters(as_of=NOW), customer=code) for code in ("C1", "C3")]
    assert [len(report) for report in asked] == [1, 1]


def test_two_currencies_stand_apart_and_together_in_one(sqlite_company):
    sqlite_company.rate("USD", "INR", date(2025, 6, 29), "80")
    play(sqlite_company, (Doc("INV1", INV, 100), Doc("INV2", INV, 100, on=date(2025, 6, 29), currency="USD")))
    booked = aging(sqlite_company.engine, Filters(as_of=NOW), by="none").totals
    assert {row.currency: row.open for row in booked} == {"INR": 10_000, "USD": 10_000}
    rows = items(sqlite_company.engine, Filters(as_of=NOW, currency="INR"))
    assert {row.document: row.in_reporting for row in rows} == {"INV1": 10_000, "INV2": 800_000}
