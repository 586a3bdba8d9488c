"""What documents alone add up to, of any part of the book, on any day, as more and more is written."""

from __future__ import annotations

import random
from collections import defaultdict
from datetime import date
from datetime import timedelta

import pytest
from sqlalchemy import event
from sqlmodel import col
from sqlmodel import select

from arcore.analytics.buckets import EDGES
from arcore.reports import control
from arcore.reports.control import controls
from arcore.reports.filters import Filters
from arcore.reports.view import view
from arcore.store.books import Document
from arcore.store.engine import reading

DAYS = (date(2026, 3, 31), date(2026, 9, 30))


@pytest.fixture
def shops(company):
    """Nine customers in three segments, one of them of our own group; two entities, two currencies."""
    for number in range(9):
        company.customer(f"C{number}", segment=("public", "retail", "trade")[number % 3], intercompany=number == 4)
    return company


def post(company, dice):
    day = date(2026, 1, 1) + timedelta(days=dice.randrange(270))
    code, currency = f"C{dice.randrange(9)}", dice.choice(["EUR", "USD"])
    details = {"entity": dice.choice(["main", "north"])}
    company.invoice(code, day, day, dice.randrange(1, 99), currency=currency, **details)


def slowly(company, day, codes, entity):
    """Add the documents up one by one."""
    found: defaultdict[str, int] = defaultdict(int)
    wanted = {company.ids[code] for code in codes}
    with reading(company.engine) as session:
        for one in session.exec(select(Document).order_by(col(Document.id))):
            if one.customer_id in wanted and one.effective_on <= day and entity in (None, one.entity):
                found[one.currency] += one.amount
    return dict(found)


def told(company, filters):
    found = controls(company.engine, view(company.engine, filters), EDGES)
    assert all(one.difference == 0 for one in found)
    return {one.currency: one.total for one in found}


@pytest.mark.parametrize("chunk", [1, 500])
def test_every_part_adds_up_on_every_day_as_books_grow(shops, monkeypatch, chunk):
    monkeypatch.setattr(control, "CHUNK", chunk)
    dice = random.Random(chunk)
    for _ in range(3):
        for _ in range(12):
            post(shops, dice)
        for day in DAYS:
            for segments in ((), ("trade",), ("trade", "retail")):
                for entity in (None, "north"):
                    for ours in ("out", "in", "only"):
                        inside = [
                            f"C{number}"
                            for number in range(9)
                            if (not segments or ("public", "retail", "trade")[number % 3] in segments)
                            and {"out": number != 4, "in": True, "only": number == 4}[ours]
                        ]
                        filters = Filters(
                            as_of=day, currency="EUR", segments=segments, entity=entity, intercompany=ours
                        )
                        assert told(shops, filters) == slowly(shops, day, inside, entity)


def test_another_day_reads_no_document_again(sqlite_company):
    company, asked = sqlite_company, []
    for code in ("A", "B", "C"):
        company.customer(code, segment="trade" if code == "A" else "retail")
        company.invoice(code, DAYS[0], DAYS[0], 10)
    assert told(company, Filters(as_of=DAYS[0], currency="EUR", segments=("trade",))) == {"EUR": 1_000}
    company.invoice("A", DAYS[0], DAYS[1], 5)
    event.listen(company.engine, "before_cursor_execute", lambda *given: asked.append(given[2]))
    assert told(company, Filters(as_of=DAYS[1], currency="EUR", segments=("trade",))) == {"EUR": 1_500}
    [only] = [sql for sql in asked if "sum(" in sql]
    assert "document.id > ?" in only
    asked.clear()
    assert told(company, Filters(as_of=DAYS[0], currency="EUR", segments=("trade",))) == {"EUR": 1_500}
    assert not [sql for sql in asked if "sum(" in sql]
